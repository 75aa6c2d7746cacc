"""Airflow and all on localhost: its configuration for one home, its processes, its REST API."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from duizhang import ledger
from duizhang.airflow_edge import HEAVY
from duizhang.core import postgres
from duizhang.core.settings import Settings

USER = "admin"
COMPONENTS = ("scheduler", "dag-processor", "triggerer", "api-server")
STOP_SECONDS = 20


def free_port(wanted: int = 8080) -> int:
    """`wanted` if nothing listens there on localhost, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on localhost")


def secret(path: Path) -> str:
    """The secret kept in `path` (0600), made at the first call."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8").strip()


def environment(settings: Settings, *, port: int, inbox: Path | None = None) -> dict[str, str]:
    """The environment of every Airflow process for this home."""
    home, root = settings.home / "airflow", settings.root
    database = postgres.ensure(settings, "airflow")
    password = secret(settings.secrets / "airflow-password")
    passwords = settings.secrets / "airflow-users.json"
    passwords.write_text(json.dumps({USER: password}), encoding="utf-8")
    passwords.chmod(0o600)
    base = f"http://127.0.0.1:{port}"
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": base,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__SECRET_KEY": secret(settings.secrets / "airflow-api.key"),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": secret(settings.secrets / "airflow-jwt.key"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(root / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(root / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.url(),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.home / "logs" / "airflow"),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
        "AIRFLOW__TRIGGERER__CAPACITY": "20",
        "DUIZHANG_HOME": str(settings.home),
        "DUIZHANG_ROOT": str(root),
    }
    if inbox is not None:
        own["DUIZHANG_INBOX"] = str(inbox)
    left_out = ("AIRFLOW_", "PYTHONDONTWRITEBYTECODE")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    return {**inherited, **own}


def airflow(env: dict[str, str], *arguments: str) -> None:
    """Run one airflow command to its end; its output goes to the log, an error ends us."""
    log = Path(env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]).parent / "airflow-setup.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as out:
        command = [sys.executable, "-m", "airflow", *arguments]
        if subprocess.run(command, env=env, stdout=out, stderr=out, check=False, cwd="/").returncode != 0:
            raise SystemExit(f"airflow {' '.join(arguments)} failed. See {log}.")


def prepare(settings: Settings, env: dict[str, str]) -> None:
    """Migrate the ledger and Airflow's metadata, and make the pool of heavy tasks."""
    ledger.migrate(settings)
    airflow(env, "db", "migrate")
    airflow(env, "pools", "set", HEAVY, env.get("DUIZHANG_HEAVY_SLOTS", "2"), "checks and matching: memory and cores")


class Local:
    """The running Airflow of one home; `with Local(env)` starts it and stops what it started."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.base = env["AIRFLOW__API__BASE_URL"]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._token = ""

    def __enter__(self) -> Local:
        logs = Path(self.env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"])
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in COMPONENTS:
            with (logs / f"{name}.log").open("ab") as out:
                command = [sys.executable, "-m", "airflow", name]
                self.processes[name] = subprocess.Popen(
                    command, env=self.env, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True
                )
        return self

    def __exit__(self, *_: object) -> None:
        """Stop each process group that was started here, by its id; what does not go in time is killed."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def check_alive(self) -> None:
        """Raise when one of the processes has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise SystemExit(f"Airflow's {name} ended by itself ({process.returncode}). See {self._log(name)}.")

    def _log(self, name: str) -> str:
        return str(Path(self.env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]) / f"{name}.log")

    def wait_healthy(self, seconds: float = 120) -> None:
        """Until API, scheduler and DAG processor report themselves healthy."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check_alive()
            try:
                state = self._request("GET", "/api/v2/monitor/health", signed=False)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                state = {}
            parts = ("metadatabase", "scheduler", "dag_processor")
            if all((state.get(part) or {}).get("status") == "healthy" for part in parts):
                return
            time.sleep(0.5)
        raise SystemExit(f"Airflow was not healthy after {seconds:.0f} s. See {self._log('scheduler')}.")

    def wait_scheduler(self, beats: int = 3, seconds: float = 120) -> None:
        """Until the scheduler has written `beats` new heartbeats: by then it has been through whole rounds of its loop."""
        until, seen = time.monotonic() + seconds, set()
        while time.monotonic() < until:
            self.check_alive()
            state = self._request("GET", "/api/v2/monitor/health", signed=False)
            seen.add((state.get("scheduler") or {}).get("latest_scheduler_heartbeat"))
            if len(seen) > beats:
                return
            time.sleep(0.5)
        raise SystemExit(f"Airflow's scheduler stands still. See {self._log('scheduler')}.")

    def wait_dags(self, wanted: set[str], seconds: float = 120) -> None:
        """Until the DAGs `wanted` have been parsed."""
        until = time.monotonic() + seconds
        found: set[str] = set()
        while time.monotonic() < until:
            self.check_alive()
            found = {each["dag_id"] for each in self.call("GET", "/api/v2/dags")["dags"]}
            if wanted <= found:
                return
            time.sleep(0.5)
        raise SystemExit(f"DAGs not parsed: {', '.join(sorted(wanted - found))}. See {self._log('dag-processor')}.")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One signed request to the REST API; JSON in, JSON out."""
        if not self._token:
            users = Path(self.env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
            login = {"username": USER, "password": json.loads(users.read_text(encoding="utf-8"))[USER]}
            self._token = self._request("POST", "/auth/token", login, signed=False)["access_token"]
        try:
            return self._request(method, path, body)
        except urllib.error.HTTPError as problem:
            raise SystemExit(f"{method} {path}: HTTP {problem.code} {problem.read()[:500]!r}") from None

    def _request(self, method: str, path: str, body: Any = None, *, signed: bool = True) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if signed:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        # Localhost only: a proxy of the environment must not see the token.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None
