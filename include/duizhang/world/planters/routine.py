"""Planters of RPT, CLS-007 and of those of PRC that are about the county's routine: tasks, meetings, exports, monthly calls."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.model import Row
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.places import PlaceSite, county_plants
from duizhang.world.sectors.pushes import ARRIVALS
from duizhang.world.sectors.upkeep import MEETINGS, TASKS

# code → tasks (by their code) of which one is done late, one never, and one on the day
_TASKS = {
    "PRC-017": ("PC02", "PC05", "PC07"), "PRC-019": ("NB01", "NB03", "NB02"), "RPT-001": ("LR01",) * 3, "RPT-002": ("HZ01",) * 3,
    "RPT-003": ("ZJ02",) * 3, "RPT-004": ("QH01",) * 3, "RPT-005": ("RD01", "RD03", "RD02"), "RPT-006": ("ZJ01",) * 3,
}


def _task(s: PlaceSite, task: str, year: int) -> Row:
    return next(row for row in s.rows[TASKS] if row["任务编码"] == task and row["年度"] == year)


def _done(row: Row, days: int) -> None:
    row["完成时间"] = f"{date.fromisoformat(str(row['截止时间'])[:10]) + timedelta(days=days)} 09:00:00"


def _told(s: PlaceSite, code: str, row: Row) -> list[Raise]:
    return [(code, "task", f"{s.key}|{row['年度']}|{row['任务编码']}|{row['责任单位']}")]


def _register(code: str, late: str, never: str, just: str) -> None:
    """A task done a day late, one never done, one done on the day after office hours."""

    @county_plants(code)
    def _late(s: PlaceSite) -> list[Raise]:
        row = _task(s, late, 2025)
        _done(row, 1)
        return _told(s, code, row)

    @county_plants(code)
    def _never(s: PlaceSite) -> list[Raise]:
        row = _task(s, never, 2024)
        row["完成时间"] = None
        return _told(s, code, row)

    @county_plants(code, near=True)
    def _just(s: PlaceSite) -> list[Raise]:
        row = _task(s, just, 2023)
        _done(row, 0)
        row["完成时间"] = str(row["完成时间"]).replace("09:00", "23:59")
        return _told(s, code, row)


for _code, _names in _TASKS.items():
    _register(_code, *_names)


@county_plants("PRC-017", near=True)
def _due_tomorrow(s: PlaceSite) -> list[Raise]:
    """A stage moved to after the register's own date: not yet due."""
    row = _task(s, "PC06", 2026)
    row.update({"截止时间": "2026-12-31 17:30:00", "完成时间": None})
    return _told(s, "PRC-017", row)


@county_plants("PRC-017", near=True)
def _late_with_another_task(s: PlaceSite) -> list[Raise]:
    row = _task(s, "QT01", 2025)
    _done(row, 9)
    return _told(s, "PRC-017", row)


def _held(s: PlaceSite, month: str, *kinds: str) -> list[Row]:
    return [row for row in s.rows[MEETINGS] if row and str(row["日期"]).startswith(month) and row["类型"] in kinds]


def _of(s: PlaceSite, code: str, term: str) -> list[Raise]:
    return [(code, "period", f"{s.key}|{term}")]


def _strike(s: PlaceSite, month: str, *kinds: str) -> None:
    for row in _held(s, month, *kinds):
        row.clear()


@county_plants("PRC-020")
def _no_meeting(s: PlaceSite) -> list[Raise]:
    _strike(s, "2026-08", "月会商", "月调度")
    return _of(s, "PRC-020", "2026-08")


