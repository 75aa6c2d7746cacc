"""The stage: spines, then facts, parameters, coverage; one Parquet table per subject and county."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from duizhang.assemble import keys
from duizhang.assemble.facts import Source, group_sql, grouped, none_of
from duizhang.assemble.known_by import keys_sql
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.parameters import config_tables, thresholds
from duizhang.contracts.subjects import load_spines, named, ordered
from duizhang.contracts.types import LINKED, PLACED, table_types
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, quote_text, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.predicate import with_as_of
from duizhang.core.settings import Settings
from duizhang.core.wounds import DELIVERY_COLUMNS

COVERED = ("full", "zero")


def assemble(settings: Settings, as_of: str, county: str, book: Book) -> dict[str, int]:
    """Write subjects/<subject>/county=… and the keys of the county's subjects; rows per subject."""
    date.fromisoformat(as_of)
    counts = {}
    with duck(settings, functions=True) as con:
        build(settings, con, as_of, county, book)
        subjects = [*load_spines(settings), "delivery"]
        for subject in subjects:
            target = settings.at(as_of) / "subjects" / subject / f"county={county}" / "data.parquet"
            write_query(con, f"SELECT * FROM subject_{subject} ORDER BY _key", target)
            counts[subject] = (con.execute(f"SELECT count(*) FROM subject_{subject}").fetchone() or (0,))[0]
        columns = {row[0] for row in con.execute("DESCRIBE subject_person").fetchall()}
        write_query(con, keys_sql(subjects, columns), settings.at(as_of) / "subjects" / "keys" / f"county={county}" / "data.parquet")
    return counts


def schema(settings: Settings, book: Book) -> dict[str, dict[str, str]]:
    """Subject → {column: DuckDB type}, from the assembly of an empty county."""
    with duck(settings, functions=True) as con:
        build(settings, con, "2000-01-01", "", book)
        subjects = [*load_spines(settings), "delivery"]
        return {s: {row[0]: row[1] for row in con.execute(f"DESCRIBE subject_{s}").fetchall()} for s in subjects}


def build(settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, county: str, book: Book) -> None:
    """Make the tables subject_<s> of one county in `con`."""
    root = settings.at(as_of)
    _views(con, root, county, book)
    _coverage(con, root, county, book)
    _missing(con, root, county)
    _made(con, settings, as_of, book)
    keys.views(con, root, county, book)
    waiting = ordered(book)
    built: list[str] = []
    for subject, spine in load_spines(settings).items():
        con.execute(f"CREATE OR REPLACE TABLE spine AS {_literal_as_of(spine.sql, as_of)}")
        mine = [pair for pair in waiting if pair[1].subject == subject and _ready(pair[1], waiting, built)]
        waiting = [pair for pair in waiting if pair not in mine]
        _join(con, settings, book, subject, as_of, county, mine)
        for view in (f"level_{subject}_0", f"subject_{subject}"):
            con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT * FROM base_{subject}")
        built.append(subject)
    levels = dict.fromkeys(built, 0)
    while waiting:  # facts over rows that had to be assembled first; `ordered` has refused circles
        mine = [pair for pair in waiting if _ready(pair[1], waiting, built, peers=True)]
        waiting = [pair for pair in waiting if pair not in mine]
        for subject in dict.fromkeys(fact.subject for _, fact in mine):
            for source, facts in grouped([pair for pair in mine if pair[1].subject == subject]).items():
                _extend(con, subject, levels[subject], source, facts, as_of)
                levels[subject] += 1
    _delivery(con, root, county, as_of)


def _ready(fact: Fact, waiting: list[tuple[Contract, Fact]], built: list[str], *, peers: bool = False) -> bool:
    """Whether what `fact` folds has been assembled; peers come after the subject itself."""
    if fact.peers and not peers:
        return False
    if not fact.of:
        return True
    reads = named(fact)
    return fact.of in built and not any(other.subject == fact.of and other.name in reads for _, other in waiting)


