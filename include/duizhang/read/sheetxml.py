"""What calamine does not tell of an .xlsx: hidden rows and columns, filters, error cells, and the true size of a sheet.

The sheet's XML is streamed once as bytes; searching bytes costs a tenth of parsing them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree import ElementTree

from duizhang.read import limits
from duizhang.read.archive import Archive, Member
from duizhang.read.problems import Refusal

# These begin with plain text on purpose: the search then runs at the speed of memory, not of a pattern.
_FAR = re.compile(rb' r="(?:[A-Z]{3}|[A-Z]{1,2}\d{6})')  # beyond column ZZ, or from row 100,000 on
_VALUED = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d+)[\"'][^<>]*(?<!/)>\s*<(?!/)")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
_HIDDEN = re.compile(rb"\shidden=[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_RANGE = re.compile(rb"\s(min|max)=[\"'](\d+)[\"']")
_ZERO_HEIGHT = re.compile(rb"\sht=[\"']0(?:\.0*)?[\"']")
_ZERO_WIDTH = re.compile(rb"\swidth=[\"']0(?:\.0*)?[\"']")
_AUTO_FILTER = re.compile(rb"<(?:\w+:)?autoFilter\b[^>]*\sref=[\"'][^\"']*?(\d+):[^\"']*?(\d+)[\"']")
_ERROR = re.compile(rb'<c\b(?=[^>]*\st="e")[^>]*\sr="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:<f\b[^>]*(?:/>|>[^<]*</f>))?<v>([^<]{1,20})</v>')
_UNCOMPUTED = re.compile(rb"<c\b([^>]*)>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>")
_NOTHING = re.compile(rb"<(?:\w+:)?worksheet\b[^>]*/>")
_FILTER_MODE = re.compile(rb"filterMode=[\"'](?:1|true)[\"']")
_TWO_LETTERS = 702  # columns A … ZZ
_KEEP = 4096  # bytes carried over, so that no tag is cut in two


@dataclass
class SheetFacts:
    """Facts of one sheet. Rows count from 1, columns from 0."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: bool = False
    ranges: list[tuple[int, int]] = field(default_factory=list)  # first and last row of what a filter stands on
    errors: list[tuple[int, int, str]] = field(default_factory=list)  # row from 1, column from 0, #N/A and the like
    uncomputed: int = 0  # formulas without a result
    rows: int = 0
    far: bool = False  # a cell may stand beyond column ZZ or row 100,000

    def filtered_rows(self) -> list[int]:
        """The hidden rows that an active filter hides. A filter made elsewhere (高级筛选) leaves no range: then all."""
        if not self.filtered:
            return []
        if not self.ranges:
            return self.hidden_rows
        return [row for row in self.hidden_rows if any(first < row <= last for first, last in self.ranges)]


