"""Workbooks of plain tables: the same rows give the same bytes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import xlsxwriter

_LOOK = {"font_name": "Arial", "font_size": 10, "text_wrap": True, "valign": "top", "border": 1, "num_format": "@"}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class Sheet:
    """A table: column → width, rows of texts; columns of `open` are those that somebody fills in; lines above the header."""

    name: str
    columns: Mapping[str, int]
    rows: Sequence[Sequence[str]]
    open: frozenset[str] = frozenset()
    above: Sequence[str] = field(default=())


def write(path: Path, title: str, sheets: Iterable[Sheet]) -> None:
    """Write the workbook at `path`, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=".xlsx")
    os.close(handle)
    try:
        with xlsxwriter.Workbook(temp, _OPTIONS) as book:
            book.set_properties({"title": title, "author": "duizhang", "created": datetime(2000, 1, 1)})
            for sheet in sheets:
                _sheet(book, sheet)
        Path(temp).replace(path)
    finally:
        Path(temp).unlink(missing_ok=True)


def write_beside(path: Path, title: str, sheets: Sequence[Sheet]) -> Path:
    """Write the workbook at `path`, or where another stands there (somebody may be filling it in) at `…_2`, `…_3`; where it is."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.xlsx"
        write(made, title, sheets)
        data = made.read_bytes()
    place, n = path, 1
    while place.exists() and place.read_bytes() != data:
        n += 1
        place = path.with_stem(f"{path.stem}_{n}")
    if not place.exists():
        write(place, title, sheets)
    return place


def _sheet(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    plain, filled = book.add_format(_LOOK), book.add_format({**_LOOK, "bg_color": "#FFF9E5"})
    head = book.add_format({**_LOOK, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    for at, line in enumerate(sheet.above):
        page.write_string(at, 0, line)
    first = len(sheet.above)
    for at, (column, width) in enumerate(sheet.columns.items()):
        page.set_column(at, at, width)
        page.write_string(first, at, column, head)
    for n, row in enumerate(sheet.rows, first + 1):
        for at, (column, text) in enumerate(zip(sheet.columns, row, strict=True)):
            page.write_string(n, at, text, filled if column in sheet.open else plain)
    page.freeze_panes(first + 1, 0)
    page.autofilter(first, 0, first + len(sheet.rows), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(first)
