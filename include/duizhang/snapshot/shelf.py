"""Partitions of books that need not be made again: the same deliveries give the same rows, whatever the date."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from duizhang.core.lake import read_json, write_json
from duizhang.core.settings import Settings

VERSION = "1"  # raise it when the same deliveries would give other rows
PARTS = "parts.json"


def fingerprint_of(parts: Sequence[str]) -> str:
    """sha256 of `parts`, of this stage's version, and of the engine's."""
    return hashlib.sha256("\n".join([VERSION, duckdb.__version__, *parts]).encode()).hexdigest()


class Shelf:
    """The books of one date, each partition with the fingerprint of what it was made from (books/parts.json)."""

    def __init__(self, settings: Settings, as_of: str) -> None:
        self._root = settings.at(as_of) / "books"
        self._made: dict[str, dict[str, str]] = {}
        self._known = _parts(self._root)
        earlier = [path for path in sorted(settings.home.glob("as_of=*/books"), reverse=True) if path != self._root]
        self._others = [(path, parts) for path in earlier[:2] if (parts := _parts(path))]

    def place(self, table: str, county: str) -> Path:
        """Where the partition lies."""
        return self._root / table / f"county={county}" / "data.parquet"

    def keep(self, table: str, county: str, mark: str) -> bool:
        """Whether the partition made from what `mark` says is there, or could be taken from another date; if not, make it."""
        self._made.setdefault(county, {})[table] = mark
        target = self.place(table, county)
        if self._known.get(county, {}).get(table) == mark and target.exists():
            return True
        if (self._root / PARTS).exists():  # until the end nothing here may be believed: a killed run leaves new rows under old marks
            (self._root / PARTS).unlink()
        for folder, parts in self._others:
            source = folder / table / f"county={county}" / "data.parquet"
            if parts.get(county, {}).get(table) == mark and source.exists():
                _link(source, target)
                return True
        return False

    def clear(self, table: str, counties: set[str]) -> None:
        """Take away the partitions of `table` but those of `counties`."""
        for left in set((self._root / table).glob("county=*/data.parquet")) - {self.place(table, county) for county in counties}:
            left.unlink()

    def write(self) -> None:
        """Write the fingerprints; the last thing, when all partitions are there."""
        write_json(self._made, self._root / PARTS)


def _parts(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / PARTS
    return read_json(path) if path.exists() else {}


def _link(source: Path, target: Path) -> None:
    """`target` becomes another name of the bytes of `source`: partitions are replaced, never written into."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temp = Path(tempfile.mktemp(dir=target.parent, prefix=".linking-"))
    os.link(source, temp)
    os.replace(temp, target)
