"""Planters of JYX on grants: who has the one for vocational schools, and freshers in need."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world.model import House, Person
from duizhang.world.people import SCHOOL_YEAR, school_row
from duizhang.world.planters.base import WARNED, Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.sectors.grants import FRESHER, GRANTS, LAST_TERM, TERM, VOCATIONAL, grant_row
from duizhang.world.sectors.welfare import WARNING, warning_row

STAGE = "中职"


def vocational(person: Person) -> None:
    """Sends the pupil to a vocational school, in every book; without a grant."""
    both(person, "在校生状况", "中职二年级")
    person.school = [school_row(person, STAGE, "中职二年级")]
    rows_of(person, GRANTS).clear()


def supported(house: House) -> None:
    """The child of `house` is at a vocational school and has the grant of the term."""
    child = house.members[1]
    vocational(child)
    rows_of(child, GRANTS)[:] = [grant_row(child, VOCATIONAL, STAGE)]


@plants("JYX-007", "child_senior")
def _grant_at_a_grammar_school(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, VOCATIONAL, STAGE)]
    return s.person(s.second, "JYX-007")


@plants("JYX-007", "youth")
def _grant_of_somebody_at_no_school(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, VOCATIONAL, "高职")]
    return s.person(s.second, "JYX-007")


@nears("JYX-007", "child_senior")
def _grant_at_a_vocational_school(s: Site) -> list[Raise]:
    supported(s.h)
    return s.person(s.second, "JYX-007", "JYX-008")


@nears("JYX-007", "youth")
def _grant_of_last_term(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, VOCATIONAL, "高职", LAST_TERM)]
    return s.person(s.second, "JYX-007")


@plants("JYX-008", "child_senior", neighbours=1)
def _vocational_without_grant(s: Site) -> list[Raise]:
    """The neighbour's child has it: the term's grants are out."""
    vocational(s.second)
    supported(s.houses[1])
    return s.person(s.second, "JYX-008")


@plants("JYX-008", "child_senior", neighbours=1)
def _vocational_with_the_grant_of_last_term(s: Site) -> list[Raise]:
    vocational(s.second)
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, VOCATIONAL, STAGE, LAST_TERM)]
    supported(s.houses[1])
    return s.person(s.second, "JYX-008")


@nears("JYX-008", "child_senior", neighbours=1)
def _grammar_school_without_grant(s: Site) -> list[Raise]:
    supported(s.houses[1])
    return s.person(s.second, "JYX-008")


@nears("JYX-008", "child_senior", neighbours=1)
def _vocational_of_a_common_household(s: Site) -> list[Raise]:
    """Neither lifted out of poverty nor monitored."""
    vocational(s.second)
    supported(s.houses[1])
    s.nat.update({
        "户类型": "一般农户", "户属性": None, "享受政策标识": None, "首次识别时间": None, "脱贫年度": None, "识别标准": None, "致贫原因1": None,
    })
    if s.h.visit is not None:
        s.h.visit["对象类型"] = "一般农户"
    return s.person(s.second, "JYX-008")


def _fresher(s: Site, need: str) -> None:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, FRESHER, "本科", 家庭经济困难等级=need)]
    rows_of(s.second, WARNING).clear()


@plants("JYX-009", "teen_home")
def _fresher_in_great_need(s: Site) -> list[Raise]:
    _fresher(s, "特别困难")
    return s.person(s.second, "JYX-009")


@nears("JYX-009", "teen_home")
def _fresher_in_need(s: Site) -> list[Raise]:
    _fresher(s, "困难")
    return s.person(s.second, "JYX-009")


@nears("JYX-009", "teen_home", county=WARNED)
def _fresher_judged(s: Site) -> list[Raise]:
    _fresher(s, "特别困难")
    rows_of(s.second, WARNING)[:] = [warning_row(s.second, s.h, "经济困难大学新生", "教育", "2026-09-14")]
    return s.person(s.second, "JYX-009")


@nears("JYX-009", "open")
def _fresher_monitored(s: Site) -> list[Raise]:
    _fresher(s, "特别困难")
    return s.person(s.second, "JYX-009")


def _has_grant(person: Person) -> bool:
    return any(row["资助项目"] == VOCATIONAL and row["学期"] == TERM for row in person.books.get(GRANTS, ()))


@oracle
def students_without_grant(view: PlaceView) -> Iterable[Raise]:
    """JYX-008 where another defect has sent a pupil to a vocational school, once anybody of the county has this term's grant."""
    if not any(_has_grant(person) for house in view.houses for person in house.members):
        return
    for house in view.houses:
        entitled = house.nat["户类型"] == "脱贫户" or house.nat["监测对象类别"] is not None
        for person in house.members if entitled else ():
            now = [row for row in person.school if row["学年"] == SCHOOL_YEAR and row["学籍状态"] == "在读"]
            if now and now[0]["学段"] in (STAGE, "高职") and not _has_grant(person):
                yield ("JYX-008", "person", person.key)
