"""A sheet as every format gives it: its first rows as text, its merges, and its body as columns on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0, inclusive


@dataclass
class Body:
    """Rows below the header: one text column per position (empty = NULL), row numbers from 1, marks of long numbers.

    `long` maps a column's position to a BOOLEAN array: TRUE where the cell was stored as a number of 15 or more digits
    or is written as 1.1E+17.
    """

    columns: list[pa.Array]
    numbers: pa.Array
    long: dict[int, pa.Array]


@dataclass
class Sheet:
    """One sheet. `head` are its first rows (absolute, from the top); `body(first)` reads from row `first` (from 0) on.

    None = the format does not tell.
    """

    part: str
    name: str
    format: str
    encoding: str
    head: list[list[str]]
    body: Callable[[int], Body]
    merges: list[Merge] | None = None
    visible: bool = True
    hidden_rows: list[int] | None = None  # from 1
    hidden_columns: set[int] | None = None  # from 0
    filtered: bool | None = None
    filtered_rows: list[int] | None = None  # those of hidden_rows that a filter hides
    error_cells: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing stands in the rows where titles and header would be."""
        return not any(cell for row in self.head for cell in row)
