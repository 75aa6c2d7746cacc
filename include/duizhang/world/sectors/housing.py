"""乡村建设户信息, 危房改造, 饮水安全 and 县界: houses, water and the county's boundary."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.places import boundary
from duizhang.world.sectors.base import Book, Form, Places, add

RURAL, HOUSING, WATER, BOUNDARY = "乡村建设户信息", "危房改造", "饮水安全", "县界"
LARGE = 4  # housing and water speak of larger households only: smaller ones are the planters', with rows of their own


def _fill_rural(rng: random.Random, house: House) -> None:
    head = house.members[0]
    head.books[RURAL] = [{
        "县(市、区、旗)": house.village.county_name, "乡(镇)": house.village.town_name, "行政村": house.village.name, "户编号": house.key,
        "证件号码": head.nat["证件号码"], "户类型": house.nat["户类型"], "卫生厕所是否能正常使用": "是", "是否有卫生厕所": "是",
    }]  # fmt: skip


def housing_row(person: Person, grade: str, day: str = "2024-04-16") -> Row:
    """An appraisal of the house of `person`, `grade` on `day`, without any repair."""
    return {
        "户主姓名": person.name, "户主证件号码": person.number, "对象类别": "易返贫致贫户", "鉴定等级": grade, "鉴定日期": day,
        "改造方式": "未改造", "纳入改造年度": None, "开工日期": None, "竣工日期": None, "验收日期": None, "入住日期": None, "补助金额": None,
        "房屋面积": 80,
    }  # fmt: skip


def repaired(row: Row, done: str, moved_in: str | None) -> Row:
    """The appraisal with its repair, finished on `done` and moved into on `moved_in`."""
    return row | {
        "改造方式": "拆除重建", "纳入改造年度": 2024, "开工日期": "2024-06-03", "竣工日期": done, "验收日期": done, "入住日期": moved_in,
        "补助金额": 30_000,
    }  # fmt: skip


def _appraisals(rng: random.Random, person: Person) -> list[Row]:
    if rng.random() < 0.5:
        return [housing_row(person, rng.choice(("A级", "B级")))]
    unsafe = repaired(housing_row(person, rng.choice(("C级", "D级"))), "2024-10-20", "2024-11-30")
    return [unsafe] if rng.random() < 0.5 else [housing_row(person, "D级", "2021-05-08"), unsafe]


def _fill_housing(rng: random.Random, house: House) -> None:
    if len(house.members) >= LARGE and rng.random() < 0.3:
        house.members[0].books[HOUSING] = _appraisals(rng, house.members[0])


def _housing_of_outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if rng.random() < 0.05:
        person.books[HOUSING] = _appraisals(rng, person)


def water_row(person: Person | None, village: Village, finding: str = "安全", day: str = "2026-05-20") -> Row:
    """An appraisal of the water of `person`'s household, or of a hamlet (`person` None)."""
    good = "否" if finding == "不安全" else "是"
    return {
        "户主姓名": person.name if person else None, "户主证件号码": person.number if person else None, "村编码": village.code,
        "自然村名称": "1组", "供水方式": "集中供水", "水量达标": "是", "水质达标": good, "用水方便程度达标": "是", "供水保证率达标": "是",
        "饮水安全结论": finding, "评价日期": day, "停水缺水起日": None,
    }  # fmt: skip


def _fill_water(rng: random.Random, house: House) -> None:
    if len(house.members) >= LARGE and rng.random() < 0.4:
        house.members[0].books[WATER] = [water_row(house.members[0], house.village, rng.choice(("安全", "安全", "基本安全")))]
    elif rng.random() < 0.05:  # a hamlet appraised as a whole
        house.books[WATER] = [water_row(None, house.village)]


def _water_of_outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if rng.random() < 0.05:
        person.books[WATER] = [water_row(person, village, rng.choice(("安全", "不安全")))]


def _boundaries(places: Places) -> list[Row]:
    return [
        {"县编码": county, "坐标系": "CGCS2000", "部件序号": 1, "顶点序号": nth, "经度": east, "纬度": north}
        for county in sorted({village.county for village in places.villages})
        for nth, (east, north) in enumerate(boundary(county), 1)
    ]


add(Book(
    feed=RURAL, columns=("县(市、区、旗)", "乡(镇)", "行政村", "户编号", "证件号码", "户类型", "卫生厕所是否能正常使用", "是否有卫生厕所"),
    form=Form("（乡村建设）户信息_{county}_{date8}", titles=("乡村建设户信息", "导出单位：{county}　导出时间：{date}")),
    dates=("2026-10-20", "2026-11-13"), number="证件号码", national=True, fill=_fill_rural,
))  # fmt: skip
add(Book(
    feed=HOUSING,
    columns=(
        "户主姓名", "户主证件号码", "对象类别", "鉴定等级", "鉴定日期", "改造方式", "纳入改造年度", "开工日期", "竣工日期", "验收日期", "入住日期",
        "补助金额", "房屋面积",
    ),
    form=Form("{county}住建局危房改造台账_{date8}", titles=("{county}危房改造台账",)),
    dates=("2026-10-16", "2026-11-12"), number="户主证件号码", name="户主姓名", fill=_fill_housing, outsider=_housing_of_outsider,
))  # fmt: skip
add(Book(
    feed=WATER,
    columns=(
        "户主姓名", "户主证件号码", "村编码", "自然村名称", "供水方式", "水量达标", "水质达标", "用水方便程度达标", "供水保证率达标", "饮水安全结论",
        "评价日期", "停水缺水起日",
    ),
    form=Form("{county}水利局饮水安全评价_{date8}", kind="csv", encoding="gb18030"),
    dates=("2026-10-17", "2026-11-12"), number="户主证件号码", name="户主姓名", fill=_fill_water, outsider=_water_of_outsider,
))  # fmt: skip
add(Book(
    feed=BOUNDARY, columns=("县编码", "坐标系", "部件序号", "顶点序号", "经度", "纬度"), form=Form("县界坐标_{date8}"),
    dates=("2026-01-05", None), places=_boundaries, place="县编码", scope="city",
))  # fmt: skip
