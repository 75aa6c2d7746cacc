"""A county's own login sees nothing of another county, whatever it tries. Every table and view comes from the catalog."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2
import pytest
from duizhang.core import postgres

from tests.access.conftest import WHOSE, Two
from tests.ledger.ledger_kit import A, B, connect

# Tables of the program's own words: nobody's data, the same for all.
WORDS = {
    "ledger.actor", "ledger.migration", "ledger.power", "ledger.seal_form", "ledger.state", "ledger.step", "ledger.transition",
}  # fmt: skip
OWN = {"ledger.grantee"}  # a login sees its own line
TRICKS = {
    "nothing": [],
    "SET": [f"SET duizhang.region = '{B}'"],
    "SET LOCAL": ["BEGIN", f"SET LOCAL duizhang.region = '{B}'"],
    "set_config": ["SELECT set_config('duizhang.region', '99', false)"],
    "RESET ALL": [f"SET duizhang.region = '{B}'", "RESET ALL"],
    "DISCARD ALL": ["DISCARD ALL"],
    "search_path": ["SET search_path = pg_catalog"],
    "row_security": ["SET row_security = on"],
    "SET ROLE NONE": ["SET ROLE NONE", f"SET duizhang.region = '{B}'"],
}


def seen(two: Two, region: str, relation: str, *before: str) -> list[str]:
    return [row[0] for row in two.ask(region, *before, f"SELECT t::text FROM {relation} t")]


def strangers(rows: list[str], other: str = B) -> list[str]:
    return [row for row in rows if other in row or WHOSE[other] in row]


def test_every_table_and_view_has_rows_of_both(two: Two) -> None:
    """Else what follows would prove nothing about it."""
    relations = two.relations()
    assert len(relations) > 30
    for relation in relations:
        if relation in WORDS | OWN:
            continue
        counties = {row[0] for row in two.owner(f"SELECT DISTINCT county FROM {relation}")}
        assert {A, B} <= counties, relation


@pytest.mark.parametrize("trick", TRICKS)
def test_a_county_sees_its_own_rows_only(two: Two, trick: str) -> None:
    for relation in two.relations():
        own = seen(two, A, relation, *TRICKS[trick])
        assert strangers(own) == [], (relation, trick)
        if relation in OWN:
            assert own == [row for row in own if A in row] and len(own) == 1
        else:
            whole = two.owner(f"SELECT count(*) FROM {relation}" + ("" if relation in WORDS else f" WHERE county = '{A}'"))[0][0]
            assert len(own) == whole > 0, relation


def test_a_city_sees_its_counties_and_another_city_nothing(two: Two) -> None:
    for relation in set(two.relations()) - WORDS - OWN:
        whole = two.owner(f"SELECT count(*) FROM {relation} WHERE starts_with(county, '9901')")[0][0]
        assert len(seen(two, "9901", relation)) == whole > 1, relation
        assert seen(two, "9902", relation) == [], relation


def test_the_setting_counts_for_the_reader_alone(two: Two) -> None:
    def count(role: postgres.Role, region: str) -> int:
        with closing(connect(two.settings, role)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT set_config('duizhang.region', %s, false)", (region,))
            cursor.execute("SELECT count(*) FROM ledger.item")
            return int(cursor.fetchone()[0])

    assert count("reader", A) == len(seen(two, A, "ledger.item"))
    assert count("reader", "99") == count("pipeline", "") > count("reader", A)


def test_by_joining_counting_and_guessing(two: Two) -> None:
    number = two.owner(f"SELECT number FROM ledger.item WHERE county = '{B}' LIMIT 1")[0][0]
    for statement in (
        f"SELECT 1 FROM ledger.item WHERE county = '{B}'",
        f"SELECT 1 FROM ledger.item WHERE number = '{number}'",
        f"SELECT 1 FROM ledger.event a JOIN ledger.event b ON b.seq = a.seq WHERE b.county = '{B}'",
        f"SELECT 1 FROM ledger.subject s LEFT JOIN ledger.alias a USING (subject_id) WHERE a.county = '{B}' OR s.county = '{B}'",
        f"SELECT 1 FROM warehouse.v_household_items WHERE 户编号 = '{WHOSE[B]}户1'",
        f"SELECT 1 FROM ledger.v_flow v WHERE v.county = '{B}'",
        f"SELECT 1 FROM ledger.seal WHERE key LIKE '%{number[:3]}%' AND county = '{B}'",
    ):
        assert two.ask(A, statement) == [], statement
    assert two.ask(A, "SELECT DISTINCT county FROM ledger.item UNION SELECT DISTINCT county FROM warehouse.person") == [(A,)]
    assert two.ask(A, "SELECT max(n) FROM (SELECT count(*) OVER () AS n FROM ledger.chain) AS c") == [(1,)]


@pytest.mark.parametrize(
    "condition",
    [
        "(body ->> '姓名')::int > 0",  # a cast fails with the value in its message
        "(county || coalesce(body::text, ''))::int > 0",
        "1 / (CASE WHEN county = '990101' THEN 1 ELSE 0 END) > 0",  # an error tells that there is such a row
        "jsonb_build_object(body ->> '证件号码', 1) IS NULL AND (county::int / (county::int - 990102)) > 0",
    ],
)
def test_a_leaky_condition_never_meets_another_countys_row(two: Two, condition: str) -> None:
    """Row security comes before what a reader's condition does, in tables and through views."""
    with closing(two.connect(A)) as connection, connection.cursor() as cursor:
        for relation in ("ledger.value", "(SELECT i.county, v.body FROM warehouse.v_open_items i JOIN ledger.value v USING (county)) AS j"):
            try:
                cursor.execute(f"SELECT count(*) FROM {relation} WHERE {condition}")
                assert "990102" in condition or cursor.fetchone()
            except psycopg2.Error as error:
                assert strangers([str(error)]) == [] and "zero" not in str(error), relation


