"""Where files come from: a local folder, or any place fsspec reaches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, cast

import fsspec.core

from duizhang.core.errors import InfraProblem
from duizhang.core.logs import logger

LOCK_PREFIXES = (".", "~$", ".~")  # hidden files; lock files of Office and WPS
HALF_DONE = (".part", ".tmp", ".crdownload", ".filepart")  # what copying and uploading programs call an unfinished file
SYSTEM_FILES = ("thumbs.db", "desktop.ini")  # Windows puts them into shared folders

log = logger("pull")


@dataclass(frozen=True)
class Item:
    """A file of a source: its name relative to the inbox, where it is, and its state when it was listed."""

    name: str
    location: str
    state: tuple[Any, ...]
    mtime: float | None = None  # seconds since 1970 by the source's clock; None: files appear whole there


class Source(Protocol):
    """A place with files."""

    def items(self) -> Iterator[Item]: ...

    def open(self, item: Item) -> IO[bytes]: ...

    def changed(self, item: Item) -> bool: ...


def open_source(inbox: str | Path) -> Source:
    """The source behind `inbox`: a path, or an fsspec URL such as `s3://bucket/inbox`. InfraProblem if it is not there."""
    if isinstance(inbox, str) and ("://" in inbox or "::" in inbox):
        filesystem, root = fsspec.core.url_to_fs(inbox)
        return Remote(filesystem, str(root))
    folder = Path(inbox)
    if not folder.is_dir():
        raise InfraProblem("The inbox is not a folder that can be read.", action="Give the folder with the files.")
    return Local(folder)


def is_arrival(name: str) -> bool:
    """Whether a file of this relative name is data: not hidden, no lock file, no unfinished upload."""
    parts = name.split("/")
    last = parts[-1].lower()
    hidden = any(part.startswith(LOCK_PREFIXES) for part in parts)
    return not hidden and not last.endswith(HALF_DONE) and last not in SYSTEM_FILES


def readable(name: str) -> str:
    """`name` as text that JSON can hold: bytes that are not UTF-8 (a zip unpacked on Linux) are read as GB18030."""
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


class Local:
    """A folder of this machine, walked recursively; links are not followed, so nothing outside it can be taken in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def items(self) -> Iterator[Item]:
        for root, folders, files in os.walk(self.folder, onerror=_refuse):
            folders.sort()
            for file in sorted(files):
                path = Path(root) / file
                name = path.relative_to(self.folder).as_posix()
                if path.is_symlink() or not path.is_file():
                    log.warning("something in the inbox is a link or no regular file; it is not taken in")
                elif is_arrival(name):
                    yield Item(readable(name), str(path), _state(path), path.stat().st_mtime)

    def open(self, item: Item) -> IO[bytes]:
        return Path(item.location).open("rb")

    def changed(self, item: Item) -> bool:
        path = Path(item.location)
        return not path.exists() or _state(path) != item.state


class Remote:
    """A folder of an fsspec file system. Objects of such stores appear whole, so only their size is compared."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self.filesystem = filesystem
        self.root = root.rstrip("/")

    def items(self) -> Iterator[Item]:
        for location, info in sorted(self.filesystem.find(self.root, detail=True).items()):
            name = str(location)[len(self.root) :].lstrip("/")
            if info.get("type") == "file" and is_arrival(name):
                yield Item(readable(name), str(location), (info.get("size"),))

    def open(self, item: Item) -> IO[bytes]:
        return cast(IO[bytes], self.filesystem.open(item.location, "rb"))

    def changed(self, item: Item) -> bool:
        self.filesystem.invalidate_cache()
        return (self.filesystem.info(item.location).get("size"),) != item.state


def _state(path: Path) -> tuple[Any, ...]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _refuse(problem: OSError) -> None:
    raise InfraProblem(f"A folder of the inbox cannot be read ({type(problem).__name__}).") from problem
