"""Near misses of PID, MEM and MED on one person: a cell in another permitted form, or wrong in a book that the rule must not read."""

from __future__ import annotations

from datetime import date

from duizhang.world.people import insurance_row, school_row
from duizhang.world.planters.base import Raise, Site, nears, reg, rows_of, seen
from duizhang.world.planters.households import age_to
from duizhang.world.sectors.lastyear import LAST_YEAR

EMPLOYEES = "职工基本医疗保险"


@nears("PID-001", "pair")
def _number_in_groups(s: Site) -> list[Raise]:
    number = s.second.number
    s.second.nat["证件号码"] = f"{number[:6]} {number[6:14]} {number[14:]}"
    return s.person(s.second, "PID-001", "PID-002", "PID-009")


@nears("PID-005", "child_infant")
def _born_on_the_day_of_the_books(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2026, 10, 25), s.second.sex)
    return s.person(s.second, "PID-005", "PID-017")


@nears("PID-008", "pair")
def _old_number_in_the_insurance_alone(s: Site) -> list[Raise]:
    """The insurance book has fifteen digits; register and name confirm whose they are."""
    s.second.insured[0]["证件号码"] = s.second.number[:6] + s.second.number[8:17]
    return s.person(s.second, "PID-008", "YBX-001")


@nears("PID-011", "brothers")
def _twins(s: Site) -> list[Raise]:
    """Two names, and numbers that differ in one digit and the check character."""
    age_to(s, s.second, s.head.born, s.head.sex)
    return s.person(s.head, "PID-011", "PID-010") + s.person(s.second, "PID-011", "PID-010")


@nears("MEM-001")
def _rare_people_and_none_in_the_register(s: Site) -> list[Raise]:
    s.head.nat["民族"] = "其他"
    for row in rows_of(s.head, LAST_YEAR):
        row["民族"] = "其他"
    reg(s.head)["民族"] = None
    return s.person(s.head, "MEM-001")


@nears("MEM-002")
def _health_not_filled_at_the_door(s: Site) -> list[Raise]:
    seen(s.head)["实际健康状况"] = None
    return s.person(s.head, "MEM-002", "SUR-006")


@nears("MEM-003", "elder_weak")
def _labour_not_filled_at_the_door(s: Site) -> list[Raise]:
    seen(s.head)["实际劳动能力"] = None
    return s.person(s.head, "MEM-003", "SUR-007")


@nears("MEM-004", "teen_home")
def _only_the_reason_is_left(s: Site) -> list[Raise]:
    s.second.nat |= {"文化程度": None, "义务教育阶段未上学原因": "厌学"}
    return s.person(s.second, "MEM-004")


@nears("MEM-005", "teen_home")
def _graduate_whom_the_school_still_books(s: Site) -> list[Raise]:
    s.second.school = [school_row(s.second, "普通高中", "高三", "毕业")]
    return s.person(s.second, "MEM-005", "JYX-002")


@nears("MED-002")
def _second_scheme_over(s: Site) -> list[Raise]:
    """The insurance has both schemes, that of employees ended; the national book leaves it empty."""
    s.head.nat["是否参加城镇职工基本医疗保险"] = None
    s.head.insured.append(insurance_row(s.head, s.h.village.county, None, EMPLOYEES) | {"参保状态": "终止"})
    return s.person(s.head, "MED-002", "YBX-004")


@nears("MED-003", "pair")
def _serious_illness_insurance_ticked(s: Site) -> list[Raise]:
    s.second.nat["是否参加大病保险"] = "√"
    return s.person(s.second, "MED-003", "FMT-017", "MON-050")


@nears("MED-007")
def _second_pension_not_filled(s: Site) -> list[Raise]:
    s.head.nat |= {"是否参加城乡居民基本养老保险": "是", "是否参加城镇职工基本养老保险": None}
    return s.person(s.head, "MED-007", "MED-006")


@nears("MON-050", "pair")
def _not_marked_by_the_insurance_alone(s: Site) -> list[Raise]:
    s.second.insured[0]["大病保险标识"] = "否"
    return s.person(s.second, "MON-050", "MED-004")


@nears("HHD-013", "brothers")
def _relation_not_in_the_register(s: Site) -> list[Raise]:
    s.second.nat["与户主关系"] = "其他"
    reg(s.second)["与户主关系"] = None
    return s.person(s.second, "HHD-013")
