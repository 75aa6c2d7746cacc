"""Two counties with rows in every table, and a login for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from duizhang import ledger
from duizhang.core import postgres
from duizhang.core.settings import Settings
from duizhang.ops import access

from tests.ledger.ledger_kit import D1, D2, A, B, County, Hit, connect, idkey

SPECIAL = {"status": "full", "severity": "错误", "closes": "export", "source": "国家"}
WHOSE = {A: "甲县的", B: "乙县的"}  # stands in every text of a county's rows, beside its code


@dataclass(frozen=True)
class Two:
    """The database of two counties, A and B, both with logins."""

    settings: Settings

    def connect(self, region: str) -> Any:
        """An autocommit connection as the login of `region`."""
        connection = psycopg2.connect(access.login(self.settings, region).dsn())
        connection.autocommit = True
        return connection

    def ask(self, region: str, *statements: str) -> list[tuple[Any, ...]]:
        """The rows of the last of `statements`, run as `region` in one session."""
        with closing(self.connect(region)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def owner(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of `statement` as the superuser."""
        found = postgres.administrator(self.settings)
        assert found is not None
        with closing(psycopg2.connect(found.dsn())) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def relations(self, kinds: str = "rpvm") -> list[str]:
        """Every table and view of both schemas, from the catalog."""
        return [
            row[0]
            for row in self.owner(
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                f"WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind = ANY (string_to_array('{','.join(kinds)}', ',')) ORDER BY 1"
            )
        ]


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Shared and only read, but for tests that put back what they change."""
    folder = tmp_path_factory.mktemp("access")
    settings = Settings.load(folder / "home")
    postgres.ensure(settings)
    ledger.migrate(settings)
    for county in (A, B):
        live(settings, folder, county)
    with closing(connect(settings)) as connection, connection.cursor() as cursor:
        for county in (A, B):
            fill(cursor, county)
    for region in (A, B, "9901", "9902"):
        access.grant(settings, region)
    yield Two(settings)
    postgres.destroy(settings)


def live(settings: Settings, folder: Path, code: str) -> None:
    """Two months of a county: found, issued, answered, returned file, a value destroyed."""
    whose = WHOSE[code]
    hits = [Hit("PID-101", "person", f"{whose}人{n}", shown=f"{whose}值{n}", household=f"{whose}户{n}") for n in range(3)]
    hits.append(Hit("HHD-101", "household", f"{whose}户1", shown=f"{whose}值"))
    county = County(
        settings, folder, code=code, hits=hits, persons={f"{whose}人{n}": idkey(n + 10 * len(whose)) for n in range(3)},
        households={f"{whose}户1": (idkey(1), (idkey(1), idkey(2)))},
    )  # fmt: skip
    county.merge(D1)
    county.issue("2026-10", D1)
    for item in county.items().values():
        county.answer(item, "已整改", date(2026, 11, 5), note=f"{whose}说明", answered_by=f"{whose}干部")
    county.hits = hits[1:]
    county.merge(D2)
    ledger.destroy_values(settings, date(2027, 6, 1))


def fill(cursor: Any, county: str) -> None:
    """Rows in whatever table has none of the county yet: each text says whose it is."""
    cursor.execute(
        "SELECT n.nspname || '.' || c.relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'county' WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind = 'r'"
    )
    for name, oid in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {name} WHERE county = %s", (county,))
        if cursor.fetchone()[0]:
            continue
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped",
            (oid,),
        )
        cells = {column: cell(cursor, county, column, kind) for column, kind in cursor.fetchall()}
        columns = ", ".join(f'"{column}"' for column in cells)
        cursor.execute(f"INSERT INTO {name} ({columns}) VALUES ({', '.join(['%s'] * len(cells))})", list(cells.values()))


def cell(cursor: Any, county: str, column: str, kind: str) -> Any:
    """A value of `kind` that its constraints allow."""
    known: dict[str, Callable[[], Any]] = {
        "county": lambda: county, "cycle": lambda: "2026-10", "step": lambda: "open", "who": lambda: None,
        "town": lambda: None,  # the row of the whole county
        "item_id": lambda: one(cursor, "SELECT item_id FROM ledger.item WHERE county = %s ORDER BY 1 LIMIT 1", county),
        "value_hash": lambda: one(cursor, "SELECT value_hash FROM ledger.item WHERE county = %s ORDER BY item_id LIMIT 1", county),
        "户编号": lambda: WHOSE[county] + "户1", "file_sha": lambda: hashlib.sha256(county.encode()).hexdigest(),
        "seq": lambda: 1,
    }  # fmt: skip
    if column in known:
        return known[column]()
    if column in SPECIAL:
        return SPECIAL[column]
    values = {
        "text": WHOSE[county] + column, "date": D1, "jsonb": json.dumps({"k": WHOSE[county]}), "bigint": 0, "integer": 0,
        "boolean": False, "timestamp with time zone": "2026-11-01",
    }  # fmt: skip
    return values[kind]


def one(cursor: Any, statement: str, *values: Any) -> Any:
    """The only cell of a query."""
    cursor.execute(statement, values)
    return cursor.fetchone()[0]
