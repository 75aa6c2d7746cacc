"""The operator's page: closed to strangers by Airflow's own security, and every text on it escaped."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from duizhang.core import postgres
from duizhang.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "plugins"), str(ROOT / "scripts")]

import duizhang_view  # noqa: E402

# In a process of its own: Airflow reads its configuration once.
ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from airflow.api_fastapi.app import create_auth_manager, get_auth_manager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi.testclient import TestClient
create_auth_manager()
import duizhang_view
client = TestClient(duizhang_view.LazyApp(), raise_server_exceptions=False)
viewer = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="v", role="viewer"))
nobody = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="n", role=None))
asked = {
    "stranger": {}, "forged": {"Authorization": "Bearer " + viewer[:-4] + "AAAA"},
    "without role": {"Authorization": "Bearer " + nobody}, "viewer": {"Authorization": "Bearer " + viewer},
    "cookie": {"Cookie": "_token=" + viewer},
}
answers = {}
for path in ("/", "/summary.json", "/docs", "/openapi.json"):
    for who, headers in asked.items():
        answer = client.get(path, headers=headers)
        answers[f"{path} {who}"] = [answer.status_code, answer.text, answer.headers.get("cache-control")]
print("RESULT", json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, tuple[int, str, str | None]]]:
    import airflow_local

    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        settings = Settings.load(Path(folder) / "home")
        summary = {"schema": 1, "latest": "2026-10-25", "runs": {"2026-10-25": {"as_of": "2026-10-25", "feeds": {"某账": {"files": 7319}}}}}
        (settings.home / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        try:
            env = airflow_local.environment(settings, port=airflow_local.free_port(0))
            airflow_local.airflow(env, "db", "migrate")
            command = [sys.executable, "-c", ASK, str(ROOT / "plugins")]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd="/")
            assert done.returncode == 0, done.stderr[-2000:]
            line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
            yield json.loads(line.removeprefix("RESULT "))
        finally:
            postgres.destroy(settings)


def test_strangers_see_nothing(answers: dict[str, tuple[int, str, str | None]]) -> None:
    for path in ("/", "/summary.json"):
        for who, wanted in (("stranger", 401), ("forged", 403), ("without role", 403)):
            status, text, _ = answers[f"{path} {who}"]
            assert status == wanted, (path, who)
            assert "7319" not in text.replace(",", "")


def test_who_may_read_the_dag_sees_the_page(answers: dict[str, tuple[int, str, str | None]]) -> None:
    for who in ("viewer", "cookie"):
        status, text, cache = answers[f"/ {who}"]
        assert status == 200
        assert "7,319" in text
        assert "某账" in text
        assert cache == "no-store"
        assert json.loads(answers[f"/summary.json {who}"][1])["feeds"] == {"某账": {"files": 7319}}


def test_no_interface_is_documented_to_the_world(answers: dict[str, tuple[int, str, str | None]]) -> None:
    for path in ("/docs", "/openapi.json"):
        assert {answers[f"{path} {who}"][0] for who in ("stranger", "viewer")} == {404}


def test_every_text_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    shown = duizhang_view.page({bad: bad, "feeds": {bad: {bad: bad}}, "problems": [{"code": bad, "rows": [bad]}]})
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_home_without_runs_has_a_page_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))
    assert duizhang_view.read_summary() is None
    assert "还没有运行记录" in duizhang_view.page(None)
    monkeypatch.delenv("DUIZHANG_HOME")
    assert duizhang_view.read_summary() is None
