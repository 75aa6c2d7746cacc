"""入户单: a sheet a village and a block a household, to be printed and written on by hand; an index in front."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.publish import model
from duizhang.publish.model import LIST_SHEET, CountyReport, Line
from duizhang.publish.styles import Styles, lines, workbook_options
from duizhang.publish.visits import Village, Visit, villages

INDEX = "目录"
SEQ = "清单序号"
COLUMNS = ((SEQ, 6), ("问什么", 22.5), ("谁", 8), ("系统怎么记", 17), ("部门或上次入户怎么记", 18.5), ("看到什么（手写）", 20))
NOT_HERE = f"这张单只供入户时看和手写，打在这里的字不收。核完把结果填进“{LIST_SHEET}”里同一序号的那一行。"
HAND = "□ 同系统　□ 同部门\n□ 都不对，实际："
HAND_ONE = "□ 记得对　□ 不对\n实际："
SIGNATURE = "户主（或在家成员）签名：____________　核查人：____________、____________　____年__月__日　□ 家里没人"
_LINE, _HAND_HEIGHT = 14.5, 50  # points: a line of 10 pt, and room to write in
_PAGE = 742.0  # points of an A4 page between the margins set below, with a little to spare
_TOP = (26.0, 17.0, 31.0)  # title, note, header: repeated on every page
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST = 31


def render_visits(report: CountyReport, path: Path) -> None:
    """Write the visit sheets of `report` to `path` (.xlsx). The same model gives the same cells: no clock is read."""
    found = villages(report)
    with xlsxwriter.Workbook(str(path), workbook_options()) as book:
        book.set_properties(
            {
                "title": f"入户单 {report.name} {report.cycle}",
                "author": "duizhang",
                "created": datetime(report.as_of.year, report.as_of.month, report.as_of.day),
            }
        )
        styles = Styles(book)
        sheets = sheet_names([village for village in found if village.visits])
        _index(book.add_worksheet(INDEX), styles, report, found, sheets)
        for village in found:
            if village.visits:
                _Sheet(book.add_worksheet(sheets[village.town, village.name]), styles, report).write(village)


def sheet_names(found: Iterable[Village]) -> dict[tuple[str, str], str]:
    """(town, village) → a sheet name that Excel takes: ≤ 31 characters, none forbidden, no two alike whatever their case."""
    found = list(found)
    plain = Counter(_safe(village.name).casefold() for village in found)
    taken = {INDEX.casefold(), "history"}
    names: dict[tuple[str, str], str] = {}
    for village in found:
        alone = plain[_safe(village.name).casefold()] == 1
        wanted = _safe(village.name if alone else f"{village.name}（{village.town_name}）")
        name, at = wanted, 2
        while name.casefold() in taken:
            name = f"{wanted[: _LONGEST - len(str(at)) - 1]}~{at}"
            at += 1
        taken.add(name.casefold())
        names[village.town, village.name] = name
    return names


def _safe(name: str) -> str:
    return _FORBIDDEN.sub("_", name)[:_LONGEST].strip("'") or "_"


def _page(sheet: Any, styles: Styles, report: CountyReport) -> None:
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.35, top=0.55, bottom=0.6)
    sheet.hide_gridlines(2)
    sheet.set_header("&R&8内部资料，含个人信息，注意保密")
    sheet.set_footer(f"&L&8{report.name}  {report.cycle}  &A&R&8第 &P 页 共 &N 页")


def _index(
    sheet: Any, styles: Styles, report: CountyReport, found: tuple[Village, ...], sheets: dict[tuple[str, str], str]
) -> None:
    _page(sheet, styles, report)
    sheet.fit_to_pages(1, 0)
    widths = (14, 20, 10, 10, 14, 24)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    asked, homes = sum(village.asked for village in found), sum(len(village.visits) for village in found)
    desk: Counter[str] = Counter()
    for village in found:
        desk.update(dict(village.desk))
    files = len(report.file_lines)
    at = _wide(sheet, styles, 0, f"{report.name}  {report.cycle} 期入户单", bold=True, font_size=16)
    at = _wide(sheet, styles, at, f"{asked} 个问题，{homes} 户人家（一户一次问完）", bold=True, font_size=12)
    at = _wide(sheet, styles, at, NOT_HERE)
    at = _wide(sheet, styles, at, "一村一张表，户按自然村（组）排，没有登记自然村的排在后面，按户编号排。户主和人口以国家系统为准。")
    at = _wide(sheet, styles, at, f"另有 {sum(desk.values()) + files} 个问题不用入户：" if desk or files else "没有不用入户的问题。")
    for reason, count in (*sorted(desk.items()), *([("报送文件的问题，由报送部门重报", files)] if files else [])):
        at = _wide(sheet, styles, at, f"　　{count} 个：{reason}")
    at += 1
    for column, title in enumerate(("乡镇", "村", "问题（个）", "户数", "不用入户（个）", "表名")):
        sheet.write_string(at, column, title, styles.header(title))
    sheet.repeat_rows(at)
    for row, village in enumerate(found, at + 1):
        name = sheets.get((village.town, village.name), "—（不用入户）")
        cells: tuple[str | int, ...] = (
            village.town_name, village.name, village.asked, len(village.visits), sum(n for _, n in village.desk), name,
        )  # fmt: skip
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, styles.number(False))
            else:
                sheet.write_string(row, column, cell, styles.text(False))
        sheet.set_row(row, _LINE * max(lines(str(cell), width) for cell, width in zip(cells, widths, strict=True)) + 4)


def _wide(sheet: Any, styles: Styles, at: int, text: str, **look: Any) -> int:
    style = styles.make(text_wrap=True, valign="vcenter", num_format="@", **look)
    sheet.merge_range(at, 0, at, len(COLUMNS) - 1, "", style)
    sheet.write_string(at, 0, text, style)
    size = look.get("font_size", 10)
    sheet.set_row(at, size * 1.6 * lines(text, 90 * 10 / size) + 4)
    return at + 1


class _Sheet:
    """Writes one village down its sheet; `at` is the next free row, `used` the points of the page that are taken."""

    def __init__(self, sheet: Any, styles: Styles, report: CountyReport) -> None:
        self.sheet, self.styles, self.report = sheet, styles, report
        self.at, self.used, self.breaks = 0, 0.0, list[int]()
        self.border = styles.make(border=1, text_wrap=True, valign="top", num_format="@", font_size=9.5)
        self.middle = styles.make(border=1, text_wrap=True, valign="vcenter", num_format="@", font_size=9.5)
        self.centre = styles.make(border=1, valign="vcenter", align="center", font_size=9.5)
        self.hand = styles.make(border=1, text_wrap=True, valign="top", num_format="@", font_size=9, font_color="#52606D")
        self.home = styles.make(border=1, bold=True, valign="vcenter", num_format="@", bg_color="#E8EEF4", text_wrap=True)
        self.sign = styles.make(border=1, valign="vcenter", num_format="@", font_size=9.5)

    def write(self, village: Village) -> None:
        """The village's title, and a block a household; a block that does not fit goes to the next page."""
        _page(self.sheet, self.styles, self.report)
        for column, (_, width) in enumerate(COLUMNS):
            self.sheet.set_column(column, column, width)
        self._head(village)
        for visit in village.visits:
            self._block(visit)
        self.sheet.repeat_rows(0, len(_TOP) - 1)
        self.sheet.set_h_pagebreaks(self.breaks)
        self.sheet.print_area(0, 0, self.at - 1, len(COLUMNS) - 1)

    def _head(self, village: Village) -> None:
        place = village.name if village.town_name in village.name else f"{village.town_name} {village.name}".strip()
        title = f"{place}　{self.report.cycle} 期入户单　{village.asked} 个问题，{len(village.visits)} 户人家"
        self._wide(title, self.styles.make(bold=True, font_size=14, valign="vcenter", num_format="@"), _TOP[0])
        self._wide(NOT_HERE, self.styles.make(font_size=9, valign="vcenter", font_color="#B42318", num_format="@"), _TOP[1])
        for column, (name, _) in enumerate(COLUMNS):
            self.sheet.write_string(self.at, column, name.replace(SEQ, "清单\n序号"), self.styles.header(name))
        self.sheet.set_row(self.at, _TOP[2])
        self.at, self.used = self.at + 1, sum(_TOP)

    def _wide(self, text: str, style: Any, height: float) -> None:
        self.sheet.merge_range(self.at, 0, self.at, len(COLUMNS) - 1, "", style)
        self.sheet.write_string(self.at, 0, text, style)
        self.sheet.set_row(self.at, height)
        self.at += 1

    def _block(self, visit: Visit) -> None:
        title = _title(visit)
        top = _LINE * lines(title, 94) + 8
        heights = [_heights(group) for group in visit.questions]
        whole = top + sum(sum(rows) for rows in heights) + 26 + 6
        if self.used + whole > _PAGE and self.used > sum(_TOP):
            self._new_page()
        self.used += top
        self._wide(title, self.home, top)
        for group, rows in zip(visit.questions, heights, strict=True):
            if self.used + sum(rows) + 26 > _PAGE:  # a household longer than a page: never within a question
                self._new_page()
            self._question(group, rows)
            self.used += sum(rows)
        self._wide(SIGNATURE, self.sign, 26)
        self.sheet.set_row(self.at, 6)
        self.at, self.used = self.at + 1, self.used + 32

    def _new_page(self) -> None:
        self.breaks.append(self.at)
        self.used = sum(_TOP)

    def _question(self, group: tuple[Line, ...], rows: list[float]) -> None:
        """One question; a row a person it is asked about."""
        asked = _asked(group)
        if len(group) > 1:
            self.sheet.merge_range(self.at, 1, self.at + len(group) - 1, 1, "", self.border)
        self.sheet.write_string(self.at, 1, asked, self.border)
        for line, height in zip(group, rows, strict=True):
            self.sheet.write_number(self.at, 0, line.seq, self.centre)
            for column, cell in enumerate((_who(line), line.national, line.others), 2):
                self.sheet.write_string(self.at, column, cell, self.middle if column == 2 else self.border)
            both = line.national != "—" and line.others != "—"
            self.sheet.write_string(self.at, 5, HAND if both else HAND_ONE, self.hand)
            self.sheet.set_row(self.at, height)
            self.at += 1


