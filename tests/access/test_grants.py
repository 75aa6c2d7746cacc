"""Making, listing and taking away logins; passwords of counties' workbooks."""

from __future__ import annotations

import stat
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from duizhang import ledger
from duizhang.cli import app
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.ops import access, secret_files
from typer.testing import CliRunner

from tests.access.conftest import Two
from tests.ledger.ledger_kit import A

C = "990103"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_login_is_a_reader_and_no_more(two: Two) -> None:
    assert two.owner(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin, rolconnlimit "
        f"FROM pg_roles WHERE rolname = 'duizhang_county_{A}'"
    ) == [(False, False, False, False, False, True, 5)]
    assert two.owner(f"SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname = 'duizhang_county_{A}'") == [(True,)]
    assert two.ask(A, "SHOW statement_timeout") == [("1min",)] and two.ask(A, "SHOW temp_file_limit") == [("1GB",)]
    assert two.ask(A, "SHOW default_transaction_read_only") == [("on",)]
    assert mode(two.settings.secrets / access.FILE) == 0o600 and mode(two.settings.secrets) == 0o700


def test_only_so_many_connections(two: Two) -> None:
    held = [two.connect("9902") for _ in range(access.CONNECTIONS)]
    try:
        with pytest.raises(psycopg2.OperationalError, match="too many connections"):
            two.connect("9902")
    finally:
        for connection in held:
            connection.close()


def test_granted_again_renewed_and_revoked(two: Two) -> None:
    """From the command line; a session that runs loses its rows and its connection."""
    home = ["--home", str(two.settings.home)]
    runner = CliRunner()
    made = runner.invoke(app, ["access", "grant", C, *home])
    first = access.login(two.settings, C).password
    assert made.exit_code == 0 and f"duizhang_county_{C} sees {C}" in made.output and first not in made.output
    assert runner.invoke(app, ["access", "grant", C, *home]).exit_code == 0
    assert access.login(two.settings, C).password == first
    runner.invoke(app, ["access", "grant", C, "--renew", *home])
    assert access.login(two.settings, C).password != first
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(access.login(two.settings, C).dsn().replace(access.login(two.settings, C).password, first))
    listed = runner.invoke(app, ["access", "list", *home]).output
    assert f"duizhang_county_{C}  {C}  ready  password here" in listed and "duizhang_region_9901  9901" in listed
    with closing(two.connect(C)) as running:
        assert runner.invoke(app, ["access", "revoke", C, *home]).exit_code == 0
        with pytest.raises(psycopg2.OperationalError), running.cursor() as cursor:
            cursor.execute("SELECT 1")
    assert two.owner(f"SELECT count(*) FROM pg_roles WHERE rolname = 'duizhang_county_{C}'") == [(0,)]
    assert C not in {each.region for each in access.granted(two.settings)}
    assert runner.invoke(app, ["access", "revoke", C, *home]).exit_code == 1
    with pytest.raises(ContractProblem, match="no password"):
        access.login(two.settings, C)


def test_a_role_without_its_line_sees_nothing(two: Two) -> None:
    access.grant(two.settings, C)
    with closing(two.connect(C)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT warehouse.region()")
        assert cursor.fetchone() == (C,)
        with db.transaction(two.settings) as write:
            write.execute("DELETE FROM ledger.grantee WHERE region = %s", (C,))
        cursor.execute("SELECT warehouse.region(), (SELECT count(*) FROM ledger.state), (SELECT count(*) FROM ledger.item)")
        region, words, items = cursor.fetchone()
        assert (region, items) == (None, 0) and words > 5
    access.revoke(two.settings, C)


def test_a_role_that_is_more_than_a_reader_is_not_granted(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server of one's own, where the pipeline makes no roles: only what the DBA has made, and made right."""
    owner = postgres.administrator(two.settings)
    assert owner is not None
    monkeypatch.setattr(postgres, "administrator", lambda settings: None)
    with pytest.raises(ContractProblem, match=rf"CREATE ROLE duizhang_county_{C} LOGIN NOSUPERUSER .* GRANT duizhang_reader"):
        access.grant(two.settings, C)
    with closing(psycopg2.connect(owner.dsn())) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        try:
            cursor.execute(f"CREATE ROLE duizhang_county_{C} LOGIN CREATEDB; GRANT duizhang_reader TO duizhang_county_{C}")
            with pytest.raises(ContractProblem, match="more than a reader"):
                access.grant(two.settings, C)
            cursor.execute(f"ALTER ROLE duizhang_county_{C} NOCREATEDB")
            made = access.grant(two.settings, C)
            assert (made.ready, made.known) == (True, False)
            with pytest.raises(ContractProblem, match="DROP ROLE"):
                access.revoke(two.settings, C)
            assert C not in {each.region for each in access.granted(two.settings)}  # sees nothing already
        finally:
            cursor.execute(f"DROP ROLE duizhang_county_{C}")


@pytest.mark.parametrize("region", ["", "9", "990", "99010", "9901011", "99%", "9901 ", "９９０１", "99'--", "duizhang"])
def test_a_region_is_a_code(two: Two, region: str) -> None:
    with pytest.raises(ContractProblem):
        access.grant(two.settings, region)


def test_making_logins_is_no_tampering(two: Two) -> None:
    """The grants that the fixtures made were made by the program: the audit says nothing of them."""
    assert [p for p in ledger.verify(two.settings) if "grantee" in p.what and "9901" in p.what] == []


def test_the_password_of_a_county(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home")
    home = ["--home", str(settings.home)]
    done = CliRunner().invoke(app, ["password", A, *home])
    made = secret_files.read(settings, "passwords.json")[A]
    assert done.exit_code == 0 and made not in done.output and len(made) == 23
    assert mode(settings.secrets / "passwords.json") == 0o600
    assert CliRunner().invoke(app, ["password", A, "--show", *home]).output.strip() == made
    assert CliRunner().invoke(app, ["password", "990102", *home]).exit_code == 0
    assert secret_files.county_password(settings, A, renew=True) != made
    assert set(secret_files.read(settings, "passwords.json")) == {A, "990102"}
    assert isinstance(CliRunner().invoke(app, ["password", "99", *home]).exception, ContractProblem)
    (settings.secrets / "passwords.json").write_text("[]")
    with pytest.raises(ContractProblem, match="no JSON object"):
        secret_files.county_password(settings, A)
