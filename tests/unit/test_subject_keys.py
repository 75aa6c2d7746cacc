"""Keys of subjects, over all kinds: two counties that number alike share none, and no two rows of a county's book share one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang.assemble.known_by import keys_sql
from duizhang.assemble.views import literal_as_of
from duizhang.contracts.load import load_book
from duizhang.contracts.parameters import config_tables
from duizhang.contracts.subjects import load_spines
from duizhang.contracts.types import table_types
from duizhang.core.kinds import kinds
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

from tests.unit.test_spines import HEAD, SPOUSE, County

A, B, DAY = "990101", "990102", "2026-10-25"
# table → the kind that has one subject for each of its rows
BOOKS = {
    "申报": "application", "预警": "clue", "信访": "clue", "舆情": "clue", "灾情": "clue", "交通事故": "clue", "医支超限": "clue", "节点": "task",
    "问题台账": "problem", "理赔": "payout", "务工": "work_spell", "监测": "monitoring", "人": "person", "户": "household",
}  # fmt: skip
MADE = {"loan", "push", "period", "case", "village", "county"}  # kinds whose rows are made of more than one book's
VALUES = {"VARCHAR": ("1", "2"), "DATE": (date(2026, 9, 1), date(2026, 9, 2)), "BIGINT": (2026, 2025), "INTEGER": (202609, 202608)}


def empty(tmp_path: Path, code: str) -> County:
    """The tables of a county in which there are two households and two people."""
    made = County(Settings(home=tmp_path))
    for name, sql in config_tables(made.settings).items():
        made.con.execute(f"CREATE TABLE {q(name)} AS {sql}")
    place(made, code)
    for number in "12":
        made.add("户", 户编号=number, 户主姓名="张三", 户主证件号码=HEAD, 村编码=f"{code}100201", _county=code)
        made.add("人", 人编号=number, 户编号="1", 姓名="张三", 证件号码=HEAD if number == "1" else SPOUSE, _county=code)
    return made


def place(made: County, code: str) -> None:
    """Which county the rows are of that say nothing of it."""
    for (table,) in made.con.execute("SELECT table_name FROM information_schema.columns WHERE column_name = '_county'").fetchall():
        made.con.execute(f"ALTER TABLE {q(table)} ALTER COLUMN _county SET DEFAULT '{code}'")


def numbered(made: County, table: str, column: str, nth: int, code: str) -> None:
    """A row of `table` whose key is made of first values, but for `column`, which has its `nth`."""
    contract = load_book(made.settings).by_table[table]
    types = table_types(contract, table)
    row = {name: VALUES[types[name]][nth if name == column else 0] for name in contract.tables[table].key}
    made.add(table, **row, _ref=f"{table}:{column}{nth}", _county=code)


def pair(made: County) -> None:
    """Make the table of the loans and their fellows at the banks."""
    sql = next(one.sql for one in load_book(made.settings).derived if one.name == "借据配对")
    made.con.execute(f"CREATE OR REPLACE TABLE 借据配对 AS {literal_as_of(sql, DAY)}")


def lend(made: County, ref: str, bank: str, amount: float, number: str = "0001") -> None:
    row = {"借据号": number, "借款人姓名": "张三", "借款人证件号码": HEAD, "贷款银行": bank, "贷款金额": amount, "发放日期": date(2026, 3, 1)}
    made.add("linked_贷款", **row, _ref=ref, _person="1", _household="1")


def fill(tmp_path: Path, code: str) -> County:
    """A county with something of every kind, numbered as every county numbers."""
    made = empty(tmp_path, code)
    for table in set(BOOKS) - {"人", "户"}:
        numbered(made, table, "", 0, code)
    lend(made, "b1", "农商行", 30_000)
    made.add("批次", 批次号="1", 接收时间=date(2026, 9, 1), 状态="成功", _data_date=date(2026, 10, 22), _county=code)
    made.add("会商", 登记编号="1", 日期=date(2026, 8, 3), 类型="月会商", _county=code)
    made.add("区划", 区划编码=f"{code}100201", 区划名称="东村", 级别="村", 状态="有效", _county=code)
    made.add("case_rows", 表="户籍", _idkey="990101201001010011", _household="1")
    pair(made)
    return made


def test_counties_that_number_alike_share_no_subject(tmp_path: Path) -> None:
    """Only the nation's numbers name the same thing in two counties: kinds that say they move stand on them."""
    a, b = fill(tmp_path / A, A), fill(tmp_path / B, B)
    for kind in load_spines(a.settings):
        mine, theirs = set(a.spine(kind)), set(b.spine(kind))
        assert mine and theirs, kind
        if kinds()[kind].moves:
            assert mine == theirs, f"{kind}: a subject that moves is another in the next county"
        else:
            assert not mine & theirs, f"{kind}: one key in two counties"


