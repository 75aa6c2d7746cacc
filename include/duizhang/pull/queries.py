"""Rows of a database as files: each query, streamed, becomes a CSV of our own form that the ordinary reader reads.

The form: UTF-8, LF, the query's column names as header, NULL as empty, dates ISO, booleans TRUE/FALSE, numbers plain.
The query orders its rows, so the same rows are the same bytes, and the same bytes are no new delivery.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

import sqlalchemy as sa

from duizhang.core.errors import ContractProblem, DuizhangError, InfraProblem
from duizhang.pull.connections import Connection
from duizhang.pull.source import Item
from duizhang.pull.sources import GIVEN, Query

ROWS = 2000  # per trip to the server
CONNECT_SECONDS = 20
_DRIVERS = {"postgres": "postgresql+psycopg2", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}
# In this order: the zone that instants are told in; and that nothing is written, whatever a query says.
_OPENING = {
    "postgresql": ("SET TIME ZONE 'Asia/Shanghai'", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"),
    "mysql": ("SET time_zone = '+08:00'", "SET SESSION TRANSACTION READ ONLY"),
}
_REFUSAL = re.compile(r"authentication failed|no password supplied|28P01|28000", re.IGNORECASE)
_DENIED = (1044, 1045)  # MySQL and MariaDB: access denied
# Of the numbers below 2000 (a server that answers) these pass by themselves: too many connections, shutdown, lock waits.
_PASSING = (1040, 1053, 1203, 1205, 1213, 1226)


class Queries:
    """The queries of one database, as files."""

    def __init__(self, connection: sa.Connection, queries: Iterable[Query], day: date | None, folder: Path) -> None:
        self.connection = connection
        self.queries = {query.stem: query for query in queries}
        self.day = day
        self.folder = folder

    def items(self) -> Iterator[Item]:
        for stem, query in self.queries.items():
            yield Item(f"{stem}_{self._dated(query):%Y%m%d}.csv", stem, ())

    def open(self, item: Item) -> IO[bytes]:
        out = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - the caller closes it
        text = io.TextIOWrapper(cast(IO[bytes], out), encoding="utf-8", newline="", write_through=True)
        with closing(self._run(self.queries[item.location].sql)) as result:
            writer = csv.writer(text, lineterminator="\n")
            names = list(result.keys())
            writer.writerow(names)
            for rows in result.partitions(ROWS):
                writer.writerows([cell(value, name) for value, name in zip(row, names, strict=True)] for row in rows)
        text.detach()
        out.seek(0)
        return cast(IO[bytes], out)

    def changed(self, item: Item) -> bool:
        return False

    def _dated(self, query: Query) -> date:
        if query.data_date == GIVEN:
            if self.day is None:
                raise ContractProblem(f"Query {query.stem} takes the day of the run, and none was given.")
            return self.day
        with closing(self._run(query.data_date)) as result:
            rows = result.fetchmany(2)
        value = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise ContractProblem(f"Query {query.stem}: its data_date gives no single date.") from None

    def _run(self, sql: str) -> sa.CursorResult[Any]:
        return self.connection.exec_driver_sql(sql.strip().rstrip(";"))


@contextmanager
def database(name: str, connection: Connection, queries: Iterable[Query], day: date | None, folder: Path) -> Iterator[Queries]:
    """`queries` of the database of `connection`, all in one read-only snapshot, streamed by server-side cursors.

    Raises InfraProblem where the database cannot be reached, ContractProblem where it refuses the login or a query. A
    driver's text never passes: it may hold a password or a row.
    """
    engine = _engine(name, connection)
    try:
        with engine.connect() as link:
            for statement in _OPENING[engine.dialect.name]:
                link.exec_driver_sql(statement)
            link.commit()
            streamed = link.execution_options(stream_results=True, max_row_buffer=ROWS, no_parameters=True)
            yield Queries(streamed, queries, day, folder)
    except sa.exc.DBAPIError as problem:
        raise _told(name, connection, problem) from None
    finally:
        engine.dispose()


def _engine(name: str, connection: Connection) -> sa.Engine:
    driver = _DRIVERS.get(connection.conn_type)
    if driver is None:
        raise ContractProblem(f"Source {name}: connection {connection.conn_id} is of no type that can be queried (postgres, mysql).")
    mysql = driver.startswith("mysql")
    query = {"charset": "utf8mb4"} if mysql else {key: str(connection.extra[key]) for key in ("sslmode",) if key in connection.extra}
    host: str | None = connection.host
    if host and host.startswith("/"):  # a socket's folder (PostgreSQL) or the socket (MySQL)
        query |= {"unix_socket" if mysql else "host": host}
        host = None
    url = sa.URL.create(
        driver, connection.login or None, connection.password or None, host, connection.port, connection.schema or None, query
    )
    return sa.create_engine(url, poolclass=sa.NullPool, isolation_level="REPEATABLE READ", connect_args={"connect_timeout": CONNECT_SECONDS})


def _told(name: str, connection: Connection, problem: sa.exc.DBAPIError) -> DuizhangError:
    original = problem.orig
    number = original.args[0] if original is not None and original.args else None
    if number in _DENIED or _REFUSAL.search(str(original)):
        return ContractProblem(f"Source {name}: the database refuses the login of connection {connection.conn_id}.")
    state = getattr(original, "pgcode", None) or (number if isinstance(number, int) else "")
    answered = isinstance(number, int) and 1000 <= number < 2000 and number not in _PASSING
    if isinstance(problem, sa.exc.OperationalError | sa.exc.InterfaceError) and not answered:
        return InfraProblem(f"Source {name} cannot be reached, or was lost ({state or type(original).__name__}).")
    return ContractProblem(f"Source {name}: the database refuses a query ({state or type(original).__name__}).")


def cell(value: Any, column: str) -> str:
    """`value` as the text of a cell. Raises ContractProblem for bytes: which text they are only their owner knows."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        raise ContractProblem(f"Column {column} of a query is binary.", action="Convert it to text in the query.")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return value.isoformat() if isinstance(value, date) else str(value)
