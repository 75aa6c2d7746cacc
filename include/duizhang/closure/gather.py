"""What the sheets stand on, read from the lake: results, books and their files, names, the county's earlier scores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhang.closure import totals
from duizhang.closure.certificate_sheet import Source
from duizhang.core import versions
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings

_STATES = {"full": "收齐", "partial": "未收齐", "zero": "零报告", "short": "行数过少，未采用", "missing": "未收到", "stale": "已过期"}


def results(settings: Settings, county: str, as_of: str) -> dict[str, dict[str, Any]]:
    """Code → row of results.parquet. Raises InfraProblem where the county was not checked as of `as_of`."""
    path = settings.at(as_of) / "checks" / f"county={county}" / "results.parquet"
    if not path.is_file():
        raise InfraProblem(f"{county} has no results as of {as_of}.", action="Run check for this county first.")
    return {row["code"]: row for row in pq.read_table(path, partitioning=None).to_pylist()}


def names(settings: Settings, as_of: str) -> dict[str, str]:
    """County → its name in the list of regions as of `as_of`."""
    found: dict[str, str] = read_json(settings.at(as_of) / "books" / "regions.json")["counties"]
    return found


def name_of(settings: Settings, county: str, as_of: str) -> str:
    """The name of one county. Raises ContractProblem where the list of regions has none."""
    found = names(settings, as_of)
    if county not in found:
        raise ContractProblem(f"County {county} is not in the list of regions as of {as_of}.")
    return found[county]


def sources(settings: Settings, county: str, as_of: str) -> tuple[Source, ...]:
    """Every book of the county: data dates, how many towns in which state, first 12 digits of its files' sha256."""
    path = settings.at(as_of) / "books" / "coverage.parquet"
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in pq.read_table(path, filters=[("county", "=", county)]).to_pylist():
        rows[row["feed"]].append(row)
    files = totals.standing_files(settings, county, as_of)
    return tuple(
        Source(feed, str(found[0]["book"]), _dates(found), _state(found), tuple(sha[:12] for sha in files.get(feed, ())))
        for feed, found in sorted(rows.items())
    )


def uncovered(settings: Settings, county: str, as_of: str) -> tuple[str, ...]:
    """Names of the county's towns that no usable file of the national book covers as of `as_of`: nothing of them was judged."""
    feed = totals.national_feed(settings)
    rows = pq.read_table(settings.at(as_of) / "books" / "coverage.parquet", filters=[("county", "=", county), ("feed", "=", feed)]).to_pylist()
    return tuple(sorted({str(row["town_name"] or row["town"]) for row in rows if row["status"] not in ("full", "zero")}))


def _dates(rows: list[Mapping[str, Any]]) -> str:
    days = sorted({row["data_date"].isoformat() for row in rows if row["data_date"]})
    return "—" if not days else days[0] if len(days) == 1 else f"{days[0]} 至 {days[-1]}"


def _state(rows: list[Mapping[str, Any]]) -> str:
    states = Counter(str(row["status"]) for row in rows)
    if len(states) == 1:
        return _STATES[next(iter(states))]
    return "，".join(f"{count} 个乡镇{_STATES[state]}" for state, count in sorted(states.items()))


def list_name(settings: Settings, county: str, cycle: str) -> str:
    """The list of the cycle and its version, as published; says so where none went out."""
    found = versions.latest(settings.out / county / cycle)
    return "（本期没有下发清单）" if found is None else f"{found['cycle']} 期，版本 {found['version']}"


def closings(settings: Settings, county: str, up_to: str) -> list[dict[str, Any]]:
    """The manifests of the county's own closings of cycles before `up_to`."""
    base = settings.out / county
    found = [versions.latest(path / CLOSING) for path in cycles(base) if path.name < up_to]
    return [manifest for manifest in found if manifest is not None]


def cycles(folder: Path) -> list[Path]:
    """The folders of cycles in `folder`, oldest first."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()) if folder.is_dir() else []


CLOSING, DEPARTMENTS = "closing", "departments"  # folders of a cycle
