"""The stage: choose the rows that stand as of a date, place them, and state what they cover."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

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
from duizhang.snapshot.limits import change_flags, file_flags, sentence
from duizhang.snapshot.regions import Regions, load_regions
from duizhang.snapshot.shelf import Shelf, fingerprint_of
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
        shelf = Shelf(settings, as_of)
        broken: list[dict[str, Any]] = []
        for contract in book.contracts:
            files = [d for d in by_feed.get(contract.feed, ()) if d.norm and d.data_date]
            undated = [d for d in by_feed.get(contract.feed, ()) if d.norm and not d.data_date]
            problems += [f"{base_name(d)}：文件名、标题和数据里都找不到数据日期，未采用" for d in undated]
            problems += [f"{base_name(d)}：{sentence_told}" for d in files for sentence_told in d.told]
            broken += file_flags(contract, [d for d in files if d.data_date and (day - d.data_date).days <= contract.max_age])
            winners[contract.feed] = standing(settings, con, contract, files, regions, problems)
            _write_books(settings, con, book, contract, winners[contract.feed], regions, shelf)
        shelf.write()
        write_table(coverage(book, winners, regions, day), root / "coverage.parquet")
        write_table(brought(book, winners), root / "columns.parquet")
        rows = delivered(book, by_feed, winners, regions, day)
        broken += change_flags(book, rows.to_pylist())
        write_table(rows, root / "deliveries.parquet")
        write_json(listed(book, winners), root / "standing.json")
        write_json(broken, root / "volume.json")
        write_json({"counties": regions.counties, "towns": regions.towns}, root / "regions.json")
        write_table(region_table(regions), root / "regions.parquet")
    problems += [sentence(flag) for flag in broken]
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
    settings: Settings, con: duckdb.DuckDBPyConnection, book: Book, contract: Contract, winners: Standing, regions: Regions, shelf: Shelf
) -> None:
    """books/<表>/county=… of every table of `contract`; partitions of what no longer stands are taken away.

    What the same deliveries gave before, under the same contract and regions, is kept or taken from an earlier date.
    """
    by_county: dict[str, list[tuple[Unit, Delivery]]] = defaultdict(list)
    for unit, deliveries in sorted(winners.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        if unit[0] in regions.counties:
            by_county[unit[0]] += [(unit, delivery) for delivery in deliveries]
    current = version(book, contract)
    main = next((name for name, spec in contract.tables.items() if spec.grain == "first" and len(spec.key) == 1), "")
    for table in contract.tables:
        shelf.clear(table, set(by_county))
    for county, parts in sorted(by_county.items()):
        stands = [f"{unit[1]} {d.sha256} {d.data_date} {d.from_county}" for unit, d in parts]
        mark = fingerprint_of([current, regions.fingerprint, *stands])
        wanted = [table for table in contract.tables if not shelf.keep(table, county, mark)]
        if not wanted:
            continue
        moving = bool(main) and contract.delivery == "by_town" and len({d.sha256 for _, d in parts}) > 1
        if moving:  # what moved from town to town is in the newer file's words alone
            con.execute(f"CREATE OR REPLACE TEMP TABLE owners AS {_book(settings, contract, main, parts)}")
        for table in wanted:
            rows = _book(settings, contract, table, parts)
            key = contract.tables[main].key[0] if moving else ""
            if moving and table != main and key in table_types(contract, table):
                other = f"SELECT 1 FROM owners o WHERE o.{q(key)} = r.{q(key)} AND o._file <> r._file"
                rows = f"SELECT * FROM ({rows}) r WHERE NOT EXISTS ({other})"
            order = ", ".join(q(part) for part in contract.tables[table].key)
            write_query(con, f"SELECT * FROM ({rows}) ORDER BY {order}, _file, _sheet, _row", shelf.place(table, county))


def _book(settings: Settings, contract: Contract, table: str, parts: list[tuple[Unit, Delivery]]) -> str:
    """SELECT of a county's rows of `table`: of one key the row of the later data date. Each delivery is read once."""
    by_town = contract.delivery == "by_town" and contract.scope.county != "city"
    grouped: dict[tuple[str, str], list[tuple[Unit, Delivery]]] = defaultdict(list)
    for unit, delivery in parts:
        grouped[delivery.order[::-1]].append((unit, delivery))
    pieces = []
    for mine in grouped.values():
        unit, delivery = mine[0]
        inside = f"_county = '{unit[0]}'"
        if by_town:
            towns = ", ".join(f"'{u[1]}'" for u, _ in mine if u[1])
            tests = [f"_town IN ({towns})"] if towns else []
            inside += f" AND ({' OR '.join([*tests, *(['_town IS NULL'] if any(u[1] is None for u, _ in mine) else [])])})"
        pieces.append(f"SELECT * FROM ({placed(settings, table, delivery, fixed_county(contract, unit))}) WHERE {inside}")
    sql = " UNION ALL BY NAME ".join(pieces)
    spec = contract.tables[table]
    if len(parts) == 1 or len(pieces) == 1 and (spec.grain == "first" or not spec.unpivot):  # normalise leaves one row a key and file
        return sql
    key = ", ".join(q(part) for part in spec.key)
    whole = " AND ".join(f"{q(part)} IS NOT NULL" for part in spec.key)
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
