"""Credentials of sources, resolved when they are needed and never written down by us.

Inside an Airflow task the edge hands in a resolver that asks Airflow. Outside, `resolve` looks for the environment
variable `AIRFLOW_CONN_<ID>` (Airflow's own forms: an address or JSON), then for a YAML file of mode 0600:
`DUIZHANG_CONNECTIONS`, else `<home>/secrets/connections.yaml` (id → {conn_type, host, port, login, password, schema, extra}).
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings


@dataclass(frozen=True)
class Connection:
    """How to reach and enter a place. Its secrets do not show in its repr."""

    conn_id: str
    conn_type: str
    host: str = ""
    port: int | None = None
    login: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    schema: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


Resolver = Callable[[str], Connection]


def resolver(settings: Settings) -> Resolver:
    """A resolver for use outside of Airflow: the environment first, then the connections file."""

    def resolve(conn_id: str) -> Connection:
        text = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}")
        if text:
            return parse(conn_id, text)
        found = _from_file(settings, conn_id)
        if found is None:
            raise ContractProblem(
                f"Connection {conn_id} is not known.",
                action=f"Set AIRFLOW_CONN_{conn_id.upper()}, or add it to secrets/connections.yaml (mode 0600), or to Airflow.",
            )
        return found

    return resolve


def parse(conn_id: str, text: str) -> Connection:
    """Airflow's text of a connection (JSON, or type://login:password@host:port/schema?extra). Never repeats it."""
    try:
        return of_fields(conn_id, json.loads(text)) if text.lstrip().startswith("{") else _of_address(conn_id, text)
    except (ValueError, TypeError):
        raise ContractProblem(f"Connection {conn_id} cannot be understood.", action="Write it as Airflow does.") from None


def of_fields(conn_id: str, fields: Mapping[str, Any]) -> Connection:
    """A connection from Airflow's field names; `extra` is a mapping or JSON text."""
    extra = fields.get("extra") or {}
    if isinstance(extra, str):
        extra = json.loads(extra)
    if not isinstance(extra, Mapping) or not isinstance(fields.get("conn_type"), str):
        raise ContractProblem(f"Connection {conn_id} has no conn_type, or its extra is no mapping.")
    port = fields.get("port")
    return Connection(
        conn_id, _kind(fields["conn_type"]), str(fields.get("host") or ""), int(port) if port else None,
        str(fields.get("login") or ""), str(fields.get("password") or ""), str(fields.get("schema") or ""), dict(extra),
    )  # fmt: skip


def _of_address(conn_id: str, text: str) -> Connection:
    parts = urlsplit(text)
    if not parts.scheme:
        raise ValueError
    query = dict(parse_qsl(parts.query))
    extra = json.loads(query.pop("__extra__")) if "__extra__" in query else query
    return Connection(
        conn_id, _kind(parts.scheme), unquote(parts.hostname or ""), parts.port, unquote(parts.username or ""),
        unquote(parts.password or ""), unquote(parts.path.lstrip("/")), extra,
    )  # fmt: skip


def _kind(text: str) -> str:
    kind = text.lower().replace("-", "_")
    return "postgres" if kind == "postgresql" else kind


def _from_file(settings: Settings, conn_id: str) -> Connection | None:
    path = Path(os.environ.get("DUIZHANG_CONNECTIONS") or settings.secrets / "connections.yaml")
    if not path.is_file():
        return None
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ContractProblem(f"{path.name} can be read by others.", action="chmod 600 it, and change the passwords in it.")
    try:
        known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError:
        raise ContractProblem(f"{path.name} is no YAML.") from None
    if not isinstance(known, Mapping) or not isinstance(known.get(conn_id, {}), Mapping):
        raise ContractProblem(f"{path.name} does not map connection ids to fields.")
    return of_fields(conn_id, known[conn_id]) if conn_id in known else None
