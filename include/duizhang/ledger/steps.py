"""The steps of the monthly cycle, county by county: what was done, on what, and how much came of it (migration 009)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import db, ids

Step = Literal["open", "check", "approve", "issue", "remind", "receive", "reverify", "score"]
STEPS: tuple[Step, ...] = get_args(Step)
AUTO = "auto"
_COLUMNS = "county, cycle, step, done_on, run_id, counts, who"


@dataclass(frozen=True)
class Done:
    """One step as it was done. `run_id`: what it was done on; `counts`: name → how many; `who`: of an approval only."""

    county: str
    cycle: str
    step: Step
    done_on: date
    run_id: str
    counts: Mapping[str, int]
    who: str | None = None


def record(
    settings: Settings,
    county: str,
    cycle: str,
    step: Step,
    done_on: str | date,
    run_id: str,
    counts: Mapping[str, int],
    *,
    who: str | None = None,
    once: bool = False,
) -> bool:
    """Note that `step` of the county's `cycle` (2026-10) was done on `run_id`; False where its last row says so already
    (`once`: where any row does).

    `counts` are whole numbers by name, never a person's words; `who` (an approval's) is `AUTO` or `person(…)`. Raises
    ContractProblem where the database refuses it.
    """
    with db.transaction(settings) as cursor:
        db.lock(cursor, f"steps {county}")
        cursor.execute(
            "SELECT run_id FROM ledger.cycle_step WHERE (county, cycle, step) = (%s, %s, %s) ORDER BY seq DESC",
            (county, cycle, step),
        )
        known = [row[0] for row in cursor.fetchall()]
        if run_id in (known if once else known[:1]):
            return False
        cursor.execute(
            f"INSERT INTO ledger.cycle_step (seq, {_COLUMNS}) SELECT coalesce(max(seq), 0) + 1, %s, %s, %s, %s, %s, %s, %s "
            "FROM ledger.cycle_step WHERE county = %s",
            (county, cycle, step, db.day(done_on), run_id, json.dumps(dict(sorted(counts.items()))), who, county),
        )
        return True


def steps(settings: Settings, county: str | None = None, cycle: str | None = None) -> list[Done]:
    """Every step done, in order of county and time; of one county or cycle where given."""
    with db.transaction(settings, read_only=True) as cursor:
        found = db.rows(
            cursor,
            f"SELECT {_COLUMNS} FROM ledger.cycle_step WHERE coalesce(county = %s, true) AND coalesce(cycle = %s, true) "
            "ORDER BY county, seq",
            (county, cycle),
        )
    return [Done(**row) for row in found]


def last(settings: Settings, county: str, cycle: str, step: Step) -> Done | None:
    """The last time `step` was done for the county's `cycle`."""
    found = [done for done in steps(settings, county, cycle) if done.step == step]
    return found[-1] if found else None


def person(settings: Settings, user: str) -> str:
    """The keyed hash that stands for the user id `user` of an approval."""
    return ids.who(settings.installation_key(), user)


@dataclass(frozen=True)
class Issued:
    """A list that went out: its cycle, the date of its books, its version, and whether a later cycle has gone out since."""

    county: str
    cycle: str
    as_of: date
    version: str
    is_open: bool


def issued(settings: Settings, county: str | None = None) -> list[Issued]:
    """The lists that went out, by county and cycle; of one county where given."""
    with db.transaction(settings, read_only=True) as cursor:
        rows = db.rows(
            cursor,
            "SELECT county, cycle, as_of, coalesce(version, '') AS version, state = 'issued' AS is_open FROM ledger.cycle "
            "WHERE coalesce(county = %s, true) ORDER BY county, cycle",
            (county,),
        )
    return [Issued(**row) for row in rows]


def last_merged(settings: Settings, county: str) -> date | None:
    """The date of the county's last merge; None where there is none."""
    with db.transaction(settings, read_only=True) as cursor:
        return newest_merge(cursor, county)


def newest_merge(cursor: Any, county: str) -> date | None:
    """`last_merged`, inside a transaction."""
    cursor.execute("SELECT max(as_of) FROM ledger.merged WHERE county = %s", (county,))
    found: date | None = cursor.fetchone()[0]
    return found


def check_newest(county: str, as_of: date, merged: date | None) -> None:
    """Raises ContractProblem where the county was merged as of a later date than `as_of`: what stands now is not what those books said."""
    if merged is not None and as_of < merged:
        raise ContractProblem(
            f"{county} was checked as of {merged} since: its list as of {as_of} is over.", action="Issue the list of the newest check."
        )


def events_on(settings: Settings, county: str, as_of: str | date) -> dict[str, int]:
    """Kind of event → how many the county's merge as of `as_of` has written, over all its runs."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM ledger.event WHERE county = %s AND as_of = %s AND actor = 'check' GROUP BY kind ORDER BY kind",
            (county, db.day(as_of)),
        )
        return dict(cursor.fetchall())


def received(settings: Settings, sha256: str) -> list[dict[str, Any]]:
    """What came of the returned file `sha256`, by county and cycle: county, cycle, received_on, accepted, repeated, refused."""
    with db.transaction(settings, read_only=True) as cursor:
        return db.rows(
            cursor,
            "SELECT county, cycle, received_on, accepted, repeated, refused FROM ledger.received_file WHERE sha256 = %s "
            "ORDER BY county, cycle",
            (sha256,),
        )
