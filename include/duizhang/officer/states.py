"""What a table of parameters was exported from, what has changed since, and what an import changes: names, places and dates."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date

from duizhang.contracts.limits import Meaning, key
from duizhang.contracts.parameters import Threshold

_STATE = re.compile(r"导出状态[:：]\s*([0-9a-f]{16})")
_FIELDS = {"value": "值", "unit": "单位", "until": "止", "source": "出处", "nature": "性质", "about": "说明"}
_SHOWN = frozenset({"value", "unit", "until"})


def mark(one: Threshold) -> str:
    """10 hex digits of all that an officer can say of an entry."""
    said = [one.name, repr(one.value), one.unit, one.place, str(one.since), str(one.until), one.source, one.nature, one.about]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:10]


def state(entries: Iterable[Threshold]) -> str:
    """16 hex digits of all entries, whatever their order."""
    return hashlib.sha256("\n".join(sorted(map(mark, entries))).encode()).hexdigest()[:16]


def state_line(entries: Iterable[Threshold]) -> str:
    """The state as it stands above the table."""
    return f"导出状态：{state(entries)}（导入时核对，请勿改动）"


def state_in(cells: Iterable[str]) -> str:
    """The state that stands in one of `cells`; '' without one."""
    return next((found[1] for cell in cells if (found := _STATE.search(cell))), "")


def since_export(now: Iterable[Threshold], rows: Iterable[Mapping[str, str]], column: str, known: Mapping[str, Meaning]) -> list[str]:
    """What differs between `now` and what the rows were exported from, by the marks in their `column`: one line each.

    A row that was deleted from the table cannot be told from an entry that came since. Without marks nothing can be told.
    """
    current, told = {mark(one): one for one in now}, {row[column]: row["参数名"] for row in rows if row.get(column)}
    lines = [f"现在有：{entry_label(one)}" for each, one in current.items() if told and each not in told]
    gone = [name if name in known else "（表里改过名的一行）" for each, name in told.items() if each not in current]
    return sorted(lines) + sorted(f"已不是导出时的样子：{name}" for name in gone)


def entry_label(one: Threshold) -> str:
    """An entry by name, place and first day."""
    return f"{one.name}（{one.place or '各地'}，{one.since} 起）"


def changes(before: Iterable[Threshold], after: Iterable[Threshold], known: Mapping[str, Meaning]) -> tuple[str, ...]:
    """One line for each entry that is added, changed or removed. Values of free text are not shown."""
    old, new = ({key(one): one for one in entries} for entries in (before, after))
    lines = []
    for each in sorted(old.keys() | new.keys()):
        was, now = old.get(each), new.get(each)
        if was is None and now is not None:
            lines.append(f"新增 {entry_label(now)}：值 {_shown(now, known)}")
        elif was is not None and now is None:
            lines.append(f"撤销 {entry_label(was)}：原值 {_shown(was, known)}")
        elif was is not None and now is not None and mark(was) != mark(now):
            lines.append(f"改动 {entry_label(now)}：{_difference(was, now, known)}")
    return tuple(lines)


def _difference(was: Threshold, now: Threshold, known: Mapping[str, Meaning]) -> str:
    return "，".join(
        f"{title} {_cell(was, field, known)} → {_cell(now, field, known)}" if field in _SHOWN else title
        for field, title in _FIELDS.items() if repr(getattr(was, field)) != repr(getattr(now, field))
    )  # fmt: skip


def _cell(one: Threshold, field: str, known: Mapping[str, Meaning]) -> str:
    said: object = getattr(one, field)
    if field == "value" and isinstance(said, str) and said not in known[one.name].words:
        return "（文字）"
    if isinstance(said, bool):
        return "是" if said else "否"
    return said.isoformat() if isinstance(said, date) else str(said if said not in (None, "") else "空")


def _shown(one: Threshold, known: Mapping[str, Meaning]) -> str:
    return f"{_cell(one, 'value', known)}{one.unit}"
