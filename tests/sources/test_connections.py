"""Where credentials come from, what a source may say, and that neither is ever repeated."""

from __future__ import annotations

import json
import traceback
from pathlib import Path

import pytest
from duizhang import airflow_edge as edge
from duizhang import pipeline, pull
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.pull import Connection, load_sources, resolver
from typer.testing import CliRunner

from tests.sources.servers import PASSWORD


def test_the_environment_in_both_of_airflows_forms(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_GATE", "sftp://me:p%40ss@host.example:2222/?key_file=%2Fkeys%2Fid")
    assert resolver(settings)("gate") == Connection("gate", "sftp", "host.example", 2222, "me", "p@ss", "", {"key_file": "/keys/id"})
    text = {"conn_type": "postgres", "host": "h", "login": "l", "password": "p", "schema": "d", "port": 5433, "extra": {"sslmode": "require"}}
    monkeypatch.setenv("AIRFLOW_CONN_GATE", json.dumps(text))
    assert resolver(settings)("gate") == Connection("gate", "postgres", "h", 5433, "l", "p", "d", {"sslmode": "require"})


def test_the_connections_file_must_be_closed_to_others(settings: Settings) -> None:
    settings.secrets.mkdir()
    path = settings.secrets / "connections.yaml"
    path.write_text(f"gate: {{conn_type: sftp, host: h, login: me, password: {PASSWORD}}}")
    path.chmod(0o600)
    assert resolver(settings)("gate").password == PASSWORD
    with pytest.raises(ContractProblem, match="not known"):
        resolver(settings)("other")
    path.chmod(0o640)
    with pytest.raises(ContractProblem, match="read by others"):
        resolver(settings)("gate")


def test_inside_of_airflow_its_own_connection_is_asked_and_then_the_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(settings.home))
    monkeypatch.setenv("AIRFLOW_CONN_GATE", "postgres://me:secret@h:5432/d")
    found = edge._airflow_connection("gate")
    assert (found.conn_type, found.host, found.password, found.schema) == ("postgres", "h", "secret", "d")


@pytest.mark.parametrize("text", ["nonsense " + PASSWORD, "{" + PASSWORD, f'{{"password": "{PASSWORD}"}}', f"sftp://u:{PASSWORD}@h:port/x"])
def test_a_connection_that_cannot_be_understood_is_not_repeated(text: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_GATE", text)
    with pytest.raises(ContractProblem) as caught:
        resolver(settings)("gate")
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


GOOD = {"stem": "名单", "sql": "SELECT a FROM t ORDER BY a", "data_date": "given"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"name": "a", "url": f"sftp://u:{PASSWORD}@h/x", "connection": "c"}, "url holds a login"),
        ({"name": "a", "url": "ftp://h/x", "connection": "c"}, "none of file"),
        ({"name": "a", "url": "sftp://h/x"}, "connection is missing"),
        ({"name": "a/../b", "url": "file:///x"}, "no plain word"),
        ({"name": "a", "url": "file:///x", "queries": [GOOD]}, "exactly one of"),
        ({"name": "a"}, "exactly one of"),
        ({"name": "a", "connection": "c", "queries": [{**GOOD, "sql": "SELECT a FROM t"}]}, "ORDER BY"),
        ({"name": "a", "connection": "c", "queries": [{**GOOD, "sql": "DELETE FROM t"}]}, "one SELECT"),
        ({"name": "a", "connection": "c", "queries": [{**GOOD, "sql": "SELECT 1 ORDER BY 1; DROP TABLE t"}]}, "one SELECT"),
        ({"name": "a", "connection": "c", "queries": [GOOD, GOOD]}, "stands twice"),
        ({"name": "a", "url": "file:///x", "password": PASSWORD}, "password"),
    ],
)
def test_a_wrong_source_is_refused_and_not_repeated(
    source: dict[str, object], words: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [source]}))
    monkeypatch.setenv("DUIZHANG_SOURCES", str(tmp_path / "sources.yaml"))
    with pytest.raises(ContractProblem, match=words) as caught:
        load_sources(settings)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_one_source_that_fails_does_not_stop_the_others(settings: Settings, outbox: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from duizhang.cli import app

    sources = [{"name": "一", "url": f"file://{tmp_path}/missing"}, {"name": "二", "url": f"file://{outbox}", "settle": 0}]
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": sources}))
    monkeypatch.setenv("DUIZHANG_SOURCES", str(tmp_path / "sources.yaml"))
    done = CliRunner().invoke(app, ["pull", "--source", "all", "--home", str(settings.home)])
    assert done.exit_code == 1 and "InfraProblem" in done.output
    assert {a.name for a in pull.arrivals(settings)} == {"二/甲.csv", "二/乡/乙.csv"}
    assert len(pipeline.pending(settings)) == 2
    monkeypatch.setenv("DUIZHANG_HOME", str(settings.home))
    monkeypatch.delenv("DUIZHANG_INBOX", raising=False)
    assert edge.places({}) == [{"source": "一", "inbox": ""}, {"source": "二", "inbox": ""}]
    assert edge.places({"inbox": "/x"})[0] == {"source": "inbox", "inbox": "/x"}


def test_the_shipped_sources_file_is_valid_and_empty(shared_settings: Settings) -> None:
    assert load_sources(shared_settings) == {}
