"""Databases of every earlier version, with data in them, come forward; a migration that fails leaves what was there."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import db, ids
from duizhang.ops import tables

from tests.ledger.ledger_kit import D1, D2, D3, A, County, Hit, idkey, wipe

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = len(list((ROOT / "sql" / "warehouse").glob("*.sql")))
HITS = [Hit("MON-101", "household", "H0"), Hit("MON-102", "person", "P1", severity="疑似", closes="field")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = Settings.load(tmp_path_factory.mktemp("migrations") / "home")
    postgres.ensure(settings)
    yield settings
    postgres.destroy(settings)


@pytest.fixture
def old(server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The server with an empty database, and settings whose sql/ folder a test may cut short."""
    monkeypatch.setenv("DUIZHANG_KEY", "7e" * 32)
    wipe(server)
    shutil.copytree(ROOT / "sql", tmp_path / "root" / "sql")
    return replace(server, root=tmp_path / "root")


def county(settings: Settings, files: Path) -> County:
    """A county with two things wrong."""
    persons = {f"P{n}": idkey(n) for n in range(3)}
    return County(settings, files, A, list(HITS), persons, {"H0": (idkey(0), (idkey(0), idkey(1)))})


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with db.transaction(settings) as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def dump(cursor: Any, wanted: list[tables.Table], folder: Path) -> dict[str, dict[str, Any]]:
    """The rows of `wanted` – tables and columns of an earlier version – out of a newer one, as `tables.dump` writes them."""
    folder.mkdir()
    written = {}
    for table in wanted:
        with gzip.open(folder / f"{table.name}.copy.gz", "wb") as out:
            cursor.copy_expert(f"COPY (SELECT {table.listed} FROM {table.sql}) TO STDOUT", out)
        written[table.name] = {"columns": list(table.columns), "rows": cursor.rowcount}
    return written


def at_version(old: Settings, version: int, folder: Path, fill: Callable[[], None]) -> None:
    """A database of `version` with the rows that `fill` makes in the newest: what that version's own program had written.

    The program of today does not write into an earlier version's tables, and the first had no guards that move an item.
    """
    ledger.migrate(old, upto=version)
    with db.transaction(old, read_only=True) as cursor:
        wanted = tables.tables(cursor)
        empty = dump(cursor, wanted, folder / "words")
        words = {name: entry for name, entry in empty.items() if entry["rows"] and not name.startswith("ledger.seal")}  # seals go with the rows
        secured = {name for name, in _secured(cursor)}
    wipe(old)
    ledger.migrate(old)
    fill()
    with db.transaction(old, read_only=True) as cursor:
        written = dump(cursor, wanted, folder / "db")
    for name in words:  # what its migrations themselves put in: states and steps
        shutil.copy(folder / "words" / f"{name}.copy.gz", folder / "db")
    written |= words
    wipe(old)
    ledger.migrate(old, upto=version)
    with db.transaction(old) as cursor:
        tables.load(cursor, folder / "db", written, {})
        for name in set(written) - secured:  # as this version had it, and not as loading leaves it
            cursor.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")


@pytest.mark.parametrize("version", range(1, VERSIONS))
def test_a_database_of_an_earlier_version_comes_forward_with_its_data(version: int, server: Settings, old: Settings, tmp_path: Path) -> None:

    def fill() -> None:
        first = county(old, tmp_path)
        first.merge(D1)
        first.issue("2026-10", D1)

    at_version(old, version, tmp_path, fill)
    before = rows(old, "SELECT county, seq, hash FROM ledger.event ORDER BY 1, 2")
    assert len(before) == 4
    assert len(ledger.migrate(server)) == VERSIONS - version
    assert ledger.migrate(server) == []
    assert rows(server, "SELECT county, seq, hash FROM ledger.event ORDER BY 1, 2") == before
    assert ledger.verify(server) == []
    after = county(server, tmp_path)
    after.answer(next(iter(after.items().values())), "已整改", date(2026, 11, 5))
    after.hits = []
    assert after.merge(D2).events == {"proven": 2}
    assert ledger.destroy_values(server, date(2027, 1, 1)) > 0
    assert ledger.verify(server) == []


def _secured(cursor: Any) -> list[tuple[str]]:
    cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity")
    found: list[tuple[str]] = cursor.fetchall()
    return found


