"""The county's workbook, from the report model only: cover, list, file questions, standing items, instructions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.core import returns
from duizhang.publish.cover import write_cover, write_guide
from duizhang.publish.model import FILE_SHEET, LIST_SHEET, CountyReport, FileLine, Line, Standing
from duizhang.publish.styles import Styles, lines

_ANSWERS = (
    (returns.ANSWER + returns.DROP_DOWN_MARK, 12), (returns.NOTE, 15), (returns.ANSWERED_BY, 8),
    (returns.CHECKED_ON, 10.5), (returns.APPROVED_BY, 8),
)  # fmt: skip
_TAIL = ((returns.NUMBER, 16), (returns.TOKEN, 15))
# Widths are in characters; the printed part (all but the tail) fits the width of a landscape A4 page.
LIST_COLUMNS = (
    ("序号", 5), ("乡镇", 8), ("村", 8), ("户编号", 15), ("户主姓名", 8), ("姓名", 8), ("证件号码", 17),
    ("问题", 21), ("国家系统登记", 17), ("部门/入户登记", 18), ("怎么改", 21), ("到哪里改", 13), ("类别", 5.5),
    ("期限", 10), ("状态", 9), ("连带问题", 15), ("指标", 8.5), *_ANSWERS, *_TAIL,
)  # fmt: skip
FILE_COLUMNS = (
    ("序号", 5), ("部门", 14), ("账册", 20), ("问题", 30), ("情况", 26), ("怎么改", 34), ("类别", 5.5), ("期限", 10.5),
    ("状态", 9), ("指标", 8.5), *_ANSWERS, *_TAIL,
)  # fmt: skip
STANDING_COLUMNS = (
    ("序号", 5), ("乡镇", 10), ("村", 10), ("户编号", 20), ("户主姓名", 10), ("姓名", 10), ("问题", 36), ("情况", 34),
    ("上次回复", 14), ("日期", 11), ("指标", 9), ("编号", 22),
)  # fmt: skip


def render_workbook(report: CountyReport, path: Path) -> None:
    """Write `report` to `path` (.xlsx). The same model gives the same cells: no clock is read."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(str(path), options) as book:
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
        _files(book.add_worksheet(FILE_SHEET), styles, report)
        if report.waiting:
            _standing(book.add_worksheet("已回复待销号"), styles, report, report.waiting, "回复日期")
        _standing(book.add_worksheet("本期已销号"), styles, report, report.closed, "销号日期")
        write_guide(book.add_worksheet("填写说明"), styles, report)


def _list(sheet: Any, styles: Styles, report: CountyReport) -> None:
    _frame(sheet, styles, report, LIST_COLUMNS, len(report.lines), frozen=7)
    band, last = 0, None
    for line in report.lines:
        place = line.household or (line.town, line.village_name, line.name)
        band, last = band ^ (last is not None and place != last), place
        _row(sheet, styles, line.row - 1, _list_cells(line), LIST_COLUMNS, band, line.severity)


def _list_cells(line: Line) -> list[int | str]:
    return [
        line.seq, line.town_name, line.village_name, line.household, line.head_name, line.name, line.id_number,
        line.question, line.national, line.others, line.remedy, line.fix_at, line.severity, line.due_on.isoformat(),
        line.status, "\n".join(line.notes), line.code, "", "", "", "", "", line.number, line.token,
    ]  # fmt: skip


def _files(sheet: Any, styles: Styles, report: CountyReport) -> None:
    _frame(sheet, styles, report, FILE_COLUMNS, len(report.file_lines), frozen=3)
    for line in report.file_lines:
        _row(sheet, styles, line.row - 1, _file_cells(line), FILE_COLUMNS, line.seq % 2 == 0, line.severity)


def _file_cells(line: FileLine) -> list[int | str]:
    return [
        line.seq, line.department, line.book, line.question, line.detail, line.remedy, line.severity,
        line.due_on.isoformat(), line.status, line.code, "", "", "", "", "", line.number, line.token,
    ]  # fmt: skip


def _standing(sheet: Any, styles: Styles, report: CountyReport, rows: Sequence[Standing], date_title: str) -> None:
    columns = tuple((date_title if title == "日期" else title, width) for title, width in STANDING_COLUMNS)
    _frame(sheet, styles, report, columns, len(rows), frozen=6)
    for at, row in enumerate(rows, 1):
        cells: list[int | str] = [
            at, row.town_name, row.village_name, row.household, row.head_name, row.name, row.title, row.situation,
            row.answer, row.on.isoformat() if row.on else "", row.code, row.number,
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
    printed = titles.index(returns.NUMBER) if returns.NUMBER in titles else len(columns)
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
        {"validate": "any", "input_title": "核查说明", "input_message": "选“不属实”或“情况说明”时必须填写"},
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
        elif title in (returns.NUMBER, returns.TOKEN):
            sheet.write_string(at, column, cell, styles.tail(shade))
        elif title == "类别":
            sheet.write_string(at, column, cell, styles.severity(severity, shade))
        else:
            style = styles.digits if title in ("户编号", "证件号码") else styles.text
            sheet.write_string(at, column, cell, style(shade))
    tail = len(_TAIL) if severity else 0  # the tail is small print and never asks for more height
    heights = [lines(str(cell), width) for cell, (_, width) in zip(cells, columns[: len(columns) - tail], strict=False)]
    sheet.set_row(at, min(14.5 * max(heights) + 3, 400))
