"""Every entry of the catalogue: it lints, binds, and gives on each of its examples the verdict it claims."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from duizhang.assemble import schema
from duizhang.check import try_rule
from duizhang.contracts.load import Book, load_book
from duizhang.contracts.subjects import Lineage, lineage
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.lake import functions_sql
from duizhang.core.settings import Settings

CATALOGUE = load_catalogue(Settings.load("/tmp/duizhang-tests"))


@pytest.fixture(scope="session")
def types(shared_settings: Settings, book: Book) -> dict[str, dict[str, str]]:
    return schema(shared_settings, book)


@pytest.fixture(scope="session")
def lines(shared_settings: Settings) -> Lineage:
    return lineage(shared_settings, load_book(shared_settings))


@pytest.fixture(scope="session")
def con(shared_settings: Settings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(functions_sql(shared_settings))
    return connection


def test_catalogue_is_as_broad_as_promised() -> None:
    assert len(CATALOGUE) >= 80
    assert {rule.code[:3] for rule in CATALOGUE} >= {"FMT", "PID", "HHD", "MEM", "EDU", "MED", "MON", "INC", "GAX", "MZX", "CLX", "YBX", "JYX", "SUR"}
    assert {rule.kind for rule in CATALOGUE} == {"单账", "账账", "账实", "时效"}


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_examples_give_their_verdict(
    rule: Rule, types: dict[str, dict[str, str]], lines: Lineage, con: duckdb.DuckDBPyConnection
) -> None:
    def verdict(row: dict[str, Any]) -> str:
        return try_rule(con, rule, types[rule.subject], lines, row)

    assert rule.examples.violates, "no violating example"
    assert rule.examples.passes, "no passing example"
    for row in rule.examples.violates:
        assert verdict(row) == "hit", row
    for row in rule.examples.passes:
        assert verdict(row) in ("clear", "not_applicable"), row
    for row in rule.examples.unknown:
        assert verdict(row) == "unknown", row
    for row in rule.examples.outside:
        assert verdict(row) == "not_applicable", row
    columns = set(types[rule.subject])
    assert set(rule.evidence) <= columns, f"evidence names unknown columns {set(rule.evidence) - columns}"
    assert set(rule.stands_on) <= columns, f"stands_on names unknown columns {set(rule.stands_on) - columns}"
    assert not set(rule.stands_on) & {"年龄", "as_of"}, "stands_on moves with the date"


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_an_uncovered_feed_makes_it_not_applicable(
    rule: Rule, types: dict[str, dict[str, str]], lines: Lineage, con: duckdb.DuckDBPyConnection
) -> None:
    """Whatever a rule reads: if that book does not cover the row, a violating row is not a hit."""
    feeds = lines.of(rule.subject, rule.columns) | set(rule.feeds)
    if rule.subject != "delivery":
        assert feeds
    for feed in feeds:
        for row in rule.examples.violates:
            assert try_rule(con, rule, types[rule.subject], lines, {**row, f"覆盖_{feed}": False}) == "na"


def test_consequences_point_at_known_rules_and_are_acyclic() -> None:
    causes = {rule.code: set(rule.consequence_of) for rule in CATALOGUE}
    for code, roots in causes.items():
        assert roots <= set(causes), f"{code}: unknown causes {roots - set(causes)}"
    settled: set[str] = set()
    while len(settled) < len(causes):
        free = {code for code, roots in causes.items() if code not in settled and roots <= settled}
        assert free, f"cycle among {sorted(set(causes) - settled)}"
        settled |= free
