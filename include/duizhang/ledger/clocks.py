"""How long a county has had each question: from the list that asked it, without the days a department owed the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.core import clock as calendar
from duizhang.core.settings import Settings
from duizhang.ledger import db, desks
from duizhang.ledger.events import OPEN

# After one of these the question is another, or asked afresh: its clock begins with the next list that has it.
_RESTART = frozenset({"found", "reopened", "reappeared", "restated", "returned", "moved_in"})
_DEPARTMENT = "department_wrong"
STANDS = "stands"  # reason of a question that was gone and is back as it was: what was said of it still stands


@dataclass(frozen=True)
class Step:
    """What a clock needs of an event: its kind, day, and the word of the answer (`reason` of an `answered` event)."""

    kind: str
    on: date
    reason: str | None = None


@dataclass(frozen=True)
class Clock:
    """The clock of one question as of a day; days are working or calendar days, as clocks.yaml says.

    started_on: the day of the list that asked it; used_days: days since then without those paused; paused_days: days a
    department owed the answer; paused_since: set while it does; due_on: the deadline moved by the paused days, or the
    deadline of those above where that is earlier (theirs does not wait); overdue: a (working) day after it has begun.
    """

    started_on: date
    due_on: date
    used_days: int
    paused_days: int
    overdue: bool
    paused_since: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name."""
        return dict(self.__dict__)


def asked(steps: Iterable[Step]) -> int | None:
    """The place in `steps` (in order) of the list that asks the question as it stands now; None: no list has it yet."""
    start = None
    for place, step in enumerate(steps):
        if step.kind in _RESTART and step.reason != STANDS:
            start = None
        elif step.kind == "issued" and start is None:
            start = place
    return start


def pauses(steps: Sequence[Step]) -> list[tuple[date, date | None]]:
    """The spans (from, to) after the start in which the last answer was that the department is wrong; to None: still so."""
    start = asked(steps)
    spans: list[tuple[date, date | None]] = []
    since: date | None = None
    for step in steps[start:] if start is not None else ():
        if step.kind != "answered":
            continue
        if step.reason == _DEPARTMENT:
            since = since or step.on
        elif since is not None:
            spans.append((since, step.on))
            since = None
    return spans if since is None else [*spans, (since, None)]


def clock(
    steps: Sequence[Step], due_on: date, as_of: date, settings: Settings, *, upper_due: date | None = None, has_desk: bool = True
) -> Clock | None:
    """The clock of a question by its events in order, None where no list asks it as it stands now (or only after `as_of`).

    `due_on`: the deadline that list gave; `upper_due`: the earliest of those above; `has_desk`: whether a department's book is in
    the evidence (else nobody owes anything, and no answer stops the clock). Raises `ContractProblem` where the
    calendar of a year is not known.
    """
    steps = [step for step in steps if step.on <= as_of]
    start = asked(steps)
    if start is None:
        return None
    started_on = steps[start].on
    spans = pauses(steps) if has_desk else []
    paused = sum(calendar.days_between(since, min(to or as_of, as_of), settings) for since, to in spans)
    due = due_on
    for since, to in spans:
        if calendar.days_between(due, since, settings) <= 0:  # what is missed already, no later pause wins back
            due = calendar.add_days(due, calendar.days_between(since, min(to or as_of, as_of), settings), settings)
    due = min(due, upper_due) if upper_due else due
    used = calendar.days_between(started_on, as_of, settings) - paused
    still = spans[-1][0] if spans and spans[-1][1] is None else None
    return Clock(started_on, due, used, paused, calendar.days_between(due, as_of, settings) > 0, still)


