"""Writing blocks of text and tables down a printed A4 sheet; every text by write_string, so that no value becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

FONT = "微软雅黑"
INK, LINE, BAND, HEAD = "#1F2933", "#C9D1D9", "#F1F5F9", "#1F4E79"
GOOD, BAD, OPEN = "#1B6E3C", "#B42318", "#8A5A00"
Cell = str | int | float | None


def width(text: str) -> int:
    """Width of a text in characters of the default font; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F or character in "“”‘’—…–→×÷−" else 1 for character in text)


def lines(text: str, room: float) -> int:
    """Lines a text takes in a column `room` characters wide."""
    usable = max(int(room), 2)
    return sum(max(-(-width(part) // usable), 1) for part in text.split("\n"))


@contextmanager
def workbook(path: Path, title: str, as_of: date) -> Iterator[Any]:
    """An XlsxWriter workbook that turns no string into anything else; the same content gives the same parts (no clock)."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        created = datetime(as_of.year, as_of.month, as_of.day)
        book.set_properties({"title": title, "author": "duizhang", "created": created})
        yield book


class Page:
    """One sheet, filled from the top: `at` is the next free row, `widths` those of its columns in characters."""

    def __init__(self, book: Any, name: str, widths: Sequence[float], *, landscape: bool = False, secret: bool = True) -> None:
        self.book, self.widths, self.at = book, tuple(widths), 0
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.sheet = book.add_worksheet(name)
        for column, size in enumerate(widths):
            self.sheet.set_column(column, column, size)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_margins(left=0.5, right=0.5, top=0.55, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_footer(("&L&9内部资料 注意保密" if secret else "") + "&R&9第 &P 页 共 &N 页")

    def style(self, **wanted: Any) -> Any:
        """A format, made once; text stays text (@) when a cell is edited."""
        look = {"font_name": FONT, "font_size": 10, "font_color": INK, "border_color": LINE, "num_format": "@", **wanted}
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(look)
        return self._made[key]

    def wide(self, text: str, **look: Any) -> None:
        """One text over the whole width."""
        self.row([text], [len(self.widths)], **{"border": 0, "valign": "vcenter", **look})

    def heading(self, text: str) -> None:
        """A section's title, after a gap."""
        self.sheet.set_row(self.at, 8)
        self.at += 1
        self.wide(text, bold=True, font_size=12, font_color=HEAD, bottom=2)

    def row(self, cells: Sequence[Cell], spans: Sequence[int], looks: Sequence[dict[str, Any]] = (), **look: Any) -> None:
        """One row; `spans`: how many columns each cell takes; `looks`: what is particular to a cell."""
        start, need = 0, 15.0
        for place, (cell, span) in enumerate(zip(cells, spans, strict=True)):
            mine = {"border": 1, "text_wrap": True, "valign": "vcenter", **look, **(looks[place] if place < len(looks) else {})}
            end = start + span - 1
            style = self._format(cell, mine)
            if span > 1:
                self.sheet.merge_range(self.at, start, self.at, end, "", style)
            self._write(start, cell, style)
            size = mine.get("font_size", 10)
            need = max(need, lines(shown(cell), sum(self.widths[start : end + 1]) * 10 / size - 1) * size * 1.55 + 2)
            start = end + 1
        self.sheet.set_row(self.at, min(need, 400))
        self.at += 1

    def _format(self, cell: Cell, look: dict[str, Any]) -> Any:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return self.style(**{"align": "center", **look, "num_format": "0" if isinstance(cell, int) else "0.00"})
        return self.style(**look)

    def _write(self, column: int, cell: Cell, style: Any) -> None:
        if isinstance(cell, int | float):
            self.sheet.write_number(self.at, column, cell, style)
        else:
            self.sheet.write_string(self.at, column, shown(cell), style)

    def table(self, header: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]], empty: str = "无") -> None:
        """A table; the header says how many columns each of its own takes; `empty` stands where there is no row."""
        spans = [span for _, span in header]
        head: dict[str, Any] = {"bold": True, "font_color": "#FFFFFF", "bg_color": HEAD, "align": "center", "valign": "vcenter"}
        self.row([title for title, _ in header], spans, **head)
        for at, row in enumerate(rows):
            fill: dict[str, Any] = {"bg_color": BAND} if at % 2 else {}
            self.row(row, spans, **fill)
        if not rows:
            self.wide(empty, border=1)


def shown(cell: Cell) -> str:
    """A cell's text: nothing as a dash, no character that a workbook cannot hold, never longer than a cell can hold."""
    text = "—" if cell is None else str(cell)
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 0x20 and ord(c) not in (0x7F, 0xFFFE, 0xFFFF)))[:8000]


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal; 不适用 where there is none."""
    return "不适用" if share is None else f"{100 * share:.1f}%"
