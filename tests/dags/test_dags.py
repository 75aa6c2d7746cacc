"""The DAG files: which DAGs they make, how quickly, with what imports, and that they parse to the same twice."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAGS = {"sync", "reconcile", "publish", "remind", "receive", "score", "watch", "retention"}
FILES = sorted((ROOT / "dags").glob("*.py"))
PARSE = """
import json, sys, time
from airflow.plugins_manager import _get_plugins
_get_plugins()
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
folder = sys.argv[1]
DagBag(folder)
bag = DagBag(folder)
print("RESULT", json.dumps({
    "dags": {name: DagSerialization.to_dict(dag) for name, dag in bag.dags.items()},
    "errors": bag.import_errors,
    "seconds": {stat.file: stat.duration.total_seconds() for stat in bag.dagbag_stats},
    "modules": sorted({name.split(".")[0] for name in sys.modules}),
}, default=str))
"""


def _parse(**extra: str) -> dict[str, Any]:
    env = {**os.environ, **extra}
    command = [sys.executable, "-c", PARSE, str(ROOT / "dags")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd="/")
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
    return result


@pytest.fixture(scope="module")
def parsed() -> dict[str, Any]:
    return _parse()


@pytest.fixture(scope="module")
def dags(parsed: dict[str, Any]) -> dict[str, Any]:
    assert parsed["errors"] == {}
    return {name: body["dag"] for name, body in parsed["dags"].items()}


def _tasks(dag: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["__var"]["task_id"]: task["__var"] for task in dag["tasks"]}


def test_exactly_these_dags(dags: dict[str, Any]) -> None:
    assert set(dags) == DAGS


def test_warm_parse_takes_less_than_a_second_each(parsed: dict[str, Any]) -> None:
    assert len(parsed["seconds"]) == len(DAGS)
    assert max(parsed["seconds"].values()) < 1


def test_parsing_imports_nothing_heavy(parsed: dict[str, Any]) -> None:
    heavy = {"great_expectations", "pandas", "duckdb", "pyarrow", "fastapi", "openpyxl", "boto3", "paramiko"}
    assert heavy & set(parsed["modules"]) == set()
    assert "airflow" in parsed["modules"]


def test_two_parses_serialise_alike(parsed: dict[str, Any]) -> None:
    again = _parse(PYTHONHASHSEED="7")
    assert json.dumps(again["dags"], sort_keys=True) == json.dumps(parsed["dags"], sort_keys=True)


def test_each_dag_says_who_what_and_how(dags: dict[str, Any]) -> None:
    for name, dag in dags.items():
        assert "duizhang" in dag["tags"], name
        assert f"**{name}**" in dag["doc_md"], name
        assert any("一" <= char <= "鿿" for char in dag["doc_md"]), name
        assert dag["max_active_runs"] == 1, name
        assert not dag["catchup"], name
        for task_id, task in _tasks(dag).items():
            said = {**task, **(task.get("partial_kwargs") or {})}
            assert said.get("owner") == "duizhang", (name, task_id)
            assert said.get("retries") == 2, (name, task_id)


def test_work_is_mapped_and_heavy_work_stands_in_its_pool(dags: dict[str, Any]) -> None:
    mapped = {(name, task_id) for name, dag in dags.items() for task_id, task in _tasks(dag).items() if task.get("_is_mapped")}
    assert mapped == {
        ("sync", "pull"), ("sync", "ingest"), ("sync", "announce"), ("reconcile", "county"), ("publish", "issue"), ("receive", "take"),
        ("remind", "county"), ("score", "county"),
    }  # fmt: skip
    pooled = {
        (name, task_id)
        for name, dag in dags.items()
        for task_id, task in _tasks(dag).items()
        if "heavy" in (task.get("pool"), (task.get("partial_kwargs") or {}).get("pool"))
    }
    light = {("sync", "announce"), ("sync", "pull"), ("remind", "county")}
    whole = {("sync", "books"), ("retention", "destroy"), ("score", "departments"), ("receive", "departments")}
    assert pooled == (mapped - light) | whole


def test_every_task_tells_of_its_failure_and_a_source_does_not_stop_the_others(dags: dict[str, Any]) -> None:
    for name, dag in dags.items():
        for task_id, task in _tasks(dag).items():
            assert {**task, **(task.get("partial_kwargs") or {})}.get("has_on_failure_callback"), (name, task_id)
    tasks = _tasks(dags["sync"])
    assert tasks["waiting"]["trigger_rule"] == "all_done"
    assert tasks["all_came"].get("trigger_rule", "all_success") == "all_success"
    assert set(tasks["pull"]["downstream_task_ids"]) == {"waiting", "all_came"}


@pytest.mark.parametrize(
    ("name", "county", "leaf", "goes_on"),
    [
        ("reconcile", "county", "all_checked", "summarise"), ("publish", "issue", "all_issued", "summarise"),
        ("receive", "take", "all_taken", "summarise"), ("score", "county", "all_scored", "departments"),
    ],
)  # fmt: skip
def test_what_follows_the_counties_follows_though_one_failed(dags: dict[str, Any], name: str, county: str, leaf: str, goes_on: str) -> None:
    tasks = _tasks(dags[name])
    assert {leaf, goes_on} <= set(tasks[county]["downstream_task_ids"])
    assert tasks[goes_on]["trigger_rule"] == "none_skipped"
    assert tasks[leaf].get("trigger_rule", "all_success") == "all_success"  # it makes the run red
    assert not tasks[leaf].get("downstream_task_ids")


def test_a_list_goes_out_after_the_approval_alone(dags: dict[str, Any]) -> None:
    tasks = _tasks(dags["publish"])
    assert set(tasks["gate"]["downstream_task_ids"]) == {"approve", "approved"}
    assert set(tasks["approve"]["downstream_task_ids"]) == {"approved"}
    assert set(tasks["approved"]["downstream_task_ids"]) == {"issue"}
    assert tasks["issue"].get("trigger_rule", (tasks["issue"].get("partial_kwargs") or {}).get("trigger_rule", "all_success")) == "all_success"


def test_one_asset_ties_sync_and_reconcile(dags: dict[str, Any]) -> None:
    assert "duizhang://books" in json.dumps(dags["reconcile"]["timetable"])
    announce = _tasks(dags["sync"])["announce"]
    assert "duizhang://books" in json.dumps(announce)
    others = [task for name, dag in dags.items() for key, task in _tasks(dag).items() if (name, key) != ("sync", "announce")]
    assert not any("duizhang://books" in json.dumps(task.get("outlets", [])) for task in others)


def test_timetables_can_be_switched_off() -> None:
    switched = _parse(DUIZHANG_TIMETABLES="off")
    assert "NullTimetable" in json.dumps(switched["dags"]["sync"]["dag"]["timetable"])
    assert "NullTimetable" in json.dumps(switched["dags"]["receive"]["dag"]["timetable"])
    assert "NullTimetable" in json.dumps(switched["dags"]["remind"]["dag"]["timetable"])
    assert "NullTimetable" in json.dumps(switched["dags"]["score"]["dag"]["timetable"])
    assert "duizhang://books" in json.dumps(switched["dags"]["reconcile"]["dag"]["timetable"])


def test_approval_can_be_switched_off_by_the_environment(dags: dict[str, Any]) -> None:
    switched = _parse(DUIZHANG_APPROVAL="off")["dags"]["publish"]["dag"]
    assert _default(dags["publish"], "approval") is True
    assert _default(switched, "approval") is False


def _default(dag: dict[str, Any], name: str) -> Any:
    return dict(dag["params"])[name]["default"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dag_file_is_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    tops = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    allowed = set(sys.stdlib_module_names) | {"airflow", "duizhang", "duizhang_timetable"}
    assert {name.split(".")[0] for name in tops} <= allowed
    assert "from duizhang import airflow_edge as edge" in text
    assert not any(name.startswith("duizhang.") for name in tops)


def test_ruff_finds_no_outdated_airflow() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--select", "AIR3", "--no-cache", "dags", "plugins"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
