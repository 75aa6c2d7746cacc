"""Planters of JOB on members: who may work away or hold a public post, and what 人 says of it. More is reckoned in `reckoning`."""

from __future__ import annotations

from duizhang.world.planters.base import Raise, Site, both, nears, plants
from duizhang.world.planters.staffing import hold
from duizhang.world.planters.work import away, earlier, planning


@plants("JOB-009", "child_junior")
def _child_in_a_public_post(s: Site) -> list[Raise]:
    hold(s, s.second, "保洁员", 3)
    return s.person(s.second, "JOB-009", "JOB-020")


@nears("JOB-009", "child_senior")
def _sixteen_in_a_public_post(s: Site) -> list[Raise]:
    hold(s, s.second, "保洁员", 3)
    return s.person(s.second, "JOB-009")


@plants("JOB-010", "elder_weak")
def _old_in_a_public_post(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员", 6)
    return s.person(s.head, "JOB-010")


@nears("JOB-010", "elder")
def _sixty_six_in_a_public_post(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员", 6)
    return s.person(s.head, "JOB-010")


@plants("JOB-014", "open")
def _weak_and_planning(s: Site) -> list[Raise]:
    planning(s, s.second)
    return s.person(s.second, "JOB-014")


@plants("JOB-014", "single")
def _unable_and_away(s: Site) -> list[Raise]:
    away(s, s.head)
    both(s.head, "劳动技能", "无劳动力")
    return s.person(s.head, "JOB-014", "MEM-009")


@nears("JOB-014", "open")
def _weak_and_not_planning(s: Site) -> list[Raise]:
    planning(s, s.second)["是否计划务工"] = "否"
    return s.person(s.second, "JOB-014")


@plants("JOB-015", "child_senior")
def _pupil_planning(s: Site) -> list[Raise]:
    planning(s, s.second)
    return s.person(s.second, "JOB-015", "JOB-014")


@nears("JOB-015", "child_senior")
def _pupil_not_planning(s: Site) -> list[Raise]:
    planning(s, s.second)["是否计划务工"] = "否"
    return s.person(s.second, "JOB-015")


@plants("JOB-016", "pair")
def _months_without_a_place(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["务工所在地"] = None
    return s.person(s.head, "JOB-016")


@plants("JOB-016", "pair")
def _place_without_months(s: Site) -> list[Raise]:
    s.second.nat |= {"务工所在地": "海宁市临港区", "务工时间（月）": 0}
    return s.person(s.second, "JOB-016")


@plants("JOB-017", "pair")
def _thirteen_months(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["务工时间（月）"] = 13
    return s.person(s.head, "JOB-017")


@plants("JOB-017", "elder")
def _more_than_a_year_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员", 12.5)
    return s.person(s.head, "JOB-017")


@nears("JOB-017", "elder")
def _a_year_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员", 12)
    return s.person(s.head, "JOB-017", "JOB-018")


@plants("JOB-018", "single")
def _post_without_months(s: Site) -> list[Raise]:
    hold(s, s.head, "保洁员")
    s.head.nat["公益性岗位(月数)"] = None
    return s.person(s.head, "JOB-018")


@plants("JOB-018", "single")
def _months_without_post(s: Site) -> list[Raise]:
    s.head.nat["公益性岗位(月数)"] = 2
    return s.person(s.head, "JOB-018")


@plants("JOB-019", "single")
def _three_posts(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员,保洁员,护路员", 6)
    return s.person(s.head, "JOB-019")


@nears("JOB-019", "single")
def _two_posts(s: Site) -> list[Raise]:
    """The same post twice in two words, and another."""
    hold(s, s.head, "护林员,生态护林员,保洁员", 6)
    return s.person(s.head, "JOB-019")


@plants("JOB-020", "disabled_heavy")
def _unable_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.second, "保洁员", 4)
    return s.person(s.second, "JOB-020")


@nears("JOB-020", "disabled")
def _weak_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.second, "保洁员", 4)
    return s.person(s.second, "JOB-020")


@plants("JOB-021", "pair")
def _plan_without_a_wish(s: Site) -> list[Raise]:
    planning(s, s.second, wish=None)
    return s.person(s.second, "JOB-021")


@plants("JOB-007", "tekun_sixty")
def _destitute_at_work(s: Site) -> list[Raise]:
    """Fifty-nine and able, destitute all the same: what the household has is not wages."""
    row = away(s, s.head, 202605, 2_000)
    row["务工月收入"] = 2_000
    return s.person(s.head, "JOB-007", "JOB-014")


@nears("JOB-007", "tekun")
def _destitute_at_home_now(s: Site) -> list[Raise]:
    earlier(s, s.head, 201803, 201812)
    return s.person(s.head, "JOB-007", "JOB-014")
