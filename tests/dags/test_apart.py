"""Real Airflow: a county that fails does not hold up the others, and the run still says that it failed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from duizhang.core import postgres
from duizhang.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

# What the tasks would do to a county is not the point here: the second one has no usable book.
RUN = """
import json, sys
from airflow.plugins_manager import _get_plugins
_get_plugins()
from airflow.dag_processing.dagbag import DagBag
from duizhang import cycle, pipeline
from duizhang.core.errors import FeedProblem

approved = []

def issue(settings, county, as_of):
    if county == "990102":
        raise FeedProblem("没有可用的账")
    return {"county": county, "version": "v", "rows": 1, "issued": 1}

pipeline.counties = lambda settings, as_of: ["990101", "990102", "990103"]
pipeline.summarise = lambda settings, as_of: {"counties": 3}
cycle.state = lambda settings, county, as_of: "books-of-" + county
cycle.approve = lambda settings, county, as_of, who, on: approved.append((county, who, on))
cycle.issue = issue
bag = DagBag(sys.argv[1])
run = bag.dags["publish"].test(run_conf={"as_of": "2026-10-25", "approval": False})
tasks = {f"{ti.task_id} {ti.map_index}": str(ti.state) for ti in run.get_task_instances()}
print("RESULT", json.dumps({"run": str(run.state), "tasks": tasks, "approved": approved}))
"""


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    import airflow_local
    from duizhang import ledger
    from duizhang.ledger import steps

    with tempfile.TemporaryDirectory(prefix="dz-home-") as folder:
        settings = Settings.load(Path(folder) / "home")
        try:
            env = airflow_local.environment(settings, port=airflow_local.free_port(0))
            ledger.migrate(settings)
            airflow_local.airflow(env, "db", "migrate")
            command = [sys.executable, "-c", RUN, str(ROOT / "dags")]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd="/")
            assert done.returncode == 0, done.stderr[-2000:]
            line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
            found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return {**found, "opened": [(each.county, each.cycle, each.step) for each in steps.steps(settings)]}
        finally:
            postgres.destroy(settings)


def test_the_others_go_on(outcome: dict[str, Any]) -> None:
    tasks = outcome["tasks"]
    assert [tasks[f"issue {n}"] for n in range(3)] == ["success", "failed", "success"]
    assert tasks["summarise -1"] == "success"


def test_the_run_is_red(outcome: dict[str, Any]) -> None:
    assert outcome["tasks"]["all_issued -1"] == "upstream_failed"
    assert outcome["run"] == "failed"


def test_without_an_approval_nobody_is_named(outcome: dict[str, Any]) -> None:
    assert outcome["tasks"]["approve -1"] == "skipped"
    assert sorted(outcome["approved"]) == [[county, "auto", "books-of-" + county] for county in ("990101", "990102", "990103")]


def test_every_countys_cycle_was_opened(outcome: dict[str, Any]) -> None:
    assert outcome["opened"] == [(county, "2026-10", "open") for county in ("990101", "990102", "990103")]
