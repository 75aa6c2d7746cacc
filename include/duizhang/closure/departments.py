"""部门更正单: what a county says is a department's error, one file a department and county: nobody sees another county's people.

A department sees the person's name, number and place, what its own books say, and what the county says of it: never a value
of another department's book or of the national one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.closure.veil import veiled
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.catalogue import Rule
from duizhang.officer.page import Cell, Page, workbook

COVER, LINES, FILES = "说明", "请更正的登记", "文件问题"
NO_NOTE = "（县里没有写说明，请向县里经办人了解）"
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One entry of a department's book that the county says is wrong."""

    town_name: str
    village_name: str
    name: str
    id_number: str
    own: str
    says: str
    since: date
    deliveries: int
    number: str


@dataclass(frozen=True)
class FileLine:
    """One thing wrong with a file that the department delivered."""

    book: str
    severity: str
    question: str
    detail: str
    remedy: str
    since: date
    number: str


@dataclass(frozen=True)
class DepartmentList:
    """What one department has to correct for one county."""

    owner: str
    county: str
    county_name: str
    cycle: str
    as_of: date
    contact: str
    lines: tuple[Line, ...]
    files: tuple[FileLine, ...]


@dataclass(frozen=True)
class Addressed:
    """A county's lists by owner, and how many of its items no department's book stands behind."""

    lists: tuple[DepartmentList, ...]
    without: int


def address(
    county: str,
    name: str,
    items: Iterable[Item],
    files: Iterable[Item],
    book: Book,
    rules: Mapping[str, Rule],
    cycle: str,
    as_of: date,
    contact: str,
) -> Addressed:
    """Sort `items` (rows of `ledger.department_items`) and `files` (open items about deliveries) of a county by department.

    An item goes to every department whose book its evidence shows; where the county's note names some of them, to those
    alone. An item whose evidence shows no department's book is counted in `without`.
    """
    lines: dict[str, list[Line]] = defaultdict(list)
    told: dict[str, list[FileLine]] = defaultdict(list)
    without = 0
    for item in items:
        if item["code"] in rules and rules[item["code"]].subject == "delivery":
            continue  # asked as what is wrong with the file
        owners = owners_of(item, book.of_departments)
        without += not owners
        for owner in owners:
            lines[owner].append(_line(item, owner, book.of_departments))
    for item in files:
        contract = book.by_feed.get(str(item["body"].get("subject_key") or "").partition("|")[0])
        if contract is not None and item["code"] in rules:
            told[contract.owner].append(_file_line(item, contract, rules[item["code"]]))
    lists = tuple(
        DepartmentList(
            owner, county, name, cycle, as_of, contact,
            tuple(sorted(lines[owner], key=lambda line: (line.town_name, line.village_name, line.number))),
            tuple(sorted(told[owner], key=lambda line: (line.book, line.number))),
        )
        for owner in sorted({*lines, *told})
    )  # fmt: skip
    return Addressed(lists, without)


def _evidence(item: Item) -> list[Mapping[str, Any]]:
    found = item["body"].get("evidence")
    return list(json.loads(found) if isinstance(found, str) else found or ())


def _note(item: Item) -> str:
    return str((item.get("claim") or item.get("answer_body") or {}).get("核查说明") or "").strip()


def owners_of(item: Item, books: Mapping[str, Contract]) -> list[str]:
    """The departments that an item is addressed to, see `address`."""
    shown = {books[str(entry["账"])].feed: books[str(entry["账"])] for entry in _evidence(item) if str(entry["账"]) in books}
    note = _note(item)
    named = {c.owner for c in shown.values() if any(word in note for word in (c.owner, c.department, c.book, c.title))}
    return sorted(named or {contract.owner for contract in shown.values()})


def _line(item: Item, owner: str, books: Mapping[str, Contract]) -> Line:
    body = item["body"]
    mine: list[Item] = []
    others: list[Item] = []
    for entry in _evidence(item):
        contract = books.get(str(entry["账"]))
        (mine if contract is not None and contract.owner == owner else others).append(entry)
    known = {_text(body.get(name)) for name in ("姓名", "户主姓名", "证件号码", "town_name", "village_name")}
    known |= {_text(entry["值"]) for entry in mine}
    return Line(
        town_name=_text(body.get("town_name")),
        village_name=_text(body.get("village_name")),
        name=_text(body.get("姓名") or body.get("户主姓名")),
        id_number=_number(body.get("证件号码")),
        own="\n".join(f"{_label(str(e['列']))}：{_text(e['值']) or '（空）'}" for e in mine),
        says=veiled(_note(item), {_text(entry["值"]) for entry in others}, known) or NO_NOTE,
        since=item["answered_on"],
        deliveries=int(item["deliveries"]),
        number=str(item["number"]),
    )


