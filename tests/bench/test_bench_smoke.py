"""The benchmarks run, and all contenders say the same of the same rows. Never a time: machines differ, answers may not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import bench  # noqa: E402


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """One quick run of all parts."""
    return bench.main(["--quick"])


def test_our_suite_counts_what_hand_written_sql_counts(found: dict[str, Any]) -> None:
    suite = found["suite"]
    assert suite["counts"] == suite["by_hand"] == suite["without_gx"]
    assert len(suite["counts"]) > 100
    verdicts = [{key for key in ("hit", "unknown") if count[key]} for count in suite["counts"].values()]
    assert sum("hit" in kinds for kinds in verdicts) > 80  # else nothing but zeros would be compared
    assert any("unknown" in kinds for kinds in verdicts)
    assert any(count["covered"] > count["applicable"] for count in suite["counts"].values())


def test_stock_expectations_find_the_same_hits(found: dict[str, Any]) -> None:
    suite = found["suite"]
    ours = {code: count["hit"] for code, count in suite["counts"].items()}
    on_pandas, on_postgres = suite["hits"]["stock GX on pandas"], suite["hits"]["stock GX on PostgreSQL"]
    assert len(on_pandas) >= 40
    assert len(on_postgres) >= 40
    assert on_pandas == {code: ours[code] for code in on_pandas}
    assert on_postgres == {code: ours[code] for code in on_postgres}
    assert sum(map(bool, on_pandas.values())) > 40


def test_readers_read_the_same_cells(found: dict[str, Any]) -> None:
    shapes = set(found["xlsx"]["shapes"].values())
    assert len(shapes) == 1, found["xlsx"]["shapes"]
    rows, filled, columns = shapes.pop()
    assert rows >= 500
    assert columns > 150
    assert filled > rows * 50


def test_whole_run_goes_through_all_stages(found: dict[str, Any]) -> None:
    city = found["city"]
    assert {"pull", "read+normalise", "snapshot", "match", "assemble", "check", "merge", "warehouse", "publish", "issue"} <= {s["stage"] for s in city["stages"]}
    assert city["problems"] == 0
    assert city["findings"] > 0
    assert all(stage["peak_mib"] > 0 for stage in city["stages"])
