"""Files of which nothing is loaded, and what their refusal says.

Every case is a delivery of the made-up feed 整册 (tests/generative/kit.py) for 乙县, but for some that are of no feed at all.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Any

from tests.generative.kit import number
from tests.golden.makers import (
    GOOD_XLSX,
    HEAD,
    NAME,
    OLE,
    PLAIN,
    ROWS,
    TABLE,
    biff,
    bomb,
    duplicate_names,
    flagged,
    formulas,
    html,
    locked,
    old_xls,
    overlapping,
    repacked,
    sheet_with,
    with_cell,
)
from tests.unit.read_kit import csv_bytes, xlsx, zipped

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


def refused(title: str, data: bytes, kind: str, *words: str, name: str = f"{NAME}.xlsx") -> Case:
    return Case(title, data, kind, words, name)


DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPREADSHEETML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    "<Worksheet><Table><Row><Cell><Data>号码</Data></Cell></Row></Table></Worksheet></Workbook>"
)


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
        refused("GB18030 rows in a UTF-8 file", PLAIN + csv_bytes([[number(14), "乙县东乡某村人", "", "", ""]], "gb18030"), "encoding",
                "编码", "导出", name=f"{NAME}.csv"),
        refused("UTF-8 rows in a GB18030 file", csv_bytes(TABLE, "gb18030") + csv_bytes([[number(14), "乙县东乡某村人", "", "", ""]]), "encoding",
                "两种文字编码", "第 5 行", "拼接", name=f"{NAME}.csv"),
        refused("a UTF-8 file cut within a letter", csv_bytes([*TABLE, [number(14), "乙县东乡某村人" + "甲" * 9]])[:-3], "encoding", "截断",
                name=f"{NAME}.csv"),
        refused("lone surrogates", PLAIN + b"\xed\xa0\x80\xff,x\n", "encoding", "编码", "另存", name=f"{NAME}.csv"),
        refused("letters lost in an earlier conversion", csv_bytes(with_cell(2, 1, "人\ufffd")), "encoding", "1 处", "第 3 行", "不能猜补",
                name=f"{NAME}.csv"),
        refused("bytes that are no text", b"\xff\xff\xff,\x81", "encoding", "编码", name=f"{NAME}.csv"),
        refused("NUL bytes", PLAIN.replace(b",12.5,", b",\0,", 1), "format", "请报送", name=f"{NAME}.csv"),
        refused("NUL bytes far down", PLAIN + b"\n" * (5 << 20) + b"\0,\0\n", "format", "请报送", name=f"{NAME}.csv"),
        refused("a quote that is never closed", csv_bytes([*TABLE, [number(14), '"' + MARK, "", "", ""], *ROWS, *ROWS]), "damaged", "引号", "请改正",
                name=f"{NAME}.csv"),
        refused("a cell of two million letters", csv_bytes(with_cell(1, 4, '"' + "长" * (2 << 20) + '"\n')), "damaged", "过长", name=f"{NAME}.csv"),
        refused("two members of one name", duplicate_names(), "ambiguous", "同名", "重新压缩", name=f"{NAME}.zip"),
        refused("formulas that were never computed", formulas(cached=False), "format", "公式", "打开", "保存"),
    ]
