"""Parameters as a plain table that an officer edits: out of indicators.yaml, and back into `<home>/indicators.yaml` whole or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from duizhang.contracts.load import Book
from duizhang.contracts.parameters import FILE, Threshold, kind_of, load_thresholds, project_thresholds
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.errors import FeedProblem
from duizhang.core.external import write_text
from duizhang.core.settings import Settings
from duizhang.core.writing import writes
from duizhang.officer.official import Grid
from duizhang.officer.sheets import Sheet, write

COLUMNS = {"参数名": 22, "值": 12, "单位": 10, "地区": 8, "起": 12, "止": 12, "出处": 36, "性质": 8, "说明": 44, "用到的指标": 30, "在哪里": 10}
_NEEDED = ("参数名", "值", "起", "出处", "性质")
_WITHIN = 10
_OPEN = frozenset({"值", "单位", "地区", "起", "止", "出处", "性质", "说明"})
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_NATURES = tuple(get_args(Threshold.model_fields["nature"].annotation))
_WORDS = {"DOUBLE": "数字", "DATE": "日期", "BOOLEAN": "“是”或“否”", "VARCHAR": "文字"}
_ABOVE = (
    "一行一个值。地区：空=各地，2 位=省，4 位=市，6 位=县，越具体越先用；止空着=一直有效。县里的年度口径参数有值的，先用年度口径参数。",
    "性质：种=通知原文，公=公开来源，标=标准，推=推断。改好后用 duizhang parameters import 导入；有一行不对就整份不收。",
)


@dataclass(frozen=True)
class Refusal:
    """A row that is not taken (its number in the sheet), and one sentence why."""

    row: int
    reason: str


@dataclass(frozen=True)
class Imported:
    """Rows of the table, how many of them differ from the project's and stand in the home's file, and the project's that it left out."""

    rows: int
    own: int
    left_out: int
    path: Path


class Refused(FeedProblem):
    """The table was not taken; nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        told = "；".join(f"第 {one.row} 行：{one.reason}" for one in refusals)
        super().__init__(f"参数表没有收，{len(refusals)} 行不对：{told}", action="改好后再导入，原来的参数没有动。")


def used_by(rules: Iterable[Rule]) -> dict[str, list[str]]:
    """Parameter → codes of the rules whose condition reads it (its value of this year, or of the year before)."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        names = {column.removeprefix("参数_").removeprefix("上年_") for column in rule.columns if column.startswith("参数_")}
        for name in sorted(names):
            found[name].append(rule.code)
    return found


def export_table(settings: Settings, path: Path) -> int:
    """Write every entry that is valid here, the project's and the home's, as a workbook; how many rows. An existing file stays."""
    if path.exists():
        raise FeedProblem("要写的文件已经在了，没有覆盖。", action="换一个文件名。")
    mine = {key(one): one for one in project_thresholds(settings)}
    users = used_by(load_catalogue(settings))
    found = sorted(load_thresholds(settings), key=key)
    rows = [_row(one, users.get(one.name, []), "自带" if mine.get(key(one)) == one else "本地") for one in found]
    write(path, "口径参数", [Sheet("口径参数", COLUMNS, rows, _OPEN, _ABOVE)])
    return len(rows)


def key(one: Threshold) -> tuple[str, str, date]:
    """By what an entry of the home replaces the project's."""
    return one.name, one.place, one.since


def _row(one: Threshold, users: Sequence[str], where: str) -> tuple[str, ...]:
    value = ("是" if one.value else "否") if isinstance(one.value, bool) else str(one.value)
    until = one.until.isoformat() if one.until else ""
    return (one.name, value, one.unit, one.place, one.since.isoformat(), until, one.source, one.nature, one.about, "、".join(users), where)


@writes
def import_table(settings: Settings, book: Book, grids: Sequence[Grid]) -> Imported:
    """Take the table of `grids` and write `<home>/indicators.yaml`: the rows that are not the project's own.

    Raises Refused, with every row that is wrong and why, and writes nothing then; FeedProblem where there is no table.
    """
    ours = project_thresholds(settings)
    kinds = {one.name: kind_of(one.value) for one in (*load_thresholds(settings), *ours)}
    yearly = _yearly(book)
    taken: dict[int, Threshold] = {}
    refusals: list[Refusal] = []
    for n, said in _table(grids):
        found = _entry(said, kinds, yearly)
        if isinstance(found, Threshold):
            taken[n] = found
        else:
            refusals.append(Refusal(n, found))
    left_out = {key(one): one for one in ours}.keys() - {key(one) for one in taken.values()}
    refusals += _overlaps(taken, [one for one in ours if key(one) in left_out])
    if refusals:
        raise Refused(sorted(refusals, key=lambda one: one.row))
    known = {key(one): one for one in ours}
    own = sorted((one for one in taken.values() if known.get(key(one)) != one), key=key)
    path = settings.home / FILE
    write_text(path, _yaml(own))
    return Imported(len(taken), len(own), len(left_out), path)


