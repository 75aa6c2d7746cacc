"""Files as they come wrong, made on the spot: no blob stands in the repository. People are made up, numbers of region 99xxxx.

Every case is a delivery of the made-up feed 整册 (tests/generative/kit.py) for 乙县, but for some that are of no feed at all.
`REFUSED`: nothing of it is loaded. `TAKEN`: it is loaded but for what is set aside, and says so.
"""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msoffcrypto
import openpyxl
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from tests.generative.kit import number
from tests.unit.read_kit import csv_bytes, xlsx, zipped

HEAD = ["号码", "姓名", "金额", "日期", "类别"]
ROWS = [[number(n), f"人{word}", "12.5", "2026-10-01", "甲"] for n, word in ((11, "子"), (12, "丑"), (13, "寅"))]
TABLE = [HEAD, *ROWS]
NAME = "乙县整册_20261012"
GOOD_XLSX = xlsx(TABLE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARK = "\u661f" * 3  # a cell's text that no sentence may quote


@dataclass(frozen=True)
class Case:
    """A file and what becomes of it. `words` stand in the sentence (of a refusal: what is wrong, and what to do)."""

    title: str
    data: bytes
    kind: str = ""  # of refusal
    words: tuple[str, ...] = ()
    name: str = f"{NAME}.xlsx"
    loaded: int = 3
    quarantined: int = 0
    not_data: int = 0
    reason: str = ""  # words of the quarantine
    issues: dict[str, int] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)  # attributes of the read report
    values: tuple[dict[str, Any], ...] = ()  # rows of the table, by 号码: only the columns that are given
    problem: str = ""  # words of a line among the problems of the snapshot


def repacked(source: bytes, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None) -> bytes:
    """A container with each member changed (None: left out), and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = change(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
        for name, body in (extra or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def sheet_with(old: str, new: str, source: bytes = GOOD_XLSX, part: str = "sheet1.xml") -> bytes:
    """The good workbook with a piece of one part's XML replaced."""

    def change(name: str, body: bytes) -> bytes:
        if not name.endswith(part):
            return body
        changed = body.replace(old.encode(), new.encode())
        assert changed != body, f"{old} is not in {part}"
        return changed

    return repacked(source, change)


def biff(rows: Sequence[Sequence[Any]], edit: Callable[[xlwt.Worksheet], None] | None = None) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("表")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.write(r, c, value)
    if edit:
        edit(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def compound(stream: bytes, name: str = "Book") -> bytes:
    """A compound file with one stream, in sectors of 512 bytes."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    head = OLE + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<8I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE) + struct.pack("<I", 0) + struct.pack("<I", 0)
    head = head + b"\xff" * (512 - len(head))

    def entry(text: str, kind: int, start: int, size: int, child: int) -> bytes:
        raw = text.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child)
        return raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + links + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry(name, 2, 2, len(stream), 0xFFFFFFFF)
    return head + struct.pack("<128I", *table) + directory.ljust(512, b"\0") + stream.ljust(count * 512, b"\0")


def old_xls(rows: Sequence[Sequence[str]], version: int = 0x0500, password: bool = False) -> bytes:
    """An .xls with one sheet made by hand, of Excel 5 (0x0500) or, as far as its beginning goes, 97 (0x0600)."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    start = record(0x0809, struct.pack("<HHHH", version, 5, 0, 0)) + (record(0x002F, b"\0" * 4) if password else b"")
    start += record(0x0042, struct.pack("<H", 936))
    title = b"Sheet1"
    rest = len(record(0x0085, b"\0" * 7 + title)) + len(record(0x000A, b""))
    globals_ = start + record(0x0085, struct.pack("<IHB", len(start) + rest, 0, len(title)) + title) + record(0x000A, b"")
    body = record(0x0809, struct.pack("<HHHH", version, 16, 0, 0))
    body += record(0x0200, struct.pack("<HHHHH", 0, len(rows), 0, len(rows[0]), 0))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            text = cell.encode("gbk")
            body += record(0x0204, struct.pack("<HHHH", r, c, 0, len(text)) + text)
    return compound(globals_ + body + record(0x000A, b""))


def html(body: str, encoding: str = "utf-8") -> bytes:
    return f'<html><head><meta charset="{encoding}"></head><body>{body}</body></html>'.encode(encoding)


def table_of(rows: Sequence[Sequence[str]]) -> str:
    return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"


def locked(data: bytes) -> bytes:
    """An .xlsx with a password to open."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt("123456", out)
    assert msoffcrypto.OfficeFile(io.BytesIO(out.getvalue())).is_encrypted()
    return out.getvalue()


def flagged(data: bytes) -> bytes:
    """A zip whose members say that they are encrypted."""
    raw = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), data):
            raw[found.start() + offset] |= 1
    return bytes(raw)


def overlapping(count: int = 60) -> bytes:
    """A zip whose members all stand on the same packed bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"\0" * (8 << 20)) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(b"\0" * (8 << 20)), len(packed), 8 << 20)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 5, 0) + b"0.csv" + packed
    central = b""
    for n in range(count):
        name = f"{n}.csv".encode()
        central += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(local), 0)


