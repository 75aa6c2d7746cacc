"""Small JSON files of secrets below `<home>/secrets` (0600): name → secret, changed under a lock, replaced whole."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

COUNTY_PASSWORDS = "passwords.json"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when read aloud or from paper


def read(settings: Settings, name: str) -> dict[str, str]:
    """The secrets of `<home>/secrets/<name>`; none where there is no such file. ContractProblem where it is no such object."""
    path = settings.secrets / name
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ContractProblem(f"secrets/{name} is no JSON object of texts.", action="Mend it, or delete it and make the secrets anew.")
    return found


def change(settings: Settings, name: str, changes: Mapping[str, str | None]) -> None:
    """Set (or, None, remove) secrets of `<home>/secrets/<name>`. Safe in several processes at once."""
    settings.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.secrets / f"{name}.lock").open("w") as handle:
        Path(handle.name).chmod(0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        kept = {**read(settings, name), **changes}
        number, temp = tempfile.mkstemp(dir=settings.secrets, prefix=".writing-")  # made 0600
        with os.fdopen(number, "w", encoding="utf-8") as out:
            json.dump({key: value for key, value in sorted(kept.items()) if value is not None}, out, indent=1)
        Path(temp).replace(settings.secrets / name)


def county_password(settings: Settings, county: str, *, renew: bool = False) -> str:
    """The password of `county`'s workbooks: the one there is, else (or with `renew`) a new one of about 99 bits, stored.

    A list that was sent under the old password can no longer be read back once it is renewed. ContractProblem where
    `county` is not 6 digits.
    """
    if not re.fullmatch(r"[0-9]{6}", county):
        raise ContractProblem("A county is 6 digits.")
    known = read(settings, COUNTY_PASSWORDS).get(county)
    if known is not None and not renew:
        return known
    made = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    change(settings, COUNTY_PASSWORDS, {county: made})
    return made
