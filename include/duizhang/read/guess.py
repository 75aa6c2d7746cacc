"""What a column of an unknown file seems to be, from its values. Used only to propose a contract for a person to edit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duizhang.contracts.model import ColumnType
from duizhang.core.data_dates import parse_day

SAMPLE = 20_000  # rows looked at: enough to see every code of a list, quick on any file
_MOSTLY = 0.8  # share of values that must fit: real files hold errors
_FEW = 12  # distinct values at most of a column that looks coded
_OFTEN = 3  # times every one of them must occur, so that no name of a person is taken for a code
_YES_NO = {"是", "否"}


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression)
    return lambda value: compiled.fullmatch(value) is not None


def _date8(value: str) -> bool:
    return re.fullmatch(r"(19|20)\d{6}", value) is not None and _real(value)


def _real(value: str) -> bool:
    folded = re.sub(r"^19", "20", value)  # parse_day reads this century only; for a guess the century does not matter
    return parse_day(folded) is not None


_SHAPES: tuple[tuple[ColumnType, Callable[[str], bool]], ...] = (
    ("id", _pattern(r"\d{17}[\dXx]|\d{15}|\d{17}[\dXx]\d{2}|\d{17}[\dXx]\d{4}|\d{4,6}\*{6,}[\dXx]{2,6}")),
    ("tel", _pattern(r"1[3-9]\d{9}")),
    ("date8", _date8),
    ("ym", _pattern(r"(19|20)\d{2}(0[1-9]|1[0-2])")),
    ("ymcn", _pattern(r"(19|20)\d{2}年\d{1,2}月")),
    ("datetime", _pattern(r"(19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?")),
    ("date", _pattern(r"(19|20)\d{2}([-/.])\d{1,2}\2\d{1,2}|(19|20)\d{2}年\d{1,2}月\d{1,2}日")),
    ("int", _pattern(r"-?(0|[1-9]\d{0,13})")),
    ("dec", _pattern(r"-?(0|[1-9]\d{0,13})(\.\d+)?")),
)


@dataclass(frozen=True)
class Guess:
    """A column's seeming type, whether it is always filled, whether its values are all different, and its few codes."""

    type: ColumnType
    filled: bool
    unique: bool
    codes: tuple[str, ...]


def guess(name: str, values: Sequence[str | None]) -> Guess:
    """Guess from a column's header and its first values."""
    present = [value.strip() for value in values if value]
    counts = Counter(present)
    filled = bool(values) and len(present) == len(values)
    unique = filled and len(counts) == len(present)
    kind = _kind(name, present)
    codes: tuple[str, ...] = ()
    if kind == "str" and 1 < len(counts) <= _FEW and min(counts.values()) >= _OFTEN:
        kind, codes = "enum", tuple(sorted(counts, key=lambda value: (-counts[value], value)))
    return Guess(kind, filled, unique, codes)


def _kind(name: str, present: Sequence[str]) -> ColumnType:
    if not present:
        return "str"
    if set(present) <= _YES_NO:
        return "bool"
    for kind, fits in _SHAPES:
        if sum(map(fits, present)) >= _MOSTLY * len(present):
            if kind == "int" and name.endswith(("年度", "年份", "学年")):
                return "year"
            if kind in ("int", "dec") and name.endswith(("编码", "代码", "编号", "号码")):
                return "str"
            return kind
    return "str"