def _file_line(item: Item, contract: Contract, rule: Rule) -> FileLine:
    national = {str(entry["账"]) for entry in _evidence(item)} - {contract.feed, contract.title, contract.book, *contract.tables, "", "文件"}
    detail = [f"{_label(str(e['列']))}：{_text(e['值'])}" for e in _evidence(item) if str(e["账"]) not in national]
    return FileLine(
        contract.book, rule.severity, rule.question, "\n".join(detail), rule.remedy, item["opened_on"], str(item["number"])
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: object) -> str:
    """The identity number alone: a disability certificate's number says kind and grade of it after the first 18 digits."""
    text = _text(value)
    return text[:18] if len(text) in (20, 22) else text


def _label(column: str) -> str:
    return column.removeprefix("参数_").replace("_", "")


def write_list(report: DepartmentList, path: Path) -> None:
    """Write the workbook of one department and county."""
    with workbook(path, f"部门更正单 {report.owner} {report.county_name} {report.cycle}", report.as_of) as book:
        _cover(Page(book, COVER, (12, 16, 16, 16, 16, 16)), report)
        if report.lines:
            _lines(Page(book, LINES, (5, 8, 9, 9, 9, 19, 26, 34, 11, 9, 17), landscape=True), report)
        if report.files:
            _files(Page(book, FILES, (5, 9, 16, 7, 30, 28, 30, 11, 17), landscape=True), report)


def _cover(page: Page, report: DepartmentList) -> None:
    page.wide(f"请{report.owner}更正的登记", bold=True, font_size=18, align="center")
    page.wide(
        f"部门更正单    {report.county_name}    {report.cycle} 期    数据截至 {report.as_of.isoformat()}    内部资料，含个人信息，注意保密",
        align="center", font_color="#52606D",
    )  # fmt: skip
    page.at += 1
    for text in _letter(report):
        page.wide(text, font_size=11)
    page.heading("条数")
    page.table((("县", 2), ("请更正的登记", 2), ("文件问题", 2)), [[report.county_name, len(report.lines), len(report.files)]])


def _letter(report: DepartmentList) -> list[str]:
    unchanged = sum(line.deliveries > 0 for line in report.lines)
    files = f"，另有 {len(report.files)} 条报送文件本身的问题（见“{FILES}”）" if report.files else ""
    return [
        f"{report.county_name}核查认为，贵单位账上有 {len(report.lines)} 条登记与实际不符{files}。"
        + (f"其中 {unchanged} 条在县里答复以后又报送过，仍未更正。" if unchanged else ""),
        "请做三件事：一、逐条核对本单位登记；二、确属登记有误的，在本单位业务系统改正；三、下次照常报送全部数据，不用另填本表。",
        "平台以贵单位下次报送的数据为准：改正的自动从本单消去，未改的继续列出并记次数。核对后认为本单位登记无误的，请直接告知县里经办人，由县里重新核查。",
        "本单只列一个县的姓名、证件号码、地点、本单位自己的登记和县里的说明，不含其他部门的登记。请按规定保管和销毁。",
        f"联系：{report.contact}",
    ]


def _lines(page: Page, report: DepartmentList) -> None:
    rows: list[list[Cell]] = [
        [at, report.county_name, line.town_name, line.village_name, line.name, line.id_number, line.own, line.says, line.since.isoformat(),
         line.deliveries, line.number]
        for at, line in enumerate(report.lines, 1)
    ]  # fmt: skip
    titles = ("序号", "县", "乡镇", "村", "姓名", "证件号码", "本单位登记", "县里核查情况", "县里答复日期", "又报送未改次数", "问题编号")
    page.table([(title, 1) for title in titles], rows)
    _print_setup(page, report, LINES)


def _files(page: Page, report: DepartmentList) -> None:
    rows: list[list[Cell]] = [
        [at, report.county_name, line.book, line.severity, line.question, line.detail, line.remedy, line.since.isoformat(), line.number]
        for at, line in enumerate(report.files, 1)
    ]
    titles = ("序号", "县", "账册", "类别", "问题", "情况", "怎么改", "发现日期", "问题编号")
    page.table([(title, 1) for title in titles], rows)
    _print_setup(page, report, FILES)


def _print_setup(page: Page, report: DepartmentList, name: str) -> None:
    page.sheet.set_header(f"&L&9部门更正单 {report.owner}  {report.county_name}  {report.cycle} 期  {name}")
    page.sheet.freeze_panes(1, 0)
    page.sheet.repeat_rows(0)
