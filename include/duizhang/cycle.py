"""The monthly cycle of a county: open → check → approve → issue → remind → receive → reverify → score.

Each step is one function per county that can be run again at any time: what was done on the same inputs is not done
again, and what was killed goes on. It looks at no other county. What was done stands in `ledger.cycle_step`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from duizhang import pipeline
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

_JUDGED = ("proven", "returned", "restated", "gone", "reappeared", "reopened")


def open_cycle(settings: Settings, county: str, as_of: str) -> str:
    """Open the cycle of `as_of` (ISO) for the county, where it is not open yet; the cycle (2026-10)."""
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    cycle = pipeline.cycle_of(day)
    steps.record(settings, county, cycle, "open", day, cycle, {}, once=True)
    return cycle


def check(settings: Settings, county: str, as_of: str, *, docs: bool = True, again: bool = False) -> dict[str, Any]:
    """Reconcile the county as of `as_of`, unless it was on the same books and rules (`again`: even so); notes the cycle's `check`, and of the
    list issued before that date its `reverify`: what of it is proven, and what came back.

    Gives what `pipeline.reconcile_county` gives; {"county", "unchanged": True} where there was nothing to do.
    """
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    wanted, done = pipeline.check_state(settings, county, day)
    cycle = open_cycle(settings, county, day)
    run_id = _state(day, wanted)
    noted = steps.last(settings, county, cycle, "check")
    if done and not again and noted is not None and noted.run_id == run_id:
        return {"county": county, "unchanged": True}
    result: dict[str, Any] = {"county": county, "unchanged": True}
    if not done or again:
        result = pipeline.reconcile_county(settings, county, day, docs=docs)
        run_id = state(settings, county, day)
    events = steps.events_on(settings, county, day)
    before = _issued_before(settings, county, day)
    if before is not None:
        judged = {kind: events.get(kind, 0) for kind in _JUDGED}
        steps.record(settings, county, before, "reverify", day, run_id, judged)
    # last: until it stands, the whole step is done again
    steps.record(settings, county, cycle, "check", day, run_id, {"found": events.get("found", 0), **_numbers(result, "findings", "rules")})
    return result


def state(settings: Settings, county: str, as_of: str) -> str:
    """What a check of the county as of `as_of` stands on, and an approval is given to: the date and a hash of books and rules."""
    day = pipeline.as_day(as_of)
    return _state(day, pipeline.check_state(settings, county, day)[0])


def _state(day: str, fingerprint: str) -> str:
    return f"{day}-{fingerprint[:12]}"


def approve(settings: Settings, county: str, as_of: str, who: str = "auto", *, on: str | None = None) -> bool:
    """Note that the county's list of the cycle of `as_of` may go out; False where that was noted before.

    `who`: the keyed hash of the user who approved (`ledger.steps.person`), or "auto" where no approval is asked. `on`: the
    `state` that was approved (default: the present one); the list of any other needs another approval.
    """
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    return steps.record(settings, county, pipeline.cycle_of(day), "approve", day, on or state(settings, county, day), {}, who=who)


def issue(settings: Settings, county: str, as_of: str, *, docs: bool = True) -> dict[str, Any]:
    """Publish and issue the county's list, after its `check` (done here where it is due). Raises ContractProblem where the
    list as of that date, on these very books and rules, has not been approved, or the county was merged as of a later date;
    FeedProblem where the national book does not carry one."""
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    cycle = pipeline.cycle_of(day)
    steps.check_newest(county, date.fromisoformat(day), steps.last_merged(settings, county))
    check(settings, county, day, docs=docs)
    approval = steps.last(settings, county, cycle, "approve")
    if approval is None or approval.done_on.isoformat() != day:
        raise ContractProblem(f"The list of {county} as of {day} has not been approved.", action="Start publish, or approve it first.")
    if approval.run_id != state(settings, county, day):
        raise ContractProblem(
            f"The list of {county} as of {day} was approved on other books or rules.", action="Start publish again, or approve it again."
        )
    result = pipeline.issue_county(settings, county, day)
    steps.record(settings, county, cycle, "issue", day, result["version"], _numbers(result, "rows", "issued"))
    return result


def receive(settings: Settings, path: str | Path, received_on: str | date) -> dict[str, Any]:
    """Take one returned workbook, and note it for every county and cycle that it answers. Shape as `pipeline.receive_file`."""
    from duizhang.ledger import steps

    sha = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    result = pipeline.receive_file(settings, path, received_on)
    found = steps.received(settings, sha)
    for row in found:
        counts = _numbers(row, "accepted", "repeated", "refused")
        if len(found) == 1:  # what never reached the ledger was refused, too
            counts["refused"] = max(counts["refused"], result["refused"])
        steps.record(settings, row["county"], row["cycle"], "receive", row["received_on"], sha[:12], counts, once=True)
    return result


def score(settings: Settings, county: str, as_of: str) -> dict[str, Any]:
    """Score the county's last cycle that a later export (as of `as_of`) has re-verified, and write its certificate.

    Raises ContractProblem where no list went out before `as_of`, or it has not been re-verified as of that date.
    """
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    cycle = _issued_before(settings, county, day)
    if cycle is None:
        raise ContractProblem(f"{county} got no list before {day}: there is nothing to score.", action="Issue a list first.")
    judged = steps.last(settings, county, cycle, "reverify")
    if judged is None or judged.done_on < date.fromisoformat(day):
        raise ContractProblem(f"The list {cycle} of {county} has not been re-verified as of {day}.", action="Run reconcile first.")
    result = pipeline.certify_county(settings, county, day, cycle)
    steps.record(settings, county, cycle, "score", day, f"{day}-{result['version']}", _numbers(result))
    return result


def to_score(settings: Settings, as_of: str) -> list[str]:
    """The counties whose last list before `as_of` has been re-verified as of that date."""
    from duizhang.ledger import steps

    day = pipeline.as_day(as_of)
    found = []
    for county in pipeline.counties(settings, day):
        cycle = _issued_before(settings, county, day)
        judged = steps.last(settings, county, cycle, "reverify") if cycle else None
        if judged is not None and judged.done_on >= date.fromisoformat(day):
            found.append(county)
    return found


def overview(settings: Settings, county: str | None = None, cycle: str | None = None) -> list[dict[str, Any]]:
    """One row per county and cycle: county, cycle, and for every step how often and when last it was done (None: not yet),
    with the counts of the last time."""
    from duizhang.ledger import steps

    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for done in steps.steps(settings, county, cycle):
        row = rows.setdefault((done.county, done.cycle), {"county": done.county, "cycle": done.cycle, **dict.fromkeys(steps.STEPS)})
        times = row[done.step]["times"] if row[done.step] else 0
        row[done.step] = {"on": done.done_on.isoformat(), "times": times + 1, **done.counts}
    return [rows[key] for key in sorted(rows)]


def _issued_before(settings: Settings, county: str, day: str) -> str | None:
    """The last cycle whose list stands on books before `day`."""
    from duizhang.ledger import steps

    before = [each.cycle for each in steps.issued(settings, county) if each.as_of < date.fromisoformat(day)]
    return max(before, default=None)


def _numbers(result: dict[str, Any], *names: str) -> dict[str, int]:
    """The whole numbers of `result` (of `names`, where given)."""
    wanted: Iterable[str] = names or result
    return {name: result[name] for name in wanted if isinstance(result.get(name), int) and not isinstance(result[name], bool)}
