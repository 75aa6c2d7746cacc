"""What a county must know of the others, and no more: hashed keys are met once, and only rows that meet travel.

Every county leaves its keys behind (links/_keys/county=…): of its rows the hash of the number, of the household and of
what cases share; of its people the hash of the number. They are joined once for all counties. Rows and people whose key
stands elsewhere are copied to links/_guests/…/county=<theirs>, and a county is linked with its own rows and those guests:
the same SQL over a part that holds all that can meet. A hash that two keys share brings one guest too many, never too few.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Case, Contract, Match
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text, read_json, write_query
from duizhang.core.settings import Settings
from duizhang.core.wounds import REPEATED
from duizhang.match.doubts import MASK_COLUMNS, masks_sql

PERSONS, HOUSEHOLDS = "_persons", "_households"
PATTERNS = ("*/county={}/*", "*/unlinked/county={}/*", "_blocked/*/county={}/*", "_guests/*/county={}/*")  # all that is a county's below links/
_ROWS = "t VARCHAR, i UBIGINT, k UBIGINT, h UBIGINT, s UBIGINT, n UBIGINT, c VARCHAR"
_NOTHING = "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in (part.split(" ") for part in _ROWS.split(", "))) + " WHERE false"


@dataclass(frozen=True)
class Linked:
    """A table of a department's book that is linked, and how its rows become cases."""

    contract: Contract
    table: str
    how: Match
    cases: tuple[Case, ...]


@dataclass
class Places:
    """Where things of one date lie."""

    settings: Settings
    as_of: str
    root: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.settings.at(self.as_of)

    def book(self, table: str, county: str) -> Path:
        return self.root / "books" / table / f"county={county}" / "data.parquet"

    def link(self, name: str, county: str) -> Path:
        return self.root / "links" / name / f"county={county}" / "data.parquet"

    def keys(self, county: str) -> Path:
        return self.root / "links" / "_keys" / f"county={county}"

    def guests(self, name: str, county: str) -> Path:
        return self.root / "links" / "_guests" / name / f"county={county}" / "data.parquet"

    def exists(self, table: str) -> bool:
        return any((self.root / "books" / table).glob("*/data.parquet"))

    def speaks(self, one: Linked, county: str) -> bool:
        """Whether the county's partition is where the rows of `one` are accounted for: a book of the whole city lies in every county's."""
        if one.contract.scope.county != "city":
            return True
        return self.book(one.table, county) == min((self.root / "books" / one.table).glob("*/data.parquet"), default=None)


def linked_tables(book: Book) -> list[Linked]:
    """Every table that is linked, in the order of the contracts."""
    return [
        Linked(contract, table, how, tuple(case for case in contract.cases.values() if case.table == table))
        for contract in book.contracts if contract.role != "national" for table, how in contract.match.items()
    ]  # fmt: skip


def parquet(*paths: Path) -> str:
    """FROM clause over `paths`; columns that one lacks are NULL."""
    listed = ", ".join(f"'{quote_text(path)}'" for path in paths)
    return f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"


def hashed(expression: str) -> str:
    """Hash of a value, NULL of none."""
    return f"CASE WHEN ({expression}) IS NOT NULL THEN hash({expression}) END"


def numbers(one: Linked) -> list[str]:
    """Columns of the table whose numbers lead to people."""
    found = [one.how.person] if one.how.person else []
    for case in one.cases:
        named = case.household.get("linked", ())
        found += [named] if isinstance(named, str) else list(named)
    return list(dict.fromkeys(found))


def _house(one: Linked) -> str | None:
    columns = [one.how.household, *(str(case.household["column"]) for case in one.cases if "column" in case.household)]
    return next((column for column in columns if column), None)


def _share(one: Linked) -> str | None:
    return next((str(case.household["same"]) for case in one.cases if "same" in case.household), None)


def _row_keys(one: Linked, source: str, county: str, named: bool) -> str:
    """SELECT of the hashed keys of the rows: one for every number column; the row itself only where cases need it."""
    house, share = _house(one), _share(one)
    pieces = []
    columns: list[str | None] = [*numbers(one)]
    for column in columns or [None]:
        key = f"idkey({q(column)})" if column else "NULL::VARCHAR"
        name = f"{key} || '|' || 规范姓名({q(one.how.name)})" if named and column and one.how.name else "NULL::VARCHAR"
        pieces.append(
            f"SELECT DISTINCT '{quote_text(one.table)}' AS t, {hashed('_ref') if one.cases else 'NULL::UBIGINT'} AS i, {hashed('key')} AS k,"
            f" {hashed('house')} AS h, {hashed('share')} AS s, {hashed('name')} AS n, '{county}' AS c FROM"
            f" (SELECT _ref, {key} AS key, {q(house) if house else 'NULL::VARCHAR'} AS house, {q(share) if share else 'NULL::VARCHAR'} AS share,"
            f" {name} AS name FROM {source})"
        )
    return f"SELECT * FROM ({' UNION ALL '.join(pieces)}) WHERE k IS NOT NULL OR h IS NOT NULL OR s IS NOT NULL"


