"""A landed file opened: its sheets, and those of its members where it is a zip."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from duizhang.read.archive import Archive, Member
from duizhang.read.delimited import open_csv
from duizhang.read.htmltable import open_html
from duizhang.read.names import base_name
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet
from duizhang.read.sniff import Format, sniff
from duizhang.read.spreadsheet import open_xls, open_xlsx

_TABLES = (".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv")
_OPEN = {"xlsx": open_xlsx, "xls": open_xls, "html": open_html, "csv": open_csv}


@dataclass
class Opened:
    """The sheets with content, the zip members they stand in ('' for a plain file), and what was passed over."""

    format: Format
    members: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def open_file(data: bytes) -> Opened:
    """Open `data`, whatever it is. Refusal where it cannot be read."""
    kind = sniff(data)
    opened = Opened(kind)
    if kind == "zip":
        _open_members(Archive(data), opened)
    else:
        opened.sheets = list(_sheets(kind, data, ""))
    if not any(not sheet.empty for sheet in opened.sheets):
        raise Refusal("empty", "文件里没有任何内容。", "请重新导出后报送；本期确无数据的，请注明“零报告”。")
    return opened


def is_text(part: str) -> bool:
    """Whether a zip member may be a covering note rather than a table."""
    return part.lower().endswith((".txt", ".md", ".htm", ".html"))


def _open_members(archive: Archive, opened: Opened) -> None:
    for member in sorted(archive.members, key=lambda member: member.name):
        if _clutter(member.name):
            continue
        data = archive.read(member)
        if not data:
            opened.skipped.append(f"{member.name}：空文件")
            continue
        kind = _member_kind(member, data, opened)
        if kind is not None:
            opened.members.append(member.name)
            opened.sheets += _sheets(kind, data, member.name)


def _member_kind(member: Member, data: bytes, opened: Opened) -> Format | None:
    """The member's format; None for a note or a picture that lies beside the tables."""
    try:
        kind = sniff(data)
    except Refusal as refusal:
        if refusal.kind == "format" and not member.name.lower().endswith(_TABLES):
            opened.skipped.append(f"{member.name}：{refusal.message}")
            return None
        raise _inside(member.name, refusal) from refusal
    if kind == "zip":
        raise Refusal("format", f"压缩包里还有压缩包「{base_name(member.name)}」。", "请把表格直接放在一个压缩包里报送。")
    return kind


def _sheets(kind: Format, data: bytes, part: str) -> Iterator[Sheet]:
    try:
        yield from (sheet for sheet in _OPEN[kind](data, part))
    except Refusal as refusal:
        raise (_inside(part, refusal) if part else refusal) from None
    except (ParseError, struct.error, LookupError, ValueError, ArithmeticError, RecursionError) as problem:
        # Parsers quote what they stumble over; only the kind of the problem goes on.
        broken = Refusal("damaged", f"文件已损坏，无法读出（{type(problem).__name__}）。", "请用 Excel 或 WPS 打开后另存再报送。")
        raise (_inside(part, broken) if part else broken) from None


def _inside(part: str, refusal: Refusal) -> Refusal:
    return Refusal(refusal.kind, f"压缩包内「{base_name(part)}」：{refusal.message}", refusal.action)


def _clutter(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return hidden or "__MACOSX" in parts or parts[-1].lower() in ("thumbs.db", "desktop.ini")
