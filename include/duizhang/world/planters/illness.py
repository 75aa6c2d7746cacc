"""Planters of YBX and RSX on costs, illness and pensions; the rate of insurance of a county."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world import money, numbers
from duizhang.world.model import House, Person
from duizhang.world.planters.base import Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.cells import Register, enter
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.planters.welfare import booked
from duizhang.world.sectors.welfare import (
    CHRONIC,
    COSTS,
    ILLNESS,
    PENSION,
    SERIOUS,
    WORKERS,
    before,
    cost_row,
    ill_row,
    pension_row,
)

OWN = "识别时合规自付支出"
PENSIONS = "养老金或离退休金"


def costs(s: Site, amount: int) -> None:
    """Costs of the second member that come to `amount` in the twelve months before identification."""
    for person in s.h.members:
        rows_of(person, COSTS).clear()
    rows_of(s.second, COSTS)[:] = before(s.second, int(str(s.nat["识别监测时间"])), amount, 150)


def _listed(register: Register, code: str, shape: str, what: str, *illness: str) -> None:
    """Registers that the head is also on the list of the ill with `illness` (kind, and state). `what`: its name in words."""

    def plant(s: Site) -> list[Raise]:
        rows_of(s.head, ILLNESS).append(ill_row(s.head, *illness))
        return s.person(s.head, code)

    enter(register, code, shape, what, plant)


def _paying(register: Register, code: str, shape: str, what: str, state: str, *, raises: tuple[str, ...] = ()) -> None:
    """Registers that the head's only pension insurance is in `state`. `what`: its name in words; `raises`: all codes on the
    person, where that is not `code` alone."""

    def plant(s: Site) -> list[Raise]:
        rows_of(s.head, PENSION)[:] = [pension_row(s.head, state=state)]
        return s.person(s.head, *(raises or (code,)))

    enter(register, code, shape, what, plant)


@plants("YBX-006", "open")
def _more_paid_than_insurance_knows(s: Site) -> list[Raise]:
    costs(s, 9_000)
    s.nat[OWN] = 10_801
    return s.record("YBX-006")


@plants("YBX-006", "open_edge")
def _nothing_paid_by_insurance(s: Site) -> list[Raise]:
    costs(s, 0)
    s.nat[OWN] = 2_600
    return s.record("YBX-006")


@plants("YBX-006", "open")
def _nothing_paid_by_system(s: Site) -> list[Raise]:
    costs(s, 3_000)
    s.nat[OWN] = 0
    return s.record("YBX-006", "MON-011")


@nears("YBX-006", "open")
def _a_fifth_more(s: Site) -> list[Raise]:
    costs(s, 9_000)
    s.nat[OWN] = 10_800
    return s.record("YBX-006")


@nears("YBX-006", "open_able")
def _not_by_illness(s: Site) -> list[Raise]:
    costs(s, 9_000)
    s.nat[OWN] = 2_000
    return s.record("YBX-006")


_listed(plants, "YBX-007", "single", "illness unknown to system", SERIOUS)
_listed(plants, "YBX-007", "chronic", "illness behind a chronic one", SERIOUS)
_listed(nears, "YBX-007", "single", "cured", SERIOUS, "治愈")


@plants("YBX-008", "ill")
def _illness_only_in_system(s: Site) -> list[Raise]:
    rows_of(s.head, ILLNESS).clear()
    rows_of(s.head, COSTS).clear()
    return s.person(s.head, "YBX-008")


@plants("YBX-008", "ill")
def _costs_long_ago(s: Site) -> list[Raise]:
    """9,999 yuan this year; what lies more than 24 months back does not count."""
    rows_of(s.head, ILLNESS).clear()
    rows_of(s.head, COSTS)[:] = [
        cost_row(s.head, 202609, 2_000, total=9_999), cost_row(s.head, 202410, 9_000), cost_row(s.head, 202412, 9_000),
    ]  # fmt: skip
    return s.person(s.head, "YBX-008")


@nears("YBX-008", "ill")
def _costs_of_ten_thousand(s: Site) -> list[Raise]:
    rows_of(s.head, ILLNESS).clear()
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 1_000, total=6_000), cost_row(s.head, 202512, 900, total=4_000)]
    return s.person(s.head, "YBX-008")


_listed(plants, "YBX-009", "single", "chronic illness unknown to system", CHRONIC)


@plants("YBX-009", "chronic")
def _chronic_only_in_system(s: Site) -> list[Raise]:
    rows_of(s.head, ILLNESS).clear()
    return s.person(s.head, "YBX-009")


@nears("YBX-009", "chronic")
def _chronic_and_serious(s: Site) -> list[Raise]:
    both(s.head, "健康状况", "长期慢性病,患有大病")
    return s.person(s.head, "YBX-007", "YBX-008", "YBX-009")


@plants("YBX-010", "single")
def _costs_do_not_add_up(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202608, 1_000), cost_row(s.head, 202609, 1_500)]
    rows_of(s.head, COSTS)[0]["医疗救助支付"] = 200.5
    return s.person(s.head, "YBX-010")


@plants("YBX-010", "single")
def _own_payment_left_out(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 1_500)]
    rows_of(s.head, COSTS)[0]["大病保险支付"] = None
    return s.person(s.head, "YBX-010")


@nears("YBX-010", "single")
def _two_hundred_short(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 1_500)]
    rows_of(s.head, COSTS)[0]["医疗救助支付"] = 200
    return s.person(s.head, "YBX-010")


@oracle
def _rate_of_insurance(seen: PlaceView) -> Iterable[Raise]:
    """A county in which anybody who must be insured has no insurance in force this year."""
    people = [(house, person) for house in seen.houses for person in house.members]
    everybody = (person for house in seen.city for person in house.members)
    insured = {number for person in (*everybody, *seen.others) for number in _insured(person)}
    lacking = any(
        _must(house, person) and not _insured(person) and str(person.nat["证件号码"])[:18] not in insured for house, person in people
    )
    return [("YBX-011", "county", seen.county)] if lacking else []


def _must(house: House, person: Person) -> bool:
    """On the rolls, alive and free, and with a number by which the insurance book can be searched."""
    rolls = house.nat["户类型"] == "脱贫户" or (house.nat["监测对象类别"] is not None and house.nat["风险是否已消除"] != "是")
    number = str(person.nat["证件号码"])[:18]
    free = not any(row["情形"] == "服刑" for row in person.books.get("服刑失踪名单", ()))
    return rolls and free and person.dead is None and len(number) == 18 and numbers.is_comparable(number)


def _insured(person: Person) -> list[str]:
    return [str(row["证件号码"]) for row in person.insured if row["参保状态"] == "正常参保"]


@plants("RSX-001", "pair")
def _no_pension_insurance_there(s: Site) -> list[Raise]:
    rows_of(s.second, PENSION).clear()
    return s.person(s.second, "RSX-001")


@plants("RSX-001", "single")
def _pension_insurance_unknown_to_system(s: Site) -> list[Raise]:
    s.head.nat["是否参加城乡居民基本养老保险"] = "否"
    return s.person(s.head, "RSX-001")


_paying(plants, "RSX-001", "single", "pension insurance suspended", "暂停缴费")


@nears("RSX-001", "single")
def _suspended_in_both(s: Site) -> list[Raise]:
    s.head.nat["是否参加城乡居民基本养老保险"] = "否"
    rows_of(s.head, PENSION)[:] = [pension_row(s.head, state="暂停缴费")]
    return s.person(s.head, "RSX-001")


_paying(plants, "RSX-002", "sixty_one", "still paying at sixty-one", "参保缴费")


@plants("RSX-002", "elder")
def _no_pension_at_all(s: Site) -> list[Raise]:
    rows_of(s.head, PENSION).clear()
    return s.person(s.head, "RSX-001", "RSX-002")


_paying(nears, "RSX-002", "sixty", "still paying at sixty", "参保缴费", raises=("RSX-002", "RSX-001"))


@plants("RSX-004", "elder")
def _more_pension_than_paid(s: Site) -> list[Raise]:
    booked(s, PENSIONS, 12 * money.MONTHLY_PENSION * 11 / 10 + 1)
    return s.house("RSX-004")


@plants("RSX-004", "sixty_one")
def _less_pension_than_paid(s: Site) -> list[Raise]:
    booked(s, PENSIONS, 12 * money.MONTHLY_PENSION * 9 / 10 - 1)
    return s.house("RSX-004")


@nears("RSX-004", "elder")
def _a_tenth_more_pension(s: Site) -> list[Raise]:
    booked(s, PENSIONS, 12 * money.MONTHLY_PENSION * 11 / 10)
    return s.house("RSX-004")


def _company_pays(s: Site, state: str) -> None:
    s.head.nat |= {"是否参加城乡居民基本养老保险": "否", "是否参加城镇职工基本养老保险": "是"}
    rows_of(s.head, PENSION)[:] = [pension_row(s.head, scheme=WORKERS, state=state)]


@plants("RSX-003", "chronic")
def _company_pays_for_somebody_at_home(s: Site) -> list[Raise]:
    _company_pays(s, "参保缴费")
    return s.person(s.head, "RSX-003")


@plants("RSX-003", "sixty")
def _company_pays_at_sixty(s: Site) -> list[Raise]:
    _company_pays(s, "参保缴费")
    return s.person(s.head, "RSX-003")


@nears("RSX-003", "chronic")
def _company_has_stopped(s: Site) -> list[Raise]:
    _company_pays(s, "暂停缴费")
    return s.person(s.head, "RSX-003", "RSX-001")
