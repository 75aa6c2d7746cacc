"""Planters of APP: what a farmer asked for, when it was taken up, looked into and answered."""

from __future__ import annotations

from duizhang.world.model import Cell, Person, Row
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.sectors.pushes import APPLICATIONS, TAKEN, application_key, application_row

_UNDONE: Row = {"受理时间": None, "入户核实时间": None, "核实结论": None, "反馈时间": None, "办结时间": None, "办理状态": "待受理"}


def _file(s: Site, *codes: str, **other: Cell) -> list[Raise]:
    """The household's only application, of its head; raises on it."""
    return _put(s, s.head, 1, codes, other)


def _put(s: Site, applicant: Person, nth: int, codes: tuple[str, ...], other: Row) -> list[Raise]:
    """The household's only application (or its `nth`), of `applicant`; raises on it."""
    if nth == 1:
        for person in s.h.members:
            person.books.pop(APPLICATIONS, None)
    rows = s.head.books.setdefault(APPLICATIONS, [])
    row = application_row(applicant, s.h.village, s.h.key, nth=nth) | other
    rows.append(row)
    return [(code, "application", application_key(row, s.h)) for code in codes]


def _monthly(s: Site, first: str, second: str) -> str:
    return first if s.month.number == 1 else second


@plants("APP-001", "single")
def _not_taken_up(s: Site) -> list[Raise]:
    return _file(s, "APP-001", 申报时间="2026-10-19", **_UNDONE)


@nears("APP-001", "single")
def _two_working_days_old(s: Site) -> list[Raise]:
    return _file(s, "APP-001", 申报时间=_monthly(s, "2026-10-20", "2026-11-13"), **_UNDONE)


@plants("APP-002", "single")
def _not_done_by_the_end_of_the_next_month(s: Site) -> list[Raise]:
    return _file(s, "APP-002", 申报时间="2026-08-20", 受理时间="2026-08-21", 入户核实时间="2026-08-25", 办理状态="已核实", 办结时间=None)


@nears("APP-002", "single")
def _the_end_of_the_next_month_is_to_come(s: Site) -> list[Raise]:
    filed = _monthly(s, "2026-09-01", "2026-10-09")
    taken, seen = _monthly(s, "2026-09-02", "2026-10-10"), _monthly(s, "2026-09-07", "2026-10-14")
    return _file(s, "APP-002", 申报时间=filed, 受理时间=taken, 入户核实时间=seen, 办理状态="受理中", 办结时间=None)


@plants("APP-003", "single")
def _sixteen_working_days(s: Site) -> list[Raise]:
    return _file(s, "APP-003", 办结时间="2026-09-22")


@nears("APP-003", "single")
def _fifteen_working_days(s: Site) -> list[Raise]:
    return _file(s, "APP-003", 办结时间="2026-09-21")


def _as_it_was(s: Site) -> list[Raise]:
    return _file(s)


@plants("APP-004", "single", after=_as_it_was)
def _done_without_conclusion(s: Site) -> list[Raise]:
    return _file(s, "APP-004", 核实结论=None)


@plants("APP-004", "single", after=_as_it_was)
def _done_without_a_day(s: Site) -> list[Raise]:
    return _file(s, "APP-004", 办结时间=None)


@plants("APP-004", "single", after=_as_it_was)
def _done_unseen(s: Site) -> list[Raise]:
    return _file(s, "APP-004", 入户核实时间=None)


@nears("APP-004", "single")
def _not_done_yet(s: Site) -> list[Raise]:
    return _file(s, "APP-004", **_UNDONE | {"申报时间": _monthly(s, "2026-10-20", "2026-11-16")})


@plants("APP-005", "single")
def _taken_in_on_paper(s: Site) -> list[Raise]:
    return _file(s, "APP-005", 核实结论=TAKEN, 纳入户编号=s.h.key)


@plants("APP-005", "open")
def _taken_in_long_before(s: Site) -> list[Raise]:
    """The household is found by the applicant's number."""
    return _file(s, "APP-005", 核实结论=TAKEN)


@nears("APP-005", "open_recent")
def _taken_in_that_month(s: Site) -> list[Raise]:
    steps = {"申报时间": "2025-12-01", "受理时间": "2025-12-02", "入户核实时间": "2025-12-04", "反馈时间": "2025-12-08", "办结时间": "2025-12-08"}
    return _file(s, "APP-005", 核实结论=TAKEN, 纳入户编号=s.h.key, **steps)


@plants("APP-006", "single", after=_as_it_was)
def _not_told_why(s: Site) -> list[Raise]:
    return _file(s, "APP-006", 反馈时间=None)


@nears("APP-006", "single")
def _nobody_of_that_name(s: Site) -> list[Raise]:
    return _file(s, "APP-006", 核实结论="查无此户", 反馈时间=None)


@plants("APP-007", "single")
def _seen_after_six_working_days(s: Site) -> list[Raise]:
    return _file(s, "APP-007", 受理时间="2026-09-01", 入户核实时间="2026-09-09", 办结时间="2026-09-10")


@nears("APP-007", "single")
def _seen_after_five_working_days(s: Site) -> list[Raise]:
    return _file(s, "APP-007", 受理时间="2026-09-01", 入户核实时间="2026-09-08", 办结时间="2026-09-10")


@plants("APP-008", "single", after=_as_it_was)
def _done_before_seen(s: Site) -> list[Raise]:
    return _file(s, "APP-008", 入户核实时间="2026-09-08", 办结时间="2026-09-07")


@plants("APP-008", "single", after=_as_it_was)
def _taken_up_before_filed(s: Site) -> list[Raise]:
    return _file(s, "APP-008", 申报时间="2026-09-03")


@nears("APP-008", "single")
def _all_on_one_day(s: Site) -> list[Raise]:
    return _file(s, "APP-008", **dict.fromkeys(("申报时间", "受理时间", "入户核实时间", "反馈时间", "办结时间"), "2026-09-02"))


def _twice(s: Site, first: str, second: str, *, done: bool = False) -> list[Raise]:
    """Two applications of the head, taken up the day they were filed and not looked into (the first: perhaps done)."""
    steps: Row = {"受理时间": first, "入户核实时间": first, "反馈时间": first, "办结时间": first}
    _put(s, s.head, 1, (), (steps if done else _UNDONE | {"受理时间": first, "办理状态": "受理中"}) | {"申报时间": first})
    return _put(s, s.head, 2, ("APP-009",), _UNDONE | {"申报时间": second, "受理时间": second, "办理状态": "受理中"})


@plants("APP-009", "single")
def _asked_twice(s: Site) -> list[Raise]:
    return _twice(s, "2026-10-08", "2026-10-15")


@nears("APP-009", "single")
def _asked_again_after_a_month(s: Site) -> list[Raise]:
    return _twice(s, *(("2026-09-10", "2026-10-11") if s.month.number == 1 else ("2026-10-08", "2026-11-08")))


@nears("APP-009", "single")
def _asked_again_after_an_answer(s: Site) -> list[Raise]:
    return _twice(s, "2026-10-08", "2026-10-15", done=True)


@plants("APP-010", "single")
def _nobody_has_that_number(s: Site) -> list[Raise]:
    return _put(s, s.stranger(44), 1, ("APP-010",), {})


@nears("APP-010", "pair")
def _the_wife_applied(s: Site) -> list[Raise]:
    return _put(s, s.second, 1, ("APP-010",), {})
