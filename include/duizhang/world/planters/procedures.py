"""Planters of PRC: the steps of a procedure, their order and their dates."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.model import MONTHS, Row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import IN_PROCEDURE
from duizhang.world.sectors.process import PROCEDURES, procedure_row

_STEPS = ("县级审定日期", "公告日期", "入户告知日期", "系统操作日期")


def _first(s: Site) -> Row:
    """The procedure by which the household was taken in."""
    return s.rows(PROCEDURES)[0]


def _after(row: Row, step: str, other: str, days: int) -> None:
    """Puts a step `days` after another one."""
    row[step] = (date.fromisoformat(str(row[other])) + timedelta(days=days)).isoformat()


def _decided(s: Site, days: int) -> None:
    row = _first(s)
    for n, step in enumerate(_STEPS):
        _after(row, step, "启动日期", days + n)


@plants("PRC-001", "open_able")
def _sixteen_days(s: Site) -> list[Raise]:
    _decided(s, 16)
    return s.house("PRC-001")


@plants("PRC-001", "pair")
def _never_decided(s: Site) -> list[Raise]:
    row = procedure_row(s.h, "纳入", 202609)
    s.rows(PROCEDURES).append(row | dict.fromkeys(_STEPS))
    return s.house("PRC-001")


@nears("PRC-001", "open_able")
def _fifteen_days(s: Site) -> list[Raise]:
    _decided(s, 15)
    return s.house("PRC-001", "PRC-003")


@plants("PRC-002", "open_able")
def _shown_for_four_days(s: Site) -> list[Raise]:
    _after(_first(s), "公示止", "公示起", 3)
    return s.house("PRC-002")


IN_PROCEDURE.plants("PRC-002", "open_able", "end of showing missing", {"公示止": None})


@nears("PRC-002", "open_able")
def _shown_for_five_days(s: Site) -> list[Raise]:
    _after(_first(s), "公示止", "公示起", 4)
    return s.house("PRC-002")


@plants("PRC-003", "open_able")
def _talked_over_before_seen(s: Site) -> list[Raise]:
    _after(_first(s), "入户核查日期", "村级评议日期", 1)
    return s.house("PRC-003")


@nears("PRC-003", "open_able")
def _shown_and_talked_over_on_one_day(s: Site) -> list[Raise]:
    _after(_first(s), "村级评议日期", "公示起", 0)
    return s.house("PRC-003")


IN_PROCEDURE.plants("PRC-004", "open_able", "objection not looked into", {"公示有无异议": "是"})
IN_PROCEDURE.nears("PRC-004", "open_able", "objection looked into", {"公示有无异议": "是", "异议核实结论": "经核实不成立"})


def _helped_first(s: Site, on: date) -> None:
    row = procedure_row(s.h, "纳入", 202610)
    blank = dict.fromkeys(("村级评议日期", "乡镇审核日期", *_STEPS))
    s.rows(PROCEDURES).append(row | blank | {"绿色通道": "是", "启动日期": on.isoformat(), "先行救助日期": on.isoformat(), "入户核查日期": None})


@plants("PRC-005", "pair")
def _helped_first_and_forgotten(s: Site) -> list[Raise]:
    _helped_first(s, MONTHS[0].as_of - timedelta(days=31))  # the same day in both months: nothing has moved
    return s.house("PRC-001", "PRC-005")


@plants("PRC-006", "open_able")
def _entered_before_decided(s: Site) -> list[Raise]:
    _after(_first(s), "系统操作日期", "县级审定日期", -1)
    return s.house("PRC-006")


@nears("PRC-006", "open_able")
def _entered_on_the_day(s: Site) -> list[Raise]:
    _after(_first(s), "系统操作日期", "县级审定日期", 0)
    return s.house("PRC-006")


@plants("PRC-007", "open_able")
def _entered_eight_days_later(s: Site) -> list[Raise]:
    _after(_first(s), "系统操作日期", "县级审定日期", 8)
    return s.house("PRC-007")


IN_PROCEDURE.plants("PRC-007", "open_able", "never entered", {"系统操作日期": None})


@nears("PRC-007", "open_able")
def _entered_seven_days_later(s: Site) -> list[Raise]:
    _after(_first(s), "系统操作日期", "县级审定日期", 7)
    return s.house("PRC-007")


IN_PROCEDURE.plants("PRC-008", "open_able", "not told", {"入户告知日期": None})


@plants("PRC-013", "open_able")
def _taken_in_without_procedure(s: Site) -> list[Raise]:
    s.rows(PROCEDURES).clear()
    return s.record("PRC-013")


@plants("PRC-013", "open_able")
def _taken_in_two_months_later(s: Site) -> list[Raise]:
    s.rows(PROCEDURES)[:] = [procedure_row(s.h, "纳入", later(int(s.nat["识别监测时间"] or 0), -2))]
    return s.record("PRC-013")


@nears("PRC-013", "open_able")
def _taken_in_a_month_later(s: Site) -> list[Raise]:
    s.rows(PROCEDURES)[:] = [procedure_row(s.h, "纳入", later(int(s.nat["识别监测时间"] or 0), -1))]
    return s.record("PRC-013")


@plants("PRC-014", "gone")
def _over_before_it_began(s: Site) -> list[Raise]:
    rows = s.rows(PROCEDURES)
    rows[1] = procedure_row(s.h, "风险消除", later(int(s.nat["识别监测时间"] or 0), -1))
    return s.record("MON-039", "PRC-014")