@county_plants("PRC-020")
def _a_town_met(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2026-05", "月会商", "月调度"):
        row["区划编码"] = f"{s.key}101"
    return _of(s, "PRC-020", "2026-05")


@county_plants("PRC-020")
def _it_was_a_notice(s: PlaceSite) -> list[Raise]:
    """In three months; the first of them is just not too long ago in the second month of the world."""
    for month in ("2024-11", "2025-02", "2026-01"):
        for row in _held(s, month, "月会商", "月调度"):
            row["类型"] = "不定期通报"
    return [raised for month in ("2024-11", "2025-02", "2026-01") for raised in _of(s, "PRC-020", month)]


@county_plants("PRC-020", near=True)
def _met_on_the_last_day(s: PlaceSite) -> list[Raise]:
    _held(s, "2026-04", "月会商", "月调度")[0]["日期"] = "2026-04-30"
    return _of(s, "PRC-020", "2026-04")


@county_plants("PRC-020", near=True)
def _no_meeting_long_ago(s: PlaceSite) -> list[Raise]:
    _strike(s, "2024-09", "月会商", "月调度")
    return _of(s, "PRC-020", "2024-09")


@county_plants("PRC-020", near=True)
def _a_meeting_of_unknown_kind(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2026-02", "月会商", "月调度"):
        row["类型"] = None
    return _of(s, "PRC-020", "2026-02")


@county_plants("RPT-009")
def _no_evaluation(s: PlaceSite) -> list[Raise]:
    _strike(s, "2026-07", "数据质量评估")
    return _of(s, "RPT-009", "2026-07")


@county_plants("RPT-009")
def _two_evaluations_in_one_month(s: PlaceSite) -> list[Raise]:
    """Made up for on the first of the next month."""
    _held(s, "2025-10", "数据质量评估")[0]["日期"] = "2025-11-01"
    return _of(s, "RPT-009", "2025-10")


@county_plants("RPT-009", near=True)
def _evaluated_by_the_city(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2026-03", "数据质量评估"):
        row["区划编码"] = f"{s.key[:4]}00"
    return _of(s, "RPT-009", "2026-03")


@county_plants("RPT-007")
def _nothing_in_the_quarter(s: PlaceSite) -> list[Raise]:
    _strike(s, "2026-06", "季督导调度", "季度通报")
    return _of(s, "RPT-007", "2026年第2季度")


@county_plants("RPT-007")
def _notice_came_in_the_next_quarter(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2025-06", "季督导调度", "季度通报"):
        row["日期"] = "2025-07-01"
    return _of(s, "RPT-007", "2025年第2季度")


@county_plants("RPT-007", near=True)
def _only_a_notice(s: PlaceSite) -> list[Raise]:
    _strike(s, "2026-03", "季督导调度")
    return _of(s, "RPT-007", "2026年第1季度")


@county_plants("RPT-008")
def _not_assessed(s: PlaceSite) -> list[Raise]:
    _strike(s, "2025-12", "年度考核评估")
    return _of(s, "RPT-008", "2025年")


@county_plants("RPT-008")
def _assessed_too_early(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2024-12", "年度考核评估"):
        row["日期"] = "2024-09-30"
    return _of(s, "RPT-008", "2024年")


@county_plants("RPT-008", near=True)
def _assessed_in_october(s: PlaceSite) -> list[Raise]:
    for row in _held(s, "2025-12", "年度考核评估"):
        row["日期"] = "2025-10-01"
    return _of(s, "RPT-008", "2025年")


def _came(s: PlaceSite, data: str) -> Row:
    """The arrival of an export in September."""
    return next(row for row in s.rows[ARRIVALS] if row and row["数据集"] == data and row["统计期"] == "2026-09")


@county_plants("CLS-007")
def _one_export_missing(s: PlaceSite) -> list[Raise]:
    _came(s, "风险日志").clear()
    return _of(s, "CLS-007", "2026-09")


@county_plants("CLS-007")
def _one_export_refused(s: PlaceSite) -> list[Raise]:
    _came(s, "小贷")["状态"] = "拒收"
    return _of(s, "CLS-007", "2026-09")


@county_plants("CLS-007")
def _one_export_came_late(s: PlaceSite) -> list[Raise]:
    _came(s, "务工").update({"数据时点": "2026-10-01", "接收时间": "2026-10-01"})
    return _of(s, "CLS-007", "2026-09")


@county_plants("CLS-007", near=True)
def _exported_on_the_last_day(s: PlaceSite) -> list[Raise]:
    _came(s, "计划").update({"数据时点": "2026-09-30", "接收时间": "2026-10-08"})
    return _of(s, "CLS-007", "2026-09")


@plants("PRC-021", "single")
def _nobody_called(s: Site) -> list[Raise]:
    s.h.walk = None
    return s.house("PRC-021")


@plants("PRC-021", "open_edge")
def _nobody_called_on_the_monitored(s: Site) -> list[Raise]:
    s.h.walk = None
    return s.house("PRC-021")


@nears("PRC-021", "single")
def _called_on_the_last_day(s: Site) -> list[Raise]:
    s.h.walk = 31
    return s.house("PRC-021")


@nears("PRC-021", "single_general")
def _nobody_called_on_a_common_household(s: Site) -> list[Raise]:
    s.h.walk = None
    return s.house("PRC-021")
