"""What a verdict stands on: the oldest of the books that could have changed it, not the newest, and not the day of the check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
from duizhang import check

from tests.generative.kit import A, City, book, contract, number, rule
from tests.generative.kit import csv as csv_text

VISITS = contract(
    "走访", [{"name": "编号", "required": True}, {"name": "户号"}], {"访": {"key": ["编号"], "columns": ["编号", "户号"]}},
    match={"访": {"household": "户号"}}, header={"anchors": [["编号"]]},
    facts=[{"name": "访_数", "subject": "household", "table": "访", "on": "户号", "take": "count"}],
)  # fmt: skip
RULES = [rule("VIS-001", subject="household", where="访_数 > 0", evidence=["访_数"], feeds=["名册"])]


def test_the_book_to_be_mended_dates_finding_and_verdict(tmp_path: Path) -> None:
    """The national book of 20 October; a newer delivery of the other book says nothing of what was mended there."""
    city = City(tmp_path, book(VISITS), rules=RULES)
    city.national("20261020", [("1", "h1", "甲", number(1), "甲县", "东乡"), ("2", "h2", "乙", number(2), "甲县", "西乡")])
    city.put("甲县走访_20261028.csv", csv_text(["编号", "户号"], [["1", "h1"]]))
    watch = pa.table({"item_id": ["hit", "clear", "lost"], "code": ["VIS-001"] * 3, "subject_kind": ["household"] * 3,
                      "subject_key": ["h1", "h2", "h9"], "town": [None, None, None]},
                     schema=pa.schema([(name, pa.string()) for name in ("item_id", "code", "subject_kind", "subject_key", "town")]))  # fmt: skip
    for as_of in ("2026-10-29", "2026-11-02"):  # judged again on a later day: the same books
        city.subjects(as_of, (A,))
        city.check(as_of)
        assert [row["data_date"] for row in city.rows(as_of, f"checks/county={A}/findings.parquet")] == [date(2026, 10, 20)]
        told = {r["item_id"]: (r["verdict"], r["data_date"]) for r in check.verdicts(city.settings, as_of, A, city.book, watch).to_pylist()}
        assert told == {"hit": ("hit", date(2026, 10, 20)), "clear": ("clear", date(2026, 10, 20)), "lost": ("absent", date(2026, 10, 20))}


def test_a_book_that_nobody_mends_dates_nothing(tmp_path: Path) -> None:
    """A boundary of January, of role `reference`: what is said of October's national book is of October, and may return a claim."""
    fixed = VISITS.model_copy(update={"role": "reference", "max_age": 4000})
    city = City(tmp_path, book(fixed), rules=RULES)
    city.national("20261020", [("1", "h1", "甲", number(1), "甲县", "东乡")])
    city.put("甲县走访_20260105.csv", csv_text(["编号", "户号"], [["1", "h1"]]))
    city.subjects("2026-10-29", (A,))
    city.check("2026-10-29")
    assert [row["data_date"] for row in city.rows("2026-10-29", f"checks/county={A}/findings.parquet")] == [date(2026, 10, 20)]
