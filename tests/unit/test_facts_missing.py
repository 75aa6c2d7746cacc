"""A column that a file did not bring, through every way in which a fact may stand on it: the rules are silent, none is a hit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from duizhang import assemble, check
from duizhang.assemble import make_keys
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import lineage
from duizhang.core.settings import Settings

from tests.generative.kit import NATIONAL, A, B, City, book, contract, number, rule
from tests.generative.kit import csv as csv_text

AS_OF = "2026-10-25"
VISITS = contract(
    "走访", [{"name": "编号", "required": True}, {"name": "户号"}, {"name": "走访日", "type": "date"}, {"name": "甲、乙"}],
    {"访": {"key": ["编号"], "columns": ["编号", "户号", "走访日", "甲、乙"]},
     "到": {"key": ["编号"], "grain": "first", "when": "走访日", "columns": ["编号", "户号"]},
     "项": {"key": ["户号", "项"], "columns": ["户号"], "list_columns": {"label": "类", "item": "项", "columns": ["甲、乙"]}}},
    match={"访": {"household": "户号"}, "到": {"household": "户号"}, "项": {"household": "户号"}},
    header={"anchors": [["编号"]]},
    facts=[
        {"name": "访_有", "subject": "household", "table": "访", "on": "户号", "take": "any"},
        {"name": "到_有", "subject": "household", "table": "到", "on": "户号", "take": "any"},
        {"name": "项_数", "subject": "household", "table": "项", "on": "户号", "take": "count"},
        {"name": "访_记", "subject": "household", "table": "访", "on": "户号", "take": "max", "value": '"甲、乙"'},
    ],
)  # fmt: skip
RULES = [
    rule("VIS-001", subject="household", where="NOT 访_有", evidence=["访_有"]),
    rule("VIS-002", subject="household", where="NOT 到_有", evidence=["到_有"]),
    rule("VIS-003", subject="household", where="项_数 = 0", evidence=["项_数"]),
    rule("VIS-004", subject="household", where="访_记 IS NULL", evidence=["访_记"]),
]


def visited(tmp_path: Path, *without: str) -> dict[str, tuple[int, int]]:
    """Code → hits and na, of two households that were both visited, where the file lacks the columns `without`."""
    city = City(tmp_path, book(VISITS), rules=RULES)
    city.national("20261020", [("1", "h1", "甲", number(1), "甲县", "东乡"), ("2", "h2", "乙", number(2), "甲县", "西乡")])
    head = [name for name in ("编号", "户号", "走访日", "甲、乙") if name not in without]
    rows = [{"编号": str(n), "户号": f"h{n}", "走访日": "2026-10-01", "甲、乙": "x"} for n in (1, 2)]
    city.put("甲县走访_20261020.csv", csv_text(head, [[row[name] for name in head] for row in rows]))
    city.subjects(AS_OF, (A,))
    city.check(AS_OF)
    return {r["code"]: (r["hits"], r["na"]) for r in city.rows(AS_OF, f"checks/county={A}/results.parquet")}


@pytest.mark.parametrize(("without", "silent"), [
    ((), set()), (("户号",), {"VIS-001", "VIS-002", "VIS-003", "VIS-004"}), (("走访日",), {"VIS-002"}), (("甲、乙",), {"VIS-003", "VIS-004"}),
    (("走访日", "甲、乙"), {"VIS-002", "VIS-003", "VIS-004"}),
], ids=lambda given: "，".join(sorted(given)) or "无")  # fmt: skip
def test_what_rows_are_found_by_is_read_too(tmp_path: Path, without: tuple[str, ...], silent: set[str]) -> None:
    """The household's number, the column that makes a row, a list that makes rows, a name that holds the sign between names."""
    found = visited(tmp_path, *without)
    assert found == {code: (0, 2) if code in silent else (0, 0) for code in ("VIS-001", "VIS-002", "VIS-003", "VIS-004")}


def test_a_fact_by_village_stands_on_the_column_that_names_the_village(shared_settings: Settings, book: Book) -> None:
    lines = lineage(shared_settings, book)
    assert "农村低保|村编码" in lines.made_of("village", ["民政低保人数"])
    assert "监测对象信息|村编码" in lines.made_of("village", ["预警_水利推送日期"])
    assert "监测对象信息|村编码" in lines.made_of("village", ["挂户数"])
    assert "入户核查|户编号" in lines.made_of("household", ["入户_已核查"])
    assert "监测对象信息|产业帮扶" in lines.made_of("monitoring", ["措施数"])


def test_every_derived_column_of_a_spine_says_what_it_is_made_of(shared_settings: Settings, book: Book) -> None:
    """Else a rule on it takes a column that was not exported for an empty one. What no export has a column for says `from: []`."""
    lines = lineage(shared_settings, book)
    silent = {
        (subject, column)
        for subject, columns in assemble.schema(shared_settings, book).items() if subject != "delivery"
        for column in columns
        if not column.startswith(("_", "参数_", "来源_", "覆盖_")) and column not in ("as_of", "缺列") and column not in lines.origins[subject]
    }  # fmt: skip
    assert silent == {("household", "理赔收入"), ("household", "合规自付支出")}  # columns of other times than the year's: no rule may read them


