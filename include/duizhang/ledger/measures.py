"""The numbers of a county's work on its questions (domain/outputs.md §4), reckoned from events and items.

What is counted is a *case*: one opening of an item, from `found`, `reopened` or `moved_in` to the event that closes it.
An item that relapses is two cases. A case belongs to the lists (cycles) it was issued on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow.parquet as pq

from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import db, desks
from duizhang.ledger.events import OPEN

ADMITTED = frozenset({"fixed", "accepted_true"})
SETTLED = ("exempted", "verified_not_so", "acknowledged")
_MEANS = {"acknowledged": "explained", "exempted": "explained", "verified_not_so": "not_so"}  # an event that answers and closes
_DEPARTMENT = "department_wrong"
_BEGINS = frozenset({"found", "reopened", "moved_in"})
# A case that ended so, or waits so, was not to be mended by the county (any more).
_NOT_OWED = frozenset({"verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out"})

_EVENTS = (
    "SELECT e.seq, e.item_id, e.kind, e.from_state, e.to_state, e.as_of, e.cycle, e.reason, i.code, i.severity, "
    "i.household_key_hash, i.last_hit, i.exempt_until FROM ledger.event e JOIN ledger.item i USING (item_id) "
    "WHERE e.county = %s AND e.as_of <= %s ORDER BY e.seq"
)


@dataclass
class Case:
    """One opening of an item; `answer` is the last since it was last asked afresh, `ended` the state that closed it."""

    item_id: str
    code: str
    severity: str
    household: str | None
    relapse: bool
    state: str = "found"
    dues: dict[str, date] = field(default_factory=dict)  # cycle → deadline of its list
    first_due: date | None = None  # since it was last asked afresh
    answer: str | None = None
    answered_on: date | None = None
    times_returned: int = 0
    ended: str | None = None
    ended_on: date | None = None
    has_desk: bool = True  # whether a department's book is in the evidence: else nobody but the county owes anything
    until: date | None = None  # last day of the exemption, where the item has one now

    def exempt(self, day: date) -> bool:
        """Whether it ended in an exemption that stands on `day`."""
        return self.ended == "exempted" and (self.until is None or self.until >= day)


def measures(
    settings: Settings,
    county: str,
    cycle: str,
    as_of: str | date,
    *,
    results: Sequence[Mapping[str, Any]] | None = None,
    households: int | None = None,
    clocks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """All numbers of outputs.md §4 for `county` as of `as_of`, `period` for the cases on the list of `cycle`.

    Reckoned over the county's events dated `as_of` or before: what came later changes no past date. `results`: rows of results.parquet
    (default: read from the lake as of `as_of`); `households`: how many the national book has (default: from the lake);
    `clocks`: rows of `ledger.clocks`; overdue are those past their deadline that nobody answered, that are admitted and
    not reported fixed, or that were passed on to a department although no department's book is in the evidence. Gives, counts only:
    county, cycle, as_of, seq · period, ever (see `_count`; rates are shares of 1, None where there is nothing to divide
    by) · codes (code → rows, na, unknown, n, hits, exempted, verified_not_so, acknowledged – those still hit –, open, gone) ·
    dimensions (dimension → rules, n, hits, exempted, open, open_errors) · households, problem_households, problem_rate,
    hit_rate · overdue, relapsed_open, exemptions, external_open, states · run_id, issued_as_of, list_version.
    Raises ContractProblem where the county has no merge as of `as_of`, InfraProblem from the database.
    """
    day = db.day(as_of)
    with db.transaction(settings, read_only=True) as cursor:
        standing = _standing(cursor, county, cycle, day)
        events = db.rows(cursor, _EVENTS, (county, day))
        cursor.execute("SELECT cycle, item_id, max(due_on) FROM ledger.published_row WHERE county = %s GROUP BY 1, 2", (county,))
        dues = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
        cases = unfold(events, dues)
        passed = sorted({case.item_id for case in cases if case.answer == _DEPARTMENT})
        with_desk = desks.with_desk(cursor, settings, county, passed)
    for case in cases:
        case.has_desk = case.item_id in with_desk
    if results is None or households is None:
        stored, homes = _lake(settings, county, day)
        results = stored if results is None else results
        households = homes if households is None else households
    codes = _codes(results, events, cases, day)
    errors = {c.household for c in cases if c.ended is None and c.state != "gone" and c.severity == "错误" and c.household}
    n, hits = sum(row["n"] for row in codes.values()), sum(row["hits"] - row["exempted"] for row in codes.values())
    return {
        "county": county, "cycle": cycle, "as_of": day.isoformat(), **standing,
        "period": _count([(case, case.dues[cycle]) for case in cases if cycle in case.dues], day),
        "ever": _count([(case, case.first_due) for case in cases if case.dues], day),
        "codes": codes,
        "dimensions": _dimensions(settings, codes, cases),
        "households": households, "problem_households": len(errors), "problem_rate": share(len(errors), households),
        "hit_rate": share(hits, n),
        "overdue": sum(_late(row) for row in clocks),
        "relapsed_open": sum(case.relapse and case.ended is None for case in cases),
        "exemptions": sum(case.exempt(day) for case in current(cases).values()),
        "external_open": sum(case.ended is None and case.code not in codes for case in cases),
        "states": dict(sorted(Counter(case.ended or case.state for case in current(cases).values()).items())),
    }  # fmt: skip


def _late(row: Mapping[str, Any]) -> bool:
    """Past its deadline without an answer that ends the county's duty: a claim of 已整改 waits for the rerun, not for them, and what is
    passed on waits for a department, where there is one."""
    nobodys = row["answer"] == _DEPARTMENT and row["paused_since"] is None
    return bool(row["overdue"]) and (row["answer"] in (None, "accepted_true") or row["state"] == "returned" or nobodys)


def exemptions(settings: Settings, county: str, as_of: str | date | None = None) -> list[dict[str, Any]]:
    """The county's exemptions that have not expired as of `as_of` (default: its last merge), by number: number, code, 户编号,
    户主姓名, reason (核查说明), asked_by (核查人),
    approved_by (批准人), exempt_until (date), closed_on. Names and numbers of persons: for internal lists alone."""
    with db.transaction(settings, read_only=True) as cursor:
        return db.rows(
            cursor,
            "SELECT i.number, i.code, v.body ->> '户编号' AS \"户编号\", v.body ->> '户主姓名' AS \"户主姓名\", "
            "a.body ->> '核查说明' AS reason, a.body ->> '核查人' AS asked_by, a.body ->> '批准人' AS approved_by, "
            "i.exempt_until, i.closed_on FROM ledger.item i "
            "LEFT JOIN ledger.value v ON v.county = i.county AND v.value_hash = i.value_hash "
            "LEFT JOIN ledger.value a ON a.county = i.county AND a.value_hash = i.answer_hash "
            "WHERE i.county = %s AND i.state = 'exempted' "
            "AND (i.exempt_until >= coalesce(%s, (SELECT max(as_of) FROM ledger.merged m WHERE m.county = i.county))) IS NOT FALSE ORDER BY i.number",
            (county, None if as_of is None else db.day(as_of)),
        )


def last_cycle(settings: Settings, county: str, before: str | date) -> str | None:
    """The newest cycle of the county whose list went out on a date before `before`; None where there is none."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT max(cycle) FROM ledger.cycle WHERE county = %s AND as_of < %s", (county, db.day(before)))
        found: str | None = cursor.fetchone()[0]
        return found


