"""Planters of MEM (second part) and of the education bureau's list of drop-outs. What else follows is reckoned in `reckoning`."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.people import school_row
from duizhang.world.planters.base import Raise, Site, both, nears, plants, reg, rows_of
from duizhang.world.planters.households import age_to
from duizhang.world.planters.work import away, older, spells
from duizhang.world.sectors.dropout import DROPOUTS, dropout_row
from duizhang.world.sectors.lastyear import LAST_YEAR
from duizhang.world.sectors.welfare import PENSION
from duizhang.world.sectors.work import spell

FAR = ("海东省", "海宁市", "临港区")


def _at_school(s: Site, status: str, stage: str, grade: str) -> None:
    """Puts the second member into a class, in 人, at the door and in the pupils' register."""
    both(s.second, "在校生状况", status)
    both(s.second, "劳动技能", "无劳动力")
    s.second.nat["文化程度"] = None
    s.second.school = [school_row(s.second, stage, grade)]
    rows_of(s.second, PENSION).clear()


def _aged(s: Site, years: int) -> None:
    age_to(s, s.second, date(2026 - years, 7, 9), s.second.sex)


def _last_year_at(s: Site, status: str | None) -> None:
    for row in rows_of(s.second, LAST_YEAR):
        row["在校生状况"] = status


@plants("MEM-010", "single")
def _healthy_and_weak(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "弱劳动力或半劳动力")
    return s.person(s.head, "MEM-010")


@plants("MEM-010", "youth")
def _young_healthy_and_weak(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "弱劳动力或半劳动力")
    return s.person(s.second, "MEM-010")


@nears("MEM-010", "sixty")
def _sixty_and_weak(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "弱劳动力或半劳动力")
    return s.person(s.head, "MEM-010")


@plants("MEM-011", "child_senior")
def _pupil_of_weak_labour(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "弱劳动力或半劳动力")
    return s.person(s.second, "MEM-011")


@nears("MEM-011", "teen_home")
def _left_school_and_able(s: Site) -> list[Raise]:
    return s.person(s.second, "MEM-011")


@plants("MEM-013", "disabled_mind")
def _heavily_disabled_in_mind_at_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-013")


@nears("MEM-013", "disabled_mind_light")
def _lightly_disabled_in_mind_at_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "普通劳动力")
    return s.person(s.second, "MEM-013", "MEM-012")


@plants("MEM-014", "ill")
def _seriously_ill_at_work(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "普通劳动力")
    return s.person(s.head, "MEM-014")


@nears("MEM-014", "chronic")
def _chronically_ill_at_work(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "普通劳动力")
    return s.person(s.head, "MEM-014")


@plants("MEM-015", "child_primary")
def _eight_in_kindergarten(s: Site) -> list[Raise]:
    _at_school(s, "学前教育", "幼儿园", "大班")
    return s.person(s.second, "MEM-015")


@nears("MEM-015", "child_primary")
def _six_in_kindergarten(s: Site) -> list[Raise]:
    _aged(s, 6)
    _at_school(s, "学前教育", "幼儿园", "大班")
    return s.person(s.second, "MEM-015")


@plants("MEM-018", "child_senior")
def _fourteen_in_senior(s: Site) -> list[Raise]:
    _aged(s, 14)
    _at_school(s, "普通高中一年级", "普通高中", "高一")
    _last_year_at(s, "九年级")
    return s.person(s.second, "MEM-018")


@plants("MEM-018", "child_senior")
def _twenty_one_in_vocational(s: Site) -> list[Raise]:
    _aged(s, 21)
    _at_school(s, "中职三年级", "中职", "中职三年级")
    return s.person(s.second, "MEM-018")


@nears("MEM-018", "child_senior")
def _fifteen_in_senior(s: Site) -> list[Raise]:
    _aged(s, 15)
    _at_school(s, "普通高中一年级", "普通高中", "高一")
    _last_year_at(s, "九年级")
    return s.person(s.second, "MEM-018", "MEM-024")


@nears("MEM-018", "child_senior")
def _twenty_in_vocational(s: Site) -> list[Raise]:
    _aged(s, 20)
    _at_school(s, "中职三年级", "中职", "中职三年级")
    return s.person(s.second, "MEM-018")


@plants("MEM-019", "child_senior")
def _sixteen_at_university(s: Site) -> list[Raise]:
    _at_school(s, "本科一年级", "本科", "大一")
    return s.person(s.second, "MEM-019")


