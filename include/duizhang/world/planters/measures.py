"""Planters of AID and MON-046: measures that are missing, of the wrong kind, or of the wrong time. More is reckoned in `support_reckoning`."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.columns import GUARANTEES
from duizhang.world.model import Row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.places import PlaceSite, county_plants
from duizhang.world.planters.welfare import provide
from duizhang.world.sectors.support import LEDGER, PREMIUM, PROJECTS, ledger_row, set_measures

_SCHOOL, _HOUSE, _INSURED, _WATER = GUARANTEES
_SECOND = "致贫/返贫风险2"
TRADE, HEALTH = {"产业帮扶": ["产业奖补"]}, {"健康帮扶": ["其他"]}


def have(s: Site, chosen: dict[str, list[str]]) -> None:
    """The household has these measures and no others."""
    set_measures(s.h, chosen)


def _start(s: Site) -> int:
    return int(str(s.nat["识别监测时间"]))


def _entered(s: Site, days: int) -> None:
    """All measures entered `days` after the decision, or (as one renewed) as they were where that is later."""
    day = (date.fromisoformat(str(s.nat["纳入审定日期"])) + timedelta(days=days)).isoformat()
    for row in s.rows(LEDGER):
        row["录入日期"] = max(day, str(row["录入日期"]))


@plants("AID-001", "open_able")
def _eleven_days_later(s: Site) -> list[Raise]:
    _entered(s, 11)
    return s.record("AID-001")


@plants("AID-001", "gone")
def _nothing_in_the_ledger(s: Site) -> list[Raise]:
    s.rows(LEDGER).clear()
    return s.record("AID-001")


@nears("AID-001", "open_able")
def _ten_days_later(s: Site) -> list[Raise]:
    _entered(s, 10)
    return s.record("AID-001")


@plants("AID-002", "open_able")
def _no_measure(s: Site) -> list[Raise]:
    have(s, {})
    return s.record("AID-001", "AID-002")


@nears("AID-002", "open_fresh")
def _no_measure_a_month_later(s: Site) -> list[Raise]:
    if s.month.number == 1:
        have(s, {})
    return s.record("AID-002")


@plants("AID-003", "gone")
def _helped_by_nothing(s: Site) -> list[Raise]:
    have(s, {})
    return s.record("AID-002", "AID-003", "MON-039")


@nears("AID-003", "gone")
def _over_by_itself(s: Site) -> list[Raise]:
    have(s, {})
    s.nat["风险消除方式"] = "自然消除"
    return s.record("AID-003")


@plants("AID-004", "open")
def _ill_without_help(s: Site) -> list[Raise]:
    have(s, TRADE)
    return s.record("AID-004")


@nears("AID-004", "open")
def _ill_with_help_of_society(s: Site) -> list[Raise]:
    have(s, TRADE | {"社会帮扶": ["其他"]})
    return s.record("AID-004")


@plants("AID-005", "open_school")
def _school_without_help(s: Site) -> list[Raise]:
    s.nat[_SECOND] = "因学"
    have(s, TRADE | HEALTH)
    return s.record("AID-005")


@nears("AID-005", "open_school")
def _school_with_help(s: Site) -> list[Raise]:
    s.nat[_SECOND] = "因学"
    have(s, TRADE | {"教育帮扶": ["其他"]})
    return s.record("AID-005")


@plants("AID-006", "open_disabled")
def _disabled_without_help(s: Site) -> list[Raise]:
    s.nat[_SECOND] = "因残"
    have(s, TRADE | HEALTH)
    return s.record("AID-006")


@nears("AID-006", "open_disabled")
def _disabled_with_help_of_society(s: Site) -> list[Raise]:
    s.nat[_SECOND] = "因残"
    have(s, TRADE | {"社会帮扶": ["其他"]})
    return s.record("AID-006")


def _damaged(s: Site) -> None:
    s.nat.update({_HOUSE: "是", _SECOND: "因安全住房"})


@plants("AID-007", "gone")
def _damaged_house_without_help(s: Site) -> list[Raise]:
    _damaged(s)
    return s.record("AID-007")


@nears("AID-007", "gone")
def _damaged_house_with_help(s: Site) -> list[Raise]:
    _damaged(s)
    have(s, HEALTH | {"住房安全保障": ["其他"]})
    return s.record("AID-007")


@plants("AID-008", "gone")
def _dropout_without_help(s: Site) -> list[Raise]:
    s.nat[_SCHOOL] = "是"
    have(s, HEALTH | {"教育帮扶": ["其他"]})
    return s.record("AID-008", "MON-021")


@nears("AID-008", "gone")
def _no_dropout_and_no_help(s: Site) -> list[Raise]:
    have(s, HEALTH | {"教育帮扶": ["其他"]})
    return s.record("AID-008")


def _thirsty(s: Site) -> None:
    s.nat.update({_WATER: "是", _SECOND: "因安全饮水"})


@plants("AID-009", "open")
def _water_without_help(s: Site) -> list[Raise]:
    _thirsty(s)
    return s.record("AID-009")


@nears("AID-009", "open")
def _water_with_help(s: Site) -> list[Raise]:
    _thirsty(s)
    have(s, TRADE | HEALTH | {"饮水安全保障": ["其他"]})
    return s.record("AID-009")


@plants("AID-010", "open")
def _uninsured_without_help(s: Site) -> list[Raise]:
    s.nat[_INSURED] = "是"
    have(s, TRADE | {"综合保障": ["其他"]})
    return s.record("AID-010")


@nears("AID-010", "open")
def _uninsured_with_help_of_society(s: Site) -> list[Raise]:
    s.nat[_INSURED] = "是"
    have(s, TRADE | {"社会帮扶": ["其他"]})
    return s.record("AID-010")


@plants("AID-011", "open_elder")
def _weak_without_developing(s: Site) -> list[Raise]:
    have(s, HEALTH)
    return s.record("AID-011")


@nears("AID-011", "open_elder")
def _weak_with_a_loan(s: Site) -> list[Raise]:
    have(s, HEALTH | {"金融帮扶": ["小额信贷"]})
    return s.record("AID-011")


@plants("AID-012", "open_dibao_pair")
def _support_alone(s: Site) -> list[Raise]:
    have(s, {"综合保障": ["低保"]})
    return s.record("AID-011", "AID-012")


@nears("AID-012", "open_dibao_pair")
def _support_and_health(s: Site) -> list[Raise]:
    have(s, {"综合保障": ["低保"], "健康帮扶": ["其他"]})
    return s.record("AID-012")


@plants("AID-013", "open_able")
def _developing_not_begun(s: Site) -> list[Raise]:
    s.nat["实施开发式帮扶措施情况"] = "尚未实施"
    return s.record("AID-013")


@plants("AID-013", "open_able")
def _developing_not_told(s: Site) -> list[Raise]:
    s.nat["实施开发式帮扶措施情况"] = None
    return s.record("AID-013")


@nears("AID-013", "open_able")
def _developing_not_needed(s: Site) -> list[Raise]:
    s.nat["实施开发式帮扶措施情况"] = "无需实施"
    return s.record("AID-013")


@plants("AID-014", "open_able")
def _training_alone(s: Site) -> list[Raise]:
    have(s, HEALTH | {"产业帮扶": ["其他"], "金融帮扶": ["技能培训"]})
    return s.record("AID-014")


@nears("AID-014", "open_able")
def _one_real_measure(s: Site) -> list[Raise]:
    have(s, HEALTH | {"产业帮扶": ["其他", "产业奖补"]})
    return s.record("AID-014")


@plants("AID-027", "open_in_time")
def _premium_not_booked(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH)
    return s.record("AID-027")


@nears("AID-027", "open_late")
def _premium_not_due(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH)
    return s.record("AID-027")


@plants("AID-028", "open_late")
def _premium_too_late(s: Site) -> list[Raise]:
    have(s, TRADE | {"健康帮扶": [PREMIUM]})
    return s.record("AID-028")


@nears("AID-028", "open_in_time")
def _premium_in_time(s: Site) -> list[Raise]:
    have(s, TRADE | {"健康帮扶": [PREMIUM]})
    return s.record("AID-028")


@plants("AID-029", "open_able")
def _moved_house(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH | {"搬迁": ["其他"]})
    return s.record("AID-029")


@nears("AID-029", "open_able")
def _house_made_safe(s: Site) -> list[Raise]:
    have(s, TRADE | HEALTH | {"住房安全保障": ["其他"]})
    return s.record("AID-029")


@plants("AID-030", "open_able")
def _begun_before_identified(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["开始时间"] = later(_start(s), -1)
    return s.record("AID-030")


@nears("AID-030", "open")
def _begun_before_identified_of_the_poor(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["开始时间"] = later(_start(s), -1)
    return s.record("AID-030")


@plants("AID-031", "open_able")
def _no_office(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["责任部门"] = None
    return s.house("AID-031")


@plants("AID-031", "gone")
def _nobody_answers(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["责任人"] = None
    return s.house("AID-031")


@plants("AID-032", "ill_single")
def _unable_and_unsupported(s: Site) -> list[Raise]:
    return s.house("AID-032")


@nears("AID-032", "ill_single")
def _unable_and_destitute(s: Site) -> list[Raise]:
    provide(s, s.head)
    return s.house("AID-032")


@nears("AID-031", "open_able")
def _office_and_person(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0].update({"责任部门": "镇政府", "责任人": "乙某", "措施其他备注": None})
    return s.house("AID-031")


@plants("MON-046", "gone")
def _begun_after_the_end(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "健康帮扶", "其他", later(int(str(s.nat["消除监测时间"])), 1)))
    return s.record("MON-046")


@nears("MON-046", "gone")
def _begun_in_the_last_month(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "健康帮扶", "其他", int(str(s.nat["消除监测时间"]))))
    return s.record("MON-046")


@nears("MON-046", "gone")
def _a_loan_after_the_end(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "金融帮扶", "小额信贷", later(int(str(s.nat["消除监测时间"])), 1)))
    return s.record("MON-046")


def _projects(s: PlaceSite, kind: str) -> Row:
    """The county's project of `kind` of this year."""
    return next(row for row in s.rows[PROJECTS] if row["资金年度"] == s.month.as_of.year and row["项目类型"] == kind)


