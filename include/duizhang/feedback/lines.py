"""Sheets to lines: the header is found by what its names mean, wherever it stands; every row below it is accounted for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from duizhang.feedback.model import Line, Page, Table
from duizhang.feedback.parameters import Parameters
from duizhang.feedback.texts import bare, header_key

_WITHIN = 60  # rows among which a header is looked for
_DEEPEST = 3
WHO = ("person", "household", "id", "head_id", "name", "head", "village", "region")  # one of them a header must have
_TABLE_CELLS = 3  # a row with so many cells looks like one of a table
_COUNT = re.compile(r"[0-9]{1,7}(\.[0-9]+)?[^0-9]{0,2}")  # 12, 12户: a total stands where households are named
HIDDEN = "隐藏的工作表，没有读取"
NO_HEADER = "找不到表头（没有户编号、姓名、证件号码一类的列），没有读取"


@dataclass(frozen=True)
class _Header:
    top: int  # places among the page's rows
    bottom: int
    names: tuple[str, ...]
    roles: Mapping[int, str]  # column → role


def tables(pages: Sequence[Page], name: str, parameters: Parameters) -> tuple[Table, ...]:
    """Every sheet of the file `name` as a Table. Hidden sheets are read only where no visible one has a header."""
    headers = [_find(page, parameters) for page in pages]
    shown = any(header and page.visible for header, page in zip(headers, pages, strict=True))
    found = []
    for index, (page, header) in enumerate(zip(pages, headers, strict=True), 1):
        if header is None or (shown and not page.visible):
            why = HIDDEN if header else NO_HEADER
            found.append(Table(index, _label(page), passed_over=why, may_hold_lines=bool(header) or _like_table(page)))
        else:
            found.append(_read(index, page, header, name, parameters))
    return tuple(found)


def _label(page: Page) -> str:
    return "/".join(filter(None, (page.part, page.name))) or "（唯一的表）"


def _like_table(page: Page) -> bool:
    return sum(sum(map(bool, cells)) >= _TABLE_CELLS for _, cells in page.rows) > 1


def role_of(parts: Sequence[str], parameters: Parameters) -> tuple[str, bool]:
    """(role of a header, whether its own name says so exactly); ('', False) where it has none. `parts`: group titles first."""
    keys = [header_key(part) for part in reversed(parts) if part] + [header_key("".join(parts))]
    for key in keys:
        for role, patterns in parameters.headers.items():
            if any(key == header_key(pattern) for pattern in patterns if "*" not in pattern):
                return role, True
    for key in keys:
        for role, patterns in parameters.headers.items():
            if any("*" in pattern and fnmatchcase(key, pattern.upper()) for pattern in patterns):
                return role, False
    return "", False


def _find(page: Page, parameters: Parameters) -> _Header | None:
    rows = page.rows[:_WITHIN]
    best: tuple[tuple[int, int, int], _Header] | None = None
    for height in range(1, _DEEPEST + 1):
        for top in range(len(rows) - height + 1):
            if rows[top + height - 1][0] - rows[top][0] != height - 1:
                continue
            columns = _compose(page, top, height)
            roles = _roles(columns, parameters)
            known = set(roles.values()) - {"skip"}
            if not known & set(WHO) or len(known) < 2:
                continue
            header = _Header(top, top + height - 1, tuple("/".join(dict.fromkeys(filter(None, parts))) for parts in columns), roles)
            rank = (len(known), -header.bottom, -height)  # the header may stand again below: the first one counts
            if best is None or rank > best[0]:
                best = rank, header
    return best[1] if best else None


def _compose(page: Page, top: int, height: int) -> list[tuple[str, ...]]:
    """For each column the parts of its name in the rows from `top`, merged cells filled in."""
    first = page.rows[top][0] - 1
    grid = [list(cells) for _, cells in page.rows[top : top + height]]
    for upper, left, lower, right in page.merges:
        at = max(upper - first, 0)
        if upper - first >= height or lower < first or right - left + 1 >= len(grid[0]):
            continue
        text = grid[at][left] if upper >= first and left < len(grid[at]) else ""
        for row in grid[at : lower - first + 1]:
            row[left : right + 1] = [text or cell for cell in row[left : right + 1]]
    return [tuple(dict.fromkeys(bare(cell) for cell in column)) for column in zip(*grid, strict=True)]


def _roles(columns: Sequence[tuple[str, ...]], parameters: Parameters) -> dict[int, str]:
    """Column → role: an exact name before a pattern, then the leftmost; the rest have none."""
    said = [(not exact, at, role) for at, parts in enumerate(columns) if any(parts) for role, exact in [role_of(parts, parameters)] if role]
    taken: dict[str, int] = {}
    for _, at, role in sorted(said):
        if role != "skip":
            taken.setdefault(role, at)
    skipped = {at: role for _, at, role in said if role == "skip"}
    return skipped | {at: role for role, at in taken.items()}


def _read(index: int, page: Page, header: _Header, name: str, parameters: Parameters) -> Table:
    titles = [" ".join(dict.fromkeys(filter(None, cells))) for _, cells in page.rows[: header.top]]
    around = tuple(dict.fromkeys(text for text in (page.name, *titles, page.part, name) if text))
    filled = _filled(page, header.bottom + 1)
    lines: list[Line] = []
    dropped = 0
    above: dict[str, str] = {}
    for (number, cells), full in zip(page.rows[header.bottom + 1 :], filled, strict=True):
        roles = {role: full[at] for at, role in header.roles.items() if role != "skip" and at < len(full) and full[at]}
        roles = {role: above.get(role, "") if text in parameters.ditto else text for role, text in roles.items()}
        if _not_data(cells, roles, header, parameters):
            dropped += 1
            continue
        extra = tuple(
            (header.names[at], cell) for at, cell in enumerate(full) if cell and at not in header.roles and header.names[at]
        )
        lines.append(Line(index, _label(page), number, cells, {k: v for k, v in roles.items() if v}, extra, around))
        above = roles
    return Table(index, _label(page), header.names, tuple(lines), dropped)


def _filled(page: Page, first: int) -> list[list[str]]:
    """The rows from `first` on, cells merged downwards filled in: a household merged over its members stands for each."""
    place = {number: at for at, (number, _) in enumerate(page.rows[first:])}
    rows = [list(cells) for _, cells in page.rows[first:]]
    for upper, left, lower, _ in page.merges:
        start = place.get(upper + 1)
        if start is None or lower == upper or left >= len(rows[start]) or not rows[start][left]:
            continue
        for number in range(upper + 2, lower + 2):
            if number in place and not rows[place[number]][left]:
                rows[place[number]][left] = rows[start][left]
    return rows


def _not_data(cells: tuple[str, ...], roles: Mapping[str, str], header: _Header, parameters: Parameters) -> bool:
    """Totals, signatures, remarks below the table, and the header again."""
    heads = [header_key(header.names[at].split("/")[-1]) for at in range(len(cells))]
    filled = [(header_key(cell), heads[at]) for at, cell in enumerate(cells) if cell]
    if len(filled) > 1 and all(cell == head for cell, head in filled):
        return True
    start = bare(next(cell for cell in cells if cell)).lstrip("一二三四五六七八九十、.（）()")
    named = [roles[role] for role in WHO if role in roles and not _COUNT.fullmatch(bare(roles[role]))]
    named = [text for text in named if not any(bare(text).startswith(word) for word in parameters.not_data)]
    return not named and any(start.startswith(word) for word in parameters.not_data)
