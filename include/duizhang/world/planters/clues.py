"""Planters of XFX, ZSX-005 and of PSH on single clues: warnings, petitions, posts, disasters, accidents, costs without insurance."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.model import Cell, Month, Person, Row
from duizhang.world.money import num
from duizhang.world.planters.base import WARNED, Raise, Site, nears, plants, rows_of
from duizhang.world.planters.cells import Register, enter
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.sectors.base import BOOKS
from duizhang.world.sectors.pushes import (
    ACCIDENTS,
    DISASTERS,
    OVERSPENT,
    PETITIONS,
    POSTS,
    accident_row,
    clue_key,
    disaster_row,
    overspent_row,
    petition_row,
    post_row,
)
from duizhang.world.sectors.welfare import COSTS, WARNING, cost_row, warning_row


def warn(s: Site, kind: str, department: str, day: str, nth: int = 1, **other: Cell) -> str:
    """A warning of the head, pushed on `day`, the household's only one (or its `nth`); the key of the clue."""
    rows = rows_of(s.head, WARNING)
    if nth == 1:
        for person in s.h.members:
            rows_of(person, WARNING).clear()
    rows.append(warning_row(s.head, s.h, kind, department, day) | {"预警编号": f"{s.h.key}YJ{nth}"} | other)
    return clue_key(WARNING, rows[-1], s.h)


def _clue(code: str, key: str) -> list[Raise]:
    return [(code, "clue", key)]


def _warned(
    register: Register, code: str, what: str, kind: str, department: str, day: str, **other: Cell
) -> None:
    """Registers (by `plants` or `nears`) a household's only warning, on which `code` is raised. `what`: its name in words."""

    def plant(s: Site) -> list[Raise]:
        return _clue(code, warn(s, kind, department, day, 1, **other))

    enter(register, code, "single", what, plant)


def _put(s: Site, feed: str, row: Row, person: Person | None = None) -> str:
    """The only row of the household in `feed`; the key of the clue."""
    for member in s.h.members:
        member.books.pop(feed, None)
    if person is None:
        s.h.books[feed] = [row]
    else:
        person.books[feed] = [row]
    return clue_key(feed, row, s.h)


def data_day(feed: str, month: Month) -> date:
    """The day up to which `feed` speaks."""
    return date.fromisoformat(str(BOOKS[feed].date(month)))


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


_warned(plants, "PSH-001", "eight days after the flood", "因灾", "应急", "2026-10-12", 风险发生日期="2026-10-04")
_warned(plants, "PSH-001", "no day of dropping out", "失辍学", "教育", "2026-10-12", 风险发生日期=None)
_warned(nears, "PSH-001", "seven days after the flood", "因灾", "应急", "2026-10-12", 风险发生日期="2026-10-05")
_warned(plants, "PSH-005", "sixteen days after the harvest failed", "产业", "农业农村", "2026-10-12", 风险发生日期="2026-09-26")
_warned(nears, "PSH-005", "fifteen days after the harvest failed", "产业", "农业农村", "2026-10-12", 风险发生日期="2026-09-27")


@plants("PSH-011", "single")
def _insured_and_listed(s: Site) -> list[Raise]:
    key = _put(s, OVERSPENT, overspent_row(s.head, 26_000), s.head)
    return _clue("PSH-011", key)


@plants("PSH-011", "single")
def _below_the_line_and_listed(s: Site) -> list[Raise]:
    return _clue("PSH-011", _put(s, OVERSPENT, overspent_row(s.stranger(51), 20_000)))


@plants("PSH-012", "single")
def _uninsured_and_not_pushed(s: Site) -> list[Raise]:
    return _clue("PSH-012", _put(s, OVERSPENT, overspent_row(s.stranger(51), 20_000.5)))


@nears("PSH-012", "single", county=WARNED)
def _uninsured_and_pushed(s: Site) -> list[Raise]:
    stranger = s.stranger(51)
    row = warning_row(stranger, None, "未参保高额支出", "卫健", "2026-10-04")
    s.h.books[WARNING] = [row | {"预警编号": f"{s.h.key}YJ1", "统计截止日期": "2026-09-30"}]
    key = _put(s, OVERSPENT, overspent_row(stranger, 20_000.5))
    return _clue("PSH-011", key) + _clue("PSH-012", key)