@county_plants("AID-033")
def _post_without_content(s: PlaceSite) -> list[Raise]:
    _projects(s, "公益岗位")["建设内容"] = None
    return s.here("AID-033")


@county_plants("AID-033", near=True)
def _road_without_content(s: PlaceSite) -> list[Raise]:
    _projects(s, "乡村建设")["建设内容"] = None
    return s.here("AID-033")


def _shift(s: PlaceSite, money: float) -> None:
    """`money` (of a thousand in all, six hundred for farming and trade) goes to roads instead."""
    for kind, change in (("产业发展", -money), ("乡村建设", money)):
        row = _projects(s, kind)
        row["衔接资金金额"] = round(float(row["衔接资金金额"] or 0) + change, 2)


@county_plants("AID-034")
def _little_for_trade(s: PlaceSite) -> list[Raise]:
    _shift(s, 50.01)
    return s.here("AID-034")


@county_plants("AID-034", near=True)
def _just_enough_for_trade(s: PlaceSite) -> list[Raise]:
    if _projects(s, "产业发展")["衔接资金金额"] != 600:
        return []  # another defect stands in this county
    _shift(s, 50)
    return s.here("AID-034")


@county_plants("JOB-023", near=True)
def _enough_at_work(s: PlaceSite) -> list[Raise]:
    """Only the second county was asked for more people than it has."""
    return [] if s.key.endswith("02") else s.here("JOB-023")
