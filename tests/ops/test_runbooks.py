"""Every command that a runbook shows is one that the program has, and does what it is shown for."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from duizhang import ledger, pipeline
from duizhang.cli import app
from duizhang.core import postgres
from duizhang.core.settings import Settings
from typer.testing import CliRunner

from tests.e2e import city
from tests.ops.conftest import Lived

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
COMMAND = re.compile(r"^ {4,}(duizhang .+)$", re.MULTILINE)
COMMANDS = sorted({found for path in RUNBOOKS.glob("*.md") for found in COMMAND.findall(path.read_text(encoding="utf-8"))})
NEEDS_CHANNELS = "test-alert"


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 20
    assert {shlex.split(command)[1] for command in COMMANDS} >= {"backup", "restore", "retention", "pull", "alarms", "audit", "test-alert"}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_program_knows_the_command_and_its_options(command: str) -> None:
    words = shlex.split(command)[1:]
    verb = words[:2] if words[0] in ("audit", "access") else words[:1]
    done = CliRunner().invoke(app, [*verb, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert [word for word in words if word.startswith("--") and word not in done.output] == []


@pytest.mark.slow
def test_each_command_runs(lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a home after October; where a runbook says November or later, October."""
    home = lived.settings
    inbox = lived.inbox("2026-10")
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [{"name": "前置机", "url": f"file://{inbox}", "settle": 0}]}))
    monkeypatch.setenv("DUIZHANG_SOURCES", str(tmp_path / "sources.yaml"))
    county = pipeline.counties(home, city.OCTOBER)[0]
    shutil.copy(next((home.out / county / "current" / "").glob("对账清单_*.xlsx")), tmp_path / "RETURNED.xlsx")
    shutil.copy(next(inbox.rglob("*.csv")), tmp_path / "FILE")
    (tmp_path / "HEADS.json").write_text(json.dumps(ledger.heads(home)), encoding="utf-8")
    (tmp_path / "LIST.xlsx").write_text("户编号,问题类型\n990199999999,是否危房户为空\n", encoding="utf-8")
    said = {"LIST.xlsx": str(tmp_path / "LIST.xlsx"), "NEWHOME": str(tmp_path / "new"),
            "HOME": str(home.home), "INBOX": str(inbox), "/backup": str(tmp_path / "backup"),
            "RETURNED.xlsx": str(tmp_path / "RETURNED.xlsx"), "HEADS.json": str(tmp_path / "HEADS.json"), "990101": county}  # fmt: skip
    try:
        # a backup must be there before it is restored, and a home before it is looked at
        for command in sorted(COMMANDS, key=lambda c: (0 if " backup " in c else 1 if " restore " in c else 2, c)):
            text = re.sub(r"(--as-of|--day) \d{4}-\d\d-\d\d", rf"\1 {city.OCTOBER}", command)
            for word, real in said.items():
                text = text.replace(word, real) if word.startswith("/") else re.sub(rf"(?<![A-Z/]){re.escape(word)}\b", real, text)
            done = CliRunner().invoke(app, shlex.split(text)[1:])
            wanted = 1 if NEEDS_CHANNELS in command else 0
            assert done.exit_code == wanted, f"{command}\n{done.output}\n{done.exception!r}"
    finally:
        if (tmp_path / "new").exists():
            postgres.destroy(Settings.load(tmp_path / "new"))
