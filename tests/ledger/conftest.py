"""A real PostgreSQL for the ledger's tests: one server for the session, an empty pair of schemas for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core import postgres
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import connect, wipe

KEY = "7e" * 32


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a home with a running server."""
    settings = Settings.load(tmp_path_factory.mktemp("ledger-home") / "home")
    postgres.ensure(settings)
    yield settings
    postgres.destroy(settings)


@pytest.fixture
def settings(server: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an empty, migrated ledger and a fixed installation key."""
    monkeypatch.setenv("DUIZHANG_KEY", KEY)
    wipe(server)
    ledger.migrate(server)
    return server


@pytest.fixture
def sql(settings: Settings) -> Iterator[Any]:
    """A cursor of role pipeline, each statement its own transaction."""
    connection = connect(settings)
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for the Parquet files of a test."""
    return tmp_path
