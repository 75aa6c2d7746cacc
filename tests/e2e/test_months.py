"""Two months with answers: what was mended is proven, what was claimed comes back, and nothing closes without proof."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duizhang import check, ledger, pipeline
from duizhang.contracts.load import load_book
from duizhang.core import postgres
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.world.mishap import SPOKEN_OF_HOUSEHOLDS

from tests.e2e import city

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import answers as filling  # noqa: E402

RECEIVED = date(2026, 11, 5)


class Run:
    """Both months of a world with mishaps, answers received in between."""

    def __init__(self, settings: Settings, world: Path, scratch: Path) -> None:
        self.settings, self.world = settings, world
        pipeline.run(settings, world / "inbox" / "2026-10", city.OCTOBER, docs=False)
        self.counties = pipeline.counties(settings, city.OCTOBER)
        self.received: Counter[str] = Counter()
        for county in self.counties:
            filled = filling.fill(settings, county, world / "answers.parquet", RECEIVED, scratch / f"{county}.xlsx")
            for _ in range(2):  # the same upload twice
                result = pipeline.receive_file(settings, filled.path, RECEIVED)
                self.received.update({k: v for k, v in result.items() if isinstance(v, int)})
        self.summary = pipeline.run(settings, world / "inbox" / "2026-11", city.NOVEMBER, docs=False)

    def items(self) -> list[dict[str, Any]]:
        with db.transaction(self.settings, read_only=True) as cursor:
            return db.rows(cursor, "SELECT * FROM ledger.item ORDER BY number")

    def events(self, item_id: str) -> list[str]:
        with db.transaction(self.settings, read_only=True) as cursor:
            return [row["kind"] for row in db.rows(cursor, "SELECT kind FROM ledger.event WHERE item_id = %s ORDER BY seq", (item_id,))]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("months")
    settings = Settings.load(folder / "home")
    yield Run(settings, city.make(folder, 2000, 7), folder)
    postgres.stop(settings)


def test_answers_were_taken_once(run: Run) -> None:
    assert run.received["accepted"] > 50
    assert run.received["repeated"] == run.received["accepted"]
    assert run.received["refused"] == 0


def test_every_answered_item_is_where_its_story_puts_it(run: Run) -> None:
    states = {item["number"]: item for item in run.items()}
    wrong, seen = [], Counter()
    coverage = pq.read_table(run.settings.at(city.NOVEMBER) / "books" / "coverage.parquet").to_pylist()
    short = {(row["county"], row["town"]) for row in coverage if row["status"] not in ("full", "zero")}
    for county in run.counties:
        rows = [row for row in pq.read_table(run.world / "answers.parquet").to_pylist() if row["county"] == county]
        for number, answer in filling._by_number(run.settings, county, rows).items():
            item = states[number]
            if item["answer"] is None and item["first_issued_cycle"] != "2026-10":
                continue  # a note under another question in October: nobody could answer it (asked by itself once the other was closed)
            if (county, item["town"]) in short and item["na_since"] is not None:
                continue  # nothing can be said in November: the test below
            seen[answer["expect"]] += 1
            if item["state"] != answer["expect"]:
                wrong.append((answer["code"], answer["answer"], answer["expect"], item["state"], run.events(item["item_id"])))
    assert wrong == []
    assert set(seen) >= {"proven", "returned", "answered", "verified_not_so"}


def test_nothing_closes_where_nothing_can_be_said(run: Run) -> None:
    """In the missing town, and for the absent feed, November neither raises nor closes."""
    mishaps = read_json(run.world / "world.json")["mishaps"]
    town = mishaps["missing_town"]
    inside = [item for item in run.items() if item["town"] == town and item["subject_kind"] != "delivery"]
    assert inside
    for item in inside:
        if item["subject_kind"] in ("application", "clue") and item["code"] not in SPOKEN_OF_HOUSEHOLDS:
            continue  # it stands on books of the whole county, and these came
        kinds = run.events(item["item_id"])
        assert "proven" not in kinds and "gone" not in kinds and "withdrawn" not in kinds and "returned" not in kinds
        assert item["first_found"] == date(2026, 10, 25)
    absent = mishaps["absent_feed"]
    of_feed = [i for i in run.items() if i["county"] == absent["county"] and i["code"] in absent["codes"]]
    assert all(item["first_found"] == date(2026, 10, 25) and item["state"] not in ("proven", "gone") for item in of_feed)


def test_the_roll_forward_holds_and_the_chain_verifies(run: Run) -> None:
    for county in run.counties:
        rows = ledger.roll_forward(run.settings, county, city.NOVEMBER)  # raises where it does not close
        assert sum(row["opening"] for row in rows) > 0
        assert sum(row["new"] for row in rows) > 0
    assert sum(v["roll_forward"]["proven"] for v in run.summary["counties"].values()) > 10
    assert ledger.verify(run.settings) == []


def test_rows_are_accounted_for(run: Run) -> None:
    for feed, counts in run.summary["feeds"].items():
        assert counts["rows_in"] == counts["loaded"] + counts["quarantined"] + counts["not_data"], feed
    assert run.summary["rows"]["quarantined"] > 0 and run.summary["rows"]["not_data"] > 0


def test_a_renumbered_household_keeps_its_items(run: Run) -> None:
    with db.transaction(run.settings, read_only=True) as cursor:
        renumbered = db.rows(cursor, "SELECT DISTINCT item_id FROM ledger.event WHERE kind = 'renumbered'")
    assert renumbered
    for row in renumbered:
        kinds = run.events(row["item_id"])
        assert kinds[0] == "found" and kinds.count("found") == 1 and "gone" not in kinds


def test_a_vanished_person_is_proof_only_where_a_book_explains_it(run: Run) -> None:
    """absence_mends: the dead are in the death book, a double number has its other row; anyone else is just gone."""
    county = run.counties[-1]
    books = run.settings.at(city.NOVEMBER) / "books"
    dead = pq.read_table(books / "死亡" / f"county={county}" / "data.parquet")["公民身份号码"][0].as_py()
    people = pq.read_table(books / "人" / f"county={county}" / "data.parquet")["证件号码"].to_pylist()
    living = next(number for number in people if number and len(number) == 18 and number != dead)
    asked = [("dead", "GAX-001", dead), ("living", "GAX-001", living), ("double", "PID-010", living), ("plain", "PID-001", living)]
    watch = pa.table(
        {"item_id": [a[0] for a in asked], "code": [a[1] for a in asked], "subject_kind": ["person"] * 4,
         "subject_key": [f"gone-{a[0]}" for a in asked], "id_number": [a[2] for a in asked]}
    )  # fmt: skip
    found = check.verdicts(run.settings, city.NOVEMBER, county, load_book(run.settings), watch).to_pylist()
    assert {row["item_id"]: row["verdict"] for row in found} == {"dead": "clear", "living": "absent", "double": "clear", "plain": "absent"}