def test_every_kind_is_looked_at_here() -> None:
    assert {*BOOKS.values(), *MADE} == set(kinds()) - {"delivery"}


def test_rows_that_a_book_tells_apart_are_two_subjects(tmp_path: Path) -> None:
    """Whatever column of the contract's key two rows differ in, neither hides the other."""
    made = empty(tmp_path, A)
    for table, kind in BOOKS.items():
        key = load_book(made.settings).by_table[table].tables[table].key
        made.con.execute("BEGIN")
        made.con.execute(f"DELETE FROM {q(table)}")
        numbered(made, table, "", 0, A)
        for column in key:
            numbered(made, table, column, 1, A)
        assert len(made.spine(kind)) == 1 + len(key), table
        made.con.execute("ROLLBACK")


@pytest.mark.parametrize(
    "owed", [[("脱贫人口、监测对象", "10日", 10), ("其他农村人口", "10日", 10)], [("脱贫人口", "半月", 0), ("监测对象", "半月", 0)]]
)
def test_what_is_owed_of_two_groups_of_people_is_two_tasks(owed: list[tuple[str, str, int]], tmp_path: Path) -> None:
    made = empty(tmp_path, A)
    made.con.execute("DELETE FROM 推送要求")
    for group, rhythm, days in owed:
        made.con.execute("INSERT INTO 推送要求 VALUES ('医保', '医疗费用负担', ?, ?, ?, NULL, NULL, 'x', '种')", [group, rhythm, days])
    made.add("批次", 批次号="1", 接收时间=date(2026, 9, 1), 状态="成功", _data_date=date(2026, 10, 22))
    found = [row["人群"] for row in made.spine("push").values()]  # which refuses a key given twice
    assert {found.count(group) for group, _, _ in owed} == {len(found) // 2} != {0}


def test_loans_of_two_banks_are_two_and_what_two_counties_say_of_one_is_one(tmp_path: Path) -> None:
    made = empty(tmp_path, A)
    for ref, bank, amount in (("b1", "农商行", 30_000), ("b2", "邮储", 10_000), ("b3", "农 商行", 30_000)):
        lend(made, ref, bank, amount)
    pair(made)
    assert set(made.spine("loan")) == {"1|银行|农商行|0001", "1|银行|邮储|0001"}
    assert set(load_book(made.settings).by_table["贷款"].tables["贷款"].key) == {"贷款银行", "借据号"}


def test_the_keys_file_says_what_earlier_versions_called_them(tmp_path: Path) -> None:
    made = fill(tmp_path, A)
    made.add("小贷", 户编号="1", 合同编号="C1")
    pair(made)
    for kind in (renamed := [kind.name for kind in kinds().values() if kind.former]):
        made.con.execute(f"CREATE TABLE subject_{kind} AS {literal_as_of(load_spines(made.settings)[kind].sql, DAY)}")
    for kind in ("person", "household"):
        made.con.execute(f"CREATE TABLE subject_{kind} AS SELECT '' AS _key, '' AS _household, '' AS _idkey, '' AS _name, '' AS _town WHERE FALSE")
    rows: list[tuple[Any, ...]] = made.con.execute(keys_sql(renamed, ())).fetchall()
    former = {(kind, now): was for kind, now, how, was in rows if how == "former"}
    assert former["application", f"{A}|1"] == "1"
    assert former["clue", f"{A}|信访|1"] == "信访|1"
    assert former["push", f"{A}|住建|住房||2026-09上半月"] == f"{A}|住建|住房|2026-09上半月"
    assert former["loan", "1|银行|农商行|0001"] == "1|银行|0001"
    assert ("loan", "1|C1") not in former  # it is called as it was
