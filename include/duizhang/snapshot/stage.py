"""The stage: choose the rows that stand as of a date, place them, and state what they cover."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book, version
from duizhang.contracts.model import Contract
from duizhang.contracts.types import table_types
from duizhang.core.errors import FeedProblem
from duizhang.core.lake import duck, read_json, write_json, write_query, write_table
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings
from duizhang.snapshot.cover import brought, coverage, delivered, region_table
from duizhang.snapshot.deliveries import Delivery, base_name, by_county, load_deliveries, stated
from duizhang.snapshot.regions import Regions, load_regions
from duizhang.snapshot.standing import Standing, Unit, fixed_county, listed, placed, standing


@dataclass(frozen=True)
class Snapshot:
    """What stands as of a date. `fingerprints`: county → hash of the files and contracts its books stand on."""

    as_of: str
    counties: dict[str, str]
    fingerprints: dict[str, str]
    problems: list[str]


def snapshot(settings: Settings, as_of: str, book: Book) -> Snapshot:
    """Write books, coverage, deliveries and regions as of `as_of` (ISO), and say which counties there are."""
    day = date.fromisoformat(as_of)
    deliveries = load_deliveries(settings, book, day)
    problems = [f"{base_name(d)}：{d.refused}" for d in deliveries if d.refused]
    by_feed: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.feed:
            by_feed[delivery.feed].append(delivery)
    root = settings.at(as_of) / "books"
    with duck(settings) as con:
        regions = _regions(settings, con, book, by_feed, day)
        con.register("places", regions.places())
        named = {c.feed for c in book.contracts if c.scope.county == "filename"}
        by_feed = {feed: stated(by_county(found, regions) if feed in named else found, regions) for feed, found in by_feed.items()}
        winners: dict[str, Standing] = {}
        for contract in book.contracts:
            files = [d for d in by_feed.get(contract.feed, ()) if d.norm and d.data_date]
            undated = [d for d in by_feed.get(contract.feed, ()) if d.norm and not d.data_date]
            problems += [f"{base_name(d)}：文件名、标题和数据里都找不到数据日期，未采用" for d in undated]
            over = [d for d in files if d.norm["loaded"] > contract.volume.max]
            problems += [f"{base_name(d)}：{d.norm['loaded']} 行，超过该数据集的上限 {contract.volume.max} 行，请核对" for d in over]
            winners[contract.feed] = standing(settings, con, contract, files, regions, problems)
            _write_books(settings, con, contract, winners[contract.feed], regions, root)
        write_table(coverage(book, winners, regions, day), root / "coverage.parquet")
        write_table(brought(book, winners), root / "columns.parquet")
        write_table(delivered(book, by_feed, winners, regions, day), root / "deliveries.parquet")
        write_json(listed(book, winners), root / "standing.json")
        write_json({"counties": regions.counties, "towns": regions.towns}, root / "regions.json")
        write_table(region_table(regions), root / "regions.parquet")
    result = Snapshot(as_of, regions.counties, _fingerprints(book, deliveries, winners, regions), sorted(set(problems)))
    write_json(result.__dict__, root / "snapshot.json")
    return result


def load_snapshot(settings: Settings, as_of: str) -> Snapshot:
    """The snapshot written before."""
    return Snapshot(**read_json(settings.at(as_of) / "books" / "snapshot.json"))


def _regions(settings: Settings, con: duckdb.DuckDBPyConnection, book: Book, by_feed: dict[str, list[Delivery]], day: date) -> Regions:
    contract = book.role("regions")
    files = [d for d in by_feed.get(contract.feed, ()) if d.norm and d.data_date]
    if not files:
        raise FeedProblem(f"没有收到可用的《{contract.title}》", action="请先放入行政区划文件：没有它认不出县和乡镇")
    newest = max(files, key=lambda d: d.order)
    table = next(iter(contract.tables))
    path = settings.norm / newest.sha256 / f"{table}.parquet"
    return load_regions(con, contract, str(path), newest.sha256, newest.order[0], day)


def _write_books(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, winners: Standing, regions: Regions, root: Path
) -> None:
    """books/<表>/county=… of every table of `contract`; partitions of what no longer stands are taken away."""
    by_county: dict[str, list[tuple[Unit, Delivery]]] = defaultdict(list)
    for unit, deliveries in sorted(winners.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        by_county[unit[0]] += [(unit, delivery) for delivery in deliveries]
    for table in contract.tables:
        for left in set((root / table).glob("county=*/data.parquet")) - {_partition(root, table, county) for county in by_county}:
            left.unlink()
    for county, parts in by_county.items():
        if county in regions.counties:
            main = next((name for name, spec in contract.tables.items() if spec.grain == "first" and len(spec.key) == 1), "")
            moving = bool(main) and contract.delivery == "by_town" and len({d.sha256 for _, d in parts}) > 1
            if moving:  # what moved from town to town is in the newer file's words alone
                con.execute(f"CREATE OR REPLACE TEMP TABLE owners AS {_book(settings, contract, main, parts)}")
            for table in contract.tables:
                rows = _book(settings, contract, table, parts)
                key = contract.tables[main].key[0] if moving else ""
                if moving and table != main and key in table_types(contract, table):
                    other = f"SELECT 1 FROM owners o WHERE o.{q(key)} = r.{q(key)} AND o._file <> r._file"
                    rows = f"SELECT * FROM ({rows}) r WHERE NOT EXISTS ({other})"
                order = ", ".join(q(part) for part in contract.tables[table].key)
                write_query(con, f"SELECT * FROM ({rows}) ORDER BY {order}, _file, _sheet, _row", _partition(root, table, county))


def _partition(root: Path, table: str, county: str) -> Path:
    return root / table / f"county={county}" / "data.parquet"


def _book(settings: Settings, contract: Contract, table: str, parts: list[tuple[Unit, Delivery]]) -> str:
    """SELECT of a county's rows of `table`: of one key the row of the later data date."""
    pieces = []
    for unit, delivery in parts:
        town = " AND _town IS NULL" if unit[1] is None else f" AND _town = '{unit[1]}'"
        inside = f"_county = '{unit[0]}'" + (town if contract.delivery == "by_town" and contract.scope.county != "city" else "")
        pieces.append(f"SELECT * FROM ({placed(settings, table, delivery, fixed_county(contract, unit))}) WHERE {inside}")
    sql = " UNION ALL BY NAME ".join(pieces)
    if len(pieces) == 1:
        return sql
    key = ", ".join(q(part) for part in contract.tables[table].key)
    whole = " AND ".join(f"{q(part)} IS NOT NULL" for part in contract.tables[table].key)
    newest = f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _data_date DESC, _file DESC, _sheet, _row) = 1"
    return f"SELECT * FROM ({sql}) WHERE {whole} {newest} UNION ALL SELECT * FROM ({sql}) WHERE NOT ({whole})"


def _fingerprints(book: Book, deliveries: list[Delivery], winners: dict[str, Standing], regions: Regions) -> dict[str, str]:
    """What a county's partitions depend on: files that stand, under how many names they came, and files refused for it."""
    parts: dict[str, list[str]] = {county: [regions.sha256] for county in regions.counties}
    for contract in book.contracts:
        current = version(book, contract)
        for (county, town), standing_for in sorted(winners[contract.feed].items(), key=lambda i: (i[0][0], i[0][1] or "")):
            parts[county] += [contract.feed, current, town or "", *(f"{d.sha256} {len(d.names)}" for d in standing_for)]
    for delivery in deliveries:
        county_named = regions.county_in(delivery.hint) if delivery.refused else None
        if county_named:
            parts[county_named].append(f"refused {delivery.sha256}")
    return {county: hashlib.sha256("\n".join(listing).encode()).hexdigest() for county, listing in parts.items()}
