"""Seals: by them the audit finds what was changed without the program, whatever table and column it is in.

The chain proves the events. The rest of the ledger (items beside their state, lists sent, files received, rights, clocks)
is sealed row by row: HMAC under the installation key over the row as the program left it. Triggers note which rows a
transaction changes (`sql/warehouse/010_access.sql`), the program seals them before it commits. Whoever changes rows
without the program, triggers off or not, has no key to seal them. A row that does not fit its seal when the program
changes it keeps the seal that does not fit: nothing is whitewashed by the next merge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2.extras

from duizhang.ledger import ids
from duizhang.ledger.batches import batches

_MODULUS = 1 << 256


def row_mac(key: bytes, table: str, row_key: str, county: str, columns: list[str], digest: bytes) -> bytes:
    """The seal of a row: 32 bytes. `digest`: sha256 of the row's `columns` as text (of a run of events: of them all)."""
    return bytes.fromhex(ids.digest(key, "seal", table, row_key, county, ",".join(columns), digest.hex()))


def head_mac(key: bytes, table: str, county: str, rows: int, total: str) -> str:
    """The seal over number and sum of the seals of a table and county, hex."""
    return ids.digest(key, "seal head", table, county, str(rows), total)


def total_of(value: int) -> str:
    """A sum of seals as 64 hex digits, modulo 2**256: the order of the seals does not matter."""
    return f"{value % _MODULUS:064x}"


def seal(cursor: Any, key: Callable[[], bytes]) -> int:
    """Seal what this transaction has changed, with the key that `key` gives; how many rows. The last thing before a commit."""
    cursor.execute("SELECT to_regclass('pg_temp.unsealed') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return 0
    run = _Sealing(cursor, key())
    count = 0
    for batch in _changed(cursor):
        run.take(batch)
        count += len(batch)
    run.heads()
    cursor.execute("DROP TABLE pg_temp.unsealed")
    return count


def _changed(cursor: Any) -> Iterator[list[tuple[Any, ...]]]:
    """Rows changed, each once: how it was at first (NULL: not there), how it is now (NULL: gone), and its present seal."""
    cursor.execute("ANALYZE pg_temp.unsealed")
    cursor.execute(
        "DECLARE changed NO SCROLL CURSOR FOR SELECT u.tbl, u.key, u.county, f.digest, u.digest, s.county, m.columns, s.mac FROM ("
        "SELECT DISTINCT ON (tbl, key) tbl, key, county, digest FROM pg_temp.unsealed WHERE NOT was ORDER BY tbl, key, n DESC) AS u "
        "LEFT JOIN (SELECT tbl, key, digest FROM pg_temp.unsealed WHERE was) AS f USING (tbl, key) "
        "LEFT JOIN ledger.seal s USING (tbl, key) LEFT JOIN ledger.seal_form m USING (form)"
    )
    yield from batches(cursor, "changed")


class _Sealing:
    """One transaction's seals: written row by row, summed up in the heads at its end."""

    def __init__(self, cursor: Any, key: bytes) -> None:
        self._cursor = cursor
        self._key = key
        self._forms: dict[str, tuple[int, list[str]]] = {}
        self._added: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])

    def take(self, batch: list[tuple[Any, ...]]) -> None:
        """Seal a batch of changed rows."""
        written, removed = [], []
        for table, row_key, county, first, digest, old_county, old_columns, old_mac in batch:
            form, columns = self._form(table)
            before = bytes(old_mac) if old_mac is not None else None
            if not self._fitted(table, row_key, old_county, columns, old_columns, first, before):
                continue
            if before is not None:
                self._count(table, old_county, -1, before)
            if digest is None:
                removed.append((table, row_key))
                continue
            mac = row_mac(self._key, table, row_key, county, columns, bytes(digest))
            self._count(table, county, 1, mac)
            written.append((table, row_key, county, form, mac))
        if written:
            psycopg2.extras.execute_values(
                self._cursor,
                "INSERT INTO ledger.seal (tbl, key, county, form, mac) VALUES %s "
                "ON CONFLICT (tbl, key) DO UPDATE SET county = excluded.county, form = excluded.form, mac = excluded.mac",
                written, page_size=2000,
            )  # fmt: skip
        if removed:
            psycopg2.extras.execute_values(
                self._cursor,
                "DELETE FROM ledger.seal s USING (VALUES %s) AS g (tbl, key) WHERE s.tbl = g.tbl AND s.key = g.key",
                removed, page_size=2000,
            )  # fmt: skip

    def _fitted(
        self, table: str, row_key: str, county: str, columns: list[str], sealed: list[str] | None, first: Any, mac: bytes | None
    ) -> bool:
        """Whether row and seal agreed before this transaction (`first` None: no row). A seal from before a column was added cannot be asked."""
        if mac is None or first is None:
            return mac is None and first is None
        return sealed != columns or mac == row_mac(self._key, table, row_key, county, columns, bytes(first))

    def _form(self, table: str) -> tuple[int, list[str]]:
        if not self._forms:
            self._forms = self._known()
            if any(form == 0 for form, _ in self._forms.values()):
                # two transactions must not give one number to two forms
                self._cursor.execute("LOCK TABLE ledger.seal_form IN SHARE ROW EXCLUSIVE MODE")
                self._cursor.execute(
                    "INSERT INTO ledger.seal_form (form, tbl, columns) SELECT (SELECT coalesce(max(form), 0) FROM ledger.seal_form) "
                    "+ row_number() OVER (ORDER BY s.tbl), s.tbl, s.columns FROM ledger.sealed() s "
                    "WHERE NOT EXISTS (SELECT 1 FROM ledger.seal_form f WHERE f.tbl = s.tbl AND f.columns = s.columns)"
                )
                self._forms = self._known()
        return self._forms[table]

    def _known(self) -> dict[str, tuple[int, list[str]]]:
        self._cursor.execute("SELECT s.tbl, coalesce(f.form, 0), s.columns FROM ledger.sealed() s LEFT JOIN ledger.seal_form f USING (tbl, columns)")
        return {name: (form, list(columns)) for name, form, columns in self._cursor.fetchall()}

    def _count(self, table: str, county: str, rows: int, mac: bytes) -> None:
        entry = self._added[table, county]
        entry[0] += rows
        entry[1] += rows * int.from_bytes(mac)

    def heads(self) -> None:
        """Bring the heads up to date. One that was tampered with stays one that does not fit."""
        for (table, county), (rows, value) in sorted(self._added.items()):
            self._cursor.execute(
                "INSERT INTO ledger.seal_head VALUES (%s, %s, 0, %s, %s) ON CONFLICT DO NOTHING",
                (table, county, total_of(0), head_mac(self._key, table, county, 0, total_of(0))),
            )
            self._cursor.execute(
                "SELECT rows, total, mac FROM ledger.seal_head WHERE tbl = %s AND county = %s FOR UPDATE", (table, county)
            )
            count, total, mac = self._cursor.fetchone()
            if mac != head_mac(self._key, table, county, count, total):
                continue
            total = total_of(int(total, 16) + value)
            self._cursor.execute(
                "UPDATE ledger.seal_head SET rows = %s, total = %s, mac = %s WHERE tbl = %s AND county = %s",
                (count + rows, total, head_mac(self._key, table, county, count + rows, total), table, county),
            )
