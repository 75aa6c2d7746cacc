"""Planters of MZX, CLX and MED on destitution, disability allowances and pensions in the national book."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.model import Person
from duizhang.world.outsiders import death_row
from duizhang.world.people import dibao_row, later
from duizhang.world.planters.base import Raise, Site, both, cert, dibao, nears, outlived, plants, rows_of
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.sectors.welfare import (
    ALLOWANCE,
    DESTITUTE,
    ILLNESS,
    LIVING,
    PENSION,
    WARNING,
    allowance_row,
    destitute_row,
    pension_row,
    warning_row,
)

SUPPORT, PROVISION, OTHER = "最低生活保障金", "特困人员救助供养金", "其他转移性收入"
_CYCLE = 12 * money.MONTHLY_SUPPORT


def booked(s: Site, column: str, amount: float) -> None:
    """Books `amount` in `column` of the annual income; what it loses or gains goes to other transfers while these last."""
    left = money.num(s.h, column) + money.num(s.h, OTHER) - amount  # 300 yuan or more are always there
    s.nat[column] = amount
    s.nat[OTHER] = round(left, 2) if left >= 0 else 0
    money.settle(s.h)


def provide(s: Site, person: Person, start: int = 202001) -> None:
    """Makes `person` destitute in both books; a little of the other transfers is booked as provision, so that the income stays."""
    person.nat["享受特困供养政策情况"] = "农村特困"
    rows_of(person, DESTITUTE).append(destitute_row(person, start))
    booked(s, PROVISION, 300)


@plants("MZX-004", "dibao")
def _more_support_than_paid(s: Site) -> list[Raise]:
    booked(s, SUPPORT, 6_000)
    return s.house("MZX-004")


@plants("MZX-004", "dibao_pair")
def _less_support_than_paid(s: Site) -> list[Raise]:
    booked(s, SUPPORT, _CYCLE * 9 / 10 - 1)
    return s.house("MZX-004")


@nears("MZX-004", "dibao")
def _a_tenth_more_than_paid(s: Site) -> list[Raise]:
    booked(s, SUPPORT, _CYCLE * 11 / 10)
    return s.house("MZX-004")


@nears("MZX-004", "dibao_pair")
def _a_tenth_less_than_paid(s: Site) -> list[Raise]:
    booked(s, SUPPORT, _CYCLE * 9 / 10)
    return s.house("MZX-004")


def _unmarked(s: Site, word: str | None) -> None:
    s.head.nat["享受特困供养政策情况"] = word
    booked(s, PROVISION, 0)


@plants("MZX-005", "tekun")
def _destitution_unknown_to_system(s: Site) -> list[Raise]:
    _unmarked(s, "未享受")
    return s.person(s.head, "MZX-005")


@plants("MZX-005", "tekun")
def _destitution_not_filled(s: Site) -> list[Raise]:
    _unmarked(s, None)
    return s.person(s.head, "MZX-005")


@nears("MZX-005", "tekun")
def _stopped_last_month_and_unmarked(s: Site) -> list[Raise]:
    _unmarked(s, "未享受")
    rows_of(s.head, DESTITUTE)[0]["停发年月"] = later(s.month.ym, -1)
    return s.person(s.head, "MZX-005", "MZX-009")


@plants("MZX-006", "tekun")
def _destitute_only_in_system(s: Site) -> list[Raise]:
    rows_of(s.head, DESTITUTE).clear()
    return s.person(s.head, "MZX-006")


@plants("MZX-007", "dibao")
def _supported_and_destitute(s: Site) -> list[Raise]:
    provide(s, s.head)
    return s.person(s.head, "MZX-007")


@plants("MZX-007", "dibao_pair")
def _supported_and_destitute_in_the_department(s: Site) -> list[Raise]:
    rows_of(s.second, DESTITUTE).append(destitute_row(s.second))
    return s.person(s.second, "MZX-007", "MZX-005")


@nears("MZX-007", "dibao")
def _destitute_until_last_month(s: Site) -> list[Raise]:
    rows_of(s.head, DESTITUTE).append(destitute_row(s.head) | {"停发年月": later(s.month.ym, -1)})
    return s.person(s.head, "MZX-007", "MZX-005", "MZX-009")


@plants("MZX-008", "tekun_ill")
def _healthy_and_destitute(s: Site) -> list[Raise]:
    both(s.head, "健康状况", "健康")
    both(s.head, "劳动技能", "普通劳动力")
    rows_of(s.head, ILLNESS).clear()
    return s.person(s.head, "MZX-008")


@nears("MZX-008", "tekun_sixty")
def _sixty_and_destitute(s: Site) -> list[Raise]:
    return s.person(s.head, "MZX-008")


@nears("MZX-008", "tekun_ill")
def _ill_and_destitute(s: Site) -> list[Raise]:
    return s.person(s.head, "MZX-008")


@plants("MZX-009", "tekun")
def _provision_stopped(s: Site) -> list[Raise]:
    rows_of(s.head, DESTITUTE)[0]["停发年月"] = 202608
    return s.person(s.head, "MZX-009")


@nears("MZX-009", "tekun")
def _provision_stops_this_month(s: Site) -> list[Raise]:
    rows_of(s.head, DESTITUTE)[0]["停发年月"] = s.month.ym
    return s.person(s.head, "MZX-009", "MZX-006")


@plants("MZX-010", "tekun", mendable=False)
def _provided_after_death(s: Site) -> list[Raise]:
    s.head.dead = death_row(s.head, "2026-08-19")
    return s.person(s.head, "GAX-001", "MZX-010") + s.house("GAX-021") + outlived(s, s.head)


def _newly_supported(s: Site, start: int) -> None:
    s.head.nat["享受低保政策情况"] = "农村低保"
    s.head.dibao = dibao_row(s.h, s.head) | {"起始保障年月": start}
    booked(s, SUPPORT, 300)


@plants("MZX-011", "single")
def _new_in_support(s: Site) -> list[Raise]:
    _newly_supported(s, 202610)
    rows_of(s.head, WARNING).clear()
    return s.person(s.head, "MZX-011", "MON-053")


@plants("MZX-011", "elder")
def _new_in_destitution(s: Site) -> list[Raise]:
    rows_of(s.head, WARNING).clear()
    provide(s, s.head, 202610)
    return s.person(s.head, "MZX-011", "MON-053")


@nears("MZX-011", "single")
def _new_and_judged(s: Site) -> list[Raise]:
    _newly_supported(s, 202610)
    rows_of(s.head, WARNING)[:] = [warning_row(s.head, s.h, "低保特困", "民政", "2026-10-09")]
    return s.person(s.head, "MZX-011")


@nears("MZX-011", "elder")
def _destitute_for_two_months(s: Site) -> list[Raise]:
    provide(s, s.head, later(s.month.ym, -2))
    return s.person(s.head, "MZX-011")


@nears("MZX-011", "open")
def _new_in_monitored_household(s: Site) -> list[Raise]:
    provide(s, s.second, 202610)
    return s.person(s.second, "MZX-011")


OF_HOUSE.plants("MZX-014", "single", "household of support without", {"户属性": "低保脱贫户"})
OF_HOUSE.plants("MZX-014", "dibao", "household of destitution without", {"户属性": "特困供养脱贫户"})
OF_HOUSE.nears("MZX-014", "dibao_pair", "household of support", {"户属性": "低保脱贫户"})
OF_HOUSE.nears("MZX-014", "tekun", "household of destitution", {"户属性": "特困供养脱贫户"})


@plants("MZX-016", "open_elder_dibao")
def _unable_and_unsupported(s: Site) -> list[Raise]:
    s.head.nat["享受低保政策情况"] = "未享受"
    s.head.dibao = None
    s.nat.update({"整户无劳动能力兜底保障户": "否", "综合保障": None})
    booked(s, SUPPORT, 0)
    return s.record("MZX-016")


@nears("MZX-016", "open_elder_tekun")
def _unable_and_destitute(s: Site) -> list[Raise]:
    return s.record("MZX-016", "MON-030", "MON-031")


@plants("CLX-004", "disabled")
def _certificate_issued_again(s: Site) -> list[Raise]:
    cert(s.second)["残疾人证号"] = f"{cert(s.second)['残疾人证号']}B1"
    return s.person(s.second, "CLX-004")


@nears("CLX-004", "disabled_again")
def _both_have_the_new_number(s: Site) -> list[Raise]:
    return s.person(s.second, "CLX-004")


@plants("CLX-007", "disabled_heavy")
def _new_certificate(s: Site) -> list[Raise]:
    cert(s.second)["发证日期"] = "2026-10-09"
    rows_of(s.second, WARNING).clear()
    return s.person(s.second, "CLX-007", "MON-053")


@nears("CLX-007", "disabled_heavy")
def _new_certificate_judged(s: Site) -> list[Raise]:
    cert(s.second)["发证日期"] = "2026-10-09"
    rows_of(s.second, WARNING)[:] = [warning_row(s.second, s.h, "重度残疾", "残联", "2026-10-12")]
    return s.person(s.second, "CLX-007")


@nears("CLX-007", "disabled_heavy")
def _certificate_a_day_too_old(s: Site) -> list[Raise]:
    cert(s.second)["发证日期"] = "2026-08-31" if s.month.number == 1 else "2026-09-30"
    return s.person(s.second, "CLX-007")


@nears("CLX-007", "disabled")
def _new_certificate_of_third_grade(s: Site) -> list[Raise]:
    cert(s.second)["发证日期"] = "2026-10-09"
    return s.person(s.second, "CLX-007")


@plants("CLX-008", "disabled_heavy")
def _no_care_allowance(s: Site) -> list[Raise]:
    rows_of(s.second, ALLOWANCE).clear()
    return s.person(s.second, "CLX-008")


@plants("CLX-008", "disabled_heavy")
def _only_living_allowance(s: Site) -> list[Raise]:
    rows_of(s.second, ALLOWANCE)[:] = [allowance_row(s.second, str(cert(s.second)["残疾人证号"]), LIVING)]
    return s.person(s.second, "CLX-008")


@nears("CLX-008", "disabled_heavy")
def _care_by_provision(s: Site) -> list[Raise]:
    rows_of(s.second, ALLOWANCE).clear()
    provide(s, s.second)
    return s.person(s.second, "CLX-008")


@nears("CLX-008", "disabled")
def _third_grade_without_allowance(s: Site) -> list[Raise]:
    return s.person(s.second, "CLX-008", "CLX-009")


@plants("CLX-009", "disabled_dibao")
def _no_living_allowance(s: Site) -> list[Raise]:
    rows_of(s.second, ALLOWANCE).clear()
    return s.person(s.second, "CLX-009")


@plants("CLX-009", "disabled_dibao")
def _listed_without_living_allowance(s: Site) -> list[Raise]:
    """The wife stands in the list as a member of the household that is supported for her husband alone."""
    s.head.nat["享受低保政策情况"], s.second.nat["享受低保政策情况"] = "农村低保", "未享受"
    s.head.dibao = dibao_row(s.h, s.head)
    dibao(s.second).update({"是否保障对象": "否", "人月保障金额": 0})
    rows_of(s.second, ALLOWANCE).clear()
    return s.person(s.second, "CLX-009")


@nears("CLX-009", "disabled_dibao")
def _support_ends_this_month(s: Site) -> list[Raise]:
    dibao(s.second)["停发年月"] = s.month.ym
    rows_of(s.second, ALLOWANCE).clear()
    return s.person(s.second, "CLX-009", "MZX-009", "MZX-002")


@plants("CLX-010", "disabled_heavy", mendable=False)
def _allowance_after_death(s: Site) -> list[Raise]:
    s.second.dead = death_row(s.second, "2026-08-03")
    return s.person(s.second, "GAX-001", "CLX-010") + outlived(s, s.second)


@plants("MED-004", "single")
def _not_in_serious_illness_insurance(s: Site) -> list[Raise]:
    s.head.nat["是否参加大病保险"] = "否"
    return s.person(s.head, "MED-004", "MON-050")


@nears("MED-004", "single")
def _workers_insurance_instead(s: Site) -> list[Raise]:
    s.head.nat |= {"是否参加城乡居民基本医疗保险": "否", "是否参加城镇职工基本医疗保险": "是"}
    s.head.insured[0]["险种类型"] = "职工基本医疗保险"
    return s.person(s.head, "MED-004", "MED-001", "YBX-003")


def _pensions(person: Person, residents: str | None, workers: str | None) -> None:
    person.nat |= {"是否参加城乡居民基本养老保险": residents, "是否参加城镇职工基本养老保险": workers}


@plants("MED-006", "youth")
def _pension_not_filled(s: Site) -> list[Raise]:
    _pensions(s.second, None, None)
    return s.person(s.second, "MED-006", "RSX-001")


@plants("MED-006", "teen_sixteen")
def _pension_not_filled_and_not_insured(s: Site) -> list[Raise]:
    _pensions(s.second, None, None)
    rows_of(s.second, PENSION).clear()
    return s.person(s.second, "MED-006")


@nears("MED-006", "child_senior")
def _pension_of_pupil_not_filled(s: Site) -> list[Raise]:
    _pensions(s.second, None, None)
    return s.person(s.second, "MED-006", "RSX-001")


@nears("MED-006", "youth")
def _one_pension_filled(s: Site) -> list[Raise]:
    _pensions(s.second, None, "否")
    rows_of(s.second, PENSION).clear()
    return s.person(s.second, "MED-006", "RSX-001")


@plants("MED-007", "single")
def _two_pensions(s: Site) -> list[Raise]:
    _pensions(s.head, "是", "是")
    return s.person(s.head, "MED-007")


@plants("MED-008", "child_junior")
def _child_in_pension(s: Site) -> list[Raise]:
    s.second.nat["是否参加城乡居民基本养老保险"] = "是"
    return s.person(s.second, "MED-008", "RSX-001")


@plants("MED-008", "child_primary")
def _child_in_pension_of_both(s: Site) -> list[Raise]:
    s.second.nat["是否参加城乡居民基本养老保险"] = "是"
    rows_of(s.second, PENSION).append(pension_row(s.second))
    return s.person(s.second, "MED-008")


@nears("MED-008", "teen_sixteen")
def _sixteen_in_pension(s: Site) -> list[Raise]:
    return s.person(s.second, "MED-008", "RSX-001")
