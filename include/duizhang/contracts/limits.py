"""What may stand as an entry of a parameter: one set of checks, of the officer's workbook and of a file that is written by hand.

What a name means comes from the project's entries (its first one says unit, min and max), then from the column of the yearly book,
then from the catalogue (a rule reads it; any value will do). The reasons repeat no cell: of names only those that are known.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from duizhang.contracts.load import Book
from duizhang.core.catalogue import load_catalogue
from duizhang.core.settings import Settings

if TYPE_CHECKING:
    from duizhang.contracts.parameters import Threshold

_TYPES = {bool: "BOOLEAN", int: "DOUBLE", float: "DOUBLE", str: "VARCHAR", date: "DATE"}
_YEARLY = {"int": "DOUBLE", "dec": "DOUBLE", "year": "DOUBLE", "date": "DATE"}
_ASKS = {"DOUBLE": "数字", "DATE": "日期", "BOOLEAN": "“是”或“否”", "VARCHAR": "文字"}
_READ = re.compile(r"参数_(?:上年_)?(\w+)")
_YES_NO = ("是", "否")
_FIRST, _LAST = 2000, 2100  # years that a value may begin in: a slip of the pen would be looped over year by year


@dataclass(frozen=True)
class Meaning:
    """What a parameter is: DuckDB type ('' where any will do), unit (None where any), range (None: no limit), whether whole, its words."""

    kind: str
    unit: str | None = None
    least: float | date | None = None
    most: float | date | None = None
    whole: bool = False
    words: tuple[str, ...] = ()

    @property
    def asks(self) -> str:
        """What its value must be, in an officer's words."""
        return _ASKS["BOOLEAN"] if self.words else ("整数" if self.whole else _ASKS.get(self.kind, "值"))

    @property
    def range(self) -> str:
        """Its range in words; '' where it has none."""
        if self.least is not None and self.most is not None:
            return f"{self.least} 至 {self.most}"
        return f"不小于 {self.least}" if self.least is not None else f"不大于 {self.most}" if self.most is not None else ""


def kind_of(value: bool | int | float | date | str) -> str:
    """The DuckDB type of a parameter's value."""
    return _TYPES[type(value)]


def meanings(settings: Settings, book: Book, ours: Iterable[Threshold], names: Iterable[str]) -> dict[str, Meaning]:
    """Name → meaning of every parameter; the catalogue is asked only where `names` has one that nothing else knows."""
    yearly = _yearly(book)
    found = dict(yearly)
    for one in ours:
        known, column = found.get(one.name), yearly.get(one.name, Meaning(""))
        if known is None or known is yearly.get(one.name):
            unit = one.unit or column.unit or ""
            found[one.name] = Meaning(kind_of(one.value), unit, one.least, one.most, column.whole, column.words)
    if set(names) - set(found):
        read = {name for rule in load_catalogue(settings) for name in _READ.findall(f"{rule.applies} {rule.where}")}
        found |= {name: Meaning("") for name in read - set(found)}
    return found


def _yearly(book: Book) -> dict[str, Meaning]:
    """Columns of the yearly book: amounts, counts and days; none of its numbers is below 0."""
    contract = book.role("parameters")
    keys = {contract.maps["county"], contract.maps["year"]}
    found = {}
    for column in contract.columns:
        if column.name not in keys:
            kind = _YEARLY.get(column.type, "VARCHAR")
            words = _YES_NO if column.type == "bool" else ()
            found[column.name] = Meaning(kind, column.unit, 0 if kind == "DOUBLE" else None, None, column.type in ("int", "year"), words)
    return found


def wrong(
    entries: Mapping[int, Threshold], ours: Sequence[Threshold], known: Mapping[str, Meaning], each: str = "行"
) -> list[tuple[int, str]]:
    """(number, one Chinese sentence) of each of `entries` that cannot stand over the project's `ours`; by number. `each`: 行 or 条."""
    alone = [(n, reason) for n, one in entries.items() if (reason := _alone(one, known))]
    bad = {n for n, _ in alone}
    fine = {n: one for n, one in entries.items() if n not in bad}
    mine = {key(one) for one in entries.values()}
    return sorted(alone + _overlaps(fine, [one for one in ours if key(one) not in mine], each))


def key(one: Threshold) -> tuple[str, str, date]:
    """By what an entry of the home replaces the project's."""
    return one.name, one.place, one.since


def unknown_name(name: str, known: Iterable[str]) -> str:
    """The sentence for a name that is no parameter's: what was meant, never what was written."""
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f"没有这个参数{f'（名称相近的：{near[0]}）' if near else ''}" if name else "没有写参数名"


def _alone(one: Threshold, known: Mapping[str, Meaning]) -> str:
    meaning = known.get(one.name)
    if meaning is None:
        return unknown_name(one.name, known)
    if not one.source.strip():
        return "没有写出处"
    if not _FIRST <= one.since.year <= _LAST:
        return f"“起”的年份要在 {_FIRST} 至 {_LAST} 之间"
    if one.until and one.until < one.since:
        return "“止”早于“起”"
    if meaning.unit not in (None, one.unit):
        return f"“{one.name}”的单位要写“{meaning.unit}”，值按这个单位写" if meaning.unit else f"“{one.name}”没有单位，单位要空着"
    said = {(name, limit) for name, limit in (("min", one.least), ("max", one.most)) if limit is not None}
    if not said <= {("min", meaning.least), ("max", meaning.most)}:
        return f"“{one.name}”的容许范围只由项目自带的文件规定，不要写 min、max"
    return _value(one, meaning)


def _value(one: Threshold, meaning: Meaning) -> str:
    value = one.value
    if isinstance(value, (int, float)) and not _finite(value):
        return f"“{one.name}”的值要写数字"
    if meaning.kind and meaning.kind != kind_of(value) or meaning.words and value not in meaning.words:
        return f"“{one.name}”的值要写{meaning.asks}"
    if meaning.whole and isinstance(value, float) and value != int(value):
        return f"“{one.name}”的值要写整数"
    low = meaning.least is not None and value < meaning.least  # type: ignore[operator]  # of one kind: compared above
    high = meaning.most is not None and value > meaning.most  # type: ignore[operator]
    return f"“{one.name}”的值要在容许范围内：{meaning.range}{f'（{meaning.unit}）' if meaning.unit else ''}" if low or high else ""


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _overlaps(taken: Mapping[int, Threshold], left_out: Sequence[Threshold], each: str) -> list[tuple[int, str]]:
    """Entries whose time overlaps with that of an earlier one (or of one of the project that they do not replace) of the same place."""
    groups: dict[tuple[str, str], list[tuple[int, Threshold]]] = defaultdict(list)
    for n, one in [*((0, one) for one in left_out), *sorted(taken.items())]:
        groups[one.name, one.place].append((n, one))
    found = []
    for entries in groups.values():
        for place, (n, one) in enumerate(entries):
            clash = next((other for other in entries[:place] if n and _both(one, other[1])), None)
            if clash:
                found.append((n, _clash(one, f"第 {clash[0]} {each}" if clash[0] else f"项目自带、这里没有的一行（起 {clash[1].since}）", clash[1])))
    return found


def _clash(one: Threshold, with_what: str, other: Threshold) -> str:
    if one.since == other.since:
        return f"有效期与{with_what}重叠：同一参数、同一地区、同一个“起”只能有一行"
    first = min(one, other, key=lambda each: each.since)
    last = max(one.since, other.since) - timedelta(days=1)
    return f"有效期与{with_what}重叠：给先有效的一行（起 {first.since}）填上“止”（到 {last}）"


def _both(one: Threshold, other: Threshold) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)
