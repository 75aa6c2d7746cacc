"""Planters of INC: income against its items, last year, work away, supports, periods.

What income must raise beside the planted code is reckoned in `reckoning`.
"""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.model import LINES
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.planters.staffing import hold
from duizhang.world.planters.work import away, no_work, spells
from duizhang.world.sectors import lastyear
from duizhang.world.sectors.welfare import PENSION, pension_row

LINE = LINES[2026]
OTHER = "其他转移性收入"


def _move(s: Site, amount: float, source: str, goal: str) -> None:
    """Moves an amount from one item to another and recomputes the sums."""
    s.nat[source] = round(money.num(s.h, source) - amount, 2)
    s.nat[goal] = round(money.num(s.h, goal) + amount, 2)
    money.settle(s.h)


def _shift(s: Site, item: str, amount: float) -> None:
    s.nat[item] = round(money.num(s.h, item) + amount, 2)


@plants("INC-002", "pair")
def _dividend(s: Site) -> list[Raise]:
    _shift(s, "资产收益扶贫分红收入", 80)
    return s.house("INC-002")


@nears("INC-002", "pair")
def _dividend_one_yuan(s: Site) -> list[Raise]:
    _shift(s, "其他财产性收入", 1)
    return s.house("INC-002")


@plants("INC-003", "pair")
def _transfers(s: Site) -> list[Raise]:
    _shift(s, "生态补偿金", 120)
    return s.house("INC-003")


@plants("INC-003", "single")
def _rewards(s: Site) -> list[Raise]:
    """Rewards count as transfers: here they are in the sum, not among the items."""
    s.nat["产业奖励"] = 300
    money.settle(s.h)
    s.nat["产业奖励"] = None
    return s.house("INC-003")


@nears("INC-003", "pair")
def _transfers_one_yuan(s: Site) -> list[Raise]:
    _shift(s, OTHER, -1)
    return s.house("INC-003")


@plants("INC-010", "single")
def _rich(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 100_001)
    return s.house("INC-010", "INC-012")


@nears("INC-010", "single")
def _nearly_rich(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 100_000)
    return s.house("INC-010")


def _against_last_year(s: Site, rate: float) -> None:
    lastyear.set_income(s.h, round(money.num(s.h, "人均纯收入（元）") / rate, 2))


@plants("INC-011", "pair")
def _much_poorer(s: Site) -> list[Raise]:
    _against_last_year(s, 0.79)
    return s.house("INC-011")


@plants("INC-011", "open")
def _half_of_last_year(s: Site) -> list[Raise]:
    _against_last_year(s, 0.5)
    return s.house("INC-011")


@nears("INC-011", "pair")
def _a_fifth_poorer(s: Site) -> list[Raise]:
    _against_last_year(s, 0.8)
    return s.house("INC-011")


@plants("INC-012", "pair")
def _much_richer(s: Site) -> list[Raise]:
    _against_last_year(s, 1.51)
    return s.house("INC-012")


@nears("INC-012", "pair")
def _half_again_richer(s: Site) -> list[Raise]:
    _against_last_year(s, 1.499)
    return s.house("INC-012")


@nears("INC-012", "single")
def _nothing_last_year(s: Site) -> list[Raise]:
    lastyear.set_income(s.h, 0)
    return s.house("INC-012", "INC-011")


@plants("INC-013", "pair")
def _work_without_wages(s: Site) -> list[Raise]:
    away(s, s.head)
    _move(s, money.num(s.h, money.WAGE), "其他工资性收入", OTHER)
    return s.house("INC-013", "INC-015")


@nears("INC-013", "pair")
def _work_after_the_year(s: Site) -> list[Raise]:
    """Away since October 2026: the income year ended in September."""
    away(s, s.head, 202610, 3_000)
    _move(s, money.num(s.h, money.WAGE), "其他工资性收入", OTHER)
    return s.house("INC-013", "INC-014", "INC-015")


@plants("INC-014", "pair")
def _wages_without_work(s: Site) -> list[Raise]:
    no_work(s)
    return s.house("INC-014")


@nears("INC-014", "pair")
def _wages_of_a_public_post(s: Site) -> list[Raise]:
    no_work(s)
    hold(s, s.head, "护林员", 12)
    return s.house("INC-014")


