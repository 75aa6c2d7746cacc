"""Reading a server-side cursor to its end, however many rows it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BATCH = 5000


def batches(cursor: Any, name: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of the declared cursor `name`, `BATCH` at a time (none is empty); it is closed after the last."""
    while True:
        cursor.execute(f"FETCH {BATCH} FROM {name}")
        batch = cursor.fetchall()
        if not batch:
            break
        yield batch
    cursor.execute(f"CLOSE {name}")
