"""What a planter works on, and the registry of planters by indicator code.

A planter alters the books of one household (its own copies of the rows) and returns ALL that must be raised by it:
(code, subject kind, subject key), consequences in other rules included. A near miss alters them to just inside the
threshold and returns what must NOT be raised. No planter changes 识别监测时间: it is part of a subject's key.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from duizhang.world import numbers
from duizhang.world.model import Cell, House, Month, Person, Row
from duizhang.world.sectors import base as books
from duizhang.world.sectors.welfare import register_illness

Raise = tuple[str, str, str]
Plant = Callable[["Site"], list[Raise]]


@dataclass
class Site:
    """The household (and, for some, the neighbours) that a planter works on, in one month."""

    houses: list[House]
    month: Month
    ids: numbers.Numbers
    rng: random.Random
    fresh: dict[int, str] = field(default_factory=dict)  # numbers issued for this defect: the same in both months
    _issued: int = 0

    @property
    def h(self) -> House:
        return self.houses[0]

    @property
    def head(self) -> Person:
        return self.h.members[0]

    @property
    def second(self) -> Person:
        return self.h.members[1]

    @property
    def nat(self) -> Row:
        """Household-level columns."""
        return self.h.nat

    @property
    def visit(self) -> Row:
        """The household's row of 入户."""
        return _there(self.h.visit)

    def rows(self, feed: str) -> list[Row]:
        """The household's own rows in the book `feed` of `sectors` (rows of no member): append, alter or clear."""
        return self.h.books.setdefault(feed, [])

    def person(self, person: Person, *codes: str) -> list[Raise]:
        """Raises on a person."""
        return [(code, "person", person.key) for code in codes]

    def house(self, *codes: str) -> list[Raise]:
        """Raises on the household."""
        return [(code, "household", self.h.key) for code in codes]

    def record(self, *codes: str) -> list[Raise]:
        """Raises on the monitoring record."""
        return [(code, "monitoring", self.h.monitoring_key) for code in codes]

    def case(self, code: str, table: str, number: str) -> list[Raise]:
        """A raise on a person whom only `table` has."""
        return [(code, "case", f"{table}|{number[:18]}|{self.h.key}")]

    def new_number(self, born: date, sex: str, *, reserved: bool = False, region: str = "") -> str:
        """A number of nobody else; the same one when the defect is planted again in the second month. `region`: another county code."""
        self._issued += 1
        if self._issued not in self.fresh:
            issue = self.ids.issue_reserved if reserved else self.ids.issue
            self.fresh[self._issued] = issue(region or self.h.village.county, born, sex)
        return self.fresh[self._issued]

    def stranger(self, age: int, sex: str = "女") -> Person:
        """Somebody the national book does not have, without any row yet."""
        born = date(2026 - age, 3, 14)
        return Person(self.new_number(born, sex), numbers.name(self.rng), sex, born, {})


def _there(row: Row | None) -> Row:
    if row is None:
        raise ValueError("the planter's household has no such row")
    return row


def reg(person: Person) -> Row:
    """The person's row of 户籍."""
    return _there(person.reg)


def seen(person: Person) -> Row:
    """The person's row of 入户人."""
    return _there(person.visit)


def dibao(person: Person) -> Row:
    """The person's row of 低保."""
    return _there(person.dibao)


def cert(person: Person) -> Row:
    """The person's row of 残疾证."""
    return _there(person.cert)


def rows_of(person: Person, feed: str) -> list[Row]:
    """The person's rows in the book `feed` of `sectors`: append, alter or clear."""
    return person.books.setdefault(feed, [])


def outlived(s: Site, person: Person) -> list[Raise]:
    """GAX-018 where work of the dead person is booked as begun in a month after the death."""
    died = str((person.dead or {}).get("死亡日期", "9999-12"))
    month = int(died[:4]) * 100 + int(died[5:7])
    begun = [str(row["开始时间"]).removesuffix("月").split("年") for row in rows_of(person, "务工月监测已外出") if row["开始时间"]]
    return s.person(person, "GAX-018") if any(int(year) * 100 + int(nth) > month for year, nth in begun) else []


def both(person: Person, column: str, value: Cell) -> None:
    """Sets a column of 人 and what the visit found alike, so that book and visit agree (of health, the list of the ill, too)."""
    person.nat[column] = value
    if column == "健康状况":
        register_illness(person)
    found = {"在校生状况": "实际在校状况", "健康状况": "实际健康状况", "劳动技能": "实际劳动能力"}[column]
    seen(person)[found] = value


def detach(person: Person) -> None:
    """Takes the person out of every book but the national one: a number that cannot be compared leaves nobody over there."""
    person.reg = person.dead = person.dibao = person.cert = person.visit = None
    person.insured, person.school = [], []
    books.detach(person.books)


def renumber(person: Person, number: str, *, national: bool = True) -> None:
    """Gives the person another number in all books (`national=False`: in all but the national one)."""
    if national:
        person.nat["证件号码"] = number + str(person.nat["证件号码"])[18:]
    person.number = number
    for row, column in (
        (person.reg, "公民身份号码"), (person.dead, "公民身份号码"), (person.dibao, "身份证号"), (person.visit, "证件号码"),
        *((row, "证件号码") for row in person.insured), *((row, "身份证件号") for row in person.school),
    ):
        if row is not None:
            row[column] = number
    if person.cert is not None:
        person.cert["残疾人证号"] = number + str(person.cert["残疾人证号"])[18:]
    books.renumber(person.books, number, national=national)


def rename(person: Person, name: str) -> None:
    """Gives the person another name in all books."""
    person.name = person.nat["姓名"] = name
    for row in (person.reg, person.dead, person.dibao, person.cert, person.visit, *person.insured, *person.school):
        if row is not None:
            row["姓名"] = name
    books.rename(person.books, name)


@dataclass(frozen=True)
class Planter:
    """One way to plant `code`. `mendable`: the next books can show it mended; `after`: what mending looks like there."""

    code: str
    variant: str
    shape: str
    plant: Plant
    near: bool
    mendable: bool = True
    after: Plant | None = None
    neighbours: int = 0
    apart: bool = False  # the neighbours live in another county
    county: int | None = None  # the household lives in this one of the counties (from 0), where others need one without such cases

    @property
    def label(self) -> str:
        return f"{self.code}{self.variant}"


REGISTRY: list[Planter] = []
WARNED = 0  # the county where warnings of monthly reports are planted: in the others a report left out is one


def plants(
    code: str, shape: str = "single", *, mendable: bool = True, after: Plant | None = None, neighbours: int = 0, apart: bool = False,
    county: int | None = None,
) -> Callable[[Plant], Plant]:
    """Registers a planter of `code` on households of `shape`, of any county or of the one that `county` counts from 0."""
    return _register(code, shape, False, mendable, after, neighbours, apart, county)


def nears(code: str, shape: str = "single", *, neighbours: int = 0, county: int | None = None) -> Callable[[Plant], Plant]:
    """Registers a near miss of `code`: what it returns must not be raised."""
    return _register(code, shape, True, True, None, neighbours, county=county)


def _register(
    code: str, shape: str, near: bool, mendable: bool, after: Plant | None, neighbours: int, apart: bool = False,
    county: int | None = None,
) -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        nth = sum(p.code == code and p.near == near for p in REGISTRY)
        variant = ("~" if near else "") + "abcdefgh"[nth]
        REGISTRY.append(Planter(code, variant, shape, plant, near, mendable, after, neighbours, apart, county))
        return plant

    return keep
