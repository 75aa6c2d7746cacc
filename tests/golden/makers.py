"""Makes files as they come wrong, byte by byte where no writer would: no blob stands in the repository.

People are made up, numbers of region 99xxxx.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
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
PLAIN = csv_bytes(TABLE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
    """An .xls as Excel 97 to 2003 stores it, changed before it is stored."""
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


def duplicate_names() -> bytes:
    """A zip with two members of one name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AA.csv", PLAIN)
        archive.writestr("BB.csv", PLAIN)
    return out.getvalue().replace(b"BB.csv", b"AA.csv")


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


def with_cell(row: int, column: int, value: Any) -> list[list[Any]]:
    """The good table with one cell changed."""
    cells = [list(line) for line in TABLE]
    cells[row][column] = value
    return cells