def _both_levels(s: Site, days: int) -> list[Raise]:
    warn(s, "饮水", "水利", "2026-10-12", 推送层级="省级推送")
    return _clue("PSH-014", warn(s, "饮水", "水利", _later("2026-10-12", days), nth=2))


@plants("PSH-014", "single")
def _county_repeats_the_province(s: Site) -> list[Raise]:
    return _both_levels(s, 3)


@nears("PSH-014", "single")
def _county_in_the_next_half_of_the_month(s: Site) -> list[Raise]:
    return _both_levels(s, 4)


_warned(plants, "PSH-015", "not looked into", "住房", "住建", "2026-10-05", 核查完成日期=None, 核查结果=None)
_warned(plants, "PSH-015", "looked into after sixteen days", "住房", "住建", "2026-09-05", 核查完成日期="2026-09-21")
_warned(nears, "PSH-015", "looked into after fifteen days", "住房", "住建", "2026-09-05", 核查完成日期="2026-09-20")


@nears("PSH-015", "single")
def _fifteen_days_are_not_over(s: Site) -> list[Raise]:
    day = (data_day(WARNING, s.month) - timedelta(days=15)).isoformat()
    return _clue("PSH-015", warn(s, "住房", "住建", day, 核查完成日期=None, 核查结果=None))


def _with_result(s: Site) -> list[Raise]:
    warn(s, "就业", "人社", "2026-09-12")
    return []


@plants("PSH-017", "single", after=_with_result)
def _no_result(s: Site) -> list[Raise]:
    return _clue("PSH-017", warn(s, "就业", "人社", "2026-09-12", 核查结果=None))


@nears("PSH-017", "single")
def _not_done_and_no_result(s: Site) -> list[Raise]:
    day = (data_day(WARNING, s.month) - timedelta(days=3)).isoformat()
    return _clue("PSH-017", warn(s, "就业", "人社", day, 核查完成日期=None, 核查结果=None))


@plants("PSH-018", "single")
def _dear_illness_not_pushed(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 4_901)]
    rows_of(s.head, WARNING).clear()
    return s.person(s.head, "PSH-018")


@nears("PSH-018", "single")
def _just_at_the_line(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 4_900)]
    rows_of(s.head, WARNING).clear()
    return s.person(s.head, "PSH-018")


@nears("PSH-018", "single_general")
def _no_household_of_the_poor(s: Site) -> list[Raise]:
    rows_of(s.head, COSTS)[:] = [cost_row(s.head, 202609, 4_901)]
    rows_of(s.head, WARNING).clear()
    return s.person(s.head, "PSH-018")


@oracle
def _dear_illness(view: PlaceView) -> list[Raise]:
    """Whose own costs of this year passed the line, planted by whom ever, and nobody pushed."""
    found: list[Raise] = []
    for house in view.houses:
        line = 5_000 if house.nat["户类型"] == "脱贫户" or house.monitored else 20_000
        for person in house.members:
            own = [float(str(row["个人自付"])) for row in person.books.get(COSTS, ()) if str(row["截至月份"]).startswith("2026")]
            if own and max(own) > line and not person.books.get(WARNING):
                found += [("PSH-018", "person", person.key)]
    return found


def _petition(s: Site, day: str, kind: str = "生活困难") -> list[Raise]:
    rows_of(s.head, WARNING).clear()
    s.h.walk = 31  # somebody called at the end of the month, when it was too late
    return _clue("XFX-001", _put(s, PETITIONS, petition_row(s.head, s.h.key, day, kind), s.head))


@plants("XFX-001", "single")
def _asked_for_help_in_vain(s: Site) -> list[Raise]:
    return _petition(s, "2026-09-10", "寻求救助")


@plants("XFX-001", "single")
def _warned_of_after_sixteen_days(s: Site) -> list[Raise]:
    raised = _petition(s, "2026-09-10")
    warn(s, "临时救助", "民政", "2026-09-26")
    return raised


