"""Appending events to the chains of counties, and the values they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.ledger import db, ids

OPEN = frozenset({"found", "issued", "answered", "returned", "gone"})


@dataclass(frozen=True)
class Event:
    """One step of an item. `reason` is a word of the program; `value_hash` names a row of ledger.value; `who` is the hash
    (`ids.who`) of the person who did it, None for programs."""

    county: str
    item_id: str
    number: str
    kind: str
    from_state: str
    to_state: str
    as_of: date
    actor: str
    cycle: str | None = None
    reason: str | None = None
    value_hash: str | None = None
    who: str | None = None


class Values:
    """Bodies to be stored, by county and hash; each once."""

    def __init__(self, key: bytes, as_of: date) -> None:
        self._key = key
        self._as_of = as_of
        self._new: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, county: str, kind: str, body: Mapping[str, Any]) -> str:
        """Remember `body` for `county`; gives its hash."""
        text = ids.canonical(body)
        found = ids.digest(self._key, "value", text)
        self._new[county, found] = (kind, text)
        return found

    def write(self, cursor: Any) -> None:
        """Store what is not stored yet (a body emptied by retention comes back with its hash)."""
        db.insert(
            cursor,
            "INSERT INTO ledger.value AS v (county, value_hash, kind, as_of, body) VALUES %s "
            "ON CONFLICT (county, value_hash) DO UPDATE SET body = excluded.body, as_of = excluded.as_of, "
            "destroyed_on = NULL WHERE v.body IS NULL",
            [(county, found, kind, self._as_of, text) for (county, found), (kind, text) in sorted(self._new.items())],
        )


def subject_steps(
    items: Iterable[dict[str, Any]], moved: Mapping[str, str], renumbered: Collection[str], county: str, as_of: date
) -> list[Event]:
    """What moving and renumbering of subjects tell of their items: out of the county left, into `county`; a new number.

    `moved`: subject id → the county it leaves. States stay.
    """
    found = []
    for item in items:
        steps = [("moved_out", moved[item["subject_id"]]), ("moved_in", county)] if item["subject_id"] in moved else []
        steps += [("renumbered", county)] if item["subject_id"] in renumbered else []
        found += [
            Event(where, item["item_id"], item["number"], kind, item["state"], item["state"], as_of, "check") for kind, where in steps
        ]
    return found


def append(cursor: Any, key: bytes, events: Iterable[Event], run_id: str) -> dict[str, int]:
    """Append `events` in the order of item numbers (each item's as given) to their counties' chains; gives kind → how many.

    The caller holds the locks of the counties, has stored the values, and has set what the new state asks of the item.
    The database refuses every step that `ledger.transition` does not know.
    """
    by_county: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.number):
        by_county[event.county].append(event)
    counts: dict[str, int] = defaultdict(int)
    # moved_out stands in the county left, and must come before moved_in; the other counties hold nothing else
    for county in sorted(by_county, key=lambda name: (by_county[name][0].kind != "moved_out", name)):
        _append_county(cursor, key, county, by_county[county], run_id)
        _arrive(cursor, [event.item_id for event in by_county[county] if event.kind == "moved_in"])
        for event in by_county[county]:
            counts[event.kind] += 1
    return dict(sorted(counts.items()))


def _arrive(cursor: Any, items: list[str]) -> None:
    """What another county's list asked by when, this county was never asked: its next list is the first that does."""
    if items:
        cursor.execute(
            "UPDATE ledger.item SET issued_on = NULL, issued_cycle = NULL, due_on = NULL WHERE item_id = ANY(%s) AND ledger.is_open(state)",
            (items,),
        )


def _append_county(cursor: Any, key: bytes, county: str, events: list[Event], run_id: str) -> None:
    cursor.execute("SELECT seq, hash FROM ledger.chain WHERE county = %s", (county,))
    seq, prev = cursor.fetchone() or (0, "")
    linked = []
    for event in events:
        seq += 1
        link = ids.event_hash(
            key, county, seq, event.item_id, event.kind, event.to_state, event.as_of, event.cycle, event.actor,
            event.reason, event.value_hash, prev, event.who,
        )  # fmt: skip
        linked.append(
            (county, seq, event.item_id, event.kind, event.from_state, event.to_state, event.as_of, event.cycle, event.actor, event.reason,
             run_id, event.value_hash, prev, link, event.who)
        )  # fmt: skip
        prev = link
    db.insert(
        cursor,
        "INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, cycle, actor, reason, run_id, "
        "value_hash, prev_hash, hash, who) VALUES %s",
        linked,
    )
