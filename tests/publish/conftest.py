"""A made-up county, and its published workbook."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import county as made  # noqa: E402
from duizhang import publish  # noqa: E402
from duizhang.publish.model import LIST_SHEET  # noqa: E402
from filling import rows  # noqa: E402
from returned import Out  # noqa: E402


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> made.County:
    """A county of 40 households with its checks on disk."""
    for name, value in made.code_root(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DUIZHANG_CONTACT", raising=False)
    return made.build(tmp_path)


@pytest.fixture
def out(county: made.County, tmp_path: Path) -> Out:
    p = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    return Out(county, p.workbook, [row["问题编号"] for row in rows(p.workbook, LIST_SHEET)], tmp_path / "交回的 清单（1）.xlsx")
