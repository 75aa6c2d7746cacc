"""Tampering with whatever the ledger stores is found and named; destroying values on schedule is not tampering.

The tamperer owns the server and switches every trigger off; only the installation key is not in the database.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from duizhang import ledger
from duizhang.cli import app
from duizhang.core import postgres
from duizhang.core.settings import Settings
from duizhang.ledger import db
from typer.testing import CliRunner

from tests.ledger.ledger_kit import D1, D2, D3, A, B, County, Hit, change, connect, idkey

HITS = [Hit("PID-101", "person", f"P{n}") for n in range(4)] + [Hit("MON-101", "person", "P1", severity="疑似")]
NOT_SEALED = {"migration", "seal", "seal_form", "seal_head"}


class Thief:
    """A superuser's session without triggers and foreign keys, in a transaction that is rolled back at the end."""

    def __init__(self, settings: Settings) -> None:
        owner = postgres.administrator(settings)
        assert owner is not None
        self.settings = settings
        self.connection = psycopg2.connect(owner.dsn())
        self.cursor = self.connection.cursor()
        self.cursor.execute("SET session_replication_role = replica")

    def do(self, statement: str, *values: Any) -> int:
        self.cursor.execute(statement, values or None)
        return int(self.cursor.rowcount)

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall())

    def found(self) -> list[ledger.AuditProblem]:
        """What the audit says of the ledger as it is in this transaction."""
        from duizhang.ledger import audit

        # the audit reads through its own transaction; lend it ours, which nobody else sees
        with lend(self.cursor):
            return audit.verify(self.settings)

    def undo(self) -> None:
        self.connection.rollback()
        self.cursor.execute("SET session_replication_role = replica")


