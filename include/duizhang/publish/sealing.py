"""Workbooks under a password (agile encryption, AES-256), and reading them back."""

from __future__ import annotations

import hashlib
import hmac
import io
from pathlib import Path

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from duizhang.core.errors import InfraProblem


def seal(path: Path, password: str) -> None:
    """Replace the workbook `path` by its encrypted form, after reading that back. InfraProblem where it does not open."""
    plain = path.read_bytes()
    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, sealed)
    if unseal(sealed.getvalue(), password) != plain:
        raise InfraProblem("An encrypted workbook does not read back as it was written.", action="Nothing was published.")
    path.write_bytes(sealed.getvalue())


def unseal(sealed: bytes, password: str) -> bytes:
    """The workbook inside. InfraProblem where the password is not its own or the bytes are broken."""
    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(sealed))
        file.load_key(password=password, verify_password=True)
        file.decrypt(plain)
    except (DecryptionError, FileFormatError, InvalidKeyError) as problem:
        raise InfraProblem(f"An encrypted workbook does not open: {type(problem).__name__}.") from None
    return plain.getvalue()


def mark(key: bytes, password: str) -> str:
    """What a version's hash takes in of a password, so that another password is another version; says nothing of it."""
    return hmac.new(key, b"workbook password\0" + password.encode(), hashlib.sha256).hexdigest()
