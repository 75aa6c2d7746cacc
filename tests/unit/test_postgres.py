"""The embedded PostgreSQL: starts, survives a crash, and opens to nobody else – as root and as a normal user."""

from __future__ import annotations

import json
import multiprocessing
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg2
import pytest
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.postgres_server import OPTIONS, server_for
from duizhang.core.settings import Settings

ROOT = os.geteuid() == 0
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        made = Settings.load(Path(folder) / "home")
        yield made
        postgres.destroy(made)


def _ask(database: postgres.Database, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(database.dsn())
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())
    finally:
        connection.close()


def _as_user(user: pwd.struct_passwd, work: Callable[[], None]) -> str:
    """What `work` raised when run as `user` ('' if nothing). Forks, for the interpreter may lie below /root."""
    results = FORK.SimpleQueue()

    def child() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 - handed to the parent
            results.put(f"{type(problem).__name__}: {problem}")
        else:
            results.put("")

    process = FORK.Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    return str(results.get())


def _list(folder: Path) -> None:
    list(folder.iterdir())


@pytest.fixture
def other_user() -> Iterator[pwd.struct_passwd]:
    if not ROOT:
        pytest.skip("needs root, to become another user")
    name = f"dzt-{secrets.token_hex(3)}"
    subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], check=True)
    yield pwd.getpwnam(name)
    subprocess.run(["userdel", name], check=True, capture_output=True)


def test_first_start_is_quick_and_roles_are_small() -> None:
    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        fresh = Settings.load(Path(folder) / "home")
        began = time.monotonic()
        database = postgres.ensure(fresh)
        try:
            assert time.monotonic() - began < 30  # one second on an idle machine
            rows = _ask(
                database,
                "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles "
                "WHERE rolname IN ('duizhang_pipeline', 'duizhang_reader', 'airflow') ORDER BY 1",
            )
            names = ("airflow", "duizhang_pipeline", "duizhang_reader")
            assert rows == [(name, False, False, False, False) for name in names]
        finally:
            postgres.destroy(fresh)
        assert not server_for(fresh).data.exists()


def test_each_role_reaches_its_own_database_only(settings: Settings) -> None:
    for role in ("pipeline", "reader", "airflow"):
        database = postgres.ensure(settings, role)
        found = _ask(database, "SELECT current_user::text, current_database()::text")
        assert found == [(database.user, database.dbname)]
    reader = postgres.ensure(settings, "reader")
    elsewhere = postgres.Database(reader.host, reader.port, reader.user, reader.password, "airflow")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        _ask(elsewhere, "SELECT 1")
    airflow = postgres.ensure(settings, "airflow")
    elsewhere = postgres.Database(airflow.host, airflow.port, airflow.user, airflow.password, "duizhang")
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        _ask(elsewhere, "SELECT 1")


def test_every_line_of_pg_hba_asks_for_a_password(settings: Settings) -> None:
    postgres.ensure(settings)
    lines = (server_for(settings).data / "pg_hba.conf").read_text().splitlines()
    methods = [line.split()[-1] for line in lines if line.strip() and not line.startswith("#")]
    assert methods
    assert set(methods) == {"scram-sha-256"}


def test_wrong_or_missing_password_is_refused(settings: Settings) -> None:
    database = postgres.ensure(settings)
    for password in ("", "wrong"):
        wrong = postgres.Database(database.host, database.port, database.user, password, database.dbname)
        with pytest.raises(psycopg2.OperationalError, match="password"):
            _ask(wrong, "SELECT 1")


def test_no_tcp_port_and_closed_modes(settings: Settings) -> None:
    database = postgres.ensure(settings)
    assert _ask(database, "SHOW listen_addresses") == [("",)]
    assert _ask(database, "SHOW fsync") == [("on",)]
    modes = {
        Path(database.host): 0o700,
        server_for(settings).data: 0o700,
        settings.home: 0o700,
        settings.secrets: 0o700,
        settings.secrets / "postgres.json": 0o600,
        settings.home / "logs" / "postgres.log": 0o600,
    }
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in modes} == modes


def test_another_local_user_reads_neither_socket_nor_data_nor_home(
    settings: Settings, other_user: pwd.struct_passwd
) -> None:
    database = postgres.ensure(settings)
    # Even with the right password the socket cannot be reached.
    assert "Permission denied" in _as_user(other_user, lambda: psycopg2.connect(database.dsn()).close())
    folders = (server_for(settings).data, settings.home, settings.secrets, Path(database.host))
    for folder in folders:
        assert _as_user(other_user, partial(_list, folder)).startswith("PermissionError")


def test_the_server_is_no_root_process(settings: Settings) -> None:
    postgres.ensure(settings)
    server = server_for(settings)
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    assert (Path(f"/proc/{pid}").stat().st_uid == os.geteuid()) != ROOT


