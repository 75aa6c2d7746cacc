"""How long a county has had each question: from the list that asked it, without the days a department owed the answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.core import clock as calendar
from duizhang.core.settings import Settings
from duizhang.ledger import db

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


def clock(steps: Sequence[Step], due_on: date, as_of: date, settings: Settings, *, upper_due: date | None = None) -> Clock | None:
    """The clock of a question by its events in order, None where no list asks it as it stands now (or only after `as_of`).

    `due_on`: the deadline that list gave; `upper_due`: the earliest of those above. Raises `ContractProblem` where the
    calendar of a year is not known.
    """
    steps = [step for step in steps if step.on <= as_of]
    start = asked(steps)
    if start is None:
        return None
    started_on = steps[start].on
    spans = pauses(steps)
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

    Of a question that came back after it was issued (returned, changed) the next list starts the clock: it is not here
    until then. Raises `ContractProblem` where the calendar of a year is not known.
    """
    day = db.day(as_of)
    with db.transaction(settings, read_only=True) as cursor:
        items = db.rows(
            cursor,
            "SELECT item_id, number, code, severity, state, town, answer FROM ledger.item "
            "WHERE county = %s AND ledger.is_open(state) AND issued_on IS NOT NULL ORDER BY number",
            (county,),
        )
        histories = _histories(cursor, county)
        dues = _dues(cursor, county)
        upper = upper_dues(cursor, county)
    found = []
    # a list asks thousands on one day, and most of them have gone the same way since
    known: dict[tuple[Any, ...], Clock | None] = {}
    for item in items:
        steps = histories[item["item_id"]]
        start = asked([step for step, _ in steps])
        if start is None:
            continue
        due = dues[item["item_id"], steps[start][1]]
        way = (tuple(step for step, _ in steps[start:]), due, upper.get(item["item_id"]))
        if way not in known:
            known[way] = clock(way[0], due, day, settings, upper_due=way[2])
        running = known[way]
        if running is not None:
            found.append({**item, **running.as_dict()})
    return found


def _histories(cursor: Any, county: str) -> Mapping[str, list[tuple[Step, str | None]]]:
    """Item → its events in the county, in order, each with the cycle it belongs to."""
    cursor.execute(
        "SELECT e.item_id, e.kind, e.as_of, e.reason, e.cycle FROM ledger.event e JOIN ledger.item i USING (item_id) "
        "WHERE e.county = %s AND i.county = e.county AND ledger.is_open(i.state) ORDER BY e.seq",
        (county,),
    )
    found: dict[str, list[tuple[Step, str | None]]] = defaultdict(list)
    for item_id, kind, on, reason, cycle in cursor.fetchall():
        found[item_id].append((Step(kind, on, reason), cycle))
    return found


def _dues(cursor: Any, county: str) -> dict[tuple[str, str | None], date]:
    """(Item, cycle) → the earliest deadline that the cycle's list gave."""
    cursor.execute(
        "SELECT p.item_id, p.cycle, min(p.due_on) FROM ledger.published_row p JOIN ledger.item i USING (item_id) "
        "WHERE p.county = %s AND ledger.is_open(i.state) GROUP BY 1, 2",
        (county,),
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