def share(part: int, whole: int | None) -> float | None:
    """part ÷ whole; None where there is nothing to divide by (never 0)."""
    return part / whole if whole else None


def unfold(events: Iterable[Mapping[str, Any]], dues: Mapping[tuple[str, str], date]) -> list[Case]:
    """The cases of one county's events (in their order); `dues`: (cycle, item) → deadline as published."""
    found: list[Case] = []
    running: dict[str, Case] = {}
    for event in events:
        item, kind, state = event["item_id"], event["kind"], event["to_state"]
        if kind in _BEGINS and state in OPEN:
            relapse = kind == "reopened" and event["from_state"] == "proven"
            running[item] = Case(item, event["code"], event["severity"], event["household_key_hash"], relapse, state, until=event.get("exempt_until"))
            found.append(running[item])
            continue
        case = running.get(item)
        if case is None:  # what happens to a closed one: noted, renumbered, moved
            continue
        _step(case, event, dues)
        if kind == "moved_out":
            case.ended, case.ended_on = "moved_out", event["as_of"]
        if case.ended is not None:
            del running[item]
    return found


def _step(case: Case, event: Mapping[str, Any], dues: Mapping[tuple[str, str], date]) -> None:
    kind, state = event["kind"], event["to_state"]
    case.state = state
    if kind == "issued":
        due = dues[event["cycle"], case.item_id]
        case.dues[event["cycle"]] = due
        case.first_due = case.first_due or due
    elif kind == "answered" or kind in _MEANS:
        case.answer, case.answered_on = _MEANS.get(kind) or event["reason"], event["as_of"]
    elif kind == "returned":
        case.times_returned += 1
    elif state == "found":
        case.answer = case.answered_on = case.first_due = None
    if state not in OPEN:
        case.ended, case.ended_on = state, event["as_of"]


