"""Planters of INC on villages: round incomes, and the same income in household after household."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceSite, village_plants
from duizhang.world.sectors import lastyear, work

OTHER = "其他转移性收入"


def _income(s: PlaceSite, nth: int, wage: int, transfer: int) -> None:
    """The `nth` household lives of these two alone, has worked for the wage, and had a little less last year."""
    house = s.houses[nth]
    house.nat |= {money.BUSINESS: 0, money.COST: 0, "资产收益扶贫分红收入": 0, "其他财产性收入": 0, "其他工资性收入": wage, OTHER: transfer}
    money.settle(house)
    lastyear.set_income(house, round(money.num(house, "人均纯收入（元）") / 1.08, 2))
    for row in house.members[0].books.get(work.SPELLS, []):
        row["务工月收入"] = round(wage / 12, 2)


def _round_incomes(s: PlaceSite, count: int) -> list[Raise]:
    for nth in range(count):
        _income(s, nth, 11_000 + 1_000 * nth, 1_000)
    return s.here("INC-028")


@village_plants("INC-028", "single", houses=30)
def _nineteen_of_thirty(s: PlaceSite) -> list[Raise]:
    return _round_incomes(s, 19)


@village_plants("INC-028", "single", houses=30, near=True)
def _eighteen_of_thirty(s: PlaceSite) -> list[Raise]:
    return _round_incomes(s, 18)


def _equal_incomes(s: PlaceSite, count: int) -> list[Raise]:
    for nth in range(count):
        _income(s, nth, 12_340, 560)
    return s.here("INC-029")


@village_plants("INC-029", "single", houses=6)
def _five_alike(s: PlaceSite) -> list[Raise]:
    return _equal_incomes(s, 5)


@village_plants("INC-029", "single", houses=6, near=True)
def _four_alike(s: PlaceSite) -> list[Raise]:
    return _equal_incomes(s, 4)
