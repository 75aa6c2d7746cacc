"""What becomes of a known item that is found again: pure decisions, without the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.ledger.clocks import STANDS
from duizhang.ledger.events import OPEN

ASKED_ONCE = frozenset({"verified_not_so", "acknowledged", "exempted"})


@dataclass(frozen=True)
class Step:
    """An event on the item: its kind, the state after it, and a word of the program."""

    kind: str
    to_state: str
    reason: str | None = None


@dataclass(frozen=True)
class Again:
    """The steps of an item that is found again, in order, and whether it will be asked afresh (its deadline is over)."""

    steps: tuple[Step, ...] = ()
    fresh: bool = False


def again(item: Mapping[str, Any], stands_hash: str, as_of: date, seen: date | None, was_returned: bool) -> Again:
    """What finding `item` again does, standing on `stands_hash` in data of the day `seen` (None: not known, no claim is judged).

    `was_returned`: of an item that is gone, whether it had been returned, and not answered since.
    """
    state = item["state"]
    if state not in OPEN:
        # an answer that stands keeps what it stood on: nothing is restated, only seen
        return Again() if _stands(item, stands_hash, as_of) else Again((Step("reopened", "found", _why(item, stands_hash)),), True)
    if state == "gone":
        return _back(item, stands_hash, seen, was_returned)
    if state == "answered" and unfixed(item, seen):
        return Again((Step("returned", "returned"),), True)
    if stands_hash != item["stands_hash"]:
        to_state = "found" if state == "answered" and item["answer"] != "fixed" else state
        return Again((Step("restated", to_state),), to_state != state)
    return Again()


def unfixed(item: Mapping[str, Any], seen: date | None) -> bool:
    """Reported fixed, and data newer than the report still show it. Facts of the past are never returned."""
    claimed = item["answer"] == "fixed" and item["closes"] != "acknowledged"
    return bool(claimed and seen is not None and seen > item["answered_on"])


def _back(item: Mapping[str, Any], stands_hash: str, seen: date | None, was_returned: bool) -> Again:
    """Gone and seen again: the answer counts as if it had been there all the time."""
    if item["answer"] == "fixed" and was_returned:
        return Again((Step("reappeared", "returned", STANDS),))
    if item["answer"] == "fixed" and unfixed(item, seen):
        return Again((Step("reappeared", "answered", STANDS), Step("returned", "returned")), True)
    if item["answer"] == "fixed" or (item["answer"] is not None and item["answer_stands_hash"] == stands_hash):
        return Again((Step("reappeared", "answered", STANDS),))
    return Again((Step("reappeared", "found"),))


def _stands(item: Mapping[str, Any], stands_hash: str, as_of: date) -> bool:
    """Ask once: an answered question is not opened again while what its answer stands on stands."""
    if item["state"] not in ASKED_ONCE or item["answer_stands_hash"] != stands_hash:
        return False
    return item["state"] != "exempted" or bool(item["exempt_until"] >= as_of)


def _why(item: Mapping[str, Any], stands_hash: str) -> str:
    if item["state"] not in ASKED_ONCE:
        return "again"
    return "changed" if item["answer_stands_hash"] != stands_hash else "expired"