def test_an_exemption_of_an_earlier_version_stands_and_no_new_one_is_like_it(server: Settings, old: Settings, tmp_path: Path) -> None:
    """Until version 7 a county's officer alone wrote `exempted`: such events come forward, into a backup and out of it."""

    def fill() -> None:
        first = county(old, tmp_path)
        first.merge(D1)
        first.issue("2026-10", D1)

    at_version(old, 7, tmp_path, fill)
    exempt = (
        "UPDATE ledger.item SET answer = 'explained', answered_on = '2026-11-05', answer_hash = value_hash, "
        "answer_stands_hash = stands_hash, exempt_until = '2027-10-31' WHERE code = %(code)s; "
        "INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, actor, prev_hash, hash) "
        "SELECT i.county, c.seq + 1, i.item_id, 'exempted', i.state, 'exempted', '2026-11-05', 'county', c.hash, %(hash)s "
        "FROM ledger.item i JOIN ledger.chain c USING (county) WHERE i.code = %(code)s"
    )
    with db.transaction(old) as cursor:
        cursor.execute("SELECT i.item_id, c.seq + 1, c.hash FROM ledger.item i JOIN ledger.chain c USING (county) WHERE code = 'MON-101'")
        item, seq, prev = cursor.fetchone()
        link = ids.event_hash(
            old.installation_key(), A, seq, item, "exempted", "exempted", date(2026, 11, 5), None, "county", None, None, prev
        )
        cursor.execute(exempt, {"code": "MON-101", "hash": link})
    digest = ledger.content_digest(old)  # what a backup of that version notes
    ledger.migrate(server)
    assert ledger.verify(server) == [] and ledger.content_digest(server) == digest
    assert rows(server, "SELECT actor, who FROM ledger.event WHERE kind = 'exempted'") == [("county", None)]
    with pytest.raises(ContractProblem, match="county may not record exempted"), db.transaction(server) as cursor:
        cursor.execute(exempt, {"code": "MON-102", "hash": "x"})
    with db.transaction(server) as cursor:
        written = tables.dump(cursor, tmp_path / "again")
    wipe(server)
    ledger.migrate(server)
    with db.transaction(server) as cursor:
        tables.load(cursor, tmp_path / "again", written, {})
    assert ledger.verify(server) == [] and ledger.content_digest(server) == digest


def test_a_newer_database_is_refused_in_a_sentence(server: Settings, old: Settings) -> None:
    ledger.migrate(server)
    for path in sorted((old.root / "sql" / "warehouse").glob("*.sql"))[3:]:
        path.unlink()
    with pytest.raises(ContractProblem, match="belongs to a newer version.*Install that version"):
        ledger.migrate(old)


def test_a_migration_that_fails_half_way_leaves_the_old_version(server: Settings, old: Settings, tmp_path: Path) -> None:
    ledger.migrate(old)
    county(old, tmp_path).merge(D1)
    before = rows(server, "SELECT number, checksum FROM ledger.migration ORDER BY 1")
    number = VERSIONS + 1
    folder = old.root / "sql" / "warehouse"
    (folder / f"{number:03d}_good.sql").write_text("CREATE TABLE warehouse.first_half (n int); DROP VIEW warehouse.v_open_items;")
    (folder / f"{number + 1:03d}_bad.sql").write_text("CREATE TABLE warehouse.second (n int); ALTER TABLE ledger.no_such_table ADD x int;")
    with pytest.raises(ContractProblem, match="refused a statement"):
        ledger.migrate(old)
    assert rows(server, "SELECT number, checksum FROM ledger.migration ORDER BY 1") == before
    assert rows(server, "SELECT count(*) FROM pg_class WHERE relname IN ('first_half', 'second')") == [(0,)]
    assert ledger.migrate(server) == []
    assert ledger.verify(server) == []
    assert len(rows(server, "SELECT * FROM warehouse.v_open_items")) == 2


def test_what_an_earlier_version_destroyed_is_told_after_the_migration(server: Settings, old: Settings, tmp_path: Path) -> None:

    def fill() -> None:
        first = county(old, tmp_path)
        first.merge(D1)
        first.hits = []
        first.merge(D2)

    at_version(old, 5, tmp_path, fill)
    assert ledger.destroy_values(old, D3) == 2
    ledger.migrate(server)
    assert ledger.destroyed(server) == {A: 2}
    assert ledger.verify(server) == []


def test_a_question_of_an_earlier_version_goes_on_under_its_subjects_new_key(server: Settings, old: Settings, tmp_path: Path) -> None:
    """Until version 11 keys of local numbers lacked the county, those of pushes the group of people, those of loans the bank."""
    keys = {
        "application": ("SB1", f"{A}|SB1"), "clue": ("信访|1", f"{A}|信访|1"), "loan": ("H0|银行|1", "H0|银行|农商行|1"),
        "push": (f"{A}|住建|住房|2026-09", f"{A}|住建|住房||2026-09"),
    }  # fmt: skip

    def local(place: int) -> County:
        made = county(old if place == 0 else server, tmp_path)
        made.hits = [Hit("ALL-101", kind, given[place], household="H0") for kind, given in keys.items()]
        made.others = {kind: {given[place]} for kind, given in keys.items()}
        return made

    def fill() -> None:
        local(0).merge(D1)
        local(0).issue("2026-10", D1)

    at_version(old, 11, tmp_path, fill)
    before = rows(old, "SELECT number, item_id FROM ledger.item ORDER BY 1")
    ledger.migrate(server)
    after = local(1)
    after.former = {(kind, new): was for kind, (was, new) in keys.items()}
    after.answer(after.items()["ALL-101", "SB1"], "已整改", date(2026, 11, 5))
    after.hits = [hit for hit in after.hits if hit.kind != "application"]
    assert after.merge(D2).events == {"proven": 1, "renumbered": 4}
    assert rows(server, "SELECT number, item_id FROM ledger.item ORDER BY 1") == before
    assert {key for _, key in after.items()} == {new for kind, (_, new) in keys.items() if kind != "application"}
    assert after.merge(D3).events == {}
    assert ledger.verify(server) == []
