"""The rows of both schemas as files, and back.

One `COPY` in text form, gzipped, a table; all of them in one REPEATABLE READ snapshot. The schema itself is not dumped:
the numbered migrations make it, with its roles' rights, row security, triggers and views. So a dump fits any PostgreSQL
the migrations run on, and a newer version of this program brings it forward.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from duizhang.core.errors import ContractProblem
from duizhang.core.lake import quote_name

SCHEMAS = ("ledger", "warehouse")
_OWN = "ledger.migration"  # written by the migrations themselves


@dataclass(frozen=True)
class Table:
    """A table of ours and its columns, generated ones left out."""

    name: str  # schema.table
    columns: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The name, quoted."""
        return ".".join(quote_name(part) for part in self.name.split("."))

    @property
    def listed(self) -> str:
        """The columns, quoted."""
        return ", ".join(quote_name(column) for column in self.columns)


def tables(cursor: Any) -> list[Table]:
    """Every table of both schemas, those that others refer to first."""
    cursor.execute(
        "SELECT n.nspname || '.' || c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE n.nspname = ANY(%s) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
        "GROUP BY 1 ORDER BY 1",
        (list(SCHEMAS),),
    )
    found = {name: Table(name, tuple(columns)) for name, columns in cursor.fetchall() if name != _OWN}
    cursor.execute(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid <> confrelid AND connamespace::regnamespace::text = ANY(%s) ORDER BY 1, 2",
        (list(SCHEMAS),),
    )
    order: TopologicalSorter[str] = TopologicalSorter({name: set() for name in found})
    for name, needs in cursor.fetchall():
        order.add(name, needs)
    return [found[name] for name in order.static_order() if name in found]


def dump(cursor: Any, folder: Path) -> dict[str, dict[str, Any]]:
    """Write `<schema>.<table>.copy.gz` into `folder`; name → {columns, rows}. The cursor's transaction is the snapshot."""
    folder.mkdir(mode=0o700)
    written = {}
    for table in tables(cursor):
        # no time in the header: the same rows are the same bytes
        with (folder / f"{table.name}.copy.gz").open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as out:
            cursor.copy_expert(f"COPY (SELECT {table.listed} FROM {table.sql}) TO STDOUT", out)
        written[table.name] = {"columns": list(table.columns), "rows": cursor.rowcount}
    return written


def sequences(cursor: Any) -> dict[str, int]:
    """Sequence → last value, of both schemas."""
    cursor.execute("SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences WHERE schemaname = ANY(%s)", (list(SCHEMAS),))
    return {name: value for name, value in cursor.fetchall() if value is not None}


def load(cursor: Any, folder: Path, wanted: dict[str, dict[str, Any]], counters: dict[str, int]) -> None:
    """Put what `dump` wrote into the tables that the same migrations have just made. One transaction, the caller's.

    The guards are off meanwhile: they refuse whatever is not an event, and the rows are events and what came of them.
    Raises ContractProblem where tables or columns are not those of the dump.
    """
    present = tables(cursor)
    if {table.name: list(table.columns) for table in present} != {name: entry["columns"] for name, entry in wanted.items()}:
        raise ContractProblem("The tables of the backup are not those that the migrations make.")
    with _unguarded(cursor, present):
        cursor.execute(f"TRUNCATE {', '.join(table.sql for table in present)}")  # the words that migrations put in are in the dump
        for table in present:
            with gzip.open(folder / f"{table.name}.copy.gz", "rb") as rows:
                cursor.copy_expert(f"COPY {table.sql} ({table.listed}) FROM STDIN", rows)
            if cursor.rowcount != wanted[table.name]["rows"]:
                raise ContractProblem(f"{table.name} has another number of rows than the backup says.")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name, value in counters.items():
        cursor.execute("SELECT setval(%s, %s)", (name, value))


class _unguarded:  # noqa: N801 - reads as a statement
    """Triggers of ours off, and the owner exempt from row security (COPY FROM knows none), until the end of the block."""

    def __init__(self, cursor: Any, found: list[Table]) -> None:
        self.cursor = cursor
        self.found = found

    def __enter__(self) -> None:
        self._each("DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:  # else the transaction is rolled back
            self._each("ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")

    def _each(self, action: str) -> None:
        for table in self.found:
            self.cursor.execute(f"ALTER TABLE {table.sql} {action}")
