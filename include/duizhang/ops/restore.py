"""A home out of a backup, on a machine that has nothing."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from duizhang import ledger
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.lake import read_json
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.ops import tables
from duizhang.ops.backup import FORMAT, MANIFEST, copy, key_mark, sha256

log = logger("ops.restore")


def restore(source: Path, home: Path) -> dict[str, Any]:
    """Make the new home `home` out of the backup in `source`; gives counts. The ledger is verified at the end.

    Every file is hashed before anything is written. Raises ContractProblem where a file is missing, changed or too many
    (it is named), where `home` or the database is not empty, where the backup is of a newer version of this program, and
    InfraProblem where the restored ledger does not hold: then delete `home` and look for an older backup.
    """
    manifest = _checked(source)
    if home.exists() and any(home.iterdir()):
        raise ContractProblem("The home is not empty.", action="Give a new folder.")
    settings = Settings.load(home)
    last = _fits(settings, manifest)
    _empty_database(settings)
    for name in manifest["files"]:
        if name.startswith("home/"):
            copy(source / name, settings.home / name.removeprefix("home/"))
    for name, target in manifest["links"].items():
        link = settings.home / name.removeprefix("home/")
        link.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        link.symlink_to(target)
    if key_mark(settings) != manifest["key"]:
        raise ContractProblem("The installation key is not the backup's.", action="Set DUIZHANG_KEY as it was where the backup was made.")
    ledger.migrate(settings, upto=last)
    with db.transaction(settings) as cursor:
        tables.load(cursor, source / "db", manifest["tables"], manifest["sequences"])
    _verify(settings, manifest)
    ledger.migrate(settings)
    log.info("restored %d files and %d tables", len(manifest["files"]), len(manifest["tables"]))
    rows = sum(entry["rows"] for entry in manifest["tables"].values())
    return {"files": len(manifest["files"]), "tables": len(manifest["tables"]), "rows": rows, "made_at": manifest["made_at"]}


def _checked(source: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is what it says."""
    if not (source / MANIFEST).is_file():
        raise ContractProblem(f"{source.name} is no backup: it has no {MANIFEST}.")
    try:
        manifest: dict[str, Any] = read_json(source / MANIFEST)
        files, links, version = manifest["files"], manifest["links"], manifest["format"]
    except (ValueError, KeyError):
        raise ContractProblem(f"{MANIFEST} of the backup cannot be read.") from None
    if version != FORMAT:
        raise ContractProblem(f"The backup is of format {version}; this program reads {FORMAT}.")
    for name in [*files, *links]:
        parts = PurePosixPath(name).parts
        if ".." in parts or parts[0] not in ("home", "db") or PurePosixPath(name).is_absolute():
            raise ContractProblem(f"The backup names a place outside of itself: {name}")
    for name, target in links.items():
        if PurePosixPath(target).is_absolute() or ".." in PurePosixPath(target).parts:
            raise ContractProblem(f"A link of the backup leads out of it: {name}")
    present = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file() or path.is_symlink()} - {MANIFEST}
    for name in sorted(present ^ set(files)):
        raise ContractProblem(f"The backup is not whole: {name} is {'missing' if name in files else 'too many'}.")
    for name, entry in sorted(files.items()):
        if sha256(source / name) != entry["sha256"]:
            raise ContractProblem(f"The backup is damaged: {name} has changed.", action="Use another backup.")
    return manifest


def _fits(settings: Settings, manifest: dict[str, Any]) -> int:
    """The number of the backup's last migration. ContractProblem where this program's migrations are not its."""
    known = ledger.checksums(settings)
    theirs = {int(number): checksum for number, checksum in manifest["migrations"].items()}
    if set(theirs) - set(known):
        raise ContractProblem("The backup is of a newer version of this program.", action=f"Install version {manifest['version']}.")
    changed = [number for number, checksum in theirs.items() if known[number] != checksum]
    if changed:
        raise ContractProblem(f"Migration {changed[0]:03d} is not the one the backup was made with.")
    return max(theirs)


def _empty_database(settings: Settings) -> None:
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = ANY(%s)", (list(tables.SCHEMAS),))
        if cursor.fetchone()[0]:
            raise ContractProblem("The database is not empty.", action="Give DUIZHANG_DATABASE_URL of a new database, or none.")


def _verify(settings: Settings, manifest: dict[str, Any]) -> None:
    problems = ledger.verify(settings)
    heads = {county: list(head) for county, head in ledger.heads(settings).items()}
    if problems or heads != manifest["chains"]:
        raise InfraProblem(f"The restored ledger does not hold: {len(problems)} problems.", action="Delete the home; use another backup.")
    if ledger.content_digest(settings) != manifest["ledger_digest"]:
        raise InfraProblem("The restored ledger is not the one that was backed up.", action="Delete the home; use another backup.")