def shared_number(tmp_path: Path, whole: bool) -> dict[str, Any]:
    """甲县's people with how many elsewhere share their 户主 (a telephone, say); 乙县's file lacks the column where not `whole`."""
    fact = {"name": "外县同主", "subject": "household", "table": "家", "peers": "户主", "within": "city", "take": "count"}
    city = City(tmp_path, book(Contract.model_validate(NATIONAL.model_dump(mode="json") | {"facts": [fact]})))
    city.national("20261020", [("1", "h1", "甲", number(1), "甲县", "东乡")], name="甲")
    names = ["人号", "户号", "姓名", "号码", "县", "乡", *(["户主"] if whole else [])]
    row = ["5", "h5", "乙", number(5), "乙县", "东乡", *(["户主乙"] if whole else [])]
    city.put("名册乙_20261020.csv", csv_text(names, [row]))
    city.links(AS_OF)
    make_keys(city.settings, AS_OF, city.book, [A, B])
    for county in (A, B):
        assemble.assemble(city.settings, AS_OF, county, city.book)
    return city.subject(AS_OF, "household")["h1"] | {"乙县": city.subject(AS_OF, "household", B)["h5"]["外县同主"]}


def test_another_county_that_did_not_send_the_column_proves_nothing(tmp_path: Path) -> None:
    """An open question of 甲县 would otherwise be closed because 乙县 left out a column."""
    assert shared_number(tmp_path / "1", whole=True)["外县同主"] == 0
    found = shared_number(tmp_path / "2", whole=False)
    assert found["外县同主"] is None
    assert found["乙县"] is None  # its own column is not there at all: it has no value to share


def test_the_newest_of_a_county_is_not_asked_of_others() -> None:
    body = {"name": "x", "subject": "person", "table": "t", "peers": "n", "within": "city", "take": "count", "where": "m = 最新(m)"}
    with pytest.raises(ValueError, match="最新"):
        Fact.model_validate(body)


def test_an_open_question_waits_while_the_column_is_missing(tmp_path: Path) -> None:
    """Found in October; in November the file comes without the column: neither clear nor hit, through two facts either."""
    asked = rule("AGE-001", where="岁数 IS NULL", evidence=["岁数"], stands_on=["岁数"])
    deep = rule("AGE-002", subject="person", where="户内岁数空数 > 0", evidence=["户内岁数空数"], stands_on=["户内岁数空数"])
    facts = [
        {"name": "岁数空数", "subject": "household", "of": "person", "where": "岁数 IS NULL", "take": "count"},
        {"name": "户内岁数空数", "subject": "person", "of": "household", "take": "max", "value": "岁数空数"},
    ]
    city = City(tmp_path, book(Contract.model_validate(NATIONAL.model_dump(mode="json") | {"facts": facts})), rules=[asked, deep])
    names = ["人号", "户号", "姓名", "号码", "户主", "岁数", "县", "乡", "村"]
    row = ["1", "h1", "甲", number(1), "甲", None, "甲县", "东乡", "一村"]
    other = ["2", "h2", "乙", number(2), "乙", 30, "甲县", "西乡", "一村"]
    city.put("名册_20261020.csv", csv_text(names, [row, other]))
    city.subjects(AS_OF, (A,))
    city.check(AS_OF)
    assert [r["hits"] for r in city.rows(AS_OF, f"checks/county={A}/results.parquet")] == [1, 1]
    short = [name for name in names if name != "岁数"]
    city.put("名册东_20261118.csv", csv_text(short, [[cell for cell, name in zip(row, names, strict=True) if name != "岁数"]]))
    city.put("名册西_20261118.csv", csv_text(names, [other]))
    later = "2026-11-20"
    city.subjects(later, (A,))
    watch = pa.table({"item_id": ["a", "b", "c"], "code": ["AGE-001", "AGE-002", "AGE-001"], "subject_kind": ["person"] * 3,
                      "subject_key": ["1", "1", "2"], "town": [""] * 3, "id_number": [None, None, None]})  # fmt: skip
    answers = check.verdicts(city.settings, later, A, city.book, watch).to_pylist()
    assert {r["item_id"]: r["verdict"] for r in answers} == {"a": "na", "b": "na", "c": "clear"}


MEMBERS = contract(
    "点名", [{"name": "号码", "type": "id", "required": True}, {"name": "户号"}, {"name": "同住"}],
    {"名": {"key": ["号码"], "columns": ["号码", "户号", "同住"]}}, match={"名": {"person": "号码"}}, header={"anchors": [["号码"]]},
    cases={"名": {"table": "名", "where": "同住 = '是'", "household": {"column": "户号"}, "columns": {"点名_同住": "同住"}}},
)  # fmt: skip


@pytest.mark.parametrize(("without", "verdict"), [("", "clear"), ("户号", "na"), ("同住", "na")])
def test_a_case_is_not_mended_by_a_file_that_cannot_make_cases(tmp_path: Path, without: str, verdict: str) -> None:
    """Somebody whom only another book names: gone from it is mended; a file without the household or the filter says nothing."""
    listed = rule("CAS-001", subject="case", where="_household IS NOT NULL", evidence=["_household"], stands_on=["_household"], feeds=["点名"])
    city = City(tmp_path, book(MEMBERS), rules=[listed])
    city.national("20261020", [("1", "h1", "甲", number(1), "甲县", "东乡"), ("2", "h2", "乙", number(2), "甲县", "西乡")])
    city.put("甲县点名_20261020.csv", csv_text(["号码", "户号", "同住"], [[number(7), "h1", "是"]]))
    city.subjects(AS_OF, (A,))
    (key,) = city.subject(AS_OF, "case")
    later = "2026-10-30"
    names = [name for name in ("号码", "户号", "同住") if name != without]
    city.put("甲县点名_20261029.csv", csv_text(names, [[number(1) if n == "号码" else "h1" if n == "户号" else "是" for n in names]]))
    city.subjects(later, (A,))
    assert city.subject(later, "case") == {}
    watch = pa.table({"item_id": ["a"], "code": ["CAS-001"], "subject_kind": ["case"], "subject_key": [key], "town": [""], "id_number": [None]})
    assert [r["verdict"] for r in check.verdicts(city.settings, later, A, city.book, watch).to_pylist()] == [verdict]
