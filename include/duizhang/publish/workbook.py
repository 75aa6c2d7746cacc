"""The county's workbook, from the report model only: cover, list, file questions, standing items, instructions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.core import returns
from duizhang.publish.cover import write_cover, write_guide
from duizhang.publish.model import FILE_SHEET, LIST_SHEET, CountyReport, FileLine, Line, Standing
from duizhang.publish.styles import Styles, lines, workbook_options
from duizhang.publish.words import source_text

_ANSWERS = (
    (returns.ANSWER + returns.DROP_DOWN_MARK, 12), (returns.NOTE, 15), (returns.ANSWERED_BY, 8),
    (returns.CHECKED_ON, 10.5), (returns.APPROVED_BY, 8),
)  # fmt: skip
# What filter and return need and paper does not: right of the printed part.
_FILTER = ("指标", 9)
_TAIL = ((returns.NUMBER, 16), (returns.TOKEN, 15))
_TAIL_TITLES = frozenset(title for title, _ in _TAIL)
# Widths are in characters; the printed part (up to the answers) fits the width of a landscape A4 page.
LIST_COLUMNS = (
    ("序号", 5), ("乡镇", 7.5), ("村", 7.5), ("户编号", 15.5), ("户主姓名", 7.5), ("姓名", 7.5), ("证件号码", 17.5),
    ("问题", 21), ("国家系统登记", 16), ("部门/入户登记", 17), ("怎么改、到哪里改", 23), ("类别", 5.5), ("来源", 9.5),
    ("期限", 10.5), ("状态", 9), ("上次回复", 18), *_ANSWERS, ("连带问题", 20), _FILTER, *_TAIL,
)  # fmt: skip
FILE_COLUMNS = (
    ("序号", 5), ("部门", 14), ("账册", 20), ("问题", 30), ("情况", 26), ("怎么改", 32), ("类别", 5.5), ("来源", 9.5),
    ("期限", 10.5), ("状态", 9), ("上次回复", 18), *_ANSWERS, _FILTER, *_TAIL,
)  # fmt: skip
_NARROW = {"上次回复": 6.0, "来源": 8.0}  # where no row has more to say than this
STANDING_COLUMNS = (
    ("序号", 5), ("乡镇", 10), ("村", 10), ("户编号", 20), ("户主姓名", 10), ("姓名", 10), ("问题", 36), ("情况", 34),
    ("上次回复", 14), ("日期", 11), ("来源", 16), ("指标", 9), ("编号", 22),
)  # fmt: skip


def render_workbook(report: CountyReport, path: Path) -> None:
    """Write `report` to `path` (.xlsx). The same model gives the same cells: no clock is read."""
    with xlsxwriter.Workbook(str(path), workbook_options()) as book:
        book.set_properties(
            {
                "title": f"对账清单 {report.name} {report.cycle}",
                "author": "duizhang",
                "created": datetime(report.as_of.year, report.as_of.month, report.as_of.day),
            }
        )
        styles = Styles(book)
        write_cover(book.add_worksheet("封面"), styles, report)
        _list(book.add_worksheet(LIST_SHEET), styles, report)
        if not report.town:
            _files(book.add_worksheet(FILE_SHEET), styles, report)
        if report.waiting:
            _standing(book.add_worksheet("已回复待销号"), styles, report, report.waiting, "回复日期")
        _standing(book.add_worksheet("本期已销号"), styles, report, report.closed, "销号日期")
        write_guide(book.add_worksheet("填写说明"), styles, report)


def _list(sheet: Any, styles: Styles, report: CountyReport) -> None:
    columns = _fitted(LIST_COLUMNS, report.lines)
    _frame(sheet, styles, report, columns, len(report.lines), frozen=7)
    band, last = 0, None
    for at, line in enumerate(report.lines, 1):
        place = line.household or (line.town, line.village_name, line.name)
        band, last = band ^ (last is not None and place != last), place
        _row(sheet, styles, at, _list_cells(line, report.as_of), columns, band, line.severity)


def _fitted(columns: Sequence[tuple[str, float]], lines: Sequence[Line | FileLine]) -> tuple[tuple[str, float], ...]:
    """The columns, narrow where nobody has answered yet or nobody above asks: paper is scarce."""
    wide = {"上次回复": any(line.last_answer for line in lines), "来源": any(s.due_on for line in lines for s in line.sources)}
    return tuple((title, _NARROW[title] if title in wide and not wide[title] else width) for title, width in columns)


def _list_cells(line: Line, as_of: date) -> list[int | str]:
    return [
        line.seq, line.town_name, line.village_name, line.household, line.head_name, line.name, line.id_number,
        line.question, line.national, line.others, f"{line.remedy}\n▸ {line.fix_at}", line.severity,
        source_text(line.sources, as_of), line.due_on.isoformat(), line.status, line.last_answer,
        "", "", "", "", "", "\n".join(line.notes), line.code, line.number, line.token,
    ]  # fmt: skip


def _files(sheet: Any, styles: Styles, report: CountyReport) -> None:
    columns = _fitted(FILE_COLUMNS, report.file_lines)
    _frame(sheet, styles, report, columns, len(report.file_lines), frozen=3)
    for at, line in enumerate(report.file_lines, 1):
        _row(sheet, styles, at, _file_cells(line, report.as_of), columns, line.seq % 2 == 0, line.severity)


def _file_cells(line: FileLine, as_of: date) -> list[int | str]:
    return [
        line.seq, line.department, line.book, line.question, line.detail, line.remedy, line.severity,
        source_text(line.sources, as_of), line.due_on.isoformat(), line.status, line.last_answer,
        "", "", "", "", "", line.code, line.number, line.token,
    ]  # fmt: skip


def _standing(sheet: Any, styles: Styles, report: CountyReport, rows: Sequence[Standing], date_title: str) -> None:
    columns = tuple((date_title if title == "日期" else title, width) for title, width in STANDING_COLUMNS)
    _frame(sheet, styles, report, columns, len(rows), frozen=6)
    for at, row in enumerate(rows, 1):
        cells: list[int | str] = [
            at, row.town_name, row.village_name, row.household, row.head_name, row.name, row.title, row.situation,
            row.answer, row.on.isoformat() if row.on else "", source_text(row.sources, report.as_of), row.code, row.number,
        ]  # fmt: skip
        _row(sheet, styles, at, cells, columns, at % 2 == 0, "")


def _frame(
    sheet: Any, styles: Styles, report: CountyReport, columns: Sequence[tuple[str, float]], rows: int, frozen: int
) -> None:
    """Header, widths, filter, panes, print set-up, and where there are answer columns their drop-down."""
    titles = [title for title, _ in columns]
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, styles.header(title))
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.55)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    printed = titles.index(returns.APPROVED_BY) + 1 if returns.NUMBER in titles else len(columns)
    sheet.print_area(0, 0, max(rows, 1), printed - 1)
    sheet.set_header(f"&L&9{report.name}  {report.cycle}  {sheet.get_name()}&R&9内部资料 注意保密")
    sheet.set_footer(f"&L&9数据截至 {report.as_of.isoformat()}&R&9第 &P 页 共 &N 页")
    if returns.NUMBER in titles and rows:
        _validate(sheet, titles, rows)


def _validate(sheet: Any, titles: Sequence[str], rows: int) -> None:
    answer, note = (titles.index(name) for name in (returns.ANSWER + returns.DROP_DOWN_MARK, returns.NOTE))
    day = titles.index(returns.CHECKED_ON)
    sheet.data_validation(
        1, answer, rows, answer,
        {
            "validate": "list",
            "source": list(returns.ANSWERS),
            "error_title": "请从下拉框中选",
            "error_message": "核查结果只能选：" + "、".join(returns.ANSWERS),
        },
    )  # fmt: skip
    sheet.data_validation(
        1, note, rows, note,
        {"validate": "any", "input_title": "核查说明", "input_message": "选“不属实”或“情况说明”时必须填写。说明里不要抄写其他部门的数据"},
    )  # fmt: skip
    sheet.data_validation(
        1, day, rows, day,
        {"validate": "any", "input_title": "核查日期", "input_message": "写成 2026-10-28 的样子，不晚于交回那天"},
    )  # fmt: skip


def _row(
    sheet: Any,
    styles: Styles,
    at: int,
    cells: Sequence[int | str],
    columns: Sequence[tuple[str, float]],
    band: bool | int,
    severity: str,
) -> None:
    """One row; every text by write_string, so that no value can become a formula, a number or a link."""
    shade = bool(band)
    for column, (cell, (title, _)) in enumerate(zip(cells, columns, strict=True)):
        if isinstance(cell, int):
            sheet.write_number(at, column, cell, styles.number(shade))
        elif title.removesuffix(returns.DROP_DOWN_MARK) in returns.ANSWER_COLUMNS:
            sheet.write_blank(at, column, None, styles.answer)
        elif title in _TAIL_TITLES:
            sheet.write_string(at, column, cell, styles.tail(shade))
        elif title == "类别":
            sheet.write_string(at, column, cell, styles.severity(severity, shade))
        else:
            style = styles.digits if title in ("户编号", "证件号码") else styles.text
            sheet.write_string(at, column, cell, style(shade))
    tail = len(_TAIL) if severity else 0  # the tail is small print and never asks for more height
    heights = [lines(str(cell), width) for cell, (_, width) in zip(cells, columns[: len(columns) - tail], strict=False)]
    sheet.set_row(at, min(14.5 * max(heights) + 3, 400))
