"""Planters of INC-027 and ZSX on land and subsidies, and of VIL on hamlets, counties, and people in need by village."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from duizhang.world import money
from duizhang.world.model import Row
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.cells import Register, enter
from duizhang.world.planters.places import PlaceSite, PlaceView, county_plants, oracle, village_plants
from duizhang.world.sectors.farming import (
    ARABLE,
    AWARD,
    COUNTIES,
    FOREST,
    HAMLETS,
    LAND,
    SUBSIDIES,
    WOODED,
    subsidy_row,
)
from duizhang.world.sectors.housing import HOUSING, housing_row, repaired
from duizhang.world.sectors.villages import FEED, provided, unsafe_house
from duizhang.world.sectors.welfare import DESTITUTE, WARNING, warning_row

OTHER = "其他转移性收入"
TITLED = "承包地确权面积"


def _paid(s: Site, kind: str, amount: float, **other: str | int | float | None) -> None:
    rows_of(s.head, SUBSIDIES)[:] = [subsidy_row(s.head, kind, amount, **other)]


def _land(
    register: Register, code: str, shape: str, what: str, cells: Row, kind: str, amount: float,
    other: Row | None = None, *, raises: tuple[str, ...] = (),
) -> None:
    """Registers (by `plants` or `nears`) that the household has land as `cells` say, and its head one subsidy: `amount` yuan
    for `kind`. `what`: its name in words; `raises`: all codes on the household, where that is not `code` alone."""

    def plant(s: Site) -> list[Raise]:
        s.nat.update(cells)
        _paid(s, kind, amount, **other or {})
        return s.house(*(raises or (code,)))

    enter(register, code, shape, what, plant)


def _others(s: Site, left: float) -> None:
    """Leaves `left` yuan of other transfers; the rest is booked as ecological compensation."""
    moved = round(money.num(s.h, OTHER) - left, 2)
    s.nat[OTHER] = left
    s.nat["生态补偿金"] = round(money.num(s.h, "生态补偿金") + moved, 2)
    money.settle(s.h)


_land(plants, "INC-027", "pair", "subsidy without land", {LAND: 0}, ARABLE, 120)


@plants("INC-027", "single")
def _land_without_any_subsidy(s: Site) -> list[Raise]:
    s.nat[LAND] = 1
    _others(s, 0)
    return s.house("INC-027")


@nears("INC-027", "single")
def _little_land_without_subsidy(s: Site) -> list[Raise]:
    s.nat[LAND] = 0.9
    _others(s, 0)
    return s.house("INC-027")


@nears("INC-027", "single")
def _land_with_one_yuan(s: Site) -> list[Raise]:
    s.nat[LAND] = 1
    _others(s, 1)
    return s.house("INC-027")


_land(nears, "INC-027", "pair", "subsidy before the cycle", {LAND: 0}, ARABLE, 120, {"发放日期": "2025-09-30", "年度": 2025})
_land(nears, "INC-027", "pair", "award without land", {LAND: 0}, AWARD, 120)
_land(plants, "ZSX-009", "pair", "far less land than titled", {LAND: 5}, ARABLE, 90, {TITLED: 7})
_land(plants, "ZSX-009", "single", "a quarter more land than titled", {LAND: 12.5}, ARABLE, 90, {TITLED: 10})
_land(nears, "ZSX-009", "single", "a fifth more land than titled", {LAND: 12}, ARABLE, 90, {TITLED: 10})
_land(nears, "ZSX-009", "pair", "one mu more than titled", {LAND: 3}, ARABLE, 90, {TITLED: 2})


@plants("ZSX-010", "pair")
def _more_subsidy_than_transfers(s: Site) -> list[Raise]:
    _paid(s, AWARD, money.num(s.h, "转移性收入") + 2)
    return s.house("ZSX-010")


@plants("ZSX-010", "elder")
def _two_subsidies_above_transfers(s: Site) -> list[Raise]:
    _paid(s, AWARD, money.num(s.h, "转移性收入"))
    rows_of(s.head, SUBSIDIES).append(subsidy_row(s.head, "农机购置补贴", 50, 发放日期="2025-10-01"))
    return s.house("ZSX-010")


@nears("ZSX-010", "pair")
def _one_yuan_above_transfers(s: Site) -> list[Raise]:
    _paid(s, AWARD, money.num(s.h, "转移性收入") + 1)
    return s.house("ZSX-010")


@nears("ZSX-010", "pair")
def _more_subsidy_after_the_cycle(s: Site) -> list[Raise]:
    _paid(s, AWARD, money.num(s.h, "转移性收入") + 500, 发放日期="2026-10-01")
    return s.house("ZSX-010")


@plants("ZSX-012", "single")
def _wooded_without_subsidy(s: Site) -> list[Raise]:
    s.nat[WOODED] = 2
    rows_of(s.head, SUBSIDIES).clear()
    return s.house("ZSX-012")


_land(plants, "ZSX-012", "pair", "subsidy for wood without land", {WOODED: None}, FOREST, 240, raises=("ZSX-012", "HHD-027"))
_land(
    nears, "ZSX-012", "single", "wooded, with the subsidy of last year", {WOODED: 0.5}, FOREST, 60, {"年度": 2025, "发放日期": "2025-08-11"},
)
_land(nears, "ZSX-012", "pair", "an award and no wood", {WOODED: 0}, AWARD, 60)


def _now(s: PlaceSite) -> dict[str, str | int | float | None]:
    return max(s.rows[FEED], key=lambda row: int(str(row["年度"])))


@village_plants("VIL-010", "tekun", houses=2)
def _one_fewer_provided_for(s: PlaceSite) -> list[Raise]:
    _now(s)["特困供养人口数"] = 1
    return s.here("VIL-010")


@village_plants("VIL-010", "tekun", houses=1)
def _nobody_provided_for(s: PlaceSite) -> list[Raise]:
    _now(s)["特困供养人口数"] = 0
    return s.here("VIL-010")


@village_plants("VIL-010", "tekun", houses=1, near=True)
def _provided_for_until_this_month(s: PlaceSite) -> list[Raise]:
    s.houses[0].members[0].books[DESTITUTE][0]["停发年月"] = s.month.ym
    _now(s)["特困供养人口数"] = 0
    return s.here("VIL-010")


def _unsafe(s: PlaceSite, *, done: bool = False) -> None:
    """A house that the department found unsafe, known as such to the national book and judged; `done`: repaired since."""
    house = s.houses[0]
    head = house.members[0]
    row = housing_row(head, "D级")
    head.books[HOUSING] = [repaired(row, "2026-05-20", "2026-06-01") if done else row]
    head.books[WARNING] = [warning_row(head, house, "住房", "住建")]


@village_plants("VIL-012", houses=1)
def _no_unsafe_house(s: PlaceSite) -> list[Raise]:
    _unsafe(s)
    _now(s)["危房户数"] = 0
    return [*s.here("VIL-012"), ("ZSX-001", "household", s.houses[0].key)]


@village_plants("VIL-012", houses=1, near=True)
def _unsafe_house_repaired(s: PlaceSite) -> list[Raise]:
    _unsafe(s, done=True)
    _now(s)["危房户数"] = 0
    return s.here("VIL-012")


@village_plants("VIL-016", houses=0)
def _no_hamlets(s: PlaceSite) -> list[Raise]:
    for row in s.rows[HAMLETS]:
        row.clear()
    return s.here("VIL-016")


@village_plants("VIL-016", houses=1)
def _one_hamlet_and_it_is_missing(s: PlaceSite) -> list[Raise]:
    for row in s.rows[HAMLETS]:
        row.clear()
    _now(s)["自然村（村民小组）数"] = 1
    return s.here("VIL-016")


@village_plants("VIL-016", houses=0, near=True)
def _one_hamlet_of_six(s: PlaceSite) -> list[Raise]:
    for row in s.rows[HAMLETS][1:]:
        row.clear()
    return s.here("VIL-016")


@village_plants("VIL-016", houses=0, near=True)
def _no_hamlets_to_collect(s: PlaceSite) -> list[Raise]:
    for row in s.rows[HAMLETS]:
        row.clear()
    _now(s)["自然村（村民小组）数"] = 0
    return s.here("VIL-016")


def _form(s: PlaceSite, **cells: str | int | None) -> list[Raise]:
    s.row(COUNTIES).update({"是否国家级重点帮扶县": "是", **cells})
    return s.here("VIL-017")


@county_plants("VIL-017")
def _no_hospitals_filled(s: PlaceSite) -> list[Raise]:
    return _form(s, 二级及以上医院数=None)


@county_plants("VIL-017", near=True)
def _two_of_three_not_filled(s: PlaceSite) -> list[Raise]:
    return _form(s, 行政村数=None, 乡村人口数=None)


@county_plants("VIL-017")
def _county_itself_not_filled(s: PlaceSite) -> list[Raise]:
    return _form(s, 行政村数=None, 乡村人口数=None, 农村居民人均可支配收入=None)


@oracle
def land_without_transfers(view: PlaceView) -> Iterable[Raise]:
    """INC-027 where a defect has left a household that has land without other transfers."""
    for house in view.houses:
        land = house.nat[LAND]
        if isinstance(land, (int, float)) and land >= 1 and house.nat[OTHER] in (0, 0.0) and house.nat[OTHER] is not None:
            yield ("INC-027", "household", house.key)


@oracle
def wood_without_subsidy(view: PlaceView) -> Iterable[Raise]:
    """ZSX-012 where a defect of the land has made wood of which the ledger knows nothing."""
    for house in view.houses:
        wood = house.nat[WOODED]
        known = any(row["补贴项目"] == FOREST for person in house.members for row in person.books.get(SUBSIDIES, ()))
        if isinstance(wood, (int, float)) and wood > 0 and not known:
            yield ("ZSX-012", "household", house.key)


@oracle
def villages_and_departments(view: PlaceView) -> Iterable[Raise]:
    """VIL-010 and VIL-012 where a village's number is below what is booked there or above that and all that is booked nowhere."""
    destitute: Counter[str] = Counter()
    unsafe: Counter[str] = Counter()
    for house in view.houses:
        code = str(house.nat["村编码"])
        destitute[code] += sum(provided(person, view.month) for person in house.members)
        unsafe[code] += unsafe_house(house.members)
    nowhere = (sum(provided(person, view.month) for person in view.others), sum(unsafe_house([person]) for person in view.others))
    for row in view.rows[FEED]:
        code = str(row["村编码"])
        if row["年度"] != 2026 or not code.startswith(view.county):
            continue
        for rule, column, here, free in (("VIL-010", "特困供养人口数", destitute, nowhere[0]), ("VIL-012", "危房户数", unsafe, nowhere[1])):
            told = row[column]
            if isinstance(told, int) and not here[code] <= told <= here[code] + free:
                yield (rule, "village", code)
