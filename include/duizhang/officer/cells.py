"""The table of parameters as an officer hands it in: where it stands in the workbook, and what the cells of a row say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from pydantic import ValidationError

from duizhang.contracts.limits import Meaning, unknown_name
from duizhang.contracts.parameters import Threshold
from duizhang.core.errors import FeedProblem
from duizhang.officer.official import Grid
from duizhang.officer.states import state_in

READ = ("参数名", "值", "单位", "地区", "起", "止", "出处", "性质", "说明")
MARK = "导出标记"
_WITHIN = 10
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NATURES = tuple(get_args(Threshold.model_fields["nature"].annotation))
_CELLS = {"place": "地区要写 2 位省码、4 位市码、6 位县码，或空着", "nature": f"性质要写 {'、'.join(_NATURES)} 之一"}


@dataclass(frozen=True)
class Table:
    """The table of a workbook: its sheet, the state that it was exported from ('' where it says none), row number → column → text."""

    sheet: str
    state: str
    rows: dict[int, dict[str, str]]


def table_of(grids: Sequence[Grid]) -> Table:
    """The one visible sheet with the header. FeedProblem where there is none, or more than one, or a column is missing or stands twice.

    Hidden sheets are old copies and never read; hidden rows are (a filter hides them, and they are valid all the same).
    """
    found = [(grid, place) for grid in grids if grid.visible for place in [_header(grid)] if place is not None]
    if not found:
        raise FeedProblem(
            "没有找到参数表的表头（隐藏的工作表不读）。",
            action=f"前 {_WITHIN} 行内要有 {'、'.join(READ)} 各列；先用 duizhang parameters export 导出一份。",
        )
    if len(found) > 1:
        raise FeedProblem(
            f"几张工作表都有参数表：{'、'.join(f'“{grid.name}”' for grid, _ in found)}，不知道以哪张为准。", action="只留一张，其余删去或隐藏。"
        )
    ((grid, place),) = found
    n, cells = grid.rows[place]
    heads = _heads(cells)
    if wrong := [name for name in READ if heads.count(name) != 1]:
        raise FeedProblem(
            f"{where(grid.name)}第 {n} 行的表头里，这些列没有或不止一个：{'、'.join(wrong)}。", action="表头照导出的样子，不要改名、删列；没有收。"
        )
    at = {name: heads.index(name) for name in (*READ, MARK) if name in heads}
    rows = {n: {name: row[c].strip() if c < len(row) else "" for name, c in at.items()} for n, row in grid.rows[place + 1 :]}
    return Table(grid.name, state_in(cell for _, row in grid.rows[:place] for cell in row), rows)


def where(sheet: str) -> str:
    """A sheet as a sentence speaks of it; nothing for a file without sheets."""
    return f"工作表“{sheet}”" if sheet else ""


def _header(grid: Grid) -> int | None:
    return next((place for place, (_, cells) in enumerate(grid.rows[:_WITHIN]) if {"参数名", "值"} <= set(_heads(cells))), None)


def _heads(cells: Sequence[str]) -> list[str]:
    return ["".join(unicodedata.normalize("NFKC", cell).split()) for cell in cells]


def entry(said: Mapping[str, str], known: Mapping[str, Meaning]) -> Threshold | str:
    """The entry that a row says, or one sentence why its cells say none; whether it may stand is `contracts.limits`' to say."""
    name, meaning = said["参数名"], known.get(said["参数名"])
    if meaning is None:
        return unknown_name(name, known)
    since, until = day_of(said["起"]), day_of(said["止"])
    if since is None:
        return "“起”要写日期，如 2026-01-01"
    if until is None and said["止"]:
        return "“止”要写日期，如 2026-12-31，或空着"
    value = _value(said["值"], meaning.kind)
    if value is None:
        return f"“{name}”的值要写{meaning.asks}"
    more = {"unit": said["单位"], "place": said["地区"], "from": since, "to": until, "about": said["说明"]}
    try:
        return Threshold.model_validate({"name": name, "value": value, "source": said["出处"], "nature": said["性质"], **more})
    except ValidationError as problem:
        fields = [str(error["loc"][0]) for error in problem.errors(include_input=False)]
        return "；".join(_CELLS.get(field, f"{field} 写得不对") for field in dict.fromkeys(fields))


def _value(text: str, kind: str) -> Any:
    """The value of `text` as `kind` (DuckDB type; '' any), None where it is none."""
    if kind == "DOUBLE" or not kind and _NUMBER.fullmatch(text):
        return (float(text) if "." in text else int(text)) if _NUMBER.fullmatch(text) and len(text) < 30 else None
    if kind == "DATE":
        return day_of(text)
    if kind == "BOOLEAN":
        return {"是": True, "否": False}.get(text)
    return text or None


def day_of(text: str) -> date | None:
    """2026-01-01, 2026/1/1, 2026.1.1, 2026年1月1日, 20260101; None for anything else."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
