"""Derived tables of loans and of children who live apart: who is paired with whom, and where nothing can be said."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from duizhang.contracts.derived import load_derived
from duizhang.core.lake import functions_sql
from duizhang.core.predicate import with_as_of
from duizhang.core.settings import Settings, project_root
from duizhang.world.numbers import check_char


def number(day: str, seq: int) -> str:
    """A made-up identity number."""
    body = f"990101{day}{seq:03d}"
    return body + check_char(body)


A, B = number("19700501", 1), number("19700501", 3)
FATHER, SON, WIFE, LODGER, CHILD = (number(day, 2) for day in ("19600101", "19900101", "19910101", "19920101", "20150101"))
BANK = "借据号, 借款人姓名, 借款人证件号码, 贷款银行, 贷款金额, 贷款余额, 发放日期, 到期日期, 实际还清日期, 逾期天数, 逾期金额, 用途, _ref"


@pytest.fixture
def con(settings: Settings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(functions_sql(settings))
    return connection


def sql(name: str) -> str:
    """The SELECT of a derived table as of 2026-10-25."""
    made = next(one for one in load_derived(Path(project_root()) / "sql" / "tables") if one.name == name)
    lines = (line for line in made.sql.splitlines() if not line.lstrip().startswith("--"))
    return with_as_of("\n".join(lines), "DATE '2026-10-25'")


Loans = list[tuple[str, str, str, float]]


def pairs(con: duckdb.DuckDBPyConnection, ours: Loans, theirs: Loans) -> set[tuple[object, ...]]:
    """(借据, 借据号, 配对) of loans given as (name of the loan, number, day, amount)."""
    con.execute(
        "CREATE TABLE 小贷 (户编号 VARCHAR, 合同编号 VARCHAR, 借款人证件号码 VARCHAR, 借款人姓名 VARCHAR, 放款日期 DATE, 贷款金额 DOUBLE,"
        " _ref VARCHAR)"
    )
    con.execute(
        "CREATE TABLE 贷款 (借据号 VARCHAR, 借款人姓名 VARCHAR, 借款人证件号码 VARCHAR, 贷款银行 VARCHAR, 贷款金额 DOUBLE, 贷款余额 DOUBLE,"
        " 发放日期 DATE, 到期日期 DATE, 实际还清日期 DATE, 逾期天数 BIGINT, 逾期金额 DOUBLE, 用途 VARCHAR, _ref VARCHAR)"
    )
    con.executemany("INSERT INTO 小贷 VALUES ('H', ?, ?, '甲', ?, ?, ?)", [(n, who, day, amount, n) for n, who, day, amount in ours] or [(None,) * 5])
    con.executemany(
        "INSERT INTO 贷款 VALUES (?, '甲', ?, '银行', ?, 0, ?, NULL, NULL, 0, 0, NULL, ?)",
        [(n, who, amount, day, n) for n, who, day, amount in theirs] or [(None,) * 5],
    )
    con.execute("DELETE FROM 小贷 WHERE 合同编号 IS NULL; DELETE FROM 贷款 WHERE 借据号 IS NULL")
    con.execute(f"CREATE TABLE linked_贷款 AS SELECT {BANK}, 'P' AS _person, 'H' AS _household FROM 贷款 WHERE 校验合格(借款人证件号码)")
    return set(con.execute(f"SELECT 借据, 借据号, 配对 FROM ({sql('借据配对')})").fetchall())


def test_the_same_loan_is_found_up_to_31_days_apart_or_in_the_same_month(con: duckdb.DuckDBPyConnection) -> None:
    ours = [("a", A, "2026-03-12", 30_000), ("b", A, "2025-06-02", 20_000), ("c", B, "2026-01-10", 10_000)]
    theirs = [("1", A, "2026-04-12", 30_001), ("2", A, "2025-06-28", 15_000), ("3", B, "2026-02-11", 10_000)]
    assert pairs(con, ours, theirs) == {("a", "1", "已配对"), ("b", "2", "已配对"), ("c", None, "银行无"), ("银行|银行|3", "3", "系统无")}


def test_loans_that_are_alike_are_paired_one_to_one(con: duckdb.DuckDBPyConnection) -> None:
    """Three here and two there, all of one day and amount: one is left, whichever."""
    found = pairs(con, [(n, A, "2026-03-12", 30_000) for n in "abc"], [(n, A, "2026-03-12", 30_000) for n in "12"])
    assert sorted(how for _, _, how in found) == ["已配对", "已配对", "银行无"]
    assert {there for _, there, how in found if how == "已配对"} == {"1", "2"}


def test_where_a_number_cannot_be_compared_nothing_is_said(con: duckdb.DuckDBPyConnection) -> None:
    """Of a loan under a wrong number, and of a namesake's at the bank."""
    wrong = A[:17] + ("1" if A[17] != "1" else "2")
    assert pairs(con, [("a", wrong, "2026-03-12", 30_000)], [("1", A, "2026-03-12", 30_000)]) == {("a", None, None), ("银行|银行|1", "1", None)}


def test_children_apart_and_their_spouses(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE 人 AS SELECT 'H' AS 户编号, $1 AS 证件号码", [FATHER])
    con.execute(
        "CREATE TABLE 户籍 (公民身份号码 VARCHAR, 姓名 VARCHAR, 出生日期 DATE, 户号 VARCHAR, 与户主关系 VARCHAR, 注销状态 VARCHAR,"
        " 户籍地区划 VARCHAR, _county VARCHAR, 数据时点 DATE, _ref VARCHAR)"
    )
    people = [
        (SON, "子", "1990-01-01", "户主"), (WIFE, "媳", "1991-01-01", "配偶"), (LODGER, "客", "1992-01-01", "其他"),
        (CHILD, "孙", "2015-01-01", "子"),
    ]  # fmt: skip
    con.executemany(
        "INSERT INTO 户籍 VALUES (?, ?, ?, 'K', ?, '正常', '990101', '990101', DATE '2026-10-18', ?)", [(*person, person[0]) for person in people]
    )
    con.execute("CREATE TABLE 出生 (公民身份号码 VARCHAR, 父亲身份号码 VARCHAR, 母亲身份号码 VARCHAR, _ref VARCHAR)")
    con.executemany("INSERT INTO 出生 VALUES (?, ?, NULL, 'r')", [(SON, FATHER), (CHILD, FATHER)])
    rows = f"SELECT 姓名, 关系 FROM ({sql('分户子女')})"
    assert set(con.execute(rows).fetchall()) == {("子", "子女"), ("媳", "子女配偶")}  # neither the lodger nor the child of eleven
    con.execute("INSERT INTO 人 VALUES ('H', $1)", [SON])
    assert set(con.execute(rows).fetchall()) == {("媳", "子女配偶")}  # the son is a member himself
    con.execute("DELETE FROM 人 WHERE 证件号码 = $1; ", [SON])
    con.execute("DELETE FROM 出生")
    con.execute("INSERT INTO 户籍 SELECT $1, '父', DATE '1960-01-01', 'K', '父亲', '正常', '990101', '990101', NULL, 'f'", [FATHER])
    assert set(con.execute(rows).fetchall()) == {("子", "子女"), ("媳", "子女配偶")}  # the father stands in the son's register
