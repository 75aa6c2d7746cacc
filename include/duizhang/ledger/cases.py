"""Whom only another book names (kind `case`): such a question goes with the household that it names.

The key of a case is `表|idkey|户编号`. That it stands in the county's books no more is proof only while its household does:
where the household left, the books that named somebody beside it say nothing of them, here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from duizhang.ledger.roster import CASE

_NUMBERED = "SELECT * FROM ledger.alias WHERE alias_kind = 'natural' AND alias_hash = ANY(%s) AND valid_to"


@dataclass(frozen=True)
class Named:
    """A case as its newest finding had it. `front`: its key without the household's number (None: destroyed); `home`: the subject
    of the household (None: not known); `housed`: whether the household stood in the national book then."""

    front: str | None
    home: str | None
    town: str | None
    housed: bool


def named(cursor: Any, county: str, cases: Collection[str]) -> dict[str, Named]:
    """Case (subject id) → what it names, for those of `cases` that were ever asked about; `county` asks."""
    if not cases:
        return {}
    cursor.execute(
        "SELECT DISTINCT ON (i.subject_id) i.subject_id, i.household_key_hash, i.town, v.body ->> 'subject_key', "
        "v.body ->> '户主姓名' IS NOT NULL FROM ledger.item i LEFT JOIN ledger.value v ON v.county = i.county AND v.value_hash = i.value_hash "
        "WHERE i.subject_id = ANY(%s) ORDER BY i.subject_id, i.last_hit DESC, i.number",
        (sorted(cases),),
    )
    rows = cursor.fetchall()
    homes = _households(cursor, county, {row[1] for row in rows if row[1]})
    return {
        subject: Named(key.rpartition("|")[0] if key else None, homes.get(home), town, housed) for subject, home, town, key, housed in rows
    }


def of_households(cursor: Any, counties: Iterable[str], households: Collection[str]) -> set[str]:
    """Cases (subject ids) that name one of `households` (subject ids), under whatever number it had, with items in `counties`."""
    cursor.execute(
        "SELECT DISTINCT i.subject_id FROM ledger.item i JOIN ledger.alias a ON a.alias_kind = 'natural' AND a.alias_hash = i.household_key_hash "
        "WHERE a.subject_id = ANY(%s) AND i.subject_kind = %s AND i.county = ANY(%s)",
        (sorted(households), CASE, sorted(counties)),
    )
    return {row[0] for row in cursor.fetchall()}


def _households(cursor: Any, county: str, numbers: Collection[str]) -> dict[str, str]:
    """Hash of a household's number → the subject that has it, or had it last; of two that have it the one of `county`."""
    cursor.execute(
        # in two halves: each has an index of its own
        f"SELECT DISTINCT ON (alias_hash) alias_hash, subject_id FROM ({_NUMBERED} IS NULL UNION ALL {_NUMBERED} IS NOT NULL) AS a "
        "ORDER BY alias_hash, valid_to DESC NULLS FIRST, county <> %s, valid_from DESC, subject_id",
        (sorted(numbers), sorted(numbers), county),
    )
    return dict(cursor.fetchall())
