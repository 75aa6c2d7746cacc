"""The lake: atomic, deterministic Parquet partitions, and DuckDB connections with the predicate functions loaded."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duizhang.core.clock import working_days_sql
from duizhang.core.settings import Settings

ROW_GROUP = 122_880
SMALL = 30_000  # rows below which a second thread costs more than it brings


def write_table(table: pa.Table, path: Path) -> None:
    """Write `table` to `path` so that readers see the old file or the whole new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    os.close(handle)
    try:
        pq.write_table(table, temp, compression="zstd", row_group_size=ROW_GROUP)
        os.replace(temp, path)
    except BaseException:
        Path(temp).unlink(missing_ok=True)
        raise


def write_query(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> int:
    """Write the rows of `sql` (which must state its ORDER BY) to `path`, atomically; how many there are."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    os.close(handle)
    try:
        written = con.execute(f"COPY ({sql}) TO '{quote_text(temp)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})").fetchone()
        os.replace(temp, path)
    except BaseException:
        Path(temp).unlink(missing_ok=True)
        raise
    return int((written or (0,))[0])


def write_json(value: Any, path: Path) -> None:
    """Write `value` as JSON (sorted keys, UTF-8), atomically."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False, sort_keys=True, indent=1)
        out.write("\n")
    os.replace(temp, path)


def read_json(path: Path) -> Any:
    """The JSON document at `path`."""
    return json.loads(path.read_text(encoding="utf-8"))


def content_hash(path: Path) -> str:
    """sha256 over the rows of a Parquet file in their order (not over its bytes: row groups may differ)."""
    digest = hashlib.sha256()
    table = pq.read_table(path)
    digest.update(str(table.schema.remove_metadata()).encode())
    for batch in table.combine_chunks().to_batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def quote_name(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str | Path) -> str:
    """`text` for use between single quotes in SQL."""
    return str(text).replace("'", "''")


def functions_sql(settings: Settings) -> str:
    """The DuckDB definitions of the predicate functions; that of working days is made from the calendar."""
    return (settings.sql / "functions" / "duckdb.sql").read_text(encoding="utf-8") + working_days_sql(settings)


def threads_for(settings: Settings, files: Iterable[Path]) -> int:
    """How many threads it is worth to give to an engine over these Parquet files: one where all are small.

    Every thread makes its own state ready for every step of every statement; over few rows that is nearly all the work.
    """
    rows = max((int(pq.read_metadata(path).num_rows) for path in files), default=0)
    return settings.threads if rows > SMALL else 1


@contextmanager
def duck(settings: Settings, *, functions: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private in-memory DuckDB connection that spills below the home; `functions` loads the predicate functions."""
    con = duckdb.connect(":memory:")
    try:
        prepare(con, settings, functions=functions)
        yield con
    finally:
        con.close()


def prepare(con: duckdb.DuckDBPyConnection, settings: Settings, *, functions: bool = False) -> None:
    """Set limits on `con`, and define the predicate functions where asked."""
    spill = settings.home / "spill"
    spill.mkdir(parents=True, exist_ok=True, mode=0o700)
    con.execute(f"SET threads = {settings.threads}")
    con.execute(f"SET memory_limit = '{settings.memory_limit}'")
    # a folder for each connection: the engine names its files alike in every process, and two would write into one file.
    # It makes the folder when it first spills, and takes it away when the connection closes
    own = spill / f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
    con.execute(f"SET temp_directory = '{quote_text(own)}'")
    con.execute("SET preserve_insertion_order = true")
    con.execute("SET enable_progress_bar = false")
    if functions:
        con.execute(functions_sql(settings))
