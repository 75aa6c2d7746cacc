"""The servers, one of each for the session, and how a test pulls from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from duizhang.core.settings import Settings
from duizhang.pull import Arrival, Connection, SourceSpec, pull_source

from tests.sources import servers

Pull = Callable[..., list[Arrival]]


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Sshd]:
    if servers.program("sshd") is None:
        pytest.skip("no sshd here: install openssh-server")
    with servers.sshd(tmp_path_factory.mktemp("ssh") / "server") as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    if servers.program("mariadbd") is None:
        pytest.skip("no mariadbd here: install mariadb-server")
    with servers.mariadb(tmp_path_factory.mktemp("maria") / "server") as connection:
        yield connection


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """The sender's folder: two files that have stood for long."""
    folder = tmp_path / "outbox"
    (folder / "乡").mkdir(parents=True)
    (folder / "甲.csv").write_bytes(b"one")
    (folder / "乡" / "乙.csv").write_bytes(b"two")
    return folder


@pytest.fixture
def take(settings: Settings) -> Pull:
    """Pull from a source given by its fields; everything has settled (the clock is a day ahead) unless `clock` says."""

    def run(connection: Connection | None = None, *, clock: Callable[[], float] | None = None, **fields: object) -> list[Arrival]:
        import time

        day = fields.pop("day", None)
        spec = SourceSpec.model_validate({"name": "来源", **({"connection": connection.conn_id} if connection else {}), **fields})
        resolve = lambda _: connection  # noqa: E731
        return pull_source(settings, spec, resolve, day, clock or (lambda: time.time() + 86400))  # type: ignore[arg-type]

    return run