def current(cases: Iterable[Case]) -> dict[str, Case]:
    """Item → its last case, of items that are still the county's."""
    last = {case.item_id: case for case in cases}
    return {item: case for item, case in last.items() if case.ended != "moved_out"}


def _count(timed: Sequence[tuple[Case, date | None]], as_of: date) -> dict[str, Any]:
    """Counts and rates of cases, each with the deadline it is measured by.

    issued; answered; claimed (last answer 已整改), claimed_proven, claimed_returned (proven otherwise: seen unchanged and
    still open), claimed_waiting; admitted (已整改 or 属实待整改), admitted_proven; proven, proven_unanswered; owed (to be
    mended, and either mended or past its deadline), in_time; doubts, doubts_verified, doubts_unclear (无法核实);
    ever_proven, relapsed; verified_not_so, acknowledged, exempted, withdrawn.
    repair_rate = admitted_proven ÷ admitted · claimed_rate = claimed ÷ admitted · gap = claimed_rate − repair_rate ·
    in_time_rate = in_time ÷ owed · relapse_rate = relapsed ÷ ever_proven · doubt_rate = doubts_verified ÷ doubts.
    """
    cases = [case for case, _ in timed]
    claimed = [case for case in cases if case.answer == "fixed"]
    admitted = [case for case in cases if case.answer in ADMITTED]
    proven = [case for case in cases if case.ended == "proven"]
    owed = [(case, due) for case, due in timed if _owed(case, due, as_of)]
    doubts = [case for case in cases if case.severity == "疑似" and case.ended not in ("withdrawn", "moved_out")]
    n: dict[str, Any] = {
        "issued": len(cases),
        "answered": sum(case.answer is not None for case in cases),
        "claimed": len(claimed),
        "claimed_proven": sum(case.ended == "proven" for case in claimed),
        "claimed_returned": sum(case.state == "returned" for case in claimed),
        "claimed_waiting": sum(case.state in ("answered", "gone") for case in claimed),
        "admitted": len(admitted),
        "admitted_proven": sum(case.ended == "proven" for case in admitted),
        "proven": len(proven),
        "proven_unanswered": sum(case.answer is None for case in proven),
        "owed": len(owed),
        "in_time": sum(_in_time(case, due) for case, due in owed),
        "doubts": len(doubts),
        "doubts_verified": sum(case.answer is not None or case.ended is not None for case in doubts),
        "doubts_unclear": sum(case.answer == "cannot_verify" and case.ended is None for case in doubts),
        "ever_proven": len({case.item_id for case in cases if case.ended == "proven" or case.relapse}),
        "relapsed": len({case.item_id for case in cases if case.relapse}),
        **{word: sum(case.ended == word for case in cases) for word in (*SETTLED, "withdrawn")},
    }
    n["repair_rate"], n["claimed_rate"] = share(n["admitted_proven"], n["admitted"]), share(n["claimed"], n["admitted"])
    n["gap"] = None if n["repair_rate"] is None else n["claimed_rate"] - n["repair_rate"]
    n["in_time_rate"], n["relapse_rate"] = share(n["in_time"], n["owed"]), share(n["relapsed"], n["ever_proven"])
    n["doubt_rate"] = share(n["doubts_verified"], n["doubts"])
    return n


