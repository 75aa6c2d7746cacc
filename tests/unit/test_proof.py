"""What closes a question: the newest books say of its subject that it is mended. Not an emptied cell, not a round of visits that went
elsewhere, not another value of a parameter, not a book that did not come."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from duizhang import check, pipeline
from duizhang.check import meaning
from duizhang.core.catalogue import load_catalogue, same_version

from tests.generative.kit import PEOPLE, A, B, City, book, contract, csv, number, rule

OCTOBER, NOVEMBER = ("20261010", "2026-10-20"), ("20261110", "2026-11-20")
HEADS = ("人号", "户号", "姓名", "号码", "户主", "岁数", "县", "乡", "村")
VISITS = contract(
    "访册", [*PEOPLE, {"name": "户号"}], {"访": {"key": ["号码", "类别"], "columns": ["号码", "姓名", "金额", "类别", "户号"]}},
    role="field", match={"访": {"person": "号码", "name": "姓名"}},
    facts=[{"name": "访_到过", "subject": "person", "table": "访", "take": "any", "where": "类别 = 最新(类别)"},
           {"name": "访_金额", "subject": "person", "table": "访", "take": "latest", "value": "金额", "by": "类别", "where": "类别 = 最新(类别)"}],
    cases={"外人": {"table": "访", "where": "类别 = 最新(类别) AND 金额 > 0", "household": {"column": "户号"}, "columns": {}}},
)  # fmt: skip


def roster(city: City, stamp: str, *ages: int | None) -> None:
    """People p1, p2 … of households h1, h2 … in every town, of these ages."""
    towns = ("西乡", "东乡")
    people = [(f"p{n}", f"h{n}", "张三", number(n), "张三", age, "甲县", towns[n % 2], "一村") for n, age in enumerate(ages, 1)]
    city.put(f"名册_{stamp}.csv", csv(HEADS, people))


def ask(city: City, as_of: str, *asked: tuple[str, str, str]) -> list[tuple[str, str]]:
    """(verdict, version) of each (code, kind, key), in that order."""
    rows = [{"item_id": f"{n:02}", "code": code, "subject_kind": kind, "subject_key": key} for n, (code, kind, key) in enumerate(asked)]
    answers = check.verdicts(city.settings, as_of, A, city.book, pa.Table.from_pylist(rows)).to_pylist()
    return [(row["verdict"], row["rule_version"]) for row in sorted(answers, key=lambda row: row["item_id"])]


def limit(city: City, value: int, place: str = "") -> None:
    entry = {"name": "试验线", "value": value, "place": place, "from": "2020-01-01", "source": "甲", "nature": "推"}
    (city.settings.home / "indicators.yaml").write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")


def test_an_emptied_cell_of_the_condition_proves_nothing(tmp_path: Path) -> None:
    """`applies` reads 岁数: emptied, it is not known whether the rule applies; known to be 5, the person is rightly outside."""
    city = City(tmp_path, rules=[rule("AAA-001", applies="岁数 > 10", where="姓名 = '张三'")])
    told = []
    for (stamp, as_of), ages in ((OCTOBER, (30, 30)), (NOVEMBER, (None, 5))):
        roster(city, stamp, *ages)
        city.subjects(as_of, [A])
        told.append([word for word, _ in ask(city, as_of, ("AAA-001", "person", "p1"), ("AAA-001", "person", "p2"))])
    assert told == [["hit", "hit"], ["unknown", "clear"]]


def test_whom_the_newest_round_did_not_reach_it_says_nothing_of(tmp_path: Path) -> None:
    """October's round was at both households, November's at the second alone: there it is proof, of people and of cases, and only there."""
    rules = [
        rule("AAA-001", applies="访_到过", where="访_金额 IS NULL", closes="field"),
        rule("AAA-002", where="访_到过 AND 访_金额 IS NULL"),
        rule("AAA-003", where="NOT 访_到过"),
        rule("AAA-004", where="coalesce(访_金额 > 0, FALSE)"),
        rule("AAA-005", where="访_金额 > 0 AND 岁数 > 90"),  # no, whatever a round says
        rule("CAS-001", subject="case", where="TRUE", evidence=[], stands_on=[], feeds=["访册"]),
    ]
    city = City(tmp_path, book(VISITS), rules=rules)
    strangers = {n: f"访|{number(n)}|h{n - 6}" for n in (7, 8)}
    asked = [(code, "person", key) for key in ("p1", "p2") for code in ("AAA-001", "AAA-002", "AAA-003", "AAA-004", "AAA-005")]
    asked += [("CAS-001", "case", key) for key in strangers.values()]
    told = []
    heads = [*(str(column["name"]) for column in PEOPLE), "户号"]
    for (stamp, as_of), homes in ((OCTOBER, (1, 2)), (NOVEMBER, (2,))):
        roster(city, stamp, 30, 30)
        amount = None if stamp == OCTOBER[0] else 1
        rows: list[tuple[object, ...]] = [(number(n), "张三", amount, None, stamp, f"h{n}") for n in homes]
        rows += [(number(n), "李四", 1, None, OCTOBER[0], f"h{n - 6}") for n in strangers]  # seen in October, in November by nobody
        city.put(f"甲县访册_{stamp}.csv", csv(heads, rows))
        city.subjects(as_of, [A])
        told.append([word for word, _ in ask(city, as_of, *asked)])
    assert told[0] == ["hit", "hit", "clear", "na", "clear"] * 2 + ["hit", "hit"]
    assert told[1] == ["na", "na", "hit", "na", "clear", "clear", "clear", "clear", "hit", "clear", "na", "clear"]


def test_what_a_county_is_judged_by_is_part_of_the_version(tmp_path: Path) -> None:
    """Another value of its parameter or another fact is another version, the same written otherwise is none; other counties keep theirs."""
    city = City(tmp_path, rules=[rule("AAA-001", where="岁数 > 参数_试验线 AND NOT 整_有"), rule("AAA-002", where="岁数 > 10")])
    limit(city, 10)
    roster(city, OCTOBER[0], 30)
    city.people("整册", "甲县", OCTOBER[0], [(number(2), "李四", 5)])
    city.subjects(OCTOBER[1], [A])
    city.check(OCTOBER[1])
    as_of, books = OCTOBER[1], city.book

    def versions(county: str = A) -> dict[str, str]:
        return meaning.versions(city.settings, as_of, county, books)

    first = versions()
    [found] = {row["rule_version"] for row in city.rows(as_of, f"checks/county={A}/findings.parquet") if row["code"] == "AAA-001"}
    assert found == first["AAA-001"] == ask(city, as_of, ("AAA-001", "person", "p1"))[0][1]
    limit(city, 50, B)
    assert versions()["AAA-001"] != first["AAA-001"] != versions(B)["AAA-001"]
    limit(city, 50)
    assert versions()["AAA-001"] != first["AAA-001"] and versions()["AAA-002"] == first["AAA-002"]
    assert not same_version(first["AAA-001"], versions()["AAA-001"])
    limit(city, 10)
    spine = city.settings.sql / "subjects" / "person.sql"
    text = spine.read_text(encoding="utf-8")
    spine.write_text("-- 注\n" + text.replace(", 岁数", ",\n  1 AS 别的, \"岁数\"").replace("FROM", "from"), encoding="utf-8")
    assert versions() == first
    spine.write_text(text.replace(", 岁数", ", 岁数 + 1 AS 岁数"), encoding="utf-8")
    assert versions()["AAA-002"] != first["AAA-002"]
    spine.write_text(text, encoding="utf-8")
    whole = next(c for c in books.contracts if c.feed == "整册")
    facts = tuple(fact.model_copy(update={"where": "金额 > 9"}) if fact.name == "整_有" else fact for fact in whole.facts)
    books = book(whole.model_copy(update={"facts": facts}))
    assert versions()["AAA-001"] != first["AAA-001"] and versions()["AAA-002"] == first["AAA-002"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("a.1", "a.1", True), ("a.1", "a.2", False), ("a.1", "b.1", False), ("a", "a.1", True), ("a", "b.1", False), ("a.1", None, False)],
)
def test_versions_of_before_there_were_meanings_compare_by_the_rule(one: str, other: str | None, same: bool) -> None:
    assert same_version(one, other) is same


def test_without_the_book_that_gives_the_rows_a_rule_is_not_applicable(tmp_path: Path) -> None:
    """No rows for want of the book, and the result names it; a book that came and gives no rows leaves nothing to be said."""
    kinds = {"monitoring": "整册", "village": "区划表"}
    city = City(tmp_path, rules=[rule(f"AAA-00{n}", subject=kind, where="户主 = '甲'") for n, kind in enumerate(kinds, 1)])
    for kind, feed in kinds.items():
        (city.settings.root / "sql" / "subjects" / f"{kind}.yaml").write_text(f"title: 某\nfeeds: [{feed}]\n", encoding="utf-8")
    roster(city, OCTOBER[0], 30)
    city.subjects(OCTOBER[1], [A])
    city.check(OCTOBER[1])
    told = {row["code"]: (row["rows"], row["na_reason"]) for row in city.rows(OCTOBER[1], f"checks/county={A}/results.parquet")}
    assert told == {"AAA-001": (0, "《整册》未收到（全县）"), "AAA-002": (0, "")}


def test_what_a_finding_shows_or_waits_for_judges_again(tmp_path: Path) -> None:
    city = City(tmp_path, rules=[rule("AAA-001", where="岁数 > 10")])
    roster(city, OCTOBER[0], 30)
    city.take()
    pipeline.build_books(city.settings, OCTOBER[1])
    path = city.settings.expectations / "AAA.yaml"
    wanted = [pipeline._wanted(city.settings, OCTOBER[1], A)]
    for more in ({"feeds": ["增册"]}, {"severity": "疑似"}, {"evidence": ["户号", "姓名"]}):
        path.write_text(yaml.safe_dump([rule("AAA-001", where="岁数 > 10") | more], allow_unicode=True), encoding="utf-8")
        assert len(load_catalogue(city.settings)) == 1
        wanted.append(pipeline._wanted(city.settings, OCTOBER[1], A))
    assert len(set(wanted)) == len(wanted)
