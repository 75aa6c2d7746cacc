"""Logins of counties (and of cities and provinces) to the database, each for the rows of its own region.

A role `duizhang_county_<6 digits>` or `duizhang_region_<2 or 4 digits>` inherits the reader's rights and nothing else. What
it sees is decided by who logged in (`ledger.grantee`, `warehouse.region()`), never by a setting. Passwords are generated,
stand in `<home>/secrets/access.json` (0600), and reach the server only as SCRAM verifiers.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from duizhang.core import postgres
from duizhang.core.errors import ContractProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.ops.secret_files import change, read

LOG = logger("ops.access")
FILE = "access.json"
READER = "duizhang_reader"
CONNECTIONS = 5
# The session may change these but the last, which the server's owner alone can: they bound mistakes, not malice.
LIMITS = {
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "default_transaction_read_only": "on",
    "search_path": "warehouse, ledger",
}
OWNERS_LIMITS = {"temp_file_limit": "1GB"}
# What every role of PostgreSQL may call and a county must not: locks (it could make a run wait) and large objects (it could write).
CLOSED = "^(pg_(try_)?advisory_.*|lo_(creat|create|from_bytea|put|open)|lowrite)$"
_REGION = re.compile(r"\d{2}|\d{4}|\d{6}")


@dataclass(frozen=True)
class Access:
    """One login. `ready`: the role is there and may log in; `known`: its password stands in access.json."""

    role: str
    region: str
    ready: bool
    known: bool


def role_of(region: str) -> str:
    """The role of `region`: 6 digits (county), 4 (city) or 2 (province); any other is a ContractProblem."""
    if not _REGION.fullmatch(region) or not region.isascii():
        raise ContractProblem("A region is 2, 4 or 6 digits.", action="Give the code of a province, a city or a county.")
    return f"duizhang_{'county' if len(region) == 6 else 'region'}_{region}"


def grant(settings: Settings, region: str, *, renew: bool = False) -> Access:
    """Make the login of `region`, or mend it; `renew` gives it a new password. The database must be migrated.

    On a server of one's own the role is made where the pipeline's role may make roles; a role that its DBA has made is only
    entered. Else a ContractProblem whose action is what the DBA must run.
    """
    role = role_of(region)
    with _maker(settings) as (connection, owner):
        there = _exists(connection, role)
        password = None if renew else read(settings, FILE).get(role)
        if there is None or owner or _may_make_roles(connection):
            password = password or secrets.token_urlsafe(24)
            _make(connection, role, password, there is not None, owner)
            change(settings, FILE, {role: password})
        elif renew:
            raise _for_the_dba(role)
        _check(connection, role)
    with db.transaction(settings) as cursor:
        cursor.execute(
            "INSERT INTO ledger.grantee AS g (role, region) VALUES (%s, %s) ON CONFLICT (role) DO UPDATE SET region = excluded.region "
            "WHERE g.region <> excluded.region",
            (role, region),
        )
    LOG.info("granted %s to %s", region, role)
    return Access(role, region, True, password is not None)


def revoke(settings: Settings, region: str) -> bool:
    """Take the login of `region` away: at once for sessions that run, too. Gives whether there was one."""
    role = role_of(region)
    with db.transaction(settings) as cursor:
        cursor.execute("DELETE FROM ledger.grantee WHERE role = %s", (role,))
        gone = bool(cursor.rowcount)
    with _maker(settings) as (connection, owner), connection.cursor() as cursor:
        if _exists(connection, role) is not None:
            gone = True
            if not owner and not _may_make_roles(connection):
                raise _for_the_dba(role, f"DROP ROLE {role};")
            name = sql.Identifier(role)
            cursor.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(name))
            if owner:
                cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", (role,))
                cursor.execute(sql.SQL("DROP OWNED BY {}").format(name))
            cursor.execute(sql.SQL("DROP ROLE {}").format(name))
    change(settings, FILE, {role: None})
    LOG.info("revoked %s", role)
    return gone


def granted(settings: Settings) -> list[Access]:
    """Every login there is, by region."""
    known = read(settings, FILE)
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute(
            "SELECT g.role::text, g.region, coalesce(r.rolcanlogin, false) FROM ledger.grantee g "
            "LEFT JOIN pg_roles r ON r.rolname = g.role ORDER BY g.region"
        )
        return [Access(role, region, ready, role in known) for role, region, ready in cursor.fetchall()]


def login(settings: Settings, region: str) -> postgres.Database:
    """How `region` logs in. ContractProblem where access.json has no password for it."""
    role = role_of(region)
    password = read(settings, FILE).get(role)
    if password is None:
        raise ContractProblem(f"{FILE} has no password for {role}.", action=f"Run duizhang access grant {region}.")
    return replace(postgres.ensure(settings), user=role, password=password)


@contextmanager
def _maker(settings: Settings) -> Iterator[tuple[Any, bool]]:
    """An autocommit connection that may make roles, and whether it is the server's owner."""
    found = postgres.administrator(settings)
    try:
        connection = psycopg2.connect((found or postgres.ensure(settings)).dsn())
    except psycopg2.Error as error:
        raise db.problem(error) from None
    connection.autocommit = True
    try:
        yield connection, found is not None
    except psycopg2.Error as error:
        raise db.problem(error) from None
    finally:
        connection.close()


