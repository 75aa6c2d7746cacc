"""Planters of MEM and JYX on school and schooling. What else follows is reckoned in `reckoning`."""

from __future__ import annotations

from datetime import date

from duizhang.world.people import school_row
from duizhang.world.planters.base import Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.cells import Register, enter
from duizhang.world.planters.households import age_to
from duizhang.world.planters.work import older
from duizhang.world.sectors.dropout import DROPOUTS, dropout_row
from duizhang.world.sectors.lastyear import LAST_YEAR

KINDERGARTEN, UNIVERSITY = ("学前教育", "幼儿园", "大班"), ("本科一年级", "本科", "大一")
VOCATIONAL, GRADUATE = ("中职三年级", "中职", "中职三年级"), ("硕士研究生及以上", "研究生", "研一")


def _at_school(s: Site, status: str, stage: str, grade: str) -> None:
    """Puts the second member into a class, in 人, at the door and in the pupils' register."""
    both(s.second, "在校生状况", status)
    both(s.second, "劳动技能", "无劳动力")
    s.second.nat["文化程度"] = None
    s.second.school = [school_row(s.second, stage, grade)]


def _aged(s: Site, years: int) -> None:
    age_to(s, s.second, date(2026 - years, 7, 9), s.second.sex)


def _pupil(
    register: Register, code: str, shape: str, what: str, age: int | None,
    where: tuple[str, str, str], *, raises: tuple[str, ...] = (),
) -> None:
    """Registers (by `plants` or `nears`) that the second member is `age` (None: stays as old) and in the class `where` (status,
    stage, grade). `what`: its name in words; `raises`: all codes on the person, where that is not `code` alone."""

    def plant(s: Site) -> list[Raise]:
        if age is not None:
            _aged(s, age)
        _at_school(s, *where)
        return s.person(s.second, *(raises or (code,)))

    enter(register, code, shape, what, plant)


def _last_year_at(s: Site, status: str | None) -> None:
    for row in rows_of(s.second, LAST_YEAR):
        row["在校生状况"] = status


_pupil(plants, "MEM-015", "child_primary", "eight, in kindergarten", None, KINDERGARTEN)
_pupil(nears, "MEM-015", "child_primary", "six, in kindergarten", 6, KINDERGARTEN)


@plants("MEM-018", "child_senior")
def _fourteen_in_senior(s: Site) -> list[Raise]:
    _aged(s, 14)
    _at_school(s, "普通高中一年级", "普通高中", "高一")
    _last_year_at(s, "九年级")
    return s.person(s.second, "MEM-018")


_pupil(plants, "MEM-018", "child_senior", "twenty-one, at a vocational school", 21, VOCATIONAL)


@nears("MEM-018", "child_senior")
def _fifteen_in_senior(s: Site) -> list[Raise]:
    _aged(s, 15)
    _at_school(s, "普通高中一年级", "普通高中", "高一")
    _last_year_at(s, "九年级")
    return s.person(s.second, "MEM-018", "MEM-024")


_pupil(nears, "MEM-018", "child_senior", "twenty, at a vocational school", 20, VOCATIONAL)
_pupil(plants, "MEM-019", "child_senior", "sixteen, at university", None, UNIVERSITY)


@plants("MEM-019", "teen_home")
def _college_degree_at_17(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "大专"
    return s.person(s.second, "MEM-019", "MEM-022", "MEM-026")


_pupil(nears, "MEM-019", "child_senior", "eighteen, at university", 18, UNIVERSITY, raises=("MEM-019", "MEM-018"))
_pupil(plants, "MEM-020", "child_senior", "graduate student of 19", 19, GRADUATE)
_pupil(nears, "MEM-020", "child_senior", "graduate student of 20", 20, GRADUATE)


@plants("MEM-021", "youth")
def _primary_at_22(s: Site) -> list[Raise]:
    _aged(s, 22)
    s.second.nat["文化程度"] = "小学"
    return s.person(s.second, "MEM-021")


@plants("MEM-021", "teen_home")
def _illiterate_at_17(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "文盲或半文盲"
    return s.person(s.second, "MEM-021")


@nears("MEM-021", "youth")
def _primary_at_23(s: Site) -> list[Raise]:
    _aged(s, 23)
    s.second.nat["文化程度"] = "小学"
    return s.person(s.second, "MEM-021")


@plants("MEM-022", "teen_sixteen")
def _senior_degree_at_16(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "高中"
    return s.person(s.second, "MEM-022")


@nears("MEM-022", "teen_home")
def _senior_degree_at_17(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "高中"
    return s.person(s.second, "MEM-022")


@plants("MEM-023", "youth")
def _student_of_29(s: Site) -> list[Raise]:
    older(s, 29)
    _at_school(s, "本科四年级", "本科", "大四")
    return s.person(s.second, "MEM-023")


@nears("MEM-023", "youth")
def _student_of_28(s: Site) -> list[Raise]:
    older(s, 28)
    _at_school(s, "本科四年级", "本科", "大四")
    return s.person(s.second, "MEM-023")


@nears("MEM-023", "youth")
def _graduate_student_of_30(s: Site) -> list[Raise]:
    older(s, 30)
    _at_school(s, "硕士研究生及以上", "研究生", "研二")
    return s.person(s.second, "MEM-023", "MEM-024")


@plants("MEM-024", "child_junior")
def _same_grade_again(s: Site) -> list[Raise]:
    _at_school(s, "七年级", "初中", "七年级")
    return s.person(s.second, "MEM-024")


@plants("MEM-024", "child_junior")
def _back_to_primary(s: Site) -> list[Raise]:
    _at_school(s, "小学", "小学", "六年级")
    return s.person(s.second, "MEM-024")


@nears("MEM-024", "child_primary")
def _primary_again(s: Site) -> list[Raise]:
    return s.person(s.second, "MEM-024")


@nears("MEM-024", "child_senior")
def _changed_to_vocational(s: Site) -> list[Raise]:
    """From the first year of senior school to the first of a vocational one: the same stage."""
    _at_school(s, "中职一年级", "中职", "中职一年级")
    return s.person(s.second, "MEM-024")


@plants("JYX-005", "open_child")
def _dropout_but_not_so_marked(s: Site) -> list[Raise]:
    s.second.books[DROPOUTS] = [dropout_row(s.second)]
    return s.house("JYX-005")


@nears("JYX-005", "open_child")
def _dropout_back_at_school(s: Site) -> list[Raise]:
    s.second.books[DROPOUTS] = [dropout_row(s.second, back="2026-10-10")]
    return s.house("JYX-005")


@nears("JYX-005", "child_junior")
def _dropout_not_monitored(s: Site) -> list[Raise]:
    """A household that is not monitored has no such mark."""
    s.second.books[DROPOUTS] = [dropout_row(s.second)]
    return s.house("JYX-005")


@plants("JYX-010", "child_junior")
def _other_name_at_school(s: Site) -> list[Raise]:
    s.second.school[0]["姓名"] = "赵" + s.second.name[1:] + "乙"
    return s.person(s.second, "JYX-010")


@nears("JYX-010", "child_junior")
def _name_with_a_blank_at_school(s: Site) -> list[Raise]:
    s.second.school[0]["姓名"] = f"{s.second.name[0]} {s.second.name[1:]}"
    return s.person(s.second, "JYX-010")