def write_rows(con: duckdb.DuckDBPyConnection, places: Places, book: Book, county: str, tables: list[Linked], standing: dict[str, list[str]]) -> None:
    """Leave the county's row keys, masks, rows set aside, and people with 15 digits; `standing`: feed → files that stand here."""
    folder, pieces, masks, aside = places.keys(county), [_NOTHING], [], []
    for one in tables:
        path = places.book(one.table, county)
        if not path.exists() or not places.speaks(one, county):
            continue
        pieces.append(_row_keys(one, parquet(path), county, one.contract.role == "register"))
        if one.how.person:
            masks.append(masks_sql(one.table, one.how, parquet(path)))
            aside += _aside(con, places, one, standing.get(one.contract.feed, []))
    write_query(con, f"SELECT * FROM ({' UNION ALL '.join(pieces)}) ORDER BY ALL", folder / "rows.parquet")
    nothing = f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in MASK_COLUMNS.items())} WHERE false"
    write_query(con, f"SELECT DISTINCT * FROM ({' UNION ALL '.join([nothing, *masks, *aside])}) ORDER BY ALL", folder / "masks.parquet")


def _aside(con: duckdb.DuckDBPyConnection, places: Places, one: Linked, files: list[str]) -> list[str]:
    """Whom rows set aside may mean. Quarantine keeps rows as they came, under the feed's own column names."""
    mapping = one.contract.tables[one.table].mapping()
    number, name = mapping.get(str(one.how.person), str(one.how.person)), mapping.get(one.how.name or "", one.how.name or "")
    found = []
    for sha in files:
        path = places.settings.norm / sha / "quarantine.parquet"
        if read_json(path.parent / "meta.json")["quarantined"] == 0:
            continue
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {parquet(path)}").fetchall()}
        if number not in present:
            continue
        called = f"规范姓名({q(name)})" if name in present else "NULL::VARCHAR"
        found.append(
            f"SELECT '{quote_text(one.table)}' AS t, true AS aside, nullif(regexp_extract({q(number)}, '^[0-9]{{14}}'), '') AS pattern,"
            f" {called} IS NULL AS open, NULL::VARCHAR AS name, {called} AS plain, NULL::VARCHAR AS ends FROM {parquet(path)}"
            f" WHERE _reason <> '{quote_text(REPEATED)}'"  # the row that it repeats is loaded: no doubt is left
        )
    return found


def write_people(con: duckdb.DuckDBPyConnection, places: Places, county: str, persons: str, households: str) -> None:
    """Leave the county's people and households (`persons`, `households`: SELECTs) and the hashes of their keys."""
    write_query(con, f"SELECT * FROM ({persons}) ORDER BY _person", places.link(PERSONS, county))
    write_query(con, f"SELECT * FROM ({households}) ORDER BY ALL", places.link(HOUSEHOLDS, county))
    own = parquet(places.link(PERSONS, county))
    people = f"SELECT DISTINCT '{county}' AS c, {hashed('_idkey')} AS k, {hashed('_plain')} AS m FROM {own} ORDER BY ALL"
    write_query(con, people, places.keys(county) / "persons.parquet")
    homes = f"SELECT _household FROM {parquet(places.link(HOUSEHOLDS, county))} UNION SELECT _household FROM {own}"
    write_query(
        con, f"SELECT DISTINCT '{county}' AS c, {hashed('_household')} AS h FROM ({homes}) ORDER BY ALL", places.keys(county) / "households.parquet"
    )


