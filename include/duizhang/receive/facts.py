"""What the reader of workbooks does not tell of a sheet: errors, formulas without a value, hidden rows, merges, partial sorts.

A sheet's XML is streamed once; the same pass measures how far its values reach, before any reader lays them out in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

ERROR, HOLLOW = "error", "hollow"  # a formula's error; a formula whose value was never stored
Range = tuple[int, int, int, int]  # top, left, bottom, right; 1-based, inclusive

_CHUNK = 1 << 20
_MOST_RANGES = 100_000
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,7})\$?(\d{1,10})")
_CELL = frozenset(("v", "is", "f"))


class Unscannable(Exception):
    """The sheet is no sheet, or larger than it may be; `far` says which."""

    def __init__(self, *, far: bool) -> None:
        self.far = far
        super().__init__("a sheet reaches too far" if far else "a sheet's XML is not a sheet")


@dataclass
class SheetFacts:
    """Facts of one sheet; rows and columns are 1-based."""

    unreadable: dict[tuple[int, int], str] = field(default_factory=dict)  # (row, column) → ERROR | HOLLOW
    hidden: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)  # only those over several rows
    sorts: list[Range] = field(default_factory=list)  # what was sorted last, as Excel notes it

    def spans(self, columns: Iterable[int], last: int) -> dict[tuple[int, int], tuple[int, int]]:
        """(row, column) → top left cell of the merge over several rows that covers it, for `columns` and rows up to `last`."""
        wanted = sorted(set(columns))
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merges
            for column in wanted
            if left <= column <= right
            for row in range(top, min(bottom, last) + 1)
        }

    def part_sorted(self, columns: Iterable[int]) -> Iterator[tuple[int, int]]:
        """(first, last) row of each sort that moved some of `columns` and left others of them where they were."""
        wanted = set(columns)
        for top, left, bottom, right in self.sorts:
            moved = {column for column in wanted if left <= column <= right}
            if moved and moved != wanted and bottom > top:
                yield top, bottom


def scan(stream: IO[bytes], most_cells: int, most_bytes: int) -> SheetFacts:
    """The facts of the sheet whose XML is `stream`. Raises Unscannable; expat.ExpatError for what is no XML.

    Declared sizes are not trusted: more than `most_bytes`, or values in a rectangle of more than `most_cells`, end the scan.
    """
    scanner = _Scanner()
    read = 0
    while chunk := stream.read(_CHUNK):
        read += len(chunk)
        scanner.feed(chunk)
        if scanner.doctype:
            raise Unscannable(far=False)
        if read > most_bytes or scanner.rows * scanner.columns > most_cells or scanner.ranges > _MOST_RANGES:
            raise Unscannable(far=True)
    scanner.feed(b"", last=True)
    return scanner.facts


class _Scanner:
    """Extent and facts of a sheet. Cells with a format only are nothing: whole columns may be coloured."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.rows = self.columns = self.ranges = 0
        self.doctype = False
        self._row = self._column = 0
        self._type = ""
        self._formula = self._value = self._inside = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Read on. Raises expat.ExpatError for what is no XML."""
        self._parser.Parse(data, last)

    def _doctype(self, *_: object) -> None:
        self.doctype = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name in _CELL:
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
            self._formula |= name == "f"
            self._inside = name == "v"
            self._value |= name == "is" or (name == "v" and self._type == "str")  # '' is a value of a formula that gives text
        elif name == "row":
            self._start_row(attributes)
        elif name in ("mergeCell", "sortState"):
            self._range(name, attributes.get("ref", ""))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 11 else self._row + 1
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.facts.hidden.add(self._row)

    def _cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.fullmatch(attributes.get("r", ""))
        if found:
            self._column, self._row = _column(found.group(1)), int(found.group(2))
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._formula = self._value = self._inside = False

    def _text(self, _: str) -> None:
        if self._inside:
            self._value = True

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "v":
            self._inside = False
        elif name == "c" and self._type == "e":
            self.facts.unreadable[self._row, self._column] = ERROR
        elif name == "c" and self._formula and not self._value:
            self.facts.unreadable[self._row, self._column] = HOLLOW

    def _range(self, name: str, text: str) -> None:
        corners = [_REFERENCE.fullmatch(corner) for corner in text.split(":")]
        if len(corners) != 2 or corners[0] is None or corners[1] is None:
            return
        (left, top), (right, bottom) = ((_column(c.group(1)), int(c.group(2))) for c in corners if c)
        self.ranges += 1
        if name == "sortState":
            self.facts.sorts.append((top, left, bottom, right))
        elif bottom > top:
            self.ranges += (bottom - top) // 64  # a merge costs a look-up a row
            self.facts.merges.append((top, left, bottom, right))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
