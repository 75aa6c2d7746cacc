"""Monthly cycles with random officers: the invariants of the ledger every month, with and without crashes.

Six months are part of every run; three years, more counties and more seeds are `slow`. Below the check everything is made
up (a living world, `living.py`); merge, publication, workbooks, answers, receipts and lists are the product's own.
A failure names seed, month and county: `Soak(folder, seed, …).live(n)` plays the same history again.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.soak.driver import KEY, Soak

SHORT, LONG = 6, 36
LATELY = (2026, 5)  # six months of which the calendar of working days is known


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIZHANG_KEY", KEY)
    monkeypatch.setenv("DUIZHANG_EXPECTATIONS", "")
    monkeypatch.delenv("DUIZHANG_DATABASE_URL", raising=False)


def _live(folder: Path, seed: int, months: int, *, deaths: bool = False, counties: int = 2, size: int = 200) -> tuple[list[str], Counter[str], int]:
    """(digest of the ledger after each month, what happened, how often a step died) of one soak."""
    folder.mkdir()
    first = LATELY if months == SHORT else (2023, 11)
    soak = Soak(folder, seed, counties=counties, size=size, first=first, deaths=random.Random(f"deaths {seed}") if deaths else None)
    try:
        soak.live(months)
    finally:
        soak.close()
    return soak.digests, soak.watchman.seen, soak.died


def test_six_months(tmp_path: Path) -> None:
    _, seen, _ = _live(tmp_path / "one", 1, SHORT)
    wanted = {"found", "issued", "answered", "proven", "returned", "restated", "verified_not_so", "exempted", "renumbered", "moved_in", "gone"}
    assert wanted <= set(seen), f"the history is too tame: no {wanted - set(seen)}"
    assert seen["rows accepted"] > 80 and seen["rows repeated"] and seen["rows sent back"]


def test_six_months_with_a_death_in_every_step(tmp_path: Path) -> None:
    """The ledger, month by month, is that of a run in which nothing died."""
    calm, _, _ = _live(tmp_path / "calm", 2, SHORT)
    shaken, _, died = _live(tmp_path / "shaken", 2, SHORT, deaths=True)
    assert died > 40
    assert shaken == calm


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_three_years(tmp_path: Path, seed: int) -> None:
    _, seen, _ = _live(tmp_path / "one", seed, LONG, counties=3, size=400)
    wanted = {"withdrawn", "reopened", "acknowledged", "reappeared", "moved_out"}
    assert wanted <= set(seen), f"the history is too tame: no {wanted - set(seen)}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22])
def test_three_years_with_a_death_in_every_step(tmp_path: Path, seed: int) -> None:
    calm, _, _ = _live(tmp_path / "calm", seed, LONG, counties=3, size=300)
    shaken, _, died = _live(tmp_path / "shaken", seed, LONG, counties=3, size=300, deaths=True)
    assert died > 400
    assert shaken == calm
