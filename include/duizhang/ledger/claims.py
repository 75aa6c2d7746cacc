"""What was said and asked about items: the last answer with what its list showed, and the notices of those above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.ledger import db

_SAID = ("核查结果", "核查说明", "核查人", "核查日期")
_OPENED, _ANSWERED = ("found", "reopened"), ("answered", "verified_not_so", "acknowledged")


@dataclass
class _Said:
    """An answer as its event has it, and the value that its list last showed before it."""

    on: date
    value: str
    shown: str | None


def claims(cursor: Any, county: str, items: Collection[str]) -> dict[str, dict[str, Any]]:
    """Item (of `items`) → the last answer in its present opening, of those answered in this county: {核查结果, 核查说明, 核查人,
    核查日期, answered_on, evidence}; texts and evidence are None once destroyed."""
    said = _last(cursor, county, items)
    wanted = {value for each in said.values() for value in (each.value, each.shown) if value}
    cursor.execute("SELECT value_hash, body FROM ledger.value WHERE county = %s AND value_hash = ANY(%s)", (county, sorted(wanted)))
    bodies = {value: body or {} for value, body in cursor.fetchall()}
    return {
        item: {**_texts(bodies.get(each.value, {})), "answered_on": each.on, "evidence": bodies.get(each.shown or "", {}).get("evidence")}
        for item, each in said.items()
    }


def _last(cursor: Any, county: str, items: Collection[str]) -> dict[str, _Said]:
    # read in order and judged here: over a county's fresh events, of which PostgreSQL has no statistics yet, the joins took minutes
    cursor.execute(
        "SELECT item_id, kind, as_of, cycle, value_hash FROM ledger.event WHERE county = %s AND item_id = ANY(%s) AND kind = ANY(%s) "
        "ORDER BY seq",
        (county, list(items), [*_OPENED, *_ANSWERED, "issued"]),
    )
    said: dict[str, _Said] = {}
    lists: dict[tuple[str, str | None], str] = {}
    for item, kind, on, cycle, value in cursor.fetchall():
        if kind == "issued":
            lists[item, cycle] = value
        elif kind in _ANSWERED:
            said[item] = _Said(on, value, lists.get((item, cycle)))
        else:
            said.pop(item, None)
    return said


def _texts(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer.get(name) for name in _SAID}


def brought(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """The claim of an item that was answered where it came from: what its list showed there is not this county's to see."""
    if item["answer"] is None:
        return None
    return {**_texts(item["answer_body"] or {}), "answered_on": item["answered_on"], "evidence": None}


def notices(cursor: Any, county: str) -> dict[str, list[dict[str, Any]]]:
    """Item → what those above asked about it since it was (last) opened: {source, ref, due_on}, the earliest deadline first.

    A line that several lists had stands once, with its earliest deadline.
    """
    found = db.rows(
        cursor,
        "SELECT n.item_id, n.source, n.ref, min(n.due_on) AS due_on FROM ledger.notice n JOIN ledger.item i USING (item_id) "
        "WHERE n.county = %s AND n.received_on >= i.opened_on GROUP BY 1, 2, 3 ORDER BY 4 NULLS LAST, 2, 3",
        (county,),
    )
    listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        listed[row.pop("item_id")].append(row)
    return listed
