"""Examples are complete: whatever is changed in a predicate, an example notices it, or survivors.yaml says why none can."""

from __future__ import annotations

from typing import Any

import pytest
from duizhang.core.settings import Settings

from tests.indicators.grammar import read
from tests.indicators.judging import Bench, Shop, open_shop, reads_back
from tests.indicators.mutants import known, survivors
from tests.indicators.mutations import mutants
from tests.indicators.proof import proven

TYPES = {"a": "BIGINT", "b": "DOUBLE", "t": "VARCHAR", "d": "DATE", "f": "BOOLEAN", "g": "BOOLEAN"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(Settings.load(tmp_path_factory.mktemp("mutants")))


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_every_mutant_breaks_an_example_or_is_explained(shop: Shop, step: int) -> None:
    """All 544 entries take half a minute of one core; the quick run takes every twelfth."""
    explained = known()
    assert not shop.broken
    missed, stale = [], []
    for code in sorted(shop.entries)[::step]:
        reasons = explained.get(code, {})
        result = survivors(shop, code, reasons)
        missed += [f"{code} {mutant.name}" for mutant in result.left if mutant.name not in reasons]
        stale += [f"{code} {name}" for name in result.stale(reasons)]
        assert all(str(reason).strip() for reason in reasons.values()), code
    assert missed == [], "no example notices: see scripts/examples.py"
    assert stale == [], "no longer survive: take them out of survivors.yaml"
    assert set(explained) <= set(shop.entries)


def test_a_predicate_written_back_is_the_same(shop: Shop) -> None:
    """Otherwise a mutant would differ from its entry by more than its name says."""
    assert [code for code, entry in shop.entries.items() if not reads_back(Bench(shop, entry))] == []


def changed(sql: str, part: str = "where") -> set[str]:
    tree = read("XXX-001", sql)
    return {mutant.text for mutant in mutants(part, tree, TYPES)}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a < 3 AND t = '是'", {"a < 3", "t = '是'", "(a < 3) OR (t = '是')", "(NOT (a < 3)) AND (t = '是')", "TRUE"}),
        ("a < 3 AND f", {"(a <= 3) AND f", "(a < 4) AND f", "(a < 2) AND f", "(a < 3) AND (NOT f)", "coalesce(a < 3, TRUE) AND f"}),
        ("b > 3", {"b >= 3", "b > 3.01", "b > 2.99", "coalesce(b > 3, FALSE)"}),
        ("t IN ('x', 'y', 'z')", {"t IN ('x', 'y')", "t IN ('y', 'z')", "t IN ('x', 'y', 'z', t)"}),
        ("t IS DISTINCT FROM 'x'", {"t <> 'x'", "t IS DISTINCT FROM 'x〇'", "t IS DISTINCT FROM t"}),
        ("d < DATE '2021-01-01'", {"d < DATE '2020-12-31'", "d < DATE '2021-01-02'", "d <= DATE '2021-01-01'"}),
        ("加天(d, 30) < as_of", {"加天(d, 29) < as_of", "加天(d, 31) < as_of"}),
        ("coalesce(f, TRUE)", {"coalesce(f, FALSE)", "f", "coalesce(NOT f, TRUE)"}),
        ("a BETWEEN 6 AND 15", {"a BETWEEN 5 AND 15", "a BETWEEN 6 AND 16", "a >= 6", "a <= 15", "NOT (a BETWEEN 6 AND 15)"}),
        ("CASE WHEN f THEN TRUE WHEN g THEN NULL ELSE FALSE END", {"CASE WHEN f THEN TRUE ELSE FALSE END"}),
        ("coalesce(b, 0) + coalesce(a, 0) > 5", {"coalesce(b, 0) > 5", "(coalesce(b, 1000000) + coalesce(a, 0)) > 5"}),
        ("regexp_matches(t, '^[县区]$')", {"regexp_matches(t, '[县区]$')", "regexp_matches(t, '^[县]$')"}),
        ("NOT f", {"f", "NOT coalesce(f, FALSE)", "NOT coalesce(f, TRUE)"}),
        ("规则('MED-001') AND f", {"f", "(NOT 规则('MED-001')) AND f"}),
    ],
)  # fmt: skip
def test_what_is_changed(sql: str, expected: set[str]) -> None:
    assert expected <= changed(sql)


def test_what_changes_nothing_is_no_mutant() -> None:
    """An unknown `applies` is not applicable as it is; parameters and as_of are never empty where a rule is judged."""
    assert "coalesce(a < 3, FALSE)" not in changed("a < 3", "applies")
    assert "NOT coalesce(f, TRUE)" not in changed("NOT f", "applies")
    assert not [text for text in changed("参数_线 > 3") if "coalesce" in text]
    assert changed("TRUE", "applies") == set()


@pytest.mark.slow
def test_nothing_is_proven_equal_that_an_example_tells_apart(shop: Shop) -> None:
    """The proof over-counts what can be: it may leave a twin unproven, never the other way round."""
    wrong = []
    for code in sorted(shop.entries)[::6]:
        bench = Bench(shop, shop.entries[code])
        alive = set(bench.survivors())
        wrong += [f"{code} {mutant.name}" for mutant in proven(bench, [one for one in bench.mutants if one not in alive])]
    assert wrong == []


def test_what_an_empty_column_decides_twice_is_proven(shop: Shop) -> None:
    """HHD-021: where the area is empty both comparisons are, so that one of them decided alone changes nothing."""
    bench = Bench(shop, shop.entries["HHD-021"])
    twins = {mutant.name for mutant in proven(bench, bench.mutants)}
    assert 'where: empty «"耕地面积（亩）" < 0» counts as FALSE' in twins
    assert 'where: empty «"耕地面积（亩）" < 0» counts as TRUE' not in twins
    assert not any(name.startswith(("where: negate", "where: drop")) for name in twins)


def test_an_example_less_lets_a_mutant_live(shop: Shop) -> None:
    """The near misses are what tells a rule from a laxer one: the check says so where they are gone."""
    entry = shop.entries["GAX-005"]
    assert Bench(shop, entry).survivors() == []
    raw: dict[str, Any] = entry.rule.model_dump()
    raw["examples"] = {"violates": raw["examples"]["violates"], "passes": raw["examples"]["passes"][:1]}
    poorer = type(entry)(entry.code, entry.raw, type(entry.rule).model_validate(raw))
    assert Bench(shop, poorer).survivors()
