"""What a living world is made of: households, people, defects, months, and what the books say in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from duizhang.core import functions

Sid = tuple[str, str]  # kind and the first key it had
Row = tuple[str, Sid]  # code and subject
FIRST = (2023, 11)


def month_of(index: int, first: tuple[int, int] = FIRST) -> tuple[int, int]:
    """(year, month) of the `index`-th month."""
    months = first[0] * 12 + first[1] - 1 + index
    return months // 12, months % 12 + 1


@dataclass
class Home:
    """A household: where it is and who lives there."""

    sid: str
    key: str
    county: str
    town: str
    village: str
    head: str  # name
    people: list[Being] = field(default_factory=list)
    spells: tuple[str, ...] = ()
    here: bool = True


@dataclass(eq=False)
class Being:
    """A person of the national book."""

    sid: str
    key: str
    name: str
    number: str | None
    born: str
    sex: str
    relation: str
    home: Home
    spells: tuple[str, ...] = ()
    here: bool = True

    @property
    def idkey(self) -> str | None:
        return functions.idkey(self.number)


@dataclass
class Defect:
    """A planted defect: everything it raises, and whether it stands now."""

    name: str
    rows: tuple[Row, ...]
    stands: bool = False
    ever: bool = False


@dataclass(frozen=True)
class Month:
    """What a month looks like from outside."""

    index: int
    year: int
    month: int

    @property
    def cycle(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def as_of(self) -> date:
        return date(self.year, self.month, 20)

    @property
    def data_date(self) -> date:
        return self.as_of - timedelta(days=6)

    def day(self, after: int) -> date:
        """The day `after` days after the check."""
        return self.as_of + timedelta(days=after)


@dataclass(frozen=True)
class Sight:
    """What the books say of one rule and subject in one month."""

    word: str  # hit | clear | unknown | na | absent | no_rule
    county: str
    turn: int
    version: str | None
    key: str
    housed: bool = True  # whether its household stood in the books


@dataclass
class Troubles:
    """What is wrong with this month's deliveries and people."""

    missing: dict[str, bool] = field(default_factory=dict)  # town → whether last month's rows still stand in the books (stale)
    stale: set[tuple[str, str]] = field(default_factory=set)  # (county or town, feed)
    unknown: set[Row] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
