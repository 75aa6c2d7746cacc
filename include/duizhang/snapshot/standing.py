"""Which deliveries stand for which county and town as of a date, and the SQL that places their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.lake import quote_text
from duizhang.core.settings import Settings
from duizhang.snapshot.deliveries import Delivery, base_name
from duizhang.snapshot.regions import Regions

Unit = tuple[str, str | None]  # county, town (None: the whole county; of a feed by town: rows whose town is not known)
Standing = dict[Unit, list[Delivery]]
_BLANKS = "'[\\s\\x{00a0}\\x{3000}]'"


def placed(settings: Settings, table: str, delivery: Delivery, county: str | None) -> str:
    """SELECT of a norm table with `_county _town _town_name _village_name _from_county _ref`; `county` fixed by the file, if at all.

    A town is one that the regions book has; any other text in its place is no town.
    """
    path = quote_text(settings.norm / delivery.sha256 / f"{table}.parquet")
    fixed = f"'{county}'" if county else "NULL"
    stated = f"'{quote_text(delivery.from_county)}'" if delivery.from_county else "CAST(NULL AS VARCHAR)"
    named = f"regexp_replace(t._in_county, {_BLANKS}, '', 'g')"
    town = f"regexp_replace(t._in_town, {_BLANKS}, '', 'g')"
    place = f"p.county_name = {named} AND p.town_name = {town}"
    if county:  # the file says the county; its rows need not
        place = f"p.county = '{county}' AND p.town_name = {town} AND p.county_name = (SELECT min(county_name) FROM places WHERE county = '{county}')"
    return (
        f"SELECT t.* EXCLUDE (_in_county, _in_town, _in_village, _in_code),"
        f" coalesce({fixed}, p.county, c.county, left(t._in_code, 6)) AS _county, coalesce(p.town, k.town) AS _town,"
        f" coalesce(p.town_title, k.town_title, t._in_town) AS _town_name, t._in_village AS _village_name,"
        f" left(t._file, 12) || ':' || t._sheet || ':' || t._row AS _ref, DATE '{delivery.data_date}' AS _data_date, {stated} AS _from_county"
        f" FROM read_parquet('{path}', hive_partitioning = false) t LEFT JOIN places p ON {place}"
        f" LEFT JOIN places c ON c.county_name = {named} AND c.town_name IS NULL"
        f" LEFT JOIN (SELECT DISTINCT town, town_title FROM places WHERE town IS NOT NULL) k ON k.town = left(t._in_code, 9)"
    )


def standing(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, files: Sequence[Delivery], regions: Regions, problems: list[str]
) -> Standing:
    """Unit → the deliveries that stand for it, the one that decides last; the later data date wins, increments add up.

    A file by town that names its own county replaces nothing in another: its rows from there are added to what stands
    for their town. What cannot be used or is doubtful is told in `problems`, by file name and count.
    """
    chosen: Standing = defaultdict(list)
    guests: Standing = defaultdict(list)
    mentions: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in sorted(files, key=lambda d: d.order):
        for unit in _units(settings, con, contract, delivery, regions, problems):
            if delivery not in mentions[unit[0]]:
                mentions[unit[0]].append(delivery)
            if contract.delivery == "increment" or (contract.delivery == "by_town" and unit[1] is None):
                chosen[unit].append(delivery)
                continue
            if contract.delivery == "by_town" and delivery.from_county not in (None, regions.counties[unit[0]]):
                guests[unit].append(delivery)
                continue
            problems += _contested(chosen[unit], delivery)
            chosen[unit] = [delivery]
    if contract.delivery == "by_town":
        _without_town(chosen, mentions)
        alive = {delivery.sha256 for deliveries in chosen.values() for delivery in deliveries}
        for unit, others in guests.items():  # nothing stands for a town by the rows of another county's file alone
            if chosen.get(unit):
                chosen[unit] = [*(d for d in others if d.sha256 in alive), *chosen[unit]]
    return dict(chosen)


def _contested(before: list[Delivery], delivery: Delivery) -> list[str]:
    if not before or before[0].data_date != delivery.data_date or before[0].sha256 == delivery.sha256:
        return []
    message = f"{base_name(delivery)}：与 {base_name(before[0])} 的数据日期相同而内容不同，采用了前者；请在文件名中写明更正后的数据日期"
    return [message]


def _without_town(chosen: Standing, mentions: dict[str, list[Delivery]]) -> None:
    """Rows whose town is not known stand as long as their delivery does: for some town, or as the newest of the county."""
    for county, delivered in mentions.items():
        if (county, None) not in chosen:
            continue
        alive = {d.sha256 for unit, ds in chosen.items() if unit[0] == county and unit[1] for d in ds} | {delivered[-1].sha256}
        chosen[county, None] = [d for d in chosen[county, None] if d.sha256 in alive]


def fixed_county(contract: Contract, unit: Unit) -> str | None:
    """The county that the file as a whole speaks for, where its contract says so."""
    return unit[0] if contract.scope.county in ("filename", "city") else None


def _units(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, delivery: Delivery, regions: Regions, problems: list[str]
) -> list[Unit]:
    if contract.scope.county == "city":
        return [(county, None) for county in regions.counties]
    hinted = regions.county_in(delivery.hint)
    if contract.scope.county == "filename" and hinted is None:
        problems.append(f"{base_name(delivery)}：文件名和标题里认不出是哪个县，未采用")
        return []
    fixed = hinted if contract.scope.county == "filename" else None
    if fixed and contract.delivery != "by_town":
        return [(fixed, None)]
    known = _places(settings, con, contract, delivery, fixed, regions, problems)
    if known:
        return known if contract.delivery == "by_town" else sorted({(county, None) for county, _ in known})
    if delivery.zero and hinted:
        return [(hinted, town) for town in regions.towns if town[:6] == hinted] if contract.delivery == "by_town" else [(hinted, None)]
    problems.append(f"{base_name(delivery)}：没有一行能归到行政区划中的县，未采用")
    return []


def _places(
    settings: Settings, con: duckdb.DuckDBPyConnection, contract: Contract, delivery: Delivery, fixed: str | None,
    regions: Regions, problems: list[str],
) -> list[Unit]:  # fmt: skip
    """Counties and towns that the delivery's rows name; rows that name none are told in `problems`."""
    every = " UNION ALL ".join(f"SELECT _county, _town FROM ({placed(settings, table, delivery, fixed)})" for table in contract.tables)
    found = con.execute(f"SELECT DISTINCT _county, _town FROM ({every}) ORDER BY ALL").fetchall()
    known = [(county, town) for county, town in found if county in regions.counties]
    main = next(iter(contract.tables))
    rows = placed(settings, main, delivery, fixed)
    wanting = "_county IS NULL OR NOT list_contains($1, _county)" + (" OR _town IS NULL" if contract.delivery == "by_town" else "")
    lost = (con.execute(f"SELECT count(*) FROM ({rows}) WHERE {wanting}", [list(regions.counties)]).fetchone() or (0,))[0]
    if lost:
        problems.append(f"{base_name(delivery)}：“{main}”有 {lost} 行的县或乡镇在行政区划中找不到，这些行的规则不适用")
    return known


def listed(book: Book, winners: dict[str, Standing]) -> list[dict[str, str | None]]:
    """What stands, for the stages after this one: feed, county, town, sha256."""
    return [
        {"feed": contract.feed, "county": county, "town": town, "sha256": delivery.sha256}
        for contract in book.contracts
        for (county, town), deliveries in sorted(winners[contract.feed].items(), key=lambda item: (item[0][0], item[0][1] or ""))
        for delivery in deliveries
    ]
