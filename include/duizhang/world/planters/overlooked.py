"""Further planters of MON: what was declared over too soon, the log, and what was overlooked."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world import money
from duizhang.world.columns import GUARANTEES
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.cells import OF_RECORD
from duizhang.world.sectors.police import CHANGES, change_row
from duizhang.world.sectors.process import LOG, PROCEDURES, day, log_row, procedure_row
from duizhang.world.sectors.welfare import ILLNESS, SERIOUS, WARNING, ill_row, warning_row

_, _, _INSURED, _WATER = GUARANTEES
SECOND = "致贫/返贫风险2"


def _start(s: Site) -> int:
    return int(s.nat["识别监测时间"] or 0)


OF_RECORD.plants("MON-034", "gone", "water damaged after", {"风险消除后" + _WATER: "是"}, raises=("MON-034", "MON-039"))


@plants("MON-034", "gone_edge")
def _unsafe_water_after(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"] = "否"
    s.visit["饮水现状"] = "不安全"
    return s.record("MON-034", "MON-039") + s.house("HSW-004")


OF_RECORD.nears("MON-034", "gone", "water damaged before", {_WATER: "是", SECOND: "因安全饮水"}, raises=("MON-034", "MON-039"))
OF_RECORD.plants("MON-035", "gone", "uninsured after", {"风险消除后" + _INSURED: "是"}, raises=("MON-035", "MON-039"))
OF_RECORD.nears("MON-035", "gone", "uninsured before", {_INSURED: "是", SECOND: "因病"}, raises=("MON-035", "MON-039"))


@plants("MON-039", "gone")
def _outlay_above_half_the_income(s: Site) -> list[Raise]:
    _outlay(s, 1)
    return s.record("MON-039")


@plants("MON-039", "gone_edge")
def _no_procedure(s: Site) -> list[Raise]:
    s.h.books[PROCEDURES] = s.rows(PROCEDURES)[:1]
    return s.record("MON-039", "PRC-014")


@nears("MON-039", "gone")
def _outlay_of_half_the_income(s: Site) -> list[Raise]:
    _outlay(s, 0)
    return s.record("MON-039")


def _outlay(s: Site, more: int) -> None:
    net = money.num(s.h, "风险消除后家庭纯收入")
    s.nat["风险消除后合规自付支出"] = int(net) // 2 + more


@plants("MON-041", "open_long")
def _able_for_two_years(s: Site) -> list[Raise]:
    both(s.head, "劳动技能", "普通劳动力")
    return s.record("MON-041")


@nears("MON-041", "open_two_years")
def _able_for_just_two_years(s: Site) -> list[Raise]:
    return s.record("MON-041")


@plants("MON-042", "open_able")
def _over_in_the_log_alone(s: Site) -> list[Raise]:
    s.rows(LOG).append(log_row(s.h.key, "风险消除", "2026-09-17"))
    return s.house("MON-042")


@plants("MON-042", "gone")
def _over_but_not_in_the_log(s: Site) -> list[Raise]:
    s.h.books[LOG] = s.rows(LOG)[:1]
    return s.house("MON-042")


@plants("MON-042", "gone_edge")
def _taken_back_in_the_log_alone(s: Site) -> list[Raise]:
    s.rows(LOG).append(log_row(s.h.key, "风险消除回退", "2026-09-17"))
    return s.house("MON-042", "PRC-015")


@nears("MON-042", "open_able")
def _over_and_marked_again(s: Site) -> list[Raise]:
    start = _start(s)
    s.rows(LOG).extend((log_row(s.h.key, "风险消除", day(start, 20)), log_row(s.h.key, "风险再标注", "2026-09-18")))
    s.rows(PROCEDURES).append(procedure_row(s.h, "风险再标注", 202609))
    return s.house("MON-042")


@plants("MON-043", "open_able")
def _two_open_records(s: Site) -> list[Raise]:
    s.second.own["识别监测时间"] = later(_start(s), 1)
    return s.house("MON-043")


@plants("MON-049", "single")
def _unsafe_water(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"] = "否"
    s.visit["饮水现状"] = "不安全"
    return s.house("MON-049")


@nears("MON-049", "open")
def _unsafe_water_of_monitored(s: Site) -> list[Raise]:
    s.nat.update({"是否解决安全饮用水": "否", _WATER: "是", SECOND: "因安全饮水"})
    s.visit["饮水现状"] = "季节性缺水"
    return s.house("MON-049", "SUR-010")


@plants("MON-050", "pair")
def _no_serious_illness_cover(s: Site) -> list[Raise]:
    s.second.nat["是否参加大病保险"] = "否"
    return s.person(s.second, "MON-050", "MED-004")


@plants("MED-004", "open")
def _no_serious_illness_cover_of_monitored(s: Site) -> list[Raise]:
    s.second.nat["是否参加大病保险"] = "否"
    return s.person(s.second, "MED-004")


@plants("MON-055", "open_able")
def _labour_not_filled(s: Site) -> list[Raise]:
    s.second.nat["劳动技能"] = None
    return s.record("MON-055")


def _warn(s: Site, checked: str) -> None:
    """A department's warning about the head, checked on that day and found to be a case."""
    rows_of(s.head, WARNING)[:] = [warning_row(s.head, s.h, "医疗费用负担", "医保", checked) | {"核查结果": "纳入监测"}]


