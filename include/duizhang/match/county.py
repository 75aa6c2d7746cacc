"""One county linked: its rows and its guests' against its people and those it must know of. What is written is its own side."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Match
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, quote_text, write_json, write_query
from duizhang.core.lake import quote_name as q
from duizhang.match import cases
from duizhang.match.doubts import write_blocked
from duizhang.match.narrow import HOUSEHOLDS, PATTERNS, PERSONS, Linked, Places, linked_tables, parquet

UNLINKED = ("没有证件号", "证件号被掩码，无法比对", "证件号不合格，无法比对", "15位旧号未能以姓名确认", "国家系统无此人", "国家系统无此户")


@dataclass(frozen=True)
class Task:
    """What linking one county takes: whose guests it takes in, where masks and newest values lie, and the mark of all that."""

    county: str
    counties: tuple[str, ...]
    senders: dict[str, list[str]]
    newest: dict[str, Path]
    mark: str


@dataclass(frozen=True)
class Tally:
    """Rows of the county's books: linked, unlinked by reason; people who cannot be compared, by table; the hash of its links."""

    mark: str
    linked: dict[str, int] = field(default_factory=dict)
    unlinked: dict[str, dict[str, int]] = field(default_factory=dict)
    blocked: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""


def link_county(places: Places, book: Book, task: Task) -> Tally:
    """Write the county's links, unlinked rows, doubts and cases, and their tally (links/_keys/county=…/tally.json)."""
    county, tally = task.county, Tally(task.mark)
    path = places.keys(county) / "tally.json"
    path.unlink(missing_ok=True)
    with duck(places.settings, functions=True) as con:
        _people(con, places, task)
        masks = parquet(*(places.keys(other) / "masks.parquet" for other in task.counties))
        con.execute(f"CREATE OR REPLACE TEMP TABLE all_masks AS SELECT DISTINCT * FROM {masks}")
        for one in linked_tables(book):
            if places.exists(one.table):
                _link_table(con, places, task, one, tally)
        newest = {table: parquet(path) for table, path in task.newest.items()}
        cases.write_cases(con, places.as_of, book, county, partial(_source, places, task), newest.get, places.link("_cases", county))
    done = Tally(tally.mark, tally.linked, tally.unlinked, tally.blocked, _fingerprint(places, county))
    write_json(asdict(done), path)
    return done


def _fingerprint(places: Places, county: str) -> str:
    """Hash of what the stages after this one read of the county's links."""
    links, digest = places.root / "links", hashlib.sha256()
    for path in sorted(path for pattern in PATTERNS for path in links.glob(pattern.format(county))):
        if path.suffix == ".parquet" and path.relative_to(links).parts[0] not in ("_guests", "_keys", HOUSEHOLDS):
            with path.open("rb") as partition:
                digest.update(str(path.relative_to(links)).encode() + hashlib.file_digest(partition, "sha256").digest())
    return digest.hexdigest()


def _people(con: duckdb.DuckDBPyConnection, places: Places, task: Task) -> None:
    """Tables `persons` and `households`: the county's own and those that came as guests."""
    for name, into in ((PERSONS, "persons"), (HOUSEHOLDS, "households")):
        pieces = [f"SELECT *, '{task.county}' AS _county FROM {parquet(places.link(name, task.county))}"]
        guests = [places.guests(name, sender) for sender in task.senders.get(name, ())]
        if guests:
            pieces.append(f"SELECT * EXCLUDE (_of), _of AS _county FROM {parquet(*guests)}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {' UNION ALL BY NAME '.join(pieces)}")


def _source(places: Places, task: Task, table: str) -> str | None:
    """FROM clause over the county's rows of `table` and those of its guests; None where there is neither."""
    own = places.book(table, task.county)
    paths = [own] if own.exists() else []
    paths += [path for sender in task.senders.get(table, ()) if (path := places.guests(table, sender)).exists()]
    if paths:
        return parquet(*paths)
    some = min((places.root / "books" / table).glob("*/data.parquet"), default=None)
    return None if some is None else f"(SELECT * FROM {parquet(some)} WHERE false)"


_BY_HOUSE = """SELECT DISTINCT r._ref, NULL::VARCHAR AS _person, h._household, h._county, 1 AS _tier, 1.0 AS _score, '户编号相同' AS _reason
    FROM rows r JOIN households h ON h._household = r._house"""


