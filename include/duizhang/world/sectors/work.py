"""Work away from home (spells and plans) as the national system's monthly monitor has it, in step with wages and visits."""

from __future__ import annotations

import math
import random

from duizhang.world.model import House, Person, Row
from duizhang.world.places import CITY, PROVINCE
from duizhang.world.sectors.base import Book, Form, add

SPELLS, PLANS = "务工月监测已外出", "务工月监测计划外出"
ABLE = ("普通劳动力", "技能劳动力")
CYCLE = (202510, 202609)  # the income year of 2026
_TITLES = ("导出单位：{county}　导出时间：{date}",)
_AWAY = (("海东省", "海宁市", "临港区"), ("海东省", "海宁市", "桥头县"), ("江南省", "苏湖市", "新北区"))
_FIRMS = (("华光电子厂", "制造业"), ("顺达建筑队", "建筑业"), ("好味餐馆", "住宿和餐饮业"), ("万家超市", "批发和零售业"))


def months(first: int, last: int) -> int:
    """Months from YYYYMM to YYYYMM, both counted."""
    return (last // 100 - first // 100) * 12 + last % 100 - first % 100 + 1


def back(ym: int, count: int) -> int:
    """YYYYMM `count` months before `ym`."""
    nth = ym // 100 * 12 + ym % 100 - 1 - count
    return nth // 12 * 100 + nth % 12 + 1


def words(ym: int) -> str:
    """A month as the monitor writes it."""
    return f"{ym // 100}年{ym % 100}月"


def workers(house: House) -> list[Person]:
    """Members who can be away for work, and could three years ago."""
    return [
        person for person in house.members
        if person.nat["劳动技能"] in ABLE and 19 <= person.age < 60 and person.nat["在校生状况"] is None
        and "特困" not in str(person.nat["享受特困供养政策情况"])
    ]


def spell(house: House, person: Person, start: int, end: int | None, monthly: float | int, place: tuple[str, str, str]) -> Row:
    """A spell of work from month `start` to `end` (None: still away)."""
    village = house.village
    here = place[2] == village.county_name
    return {
        "县": village.county_name, "乡": village.town_name, "行政村": village.name, "户编号": house.key, "人编号": person.key,
        "姓名": person.name, "证件号码": person.nat["证件号码"], "户类型": house.nat["户类型"], "监测对象类别": house.nat["监测对象类别"],
        "是否已务工": "是" if end is None else "否", "开始时间": words(start), "结束时间": words(end) if end else None,
        "务工所在省": place[0], "务工所在市": place[1], "务工所在县": place[2], "务工区域": "乡外县内" if here else "省外",
        "务工企业名称": "华光电子厂", "所属行业": "制造业", "就业渠道": "自主就业", "务工月收入": monthly, "是否点对点输送": "否",
        "年度交通费补助": None if here else 500,
    }


def _fill_spells(rng: random.Random, house: House) -> None:
    """Spells whose monthly pay makes up the wages of the income year; visit and 人 say the same."""
    able, wage = workers(house), house.nat["工资性收入"]
    wage = float(wage) - float(house.nat["公益性岗位收入"] or 0) if isinstance(wage, (int, float)) else 0.0
    if not able or wage <= 0:
        return
    chosen = able[: 2 if wage > 40_000 else 1]
    for person in chosen:
        amount = wage / len(chosen)
        count = min(12, max(1, math.ceil(amount / rng.choice((2_500, 3_200, 4_200)))))
        monthly = round(amount / count, 2)
        place = rng.choice((*_AWAY, (PROVINCE, CITY, house.village.county_name)))
        ended = count < 12 and rng.random() < 0.25
        start = CYCLE[0] if ended else back(CYCLE[1], count - 1)
        if count == 12 and rng.random() < 0.5:
            start = back(start, rng.randrange(0, 18))
        row = spell(house, person, start, back(start, 1 - count) if ended else None, monthly, place)
        row["务工企业名称"], row["所属行业"] = rng.choice(_FIRMS)
        rows = person.books.setdefault(SPELLS, [])
        if rng.random() < 0.2 and start >= CYCLE[0]:
            rows.append(spell(house, person, 202403, 202502, 2_800, place))
        rows.append(row)
        person.nat |= {"务工所在地": "".join(place), "务工时间（月）": count, "务工企业名称": row["务工企业名称"]}
        if person.visit is not None:
            person.visit |= {"是否在外务工": "否" if ended else "是", "务工月数": count}


def plan(house: House, person: Person, where: str | None, wish: str | None = "岗位推荐") -> Row:
    """A plan to work away."""
    return {
        "户编号": house.key, "人编号": person.key, "证件号码": person.nat["证件号码"], "是否计划务工": "是", "计划务工所在县": where,
        "就业服务需求": wish, "劳动技能": person.nat["劳动技能"],
    }


def _fill_plans(rng: random.Random, house: House) -> None:
    able = workers(house)
    if able and rng.random() < 0.4:
        row = plan(house, able[-1], "临港区", rng.choice(("岗位推荐", "技能培训", "无")))
        able[-1].books[PLANS] = [row | ({} if rng.random() < 0.8 else {"是否计划务工": "否", "计划务工所在县": None, "就业服务需求": None})]


add(Book(
    SPELLS,
    (
        "县", "乡", "行政村", "户编号", "人编号", "姓名", "证件号码", "户类型", "监测对象类别", "是否已务工", "开始时间", "结束时间", "务工所在省",
        "务工所在市", "务工所在县", "务工区域", "务工企业名称", "所属行业", "就业渠道", "务工月收入", "是否点对点输送", "年度交通费补助",
    ),
    Form("{county}（务工月监测）已外出务工信息_{date8}", titles=("已外出务工信息", *_TITLES)), ("2026-10-21", "2026-11-14"),
    number="证件号码", name="姓名", national=True, fill=_fill_spells,
))
add(Book(
    PLANS, ("户编号", "人编号", "证件号码", "是否计划务工", "计划务工所在县", "就业服务需求", "劳动技能"),
    Form("{county}（务工月监测）计划外出务工信息_{date8}", titles=("计划外出务工信息", *_TITLES)), ("2026-10-21", "2026-11-14"),
    number="证件号码", national=True, fill=_fill_plans,
))
