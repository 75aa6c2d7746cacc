"""Finds the answer rows of a workbook by their headers, wherever they stand, and what makes a row doubtful."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import python_calamine

from duizhang.core import returns
from duizhang.receive.facts import ERROR, SheetFacts
from duizhang.receive.safety import BROKEN, Opened, Unsafe

TWICE = "“{}”这一列出现了两次，这一行两处不一样，不知道以哪一处为准。请删去多余的一列再交。"
MERGED = "“{}”合并了上下几行的单元格，不知道答的是哪一行。请取消合并，一行一行填写后再交。"
FORMULA = "“{}”是公式，文件里没有存它的结果。请把这一格改成直接填写的文字再交。"
FAULT = "“{}”是公式出错（#N/A 之类）。请把这一格改成直接填写的文字再交。"
PART_SORTED = "这张表只排过一部分列的序，答复可能已经错行。请从下发的清单重填，或核对无误后整表按“序号”排序再交。"

KNOWN = frozenset(
    {returns.NUMBER, returns.TOKEN, returns.CODE, returns.DUE, *returns.ANSWER_COLUMNS, *returns.IDENTITY_COLUMNS, *returns.SHOWN_COLUMNS}
)
_BOUND = frozenset({returns.NUMBER, *returns.ANSWER_COLUMNS, *returns.IDENTITY_COLUMNS})  # a lost value of these is not nothing
_LONG = 1e15  # a number of more digits is not the number that was typed
_MARKS = "▼▽▾↓*＊:："
_TOP = 6  # a paper's title stands in one of its first rows


@dataclass(frozen=True)
class Row:
    """One row below a header: the cells of the known columns that the sheet has, as read; `doubts` are officers' sentences."""

    sheet: str
    row: int
    cells: dict[str, Any]
    doubts: tuple[str, ...] = ()
    answered: bool = False  # whether the officer wrote anything into it
    hidden: bool = False

    def text(self, column: str) -> str:
        """A cell as clean text; whole numbers without decimals; '' where the cell or column is empty."""
        return clean(self.cells.get(column))

    def is_cut(self, column: str) -> bool:
        """Whether the cell is a number too long for a spreadsheet: its last digits are not what was typed."""
        value = self.cells.get(column)
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LONG


@dataclass
class Found:
    """The answer rows of a workbook in its order; its sheets; the other papers of ours that it looks like."""

    rows: list[Row] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    lists: int = 0  # headers of a list


def clean(value: object) -> str:
    """A cell as text: trimmed, line breaks as \\n, nothing invisible in it."""
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        value = value.isoformat()[:10]
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip()


def heading(cell: object) -> str:
    """A header cell as our column name: NFKC, no white space, no drop-down mark."""
    return _heading(cell) if isinstance(cell, str) and len(cell) < 60 else ""


@lru_cache(maxsize=4096)
def _heading(cell: str) -> str:
    return returns.fold(cell).strip(_MARKS)


def find(book: Opened) -> Found:
    """Rows of every sheet that has a list's header; values only, formulas are never evaluated.

    Raises Unsafe for a broken workbook.
    """
    found = Found()
    for name, table in _tables(book):
        found.sheets.append(name)
        found.papers += _papers(name, table)
        for header, first, last in _lists(table):
            found.lists += 1
            found.rows += _Sheet(name, book.sheets[name], table, header).rows(first, last)
    return found


def _tables(book: Opened) -> Iterator[tuple[str, list[list[Any]]]]:
    """(name, cells from A1 on) of every worksheet."""
    try:
        reader = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(book.data))
        for name in reader.sheet_names:
            if name in book.sheets:  # else a chart
                yield name, reader.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, UnicodeDecodeError, OSError):
        raise Unsafe(BROKEN) from None


def _papers(name: str, table: Sequence[Sequence[Any]]) -> list[str]:
    shown = [name, *(cell.strip() for row in table[:_TOP] for cell in row[:8] if isinstance(cell, str))]
    return [title for title in returns.PAPERS if any(title in text[:40] for text in shown)]


def _lists(table: Sequence[Sequence[Any]]) -> Iterator[tuple[dict[str, list[int]], int, int]]:
    """(column → its positions, first row, last row) of each part of the sheet below a header; rows 1-based."""
    heads = [(at, header) for at, cells in enumerate(table, 1) if (header := _header(cells))]
    ends = [at - 1 for at, _ in heads[1:]] + [len(table)]
    for (at, header), end in zip(heads, ends, strict=False):
        yield header, at + 1, end


def _header(cells: Sequence[Any]) -> dict[str, list[int]]:
    header: dict[str, list[int]] = {}
    for at, cell in enumerate(cells):
        name = heading(cell)
        if name in KNOWN:
            header.setdefault(name, []).append(at)
    ours = [name for name in (returns.NUMBER, returns.TOKEN) if name in header]
    answers = [name for name in returns.ANSWER_COLUMNS if name in header]
    whole = len(ours) == 2 or (len(ours) == 1 and answers) or (len(answers) > 1 and "户编号" in header)
    return header if whole else {}


class _Sheet:
    """The rows of one list in a sheet."""

    def __init__(self, name: str, facts: SheetFacts, table: Sequence[Sequence[Any]], header: dict[str, list[int]]) -> None:
        self.name, self.facts, self.table, self.header = name, facts, table, header
        positions = [at + 1 for places in header.values() for at in places]
        self.spans = facts.spans(positions, len(table))
        bound = {*returns.ANSWER_COLUMNS, *returns.IDENTITY_COLUMNS, returns.NUMBER, returns.TOKEN} & set(header)
        self.sorts = list(facts.part_sorted(at + 1 for name in bound for at in header[name]))

    def rows(self, first: int, last: int) -> Iterator[Row]:
        """Rows `first` to `last` of the sheet."""
        for at in range(first, last + 1):
            yield self._row(at)

    def _row(self, at: int) -> Row:
        cells: dict[str, Any] = {}
        doubts: list[str] = []
        answered = False
        for column, places in self.header.items():
            values = [self._value(at, place, column) for place in places]
            cells[column] = next((value for value in values if clean(value)), None) if len(values) > 1 else values[0]
            if len(values) > 1 and len({returns.fold(value) for value in values}) > 1:
                doubts.append(TWICE.format(column))
            wounds = [sentence for place in places if (sentence := self._wound(at, place, column))]
            doubts += wounds
            answered |= column in returns.ANSWER_COLUMNS and bool(wounds or clean(cells[column]))
        if answered and any(top <= at <= bottom for top, bottom in self.sorts):
            doubts.append(PART_SORTED)
        return Row(self.name, at, cells, tuple(doubts), answered, at in self.facts.hidden)

    def _value(self, at: int, place: int, column: str) -> Any:
        """The cell; in a merged 户编号, 姓名 or 证件号码 what the merge shows, for that is what the officer saw."""
        top, left = self.spans.get((at, place + 1), (at, place + 1)) if column in returns.IDENTITY_COLUMNS else (at, place + 1)
        return self.table[top - 1][left - 1]

    def _wound(self, at: int, place: int, column: str) -> str:
        kind = self.facts.unreadable.get((at, place + 1))
        if kind and column in _BOUND:
            return (FAULT if kind == ERROR else FORMULA).format(column)
        if column in returns.ANSWER_COLUMNS and (at, place + 1) in self.spans:
            top, left = self.spans[at, place + 1]
            if clean(self.table[top - 1][left - 1]) or (top, left) in self.facts.unreadable:
                return MERGED.format(column)
        return ""
