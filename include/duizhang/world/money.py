"""Incomes that add up, in whole yuan but for the amount per head."""

from __future__ import annotations

import random
from datetime import date, timedelta

from duizhang.world.columns import ANNUAL, GUARANTEES, GUARANTEES_AT_END
from duizhang.world.model import LINES, Cell, House, Person

MONTHLY_SUPPORT = 380
MONTHLY_PROVISION = 750
MONTHLY_PENSION = 160
WAGE, BUSINESS, COST, PROPERTY, TRANSFER = "工资性收入", "生产经营性收入", "生产经营性支出", "财产性收入", "转移性收入"
_TRANSFERS = (
    "计划生育金", "最低生活保障金", "特困人员救助供养金", "养老金或离退休金", "生态补偿金", "产业奖励", "就业奖励", "其他转移性收入",
)


def earns(house: House) -> bool:
    """Whether a member can be away for work."""
    return any(
        p.nat["劳动技能"] in ("普通劳动力", "技能劳动力") and 19 <= p.age < 60 and p.nat["在校生状况"] is None for p in house.members
    )


def num(house: House, column: str) -> float:
    """The amount in `column` of the household; an empty one counts as 0."""
    value = house.nat[column]
    return float(value) if isinstance(value, (int, float)) else 0.0


def fill(rng: random.Random, house: House) -> None:
    """Annual income: above the monitoring line, or for a household with an open record perhaps below it, never below 4,000."""
    size = len(house.members)
    low = 5_000 if house.monitored == "open" else int(LINES[2026] * 1.1) + 300
    target = rng.randrange(low, low + 9_000) * size
    nat = house.nat
    nat |= dict.fromkeys(ANNUAL, 0)
    nat |= {"计算周期起": "2025-10-01", "计算周期止": "2026-09-30"}
    business = rng.choice((0, 0, rng.randrange(2_100, 9_000)))
    nat[BUSINESS] = business
    nat[COST] = business * rng.randrange(10, 40) // 100 if business else 0
    nat["资产收益扶贫分红收入"] = rng.choice((0, 120, 200, 300))
    nat["最低生活保障金"] = 12 * MONTHLY_SUPPORT * sum(p.nat["享受低保政策情况"] == "农村低保" for p in house.members)
    nat["特困人员救助供养金"] = 12 * MONTHLY_PROVISION * sum(p.nat["享受特困供养政策情况"] == "农村特困" for p in house.members)
    nat["养老金或离退休金"] = sum(MONTHLY_PENSION * _months_drawn(p) for p in house.members if p.age >= 60)
    nat["其他转移性收入"] = rng.randrange(300, 900)
    settle(house)
    rest = int(target - num(house, "纯收入（元）"))
    if rest > 0:
        column = "其他工资性收入" if rest >= 3_000 and earns(house) else "其他转移性收入"
        nat[column] = int(num(house, column)) + rest
    settle(house)


def pension_start(person: Person) -> int:
    """The month after the sixtieth birthday (YYYYMM), but not before pensions for residents began."""
    year, month = person.born.year + 60 + person.born.month // 12, person.born.month % 12 + 1
    return max(year * 100 + month, 201201)


