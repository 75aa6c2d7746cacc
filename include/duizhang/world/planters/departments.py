"""Planters of MZX, CLX, YBX and JYX: civil affairs, disabled persons, insurance and schools against the national book."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.outsiders import death_row
from duizhang.world.people import insurance_row, school_row
from duizhang.world.planters.base import Raise, Site, both, cert, dibao, nears, outlived, plants, rows_of, seen
from duizhang.world.sectors.welfare import ALLOWANCE, CARE, allowance_row, register_illness

EMPLOYEES = "职工基本医疗保险"


@plants("MZX-001", "dibao")
def _support_unknown_to_system(s: Site) -> list[Raise]:
    s.head.nat["享受低保政策情况"] = "未享受"
    return s.person(s.head, "MZX-001") + s.house("INC-017")


@plants("MZX-001", "dibao_pair")
def _support_not_filled(s: Site) -> list[Raise]:
    s.second.nat["享受低保政策情况"] = None
    return s.person(s.second, "MZX-001")


@nears("MZX-001", "dibao_pair")
def _listed_but_not_supported(s: Site) -> list[Raise]:
    """The husband stands in the civil affairs book as a member who is not supported himself."""
    s.head.dibao = dict(dibao(s.second)) | {"姓名": s.head.name, "身份证号": s.head.number, "是否保障对象": "否", "人月保障金额": 0}
    return s.person(s.head, "MZX-001")


@plants("MZX-002", "dibao")
def _support_only_in_system(s: Site) -> list[Raise]:
    s.head.dibao = None
    return s.person(s.head, "MZX-002")


@plants("MZX-003", "dibao")
def _town_or_country(s: Site) -> list[Raise]:
    s.head.nat["享受低保政策情况"] = "城市低保"
    return s.person(s.head, "MZX-003")


@plants("MZX-009", "dibao")
def _support_stopped(s: Site) -> list[Raise]:
    dibao(s.head).update({"停发年月": 202608, "是否保障对象": "否"})
    lost = 2 * money.MONTHLY_SUPPORT  # not paid in August and September
    s.nat.update({"最低生活保障金": money.num(s.h, "最低生活保障金") - lost, "其他转移性收入": money.num(s.h, "其他转移性收入") + lost})
    return s.person(s.head, "MZX-009", "MZX-002")


@nears("MZX-009", "dibao")
def _support_stops_this_month(s: Site) -> list[Raise]:
    dibao(s.head)["停发年月"] = s.month.ym
    return s.person(s.head, "MZX-009", "MZX-002")


@plants("MZX-010", "dibao_pair", mendable=False)
def _paid_after_death(s: Site) -> list[Raise]:
    s.second.dead = death_row(s.second, "2026-08-03")
    return s.person(s.second, "GAX-001", "MZX-010") + outlived(s, s.second)


@plants("MZX-010", "dibao", mendable=False)
def _head_paid_after_death(s: Site) -> list[Raise]:
    s.head.dead = death_row(s.head, "2026-09-03")
    return s.person(s.head, "GAX-001", "MZX-010") + s.house("GAX-021") + outlived(s, s.head)


@plants("CLX-001", "disabled")
def _disability_unknown_to_system(s: Site) -> list[Raise]:
    both(s.second, "健康状况", "长期慢性病")
    register_illness(s.second)
    return s.person(s.second, "CLX-001")


@nears("CLX-001", "disabled")
def _disability_among_others(s: Site) -> list[Raise]:
    both(s.second, "健康状况", "长期慢性病,残疾")
    register_illness(s.second)
    return s.person(s.second, "CLX-001", "CLX-002")


@plants("CLX-002", "disabled")
def _no_certificate(s: Site) -> list[Raise]:
    s.second.cert = None
    return s.person(s.second, "CLX-002")


@plants("CLX-003", "disabled")
def _other_level_in_certificate(s: Site) -> list[Raise]:
    cert(s.second)["残疾等级"] = "二级"
    rows_of(s.second, ALLOWANCE).append(allowance_row(s.second, str(cert(s.second)["残疾人证号"]), CARE))
    return s.person(s.second, "CLX-003")


@plants("CLX-003", "disabled")
def _other_kind_in_certificate(s: Site) -> list[Raise]:
    cert(s.second)["残疾类别"] = "视力残疾"
    return s.person(s.second, "CLX-003")


@plants("CLX-005", "disabled")
def _certificate_but_identity_card(s: Site) -> list[Raise]:
    s.second.nat |= {"证件类型": "居民身份证", "证件号码": s.second.number}
    return s.person(s.second, "CLX-005")


@plants("CLX-006", "disabled")
def _certificate_cancelled(s: Site) -> list[Raise]:
    cert(s.second)["证件状态"] = "注销"
    return s.person(s.second, "CLX-006", "CLX-002")


@plants("CLX-006", "disabled")
def _certificate_run_out(s: Site) -> list[Raise]:
    cert(s.second)["有效期至"] = "2026-06-30"
    return s.person(s.second, "CLX-006")


@nears("CLX-006", "disabled")
def _certificate_runs_out_today(s: Site) -> list[Raise]:
    cert(s.second)["有效期至"] = s.month.iso
    return s.person(s.second, "CLX-006", "CLX-002")


@plants("YBX-001", "pair")
def _not_insured_there(s: Site) -> list[Raise]:
    s.second.insured = []
    return s.person(s.second, "YBX-001")


@plants("YBX-001", "open")
def _monitored_not_insured_there(s: Site) -> list[Raise]:
    s.head.insured = []
    return s.person(s.head, "YBX-001", "YBX-005")


@plants("YBX-001", "single")
def _insurance_suspended(s: Site) -> list[Raise]:
    s.head.insured[0]["参保状态"] = "暂停"
    return s.person(s.head, "YBX-001")


@plants("YBX-002", "pair")
def _insured_unknown_to_system(s: Site) -> list[Raise]:
    s.second.nat |= {"是否参加城乡居民基本医疗保险": None, "是否参加城镇职工基本医疗保险": None}
    return s.person(s.second, "YBX-002", "MED-001") + s.house("SUR-012")


@plants("YBX-003", "single")
def _other_scheme(s: Site) -> list[Raise]:
    s.head.insured[0]["险种类型"] = EMPLOYEES
    return s.person(s.head, "YBX-003")


@plants("YBX-004", "single")
def _two_schemes(s: Site) -> list[Raise]:
    s.head.insured.append(insurance_row(s.head, s.h.village.county, None, EMPLOYEES))
    return s.person(s.head, "YBX-004")


@nears("YBX-004", "single")
def _second_scheme_ended(s: Site) -> list[Raise]:
    s.head.insured.append(insurance_row(s.head, s.h.village.county, None, EMPLOYEES) | {"参保状态": "终止"})
    return s.person(s.head, "YBX-004", "YBX-003")


@plants("YBX-005", "open")
def _not_subsidised(s: Site) -> list[Raise]:
    s.head.insured[0]["财政资助金额"] = 0
    return s.person(s.head, "YBX-005")


@nears("YBX-005", "gone")
def _not_subsidised_after_elimination(s: Site) -> list[Raise]:
    s.head.insured[0]["财政资助金额"] = None
    return s.person(s.head, "YBX-005")


@plants("JYX-001", "child_junior")
def _not_enrolled(s: Site) -> list[Raise]:
    s.second.school = []
    return s.person(s.second, "JYX-001")


@nears("JYX-001", "child_infant")
def _infant_not_enrolled(s: Site) -> list[Raise]:
    return s.person(s.second, "JYX-001", "JYX-004")


@plants("JYX-002", "teen_home")
def _enrolled_unknown_to_system(s: Site) -> list[Raise]:
    s.second.school = [school_row(s.second, "普通高中", "高二")]
    return s.person(s.second, "JYX-002")


@nears("JYX-002", "teen_home")
def _on_leave(s: Site) -> list[Raise]:
    s.second.school = [school_row(s.second, "普通高中", "高二", "休学")]
    return s.person(s.second, "JYX-002", "JYX-006")


@plants("JYX-003", "child_junior")
def _other_grade(s: Site) -> list[Raise]:
    s.second.school = [school_row(s.second, "初中", "七年级")]
    return s.person(s.second, "JYX-003")


@nears("JYX-003", "child_primary")
def _other_primary_grade(s: Site) -> list[Raise]:
    """In primary school grades are not compared."""
    s.second.school = [school_row(s.second, "小学", "五年级")]
    return s.person(s.second, "JYX-003")


@plants("JYX-004", "child_junior")
def _dropout_with_reason(s: Site) -> list[Raise]:
    s.second.nat |= {"在校生状况": None, "文化程度": "小学", "义务教育阶段未上学原因": "厌学"}
    seen(s.second)["实际在校状况"] = None
    s.second.school = []
    return s.person(s.second, "JYX-004")


@plants("JYX-006", "child_senior")
def _withdrawn(s: Site) -> list[Raise]:
    s.second.school[0]["学籍状态"] = "退学"
    return s.person(s.second, "JYX-006", "JYX-001")


@nears("JYX-006", "child_junior")
def _left_primary_school(s: Site) -> list[Raise]:
    """Last year's row says 毕业; this year's says 在读."""
    s.second.school.append(school_row(s.second, "小学", "六年级", "毕业", "2024-2025"))
    return s.person(s.second, "JYX-006", "JYX-001", "JYX-003")
