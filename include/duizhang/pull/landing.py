"""The landing folder: `landing/<sha256>` holds bytes, `landing/arrivals.jsonl` says under which names they came.

Both are only ever written whole and moved into place, bytes before their line, so a killed run leaves no half file
and no line without its bytes. A file lock serialises concurrent runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO

from duizhang.core.errors import InfraProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.pull.source import Item, Source, open_source

BLOCK = 1 << 20  # bytes per read: large enough that hashing, not calls, takes the time
TEMP = ".arriving-"

log = logger("pull")


@dataclass(frozen=True, order=True)
class Arrival:
    """One file of an inbox: the sha256 of its bytes (64 hex digits), its name relative to the inbox, its bytes."""

    sha256: str
    name: str
    size: int


def pull(settings: Settings, inbox: str | Path) -> list[Arrival]:
    """Store every file below `inbox` (a folder or an fsspec URL) in the landing, and record it.

    Returns the arrivals that the inbox holds now, sorted by name; the landing also keeps earlier ones. Running it again
    changes nothing. Hidden files, Office lock files, half uploads and links are not arrivals; a file that changes
    while it is read is left for the next run. Raises InfraProblem where the inbox cannot be read.
    """
    landing = settings.landing
    landing.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = open_source(inbox)
    with locked(landing):
        sweep(landing)
        found = sorted(_land(landing, source, destroyed(settings)), key=lambda arrival: (arrival.name, arrival.sha256))
        news = remember(settings, found)
    log.info("pulled %d files, %d of them new arrivals", len(found), news)
    return found


def sweep(landing: Path) -> None:
    """Remove what a killed run left half copied; the lock must be held."""
    for leftover in landing.glob(f"{TEMP}*"):
        leftover.unlink()


def remember(settings: Settings, found: Iterable[Arrival]) -> int:
    """Add `found` to the list of arrivals; gives how many of them are new. The lock must be held."""
    known = arrivals(settings)
    news = set(found) - set(known)
    if news:
        _record(settings.landing, {*known, *news})
    return len(news)


def destroyed(settings: Settings) -> set[str]:
    """sha256 of the files that retention has destroyed: they are not taken in again, wherever they still lie."""
    path = settings.landing / "destroyed.jsonl"
    if not path.exists():
        return set()
    return {json.loads(line)["sha256"] for line in path.read_text(encoding="utf-8").splitlines()}


def destroy(settings: Settings, doomed: set[str], on: date) -> int:
    """Delete the bytes of `doomed` and move their arrivals to `destroyed.jsonl`; gives how many lines were moved."""
    landing = settings.landing
    with locked(landing):
        known = arrivals(settings)
        gone = [arrival for arrival in known if arrival.sha256 in doomed]
        old = landing / "destroyed.jsonl"
        lines = old.read_text(encoding="utf-8") if old.exists() else ""
        # sha256, size and day only: a name may hold what is to be forgotten
        before = destroyed(settings)
        entries = {(arrival.sha256, arrival.size) for arrival in gone if arrival.sha256 not in before}
        lines += "".join(
            json.dumps({"sha256": sha, "size": size, "destroyed_on": on.isoformat()}, sort_keys=True) + "\n" for sha, size in sorted(entries)
        )
        if gone:
            _write(landing, "destroyed.jsonl", lines)
            _record(landing, set(known) - set(gone))
        for sha in before | {arrival.sha256 for arrival in gone}:  # those of a run killed here before, too
            (landing / sha).unlink(missing_ok=True)
    return len(gone)


def arrivals(settings: Settings) -> list[Arrival]:
    """Everything that ever arrived, sorted by name and content; empty before the first pull."""
    path = settings.landing / "arrivals.jsonl"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return sorted((Arrival(**json.loads(line)) for line in lines), key=lambda arrival: (arrival.name, arrival.sha256))


def _land(landing: Path, source: Source, gone: set[str]) -> Iterator[Arrival]:
    for item in source.items():
        try:
            arrival = store(landing, source, item, gone)
        except OSError as problem:
            raise InfraProblem(f"A file of the inbox cannot be read or stored ({type(problem).__name__}).") from problem
        if arrival is None:
            log.warning("a file changed while it was read; it is left for the next run")
        elif arrival.sha256 not in gone:
            yield arrival


def store(landing: Path, source: Source, item: Item, gone: set[str]) -> Arrival | None:
    """Copy one file into the landing (unless its content is in `gone`); None where it changed meanwhile."""
    handle, temp = tempfile.mkstemp(dir=landing, prefix=TEMP)
    try:
        with os.fdopen(handle, "wb") as out, source.open(item) as stream:
            digest, size = _copy(stream, out)
            out.flush()
            os.fsync(out.fileno())
        if source.changed(item):
            return None
        target = landing / digest
        if not target.exists() and digest not in gone:
            Path(temp).chmod(0o600)
            os.replace(temp, target)
        return Arrival(digest, item.name, size)
    finally:
        Path(temp).unlink(missing_ok=True)


def _copy(stream: IO[bytes], out: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        digest.update(block)
        out.write(block)
        size += len(block)
    return digest.hexdigest(), size


def _record(landing: Path, everything: Iterable[Arrival]) -> None:
    ordered = sorted(everything, key=lambda arrival: (arrival.name, arrival.sha256))
    lines = "".join(json.dumps(asdict(arrival), ensure_ascii=False, sort_keys=True) + "\n" for arrival in ordered)
    _write(landing, "arrivals.jsonl", lines)


def _write(landing: Path, name: str, text: str) -> None:
    handle, temp = tempfile.mkstemp(dir=landing, prefix=TEMP)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temp, landing / name)


@contextmanager
def locked(landing: Path) -> Iterator[None]:
    """Hold the landing against other runs, of this process and others."""
    with (landing / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
