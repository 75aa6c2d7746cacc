"""Planters of INC on monitoring records: income and bills at identification and after elimination.

What income must raise beside the planted code is reckoned in `reckoning`.
"""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import OF_RECORD
from duizhang.world.planters.illness import costs


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


OF_RECORD.plants("INC-021", "gone_edge", "business help without business", {"产业帮扶": "其他"})


@nears("INC-021", "gone_edge")
def _business_help_with_business(s: Site) -> list[Raise]:
    s.nat["产业帮扶"] = "其他"
    _end(s, _net_after(s) - 600, 100, 500)
    return s.record("INC-021")


OF_RECORD.nears("INC-021", "open", "business help before the end", {"产业帮扶": "其他"})


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
    return s.record("INC-030")


@plants("INC-030", "gone")
def _bills_after_the_end(s: Site) -> list[Raise]:
    s.nat["风险消除后合规自付支出"] = 3 * _four(s, "风险消除后") + 100
    return s.record("INC-030", "MON-039")


@nears("INC-030", "open_able")
def _bills_of_three_incomes(s: Site) -> list[Raise]:
    s.nat["识别时合规自付支出"] = 3 * _four(s, "识别时")
    costs(s, int(money.num(s.h, "识别时合规自付支出")))
    return s.record("INC-030")
