"""What may be opened at all: a plain .xlsx within limits, looked at as bytes before any reader sees it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

MAX_BYTES = 64 * 2**20  # a county's list of 100,000 rows is about 15 MB
MAX_UNPACKED = 512 * 2**20
MAX_PARTS = 2000
MAX_SHEETS = 60
MAX_CELLS = 4_000_000  # rows × columns up to the last cell with a value; the reader lays that rectangle out in memory
_RATIO = 200  # unpacked : packed of one part above 10 MB; sheets of text reach about 30
_OLE = b"\xd0\xcf\x11\xe0"
_REFERENCE = re.compile(r"([A-Za-z]{1,7})(\d{1,10})")
_CHUNK = 1 << 20

NOT_XLSX = "不是 .xlsx 工作簿。请在 Excel 或 WPS 里打开下发的清单，另存为“Excel 工作簿（*.xlsx）”后再交。"
ENCRYPTED = "文件加了密码，或是旧的 .xls 格式，读不出来。请去掉密码，另存为 .xlsx 后再交。"
TOO_BIG = "文件太大，超出清单应有的大小。请用下发的清单填写，不要粘贴图片和其他资料，再交一次。"
BROKEN = "文件已损坏，打不开。请重新保存一次再交。"
MACROS = "文件里带有宏，不能接收。请另存为不带宏的 .xlsx 后再交。"
FAR_CELLS = "有单元格写到了很远的行或列，表格大得读不了。请删去表格以外的内容，或把清单复制到新工作簿后再交。"


def refusal(path: Path) -> str | None:
    """Why `path` is not opened, as a sentence that says what to do; None where it may be read."""
    if path.stat().st_size > MAX_BYTES:
        return TOO_BIG
    with path.open("rb") as start:
        magic = start.read(4)
    if magic == _OLE:
        return ENCRYPTED
    if magic != b"PK\x03\x04":
        return NOT_XLSX
    try:
        with zipfile.ZipFile(path) as parts:
            return _parts(parts)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error, expat.ExpatError):
        return BROKEN


def _parts(parts: zipfile.ZipFile) -> str | None:
    infos = parts.infolist()
    names = {info.filename for info in infos}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        return NOT_XLSX
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return MACROS
    if any(info.flag_bits & 1 for info in infos):
        return ENCRYPTED
    swollen = any(i.file_size > 10 * 2**20 and i.file_size > _RATIO * max(i.compress_size, 1) for i in infos)
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED or swollen:
        return TOO_BIG
    sheets = [info for info in infos if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml")]
    if len(sheets) > MAX_SHEETS:
        return TOO_BIG
    return next((problem for sheet in sheets if (problem := _sheet(parts, sheet))), None)


def _sheet(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | None:
    """Stream a sheet's XML: its declared size is not to be trusted, and one far cell makes a rectangle of billions."""
    extent = _Extent()
    read = 0
    with parts.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            read += len(chunk)
            extent.feed(chunk)
            if extent.doctype:
                return BROKEN
            if read > MAX_UNPACKED:
                return TOO_BIG
            if extent.rows * extent.columns > MAX_CELLS:
                return FAR_CELLS
    extent.feed(b"", last=True)
    return None


class _Extent:
    """The last row and column that hold a value. Cells with a format only are nothing: whole columns may be coloured."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.doctype = False
        self._row = self._column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Read on. Raises expat.ExpatError for what is no XML."""
        self._parser.Parse(data, last)

    def _doctype(self, *_: object) -> None:
        self.doctype = True

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            match = _REFERENCE.fullmatch(attributes.get("r", ""))
            if match:
                self._column, self._row = _column(match.group(1)), int(match.group(2))
            else:
                self._column += 1
        elif name in ("v", "is", "f"):
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 11 else self._row + 1
            self._column = 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
