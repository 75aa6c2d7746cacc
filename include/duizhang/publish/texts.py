"""Values as an officer reads them, and as a cell can hold them."""

from __future__ import annotations

import re
from datetime import date, datetime

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # a workbook's XML cannot hold them as they are
_LONGEST = 8000  # characters of a cell; Excel ends at 32767 and drops what is longer without a word


def day(value: object) -> date:
    """A date from a date, a moment or ISO text."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def shown(value: object) -> str:
    """A body's value as cell text: NULL as '', no control characters, never longer than a cell can hold."""
    cleaned = _UNPRINTABLE.sub("", "" if value is None else str(value))
    return cleaned if len(cleaned) <= _LONGEST else cleaned[:_LONGEST] + "…（过长，已截断）"


def text(value: object) -> str:
    """A value as an officer reads it: empty as （空）, truth values as 是/否, whole numbers without decimals."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def label(column: str) -> str:
    """A fact's column name without the marks that only the program needs: 低保_在享 → 低保在享."""
    return column.removeprefix("参数_").replace("_", "")
