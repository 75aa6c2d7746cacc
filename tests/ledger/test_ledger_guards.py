"""The database itself: legal steps only, append-only, who sees what, and that tampering shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow as pa
import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, A, B, County, Hit, connect, idkey, wipe

HITS = [Hit("PID-101", "person", f"P{n}") for n in range(4)]


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    made = County(settings, files, hits=list(HITS), persons={f"P{n}": idkey(n) for n in range(4)})
    made.merge(D1)
    return made


def refused(sql: Any, statement: str, *values: Any) -> str:
    with pytest.raises(psycopg2.Error) as caught:
        sql.execute(statement, values)
    return str(caught.value.pgcode)


EVENT = (
    "INSERT INTO ledger.event (county, seq, item_id, kind, from_state, to_state, as_of, actor, prev_hash, hash) "
    "SELECT c.county, c.seq + 1, i.item_id, %s, %s, %s, '2026-11-01', 'check', c.hash, md5(random()::text) "
    "FROM ledger.chain c, (SELECT item_id FROM ledger.item LIMIT 1) i"
)


def test_every_step_outside_the_table_is_refused(county: County, sql: Any) -> None:
    sql.execute("SELECT event, to_state FROM ledger.transition WHERE from_state = 'found'")
    legal = set(sql.fetchall())
    sql.execute("SELECT DISTINCT t.event, s.state FROM ledger.transition t, ledger.state s")
    pairs = set(sql.fetchall()) - legal
    assert len(pairs) > 100
    for kind, to_state in pairs:
        assert refused(sql, EVENT, kind, "found", to_state) in ("23503", "DZ001"), (kind, to_state)
    # a step that is legal, but from a state the item is not in
    assert refused(sql, EVENT, "returned", "answered", "returned") == "DZ001"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.item SET state = 'proven'",
        "UPDATE ledger.item SET county = '990103'",
        "UPDATE ledger.item SET number = number || 'X'",
        "UPDATE ledger.item SET times_returned = 3",
        "DELETE FROM ledger.item",
        "UPDATE ledger.event SET reason = 'x'",
        "DELETE FROM ledger.event",
        "TRUNCATE ledger.event CASCADE",
        "UPDATE ledger.value SET body = '{}'",
        "UPDATE ledger.value SET body = NULL, destroyed_on = '2026-11-01'",
        "DELETE FROM ledger.value",
    ],
)
def test_append_only(county: County, sql: Any, statement: str) -> None:
    assert refused(sql, statement) == "DZ001"


def test_the_chain_cannot_be_extended_out_of_order(county: County, sql: Any) -> None:
    assert refused(sql, EVENT.replace("c.seq + 1", "c.seq + 2"), "proven", "found", "proven") == "DZ001"
    assert refused(sql, EVENT.replace("c.hash,", "'x',"), "proven", "found", "proven") == "DZ001"


def test_an_item_cannot_begin_without_an_event(county: County, sql: Any) -> None:
    copy = (
        "INSERT INTO ledger.item (item_id, number, code, severity, closes, subject_id, subject_kind, county, state, opened_on, "
        "first_found, last_hit, rule_version, stands_hash, value_hash) SELECT repeat('a', 64), 'XXX-001-A', 'XXX-001', severity, "
        "closes, subject_id, subject_kind, county, %s, opened_on, first_found, last_hit, rule_version, stands_hash, value_hash "
        "FROM ledger.item LIMIT 1"
    )
    assert refused(sql, copy, "found") == "DZ001"
    assert refused(sql, copy, "new") == "DZ001"


def tamper(sql: Any, table: str, statement: str) -> None:
    """What someone with the owner's rights could do."""
    sql.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
    sql.execute(statement)
    sql.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("table", "statement", "seq", "what"),
    [
        ("event", "UPDATE ledger.event SET as_of = '2026-10-01' WHERE seq = 2", 2, "内容"),
        ("event", "UPDATE ledger.event SET to_state = 'proven', kind = 'proven', from_state = 'found' WHERE seq = 3", 3, "内容"),
        ("event", "DELETE FROM ledger.event WHERE seq = 2", 3, "缺 1 条"),
        ("event", "DELETE FROM ledger.event WHERE seq = 4", 3, "链尾"),
        ("event", "UPDATE ledger.event SET seq = CASE seq WHEN 2 THEN 13 ELSE 12 END WHERE seq IN (2, 3);"
                  "UPDATE ledger.event SET seq = seq - 10 WHERE seq > 10", 2, "接不上"),
        ("value", "UPDATE ledger.value SET body = body || '{\"姓名\": \"别人\"}' WHERE value_hash = "
                  "(SELECT value_hash FROM ledger.event WHERE seq = 2)", 2, "所示数据"),
        ("item", "UPDATE ledger.item SET state = 'withdrawn', closed_on = '2026-11-01' WHERE item_id = "
                 "(SELECT item_id FROM ledger.event WHERE seq = 1)", 1, "状态"),
    ],
    ids=["changed event", "forged step", "removed event", "cut tail", "swapped order", "changed value", "changed state"],
)  # fmt: skip
def test_tampering_shows(county: County, sql: Any, table: str, statement: str, seq: int, what: str) -> None:
    assert ledger.verify(county.settings) == []
    sql.execute("SELECT i.number FROM ledger.event e JOIN ledger.item i USING (item_id) WHERE seq = %s", (seq,))
    number = sql.fetchone()[0]
    for part in statement.split(";"):
        tamper(sql, table, part)
    problems = ledger.verify(county.settings)
    assert [p for p in problems if what in p.what and (p.county, p.seq) == (A, seq)], problems
    if what not in ("接不上", "链尾", "缺 1 条"):
        assert number in str(problems[0])