def _yearly(book: Book) -> dict[str, str]:
    """Column of the yearly book of parameters → its type in the contract."""
    contract = book.role("parameters")
    maps = {contract.maps["county"], contract.maps["year"]}
    return {column.name: column.type for column in contract.columns if column.name not in maps}


def _table(grids: Sequence[Grid]) -> list[tuple[int, dict[str, str]]]:
    """(row number, column → text) of the rows below the header of the first sheet that has one."""
    for grid in grids:
        for place, (_, cells) in enumerate(grid.rows[:_WITHIN]):
            heads = ["".join(unicodedata.normalize("NFKC", cell).split()) for cell in cells]
            if set(_NEEDED) <= set(heads):
                at = {name: heads.index(name) for name in COLUMNS if name in heads}
                return [(n, {name: row[c].strip() if c < len(row) else "" for name, c in at.items()}) for n, row in grid.rows[place + 1 :]]
    raise FeedProblem("没有找到参数表的表头。", action=f"前 {_WITHIN} 行内要有 {'、'.join(_NEEDED)} 各列；先用 duizhang parameters export 导出一份。")


def _entry(said: Mapping[str, str], kinds: Mapping[str, str], yearly: Mapping[str, str]) -> Threshold | str:
    """The entry that a row says, or one sentence why it is none."""
    name, place = said["参数名"], said.get("地区", "")
    if name not in kinds and name not in yearly:
        return f"没有“{name}”这个参数" if name else "没有写参数名"
    if not re.fullmatch(r"(\d\d){0,3}", place):
        return "地区要写 2 位省码、4 位市码、6 位县码，或空着"
    if not said["出处"]:
        return "没有写出处"
    if said["性质"] not in _NATURES:
        return f"性质要写 {'、'.join(_NATURES)} 之一"
    since, until = day_of(said["起"]), day_of(said.get("止", ""))
    if since is None:
        return "“起”要写日期，如 2026-01-01"
    if until is None and said.get("止"):
        return "“止”要写日期，如 2026-12-31，或空着"
    if until and until < since:
        return "“止”早于“起”"
    kind = _kind(name, kinds, yearly)
    value = _value(said["值"], kind)
    if value is None or (yearly.get(name) == "bool" and value not in ("是", "否")):
        return f"“{name}”的值要写{_WORDS[kind] if yearly.get(name) != 'bool' else _WORDS['BOOLEAN']}"
    more = {"unit": said.get("单位", ""), "place": place, "from": since, "to": until, "about": said.get("说明", "")}
    try:
        return Threshold.model_validate({"name": name, "value": value, "source": said["出处"], "nature": said["性质"], **more})
    except ValidationError as problem:
        return f"{'、'.join(str(error['loc'][0]) for error in problem.errors())} 写得不对"


def _kind(name: str, kinds: Mapping[str, str], yearly: Mapping[str, str]) -> str:
    if name in kinds:
        return kinds[name]
    return {"int": "DOUBLE", "dec": "DOUBLE", "year": "DOUBLE", "date": "DATE"}.get(yearly[name], "VARCHAR")


def _value(text: str, kind: str) -> Any:
    """The value of `text` as `kind` (DuckDB type), None where it is none."""
    if kind == "DOUBLE":
        return (float(text) if "." in text else int(text)) if _NUMBER.fullmatch(text) else None
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


def _overlaps(taken: Mapping[int, Threshold], left_out: Sequence[Threshold]) -> list[Refusal]:
    """Rows whose time overlaps with that of an earlier row (or of an entry of the project that was left out) of the same place."""
    groups: dict[tuple[str, str], list[tuple[int, Threshold]]] = defaultdict(list)
    for n, one in [*((0, one) for one in left_out), *sorted(taken.items())]:
        groups[one.name, one.place].append((n, one))
    found = []
    for entries in groups.values():
        for place, (n, one) in enumerate(entries):
            clash = next((other for other in entries[:place] if n and _both(one, other[1])), None)
            if clash:
                with_what = f"第 {clash[0]} 行" if clash[0] else f"项目自带、表里删去的一行（起 {clash[1].since}）"
                found.append(Refusal(n, f"有效期与{with_what}重叠：给先有效的一行填上“止”（到 {one.since - timedelta(days=1)}）"))
    return found


def _both(one: Threshold, other: Threshold) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _yaml(entries: Sequence[Threshold]) -> str:
    head = "# Parameters of this home, over the project's (duizhang parameters import; include/duizhang/contracts/parameters.py).\n"
    lines = []
    for one in entries:
        said = {"name": one.name, "value": one.value, "unit": one.unit, "place": one.place, "from": one.since, "to": one.until}
        said |= {"source": one.source, "nature": one.nature, "about": one.about}
        lines.append("- " + yaml.safe_dump(said, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip() + "\n")
    return head + ("".join(lines) or "[]\n")
