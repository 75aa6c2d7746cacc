"""What calamine does not tell of a BIFF .xls – hidden rows and columns, filters –, and what it must not be given.

A damaged file may place a cell in column 65,535, and calamine would take memory for the box around it. So the stream is
walked first, record by record; a file that cannot be walked is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from duizhang.read import limits
from duizhang.read.problems import Refusal
from duizhang.read.sheetxml import SheetFacts

_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_NO_SECTOR = 0xFFFFFFFA  # from here on numbers mean: free, end of chain, FAT itself
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _SHEET, _PASSWORD = {0x0809, 0x0409, 0x0209, 0x0009}, 0x000A, 0x0085, 0x002F
_DIMENSIONS, _ROW, _COLUMNS, _FILTERED = {0x0200, 0x0000}, 0x0208, 0x007D, 0x009B
_CELLS = {0x0203, 0x0204, 0x0205, 0x00FD, 0x027E, 0x00D6, 0x0006, 0x0206, 0x0406, 0x0002, 0x0003, 0x0004, 0x0005}
_EXCEL_97 = 0x0600
_MANY = 0x00BD  # one record for several numbers of a row; its last two bytes are the last column
_ROWS, _WIDTH = 65_536, 256  # what the format has room for
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_RESAVE = "请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。"


def scan_biff(data: bytes) -> list[SheetFacts]:
    """Facts of every sheet in the workbook's order. Refusal where it is damaged, has a password, or is too large."""
    try:
        stream = _stream(data)
        return [_sheet(stream, start) for start in _starts(stream)]
    except (struct.error, IndexError, UnicodeDecodeError) as problem:
        raise _damaged() from problem


def _damaged() -> Refusal:
    return Refusal("damaged", "文件已损坏，无法读出（.xls 的内部结构不完整）。", _RESAVE)


def _stream(data: bytes) -> bytes:
    """The workbook's stream out of the compound file. No chain in it may go in circles: calamine would follow it for ever."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise _damaged()
    first, cutoff, mini_first = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    table = _table(data, shift)
    small = _numbers(_chain(data, mini_first, table, shift))
    entries = _chain(data, first, table, shift)
    root, wanted = b"", None
    for start in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, start + 64)[0]
        name = entries[start : start + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        kind, (sector, size) = entries[start + 66], struct.unpack_from("<II", entries, start + 116)
        if kind == 5:
            root = _chain(data, sector, table, shift)
        elif kind == 2 and size:
            _check_chain(sector, small if size < cutoff else table)
            wanted = (sector, size) if name in _STREAMS and wanted is None else wanted
    if wanted is None:
        raise Refusal("format", "不是 Excel 工作簿。", "请报送 .xlsx、.xls、.csv 或 .zip。")
    sector, size = wanted
    return (_chain(data, sector, table, shift) if size >= cutoff else _chain(root, sector, small, mini_shift, offset=0))[:size]


def _table(data: bytes, shift: int) -> list[int]:
    """The sector that follows each sector."""
    listed, difat = list(struct.unpack_from("<109I", data, 76)), struct.unpack_from("<I", data, 68)[0]
    sectors = (len(data) >> shift) + 1
    seen = 0
    while difat < _NO_SECTOR:
        seen += 1
        if seen > sectors:
            raise _damaged()
        *more, difat = _numbers(_sector(data, difat, shift))
        listed += more
    used = [number for number in listed if number < _NO_SECTOR]
    if len(used) > sectors:
        raise _damaged()
    return [number for sector in used for number in _numbers(_sector(data, sector, shift))]


def _numbers(packed: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(packed) // 4}I", packed[: len(packed) // 4 * 4]))


def _check_chain(number: int, table: list[int]) -> None:
    """Refusal where the chain from sector `number` on goes in circles, or out of the table."""
    steps = 0
    while number < _NO_SECTOR:
        steps += 1
        if steps > len(table):
            raise _damaged()
        number = table[number]


def _sector(data: bytes, number: int, shift: int, offset: int = 1) -> bytes:
    start = (number + offset) << shift
    found = data[start : start + (1 << shift)]
    if not found:
        raise _damaged()
    return found.ljust(1 << shift, b"\0")


def _chain(data: bytes, number: int, table: list[int], shift: int, offset: int = 1) -> bytes:
    """The sectors from `number` on."""
    _check_chain(number, table)
    pieces: list[bytes] = []
    while number < _NO_SECTOR:
        pieces.append(_sector(data, number, shift, offset))
        number = table[number]
    return b"".join(pieces)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, offset of the body, its length) from `start` on to the end of the substream."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = _HEAD.unpack_from(stream, start)
        start += 4
        if start + length > len(stream):
            raise _damaged()
        depth += kind in _BOF
        depth -= kind == _EOF
        yield kind, start, length
        if depth <= 0:
            return
        start += length


def _starts(stream: bytes) -> list[int]:
    """Where the sheets begin, in the order of the workbook."""
    starts = []
    for kind, at, _ in _records(stream, 0):
        if kind in _BOF and _HEAD.unpack_from(stream, at)[0] != _EXCEL_97:  # calamine would misread its letters
            raise Refusal("format", "是很旧的 Excel 格式（Excel 95 或更早）。", _RESAVE)
        if kind == _PASSWORD:
            raise Refusal("encrypted", "文件设有打开密码。", limits.ENCRYPTED_ACTION)
        if kind == _SHEET:
            starts.append(struct.unpack_from("<I", stream, at)[0])
    return starts


def _sheet(stream: bytes, start: int) -> SheetFacts:
    facts, width = SheetFacts(), 0
    for kind, at, length in _records(stream, start):
        if kind in _CELLS:
            row, column = _PLACE.unpack_from(stream, at)
            word = _error(stream, kind, at, length)
            if word:
                facts.errors.append((row + 1, column, word))
        elif kind == _MANY:
            row, column = _PLACE.unpack_from(stream, at)[0], struct.unpack_from("<H", stream, at + length - 2)[0]
        else:
            _look(facts, stream, kind, at, length)
            continue
        facts.rows, width = max(facts.rows, row + 1), max(width, column + 1)
    if width > _WIDTH:
        raise _damaged()
    limits.check_cells(facts.rows, width)
    return facts


def _error(stream: bytes, kind: int, at: int, length: int) -> str:
    """What a cell shows whose formula failed; '' for any other."""
    if kind == 0x0205 and length >= 8 and stream[at + 7] == 1:
        return _ERRORS.get(stream[at + 6], "#N/A")
    if kind == 0x0006 and length >= 14 and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
        return _ERRORS.get(stream[at + 8], "#N/A")
    return ""


def _look(facts: SheetFacts, stream: bytes, kind: int, at: int, length: int) -> None:
    if kind == _ROW and length >= 14:
        if struct.unpack_from("<H", stream, at + 12)[0] & _HIDDEN_ROW:
            facts.hidden_rows.append(struct.unpack_from("<H", stream, at)[0] + 1)
    elif kind == _COLUMNS and length >= 10:
        first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
        if flags & _HIDDEN_COLUMN:
            facts.hidden_columns |= set(range(first, min(last, _WIDTH - 1) + 1))
    elif kind == _FILTERED:
        facts.filtered = True
    elif kind in _DIMENSIONS and length in (8, 10, 14):  # calamine takes memory for what is said here
        rows, width = struct.unpack_from("<4xI2xH" if length == 14 else "<2xH2xH", stream, at)
        if rows > _ROWS or width > _WIDTH:
            raise _damaged()
