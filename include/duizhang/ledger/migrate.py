"""Numbered, forward-only migrations of the schemas `ledger` and `warehouse`."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from duizhang.core.errors import ContractProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db

_LOG = logger("ledger.migrate")
_NAME = re.compile(r"^(\d{3})_[a-z0-9_]+\.sql$")


def _migrations(folder: Path) -> list[tuple[int, Path]]:
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.match(path.name)
        if not match:
            raise ContractProblem(f"{path.name} in sql/warehouse is not named NNN_words.sql.")
        found.append((int(match.group(1)), path))
    if [number for number, _ in found] != list(range(1, len(found) + 1)):
        raise ContractProblem("The migrations in sql/warehouse are not numbered 001, 002, … without gap.")
    return found


def _applied(cursor: Any) -> dict[int, str]:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname IN ('duizhang_pipeline', 'duizhang_reader')")
    if len(cursor.fetchall()) < 2:
        raise ContractProblem(
            "The database has no roles duizhang_pipeline and duizhang_reader.",
            action="Create both (no superusers) and connect as duizhang_pipeline, which owns the database.",
        )
    cursor.execute("CREATE SCHEMA IF NOT EXISTS ledger")
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS ledger.migration (number integer PRIMARY KEY, name text NOT NULL, "
        "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    cursor.execute("SELECT number, checksum FROM ledger.migration")
    return dict(cursor.fetchall())


def checksums(settings: Settings) -> dict[int, str]:
    """Number → sha256 of the migrations that this program has."""
    return {
        number: hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()
        for number, path in _migrations(settings.sql / "warehouse")
    }


def migrate(settings: Settings, *, upto: int | None = None) -> list[str]:
    """Apply what `sql/warehouse/NNN_*.sql` holds and the database has not yet; gives the names of the files applied.

    All of it is one transaction under a lock, so two processes may call it at once: a migration that fails leaves the
    version there was. `upto` stops after that number (to load a backup into the tables it came from). Raises `ContractProblem` when a
    file that was applied has changed since (write a new migration) or the database is newer than the files.
    """
    done = []
    with db.transaction(settings) as cursor:
        db.lock(cursor, "migrate")
        applied = _applied(cursor)
        migrations = _migrations(settings.sql / "warehouse")
        if set(applied) - {number for number, _ in migrations}:
            raise ContractProblem(
                "The database has migrations that sql/warehouse does not: it belongs to a newer version.",
                action="Install that version; migrations only go forward.",
            )
        for number, path in migrations if upto is None else migrations[:upto]:
            text = path.read_text(encoding="utf-8")
            checksum = hashlib.sha256(text.encode()).hexdigest()
            if number in applied:
                if applied[number] != checksum:
                    raise ContractProblem(f"Migration {path.name} has changed since it was applied.", action="Add a new one.")
                continue
            cursor.execute(text)
            cursor.execute(
                "INSERT INTO ledger.migration (number, name, checksum) VALUES (%s, %s, %s)", (number, path.name, checksum)
            )
            done.append(path.name)
    if done:
        _LOG.info("applied %d migrations", len(done))
    return done
