"""Reminding a county: questions that are due soon or overdue, and departments that owe an answer.

A sheet of counts, `out/<county>/<cycle>/reminders/提醒_<date>.txt`, and an alert through the configured channels. It holds
no name and no number of a person.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from duizhang.core import clock
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from duizhang.ledger.steps import Issued

_ASKED = ("issued", "returned")  # with the county, and not answered
_NO_DEPARTMENT = "未写明部门"
_COUNTY = "全县（文件和县级问题）"


@dataclass
class Town:
    """What one town has not answered."""

    name: str
    overdue: int = 0
    soon: int = 0
    later: int = 0
    earliest: date = date.max


@dataclass
class Owed:
    """What waits for one department: how many questions, and since when the oldest."""

    count: int = 0
    since: date = date.max


@dataclass(frozen=True)
class Reminder:
    """What one county is reminded of on `day`. `towns`: code → Town; `departments`: owner → Owed; `within`: days ahead."""

    county: str
    name: str
    cycle: str
    day: date
    within: int
    unit: clock.Unit
    towns: Mapping[str, Town] = field(default_factory=dict)
    departments: Mapping[str, Owed] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        return sum(town.overdue for town in self.towns.values())

    @property
    def soon(self) -> int:
        return sum(town.soon for town in self.towns.values())

    @property
    def later(self) -> int:
        return sum(town.later for town in self.towns.values())

    @property
    def counts(self) -> dict[str, int]:
        owed = sum(each.count for each in self.departments.values())
        return {"overdue": self.overdue, "due_soon": self.soon, "later": self.later, "departments_owe": owed}


def due(settings: Settings) -> list[str]:
    """The counties that have an open cycle."""
    from duizhang.ledger import steps

    return sorted({each.county for each in steps.issued(settings) if each.is_open})


def remind(settings: Settings, county: str, today: str | date) -> dict[str, int]:
    """Remind the county on the day `today`: overdue, due_soon, later, departments_owe, and how many alerts were sent.

    {} where there is nothing to say: no working day, no open list, nothing due, or said today already.
    """
    from duizhang.ledger import steps
    from duizhang.ops.alerts import Alert, tell

    day = today if isinstance(today, date) else date.fromisoformat(today)
    lists = [each for each in steps.issued(settings, county) if each.is_open]
    if not lists or not clock.is_working(day, settings):
        return {}
    cycle, run_id = lists[-1].cycle, day.isoformat()
    if any(done.run_id == run_id for done in steps.steps(settings, county, cycle) if done.step == "remind"):
        return {}
    found = gather(settings, lists[-1], day)
    if not found.overdue and not found.soon:
        return {}
    write(settings, found)
    told = tell(settings, [Alert("remind", "县级经办人", counties=(county,), dag="remind", task=run_id, counts=found.counts)])
    # Where no channel took it, the day is not noted: the next run of the day tries again. What was told is held by the journal.
    if not told["failed"]:
        steps.record(settings, county, cycle, "remind", day, run_id, found.counts, once=True)
    return {**found.counts, **told}


def gather(settings: Settings, issued: Issued, day: date) -> Reminder:
    """Count what the county has not answered by town, and what waits for departments."""
    from duizhang import ledger

    county, within = issued.county, clock.clocks(settings).remind_within
    clocks = {row["item_id"]: row for row in ledger.clocks(settings, county, day)}
    towns: dict[str, Town] = {}
    for item in ledger.open_items(settings, county):
        running = clocks.get(item["item_id"])
        if item["state"] not in _ASKED or running is None or running["due_on"] is None:
            continue
        town = towns.setdefault(str(item["town"] or ""), Town(str(item["body"].get("town_name") or item["town"] or _COUNTY)))
        _count(town, running["due_on"], bool(running["overdue"]), clock.days_between(day, running["due_on"], settings) <= within)
    departments = _departments(settings, ledger.department_items(settings, county))
    return Reminder(county, _name(settings, issued), issued.cycle, day, within, clock.unit(settings), dict(sorted(towns.items())), departments)


def _count(town: Town, due_on: date, overdue: bool, soon: bool) -> None:
    town.earliest = min(town.earliest, due_on)
    if overdue:
        town.overdue += 1
    elif soon:
        town.soon += 1
    else:
        town.later += 1


def _departments(settings: Settings, items: Iterable[Mapping[str, Any]]) -> dict[str, Owed]:
    """Owner → what waits for it. A question that shows the books of two departments waits for both."""
    from duizhang.contracts.load import load_book

    owners = {contract.feed: contract.owner for contract in load_book(settings).contracts}
    found: dict[str, Owed] = defaultdict(Owed)
    for item in items:
        for owner in {owners[feed] for feed in item["feeds"]} or {_NO_DEPARTMENT}:
            owed = found[owner]
            owed.count += 1
            owed.since = min(owed.since, item["answered_on"])
    return dict(sorted(found.items()))


def _name(settings: Settings, issued: Issued) -> str:
    path = settings.at(issued.as_of.isoformat()) / "books" / "regions.json"
    names: dict[str, str] = read_json(path)["counties"] if path.exists() else {}
    return names.get(issued.county, issued.county)


def write(settings: Settings, found: Reminder) -> Path:
    """Write the sheet (0600), whole or not at all."""
    path = settings.out / found.county / found.cycle / "reminders" / f"提醒_{found.day.isoformat()}.txt"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temp = path.with_name(f".{path.name}")
    temp.write_text(text(found), encoding="utf-8")
    temp.chmod(0o600)
    os.replace(temp, path)
    return path


def text(found: Reminder) -> str:
    """The sheet in plain words."""
    days = "个工作日" if found.unit == "working" else "天"
    soon = f"{found.within}{days}内到期"
    lines = [
        f"{found.name}（{found.county}）{found.cycle} 期对账清单 催办提醒",
        f"日期：{found.day.isoformat()}",
        "",
        f"一、县里要答复的：已超期 {found.overdue} 条，{soon} {found.soon} 条，其余未到期 {found.later} 条。",
        *_table(("乡镇", "已超期", soon, "未到期", "最早期限"), [
            (town.name, str(town.overdue), str(town.soon), str(town.later), town.earliest.isoformat()) for town in found.towns.values()
        ]),
        "",
    ]  # fmt: skip
    if found.departments:
        lines += [
            f"二、等部门更正的 {sum(owed.count for owed in found.departments.values())} 条（等待期间不计县里的时限）：",
            *_table(("部门", "条数", "最早自"), [(n, str(owed.count), owed.since.isoformat()) for n, owed in found.departments.items()]),
        ]
    else:
        lines.append("二、没有等部门更正的问题。")
    lines += [
        "",
        "三、怎么办：在清单的“核查结果”等栏填写后另存为 .xlsx 交回；已答复的问题不再提醒。部门数据有误的，请部门在下次报送前更正。",
        "",
        "本提醒只列条数，不含姓名和证件号码。",
    ]
    return "\n".join(lines) + "\n"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of a plain table, indented; a Chinese character takes two columns."""
    widths = [max(_width(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
    shown = []
    for row in (heads, *rows):
        pads = [" " * (width - _width(cell)) for width, cell in zip(widths, row, strict=True)]
        shown.append("    " + "  ".join(cell + pad if at == 0 else pad + cell for at, (cell, pad) in enumerate(zip(row, pads, strict=True))))
    return shown


def _width(cell: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in cell)
