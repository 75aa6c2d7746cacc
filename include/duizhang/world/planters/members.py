"""Planters of MEM, EDU and MED: what is said of one person."""

from __future__ import annotations

from datetime import date

from duizhang.world.people import school_row
from duizhang.world.planters.base import Raise, Site, both, nears, plants, seen
from duizhang.world.planters.households import age_to
from duizhang.world.sectors.welfare import register_illness


@plants("MEM-001")
def _no_people(s: Site) -> list[Raise]:
    s.head.nat["民族"] = None
    return s.person(s.head, "MEM-001")


@plants("MEM-002")
def _no_health(s: Site) -> list[Raise]:
    s.head.nat["健康状况"] = None
    return s.person(s.head, "MEM-002")


@plants("MEM-003")
def _no_labour(s: Site) -> list[Raise]:
    s.head.nat["劳动技能"] = None
    return s.person(s.head, "MEM-003")


@plants("MEM-004")
def _no_schooling(s: Site) -> list[Raise]:
    s.head.nat["文化程度"] = None
    return s.person(s.head, "MEM-004")


@plants("MEM-005", "child_primary")
def _degree_of_a_pupil(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "小学"
    return s.person(s.second, "MEM-005")


@plants("MEM-006")
def _healthy_and_ill(s: Site) -> list[Raise]:
    both(s.head, "健康状况", "健康,长期慢性病")
    register_illness(s.head)
    return s.person(s.head, "MEM-006")


@nears("MEM-006")
def _two_illnesses(s: Site) -> list[Raise]:
    both(s.head, "健康状况", "患有大病,长期慢性病")
    seen(s.head)["实际健康状况"] = "长期慢性病、患有大病"
    register_illness(s.head)
    return s.person(s.head, "MEM-006")


@plants("MEM-007", "child_junior")
def _child_at_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-007")


@nears("MEM-007", "child_senior")
def _sixteen_this_day(s: Site) -> list[Raise]:
    """Sixteen on the day of the first month's books."""
    age_to(s, s.second, date(2010, 10, 25), "男")
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-007")


@plants("MEM-008", "elder")
def _able_at_66(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "普通劳动力")
    return s.person(s.head, "MEM-008")


@plants("MEM-008", "elder")
def _able_at_60(s: Site) -> list[Raise]:
    age_to(s, s.head, date(1966, 8, 14), s.head.sex)
    s.nat["户主证件号码"] = s.visit["户主证件号码"] = s.head.number
    both(s.head, "劳动技能", "技能劳动力")
    return s.person(s.head, "MEM-008")


@nears("MEM-008", "elder")
def _able_at_59(s: Site) -> list[Raise]:
    age_to(s, s.head, date(1967, 1, 14), s.head.sex)
    s.nat["户主证件号码"] = s.visit["户主证件号码"] = s.head.number
    both(s.head, "劳动技能", "普通劳动力")
    return s.person(s.head, "MEM-008")


@plants("MEM-009")
def _healthy_and_unable(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "丧失劳动力")
    return s.person(s.head, "MEM-009")


@nears("MEM-009")
def _ill_and_unable(s: Site) -> list[Raise]:
    both(s.head, "健康状况", "患有大病")
    register_illness(s.head)
    both(s.head, "劳动技能", "无劳动力")
    return s.person(s.head, "MEM-009")


@nears("MEM-009", "elder")
def _sixty_and_unable(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "无劳动力")
    return s.person(s.head, "MEM-009")


@plants("MEM-012", "disabled_heavy")
def _heavily_disabled_at_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-012")


@nears("MEM-012", "disabled")
def _lightly_disabled_at_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-012")


def _pupil(s: Site, years: int, status: str, stage: str, grade: str) -> None:
    """Makes the child a pupil of `years` completed years in every book."""
    age_to(s, s.second, date(2026 - years, s.second.born.month, s.second.born.day), s.second.sex)
    both(s.second, "在校生状况", status)
    s.second.school = [school_row(s.second, stage, grade)]


@plants("MEM-016", "child_primary")
def _fifteen_in_primary(s: Site) -> list[Raise]:
    _pupil(s, 15, "小学", "小学", "六年级")
    return s.person(s.second, "MEM-016")


@plants("MEM-016", "child_primary")
def _five_in_primary(s: Site) -> list[Raise]:
    _pupil(s, 5, "小学", "小学", "一年级")
    return s.person(s.second, "MEM-016")


@nears("MEM-016", "child_primary")
def _fourteen_in_primary(s: Site) -> list[Raise]:
    _pupil(s, 14, "小学", "小学", "六年级")
    return s.person(s.second, "MEM-016")


@plants("MEM-017", "child_junior")
def _eleven_in_junior(s: Site) -> list[Raise]:
    _pupil(s, 11, "七年级", "初中", "七年级")
    return s.person(s.second, "MEM-017")


@nears("MEM-017", "child_junior")
def _twelve_in_junior(s: Site) -> list[Raise]:
    _pupil(s, 12, "七年级", "初中", "七年级")
    return s.person(s.second, "MEM-017")


def _in_the_league(s: Site, born: int) -> list[Raise]:
    """The second member, born in the year `born`, is in the youth league; the head is old enough to be the parent."""
    age_to(s, s.head, date(1974, 4, 8), s.head.sex)
    s.nat["户主证件号码"] = s.visit["户主证件号码"] = s.head.number
    age_to(s, s.second, date(born, 7, 9), s.second.sex)
    s.second.nat["政治面貌"] = "共青团员"
    return s.person(s.second, "MEM-025")


@plants("MEM-025", "youth")
def _league_member_of_29(s: Site) -> list[Raise]:
    return _in_the_league(s, 1997)


@plants("MEM-025", "teen_home")
def _party_member_of_17(s: Site) -> list[Raise]:
    s.second.nat["政治面貌"] = "中共预备党员"
    return s.person(s.second, "MEM-025")


@nears("MEM-025", "youth")
def _league_member_of_28(s: Site) -> list[Raise]:
    return _in_the_league(s, 1998)


@plants("MEM-029", "disabled")
def _level_differs_from_number(s: Site) -> list[Raise]:
    s.second.nat["残疾等级"] = "四级"
    return s.person(s.second, "MEM-029", "CLX-003")


@plants("MEM-029", "disabled")
def _number_differs_from_level(s: Site) -> list[Raise]:
    s.second.nat["证件号码"] = s.second.number + "44"
    return s.person(s.second, "MEM-029", "CLX-004")


@nears("MEM-029", "disabled")
def _level_in_old_writing(s: Site) -> list[Raise]:
    s.second.nat["残疾等级"] = "叁级"
    return s.person(s.second, "MEM-029", "CLX-003")


@plants("EDU-001", "child_junior")
def _not_at_school(s: Site) -> list[Raise]:
    """Neither at school nor enrolled; finished primary school, so schooling is not empty."""
    s.second.nat |= {"在校生状况": None, "文化程度": "小学"}
    s.second.school = []
    seen(s.second)["实际在校状况"] = None
    return s.person(s.second, "EDU-001", "JYX-004") + s.house("MON-051")


@plants("EDU-001", "child_junior")
def _not_at_school_but_enrolled(s: Site) -> list[Raise]:
    s.second.nat |= {"在校生状况": None, "文化程度": "小学"}
    return s.person(s.second, "EDU-001", "JYX-002") + s.house("MON-051")


@nears("EDU-001", "teen_home")
def _sixteen_on_the_day(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2010, 8, 31), s.second.sex)
    return s.person(s.second, "EDU-001", "JYX-004")


