"""The stage: choose the rows that stand as of a date, place them, and state what they cover."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from duizhang.contracts.load import Book, fingerprint
from duizhang.contracts.model import Contract
from duizhang.core.errors import FeedProblem
from duizhang.core.lake import duck, quote_text, read_json, write_json, write_query, write_table
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings
from duizhang.core.wounds import ISSUE_COLUMNS, REASON_COLUMNS
from duizhang.snapshot.deliveries import Delivery, base_name, load_deliveries
from duizhang.snapshot.regions import Regions, load_regions

Unit = tuple[str, str | None]  # county, town (None: the whole county)


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
        regions = _regions(settings, con, book, by_feed)
        con.register("places", regions.places())
        winners: dict[str, dict[Unit, list[Delivery]]] = {}
        for contract in book.contracts:
            files = [d for d in by_feed.get(contract.feed, ()) if d.norm and d.data_date]
            undated = [d for d in by_feed.get(contract.feed, ()) if d.norm and not d.data_date]
            problems += [f"{base_name(d)}：文件名、标题和数据里都找不到数据日期，未采用" for d in undated]
            winners[contract.feed] = _winners(settings, con, contract, files, regions, problems)
            for table in contract.tables:
                _write_books(settings, con, contract, table, winners[contract.feed], regions, root)
        write_table(_coverage(book, winners, regions, day), root / "coverage.parquet")
        write_table(_deliveries(book, by_feed, winners, regions, day), root / "deliveries.parquet")
        write_json({"counties": regions.counties, "towns": regions.towns}, root / "regions.json")
        write_table(_region_table(regions), root / "regions.parquet")
    result = Snapshot(as_of, regions.counties, _fingerprints(book, winners, regions), sorted(problems))
    write_json(result.__dict__, root / "snapshot.json")
    return result


def load_snapshot(settings: Settings, as_of: str) -> Snapshot:
    """The snapshot written before."""
    return Snapshot(**read_json(settings.at(as_of) / "books" / "snapshot.json"))


def _regions(settings: Settings, con: duckdb.DuckDBPyConnection, book: Book, by_feed: dict[str, list[Delivery]]) -> Regions:
    contract = book.role("regions")
    files = [d for d in by_feed.get(contract.feed, ()) if d.norm and d.data_date]
    if not files:
        raise FeedProblem(f"没有收到可用的《{contract.title}》", action="请先放入行政区划文件：没有它认不出县和乡镇")
    newest = max(files, key=lambda d: d.order)
    table = next(iter(contract.tables))
    path = settings.norm / newest.sha256 / f"{table}.parquet"
    return load_regions(con, contract, str(path), newest.sha256, newest.order[0])


def _placed(settings: Settings, contract: Contract, table: str, delivery: Delivery, county: str | None) -> str:
    """SELECT of a norm table with `_county _town _town_name _village_name _ref`; `county` fixed by the file, if at all."""
    path = quote_text(settings.norm / delivery.sha256 / f"{table}.parquet")
    fold = "regexp_replace({}, '\\s', '', 'g')"
    fixed = f"'{county}'" if county else "NULL"
    return (
        f"SELECT t.* EXCLUDE (_in_county, _in_town, _in_village, _in_code),"
        f" coalesce({fixed}, p.county, c.county, left(t._in_code, 6)) AS _county,"
        f" coalesce(p.town, CASE WHEN length(t._in_code) >= 9 THEN left(t._in_code, 9) END) AS _town,"
        f" coalesce(p.town_title, t._in_town) AS _town_name, t._in_village AS _village_name,"
        f" left(t._file, 12) || ':' || t._sheet || ':' || t._row AS _ref, DATE '{delivery.data_date}' AS _data_date"
        f" FROM read_parquet('{path}') t"
        f" LEFT JOIN places p ON p.county_name = {fold.format('t._in_county')} AND p.town_name = {fold.format('t._in_town')}"
        f" LEFT JOIN places c ON c.county_name = {fold.format('t._in_county')} AND c.town_name IS NULL"
    )


def _winners(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, files: list[Delivery], regions: Regions, problems: list[str]
) -> dict[Unit, list[Delivery]]:
    """Unit → the deliveries that stand for it (several only where deliveries are increments)."""
    chosen: dict[Unit, list[Delivery]] = defaultdict(list)
    for delivery in sorted(files, key=lambda d: d.order):
        for unit in _units(settings, con, contract, delivery, regions, problems):
            if contract.delivery == "increment":
                chosen[unit].append(delivery)
            else:
                chosen[unit] = [delivery]
    return dict(chosen)


def _units(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, delivery: Delivery, regions: Regions, problems: list[str]
) -> list[Unit]:
    if contract.scope.county == "city":
        return [(county, None) for county in regions.counties]
    if contract.scope.county == "filename":
        county = regions.county_in(delivery.hint)
        if county is None:
            problems.append(f"{base_name(delivery)}：文件名和标题里认不出是哪个县，未采用")
            return []
        return [(county, None)]
    table = next(iter(contract.tables))
    found = con.execute(
        f"SELECT DISTINCT _county, _town FROM ({_placed(settings, contract, table, delivery, None)})"
        f" WHERE _county IS NOT NULL ORDER BY ALL"
    ).fetchall()
    known = [(county, town) for county, town in found if county in regions.counties]
    if not known and delivery.zero and (county := regions.county_in(delivery.hint)):
        return [(county, None)]
    if contract.delivery == "by_town":
        return known
    return sorted({(county, None) for county, _ in known})


def _fixed_county(contract: Contract, unit: Unit) -> str | None:
    return unit[0] if contract.scope.county in ("filename", "city") else None


def _write_books(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, table: str,
    winners: dict[Unit, list[Delivery]], regions: Regions, root: object,
) -> None:  # fmt: skip
    key = ", ".join(q(part) for part in contract.tables[table].key)
    by_county: dict[str, list[str]] = defaultdict(list)
    for unit, deliveries in sorted(winners.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        for delivery in deliveries:
            rows = _placed(settings, contract, table, delivery, _fixed_county(contract, unit))
            town = " AND _town IS NULL" if unit[1] is None else f" AND _town = '{unit[1]}'"
            inside = f"_county = '{unit[0]}'" + (town if contract.delivery == "by_town" else "")
            by_county[unit[0]].append(f"SELECT * FROM ({rows}) WHERE {inside}")
    for county in regions.counties:
        pieces = by_county.get(county)
        target = settings.at(_as_of(root)) / "books" / table / f"county={county}" / "data.parquet"
        if not pieces:
            target.unlink(missing_ok=True)
            continue
        sql = " UNION ALL BY NAME ".join(pieces)
        distinct = f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _data_date DESC, _file DESC, _sheet, _row) = 1"
        several = len(pieces) > 1
        whole = " AND ".join(f"{q(part)} IS NOT NULL" for part in contract.tables[table].key)
        body = f"SELECT * FROM ({sql}) WHERE {whole}{distinct} UNION ALL SELECT * FROM ({sql}) WHERE NOT ({whole})" if several else sql
        write_query(con, f"SELECT * FROM ({body}) ORDER BY {key}, _file, _sheet, _row", target)


def _as_of(root: object) -> str:
    return str(root).rsplit("as_of=", 1)[1].split("/", 1)[0]


def _status(contract: Contract, deliveries: list[Delivery], day: date) -> tuple[str, date | None]:
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


def _coverage(book: Book, winners: dict[str, dict[Unit, list[Delivery]]], regions: Regions, day: date) -> pa.Table:
    rows = []
    for contract in book.contracts:
        for town, title in sorted(regions.towns.items()):
            county = town[:6]
            units = winners[contract.feed]
            deliveries = units.get((county, town)) or units.get((county, None)) or []
            status, data_date = _status(contract, deliveries, day)
            names = base_name(deliveries[-1]) if deliveries else None
            rows.append((contract.feed, contract.book, county, town, title, status, data_date, names, contract.max_age))
    schema = pa.schema(
        [("feed", pa.string()), ("book", pa.string()), ("county", pa.string()), ("town", pa.string()), ("town_name", pa.string()),
         ("status", pa.string()), ("data_date", pa.date32()), ("file", pa.string()), ("max_age", pa.int64())]
    )  # fmt: skip
    return pa.table([pa.array([r[i] for r in rows], f.type) for i, f in enumerate(schema)], schema=schema)


def _region_table(regions: Regions) -> pa.Table:
    rows = [(town[:6], regions.counties.get(town[:6]), town, name) for town, name in sorted(regions.towns.items())]
    return pa.table({c: pa.array([r[i] for r in rows], pa.string()) for i, c in enumerate(("county", "county_name", "town", "town_name"))})


def _deliveries(
    book: Book, by_feed: dict[str, list[Delivery]], winners: dict[str, dict[Unit, list[Delivery]]], regions: Regions, day: date
) -> pa.Table:
    """One row per feed and county: wounds of the files that are current as of `day`, and of those refused."""
    names = ["feed", "book", "owner", "county", "文件名", "缺列拒收文件数", "未登记列数", "非数据行数", "重复接入次数", *REASON_COLUMNS, *ISSUE_COLUMNS]
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


def _fingerprints(book: Book, winners: dict[str, dict[Unit, list[Delivery]]], regions: Regions) -> dict[str, str]:
    parts: dict[str, list[str]] = {county: [regions.sha256] for county in regions.counties}
    for contract in book.contracts:
        version = fingerprint(contract)
        for (county, town), deliveries in sorted(winners[contract.feed].items(), key=lambda i: (i[0][0], i[0][1] or "")):
            parts[county] += [contract.feed, version, town or "", *(d.sha256 for d in deliveries)]
    return {county: hashlib.sha256("\n".join(listed).encode()).hexdigest() for county, listed in parts.items()}