def test_statistics_tell_nothing(two: Two) -> None:
    with closing(connect(two.settings)) as connection, connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    known = two.owner("SELECT count(*) FROM pg_stats WHERE schemaname IN ('ledger', 'warehouse') AND most_common_vals IS NOT NULL")
    assert known[0][0] > 10
    assert two.ask(A, "SELECT count(*) FROM pg_stats WHERE schemaname IN ('ledger', 'warehouse')") == [(0,)]
    assert two.ask(A, "SELECT count(*) FROM pg_stats_ext WHERE schemaname IN ('ledger', 'warehouse')") == [(0,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM pg_statistic", "SELECT * FROM pg_authid", "SELECT * FROM pg_shadow", "SELECT pg_read_file('postgresql.conf')",
        "SELECT pg_ls_dir('.')", "COPY ledger.item TO '/tmp/items'", "COPY ledger.item TO PROGRAM 'cat'", "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_create(0)", "SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_xact_lock(1)", "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE mine (a int)", "CREATE TABLE public.mine (a int)", "CREATE TABLE ledger.mine (a int)", "CREATE SCHEMA mine",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE duizhang_pipeline", "SET ROLE duizhang_reader", "SET ROLE duizhang_county_990102", "SET ROLE postgres",
        "SET SESSION AUTHORIZATION duizhang_reader", "SET SESSION AUTHORIZATION duizhang_county_990102", "SET row_security = off; TABLE ledger.item",
        "GRANT duizhang_county_990102 TO CURRENT_USER", "ALTER ROLE CURRENT_USER BYPASSRLS", "ALTER ROLE duizhang_county_990102 PASSWORD 'x'",
        "CREATE ROLE mine", "SELECT ledger.destroy_values('2030-01-01')", "CALL ledger.protect()",
        "INSERT INTO ledger.grantee (role, region) VALUES (current_user, '99')", "UPDATE ledger.grantee SET region = '99'",
        "DELETE FROM ledger.grantee", "SET temp_file_limit = -1", "BEGIN; LOCK TABLE ledger.item IN ACCESS EXCLUSIVE MODE",
        "ALTER POLICY reader ON ledger.item USING (true)", "DROP VIEW ledger.v_flow", "VACUUM FULL ledger.item; TRUNCATE ledger.event",
    ],
)  # fmt: skip
def test_is_refused(two: Two, statement: str) -> None:
    with closing(two.connect(A)) as connection, connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg2.Error) as caught:
            for part in statement.split("; "):
                cursor.execute(part)
        assert caught.value.pgcode in ("42501", "0A000"), (statement, caught.value.pgcode)


