"""Further planters of MON: risks against members and figures, the log, the procedures and what was overlooked."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world import money
from duizhang.world.columns import GUARANTEES
from duizhang.world.model import LINES
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, both, nears, plants, rows_of
from duizhang.world.planters.illness import costs
from duizhang.world.sectors.police import CHANGES, change_row
from duizhang.world.sectors.process import LOG, PROCEDURES, day, log_row, procedure_row
from duizhang.world.sectors.welfare import ILLNESS, SERIOUS, WARNING, ill_row, register_illness, warning_row

_SCHOOL, _HOUSE, _INSURED, _WATER = GUARANTEES
SECOND = "致贫/返贫风险2"
PAID = "识别时合规自付支出"


def _start(s: Site) -> int:
    return int(s.nat["识别监测时间"] or 0)


@plants("MON-002", "open_able")
def _start_missing(s: Site) -> list[Raise]:
    s.nat["识别监测时间"] = None
    return s.record("MON-002")


@plants("MON-002", "open_able")
def _start_in_the_future(s: Site) -> list[Raise]:
    s.nat["识别监测时间"] = 202612
    return s.record("MON-002", "PRC-013")


@nears("MON-002", "open_able")
def _start_this_month(s: Site) -> list[Raise]:
    s.nat["识别监测时间"] = s.month.ym
    s.rows(PROCEDURES).append(procedure_row(s.h, "纳入", s.month.ym))
    return s.record("MON-002", "PRC-013")


@plants("MON-008", "open_able")
def _disaster_without_kind(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因自然灾害"
    return s.record("MON-008")


@nears("MON-008", "open_able")
def _disaster_with_kind(s: Site) -> list[Raise]:
    s.nat.update({SECOND: "因自然灾害", "因自然灾害子项": "地震"})
    return s.record("MON-008")


@plants("MON-010", "open_able")
def _illness_of_nobody(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因病"
    return s.record("MON-010")


@nears("MON-010", "open_able")
def _illness_of_a_member(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因病"
    both(s.second, "健康状况", "长期慢性病")
    both(s.second, "劳动技能", "弱劳动力或半劳动力")
    register_illness(s.second)
    return s.record("MON-010")


@plants("MON-011", "open")
def _illness_without_cost(s: Site) -> list[Raise]:
    s.nat[PAID] = 0
    return s.record("MON-011", "YBX-006")


@plants("MON-011", "open_edge")
def _illness_with_cost_not_filled(s: Site) -> list[Raise]:
    s.nat[PAID] = None
    return s.record("MON-011")


@nears("MON-011", "open")
def _illness_that_cost_one_yuan(s: Site) -> list[Raise]:
    s.nat[PAID] = 1
    costs(s, 1)
    return s.record("MON-011", "YBX-006")


@plants("MON-012", "open_able")
def _school_of_nobody(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因学"
    return s.record("MON-012")


@nears("MON-012", "open_school")
def _school_of_a_member(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因学"
    return s.record("MON-012")


@plants("MON-014", "open_five")
def _two_of_five_able(s: Site) -> list[Raise]:
    s.nat[SECOND] = "缺劳动力"
    return s.record("MON-014")


@nears("MON-014", "open_weak")
def _one_of_four_able(s: Site) -> list[Raise]:
    s.nat[SECOND] = "缺劳动力"
    return s.record("MON-014", "MON-015")


@plants("MON-015", "open_four")
def _two_of_four_able(s: Site) -> list[Raise]:
    s.nat[SECOND] = "缺劳动力"
    return s.record("MON-014", "MON-015")


@plants("MON-016", "open_unable")
def _work_of_those_who_cannot(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因务工就业不稳"
    return s.record("MON-016", "MON-017")


@plants("MON-017", "open_long")
def _work_without_any_spell(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因务工就业不稳"
    return s.record("MON-017")


@nears("MON-017", "open_able")
def _work_with_a_spell(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因务工就业不稳"
    return s.record("MON-016", "MON-017")


@plants("MON-019", "open_able")
def _uninsured_without_illness(s: Site) -> list[Raise]:
    s.nat[_INSURED] = "是"
    return s.record("MON-019")


@nears("MON-019", "open")
def _uninsured_with_illness(s: Site) -> list[Raise]:
    s.nat[_INSURED] = "是"
    return s.record("MON-019")


@plants("MON-020", "open_able")
def _damaged_house_without_risk(s: Site) -> list[Raise]:
    s.nat[_HOUSE] = "是"
    return s.record("MON-020")


@nears("MON-020", "open_able")
def _damaged_house_with_risk(s: Site) -> list[Raise]:
    s.nat.update({_HOUSE: "是", SECOND: "因安全住房"})
    return s.record("MON-020")


@plants("MON-021", "open_school")
def _dropout_of_nobody(s: Site) -> list[Raise]:
    s.nat[_SCHOOL] = "是"
    s.visit["有无失学辍学"] = "是"
    return s.record("MON-021")


@plants("MON-022", "open_able")
def _rich_at_the_start(s: Site) -> list[Raise]:
    return _at_start(s, 20_001) + s.record("MON-022")


@nears("MON-022", "open_able")
def _not_quite_rich_at_the_start(s: Site) -> list[Raise]:
    return _at_start(s, 20_000) + s.record("MON-022")


@nears("MON-022", "open_sudden")
def _rich_but_sudden(s: Site) -> list[Raise]:
    return _at_start(s, 25_000) + s.record("MON-022", "MON-024", "MON-025")


def _at_start(s: Site, per_head: int) -> list[Raise]:
    """Income per head at identification, from wages alone."""
    size = len(s.h.members)
    s.nat.update({
        "识别时工资性收入": per_head * size, "识别时转移性收入": 0, "识别时纯收入（元）": per_head * size, "识别时人均纯收入（元）": per_head,
    })
    return []


@plants("MON-023", "open_able")
def _wage_in_the_wrong_unit(s: Site) -> list[Raise]:
    _wage(s, 99)
    return s.record("MON-023")


@nears("MON-023", "open_able")
def _wage_of_a_hundred(s: Site) -> list[Raise]:
    _wage(s, 100)
    return s.record("MON-023")


def _wage(s: Site, amount: int) -> None:
    net = amount + 12_000
    s.nat.update({
        "识别时工资性收入": amount, "识别时转移性收入": 12_000, "识别时纯收入（元）": net, "识别时人均纯收入（元）": net / len(s.h.members),
    })


@plants("MON-024", "open_able")
def _no_reason_to_be_taken_in(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100])
    s.nat[PAID] = 0
    return s.record("MON-024")


@nears("MON-024", "open_able")
def _a_yuan_under_the_line(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100] - 1)
    s.nat[PAID] = 0
    return s.record("MON-024")


@nears("MON-024", "open_able")
def _above_the_line_with_outlay(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100] + 100)
    return s.record("MON-024")


@plants("MON-025", "open_sudden")
def _nothing_sudden(s: Site) -> list[Raise]:
    s.nat.update({"致贫/返贫风险1": "其他", "风险其他备注": "收入低"})
    return s.record("MON-025")


@nears("MON-025", "open_sudden")
def _something_sudden(s: Site) -> list[Raise]:
    s.nat.update({SECOND: "其他", "风险其他备注": "收入低"})
    return s.record("MON-025")


@plants("MON-034", "gone")
def _water_damaged_after(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _WATER] = "是"
    return s.record("MON-034", "MON-039")


@plants("MON-034", "gone_edge")
def _unsafe_water_after(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"] = "否"
    s.visit["饮水现状"] = "不安全"
    return s.record("MON-034", "MON-039") + s.house("HSW-004")


@nears("MON-034", "gone")
def _water_damaged_before(s: Site) -> list[Raise]:
    s.nat.update({_WATER: "是", SECOND: "因安全饮水"})
    return s.record("MON-034", "MON-039")


@plants("MON-035", "gone")
def _uninsured_after(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _INSURED] = "是"
    return s.record("MON-035", "MON-039")


@nears("MON-035", "gone")
def _uninsured_before(s: Site) -> list[Raise]:
    s.nat.update({_INSURED: "是", SECOND: "因病"})
    return s.record("MON-035", "MON-039")


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
    return s.house("MON-042")


@nears("MON-042", "open_able")
def _over_and_marked_again(s: Site) -> list[Raise]:
    start = _start(s)
    s.rows(LOG).extend((log_row(s.h.key, "风险消除", day(start, 20)), log_row(s.h.key, "风险再标注", "2026-09-18")))
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


@nears("MON-055", "pair")
def _labour_of_nobody_monitored(s: Site) -> list[Raise]:
    s.second.nat["劳动技能"] = None
    return [("MON-055", "monitoring", s.h.monitoring_key)]


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
