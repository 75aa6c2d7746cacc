"""Shared by the tests of single parts: an empty made-up city of two counties."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generative.kit import City


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A home and an inbox with regions and parameters, and no delivery yet."""
    return City(tmp_path)