def _exists(connection: Any, role: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = %s", (role,)
        )
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _may_make_roles(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _make(connection: Any, role: str, password: str, there: bool, owner: bool) -> None:
    name, verb = sql.Identifier(role), sql.SQL("ALTER" if there else "CREATE")
    verifier = sql.Literal(encrypt_password(password, role, connection, "scram-sha-256"))
    # from 16 on a membership may be for inheriting alone: the role cannot become the reader
    alone = " WITH INHERIT TRUE, SET FALSE" if connection.server_version >= 160000 else ""
    reset = " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS" if owner or not there else ""
    statements = [
        sql.SQL(f"{{}} ROLE {{}} LOGIN INHERIT{reset} CONNECTION LIMIT {CONNECTIONS} PASSWORD {{}}").format(verb, name, verifier),
        sql.SQL(f"GRANT {READER} TO {{}}{alone}").format(name),
    ]
    for setting, value in {**LIMITS, **(OWNERS_LIMITS if owner else {})}.items():
        words = sql.SQL(value) if setting == "search_path" else sql.Literal(value)
        statements.append(sql.SQL(f"ALTER ROLE {{}} SET {setting} = {{}}").format(name, words))
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            if owner:
                _close(cursor)
    except psycopg2.errors.InsufficientPrivilege:
        raise _for_the_dba(role) from None


def _close(cursor: Any) -> None:
    """Keep for the pipeline, in this database, what PostgreSQL lets every role call."""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ %s", (CLOSED,)
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO duizhang_pipeline")
    # of columns that migration 010 keeps out of the statistics, what an earlier version had gathered
    cursor.execute(
        "DELETE FROM pg_statistic s USING pg_attribute a, pg_class c WHERE c.oid = s.starelid AND a.attrelid = c.oid "
        "AND a.attnum = s.staattnum AND a.attstattarget = 0 AND c.relnamespace = 'warehouse'::regnamespace"
    )


def _check(connection: Any, role: str) -> None:
    """The role is no more than it may be: a ContractProblem where it has a right of its own, or no reader's right."""
    rights = _exists(connection, role)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(b.rolname::text) FROM pg_auth_members m JOIN pg_roles b ON b.oid = m.roleid "
            "JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
            (role,),
        )
        groups = set(cursor.fetchone()[0] or [])
    if rights is None or any(rights) or groups != {READER}:
        raise _for_the_dba(role)


def _for_the_dba(role: str, statements: str = "") -> ContractProblem:
    text = statements or (
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {CONNECTIONS} "
        f"PASSWORD '…'; GRANT {READER} TO {role};"
        + "".join(f" ALTER ROLE {role} SET {name} = {value if ',' in value else repr(value)};" for name, value in LIMITS.items())
    )
    return ContractProblem(
        f"The pipeline's role may not make {role}, or that role is more than a reader.",
        action=f"The server's DBA runs (docs/runbooks/access.md), then grant again: {text}",
    )
