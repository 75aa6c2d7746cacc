"""Opens a returned workbook that carries a county's password, in memory only."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Sequence

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

# Excel locks a file that is only “protected”, not secret, with a password that every reader knows.
PROTECTED_ONLY = "VelvetSweatshop"
_MOST_SPINS = 1_000_000  # Office writes 100,000; each password tried costs this many hashes
_LARGEST_INFO = 1 << 16
_BROKEN = (
    DecryptionError, FileFormatError, ParseError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError,
    struct.error, zlib.error, NotImplementedError, RuntimeError,
)  # fmt: skip


class NotEncrypted(Exception):
    """The OLE file holds no encrypted package: it is an old .xls, .et or .doc."""


class NoKey(Exception):
    """No password that is known here opens the file."""


class Damaged(Exception):
    """The container cannot be read, or what it holds was changed."""


def passwords(settings: Settings) -> list[str]:
    """The counties' passwords of <home>/secrets/passwords.json, each once; none where no county has one.

    Raises ContractProblem where the file is no object of texts (its content is never named).
    """
    path = settings.secrets / "passwords.json"
    if not path.exists():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(word, str) for word in found.values()):
        raise ContractProblem("secrets/passwords.json is no object {county: password}.", action="Make it anew with `duizhang password`.")
    return [word for word in dict.fromkeys(found.values()) if word]


def unlock(data: bytes, words: Sequence[str]) -> bytes:
    """The workbook inside the encrypted container `data`. Raises NotEncrypted, NoKey, Damaged."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            if not container.exists("EncryptionInfo"):
                raise NotEncrypted
            if container.get_size("EncryptionInfo") > _LARGEST_INFO:
                raise Damaged
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        if int(file.info.get("spinValue", 0)) > _MOST_SPINS:
            raise Damaged
        return _opened(file, [*words, PROTECTED_ONLY])
    except _BROKEN:
        raise Damaged from None


def _opened(file: msoffcrypto.OfficeFile, words: Sequence[str]) -> bytes:
    for word in words:
        try:
            file.load_key(password=word, verify_password=True)
        except InvalidKeyError:
            continue
        out = io.BytesIO()
        try:
            file.decrypt(out, verify_integrity=file.type == "agile")
        except InvalidKeyError:  # the password is right: the content was changed, or is no workbook
            raise Damaged from None
        return out.getvalue()
    raise NoKey
