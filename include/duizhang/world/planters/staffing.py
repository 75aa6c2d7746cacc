"""Planters of RSX on public posts and on work lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from duizhang.world.model import Person
from duizhang.world.outsiders import death_row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, outlived, plants, rows_of
from duizhang.world.planters.households import age_to
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.planters.reckoning import birth, years, ym
from duizhang.world.planters.work import away, earlier, no_work
from duizhang.world.sectors.assets import PAID, paid_row
from duizhang.world.sectors.staffing import JOBS, POSTS, job_row, post_row
from duizhang.world.sectors.welfare import WARNING, warning_row
from duizhang.world.sectors.work import SPELLS

OFFICIAL = "村干部（享受补贴）"


def hold(s: Site, person: Person, post: str = "护林员", months: float = 12, start: str = "2025-03-01") -> None:
    """Puts the person in the public post(s) `post` since `start`, in the national book and in the ledger; no official lives with them."""
    person.nat |= {"公益性岗位": post, "公益性岗位(月数)": months}
    rows_of(person, POSTS)[:] = [post_row(person, post.split(",")[0], start)]
    for member in s.h.members:
        member.books[PAID] = [row for row in member.books.get(PAID, []) if row["人员类别"] != OFFICIAL]


@plants("RSX-005", "elder")
def _post_in_the_ledger_alone(s: Site) -> list[Raise]:
    hold(s, s.head)
    s.head.nat |= {"公益性岗位": None, "公益性岗位(月数)": None}
    return s.person(s.head, "RSX-005")


@plants("RSX-005", "elder")
def _post_in_the_system_alone(s: Site) -> list[Raise]:
    hold(s, s.head)
    rows_of(s.head, POSTS)[0]["离岗日期"] = "2026-08-31"
    return s.person(s.head, "RSX-005")


@nears("RSX-005", "elder")
def _post_in_both(s: Site) -> list[Raise]:
    hold(s, s.head)
    return s.person(s.head, "RSX-005", "RSX-006", "RSX-007", "RSX-008")


@nears("RSX-005", "elder")
def _post_left_today(s: Site) -> list[Raise]:
    rows_of(s.head, POSTS)[:] = [post_row(s.head, end=s.month.as_of.isoformat())]
    return s.person(s.head, "RSX-005", "RSX-007")


@plants("RSX-006", "elder")
def _two_posts_at_once(s: Site) -> list[Raise]:
    hold(s, s.head, "护林员,保洁员")
    rows_of(s.head, POSTS).append(post_row(s.head, "保洁员", "2025-06-01"))
    return s.person(s.head, "RSX-006")


@plants("RSX-006", "pair")
def _in_a_post_and_away(s: Site) -> list[Raise]:
    away(s, s.head)
    hold(s, s.head)
    return s.person(s.head, "RSX-006")


@plants("RSX-006", "pair")
def _away_until_the_month_after(s: Site) -> list[Raise]:
    no_work(s)
    earlier(s, s.head, 202405, 202504)["是否已务工"] = "否"
    hold(s, s.head)
    return s.person(s.head, "RSX-006")


@nears("RSX-006", "pair")
def _back_in_the_month_of_the_post(s: Site) -> list[Raise]:
    no_work(s)
    earlier(s, s.head, 202405, 202503)["是否已务工"] = "否"
    hold(s, s.head)
    return s.person(s.head, "RSX-006", "RSX-005")


@nears("RSX-006", "pair")
def _in_a_post_and_at_work_in_the_county(s: Site) -> list[Raise]:
    away(s, s.head).update({"务工所在县": s.h.village.county_name, "务工区域": "乡外县内"})
    hold(s, s.head)
    return s.person(s.head, "RSX-006")


@nears("RSX-006", "elder")
def _one_post_after_another(s: Site) -> list[Raise]:
    hold(s, s.head)
    rows_of(s.head, POSTS).append(post_row(s.head, "保洁员", "2024-01-01", "2025-02-28"))
    return s.person(s.head, "RSX-006")


@plants("RSX-007", "elder_weak")
def _seventy_two_and_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.head)
    return s.person(s.head, "RSX-007", "JOB-010")


@plants("RSX-007", "pair", mendable=False)
def _dead_and_in_a_post(s: Site) -> list[Raise]:
    no_work(s)
    hold(s, s.second)
    s.second.dead = death_row(s.second, "2026-08-03")
    return s.person(s.second, "GAX-001", "RSX-007") + outlived(s, s.second)


@nears("RSX-007", "elder")
def _sixty_nine_and_in_a_post(s: Site) -> list[Raise]:
    age_to(s, s.head, date(1956, 12, 24), s.head.sex)
    s.nat["户主证件号码"] = s.visit["户主证件号码"] = s.head.number
    hold(s, s.head)
    return s.person(s.head, "RSX-007", "JOB-010")


@nears("RSX-007", "elder_weak")
def _seventy_two_and_gone_from_the_post(s: Site) -> list[Raise]:
    rows_of(s.head, POSTS)[:] = [post_row(s.head, end="2025-12-31")]
    return s.person(s.head, "RSX-007", "RSX-005")


@plants("RSX-008", "with_grandson")
def _grandfather_of_an_official(s: Site) -> list[Raise]:
    hold(s, s.head)
    s.second.books[PAID] = [paid_row(s.second, OFFICIAL)]
    return s.person(s.head, "RSX-008")


@plants("RSX-008", "elder")
def _official_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.head)
    s.head.books[PAID] = [paid_row(s.head, OFFICIAL)]
    return s.person(s.head, "RSX-008")


@nears("RSX-008", "with_grandson")
def _grandfather_of_a_former_official(s: Site) -> list[Raise]:
    hold(s, s.head)
    s.second.books[PAID] = [paid_row(s.second, OFFICIAL, "停发")]
    return s.person(s.head, "RSX-008")


@nears("RSX-008", "elder")
def _left_behind_by_an_official_in_a_post(s: Site) -> list[Raise]:
    hold(s, s.head)
    s.head.books[PAID] = [paid_row(s.head, "遗属")]
    return s.person(s.head, "RSX-008")


def _lost(s: Site, person: Person, on: str | None, state: str = "失业") -> None:
    rows_of(person, JOBS)[:] = [job_row(person, state, lost=on)]
    rows_of(person, WARNING).clear()


@plants("RSX-009", "pair")
def _out_of_work_and_away(s: Site) -> list[Raise]:
    away(s, s.head)
    _lost(s, s.head, "2025-06-05")
    return s.person(s.head, "RSX-009")


@nears("RSX-009", "pair")
def _at_work_and_away(s: Site) -> list[Raise]:
    away(s, s.head)
    _lost(s, s.head, "2025-06-05", "就业")
    return s.person(s.head, "RSX-009")


@nears("RSX-009", "pair")
def _out_of_work_and_back(s: Site) -> list[Raise]:
    _came_back(s)
    _lost(s, s.head, "2025-06-05")
    return s.person(s.head, "RSX-009")


def _came_back(s: Site) -> None:
    """The head was away until the end of September."""
    away(s, s.head).update({"结束时间": "2026年9月", "是否已务工": "否"})
    if s.head.visit is not None:
        s.head.visit["是否在外务工"] = "否"


@plants("RSX-010", "pair")
def _work_lost_and_not_judged(s: Site) -> list[Raise]:
    _came_back(s)
    _lost(s, s.head, "2026-10-09")
    return s.person(s.head, "RSX-010")


@plants("RSX-010", "single")
def _work_lost_on_the_first_day(s: Site) -> list[Raise]:
    _came_back(s)
    _lost(s, s.head, "2026-10-01")  # for November the first day of the month before
    return s.person(s.head, "RSX-010")


@nears("RSX-010", "pair")
def _work_lost_and_judged(s: Site) -> list[Raise]:
    _came_back(s)
    _lost(s, s.head, "2026-10-09")
    rows_of(s.head, WARNING)[:] = [warning_row(s.head, s.h, "就业", "人社", "2026-10-12")]
    return s.person(s.head, "RSX-010")


@nears("RSX-010", "pair")
def _work_lost_while_the_wife_is_away(s: Site) -> list[Raise]:
    away(s, s.second)
    _lost(s, s.head, "2026-10-09")
    return s.person(s.head, "RSX-010")


@nears("RSX-010", "single")
def _work_lost_a_day_too_early(s: Site) -> list[Raise]:
    _came_back(s)
    first = later(s.month.ym, -2)
    _lost(s, s.head, f"{first // 100}-{first % 100:02d}-{31 if first % 100 == 8 else 30}")
    return s.person(s.head, "RSX-010")


@oracle
def posts_and_people(view: PlaceView) -> Iterable[Raise]:
    """RSX-006 and RSX-007 of those whom other defects have put in a post, sent away, or made older."""
    for house in view.houses:
        for person in house.members:
            rows = person.books.get(POSTS, [])
            now = [row for row in rows if str(row["离岗日期"] or "9999") > view.month.as_of.isoformat()]
            if now and _away_since(person, house.village.county_name, min(str(row["上岗日期"]) for row in now), view.month.ym):
                yield ("RSX-006", "person", person.key)
            age = years(birth(person), view.month.as_of)
            if any(row["离岗日期"] is None for row in rows) and age is not None and age >= 70:
                yield ("RSX-007", "person", person.key)


def _away_since(person: Person, county: str, start: str, month: int) -> bool:
    """Whether the person has worked outside of `county` later than in the month of `start`."""
    since = int(start[:4]) * 100 + int(start[5:7])
    for row in person.books.get(SPELLS, []):
        begun, over = ym(row["开始时间"]), ym(row["结束时间"])
        place = row["务工所在县"]
        far = place is not None and not str(place).endswith(county)
        known = row["是否已务工"] == "是" or over is not None
        if far and known and begun is not None and begun <= month and min(over or month, month) > since:
            return True
    return False
