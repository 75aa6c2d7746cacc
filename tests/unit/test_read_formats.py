"""Every kind of file gives the same rows, whatever its extension says."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from tests.unit.read_kit import HEADER, ROW, Bench, bench, book, contract, csv_bytes, xlsx, zipped

TITLE = ["试验台账"]


@pytest.fixture
def desk(tmp_path: Path) -> Bench:
    return bench(tmp_path / "home")


def biff(rows: list[list[Any]]) -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("表")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def html(rows: list[list[str]], encoding: str = "gb18030") -> bytes:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><style>td{x:y}</style></head>'
    return f"{head}<body><table border=1>{cells}</table></body></html>".encode(encoding)


ROWS = [TITLE, HEADER, ROW]
FILES = {
    "xlsx": xlsx(ROWS),
    "biff": biff(ROWS),
    "html": html(ROWS),
    "utf-8-sig": csv_bytes(ROWS, "utf-8-sig"),
    "utf-8": csv_bytes(ROWS, "utf-8"),
    "gb18030": csv_bytes(ROWS, "gb18030"),
    "utf-16": csv_bytes(ROWS, "utf-16", "\t"),
    "semicolon": csv_bytes(ROWS, "utf-8", ";"),
    "bar": csv_bytes(ROWS, "gb18030", "|"),
    "zip": zipped({"甲.xlsx": xlsx(ROWS)}),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_same_rows_come_out_of_every_format(desk: Bench, kind: str) -> None:
    report = desk.take(FILES[kind], "试验台账.xls")
    (row,) = desk.rows(report)
    assert {name: value for name, value in row.items() if not name.startswith("_")} == dict(zip(HEADER, ROW, strict=True))
    assert row["_row"] == 3
    assert report.titles == ("试验台账",)
    assert report.ignored == ("序号",) and report.unknown == ()


def test_encodings_are_named(desk: Bench) -> None:
    seen = {kind: desk.take(FILES[kind], "试验台账.csv").encoding for kind in ("utf-8-sig", "utf-8", "gb18030", "utf-16")}
    assert seen == {kind: kind for kind in seen}


def test_cells_of_a_workbook_are_shortest_text(desk: Bench) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        sheet = workbook.add_worksheet()
        for c, name in enumerate([*HEADER, "a", "b", "c", "d", "e"]):
            sheet.write_string(0, c, name)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(1, 0, [7, "甲", "990101199001010011", 0.1 + 0.2])
        sheet.write_datetime(1, 4, datetime.datetime(2026, 1, 2), day)
        sheet.write_datetime(1, 5, datetime.datetime(2026, 1, 2, 3, 4, 5), day)
        sheet.write_row(1, 6, [True, 13800000000, 0.00001, "   "])
        sheet.write_row(2, 0, [8.0, "乙", "990101199001010038", -1234567.25, "无"])
    (one, two) = desk.rows(desk.take(out.getvalue()))
    assert one == {
        "_part": "", "_sheet": "Sheet1", "_row": 2, "_long": "", "序号": "7", "姓名": "甲", "证件号码": "990101199001010011",
        "月龄金额": "0.3", "发放日期": "2026-01-02", "a": "2026-01-02 03:04:05", "b": "TRUE", "c": "13800000000",
        "d": "0.00001", "e": None,
    }
    assert (two["序号"], two["月龄金额"], two["发放日期"], two["a"]) == ("8", "-1234567.25", "无", None)


def test_numbers_of_15_digits_and_more_are_marked_and_never_spelled_out(desk: Bench) -> None:
    rows: list[list[Any]] = [HEADER, ["1", "甲", 990101199001010011, "1", ""], ["2", "乙", "9.90101E+17", 5, ""],
                             ["3", "丙", 990101900101001, 6, ""], ["4", "丁", "990101199001010011", 99999999999999, ""]]
    report = desk.take(xlsx(rows))
    got = desk.rows(report)
    assert [row["_long"] for row in got] == ["证件号码", "证件号码", "证件号码", ""]
    assert report.long_rows == 3
    assert [row["证件号码"] for row in got] == ["9.9010119900101E+17", "9.90101E+17", "990101900101001", "990101199001010011"]
    assert desk.rows(desk.take(biff(rows), "试验台账.xls"))[0]["_long"] == "证件号码"
    assert desk.rows(desk.take(csv_bytes([HEADER, ["1", "甲", "9.90101E+17", "1", ""]]), "试验台账.csv"))[0]["_long"] == "证件号码"


def test_two_long_columns_are_joined_by_the_unit_separator(desk: Bench) -> None:
    report = desk.take(xlsx([[*HEADER, "卡号"], ["1", "甲", 990101199001010011, "", "", 6217000010001234567]]))
    assert desk.rows(report)[0]["_long"] == "证件号码\x1f卡号"


def test_quoted_newlines_delimiters_and_quotes_in_csv(desk: Bench) -> None:
    data = "姓名,证件号码,备注\r\n甲,9901,\"第一行\r\n第\"\"二\"\"行,完\"\r\n\r\n乙,\"=\"\"9902\"\"\",=\"9903\"\r\n".encode("gb18030")
    got = desk.rows(desk.take(data, "试验台账.csv"))
    assert [(row["姓名"], row["证件号码"], row["备注"], row["_row"]) for row in got] == [
        ("甲", "9901", '第一行\r\n第"二"行,完', 2), ("乙", "9902", "9903", 4),
    ]


def test_ragged_csv_keeps_every_cell(desk: Bench) -> None:
    data = csv_bytes([TITLE, HEADER, ROW, ROW + ["多出"], ["2", "乙"], ["制表人：丙"]], "gb18030")
    report = desk.take(data, "试验台账.csv")
    got = desk.rows(report)
    assert [row["列6"] for row in got] == [None, "多出", None, None]
    assert got[2]["证件号码"] is None and got[3]["序号"] == "制表人：丙"
    assert report.unknown == ("列6",)


def test_an_unclosed_quote_is_refused_not_swallowed(desk: Bench) -> None:
    data = csv_bytes([HEADER, ['1', '"甲', "9901", "1", ""], *([ROW] * 5), ['1', '乙"', "9901", "1", ""]])
    report = desk.take(data, "试验台账.csv")
    assert report.refused_kind == "damaged" and "引号" in (report.refused or "")


def test_zip_parts_are_one_book_in_order_of_name(desk: Bench) -> None:
    data = zipped({
        "乙/2.csv": csv_bytes([[*HEADER, "新列"], [*ROW, "n"]], "utf-8-sig"), "乙/1.csv": csv_bytes([HEADER, ROW], "utf-8-sig"),
        "~$1.xlsx": b"x", "__MACOSX/1.csv": b"x", "章.png": b"\x89PNG....", "说明.txt": "请查收".encode(),
    })
    report = desk.take(data, "青石县试验台账_20261019.zip")
    got = desk.rows(report)
    assert [(row["_part"], row["_row"], row["新列"]) for row in got] == [("乙/1.csv", 2, None), ("乙/2.csv", 2, "n")]
    assert [text.split("：")[0] for text in report.skipped] == ["章.png", "说明.txt"]
    assert report.format == "zip" and len(report.parts) == 2


def test_names_of_a_gbk_zip_are_read(desk: Bench) -> None:
    raw = zipped({"AAAA.csv": csv_bytes([HEADER, ROW])}).replace(b"AAAA", "低保".encode("gbk"))
    assert desk.rows(desk.take(raw, "试验台账.zip"))[0]["_part"] == "低保.csv"


def test_a_broken_part_refuses_the_whole_zip(desk: Bench) -> None:
    for bad in (xlsx([HEADER, ROW])[:-400], csv_bytes([["甲", "乙"], ["1", "2"]])):
        report = desk.take(zipped({"1.csv": csv_bytes([HEADER, ROW]), "2.xlsx": bad}), "试验台账.zip")
        assert report.refused_kind in ("damaged", "header") and "2.xlsx" in (report.refused or "")


def test_html_spans_breaks_entities_and_hidden_rows(desk: Bench) -> None:
    page = (
        "<table><tr><td colspan='4'>填报日期：2026年10月</td></tr>"
        "<tr><td rowspan=2>姓名</td><td rowspan=2>证件号码</td><td colspan=2>残疾情况</td></tr>"
        "<tr><td>残疾类别</td><td>残疾等级</td></tr>"
        "<tr style='display: none'><td>甲 &amp; 乙</td><td>9901</td><td>肢体<br>听力</td><td>二级</td></tr>"
        "<tr><td rowspan=2>丙<td>9902<td>视力<td>一级<tr><td>9903<td>言语<td></table>"
    ).encode()
    report = desk.take(page, "试验台账.xls")
    got = desk.rows(report)
    assert [(row["姓名"], row["证件号码"], row["残疾情况/残疾类别"], row["残疾等级"]) for row in got] == [
        ("甲 & 乙", "9901", "肢体\n听力", "二级"), ("丙", "9902", "视力", "一级"), (None, "9903", "言语", None),
    ]
    assert report.parts[0].hidden_rows == 1 and report.parts[0].header_rows == 2
    assert report.data_date == datetime.date(2026, 10, 1)


def test_hidden_rows_columns_filters_and_error_cells_are_told(desk: Bench) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in ([*HEADER, "备注"], *([[*ROW, "#N/A"]] * 4)):
        sheet.append(row)
    for row in range(2, 6):
        sheet.cell(row, 6).data_type = "e"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.auto_filter.ref = "A1:E5"
    sheet.auto_filter.add_filter_column(0, ["1"])
    other = workbook.create_sheet("旧")
    other.append(["留底"])
    hidden = workbook.create_sheet("副本")
    hidden.append(HEADER)
    hidden.append(ROW)
    hidden.sheet_state = "hidden"
    workbook.create_sheet("空白")
    out = io.BytesIO()
    workbook.save(out)
    report = desk.take(out.getvalue())
    assert len(desk.rows(report)) == 4
    part = report.parts[0]
    assert (part.hidden_rows, part.hidden_columns, part.filtered, part.error_cells) == (1, ("月龄金额",), True, 4)
    assert report.sheets == ("Sheet", "旧", "副本")
    assert report.skipped == ("旧：有内容，未读取", "副本：隐藏的工作表，有内容，未读取")


def test_visible_sheets_of_one_book_are_read_together_and_a_named_one_alone(desk: Bench) -> None:
    data = xlsx([HEADER, ROW], [TITLE, HEADER, ROW], names=["甲乡", "乙乡"])
    assert [row["_sheet"] for row in desk.rows(desk.take(data))] == ["甲乡", "乙乡"]
    one = desk.take(data, books=book(contract(sheet="乙乡")))
    assert [row["_sheet"] for row in desk.rows(one)] == ["乙乡"] and one.skipped == ("甲乡：有内容，未读取",)


def test_empty_rows_do_not_count_and_row_numbers_are_the_sheets(desk: Bench) -> None:
    report = desk.take(xlsx([[], [], HEADER, ROW, ["", "  ", None], [], ROW]))
    assert [row["_row"] for row in desk.rows(report)] == [4, 7]
