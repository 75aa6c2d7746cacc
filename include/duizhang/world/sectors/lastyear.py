"""The national system's archive of the year before: what year-on-year rules compare with. Exported in January, and once anew."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row
from duizhang.world.sectors.base import Book, Form, add

LAST_YEAR = "上年度信息"
_BEFORE = {
    "七年级": "小学", "八年级": "七年级", "九年级": "八年级", "普通高中一年级": "九年级", "普通高中二年级": "普通高中一年级",
    "普通高中三年级": "普通高中二年级",
}


def _school_before(person: Person) -> str | None:
    status = person.nat["在校生状况"]
    if status == "小学":
        return "小学" if person.age > 7 else "学前教育"
    return _BEFORE.get(str(status), str(status) if status else None)


def archive_row(house: House, person: Person, net: float, size: int) -> Row:
    """The person's row of last year, with the household's net income and people."""
    village, nat = house.village, person.nat
    return {
        "年度": 2025, "县": village.county_name, "乡": village.town_name, "村": village.name, "户编号": house.key,
        "户类型": house.nat["户类型"], "年度家庭人口数": size, "纯收入（元）": round(net, 2), "人均纯收入（元）": round(net / size, 2),
        "人编号": person.key, "性别": nat["性别"], "民族": nat["民族"], "出生日期": nat["出生日期"], "在校生状况": _school_before(person),
    }


def set_income(house: House, per_head: float) -> None:
    """Lets last year's net income per head have been `per_head`."""
    for person in house.members:
        for row in person.books.get(LAST_YEAR, ()):
            row["人均纯收入（元）"] = per_head
            row["纯收入（元）"] = round(per_head * int(row["年度家庭人口数"] or 1), 2)


def _fill(rng: random.Random, house: House) -> None:
    """Six to eleven percent less than this year; a large household in ten has no archive (it was taken in this year)."""
    if len(house.members) > 3 and rng.random() < 0.1:
        return
    net = float(house.nat["纯收入（元）"] or 0) / (1.06 + rng.random() * 0.06)
    size = len(house.members)
    for person in house.members:
        person.books[LAST_YEAR] = [archive_row(house, person, net, size)]


add(Book(
    LAST_YEAR,
    (
        "年度", "县", "乡", "村", "户编号", "户类型", "年度家庭人口数", "纯收入（元）", "人均纯收入（元）", "人编号", "性别", "民族", "出生日期",
        "在校生状况",
    ),
    Form("{county}（自定义）2025年度基础信息_{date8}", titles=("2025年度基础信息（自定义导出）", "导出单位：{county}　导出时间：{date}")),
    ("2026-01-10", "2026-11-03"), national=True, fill=_fill,
))
