"""What may be opened at all: a plain .xlsx within limits, looked at as bytes before any reader sees it.

Formulas are never evaluated, links to other files never followed: what a workbook shows is what it stored.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from duizhang.receive import unlock
from duizhang.receive.facts import SheetFacts, Unscannable, scan

MAX_BYTES = 64 * 2**20  # a county's list of 100,000 rows is about 15 MB
MAX_UNPACKED = 512 * 2**20
MAX_PARTS = 2000
MAX_SHEETS = 60
MAX_CELLS = 4_000_000  # rows × columns up to the last cell with a value; the reader lays that rectangle out in memory
_DEFLATE = 1032  # no deflated part unpacks to more times its size: a part that says so is damaged, not large
_RATIO = 200  # unpacked : packed of one part above 10 MB; sheets of text reach about 30
_LARGEST_INDEX = 8 * 2**20  # of workbook.xml and its relations
_OLE = b"\xd0\xcf\x11\xe0"
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_MAIN, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

NOT_XLSX = "不是 .xlsx 工作簿。请在 Excel 或 WPS 里打开下发的清单，另存为“Excel 工作簿（*.xlsx）”后再交。"
OLD_FORMAT = "这是旧的 .xls（或 .et、.doc）格式，不能接收。请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（*.xlsx）”后再交。"
ENCRYPTED = "文件加了密码，本县登记的密码打不开。请去掉密码，或改用登记的密码，另存为 .xlsx 后再交。"
ARCHIVE = "这是压缩包，或压缩包加了密码。请解压，直接交里面的 .xlsx 清单。"
TOO_BIG = "文件太大，超出清单应有的大小。请用下发的清单填写，不要粘贴图片和其他资料，再交一次。"
BROKEN = "文件已损坏，打不开。请重新保存一次再交。"
MACROS = "文件里带有宏，不能接收。请另存为不带宏的 .xlsx 后再交。"
FAR_CELLS = "有单元格写到了很远的行或列，表格大得读不了。请删去表格以外的内容，或把清单复制到新工作簿后再交。"

_DAMAGE = (
    zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error, expat.ExpatError,
)  # fmt: skip


class Unsafe(Exception):
    """A file that is not opened; `reason` is a sentence that says what to do."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Opened:
    """A workbook that may be read: its plain bytes, and the facts of its sheets by name."""

    data: bytes
    sheets: dict[str, SheetFacts]


def opened(path: Path, passwords: Sequence[str] = ()) -> Opened:
    """The workbook at `path`, decrypted with one of `passwords` where it has to be. Raises Unsafe."""
    if path.stat().st_size > MAX_BYTES:
        raise Unsafe(TOO_BIG)
    data = path.read_bytes()
    if data.startswith(_OLE):
        data = _unlocked(data, passwords)
    if data.startswith(_ARCHIVES):
        raise Unsafe(ARCHIVE)
    if not data.startswith(b"PK\x03\x04"):
        raise Unsafe(NOT_XLSX)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return Opened(data, _sheets(parts))
    except Unscannable as problem:
        raise Unsafe(FAR_CELLS if problem.far else BROKEN) from None
    except _DAMAGE:
        raise Unsafe(BROKEN) from None


def _unlocked(data: bytes, passwords: Sequence[str]) -> bytes:
    try:
        return unlock.unlock(data, passwords)
    except unlock.NotEncrypted:
        raise Unsafe(OLD_FORMAT) from None
    except unlock.NoKey:
        raise Unsafe(ENCRYPTED) from None
    except unlock.Damaged:
        raise Unsafe(BROKEN) from None


def _sheets(parts: zipfile.ZipFile) -> dict[str, SheetFacts]:
    """The facts of every worksheet by its name, after the checks of the package as a whole."""
    infos = {info.filename: info for info in parts.infolist()}
    _package(parts.infolist())
    for name in (_MAIN, _RELATIONS):
        if name not in infos or infos[name].file_size > _LARGEST_INDEX:
            raise Unsafe(BROKEN)
    named = _Elements(parts.read(_MAIN)).sheets
    targets = _Elements(parts.read(_RELATIONS)).relations
    by_lower = {name.lower(): info for name, info in infos.items()}  # readers look parts up whatever their case
    found: dict[str, SheetFacts] = {}
    for name, relation in named:
        kind, target = targets.get(relation, ("", ""))
        part = by_lower.get(_part(target).lower())
        if part is None or name in found:
            raise Unsafe(BROKEN)
        if kind.endswith("/worksheet"):
            with parts.open(part) as stream:
                found[name] = scan(stream, MAX_CELLS, MAX_UNPACKED)
    return found


def _package(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what is no workbook, holds a program, or is larger than it may be."""
    names = [info.filename.lower() for info in infos]
    if any(info.flag_bits & 1 for info in infos):
        raise Unsafe(ARCHIVE)
    if _MAIN not in names or "[content_types].xml" not in names:
        raise Unsafe(ARCHIVE if any(name.endswith((".xlsx", ".xls", ".et")) for name in names) else NOT_XLSX)
    if len(set(names)) != len(names):  # two parts of one name: one reader would see this one, another that one
        raise Unsafe(BROKEN)
    if any(name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")) for name in names):
        raise Unsafe(MACROS)
    if any(info.file_size > _DEFLATE * max(info.compress_size, 1) for info in infos):
        raise Unsafe(BROKEN)
    swollen = any(i.file_size > 10 * 2**20 and i.file_size > _RATIO * max(i.compress_size, 1) for i in infos)
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED or swollen:
        raise Unsafe(TOO_BIG)
    if sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names) > MAX_SHEETS:
        raise Unsafe(TOO_BIG)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target.replace("\\", "/")))


class _Elements:
    """Sheets and relations that an index part names. Raises Unscannable for a DOCTYPE, Unsafe for too many sheets."""

    def __init__(self, xml: bytes) -> None:
        self.sheets: list[tuple[str, str]] = []  # name, id of the relation
        self.relations: dict[str, tuple[str, str]] = {}  # id → kind, target
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(xml, True)
        if len(self.sheets) > MAX_SHEETS:
            raise Unsafe(TOO_BIG)

    def _doctype(self, *_: object) -> None:
        raise Unscannable(far=False)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "Relationship":
            self.relations[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))
