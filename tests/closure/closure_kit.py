"""Rules, results and open items as the tests of closure need them; all made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from duizhang.closure import config as configuration
from duizhang.closure.certificate import Facts
from duizhang.closure.totals import Sums, Town
from duizhang.core.catalogue import Rule
from duizhang.core.settings import Settings

DAY = date(2026, 11, 20)


def rule(code: str, severity: str = "错误", kind: str = "账账", dimension: str = "准确性", subject: str = "person") -> Rule:
    """A rule that says nothing but what it is."""
    return Rule.model_validate(
        {"code": code, "title": f"标题{code}", "subject": subject, "where": "甲 = 1", "evidence": ["甲"], "stands_on": ["甲"],
         "severity": severity, "kind": kind, "dimension": dimension, "authority": "部门", "basis": ["自编"], "question": "问",
         "remedy": "改", "fix_at": "系统", "examples": {"violates": [{"甲": 1}], "passes": [{"甲": 2}]}}
    )  # fmt: skip


def counts(n: int, hits: int = 0, **more: int) -> dict[str, int]:
    """A row of measures()["codes"]."""
    zeros = dict.fromkeys(("na", "unknown", "exempted", "verified_not_so", "acknowledged", "open", "gone"), 0)
    return {"rows": n, **zeros, "n": n, "hits": hits, **more}


def item(code: str, state: str = "issued", answer: str | None = None, **more: Any) -> dict[str, Any]:
    """An open item of the ledger, as far as the tests of closure look at it."""
    return {
        "item_id": f"{code}{state}{answer}", "code": code, "state": state, "severity": "错误", "answer": answer, "na_since": None, "closes": "export",
        "answered_on": date(2026, 11, 1) if answer else None, "last_hit": date(2026, 10, 25), "notices": [], **more,
    }  # fmt: skip


EVEN = Sums((3, 7, 1), (Town("990101100", "甲镇", (2, 5, 1), (2, 5, 1)), Town("990101201", "乙乡", (1, 2, 0), (1, 2, 0))), 0, (3, 7, 1), "首页")
RULES = {
    "AAA-001": rule("AAA-001"), "AAA-002": rule("AAA-002", "疑似"), "AAA-003": rule("AAA-003", kind="账实"),
    "AAA-004": rule("AAA-004", kind="时效"), "AAA-005": rule("AAA-005", kind="账实", subject="household"),
}  # fmt: skip
PERIOD = {"claimed": 0, "claimed_proven": 0}


def facts(**more: Any) -> Facts:
    """A county that has closed; `codes` changes counts, `na` gives codes a reason, others replace fields."""
    codes = {code: counts(3) for code in RULES} | more.pop("codes", {})
    na: dict[str, str] = more.pop("na", {})
    measures = {"codes": codes, "overdue": 0, "issued_as_of": date(2026, 10, 25), "period": PERIOD, **more.pop("measures", {})}
    results = {code: {"code": code, "na": int(code in na), "na_reason": na.get(code, "")} for code in codes}
    fields: dict[str, Any] = {"as_of": DAY, "cycle": "2026-10", "rules": RULES, "results": results, "measures": measures, "items": (), "sums": EVEN}
    return Facts(**(fields | more))


def closing(settings: Settings, **more: Any) -> configuration.Closing:
    """The project's configuration of the tests, with AAA-005 as the indicator of visits and one need of the fourth test."""
    found = configuration.load(settings).closing
    need = configuration.Needed(title="推送台账", codes=("AAA-004",))
    return found.model_copy(update={"visited_by": "AAA-005", "in_time_needs": (need,), **more})
