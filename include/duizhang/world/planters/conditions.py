"""Planters of INC: annual income of a household."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.model import LINES
from duizhang.world.planters.base import Raise, Site, dibao, nears, plants
from duizhang.world.planters.cells import OF_HOUSE

LINE = LINES[2026]


def _add(s: Site, column: str, amount: float) -> None:
    s.nat[column] = round(money.num(s.h, column) + amount, 2)


@plants("INC-001")
def _wage_items(s: Site) -> list[Raise]:
    _add(s, "其他工资性收入", -150)
    return s.house("INC-001")


@nears("INC-001")
def _wage_items_one_yuan(s: Site) -> list[Raise]:
    _add(s, "其他工资性收入", 1)
    return s.house("INC-001")


@plants("INC-004")
def _gross(s: Site) -> list[Raise]:
    _add(s, "年收入（元）", 1.5)
    return s.house("INC-004")


@nears("INC-004")
def _gross_half_a_yuan(s: Site) -> list[Raise]:
    _add(s, "年收入（元）", 0.5)
    return s.house("INC-004")


@plants("INC-005", "pair")
def _net(s: Site) -> list[Raise]:
    _add(s, "纯收入（元）", 200)
    _add(s, "人均纯收入（元）", 100)
    return s.house("INC-005")


@nears("INC-005", "pair")
def _net_half_a_yuan(s: Site) -> list[Raise]:
    _add(s, "纯收入（元）", 0.5)
    return s.house("INC-005", "INC-006")


@plants("INC-006", "pair")
def _per_head(s: Site) -> list[Raise]:
    _add(s, "人均纯收入（元）", 30)
    return s.house("INC-006")


OF_HOUSE.plants("INC-006", "pair", "no people", {"年度家庭人口数": None})


@nears("INC-006", "pair")
def _per_head_half_a_yuan(s: Site) -> list[Raise]:
    _add(s, "人均纯收入（元）", 0.5)
    return s.house("INC-006")


@plants("INC-007")
def _negative(s: Site) -> list[Raise]:
    s.nat.update({"其他财产性收入": -500, "资产收益扶贫分红收入": 0})
    money.settle(s.h)
    _keep_above(s)
    return s.house("INC-007")


def _keep_above(s: Site) -> None:
    """Adds wages until the income per head is safely above the line."""
    lacking = (LINE + 500 - money.num(s.h, "人均纯收入（元）")) * len(s.h.members)
    if lacking > 0:
        _add(s, "其他工资性收入", int(lacking) + 1)
        money.settle(s.h)


@plants("INC-008")
def _property_not_filled(s: Site) -> list[Raise]:
    s.nat.update({"其他财产性收入": 0, "资产收益扶贫分红收入": 0})
    money.settle(s.h)
    _keep_above(s)
    s.nat["财产性收入"] = None
    return s.house("INC-008")


OF_HOUSE.plants("INC-008", "single", "per head not filled", {"人均纯收入（元）": None})


@nears("INC-008")
def _property_is_zero(s: Site) -> list[Raise]:
    s.nat.update({"其他财产性收入": 0, "资产收益扶贫分红收入": 0})
    money.settle(s.h)
    _keep_above(s)
    return s.house("INC-008")


@plants("INC-009", "open_able")
def _under_4000(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 3_999)
    return s.house("INC-009")


@plants("INC-009", "pair")
def _under_4000_and_not_monitored(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 3_500)
    return s.house("INC-009", "MON-047")


@nears("INC-009", "open_able")
def _exactly_4000(s: Site) -> list[Raise]:
    money.set_per_head(s.h, 4_000)
    return s.house("INC-009", "MON-047")


@plants("MON-047", "single")
def _under_the_line(s: Site) -> list[Raise]:
    money.set_per_head(s.h, LINE - 1)
    return s.house("MON-047")


@plants("MON-047", "gone")
def _under_the_line_after_elimination(s: Site) -> list[Raise]:
    money.set_per_head(s.h, LINE - 300)
    return s.house("MON-047")


@nears("MON-047", "single")
def _on_the_line(s: Site) -> list[Raise]:
    money.set_per_head(s.h, LINE)
    return s.house("MON-047", "INC-009")


@plants("MON-048", "single")
def _unsafe_house(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "C级"})
    s.visit["住房现状等级"] = "C级"
    return s.house("MON-048")


@nears("MON-048", "open")
def _unsafe_house_of_monitored(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "D级", "是否住房损毁": "是", "致贫/返贫风险2": "因安全住房"})
    s.visit["住房现状等级"] = "D级"
    return s.house("MON-048", "HSW-002", "SUR-009")


@plants("INC-016", "dibao")
def _supported_without_money(s: Site) -> list[Raise]:
    amount = money.num(s.h, "最低生活保障金")
    s.nat["最低生活保障金"] = 0
    _add(s, "其他转移性收入", amount)
    return s.house("INC-016", "MZX-004")


@plants("INC-016", "dibao")
def _support_not_filled(s: Site) -> list[Raise]:
    amount = money.num(s.h, "最低生活保障金")
    s.nat["最低生活保障金"] = None
    _add(s, "其他转移性收入", amount)
    return s.house("INC-016")


@nears("INC-016", "dibao")
def _one_yuan_of_support(s: Site) -> list[Raise]:
    amount = money.num(s.h, "最低生活保障金")
    s.nat["最低生活保障金"] = 1
    dibao(s.head).update({"起始保障年月": 202608, "户月保障金额": 0.5, "人月保障金额": 0.5})
    _add(s, "其他转移性收入", amount - 1)
    return s.house("INC-016")


@plants("INC-024")
def _business_without_cost(s: Site) -> list[Raise]:
    s.nat.update({money.BUSINESS: 2_001, money.COST: 0})
    money.settle(s.h)
    _keep_above(s)
    return s.house("INC-024")


@nears("INC-024")
def _small_business_without_cost(s: Site) -> list[Raise]:
    s.nat.update({money.BUSINESS: 2_000, money.COST: 0})
    money.settle(s.h)
    _keep_above(s)
    return s.house("INC-024")
