"""The second reading of MON."""

from __future__ import annotations

from duizhang.core.functions import add_days, month_end, month_of, month_start, months_between, ratio

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    any_of,
    at_risk,
    by_code,
    eq,
    ge,
    gt,
    le,
    lt,
    ne,
    no,
    one_of,
    sure,
    zero,
)


def mon_009(r: Row) -> Truth:
    none_filled = any_of(gt(r["残疾人数"], 0), None if r["健康状况空数"] is None or r["健康状况空数"] > 0 else False)
    return all_of(at_risk(r, "因残"), no(none_filled))


def mon_013(r: Row) -> Truth:
    able, empty, members = r["普通或技能劳动力数"], r["劳动技能空数"], r["成员数"]
    if able is None or empty is None or members is None:
        every: Truth = None
    elif able + empty < members or members == 0:
        every = False
    else:
        every = None if empty > 0 else able == members
    return all_of(eq(r["风险是否已消除"], "否"), at_risk(r, "缺劳动力", "因缺劳动力"), every)


def mon_015(r: Row) -> Truth:
    able, empty, members = r["普通或技能劳动力数"], r["劳动技能空数"], r["成员数"]
    if able is None or empty is None or members is None:
        half: Truth = None
    else:
        half = True if able * 2 >= members else None if (able + empty) * 2 >= members else False
    risk = at_risk(r, "缺劳动力", "因缺劳动力")
    return all_of(eq(r["风险是否已消除"], "否"), ge(members, 4), half, risk)


def mon_017(r: Row) -> Truth:
    return all_of(eq(r["风险是否已消除"], "否"), at_risk(r, "因务工就业不稳", "务工就业不稳"), sure(eq(r["务工_段数"], 0)))


def mon_022(r: Row) -> Truth:
    return all_of(gt(r["人均纯收入_识别时"], 20000), ne(r["监测对象类别"], "突发严重困难户"))


def helped_off(r: Row) -> Truth:
    """风险是否已消除=是 且 风险消除方式≠自然消除 (∅→命中)."""
    return all_of(eq(r["风险是否已消除"], "是"), sure(ne(r["风险消除方式"], "自然消除")))


def mon_026(r: Row) -> Truth:
    watched = months_between(r["识别监测时间"], r["消除监测时间"])
    return all_of(helped_off(r), lt(watched, r["参数_风险最短监测月数"]))


def mon_027(r: Row) -> Truth:
    watched = months_between(r["识别监测时间"], r["消除监测时间"])
    return all_of(helped_off(r), ge(r["消除监测时间"], 202204), lt(watched, r["参数_收入稳定最短月数"]))


def mon_029(r: Row) -> Truth:
    able = any_of(gt(r["普通或技能劳动力数"], 0), gt(r["弱劳动力数"], 0))
    none_able = None if zero(r["劳动技能空数"]) > 0 else all_of(gt(r["成员数"], 0), eq(r["无或丧失劳动力数"], r["成员数"]))
    return all_of(no(able), none_able, helped_off(r))


def mon_037(r: Row) -> Truth:
    ended = r["消除监测时间"]
    return any_of(lt(ended, r["识别监测时间"]), gt(ended, month_of(r["as_of"])))


def mon_038(r: Row) -> Truth:
    ended, way, over = r["消除监测时间"], r["风险消除方式"], r["风险是否已消除"]
    return any_of(all_of(eq(over, "是"), ended is None or way is None), all_of(eq(over, "否"), ended is not None))


def mon_039(r: Row) -> Truth:
    over, ended = eq(r["风险是否已消除"], "是"), r["消除监测时间"]
    by_help = eq(r["风险消除方式"], "帮扶消除")
    poor = all_of(by_help, lt(r["人均纯收入_消除后"], r["参数_监测范围线_消除当年"]))
    burden = gt(ratio(r["合规自付支出_消除后"], r["纯收入_消除后"]), 0.5)
    housing = any_of(eq(r["是否危房户"], "是"), eq(r["住房损毁_消除后"], "是"))
    water = any_of(eq(r["是否解决安全饮用水"], "否"), eq(r["饮水设施损毁_消除后"], "是"))
    insured = any_of(eq(r["未参保_消除后"], "是"), gt(r["未参保成员数"], 0))
    needs = any_of(eq(r["失学辍学_消除后"], "是"), housing, water, insured)
    idle = all_of(by_help, eq(r["措施数"], 0))
    found, again = r["预警_纳入完成日期"], r["风险日志_再标注日期"]
    limit = add_days(found, 15)
    marked = False if again is None else all_of(ge(again, found), le(again, limit))
    anew = all_of(gt(found, month_end(ended)), gt(r["as_of"], limit), no(marked))
    begun = r["程序_消除启动日期"]
    unproved = begun is None or lt(begun, month_start(r["识别监测时间"])) is True
    back = r["风险日志_回退日期"]
    rolled = False if back is None else gt(back, month_end(ended))
    return all_of(over, any_of(poor, burden, needs, idle, mon_026(r), mon_029(r), anew, unproved), no(rolled))


def mon_042(r: Row) -> Truth:
    last, over = r["风险日志_最近操作"], r["风险是否已消除"] if zero(r["监测记录数"]) > 0 else None
    ongoing = one_of(last, "新识别", "风险消除回退", "风险再标注")
    return any_of(all_of(eq(last, "风险消除"), eq(over, "否")), all_of(ongoing, eq(over, "是")))


def mon_048(r: Row) -> Truth:
    return all_of(eq(r["是否危房户"], "是"), r["监测对象类别"] is None)


def mon_050(r: Row) -> Truth:
    return r["是否参加大病保险"] in (None, "否") and r["监测对象类别"] is None


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "MON-039": "消除只有年月：回退日期在消除当月月末以前的不算“在消除后”；X7 的程序匹配照 PRC-014（识别以前启动的消除程序不算）",
}