class lend:  # noqa: N801 - reads as a statement
    """`db.transaction` gives the thief's cursor meanwhile."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def __enter__(self) -> None:
        self.patch = pytest.MonkeyPatch()
        cursor = self.cursor

        class Lent:
            def __init__(self, *_: Any, **__: Any) -> None: ...
            def __enter__(self) -> Any:
                cursor.execute("SAVEPOINT lent; SET LOCAL timezone = 'UTC'")
                return cursor

            def __exit__(self, *_: object) -> None:
                cursor.execute("ROLLBACK TO lent")

        self.patch.setattr(db, "transaction", Lent)

    def __exit__(self, *_: object) -> None:
        self.patch.undo()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, server: Settings) -> Iterator[Settings]:
    """Two counties after two months, with a row in every table of the ledger. Not changed by any test."""
    from tests.ledger.conftest import KEY
    from tests.ledger.ledger_kit import wipe

    patch = pytest.MonkeyPatch()
    patch.setenv("DUIZHANG_KEY", KEY)
    wipe(server)
    ledger.migrate(server)
    for code in (A, B):
        live(server, tmp_path_factory.mktemp(code), code)
    yield server
    patch.undo()


def live(settings: Settings, folder: Path, code: str) -> None:
    county = County(settings, folder, code=code, hits=list(HITS), persons={f"P{n}": idkey(n + int(code)) for n in range(4)})
    county.merge(D1, "run 1")
    county.issue("2026-10", D1)
    words = ["已整改", "属实待整改", "不属实", "无法核实", "不属实"]
    for item, word in zip(county.items().values(), words, strict=True):
        county.answer(item, word, date(2026, 11, 5), note="测试说明")
    county.hits = [change(HITS[0], stands="2"), *HITS[1:3]]
    county.merge(D2, "run 2")
    ledger.destroy_values(settings, date(2027, 6, 1))
    with db.transaction(settings) as cursor:  # as the program writes: what other parts own, in the shape of their tables
        cursor.execute(
            "INSERT INTO ledger.notice (county, source, ref, item_id, received_on, due_on, file_sha, value_hash) "
            "SELECT county, '省', '1', item_id, '2026-11-21', '2026-12-01', repeat('a', 64), value_hash FROM ledger.item WHERE county = %s LIMIT 2",
            (code,),
        )
        cursor.execute(
            "INSERT INTO ledger.received_list (county, source, file_sha, received_on) VALUES (%s, '省', repeat('a', 64), '2026-11-21')", (code,)
        )
        cursor.execute(
            "INSERT INTO ledger.cycle_step (county, seq, cycle, step, done_on, run_id, counts) VALUES "
            "(%(c)s, 1, '2026-10', 'open', '2026-10-25', 'r', '{}'), (%(c)s, 2, '2026-10', 'check', '2026-10-25', 'r', '{\"n\": 1}')",
            {"c": code},
        )
        cursor.execute(
            "INSERT INTO ledger.grantee (role, region) VALUES (%s, %s), (%s, %s) ON CONFLICT DO NOTHING",
            (f"duizhang_county_{code}", code, "duizhang_region_9901", "9901"),
        )


@pytest.fixture
def thief(lived: Settings) -> Iterator[Thief]:
    made = Thief(lived)
    yield made
    made.connection.rollback()
    made.connection.close()


def sealed(thief: Thief) -> list[str]:
    return [
        row[0]
        for row in thief.ask(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ledger' AND c.relkind = 'r' "
            "ORDER BY 1"
        )
        if row[0] not in NOT_SEALED
    ]


def columns(thief: Thief, table: str) -> list[tuple[str, str]]:
    return thief.ask(
        "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        f"ledger.{table}",
    )


def other(kind: str, chance: random.Random) -> str:
    """SQL that makes another value of a column: `{c}` is its present one."""
    return {
        "text": chance.choice(["coalesce({c}, '') || 'x'", "coalesce(reverse(nullif({c}, reverse({c}))), 'y')"]),
        "name": "('z' || {c})::name",
        "date": "coalesce({c}, '2026-01-01') + 1",
        "bigint": "coalesce({c}, 0) + 100000",
        "integer": "coalesce({c}, 0) + 1000",
        "boolean": "NOT coalesce({c}, false)",
        "jsonb": "coalesce({c}, '{{}}') || '{{\"x\": 1}}'",
        "timestamp with time zone": "coalesce({c}, now()) - interval '1 second'",
    }[kind]


def without_constraints(thief: Thief, table: str) -> None:
    """CHECKs and keys would stop a clumsy thief, not the owner of the table."""
    for name, kind in thief.ask("SELECT conname, contype FROM pg_constraint WHERE conrelid = %s::regclass", f"ledger.{table}"):
        if kind == b"c" or kind == "c":
            thief.do(f'ALTER TABLE ledger.{table} DROP CONSTRAINT "{name}"')


def names(problems: list[ledger.AuditProblem], table: str, county: str, seq: int | None) -> bool:
    """Whether one of the problems names the table, or the event."""
    if seq is not None:
        return any(p.county == county and p.seq in (seq, seq + 1) for p in problems)
    return any(p.county == county and (table in p.what or p.number) for p in problems)


def test_an_honest_ledger_has_no_problem(thief: Thief) -> None:
    assert thief.found() == []
    for table in sealed(thief):
        assert thief.ask(f"SELECT count(*) FROM ledger.{table}")[0][0] >= 2, table


def test_every_column_of_every_table(thief: Thief) -> None:
    """One column of one row changed, of whatever table: found, and named."""
    chance = random.Random(4)
    tried = 0
    for table in sealed(thief):
        for column, kind in columns(thief, table):
            thief.undo()
            without_constraints(thief, table)
            rows = thief.ask(f"SELECT ctid::text, to_jsonb(t) FROM ledger.{table} t ORDER BY ctid")
            place, row = chance.choice(rows)
            if table == "value" and column == "body":
                place, row = next(entry for entry in rows if entry[1]["body"] is not None)
            quoted = f'"{column}"'
            thief.do(f"UPDATE ledger.{table} SET {quoted} = {other(kind, chance).format(c=quoted)} WHERE ctid = '{place}'")
            problems = thief.found()
            tried += 1
            assert problems, (table, column)
            if column != "county":
                seq = row["seq"] if table == "event" and column not in ("seq", "recorded_at") else None
                assert names(problems, table, row.get("county", ""), seq), (table, column, [str(p) for p in problems])
    assert tried > 120


def test_rows_taken_away_doubled_and_put_in(thief: Thief) -> None:
    chance = random.Random(5)
    for table in sealed(thief):
        for how in ("away", "away with its seal", "put in"):
            thief.undo()
            without_constraints(thief, table)
            place, row = chance.choice(thief.ask(f"SELECT ctid::text, to_jsonb(t) FROM ledger.{table} t ORDER BY ctid"))
            if how == "put in":
                own = [(c, k) for c, k in columns(thief, table)]
                key = [
                    r[0] for r in thief.ask(
                        "SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
                        "WHERE i.indisunique AND i.indrelid = %s::regclass AND a.attname <> 'county'", f"ledger.{table}",
                    )
                ] or ["county"]  # fmt: skip
                cells = [other(k, chance).format(c=f'"{c}"') if c in key else f'"{c}"' for c, k in own]
                listed = ", ".join(f'"{c}"' for c, _ in own)
                if thief.do(f"INSERT INTO ledger.{table} ({listed}) SELECT {', '.join(cells)} FROM ledger.{table} WHERE ctid = '{place}'") != 1:
                    continue
            else:
                if how == "away with its seal":
                    key_sql = thief.ask("SELECT key_sql FROM ledger.sealed() WHERE tbl = %s", table)[0][0]
                    thief.do(f"DELETE FROM ledger.seal s USING ledger.{table} r WHERE s.tbl = '{table}' AND r.ctid = '{place}' AND s.key = {key_sql}")
                thief.do(f"DELETE FROM ledger.{table} WHERE ctid = '{place}'")
            problems = thief.found()
            assert problems and (any(table in p.what for p in problems) or table == "event"), (table, how, [str(p) for p in problems])
            assert row.get("county", "") in {p.county for p in problems} or how == "put in", (table, how)


@pytest.mark.parametrize("cut", [1, 3])
def test_a_tail_cut_together_with_its_head(thief: Thief, cut: int) -> None:
    """The head rewritten to fit, by one without the key."""
    last = thief.ask("SELECT seq FROM ledger.chain WHERE county = %s", A)[0][0] - cut
    thief.do("DELETE FROM ledger.event WHERE county = %s AND seq > %s", A, last)
    thief.do(
        "UPDATE ledger.chain c SET seq = e.seq, hash = e.hash FROM ledger.event e WHERE c.county = %s AND e.county = c.county AND e.seq = %s",
        A, last,
    )  # fmt: skip
    problems = thief.found()
    assert {(p.county, p.what) for p in problems} >= {(A, f"chain（{A}）：内容与封签不符")}
    assert any("event" in p.what and p.county == A for p in problems)


def test_two_rows_that_change_places(thief: Thief) -> None:
    """What two items show, or two lines of a list, swapped: each value still fits its own hash."""
    for table, column in (("item", "value_hash"), ("item", "due_on"), ("published_row", "token"), ("alias", "subject_id"), ("item", "subject_id")):
        thief.undo()
        one, two = thief.ask(
            f"SELECT min(ctid::text), max(ctid::text) FROM (SELECT DISTINCT ON ({column}) * , ctid FROM ledger.{table} WHERE county = '{A}') t"
        )[0]
        first, second = (thief.ask(f"SELECT {column} FROM ledger.{table} WHERE ctid = %s::tid", place)[0][0] for place in (one, two))
        if first == second:
            second = first + (date(2026, 11, 2) - date(2026, 11, 1))
        thief.do("DROP INDEX IF EXISTS ledger.alias_one_owner, ledger.alias_one_natural")
        thief.do(f"ALTER TABLE ledger.{table} DROP CONSTRAINT IF EXISTS item_subject_id_code_key")
        thief.do(f"ALTER TABLE ledger.{table} DROP CONSTRAINT IF EXISTS {table}_pkey CASCADE")
        thief.do(f"UPDATE ledger.{table} SET {column} = %s WHERE ctid = %s::tid", second, one)
        assert any(table in p.what and p.county == A for p in thief.found()), (table, column)


def test_a_row_put_back_as_it_was_with_its_seal(lived: Settings, thief: Thief, tmp_path: Path) -> None:
    """An old row and its old seal, kept from a backup: the row fits its seal, the sum of the seals tells."""
    old = thief.ask("SELECT key, mac FROM ledger.seal WHERE tbl = 'received_file' AND county = %s LIMIT 1", A)[0]
    thief.do("DELETE FROM ledger.seal WHERE tbl = 'received_file' AND county = %s", A)
    thief.do("DELETE FROM ledger.received_file WHERE county = %s", A)
    assert [p.what for p in thief.found()] == ["received_file：封签的数目或总和与所记不符"]
    thief.do("UPDATE ledger.seal_head SET rows = 0, total = repeat('0', 64) WHERE tbl = 'received_file' AND county = %s", A)
    assert [p.what for p in thief.found()] == ["received_file：封签的数目或总和与所记不符"]
    assert old


def test_guards_that_are_off_are_named(thief: Thief) -> None:
    thief.do("ALTER TABLE ledger.item DISABLE TRIGGER item_guard_update")
    assert [p.what for p in thief.found()] == ["item：守护触发器 item_guard_update 已停用"]


def test_what_the_pipelines_own_role_writes_without_the_program(settings: Settings, files: Path, sql: Any) -> None:
    """Every trigger on, a legal UPDATE: the program's key was not there."""
    county = County(settings, files, hits=list(HITS), persons={f"P{n}": idkey(n) for n in range(4)})
    county.merge(D1)
    county.issue("2026-10", D1)
    sql.execute("UPDATE ledger.item SET due_on = '2027-12-31' WHERE number = (SELECT min(number) FROM ledger.item) RETURNING number")
    number = sql.fetchone()[0]
    assert [(p.county, p.number, p.what.split("：")[-1]) for p in ledger.verify(settings)] == [(A, number, "内容与封签不符")]
    # the next months touch the row: its tampered deadline is not whitewashed
    county.hits = [change(hit, stands="2") for hit in HITS]
    county.merge(D2)
    county.issue("2026-11", D2)
    county.merge(D3)
    assert {(p.county, p.number) for p in ledger.verify(settings)} == {(A, number)}