def _owed(case: Case, due: date | None, as_of: date) -> bool:
    """Whether the case had to be mended and it is decided whether that was in time: mended, or its deadline has passed.

    Not owed: closed otherwise; a doubt nobody has admitted; one that waits for a department; a claim in time that no
    rerun has judged yet.
    """
    if case.ended == "proven":
        return True
    if case.ended in _NOT_OWED or case.state == "gone" or (case.answer == _DEPARTMENT and case.has_desk) or due is None or due >= as_of:
        return False
    if case.severity == "疑似" and case.answer not in ADMITTED:
        return False
    return not (case.state == "answered" and case.answer == "fixed" and case.answered_on is not None and case.answered_on <= due)


def _in_time(case: Case, due: date | None) -> bool:
    """Proven, and reported fixed (else: seen proven) no later than the deadline."""
    if case.ended != "proven" or due is None:
        return False
    done = case.answered_on if case.answer == "fixed" else case.ended_on
    return done is not None and done <= due


def _codes(
    results: Iterable[Mapping[str, Any]], events: Sequence[Mapping[str, Any]], cases: Sequence[Case], as_of: date
) -> dict[str, dict[str, int]]:
    """By indicator of the check's results: counts, and how many of the hits are settled by an answer that stands."""
    seen = {event["item_id"] for event in events if event["last_hit"] >= as_of}
    settled: dict[str, Counter[str]] = defaultdict(Counter)
    still: dict[str, Counter[str]] = defaultdict(Counter)
    for item, case in current(cases).items():
        if case.ended == "exempted" and not case.exempt(as_of):
            continue
        if case.ended in SETTLED and item in seen:
            settled[case.code][case.ended] += 1
        elif case.ended is None:
            still[case.code]["gone" if case.state == "gone" else "open"] += 1
    return {
        row["code"]: {
            **{name: int(row[name]) for name in ("rows", "na", "unknown", "hits")},
            "n": int(row["applicable"]) - int(row["unknown"]),
            **{word: min(settled[row["code"]][word], int(row["hits"])) for word in SETTLED},
            **{word: still[row["code"]][word] for word in ("open", "gone")},
        }
        for row in results
    }


def _dimensions(settings: Settings, codes: Mapping[str, Mapping[str, int]], cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    rules = by_code(settings)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for code, row in codes.items():
        if code in rules:
            add = {name: row[name] for name in ("n", "hits", "exempted", "open")}
            found[rules[code].dimension].update({"rules": 1, **add})
    for case in cases:
        if case.code in rules and case.ended is None and case.state != "gone" and case.severity == "错误":
            found[rules[case.code].dimension]["open_errors"] += 1
    names = ("rules", "n", "hits", "exempted", "open", "open_errors")
    return {dimension: {name: found[dimension][name] for name in names} for dimension in sorted(found)}


def _standing(cursor: Any, county: str, cycle: str, day: date) -> dict[str, Any]:
    """Where the chain is cut, the run of the merge, and when the list of the cycle went out."""
    cursor.execute("SELECT run_id FROM ledger.merged WHERE county = %s AND as_of = %s", (county, day))
    merged = cursor.fetchone()
    if merged is None:
        raise ContractProblem(f"{county} has no merge as of {day}.", action="Reconcile the county for this date first.")
    cursor.execute("SELECT coalesce(max(seq), 0) FROM ledger.event WHERE county = %s AND as_of <= %s", (county, day))
    seq = int(cursor.fetchone()[0])
    cursor.execute("SELECT as_of, version FROM ledger.cycle WHERE county = %s AND cycle = %s", (county, cycle))
    issued = cursor.fetchone() or (None, None)
    return {"seq": seq, "run_id": merged[0], "issued_as_of": issued[0], "list_version": issued[1]}


def _lake(settings: Settings, county: str, day: date) -> tuple[list[dict[str, Any]], int]:
    """The check's results, and the number of households of the national book."""
    root = settings.at(day.isoformat())
    results: list[dict[str, Any]] = pq.read_table(root / "checks" / f"county={county}" / "results.parquet", partitioning=None).to_pylist()
    return results, pq.read_metadata(root / "subjects" / "household" / f"county={county}" / "data.parquet").num_rows
