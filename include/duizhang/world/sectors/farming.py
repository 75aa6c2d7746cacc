"""产业补贴, 自然村信息 and 县基础信息: subsidies for farming, the hamlets, and the form of counties helped with priority."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, Places, add

SUBSIDIES, HAMLETS, COUNTIES = "产业补贴", "自然村信息", "县基础信息"
ARABLE, FOREST, AWARD = "耕地地力保护补贴", "退耕还林补助", "产业奖补"
LAND, WOODED = "耕地面积（亩）", "退耕还林面积（亩）"
LARGE = 4  # subsidies in larger households only: smaller ones are the planters', with rows of their own
RATE = 30  # yuan a mu: what is paid never exceeds what the household books as other transfers


def subsidy_row(person: Person, kind: str = ARABLE, amount: float | None = 200, **other: str | int | float | None) -> Row:
    """A row of 产业: `amount` yuan of `kind` paid to the household of `person` in May 2026."""
    return {
        "户主姓名": person.name, "户主证件号码": person.number, "年度": 2026, "补贴项目": kind, "补贴面积": None, "补贴金额": amount,
        "承包地确权面积": None, "发放日期": "2026-05-20", **other,
    }


def _rows(person: Person, land: float) -> list[Row]:
    row = subsidy_row(person, ARABLE, round(land * RATE, 2), 补贴面积=land, 承包地确权面积=land)
    return [row, row | {"年度": 2025, "发放日期": "2025-06-10"}]


def _fill(rng: random.Random, house: House) -> None:
    land = house.nat[LAND]
    if len(house.members) >= LARGE and not house.monitored and isinstance(land, (int, float)) and land > 0 and rng.random() < 0.6:
        house.members[0].books[SUBSIDIES] = _rows(house.members[0], float(land))


def _outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 25 and person.dead is None and (serial % 5 == 1 or rng.random() < 0.2):
        person.books[SUBSIDIES] = _rows(person, rng.randrange(10, 90) / 10)
        if rng.random() < 0.2:
            person.books[SUBSIDIES].append(subsidy_row(person, rng.choice((FOREST, AWARD)), 600))


def _hamlets(view: Places) -> list[Row]:
    return [
        {"村编码": village.code, "自然村名称": f"{n}组", "户数": 20, "人口数": 70, "是否通动力电": "是", "是否通硬化路": "是"}
        for village in view.villages for n in range(1, 7)
    ]


def _counties(view: Places) -> list[Row]:
    names = {village.county: village.county_name for village in view.villages}
    return [
        {
            "年度": 2026, "县编码": code, "县名称": names[code], "是否国家级重点帮扶县": "是" if n % 3 == 0 else "否",
            "是否省级重点帮扶县": "是" if n % 3 == 1 else "否", "行政村数": 160, "乡村人口数": 210_000, "农村居民人均可支配收入": 17_600,
            "主导产业个数": 3, "义务教育学校数": 41, "二级及以上医院数": 2,
        }
        for n, code in enumerate(sorted(names))
    ]


add(Book(
    SUBSIDIES, ("户主姓名", "户主证件号码", "年度", "补贴项目", "补贴面积", "补贴金额", "承包地确权面积", "发放日期"),
    Form("{county}惠农补贴发放台账_{date8}", "zip"), ("2026-10-15", "2026-11-11"),
    number="户主证件号码", name="户主姓名", fill=_fill, outsider=_outsider,
))
add(Book(
    HAMLETS, ("村编码", "自然村名称", "户数", "人口数", "是否通动力电", "是否通硬化路"),
    Form("{county}自然村信息_{date8}", titles=("自然村信息（自定义导出）", "导出单位：{county}　导出时间：{date}")),
    ("2026-10-20", "2026-11-13"), places=_hamlets, place="村编码",
))
add(Book(
    COUNTIES,
    (
        "年度", "县编码", "县名称", "是否国家级重点帮扶县", "是否省级重点帮扶县", "行政村数", "乡村人口数", "农村居民人均可支配收入",
        "主导产业个数", "义务教育学校数", "二级及以上医院数",
    ),
    Form("{county}县基础信息_{date8}", titles=("县基础信息（重点帮扶县采集表）",)), ("2026-10-20", "2026-11-13"),
    places=_counties, place="县编码",
))