def test_a_normal_user_runs_it_in_the_home(other_user: pwd.struct_passwd) -> None:
    base = Path(tempfile.mkdtemp(prefix="dz-user-"))
    os.chown(base, other_user.pw_uid, other_user.pw_gid)

    def work() -> None:
        own = Settings.load(base / "home")
        try:
            assert _ask(postgres.ensure(own), "SELECT 1") == [(1,)]
            server = server_for(own)
            assert server.data == base / "home" / "pg"
            assert server.data.stat().st_uid == other_user.pw_uid
        finally:
            postgres.destroy(own)

    try:
        assert _as_user(other_user, work) == ""
    finally:
        shutil.rmtree(base)


def test_a_killed_server_is_started_again_with_its_rows(settings: Settings) -> None:
    database = postgres.ensure(settings)
    connection = psycopg2.connect(database.dsn())
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    connection.close()
    pid = int((server_for(settings).data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    assert _ask(postgres.ensure(settings), "SELECT answer FROM kept") == [(42,)]
    assert time.monotonic() - began < 25


def test_stop_twice_then_start_and_the_socket_folder_taken_by_another(settings: Settings) -> None:
    first = postgres.ensure(settings)
    postgres.stop(settings)
    postgres.stop(settings)
    with pytest.raises(psycopg2.OperationalError):
        _ask(first, "SELECT 1")
    Path(first.host).mkdir(mode=0o755)
    try:
        second = postgres.ensure(settings)
        assert second.host != first.host
        assert _ask(second, "SELECT 1") == [(1,)]
    finally:
        Path(first.host).rmdir()


def test_a_swept_socket_folder_is_made_anew(settings: Settings) -> None:
    database = postgres.ensure(settings)
    shutil.rmtree(database.host)
    assert _ask(postgres.ensure(settings), "SELECT 1") == [(1,)]


def test_many_processes_at_once_start_one_server() -> None:
    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        fresh = Settings.load(Path(folder) / "home")
        seen = FORK.SimpleQueue()

        def work() -> None:
            seen.put(_ask(postgres.ensure(fresh), "SELECT pg_postmaster_start_time()::text")[0][0])

        workers = [FORK.Process(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        try:
            assert [worker.exitcode for worker in workers] == [0] * 4
            assert len({seen.get() for _ in workers}) == 1
        finally:
            postgres.destroy(fresh)


def test_the_data_of_a_deleted_home_are_not_given_to_the_next(settings: Settings) -> None:
    if not ROOT:
        pytest.skip("a normal user's data lie in the home and go with it")
    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        first = Settings.load(Path(folder) / "home")
        postgres.ensure(first)
        shutil.rmtree(first.home)
        second = Settings.load(Path(folder) / "home")
        try:
            assert _ask(postgres.ensure(second), "SELECT 1") == [(1,)]
            orphans = list(server_for(second).data.parent.glob("pg.orphan-*"))
            assert len(orphans) == 1
        finally:
            postgres.destroy(second)


def test_errors_and_statements_leave_no_value_in_the_log(settings: Settings) -> None:
    database = postgres.ensure(settings)
    marked = f"张标记{secrets.token_hex(4)}"
    with pytest.raises(psycopg2.errors.InvalidTextRepresentation):
        _ask(database, f"SELECT '{marked}'::int")
    log = (settings.home / "logs" / "postgres.log").read_text()
    assert OPTIONS["log_min_messages"] == "log"
    assert "ready to accept connections" in log
    assert marked not in log


def test_the_password_shows_neither_in_repr_nor_in_errors(settings: Settings) -> None:
    database = postgres.ensure(settings)
    assert database.password not in repr(database)
    state = json.loads((settings.secrets / "postgres.json").read_text())
    assert len({state[name] for name in ("admin", "pipeline", "reader", "airflow")}) == 4


def test_an_external_server_is_used_as_it_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = postgres.ensure(settings)
    elsewhere = Settings(home=settings.home, database_url="postgresql://u:p%40ss@127.0.0.1:1/db")
    with pytest.raises(InfraProblem) as caught:
        postgres.ensure(elsewhere)
    assert "p@ss" not in str(caught.value)
    with pytest.raises(ContractProblem, match="DUIZHANG_DATABASE_URL_READER"):
        postgres.ensure(elsewhere, "reader")
    with pytest.raises(ContractProblem, match="Airflow"):
        postgres.ensure(elsewhere, "airflow")
    monkeypatch.setenv("DUIZHANG_DATABASE_URL_READER", embedded.url(""))
    by_url = postgres.ensure(elsewhere, "reader")
    assert _ask(by_url, "SELECT current_user::text") == [(embedded.user,)]


def test_url_and_dsn_name_the_same_database(settings: Settings) -> None:
    import sqlalchemy

    database = postgres.ensure(settings)
    engine = sqlalchemy.create_engine(database.url())
    with engine.connect() as connection:
        found = connection.execute(sqlalchemy.text("SELECT pg_postmaster_start_time()::text")).scalar()
    engine.dispose()
    assert _ask(database, "SELECT pg_postmaster_start_time()::text") == [(found,)]