def _months_drawn(person: Person) -> int:
    """Months of the cycle from October 2025 to September 2026 in which a pension was drawn."""
    start = pension_start(person)
    return max(0, min(12, (2026 - start // 100) * 12 + 9 - start % 100 + 1))


def settle(house: House) -> None:
    """Recomputes all sums of the annual income from their items."""
    nat = house.nat
    nat[WAGE] = _whole(num(house, "公益性岗位收入") + num(house, "其他工资性收入"))
    nat[PROPERTY] = _whole(num(house, "资产收益扶贫分红收入") + num(house, "其他财产性收入"))
    nat[TRANSFER] = _whole(sum(num(house, name) for name in _TRANSFERS))
    nat["生产经营性支出（合计）"] = _whole(num(house, COST) - num(house, "专项用于减少生产经营性支出的补贴"))
    gross = num(house, WAGE) + num(house, BUSINESS) + num(house, PROPERTY) + num(house, TRANSFER)
    nat["年收入（元）"] = _whole(gross)
    net = gross - num(house, "生产经营性支出（合计）")
    nat["纯收入（元）"] = _whole(net)
    size = num(house, "年度家庭人口数")
    nat["人均纯收入（元）"] = _whole(round(net / size, 2))


def set_per_head(house: House, amount: int) -> None:
    """Makes the annual net income per head exactly `amount` yuan, all sums agreeing."""
    nat = house.nat
    nat |= {BUSINESS: 0, COST: 0, "公益性岗位收入": 0}
    nat["其他工资性收入"] = 0
    kept = num(house, "最低生活保障金")
    pension = min(num(house, "养老金或离退休金"), max(0, amount * int(num(house, "年度家庭人口数")) - kept))
    nat |= dict.fromkeys(_TRANSFERS, 0)
    nat["最低生活保障金"], nat["养老金或离退休金"] = _whole(kept), _whole(pension)
    nat |= {"资产收益扶贫分红收入": 0, "其他财产性收入": 0}
    rest = amount * int(num(house, "年度家庭人口数")) - kept - pension
    nat["其他工资性收入" if rest >= 0 else "最低生活保障金"] = _whole(rest if rest >= 0 else kept + rest)
    settle(house)


def fill_at_start(rng: random.Random, house: House) -> None:
    """Income and guarantees at identification."""
    size = len(house.members)
    wage, transfer = rng.randrange(3_000, 5_000) * size, rng.randrange(800, 2_000) * size
    net = wage + transfer
    house.nat |= {
        "识别时工资性收入": wage, "识别时财产性收入": 0, "识别时转移性收入": transfer, "识别时生产经营性收入": 0,
        "识别时生产经营性支出": 0, "识别时纯收入（元）": net, "识别时人均纯收入（元）": _whole(net / size), "识别时理赔收入": 0,
        "识别时合规自付支出": rng.randrange(500, 9_000),
    }
    house.nat |= dict.fromkeys(GUARANTEES, "否")
    set_period(house, "识别时", house.nat["识别监测时间"])


def fill_at_end(rng: random.Random, house: House, year: int) -> None:
    """The 13 figures after elimination, above the line of `year`."""
    size = len(house.members)
    per_head = LINES[year] + rng.randrange(400, 4_000)
    transfer = 500 * size
    set_at_end(house, (per_head * size) - transfer, transfer, size)
    house.nat |= dict.fromkeys(GUARANTEES_AT_END, "否")


def set_at_end(house: House, wage: int, transfer: int, size: int) -> None:
    """Income after elimination from wage and transfer alone."""
    net = wage + transfer
    house.nat |= {
        "风险消除后工资性收入": wage, "风险消除后财产性收入": 0, "风险消除后转移性收入": transfer, "风险消除后生产经营性收入": 0,
        "风险消除后生产经营性支出": 0, "风险消除后家庭纯收入": net, "风险消除后家庭人均纯收入": _whole(net / size),
        "风险消除后理赔收入": 0, "风险消除后合规自付支出": 200,
    }
    set_period(house, "风险消除后", house.nat["消除监测时间"])


def set_period(house: House, prefix: str, ym: Cell) -> None:
    """The twelve months before the month `ym` (YYYYMM; None: no period) as the period of the income with `prefix`."""
    first = last = None
    if isinstance(ym, int):
        first = date(ym // 100 - 1, ym % 100, 1).isoformat()
        last = (date(ym // 100, ym % 100, 1) - timedelta(days=1)).isoformat()
    house.nat |= {f"{prefix}计算周期起": first, f"{prefix}计算周期止": last}


def _whole(value: float) -> int | float:
    """`value` as an int where it is one, else rounded to 2 decimals."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded
