"""What the world is made of: places, people, households, and the row each book has of them.

A book's row is a dict of its columns. A person or household owns its rows in all books, so that a planter can alter
one household's truth everywhere it must. A row that is None means: the book does not have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

Cell = str | int | float | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Village:
    """A village: 12-digit code and its names."""

    code: str
    name: str
    town: str  # 9-digit code
    town_name: str
    county: str  # 6-digit code
    county_name: str
    neighbour: str  # name of another village of the town


@dataclass(frozen=True)
class Month:
    """One monthly round. Data dates are ISO text per feed."""

    number: int  # 1, 2
    as_of: date
    folder: str
    dates: dict[str, str]

    @property
    def iso(self) -> str:
        return self.as_of.isoformat()

    @property
    def ym(self) -> int:
        return self.as_of.year * 100 + self.as_of.month


@dataclass
class Person:
    """One person and the rows the books have of them."""

    number: str  # the true 18-character identity number
    name: str
    sex: str
    born: date
    nat: Row  # 人 columns of the national book
    reg: Row | None = None  # 户籍
    dead: Row | None = None  # 死亡
    dibao: Row | None = None  # 低保
    cert: Row | None = None  # 残疾证
    insured: list[Row] = field(default_factory=list)  # 参保
    school: list[Row] = field(default_factory=list)  # 学籍
    visit: Row | None = None  # 入户人
    books: dict[str, list[Row]] = field(default_factory=dict)  # rows in the books of `sectors`, by feed
    own: Row = field(default_factory=dict)  # household-level columns that this member's row has otherwise than the household

    @property
    def key(self) -> str:
        return str(self.nat["人编号"])

    @property
    def age(self) -> int:
        return 2026 - self.born.year  # birthdays of the world lie before October

    def clone(self) -> Person:
        """A copy that shares no row."""
        return Person(
            self.number, self.name, self.sex, self.born, dict(self.nat),
            _copy(self.reg), _copy(self.dead), _copy(self.dibao), _copy(self.cert),
            [dict(row) for row in self.insured], [dict(row) for row in self.school], _copy(self.visit), copy_rows(self.books),
            dict(self.own),
        )


@dataclass
class House:
    """One household of the national book, its members, and the rows of people other books add to it."""

    village: Village
    key: str  # 户编号
    register: str  # 户号 of the household register
    nat: Row  # household-level columns of the wide national table
    members: list[Person]
    monitored: str = ""  # '' | 'open' | 'gone' (risk eliminated)
    visit: Row | None = None  # 入户
    extra_reg: list[Row] = field(default_factory=list)  # 户籍 rows of people who are not in the national book
    extra_visit: list[Row] = field(default_factory=list)  # 入户人 rows likewise
    extra_dead: list[Row] = field(default_factory=list)
    books: dict[str, list[Row]] = field(default_factory=dict)  # rows of `sectors` of the household as a whole, or of strangers
    walk: int | None = 12  # day of the month before on which somebody called (None: nobody did)

    def clone(self) -> House:
        """A copy that shares no row."""
        return House(
            self.village, self.key, self.register, dict(self.nat), [person.clone() for person in self.members],
            self.monitored, _copy(self.visit), [dict(r) for r in self.extra_reg], [dict(r) for r in self.extra_visit],
            [dict(r) for r in self.extra_dead], copy_rows(self.books), self.walk,
        )

    @property
    def monitoring_key(self) -> str:
        """Key of its monitoring record."""
        return f"{self.key}|{self.nat['识别监测时间'] or ''}"


def copy_rows(books: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """A copy that shares no row."""
    return {feed: [dict(row) for row in rows] for feed, rows in books.items()}


def _copy(row: Row | None) -> Row | None:
    return None if row is None else dict(row)


MONTHS = (
    Month(1, date(2026, 10, 25), "2026-10", {
        "监测对象信息": "2026-10-20", "行政区划": "2026-10-20", "户籍人口": "2026-10-18", "死亡注销": "2026-10-18",
        "农村低保": "2026-10-19", "残疾人证": "2026-10-15", "医保参保": "2026-10-19", "学籍": "2026-10-12",
        "入户核查": "2026-10-22", "入户成员核对": "2026-10-22", "年度口径参数": "2026-10-08",
    }),
    Month(2, date(2026, 11, 20), "2026-11", {
        "监测对象信息": "2026-11-13", "行政区划": "2026-11-13", "户籍人口": "2026-11-12", "死亡注销": "2026-11-12",
        "农村低保": "2026-11-14", "残疾人证": "2026-11-11", "医保参保": "2026-11-14", "学籍": "2026-11-10",
        "入户核查": "2026-11-17", "入户成员核对": "2026-11-17",
    }),
)
LINES = {2022: 7000, 2023: 7400, 2024: 7800, 2025: 8200, 2026: 8500}  # 监测范围线 by year, yuan per head