@plants("MON-040", "gone")
def _at_risk_again(s: Site) -> list[Raise]:
    _warn(s, "2026-09-08")
    return s.record("MON-039", "MON-040")


@nears("MON-040", "gone")
def _at_risk_before_the_end(s: Site) -> list[Raise]:
    _warn(s, day(int(s.nat["消除监测时间"] or 0), 28))
    return s.record("MON-039", "MON-040")


@nears("MON-040", "gone")
def _at_risk_for_fifteen_days(s: Site) -> list[Raise]:
    _warn(s, (s.month.as_of - timedelta(days=15)).isoformat())
    return s.record("MON-039", "MON-040")


@plants("MON-044", "open_single")
def _nobody_left(s: Site) -> list[Raise]:
    rows_of(s.head, CHANGES).append(change_row(s.h, s.head.key, s.head.number, "减少", "其他转出", "2026-08-11"))
    return s.record("MON-044")


@nears("MON-044", "open_able")
def _one_left(s: Site) -> list[Raise]:
    rows_of(s.second, CHANGES).append(change_row(s.h, s.second.key, s.second.number, "减少", "其他转出", "2026-08-11"))
    return s.record("MON-044")


@plants("MON-053", "single")
def _serious_illness_overlooked(s: Site) -> list[Raise]:
    _fall_ill(s)
    return s.person(s.head, "MON-053")


@nears("MON-053", "single")
def _serious_illness_pointed_out(s: Site) -> list[Raise]:
    _fall_ill(s)
    rows_of(s.head, WARNING)[:] = [warning_row(s.head, s.h, "医疗费用负担", "医保", "2026-10-09")]
    return s.person(s.head, "MON-053")


def _fall_ill(s: Site) -> None:
    """A serious illness found this month; the national book and the visit know of it."""
    both(s.head, "健康状况", "患有大病")
    both(s.head, "劳动技能", "弱劳动力或半劳动力")
    s.head.books[ILLNESS] = [ill_row(s.head, SERIOUS) | {"确诊日期": s.month.as_of.replace(day=2).isoformat()}]
    s.head.books.pop(WARNING, None)


@plants("MON-051", "child_junior")
def _child_at_home_overlooked(s: Site) -> list[Raise]:
    """The school has the child, the national book neither a class nor a reason, and nobody took the household in."""
    s.second.nat |= {"在校生状况": None, "文化程度": "小学"}
    return s.person(s.second, "EDU-001", "JYX-002") + s.house("MON-051")