@nears("XFX-001", "single")
def _warned_of_after_fifteen_days(s: Site) -> list[Raise]:
    raised = _petition(s, "2026-09-10")
    warn(s, "临时救助", "民政", "2026-09-25")
    return raised


@nears("XFX-001", "single")
def _complained_of_something_else(s: Site) -> list[Raise]:
    return _petition(s, "2026-09-10", "政策落实")


def _post(s: Site) -> list[Raise]:
    rows_of(s.head, WARNING).clear()
    return _clue("XFX-002", _put(s, POSTS, post_row(s.head, s.h.key, "2026-09-10"), s.head))


@plants("XFX-002", "single")
def _told_the_net_in_vain(s: Site) -> list[Raise]:
    return _post(s)


@plants("XFX-002", "single", county=WARNED)
def _warned_of_without_result(s: Site) -> list[Raise]:
    raised = _post(s)
    warn(s, "网络舆情", "网信", "2026-10-04", 统计截止日期="2026-09-30")
    return raised


@nears("XFX-002", "single")
def _looked_into_on_the_last_day(s: Site) -> list[Raise]:
    raised = _post(s)
    warn(s, "临时救助", "民政", "2026-09-12", 核查完成日期="2026-09-25")
    return raised


def _unvisited(s: Site) -> list[Raise]:
    """Nobody came to the door."""
    s.h.visit = s.h.walk = None
    for person in s.h.members:
        person.visit = None
        rows_of(person, WARNING).clear()
    return s.house("SUR-001")


def _disaster(s: Site, damage: str, loss: float) -> list[Raise]:
    return _clue("XFX-003", _put(s, DISASTERS, disaster_row(s.head, "2026-09-05", damage, loss), s.head))


@plants("XFX-003", "single_general")
def _collapsed_and_forgotten(s: Site) -> list[Raise]:
    return _unvisited(s) + _disaster(s, "倒塌", 500)


@plants("XFX-003", "single_general")
def _dear_and_forgotten(s: Site) -> list[Raise]:
    return _unvisited(s) + _disaster(s, "无", 8_500.5)


@nears("XFX-003", "single")
def _collapsed_and_visited(s: Site) -> list[Raise]:
    return _disaster(s, "严重损坏", 500)


@nears("XFX-003", "single")
def _loss_at_the_line_and_warned_of(s: Site) -> list[Raise]:
    warn(s, "因灾", "应急", "2026-09-07", 风险发生日期="2026-09-05")
    return _disaster(s, "一般损坏", 8_500)


def _accident(s: Site, day: str, harm: str) -> list[Raise]:
    rows_of(s.head, WARNING).clear()
    s.h.walk = 31
    return _clue("XFX-004", _put(s, ACCIDENTS, accident_row(s.head, s.h.key, day, harm), s.head))


@plants("XFX-004", "single")
def _badly_hurt_and_forgotten(s: Site) -> list[Raise]:
    return _accident(s, "2026-08-12", "重伤")


@nears("XFX-004", "single")
def _slightly_hurt(s: Site) -> list[Raise]:
    return _accident(s, "2026-08-12", "轻伤")


@nears("XFX-004", "single")
def _hurt_this_month(s: Site) -> list[Raise]:
    return _accident(s, "2026-10-02", "重伤")


@nears("XFX-004", "single", county=WARNED)
def _warned_of_on_the_last_day(s: Site) -> list[Raise]:
    raised = _accident(s, "2026-08-12", "重伤")
    warn(s, "交通事故", "公安", "2026-09-20", 统计截止日期="2026-08-31")
    return raised


@plants("ZSX-005", "open_able")
def _collapsed_and_whole_in_the_system(s: Site) -> list[Raise]:
    _disaster(s, "倒塌", num(s.h, "住房面积"))
    return s.house("ZSX-005")


@nears("ZSX-005", "open_able")
def _cracked_and_whole_in_the_system(s: Site) -> list[Raise]:
    _disaster(s, "一般损坏", 900)
    return s.house("ZSX-005")
