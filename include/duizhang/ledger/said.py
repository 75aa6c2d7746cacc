"""What is known of the items that answers come to: what their lists showed, what was answered before and by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duizhang.ledger import watch
from duizhang.ledger.judge import Asker


def sent(cursor: Any, county: str, items: Sequence[str]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(Cycle, item) → what its lists showed, each with what the question stood on then: (value_hash, stands_hash)."""
    cursor.execute(
        "SELECT cycle, item_id, value_hash, stands_hash FROM ledger.published_row WHERE county = %s AND item_id = ANY(%s)", (county, items)
    )
    found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for cycle, item_id, value, stands in cursor.fetchall():
        found[cycle, item_id].add((value, stands))
    return dict(found)


def had(cursor: Any, county: str, items: Sequence[str], file_sha: str) -> set[tuple[str, str]]:
    """(Item, answer) ever given, where this file came before: whatever it says then was said, and answered over, since."""
    cursor.execute(
        "SELECT DISTINCT item_id, value_hash FROM ledger.event WHERE county = %s AND item_id = ANY(%s) AND actor = ANY(%s) "
        "AND EXISTS (SELECT 1 FROM ledger.received_file f WHERE f.sha256 = %s AND f.county = ledger.event.county)",
        (county, items, ["county", "field", "approver"], file_sha),
    )
    return set(cursor.fetchall())


def returned(cursor: Any, items: Iterable[Mapping[str, Any]]) -> set[str]:
    """The items whose answer was returned and not given again; of those that are gone, too."""
    by_state = defaultdict(list)
    for item in items:
        by_state[item["state"]].append(item["item_id"])
    return set(by_state["returned"]) | (watch.returned(cursor, by_state["gone"]) if by_state["gone"] else set())


def askers(cursor: Any, county: str, items: Sequence[str]) -> dict[str, list[Asker]]:
    """Item → who answered it in its present opening; of one that moved here in it, all who answered it elsewhere, too.

    As ledger.check_rights compares them.
    """
    found: dict[str, list[Asker]] = defaultdict(list)
    answered = _answered(cursor, county, items)
    for where in sorted({event[0] for event in answered}):
        values = sorted({value for place, _, _, value in answered if place == where})
        cursor.execute(
            "SELECT value_hash, body ->> '核查人' FROM ledger.value WHERE county = %s AND value_hash = ANY(%s)", (where, values)
        )
        signed = dict(cursor.fetchall())
        for place, item_id, who, value in answered:
            if place == where:
                found[item_id].append(Asker(who, signed.get(value)))
    return dict(found)


def _answered(cursor: Any, county: str, items: Sequence[str]) -> list[tuple[str, str, str | None, str]]:
    """(County, item, who, value_hash) of the answers of present openings; sorted out here as `claims` does, not by a join."""
    cursor.execute(
        "SELECT county, seq, item_id, kind, who, value_hash FROM ledger.event WHERE item_id = ANY(%s) "
        "AND kind IN ('found', 'reopened', 'moved_in', 'answered')",
        (items,),
    )
    events = cursor.fetchall()
    opened: dict[str, int] = defaultdict(int)
    moved: dict[str, int] = defaultdict(int)
    for where, seq, item_id, kind, _, _ in events:
        if where == county and kind != "answered":
            last = moved if kind == "moved_in" else opened
            last[item_id] = max(last[item_id], seq)
    return [
        (where, item_id, who, value)
        for where, seq, item_id, kind, who, value in events
        if kind == "answered" and (seq > opened[item_id] if where == county else moved[item_id] > opened[item_id])
    ]
