"""Writes one book as the sender would: a workbook with titles and totals, an old workbook, a web page, CSV, a zip."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
import xlwt

from duizhang.world.model import Cell

Line = Sequence[Cell]


@dataclass
class Sheet:
    """One table to be written. `titles`: rows above the header; `two_level`: {header cell: group above it}; `tail`: rows at the end."""

    header: Sequence[str]
    rows: Iterable[Line]
    titles: Sequence[str] = ()
    two_level: dict[str, str] = field(default_factory=dict)
    merged_header: bool = False  # every header cell spans two rows
    tail: Sequence[Line] = ()
    numeric: dict[str, frozenset[str]] = field(default_factory=dict)  # column → texts stored as a number
    hidden: bool = False  # the first row by hand, the second by a filter, the last column
    further: str = ""  # the text of a further sheet
    bare: bool = False  # a filter that hides nothing, and a further sheet that is empty


def write_xlsx(path: Path, sheet: Sheet) -> None:
    """A workbook with one sheet, written row by row."""
    # constant_memory flushes a row when the next begins: a header merged over two rows needs both
    sequential = not (sheet.two_level or sheet.merged_header)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": sequential, "in_memory": False, "strings_to_numbers": False})
    book.set_properties({"created": _fixed_time()})
    page = book.add_worksheet("Sheet1")
    row = 0
    for title in sheet.titles:
        page.write_string(row, 0, title)
        row += 1
    row = _xlsx_header(book, page, row, sheet)
    stored = {n: sheet.numeric[name] for n, name in enumerate(sheet.header) if name in sheet.numeric}
    first = row
    if sheet.hidden:
        page.autofilter(row - 1, 0, row + 2, len(sheet.header) - 1)
        page.filter_column(0, "x != 筛去")
        page.set_column(len(sheet.header) - 1, len(sheet.header) - 1, options={"hidden": True})
    if sheet.bare:
        page.autofilter(row - 1, 0, row + 2, len(sheet.header) - 1)
    for line in sheet.rows:
        if sheet.hidden and row < first + 2:
            page.set_row(row, options={"hidden": True})
        for n, value in enumerate(line):
            if value is None:
                continue
            if isinstance(value, str):
                if n in stored and value in stored[n]:
                    page.write_number(row, n, float(value))
                else:
                    page.write_string(row, n, value)
            else:
                page.write_number(row, n, value)
        row += 1
    for line in sheet.tail:
        for n, value in enumerate(line):
            if value is not None:
                page.write(row, n, value)
        row += 1
    if sheet.further:
        book.add_worksheet("填表说明").write_string(0, 0, sheet.further)
    if sheet.bare:
        book.add_worksheet("Sheet2")
    book.close()


def _fixed_time() -> object:
    from datetime import datetime

    return datetime(2026, 10, 1)


def _xlsx_header(book: xlsxwriter.Workbook, page: object, row: int, sheet: Sheet) -> int:
    if not (sheet.two_level or sheet.merged_header):
        for n, name in enumerate(sheet.header):
            page.write_string(row, n, name)  # type: ignore[attr-defined]
        return row + 1
    plain = book.add_format()
    groups: dict[str, list[int]] = {}
    for n, name in enumerate(sheet.header):
        group = sheet.two_level.get(name)
        if group is None:
            page.merge_range(row, n, row + 1, n, name, plain)  # type: ignore[attr-defined]
        else:
            groups.setdefault(group, []).append(n)
    for group, columns in groups.items():
        page.merge_range(row, columns[0], row, columns[-1], group, plain)  # type: ignore[attr-defined]
    for n, name in enumerate(sheet.header):
        if name in sheet.two_level:
            page.write_string(row + 1, n, name)  # type: ignore[attr-defined]
    return row + 2


def write_locked(path: Path) -> None:
    """What a workbook with a password looks like from outside: nobody can read further."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 480)


def write_xls(path: Path, sheet: Sheet) -> None:
    """A BIFF8 workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Sheet1")
    row = 0
    for title in sheet.titles:
        page.write(row, 0, title)
        row += 1
    for line in [list(sheet.header), *sheet.rows, *sheet.tail]:
        for n, value in enumerate(line):
            if value is not None:
                page.write(row, n, value)
        row += 1
    book.save(str(path))


def write_html(path: Path, sheet: Sheet) -> None:
    """A web page that calls itself .xls."""
    lines = [f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in line)}</tr>" for line in sheet.rows]
    head = "".join(f"<th>{html.escape(name)}</th>" for name in sheet.header)
    body = "\n".join(lines)
    path.write_text(
        f'<html><head><meta charset="utf-8"></head><body><table border="1">\n<tr>{head}</tr>\n{body}\n</table></body></html>\n',
        encoding="utf-8",
    )


def _text(cell: Cell) -> str:
    return "" if cell is None else html.escape(str(cell))


def csv_text(sheet: Sheet) -> str:
    """Header, rows and tail as CSV; numbers that Excel cut stand in its scientific notation."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(sheet.header)
    if sheet.numeric:
        writer.writerows(_cut(sheet, line) for line in sheet.rows)
    else:
        writer.writerows(sheet.rows)
    writer.writerows(sheet.tail)
    return buffer.getvalue()


def _cut(sheet: Sheet, line: Line) -> list[Cell]:
    return [
        f"{float(value):.5E}" if isinstance(value, str) and value in sheet.numeric.get(name, frozenset()) else value
        for name, value in zip(sheet.header, line, strict=True)
    ]


def write_csv(path: Path, sheet: Sheet, encoding: str = "utf-8-sig") -> None:
    """A CSV file."""
    path.write_bytes(csv_text(sheet).encode(encoding))


def write_zip(path: Path, parts: dict[str, Sheet]) -> None:
    """A zip of CSV parts (UTF-8 with BOM), with fixed times so that the same rows give the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, sheet in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 10, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, csv_text(sheet).encode("utf-8-sig"))
