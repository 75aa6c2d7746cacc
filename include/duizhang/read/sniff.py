"""What a file is, by its first bytes; what its text is encoded in. Extensions are not believed."""

from __future__ import annotations

import re
from typing import Literal

from duizhang.read import limits
from duizhang.read.archive import Archive
from duizhang.read.problems import Refusal

Format = Literal["xlsx", "zip", "xls", "html", "csv"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_RESAVE = "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送。"
_OTHER = (
    (b"%PDF", "是 PDF，不是表格"), (b"Rar!", "是 RAR 压缩包"), (b"7z\xbc\xaf", "是 7z 压缩包"),
    (b"\x89PNG", "是图片，不是表格"), (b"\xff\xd8\xff", "是图片，不是表格"), (b"{\\rtf", "是 RTF 文档，不是表格"),
    (b"MIME-Version:", "是单一文件网页（mht）"),
)
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_UTF8_CHINESE = b"abb" * 4  # four Chinese letters: in GB18030 by chance once in 10^10; a = E4…E9, b = 80…BF
_CLASSES = bytes(97 if 0xE4 <= code <= 0xE9 else 98 if 0x80 <= code <= 0xBF else 99 for code in range(256))
_LOST = "\ufffd"
_REEXPORT = "请从原系统重新导出，另存为“CSV UTF-8”或 .xlsx 后报送，不要把几份文件直接拼接。"


def sniff(data: bytes) -> Format:
    """The format of `data`; Refusal where it is none that is read."""
    if not data[:4096].strip() and not data.strip():
        raise Refusal("empty", "文件是空的。", "请重新导出后报送。")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            raise Refusal("encrypted", "文件设有打开密码。", limits.ENCRYPTED_ACTION)
        if _WORD in data:
            raise Refusal("format", "文件是 Word 文档，不是表格。", "请报送 .xlsx、.xls、.csv 或 .zip。")
        return "xls"
    if data[:2] == b"\x09\x08" or data[:2] == b"\x09\x04":  # a BIFF stream without its OLE shell, Excel 2–4
        raise Refusal("format", "是很旧的 Excel 格式。", _RESAVE)
    for magic, what in _OTHER:
        if data.startswith(magic):
            raise Refusal("format", f"文件{what}。", "请报送 .xlsx、.xls、.csv 或 .zip。")
    return _text_kind(data)


def _zip_kind(data: bytes) -> Format:
    names = [member.name for member in Archive(data).members]
    if "xl/workbook.bin" in names:
        raise Refusal("format", "是 .xlsb（二进制工作簿）。", _RESAVE)
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "word/document.xml" in names or "ppt/presentation.xml" in names or "content.xml" in names:
        raise Refusal("format", "是文档而不是 Excel 表格。", _RESAVE)
    return "zip"


def _text_kind(data: bytes) -> Format:
    start = data[:4096]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    opening = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if opening.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start or opening.startswith(b"<?mso"):
            raise Refusal("format", "是 XML 表格 2003 格式。", _RESAVE)
        return "html"
    if b"\x00" in start:
        raise Refusal("format", "不是表格文件，或已损坏。", "请报送 .xlsx、.xls、.csv 或 .zip。")
    return "csv"


def decode(data: bytes, *, html: bool = False) -> tuple[str, str]:
    """(text, encoding). Order: byte-order mark, UTF-8, GB18030; a fixed order errs less than guessing by frequency.

    For HTML what the page says of itself comes first. Refusal where nothing fits.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif data.startswith(b"\xef\xbb\xbf"):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
        said = _META_CHARSET.search(data[:4096]) if html else None
        if said and said[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
            candidates = ["gb18030", "utf-8"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        _check_text(data, text, encoding)
        return text, encoding
    _check_one_encoding(data)
    raise Refusal("encoding", "文字编码无法识别（既不是 UTF-8 也不是 GB18030）。", _REEXPORT)


def _check_one_encoding(data: bytes) -> None:
    """Refusal where bytes that are not UTF-8 as a whole have Chinese in UTF-8: two files in one, or the last letter cut."""
    found = data.translate(_CLASSES).find(_UTF8_CHINESE)  # by classes of bytes: twenty times as fast as a pattern
    if found < 0:
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        change = max(found, problem.start)
        row = data.count(b"\n", 0, change) + 1
        raise Refusal("encoding", f"文件里混用了两种文字编码，或末尾被截断（第 {row} 行处）。", _REEXPORT) from None


def _check_text(data: bytes, text: str, encoding: str) -> None:
    """GB18030 takes almost any bytes: what is UTF-8 in part would become nonsense. What was lost before cannot be guessed."""
    if encoding == "gb18030":
        _check_one_encoding(data)
    if _LOST in text:
        row = text.count("\n", 0, text.index(_LOST)) + 1
        raise Refusal("encoding", f"有 {text.count(_LOST)} 处文字在转码时已经丢失（第 {row} 行起，显示为“{_LOST}”），不能猜补。", _REEXPORT)
