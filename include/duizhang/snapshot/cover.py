"""What the deliveries that stand cover, town by town, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.wounds import DELIVERY_COLUMNS, ISSUE_COLUMNS, REASON_COLUMNS, REFUSED_COLUMNS, SHEET_COLUMNS
from duizhang.snapshot.deliveries import Delivery, base_name
from duizhang.snapshot.regions import Regions
from duizhang.snapshot.standing import Standing
from duizhang.snapshot.volume import Volumes


def status_of(contract: Contract, deliveries: list[Delivery], day: date) -> tuple[str, date | None]:
    """missing | stale | zero | short | full, and the data date, of what stands for one town."""
    if not deliveries:
        return "missing", None
    newest = max(deliveries, key=lambda d: d.order)
    assert newest.data_date is not None
    if (day - newest.data_date).days > contract.max_age:
        return "stale", newest.data_date
    if newest.zero and newest.norm.get("loaded", 0) == 0:
        return "zero", newest.data_date
    if newest.norm.get("loaded", 0) < contract.volume.min:
        return "short", newest.data_date
    return "full", newest.data_date


def coverage(book: Book, winners: dict[str, Standing], regions: Regions, day: date) -> pa.Table:
    """One row per feed and town. Of a feed by town only what names a town covers it."""
    rows = []
    for contract in book.contracts:
        for town, title in sorted(regions.towns.items()):
            county = town[:6]
            units = winners[contract.feed]
            deliveries = units.get((county, town if contract.delivery == "by_town" and contract.scope.county != "city" else None), [])
            status, data_date = status_of(contract, deliveries, day)
            names = base_name(deliveries[-1]) if deliveries else None
            rows.append((contract.feed, contract.book, county, town, title, status, data_date, names, contract.max_age))
    schema = pa.schema(
        [("feed", pa.string()), ("book", pa.string()), ("county", pa.string()), ("town", pa.string()), ("town_name", pa.string()),
         ("status", pa.string()), ("data_date", pa.date32()), ("file", pa.string()), ("max_age", pa.int64())]
    )  # fmt: skip
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(schema)], schema=schema)


def region_table(regions: Regions) -> pa.Table:
    """county, county_name, town, town_name of every town in force."""
    rows = [(town[:6], regions.counties.get(town[:6]), town, name) for town, name in sorted(regions.towns.items())]
    return pa.table({c: pa.array([r[i] for r in rows], pa.string()) for i, c in enumerate(("county", "county_name", "town", "town_name"))})


_ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DATE": pa.date32()}


def delivered(book: Book, by_feed: dict[str, list[Delivery]], winners: dict[str, Standing], regions: Regions, day: date) -> pa.Table:
    """One row per feed and county: wounds of the files that are current as of `day`, and of those refused since."""
    rows = []
    volumes = Volumes(regions)
    local = {feed: _by_county(standing) for feed, standing in winners.items()}  # a province has thousands of units: each is looked at once
    for contract in book.contracts:
        if contract.scope.county == "city":
            continue
        for county in sorted(regions.counties):
            mine = local[contract.feed].get(county, {})
            files = _current(contract, mine, day)
            refused = _refused(contract, county, by_feed.get(contract.feed, ()), files, regions, day)
            if not files and not refused:
                continue
            row: dict[str, object] = {"feed": contract.feed, "book": contract.book, "owner": contract.owner, "county": county}
            row["文件名"] = "；".join(sorted(base_name(d) for d in [*files, *refused]))
            row |= {column: sum(d.refused_kind == kind for d in refused) for column, kind in REFUSED_COLUMNS.items()}
            row |= _wounds(files)
            if files:
                now, before = volumes.now_and_before(contract, county, mine, by_feed.get(contract.feed, ()))
                row |= {"本期行数": now, "上期行数": before}
            if contract.role == "national":
                days = _national_days(book, {feed: found.get(county, {}) for feed, found in local.items()}, day)
                row |= {"国家系统最早数据日期": min(days, default=None), "国家系统最晚数据日期": max(days, default=None)}
            rows.append(row)
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in DELIVERY_COLUMNS.items()])
    return pa.table([pa.array([row.get(field.name) for row in rows], field.type) for field in schema], schema=schema)


def _by_county(standing: Standing) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for unit, deliveries in standing.items():
        found.setdefault(unit[0], {})[unit] = deliveries
    return found


def _current(contract: Contract, standing: Standing, day: date) -> list[Delivery]:
    """The newest file of each unit of a county, where it still supports a verdict."""
    newest = [found[-1] for found in standing.values() if found]
    fresh = {d.sha256: d for d in newest if d.data_date and (day - d.data_date).days <= contract.max_age}
    return [fresh[sha] for sha in sorted(fresh)]


def _refused(
    contract: Contract, county: str, deliveries: Iterable[Delivery], files: list[Delivery], regions: Regions, day: date
) -> list[Delivery]:
    """Refused files of the county, until a good one of a later date has come."""
    good = max((d.data_date for d in files if d.data_date), default=date.min)
    return [
        d for d in deliveries if d.refused_kind in REFUSED_COLUMNS.values() and regions.county_in(d.hint) == county
        and d.data_date and d.data_date >= good and (day - d.data_date).days <= contract.max_age
    ]  # fmt: skip


def _wounds(files: list[Delivery]) -> dict[str, int | None]:
    found: dict[str, int | None] = {
        "未登记列数": len({u for d in files for u in d.unknown}), "非数据行数": sum(d.norm["not_data"] for d in files),
        "重复接入次数": sum(len(d.names) - 1 for d in files),
    }  # fmt: skip
    found |= {column: sum(d.norm["reasons"].get(reason, 0) for d in files) for column, reason in REASON_COLUMNS.items()}
    found |= {column: sum(d.norm["issues"].get(kind, 0) for d in files) for column, kind in ISSUE_COLUMNS.items()}
    for column, key in SHEET_COLUMNS.items():
        told = [count for d in files if (count := d.sheets[key]) is not None]
        found[column] = sum(told) if told or not files else None
    return found


def _national_days(book: Book, standing: dict[str, Standing], day: date) -> list[date]:
    """Data dates of the county's current files out of the national system: those of the department that sends the spine.

    What stays good for longer than the spine (an archive of last year) is no part of the month's batch.
    """
    spine = book.role("national")
    batch = [c for c in book.contracts if c.department == spine.department and c.scope.county != "city" and c.max_age <= spine.max_age]
    return [
        d.data_date for contract in batch
        for d in _current(contract, standing[contract.feed], day) if d.data_date
    ]  # fmt: skip


def brought(book: Book, winners: dict[str, Standing]) -> pa.Table:
    """Which of its contract's columns what stands did not bring: one row per feed, county and town.

    `town` is '' where the delivery speaks for the whole county. `missing` is in the contract's order; a column that one part
    of a file lacks is missing; of increments, which add up, only what every file lacks. Of a feed by town there is no row
    for rows whose town is not known: nothing covers them.
    """
    rows = []
    for contract in book.contracts:
        for (county, town), deliveries in sorted(winners[contract.feed].items(), key=lambda item: (item[0][0], item[0][1] or "")):
            if deliveries and (town or contract.delivery != "by_town" or contract.scope.county == "city"):
                lacking = [set(d.missing) for d in deliveries]
                missing = set.intersection(*lacking) if contract.delivery == "increment" else set.union(*lacking)
                rows.append((contract.feed, county, town or "", [c.name for c in contract.columns if c.name in missing]))
    schema = pa.schema([("feed", pa.string()), ("county", pa.string()), ("town", pa.string()), ("missing", pa.list_(pa.string()))])
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(schema)], schema=schema)
