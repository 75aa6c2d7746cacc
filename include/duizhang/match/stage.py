"""Tier 1: by number. Every row of every book is linked, or accounted for with the reason why it is not.

People are the rows of the national book's person table, of all counties; a department's row is routed to the county
of the person it is linked to (narrow key tables, so that a person insured next door is found). Tiers 2 to 4
(repaired, scored, asked) write the same columns with their own tier, score and reason.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Match
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, quote_text, write_json, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings
from duizhang.match import cases
from duizhang.match.doubts import write_blocked

TIER_NUMBER = 1
UNLINKED = ("没有证件号", "证件号被掩码，无法比对", "证件号不合格，无法比对", "15位旧号未能以姓名确认", "国家系统无此人", "国家系统无此户")


@dataclass(frozen=True)
class MatchReport:
    """Rows per table: linked, unlinked by reason; rows = linked + unlinked, checked."""

    as_of: str
    linked: dict[str, int]
    unlinked: dict[str, dict[str, int]]
    blocked: dict[str, int]  # table → persons of whom nothing can be said (a masked or quarantined number may be theirs)
    fingerprints: dict[str, str]  # county → hash of its links, which other counties' files change too


def match(settings: Settings, as_of: str, book: Book) -> MatchReport:
    """Write links/<表>/county=…, unlinked, comparability of persons, and cases, as of `as_of`."""
    root = settings.at(as_of)
    report = MatchReport(as_of, {}, {}, {}, {})
    national = book.role("national")
    person_table, person_match = next((t, m) for t, m in national.match.items() if m.person)
    with duck(settings, functions=True) as con:
        counties = sorted(_counties(settings, as_of))
        _persons(settings, con, as_of, book, person_table, person_match)
        _households(settings, con, as_of, national)
        for contract in book.contracts:
            for table, how in contract.match.items():
                if contract.role != "national" and _exists(settings, as_of, table):
                    _link_table(settings, con, as_of, contract, table, how, counties, report)
                elif contract.role != "national":
                    _forget(root / "links", table)
        cases.write_cases(settings, con, as_of, book, counties)
        for county in counties:
            write_query(
                con, f"SELECT * EXCLUDE (_county) FROM persons WHERE _county = '{county}' ORDER BY _person",
                root / "links" / "_persons" / f"county={county}" / "data.parquet",
            )  # fmt: skip
    report.fingerprints.update({county: _fingerprint(root / "links", county) for county in counties})
    write_json(report.__dict__, root / "links" / "report.json")
    return report


def _fingerprint(links: Path, county: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(links.rglob(f"county={county}/data.parquet")):
        with path.open("rb") as partition:
            digest.update(str(path.relative_to(links)).encode() + hashlib.file_digest(partition, "sha256").digest())
    return digest.hexdigest()


def books(settings: Settings, as_of: str, table: str) -> str:
    """FROM clause over a table's books of all counties (missing columns of a county are NULL)."""
    pattern = quote_text(settings.at(as_of) / "books" / table / "*" / "data.parquet")
    return f"read_parquet('{pattern}', union_by_name = true, hive_partitioning = false)"


def _forget(links: Path, table: str) -> None:
    """Take away the links of a table that no longer stands."""
    for left in [*(links / table).rglob("*.parquet"), *(links / "_blocked" / table).rglob("*.parquet")]:
        left.unlink()


def _once(settings: Settings, as_of: str, contract: Contract, table: str) -> str:
    """FROM clause over a table with every row once: what one file says for the whole city lies in the books of each county."""
    if contract.scope.county != "city":
        return books(settings, as_of, table)
    path = min((settings.at(as_of) / "books" / table).glob("*/data.parquet"))
    return f"read_parquet('{quote_text(path)}', hive_partitioning = false)"


def _exists(settings: Settings, as_of: str, table: str) -> bool:
    return any((settings.at(as_of) / "books" / table).glob("*/data.parquet"))


def _counties(settings: Settings, as_of: str) -> list[str]:
    from duizhang.core.lake import read_json

    return list(read_json(settings.at(as_of) / "books" / "regions.json")["counties"])


