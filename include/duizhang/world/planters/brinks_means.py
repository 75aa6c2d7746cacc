"""Near misses of TPB: exceptions without a standard, and cars, companies and posts that just meet none."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.planters.base import Raise, Site, nears, rows_of
from duizhang.world.planters.marking import farmers, put, unlisted
from duizhang.world.sectors import assets
from duizhang.world.sectors.assets import SHOP, business_row, paid_row, vehicle_row
from duizhang.world.sectors.pushes import DISASTERS, disaster_row
from duizhang.world.sectors.welfare import COSTS, cost_row


def _dear_car_for_hire(s: Site) -> None:
    """The visit does not say whether there is a car."""
    s.head.books[assets.VEHICLES] = [vehicle_row(s.head, 使用性质="C", 购置价格=160_000)]
    s.visit["家中有无轿车"] = None


def _supervisor(s: Site) -> None:
    """Of a company, neither its owner nor its head."""
    s.head.books[assets.BUSINESSES] = [business_row(s.head, post="监事", 从业人数=12)]


@nears("TPB-003", "single")
def _car_for_hire(s: Site) -> list[Raise]:
    unlisted(s)
    _dear_car_for_hire(s)
    return s.house("CCX-001", "CCX-002", "TPB-003", "TPB-023")


@nears("TPB-005", "single")
def _supervisor_of_a_company(s: Site) -> list[Raise]:
    unlisted(s)
    _supervisor(s)
    return s.house("CCX-006", "CCX-007", "TPB-005", "TPB-023")


@nears("TPB-011", "dibao")
def _supported_and_supervisor(s: Site) -> list[Raise]:
    unlisted(s)
    _supervisor(s)
    return s.house("TPB-005", "TPB-011", "TPB-023")


@nears("TPB-012", "ill")
def _dear_illness_and_a_shop_without_staff(s: Site) -> list[Raise]:
    unlisted(s)
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 4_901)]
    s.head.books[assets.BUSINESSES] = [business_row(s.head, SHOP, "经营者", 从业人数=1)]
    return s.house("CCX-007", "TPB-005", "TPB-012", "TPB-023")


@nears("TPB-013", "disabled_heavy")
def _heavily_disabled_wife_of_temporary_staff(s: Site) -> list[Raise]:
    unlisted(s)
    s.head.books[assets.PAID] = [paid_row(s.head, "编外聘用")]
    return s.house("CCX-008", "TPB-006", "TPB-013", "TPB-023")


@nears("TPB-014", "single")
def _flood_and_a_yuan_less_than_the_farmers(s: Site) -> list[Raise]:
    unlisted(s)
    money.set_per_head(s.h, farmers(s) - 1)
    s.head.books[DISASTERS] = [disaster_row(s.head, "2026-06-12")]
    return s.house("TPB-001", "TPB-014", "TPB-023")


@nears("TPB-026", "single")
def _listed_after_deliberation_with_a_car_for_hire(s: Site) -> list[Raise]:
    """The reason given is no standard that the books know; the car would be one if it were not for hire."""
    put(s, 8)
    _dear_car_for_hire(s)
    return s.house("TPB-003", "TPB-022", "TPB-026")