@plants("EDU-002", "teen_home")
def _ill_but_healthy(s: Site) -> list[Raise]:
    s.second.nat["义务教育阶段未上学原因"] = "因病"
    return s.person(s.second, "EDU-002")


@plants("EDU-002", "child_junior")
def _disabled_but_healthy(s: Site) -> list[Raise]:
    s.second.nat |= {"在校生状况": None, "文化程度": "小学", "义务教育阶段未上学原因": "因残"}
    s.second.school = []
    return s.person(s.second, "EDU-002", "JYX-004")


@nears("EDU-002", "teen_home")
def _tired_of_school(s: Site) -> list[Raise]:
    s.second.nat["义务教育阶段未上学原因"] = "厌学"
    return s.person(s.second, "EDU-002", "EDU-003")


@plants("EDU-003", "child_primary")
def _at_school_with_a_reason(s: Site) -> list[Raise]:
    s.second.nat["义务教育阶段未上学原因"] = "厌学"
    return s.person(s.second, "EDU-003")


@plants("MED-001")
def _uninsured_in_system_only(s: Site) -> list[Raise]:
    s.head.nat["是否参加城乡居民基本医疗保险"] = "否"
    return s.person(s.head, "MED-001", "MED-004", "YBX-002") + s.house("SUR-012")


@plants("MED-001")
def _uninsured(s: Site) -> list[Raise]:
    s.head.nat |= {"是否参加城乡居民基本医疗保险": None, "是否参加城镇职工基本医疗保险": None}
    s.head.insured = []
    return s.person(s.head, "MED-001") + s.house("SUR-012")


@plants("MED-001", "open_able")
def _monitored_and_uninsured(s: Site) -> list[Raise]:
    s.second.nat["是否参加城乡居民基本医疗保险"] = "否"
    s.second.insured = []
    return s.person(s.second, "MED-001", "MED-004", "YBX-005") + s.house("SUR-012")


@nears("MED-001")
def _insured_at_work(s: Site) -> list[Raise]:
    s.head.nat |= {"是否参加城乡居民基本医疗保险": "否", "是否参加城镇职工基本医疗保险": "是"}
    s.head.insured[0]["险种类型"] = "职工基本医疗保险"
    return s.person(s.head, "MED-001", "YBX-001", "YBX-002", "YBX-003")


@plants("MED-002")
def _insured_twice(s: Site) -> list[Raise]:
    s.head.nat["是否参加城镇职工基本医疗保险"] = "是"
    return s.person(s.head, "MED-002", "YBX-003")


@plants("MED-003")
def _no_serious_illness_insurance(s: Site) -> list[Raise]:
    s.head.nat["是否参加大病保险"] = None
    return s.person(s.head, "MED-003", "MON-050", "FMT-017")


@plants("MED-005")
def _helped_without_insurance(s: Site) -> list[Raise]:
    s.head.nat |= {"是否参加城乡居民基本医疗保险": "否", "是否接受医疗救助": "是"}
    s.head.insured = []
    return s.person(s.head, "MED-001", "MED-004", "MED-005") + s.house("SUR-012")


@nears("MED-005")
def _helped_with_insurance(s: Site) -> list[Raise]:
    s.head.nat["是否接受医疗救助"] = "是"
    return s.person(s.head, "MED-005")