def clocks(settings: Settings, county: str, as_of: str | date) -> list[dict[str, Any]]:
    """The clocks of the county's open questions that a list has asked, by number: item_id, number, code, severity, state,
    town, answer, started_on, due_on, used_days, paused_days, paused_since, overdue (see `Clock`).

    部门数据有误 stops the clock only where a department's book is in the evidence.
    Of a question that came back after it was issued (returned, changed) the next list starts the clock: it is not here
    until then. What happened after `as_of` changes nothing: state and answer are those of that day.
    Raises `ContractProblem` where the calendar of a year is not known.
    """
    day = db.day(as_of)
    with db.transaction(settings, read_only=True) as cursor:
        items = db.rows(
            cursor,
            "SELECT item_id, number, code, severity, state, town, answer, issued_cycle, due_on, l.item_id IS NOT NULL AS later "
            "FROM ledger.item i LEFT JOIN (SELECT DISTINCT item_id FROM ledger.event WHERE county = %s AND as_of > %s) AS l "
            "USING (item_id) WHERE county = %s AND issued_on IS NOT NULL AND (ledger.is_open(state) OR l.item_id IS NOT NULL) "
            "ORDER BY number",
            (county, day, county),
        )
        histories = _histories(cursor, county, day, [item["item_id"] for item in items if item["later"]])
        dues = _dues(cursor, county, [item["item_id"] for item in items if item["later"]])
        upper = upper_dues(cursor, county)
        passed = [item for item, steps in histories.items() if any(step.reason == _DEPARTMENT for step, _, _ in steps)]
        with_desk = desks.with_desk(cursor, settings, county, passed)
    found = []
    # a list asks thousands on one day, and most of them have gone the same way since
    known: dict[tuple[Any, ...], Clock | None] = {}
    for item in items:
        steps, (cycle_of, due_on, later) = histories[item["item_id"]], (item.pop(name) for name in ("issued_cycle", "due_on", "later"))
        start = asked([step for step, _, _ in steps])
        if start is None:
            continue
        cycle = steps[start][1]
        if later:
            item["state"], item["answer"] = _stood(steps)
            if item["state"] not in OPEN:
                continue
        due = dues[item["item_id"], cycle]
        if due_on and cycle_of == cycle and any(step.kind == "issued" and of == cycle for step, of, _ in steps[:start]):
            due = due_on  # asked afresh within its cycle: the deadline of the list before that one is over
        way = (tuple(step for step, _, _ in steps[start:]), due, upper.get(item["item_id"]), item["item_id"] in with_desk)
        if way not in known:
            known[way] = clock(way[0], due, day, settings, upper_due=way[2], has_desk=way[3])
        running = known[way]
        if running is not None:
            found.append({**item, **running.as_dict()})
    return found


def _histories(cursor: Any, county: str, day: date, closed: Sequence[str]) -> Mapping[str, list[tuple[Step, str | None, str]]]:
    """Item (open, or of `closed`) → its events in the county up to `day`, in order, each with its cycle and the state after it."""
    cursor.execute(
        "SELECT e.item_id, e.kind, e.as_of, e.reason, e.cycle, e.to_state FROM ledger.event e JOIN ledger.item i USING (item_id) "
        "WHERE e.county = %s AND i.county = e.county AND e.as_of <= %s AND (ledger.is_open(i.state) OR i.item_id = ANY(%s)) ORDER BY e.seq",
        (county, day, list(closed)),
    )
    found: dict[str, list[tuple[Step, str | None, str]]] = defaultdict(list)
    for item_id, kind, on, reason, cycle, state in cursor.fetchall():
        found[item_id].append((Step(kind, on, reason), cycle, state))
    return found


def _stood(steps: Sequence[tuple[Step, str | None, str]]) -> tuple[str, str | None]:
    """State and answer after the last of `steps`."""
    answer = None
    for step, _, state in steps:
        if step.kind == "answered":
            answer = step.reason
        elif state == "found":
            answer = None
    return steps[-1][2], answer


def _dues(cursor: Any, county: str, closed: Sequence[str]) -> dict[tuple[str, str | None], date]:
    """(Item, cycle) → the earliest deadline that the cycle's list gave."""
    cursor.execute(
        "SELECT p.item_id, p.cycle, min(p.due_on) FROM ledger.published_row p JOIN ledger.item i USING (item_id) "
        "WHERE p.county = %s AND (ledger.is_open(i.state) OR i.item_id = ANY(%s)) GROUP BY 1, 2",
        (county, list(closed)),
    )
    return {(item_id, cycle): due for item_id, cycle, due in cursor.fetchall()}


def upper_dues(cursor: Any, county: str) -> dict[str, date]:
    """Item → the earliest deadline of those above, of what they asked since the item was opened (last)."""
    cursor.execute(
        "SELECT n.item_id, min(n.due_on) FROM ledger.notice n JOIN ledger.item i USING (item_id) "
        "WHERE n.county = %s AND n.due_on IS NOT NULL AND n.received_on >= i.opened_on GROUP BY 1",
        (county,),
    )
    return dict(cursor.fetchall())
