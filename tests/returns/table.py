"""A returned list as rows and cells, and the oracle: for every row what must happen to it, said without the code under test.

A published workbook is read once with openpyxl; mangles change a copy of the rows; `dialects` writes them as some program would.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

NUMBER, TOKEN = "问题编号", "校验码"
ANSWER, NOTE, WHO, ON, APPROVER = "核查结果", "核查说明", "核查人", "核查日期", "批准人"
ANSWERS = (ANSWER, NOTE, WHO, ON, APPROVER)
IDENTITY = ("户编号", "姓名", "证件号码")
DUE = "期限"
SHOWN = ("国家系统登记", "部门/入户登记")

ACCEPT, REFUSE, BLANK, DOUBLED = "accept", "refuse", "blank", "doubled"


@dataclass
class Formula:
    """A cell that computes; `cached` is the value stored with it (None: never stored), `error` a fault such as #N/A."""

    text: str
    cached: str | None = None
    error: bool = False


@dataclass
class Rich:
    """A text in several runs, with a reading aid (phonetic run) that is no part of it."""

    runs: tuple[str, ...]
    phonetic: str = ""

    @property
    def text(self) -> str:
        return "".join(self.runs)


@dataclass
class Line:
    """One row of the file. `wrote` is what the officer means; `harm` what was done to the row that must not go unseen."""

    cells: list[Any]
    origin: str = ""  # the question that the row came from; '' for headers and other rows
    county: str = ""
    cycle: str = ""
    wrote: dict[str, Any] = field(default_factory=dict)
    harm: set[str] = field(default_factory=set)
    header: bool = False
    hidden: bool = False

    def twin(self) -> Line:
        return copy.deepcopy(self)


@dataclass
class Sheet:
    """One worksheet; a list has a header line, perhaps not as its first."""

    name: str
    lines: list[Line]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right; 0-based
    sort: tuple[int, int, int, int] | None = None
    hidden_columns: set[int] = field(default_factory=set)

    @property
    def head(self) -> Line | None:
        return next((line for line in self.lines if line.header), None)

    def at(self, column: str) -> int:
        """Position of `column` (its plain name), -1 where it is not there."""
        head = self.head
        names = [plain(cell) for cell in head.cells] if head else []
        return names.index(column) if column in names else -1

    def get(self, line: Line, column: str) -> Any:
        at = self.at(column)
        return line.cells[at] if 0 <= at < len(line.cells) else None

    def set(self, line: Line, column: str, value: Any) -> None:
        line.cells[self.at(column)] = value

    @property
    def rows(self) -> list[Line]:
        """The lines that are questions."""
        return [line for line in self.lines if line.origin]


@dataclass
class Book:
    """A workbook on its way back."""

    sheets: list[Sheet]
    notes: list[str] = field(default_factory=list)  # which mangles made it

    @property
    def lists(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if sheet.head is not None]

    def rows(self) -> Iterator[tuple[Sheet, Line]]:
        for sheet in self.lists:
            for line in sheet.rows:
                yield sheet, line


def plain(cell: Any) -> str:
    """A header cell as the column's own name, whatever was done to its looks."""
    wide = {0x3000: " ", 0x200B: "", 0xFEFF: "", 0x00A0: " ", 0xFF0F: "/"}
    return "".join(str(cell or "").translate(wide).split()).strip("▼*↓")


def load(path: Path, county: str, cycle: str) -> Book:
    """A published workbook as a Book; lists keep their columns, other sheets their cells."""
    book = openpyxl.load_workbook(path)
    sheets = []
    for sheet in book.worksheets:
        lines = [Line([cell.value for cell in row]) for row in sheet.iter_rows()]
        names = [plain(cell) for cell in lines[0].cells] if lines else []
        if NUMBER in names and TOKEN in names:
            lines[0].header = True
            for line in lines[1:]:
                line.origin, line.county, line.cycle = str(line.cells[names.index(NUMBER)] or ""), county, cycle
        sheets.append(Sheet(sheet.title, lines))
    return Book(sheets)


def text(value: Any) -> str:
    """A cell as the officer reads it."""
    if isinstance(value, Formula):
        return value.cached or ""
    return value.text if isinstance(value, Rich) else "" if value is None else str(value)


def answered(sheet: Sheet, line: Line) -> bool:
    cells = [sheet.get(line, column) for column in ANSWERS]
    return "doubt" in line.harm or any(isinstance(cell, Formula) or text(cell).strip() for cell in cells)


def identified(sheet: Sheet, line: Line, people: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it can be known which published row `line` is."""
    bad_token = "token" in line.harm and sheet.at(TOKEN) >= 0
    if line.harm & {"doubt", "number"} or bad_token or sheet.at(NUMBER) < 0:
        return False
    if "lost" not in line.harm and sheet.at(TOKEN) >= 0:
        return True
    person = people[line.origin]  # a lost token: all that is visible must be there and agree
    whole = all(sheet.at(column) >= 0 for column in (*IDENTITY, *SHOWN)) and all(person.get(column) for column in IDENTITY)
    due = text(sheet.get(line, DUE))[:10]
    return whole and not line.harm & {"identity", "shown"} and due in ("", str(person["due_on"]))


def cycle(sheet: Sheet, line: Line, people: Mapping[str, Mapping[str, Any]]) -> str:
    """The list that the row is of: its token's, without a token the newest (which shows all the same)."""
    lost = "lost" in line.harm or sheet.at(TOKEN) < 0
    return str(people[line.origin]["cycle"]) if lost else line.cycle


def fits(sheet: Sheet, line: Line, people: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the answer of an identified row can be taken."""
    person = people[line.origin]
    lacks = any(person.get(column) and sheet.at(column) < 0 for column in ("户编号", "证件号码"))
    return not (line.harm & {"identity", "answer"} or lacks or sheet.at(ANSWER) < 0)


def verdicts(book: Book, people: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, int], tuple[str, Line]]:
    """(sheet, row) → what must become of it. Copies of an accepted row are one answer, or none where they differ."""
    found: dict[tuple[str, int], tuple[str, Line]] = {}
    senders: Counter[str] = Counter()
    same: dict[str, list[tuple[tuple[str, int], Line, object]]] = defaultdict(list)
    for sheet in book.lists:
        for at, line in enumerate(sheet.lines, 1):
            if not line.origin:
                continue
            place = (sheet.name, at)
            known = answered(sheet, line) and identified(sheet, line, people)
            senders[line.county] += known
            if not answered(sheet, line):
                found[place] = BLANK, line
            elif known and fits(sheet, line, people):
                same[line.origin].append((place, line, (meant(sheet, line), cycle(sheet, line, people))))
            else:
                found[place] = REFUSE, line
    home = min(senders, key=lambda county: (-senders[county], county), default="")
    for group in same.values():
        agree = all(said == group[0][2] for _, _, said in group)
        for n, (place, line, _) in enumerate(group):
            word = ACCEPT if n == 0 else DOUBLED
            found[place] = (word if agree and line.county == home else REFUSE), line
            if agree and line.county != home and n:
                found[place] = DOUBLED, line
    return found


def meant(sheet: Sheet, line: Line) -> tuple[str, str | None, str | None, date | None, str | None]:
    """The answer that must arrive."""
    wrote = line.wrote
    return (wrote[ANSWER], *(wrote.get(column) if sheet.at(column) >= 0 else None for column in ANSWERS[1:]))  # type: ignore[return-value]
