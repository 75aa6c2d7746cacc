"""Planters of AID on measures that members, their benefits, their school and their work do not stand behind."""

from __future__ import annotations

from datetime import date

from duizhang.world.model import Row
from duizhang.world.people import school_row
from duizhang.world.planters.base import Raise, Site, both, nears, plants
from duizhang.world.planters.households import age_to
from duizhang.world.planters.measures import HEALTH, TRADE, have
from duizhang.world.planters.welfare import provide
from duizhang.world.planters.work import away, earlier, no_work


@plants("AID-015", "gone")
def _support_of_nobody(s: Site) -> list[Raise]:
    have(s, HEALTH | {"综合保障": ["低保"]})
    return s.house("AID-015")


@plants("AID-015", "open_able")
def _destitution_of_nobody(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH | {"综合保障": ["特困供养"]})
    return s.house("AID-015")


@nears("AID-015", "open_elder_dibao")
def _support_of_somebody(s: Site) -> list[Raise]:
    return s.house("AID-015")


@plants("AID-016", "open_elder_dibao")
def _support_not_booked(s: Site) -> list[Raise]:
    have(s, HEALTH | {"综合保障": ["其他"]})
    return s.record("AID-016")


@nears("AID-016", "open_elder_dibao")
def _support_and_another(s: Site) -> list[Raise]:
    have(s, HEALTH | {"综合保障": ["其他", "低保"]})
    return s.record("AID-016")


@plants("AID-017", "open_elder_tekun")
def _destitution_not_booked(s: Site) -> list[Raise]:
    have(s, HEALTH)
    return s.record("AID-017")


@nears("AID-017", "gone_elder")
def _destitution_of_a_household_that_is_over_it(s: Site) -> list[Raise]:
    provide(s, s.head)
    return s.record("AID-017")


@plants("AID-018", "open_able")
def _allowance_of_nobody(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH | {"综合保障": ["残疾人补贴"]})
    return s.house("AID-018")


@nears("AID-018", "open_disabled")
def _allowance_of_somebody(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH | {"综合保障": ["残疾人补贴"]})
    return s.house("AID-018")


@plants("AID-019", "open_disabled_heavy")
def _allowance_not_booked(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH)
    return s.record("AID-019")


@nears("AID-019", "open_disabled")
def _third_degree(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH)
    return s.record("AID-019")


@plants("AID-020", "open_able")
def _work_of_nobody(s: Site) -> list[Raise]:
    no_work(s)
    have(s, HEALTH | {"就业帮扶": ["就近就业"]})
    return s.record("AID-020")


def _back(s: Site, end: str) -> None:
    """The head was away until the month `end`, and is at home now."""
    away(s, s.head)["结束时间"] = end
    if s.head.visit is not None:
        s.head.visit["是否在外务工"] = "否"


@plants("AID-020", "open_late")
def _back_before_identified(s: Site) -> list[Raise]:
    _back(s, "2026年2月")
    have(s, HEALTH | {"公益岗位帮扶": ["公益性岗位"]})
    return s.record("AID-020")


@nears("AID-020", "open_late")
def _back_when_identified(s: Site) -> list[Raise]:
    _back(s, "2026年3月")
    have(s, HEALTH | {"公益岗位帮扶": ["公益性岗位"]})
    return s.record("AID-020")


@plants("AID-021", "open_unable")
def _work_of_the_unable(s: Site) -> list[Raise]:
    have(s, HEALTH | {"就业帮扶": ["就近就业"]})
    return s.house("AID-021") + s.record("AID-020")


@nears("AID-021", "open_elder")
def _work_of_the_weak(s: Site) -> list[Raise]:
    have(s, HEALTH | {"就业帮扶": ["就近就业"]})
    return s.house("AID-021")


def _in_county(s: Site) -> Row:
    row = away(s, s.head)
    row |= {"务工所在县": s.h.village.county_name, "务工区域": "乡外县内", "年度交通费补助": None}
    return row


@plants("AID-022", "open_able")
def _sent_out_within_the_county(s: Site) -> list[Raise]:
    _in_county(s)["年度交通费补助"] = 300
    have(s, HEALTH | {"就业帮扶": ["外出务工补贴"]})
    return s.record("AID-022")


@plants("AID-022", "open_late")
def _sent_out_before_identified(s: Site) -> list[Raise]:
    _in_county(s)
    earlier(s, s.second, 202501, 202602)
    have(s, HEALTH | {"就业帮扶": ["劳务输出"]})
    return s.record("AID-022")


@nears("AID-022", "open_late")
def _sent_out_until_identified(s: Site) -> list[Raise]:
    _in_county(s)
    earlier(s, s.second, 202501, 202603)
    have(s, HEALTH | {"就业帮扶": ["劳务输出"]})
    return s.record("AID-022")


@plants("AID-023", "open_late")
def _gone_out_before(s: Site) -> list[Raise]:
    away(s, s.head, 202602)
    have(s, HEALTH | {"就业帮扶": ["劳务输出"]})
    return s.record("AID-023")


@nears("AID-023", "open_late")
def _gone_out_then(s: Site) -> list[Raise]:
    away(s, s.head, 202603)
    have(s, HEALTH | {"就业帮扶": ["劳务输出"]})
    return s.record("AID-023")


@plants("AID-024", "open_able")
def _no_fare_paid(s: Site) -> list[Raise]:
    away(s, s.head)["年度交通费补助"] = 0
    have(s, HEALTH | {"就业帮扶": ["外出务工补贴"]})
    return s.house("AID-024")


@plants("AID-024", "gone")
def _no_fare_told(s: Site) -> list[Raise]:
    away(s, s.head)["年度交通费补助"] = None
    have(s, HEALTH | {"就业帮扶": ["外出务工补贴"]})
    return s.house("AID-024")


@nears("AID-024", "open_able")
def _a_little_fare_paid(s: Site) -> list[Raise]:
    away(s, s.head)["年度交通费补助"] = 0.01
    have(s, HEALTH | {"就业帮扶": ["外出务工补贴"]})
    return s.house("AID-024")


def _apprentice(s: Site, status: str = "中职二年级") -> None:
    """The second member, seventeen, learns a trade."""
    age_to(s, s.second, date(2009, 7, 9), s.second.sex)
    both(s.second, "在校生状况", status)
    both(s.second, "劳动技能", "无劳动力")
    s.second.nat["文化程度"] = None
    s.second.school = [school_row(s.second, "中职", status)]


@plants("AID-025", "gone")
def _grant_of_nobody(s: Site) -> list[Raise]:
    have(s, HEALTH | {"教育帮扶": ["雨露计划"]})
    return s.house("AID-025")


@nears("AID-025", "open_school")
def _grant_of_an_apprentice(s: Site) -> list[Raise]:
    _apprentice(s)
    have(s, TRADE | HEALTH | {"教育帮扶": ["雨露计划"]})
    return s.house("AID-025")


@plants("AID-026", "open_school")
def _apprentice_without_grant(s: Site) -> list[Raise]:
    _apprentice(s)
    have(s, TRADE | HEALTH)
    return s.record("AID-026")


@nears("AID-026", "open_school")
def _apprentice_with_grant(s: Site) -> list[Raise]:
    _apprentice(s)
    have(s, TRADE | HEALTH | {"教育帮扶": ["雨露计划"]})
    return s.record("AID-026")
