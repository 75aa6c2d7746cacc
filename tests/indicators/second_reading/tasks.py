"""The second reading of PRC, PSH, REG and RPT: procedures, pushes, tasks with a day."""

from __future__ import annotations

from duizhang.core.functions import days_between

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    any_of,
    by_code,
    eq,
    gt,
    le,
    ne,
    no,
    one_of,
    some,
    sure,
)


def listed_procedure(fact: str) -> Reader:
    """The household has procedures and the fact names one at fault."""
    return lambda r: all_of(gt(r["程序_条数"], 0), r[fact] is not None)


def prc_012(r: Row) -> Truth:
    return some(r["财产_命中未核实人数"], r["财产_结果不明人数"])


def prc_001(r: Row) -> Truth:
    return gt(r["程序_纳入天数"], r["参数_纳入认定天数"])


def overdue(r: Row) -> Truth:
    """完成时间 > 截止时间, or not finished and the register's own day is past it."""
    done, due = r["完成时间"], r["截止时间"]
    return gt(r["节点_登记时点"], due) if done is None else gt(done, due)


def prc_017(r: Row) -> Truth:
    code = r["任务编码"]
    return all_of(None if code is None else code.startswith("PC"), overdue(r))


def late_task(*names: str) -> Reader:
    """A task of one of these names is overdue."""
    return lambda r: all_of(one_of(r["任务名称"], *names), overdue(r))


def psh_001(r: Row) -> Truth:
    owed = all_of(one_of(r["推送部门"], "应急", "卫健", "教育"), one_of(r["预警类别"], "因灾", "因疫", "失辍学"))
    risen = r["风险发生日期"]
    return all_of(owed, True if risen is None else gt(days_between(risen, r["推送日期"]), r["期限天数"]))


def not_pushed(office: str, category: str) -> Reader:
    """The deadline is past and neither a clue nor a zero report came by it."""

    def rule(r: Row) -> Truth:
        due = r["应推送日"]
        came = any_of(*(False if day is None else le(day, due) for day in (r["首次推送日期"], r["零报告日期"])))
        return all_of(eq(r["部门"], office), eq(r["预警类别"], category), r["到期"], no(came))

    return rule


def psh_013(r: Row) -> Truth:
    return all_of(eq(r["周期"], "月"), gt(r["期限天数"], 0), gt(r["推送条数"], 0), gt(r["口径不符条数"], 0))


def reg_001(r: Row) -> Truth:
    return all_of(eq(r["民政_状态"], "有效"), sure(ne(r["状态"], "有效")))


SHARED: dict[str, Reader] = {
    "PRC-002": listed_procedure("程序_公示不足"),
    "PRC-003": listed_procedure("程序_步骤颠倒"),
    "PRC-006": listed_procedure("程序_先操作后审定"),
    "PRC-019": late_task("拟标注名单街道报区", "拟标注名单区报市", "拟标注名单市报省"),
    "PSH-007": not_pushed("卫健", "未参保高额支出"),
    "PSH-008": not_pushed("公安", "交通事故"),
    "RPT-001": late_task("年度数据录入"),
    "RPT-002": late_task("动态调整对象汇总数据"),
    "RPT-003": late_task("年度工作总结"),
    "RPT-004": late_task("行政区划补录"),
    "RPT-005": late_task("监测对象认定", "监测对象信息采集", "监测对象风险评估"),
    "RPT-006": late_task("集中排查总结"),
}


REGISTRY: dict[str, Reader] = by_code(globals()) | SHARED
READINGS: dict[str, str] = {
    "PSH-001": "7 天取自 include/parameters/tables/推送要求.yaml（期限天数），不是判定式里的字面",
}
