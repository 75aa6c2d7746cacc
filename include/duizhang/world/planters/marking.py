"""Planters of TPB: standards and exceptions of 脱贫不享受政策.

What a planted car or post means for the other codes of the group is reckoned in `study`."""

from __future__ import annotations

from duizhang.world import books, money
from duizhang.world.model import Cell, Person
from duizhang.world.planters.base import Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.cells import enter
from duizhang.world.planters.study import HARDSHIPS
from duizhang.world.sectors import assets
from duizhang.world.sectors.assets import business_row, estate_row, paid_row, vehicle_row
from duizhang.world.sectors.resettled import LIST, MOVED, list_row, moved_row, reasons
from duizhang.world.sectors.welfare import (
    COSTS,
    ILLNESS,
    PENSION,
    SERIOUS,
    WORKERS,
    cost_row,
    ill_row,
    pension_row,
)
from duizhang.world.sectors.work import SPELLS

MARKING = "标注脱贫不享受政策"


def farmers(s: Site) -> int:
    """农民人均可支配收入 of the county this year."""
    return next(int(row["农民人均可支配收入"]) for row in books.parameters([s.h.village.county]) if row["年度"] == 2026)  # type: ignore[arg-type]


def put(s: Site, *standards: int, note: str | None = None, **other: Cell) -> None:
    """The household stands on the list for `standards`, and nothing befell it."""
    unlisted(s)
    s.head.books[LIST] = [list_row(s.h, reasons(*standards), note, **other)]


def unlisted(s: Site) -> None:
    """The household does not stand on the list, and no disaster, accident or claim of the year is booked."""
    for rows in (s.h.books, *(person.books for person in s.h.members)):
        for feed in (LIST, *HARDSHIPS):
            rows.pop(feed, None)


def dear_car(s: Site, person: Person, seen: Cell = "是", **other: Cell) -> None:
    """A dear car in the name of `person`; `seen`: whether the visit saw a car."""
    person.books[assets.VEHICLES] = [vehicle_row(person, 购置价格=other.pop("购置价格", 160_000), **other)]  # type: ignore[arg-type]
    s.visit["家中有无轿车"] = seen


def firm(s: Site) -> None:
    """A company of the head of a household that is not listed."""
    unlisted(s)
    s.head.books[assets.BUSINESSES] = [business_row(s.head)]


def _company(code: str, shape: str, what: str, because: str, own: int | None = None) -> None:
    """Registers a planter: the head has a company, and `because` says what this means for the marking; `own`: yuan of medical
    costs of this year that the head has paid. `what`: its name in words."""

    def plant(s: Site) -> list[Raise]:
        firm(s)
        if own is not None:
            rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, own)]
        return s.house("CCX-006", "TPB-005", because)

    enter(plants, code, shape, what, plant)


def flat(s: Site) -> None:
    """A flat in town that the visit found."""
    s.head.books[assets.ESTATES] = [estate_row(s.head)]
    s.visit["城镇有无商品房"] = "是"


@plants("TPB-001", "pair")
def _as_much_as_the_farmers(s: Site) -> list[Raise]:
    unlisted(s)
    money.set_per_head(s.h, farmers(s))
    return s.house("TPB-001", "TPB-023")


@nears("TPB-001", "pair")
def _a_yuan_less_than_the_farmers(s: Site) -> list[Raise]:
    money.set_per_head(s.h, farmers(s) - 1)
    return s.house("TPB-001", "TPB-023")


@nears("TPB-001", "single_general")
def _rich_and_never_poor(s: Site) -> list[Raise]:
    money.set_per_head(s.h, farmers(s))
    return s.house("TPB-001", "TPB-023")


def _healed(s: Site) -> None:
    unlisted(s)
    both(s.head, "健康状况", "健康")
    both(s.head, "劳动技能", "普通劳动力")
    rows_of(s.head, ILLNESS)[:] = [ill_row(s.head, SERIOUS, "治愈")]


@plants("TPB-002", "single")
def _the_ill_one_is_cured(s: Site) -> list[Raise]:
    _healed(s)
    return s.house("TPB-002", "TPB-023")


@nears("TPB-002", "single")
def _cured_of_what_was_not_the_cause(s: Site) -> list[Raise]:
    _healed(s)
    s.nat["致贫原因1"] = "因残"
    return s.house("TPB-002", "TPB-023")


def _graduate(s: Site, state: str) -> None:
    unlisted(s)
    s.nat["致贫原因1"] = "因学"
    s.second.nat |= {"是否参加城乡居民基本养老保险": "否", "是否参加城镇职工基本养老保险": "是"}
    rows_of(s.second, PENSION)[:] = [pension_row(s.second, scheme=WORKERS, state=state)]


@plants("TPB-002", "youth")
def _the_graduate_has_a_post(s: Site) -> list[Raise]:
    _graduate(s, "参保缴费")
    away = any(row["是否已务工"] == "是" for row in rows_of(s.second, SPELLS))
    return s.house("TPB-002", "TPB-023") + ([] if away else s.person(s.second, "RSX-003"))


@plants("TPB-003", "single")
def _dear_car_at_the_door(s: Site) -> list[Raise]:
    unlisted(s)
    dear_car(s, s.head)
    return s.house("CCX-001", "CCX-002", "TPB-003", "TPB-023")


@plants("TPB-003", "pair")
def _dear_car_and_the_visit_does_not_say(s: Site) -> list[Raise]:
    unlisted(s)
    dear_car(s, s.second, None)
    return s.house("CCX-001", "CCX-002", "TPB-003", "TPB-023")


@plants("CCX-002", "single")
def _dear_car_nobody_saw(s: Site) -> list[Raise]:
    """Not used by the household: no standard is met."""
    dear_car(s, s.head, "否")
    return s.house("CCX-001", "CCX-002", "SUR-023")


@plants("TPB-004", "single")
def _flat_bought_in_town(s: Site) -> list[Raise]:
    unlisted(s)
    flat(s)
    return s.house("CCX-004", "TPB-004", "TPB-023")


_company("TPB-005", "single", "company of the head", "TPB-023")


@plants("TPB-006", "pair")
def _wife_in_public_service(s: Site) -> list[Raise]:
    unlisted(s)
    s.second.books[assets.PAID] = [paid_row(s.second, "公务员")]
    return s.house("CCX-008", "TPB-006", "TPB-023")


_company("TPB-011", "dibao", "company and dibao", "TPB-011")
_company("TPB-012", "ill", "company and dear illness", "TPB-012", 4_901)
_company("TPB-023", "ill", "company and bearable illness: exactly at the line for own payments, no exception", "TPB-023", 4_900)
_company("TPB-013", "disabled_heavy", "company and heavily disabled wife", "TPB-013")
_company("TPB-023", "disabled", "company and lightly disabled wife", "TPB-023")


@plants("TPB-023", "single")
def _flat_kept_by_who_was_moved(s: Site) -> list[Raise]:
    """Resettled with a flat of its own: the standard is met, where it was not paid out in money."""
    unlisted(s)
    flat(s)
    s.nat["是否易地搬迁户"] = "是"
    s.head.books[MOVED] = [moved_row(s.head)]
    return s.house("CCX-004", "TPB-004", "TPB-023")


@nears("CCX-004", "single")
def _flat_paid_for_by_resettlement(s: Site) -> list[Raise]:
    flat(s)
    s.nat["是否易地搬迁户"] = "是"
    s.head.books[MOVED] = [moved_row(s.head, "货币化")]
    return s.house("CCX-004", "TPB-004", "TPB-023")
