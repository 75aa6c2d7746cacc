"""A made-up county, and its published workbook."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import county as made  # noqa: E402


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> made.County:
    """A county of 40 households with its checks on disk."""
    for name, value in made.code_root(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DUIZHANG_CONTACT", raising=False)
    return made.build(tmp_path)
