"""The report model of one county and cycle: all that a renderer may use.

Renderers (`workbook`, `page`) take a `CountyReport` and nothing else, so that equal models give equal cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LIST_SHEET = "核对清单"
FILE_SHEET = "文件问题"
OUR_CHECK = "本县自查"

NEW = "新增"
AGAIN = "再次出现"
RETURNED = "退回：报已整改但最新导出未变"
UNANSWERED = "上期未回复"
NOT_RECHECKED = "（本期缺数据，未能复核）"


@dataclass(frozen=True)
class Source:
    """Who asks: our own check, or someone above with a deadline of theirs (None where none was set)."""

    word: str
    due_on: date | None


@dataclass(frozen=True)
class Line:
    """One question of the list: one root cause on one household, person, case, village or county."""

    seq: int
    item_id: str
    number: str
    token: str
    value_hash: str
    code: str
    title: str
    severity: str
    status: str
    due_on: date
    town: str
    town_name: str
    village_name: str
    household: str
    head_name: str
    name: str
    id_number: str
    question: str
    national: str
    others: str
    remedy: str
    fix_at: str
    sources: tuple[Source, ...]
    last_answer: str  # who answered what when, the values then and now; '' where nobody has
    no_visit: str  # why nobody need go to the household for it; '' where a visit is needed
    notes: tuple[str, ...] = ()  # the consequences, one sentence each: they go when this one is mended
    note_codes: tuple[str, ...] = ()

    @property
    def row(self) -> int:
        """Row of the sheet as published (1-based; row 1 is the header)."""
        return self.seq + 1


@dataclass(frozen=True)
class FileLine:
    """One question about a delivered file, addressed to the department that sends it."""

    seq: int
    item_id: str
    number: str
    token: str
    value_hash: str
    code: str
    title: str
    severity: str
    status: str
    due_on: date
    department: str
    book: str
    question: str
    detail: str
    remedy: str
    sources: tuple[Source, ...]
    last_answer: str

    @property
    def row(self) -> int:
        """Row of the sheet as published (1-based; row 1 is the header)."""
        return self.seq + 1


@dataclass(frozen=True)
class Standing:
    """An item that is not asked this time: answered and waiting for proof, gone from the books, closed, or a consequence of
    what is answered."""

    number: str
    code: str
    title: str
    town: str
    town_name: str
    village_name: str
    household: str
    head_name: str
    name: str
    state: str
    situation: str
    answer: str
    on: date | None
    sources: tuple[Source, ...]
    under: tuple[str, ...] = ()  # numbers of the answered questions that this one is a consequence of


@dataclass(frozen=True)
class Delivery:
    """Coverage of one book in the county: the data date of each state of its towns."""

    feed: str
    book: str
    department: str
    towns: int
    by_status: tuple[tuple[str, tuple[str, ...]], ...]  # full|partial|zero|short|missing|stale → names of the towns
    data_dates: tuple[date, ...]


@dataclass(frozen=True)
class Indicator:
    """Result of one indicator in the county; `last_hits` is None where no list of an earlier cycle is there."""

    code: str
    title: str
    severity: str
    rows: int
    na: int
    applicable: int
    hits: int
    unknown: int
    last_hits: int | None
    na_reason: str
    where: str  # sheet and rows, as published
    by_town: tuple[tuple[str, int, int], ...]  # town name, applicable, hits

    @property
    def rate(self) -> float | None:
        """Hits by applicable rows; None where no row was applicable (never 0)."""
        return self.hits / self.applicable if self.applicable else None


@dataclass(frozen=True)
class RollForward:
    """opening + new + reopened + moved_in − the six ways out = closing; na and gone are parts of closing."""

    code: str
    title: str
    opening: int
    new: int
    reopened: int
    moved_in: int
    proven: int
    verified_not_so: int
    acknowledged: int
    exempted: int
    withdrawn: int
    moved_out: int
    closing: int
    gone: int
    na: int | None  # None where the period is not the county's last


@dataclass(frozen=True)
class Problem:
    """What the check itself could not do, by code."""

    code: str
    title: str
    kind: str
    message: str


@dataclass(frozen=True)
class Home:
    """A household that is asked about: where it lives and how many it is. `hamlet` (自然村) is '' where no book says it."""

    household: str
    head_name: str
    town: str
    village_name: str
    hamlet: str
    members: int | None


@dataclass(frozen=True)
class LastAnswers:
    """What has become of the answers to the list of the cycle before: how many, and how many by outcome (words)."""

    cycle: str
    answered: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Owed:
    """What waits for one department: questions answered 部门数据有误, since the earliest of them."""

    department: str
    items: int
    since: date | None


@dataclass(frozen=True)
class CountyReport:
    """Everything that one county's publication of one cycle says; with `town`, what concerns that town alone."""

    county: str
    name: str
    cycle: str
    as_of: date
    contact: str
    towns: tuple[tuple[str, str], ...]  # town code, town name
    deliveries: tuple[Delivery, ...]
    indicators: tuple[Indicator, ...]
    lines: tuple[Line, ...]
    file_lines: tuple[FileLine, ...]
    waiting: tuple[Standing, ...]
    closed: tuple[Standing, ...]
    roll_forward: tuple[RollForward, ...]
    problems: tuple[Problem, ...]
    homes: tuple[Home, ...] = ()
    last: LastAnswers | None = None
    owed: tuple[Owed, ...] = ()
    sealed: bool = False  # its workbooks go out under a password
    town: str = ""  # code of the one town that a town's workbook is about

    @property
    def asked(self) -> tuple[Line | FileLine, ...]:
        """All rows that want an answer."""
        return (*self.lines, *self.file_lines)

    @property
    def replied(self) -> tuple[Standing, ...]:
        """What waits by itself: answered or gone."""
        return tuple(row for row in self.waiting if not row.under)

    @property
    def consequences(self) -> int:
        """Questions not asked by themselves: under a line of the list (there as often as it has roots), or of what is answered."""
        return sum(len(line.notes) for line in self.lines) + len(self.waiting) - len(self.replied)

    @property
    def not_applicable(self) -> tuple[tuple[str, tuple[Indicator, ...]], ...]:
        """Reason → indicators that could not be judged because of it: for at least one row, or for want of the book that gives the rows."""
        reasons: dict[str, list[Indicator]] = {}
        for indicator in self.indicators:
            if indicator.na_reason:
                reasons.setdefault(indicator.na_reason, []).append(indicator)
        return tuple((reason, tuple(found)) for reason, found in sorted(reasons.items()))


@dataclass(frozen=True)
class PublishedRow:
    """What the ledger records of a row that went out (ledger.published_row)."""

    item_id: str
    number: str
    token: str
    value_hash: str
    due_on: date