def _persons(settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, book: Book, table: str, how: Match) -> None:
    """Narrow table `persons`: key, household, number, whether it can be compared; 15 digits confirmed by the register."""
    if how.person is None or how.name is None or how.household is None:
        raise ContractProblem("The national person table needs match.person, name and household.")
    key = book.role("national").tables[table].key[0]
    if not _exists(settings, as_of, table):
        raise ContractProblem("There is no national book as of this date.", action="Deliver the national export first.")
    register = next((c for c in book.contracts if c.role == "register"), None)
    confirmed = "SELECT NULL::VARCHAR AS k, NULL::VARCHAR AS n WHERE false"
    if register:
        name, link = next((t, m) for t, m in register.match.items() if m.person and m.name)
        if _exists(settings, as_of, name):
            number = f"idkey({q(str(link.person))})"
            confirmed = (
                f"SELECT DISTINCT {number} AS k, 规范姓名({q(str(link.name))}) AS n FROM {books(settings, as_of, name)}"
                f" WHERE {number} IN (SELECT _key FROM people WHERE _old)"
            )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE persons AS
        WITH people AS (SELECT {q(key)} AS _person, {q(how.household)} AS _household, {q(how.name)} AS _name, 规范姓名({q(how.name)}) AS _plain,
            {q(how.person)} AS _number, idkey({q(how.person)}) AS _key, length({q(how.person)}) = 15 AS _old, _county, _town, _ref
            FROM {books(settings, as_of, table)}),
        register AS ({confirmed})
        SELECT p._person, p._household, p._name, p._plain, p._county, p._town, p._ref, p._number,
          CASE WHEN p._old AND r.k IS NULL THEN NULL ELSE p._key END AS _idkey,
          coalesce(校验合格(p._key), false) AND 证件生日(p._key) IS NOT NULL AND (NOT coalesce(p._old, false) OR r.k IS NOT NULL) AS _comparable
        FROM people p LEFT JOIN register r ON p._old AND r.k = p._key AND r.n = p._plain"""
    )


def _households(settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, national: Contract) -> None:
    table = next(name for name, t in national.tables.items() if t.grain == "first" and len(t.key) == 1)
    key = national.tables[table].key[0]
    con.execute(f"CREATE OR REPLACE TEMP TABLE households AS SELECT {q(key)} AS _household, _county, _town FROM {books(settings, as_of, table)}")


def _link_table(
    settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, contract: Contract, table: str, how: Match,
    counties: list[str], report: MatchReport,
) -> None:  # fmt: skip
    """Link one table and route its rows to the counties of the people (or households) they are linked to."""
    source = _once(settings, as_of, contract, table)
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
        why = f"""CASE WHEN _number IS NULL THEN '{UNLINKED[0]}' WHEN _number LIKE '%*%' THEN '{UNLINKED[1]}'
            WHEN _key IS NULL OR NOT 校验合格(_key) OR 证件生日(_key) IS NULL THEN '{UNLINKED[2]}'
            WHEN _old AND EXISTS (SELECT 1 FROM persons p WHERE p._idkey = _key) THEN '{UNLINKED[3]}' ELSE '{UNLINKED[4]}' END"""
    else:
        con.execute(
            """CREATE OR REPLACE TEMP TABLE links AS
            SELECT DISTINCT r._ref, NULL::VARCHAR AS _person, h._household, h._county, 1 AS _tier, 1.0 AS _score,
            '户编号相同' AS _reason FROM rows r JOIN households h ON h._household = r._house"""
        )
        why = f"CASE WHEN _house IS NULL THEN '{UNLINKED[0]}' ELSE '{UNLINKED[5]}' END"
    _write_links(settings, con, as_of, table, source, contract.tables[table].key, counties)
    report.blocked[table] = write_blocked(settings, con, as_of, contract, table, how, counties)
    unlinked = f"SELECT '{table}' AS _table, _scope, _ref, {why} AS reason FROM rows WHERE _ref NOT IN (SELECT _ref FROM links)"
    write_query(con, f"SELECT * FROM ({unlinked}) ORDER BY _ref", settings.at(as_of) / "links" / table / "unlinked.parquet")
    report.unlinked[table] = dict(con.execute(f"SELECT reason, count(*) FROM ({unlinked}) GROUP BY 1 ORDER BY 1").fetchall())
    total, linked = con.execute("SELECT count(*), count(*) FILTER (_ref IN (SELECT _ref FROM links)) FROM rows").fetchone() or (0, 0)
    report.linked[table] = linked
    if total != linked + sum(report.unlinked[table].values()):
        raise ContractProblem(f"{table}: rows do not equal linked + unlinked.")


def _row_keys(how: Match) -> str:
    number = q(how.person) if how.person else "NULL::VARCHAR"
    name = f"规范姓名({q(how.name)})" if how.name else "NULL::VARCHAR"
    house = q(how.household) if how.household else "NULL::VARCHAR"
    return f"{number} AS _number, idkey({number}) AS _key, coalesce(length({number}) = 15, false) AS _old, {name} AS _plain, {house} AS _house"


def _write_links(
    settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, table: str, source: str, key: tuple[str, ...], counties: list[str]
) -> None:
    order = ", ".join(["l._person", "l._household", "s._ref", *(f"s.{q(part)}" for part in key)])
    for county in counties:
        write_query(
            con,
            f"SELECT s.* EXCLUDE (_county, _town, _town_name, _village_name), l.* EXCLUDE (_ref) FROM {source} s JOIN links l USING (_ref)"
            f" WHERE l._county = '{county}' ORDER BY {order}",
            settings.at(as_of) / "links" / table / f"county={county}" / "data.parquet",
        )