def test_without_the_key_no_chain_verifies(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_KEY", "00" * 32)
    assert len(ledger.verify(county.settings)) >= 4


def test_destroyed_values_leave_a_chain_that_verifies(county: County, sql: Any) -> None:
    county.issue("2026-10", D1)
    for found in county.items().values():
        county.answer(found, "已整改", date(2026, 11, 5), note="测试人家里改好了")
    county.hits = HITS[:1]
    county.merge(D2)
    assert ledger.destroy_values(county.settings, D2) == 0
    assert ledger.destroy_values(county.settings, D3) == 6
    assert ledger.verify(county.settings) == []
    sql.execute("SELECT body ->> 'subject_key' FROM ledger.value WHERE kind = 'finding' AND body IS NOT NULL")
    assert {row[0] for row in sql.fetchall()} == {"P0"}
    county.hits = list(HITS)
    assert county.merge(D3).events == {"reopened": 3}
    assert all(found["body"]["姓名"] == "测试人" for found in county.items().values())
    assert ledger.verify(county.settings) == []


def everything(settings: Settings, region: str | None) -> dict[str, int]:
    """Rows of every table and view of both schemas that a reader with `region` sees, of those with a county."""
    connection = connect(settings, "reader")
    with connection.cursor() as cursor:
        if region is not None:
            cursor.execute("SELECT set_config('duizhang.region', %s, false)", (region,))
        cursor.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.columns "
            "WHERE column_name = 'county' AND table_schema IN ('ledger', 'warehouse')"
        )
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE county <> '{A}') FROM {name}")
            found[name], strangers = cursor.fetchone()
            assert region is None or not region.startswith(A) or strangers == 0, name
    connection.close()
    return found


def test_readers_see_their_region_only(county: County, settings: Settings, files: Path) -> None:
    County(settings, files, code=B, hits=[Hit("PID-101", "person", "Q1")], persons={"Q1": idkey(9)}).merge(D1)
    for region in (None, "", "%", "9902"):
        assert set(everything(settings, region).values()) == {0}, region
    own, city = everything(settings, A), everything(settings, "9901")
    assert (own["ledger.item"], city["ledger.item"]) == (4, 5)
    assert (own["warehouse.v_open_items"], city["warehouse.v_open_items"]) == (4, 5)
    assert (own["ledger.event"], own["ledger.value"], own["ledger.alias"]) == (4, 4, 8)
    assert own["warehouse.v_roll_forward"] == 1 and city["warehouse.v_roll_forward"] == 2


