"""What the deliveries that stand cover, town by town, and what was wrong with them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.wounds import ISSUE_COLUMNS, REASON_COLUMNS
from duizhang.snapshot.deliveries import Delivery, base_name
from duizhang.snapshot.regions import Regions
from duizhang.snapshot.standing import Standing


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


def delivered(book: Book, by_feed: dict[str, list[Delivery]], winners: dict[str, Standing], regions: Regions, day: date) -> pa.Table:
    """One row per feed and county: wounds of the files that are current as of `day`, and of those refused."""
    names = ["feed", "book", "owner", "county", "文件名", "缺列拒收文件数", "未登记列数", "非数据行数", "重复接入次数"]
    names += [*REASON_COLUMNS, *ISSUE_COLUMNS]
    rows = []
    for contract in book.contracts:
        if contract.scope.county == "city":
            continue
        for county in sorted(regions.counties):
            current = {
                d.sha256: d for unit, ds in winners[contract.feed].items() if unit[0] == county for d in ds[-1:]
                if d.data_date and (day - d.data_date).days <= contract.max_age
            }  # fmt: skip
            refused = [
                d for d in by_feed.get(contract.feed, ()) if d.incomplete and regions.county_in(d.hint) == county
                and d.data_date and (day - d.data_date).days <= contract.max_age
            ]  # fmt: skip
            if not current and not refused:
                continue
            files = [current[sha] for sha in sorted(current)]
            row = [
                contract.feed, contract.book, contract.owner, county, "；".join(sorted(base_name(d) for d in [*files, *refused])), len(refused),
                len({u for d in files for u in d.unknown}), sum(d.norm["not_data"] for d in files), sum(len(d.names) - 1 for d in files),
            ]  # fmt: skip
            row += [sum(d.norm["reasons"].get(reason, 0) for d in files) for reason in REASON_COLUMNS.values()]
            row += [sum(d.norm["issues"].get(kind, 0) for d in files) for kind in ISSUE_COLUMNS.values()]
            rows.append(row)
    texts = 5
    schema = pa.schema([(name, pa.string() if i < texts else pa.int64()) for i, name in enumerate(names)])
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(schema)], schema=schema)
