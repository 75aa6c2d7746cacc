"""What is reckoned from the rows agrees with what the planters say, and untouched households raise nothing."""

from __future__ import annotations

import sys

import pytest
from duizhang import world as _package  # noqa: F401 – the module `make` is hidden by the function of that name
from duizhang.world.model import MONTHS
from duizhang.world.planters import reckoning
from duizhang.world.planters.places import PlaceView

make = sys.modules["duizhang.world.make"]
INCOME = "002 003 010 011 012 013 014 015 017 018 019 020 021 022 023 025 026 030 032"
MEMBERS = "003 010 011 013 014 015 018 019 020 021 022 023 024 026 027 028 030 031"
CODES = {f"INC-{n}" for n in INCOME.split()} | {f"MEM-{n}" for n in MEMBERS.split()} | {f"JOB-{n:03d}" for n in range(1, 23)}


@pytest.fixture(scope="module")
def world() -> object:
    return make.build(2000, 1, 3, False)


def reckoned(world: object, houses: list[object], month: object) -> set[tuple[str, str, str]]:
    view = PlaceView(month, "990101", [], houses, [], {}, houses)  # type: ignore[arg-type]
    return set(reckoning.people_and_households(view))


def test_untouched_households_raise_nothing(world: object) -> None:
    used = {house.key for slot in (*world.slots, *world.place_slots) for house in slot.houses}  # type: ignore[attr-defined]
    assert reckoned(world, [house for house in world.houses if house.key not in used], MONTHS[0]) == set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("month", MONTHS, ids=lambda month: month.folder)
def test_planters_are_borne_out_and_near_misses_are_not(world: object, month: object) -> None:
    houses, rows, nears = make.realise(world, month)
    found = reckoned(world, houses, month)
    planted = {(row.code, row.kind, row.key) for row in rows if not row.defect.startswith("O-") and row.code in CODES}
    missed = {(row.code, row.kind, row.key) for row in nears if row.code in CODES}
    assert len({code for code, _, _ in planted}) > 20
    assert planted - found == set()
    assert missed & found - planted == set()
