"""Shared fixtures: settings with a home of the test's own, the book of contracts, the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
from duizhang.contracts.load import Book, load_book
from duizhang.core.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose home is empty and belongs to this test alone."""
    return Settings.load(tmp_path / "home")


@pytest.fixture(scope="session")
def shared_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for read-only use of the project's own catalogue and contracts."""
    return Settings.load(tmp_path_factory.mktemp("shared-home"))


@pytest.fixture(scope="session")
def book(shared_settings: Settings) -> Book:
    """All contracts of the project."""
    return load_book(shared_settings)
