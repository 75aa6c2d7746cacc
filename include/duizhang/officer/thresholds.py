"""Parameters as a plain table that an officer edits: out of indicators.yaml, and back into `<home>/indicators.yaml` whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from duizhang.contracts import limits
from duizhang.contracts.limits import key
from duizhang.contracts.load import Book, load_book
from duizhang.contracts.parameters import FILE, Threshold, load_thresholds, project_thresholds
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.errors import FeedProblem
from duizhang.core.external import write_text
from duizhang.core.settings import Settings
from duizhang.core.writing import writes
from duizhang.officer.cells import MARK, Table, entry, table_of, where
from duizhang.officer.official import Grid
from duizhang.officer.sheets import Sheet, write
from duizhang.officer.states import changes, mark, since_export, state, state_line

COLUMNS = {"参数名": 22, "值": 12, "单位": 10, "地区": 8, "起": 12, "止": 12, "出处": 36, "性质": 8, "说明": 44, "用到的指标": 30, "在哪里": 10}
COLUMNS |= {"容许范围（推）": 16, MARK: 12}
_OPEN = frozenset({"值", "单位", "地区", "起", "止", "出处", "性质", "说明"})
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
    """Rows of the table, how many of them differ from the project's and stand in the home's file, the project's that it left out, and one
    line for each entry that this import added, changed or removed."""

    rows: int
    own: int
    left_out: int
    path: Path
    changes: tuple[str, ...]


class Refused(FeedProblem):
    """The table was not taken; nothing was written."""

    def __init__(self, sheet: str, refusals: Sequence[Refusal]) -> None:
        self.sheet, self.refusals = sheet, tuple(refusals)
        told = "；".join(f"第 {one.row} 行：{one.reason}" for one in refusals)
        super().__init__(f"{where(sheet)}参数表没有收，{len(refusals)} 行不对：{told}", action="改好后再导入，原来的参数没有动。")


class Stale(FeedProblem):
    """The table was exported from other parameters than those of now; nothing was written. `since`: one line for each difference."""

    def __init__(self, reason: str, since: Sequence[str]) -> None:
        self.reason, self.since = reason, tuple(since)
        super().__init__(
            f"参数表没有收，{reason}{'：' if since else ''}{'；'.join(since)}。",
            action="重新导出一份，把改动填上再导入；确定以这份为准的，加 --anyway。原来的参数没有动。",
        )


def used_by(rules: Iterable[Rule]) -> dict[str, list[str]]:
    """Parameter → codes of the rules whose condition reads it (its value of this year, or of the year before)."""
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        names = {column.removeprefix("参数_").removeprefix("上年_") for column in rule.columns if column.startswith("参数_")}
        for name in sorted(names):
            found[name].append(rule.code)
    return found


def export_table(settings: Settings, path: Path) -> int:
    """Write every entry that is valid here, the project's and the home's, as a workbook; how many rows. An existing file stays.

    The table carries the state that it was made from: above the header as a whole, and of each row.
    """
    if path.exists():
        raise FeedProblem("要写的文件已经在了，没有覆盖。", action="换一个文件名。")
    ours = project_thresholds(settings)
    mine = {key(one): one for one in ours}
    users = used_by(load_catalogue(settings))
    found = sorted(load_thresholds(settings), key=key)
    known = limits.meanings(settings, load_book(settings), ours, {one.name for one in found})
    rows = [
        (*_row(one, users.get(one.name, []), "自带" if mine.get(key(one)) == one else "本地"), known[one.name].range, mark(one)) for one in found
    ]
    above = (_ABOVE[0], _ABOVE[1] + state_line(found))
    write(path, "口径参数", [Sheet("口径参数", COLUMNS, rows, _OPEN, above)])
    return len(rows)


def _row(one: Threshold, users: Sequence[str], place: str) -> tuple[str, ...]:
    value = ("是" if one.value else "否") if isinstance(one.value, bool) else str(one.value)
    until = one.until.isoformat() if one.until else ""
    return (one.name, value, one.unit, one.place, one.since.isoformat(), until, one.source, one.nature, one.about, "、".join(users), place)


@writes
def import_table(settings: Settings, book: Book, grids: Sequence[Grid], anyway: bool = False) -> Imported:
    """Take the table of `grids` and write `<home>/indicators.yaml`: the rows that are not the project's own.

    Raises Refused, with every row that is wrong and why; Stale where the parameters have changed since the table was exported (it would
    undo that; with `anyway` it may) and the table changes something; FeedProblem where there is no table. Nothing is written then.
    """
    table, ours, before = table_of(grids), project_thresholds(settings), load_thresholds(settings)
    known = limits.meanings(settings, book, ours, {said["参数名"] for said in table.rows.values()} | {one.name for one in before})
    known |= {one.name: limits.Meaning(limits.kind_of(one.value)) for one in before if not known[one.name].kind}
    taken = _taken(table, ours, known)
    mine = {key(one): one for one in ours}
    own = sorted((one for one in taken if key(one) not in mine or mark(mine[key(one)]) != mark(one)), key=key)
    told = changes(before, {key(one): one for one in (*ours, *own)}.values(), known)
    if told and not anyway:
        _refuse_stale(table, before, known)
    path = settings.home / FILE
    if told:
        write_text(path, _yaml(own))
    return Imported(len(taken), len(own), len(mine.keys() - {key(one) for one in taken}), path, told)


def _taken(table: Table, ours: Sequence[Threshold], known: dict[str, limits.Meaning]) -> list[Threshold]:
    taken: dict[int, Threshold] = {}
    refusals: list[tuple[int, str]] = []
    for n, said in table.rows.items():
        found = entry(said, known)
        if isinstance(found, Threshold):
            taken[n] = found
        else:
            refusals.append((n, found))
    refusals += limits.wrong(taken, ours, known)
    if refusals:
        raise Refused(table.sheet, [Refusal(*one) for one in sorted(refusals)])
    return list(taken.values())


def _refuse_stale(table: Table, now: Sequence[Threshold], known: dict[str, limits.Meaning]) -> None:
    if not table.state:
        raise Stale("表头上面没有“导出状态”，看不出是照哪时的参数改的", ())
    if table.state != state(now):
        raise Stale("导出以后参数又改过", since_export(now, table.rows.values(), MARK, known))


def _yaml(entries: Sequence[Threshold]) -> str:
    head = "# Parameters of this home, over the project's (duizhang parameters import; include/duizhang/contracts/parameters.py).\n"
    lines = []
    for one in entries:
        said = {"name": one.name, "value": one.value, "unit": one.unit, "place": one.place, "from": one.since, "to": one.until}
        said |= {"source": one.source, "nature": one.nature, "about": one.about}
        lines.append("- " + yaml.safe_dump(said, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip() + "\n")
    return head + ("".join(lines) or "[]\n")
