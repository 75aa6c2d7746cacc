"""Planters of HHD and HSW: who is in a household, its land and its house."""

from __future__ import annotations

from datetime import date

from duizhang.world.model import Person
from duizhang.world.planters.base import Raise, Site, nears, plants, reg, renumber, rows_of
from duizhang.world.planters.cells import OF_HOUSE


@plants("HHD-001", "single")
def _no_head(s: Site) -> list[Raise]:
    s.head.nat["与户主关系"] = "其他"
    return s.house("HHD-001")


@plants("HHD-002", "brothers")
def _two_heads(s: Site) -> list[Raise]:
    """户 names the first of them: one of the heads agrees with it."""
    s.second.nat["与户主关系"] = "户主"
    return s.house("HHD-002") + s.person(s.second, "GAX-014")


@plants("HHD-003", "trio")
def _two_spouses(s: Site) -> list[Raise]:
    third = s.h.members[2]
    age_to(s, third, date(1986, 5, 9), "女")
    third.nat["与户主关系"] = "配偶"
    return s.house("HHD-003") + s.person(third, "GAX-014")


OF_HOUSE.plants("HHD-005", "pair", "one too many", {"当前家庭人口数": 3}, raises=("HHD-005", "SUR-013"))


@plants("HHD-005", "pair")
def _one_too_many_in_both(s: Site) -> list[Raise]:
    s.nat["当前家庭人口数"] = s.visit["家庭人口数"] = 3
    return s.house("HHD-005")


OF_HOUSE.plants("HHD-009", "single", "no phone", {"户联系电话": None})


@plants("HHD-009")
def _ten_digits(s: Site) -> list[Raise]:
    s.nat["户联系电话"] = str(s.nat["户联系电话"])[:10]
    return s.house("HHD-009")


@nears("HHD-009")
def _phone_with_decimals(s: Site) -> list[Raise]:
    s.nat["户联系电话"] = f"{s.nat['户联系电话']}.0"
    return s.house("HHD-009")


@plants("HHD-013", "pair")
def _no_relation(s: Site) -> list[Raise]:
    s.second.nat["与户主关系"] = None
    return s.person(s.second, "HHD-013")


@plants("HHD-014", "youth")
def _son_called_daughter(s: Site) -> list[Raise]:
    s.second.nat["与户主关系"] = "之女"
    return s.person(s.second, "HHD-014", "GAX-014")


@nears("HHD-014", "brothers")
def _relation_of_no_sex(s: Site) -> list[Raise]:
    s.second.nat["与户主关系"] = reg(s.second)["与户主关系"] = "其他"
    return s.person(s.second, "HHD-014", "GAX-014")


def age_to(s: Site, person: Person, born: date, sex: str) -> None:
    """Makes the person another one, born on `born`: new number, and the same birth date in every book."""
    person.born, person.sex = born, sex
    renumber(person, s.new_number(born, sex))
    person.nat |= {"出生日期": born.strftime("%Y%m%d"), "性别": sex}
    reg(person).update({"出生日期": born.isoformat(), "性别": sex})
    for row in person.school:
        row["学籍号"] = "G" + person.number
    for row in rows_of(person, "上年度信息"):
        row.update({"出生日期": person.nat["出生日期"], "性别": sex})


def _between(s: Site, years: int) -> None:
    """Lets the son be `years` completed years younger than the head."""
    head = s.head.born
    age_to(s, s.second, date(head.year + years, head.month, head.day), "男")


@plants("HHD-016", "youth")
def _fourteen_years(s: Site) -> list[Raise]:
    _between(s, 14)
    return s.person(s.second, "HHD-016")


@nears("HHD-016", "youth")
def _fifteen_years(s: Site) -> list[Raise]:
    _between(s, 15)
    return s.person(s.second, "HHD-016")


@plants("HHD-016", "old_father")
def _sixty_one_years(s: Site) -> list[Raise]:
    _between(s, 61)
    return s.person(s.second, "HHD-016")


@nears("HHD-016", "old_father")
def _sixty_years(s: Site) -> list[Raise]:
    _between(s, 60)
    return s.person(s.second, "HHD-016")


OF_HOUSE.plants("HHD-021", "single", "much land", {"耕地面积（亩）": 100.5})
OF_HOUSE.plants("HHD-021", "single", "negative land", {"耕地面积（亩）": -1})
OF_HOUSE.nears("HHD-021", "single", "a hundred mu", {"耕地面积（亩）": 100})
OF_HOUSE.plants("HHD-027", "single", "land not filled", {"水面面积": None})
OF_HOUSE.plants("HHD-030", "single", "no floor area", {"住房面积": None})
OF_HOUSE.plants("HHD-030", "single", "floor area zero", {"住房面积": 0}, raises=("HHD-030", "HHD-031"))
OF_HOUSE.nears("HHD-030", "single", "five metres", {"住房面积": 5}, raises=("HHD-030", "HHD-031"))
OF_HOUSE.plants("HHD-037", "open", "no position", {"经度": None})
OF_HOUSE.nears("HHD-037", "single", "no position and not monitored", {"经度": None, "纬度": None})
OF_HOUSE.plants("HSW-001", "single", "unsafe house not filled", {"是否危房户": None})
OF_HOUSE.plants("HSW-002", "single", "safe house of grade c", {"危房级别": "C级"})


@plants("HSW-002", "open")
def _unsafe_house_of_grade_b(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "B级"})
    s.visit["住房现状等级"] = "C级"
    return s.house("HSW-002", "HSW-004")


@nears("HSW-002", "open")
def _unsafe_house_without_grade(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "是否住房损毁": "是", "致贫/返贫风险2": "因安全住房"})
    s.visit["住房现状等级"] = "D级"
    return s.house("HSW-002", "SUR-009", "MON-048")