def test_values_destroyed_on_schedule_and_filled_again(settings: Settings, files: Path) -> None:
    county = County(settings, files, hits=list(HITS), persons={f"P{n}": idkey(n) for n in range(4)})
    county.merge(D1)
    county.issue("2026-10", D1)
    county.hits = HITS[:1]
    county.merge(D2)
    assert ledger.destroyable(settings, date(2027, 6, 1)) == ledger.destroy_values(settings, date(2027, 6, 1)) > 0
    assert ledger.verify(settings) == []
    county.hits = list(HITS)
    county.merge(D3)
    assert ledger.verify(settings) == []


def test_heads_noted_elsewhere_tell_what_the_key_can_hide(settings: Settings, files: Path, tmp_path: Path) -> None:
    """Whoever has the key and the server can go back to an earlier ledger, seals and all: only a note outside tells."""
    county = County(settings, files, hits=HITS[:2], persons={f"P{n}": idkey(n) for n in range(4)})
    county.merge(D1)
    runner = CliRunner()
    early = runner.invoke(app, ["audit", "heads", "--home", str(settings.home)])
    county.hits = list(HITS)
    county.merge(D2)
    late = tmp_path / "late.json"
    late.write_text(runner.invoke(app, ["audit", "heads", "--home", str(settings.home)]).output, encoding="utf-8")
    noted = ledger.read_heads(late)
    assert noted == {A: list(ledger.heads(settings)[A])} and noted[A][0] > json.loads(early.output)[A][0]
    assert ledger.verify(settings, noted) == []
    go_back(settings, files)
    assert ledger.verify(settings) == []
    assert [(p.county, p.seq, p.what) for p in ledger.verify(settings, noted)] == [(A, noted[A][0], "链比另处所记的短：链尾被截去")]
    done = runner.invoke(app, ["audit", "verify", "--against", str(late), "--home", str(settings.home)])
    assert done.exit_code == 1 and "链尾被截去" in done.output
    assert ledger.verify(settings, {A: [1, "0" * 64]})[0].what.startswith("与另处所记的链头不符")
    (tmp_path / "manifest.json").write_text(json.dumps({"chains": noted, "files": {}}), encoding="utf-8")
    assert ledger.read_heads(tmp_path / "manifest.json") == noted


def go_back(settings: Settings, folder: Path) -> None:
    """The first month again, from nothing: with the key, everything fits."""
    from tests.ledger.ledger_kit import wipe

    wipe(settings)
    ledger.migrate(settings)
    County(settings, folder, hits=HITS[:2], persons={f"P{n}": idkey(n) for n in range(4)}).merge(D1)


def test_a_column_that_a_later_migration_adds_breaks_no_seal(settings: Settings, files: Path, sql: Any) -> None:
    county = County(settings, files, hits=list(HITS), persons={f"P{n}": idkey(n) for n in range(4)})
    county.merge(D1)
    sql.execute("ALTER TABLE ledger.item ADD COLUMN later text NOT NULL DEFAULT 'x'; CALL ledger.protect()")
    assert ledger.verify(settings) == []
    with closing(connect(settings)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ledger.item ORDER BY number")
        numbers = [row[0] for row in cursor.fetchall()]
    county.issue("2026-10", D1)  # sealed again, with the new column
    assert ledger.verify(settings) == []
    sql.execute("UPDATE ledger.item SET later = 'y' WHERE number = %s", (numbers[0],))
    assert [p.number for p in ledger.verify(settings)] == [numbers[0]]