def test_readers_write_nothing(county: County) -> None:
    connection = connect(county.settings, "reader")
    with connection.cursor() as cursor:
        cursor.execute("SET duizhang.region = '99'")
        for statement in ("DELETE FROM ledger.alias", "UPDATE ledger.item SET due_on = NULL", "SELECT ledger.destroy_values('2030-01-01')"):
            assert refused(cursor, statement) in ("42501",), statement
    connection.close()


def test_every_table_is_under_row_level_security(settings: Settings, sql: Any) -> None:
    sql.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
        "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind = 'r'"
    )
    tables = sql.fetchall()
    assert len(tables) >= 20
    assert [row for row in tables if row[1:] != (True, 2)] == []


def test_every_view_says_what_it_shows_and_acts_as_its_reader(settings: Settings, sql: Any) -> None:
    sql.execute(
        "SELECT c.relname, obj_description(c.oid), c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind = 'v'"
    )
    views = sql.fetchall()
    assert len(views) >= 8
    assert [row[0] for row in views if not row[1] or row[2] != ["security_invoker=true"]] == []


def test_migrations_go_forward_only(settings: Settings, sql: Any, tmp_path: Path) -> None:
    assert ledger.migrate(settings) == []
    sql.execute("UPDATE ledger.migration SET checksum = 'x' WHERE number = 1")
    with pytest.raises(ContractProblem, match="001_ledger.sql has changed"):
        ledger.migrate(settings)
    sql.execute("INSERT INTO ledger.migration (number, name, checksum) VALUES (999, 'later', 'x')")
    with pytest.raises(ContractProblem, match="newer version"):
        ledger.migrate(settings)


def kill_in_verdicts(county: County, sql: Any) -> Callable[[pa.Table], pa.Table]:
    def verdicts(watch: pa.Table) -> pa.Table:
        sql.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()")
        return county.verdicts(watch)

    return verdicts


@pytest.mark.parametrize("table", ["value", "subject", "alias", "item", "event", "merged", "verdicts"])
def test_a_crash_anywhere_and_a_second_run_give_the_same_ledger(
    settings: Settings, server: Settings, sql: Any, files: Path, table: str
) -> None:
    def month_one(county: County) -> None:
        county.hits, county.persons = list(HITS), {f"P{n}": idkey(n) for n in range(4)}
        county.merge(D1)
        county.issue("2026-10", D1)

    def month_two(county: County) -> None:
        county.hits = [*HITS[:1], Hit("PID-109", "person", "P7", stands="9")]
        county.persons["P7"] = idkey(7)

    whole = County(settings, files)
    month_one(whole)
    month_two(whole)
    whole.merge(D2)
    expected = ledger.content_digest(settings)
    wipe(server)
    ledger.migrate(server)
    again = County(settings, files)
    month_one(again)
    month_two(again)
    findings, keys = again.write()
    verdicts = again.verdicts
    if table == "verdicts":
        verdicts = kill_in_verdicts(again, sql)  # type: ignore[assignment]
    else:
        body = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END"
        sql.execute(f"CREATE FUNCTION ledger.die() RETURNS trigger LANGUAGE plpgsql AS '{body}'")
        sql.execute(f"CREATE TRIGGER die AFTER INSERT OR UPDATE ON ledger.{table} FOR EACH ROW EXECUTE FUNCTION ledger.die()")
    with pytest.raises(InfraProblem):
        ledger.merge(settings, A, D2, "run", findings, keys, verdicts)
    sql.execute("DROP FUNCTION IF EXISTS ledger.die CASCADE")
    assert again.merge(D2, "another run").events == {"found": 1, "proven": 3}
    assert ledger.content_digest(settings) == expected
    assert ledger.verify(settings) == []


def test_two_merges_of_one_county_at_once_are_one(settings: Settings, sql: Any, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(n: int) -> dict[str, int]:
        folder = tmp_path / str(n)
        folder.mkdir()
        return County(settings, folder, hits=list(HITS), persons={f"P{p}": idkey(p) for p in range(4)}).merge(D1, f"run {n}").events

    with ThreadPoolExecutor(4) as pool:
        events = list(pool.map(one, range(4)))
    assert sorted(events, key=len) == [{}, {}, {}, {"found": 4}]
    assert ledger.verify(settings) == []
