"""Against the truth: everything planted is found and nothing else, printed per indicator."""

from __future__ import annotations

from pathlib import Path

import pytest
from duizhang.core.settings import Settings

from tests.e2e import city

LONGER = [pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, 4)]


def _perfect(settings: Settings, tmp_path: Path, people: int, seed: int, least_codes: int) -> None:
    out = city.make(tmp_path, people, seed)
    for result in city.scores(settings, out):
        print(f"\n{people} people, seed {seed}, {result.as_of}\n{result.table()}")
        assert len([code for code, row in result.by_code.items() if row[0]]) >= least_codes
        assert result.missed == []
        assert result.false_alarms == []
        assert result.near_misses > 0
        assert result.near_hits == []


@pytest.mark.parametrize("seed", [1, *LONGER])
def test_two_hundred_people(settings: Settings, tmp_path: Path, seed: int) -> None:
    _perfect(settings, tmp_path, 200, seed, 40)


@pytest.mark.parametrize("seed", [1, *LONGER])
def test_five_thousand_people(settings: Settings, tmp_path: Path, seed: int) -> None:
    _perfect(settings, tmp_path, 5000, seed, 350)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_fifty_thousand_people(settings: Settings, tmp_path: Path, seed: int) -> None:
    _perfect(settings, tmp_path, 50_000, seed, 350)
