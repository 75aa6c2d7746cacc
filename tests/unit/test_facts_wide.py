"""Facts over peers, places and other counties, and columns that a file did not bring: through the real stages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from duizhang import assemble
from duizhang.assemble import make_keys
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import lineage, ordered
from duizhang.core.errors import ContractProblem

from tests.generative.kit import NATIONAL, NATIONAL_COLUMNS, A, B, City, book, number, rule
from tests.generative.kit import csv as csv_text

DAY, AS_OF = "20261020", "2026-10-25"
BOTH = number(1)


def national(*facts: dict[str, Any]) -> Any:
    """The national feed of the kit with further facts."""
    return Contract.model_validate(NATIONAL.model_dump(mode="json") | {"facts": list(facts)})


def people(city: City, rows: list[tuple[object, ...]], columns: list[str] | None = None, name: str = "") -> None:
    """Rows (人号, 户号, 姓名, 号码, 户主, 岁数, 县, 乡, 村), all columns or those named."""
    names = [str(c["name"]) for c in NATIONAL_COLUMNS]
    kept = [n for n, column in enumerate(names) if columns is None or column in columns]
    city.put(f"名册{name}_{DAY}.csv", csv_text([names[n] for n in kept], [[row[n] for n in kept] for row in rows]))


ROWS: list[tuple[object, ...]] = [
    ("1", "h1", "甲一", BOTH, "甲", 30, "甲县", "东乡", "一村"), ("2", "h1", "甲二", number(2), "甲", 8, "甲县", "东乡", "一村"),
    ("3", "h2", "甲三", number(3), "乙", 30, "甲县", "东乡", "一村"), ("4", "h3", "甲四", None, "丙", None, "甲县", "西乡", "一村"),
    ("5", "h4", "乙一", BOTH, "丁", 61, "乙县", "东乡", "一村"), ("6", "h5", "乙二", BOTH, "戊", 62, "乙县", "西乡", "一村"),
]


def wide(tmp_path: Path, *facts: dict[str, Any], rules: list[dict[str, Any]] | None = None, columns: list[str] | None = None) -> City:
    """The city with `facts`, assembled as of the day."""
    city = City(tmp_path, book(national(*facts)), rules=rules or [])
    people(city, ROWS, columns)
    city.links(AS_OF)
    make_keys(city.settings, AS_OF, city.book, [A, B])
    for county in (A, B):
        assemble.assemble(city.settings, AS_OF, county, city.book)
    return city


def test_peers_are_the_rows_of_the_county_that_share_a_value(tmp_path: Path) -> None:
    """甲县 has two of 30 years; an empty age shares nothing; 乙县 counts for itself."""
    city = wide(
        tmp_path,
        {"name": "同岁人数", "subject": "person", "of": "person", "peers": "岁数", "take": "count"},
        {"name": "同岁户数", "subject": "person", "of": "person", "peers": "岁数", "take": "distinct", "value": "户号"},
        {"name": "同岁最多", "subject": "household", "of": "person", "take": "max", "value": "同岁人数"},
    )
    found = city.subject(AS_OF)
    assert {k: (r["同岁人数"], r["同岁户数"]) for k, r in found.items()} == {"1": (2, 2), "2": (1, 1), "3": (2, 2), "4": (None, None)}
    households = city.subject(AS_OF, "household")
    assert {k: r["同岁最多"] for k, r in households.items()} == {"h1": 2, "h2": 2, "h3": None}


def test_across_counties_a_county_is_told_of_the_others_only_a_value(tmp_path: Path) -> None:
    city = wide(
        tmp_path,
        {"name": "外县同号", "subject": "person", "table": "员", "peers": "idkey(号码)", "within": "city", "take": "count"},
        {"name": "外县同号最大岁数", "subject": "person", "table": "员", "peers": "idkey(号码)", "within": "city", "take": "max", "value": "岁数"},
    )
    mine, theirs = city.subject(AS_OF), city.subject(AS_OF, county=B)
    assert {k: r["外县同号"] for k, r in (mine | theirs).items()} == {"1": 2, "2": 0, "3": 0, "4": None, "5": 1, "6": 1}
    assert (mine["1"]["外县同号最大岁数"], theirs["5"]["外县同号最大岁数"]) == (62, 30)
    rows = city.rows(AS_OF, f"keys/外县同号/county={A}/data.parquet")
    assert rows == [{"_k": BOTH, "value": 2}]  # the key of a row of its own and a number: nothing of the others' rows


def test_a_person_may_stand_on_a_fact_of_the_household(tmp_path: Path) -> None:
    city = wide(
        tmp_path,
        {"name": "人数", "subject": "household", "of": "person", "take": "count"},
        {"name": "本户人数", "subject": "person", "of": "household", "take": "max", "value": "人数"},
    )
    assert {k: r["本户人数"] for k, r in city.subject(AS_OF).items()} == {"1": 2, "2": 2, "3": 1, "4": 1}


def test_facts_that_stand_on_one_another_are_refused() -> None:
    circle = (
        {"name": "甲", "subject": "household", "of": "person", "take": "max", "value": "乙"},
        {"name": "乙", "subject": "person", "of": "household", "take": "max", "value": "甲"},
    )
    with pytest.raises(ContractProblem, match="stand on one another"):
        ordered(book(national(*circle)))


@pytest.mark.parametrize("wrong", [
    {"of": "person"}, {"table": "员", "peers": "号码"}, {"table": "员", "within": "city"}, {"of": "household", "peers": "岁数"},
])
def test_a_fact_that_says_half_of_what_it_must_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="peers|within"):
        Fact.model_validate({"name": "x", "subject": "person", "take": "count"} | wrong)


def test_a_column_the_file_did_not_bring_is_not_an_empty_column(tmp_path: Path) -> None:
    """岁数 is empty for one person; where the file has no such column at all, the rule that asks for it is silent."""
    empty = rule("AGE-001", where="岁数 IS NULL", evidence=["岁数"], stands_on=["岁数"])
    through = rule("AGE-002", subject="household", where="没有岁数 > 0", evidence=["没有岁数"], stands_on=["没有岁数"])
    fact = {"name": "没有岁数", "subject": "household", "of": "person", "where": "岁数 IS NULL", "take": "count"}
    whole = wide(tmp_path / "whole", fact, rules=[empty, through])
    assert lineage(whole.settings, whole.book).made_of("household", ["没有岁数"]) == {"名册|岁数"}
    whole.check(AS_OF)
    hits = {r["code"]: (r["hits"], r["na"]) for r in whole.rows(AS_OF, f"checks/county={A}/results.parquet")}
    assert hits == {"AGE-001": (1, 0), "AGE-002": (1, 0)}
    names = [str(c["name"]) for c in NATIONAL_COLUMNS if c["name"] != "岁数"]
    without = wide(tmp_path / "without", fact, rules=[empty, through], columns=names)
    assert {r["缺列"] for r in without.subject(AS_OF).values()} == {"名册|岁数"}
    without.check(AS_OF)
    results = {r["code"]: r for r in without.rows(AS_OF, f"checks/county={A}/results.parquet")}
    assert {code: (r["hits"], r["na"]) for code, r in results.items()} == {"AGE-001": (0, 4), "AGE-002": (0, 3)}
    assert "没有“岁数”这一列" in results["AGE-001"]["na_reason"]
