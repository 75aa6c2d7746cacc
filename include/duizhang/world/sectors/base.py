"""What a book of a sector is to the world: its columns, the form of its file, its dates, and how clean rows come about.

One `Book` says everything; `add` registers it. Rows stand with whom they are about: `person.books[feed]`,
`house.books[feed]` (the household as a whole, or people who are in no national household), and rows about places
(villages, counties) come from `places`. A book draws only from the random stream it is given (its own, by feed and
household), so that a new book leaves all others as they were.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from duizhang.world.model import House, Month, Person, Row, Village


@dataclass(frozen=True)
class Form:
    """How a file looks. `name`: its stem, with {county} {date8} {date} {year} {month}; the suffix follows from `kind`.

    Titles take the same placeholders. In a world without spreadsheets every form but zip becomes CSV, the date in its name.
    """

    name: str
    kind: Literal["xlsx", "csv", "xls", "html", "zip"] = "xlsx"
    encoding: str = "utf-8-sig"
    titles: tuple[str, ...] = ()
    two_level: dict[str, str] = field(default_factory=dict)  # header cell → the group above it
    merged_header: bool = False
    totals: bool = False  # a 合计 row and a 制表人 row at the end


@dataclass(frozen=True)
class Places:
    """What rows about places are made from, in one month: the households as the books have them, defects and all."""

    month: Month
    villages: list[Village]
    houses: list[House]
    others: dict[str, list[Person]]  # villagers outside the national book, by county
    regions: list[Row] = field(default_factory=list)  # the rows of the national list of regions


@dataclass(frozen=True)
class Book:
    """One further book.

    dates: data dates of the first and the second month (None: not sent in the second). `number`, `name`: columns with a
    person's identity number and name, kept right when a planter renumbers or renames; likewise 户编号 and 人编号 wherever
    they stand. `national`: a module of the national system (a defect of the national number is in it, too).
    fill(rng, house): rows of a clean household. outsider(rng, person, village, serial): rows of a villager outside the
    national book. finish(rows, month): what depends on the month (数据月份 …). increment: (key columns, date column): only
    rows dated up to the data date and never sent before. places: rows about places; `place`: their column with the place's
    code. scope city: one file for the city, sent by the first county.
    late: filled after all others, from what these say of the household.
    """

    feed: str
    columns: tuple[str, ...]
    form: Form
    dates: tuple[str, str | None]
    number: str | None = None
    name: str | None = None
    national: bool = False
    fill: Callable[[random.Random, House], None] | None = None
    outsider: Callable[[random.Random, Person, Village, int], None] | None = None
    finish: Callable[[list[Row], Month], list[Row]] | None = None
    increment: tuple[tuple[str, ...], str] | None = None
    places: Callable[[Places], list[Row]] | None = None
    place: str | None = None
    scope: Literal["county", "city"] = "county"
    late: bool = False

    def date(self, month: Month) -> str | None:
        """The data date in `month`, ISO, or None where nothing is sent."""
        return self.dates[month.number - 1]


BOOKS: dict[str, Book] = {}


def add(book: Book) -> Book:
    """Registers a book; two of one feed are an error."""
    if book.feed in BOOKS:
        raise ValueError(f"the book {book.feed} is registered twice")
    BOOKS[book.feed] = book
    return book


def fill_house(seed: int, house: House) -> None:
    """Clean rows of `house` in every book."""
    for book in sorted(BOOKS.values(), key=lambda book: book.late):
        if book.fill:
            book.fill(random.Random(f"{seed}/{book.feed}/{house.key}"), house)


def fill_outsider(seed: int, person: Person, village: Village, serial: int) -> None:
    """Rows of a villager outside the national book."""
    for book in BOOKS.values():
        if book.outsider:
            book.outsider(random.Random(f"{seed}/{book.feed}/{person.number}"), person, village, serial)


def rows_of(book: Book, houses: Iterable[House], others: Iterable[Person], month: Month, sent: set[tuple[str, ...]]) -> list[Row]:
    """The rows of one county's file, copies; `sent` keeps what an increment has sent."""
    rows: list[Row] = []
    for house in houses:
        for person in house.members:
            rows += (dict(row) for row in person.books.get(book.feed, ()))
        rows += (dict(row) for row in house.books.get(book.feed, ()))
    for person in others:
        rows += (dict(row) for row in person.books.get(book.feed, ()))
    if book.finish:
        rows = book.finish(rows, month)
    if not book.increment:
        return rows
    keys, dated = book.increment
    limit = str(book.date(month))
    fresh = [row for row in rows if str(row[dated]) <= limit and tuple(str(row[k]) for k in keys) not in sent]
    sent |= {tuple(str(row[k]) for k in keys) for row in fresh}
    return fresh


def renumber(books: dict[str, list[Row]], number: str, *, national: bool) -> None:
    """Puts another identity number into a person's rows (what follows its 18 characters stays)."""
    for feed, rows in books.items():
        book = BOOKS[feed]
        if book.number and (national or not book.national):
            for row in rows:
                if row.get(book.number) is not None:
                    row[book.number] = number + str(row[book.number])[18:]


def rename(books: dict[str, list[Row]], name: str) -> None:
    """Puts another name into a person's rows."""
    for feed, rows in books.items():
        column = BOOKS[feed].name
        if column:
            for row in rows:
                row[column] = name


def rekey(books: dict[str, list[Row]], column: str, key: str) -> None:
    """Puts another 户编号 or 人编号 into rows that have the column."""
    for rows in books.values():
        for row in rows:
            if column in row:
                row[column] = key


def detach(books: dict[str, list[Row]]) -> None:
    """Takes a person out of every book but the national system's."""
    for feed in [feed for feed in books if not BOOKS[feed].national]:
        del books[feed]
