"""A list drawn from the world's truth with troubles planted in it: every line comes to what the truth says it must."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from duizhang import ledger, pipeline, world
from duizhang.core import postgres
from duizhang.core.settings import Settings
from duizhang.world import feedback as lists

from tests.e2e import city
from tests.feedback import kit
from tests.ledger.ledger_kit import D1, D2, County

ON, DUE = date(2026, 11, 24), date(2026, 12, 31)


def _outcomes(receipts: Path, taken: dict[str, Any]) -> dict[tuple[str, int], tuple[str, str, str]]:
    """(sheet, row of the list) → (county, 登记结果, 问题编号), as the receipts say it."""
    found = {}
    for name in taken["receipts"]:
        county = name.split("/")[0].replace("未识别", "")
        for sheet, rows in kit.cells(receipts / name).items():
            for row in rows[1:] if sheet != "登记情况" else ():
                assert (sheet, int(row[5])) not in found, "a line with two outcomes"
                found[sheet, int(row[5])] = (county, row[1], row[2] or "")
    return found


def _compare(settings: Settings, expected: list[lists.Expected], taken: dict[str, Any]) -> None:
    got = _outcomes(settings.receipts, taken)
    assert set(got) == {(e.sheet, e.row) for e in expected}, "a line was lost, or what is no line was taken for one"
    numbers = {(i["code"], i["body"].get("subject_key")): i["number"] for c in {e.county for e in expected if e.county}
               for i in [*ledger.open_items(settings, c), *ledger.closed_items(settings, c, "")]}  # fmt: skip
    wrong = []
    for e in expected:
        county, word, number = got[e.sheet, e.row]
        right = numbers.get((e.code, e.key), "") if e.code else number
        if (county, word.split("（")[0], number) != (e.county, e.word, right):
            wrong.append((e.why, e.code, e.word, county, word, number))
    assert wrong == []


def _run(settings: Settings, folder: Path) -> tuple[list[lists.Expected], Path, dict[str, County]]:
    """A world's books and ledger, one item proven, one exempted; and the list about them."""
    world.make(folder / "world", 400, 5, spreadsheets=False, months=1, counties=2, mishaps=False)
    books = kit.of_world(folder / "world")
    books.write(settings)
    truth = pq.read_table(folder / "world" / "truth.parquet").to_pylist()
    keys = {(kind, row["_key"]) for kind, rows in books.subjects.items() for row in rows}
    findings = sorted({(r["code"], r["subject_kind"], r["subject_key"]) for r in truth if (r["subject_kind"], r["subject_key"]) in keys})
    counties = kit.ledgers(settings, books, findings, folder)
    draft = lists.write(folder / "world", settings.home, kit.AS_OF, folder / "draft.xlsx", most=9)
    proven, exempted = [e for e in draft if e.word == "并入" and e.county == "990101"][:2]
    for county in counties.values():
        county.merge(D1)
        county.issue("2026-10", D1)
    first = counties["990101"]
    item = first.items()[exempted.code, exempted.key]
    given = ledger.Answer(item["item_id"], item["number"], "990101", "2026-10", "情况说明", note="特殊情况", answered_by="甲", approved_by="乙",
                          checked_on=date(2026, 11, 3))  # fmt: skip
    assert ledger.answer(settings, "990101", [given], date(2026, 11, 5), "ab" * 32, exemptible={exempted.code})[0].outcome == "accepted"
    kit.without(first, proven.code, proven.key)
    for county in counties.values():
        county.merge(D2)
    kinds = {(code, key): kind for code, kind, key in findings}
    closed = [(e.code, kinds[e.code, e.key], e.key) for e in (proven, exempted)]
    expected = lists.write(folder / "world", settings.home, kit.AS_OF, folder / "list.xlsx", closed=closed)
    return expected, folder / "list.xlsx", counties


def test_every_line_comes_to_what_the_truth_says(home: Settings, tmp_path: Path) -> None:
    expected, path, counties = _run(home, tmp_path)
    assert {e.word for e in expected} == {"并入", "新登记", "外部", "已销号", "重复", "对不上"}
    assert len({e.county for e in expected}) == 3 and {e.why for e in expected} >= {"full", "masked", "certificate", "key"}
    before = {county: ledger.event_counts(home, county) for county in counties}
    taken = pipeline.take_feedback(home, path, "省级", ON, DUE)
    _compare(home, expected, taken)
    assert taken["lines"] == len(expected)
    for county in counties:  # joined lines are noted and nothing else happens to their items
        after = ledger.event_counts(home, county)
        changed = {kind: after[kind] - before[county].get(kind, 0) for kind in after if after[kind] != before[county].get(kind, 0)}
        assert set(changed) <= {"noted", "found"}
        assert changed.get("found", 0) == sum(e.word in ("新登记", "外部") for e in expected if e.county == county)
    assert ledger.verify(home) == []

    # the same file again, and under another name: nothing changes
    state = {c: (ledger.event_counts(home, c), (home.receipts / c).stat().st_mtime_ns) for c in counties}
    copy = tmp_path / "另一个名字.xlsx"
    copy.write_bytes(path.read_bytes())
    for again in (path, copy):
        second = pipeline.take_feedback(home, again, "省", ON, DUE)
        assert second["并入"] == second["新登记"] == second["外部"] == 0
        assert (second["lines"], second["对不上"]) == (taken["lines"], taken["对不上"])
    assert {c: (ledger.event_counts(home, c), (home.receipts / c).stat().st_mtime_ns) for c in counties} == state
    kept = sorted(p.name for p in (home.returns / ".above").iterdir())
    assert len(kept) == 2 and "taken.jsonl" in kept
    assert len((home.returns / ".above" / "taken.jsonl").read_text().splitlines()) == 1


@pytest.mark.slow
def test_through_the_whole_pipeline(tmp_path: Path) -> None:
    """The subjects and the items that the stages themselves make, not those written by the test."""
    settings = Settings.load(tmp_path / "home")
    out = city.make(tmp_path, 1000, 5, counties=2)
    pipeline.run(settings, out / "inbox" / "2026-10", city.OCTOBER, docs=False)
    try:
        expected = lists.write(out, settings.home, city.OCTOBER, tmp_path / "list.xlsx")
        taken = pipeline.take_feedback(settings, tmp_path / "list.xlsx", "省", "2026-11-02", DUE)
        assert sum(e.word == "并入" for e in expected) > 20
        _compare(settings, expected, taken)
    finally:
        postgres.stop(settings)
