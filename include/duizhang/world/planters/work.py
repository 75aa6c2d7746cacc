"""Planters of JOB: spells of work away, plans, public posts. What else follows is reckoned in `reckoning`."""

from __future__ import annotations

from datetime import date

from duizhang.world import money
from duizhang.world.model import Person, Row
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.households import age_to
from duizhang.world.planters.reckoning import ym
from duizhang.world.sectors.work import CYCLE, PLANS, SPELLS, plan, spell

FAR = ("海东省", "海宁市", "临港区")


def spells(person: Person) -> list[Row]:
    """The person's spells of work away."""
    return rows_of(person, SPELLS)


def away(s: Site, person: Person, start: int = CYCLE[0], monthly: float | None = None) -> Row:
    """Lets the person be the household's only worker, away since `start`; pay makes up the wages unless given. The spell."""
    no_work(s)
    pay = round(money.num(s.h, money.WAGE) / 12, 2) if monthly is None else monthly
    row = spell(s.h, person, start, None, pay, FAR)
    spells(person).append(row)
    person.nat |= {"务工所在地": "".join(FAR), "务工时间（月）": 12}
    if person.visit is not None:
        person.visit |= {"是否在外务工": "是", "务工月数": 12}
    return row


def _away_as(s: Site, code: str, cells: Row) -> list[Raise]:
    """The head is away, and the spell has these cells."""
    row = away(s, s.head)
    row |= cells
    return on(s.head, row, code)


def no_work(s: Site) -> None:
    """Nobody of the household has worked away or plans to."""
    for person in s.h.members:
        person.books.pop(SPELLS, None)
        person.books.pop(PLANS, None)
        person.nat |= {"务工所在地": None, "务工时间（月）": None, "务工企业名称": None}
        if person.visit is not None:
            person.visit |= {"是否在外务工": "否", "务工月数": None}


def earlier(s: Site, person: Person, start: int, end: int | None) -> Row:
    """A spell that is over, before all others."""
    row = spell(s.h, person, start, end or start, 2_600, FAR)
    row["结束时间"] = None if end is None else f"{end // 100}年{end % 100}月"
    spells(person).insert(0, row)
    return row


def on(person: Person, row: Row, *codes: str) -> list[Raise]:
    """Raises on a spell (the only one that begins in its month)."""
    return [(code, "work_spell", f"{person.key}|{ym(row['开始时间']) or ''}|1") for code in codes]


def planning(s: Site, person: Person, where: str | None = "临港区", wish: str | None = "岗位推荐") -> Row:
    """Lets the person plan to work away."""
    row = plan(s.h, person, where, wish)
    person.books[PLANS] = [row]
    return row


@plants("JOB-001", "pair")
def _no_start(s: Site) -> list[Raise]:
    row = away(s, s.head)
    row["开始时间"] = None
    return on(s.head, row, "JOB-001")


@nears("JOB-001", "pair")
def _no_start_and_not_away(s: Site) -> list[Raise]:
    """Not away any more: the start is asked for of those who are away only."""
    away(s, s.head)
    row = earlier(s, s.head, 202401, 202402)
    row["开始时间"] = None
    return on(s.head, row, "JOB-001")


@plants("JOB-002", "pair")
def _overlap(s: Site) -> list[Raise]:
    row = away(s, s.head)
    earlier(s, s.head, 202403, 202510)
    return on(s.head, row, "JOB-002")


@nears("JOB-002", "pair")
def _month_after_month(s: Site) -> list[Raise]:
    row = away(s, s.head)
    earlier(s, s.head, 202403, 202509)
    return on(s.head, row, "JOB-002")


@plants("JOB-003", "pair")
def _ended_before_it_began(s: Site) -> list[Raise]:
    away(s, s.head)
    return on(s.head, earlier(s, s.head, 202405, 202404), "JOB-003")


@plants("JOB-003", "pair")
def _ends_next_year(s: Site) -> list[Raise]:
    row = away(s, s.head)
    row["结束时间"] = "2027年1月"
    return on(s.head, row, "JOB-003")


@nears("JOB-003", "pair")
def _ends_this_month(s: Site) -> list[Raise]:
    row = away(s, s.head)
    row["结束时间"] = f"{s.month.as_of.year}年{s.month.as_of.month}月"
    return on(s.head, row, "JOB-003")


@plants("JOB-004", "pair")
def _back_without_an_end(s: Site) -> list[Raise]:
    row = away(s, s.head)
    row["是否已务工"] = "否"
    if s.head.visit is not None:
        s.head.visit["是否在外务工"] = "否"
    return on(s.head, row, "JOB-004")


@plants("JOB-004", "pair")
def _back_next_year(s: Site) -> list[Raise]:
    row = away(s, s.head)
    row |= {"是否已务工": "否", "结束时间": "2027年1月"}
    if s.head.visit is not None:
        s.head.visit["是否在外务工"] = "否"
    return on(s.head, row, "JOB-003", "JOB-004")


