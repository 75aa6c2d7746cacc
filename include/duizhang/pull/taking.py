"""Taking in what a declared source holds: only what is new or changed is fetched, and only once it has settled."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from duizhang.core.errors import ContractProblem, DuizhangError, InfraProblem
from duizhang.core.lake import read_json, write_json
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.pull import landing
from duizhang.pull.connections import Connection, Resolver
from duizhang.pull.landing import Arrival
from duizhang.pull.source import Item, Source, open_source
from duizhang.pull.sources import SourceSpec

log = logger("pull")
Clock = Callable[[], float]


@dataclass
class Seen:
    """What is known of a source's files: location → [state, sha256, size]; and of those not yet taken: [state, since]."""

    path: Path
    taken: dict[str, list[Any]] = field(default_factory=dict)
    waiting: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, settings: Settings, name: str) -> Seen:
        """What earlier pulls of source `name` wrote down; nothing before the first."""
        path = settings.landing / "seen" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"
        return cls(path, **read_json(path)) if path.exists() else cls(path)

    def save(self, present: set[str]) -> None:
        """Write it down, without what the source no longer has."""
        taken = {key: value for key, value in self.taken.items() if key in present}
        waiting = {key: value for key, value in self.waiting.items() if key in present and key not in taken}
        write_json({"taken": taken, "waiting": waiting}, self.path)


def pull_source(
    settings: Settings, spec: SourceSpec, resolve: Resolver, day: date | None = None, clock: Clock = time.time
) -> list[Arrival]:
    """Store what source `spec` holds and record it; returns its arrivals, named `<source>/<name there>`.

    A file known by place, size and time (or etag) is not fetched again; one that changed under its name is. What is
    still being written is left for a later run. What came before a failure is recorded, then the failure is raised:
    InfraProblem (a retry may help) or ContractProblem; neither holds a credential. `day` dates queries that ask for it.
    """
    root = settings.landing
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    found: list[Arrival] = []
    problem: DuizhangError | None = None
    with landing.locked(root):
        landing.sweep(root)
        seen = Seen.load(settings, spec.name)
        try:
            with _opened(settings, spec, resolve, day) as source:
                present, problem = _take_all(settings, spec, source, seen, found, clock)
            seen.save(present)
        except DuizhangError as raised:
            problem = raised
        except (FileNotFoundError, PermissionError) as raised:
            problem = InfraProblem(f"Source {spec.name}: a folder or file there cannot be read ({type(raised).__name__}).")
        except (OSError, EOFError) as raised:
            problem = InfraProblem(f"Source {spec.name} was lost ({type(raised).__name__}).")
        except UnicodeDecodeError:
            problem = ContractProblem(f"Source {spec.name}: the name of a file there is not UTF-8.")
        landing.remember(settings, found)
    log.info("source %s: %d files", spec.name, len(found))
    if problem is not None:
        raise problem
    return sorted(found, key=lambda arrival: (arrival.name, arrival.sha256))


def _opened(settings: Settings, spec: SourceSpec, resolve: Resolver, day: date | None) -> AbstractContextManager[Source]:
    if spec.scheme == "file":
        return nullcontext(open_source(unquote(urlsplit(spec.url or "").path)))
    connection: Connection = resolve(spec.connection or "")
    # each brings a library that only its own kind of source needs
    if spec.scheme == "sftp":
        from duizhang.pull.sftp import sftp

        return sftp(spec.name, spec.url or "", connection)
    if spec.scheme == "s3":
        from duizhang.pull.objects import objects

        return objects(spec.name, spec.url or "", connection)
    from duizhang.pull.queries import database

    return database(spec.name, connection, spec.queries, day, settings.landing)


def _take_all(
    settings: Settings, spec: SourceSpec, source: Source, seen: Seen, found: list[Arrival], clock: Clock
) -> tuple[set[str], DuizhangError | None]:
    """Fill `found`; gives the places that are there, and what went wrong with single files."""
    present: set[str] = set()
    problem: DuizhangError | None = None
    destroyed = landing.destroyed(settings)
    for item in _listed(spec, source):
        present.add(item.location)
        known = seen.taken.get(item.location)
        if item.state and known is not None and known[0] == list(item.state) and known[1] in destroyed:
            continue
        if item.state and known is not None and known[0] == list(item.state) and (settings.landing / known[1]).exists():
            found.append(Arrival(known[1], f"{spec.name}/{item.name}", known[2]))
            continue
        if not _settled(spec, item, seen, clock()):
            log.info("source %s: a file is still being written; it is left for a later run", spec.name)
            continue
        try:
            arrival = landing.store(settings.landing, source, item, destroyed)
        except ContractProblem as raised:
            problem = raised
            continue
        if arrival is None:
            log.warning("source %s: a file changed while it was read; it is left for the next run", spec.name)
            continue
        if item.state:
            seen.taken[item.location] = [list(item.state), arrival.sha256, arrival.size]
        if arrival.sha256 not in destroyed:
            found.append(Arrival(arrival.sha256, f"{spec.name}/{arrival.name}", arrival.size))
    return present, problem


def _listed(spec: SourceSpec, source: Source) -> Iterator[Item]:
    for item in source.items():
        if any(fnmatch(item.name, pattern) or fnmatch(item.name.rsplit("/", 1)[-1], pattern) for pattern in spec.files):
            yield item


def _settled(spec: SourceSpec, item: Item, seen: Seen, now: float) -> bool:
    """Whether a file has stood as it is for `settle` seconds: by its own time, or (clocks differ) since we first saw it so."""
    if item.mtime is None or 0 <= now - item.mtime >= spec.settle:
        return True
    state, since = seen.waiting.get(item.location, [None, now])
    if state != list(item.state):
        seen.waiting[item.location] = [list(item.state), now]
        return spec.settle == 0
    return bool(now - since >= spec.settle)