@plants("MEM-019", "teen_home")
def _college_degree_at_17(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "大专"
    return s.person(s.second, "MEM-019", "MEM-022", "MEM-026")


@nears("MEM-019", "child_senior")
def _eighteen_at_university(s: Site) -> list[Raise]:
    _aged(s, 18)
    _at_school(s, "本科一年级", "本科", "大一")
    return s.person(s.second, "MEM-019", "MEM-018")


@plants("MEM-020", "child_senior")
def _graduate_student_of_19(s: Site) -> list[Raise]:
    _aged(s, 19)
    _at_school(s, "硕士研究生及以上", "研究生", "研一")
    return s.person(s.second, "MEM-020")


@nears("MEM-020", "child_senior")
def _graduate_student_of_20(s: Site) -> list[Raise]:
    _aged(s, 20)
    _at_school(s, "硕士研究生及以上", "研究生", "研一")
    return s.person(s.second, "MEM-020")


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


@plants("MEM-026", "youth")
def _graduate_without_work(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "大专"
    return s.person(s.second, "MEM-026")


@plants("MEM-026", "youth")
def _graduate_back_from_work(s: Site) -> list[Raise]:
    s.second.nat["文化程度"] = "本科及以上"
    spells(s.second).append(spell(s.h, s.second, 202501, 202506, 3_000, FAR))
    return s.person(s.second, "MEM-026")


@nears("MEM-026", "youth")
def _graduate_preparing(s: Site) -> list[Raise]:
    s.second.nat |= {"文化程度": "本科及以上", "大专或本科毕业生未就业原因": "备考"}
    return s.person(s.second, "MEM-026")


@nears("MEM-026", "youth")
def _graduate_at_work(s: Site) -> list[Raise]:
    away(s, s.second)
    s.second.nat["文化程度"] = "大专"
    return s.person(s.second, "MEM-026")


@plants("MEM-027", "youth")
def _skilled_without_work(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "技能劳动力")
    return s.person(s.second, "MEM-027")


@nears("MEM-027", "youth")
def _skilled_in_a_public_post(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "技能劳动力")
    s.second.nat |= {"公益性岗位": "水管员", "公益性岗位(月数)": 12}
    return s.person(s.second, "MEM-027")


@nears("MEM-027", "youth")
def _skilled_until_this_month(s: Site) -> list[Raise]:
    both(s.second, "劳动技能", "技能劳动力")
    row = away(s, s.second)
    row["结束时间"] = f"{s.month.as_of.year}年{s.month.as_of.month}月"
    return s.person(s.second, "MEM-027")


@plants("MEM-028", "pair")
def _disabled_of_no_kind(s: Site) -> list[Raise]:
    both(s.second, "健康状况", "残疾")
    return s.person(s.second, "MEM-028", "CLX-002")


@plants("MEM-028", "disabled")
def _certificate_but_no_level(s: Site) -> list[Raise]:
    """Registered with the identity card though the certificate is there, and the level not filled in."""
    s.second.nat |= {"证件类型": "居民身份证", "证件号码": s.second.number, "残疾等级": None}
    return s.person(s.second, "MEM-028", "CLX-005")


@nears("MEM-028", "disabled")
def _certificate_says_the_level(s: Site) -> list[Raise]:
    s.second.nat["残疾等级"] = None
    return s.person(s.second, "MEM-028", "MEM-029")


@plants("MEM-030", "single")
def _other_people_than_last_year(s: Site) -> list[Raise]:
    """The register was changed, too: only last year's archive still says otherwise."""
    now = "侗族"
    s.head.nat["民族"] = reg(s.head)["民族"] = now
    return s.person(s.head, "MEM-030")


@plants("MEM-030", "pair")
def _birth_date_other_than_last_year(s: Site) -> list[Raise]:
    for row in rows_of(s.second, LAST_YEAR):
        row["出生日期"] = (s.second.born + timedelta(days=3)).strftime("%Y%m%d")
    return s.person(s.second, "MEM-030")


@nears("MEM-030", "single")
def _people_not_filled_last_year(s: Site) -> list[Raise]:
    for row in rows_of(s.head, LAST_YEAR):
        row["民族"] = None
    return s.person(s.head, "MEM-030")


@plants("MEM-031", "pair")
def _away_without_a_phone(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["家庭成员联系电话"] = None
    return s.person(s.head, "MEM-031")


@plants("MEM-031", "pair")
def _away_with_a_landline(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["家庭成员联系电话"] = "0990-" + s.head.key[-7:]
    return s.person(s.head, "MEM-031")


@nears("MEM-031", "youth")
def _at_home_without_a_phone(s: Site) -> list[Raise]:
    s.second.nat["家庭成员联系电话"] = None
    return s.person(s.second, "MEM-031")


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
