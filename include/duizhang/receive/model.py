"""What came back: accepted answers, refused rows, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

# Question numbers → what went out under each: rows with item_id, county, cycle, value_hash, 户编号, 姓名, 证件号码. With `evidence`
# (the list as published) a lost token may be re-derived; with answered_on and answered_cycle the receipt says what is replaced.
Lookup = Callable[[Collection[str]], Mapping[str, Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True)
class Answer:
    """One answered row, its token verified. Empty texts are None; `value_hash` names the values that this row showed."""

    item_id: str
    number: str
    county: str
    cycle: str
    answer: str
    note: str | None
    answered_by: str | None
    checked_on: date | None
    approved_by: str | None
    value_hash: str = ""


@dataclass(frozen=True)
class Place:
    """Where a row stands in the returned file (row is 1-based)."""

    sheet: str
    row: int
    number: str


@dataclass(frozen=True)
class Refused:
    """A row that is sent back, with one sentence that says how to repair it."""

    place: Place
    reason: str


@dataclass(frozen=True)
class Remark:
    """What the receipt says of an accepted row beside its answer: hints, and the day of the answer it replaces."""

    hints: tuple[str, ...] = ()
    replaces: date | None = None


@dataclass(frozen=True)
class Receipt:
    """A returned file as read. `refused_file` is set where nothing of it could be read.

    `places[i]` is where `answers[i]` stands, `remarks[i]` what is to be said of it. `county` and `cycle` are those of its
    verified rows ('' where there is none). `sheets` are the file's sheets in its order; `refused` is in the file's order.
    """

    sha256: str
    received_on: date
    county: str
    cycle: str
    answers: tuple[Answer, ...]
    places: tuple[Place, ...]
    refused: tuple[Refused, ...]
    unfilled: int
    doubled: int
    refused_file: str = ""
    remarks: tuple[Remark, ...] = ()
    sheets: tuple[str, ...] = ()


class Outcome(Protocol):
    """What the ledger did with an answer: accepted | repeated | refused, and why."""

    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...
