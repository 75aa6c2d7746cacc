"""Planters of INC: income against its items, last year, work away, supports, measures, periods; villages of equal incomes.

What income must raise beside the planted code is reckoned in `reckoning`.
"""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.model import LINES
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.illness import costs
from duizhang.world.planters.places import PlaceSite, village_plants
from duizhang.world.planters.work import away, no_work, spells
from duizhang.world.sectors import lastyear, work
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
    s.head.nat |= {"公益性岗位": "护林员", "公益性岗位(月数)": 12}
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
    s.head.nat |= {"公益性岗位": "保洁员", "公益性岗位(月数)": 12}
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


def _end(s: Site, wage: int, business: int, transfer: int) -> None:
    """Income after elimination of these parts and no other."""
    end = "风险消除后"
    net = wage + business + transfer
    s.nat.update({
        end + "工资性收入": wage, end + "生产经营性收入": business, end + "转移性收入": transfer, end + "家庭纯收入": net,
        end + "家庭人均纯收入": round(net / len(s.h.members), 2),
    })


def _net_after(s: Site) -> int:
    return int(money.num(s.h, "风险消除后家庭纯收入"))


@plants("INC-020", "gone")
def _trained_without_wages(s: Site) -> list[Raise]:
    s.nat["就业帮扶"] = "技能培训"
    _end(s, 0, 0, _net_after(s))
    return s.record("INC-020")


@nears("INC-020", "gone")
def _trained_with_a_wage(s: Site) -> list[Raise]:
    s.nat["就业帮扶"] = "技能培训"
    _end(s, 1, 0, _net_after(s))
    return s.record("INC-020")


@plants("INC-021", "gone_edge")
def _business_help_without_business(s: Site) -> list[Raise]:
    s.nat["产业帮扶"] = "其他"
    return s.record("INC-021")


@nears("INC-021", "gone_edge")
def _business_help_with_business(s: Site) -> list[Raise]:
    s.nat["产业帮扶"] = "其他"
    _end(s, _net_after(s) - 600, 100, 500)
    return s.record("INC-021")


@nears("INC-021", "open")
def _business_help_before_the_end(s: Site) -> list[Raise]:
    s.nat["产业帮扶"] = "其他"
    return s.record("INC-021")


@plants("INC-022", "gone")
def _supported_without_transfers(s: Site) -> list[Raise]:
    s.nat["综合保障"] = "残疾人补贴"
    _end(s, _net_after(s), 0, 0)
    return s.record("INC-022")


@nears("INC-022", "gone")
def _supported_with_a_transfer(s: Site) -> list[Raise]:
    s.nat["综合保障"] = "残疾人补贴"
    _end(s, _net_after(s), 0, 1)
    return s.record("INC-022")


def _business(s: Site, income: int, cost: int) -> None:
    """Business of which nothing is left; wages and last year as they were."""
    s.nat.update({money.BUSINESS: income, money.COST: cost, "专项用于减少生产经营性支出的补贴": 0})
    money.settle(s.h)


@plants("INC-023", "pair")
def _cost_above_business(s: Site) -> list[Raise]:
    _business(s, 1_000, 1_001)
    return s.house("INC-023")


@nears("INC-023", "pair")
def _cost_eats_business(s: Site) -> list[Raise]:
    _business(s, 1_000, 1_000)
    return s.house("INC-023")


@plants("INC-025", "single")
def _calendar_year(s: Site) -> list[Raise]:
    s.nat["计算周期起"] = "2026-01-01"
    return s.house("INC-025")


@plants("INC-025", "pair")
def _last_years_end(s: Site) -> list[Raise]:
    s.nat["计算周期止"] = "2025-09-30"
    return s.house("INC-025")


@nears("INC-025", "single")
def _no_period(s: Site) -> list[Raise]:
    s.nat["计算周期起"] = None
    return s.house("INC-025")


@plants("INC-026", "open")
def _start_a_month_late(s: Site) -> list[Raise]:
    at = int(s.nat["识别监测时间"] or 0)
    s.nat["识别时计算周期起"] = f"{at // 100 - 1}-{at % 100:02d}-02"
    return s.record("INC-026")


@plants("INC-026", "gone")
def _end_of_the_same_month(s: Site) -> list[Raise]:
    at = int(s.nat["消除监测时间"] or 0)
    s.nat["风险消除后计算周期止"] = f"{at // 100}-{at % 100:02d}-15"
    return s.record("INC-026")


@nears("INC-026", "gone")
def _no_periods(s: Site) -> list[Raise]:
    money.set_period(s.h, "识别时", None)
    money.set_period(s.h, "风险消除后", None)
    return s.record("INC-026")


def _four(s: Site, prefix: str) -> float:
    return sum(money.num(s.h, prefix + name) for name in (money.WAGE, money.BUSINESS, money.PROPERTY, money.TRANSFER))


@plants("INC-030", "open_able")
def _bills_above_three_incomes(s: Site) -> list[Raise]:
    s.nat["识别时合规自付支出"] = 3 * _four(s, "识别时") + 1
    return s.record("INC-030", "YBX-006")


@plants("INC-030", "gone")
def _bills_after_the_end(s: Site) -> list[Raise]:
    s.nat["风险消除后合规自付支出"] = 3 * _four(s, "风险消除后") + 100
    return s.record("INC-030", "MON-039")


@nears("INC-030", "open_able")
def _bills_of_three_incomes(s: Site) -> list[Raise]:
    s.nat["识别时合规自付支出"] = 3 * _four(s, "识别时")
    costs(s, int(money.num(s.h, "识别时合规自付支出")))
    return s.record("INC-030")


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
