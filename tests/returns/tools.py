"""What mangles share: how an officer fills a list, how rows are picked, and the register of kinds."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.returns.table import (
    ANSWER,
    ANSWERS,
    APPROVER,
    NOTE,
    NUMBER,
    ON,
    WHO,
    Book,
    Line,
    Sheet,
    plain,
)

RECEIVED = date(2026, 10, 30)
WORDS = ("已整改", "属实待整改", "不属实", "部门数据有误", "无法核实", "情况说明")
NOTES = ("本人在家，户口簿已核", "已到系统改好", "县外务工，电话核实", "材料另附", "查档案一致")
PEOPLE = ("村干部甲", "村干部乙", "帮扶人丙")


@dataclass(frozen=True)
class World:
    """What a mangle may draw on beside the list itself: the same list of last cycle, and another county's."""

    last: Book
    other: Book


Mangle = Callable[[Book, random.Random, World], None]
KINDS: dict[str, Mangle] = {}


def kind(mangle: Mangle) -> Mangle:
    KINDS[mangle.__name__] = mangle
    return mangle


def fill(book: Book, rng: random.Random, share: float = 0.7) -> None:
    """An officer answers most rows as the instructions say."""
    for sheet, line in book.rows():
        if rng.random() > share:
            continue
        word = rng.choice(WORDS)
        day = RECEIVED - timedelta(days=rng.randint(0, 40))
        note = rng.choice(NOTES) if word in ("不属实", "情况说明") or rng.random() < 0.5 else None
        line.wrote = {ANSWER: word, NOTE: note, WHO: rng.choice(PEOPLE), ON: day, APPROVER: None}
        for column in ANSWERS:
            sheet.set(line, column, line.wrote[column])
        sheet.set(line, ON, datetime(day.year, day.month, day.day))


def some(book: Book, rng: random.Random, most: int = 6, *, filled: bool = True) -> list[tuple[Sheet, Line]]:
    """A few rows, answered and with all their columns there; none in a merge, a doubled column or a half-sorted sheet."""
    whole = []
    for sheet in book.lists:
        names = [plain(cell) for cell in sheet.head.cells] if sheet.head else []
        if sheet.sort or NUMBER not in names or any(names.count(column) != 1 for column in ANSWERS):
            continue
        merged = {at for top, _, bottom, _ in sheet.merges for at in range(top, bottom + 1)}
        for at, line in enumerate(sheet.lines):
            if line.origin and at not in merged and (line.wrote or not filled):
                whole.append((sheet, line))
    return rng.sample(whole, min(len(whole), rng.randint(1, most)))


def main(book: Book) -> Sheet:
    """The list with the most rows."""
    return max(book.lists, key=lambda sheet: len(sheet.rows))


def body(sheet: Sheet) -> tuple[list[Line], list[Line]]:
    """(lines up to the first header, lines below it)."""
    at = next(i for i, line in enumerate(sheet.lines) if line.header) + 1
    return sheet.lines[:at], sheet.lines[at:]


def body_start(sheet: Sheet) -> int:
    return len(body(sheet)[0])


def remark(sheet: Sheet, *texts: str) -> Line:
    """A row that is no question: `texts` stand in columns that are not for answers."""
    cells: list[Any] = [None] * max(len(line.cells) for line in sheet.lines)
    free = [at for at, cell in enumerate(sheet.head.cells if sheet.head else []) if plain(cell) not in ANSWERS]
    for at, said in zip(free, texts, strict=False):
        cells[at] = said
    return Line(cells)