@plants("JOB-005", "pair")
def _spell_nowhere(s: Site) -> list[Raise]:
    away(s, s.head)["务工所在县"] = None
    return s.person(s.head, "JOB-005")


@plants("JOB-005", "pair")
def _plan_nowhere(s: Site) -> list[Raise]:
    planning(s, s.second, None)
    return s.person(s.second, "JOB-005")


@plants("JOB-005", "pair")
def _province_only(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["务工所在地"] = "海东省"
    return s.person(s.head, "JOB-005")


@nears("JOB-005", "pair")
def _county_only(s: Site) -> list[Raise]:
    away(s, s.head)
    s.head.nat["务工所在地"] = "桥头县"
    return s.person(s.head, "JOB-005")


@plants("JOB-006", "pair")
def _public_post_far_away(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-006", {"就业渠道": "公益性岗位"})


@plants("JOB-006", "pair")
def _workshop_far_away(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-006", {"就业渠道": "其他,帮扶车间"})


@nears("JOB-006", "pair")
def _workshop_at_home(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-006", {"就业渠道": "帮扶车间", "务工所在县": s.h.village.county_name})


@plants("JOB-008", "youth")
def _fifteen_at_work(s: Site) -> list[Raise]:
    """Sixteen in the month in which the work began, but not on its first day."""
    born = s.second.born
    return on(s.second, earlier(s, s.second, (born.year + 16) * 100 + born.month, 201912), "JOB-008")


@nears("JOB-008", "youth")
def _sixteen_at_work(s: Site) -> list[Raise]:
    born = s.second.born
    return on(s.second, earlier(s, s.second, (born.year + 16) * 100 + born.month + 1, 201912), "JOB-008")


@plants("JOB-011", "pair")
def _no_firm(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-011", {"务工企业名称": None})


@plants("JOB-011", "pair")
def _no_pay(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-011", {"务工月收入": None})


@nears("JOB-011", "pair")
def _no_fare(s: Site) -> list[Raise]:
    return _away_as(s, "JOB-011", {"年度交通费补助": None})


@plants("JOB-012", "pair")
def _high_pay(s: Site) -> list[Raise]:
    row = away(s, s.head, monthly=30_001)
    return on(s.head, row, "JOB-012") + s.house("INC-015")


@plants("JOB-012", "pair")
def _tiny_pay(s: Site) -> list[Raise]:
    row = away(s, s.head, monthly=99)
    return on(s.head, row, "JOB-012") + s.house("INC-015")


@nears("JOB-012", "pair")
def _highest_pay(s: Site) -> list[Raise]:
    row = away(s, s.head, monthly=30_000)
    return on(s.head, row, "JOB-012")


@plants("JOB-013", "pair")
def _low_pay(s: Site) -> list[Raise]:
    row = away(s, s.head, monthly=399)
    return on(s.head, row, "JOB-013") + s.house("INC-015")


@nears("JOB-013", "pair")
def _lowest_pay(s: Site) -> list[Raise]:
    row = away(s, s.head, monthly=400)
    return on(s.head, row, "JOB-013", "JOB-012")


@plants("JOB-022", "pair")
def _away_for_three_years(s: Site) -> list[Raise]:
    row = away(s, s.head, 202309)
    return on(s.head, row, "JOB-022")


@nears("JOB-022", "pair")
def _away_for_nearly_three_years(s: Site) -> list[Raise]:
    row = away(s, s.head, 202311)
    return on(s.head, row, "JOB-022")


def _not_told(row: Row) -> Row:
    """Leaves out whether the person is away for work."""
    row["是否已务工"] = None
    return row


@plants("JOB-024", "pair")
def _nobody_says_whether_away(s: Site) -> list[Raise]:
    row = _not_told(away(s, s.head))
    if s.head.visit is not None:
        s.head.visit["是否在外务工"] = "否"
    return on(s.head, row, "JOB-024")


@plants("JOB-024", "pair")
def _nobody_says_whether_it_is_over(s: Site) -> list[Raise]:
    away(s, s.head)
    return on(s.head, _not_told(earlier(s, s.head, 202401, 202402)), "JOB-024")


@nears("JOB-024", "pair")
def _over_and_told_so(s: Site) -> list[Raise]:
    away(s, s.head)
    return on(s.head, earlier(s, s.head, 202401, 202402), "JOB-024", "JOB-004")


def older(s: Site, years: int) -> None:
    """Makes the second member `years` old this year, and the head old enough to be the parent."""
    age_to(s, s.head, date(1974, 4, 8), s.head.sex)
    s.nat["户主证件号码"] = s.head.number
    if s.h.visit is not None:
        s.h.visit["户主证件号码"] = s.head.number
    age_to(s, s.second, date(2026 - years, 7, 9), s.second.sex)