def _pay(s: Site, factor: float) -> None:
    away(s, s.head)
    for row in spells(s.head):
        row["务工月收入"] = round(float(row["务工月收入"] or 0) * factor, 2)


@plants("INC-015", "pair")
def _wages_far_above_pay(s: Site) -> list[Raise]:
    _pay(s, 0.6)
    return s.house("INC-015")


@plants("INC-015", "pair")
def _wages_far_below_pay(s: Site) -> list[Raise]:
    _pay(s, 2.1)
    return s.house("INC-015")


@nears("INC-015", "pair")
def _wages_above_pay(s: Site) -> list[Raise]:
    _pay(s, 0.67)
    return s.house("INC-015")


@nears("INC-015", "pair")
def _wages_of_post_and_work(s: Site) -> list[Raise]:
    """Half of the wages are from a public post: pay alone would not do."""
    away(s, s.head)
    half = money.num(s.h, money.WAGE) / 2
    _move(s, half, "其他工资性收入", "公益性岗位收入")
    hold(s, s.head, "保洁员", 12)
    for row in spells(s.head):
        row["务工月收入"] = round(half / 12, 2)
    return s.house("INC-015")


@plants("INC-017", "pair")
def _support_of_nobody(s: Site) -> list[Raise]:
    _move(s, 300, OTHER, "最低生活保障金")
    return s.house("INC-017")


@plants("INC-018", "pair")
def _provision_of_nobody(s: Site) -> list[Raise]:
    _move(s, 300, OTHER, "特困人员救助供养金")
    return s.house("INC-018")


@plants("INC-018", "tekun")
def _destitute_without_provision(s: Site) -> list[Raise]:
    _move(s, money.num(s.h, "特困人员救助供养金"), "特困人员救助供养金", OTHER)
    return s.house("INC-018")


@plants("INC-019", "elder")
def _pension_zero(s: Site) -> list[Raise]:
    _move(s, money.num(s.h, "养老金或离退休金"), "养老金或离退休金", OTHER)
    return s.house("INC-019", "RSX-004")


@plants("INC-019", "elder")
def _pension_not_filled(s: Site) -> list[Raise]:
    _move(s, money.num(s.h, "养老金或离退休金"), "养老金或离退休金", OTHER)
    s.nat["养老金或离退休金"] = None
    return s.house("INC-019")


@nears("INC-019", "sixty")
def _sixty_without_pension(s: Site) -> list[Raise]:
    rows_of(s.head, PENSION)[:] = [pension_row(s.head, state="参保缴费")]
    _move(s, money.num(s.h, "养老金或离退休金"), "养老金或离退休金", OTHER)
    return s.house("INC-019")


def _business(s: Site, income: int, cost: int) -> None:
    """Business of which nothing is left; what the household loses by it comes from property, so that it stays as well off."""
    before = money.num(s.h, "纯收入（元）")
    s.nat.update({money.BUSINESS: income, money.COST: cost, "专项用于减少生产经营性支出的补贴": 0})
    money.settle(s.h)
    s.nat["其他财产性收入"] = max(0, round(money.num(s.h, "其他财产性收入") + before - money.num(s.h, "纯收入（元）")))
    money.settle(s.h)


@plants("INC-023", "pair")
def _cost_above_business(s: Site) -> list[Raise]:
    _business(s, 1_000, 1_001)
    return s.house("INC-023")


@nears("INC-023", "pair")
def _cost_eats_business(s: Site) -> list[Raise]:
    _business(s, 1_000, 1_000)
    return s.house("INC-023")


OF_HOUSE.plants("INC-025", "single", "calendar year", {"计算周期起": "2026-01-01"})
OF_HOUSE.plants("INC-025", "pair", "last years end", {"计算周期止": "2025-09-30"})
OF_HOUSE.nears("INC-025", "single", "no period", {"计算周期起": None})


@plants("INC-032", "single")
def _just_on_the_line(s: Site) -> list[Raise]:
    money.set_per_head(s.h, LINE)
    return s.house("INC-032")


@plants("INC-032", "pair")
def _nearly_a_tenth_above(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 9_349)
    return s.house("INC-032")


@nears("INC-032", "pair")
def _a_tenth_above(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 9_350)
    return s.house("INC-032")


@nears("INC-032", "open_able")
def _on_the_line_and_monitored(s: Site) -> list[Raise]:
    money.set_per_head(s.h, LINE + 1)
    return s.house("INC-032")