def bomb() -> bytes:
    return zipped({f"{NAME}.csv": b"\0" * (80 << 20)})


def formulas(cached: bool) -> bytes:
    """金额 is a formula, with its result stored or not; so is the total below."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for r, row in enumerate(TABLE):
            page.write_row(r, 0, row)
            if r:
                page.write_formula(r, 2, "=25/2", None, "12.5" if cached else "")
    if cached:
        return out.getvalue()
    return repacked(out.getvalue(), lambda name, body: body.replace(b"<v></v>", b"") if name.endswith("sheet1.xml") else body)


def edited(change: Callable[[openpyxl.Workbook], None], rows: Sequence[Sequence[Any]] = TABLE) -> bytes:
    """A workbook made by another writer, changed before it is stored."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(cells: Sequence[Sequence[Any]], **options: Any) -> bytes:
    """A workbook whose dates are dates and numbers numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd", **options}) as book:
        page = book.add_worksheet()
        for r, row in enumerate(cells):
            page.write_row(r, 0, row)
    return out.getvalue()


def hidden() -> bytes:
    """Rows hidden by hand and by a filter, a hidden column."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for r, row in enumerate([["说明"], *TABLE]):
            page.write_row(r, 0, row)
        page.autofilter(1, 0, 4, 4)
        page.filter_column_list(4, ["乙"])
        page.set_row(3, options={"hidden": True})
        page.set_column(2, 2, options={"hidden": True})
        page.set_row(2, options={"hidden": True})
    return out.getvalue()


def zeroed(*rows: Sequence[str]) -> bytes:
    return csv_bytes([list(row) for row in rows])


def with_cell(row: int, column: int, value: Any, kind: str = "csv") -> list[list[Any]]:
    cells = [list(line) for line in TABLE]
    cells[row][column] = value
    return cells


def refused(title: str, data: bytes, kind: str, *words: str, name: str = f"{NAME}.xlsx") -> Case:
    return Case(title, data, kind, words, name)


DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPREADSHEETML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    "<Worksheet><Table><Row><Cell><Data>号码</Data></Cell></Row></Table></Worksheet></Workbook>"
)
GB, UTF8 = csv_bytes(ROWS[:1], "gb18030"), csv_bytes(TABLE)
PLAIN = csv_bytes(TABLE)


