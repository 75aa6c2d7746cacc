"""Cells to Arrow text columns, column by column: a Python loop over every cell would cost more than parsing the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.read import limits
from duizhang.read.sheet import Body

_SEPARATOR = "\x1f"
_E_NOTATION = r"^\s*[+-]?\d(\.\d+)?[eE]\+?(1[4-9]|[2-9]\d)\s*$"
_EXACT = 1e14  # integers below it are exact in a float and cast through int64 without loss


def to_column(values: Sequence[Any]) -> tuple[pa.Array, pa.Array | None]:
    """(text column with NULL for empty, BOOLEAN marks of long numbers or None). `values` are calamine's cells."""
    try:
        joined = _SEPARATOR.join(values)
    except TypeError:
        text, long = _mixed(values)
        return blank_to_null(text), _either(long, long_text(text))
    text = _split(joined, values)
    marks = long_text(text) if "E+" in joined or "e+" in joined else None
    return blank_to_null(text), marks


@dataclass(frozen=True)
class Below:
    """The body of a sheet whose rows (all of one width) are in memory: from row `first` (from 0) on, as columns."""

    rows: list[list[Any]]

    def __call__(self, first: int) -> Body:
        below = self.rows[first:]
        done = [to_column(values) for values in zip(*below, strict=True)] if below else []
        columns = [column for column, _ in done] or [pa.array([], pa.string()) for _ in self.rows[0]]
        long = {position: marks for position, (_, marks) in enumerate(done) if marks is not None}
        return Body(columns, pa.array(range(first + 1, len(self.rows) + 1), pa.int64()), long)


def text_of(value: Any) -> str:
    """One cell as text: numbers as shortest text to 15 digits, dates ISO, booleans TRUE/FALSE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return number_text(float(value))
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def number_text(value: float) -> str:
    """A number as a person sees it: at most 15 significant digits, as Excel shows, so 0.1+0.2 is 0.3.

    From 1E15 on in E notation: the digits behind the fifteenth are not what was typed and must not look as if.
    """
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    short = format(value, ".15g")
    if "e" not in short:
        return short
    if abs(value) < 1:
        return format(value, ".20f").rstrip("0")
    return short.upper()


def blank_to_null(text: pa.Array) -> pa.Array:
    """`text` with NULL where nothing but white space stands."""
    blank = pc.or_(pc.equal(text, ""), pc.utf8_is_space(text))
    return pc.if_else(blank, pa.scalar(None, pa.string()), text)


def long_text(text: pa.Array) -> pa.Array | None:
    """Marks of cells that are written as 1.1E+17; None where there is none."""
    marks = pc.fill_null(pc.match_substring_regex(text, _E_NOTATION), False)
    return marks if pc.any(marks).as_py() else None


def _split(joined: str, values: Sequence[str]) -> pa.Array:
    # One long string cut by Arrow is three times as fast as converting each Chinese string by itself.
    if joined.count(_SEPARATOR) == len(values) - 1 and len(joined) < (1 << 29):
        return pc.split_pattern(pa.array([joined], pa.string()), _SEPARATOR).flatten()
    return pa.array(values, pa.string())


def _mixed(values: Sequence[Any]) -> tuple[pa.Array, pa.Array | None]:
    kinds = list(map(type, values))
    if set(kinds) <= {float, int, str}:
        words = kinds.count(str)
        known = [None if value.__class__ is str else value for value in values] if words else values
        numbers = pa.array(known, pa.float64(), from_pandas=True)
        text = _numbers(numbers)
        if words > values.count(""):  # else a column of numbers with gaps, as most are: a gap is NULL in it already
            text = pc.coalesce(pa.array([value if value.__class__ is str else None for value in values], pa.string()), text)
        return text, _long_numbers(numbers)
    numbers = pa.array(
        [value if isinstance(value, (int, float)) and not isinstance(value, bool) else None for value in values],
        pa.float64(), from_pandas=True,
    )
    return pa.array([text_of(value) for value in values], pa.string()), _long_numbers(numbers)


def _numbers(numbers: pa.Array) -> pa.Array:
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), _EXACT))
    integers = pc.if_else(whole, numbers, None).cast(pa.int64()).cast(pa.string())
    if pc.all(pc.fill_null(whole, True)).as_py():
        return integers
    rest = pc.if_else(whole, None, numbers).to_pylist()
    texts = [None if value is None else f"{value:.15g}" for value in rest]
    if any("e" in text for text in texts if text):
        texts = [None if value is None else number_text(value) for value in rest]
    return pc.coalesce(integers, pa.array(texts, pa.string()))


def _long_numbers(numbers: pa.Array) -> pa.Array | None:
    marks = pc.fill_null(pc.greater_equal(pc.abs(numbers), limits.SMALLEST_LONG), False)
    return marks if pc.any(marks).as_py() else None


def _either(one: pa.Array | None, other: pa.Array | None) -> pa.Array | None:
    if one is None or other is None:
        return other if one is None else one
    return pc.or_(one, other)


def _moment(value: datetime) -> str:
    if value.microsecond >= 500_000:
        value += timedelta(seconds=1)
    value = value.replace(microsecond=0)
    return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
