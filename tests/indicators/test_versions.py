"""A rule's version is what it decides: its words, its examples and its parameters' values are not in it."""

from __future__ import annotations

from typing import Any

import pytest
from duizhang.core.catalogue import Rule, by_code
from duizhang.core.settings import Settings

CODE = "PID-010"


@pytest.fixture(scope="module")
def rule() -> Rule:
    return by_code(Settings.load("/tmp/duizhang-tests"))[CODE]


def changed(rule: Rule, **values: Any) -> str:
    return Rule.model_validate(rule.model_dump() | values).version


@pytest.mark.parametrize(
    "values",
    [
        {"where": "同号行数 > 2"}, {"applies": "同号行数 IS NULL"}, {"subject": "household"}, {"stands_on": ("同号行数",)},
        {"closes": "field"}, {"absence_mends": None},
    ],
    ids=lambda values: next(iter(values)),
)  # fmt: skip
def test_what_decides_makes_another_version(rule: Rule, values: dict[str, Any]) -> None:
    before = {name: getattr(rule, name) for name in values}
    assert before != values, "not a change"
    assert changed(rule, **values) != rule.version


@pytest.mark.parametrize(
    "values",
    [
        {"title": "另一个标题"}, {"question": "另一句话。"}, {"remedy": "另一个办法。"}, {"notes": "说明"}, {"basis": ("另一条",)},
        {"evidence": ("姓名",)}, {"fix_at": "别处"}, {"external": ("GZ:1_01_001",)}, {"deadline_days": 3}, {"consequence_of": ("PID-001",)},
        {"examples": {"violates": ({"同号行数": 2},), "passes": ({"同号行数": 1},), "unknown": (), "outside": ({},)}},
    ],
    ids=lambda values: next(iter(values)),
)  # fmt: skip
def test_other_words_and_examples_are_the_same_version(rule: Rule, values: dict[str, Any]) -> None:
    assert changed(rule, **values) == rule.version


def test_a_cited_rule_is_part_of_the_version_of_those_that_cite_it() -> None:
    """Citations are expanded before the fingerprint is taken: a change of MED-001 is a change of MED-005."""
    rules = by_code(Settings.load("/tmp/duizhang-tests"))
    assert rules["MED-001"].where in rules["MED-005"].where
