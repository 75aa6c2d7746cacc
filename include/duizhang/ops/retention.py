"""Destroying on schedule what need not be kept (`include/parameters/retention.yaml`), and nothing that is still needed.

Never destroyed: whatever an open item of the ledger stands on – its values, the files in its lineage, the lists it stood
on with all that lies beside them, the returned files that answered it, the lists from above that asked –, what came back for
the list a county works with now, the newest partitions and the files that stand in any kept partition.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from duizhang import ledger, pull
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import read_json
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.core.writing import at_rest
from duizhang.ledger import db, steps

log = logger("ops.retention")
_OF_FILE = re.compile(r"_([0-9a-f]{12})\.xlsx$")  # a receipt's name ends with the first digits of what it answers
_NAMELESS = (".received", "taken.jsonl")  # hashes and days only: what came is known after it is gone
_COUNTS = ("summary.json", "timings.jsonl")  # of a destroyed partition these stay: they hold counts only


class _Period(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    nature: Literal["公", "标", "推"]
    basis: str


class Years(_Period):
    """A period in years."""

    years: int = Field(ge=1)


class Months(_Period):
    """A period in months."""

    months: int = Field(ge=1)


class Policy(BaseModel):
    """The periods; docs in the parameter file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    closed_values: Years
    files: Months
    partitions: Months
    lists: Months
    returns: Months


@dataclass(frozen=True)
class Doomed:
    """What is due on a day. `files`: sha256; the others are paths."""

    values_before: date
    values: int
    files: frozenset[str]
    partitions: tuple[Path, ...]
    lists: tuple[Path, ...]
    returns: tuple[Path, ...]

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {
            "values": self.values, "files": len(self.files), "partitions": len(self.partitions), "lists": len(self.lists),
            "returns": len(self.returns),
        }  # fmt: skip


def load_policy(settings: Settings) -> Policy:
    """The periods of `include/parameters/retention.yaml`. ContractProblem where one is missing or wrong."""
    path = settings.parameters / "retention.yaml"
    if not path.is_file():
        raise ContractProblem("include/parameters/retention.yaml is missing: nothing is destroyed without a policy.")
    try:
        return Policy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as problem:
        raise ContractProblem(f"include/parameters/retention.yaml: {problem}") from None


def retention(settings: Settings, on: date, *, dry_run: bool = False) -> dict[str, int]:
    """Destroy what is due on the day `on`; gives how many of each kind. With `dry_run` nothing is changed.

    Safe to run again after a crash. InfraProblem (worth a retry) where a run is writing in the home.
    """
    policy = load_policy(settings)
    ledger.migrate(settings)
    with at_rest(settings):
        doomed = due(settings, policy, on)
        if not dry_run:
            _destroy(settings, doomed, on)
    log.info("retention on %s%s: %s", on, " (dry run)" if dry_run else "", doomed.counts())
    return doomed.counts()


def due(settings: Settings, policy: Policy, on: date) -> Doomed:
    """What is due on `on`."""
    before = back(on, 12 * policy.closed_values.years)
    partitions = _partitions(settings, back(on, policy.partitions.months))
    return Doomed(
        values_before=before,
        values=ledger.destroyable(settings, before),
        files=frozenset(_files(settings, back(on, policy.files.months), set(partitions))),
        partitions=tuple(path for path in partitions if any(child.name not in _COUNTS for child in path.iterdir())),
        lists=tuple(_lists(settings, back(on, policy.lists.months))),
        returns=tuple(_returns(settings, back(on, policy.returns.months))),
    )


def back(day: date, months: int) -> date:
    """The first of the month that lies `months` before that of `day`: whole months are kept, never less."""
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _partitions(settings: Settings, before: date) -> list[Path]:
    dates = sorted(path for path in settings.home.glob("as_of=*") if path.is_dir())
    return [path for path in dates[:-1] if path.name.removeprefix("as_of=") < before.isoformat()]


def _files(settings: Settings, before: date, leaving: set[Path]) -> Iterator[str]:
    """sha256 of landed files that are old, stand in no kept partition and in no open item's lineage."""
    standing = {
        row["sha256"]
        for path in settings.home.glob("as_of=*/books/standing.json")
        if path.parent.parent not in leaving
        for row in read_json(path)
    }
    asked = ledger.open_sources(settings)
    for sha in sorted({arrival.sha256 for arrival in pull.arrivals(settings)}):
        if sha not in standing and sha[:12] not in asked and _dated(settings, sha) < before:
            yield sha


def _dated(settings: Settings, sha: str) -> date:
    """The newest of a file's data date and the day it arrived."""
    meta = settings.raw / sha / "meta.json"
    stated = read_json(meta).get("data_date") if meta.exists() else None
    return max(_changed(settings.landing / sha), date.fromisoformat(stated)) if stated else _changed(settings.landing / sha)


def _changed(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _lists(settings: Settings, before: date) -> Iterator[Path]:
    """Cycles of the out folder that are over: not the current one or the one before it, and none with an open question."""
    asked = ledger.open_cycles(settings)
    for county in sorted(path for path in settings.out.glob("[0-9]*") if path.is_dir()):
        cycles = sorted(path for path in county.iterdir() if path.is_dir() and not path.is_symlink())
        for path in cycles[:-2]:
            if f"{path.name}-01" < before.isoformat() and (county.name, path.name) not in asked:
                yield path


def _returns(settings: Settings, before: date) -> Iterator[Path]:
    """What came back, what was sent down, and the receipts of both, at whatever depth: old, and needed by nothing open."""
    old = [
        path
        for folder in (settings.returns, settings.receipts)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {path.name, path.parent.name} & set(_NAMELESS) and _changed(path) < before
    ]
    needed = ledger.open_returns(settings)
    working = {(each.county, each.cycle) for each in steps.issued(settings) if each.is_open}
    yield from (path for path in old if _file_of(path) not in needed and path.parent.parts[-2:] not in working)


def _file_of(path: Path) -> str:
    """First 12 hex digits of the sha256 of a file that came, or of the one that a receipt answers."""
    named = _OF_FILE.search(path.name)
    return named[1] if named else hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _destroy(settings: Settings, doomed: Doomed, on: date) -> None:
    ledger.destroy_values(settings, doomed.values_before)
    _vacuum(settings)
    for path in doomed.partitions:
        for child in path.iterdir():
            if child.name not in _COUNTS:
                shutil.rmtree(child) if child.is_dir() else child.unlink()
    pull.destroy(settings, set(doomed.files), on)
    for sha in doomed.files:
        shutil.rmtree(settings.raw / sha, ignore_errors=True)
        shutil.rmtree(settings.norm / sha, ignore_errors=True)
    for path in doomed.lists:
        shutil.rmtree(path)
    for path in doomed.returns:
        path.unlink()
    for folder in sorted({path.parent for path in doomed.returns} | {path.parent.parent for path in doomed.returns}, reverse=True):
        if folder.is_relative_to(settings.receipts) and folder != settings.receipts and not any(folder.iterdir()):
            folder.rmdir()


def _vacuum(settings: Settings) -> None:
    """Give the emptied rows' old versions back: until then their bytes lie in the database's files."""
    import psycopg2

    from duizhang.core import postgres

    connection = psycopg2.connect(postgres.ensure(settings).dsn())
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ledger.value")
    except psycopg2.Error as error:
        raise db.problem(error) from None
    finally:
        connection.close()
