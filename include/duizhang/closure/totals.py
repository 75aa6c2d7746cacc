"""Do villages, towns and county add up? Counts of the national book by the village, the town and the county it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhang.closure.config import Totals
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings

UNITS = ("户数", "人数", "监测户数")


@dataclass(frozen=True)
class Town:
    """One town: its own counts, and what its villages add up to; both by `UNITS`."""

    code: str
    name: str
    counts: tuple[int, ...]
    villages: tuple[int, ...]


@dataclass(frozen=True)
class Sums:
    """Counts by `UNITS`: of the county's whole book, and by town; `system` what the national system's own page says.

    `quarantined`: rows of the national files that were kept out, so that no count holds them.
    """

    county: tuple[int, ...]
    towns: tuple[Town, ...]
    quarantined: int
    system: tuple[int, ...] | None
    source: str = ""
    without_home: int = 0  # persons of the book whose household it does not have: in no town's count

    @property
    def of_villages(self) -> tuple[int, ...]:
        """All villages of the list of regions together."""
        return _add(town.villages for town in self.towns)

    @property
    def of_towns(self) -> tuple[int, ...]:
        """All towns of the list of regions together."""
        return _add(town.counts for town in self.towns)

    @property
    def unequal(self) -> tuple[Town, ...]:
        """Towns whose villages do not add up to them."""
        return tuple(town for town in self.towns if town.counts != town.villages)


def _add(rows: Any) -> tuple[int, ...]:
    found = list(rows)
    return tuple(sum(row[at] for row in found) for at in range(len(UNITS)))


def sums(settings: Settings, county: str, as_of: str, totals: Totals | None) -> Sums:
    """Count households, persons and monitored households of `county` as of `as_of` by village and by town.

    A household counts for a village only where the list of regions has its code, and for a town where it has the town;
    a village counts for the town its code begins with. Reads subjects/ and books/ of the lake.
    """
    base = settings.at(as_of)
    homes = _table(base, "household", county, ["_key", "_town", "_village"])
    place = {row["_key"]: (row["_town"], row["_village"]) for row in homes}
    persons = Counter(row["_household"] for row in _table(base, "person", county, ["_household"]))
    watched = {row["_household"] for row in _table(base, "monitoring", county, ["_household"])}
    villages = {row["_key"] for row in _table(base, "village", county, ["_key"])}
    names = {
        row["town"]: str(row["town_name"] or row["town"])
        for row in pq.read_table(base / "books" / "regions.parquet", filters=[("county", "=", county)]).to_pylist()
    }
    by_town: dict[str, Counter[str]] = {town: Counter() for town in names}
    by_village: dict[str, Counter[str]] = {town: Counter() for town in names}
    for home, (town, village) in place.items():
        add = {"户数": 1, "人数": persons[home], "监测户数": int(home in watched)}
        if town in by_town:
            by_town[town].update(add)
        if village in villages and village[:9] in by_village:
            by_village[village[:9]].update(add)
    return Sums(
        county=(len(place), sum(persons.values()), len(watched & set(place))),
        towns=tuple(Town(t, names[t], _of(by_town[t]), _of(by_village[t])) for t in sorted(names)),
        quarantined=_quarantined(settings, county, as_of, national_feed(settings)),
        system=None if totals is None else (totals.户数, totals.人数, totals.监测户数),
        source="" if totals is None else totals.来源,
        without_home=sum(n for home, n in persons.items() if home not in place),
    )


def _of(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts[unit] for unit in UNITS)


def national_feed(settings: Settings) -> str:
    """The feed that the spine of persons and households comes from."""
    from duizhang.contracts.load import load_book

    return load_book(settings).role("national").feed


def standing_files(settings: Settings, county: str, as_of: str) -> dict[str, tuple[str, ...]]:
    """Feed → sha256 of the files that stand for `county` as of `as_of`."""
    found: dict[str, set[str]] = {}
    for entry in read_json(settings.at(as_of) / "books" / "standing.json"):
        if entry["county"] in (county, None):
            found.setdefault(entry["feed"], set()).add(entry["sha256"])
    return {feed: tuple(sorted(files)) for feed, files in sorted(found.items())}


def _quarantined(settings: Settings, county: str, as_of: str, feed: str) -> int:
    files = standing_files(settings, county, as_of).get(feed, ())
    return sum(int(read_json(settings.norm / sha / "meta.json")["quarantined"]) for sha in files)


def _table(base: Path, subject: str, county: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    path = base / "subjects" / subject / f"county={county}" / "data.parquet"
    if not path.exists():  # a county that monitors nobody has no rows of it
        return []
    rows: list[dict[str, Any]] = pq.read_table(path, columns=list(columns), partitioning=None).to_pylist()
    return rows
