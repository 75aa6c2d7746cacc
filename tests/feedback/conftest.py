"""A real PostgreSQL for lists from above: one server for the session, an empty ledger and an empty lake for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from duizhang import ledger
from duizhang.core import postgres
from duizhang.core.settings import Settings

from tests.feedback.kit import clear
from tests.ledger.ledger_kit import wipe

KEY = "5c" * 32


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a home with a running server."""
    settings = Settings.load(tmp_path_factory.mktemp("feedback") / "home")
    postgres.ensure(settings)
    yield settings
    postgres.destroy(settings)


@pytest.fixture
def home(server: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an empty, migrated ledger, an empty lake and a fixed installation key."""
    monkeypatch.setenv("DUIZHANG_KEY", KEY)
    wipe(server)
    clear(server)
    ledger.migrate(server)
    return server