def refusals() -> list[Case]:
    """Files of which nothing is loaded."""
    save_as, again = "另存", "重新"
    return [
        refused("a PDF called .xlsx", b"%PDF-1.7\n", "format", "PDF", "请报送"),
        refused("a RAR", b"Rar!\x1a\x07", "format", "RAR", "请报送"),
        refused("a 7z", b"7z\xbc\xaf\x27\x1c", "format", "7z", "请报送"),
        refused("a gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc", "format", "请报送"),
        refused("a picture", b"\x89PNG\r\n\x1a\n\0\0", "format", "图片", "请报送"),
        refused("an RTF", b"{\\rtf1}", "format", "RTF", "请报送"),
        refused("a web archive", b"MIME-Version: 1.0\n", "format", "网页", "请报送"),
        refused("a Word document", OLE + b"\0" * 504 + "WordDocument".encode("utf-16-le"), "format", "Word", "请报送"),
        refused("random bytes", bytes(range(256)) * 4, "format", "请报送"),
        refused("an OLE header and nothing else", OLE + b"\0" * 600, "damaged", save_as),
        refused("nothing", b"", "empty", "空", "导出"),
        refused("white space", b" \r\n\t \n", "empty", "空", "导出"),
        refused("sheets without a cell", xlsx([[]], [[]]), "empty", "没有任何内容", "零报告"),
        refused("half a zip", zipped({f"{NAME}.csv": PLAIN * 50})[:200], "damaged", "损坏", again, name=f"{NAME}.zip"),
        refused("half a workbook", GOOD_XLSX[: len(GOOD_XLSX) // 2], "damaged", "损坏"),
        refused("half an .xls", biff(TABLE)[:3000], "damaged", "损坏", save_as, name=f"{NAME}.xls"),
        refused("an .xls whose cell is in column 65,535", biff(TABLE).replace(
            struct.pack("<HHHH", 0x00FD, 10, 0, 4), struct.pack("<HHHH", 0x00FD, 10, 0, 65535)), "damaged", save_as, name=f"{NAME}.xls"),
        refused("a workbook with a password", locked(GOOD_XLSX), "encrypted", "密码", "清空密码"),
        refused("an .xls with a password", old_xls(TABLE, 0x0600, password=True), "encrypted", "密码", "清空密码", name=f"{NAME}.xls"),
        refused("a zip with a password", flagged(zipped({f"{NAME}.csv": PLAIN})), "encrypted", "密码", again, name=f"{NAME}.zip"),
        refused("an Excel 2 file", b"\x09\x00\x04\x00\x02\x00\x10\x00" + b"\0" * 40, "format", "请报送", name=f"{NAME}.xls"),
        refused("an Excel 5 file", old_xls(TABLE), "format", "很旧", save_as, name=f"{NAME}.xls"),
        refused("an Excel 4 file", b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\0" * 40, "format", "很旧", save_as, name=f"{NAME}.xls"),
        refused("an .xlsb", repacked(GOOD_XLSX, lambda n, b: b, {"xl/workbook.bin": b"x"}), "format", "xlsb", save_as),
        refused("an .ods", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "format", save_as),
        refused("a .docx", zipped({"word/document.xml": b"<x/>"}), "format", save_as),
        refused("XML Spreadsheet 2003", SPREADSHEETML.encode(), "format", "XML 表格 2003", save_as, name=f"{NAME}.xls"),
        refused("a login page called .xls", html("<form>请登录</form>"), "format", "没有表格", "导出", name=f"{NAME}.xls"),
        refused("a workbook without its index", repacked(GOOD_XLSX, lambda n, b: None if n == "xl/workbook.xml" else b), "damaged", save_as),
        refused("a sheet's XML cut off", sheet_with("</sheetData>", "<!--"), "damaged", save_as),
        refused("a sheet without the end of its rows", repacked(
            GOOD_XLSX, lambda n, b: b[: b.index(b'<row r="4"') + 30] if n.endswith("sheet1.xml") else b), "damaged", save_as),
        refused("shared strings missing", repacked(GOOD_XLSX, lambda n, b: None if n.endswith("sharedStrings.xml") else b), "damaged", save_as),
        refused("shared strings cut short", repacked(
            GOOD_XLSX, lambda n, b: re.sub(rb"<si>.*</si>", b"<si><t>x</t></si>", b, flags=re.S) if n.endswith("sharedStrings.xml") else b),
            "damaged", save_as),
        refused("entities that grow, in a sheet", sheet_with(XML_HEAD, XML_HEAD + DTD), "damaged", "外部定义", save_as),
        refused("an outside entity in a sheet", sheet_with(XML_HEAD, XML_HEAD + XXE), "damaged", "外部定义", save_as),
        refused("entities in the shared strings", sheet_with(XML_HEAD, XML_HEAD + DTD, part="sharedStrings.xml"), "damaged", "外部定义", save_as),
        refused("entities in the index", sheet_with(XML_HEAD, XML_HEAD + DTD, part="xl/workbook.xml"), "damaged", "外部定义", save_as),
        refused("one cell in the last corner", sheet_with(
            "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "too_large", "列", "请删去"),
        refused("a CSV of 3,000 columns", csv_bytes([[*HEAD, *(f"c{n}" for n in range(3000))]]), "too_large", "列数超过", "导出", name=f"{NAME}.csv"),
        refused("a zip bomb", bomb(), "too_large", "解压后过大", "拆分", name=f"{NAME}.zip"),
        refused("a bomb in a workbook", repacked(GOOD_XLSX, lambda n, b: b, {"xl/media/x.bin": b"\0" * (80 << 20)}), "too_large", "过大", "拆分"),
        refused("a bomb in a zip in a zip", zipped({"a.zip": bomb()}), "format", "压缩包里还有压缩包", "放在一个压缩包", name=f"{NAME}.zip"),
        refused("members that share their bytes", overlapping(), "damaged", "重叠", "重新压缩", name=f"{NAME}.zip"),
        refused("a zip in a zip", zipped({"a.zip": zipped({f"{NAME}.csv": PLAIN})}), "format", "压缩包里还有压缩包", name=f"{NAME}.zip"),
        refused("path names that climb", zipped({"../../etc/乙县整册.csv": PLAIN}), "format", "路径", "重新压缩", name=f"{NAME}.zip"),
        refused("absolute path names", zipped({"/root/乙县整册.csv": PLAIN}), "format", "路径", "重新压缩", name=f"{NAME}.zip"),
        refused("path names of Windows", zipped({"C:\\乙县整册.csv": PLAIN}), "format", "路径", "重新压缩", name=f"{NAME}.zip"),
        refused("three feeds in one zip", zipped({"乙县整册.csv": PLAIN, "乙县增册.csv": PLAIN, "名册.csv": PLAIN}), "mixed", "整册", "增册",
                "分开报送", name="乙县报送_20261012.zip"),
        refused("an empty zip", zipped({}), "empty", again, name=f"{NAME}.zip"),
        refused("a zip of pictures only", zipped({"a.png": b"\x89PNG\r\n"}), "empty", again, name=f"{NAME}.zip"),
        refused("a broken part beside a good one", zipped({"1.csv": PLAIN, "2.xlsx": GOOD_XLSX[:400]}), "damaged", "2.xlsx", name=f"{NAME}.zip"),
        refused("a required column missing", csv_bytes([row[1:] for row in [["", *HEAD[1:]], *([""] + row[1:] for row in ROWS)]]),
                "missing_columns", "缺少", "「号码」", "补齐", name=f"{NAME}.csv"),
        refused("no header at all", csv_bytes(ROWS), "header", "找不到表头", "「号码」", "不要删改表头", name=f"{NAME}.csv"),
        refused("the header below row 10", csv_bytes([["说明"]] * 11 + TABLE), "header", "前 10 行", name=f"{NAME}.csv"),
        refused("a letter instead of a table", "各位领导：\n数据见附件。\n".encode(), "header", "找不到表头", name=f"{NAME}.csv"),
        refused("nothing known, neither name nor header", csv_bytes([["甲", "乙"], ["1", "2"]]), "unrecognised", "认不出", "原文件名",
                name="导出.csv"),
        refused("GB18030 rows in a UTF-8 file", UTF8 + csv_bytes([[number(14), "乙县东乡某村人", "", "", ""]], "gb18030"), "encoding", "编码", "导出",
                name=f"{NAME}.csv"),
        refused("UTF-8 rows in a GB18030 file", csv_bytes(TABLE, "gb18030") + csv_bytes([[number(14), "乙县东乡某村人", "", "", ""]]), "encoding",
                "两种文字编码", "第 5 行", "拼接", name=f"{NAME}.csv"),
        refused("a UTF-8 file cut within a letter", csv_bytes([*TABLE, [number(14), "乙县东乡某村人" + "甲" * 9]])[:-3], "encoding", "截断",
                name=f"{NAME}.csv"),
        refused("lone surrogates", UTF8 + b"\xed\xa0\x80\xff,x\n", "encoding", "编码", "另存", name=f"{NAME}.csv"),
        refused("letters lost in an earlier conversion", csv_bytes(with_cell(2, 1, "人\ufffd")), "encoding", "1 处", "第 3 行", "不能猜补",
                name=f"{NAME}.csv"),
        refused("bytes that are no text", b"\xff\xff\xff,\x81", "encoding", "编码", name=f"{NAME}.csv"),
        refused("NUL bytes", UTF8.replace(b",12.5,", b",\0,", 1), "format", "请报送", name=f"{NAME}.csv"),
        refused("NUL bytes far down", UTF8 + b"\n" * (5 << 20) + b"\0,\0\n", "format", "请报送", name=f"{NAME}.csv"),
        refused("a quote that is never closed", csv_bytes([*TABLE, [number(14), '"' + MARK, "", "", ""], *ROWS, *ROWS]), "damaged", "引号", "请改正",
                name=f"{NAME}.csv"),
        refused("a cell of two million letters", csv_bytes(with_cell(1, 4, '"' + "长" * (2 << 20) + '"\n')), "damaged", "过长", name=f"{NAME}.csv"),
        refused("two members of one name", duplicate_names(), "ambiguous", "同名", "重新压缩", name=f"{NAME}.zip"),
        refused("formulas that were never computed", formulas(cached=False), "format", "公式", "打开", "保存"),
    ]


def duplicate_names() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AA.csv", PLAIN)
        archive.writestr("BB.csv", PLAIN)
    return out.getvalue().replace(b"BB.csv", b"AA.csv")


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
