"""Near misses of HHD and HSW, and of PID-018: households where all but one of a rule's conditions hold."""

from __future__ import annotations

from datetime import date

from duizhang.world.columns import GUARANTEES
from duizhang.world.planters.base import Raise, Site, nears, reg, rows_of
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.planters.households import age_to
from duizhang.world.sectors.police import CHANGES, change_row

_, _, _, _WATER = GUARANTEES


@nears("PID-018")
def _heads_name_with_a_blank_and_a_note(s: Site) -> list[Raise]:
    name = str(s.nat["户主姓名"])
    s.nat["户主姓名"] = f"{name[0]} {name[1:]}（户主）"
    return s.house("PID-018")


@nears("HHD-001")
def _head_nobody_calls_so_in_the_register(s: Site) -> list[Raise]:
    reg(s.head)["与户主关系"] = None
    return s.house("HHD-001")


@nears("HHD-002", "brothers")
def _head_of_a_register_of_his_own(s: Site) -> list[Raise]:
    """The register has two heads, each of his own register; they live together and the system has one."""
    reg(s.second).update({"户号": s.h.register + "7", "与户主关系": "户主", "户主公民身份号码": s.second.number})
    return s.house("HHD-002") + s.person(s.second, "GAX-009", "GAX-014")


@nears("HHD-003", "trio")
def _wife_and_brothers_wife(s: Site) -> list[Raise]:
    third = s.h.members[2]
    age_to(s, third, date(1986, 5, 9), "女")
    third.nat["与户主关系"], reg(third)["与户主关系"] = "之兄弟媳妇", "弟媳"
    return s.house("HHD-003") + s.person(third, "GAX-014")


@nears("HHD-004", "pair")
def _two_of_one_sex_who_are_no_couple(s: Site) -> list[Raise]:
    age_to(s, s.second, s.second.born, s.head.sex)
    s.second.nat["与户主关系"], reg(s.second)["与户主关系"] = "其他", "其他"
    return s.house("HHD-004")


@nears("HHD-005", "pair")
def _as_many_rows_though_one_has_left(s: Site) -> list[Raise]:
    """A recorded decrease whose row is still there counts; so does the number of the household."""
    rows_of(s.second, CHANGES).append(change_row(s.h, s.second.key, s.second.number, "减少", "其他转出", "2026-08-11"))
    return s.house("HHD-005", "SUR-013")


OF_HOUSE.nears("HHD-027", "single", "no land, with its unit", {"水面面积": "0亩", "牧草地面积": 0, "退耕还林面积（亩）": "0.00"})


@nears("HSW-003", "open")
def _unsafe_water_of_monitored(s: Site) -> list[Raise]:
    s.nat.update({"是否解决安全饮用水": "否", _WATER: "是", "致贫/返贫风险2": "因安全饮水"})
    s.visit["饮水现状"] = "不安全"
    return s.house("HSW-003", "MON-049", "SUR-010")


@nears("HSW-001", "open")
def _unsafe_house(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "是否住房损毁": "是", "致贫/返贫风险2": "因安全住房"})
    s.visit["住房现状等级"] = "D级"
    return s.house("HSW-001", "HSW-002", "SUR-009")
