"""A file without a contract as plain grids of text: what a list from elsewhere needs. The limits of every file apply."""

from __future__ import annotations

from dataclasses import dataclass

from duizhang.read import limits
from duizhang.read.opening import open_file
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Merge, Sheet

MAX_ROWS = 200_000  # of one sheet: a list from above that is longer is no list to work through by hand


@dataclass(frozen=True)
class Grid:
    """One sheet: (row number from 1, cells as trimmed text, '' for empty) for every row that holds anything; merges from 0."""

    part: str
    name: str
    visible: bool
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    merges: tuple[Merge, ...]


def open_grids(data: bytes) -> tuple[Grid, ...]:
    """The sheets of `data` (.xlsx, .xls, .csv, HTML, .zip of these) that hold anything. Refusal where it cannot be read."""
    if len(data) > limits.MAX_FILE:
        raise Refusal("too_large", f"文件超过 {limits.MAX_FILE >> 20} MB。", "请拆分后再交。")
    return tuple(_grid(sheet) for sheet in open_file(data).sheets if not sheet.empty)


def _grid(sheet: Sheet) -> Grid:
    body = sheet.body(0)
    if len(body.numbers) > MAX_ROWS:
        raise Refusal("too_large", f"有一张表超过 {MAX_ROWS} 行。", "请拆分后再交。")
    columns = [[(cell or "").strip() for cell in column.to_pylist()] for column in body.columns]
    rows = zip(body.numbers.to_pylist(), zip(*columns, strict=True), strict=True)
    return Grid(sheet.part, sheet.name, sheet.visible, tuple((n, cells) for n, cells in rows if any(cells)), tuple(sheet.merges or ()))
