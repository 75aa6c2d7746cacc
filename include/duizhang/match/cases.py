"""People whom a book names and the national book does not: rows of the subject `case`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Case, Contract
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import write_query
from duizhang.core.newest import expand_newest
from duizhang.core.predicate import with_as_of

Source = Callable[[str], str | None]  # FROM clause over the rows of a table that a county must know, or None


def write_cases(con: duckdb.DuckDBPyConnection, as_of: str, book: Book, county: str, source: Source, newest: Source, target: Path) -> None:
    """Write links/_cases/county=…: 表, _ref, _idkey, _name, _household and the columns that the contracts carry on.

    `newest` gives for a table where the greatest value of its columns stands (over all counties).
    """
    pieces = []
    columns = sorted({name for c in book.contracts for case in c.cases.values() for name in case.columns})
    for contract in book.contracts:
        for case in contract.cases.values():
            rows = source(case.table)
            if rows is not None:
                pieces.append(_case(as_of, contract, case, columns, rows, newest(case.table) or rows))
    if not pieces:
        cells = "".join(f", NULL::VARCHAR AS {q(name)}" for name in columns)
        texts = ", ".join(f"NULL::VARCHAR AS {name}" for name in ("表", "_ref", "_idkey", "_name", "_household", "_county"))
        pieces = [f"SELECT {texts}{cells} WHERE false"]
    con.execute(f"CREATE OR REPLACE TEMP TABLE cases AS {' UNION ALL BY NAME '.join(pieces)}")
    write_query(
        con, f"SELECT DISTINCT * EXCLUDE (_county) FROM cases WHERE _county = '{county}' ORDER BY 表, _household, _idkey, _ref", target
    )


def _case(as_of: str, contract: Contract, case: Case, columns: list[str], source: str, newest: str) -> str:
    how, literal = contract.match[case.table], f"DATE '{as_of}'"
    condition = f"WHERE {with_as_of(expand_newest(case.where, newest), literal)}" if case.where else ""
    carried = "".join(f", {q(case.columns[c])} AS {q(c)}" if c in case.columns else f", NULL AS {q(c)}" for c in columns)
    name = q(how.name) if how.name else "NULL::VARCHAR"
    rows = (
        f"SELECT '{case.table}' AS 表, _ref, idkey({q(str(how.person))}) AS _idkey, {name} AS _name,"
        f" 规范姓名({name}) AS _plain{carried}, {{share}} AS _share FROM {source} {condition}"
    )
    kept = ", ".join(["r.表", "r._ref", "r._idkey", "r._name", "h._household", "h._county", *(f"r.{q(c)}" for c in columns)])
    # a member whose own number cannot be compared and who bears the same name is the likely cause: one doubt, not two
    stranger = (
        " 校验合格(r._idkey) AND NOT EXISTS (SELECT 1 FROM persons p WHERE p._household = h._household AND NOT p._comparable AND p._plain = r._plain)"
    )
    if "column" in case.household:
        share = rows.format(share=q(str(case.household["column"])))
        absent = "NOT EXISTS (SELECT 1 FROM persons p WHERE p._idkey = r._idkey AND p._household = h._household)"
        return f"SELECT {kept} FROM ({share}) r JOIN households h ON h._household = r._share WHERE {absent} AND {stranger}"
    absent = "NOT EXISTS (SELECT 1 FROM persons p WHERE p._idkey = r._idkey)"
    if "linked" in case.household:
        share = rows.format(share="_ref")
        homes = _linked(source, case.household["linked"])
        return f"SELECT {kept} FROM ({share}) r JOIN ({homes}) h ON h._share = r._share WHERE {absent} AND {stranger}"
    shared = q(str(case.household["same"]))
    share = rows.format(share=shared)
    homes = (
        f"SELECT DISTINCT s.{shared} AS _share, p._household, p._county FROM {source} s"
        f" JOIN persons p ON idkey(s.{q(str(how.person))}) = p._idkey WHERE s.{shared} IS NOT NULL"
    )
    return f"SELECT {kept} FROM ({share}) r JOIN ({homes}) h ON h._share = r._share WHERE {absent} AND {stranger}"


def _linked(source: str, columns: str | tuple[str, ...]) -> str:
    """SELECT _share (a row of `source`), _household, _county of the first person found by the numbers in `columns`."""
    wanted = (columns,) if isinstance(columns, str) else columns
    named = " UNION ALL ".join(f"SELECT _ref, idkey({q(column)}) AS _number, {place} AS _place FROM {source}" for place, column in enumerate(wanted))
    return (
        f"SELECT n._ref AS _share, p._household, p._county FROM ({named}) n JOIN persons p ON p._idkey = n._number"
        " QUALIFY row_number() OVER (PARTITION BY n._ref ORDER BY n._place, p._household, p._person) = 1"
    )