def _extend(con: duckdb.DuckDBPyConnection, subject: str, level: int, source: Source, facts: list[Fact], as_of: str) -> None:
    """Widen subject_<subject> by `facts`, one view over the one before; they are folded once, into a table."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE more_{subject}_{level} AS {_literal_as_of(group_sql(source, facts), as_of)}")
    nothing = {fact.name: _none_at(fact, source, f"more_{subject}_{level}") for fact in facts}
    cells = ", ".join(f"CASE WHEN m._k IS NOT NULL THEN m.{q(name)} ELSE {none} END AS {q(name)}" for name, none in nothing.items())
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW level_{subject}_{level + 1} AS SELECT s.*, {cells} FROM level_{subject}_{level} s"
        f" LEFT JOIN more_{subject}_{level} m ON m._k = {source.join}"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW subject_{subject} AS SELECT * FROM level_{subject}_{level + 1}")


def _none_at(fact: Fact, source: Source, folded: str) -> str:
    """What no row means: nothing is said of a row that has no value to share with others elsewhere, nor where not all is known of those."""
    if fact.within == "city":
        whole = f"NOT EXISTS (SELECT 1 FROM {folded} WHERE _k IS NULL)"
        return f"CASE WHEN {whole}{f' AND {source.join} IS NOT NULL' if fact.none is None else ''} THEN {none_of(fact)} END"
    return none_of(fact)


def _literal_as_of(sql: str, as_of: str) -> str:
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


def _views(con: duckdb.DuckDBPyConnection, root: Path, county: str, book: Book) -> None:
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


def _made(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: str, book: Book) -> None:
    """The config tables and the derived tables, each made once."""
    for name, sql in config_tables(settings).items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {q(name)} AS {sql}")
    for derived in book.derived:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {q(derived.name)} AS {_literal_as_of(derived.sql, as_of)}")
        there = {row[0]: row[1] for row in con.execute(f"DESCRIBE {q(derived.name)}").fetchall()}
        wrong = [name for name, column in derived.columns.items() if there.get(name) != column.type]
        if wrong or "_ref" not in there:
            raise ContractProblem(f"sql/tables/{derived.name}.sql does not yield _ref and, as its .yaml says: {', '.join(wrong)}.")


def _coverage(con: duckdb.DuckDBPyConnection, root: Path, county: str, book: Book) -> None:
    """Table `covered`: town, and one BOOLEAN per feed."""
    types = {"feed": "VARCHAR", "county": "VARCHAR", "town": "VARCHAR", "status": "VARCHAR"}
    _view(con, "coverage", root / "books" / "coverage.parquet", types)
    good = ", ".join(f"'{word}'" for word in COVERED)
    cells = ", ".join(
        f"coalesce(bool_or(feed = '{quote_text(c.feed)}' AND status IN ({good})), false) AS {q('覆盖_' + c.feed)}" for c in book.contracts
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE covered AS SELECT town AS _cov_town, {cells} FROM coverage WHERE county = '{county}' GROUP BY town")
    flags = ", ".join(f"bool_and({q('覆盖_' + c.feed)})" for c in book.contracts)
    con.execute(f"INSERT INTO covered SELECT '', {flags} FROM covered HAVING count(*) > 0")  # a county is covered where all its towns are


def _missing(con: duckdb.DuckDBPyConnection, root: Path, county: str) -> None:
    """Table `missing`: town, and `feed|column` of what the standing files did not bring, joined by 、."""
    _view(con, "missing_columns", root / "books" / "columns.parquet",
          {"feed": "VARCHAR", "county": "VARCHAR", "town": "VARCHAR", "missing": "VARCHAR[]"})  # fmt: skip
    con.execute(
        "CREATE OR REPLACE TEMP TABLE missing AS WITH m AS (SELECT town, feed || '|' || unnest(missing) AS entry FROM missing_columns"
        f" WHERE county = '{county}') SELECT c._cov_town AS _mis_town, string_agg(DISTINCT entry, '、' ORDER BY entry) AS 缺列"
        " FROM covered c JOIN m ON c._cov_town = '' OR m.town IN ('', c._cov_town) GROUP BY 1"
    )


def _join(
    con: duckdb.DuckDBPyConnection, settings: Settings, book: Book, subject: str, as_of: str, county_code: str, mine: list[tuple[Contract, Fact]]
) -> None:
    """base_<subject> = spine + as_of + parameters + the facts `mine` + coverage, missing columns, sources."""
    spine = {row[0]: row[1] for row in con.execute("DESCRIBE spine").fetchall()}
    cells = [f"s.{q(column)}" for column in spine]
    joins: list[str] = []
    parameters = book.role("parameters")
    table = next(iter(parameters.tables))
    county, year = parameters.maps["county"], parameters.maps["year"]
    for name in table_types(parameters, table):
        if name not in (county, year) and f"参数_{name}" not in spine:
            cells += [f"par.{q(name)} AS {q('参数_' + name)}", f"ago.{q(name)} AS {q('参数_上年_' + name)}"]
    given = {f"参数_{name}" for name in table_types(parameters, table)} | set(spine)
    for name, (kind, now, ago) in thresholds(settings, county_code, as_of).items():
        if f"参数_{name}" in spine:
            continue
        if f"参数_{name}" in given:  # the county's own book of parameters goes before
            cells[cells.index(f"par.{q(name)} AS {q('参数_' + name)}")] = f"coalesce(par.{q(name)}, {now}) AS {q('参数_' + name)}"
            cells[cells.index(f"ago.{q(name)} AS {q('参数_上年_' + name)}")] = f"coalesce(ago.{q(name)}, {ago}) AS {q('参数_上年_' + name)}"
        else:
            cells += [f"CAST({now} AS {kind}) AS {q('参数_' + name)}", f"CAST({ago} AS {kind}) AS {q('参数_上年_' + name)}"]
    for alias, of_year in (("par", int(as_of[:4])), ("ago", int(as_of[:4]) - 1)):
        joins.append(f"LEFT JOIN {q(table)} {alias} ON {alias}.{q(county)} = s._county AND {alias}.{q(year)} = {of_year}")
    masked: dict[str, list[str]] = {}
    if subject == "person":
        joins.append("LEFT JOIN persons cmp ON cmp._person = s._person")
    for place, (source, facts) in enumerate(grouped(mine).items()):
        alias = f"f{place}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {alias} AS {_literal_as_of(group_sql(source, facts), as_of)}")
        joins.append(f"LEFT JOIN {alias} ON {alias}._k = s.{source.join}")
        if source.linked and source.table:
            joins.append(f"LEFT JOIN (SELECT DISTINCT _person FROM {q('blocked_' + source.table)}) b{place} ON b{place}._person = s._person")
            masked.setdefault(book.by_table[source.table].feed, []).append(f"b{place}._person IS NULL")
        cells += [_cell(fact, source, alias, place) for fact in facts]
        if source.table and f"来源_{source.table}" not in spine:
            cells.append(f"{alias}._from AS {q('来源_' + source.table)}")
    for contract in book.contracts:
        extra = "".join(f" AND {test}" for test in masked.get(contract.feed, ()))
        cells.append(f"(coalesce(cov.{q('覆盖_' + contract.feed)}, false){extra}) AS {q('覆盖_' + contract.feed)}")
    joins += ["LEFT JOIN covered cov ON cov._cov_town = s._town", "LEFT JOIN missing mis ON mis._mis_town = s._town"]
    cells.append("mis.缺列")
    con.execute(f"CREATE OR REPLACE TABLE base_{subject} AS SELECT {', '.join(cells)}, DATE '{as_of}' AS as_of FROM spine s {' '.join(joins)}")


def _cell(fact: Fact, source: Source, alias: str, place: int) -> str:
    none = none_of(fact)
    value = f"{alias}.{q(fact.name)}"
    if source.linked:
        absent = f"CASE WHEN cmp._comparable AND b{place}._person IS NULL THEN {none} END"
        return f"CASE WHEN {alias}._k IS NOT NULL THEN {value} ELSE {absent} END AS {q(fact.name)}"
    return f"CASE WHEN {alias}._k IS NOT NULL THEN {value} ELSE {none} END AS {q(fact.name)}"


def _delivery(con: duckdb.DuckDBPyConnection, root: Path, county: str, as_of: str) -> None:
    path = root / "books" / "deliveries.parquet"
    bare = ("_town", "_town_name", "_village_name", "_household", "_head", "_person", "_idkey", "_idno")
    nothing = ", ".join(f"NULL::VARCHAR AS {name}" for name in bare)
    if path.exists():
        source = f"SELECT * FROM read_parquet('{quote_text(path)}', hive_partitioning = false) WHERE county = '{county}'"
    else:
        source = f"SELECT {', '.join(f'NULL::{kind} AS {q(name)}' for name, kind in DELIVERY_COLUMNS.items())} WHERE false"
    con.execute(
        f"CREATE OR REPLACE TABLE subject_delivery AS SELECT feed || '|' || county AS _key, county AS _county, book AS _name, {nothing},"
        f" d.*, DATE '{as_of}' AS as_of FROM ({source}) d"
    )