def sheet_members(archive: Archive) -> dict[str, Member]:
    """Sheet name → its XML, in the workbook's order. Refusal where the workbook's own parts are broken."""
    book = archive.find("xl/workbook.xml")
    links = archive.find("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        raise Refusal("damaged", "工作簿结构不完整。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")
    targets = {
        node.get("Id"): normpath(join("xl", target)) if not target.startswith("/") else target.lstrip("/")
        for node in _parse(archive.read(links))
        if (target := node.get("Target"))
    }
    found: dict[str, Member] = {}
    for node in _parse(archive.read(book)).iter():
        if node.tag.rsplit("}", 1)[-1] == "sheet":
            key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
            member = archive.find(targets.get(key, ""))
            if member is not None:
                found[node.get("name", "")] = member
    return found


def scan(archive: Archive, member: Member) -> SheetFacts:
    """Stream a sheet's XML. Refusal where its cells would span too much, where formulas have no result, or it is cut off."""
    facts = SheetFacts()
    tail, prefix, ended = b"", None, False
    for piece in archive.stream(member):
        data = tail + piece
        check_plain(data)
        if prefix is None:
            prefix = _prefix(data)
            ended = _NOTHING.search(data[:_KEEP]) is not None
            row_tag = re.compile(b"<" + prefix + rb"row\b[^>]*>")
        ended = ended or b"</" + prefix + b"worksheet" in data
        cut = _whole(data)
        _look(facts, data[:cut], row_tag)
        tail = data[cut:]
    if tail and prefix is not None:
        _look(facts, tail, row_tag)
    if not ended:
        raise Refusal("damaged", "工作表内容不完整（末尾缺失）。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")
    _check_size(archive, member, facts)
    if facts.uncomputed:
        raise Refusal("format", f"有 {facts.uncomputed} 个公式没有计算结果。", "请用 Excel 或 WPS 打开、保存一次后重新报送，或先粘贴为数值。")
    for table in _tables(archive, member):
        _look_for_filter(facts, archive.read(table))
    return facts


def _tables(archive: Archive, member: Member) -> list[Member]:
    """The tables (Ctrl+T) of a sheet: their filters stand in parts of their own."""
    folder, _, base = member.name.rpartition("/")
    links = archive.find(f"{folder}/_rels/{base}.rels")
    if links is None:
        return []
    targets = [target for node in _parse(archive.read(links)) if (target := node.get("Target")) and "/tables/" in target]
    found = [archive.find(target if target.startswith("/") else normpath(join(folder, target))) for target in targets]
    return [table for table in found if table is not None]


def check_plain(data: bytes) -> None:
    """Refusal where a part of a workbook defines entities: no spreadsheet program does, and they may grow without end."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refusal("damaged", "工作簿含有不该有的外部定义。", "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")


def _parse(data: bytes) -> ElementTree.Element:
    check_plain(data)
    return ElementTree.fromstring(data)


def _prefix(data: bytes) -> bytes:
    root = re.search(rb"<((?:\w+:)?)worksheet\b", data)
    return root[1] if root else b""


def _whole(data: bytes) -> int:
    """Where to cut so that the piece ends with a whole cell, or at least a whole tag."""
    cell = data.rfind(b"</c>")
    return cell + 4 if cell >= 0 else data.rfind(b">") + 1


def _look(facts: SheetFacts, data: bytes, row_tag: re.Pattern[bytes]) -> None:
    for tag in row_tag.findall(data):
        found = _ROW_NUMBER.search(tag)
        number = int(found[1]) if found else facts.rows + 1
        facts.rows = max(facts.rows, number)
        if (b"hidden=" in tag and _HIDDEN.search(tag)) or (b"ht=" in tag and _ZERO_HEIGHT.search(tag)):
            facts.hidden_rows.append(number)
    if b't="e"' in data:
        facts.errors += [(int(row), _position(column) - 1, word.decode("utf-8", "replace")) for column, row, word in _ERROR.findall(data)]
    if len(facts.errors) > limits.MAX_ERRORS:
        raise Refusal("damaged", f"公式出错的单元格超过 {limits.MAX_ERRORS} 个。", "请在 Excel 里改正公式、粘贴为数值后重新报送。")
    if b"<f" in data:
        facts.uncomputed += sum(b't="str"' not in attributes for attributes in _UNCOMPUTED.findall(data))
    facts.far = facts.far or b" r='" in data or _FAR.search(data) is not None
    if b"hidden=" in data or b'width="0' in data:
        for tag in _COLUMN.findall(data):
            if _HIDDEN.search(tag) or _ZERO_WIDTH.search(tag):
                ends = {name: int(value) for name, value in _RANGE.findall(tag)}
                facts.hidden_columns |= set(range(ends[b"min"] - 1, min(ends[b"max"], limits.MAX_COLUMNS)))
    _look_for_filter(facts, data)


def _look_for_filter(facts: SheetFacts, data: bytes) -> None:
    facts.filtered = facts.filtered or b"filterColumn" in data or _FILTER_MODE.search(data) is not None
    if b"autoFilter" in data:
        facts.ranges += [(int(first), int(last)) for first, last in _AUTO_FILTER.findall(data)]


def _check_size(archive: Archive, member: Member, facts: SheetFacts) -> None:
    if not facts.far and facts.rows * _TWO_LETTERS <= limits.MAX_CELLS:
        return
    rows, width = _extent(archive, member)
    limits.check_cells(rows, width)


def _extent(archive: Archive, member: Member) -> tuple[int, int]:
    """(last row, last column) of the cells that hold something; formatted blank cells do not count."""
    rows, letters, tail = 0, set[bytes](), b""
    for piece in archive.stream(member):
        data = tail + piece
        cut = max(len(data) - _KEEP, 0)
        for found in _VALUED.finditer(data):
            letters.add(found[1])
            rows = max(rows, int(found[2]))
        tail = data[cut:]
    return rows, max((_position(word) for word in letters), default=0)


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
