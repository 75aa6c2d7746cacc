"""Zip archives read with a budget: a member is inflated by us, so that what its header claims cannot deceive."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from duizhang.read import limits
from duizhang.read.problems import Refusal

_STORED, _DEFLATED = 0, 8
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_STEP = 1 << 16  # packed bytes inflated at a time: 66 MB unpacked at worst


@dataclass(frozen=True)
class Member:
    """A file in an archive."""

    name: str
    info: zipfile.ZipInfo


class Archive:
    """A zip in memory. Raises Refusal where it is damaged, encrypted, or larger unpacked than the limits allow."""

    def __init__(self, data: bytes) -> None:
        self.data = memoryview(data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                infos = [info for info in opened.infolist() if not info.filename.endswith("/")]
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as problem:
            raise Refusal("damaged", "压缩结构已损坏，无法打开。", "请重新导出或重新压缩后报送。") from problem
        if len(infos) > limits.MAX_MEMBERS:
            raise Refusal("too_large", f"内含文件超过 {limits.MAX_MEMBERS} 个。", "请拆分后报送。")
        self.members = [Member(_name(info), info) for info in infos]
        _check_members(self.members)
        self._budget = limits.MAX_UNPACKED

    def find(self, name: str) -> Member | None:
        """The member of this name, in any case, or None."""
        wanted = name.lstrip("/").casefold()
        return next((member for member in self.members if member.name.casefold() == wanted), None)

    def read(self, member: Member) -> bytes:
        """All bytes of `member`."""
        return b"".join(self.stream(member))

    def stream(self, member: Member) -> Iterator[bytes]:
        """The bytes of `member` piece by piece."""
        info = member.info
        if info.flag_bits & _ENCRYPTED:
            raise Refusal("encrypted", "压缩包设有密码。", "请用不带密码的压缩包重新报送。")
        packed = self._packed(info)
        if info.compress_type == _STORED:
            self._spend(len(packed), len(packed), 0)
            yield bytes(packed)
            return
        if info.compress_type != _DEFLATED:
            raise Refusal("format", "压缩包使用了少见的压缩方法。", "请用系统自带的“压缩为 zip”重新压缩后报送。")
        yield from self._inflate(packed)

    def _inflate(self, packed: memoryview) -> Iterator[bytes]:
        engine, total = zlib.decompressobj(-15), 0
        try:
            for start in range(0, len(packed), _STEP):
                piece = engine.decompress(packed[start : start + _STEP])
                total += len(piece)
                self._spend(len(piece), len(packed), total)
                yield piece
            rest = engine.flush()
        except zlib.error as problem:
            raise Refusal("damaged", "压缩内容已损坏。", "请重新导出或重新压缩后报送。") from problem
        self._spend(len(rest), len(packed), total + len(rest))
        yield rest

    def _packed(self, info: zipfile.ZipInfo) -> memoryview:
        header = self.data[info.header_offset : info.header_offset + 30]
        if len(header) < 30 or bytes(header[:4]) != b"PK\x03\x04":
            raise Refusal("damaged", "压缩结构已损坏，无法打开。", "请重新导出或重新压缩后报送。")
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        start = info.header_offset + 30 + name_length + extra_length
        return self.data[start : start + info.compress_size]

    def _spend(self, size: int, packed: int, total: int) -> None:
        self._budget -= size
        bomb = total > limits.RATIO_FROM and total > packed * limits.MAX_RATIO
        if self._budget < 0 or bomb:
            raise Refusal("too_large", "解压后过大，不像正常的导出文件。", "请按乡镇拆分，或另存为 CSV 后报送。")


def _check_members(members: list[Member]) -> None:
    """Refusal where members share their bytes (a bomb of few bytes), have one name, or names that lead out of the archive."""
    ends = 0
    for info in sorted((member.info for member in members), key=lambda info: info.header_offset):
        if info.header_offset < ends:
            raise Refusal("damaged", "压缩包内的文件互相重叠，不是正常打包的。", "请把表格重新压缩后报送。")
        ends = info.header_offset + 30 + info.compress_size
    if not all(member.name for member in members):
        raise Refusal("damaged", "压缩包内有没有名字的文件，不是正常打包的。", "请把表格重新压缩后报送。")
    names = [member.name.replace("\\", "/") for member in members]
    if any(name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") for name in names):
        raise Refusal("format", "压缩包内的文件名带有绝对路径或上级目录，不是正常打包的。", "请把表格重新压缩后报送。")
    if len({name.casefold() for name in names}) < len(names):
        raise Refusal("ambiguous", "压缩包内有同名的文件，分不清以哪一个为准。", "请删去重复的文件后重新压缩报送。")


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name: archives made by Windows write GBK without saying so, and Python reads that as cp437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
