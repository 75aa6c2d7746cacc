"""Planters of CCX: vehicles, flats, businesses and public pay of members, and MON-052 where such a household is monitored."""

from __future__ import annotations

from duizhang.world.model import Person
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.sectors import assets
from duizhang.world.sectors.assets import business_row, estate_row, paid_row, vehicle_row


def _give(person: Person, feed: str, *rows: dict[str, str | int | float | None]) -> None:
    """The only rows of the person in the book."""
    person.books[feed] = list(rows)


def _car(s: Site, person: Person, **other: str | int | None) -> None:
    _give(person, assets.VEHICLES, vehicle_row(person, **other))  # type: ignore[arg-type]
    s.visit["家中有无轿车"] = "是"


@plants("CCX-001", "pair")
def _car_of_a_member(s: Site) -> list[Raise]:
    _car(s, s.second)
    return s.house("CCX-001")


@plants("CCX-001", "single")
def _car_nobody_saw(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, 机动车状态="AG"))
    return s.house("CCX-001", "SUR-023")


@nears("CCX-001", "single")
def _car_for_hire(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, 使用性质="C"))
    return s.house("CCX-001", "CCX-002", "SUR-023")


@nears("CCX-001", "single")
def _car_struck_off(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, 机动车状态="AM"))
    return s.house("CCX-001", "SUR-023")


@plants("CCX-002", "single")
def _dear_car(s: Site) -> list[Raise]:
    _car(s, s.head, 购置价格=100_000)
    return s.house("CCX-001", "CCX-002")


@plants("CCX-002", "single")
def _big_car(s: Site) -> list[Raise]:
    _car(s, s.head, 购置价格=None, 排量=2_000)
    return s.house("CCX-001", "CCX-002")


@plants("CCX-001", "single_general")
def _car_of_neither_price_nor_size(s: Site) -> list[Raise]:
    _car(s, s.head, 购置价格=None, 排量=None)
    return s.house("CCX-001")


@plants("CCX-001", "single_general")
def _car_just_not_dear(s: Site) -> list[Raise]:
    _car(s, s.head, 购置价格=99_999, 排量=1_999)
    return s.house("CCX-001")


@plants("CCX-003", "single")
def _truck_for_hire(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.TRUCK, 使用性质="F"))
    return s.house("CCX-003")


@plants("CCX-003", "single")
def _big_plate(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.TRUCK, 号牌种类="01"))
    return s.house("CCX-003")


@nears("CCX-003", "single")
def _truck_of_ones_own(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.TRUCK))
    return s.house("CCX-003", "CCX-001")


@plants("CCX-004", "pair")
def _flat_in_town(s: Site) -> list[Raise]:
    _give(s.second, assets.ESTATES, estate_row(s.second, 权利性质="出让"))
    s.visit["城镇有无商品房"] = "是"
    return s.house("CCX-004")


@plants("CCX-004", "single")
def _flat_nobody_saw(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, estate_row(s.head))
    return s.house("CCX-004", "SUR-023")


@nears("CCX-004", "single")
def _flat_of_resettlement(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, estate_row(s.head, 权利性质="安置房"))
    return s.house("CCX-004", "SUR-023")


@nears("CCX-004", "single")
def _flat_sold(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, estate_row(s.head, 权属状态="历史"))
    return s.house("CCX-004", "SUR-023")


@plants("CCX-005", "single")
def _shop_premises(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, estate_row(s.head, "商业"))
    return s.house("CCX-005")


@plants("CCX-005", "pair")
def _parking_space(s: Site) -> list[Raise]:
    _give(s.second, assets.ESTATES, estate_row(s.second, "车库"))
    return s.house("CCX-005")


@nears("CCX-005", "single")
def _shop_premises_sold(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, estate_row(s.head, "商业", 权属状态="注销"))
    return s.house("CCX-005")


@plants("CCX-006", "pair")
def _company(s: Site) -> list[Raise]:
    _give(s.second, assets.BUSINESSES, business_row(s.second))
    return s.house("CCX-006")


@nears("CCX-006", "single")
def _supervisor_of_a_company(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, post="监事"))
    return s.house("CCX-006")


@nears("CCX-006", "single")
def _family_farm(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, "家庭农场", "投资人"))
    return s.house("CCX-006")


@plants("CCX-007", "single")
def _shop_with_staff(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, assets.SHOP, "经营者", 从业人数=2))
    return s.house("CCX-007")


@nears("CCX-007", "single")
def _shop_without_staff(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, assets.SHOP, "经营者", 从业人数=1))
    return s.house("CCX-007")


@nears("CCX-007", "single")
def _shop_of_unknown_staff(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, assets.SHOP, "经营者", 从业人数=None))
    return s.house("CCX-007")


@plants("CCX-008", "pair")
def _teacher(s: Site) -> list[Raise]:
    _give(s.second, assets.PAID, paid_row(s.second))
    return s.house("CCX-008")


@plants("CCX-008", "elder")
def _retired_official(s: Site) -> list[Raise]:
    _give(s.head, assets.PAID, paid_row(s.head, "离退休", "退休"))
    return s.house("CCX-008")


@nears("CCX-008", "single")
def _temporary_staff(s: Site) -> list[Raise]:
    _give(s.head, assets.PAID, paid_row(s.head, "编外聘用"))
    return s.house("CCX-008")


@plants("CCX-015", "single")
def _member_of_a_cooperative(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, assets.COOPERATIVE, "合作社成员"))
    return s.house("CCX-015")


@nears("CCX-015", "single")
def _cooperative_closed(s: Site) -> list[Raise]:
    _give(s.head, assets.BUSINESSES, business_row(s.head, assets.COOPERATIVE, "合作社成员", 登记状态="注销"))
    return s.house("CCX-015", "CCX-006")


@plants("CCX-014", "open_able")
def _motorcycle_since(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.MOTORCYCLE, 初次登记日期="2026-09-20"))
    return s.house("CCX-014")


@plants("CCX-014", "open_able")
def _house_since(s: Site) -> list[Raise]:
    _give(s.head, assets.ESTATES, assets.homestead_row(s.head, s.h.village) | {"登记时间": "2026-10-02"})
    return s.house("CCX-014")


@nears("CCX-014", "open_two_years")
def _motorcycle_of_the_month(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.MOTORCYCLE, 初次登记日期="2024-11-30"))
    return s.house("CCX-014")


@nears("CCX-014", "gone")
def _motorcycle_of_those_over(s: Site) -> list[Raise]:
    _give(s.head, assets.VEHICLES, vehicle_row(s.head, assets.MOTORCYCLE, 初次登记日期="2026-09-20"))
    return s.house("CCX-014")


@plants("MON-052", "open_able")
def _monitored_with_a_car(s: Site) -> list[Raise]:
    _car(s, s.head)
    return s.record("MON-052") + s.house("CCX-001")


@plants("MON-052", "open_able")
def _monitored_and_paid(s: Site) -> list[Raise]:
    _give(s.second, assets.PAID, paid_row(s.second))
    return s.record("MON-052") + s.house("CCX-008")


@plants("CCX-006", "open_sudden")
def _company_of_a_sudden_case(s: Site) -> list[Raise]:
    """Sudden hardship may be taken in whatever the household owns."""
    _give(s.head, assets.BUSINESSES, business_row(s.head))
    return s.house("CCX-006")
