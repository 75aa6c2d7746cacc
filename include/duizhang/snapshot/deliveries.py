"""What has been delivered: one `Delivery` per landed file, out of the reports that read and normalise left behind."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.contracts.load import Book
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings


@dataclass(frozen=True)
class Delivery:
    """One file as read and normalised. `norm` is empty where it was refused."""

    sha256: str
    names: tuple[str, ...]
    feed: str | None
    data_date: date | None
    hint: str
    refused: str | None
    incomplete: bool  # refused because required columns, or the header that names them, are not there
    unknown: tuple[str, ...]
    zero: bool
    norm: dict[str, Any]

    @property
    def order(self) -> tuple[str, str]:
        """What decides between two deliveries of one thing: the later data date, then the content (never arrival)."""
        return (self.data_date.isoformat() if self.data_date else "", self.sha256)


def arrival_names(settings: Settings) -> dict[str, tuple[str, ...]]:
    """sha256 → the names under which the same bytes arrived."""
    names: dict[str, set[str]] = defaultdict(set)
    journal = settings.landing / "arrivals.jsonl"
    if journal.exists():
        for line in journal.read_text(encoding="utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                names[entry["sha256"]].add(entry["name"])
    return {sha: tuple(sorted(found)) for sha, found in names.items()}


def load_deliveries(settings: Settings, book: Book, as_of: date) -> list[Delivery]:
    """Deliveries dated no later than `as_of` (undated ones too), by feed and order."""
    found = []
    for sha, names in sorted(arrival_names(settings).items()):
        meta = settings.raw / sha / "meta.json"
        if not meta.exists():
            continue
        read = read_json(meta)
        dated = date.fromisoformat(read["data_date"]) if read.get("data_date") else None
        if dated and dated > as_of:
            continue
        norm_meta = settings.norm / sha / "meta.json"
        norm = read_json(norm_meta) if norm_meta.exists() and not read.get("refused") else {}
        found.append(
            Delivery(
                sha256=sha, names=names, feed=read.get("feed"), data_date=dated, hint=read.get("county_hint") or "",
                refused=read.get("refused"), incomplete=read.get("refused_kind") in ("missing_columns", "header"),
                unknown=tuple(read.get("unknown") or ()), zero=bool(read.get("zero_report")), norm=norm,
            )  # fmt: skip
        )
    return sorted(found, key=lambda d: (d.feed or "", d.order))


def base_name(delivery: Delivery) -> str:
    """The first file name, without folders."""
    return Path(delivery.names[0]).name
