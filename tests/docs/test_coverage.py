"""docs/coverage.yaml: every row of the notices' tables, and nothing named that does not exist."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from duizhang.contracts.load import Book
from duizhang.core.catalogue import load_catalogue
from duizhang.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from docs_cli import command_names  # noqa: E402
from docs_coverage import Coverage, Existing, coverage_page, dag_names, faults, read_coverage  # noqa: E402

COUNTS = {"A": 20, "B": 42, "C": 55, "D": 18, "E": 45, "F": 17}  # rows of the six tables of the field's description


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    return read_coverage(ROOT / "docs" / "coverage.yaml")


@pytest.fixture(scope="module")
def existing(shared_settings: Settings, book: Book) -> Existing:
    return Existing(
        rules=frozenset(rule.code for rule in load_catalogue(shared_settings)), feeds=frozenset(book.by_feed),
        dags=dag_names(ROOT / "dags"), commands=frozenset(name.removeprefix("duizhang ") for name in command_names()),
    )  # fmt: skip


def test_all_197_rows_are_there_once(coverage: Coverage) -> None:
    assert len(coverage.rows) == 197
    assert Counter(row.id[0] for row in coverage.rows) == COUNTS == coverage.count
    assert len({row.id for row in coverage.rows}) == 197


def test_all_that_is_named_exists(coverage: Coverage, existing: Existing) -> None:
    assert {"publish", "score", "watch"} <= existing.dags
    assert faults(coverage, existing, ROOT) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [({"rules": ("ZZZ-001",)}, "no rule ZZZ-001"), ({"rules": ("MON-026…999",)}, "no rule MON-026…999"), ({"rules": ("ZZZ",)}, "no rule ZZZ"),
     ({"feeds": ("没有的账",)}, "no feed"), ({"dags": ("nightly",)}, "no DAG"), ({"commands": ("indicators fly",)}, "no command"),
     ({"config": ("include/none.yaml",)}, "no file"), ({"how": " "}, "no sentence"),
     ({"rules": (), "feeds": (), "dags": (), "commands": (), "config": ()}, "nothing is named")],
)  # fmt: skip
def test_what_is_wrong_is_told(coverage: Coverage, existing: Existing, change: dict[str, object], told: str) -> None:
    row = coverage.rows[0].model_copy(update=change)
    assert row.state == "已做"
    found = faults(coverage.model_copy(update={"rows": (row, *coverage.rows[1:])}), existing, ROOT)
    assert len(found) == 1 and found[0].startswith("A1: ") and told in found[0]


def test_a_missing_row_is_told(coverage: Coverage, existing: Existing) -> None:
    assert "B7" in faults(coverage.model_copy(update={"rows": tuple(row for row in coverage.rows if row.id != "B7")}), existing, ROOT)[0]


def test_the_page_has_a_line_for_each(coverage: Coverage) -> None:
    lines = [line.split("|")[1].strip() for line in coverage_page(coverage).splitlines() if line.startswith("| ")]
    assert [line for line in lines if line[:1] in COUNTS] == [row.id for row in coverage.rows]
