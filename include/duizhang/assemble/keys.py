"""Narrow key tables: what rows of other counties share a key with a row of this one (a number, a telephone).

Made once per `as_of`, before the counties are assembled. Of every key only those are kept that stand in two counties or
more, and a county's partition holds its own keys with the value over the rows *of the others*: no row of another county
comes with it. A row without a key says that the file of some other county lacks a column the fact reads: that no row of
another county shares a value is then not known.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from duizhang.assemble.facts import value_sql
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import table_fact_origins
from duizhang.contracts.types import table_types
from duizhang.core.lake import content_hash, duck, quote_text, read_json, write_json, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.predicate import with_as_of
from duizhang.core.settings import Settings


def across(book: Book) -> list[tuple[Contract, Fact]]:
    """The facts that look across counties."""
    return [(contract, fact) for contract, fact in book.facts if fact.within == "city"]


def folder(root: Path, fact: Fact) -> Path:
    """Where the key table of `fact` stands."""
    return root / "keys" / fact.name


def make_keys(settings: Settings, as_of: str, book: Book, counties: list[str]) -> None:
    """Write keys/<fact>/county=<c>/data.parquet (_k, value) for every fact across counties and every county of `counties`."""
    root = settings.at(as_of)
    hashes: dict[str, list[str]] = {county: [] for county in counties}
    with duck(settings, functions=True) as con:
        lacking = _lacking(con, root)
        for contract, fact in across(book):
            table = str(fact.table)
            blind = [county for entry in table_fact_origins(contract, fact, table) for county in lacking.get(entry, ())]
            files = sorted((root / "books" / table).glob("county=*/data.parquet"))
            if files:
                _fold(con, fact, files, as_of)
            for county in counties:
                target = folder(root, fact) / f"county={county}" / "data.parquet"
                source = f"SELECT _k, value FROM folded WHERE county = '{county}'" if files else "SELECT '' AS _k, 0 AS value WHERE false"
                if set(blind) - {county}:
                    source += " UNION ALL SELECT NULL, NULL"
                write_query(con, f"SELECT * FROM ({source}) ORDER BY _k NULLS FIRST", target)
                hashes[county].append(f"{fact.name}={content_hash(target)}")
    write_json({"fingerprints": {county: sorted(parts) for county, parts in hashes.items()}}, root / "keys" / "report.json")


def _lacking(con: duckdb.DuckDBPyConnection, root: Path) -> dict[str, list[str]]:
    """`feed|column` → the counties of which some standing file did not bring it."""
    path = root / "books" / "columns.parquet"
    if not path.exists():
        return {}
    rows = f"(SELECT feed || '|' || unnest(missing) AS entry, county FROM read_parquet('{quote_text(path)}'))"
    return dict(con.execute(f"SELECT entry, list(DISTINCT county ORDER BY county) FROM {rows} GROUP BY entry").fetchall())


def fingerprint(settings: Settings, as_of: str, county: str) -> str:
    """What the county's key tables hold, for telling whether it must be judged again."""
    return "\n".join(read_json(settings.at(as_of) / "keys" / "report.json")["fingerprints"].get(county, []))


def _fold(con: duckdb.DuckDBPyConnection, fact: Fact, files: list[Path], as_of: str) -> None:
    """Table `folded`: _k, county, value over the rows of the other counties. Only shared keys meet their rows again."""
    listed = ", ".join(f"'{quote_text(path)}'" for path in files)
    rows = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
    key = with_as_of(f"({fact.peers})", f"DATE '{as_of}'")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE shared AS SELECT {key} AS _k FROM {rows} WHERE {key} IS NOT NULL GROUP BY 1"
        " HAVING count(DISTINCT _county) > 1"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE sharing AS SELECT {key} AS _k, * FROM {rows} WHERE {key} IN (SELECT _k FROM shared)")
    value = with_as_of(value_sql(fact), f"DATE '{as_of}'")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE folded AS SELECT o._k, o.county, v.value FROM (SELECT DISTINCT _k, _county AS county FROM sharing) o,"
        f" LATERAL (SELECT {value} AS value FROM sharing s WHERE s._k = o._k AND s._county <> o.county) v"
    )


def views(con: duckdb.DuckDBPyConnection, root: Path, county: str, book: Book) -> None:
    """View keys_<fact> (_k, value) of one county for every fact across counties; empty where no table was made."""
    for contract, fact in across(book):
        path = folder(root, fact) / f"county={county}" / "data.parquet"
        kind = _kind(contract, fact)
        source = f"SELECT NULL::VARCHAR AS _k, NULL::{kind} AS value WHERE false"
        if path.exists():
            source = f"SELECT _k, CAST(value AS {kind}) AS value FROM read_parquet('{quote_text(path)}', hive_partitioning = false)"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {q('keys_' + fact.name)} AS {source}")


def _kind(contract: Contract, fact: Fact) -> str:
    """DuckDB type of the fact's value."""
    if fact.take in ("count", "distinct"):
        return "BIGINT"
    if fact.take == "any":
        return "BOOLEAN"
    if fact.take == "set":
        return "VARCHAR"
    return table_types(contract, str(fact.table)).get(str(fact.value), "VARCHAR")
