"""Which sheets of a file are read: those with the contract's header. The others are named in the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from duizhang.contracts.model import Contract
from duizhang.read.columns import map_columns, missing_columns
from duizhang.read.header import Found, find_header, nearly_header, titles
from duizhang.read.names import base_name, name_key, shown
from duizhang.read.opening import Opened, is_text
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet


@dataclass(frozen=True)
class Used:
    """A sheet that is read, its header, and the texts above it."""

    sheet: Sheet
    found: Found
    titles: tuple[str, ...]


def outline(opened: Opened, contract: Contract) -> tuple[str, ...]:
    """The titles of all sheets, also of such as are refused: above the header, else rows of a single cell."""
    texts: list[str] = []
    for sheet in opened.sheets:
        found = find_header(sheet, contract.header)
        bare = [row for row in sheet.head[: contract.header.within] if sum(map(bool, row)) == 1]
        texts += titles(sheet, found, contract.header.within) if found else ["".join(row) for row in bare]
    return tuple(dict.fromkeys(texts))


@dataclass(frozen=True)
class Chosen:
    """The sheets to read; what was passed over with its reason; the texts of sheets that only report zero.

    `unread` counts the sheets with content of workbooks that were passed over.
    """

    used: tuple[Used, ...]
    skipped: tuple[str, ...]
    zero_titles: tuple[str, ...]
    unread: int


def choose_sheets(opened: Opened, contract: Contract, name: str) -> Chosen:
    """Every part of the file `name` must give a sheet with the header, or say that there is nothing to report; else Refusal.

    Of several sheets with the header the one that the contract names is read, else all visible ones; hidden ones only
    where no visible one has it, because a hidden sheet is mostly an old copy.
    """
    used: list[Used] = []
    skipped: list[str] = []
    zero: list[str] = []
    unread = 0
    for part, group in groupby(opened.sheets, key=lambda sheet: sheet.part):
        sheets = [sheet for sheet in group if not sheet.empty]
        found = _with_header(sheets, contract)
        if found:
            taken = _wanted(found, contract)
            used += taken
            left = [sheet for sheet in sheets if sheet not in [one.sheet for one in taken]]
            skipped += [_left_out(sheet) for sheet in left]
            unread += sum(map(_is_table, left))
        elif words := _zero_words(sheets, contract, name):
            zero += words
        elif part and is_text(part):
            skipped.append(f"{part}：没有表头，作说明文字处理")
        else:
            raise _incomplete(sheets, contract, name) or _no_header(part, sheets, contract)
    if not used and not zero:
        raise _no_header("", [], contract)
    return Chosen(tuple(used), tuple(skipped), tuple(zero), unread)


def _is_table(sheet: Sheet) -> bool:
    """Whether a sheet that is not read may hold data: of a web page, a table of one row or column is layout."""
    filled = [row for row in sheet.head if any(row)]
    return sheet.format != "html" or (len(filled) > 1 and any(sum(map(bool, row)) > 1 for row in filled))


def _with_header(sheets: Sequence[Sheet], contract: Contract) -> list[Used]:
    used = []
    for sheet in sheets:
        found = find_header(sheet, contract.header)
        if found:
            used.append(Used(sheet, found, titles(sheet, found, contract.header.within)))
    return used


def _wanted(found: list[Used], contract: Contract) -> list[Used]:
    if contract.sheet:
        named = [one for one in found if name_key(one.sheet.name) == name_key(contract.sheet)]
        if named:
            return named
    return [one for one in found if one.sheet.visible] or found


def _left_out(sheet: Sheet) -> str:
    place = "/".join(text for text in (sheet.part, sheet.name) if text)
    return f"{place}：{'有内容，未读取' if sheet.visible else '隐藏的工作表，有内容，未读取'}"


def _zero_words(sheets: Sequence[Sheet], contract: Contract, name: str) -> list[str]:
    """The texts of a part that has no header but a zero-report word, in itself or in the file's name."""
    words = [name_key(word) for word in contract.zero_report]
    texts = [text for sheet in sheets for text in titles(sheet, None, contract.header.within)]
    said = [*texts, base_name(name)]
    return texts if any(word in name_key(text) for word in words for text in said) else []


def _incomplete(sheets: Sequence[Sheet], contract: Contract, name: str) -> Refusal | None:
    """Where a header is there but lacks an anchor, the sentence that names the column says more than 'no header'."""
    names = [text for column in contract.columns for text in (column.name, *column.aliases)]
    for sheet in sheets:
        found = nearly_header(sheet, contract.header, names)
        mapping = map_columns(found.parts, contract, None) if found else None
        if found and mapping and mapping.missing:
            return missing_columns(sheet, found.parts, mapping, contract, name)
    return None


def _no_header(part: str, sheets: Sequence[Sheet], contract: Contract) -> Refusal:
    anchors = "、".join(f"「{group[0]}」" for group in contract.header.anchors if group)
    where = f"压缩包内「{base_name(part)}」" if part else "文件"
    listed = "、".join(f"「{shown(sheet.name)}」" for sheet in sheets if sheet.name)
    looked = f"（已看工作表{listed}）" if listed else ""
    return Refusal(
        "header", f"{where}前 {contract.header.within} 行内找不到表头，表头应同时有 {anchors} 列{looked}。",
        f"请按「{contract.title}」原样导出，不要删改表头。",
    )
