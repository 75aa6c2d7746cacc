"""The village form: two years of every village, its counts taken from the books as they are sent."""

from __future__ import annotations

from collections import Counter, defaultdict

from duizhang.world.columns import LANDS
from duizhang.world.model import Month, Person, Row
from duizhang.world.sectors.base import Book, Form, Places, add
from duizhang.world.sectors.housing import HOUSING
from duizhang.world.sectors.welfare import DESTITUTE

FEED = "行政村信息"
LAND_HERE = dict(zip(
    ("耕地面积（亩）", "林地面积（亩）", "林果面积（亩）", "牧草地面积（亩）", "水域面积（亩）"), (LANDS[0], LANDS[1], *LANDS[3:]), strict=True
))


def _amount(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def provided(person: Person, month: Month) -> bool:
    """Whether the civil affairs' list of the month provides for the person."""
    return any(int(str(row.get("停发年月") or 999999)) > month.ym for row in person.books.get(DESTITUTE, ()))


def unsafe_house(people: list[Person]) -> bool:
    """Whether the newest appraisal of the people's house is C or D, without a finished repair."""
    rows = [row for person in people for row in person.books.get(HOUSING, ())]
    newest = max(rows, key=lambda row: str(row["鉴定日期"] or ""), default=None)
    return newest is not None and newest["鉴定等级"] in ("C级", "D级") and newest["竣工日期"] is None


def needy(view: Places) -> tuple[Counter[str], Counter[str]]:
    """By village: people provided for, and households in an unsafe house, in and outside of the national book."""
    destitute: Counter[str] = Counter()
    unsafe: Counter[str] = Counter()
    homes: list[tuple[str, list[Person]]] = [(str(house.nat["村编码"]), house.members) for house in view.houses]
    homes += [(str(p.reg["户籍地区划"]), [p]) for others in view.others.values() for p in others if p.reg is not None]
    for code, people in homes:
        destitute[code] += sum(provided(person, view.month) for person in people)
        unsafe[code] += unsafe_house(people)
    return destitute, unsafe


def _rows(view: Places) -> list[Row]:
    people: Counter[str] = Counter()
    supported: Counter[str] = Counter()
    certified: Counter[str] = Counter()
    booked: Counter[str] = Counter()
    destitute, unsafe = needy(view)
    land: dict[str, dict[str, float]] = {name: defaultdict(float) for name in LAND_HERE}
    everybody = [p for h in view.houses for p in h.members] + [p for others in view.others.values() for p in others]
    registered = [p.reg for p in everybody] + [row for h in view.houses for row in h.extra_reg]
    people.update(str(row["户籍地区划"]) for row in registered if row is not None and row["注销状态"] == "正常")
    supported.update(str(p.dibao["村编码"]) for p in everybody if p.dibao is not None and p.dibao["是否保障对象"] == "是")
    certified.update(str(p.cert["户籍地区划"]) for p in everybody if p.cert is not None and p.cert["证件状态"] == "有效")
    for house in view.houses:
        code = str(house.nat["村编码"])
        booked[code] += 1
        for name, column in LAND_HERE.items():
            land[name][code] += _amount(house.nat[column])
    families = Counter(str(p.reg["户籍地区划"]) for others in view.others.values() for p in others if p.reg is not None)
    rows: list[Row] = []
    for n, village in enumerate(view.villages):
        code, total = village.code, booked[village.code] + families[village.code] + 20
        row: Row = {
            "年度": 2026, "县": village.county_name, "乡": village.town_name, "村": village.name, "村编码": code,
            "是否出列": "是" if people[code] else "否",  # nobody lives there: nothing to raise out of poverty
            "是否重点村": "是" if n % 3 == 0 else "否", "自然村（村民小组）数": 6, "总户数": total, "总人口数": people[code],
            "低保户数": supported[code], "低保人口数": supported[code], "特困供养人口数": destitute[code],
            "残疾人口数": certified[code], "外出务工人数": 40,
            "危房户数": unsafe[code], "未实现饮水安全户数": 0, "有效灌溉面积（亩）": 120, "农民人均纯收入（元）": 15_800,
            "村级集体经济收入（万元）": 12.5, "村小学（个数）": n % 2, "参加城乡居民基本医疗保险人数": people[code],
            "参加城乡居民基本养老保险人数": people[code] // 2, "到乡镇是否通沥青（水泥）路": "是", "是否通客运班车": "是", "行政村卫生室个数": 1,
            "行政村执业（助理）医师（人）": 1, "行政村公共卫生厕所个数": 2, "行政村生产生活垃圾集中堆放点个数（个）": 3,
            "行政村文化（图书）室个数（个）": 1, "农民专业合作社个数": 1, "百度经度": 105.5, "百度纬度": 27.5,
        }
        row |= {name: round(land[name][code] + 400, 2) for name in LAND_HERE}
        rows += [row, row | {"年度": 2025}]
    return rows


add(Book(
    feed=FEED,
    columns=(
        "年度", "县", "乡", "村", "村编码", "是否出列", "是否重点村", "自然村（村民小组）数", "总户数", "总人口数", "低保户数",
        "低保人口数", "特困供养人口数", "残疾人口数", "外出务工人数", "危房户数", "未实现饮水安全户数", "耕地面积（亩）",
        "有效灌溉面积（亩）", "林地面积（亩）", "林果面积（亩）", "牧草地面积（亩）", "水域面积（亩）", "农民人均纯收入（元）",
        "村级集体经济收入（万元）", "村小学（个数）", "参加城乡居民基本医疗保险人数", "参加城乡居民基本养老保险人数",
        "到乡镇是否通沥青（水泥）路", "是否通客运班车", "行政村卫生室个数", "行政村执业（助理）医师（人）", "行政村公共卫生厕所个数",
        "行政村生产生活垃圾集中堆放点个数（个）", "行政村文化（图书）室个数（个）", "农民专业合作社个数", "百度经度", "百度纬度",
    ),
    form=Form("{county}行政村信息_{date8}", titles=("行政村信息（自定义导出）", "导出单位：{county}　导出时间：{date}")),
    dates=("2026-10-20", "2026-11-13"), places=_rows, place="村编码",
))