def test_no_table_can_be_written(two: Two) -> None:
    with closing(two.connect(A)) as connection, connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        for table in two.relations("rp"):
            column = two.owner(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1")[0][0]
            for statement in (f"INSERT INTO {table} DEFAULT VALUES", f'UPDATE {table} SET "{column}" = NULL', f"DELETE FROM {table}",
                              f"TRUNCATE {table}", f"SELECT 1 FROM {table} FOR UPDATE"):  # fmt: skip
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute(statement)
        cursor.execute("SELECT sequence_schema || '.' || sequence_name FROM information_schema.sequences")
        assert cursor.fetchall() == []


def test_what_a_reader_may_call(two: Two) -> None:
    """Only what reads, and of that only the two that decide on regions run with another's rights."""
    called = {
        row[0]: row[1]
        for row in two.owner(
            "SELECT p.proname, p.prosecdef FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN "
            f"('ledger', 'warehouse') AND has_function_privilege('duizhang_county_{A}', p.oid, 'EXECUTE')"
        )
    }
    assert {"is_open", "in_region", "region"} <= set(called)
    assert [name for name, definer in called.items() if definer] == ["region"]
    volatile = two.owner(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('ledger', 'warehouse') "
        f"AND p.provolatile = 'v' AND has_function_privilege('duizhang_county_{A}', p.oid, 'EXECUTE')"
    )
    assert volatile == []
    assert two.ask(A, f"SET duizhang.region = '{B}'", "SELECT warehouse.region()") == [(A,)]
    assert two.ask(A, f"SET duizhang.region = '{B}'", f"SELECT warehouse.in_region('{B}'), warehouse.in_region('{A}')") == [(False, True)]


def test_every_table_and_view_is_protected(two: Two) -> None:
    """A later migration that forgets `CALL ledger.protect()` fails here."""
    policies: dict[str, dict[str, Any]] = {}
    for table, name, using, forced in two.owner(
        "SELECT format('%I.%I', n.nspname, c.relname), p.polname, pg_get_expr(p.polqual, p.polrelid), c.relrowsecurity AND c.relforcerowsecurity "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE n.nspname IN ('ledger', 'warehouse') AND c.relkind IN ('r', 'p')"
    ):
        policies.setdefault(table, {})[name] = using
        assert forced, table
    assert sorted(policies) == two.relations("rp")
    for table, found in policies.items():
        assert sorted(found) == ["pipeline", "reader"], table
        if table in WORDS:
            columns = two.owner(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname IN ('county', 'item_id')")
            assert (found["reader"], columns) == ("true", []), table
        elif table not in OWN:
            assert found["reader"].startswith("starts_with(county, ( SELECT warehouse.region()"), table
    assert two.relations("m") == []
    insecure = two.owner(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('ledger', 'warehouse') "
        "AND c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)"
    )
    assert insecure == []
    unsealed = two.owner(
        "SELECT s.tbl FROM ledger.sealed() s WHERE (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = ('ledger.' || s.tbl)::regclass "
        "AND t.tgname LIKE 'zz_seal_%' AND t.tgenabled = 'O') <> CASE s.tbl WHEN 'event' THEN 1 ELSE 3 END"
    )
    assert unsealed == []


def test_the_planner_tells_nothing_of_anothers_people(two: Two) -> None:
    """EXPLAIN shows what the planner expects of a condition: it must know nothing of names and numbers."""
    personal = ("户编号", "户主姓名", "人编号", "姓名", "证件号码", "idkey", "subject_key", "household_key", "person_key")
    with closing(connect(two.settings)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO warehouse.person (county, as_of, 人编号, 姓名, 证件号码, idkey, 来源, 覆盖) SELECT %s, '2026-10-25', 'P' || n, "
            "'某' || n %% 7, '99010219800101' || lpad(n::text, 4, '0'), 'k' || n, '{}', '{}' FROM generate_series(1, 2000) AS n",
            (B,),
        )
        cursor.execute("ANALYZE warehouse.person")
    try:
        kept = two.owner(f"SELECT tablename, attname FROM pg_stats WHERE schemaname = 'warehouse' AND attname IN {personal}")
        assert kept == []
        expected = {
            two.ask(A, f"EXPLAIN (FORMAT JSON) SELECT 1 FROM warehouse.person WHERE 证件号码 < '99010219800101{n:04d}'")[0][0][0]["Plan"]["Plan Rows"]
            for n in (0, 500, 1500, 2000)
        }
        assert len(expected) == 1
    finally:
        with closing(connect(two.settings)) as connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM warehouse.person WHERE county = %s AND 人编号 LIKE 'P%%'", (B,))
