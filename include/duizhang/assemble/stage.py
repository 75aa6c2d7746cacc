"""The stage: spines, then facts, parameters, coverage; one Parquet table per subject and county."""

from __future__ import annotations

from datetime import date

import duckdb

from duizhang.assemble import joined, keys, views
from duizhang.assemble.facts import Source, group_sql, grouped, none_of
from duizhang.assemble.known_by import keys_sql
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import load_spines, named, ordered
from duizhang.core.lake import duck, quote_text, threads_for, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

Pair = tuple[Contract, Fact]


def assemble(settings: Settings, as_of: str, county: str, book: Book) -> dict[str, int]:
    """Write subjects/<subject>/county=… and the keys of the county's subjects; rows per subject."""
    date.fromisoformat(as_of)
    counts = {}
    root = settings.at(as_of)
    with duck(settings, functions=True) as con:
        con.execute(f"SET threads = {threads_for(settings, (root / 'books').glob(f'*/county={county}/data.parquet'))}")
        build(settings, con, as_of, county, book)
        subjects = [*load_spines(settings), "delivery"]
        for subject in subjects:
            target = root / "subjects" / subject / f"county={county}" / "data.parquet"
            counts[subject] = write_query(con, f"SELECT * FROM subject_{subject} ORDER BY _key", target)
            # what is written is read from here on: the view would fold and join all of it again
            file = f"read_parquet('{quote_text(target)}', hive_partitioning = false)"
            con.execute(f"CREATE OR REPLACE TEMP VIEW subject_{subject} AS SELECT * FROM {file}")
        columns = {row[0] for row in con.execute("DESCRIBE subject_person").fetchall()}
        write_query(con, keys_sql(subjects, columns), root / "subjects" / "keys" / f"county={county}" / "data.parquet")
    return counts


def schema(settings: Settings, book: Book) -> dict[str, dict[str, str]]:
    """Subject → {column: DuckDB type}, from the assembly of an empty county."""
    with duck(settings, functions=True) as con:
        con.execute("SET threads = 1")
        build(settings, con, "2000-01-01", "", book)
        subjects = [*load_spines(settings), "delivery"]
        return {s: {row[0]: row[1] for row in con.execute(f"DESCRIBE subject_{s}").fetchall()} for s in subjects}


def build(settings: Settings, con: duckdb.DuckDBPyConnection, as_of: str, county: str, book: Book) -> None:
    """Make the tables or views subject_<s> of one county in `con`."""
    root = settings.at(as_of)
    views.books(con, root, county, book)
    views.coverage(con, root, county, book)
    given = joined.parameters(con, settings, book, as_of, county)
    views.made(con, settings, as_of, book)
    keys.views(con, root, county, book)
    waiting = {(fact.subject, fact.name): (contract, fact) for contract, fact in ordered(book)}
    built: dict[str, str] = {}
    for subject, spine in load_spines(settings).items():
        con.execute(f"CREATE OR REPLACE TABLE spine AS {views.literal_as_of(spine.sql, as_of)}")
        joined.base(con, book, subject, as_of, given, _take(waiting, built, subject))
        built[subject] = f"SELECT * FROM base_{subject}"
        con.execute(f"CREATE OR REPLACE TEMP VIEW subject_{subject} AS {built[subject]}")
    while waiting:  # facts over rows that had to be assembled first; `ordered` has refused circles
        mine = _take(waiting, built)
        for subject in dict.fromkeys(fact.subject for _, fact in mine):
            built[subject] = _wider(con, subject, built[subject], grouped([pair for pair in mine if pair[1].subject == subject]), as_of)
    views.delivery(con, root, county, as_of)


def _take(waiting: dict[tuple[str, str], Pair], built: dict[str, str], subject: str | None = None) -> list[Pair]:
    """Take out of `waiting` the facts that can be folded now: those of `subject` but its peers, or (None) any."""
    ready = [key for key, (_, fact) in waiting.items() if subject in (None, fact.subject) and _ready(fact, waiting, built, peers=subject is None)]
    return [waiting.pop(key) for key in ready]


def _ready(fact: Fact, waiting: dict[tuple[str, str], Pair], built: dict[str, str], *, peers: bool) -> bool:
    """Whether what `fact` folds has been assembled; peers come after the subject itself."""
    if fact.peers and not peers:
        return False
    if not fact.of:
        return True
    return fact.of in built and not any((fact.of, name) in waiting for name in named(fact))


def _wider(con: duckdb.DuckDBPyConnection, subject: str, so_far: str, groups: dict[Source, list[Fact]], as_of: str) -> str:
    """Widen the view subject_<subject>, whose query is `so_far`, by facts that stand on nothing of one another; its query then.

    They are folded once, into tables; what is joined stays a view: a county's people would not fit twice.
    """
    cells: list[str] = []
    joins: list[str] = []
    for source, facts in groups.items():
        table = q(f"more_{subject}_{facts[0].name}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {views.literal_as_of(group_sql(source, facts), as_of)}")
        alias = f"m{len(joins)}"
        for fact in facts:
            none = _none_at(fact, source, table)
            cells.append(f"CASE WHEN {alias}._k IS NOT NULL THEN {alias}.{q(fact.name)} ELSE {none} END AS {q(fact.name)}")
        joins.append(f"LEFT JOIN {table} {alias} ON {alias}._k = {source.join}")
    query = f"SELECT s.*, {', '.join(cells)} FROM ({so_far}) s {' '.join(joins)}"
    con.execute(f"CREATE OR REPLACE TEMP VIEW subject_{subject} AS {query}")
    return query


def _none_at(fact: Fact, source: Source, folded: str) -> str:
    """What no row means: nothing is said of a row that has no value to share with others elsewhere, nor where not all is known of those."""
    if fact.within == "city":
        whole = f"NOT EXISTS (SELECT 1 FROM {folded} WHERE _k IS NULL)"
        return f"CASE WHEN {whole}{f' AND {source.join} IS NOT NULL' if fact.none is None else ''} THEN {none_of(fact)} END"
    return none_of(fact)
