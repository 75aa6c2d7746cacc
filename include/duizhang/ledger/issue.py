"""Recording what a county was sent: published rows, and the events that they were issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import db, steps
from duizhang.ledger.clocks import upper_dues
from duizhang.ledger.events import OPEN, Event, append

# An answered item stays answered and a returned one returned: being on a list again takes nothing back.
_AFTER = {"found": "issued", "issued": "issued", "answered": "answered", "returned": "returned", "gone": "gone"}
PublishedRow = tuple[str, str, str, date]


def issue(
    settings: Settings,
    county: str,
    cycle: str,
    as_of: str | date,
    rows: Sequence[PublishedRow],
    *,
    version: str | None = None,
    run_id: str = "issue",
) -> int:
    """Record that `rows` (item_id, token, value_hash, due_on) went out to `county` in `cycle`; gives the new events.

    The deadline recorded is `due_on` or the earliest of those above who ask the same, whichever comes first.
    A row that this cycle has already sent adds nothing, unless its question is asked afresh (it was gone, or came back).
    Raises `ContractProblem` when a row is not an open item of the county as it stands now (the list was made before the
    last merge and must be published again), or the county was merged as of a later date than `as_of`.
    """
    day = db.day(as_of)
    key = settings.installation_key()
    with db.transaction(settings) as cursor:
        db.lock(cursor, county)
        if rows:
            steps.check_newest(county, day, steps.newest_merge(cursor, county))
        sent = _sent(cursor, county, cycle)
        afresh = _afresh(cursor, county, {item for item, _ in sent})
        new = [row for row in rows if (row[0], row[1]) not in sent or row[0] in afresh]
        items = _items(cursor, county, new)
        upper = upper_dues(cursor, county)
        dues = {i: min(db.day(due), upper.get(i, db.day(due))) for i, _, _, due in new}
        _open_cycle(cursor, county, cycle, day, version)
        db.insert(
            cursor,
            "INSERT INTO ledger.published_row (county, cycle, item_id, token, value_hash, stands_hash, due_on) VALUES %s",
            [(county, cycle, i, token, value, items[i]["stands_hash"], dues[i]) for i, token, value, _ in new if (i, token) not in sent],
        )
        db.insert(
            cursor,
            "UPDATE ledger.item i SET issued_on = u.issued_on, issued_cycle = u.cycle, due_on = u.due_on, "
            "first_issued_cycle = coalesce(i.first_issued_cycle, u.cycle) "
            "FROM (VALUES %s) AS u (item_id, issued_on, cycle, due_on) WHERE i.item_id = u.item_id",
            [(i, day, cycle, dues[i]) for i, _, _, _ in new],
        )
        events = [
            Event(county, i, items[i]["number"], "issued", items[i]["state"], _AFTER[items[i]["state"]], day, "publish", cycle, None, value)
            for i, _, value, _ in new
        ]
        return append(cursor, key, events, run_id).get("issued", 0)


def _sent(cursor: Any, county: str, cycle: str) -> set[tuple[str, str]]:
    cursor.execute("SELECT item_id, token FROM ledger.published_row WHERE county = %s AND cycle = %s", (county, cycle))
    return set(cursor.fetchall())


def _afresh(cursor: Any, county: str, items: set[str]) -> set[str]:
    """Those of `items` that are asked again with the next list: no deadline of an earlier one stands for them."""
    cursor.execute(
        "SELECT item_id FROM ledger.item WHERE county = %s AND item_id = ANY(%s) "
        "AND (state = 'found' OR (state IN ('issued', 'returned') AND due_on IS NULL))",
        (county, sorted(items)),
    )
    return {row[0] for row in cursor.fetchall()}


def _items(cursor: Any, county: str, rows: Sequence[PublishedRow]) -> dict[str, dict[str, Any]]:
    wanted = {item_id: value for item_id, _, value, _ in rows}
    if len(wanted) != len(rows):
        raise ContractProblem("One item stands twice among the published rows.")
    found = db.rows(
        cursor,
        "SELECT item_id, number, state, stands_hash, value_hash FROM ledger.item WHERE county = %s AND item_id = ANY(%s)",
        (county, list(wanted)),
    )
    items = {item["item_id"]: item for item in found}
    stale = sum(
        i not in items or items[i]["state"] not in OPEN or items[i]["value_hash"] != value for i, value in wanted.items()
    )
    if stale:
        raise ContractProblem(
            f"{stale} of {len(rows)} published rows are not open items of {county} as they stand now.", action="Publish again."
        )
    return items


def _open_cycle(cursor: Any, county: str, cycle: str, as_of: date, version: str | None) -> None:
    cursor.execute("UPDATE ledger.cycle SET state = 'closed' WHERE county = %s AND cycle < %s", (county, cycle))
    cursor.execute(
        "INSERT INTO ledger.cycle AS c (county, cycle, as_of, version, state) SELECT %(county)s, %(cycle)s, %(as_of)s, %(version)s, "
        # one that is noted late does not open again what a later one has closed
        "CASE WHEN EXISTS (SELECT 1 FROM ledger.cycle l WHERE l.county = %(county)s AND l.cycle > %(cycle)s) THEN 'closed' ELSE 'issued' END "
        "ON CONFLICT (county, cycle) DO UPDATE SET as_of = greatest(c.as_of, excluded.as_of), "
        "version = coalesce(excluded.version, c.version)",
        {"county": county, "cycle": cycle, "as_of": as_of, "version": version},
    )
