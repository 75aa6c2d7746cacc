"""A subject's base: its spine with parameters, facts, coverage and sources joined, in one statement.

The engine makes every join's state ready for every column that passes through it, however few the rows are: what can be one
table before (both years' parameters, all blocked people, coverage with missing columns) is one join, and facts of few
columns are joined before those of many. Order of joins and of cells are two things: a base's columns stand as declared.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from duizhang.assemble.facts import Source, group_sql, grouped, none_of
from duizhang.assemble.views import literal_as_of
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.parameters import effective_sql, thresholds
from duizhang.contracts.types import table_types
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text
from duizhang.core.settings import Settings


def parameters(con: duckdb.DuckDBPyConnection, settings: Settings, book: Book, as_of: str, county: str) -> dict[str, str]:
    """The book of parameters as a table that has the thresholds, too, one row a year (`effective_sql`), for spines and derived tables;
    table `given`, its rows of the year of `as_of` and the one before side by side. 参数_<name> → its SQL over `given g`."""
    contract = book.role("parameters")
    table = next(iter(contract.tables))
    con.execute(f"CREATE OR REPLACE TEMP TABLE effective AS {effective_sql(settings, contract, county, as_of)}")
    con.execute(f"DROP VIEW {q(table)}")
    con.execute(f"ALTER TABLE effective RENAME TO {q(table)}")
    place, year = contract.maps["county"], contract.maps["year"]
    named = [name for name in table_types(contract, table) if name not in (place, year)]
    now, ago = (f"(SELECT * FROM {q(table)} WHERE {q(year)} = {number})" for number in (int(as_of[:4]), int(as_of[:4]) - 1))
    cells = "".join(f", now.{q(name)} AS {q('参数_' + name)}, ago.{q(name)} AS {q('参数_上年_' + name)}" for name in named)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE given AS SELECT coalesce(now.{q(place)}, ago.{q(place)}) AS _par_county{cells}"
        f" FROM {now} now FULL JOIN {ago} ago ON ago.{q(place)} = now.{q(place)}"
    )
    found = {label: f"g.{q(label)}" for name in named for label in (f"参数_{name}", f"参数_上年_{name}")}
    for name, (kind, this, last) in thresholds(settings, county, as_of).items():
        for label, value in ((f"参数_{name}", this), (f"参数_上年_{name}", last)):
            found.setdefault(label, f"CAST({value} AS {kind})")  # the same as in the table, and no column of the join
    return found


def blocked(con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> None:
    """Table `blocked`: _person, and TRUE under the name of each linked table that may have a row of theirs which nobody can tell."""
    tables = list(dict.fromkeys(source.table for source in sources if source.linked and source.table))
    rows = [f"SELECT '{quote_text(table)}' AS linked, _person FROM {q('blocked_' + table)}" for table in tables]
    cells = "".join(f", bool_or(CASE WHEN linked = '{quote_text(table)}' THEN true END) AS {q(table)}" for table in tables)
    union = " UNION ALL ".join(rows) or "SELECT '' AS linked, NULL::VARCHAR AS _person WHERE false"
    con.execute(f"CREATE OR REPLACE TEMP TABLE blocked AS SELECT _person{cells} FROM ({union}) GROUP BY 1")


def homes(con: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> None:
    """Table `homes`, one row a household: whether the numbers of all its members (_member), of its head (_head) can be compared;
    and TRUE under the name of each linked table that may have a row of one of them which nobody can tell (of `blocked`)."""
    tables = dict.fromkeys(source.table for source in sources if source.linked and source.table)
    cells = "".join(f", bool_or(b.{q(table)}) AS {q(table)}" for table in tables)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE homes AS SELECT p._household, bool_and(coalesce(c._comparable, false)) AS _member,"
        f" bool_or(c._comparable AND p._name = p._head) AS _head{cells} FROM subject_person p"
        " LEFT JOIN persons c ON c._person = p._person LEFT JOIN blocked b ON b._person = p._person GROUP BY 1"
    )


def base(
    con: duckdb.DuckDBPyConnection, book: Book, subject: str, as_of: str, given: dict[str, str], mine: list[tuple[Contract, Fact]]
) -> None:
    """Table base_<subject> = `spine` + parameters `given` + the facts `mine` + coverage, missing columns, sources + as_of."""
    spine = [row[0] for row in con.execute("DESCRIBE spine").fetchall()]
    # a spine that has a parameter of its own keeps it, and that of the year before is then its own matter, too
    own = {label for label in given if f"参数_{label.removeprefix('参数_上年_').removeprefix('参数_')}" in spine}
    cells = [f"s.{q(column)}" for column in spine] + [f"{sql} AS {q(label)}" for label, sql in given.items() if label not in own]
    groups = grouped(mine)
    masked: dict[str, list[str]] = {}
    joins: list[tuple[int, str]] = []
    known = {source.known for source in groups if source.linked}
    if known:
        blocked(con, groups)
    if "person" in known:
        joins += [(0, "LEFT JOIN persons cmp ON cmp._person = s._person"), (0, "LEFT JOIN blocked b ON b._person = s._person")]
    if known - {"person"}:
        homes(con, groups)
        joins.append((0, "LEFT JOIN homes w ON w._household = s._household"))
    for place, (source, facts) in enumerate(groups.items()):
        alias = f"f{place}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {alias} AS {literal_as_of(group_sql(source, facts), as_of)}")
        joins.append((len(facts), f"LEFT JOIN {alias} ON {alias}._k = s.{source.join}"))
        if source.linked and source.table and source.known == "person":
            masked.setdefault(book.by_table[source.table].feed, []).append(f"b.{q(source.table)} IS NULL")
        cells += [_cell(fact, source, alias) for fact in facts]
        if source.table and f"来源_{source.table}" not in spine:
            cells.append(f"{alias}._from AS {q('来源_' + source.table)}")
    for contract in book.contracts:
        extra = "".join(f" AND {test}" for test in masked.get(contract.feed, ()))
        cells.append(f"(coalesce(cov.{q('覆盖_' + contract.feed)}, false){extra}) AS {q('覆盖_' + contract.feed)}")
    ordered = [text for _, text in sorted(joins, key=lambda join: join[0])]
    ordered += ["LEFT JOIN given g ON g._par_county = s._county", "LEFT JOIN covered cov ON cov._cov_town = s._town"]
    con.execute(
        f"CREATE OR REPLACE TABLE base_{subject} AS SELECT {', '.join(cells)}, cov.缺列, DATE '{as_of}' AS as_of FROM spine s {' '.join(ordered)}"
    )


def _cell(fact: Fact, source: Source, alias: str) -> str:
    none = none_of(fact)
    if source.linked and source.known == "person":
        none = f"CASE WHEN cmp._comparable AND b.{q(str(source.table))} IS NULL THEN {none} END"
    elif source.linked:  # what one of them has is there whoever else may have more: the household stays covered
        none = f"CASE WHEN w._{source.known} AND w.{q(str(source.table))} IS NULL THEN {none} END"
    return f"CASE WHEN {alias}._k IS NOT NULL THEN {alias}.{q(fact.name)} ELSE {none} END AS {q(fact.name)}"
