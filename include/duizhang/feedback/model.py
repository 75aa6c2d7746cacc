"""What a list from above is made of: its lines, what each asks about whom, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

JOINED, OPENED, EXTERNAL, CLOSED, AGAIN, LOST = "并入", "新登记", "外部", "已销号", "重复", "对不上"
WORDS = (JOINED, OPENED, EXTERNAL, CLOSED, AGAIN, LOST)


class Page(Protocol):
    """A sheet as read: rows are (number from 1, cells as text), merges (row, column, row, column) from 0, inclusive."""

    @property
    def part(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def visible(self) -> bool: ...
    @property
    def rows(self) -> tuple[tuple[int, tuple[str, ...]], ...]: ...
    @property
    def merges(self) -> tuple[tuple[int, int, int, int], ...]: ...


@dataclass(frozen=True)
class Line:
    """One line of the list. `cells` as they came; `roles`: what the known columns say, merges and 同上 filled in.

    `around`: texts that may name the problem where no column does, nearest first (sheet, titles, zip member, file).
    """

    page: int
    sheet: str
    row: int
    cells: tuple[str, ...]
    roles: Mapping[str, str]
    extra: tuple[tuple[str, str], ...]  # (header, value) of columns without a role
    around: tuple[str, ...]

    def text(self, role: str) -> str:
        """What the line says under `role`; '' where nothing."""
        return self.roles.get(role, "")


@dataclass(frozen=True)
class Table:
    """A sheet of the file: its header and lines, how many rows were no data; `passed_over` says why it was not read."""

    index: int
    sheet: str
    header: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    not_data: int = 0
    passed_over: str = ""
    may_hold_lines: bool = False  # of a sheet that was passed over


@dataclass(frozen=True)
class Subject:
    """A row of a subject table, as far as a list can name it."""

    kind: str
    key: str
    county: str
    town: str
    town_name: str
    village: str
    village_name: str
    household: str
    head: str
    person: str
    name: str
    idkey: str
    idno: str


@dataclass(frozen=True)
class Notice:
    """What is handed to the ledger (docs/design.md §12): one line about one subject. `code` None = 外部."""

    source: str
    ref: str
    code: str | None
    title: str
    subject_kind: str
    subject_key: str
    due_on: date | None
    body: dict[str, Any]


class NoticeResult(Protocol):
    """What the ledger did: joined | opened | repeated | proven_before, under which number, and why."""

    @property
    def outcome(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


# (county, its notices, whether this is all that the source has) → a result for each notice, in their order
Note = Callable[[str, Sequence[Notice], bool], Sequence[NoticeResult]]
# county → its items, open and closed: number, code, state, closed_on, subject_kind, body (subject_key, 户编号, …)
Items = Callable[[str], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Request:
    """One file that was handed in. `county`: only lines of this county are taken; `complete`: all that the source has."""

    sha256: str
    name: str
    source: str
    received_on: date
    due_on: date | None = None
    county: str | None = None
    complete: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one question of one line. `county` '' where none is known; `number` '' where no item has it."""

    line: Line
    county: str
    word: str
    number: str
    reason: str
    code: str | None = None
    due_on: date | None = None
    when_how: str = ""  # of 已销号: date and manner

    @property
    def said(self) -> str:
        """The cell 结果: 并入 MON-… , 已销号（2026-11-20，…）, 对不上."""
        return f"{self.word}（{self.when_how}）" if self.when_how else f"{self.word} {self.number}".strip()


@dataclass(frozen=True)
class Taken:
    """A file that was taken: its outcomes in the file's order, its tables, counties whose list was not taken as complete."""

    request: Request
    outcomes: tuple[Outcome, ...]
    tables: tuple[Table, ...]
    counties: Mapping[str, str] = field(default_factory=dict)  # code → name
    incomplete: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Lines in the file, and how many questions had each outcome."""
        lines = sum(len(table.lines) for table in self.tables)
        words = Counter(outcome.word for outcome in self.outcomes)
        return {"lines": lines, **{word: words[word] for word in WORDS}}
