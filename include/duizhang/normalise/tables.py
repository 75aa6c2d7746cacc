"""Narrow a typed wide file into the tables of its contract."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from duizhang.contracts.model import Table
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text
from duizhang.core.wounds import DISAGREE
from duizhang.normalise.columns import ISSUES

LINEAGE = "_file, _sheet, _row, _in_county, _in_town, _in_village, _in_code"
FIRST = "row(_row, _sheet)"  # two sheets have the same row numbers: without the sheet a tie falls as the threads run
PLACE = ("_in_county", "_in_town", "_in_village", "_in_code")


def narrow(con: duckdb.DuckDBPyConnection, table: Table) -> tuple[pa.Table, pa.Table]:
    """The rows of `table` out of the view `wide`, sorted by key; and the disagreements among repeated values."""
    if table.list_columns:
        return _items(con, table), ISSUES.empty_table()
    con.execute(f"CREATE OR REPLACE TEMP TABLE narrow AS {_selection(table)}")
    issues = ISSUES.empty_table()
    if table.grain == "first":
        issues = _fold_repeats(con, table)
    order = ", ".join(q(part) for part in table.key)
    return con.execute(f"SELECT * FROM narrow ORDER BY {order}, _sheet, _row").to_arrow_table(), issues


def _selection(table: Table) -> str:
    mapping = table.mapping()
    lineage = LINEAGE
    present = f" WHERE {q(table.when)} IS NOT NULL" if table.when else ""
    if not table.unpivot:
        wanted = ", ".join(f"{q(wide)} AS {q(name)}" for name, wide in mapping.items())
        return f"SELECT {wanted}, {lineage} FROM wide{present}"
    label, pieces = table.unpivot.label, []
    measures = list(dict.fromkeys(name for group in table.unpivot.groups.values() for name in group))
    for word, group in table.unpivot.groups.items():
        base = [f"{q(wide)} AS {q(name)}" for name, wide in mapping.items()]
        cells = [f"{q(group[name])} AS {q(name)}" if name in group else f"NULL AS {q(name)}" for name in measures]
        some = " OR ".join(f"{q(wide)} IS NOT NULL" for wide in group.values())
        selected = ", ".join([*base, f"'{quote_text(word)}' AS {q(label)}", *cells, lineage])
        pieces.append(f"SELECT {selected} FROM wide WHERE ({some}){' AND ' + q(table.when) + ' IS NOT NULL' if table.when else ''}")
    return " UNION ALL BY NAME ".join(pieces)


def _items(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    lists = table.list_columns
    assert lists is not None
    mapping = table.mapping()
    names = [name for name in mapping if name not in (lists.label, lists.item)]
    pieces = []
    for wide in lists.columns:
        base = ", ".join(f"{q(mapping[name])} AS {q(name)}" for name in names)
        pieces.append(
            f"SELECT {base}, '{quote_text(wide)}' AS {q(lists.label)}, unnest(string_split({q(wide)}, '、')) AS {q(lists.item)},"
            f" {LINEAGE} FROM wide WHERE {q(wide)} IS NOT NULL"
        )
    key = ", ".join(q(part) for part in table.key)
    return con.execute(
        f"SELECT * FROM ({' UNION ALL '.join(pieces)}) QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _sheet, _row) = 1"
        f" ORDER BY {key}"
    ).to_arrow_table()


def _fold_repeats(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """One row per key; where repeated values differ, the most frequent wins (ties: the smaller) and is an issue.

    An empty cell is no value: it never wins over one.
    """
    described = [row[0] for row in con.execute("DESCRIBE narrow").fetchall()]
    values = [name for name in described if name not in (*table.key, "_file", "_sheet", "_row", *PLACE)]
    key = ", ".join(q(part) for part in table.key)
    con.execute(f"DELETE FROM narrow WHERE {' OR '.join(q(part) + ' IS NULL' for part in table.key[:1])}")
    # rows of a key that say all the same have one hash: nothing is compared column by column but where they do not
    content = f"hash(row({', '.join(q(v) for v in (*values, *PLACE))}))"
    on = " AND ".join(f"n.{q(part)} IS NOT DISTINCT FROM o.{q(part)}" for part in table.key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE heads AS SELECT {key}, min({content}) <> max({content}) AS loud, arg_min(rowid, {FIRST}) AS head"
        f" FROM narrow GROUP BY {key}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE odd AS SELECT {key} FROM heads WHERE loud")
    kept = ", ".join([*map(q, (*table.key, *values)), "_file, _sheet, _row", *PLACE])
    con.execute(f"CREATE OR REPLACE TEMP TABLE folded AS SELECT {kept} FROM narrow WHERE rowid IN (SELECT head FROM heads WHERE NOT loud)")
    found: list[tuple[str, int, str]] = []
    if con.execute("SELECT count(*) FROM odd").fetchone() != (0,):
        con.execute(f"CREATE OR REPLACE TEMP TABLE loud AS SELECT n.* FROM narrow n WHERE EXISTS (SELECT 1 FROM odd o WHERE {on})")
        modes = []
        for v in values:
            modes.append(
                f"(SELECT l.{q(v)} FROM loud l WHERE {on.replace('n.', 'l.')} GROUP BY l.{q(v)}"
                f" ORDER BY l.{q(v)} IS NULL, count(*) DESC, l.{q(v)} LIMIT 1) AS {q(v)}"
            )
            found += [
                (sheet, row, v)
                for sheet, row in con.execute(
                    f"SELECT min_by(_sheet, {FIRST}), min(_row) FROM loud GROUP BY {key}"
                    f" HAVING min({q(v)}) IS DISTINCT FROM max({q(v)}) OR count({q(v)}) NOT IN (0, count(*)) ORDER BY 2, 1"
                ).fetchall()
            ]
        con.execute(
            f"INSERT INTO folded BY NAME SELECT {', '.join([*('o.' + q(p) for p in table.key), *modes])},"
            f" (SELECT min(_file) FROM loud l WHERE {on.replace('n.', 'l.')}) AS _file,"
            f" (SELECT min_by(_sheet, {FIRST}) FROM loud l WHERE {on.replace('n.', 'l.')}) AS _sheet,"
            f" (SELECT min(_row) FROM loud l WHERE {on.replace('n.', 'l.')}) AS _row, "
            + ", ".join(f"(SELECT min_by({p}, {FIRST}) FROM loud l WHERE {on.replace('n.', 'l.')}) AS {p}" for p in PLACE)
            + " FROM odd o"
        )
    con.execute("CREATE OR REPLACE TEMP TABLE narrow AS SELECT * FROM folded")
    return pa.Table.from_pylist([dict(zip(ISSUES.names, (*cell, DISAGREE), strict=True)) for cell in found], schema=ISSUES)
