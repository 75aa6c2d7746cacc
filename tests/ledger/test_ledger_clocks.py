"""Clocks against a plain day-by-day reference, and in the ledger: what starts, stops and starts them again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core import clock as calendar
from duizhang.core.settings import Settings
from duizhang.ledger.clocks import Step, clock
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tests.ledger.ledger_kit import D1, D2, D3, DEPARTMENTS, A, County, Hit, idkey

FIRST = date(2026, 1, 5)
HOME = Settings(home=Path("/nonexistent"))  # the project's own parameters
KINDS = ("issued", "answered", "restated", "returned", "reappeared", "found", "noted", "gone", "renumbered")
ANSWERS = ("fixed", "department_wrong", "accepted_true")


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Events in their order, days apart as chance has it."""
    day, steps = FIRST, [Step("found", FIRST)]
    for kind in draw(st.lists(st.sampled_from([*KINDS[:2] * 4, *KINDS]), max_size=10)):
        day += timedelta(days=draw(st.integers(0, 12)))
        steps.append(Step(kind, day, draw(st.sampled_from(ANSWERS)) if kind == "answered" else None))
    return steps


def reference(steps: list[Step], allowed: int, as_of: date) -> dict[str, Any] | None:
    """Day after day: which days count, and on which the deadline is used up. After `as_of` every day counts."""
    started, waiting = None, {}
    for step in (step for step in steps if step.on <= as_of):
        if step.kind in ("found", "restated", "returned", "reappeared", "reopened"):
            started = None
        elif step.kind == "issued" and started is None:
            started, waiting = step.on, {}
        elif step.kind == "answered" and started is not None:
            waiting[step.on] = step.reason == "department_wrong"  # the last answer of a day is the day's
    if started is None:
        return None
    used = paused = 0
    due, day, stopped = started, started, False
    while used <= allowed or day < as_of:
        stopped = day <= as_of and waiting.get(day, stopped)
        day += timedelta(days=1)
        if not calendar.is_working(day, HOME):
            continue
        if stopped and day <= as_of:
            paused += 1
        else:
            used += 1
        if used <= allowed:
            due = day
        if day <= as_of:
            at = (used, paused)
    at = at if calendar.days_between(started, as_of, HOME) else (0, 0)
    return {"started_on": started, "used_days": at[0], "paused_days": at[1], "due_on": due, "overdue": at[0] > allowed}


@given(histories(), st.integers(1, 15), st.integers(0, 90))
@limits(max_examples=300, deadline=None, derandomize=True)
def test_clocks_count_as_a_plain_calendar_does(steps: list[Step], allowed: int, days: int) -> None:
    as_of = FIRST + timedelta(days=days)
    start = next((step.on for step in steps if step.kind == "issued"), FIRST)
    expected = reference(steps, allowed, as_of)
    if expected is None:
        assert clock(steps, start, as_of, HOME) is None
        return
    due = calendar.add_days(expected["started_on"], allowed, HOME)
    found = clock(steps, due, as_of, HOME)
    assert found is not None
    shown = found.as_dict()
    assert {name: shown[name] for name in expected} == expected
    upper = as_of - timedelta(days=3)
    theirs = clock(steps, due, as_of, HOME, upper_due=upper)
    assert theirs is not None and theirs.due_on == min(found.due_on, upper)


def test_a_deadline_of_those_above_does_not_wait_for_a_department() -> None:
    steps = [Step("found", FIRST), Step("issued", FIRST), Step("answered", FIRST, "department_wrong")]
    found = clock(steps, date(2026, 1, 14), date(2026, 3, 2), HOME, upper_due=date(2026, 1, 20))
    assert found is not None and (found.overdue, found.due_on, found.used_days) == (True, date(2026, 1, 20), 0)
    ours = clock(steps, date(2026, 1, 14), date(2026, 3, 2), HOME)
    assert ours is not None and (ours.overdue, ours.paused_since) == (False, FIRST)


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    hits = [Hit("PID-101", "person", "P1", book=DEPARTMENTS), Hit("PID-102", "person", "P1")]
    made = County(settings, files, hits=hits, persons={"P1": idkey(1)})
    made.merge(D1)
    return made


def of(county: County, as_of: date) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in ledger.clocks(county.settings, A, as_of)}


def test_the_ledgers_clocks(county: County) -> None:
    assert of(county, D2) == {}  # nothing was sent yet
    county.issue("2026-10", D1)  # Sunday 25 October; the kit's deadline: 1 November, a Sunday
    found = of(county, date(2026, 11, 2))["PID-101"]
    assert {name: found[name] for name in ("started_on", "due_on", "used_days", "paused_days", "paused_since", "overdue", "state")} == {
        "started_on": D1, "due_on": date(2026, 11, 1), "used_days": 6, "paused_days": 0, "paused_since": None, "overdue": True, "state": "issued",
    }  # fmt: skip
    asked = county.items()
    county.answer(asked["PID-101", "P1"], "部门数据有误", date(2026, 10, 28), note="民政登记错")
    clocks = of(county, date(2026, 11, 20))
    assert (clocks["PID-101"]["used_days"], clocks["PID-101"]["paused_days"], clocks["PID-101"]["overdue"]) == (3, 17, False)
    assert clocks["PID-101"]["paused_since"] == date(2026, 10, 28) and clocks["PID-102"]["used_days"] == 20
    assert county.items()["PID-101", "P1"]["paused_since"] == date(2026, 10, 28)
    # the department sent other data, and it is still wrong: asked afresh, by the next list
    county.hits = [replace(hit, stands="2") if hit.code == "PID-101" else hit for hit in county.hits]
    county.merge(D2)
    assert set(of(county, D2)) == {"PID-102"} and county.items()["PID-101", "P1"]["paused_since"] is None
    county.issue("2026-11", D2)
    clocks = of(county, date(2026, 11, 27))
    assert (clocks["PID-101"]["started_on"], clocks["PID-102"]["started_on"]) == (D2, D1)
    assert (clocks["PID-101"]["due_on"], clocks["PID-102"]["due_on"]) == (date(2026, 11, 27), date(2026, 11, 1))


def test_where_no_department_is_in_the_evidence_nobody_owes_an_answer(county: County) -> None:
    """Both questions are passed on on Wednesday 28 October: one to the department of its book, the other to nobody."""
    county.issue("2026-10", D1)
    for item in county.items().values():
        assert county.answer(item, "部门数据有误", date(2026, 10, 28), note="登记错").outcome == "accepted"
    assert {code: item["paused_since"] for (code, _), item in county.items().items()} == {"PID-101": date(2026, 10, 28), "PID-102": None}
    waiting, running = (of(county, date(2026, 11, 6))[code] for code in ("PID-101", "PID-102"))
    assert (waiting["used_days"], waiting["paused_days"], waiting["overdue"]) == (3, 7, False)
    assert (running["used_days"], running["paused_days"], running["due_on"], running["overdue"]) == (10, 0, date(2026, 11, 1), True)
    # … nor did anybody owe one in the days before the county said otherwise
    county.answer(county.items()["PID-102", "P1"], "属实待整改", date(2026, 11, 4), note="看过")
    assert of(county, date(2026, 11, 6))["PID-102"]["used_days"] == 10


def test_a_returned_question_has_a_clock_of_its_own(county: County) -> None:
    county.issue("2026-10", D1)
    county.answer(county.items()["PID-101", "P1"], "已整改", date(2026, 11, 5))
    county.merge(D2)
    assert set(of(county, D2)) == {"PID-102"}
    county.issue("2026-11", D2)
    assert of(county, D3)["PID-101"]["started_on"] == D2
