"""Files that are loaded but for what is set aside, and say so: deliveries of the made-up feed 整册 for 乙县."""

from __future__ import annotations

import datetime

import openpyxl
import xlwt

from tests.generative.kit import number
from tests.golden.bad_files import Case
from tests.golden.makers import (
    GOOD_XLSX,
    HEAD,
    NAME,
    PLAIN,
    ROWS,
    TABLE,
    biff,
    edited,
    formulas,
    hidden,
    html,
    repacked,
    sheet_with,
    table_of,
    typed,
    with_cell,
    zeroed,
)
from tests.unit.read_kit import csv_bytes, xlsx, zipped

DAY = datetime.date(2026, 10, 1)


def taken() -> list[Case]:
    """Files that are loaded, with what is set aside or counted."""
    swapped = [[row[n] for n in (4, 3, 2, 1, 0)] for row in TABLE]
    as_csv = {"name": f"{NAME}.csv"}
    first = {"号码": number(11), "姓名": "人子", "金额": 12.5, "日期": DAY, "类别": "甲"}
    forms = ("2026-10-01", "2026/10/1", "2026.10.1", "20261001", "2026年10月1日", "2026年10月01日",
             "2026-10-01 08:30:00", "46296", "二〇二六年十月一日")
    cells = [[number(20 + n), f"人{n}", "1", form, "甲"] for n, form in enumerate(forms)]
    return [
        Case("swapped columns", csv_bytes(swapped), **as_csv, values=(first,)),
        Case("a .csv called .xls", csv_bytes(TABLE, "gb18030"), name=f"{NAME}.xls", values=(first,), report={"format": "csv"}),
        Case("an .xlsx called .csv", GOOD_XLSX, **as_csv, values=(first,), report={"format": "xlsx"}),
        Case("tabs", csv_bytes(TABLE, "utf-16", "\t"), **as_csv, values=(first,)),
        Case("semicolons", csv_bytes(TABLE, "gb18030", ";"), **as_csv, values=(first,)),
        Case("line ends of old Macs", PLAIN.replace(b"\r\n", b"\r"), **as_csv, values=(first,)),
        Case("line ends mixed", PLAIN.replace(b"\r\n", b"\n", 2), **as_csv, values=(first,)),
        Case("ragged rows", csv_bytes([HEAD, ROWS[0][:2], [*ROWS[1], "多"], ROWS[2]]), **as_csv, report={"unknown": ("列6",)}),
        Case("files pasted one after another, marks and headers and all", (b"\xef\xbb\xbf" + csv_bytes(TABLE[:2])) + b"\xef\xbb\xbf" + csv_bytes(
            [HEAD, ROWS[1], ROWS[2]]), **as_csv, not_data=1, values=(first,)),
        Case("a repeated header in the middle", csv_bytes([*TABLE, HEAD, ["合计", "3人"]]), **as_csv, not_data=2),
        Case("a header of two levels", xlsx([["号码", "姓名", "发放情况", None, None], [None, None, "金额", "日期", "类别"], *ROWS], merges=[
            (0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4)]), values=(first,)),
        Case("a header of three levels", xlsx([["人员", None, "发放情况", None, None], ["号码", "姓名", "本月", None, "类别"],
                                               [None, None, "金额", "日期", None], *ROWS],
                                              merges=[(0, 0, 0, 1), (0, 2, 0, 4), (1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4)]),
             values=(first,)),
        Case("the header in row 10", csv_bytes([["说明"]] * 9 + TABLE), **as_csv, values=(first,)),
        Case("full-width headers with blanks", csv_bytes([["号 码", "姓　名", "金额*", "日\u200b期", "类别"], *ROWS]), **as_csv, values=(first,)),
        Case("duplicate headers", csv_bytes([[*HEAD, "金额"], *([*row, "99"] for row in ROWS)]), **as_csv, values=(first,),
             report={"unknown": ("金额0",)}),
        Case("ten times the rows", csv_bytes([HEAD, *([f"9901021990010{n:05d}", "人", "1", "2026-10-01", "甲"] for n in range(1100))]), **as_csv,
             loaded=1100, problem="超过该数据集的上限"),
        Case("formulas with their results", formulas(cached=True), values=(first,)),
        Case("error cells", edited(lambda book: _errors(book)), values=({"号码": number(11), "金额": None, "类别": None},),
             issues={"数字不可解析": 1, "公式出错": 1}, problem="公式出错"),
        Case("error words in a CSV", csv_bytes(with_cell(1, 2, "#REF!")), **as_csv, values=({"号码": number(11), "金额": None},),
             issues={"数字不可解析": 1}),
        Case("a workbook with macros and outside links", repacked(GOOD_XLSX, lambda n, b: b, {
            "xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}), name=f"{NAME}.xlsm", values=(first,)),
        Case("a sheet under protection", edited(lambda book: book.active.protection.enable()), values=(first,)),  # type: ignore[union-attr]
        Case("merged data cells", xlsx([HEAD, ROWS[0], [None, "人丑", "12.5", "2026-10-01", None], ROWS[2]], merges=[(1, 0, 2, 0), (1, 4, 2, 4)]),
             loaded=2, quarantined=1, reason="号码", problem="合并单元格"),
        Case("dates of 1904", typed([HEAD, *([*row[:3], DAY, row[4]] for row in ROWS)], date_1904=True), values=(first,)),
        Case("dates as dates, numbers as numbers", typed([HEAD, *([*row[:2], 12.5, DAY, row[4]] for row in ROWS)]), values=(first,)),
        Case("dates in every form", csv_bytes([HEAD, *cells]), **as_csv, loaded=len(cells), values=tuple(
            {"号码": number(20 + n), "日期": DAY} for n in range(len(cells)))),
        Case("dates that are none", csv_bytes([[*HEAD], [*ROWS[0][:3], "2026-13-45", "甲"], [*ROWS[1][:3], "长期", "甲"], [*ROWS[2][:3], "/", "甲"]]),
             **as_csv, values=({"号码": number(11), "日期": None}, {"号码": number(12), "日期": None}), issues={"日期不可解析": 1}),
        Case("money in every form", csv_bytes([HEAD, *([number(30 + n), "人", form, "", ""] for n, form in enumerate(
            ('"1,234.50"', "（300）", "(300)", "1.2万元", "500元", "１２", "￥8", "待核")))]), **as_csv, loaded=8, values=tuple(
            {"号码": number(30 + n), "金额": value} for n, value in enumerate((1234.5, -300.0, -300.0, 12000.0, 500.0, 12.0, 8.0, None))),
            issues={"数字不可解析": 1, "不可见字符": 1}),
        Case("numbers of people stored as numbers", typed([HEAD, *([float(row[0][:17] + "0"), *row[1:]] for row in ROWS)]), loaded=0, quarantined=3,
             reason="文本", report={"long_rows": 3}),
        Case("1.1E+17 in a CSV", csv_bytes(with_cell(1, 0, "9.90101E+17")), **as_csv, loaded=2, quarantined=1, reason="重新导出"),
        Case("the last figures cut to 000", csv_bytes([HEAD, *([f"99010119900101{n}000", "人", "1", "", ""] for n in range(1, 7))]), **as_csv,
             loaded=0, quarantined=6, reason="猜补"),
        Case('="…" and apostrophes', csv_bytes([HEAD, [f'="{number(11)}"', *ROWS[0][1:]], ["'" + number(12), *ROWS[1][1:]], ROWS[2]]), **as_csv,
             values=(first,)),
        Case("control characters, tabs and marks of order", csv_bytes(with_cell(1, 1, "人\x01\u202e子\ufeff")), **as_csv, values=(first,),
             issues={"不可见字符": 1}),
        Case("full-width figures in a number", csv_bytes(with_cell(1, 0, number(11).translate({48 + d: 0xFF10 + d for d in range(10)}))), **as_csv,
             values=(first,), issues={"不可见字符": 1}),
        Case("a very long cell", csv_bytes(with_cell(1, 4, "长" * 200_000)), **as_csv),
        Case("letters beyond the basic plane", csv_bytes(with_cell(1, 1, "人𠮷"), "gb18030"), **as_csv,
             values=({"号码": number(11), "姓名": "人𠮷"},)),
        Case("blank rows and columns everywhere", xlsx([[], ["", *HEAD, ""], [], *([None, *row, None] for row in ROWS), [" "], []]), values=(first,)),
        Case("totals and signatures", csv_bytes([*TABLE, ["合计", "3人"], ["合计：3"]]), **as_csv, not_data=2),
        Case("a row without its number", csv_bytes(with_cell(1, 0, "")), **as_csv, loaded=2, quarantined=1, reason="号码"),
        Case("a row that is there twice", csv_bytes([*TABLE, ROWS[0]]), **as_csv, quarantined=1, reason="重复"),
        Case("one number with two contents", csv_bytes([*TABLE, [number(11), "人卯", "9", "", ""]]), **as_csv, quarantined=1, reason="内容不同"),
        Case("hidden rows, a filter, a hidden column", hidden(), report={"hidden_rows": 0, "filtered_rows": 2, "hidden_columns": 1}),
        Case("rows hidden by hand in an .xls", biff(TABLE, lambda page: _hide(page)), name=f"{NAME}.xls",
             report={"hidden_rows": 1, "hidden_columns": 1}),
        Case("a further sheet with content, and a hidden one", edited(lambda book: _further(book)), report={"unread_sheets": 2}),
        Case("a web page with two tables, a script and open tags", html(
            "<script>var x='<table>';</script>" + table_of([["通知"]]) + "<table><tr>" + "".join(f"<td>{cell}" for cell in HEAD) + "".join(
                "<tr>" + "".join(f"<td>{cell}" for cell in row) for row in ROWS)), name=f"{NAME}.xls", values=(first,), report={"unread_sheets": 0}),
        Case("a web page with entities and hidden rows", html(table_of([HEAD, *ROWS]).replace("人子", "&#20154;子").replace(
            "<tr><td>" + number(12), "<tr style='display:none'><td>" + number(12))), name=f"{NAME}.xls", values=(first,), report={"hidden_rows": 1}),
        Case("a zip with notes and pictures beside the table", zipped({f"{NAME}.csv": PLAIN, "说明.txt": "请查收".encode(), "章.png": b"\x89PNG"}),
             name=f"{NAME}.zip", values=(first,)),
        Case("a shared string count that lies", sheet_with('count="', 'count="99999', part="sharedStrings.xml"), values=(first,)),
        Case("columns of last year", csv_bytes([["身份号", "姓名", "金额", "日期", "类别"], *ROWS]), name="乙县整册_20251012.csv", values=(first,)),
        Case("a date to come", csv_bytes(TABLE), name="乙县整册_20991012.csv"),
        Case("no date anywhere", csv_bytes([*TABLE, ["合计"]]), name="乙县整册.csv", not_data=1, problem="找不到数据日期"),
        Case("a county that is none", csv_bytes([*TABLE, ["合计", "x"]]), name="丙县整册_20261012.csv", not_data=1, problem="认不出是哪个县"),
        Case("a zero report in words", zeroed(["乙县整册"], ["本月无新增"]), **as_csv, loaded=0, report={"zero_report": True}),
        Case("a zero report as a header alone", zeroed(["乙县"], HEAD), **as_csv, loaded=0, report={"zero_report": True}),
        Case("a zero report by its name", zeroed(["乙县整册（10月）"]), name="乙县整册零报告_20261012.csv", loaded=0, report={"zero_report": True}),
        Case("masked numbers", csv_bytes(with_cell(1, 0, "990101********0011")), **as_csv),
    ]


def _errors(book: openpyxl.Workbook) -> None:
    sheet = book.active
    assert sheet is not None
    for cell, word in (("C2", "#N/A"), ("E2", "#REF!")):
        sheet[cell].value, sheet[cell].data_type = word, "e"


def _hide(page: xlwt.Worksheet) -> None:
    page.row(2).hidden = True
    page.col(3).hidden = True


def _further(book: openpyxl.Workbook) -> None:
    book.create_sheet("说明").append(["填报说明", "请勿改动"])
    other = book.create_sheet("旧表")
    other.append(["留底"])
    other.sheet_state = "hidden"
    book.create_sheet("空白")