def _title(visit: Visit) -> str:
    parts = [
        visit.hamlet,
        f"户主：{visit.head_name or '（无）'}",
        f"户编号：{visit.household}" if visit.household else "没有户编号",
        f"人口：{visit.members}" if visit.members is not None else "",
        f"本户 {len(visit.lines)} 个问题，最早 {min(line.due_on for line in visit.lines).isoformat()} 前答",
    ]
    return "□ " + "　".join(part for part in parts if part)


def _who(line: Line) -> str:
    return line.name or line.head_name or "全户"


def _asked(group: tuple[Line, ...]) -> str:
    """The question, before it whether it came back or from above; for more than one person it is asked once."""
    first = group[0]
    marks = [f"【{first.severity}】"]
    if any(line.status.startswith(model.RETURNED) for line in group):
        marks.append("【退回】")
    above = dict.fromkeys(source.word for line in group for source in line.sources if source.word != model.OUR_CHECK)
    return "".join([*marks, *(f"【{word}】" for word in above), first.question])


def _heights(group: tuple[Line, ...]) -> list[float]:
    """Points of each row of a question: what its cells take, room to write, and together enough for the question."""
    widths = [width for _, width in COLUMNS]
    rows = [
        max(_LINE * max(lines(cell, widths[column]) for column, cell in enumerate((_who(line), line.national, line.others), 2)) + 4,
            float(_HAND_HEIGHT))
        for line in group
    ]  # fmt: skip
    short = _LINE * lines(_asked(group), widths[1]) + 4 - sum(rows)
    rows[-1] += max(short, 0.0)
    return [min(height, 400.0) for height in rows]


