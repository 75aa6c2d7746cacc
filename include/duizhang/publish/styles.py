"""Cell formats of the workbook, each made once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from duizhang.core import returns

FONT = "微软雅黑"
_INK, _LINE, _BAND, _HEAD, _INPUT = "#1F2933", "#C9D1D9", "#F1F5F9", "#1F4E79", "#FFF9E5"
_ANSWER_TITLES = frozenset({*returns.ANSWER_COLUMNS, returns.ANSWER + returns.DROP_DOWN_MARK})


def workbook_options() -> dict[str, Any]:
    """Options of a workbook that holds strings as strings; new ones each time, as XlsxWriter writes into them.

    Arial or its metric twin is on every machine: column widths come out alike, and a printed sheet keeps its width.
    """
    return {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "default_format_properties": {"font_name": "Arial", "font_size": 10},
    }


def cells(text: str) -> int:
    """Width of a text in characters of the default font; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F or character in "“”‘’—…–▼→" else 1 for character in text)


@lru_cache(maxsize=65536)
def lines(text: str, width: float) -> int:
    """Lines a text takes in a column `width` characters wide."""
    usable = max(int(width), 2)
    return sum(max(-(-cells(part) // usable), 1) for part in text.split("\n"))


class Styles:
    """Formats by use. Every text cell has number format @, so that identity numbers stay text when edited."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[str, bool], Any] = {}
        self.answer = self.make(border=1, bg_color=_INPUT, num_format="@", text_wrap=True, valign="top", font_size=10)

    def make(self, **wanted: Any) -> Any:
        """The format with these XlsxWriter properties, on top of the house font."""
        properties = {"font_name": FONT, "font_size": 10, "font_color": _INK, "border_color": _LINE, **wanted}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]

    def _cell(self, name: str, band: bool, **more: Any) -> Any:
        if (name, band) not in self._cells:
            fill = {"bg_color": _BAND} if band else {}
            look = {"border": 1, "text_wrap": True, "valign": "top", "num_format": "General" if name == "number" else "@"}
            self._cells[name, band] = self.make(**look, **fill, **more)
        return self._cells[name, band]

    def header(self, title: str) -> Any:
        """Header cell; columns that the county fills in stand out."""
        fill = {"bg_color": "#F2C14E"} if title in _ANSWER_TITLES else {"bg_color": _HEAD, "font_color": "#FFFFFF"}
        return self.make(bold=True, border=1, text_wrap=True, align="center", valign="vcenter", **fill)

    def text(self, band: bool) -> Any:
        """Text of a data cell."""
        return self._cell("text", band)

    def digits(self, band: bool) -> Any:
        """Household and identity numbers: a size smaller and of even digits, so that 18 of them stand on one line."""
        return self._cell("digits", band, font_size=9, font_name="Arial")

    def number(self, band: bool) -> Any:
        """Running number."""
        return self._cell("number", band, align="center")

    def tail(self, band: bool) -> Any:
        """Question number and token: needed on return, of no interest to the reader."""
        return self._cell("tail", band, font_color="#8A94A0", font_size=8)

    def severity(self, word: str, band: bool) -> Any:
        """错误 in red, 疑似 in brown."""
        colour = "#B42318" if word == "错误" else "#8A5A00"
        return self._cell(word, band, bold=True, align="center", font_color=colour)
