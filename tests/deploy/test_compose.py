"""docker-compose.yaml, Dockerfile and .env.example: valid, complete, and every service's command runs here natively."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}")
OURS = {
    "DUIZHANG_HOME", "DUIZHANG_ROOT", "DUIZHANG_INBOX", "DUIZHANG_DATABASE_URL", "DUIZHANG_DATABASE_URL_READER",
    "DUIZHANG_APPROVAL", "DUIZHANG_KEY", "DUIZHANG_MEMORY_LIMIT", "DUIZHANG_THREADS",
}  # fmt: skip


def _text() -> str:
    return (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(_text())
    return loaded


def _airflow(compose: dict[str, Any]) -> dict[str, Any]:
    return {name: body for name, body in compose["services"].items() if name.startswith("airflow-")}


def test_valid_by_the_compose_schema(compose: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "compose.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(compose, schema)


def test_the_services_of_airflows_own_file_and_a_warehouse(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {
        "postgres", "warehouse", "airflow-init", "airflow-api-server", "airflow-scheduler", "airflow-dag-processor",
        "airflow-triggerer", "airflow-cli",
    }  # fmt: skip


def test_every_mounted_path_and_volume_exists(compose: dict[str, Any]) -> None:
    used = set()
    for name, body in compose["services"].items():
        for mount in body.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{name}: {source}"
            else:
                used.add(source)
    assert used == set(compose["volumes"])


def test_airflow_sees_the_folders_the_package_needs(compose: dict[str, Any]) -> None:
    for name, body in _airflow(compose).items():
        targets = {mount.split(":")[1] for mount in body["volumes"]}
        root = body["environment"]["DUIZHANG_ROOT"]
        assert {f"{root}/{part}" for part in ("dags", "plugins", "include", "sql", "expectations")} | {"/data"} <= targets, name


def test_dependencies_name_services_that_can_meet_them(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, body in services.items():
        for other, how in body.get("depends_on", {}).items():
            assert other in services, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other], (name, other)
        if body.get("restart") == "always":
            assert "healthcheck" in body, name


def test_only_localhost_reaches_it(compose: dict[str, Any]) -> None:
    ports = [port for body in compose["services"].values() for port in body.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_services_run_without_root_but_for_the_one_that_makes_the_volume(compose: dict[str, Any]) -> None:
    users = {name: _filled(body["user"]) for name, body in _airflow(compose).items()}
    assert {name for name, user in users.items() if user.startswith("0")} == {"airflow-init"}
    assert "USER 50000:0" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_no_secret_stands_in_the_file(compose: dict[str, Any]) -> None:
    for name, body in compose["services"].items():
        for key, value in body.get("environment", {}).items():
            if re.search(r"PASSWORD$|SECRET|_KEY$", key):
                assert VARIABLE.fullmatch(str(value)), (name, key)
    env = dict(line.split("=", 1) for line in _env_lines() if not line.startswith("#"))
    assert all(value == "" for value in env.values())


def _env_lines() -> list[str]:
    return [line for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines() if re.match(r"(# )?[A-Z_]+=", line)]


def test_env_example_names_exactly_what_the_file_reads() -> None:
    known = {re.match(r"(?:# )?([A-Z_]+)=", line).group(1): line for line in _env_lines()}  # type: ignore[union-attr]
    used = {match[0]: match[1] for match in VARIABLE.findall(_text())}
    assert set(known) == set(used)
    for name, mark in used.items():
        required = not known[name].startswith("#")
        assert required == (mark == ":?"), name


def _filled(text: str) -> str:
    """`text` with variables as with an .env that sets only what must be set."""
    return VARIABLE.sub(lambda m: m[3] if m[2] == ":-" else "0" * 64, text)


@pytest.fixture(scope="module")
def options() -> set[str]:
    """AIRFLOW__SECTION__OPTION of every option this Airflow knows."""
    command = [sys.executable, "-m", "airflow", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True, env=_env()).stdout
    found, section = set(), ""
    for line in listed.splitlines():
        if match := re.match(r"\[(\w+)\]", line):
            section = match[1]
        elif match := re.match(r"#? ?(\w+) =", line):
            found.add(f"AIRFLOW__{section}__{match[1]}".upper())
    assert len(found) > 200
    return found


def _env() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW__")}


def test_airflow_knows_every_option(compose: dict[str, Any], options: set[str]) -> None:
    for body in _airflow(compose).values():
        unknown = {key for key in body["environment"] if key.startswith("AIRFLOW__")} - options
        assert unknown == set()


def test_the_package_reads_every_variable_of_ours(compose: dict[str, Any]) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for part in ("include/duizhang", "dags", "plugins") for path in (ROOT / part).rglob("*.py"))
    for body in _airflow(compose).values():
        ours = {key for key in body["environment"] if key.startswith("DUIZHANG_")}
        assert ours == OURS
        assert all(f'"{key}"' in sources for key in ours)


def test_local_airflow_uses_known_options_too(options: set[str]) -> None:
    text = (ROOT / "scripts" / "airflow_local.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(AIRFLOW__\w+)"', text))
    assert named
    assert named - options == set()


@pytest.mark.parametrize("service", ["airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer", "airflow-cli"])
def test_each_service_command_runs(compose: dict[str, Any], service: str) -> None:
    command = compose["services"][service]["command"]
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *command, "--help"], capture_output=True, text=True, check=False, env=_env()
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert "usage: airflow" in done.stdout.lower()


@pytest.mark.parametrize("arguments", [["db", "migrate"], ["pools", "set"], ["jobs", "check"]])
def test_the_commands_of_init_and_health_checks_exist(compose: dict[str, Any], arguments: list[str]) -> None:
    shown = json.dumps(compose["services"])
    assert f"airflow {' '.join(arguments)}" in shown
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *arguments, "--help"], capture_output=True, text=True, check=False, env=_env()
    )
    assert done.returncode == 0
    flags = set(re.findall(r"--[a-z-]+", " ".join(re.findall(rf"airflow {' '.join(arguments)} ([^'\"]*)", shown))))
    assert all(flag in done.stdout for flag in flags)


def test_the_shell_of_init_and_of_the_warehouse_is_sound(compose: dict[str, Any]) -> None:
    script = _filled(compose["services"]["airflow-init"]["command"][0]).replace("$$", "$")
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0
    warehouse = (ROOT / "scripts" / "warehouse_init.sh")
    assert os.access(warehouse, os.X_OK)
    assert subprocess.run(["bash", "-n", str(warehouse)], check=False).returncode == 0


def test_the_warehouse_gets_the_roles_of_the_embedded_server() -> None:
    sql = (ROOT / "scripts" / "warehouse_init.sh").read_text(encoding="utf-8")
    embedded = (ROOT / "include" / "duizhang" / "core" / "postgres.py").read_text(encoding="utf-8")
    for right in ("NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS", "GRANT CONNECT ON DATABASE duizhang TO duizhang_reader"):
        assert right in sql
        assert right in embedded


def test_the_image_is_built_from_the_hashed_lock_and_copies_what_exists() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(lines)
    assert "--require-hashes -r requirements.lock" in text
    for line in lines:
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def _docker_compose() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _docker_compose(), reason="no docker compose here")
def test_docker_accepts_the_file(tmp_path: Path) -> None:
    names = {match[0] for match in VARIABLE.findall(_text()) if match[1] == ":?"}
    env = tmp_path / ".env"
    env.write_text("".join(f"{name}={'0' * 64}\n" for name in names), encoding="utf-8")
    command = ["docker", "compose", "--env-file", str(env), "-f", str(ROOT / "docker-compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
