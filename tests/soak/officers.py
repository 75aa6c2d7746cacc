"""Officers with a will of their own: they fill the lists on disk with openpyxl, and upload what they like when they like.

What an officer does depends on the seed and on what the list shows, never on how often a step had to be run.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from duizhang.core import returns

from tests.soak.living import Living
from tests.soak.shapes import Month, Row

# What officers do, and how often: (way, weight).
WAYS = (
    ("mend", 24), ("claim", 14), ("pending", 10), ("not_so", 12), ("explain", 6), ("exempt", 12), ("self_approved", 3),
    ("department", 10), ("unclear", 5), ("no_note", 3), ("nonsense", 2), ("silent", 16),
)  # fmt: skip
WORDS = {
    "mend": "已整改", "claim": "已整改", "pending": "属实待整改", "not_so": "不属实", "explain": "情况说明", "exempt": "情况说明",
    "self_approved": "情况说明", "department": "部门数据有误", "unclear": "无法核实", "no_note": "不属实", "nonsense": "搞定了",
}  # fmt: skip
OFFICERS = ("经办人甲", "经办人乙")
APPROVER = "负责人丙"


@dataclass(frozen=True)
class Shown:
    """A row of a list as an officer sees it."""

    sheet: str
    row: int
    number: str
    code: str
    notes: str
    household: str
    status: str
    due: str


@dataclass
class Paper:
    """A list that went out: where it is, and what it asks."""

    path: Path
    county: str
    month: Month
    shown: list[Shown]
    waiting: set[str]
    closed: set[str]


@dataclass
class Upload:
    """A file that an officer sends in."""

    path: Path
    on: date
    county: str
    why: str
    filled: dict[str, dict[str, Any]] = field(default_factory=dict)  # number → cells, as filled in
    strangers: int = 0  # rows of another county pasted in


def columns(sheet: Any) -> dict[str, int]:
    """Header → column (1-based), without the drop-down mark."""
    return {str(cell.value).removesuffix(returns.DROP_DOWN_MARK): cell.column for cell in sheet[1] if cell.value}


def read(path: Path, county: str, month: Month) -> Paper:
    """Everything a list asks and shows apart."""
    book = openpyxl.load_workbook(path, read_only=True)
    paper = Paper(path, county, month, [], set(), set())
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        if not rows:
            continue
        names = [str(cell).removesuffix(returns.DROP_DOWN_MARK) if cell else "" for cell in rows[0]]
        for at, cells in enumerate(rows[1:], 2):
            row = dict(zip(names, cells, strict=False))
            if returns.TOKEN in names and row[returns.NUMBER]:
                notes, household = str(row.get("连带问题") or ""), str(row.get("户编号") or "")
                status, due = str(row.get("状态") or ""), str(row.get("期限") or "")
                paper.shown.append(Shown(sheet.title, at, row[returns.NUMBER], row["指标"], notes, household, status, due))
            elif "编号" in names and row["编号"]:
                (paper.closed if "销号日期" in names else paper.waiting).add(str(row["编号"]))
    book.close()
    return paper


class Office:
    """The officers of one county."""

    def __init__(self, living: Living, county: str, folder: Path, close: Mapping[str, str]) -> None:
        self.living, self.county, self.folder = living, county, folder
        self.close = close  # code → how it closes
        self.last: Paper | None = None

    def ways(self, paper: Paper) -> dict[str, str]:
        """Number → what the officers do about it this month."""
        names, weights = [way for way, _ in WAYS], [weight for _, weight in WAYS]
        found = {}
        for row in paper.shown:
            rng = random.Random(f"{self.living.seed}/way/{paper.month.cycle}/{row.number}")
            found[row.number] = rng.choices(names, weights)[0]
        return found

    def act(self, ways: Mapping[str, str], subjects: Mapping[str, Row]) -> None:
        """What they do to the books (the lists are another matter): next month shows it."""
        for number, way in ways.items():
            if subjects[number] not in self.living.by_row:  # asked by those above: the books know nothing of it
                continue
            if way == "mend":
                self.living.mending.add(subjects[number])
            elif way == "department":
                self.living.correcting.add(subjects[number])

    def cells(self, number: str, way: str, on: date, who: str) -> dict[str, Any]:
        """The answer cells of one row."""
        rng = random.Random(f"{self.living.seed}/cells/{number}/{on}/{who}")
        cells: dict[str, Any] = {returns.ANSWER: WORDS[way], returns.ANSWERED_BY: who}
        if way != "no_note":
            cells[returns.NOTE] = f"{way}：{on.month} 月入户看过"
        if rng.random() < 0.8:
            cells[returns.CHECKED_ON] = rng.choice((on, on.isoformat()))
        if way == "exempt":
            cells[returns.APPROVED_BY] = APPROVER
        if way == "self_approved":
            cells[returns.APPROVED_BY] = rng.choice((who, f" {who} "))
        return cells

    def uploads(self, paper: Paper, ways: Mapping[str, str], others: Mapping[str, Paper]) -> list[Upload]:
        """The files of this month, in the order in which they are sent."""
        month = paper.month
        rng = random.Random(f"{self.living.seed}/office/{self.county}/{month.cycle}")
        made: list[Upload] = []
        if self.last is not None and rng.random() < 0.7:
            made.append(self._late(self.last, month, rng))
        first = {n: self.cells(n, way, month.day(4), OFFICERS[0]) for n, way in ways.items() if way != "silent" and rng.random() < 0.9}
        stranger = next((other for county, other in sorted(others.items()) if county != self.county and other.shown), None)
        foreign = stranger if rng.random() < 0.4 else None
        made.append(self._file(paper, first, month.day(4), "first", foreign))
        if rng.random() < 0.5:
            made.append(Upload(made[-1].path, month.day(6), self.county, "again", made[-1].filled, made[-1].strangers))
        second = {}
        for number, way in ways.items():
            dice = random.Random(f"{self.living.seed}/second/{number}/{month.cycle}").random()
            if number not in first and way != "silent":
                second[number] = self.cells(number, way, month.day(8), OFFICERS[1])
            elif number in first and dice < 0.15:
                second[number] = self.cells(number, ("pending", "claim", "exempt", "not_so")[int(dice * 100) % 4], month.day(8), OFFICERS[1])
        if second:
            made.append(self._file(paper, second, month.day(8), "second", None))
        # after the day of next month's data and before its check: what it says cannot be judged by those data
        afterwards = {n: self.cells(n, "claim", month.day(27), OFFICERS[0]) for n, way in ways.items() if way == "silent" and rng.random() < 0.2}
        if afterwards:
            made.append(self._file(paper, afterwards, month.day(27), "afterwards", None))
        self.last = paper
        return [upload for upload in made if upload.filled]

    def _late(self, paper: Paper, month: Month, rng: random.Random) -> Upload:
        """Last month's list, filled now."""
        chosen = [row.number for row in paper.shown if rng.random() < 0.25]
        filled = {n: self.cells(n, rng.choice(("claim", "pending", "not_so", "exempt")), month.day(2), OFFICERS[1]) for n in chosen}
        return self._file(paper, filled, month.day(2), "late", None)

    def _file(self, paper: Paper, filled: dict[str, dict[str, Any]], on: date, why: str, foreign: Paper | None) -> Upload:
        target = self.folder / f"{self.county}-{on.isoformat()}-{why}.xlsx"
        strangers = _fill(paper, filled, target, foreign) if filled else 0
        return Upload(target, on, self.county, why, filled, strangers)


def _fill(paper: Paper, filled: Mapping[str, Mapping[str, Any]], target: Path, foreign: Paper | None) -> int:
    """Write answers into a copy of the list; rows of a foreign list go below the first sheet's, answered. How many."""
    book = openpyxl.load_workbook(paper.path)
    end, pasted = 0, 0
    for row in paper.shown:
        sheet = book[row.sheet]
        for name, value in filled.get(row.number, {}).items():
            sheet.cell(row.row, columns(sheet)[name]).value = value
    if foreign is not None:
        source = openpyxl.load_workbook(foreign.path)
        for row in [row for row in foreign.shown if row.sheet == foreign.shown[0].sheet][:2]:
            sheet, old = book[row.sheet], source[row.sheet]
            end = max(end, sheet.max_row) + 1
            at = columns(sheet)
            for name, column in columns(old).items():
                sheet.cell(end, at[name]).value = old.cell(row.row, column).value
            sheet.cell(end, at[returns.ANSWER]).value = "属实待整改"
            pasted += 1
    book.save(target)
    return pasted
