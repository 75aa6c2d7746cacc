"""Finds the answer rows of a workbook by their headers, wherever they stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import python_calamine

from duizhang.core import returns

_HEADER_WITHIN = 30
KNOWN = frozenset({returns.NUMBER, returns.TOKEN, *returns.ANSWER_COLUMNS, *returns.IDENTITY_COLUMNS})


@dataclass(frozen=True)
class Row:
    """One row below a header: the cells of the known columns that the sheet has, as read."""

    sheet: str
    row: int
    cells: dict[str, Any]

    def text(self, column: str) -> str:
        """A cell as trimmed text; whole numbers without decimals; '' where the cell or column is empty."""
        value = self.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    @property
    def answered(self) -> bool:
        """Whether the officer wrote anything into it."""
        return any(self.text(column) for column in returns.ANSWER_COLUMNS)


class UnclearSheet(Exception):
    """A sheet's header has one of our columns twice: which one counts cannot be known."""

    def __init__(self, sheet: str, column: str) -> None:
        self.sheet, self.column = sheet, column
        super().__init__(f"column {column} stands twice")


def heading(cell: object) -> str:
    """A header cell as our column name: NFKC, no white space, no drop-down mark."""
    folded = unicodedata.normalize("NFKC", "" if cell is None else str(cell))
    return "".join(folded.split()).removesuffix(returns.DROP_DOWN_MARK)


def find_rows(path: Path) -> Iterator[Row]:
    """Rows of every sheet that has the headers 问题编号 and 校验码; values only, formulas are never evaluated.

    Raises UnclearSheet for a doubled header, python_calamine.CalamineError for a broken workbook.
    """
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        columns: dict[str, int] = {}
        for at, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
            found = _header(cells, name)
            if found:
                columns = found
            elif columns:
                yield Row(name, at, {column: cells[i] for column, i in columns.items()})
            elif at > _HEADER_WITHIN:
                break


def _header(cells: list[Any], sheet: str) -> dict[str, int]:
    names = [heading(cell) for cell in cells]
    if returns.NUMBER not in names or returns.TOKEN not in names:
        return {}
    doubled = next((name for name in sorted(KNOWN) if names.count(name) > 1), None)
    if doubled:
        raise UnclearSheet(sheet, doubled)
    return {name: at for at, name in enumerate(names) if name in KNOWN}
