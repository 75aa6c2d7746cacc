"""What has been delivered: one `Delivery` per landed file, out of the reports that read and normalise left behind."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.contracts.load import Book
from duizhang.core.data_dates import find_day
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from duizhang.core.wounds import FORMULA, SHEET_COLUMNS
from duizhang.snapshot.regions import Regions


@dataclass(frozen=True)
class Delivery:
    """One file as read and normalised. `norm` is empty where it was refused."""

    sha256: str
    names: tuple[str, ...]
    feed: str | None
    data_date: date | None
    hint: str
    refused: str | None
    refused_kind: str
    unknown: tuple[str, ...]
    missing: tuple[str, ...]  # columns of the contract that the file (or a part of it) did not bring
    sheets: dict[str, int | None]  # what its sheets hide or hold besides (wounds.SHEET_COLUMNS)
    told: tuple[str, ...]  # what its sheets do that costs values, as sentences
    zero: bool  # it has no data, and says so
    norm: dict[str, Any]
    from_county: str | None = None  # name of the county that its file names or titles state, once the regions are known

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
    """Deliveries dated no later than `as_of` (undated ones too), by feed and order.

    The same bytes under names of two dates are two deliveries: a book may be unchanged from month to month.
    """
    found = []
    for sha, names in sorted(arrival_names(settings).items()):
        meta = settings.raw / sha / "meta.json"
        if not meta.exists():
            continue
        read = read_json(meta)
        norm_meta = settings.norm / sha / "meta.json"
        norm = read_json(norm_meta) if norm_meta.exists() and not read.get("refused") else {}
        for dated, same_day in _by_date(names, read, book).items():
            if dated and dated > as_of:
                continue
            found.append(
                Delivery(
                    sha256=sha, names=same_day, feed=read.get("feed"), data_date=dated, hint=" ".join([*same_day, *(read.get("titles") or ())]),
                    refused=read.get("refused"), refused_kind=read.get("refused_kind") or "",
                    unknown=tuple(read.get("unknown") or ()), missing=tuple(read.get("missing_optional") or ()),
                    sheets={key: read.get(key) for key in SHEET_COLUMNS.values()}, told=_told(read, norm),
                    zero=bool(read.get("zero_report")) and _said(same_day, read, norm, book), norm=norm,
                )  # fmt: skip
            )
    return sorted(found, key=lambda d: (d.feed or "", d.order))


def _said(names: tuple[str, ...], read: dict[str, Any], norm: dict[str, Any], book: Book) -> bool:
    """Whether a file without data says so: in a row, in its titles or in its name. A header alone may be an export gone wrong."""
    contract = book.by_feed.get(read.get("feed") or "")
    if contract is None or norm.get("rows_in"):
        return True
    texts = ["".join(unicodedata.normalize("NFKC", text).split()) for text in (*names, *(read.get("titles") or ()))]
    return any("".join(unicodedata.normalize("NFKC", word).split()) in text for word in contract.zero_report for text in texts)


def _told(read: dict[str, Any], norm: dict[str, Any]) -> tuple[str, ...]:
    merged = sum(part.get("merged_cells", 0) for part in read.get("parts") or ())
    failed = max(norm.get("issues", {}).get(FORMULA, 0), sum(part.get("error_cells", 0) for part in read.get("parts") or ()))
    found = []
    if merged:
        found.append(f"数据区有 {merged} 处合并单元格，只有第一行有值，其余各行按空值处理；请取消合并、逐行填写后重新报送")
    if failed:
        found.append(f"有 {failed} 个公式出错的单元格（#N/A 之类），按空值处理；请改正公式、粘贴为数值后重新报送")
    return tuple(found)


def _by_date(names: tuple[str, ...], read: dict[str, Any], book: Book) -> dict[date | None, tuple[str, ...]]:
    """Data date → names. A date written in the titles or the data is that of every name."""
    stated = date.fromisoformat(read["data_date"]) if read.get("data_date") else None
    contract = book.by_feed.get(read.get("feed") or "")
    grouped: dict[date | None, list[str]] = defaultdict(list)
    for name in names:
        own = find_day([Path(name).name], contract.data_date.filename) if contract and read.get("data_date_source") == "filename" else None
        grouped[own or stated].append(name)
    return {dated: tuple(listed) for dated, listed in grouped.items()}


def by_county(deliveries: list[Delivery], regions: Regions) -> list[Delivery]:
    """Deliveries whose names speak of several counties (two zero reports of the same bytes), one for each county.

    Names of one county and of none are the same file sent again.
    """
    found = []
    for delivery in deliveries:
        grouped: dict[str | None, list[str]] = defaultdict(list)
        for name in delivery.names:
            grouped[regions.county_in(Path(name).name)].append(name)
        if len(set(grouped) - {None}) < 2:
            found.append(delivery)
            continue
        found += [replace(delivery, names=tuple(names), hint=" ".join(names)) for _, names in sorted(grouped.items(), key=lambda g: g[0] or "")]
    return sorted(found, key=lambda d: (d.feed or "", d.order))


def stated(deliveries: list[Delivery], regions: Regions) -> list[Delivery]:
    """`deliveries` with the county that their names or titles state."""
    return [replace(d, from_county=regions.counties.get(regions.county_in(d.hint) or "")) for d in deliveries]


def base_name(delivery: Delivery) -> str:
    """The first file name, without folders."""
    return Path(delivery.names[0]).name
