"""What the SQL of a county's assembly reads: views of its books and links, config and derived tables, coverage."""

from __future__ import annotations

from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.parameters import config_tables
from duizhang.contracts.types import LINKED, PLACED, table_types
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text
from duizhang.core.predicate import with_as_of
from duizhang.core.settings import Settings
from duizhang.core.wounds import DELIVERY_COLUMNS

COVERED = ("full", "zero")


def literal_as_of(sql: str, as_of: str) -> str:
    """`sql` without its comment lines, `:as_of` as a DATE literal."""
    lines = (line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return with_as_of("\n".join(lines), f"DATE '{as_of}'")


def _view(con: duckdb.DuckDBPyConnection, name: str, path: Path, types: dict[str, str]) -> None:
    """View `name` over a Parquet file with exactly the typed columns; empty where the file is not there."""
    empty = "SELECT " + ", ".join(f"NULL::{kind} AS {q(column)}" for column, kind in types.items()) + " WHERE false"
    if path.exists():
        source = f"read_parquet('{quote_text(path)}', hive_partitioning = false)"  # else as_of=… of the path becomes a column
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        cells = ", ".join(f"CAST({q(c)} AS {k}) AS {q(c)}" if c in present else f"NULL::{k} AS {q(c)}" for c, k in types.items())
        empty = f"SELECT {cells} FROM {source}"
    con.execute(f"CREATE OR REPLACE TEMP VIEW {q(name)} AS {empty}")


def books(con: duckdb.DuckDBPyConnection, root: Path, county: str, book: Book) -> None:
    """Views <表>, linked_<表>, blocked_<表>, persons and case_rows of one county, each empty where its file is not there."""
    for contract in book.contracts:
        for table in contract.tables:
            types = table_types(contract, table)
            _view(con, table, root / "books" / table / f"county={county}" / "data.parquet", types | PLACED)
            if table in contract.match and contract.role != "national":
                lineage = {"_file": "VARCHAR", "_sheet": "VARCHAR", "_row": "BIGINT", "_ref": "VARCHAR", "_county": "VARCHAR"}
                path = root / "links" / table / f"county={county}" / "data.parquet"
                _view(con, f"linked_{table}", path, types | lineage | LINKED)
                _view(con, f"blocked_{table}", root / "links" / "_blocked" / table / f"county={county}" / "data.parquet", {"_person": "VARCHAR"})
    persons = {"_person": "VARCHAR", "_idkey": "VARCHAR", "_comparable": "BOOLEAN"}
    _view(con, "persons", root / "links" / "_persons" / f"county={county}" / "data.parquet", persons)
    carried: dict[str, str] = {}
    for contract in book.contracts:
        for case in contract.cases.values():
            types = table_types(contract, case.table)
            carried |= {name: types[source] for name, source in case.columns.items()}
    fixed = dict.fromkeys(("表", "_ref", "_idkey", "_name", "_household"), "VARCHAR")
    _view(con, "case_rows", root / "links" / "_cases" / f"county={county}" / "data.parquet", fixed | carried)


def made(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: str, book: Book) -> None:
    """The config tables and the derived tables, each made once. ContractProblem where one is not what its .yaml says."""
    for name, sql in config_tables(settings).items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {q(name)} AS {sql}")
    for derived in book.derived:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {q(derived.name)} AS {literal_as_of(derived.sql, as_of)}")
        there = {row[0]: row[1] for row in con.execute(f"DESCRIBE {q(derived.name)}").fetchall()}
        wrong = [name for name, column in derived.columns.items() if there.get(name) != column.type]
        if wrong or "_ref" not in there:
            raise ContractProblem(f"sql/tables/{derived.name}.sql does not yield _ref and, as its .yaml says: {', '.join(wrong)}.")


def coverage(con: duckdb.DuckDBPyConnection, root: Path, county: str, book: Book) -> None:
    """View `coverage`, and table `covered`: _cov_town, one BOOLEAN per feed, 缺列 (`missing`)."""
    types = {"feed": "VARCHAR", "county": "VARCHAR", "town": "VARCHAR", "status": "VARCHAR"}
    _view(con, "coverage", root / "books" / "coverage.parquet", types)
    good = ", ".join(f"'{word}'" for word in COVERED)
    cells = ", ".join(
        f"coalesce(bool_or(feed = '{quote_text(c.feed)}' AND status IN ({good})), false) AS {q('覆盖_' + c.feed)}" for c in book.contracts
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE towns AS SELECT town AS _cov_town, {cells} FROM coverage WHERE county = '{county}' GROUP BY town")
    flags = ", ".join(f"bool_and({q('覆盖_' + c.feed)})" for c in book.contracts)
    con.execute(f"INSERT INTO towns SELECT '', {flags} FROM towns HAVING count(*) > 0")  # a county is covered where all its towns are
    _missing(con, root, county)
    con.execute("CREATE OR REPLACE TEMP TABLE covered AS SELECT t.*, m.缺列 FROM towns t LEFT JOIN missing m ON m._mis_town = t._cov_town")


def _missing(con: duckdb.DuckDBPyConnection, root: Path, county: str) -> None:
    """Table `missing`: town, and `feed|column` of what the standing files did not bring, joined by 、."""
    _view(con, "missing_columns", root / "books" / "columns.parquet",
          {"feed": "VARCHAR", "county": "VARCHAR", "town": "VARCHAR", "missing": "VARCHAR[]"})  # fmt: skip
    con.execute(
        "CREATE OR REPLACE TEMP TABLE missing AS WITH m AS (SELECT town, feed || '|' || unnest(missing) AS entry FROM missing_columns"
        f" WHERE county = '{county}') SELECT c._cov_town AS _mis_town, string_agg(DISTINCT entry, '、' ORDER BY entry) AS 缺列"
        " FROM towns c JOIN m ON c._cov_town = '' OR m.town IN ('', c._cov_town) GROUP BY 1"
    )


def delivery(con: duckdb.DuckDBPyConnection, root: Path, county: str, as_of: str) -> None:
    """View subject_delivery: one row per feed."""
    path = root / "books" / "deliveries.parquet"
    bare = ("_town", "_town_name", "_village_name", "_household", "_head", "_person", "_idkey", "_idno")
    nothing = ", ".join(f"NULL::VARCHAR AS {name}" for name in bare)
    if path.exists():
        source = f"SELECT * FROM read_parquet('{quote_text(path)}', hive_partitioning = false) WHERE county = '{county}'"
    else:
        source = f"SELECT {', '.join(f'NULL::{kind} AS {q(name)}' for name, kind in DELIVERY_COLUMNS.items())} WHERE false"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW subject_delivery AS SELECT feed || '|' || county AS _key, county AS _county, book AS _name, {nothing},"
        f" d.*, DATE '{as_of}' AS as_of FROM ({source}) d"
    )
