"""One small city's October, run once, for everything that is done to a whole home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from duizhang import pipeline
from duizhang.core import postgres
from duizhang.core.settings import Settings

from tests.e2e import city


@dataclass
class Lived:
    """A home after October, with a returned workbook lying in returns/ and a key file of its own."""

    settings: Settings
    world: Path

    def inbox(self, month: str) -> Path:
        """The files of a month."""
        return self.world / "inbox" / month


def live(folder: Path) -> Lived:
    """A home below `folder` that has gone through October."""
    world = city.make(folder, 120, 5, counties=1, mishaps=False)
    settings = Settings.load(folder / "home")
    pipeline.run(settings, world / "inbox" / "2026-10", city.OCTOBER, docs=False)
    settings.returns.mkdir(mode=0o700, exist_ok=True)
    county = pipeline.counties(settings, city.OCTOBER)[0]
    book = next((settings.out / county / "current" / "").glob("对账清单_*.xlsx"))
    shutil.copy(book, settings.returns / "returned.xlsx")
    return Lived(settings, world)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Shared: a test leaves it as it was."""
    made = live(tmp_path_factory.mktemp("lived"))
    yield made
    postgres.destroy(made.settings)
