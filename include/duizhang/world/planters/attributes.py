"""Planters of MEM (second part) and of the education bureau's list of drop-outs. What else follows is reckoned in `reckoning`."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world.planters.base import Raise, Site, both, nears, plants, reg, rows_of
from duizhang.world.planters.staffing import hold
from duizhang.world.planters.work import away, spells
from duizhang.world.sectors.lastyear import LAST_YEAR
from duizhang.world.sectors.work import spell

FAR = ("海东省", "海宁市", "临港区")


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
    hold(s, s.second, "水管员", 12)
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