def meet(con: duckdb.DuckDBPyConnection, places: Places, counties: list[str]) -> None:
    """Tables sent_rows (t, a, c, k, h, s), sent_people (a, c, k), sent_houses (a, c, h): county `a` holds what county `c` must know."""
    for name in ("rows", "persons", "households"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW key_{name} AS SELECT * FROM {parquet(*(places.keys(c) / f'{name}.parquet' for c in counties))}")
    con.execute("CREATE OR REPLACE TEMP TABLE pk AS SELECT DISTINCT c, k FROM key_persons WHERE k IS NOT NULL")
    for name, key, people in (("met", "k", "pk"), ("housed", "h", "key_households")):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT r.t, r.c AS a, p.c AS c, r.{key} FROM key_rows r"
            f" JOIN {people} p ON p.{key} = r.{key} WHERE p.c <> r.c"
        )
    # cases: who shares something with a row of the county, or with a guest of it
    con.execute("CREATE OR REPLACE TEMP TABLE shares AS SELECT DISTINCT t, c, s FROM key_rows WHERE s IS NOT NULL")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE shared AS
        SELECT DISTINCT x.t, x.c AS a, y.c AS c, x.s FROM (SELECT t, s FROM shares GROUP BY ALL HAVING count(*) > 1) z
          JOIN shares x USING (t, s) JOIN shares y USING (t, s) WHERE x.c <> y.c
        UNION SELECT DISTINCT x.t, x.c, g.c, x.s FROM
          (SELECT DISTINCT r.t, m.c, r.s FROM met m JOIN key_rows r ON r.t = m.t AND r.c = m.a AND r.k = m.k WHERE r.s IS NOT NULL) g
          JOIN shares x USING (t, s) WHERE x.c <> g.c"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE sent_rows AS SELECT t, a, c, k, NULL::UBIGINT AS h, NULL::UBIGINT AS s FROM met
        UNION ALL SELECT t, a, c, NULL, h, NULL FROM housed UNION ALL SELECT t, a, c, NULL, NULL, s FROM shared"""
    )
    came = [
        f"SELECT s.c, r.i FROM sent_rows s JOIN key_rows r ON r.t = s.t AND r.c = s.a AND r.{key} = s.{key} WHERE r.i IS NOT NULL" for key in "khs"
    ]
    con.execute(f"CREATE OR REPLACE TEMP TABLE visitors AS {' UNION '.join(came)}")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE sent_people AS SELECT DISTINCT p.c AS a, w.c, p.k FROM (SELECT a AS c, k FROM met
        UNION SELECT c, k FROM met UNION SELECT v.c, r.k FROM visitors v JOIN key_rows r ON r.i = v.i WHERE r.k IS NOT NULL) w
        JOIN pk p ON p.k = w.k WHERE p.c <> w.c"""
    )
    con.execute("CREATE OR REPLACE TEMP TABLE sent_houses AS SELECT DISTINCT c AS a, a AS c, h FROM housed")
    # one 户编号 in two counties: whoever is booked under it counts as of the household
    con.execute(
        """INSERT INTO sent_houses SELECT DISTINCT x.c, y.c, x.h FROM
        (SELECT h FROM key_households WHERE h IS NOT NULL GROUP BY h HAVING count(*) > 1) z
        JOIN key_households x USING (h) JOIN key_households y USING (h) WHERE x.c <> y.c"""
    )


def write_guests(con: duckdb.DuckDBPyConnection, places: Places, county: str, tables: list[Linked]) -> None:
    """Leave what other counties must know of this one, by table."""
    sending = {row[0] for row in con.execute("SELECT DISTINCT t FROM sent_rows WHERE a = ?", [county]).fetchall()}
    for one in tables:
        target = places.guests(one.table, county)
        if one.table not in sending or not places.book(one.table, county).exists():
            target.unlink(missing_ok=True)
            continue
        mine = f"FROM sent_rows WHERE a = '{county}' AND t = '{quote_text(one.table)}'"
        tests = [f"hash(idkey({q(column)})) IN (SELECT k {mine} AND k IS NOT NULL)" for column in numbers(one)]
        others = (("h", _house(one)), ("s", _share(one)))
        tests += [f"hash({q(column)}) IN (SELECT {name} {mine} AND {name} IS NOT NULL)" for name, column in others if column]
        write_query(con, f"SELECT * FROM {parquet(places.book(one.table, county))} WHERE {' OR '.join(tests)} ORDER BY _ref", target)
    mine = f"WHERE a = '{county}'"
    house = f"hash(_household) IN (SELECT h FROM sent_houses {mine})"
    for name, test in ((PERSONS, f"hash(_idkey) IN (SELECT k FROM sent_people {mine}) OR {house}"), (HOUSEHOLDS, house)):
        told = (con.execute(f"SELECT (SELECT count(*) FROM sent_people {mine}) + (SELECT count(*) FROM sent_houses {mine})").fetchone() or (0,))[0]
        target = places.guests(name, county)
        if not told:
            target.unlink(missing_ok=True)
            continue
        write_query(con, f"SELECT *, '{county}' AS _of FROM {parquet(places.link(name, county))} WHERE {test} ORDER BY ALL", target)


def senders(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[str]]]:
    """County → table (or _persons, _households) → the counties whose guests it takes in."""
    found: dict[str, dict[str, list[str]]] = {}
    rows = con.execute(
        f"SELECT c, t, a FROM sent_rows UNION SELECT c, unnest(['{PERSONS}', '{HOUSEHOLDS}']), a FROM"
        " (SELECT a, c FROM sent_people UNION SELECT a, c FROM sent_houses) ORDER BY ALL"
    ).fetchall()
    for county, table, sender in rows:
        found.setdefault(county, {}).setdefault(table, []).append(sender)
    return found
