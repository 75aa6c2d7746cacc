"""The second reading of AID, APP, HLP, JOB and LON: measures, helpers, applications, work and loans."""

from __future__ import annotations

from datetime import date

from duizhang.core import functions as f

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    among,
    any_of,
    at_risk,
    by_code,
    eq,
    exact,
    gt,
    lt,
    meets,
    ne,
    no,
    off,
    or_zero,
    sure,
)


def aid_001(r: Row) -> Truth:
    start = r["纳入审定日期"] or f.month_end(r["识别监测时间"])
    due, first = f.add_days(start, round(r["参数_措施明确天数"])), r["台账_最早录入"]
    late = any_of(eq(r["台账_措施数"], 0), gt(first, due))
    return all_of(lt(due, r["as_of"]), late)


def aid_006(r: Row) -> Truth:
    return all_of(at_risk(r, "因残"), sure(no(meets(r["措施_类别"], ("综合保障", "社会帮扶")))))


def aid_010(r: Row) -> Truth:
    return all_of(eq(r["未参保_识别时"], "是"), sure(no(meets(r["措施_类别"], ("健康帮扶", "社会帮扶")))))


def aid_019(r: Row) -> Truth:
    return all_of(eq(r["风险是否已消除"], "否"), gt(r["重度残疾证人数"], 0), sure(no(f.has_item(r["措施_项"], "残疾人补贴"))))


def aid_022(r: Row) -> Truth:
    away = r["务工_县外最晚在外"]
    all_home = lt(away or 0, r["识别监测时间"])  # no spell away, ever: none since then
    return all_of(meets(r["措施_项"], ("劳务输出", "外出务工补贴")), all_home)


def aid_030(r: Row) -> Truth:
    return all_of(ne(r["户类型"], "脱贫户"), lt(r["台账_最早开始"], r["识别监测时间"]))


def aid_032(r: Row) -> Truth:
    if any(r[name] is None or r[name] > 0 for name in ("劳动技能空数", "享受低保情况空数", "享受特困情况空数")):
        return None
    without = all_of(gt(r["成员数"], 0), eq(r["无或丧失劳动力数"], r["成员数"]))
    asked = any_of(eq(r["户类型"], "脱贫户"), r["监测对象类别"] is not None)
    return all_of(asked, without, eq(r["享受低保人数"], 0), eq(r["享受特困人数"], 0))


def aid_033(r: Row) -> Truth:
    return all_of(gt(r["项目_公岗数"], 0), r["项目_公岗缺内容"] is not None)


def app_004(r: Row) -> Truth:
    return all_of(eq(r["办理状态"], "办结"), any(r[name] is None for name in ("入户核实时间", "核实结论", "办结时间")))


def app_006(r: Row) -> Truth:
    return all_of(eq(r["核实结论"], "不符合-已解释"), r["反馈时间"] is None)


def app_010(r: Row) -> Truth:
    return all_of(no(r["户籍_有此号"]), no(r["系统_有此号"]))


def hlp_003(r: Row) -> Truth:
    return gt(r["结对_最多户数"], r["参数_帮扶人结对户数上限"])


def months_later(day: date | None, months: int) -> date | None:
    """The same day of the month `months` later, or that month's last."""
    month = f.add_months(f.month_of(day), months)
    last = f.month_end(month)
    return None if day is None or last is None else last.replace(day=min(day.day, last.day))


def hlp_006(r: Row) -> Truth:
    if r["参数_一户一策最长未调整月数"] is None:
        return None
    if r["台账_措施数"] == 0:
        return False
    due = months_later(r["台账_最近录入"], int(r["参数_一户一策最长未调整月数"]))
    return all_of(eq(r["风险是否已消除"], "否"), lt(due, r["as_of"]))


def hlp_007(r: Row) -> Truth:
    def unmatched(people: str, where: str, *words: str) -> Truth:
        return all_of(gt(r[people], 0), sure(no(meets(r[where], words))))

    missing = any_of(
        unmatched("两补_在领人数", "措施_项", "残疾人补贴"),
        unmatched("资助_在享人数", "措施_类别", "义务教育保障", "教育帮扶"),
        unmatched("公岗_在岗人数", "措施_类别", "公益岗位帮扶"),
        unmatched("贷款_未清人数", "措施_类别", "金融帮扶"),
        all_of(unmatched("搬迁_人数", "措施_类别", "搬迁"), lt(r["识别监测时间"], 202101)),
    )
    return all_of(eq(r["风险是否已消除"], "否"), missing)


def job_001(r: Row) -> Truth:
    return all_of(eq(r["是否已务工"], "是"), r["开始时间"] is None)


def job_005(r: Row) -> Truth:
    place = r["务工所在地"]
    return any_of(
        gt(r["务工_缺所在县段数"], 0),
        all_of(eq(r["计划_是否计划务工"], "是"), r["计划_务工所在县"] is None),
        place is not None and not any(word in place for word in "县区市旗"),
    )


def job_007(r: Row) -> Truth:
    return all_of(among(r["享受特困供养政策情况"], ("城市特困", "农村特困")), gt(r["务工_已务工段数"], 0))


def job_012(r: Row) -> Truth:
    return any_of(gt(r["务工月收入"], 30000), lt(r["务工月收入"], 100))


def job_016(r: Row) -> Truth:
    return (r["务工所在地"] is not None) != (or_zero(r["务工时间（月）"]) > 0)


def job_018(r: Row) -> Truth:
    return (r["公益性岗位"] is not None) != (or_zero(r["公益性岗位(月数)"]) > 0)


def job_023(r: Row) -> Truth:
    return lt(r["在岗务工人数"], r["参数_年度务工任务数"])


def lon_001(r: Row) -> Truth:
    added = r["小贷_追加笔数"]
    if added is None:
        return None
    over = gt(r["小贷_未清金额"], r["参数_小额信贷追加上限"] if added > 0 else r["参数_小额信贷单户上限"])
    unclear = r["小贷_金额不明笔数"] is None or r["小贷_金额不明笔数"] > 0
    return any_of(over, None) if unclear else over


def lon_005(r: Row) -> Truth:
    differs = any_of(
        off(exact(r["贷款金额"]), exact(r["银行_贷款金额"]), "1"),
        off(exact(r["贷款余额"]), exact(r["银行_贷款余额"]), "1"),
        ne(r["到期日期"], r["银行_到期日期"]),
    )
    return all_of(eq(r["配对"], "已配对"), differs)


def lon_007(r: Row) -> Truth:
    return all_of(eq(r["配对"], "已配对"), gt(r["银行_逾期天数"], 0), sure(ne(r["是否逾期"], "是")))


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "AID-001": "Measures of which none has a date of entry are not judged; the text says no more than that the first is not there.",
    "AID-019": "A household without any measure has not booked this one: no record is not an empty cell.",
    "AID-032": "Only poor households and monitored ones are asked: the scope of the public rules that this one was taken from.",
    "HLP-007": "What answers what is the entry's own list; a household without any measure has booked none of them; resettlement "
    "is asked only of households identified before 2021 (AID-029 forbids it to later ones).",
}