def _link_table(con: duckdb.DuckDBPyConnection, places: Places, task: Task, one: Linked, tally: Tally) -> None:
    """Link one table: rows of the county's people (or households), whichever county's book they come from."""
    county, table, how = task.county, one.table, one.how
    city = one.contract.scope.county == "city"  # its book is the whole: guests would be the same rows again
    source = _source(places, task if not city else Task(county, task.counties, {}, {}, ""), table)
    assert source is not None
    con.execute(f"CREATE OR REPLACE TEMP TABLE rows AS SELECT {_row_keys(how)}, _ref, _county AS _scope FROM {source}")
    if how.person:
        con.execute(
            """CREATE OR REPLACE TEMP TABLE links AS
            SELECT DISTINCT r._ref, p._person, coalesce(h._household, p._household) AS _household, p._county, 1 AS _tier, 1.0 AS _score,
              CASE WHEN r._plain IS NULL OR p._plain IS NULL OR r._plain = p._plain THEN '证件号相同' ELSE '证件号相同，姓名写法不同' END AS _reason
            FROM rows r JOIN persons p ON r._key = p._idkey AND (NOT r._old OR r._plain = p._plain)
            LEFT JOIN households h ON h._household = r._house AND h._county = p._county
            WHERE r._house IS NULL OR p._household = r._house
               OR NOT EXISTS (SELECT 1 FROM persons o WHERE o._idkey = r._key AND o._household = r._house)"""
        )
        if how.household:  # who left, or a number that cannot be read: the household is still the one that the row names
            con.execute(f"INSERT INTO links {_BY_HOUSE} WHERE r._ref NOT IN (SELECT _ref FROM links)")
        why = f"""CASE WHEN _number IS NULL THEN '{UNLINKED[0]}' WHEN _number LIKE '%*%' THEN '{UNLINKED[1]}'
            WHEN _key IS NULL OR NOT 校验合格(_key) OR 证件生日(_key) IS NULL THEN '{UNLINKED[2]}'
            WHEN _old AND EXISTS (SELECT 1 FROM persons p WHERE p._idkey = _key) THEN '{UNLINKED[3]}' ELSE '{UNLINKED[4]}' END"""
    else:
        con.execute(f"CREATE OR REPLACE TEMP TABLE links AS {_BY_HOUSE}")
        why = f"CASE WHEN _house IS NULL THEN '{UNLINKED[0]}' ELSE '{UNLINKED[5]}' END"
    order = ", ".join(["l._person", "l._household", "s._ref", *(f"s.{q(part)}" for part in one.contract.tables[table].key)])
    write_query(
        con,
        f"SELECT s.* EXCLUDE (_county, _town, _town_name, _village_name), l.* EXCLUDE (_ref) FROM {source} s JOIN links l USING (_ref)"
        f" WHERE l._county = '{county}' ORDER BY {order}",
        places.link(table, county),
    )
    tally.blocked[table] = write_blocked(con, table, county, places.root / "links" / "_blocked" / table / f"county={county}" / "data.parquet")
    _account(con, places, task, one, why, tally)


def _account(con: duckdb.DuckDBPyConnection, places: Places, task: Task, one: Linked, why: str, tally: Tally) -> None:
    """Every row of the county's own book is linked to someone, or listed as unlinked with its reason."""
    target = places.root / "links" / one.table / "unlinked" / f"county={task.county}" / "data.parquet"
    if not places.speaks(one, task.county) or not places.book(one.table, task.county).exists():
        target.unlink(missing_ok=True)
        return
    mine = "TRUE" if one.contract.scope.county == "city" else f"_scope = '{task.county}'"
    rest = f"FROM rows WHERE {mine} AND _ref NOT IN (SELECT _ref FROM links)"
    unlinked = f"SELECT '{quote_text(one.table)}' AS _table, _scope, _ref, {why} AS reason {rest}"
    write_query(con, f"SELECT * FROM ({unlinked}) ORDER BY _ref", target)
    tally.unlinked[one.table] = dict(con.execute(f"SELECT reason, count(*) FROM {parquet(target)} GROUP BY 1 ORDER BY 1").fetchall())
    counted = f"SELECT count(*), count(CASE WHEN _ref IN (SELECT _ref FROM links) THEN 1 END) FROM rows WHERE {mine}"
    total, linked = con.execute(counted).fetchone() or (0, 0)
    tally.linked[one.table] = linked
    if total != linked + sum(tally.unlinked[one.table].values()):
        raise ContractProblem(f"{one.table}: rows do not equal linked + unlinked.")


def _row_keys(how: Match) -> str:
    number = q(how.person) if how.person else "NULL::VARCHAR"
    name = f"规范姓名({q(how.name)})" if how.name else "NULL::VARCHAR"
    house = q(how.household) if how.household else "NULL::VARCHAR"
    return f"{number} AS _number, idkey({number}) AS _key, coalesce(length({number}) = 15, false) AS _old, {name} AS _plain, {house} AS _house"
