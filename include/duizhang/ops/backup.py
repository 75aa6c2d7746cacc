"""A copy of all that a home cannot make again: what arrived, what was sent out and came back, the ledger, the key.

In a backup: `home/` with landing, out, returns, receipts, the newest date's partitions, every date's summary, and of
secrets the installation key and the connections file; `db/` with every row of ledger and warehouse; `manifest.json`.
Left out, because the next run makes them again from landing: raw, norm and the partitions of earlier dates. Left out,
because a new home makes its own: the database's passwords, logs, spill.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from duizhang import ledger
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.core.writing import at_rest
from duizhang.ledger import db
from duizhang.ops import tables

MANIFEST = "manifest.json"
FORMAT = 1
BLOCK = 1 << 20
KEPT = ("landing", "out", "returns", "receipts", "alerts", "tables")
SECRETS = ("installation.key", "connections.yaml", "passwords.json")
_PASSING = (".arriving-", ".writing-", ".lock")  # what a killed run may have left half written

log = logger("ops.backup")


def backup(settings: Settings, to: Path) -> dict[str, Any]:
    """Write a backup of the home into the new folder `to` (mode 0700) and give its manifest.

    `to` appears under its name only when it is complete. Raises ContractProblem where `to` exists or lies in the home,
    InfraProblem (worth a retry) where a run is writing, here (the home's lock) or on another machine (the ledger's).
    """
    target = to.resolve()
    if target.is_relative_to(settings.home.resolve()):
        raise ContractProblem("The backup would lie inside the home.", action="Give a folder on another disk.")
    if target.exists():
        raise ContractProblem("The backup's folder exists already.", action="Give the name of a new folder.")
    unfinished = target.with_name(f".{target.name}.writing-{os.getpid()}")
    ledger.migrate(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    try:
        with at_rest(settings):
            manifest = _write(settings, unfinished)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
        (unfinished / MANIFEST).chmod(0o600)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    log.info("backup of %d files and %d tables", len(manifest["files"]), len(manifest["tables"]))
    return manifest


def _write(settings: Settings, folder: Path) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    links: dict[str, str] = {}
    with _quiet_ledger(settings) as cursor:
        written = tables.dump(cursor, folder / "db")
        counters = tables.sequences(cursor)
        cursor.execute("SELECT number, checksum FROM ledger.migration ORDER BY number")
        migrations = {str(number): checksum for number, checksum in cursor.fetchall()}
        digest, chains = ledger.content_digest(settings), ledger.heads(settings)
        for path in sorted((folder / "db").iterdir()):
            path.chmod(0o600)
            files[f"db/{path.name}"] = {"sha256": sha256(path), "size": path.stat().st_size}
        for path in _content(settings):
            name = f"home/{path.relative_to(settings.home).as_posix()}"
            if path.is_symlink():
                links[name] = str(path.readlink())
            else:
                files[name] = copy(path, folder / name)
    return {
        "format": FORMAT, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "version": metadata.version("duizhang"),
        "migrations": migrations, "key": key_mark(settings), "ledger_digest": digest,
        "chains": {county: list(head) for county, head in chains.items()}, "tables": written, "sequences": counters,
        "files": files, "links": links,
    }  # fmt: skip


@contextmanager
def _quiet_ledger(settings: Settings) -> Iterator[Any]:
    """A cursor on one snapshot of the database while nobody merges, issues, answers or migrates."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT county FROM ledger.chain UNION SELECT county FROM ledger.subject ORDER BY 1")
        counties = [row[0] for row in cursor.fetchall()]
        for name in ("migrate", *counties, *(f"warehouse {county}" for county in counties)):
            if not db.try_lock(cursor, name):
                raise InfraProblem("A run is writing in the ledger.", action="Try again when it has ended.")
        yield cursor


def _content(settings: Settings) -> Iterator[Path]:
    """Files and links of the home that go into a backup."""
    dates = sorted(path for path in settings.home.glob("as_of=*") if path.is_dir())
    for folder in [*(settings.home / name for name in KEPT), *dates[-1:]]:
        for root, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted([*names, *(each for each in folders if (Path(root) / each).is_symlink())]):
                path = Path(root) / name
                if not any(part.startswith(_PASSING) for part in path.relative_to(settings.home).parts):
                    yield path
    yield from (path for path in (settings.secrets / name for name in SECRETS) if path.is_file())
    kept = [settings.home / "summary.json", *(day / name for day in dates[:-1] for name in ("summary.json", "timings.jsonl"))]
    yield from (path for path in [*kept, *sorted(settings.home.glob("*.yaml"))] if path.is_file())  # what the office has set otherwise


def copy(source: Path, target: Path) -> dict[str, Any]:
    """Copy `source` (its time of change with it, mode 0600) and give the sha256 and size of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as stream, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while block := stream.read(BLOCK):
            digest.update(block)
            out.write(block)
            size += len(block)
    stat = source.stat()
    os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return {"sha256": digest.hexdigest(), "size": size}


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def key_mark(settings: Settings) -> str:
    """What tells one installation key from another and does not betray it."""
    return hashlib.sha256(b"duizhang key mark" + settings.installation_key()).hexdigest()
