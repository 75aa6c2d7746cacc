"""Every bad file is refused, set aside or counted, with a sentence that says who must do what; the good ones beside it stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from duizhang import pipeline, snapshot
from duizhang.core.lake import content_hash
from duizhang.read import ReadReport

from tests.generative.kit import PEOPLE, City, book, contract, number
from tests.golden.bad_files import MARK, Case, refusals
from tests.golden.odd_files import taken

AS_OF = "2026-10-25"
REFUSED, TAKEN = refusals(), taken()
BOOK = book(contract(
    "整册", PEOPLE, {"整": {"key": ["号码"], "columns": ["号码", "姓名", "金额", "日期", "类别"]}},
    match={"整": {"person": "号码", "name": "姓名"}}, not_data={"*": ["合计"]},
    layouts=[{"valid_until": "2025-12-31", "rename": {"身份号": "号码"}}], header={"anchors": [["号码", "身份号"], ["姓名"]]},
))  # fmt: skip
Told = dict[str, tuple[dict[str, Any], dict[str, Any]]]


def good(folder: Path) -> City:
    """A city with a good delivery of every feed and county."""
    city = City(folder, BOOK)
    city.national("20261010", [(f"p{n}", f"h{n}", "人", number(n), "甲县" if n < 3 else "乙县", "东乡") for n in range(5)])
    for county in ("甲县", "乙县"):
        city.people("整册", county, "20261011", [(number(1), "一"), (number(2), "二")])
        city.people("增册", county, "20261011", [(number(1), "一")])
    city.take()
    return city


def partitions(city: City) -> dict[str, str]:
    """Books and coverage, but for what the bad files are about."""
    root = city.settings.at(AS_OF) / "books"
    return {str(path.relative_to(root)): content_hash(path) for path in sorted(root.rglob("*.parquet"))}


def arrive(city: City, cases: Iterable[Case]) -> Told:
    """Land each case in a folder of its own (many have one name), ingest, and give the two reports of each by title."""
    told: Told = {}
    for place, case in enumerate(cases):
        path = city.inbox / str(place) / case.name
        path.parent.mkdir(parents=True)
        path.write_bytes(case.data)
        keys = pipeline.pull_inbox(city.settings, city.inbox)
        for key in keys:
            pipeline.ingest(city.settings, key)
        (key,) = (k for k in keys if f"{place}/{case.name}" in _names(city, k))
        norm = city.settings.norm / key / "meta.json"
        read = json.loads((city.settings.raw / key / "meta.json").read_text(encoding="utf-8"))
        told[case.title] = read, json.loads(norm.read_text(encoding="utf-8")) if norm.exists() else {}
    return told


def _names(city: City, key: str) -> set[str]:
    lines = (city.settings.landing / "arrivals.jsonl").read_text(encoding="utf-8").splitlines()
    return {entry["name"] for entry in map(json.loads, lines) if entry["sha256"] == key}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Told, dict[str, str], snapshot.Snapshot]:
    city = good(tmp_path_factory.mktemp("refused"))
    city.books(AS_OF)
    before = partitions(city)
    told = arrive(city, REFUSED)
    return city, told, before, snapshot.snapshot(city.settings, AS_OF, city.book)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Told, dict[str, str], snapshot.Snapshot]:
    city = good(tmp_path_factory.mktemp("taken"))
    city.books(AS_OF)
    before = partitions(city)
    told = arrive(city, TAKEN)
    return city, told, before, snapshot.snapshot(city.settings, AS_OF, city.book)


def test_there_are_more_than_a_hundred() -> None:
    titles = [case.title for case in (*REFUSED, *TAKEN)]
    assert len(titles) == len(set(titles)) >= 100


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_it_is_refused_with_a_sentence(case: Case, refused: Any) -> None:
    city, told, _, shot = refused
    read, norm = told[case.title]
    assert read["refused_kind"] == case.kind, read["refused"]
    assert read["refused"].endswith("。") and norm == {} and MARK not in read["refused"]
    for word in case.words:
        assert word in read["refused"]
    assert not (city.settings.raw / read["sha256"] / "rows.parquet").exists()
    assert any(line.startswith(f"{Path(case.name).name}：") and read["refused"] in line for line in shot.problems)


def test_nothing_else_changes_beside_refused_files(refused: Any) -> None:
    """Books, coverage, columns and regions are those of the good deliveries alone; only the account of deliveries tells."""
    city, told, before, shot = refused
    after = partitions(city)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"deliveries.parquet"}
    (row,) = (r for r in city.rows(AS_OF, "books/deliveries.parquet") if (r["feed"], r["county"]) == ("整册", "990102"))
    assert row["缺列拒收文件数"] == sum(case.kind == "missing_columns" for case in REFUSED)
    assert row["编码不可解码拒收文件数"] == sum(case.kind == "encoding" for case in REFUSED)
    assert row["表头无法定位拒收文件数"] == sum(case.kind == "header" for case in REFUSED)
    assert set(shot.problems) == {f"{Path(case.name).name}：{told[case.title][0]['refused']}" for case in REFUSED}, "each told, and no more"
    assert not [word for word in ("人子", "人丑", "人寅", number(11), MARK) for line in shot.problems if word in line]


@pytest.mark.parametrize("case", TAKEN, ids=lambda case: case.title)
def test_it_is_taken_and_accounted_for(case: Case, accepted: Any) -> None:
    city, told, _, shot = accepted
    read, norm = told[case.title]
    assert read["refused"] is None, read["refused"]
    assert (norm["loaded"], norm["quarantined"], norm["not_data"]) == (case.loaded, case.quarantined, case.not_data)
    assert norm["rows_in"] == read["rows_in"] == case.loaded + case.quarantined + case.not_data
    assert all(case.reason in reason for reason in norm["reasons"]) and sum(norm["reasons"].values()) == case.quarantined
    assert norm["issues"] == case.issues
    report = ReadReport.from_json(read)
    assert {name: getattr(report, name) for name in case.report} == case.report
    rows = {row["号码"]: row for row in pq.ParquetFile(city.settings.norm / read["sha256"] / "整.parquet").read().to_pylist()}
    assert len(rows) == case.loaded
    for wanted in case.values:
        assert wanted.items() <= rows[wanted["号码"]].items()
    if case.problem:
        assert any(Path(case.name).name in line and case.problem in line for line in shot.problems)


def test_only_the_county_and_feed_of_the_files_change(accepted: Any) -> None:
    city, _, before, _ = accepted
    after = partitions(city)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert {"整/county=990102/data.parquet", "deliveries.parquet"} <= changed
    assert changed <= {"整/county=990102/data.parquet", "coverage.parquet", "columns.parquet", "deliveries.parquet"}
    coverage = {row["status"] for row in city.rows(AS_OF, "books/coverage.parquet") if row["county"] == "990101" and row["feed"] == "整册"}
    assert coverage == {"full"}
