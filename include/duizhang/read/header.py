"""The header of a sheet: found by the names of its contract's anchors, never by its position."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from duizhang.contracts.model import Header
from duizhang.read.names import bare_key, tidy
from duizhang.read.sheet import Merge, Sheet

_DEEPEST = 3  # rows of a header; no export of the field has more
_NEARLY = 3  # known names in one row that make it a header, if an incomplete one
_NOT_A_GROUP = ("：", ":")  # 填报单位：… beside the header is a remark, no group title


@dataclass(frozen=True)
class Found:
    """A header: rows `top` to `bottom` (from 0), and for each column the parts of its name, group titles first."""

    top: int
    bottom: int
    parts: tuple[tuple[str, ...], ...]


def find_header(sheet: Sheet, header: Header) -> Found | None:
    """The header in the first `header.within` rows of `sheet`, or None.

    A header of one row is looked for first, then of two and three rows whose names together hold every anchor; then it
    is extended by what merges (or, without them, gaps) show to belong to it: group titles above, names below.
    """
    anchors = [{bare_key(name) for name in group} for group in header.anchors]
    last = min(header.within, len(sheet.head))
    for height in range(1, _DEEPEST + 1):
        for top in range(last - height + 1):
            keys = {bare_key(cell) for row in sheet.head[top : top + height] for cell in row if cell}
            if all(keys & group for group in anchors):
                first, bottom = _extend(sheet, top, top + height - 1, anchors)
                return Found(first, bottom, _compose(sheet, first, bottom))
    return None


def nearly_header(sheet: Sheet, header: Header, names: Collection[str]) -> Found | None:
    """The row of `sheet` that heads most of `names`, where it heads three and more: a header that lacks an anchor."""
    keys = {bare_key(name) for name in names}
    known = [[cell for cell in row if cell and bare_key(cell) in keys] for row in sheet.head[: header.within]]
    best = max(known, key=len, default=[])
    if len(best) < _NEARLY:
        return None
    return find_header(sheet, Header(within=header.within, anchors=tuple((cell,) for cell in best)))


def titles(sheet: Sheet, found: Found | None, within: int) -> tuple[str, ...]:
    """The texts above the header (or, without one, of the first rows), row by row, each once."""
    rows = sheet.head[: found.top if found else within]
    texts = [" ".join(cell.strip() for cell in row if cell.strip()) for row in rows]
    if found:
        groups = {part for column in found.parts for part in column[:-1] if any(letter.isdigit() for letter in part)}
        texts += sorted(groups)
    return tuple(dict.fromkeys(text for text in texts if text))


def _extend(sheet: Sheet, top: int, bottom: int, anchors: list[set[str]]) -> tuple[int, int]:
    merges = sheet.merges or []
    width = max((position + 1 for position, cell in enumerate(sheet.head[bottom]) if cell), default=0)
    while top > 0 and any(_is_group(sheet, merge, top - 1, width) or merge[0] < top <= merge[2] for merge in merges):
        top = min(merge[0] for merge in merges if merge[0] <= top - 1 <= merge[2])
    downward = max((merge[2] for merge in merges if top <= merge[0] <= bottom < merge[2]), default=bottom)
    if downward > bottom:
        return top, min(downward, len(sheet.head) - 1)
    if bottom + 1 < len(sheet.head) and _continues(sheet, top, bottom, anchors):
        return top, bottom + 1
    return top, bottom


def _is_group(sheet: Sheet, merge: Merge, row: int, width: int) -> bool:
    """Whether `merge` is a group title: in `row`, over two columns and more but not over all, and no remark."""
    first_row, left, last_row, right = merge
    text = sheet.head[first_row][left] if first_row < len(sheet.head) else ""
    across = right - left + 1
    return (
        last_row == row and 2 <= across < max(width - 1, 3) and bool(text) and not any(mark in text for mark in _NOT_A_GROUP)
    )


def _continues(sheet: Sheet, top: int, bottom: int, anchors: list[set[str]]) -> bool:
    """Whether the row below belongs to the header: it names the columns under a group, and nothing under an anchor."""
    above, below = sheet.head[bottom], sheet.head[bottom + 1]
    named = [position for row in sheet.head[top : bottom + 1] for position, cell in enumerate(row)
             if any(bare_key(cell) in group for group in anchors)]
    if any(below[position] for position in named):
        return False
    return any(
        above[position] and below[position] and not above[position + 1] and below[position + 1]
        for position in range(len(above) - 1)
    )


def _compose(sheet: Sheet, top: int, bottom: int) -> tuple[tuple[str, ...], ...]:
    rows = [list(row) for row in sheet.head[top : bottom + 1]]
    merges = [merge for merge in sheet.merges or [] if merge[0] <= bottom and merge[2] >= top]
    if merges:
        _fill_merges(rows, merges, top)
    else:
        _fill_gaps(rows)
    return tuple(_parts(column) for column in zip(*rows, strict=True))


def _fill_merges(rows: list[list[str]], merges: Iterable[Merge], top: int) -> None:
    for first_row, left, last_row, right in merges:
        inside = max(first_row - top, 0)
        text = rows[inside][left] if left < len(rows[inside]) else ""
        for row in rows[inside : last_row - top + 1]:
            for position in range(left, min(right + 1, len(row))):
                row[position] = text


def _fill_gaps(rows: list[list[str]]) -> None:
    """Carry a group title to the right over empty cells that have a name below, as a merge would show it."""
    for upper, lower in zip(rows, rows[1:], strict=False):
        for position in range(1, len(upper)):
            if not upper[position] and lower[position] and lower[position - 1]:
                upper[position] = upper[position - 1]


def _parts(cells: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of one column's name from top to bottom; a vertical merge gives its text once."""
    parts: list[str] = []
    for cell in map(tidy, cells):
        if cell and (not parts or parts[-1] != cell):
            parts.append(cell)
    return tuple(parts)
