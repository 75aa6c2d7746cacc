"""Spreadsheets (.xlsx, BIFF .xls) through calamine."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from duizhang.read import limits
from duizhang.read.archive import Archive
from duizhang.read.biff import scan_biff
from duizhang.read.cells import Below, text_of
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet
from duizhang.read.sheetxml import SheetFacts, check_plain, scan, sheet_members


def open_xlsx(data: bytes, part: str) -> Iterator[Sheet]:
    """The sheets of an .xlsx that hold anything, one at a time (a sheet's cells are freed when the next is asked for)."""
    archive = Archive(data)
    members = sheet_members(archive)
    sheets = {member.name for member in members.values()}
    for member in archive.members:
        if member.name not in sheets:
            for piece in archive.stream(member):
                if member.name.endswith((".xml", ".rels")):
                    check_plain(piece)
    facts = {name: scan(archive, member) for name, member in members.items()}
    yield from _sheets(data, part, "xlsx", lambda _, name: facts.get(name))


def open_xls(data: bytes, part: str) -> Iterator[Sheet]:
    """The sheets of a BIFF .xls."""
    facts = scan_biff(data)
    yield from _sheets(data, part, "xls", lambda place, _: facts[place] if place < len(facts) else None)


def _sheets(data: bytes, part: str, kind: str, facts: Callable[[int, str], SheetFacts | None]) -> Iterator[Sheet]:
    with _parsing():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        listed = [(meta.name, meta.visible == SheetVisibleEnum.Visible) for meta in book.sheets_metadata]
    if len(listed) > limits.MAX_PARTS:
        raise Refusal("too_large", f"工作簿有 {len(listed)} 张工作表，超过 {limits.MAX_PARTS} 张。", "请拆分后报送。")
    for place, (name, visible) in enumerate(listed):
        with _parsing():
            sheet = _worksheet(book, name)
            rows = [] if sheet is None else _rows(sheet)
        if not rows or sheet is None:
            continue
        found = facts(place, name)
        for row, column, word in found.errors if found else ():  # calamine gives nothing for them; nothing is not what they are
            if row <= len(rows) and column < len(rows[row - 1]):
                rows[row - 1][column] = word
        merges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
        yield Sheet(
            part, name, kind, "", [[text_of(cell) for cell in row] for row in rows[: limits.HEAD_ROWS]],
            Below(rows), merges, visible,
            hidden_rows=found.hidden_rows if found else None,
            hidden_columns=found.hidden_columns if found else None,
            filtered=found.filtered if found else None,
            filtered_rows=found.filtered_rows() if found else None,
            error_cells=len(found.errors) if found else 0,
        )


def _worksheet(book: CalamineWorkbook, name: str) -> CalamineSheet | None:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError:
        # Chart and macro sheets are listed but are no worksheets; a broken worksheet must not pass for one of them.
        kinds = {meta.name: str(meta.typ) for meta in book.sheets_metadata}
        if kinds.get(name, "").endswith("WorkSheet"):
            raise
        return None


def _rows(sheet: CalamineSheet) -> list[list[Any]]:
    if sheet.end is None:
        return []
    last_row, last_column = sheet.end
    limits.check_cells(last_row + 1, last_column + 1)
    return sheet.to_python(skip_empty_area=False)


@contextmanager
def _parsing() -> Iterator[None]:
    """Turns what the parser raises on a broken file into a sentence; its own text may quote cells and is dropped."""
    try:
        yield
    except PasswordError:
        raise Refusal("encrypted", "文件设有打开密码。", limits.ENCRYPTED_ACTION) from None
    except (CalamineError, OSError, ValueError) as problem:
        raise _broken(problem) from None
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":  # what a Rust library raises on an inner fault; it has no type here
            raise
        raise _broken(problem) from None


def _broken(problem: BaseException) -> Refusal:
    return Refusal("damaged", f"文件已损坏，无法读出（{type(problem).__name__}）。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")
