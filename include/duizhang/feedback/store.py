"""The bytes of lists from above: kept once under their sha256, with a journal of who sent what when."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from datetime import date
from pathlib import Path

from duizhang.core.errors import InfraProblem
from duizhang.core.settings import Settings


def folder(settings: Settings) -> Path:
    """Where lists from above are kept (in returns/, so that backup and retention know of them)."""
    return settings.returns / ".above"


def keep(settings: Settings, path: Path, source: str, received_on: date) -> tuple[str, bytes]:
    """(sha256, bytes) of the file at `path`, kept once; a file and source that came before add no line to the journal."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise InfraProblem(f"The list cannot be read ({type(problem).__name__}).", action="Check the path.") from None
    sha, shelf = hashlib.sha256(data).hexdigest(), folder(settings)
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (shelf / sha).exists():
        handle, temp = tempfile.mkstemp(dir=shelf, prefix=".writing-")
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(temp).replace(shelf / sha)
    _journal(shelf / "taken.jsonl", sha, source, received_on, len(data))
    return sha, data


def _journal(path: Path, sha: str, source: str, received_on: date, size: int) -> None:
    """One line for each file and source; its name is not kept (it may hold a person's)."""
    with path.open("a+", encoding="utf-8") as journal:
        path.chmod(0o600)
        fcntl.flock(journal, fcntl.LOCK_EX)
        journal.seek(0)
        known = {(row["sha256"], row["source"]) for row in map(json.loads, journal) if row}
        if (sha, source) not in known:
            row = {"sha256": sha, "source": source, "received_on": received_on.isoformat(), "size": size}
            journal.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
