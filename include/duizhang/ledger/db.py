"""Connections to the ledger's database: one transaction each, errors without cell values, advisory locks by county."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg2
import psycopg2.extras

from duizhang.core import postgres
from duizhang.core.errors import ContractProblem, DuizhangError, InfraProblem
from duizhang.core.settings import Settings
from duizhang.ledger import seals

OUR_STATE = "DZ001"  # SQLSTATE of the messages our own triggers raise: they hold no value
PAGE = 2000
# Deadlock, serialization failure, lock not available, query cancelled, out of resources, shutdown: a retry may help.
_RETRY = ("40", "53", "55", "57", "58", "08")


def problem(error: psycopg2.Error) -> DuizhangError:
    """`error` as one of ours. PostgreSQL's own text is dropped: its details hold cell values."""
    state = error.pgcode or ""
    if state == OUR_STATE:
        return ContractProblem(f"The ledger refused a step: {error.diag.message_primary}.")
    if isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError)) or state[:2] in _RETRY:
        return InfraProblem(f"The database failed ({state or 'connection lost'}).")
    place = ".".join(part for part in (error.diag.schema_name, error.diag.table_name, error.diag.constraint_name) if part)
    return ContractProblem(f"The database refused a statement ({state}) {place}".rstrip() + ".")


@contextmanager
def transaction(settings: Settings, *, read_only: bool = False) -> Iterator[Any]:
    """A cursor in one transaction: committed at the end, rolled back on any exception.

    Raises `InfraProblem` (worth a retry) or `ContractProblem`, never psycopg2's own errors.
    """
    try:
        connection = psycopg2.connect(postgres.ensure(settings).dsn(), connect_timeout=10)
    except psycopg2.Error as error:
        raise problem(error) from None
    try:
        if read_only:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL timezone = 'UTC'")
            yield cursor
            if not read_only:
                seals.seal(cursor, settings.installation_key)
    except psycopg2.Error as error:
        raise problem(error) from None
    finally:
        connection.close()


def lock_key(name: str) -> int:
    """A 63-bit advisory lock number for `name`."""
    return int.from_bytes(hashlib.sha256(f"duizhang ledger {name}".encode()).digest()[:8], "big") >> 1


def lock(cursor: Any, name: str) -> None:
    """Wait for, and hold until the end of the transaction, the advisory lock of `name` (a county, or a task)."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(name),))


def try_lock(cursor: Any, name: str) -> bool:
    """Like `lock`, but gives False at once where another holds it."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (lock_key(name),))
    return bool(cursor.fetchone()[0])


def rows(cursor: Any, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query, each column → value."""
    cursor.execute(sql, values)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def has_column(cursor: Any, table: str, column: str) -> bool:
    """Whether `table` of the ledger has `column`: a backup is looked at as the version that made it had it."""
    cursor.execute(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'ledger' AND (table_name, column_name) = (%s, %s)",
        (table, column),
    )
    return bool(cursor.fetchone()[0])


def insert(cursor: Any, sql: str, values: Sequence[Sequence[Any]], template: str | None = None) -> None:
    """`INSERT … VALUES %s` or `… FROM (VALUES %s) …` over many rows, `PAGE` rows a statement."""
    if values:
        psycopg2.extras.execute_values(cursor, sql, values, template=template, page_size=PAGE)


def day(value: str | date) -> date:
    """A date from ISO text or a date."""
    return value if isinstance(value, date) else date.fromisoformat(value)
