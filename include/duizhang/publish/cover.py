"""Cover and instruction sheet of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duizhang.core import returns
from duizhang.publish import words
from duizhang.publish.model import CountyReport
from duizhang.publish.styles import Styles
from duizhang.publish.styles import lines as style_lines

_COLUMNS = 8
_WIDTHS = (12, 34, 11, 11, 11, 11, 12, 38)


class _Writer:
    """Writes blocks down a sheet; `at` is the next free row."""

    def __init__(self, sheet: Any, styles: Styles) -> None:
        self.sheet, self.styles, self.at = sheet, styles, 0

    def wide(self, text: str, *, lines: int = 1, **look: Any) -> None:
        """One text over the whole width; the cover is no data sheet, so its cells may be merged."""
        style = self.styles.make(text_wrap=True, valign="vcenter", num_format="@", **look)
        self.sheet.merge_range(self.at, 0, self.at, _COLUMNS - 1, "", style)
        self.sheet.write_string(self.at, 0, text, style)
        self.sheet.set_row(self.at, 18 * max(lines, style_lines(text, (sum(_WIDTHS) - 6) * 10 / look.get("font_size", 10))))
        self.at += 1

    def heading(self, text: str) -> None:
        """A section's title."""
        self.at += 1
        self.wide(text, bold=True, font_size=12, font_color="#1F4E79", bottom=2)

    def table(self, header: Sequence[tuple[str, int]], rows: Sequence[Sequence[str | int]], empty: str) -> None:
        """A table from column A, its columns as wide as the header says; `empty` says what no row means."""
        if not rows:
            self.wide(empty)
            return
        self._line([title for title, _ in header], [span for _, span in header], self.styles.header(""))
        for row in rows:
            self._line(row, [span for _, span in header], None)

    def _line(self, row: Sequence[str | int], spans: Sequence[int], style: Any) -> None:
        start, need = 0, 1
        for cell, span in zip(row, spans, strict=True):
            end = start + span - 1
            look = style or (self.styles.number(False) if isinstance(cell, int) else self.styles.text(False))
            if span > 1:
                self.sheet.merge_range(self.at, start, self.at, end, "", look)
            write = self.sheet.write_number if isinstance(cell, int) else self.sheet.write_string
            write(self.at, start, cell, look)
            need = max(need, style_lines(str(cell), sum(_WIDTHS[start : end + 1])))
            start = end + 1
        self.sheet.set_row(self.at, 16.5 * need)
        self.at += 1


def _page(sheet: Any, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.55)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&9第 &P 页 共 &N 页")


def write_cover(sheet: Any, styles: Styles, report: CountyReport) -> None:
    """封面: what to answer by when, counts, data dates, and what could not be checked and why."""
    _page(sheet, _WIDTHS)
    out = _Writer(sheet, styles)
    out.wide(f"{report.name}  {report.cycle} 期对账清单", lines=2, bold=True, font_size=18, align="center")
    out.wide(
        f"县代码 {report.county}    数据截至 {report.as_of.isoformat()}    内部资料，含个人信息，注意保密",
        align="center",
        font_color="#52606D",
    )
    out.wide(words.task(report), lines=2, bold=True, font_size=12, bg_color="#FFF9E5", border=1)
    if words.last_answers(report):
        out.wide(words.last_answers(report), border=1)
    out.heading("怎么答")
    for line in words.how_to(report):
        out.wide(line)
    out.heading("本期的问题到了哪一步")
    out.table(words.STATE_HEADER, words.state_rows(report), "")
    if words.source_rows(report):
        out.heading("谁在问（同一个问题几家都问的，各算一次，只答一次）")
        out.table(words.SOURCE_HEADER, words.source_rows(report), "")
    _of_town(out, report) if report.town else _of_county(out, report)
    out.heading("联系人")
    out.wide(report.contact)


def _of_town(out: _Writer, report: CountyReport) -> None:
    out.heading("各指标条数（按条数排）")
    out.table(words.ASKED_HEADER, words.asked_rows(report), "本期没有要核对的户和人。")


def _of_county(out: _Writer, report: CountyReport) -> None:
    if report.owed:
        out.heading("等部门更正的（县里答了“部门数据有误”）")
        out.table(words.OWED_HEADER, words.owed_rows(report), "")
    out.heading("各乡镇条数")
    out.table(words.TOWN_HEADER, words.town_rows(report), "本期没有要核对的户和人。")
    out.heading("各指标条数（只列有问题的，按条数排）")
    out.table(words.CODE_HEADER, words.code_rows(report), "本期没有未通过的指标。")
    out.heading("各账数据日期")
    out.table(words.BOOK_HEADER, words.book_rows(report), "没有任何账的接收记录。")
    out.heading("本期没有检查的，和为什么（没有检查不等于没有问题）")
    out.table(words.NA_HEADER, words.na_rows(report), "全部指标都检查了。")
    if report.problems:
        out.heading("检查程序自身的问题（这些指标本期没有结论，由平台负责修）")
        out.table(words.PROBLEM_HEADER, words.problem_rows(report), "")


def write_guide(sheet: Any, styles: Styles, report: CountyReport) -> None:
    """填写说明: what each answer word means and what then happens."""
    _page(sheet, (16, 100))
    head, text = styles.header(""), styles.text(False)
    bold = styles.make(bold=True, font_size=12, font_color="#1F4E79")
    sheet.write_string(0, 0, "填写说明", styles.make(bold=True, font_size=16))
    at = 2
    blocks: tuple[tuple[str, tuple[str, str], Sequence[tuple[str, str]]], ...] = (
        ("一、核查结果怎么选", ("核查结果", "什么时候选，选了以后怎样"), tuple(returns.ANSWERS.items())),
        ("二、各栏填什么", ("栏目", "要求"), words.FIELDS),
        ("三、状态是什么意思", ("状态", "含义"), words.STATUSES),
        ("四、交回前看一遍", ("事项", "说明"), words.RULES),
    )
    for title, header, rows in blocks:
        sheet.write_string(at, 0, title, bold)
        for column, cell in enumerate(header):
            sheet.write_string(at + 1, column, cell, head)
        for at_row, row in enumerate(rows, at + 2):
            for column, cell in enumerate(row):
                sheet.write_string(at_row, column, cell, text)
            sheet.set_row(at_row, 16.5 * max(style_lines(row[1], 100), style_lines(row[0], 16)))
        at += len(rows) + 3
    sheet.fit_to_pages(1, 1)
    sheet.write_string(at, 0, f"有疑问找：{report.contact}", styles.make())
