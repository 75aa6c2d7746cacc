"""A second transcription of rules, second half of the list: from 判定式 and 空值 of the register of rules alone, by a
reader who had not seen the entries. One plain function per rule: True hit, False not, None unknown.

Where the entry of the catalogue states a reading of its own (its notes), `READINGS` says which, and the function follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from duizhang.core.functions import (
    add_days,
    add_months,
    days_between,
    has_item,
    idkey,
    metres_between,
    month_end,
    month_of,
    month_start,
    months_between,
    number_length,
    plain_name,
    plain_place,
    ratio,
)

Row = Mapping[str, Any]
Truth = bool | None
RISKS = tuple(f"致贫/返贫风险{at}" for at in range(1, 6))
DIBAO, TEKUN = ("城市低保", "农村低保"), ("城市特困", "农村特困")


def all_of(*parts: Truth) -> Truth:
    """Kleene AND."""
    return False if False in parts else None if None in parts else True


def any_of(*parts: Truth) -> Truth:
    """Kleene OR."""
    return True if True in parts else None if None in parts else False


def no(part: Truth) -> Truth:
    """Kleene NOT."""
    return None if part is None else not part


def atom(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Truth]:
    """A comparison that is unknown where a side is empty."""
    return lambda a, b: None if a is None or b is None else compare(a, b)


eq, ne = atom(lambda a, b: a == b), atom(lambda a, b: a != b)
lt, le = atom(lambda a, b: a < b), atom(lambda a, b: a <= b)
gt, ge = atom(lambda a, b: a > b), atom(lambda a, b: a >= b)


def one_of(value: Any, *words: Any) -> Truth:
    """value ∈ {words}."""
    return None if value is None else value in words


def sure(part: Truth) -> bool:
    """空值 命中 of a ≠, ∉: what is unknown counts as true."""
    return part is not False


def yes(value: Any) -> bool:
    """∅ 按否."""
    return bool(value == "是")


def zero(value: Any) -> Any:
    """∅ 按 0."""
    return 0 if value is None else value


def some(count: Any, unclear: Any) -> Truth:
    """Some member is in the book, where `unclear` members cannot be compared with it."""
    return any_of(gt(count, 0), None if unclear is None or unclear > 0 else False)


def risk(r: Row, *words: str) -> Truth:
    """任一风险 = one of the words."""
    return any_of(*(r[name] is not None and r[name] in words for name in RISKS))


def off_by(a: Any, b: Any, share: float) -> Truth:
    """|a − b| / b > share; unknown where b is 0."""
    return None if a is None or b is None or b == 0 else abs(a - b) / b > share


def mon_017(r: Row) -> Truth:
    return all_of(eq(r["风险是否已消除"], "否"), risk(r, "因务工就业不稳", "务工就业不稳"), sure(eq(r["务工_段数"], 0)))


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
    return all_of(helped_off(r), ge(r["消除监测时间"], 202204), lt(watched, 6))


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


def mzx_001(r: Row) -> Truth:
    ended = r["低保_停发年月"]
    paid = True if ended is None else gt(ended, add_months(month_of(r["as_of"]), -1))
    return all_of(r["低保_在享"], paid, r["享受低保政策情况"] in (None, "未享受"))


def mzx_002(r: Row) -> Truth:
    return all_of(one_of(r["享受低保政策情况"], *DIBAO), no(r["低保_在享"]))


def mzx_004(r: Row) -> Truth:
    paid = None if zero(r["低保_不明人数"]) > 0 else r["低保_周期发放额"]
    return off_by(r["最低生活保障金"], paid, 0.1)


def mzx_008(r: Row) -> Truth:
    grown = all_of(ge(r["年龄"], 18), lt(r["年龄"], 60))
    fed = one_of(r["享受特困供养政策情况"], *TEKUN)
    return all_of(grown, eq(r["健康状况"], "健康"), r["在校生状况"] is None, fed)


def mzx_012(r: Row) -> Truth:
    return ne(r["孤儿_有记录"], yes(r["是否事实无人抚养儿童"]))


def mzx_014(r: Row) -> Truth:
    kind = r["户属性"]
    dibao, tekun = some(r["低保_在享人数"], r["低保_不明人数"]), some(r["特困_在册人数"], r["特困_不明人数"])
    return any_of(all_of(eq(kind, "低保脱贫户"), no(dibao)), all_of(eq(kind, "特困供养脱贫户"), no(tekun)))


def mzx_015(r: Row) -> Truth:
    watched = gt(r["未消除监测数"], 0)
    unlisted = some(r["低收入_未列人数"], r["低收入_不明人数"])
    listed = some(r["低收入_防返贫人数"], r["低收入_不明人数"])
    return any_of(all_of(watched, unlisted), all_of(no(watched), listed))


def pid_009(r: Row) -> Truth:
    kind, length = r["证件类型"], number_length(r["证件号码"])
    card = all_of(eq(kind, "居民身份证"), ne(length, 18))
    return any_of(card, all_of(eq(kind, "残疾人证"), no(one_of(length, 20, 22))))


def listed_procedure(fact: str) -> Callable[[Row], Truth]:
    """The household has procedures and the fact names one at fault."""
    return lambda r: all_of(gt(r["程序_条数"], 0), r[fact] is not None)


def prc_012(r: Row) -> Truth:
    return some(r["财产_命中未核实人数"], r["财产_结果不明人数"])


def overdue(r: Row) -> Truth:
    """完成时间 > 截止时间, or not finished and the register's own day is past it."""
    done, due = r["完成时间"], r["截止时间"]
    return gt(r["节点_登记时点"], due) if done is None else gt(done, due)


def prc_017(r: Row) -> Truth:
    code = r["任务编码"]
    return all_of(None if code is None else code.startswith("PC"), overdue(r))


def late_task(*names: str) -> Callable[[Row], Truth]:
    """A task of one of these names is overdue."""
    return lambda r: all_of(one_of(r["任务名称"], *names), overdue(r))


def psh_001(r: Row) -> Truth:
    owed = all_of(one_of(r["推送部门"], "应急", "卫健", "教育"), one_of(r["预警类别"], "因灾", "因疫", "失辍学"))
    risen = r["风险发生日期"]
    return all_of(owed, True if risen is None else gt(days_between(risen, r["推送日期"]), r["期限天数"]))


def not_pushed(office: str, category: str) -> Callable[[Row], Truth]:
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


def rsx_001(r: Row) -> Truth:
    return ne(yes(r["是否参加城乡居民基本养老保险"]), r["养老_居民在保"])


def rsx_004(r: Row) -> Truth:
    paid = None if zero(r["养老_不明人数"]) > 0 else r["养老_周期待遇"]
    return off_by(r["养老金或离退休金"], paid, 0.1)


def rsx_008(r: Row) -> Truth:
    return all_of(r["公岗_在岗"], some(r["户_村干部人数"], r["户_财供无法比对人数"]))


def sur_003(r: Row) -> Truth:
    away = sure(no(one_of(r["入户人_未共同生活原因"], "就学", "务工", "参军", "住院")))
    return all_of(eq(r["入户人_是否共同生活"], "否"), away)


def sur_005(r: Row) -> Truth:
    return ne(r["入户人_实际在校状况"], r["在校生状况"])


def sur_006(r: Row) -> Truth:
    seen, booked = r["入户人_实际健康状况"], r["健康状况"]
    return None if seen is None or booked is None else set(seen.split("、")) != set(booked.split("、"))


def sur_007(r: Row) -> Truth:
    return ne(r["入户人_实际劳动能力"], r["劳动技能"])


def sur_008(r: Row) -> Truth:
    working = ne(eq(r["入户人_是否在外务工"], "是"), gt(r["务工_在岗段数"], 0))
    place = no(has_item(r["务工_所在县"], r["入户人_务工所在县"]))
    seen, booked = r["入户人_务工月数"], r["务工时间（月）"]
    months = None if seen is None or booked is None else abs(seen - booked) > 2
    return all_of(r["入户人_是否在外务工"] is not None, any_of(working, place, months))


def sur_009(r: Row) -> Truth:
    return ne(one_of(r["入户_住房现状等级"], "C级", "D级"), eq(r["是否危房户"], "是"))


def sur_010(r: Row) -> Truth:
    return ne(ne(r["入户_饮水现状"], "安全"), eq(r["是否解决安全饮用水"], "否"))


def sur_011(r: Row) -> Truth:
    return ne(eq(r["入户_有无失学辍学"], "是"), eq(r["是否义务教育阶段适龄儿童少年失学辍学"], "是"))


def sur_012(r: Row) -> Truth:
    return ne(eq(r["入户_有无成员未参保"], "是"), gt(r["未参保成员数"], 0))


def sur_014(r: Row) -> Truth:
    share = ratio(r["入户_家庭年纯收入"], r["纯收入（元）"])
    return None if share is None else abs(share - 1) > 0.2


def sur_015(r: Row) -> Truth:
    far = metres_between(r["入户_经度"], r["入户_纬度"], r["经度"], r["纬度"])
    return all_of(eq(r["入户_坐标系"], r["坐标系"]), gt(far, 500))


def sur_017(r: Row) -> Truth:
    return all_of(eq(r["入户_是否有风险隐患"], "是"), one_of(r["入户_核查结论"], "无风险", "信息无误"))


def sur_018(r: Row) -> Truth:
    late = gt(r["as_of"], add_days(r["入户_核查日期"], 15))
    advised = eq(r["入户_核查结论"], "建议按程序纳入监测管理")
    refused = r["程序_不予纳入日期"]
    open_still = True if refused is None else lt(refused, r["入户_核查日期"])
    return all_of(advised, late, eq(r["监测记录数"], 0), open_still)


def sur_023(r: Row) -> Truth:
    car = ne(eq(r["入户_家中有无轿车"], "是"), some(r["自用轿车人数"], r["机动车_无法比对人数"]))
    flat = ne(eq(r["入户_城镇有无商品房"], "是"), some(r["商品房人数"], r["不动产_无法比对人数"]))
    return any_of(car, flat)


def supported(r: Row) -> Truth:
    """The standards are of households that are supported."""
    return eq(r["享受政策标识"], "脱贫享受政策")


def dear_car(r: Row) -> Truth:
    """CCX-002 of some member."""
    return any_of(some(r["高档轿车人数"], r["机动车_无法比对人数"]), None if zero(r["价格排量不明人数"]) > 0 else False)


def tpb_003(r: Row) -> Truth:
    return all_of(supported(r), dear_car(r), sure(eq(r["入户_家中有无轿车"], "是")))


def tpb_007(r: Row) -> Truth:
    income = r["参数_农民人均可支配收入"] * r["参数_分户经营所得倍数"]
    rich = any_of(ge(r["分户子女_经营所得最高"], income), ge(r["分户子女_注册资本最高"], r["参数_分户企业注册资本"]))
    hires = ge(r["分户子女_从业人数最多"], r["参数_分户企业雇工人数"])
    return all_of(supported(r), gt(r["分户子女_注册公司数"], 0), hires, rich)


def tpb_008(r: Row) -> Truth:
    owned = ("分户子女_有轿车人数", "分户子女_城镇房产数", "分户子女_注册公司数", "分户子女_财供人数")
    many = ge(r["分户子女_人数"], r["参数_分户子女较多人数"])
    return all_of(supported(r), many, any_of(*(gt(r[name], 0) for name in owned)))


def dibao(r: Row) -> Truth:
    """Exception 1."""
    return some(r["低保_在享人数"], r["低保_不明人数"])


def disabled(r: Row) -> Truth:
    """Exception 3."""
    return some(r["残疾证_重残人数"], r["残疾证_无法比对人数"])


def tpb_011(r: Row) -> Truth:
    return all_of(supported(r), any_of(standard(r), tpb_008(r)), dibao(r))


def tpb_013(r: Row) -> Truth:
    return all_of(supported(r), any_of(standard(r), tpb_008(r)), disabled(r))


def recovered(r: Row) -> Truth:
    """TPB-002: the cause of poverty is gone, and house, water and power are in order."""
    school = all_of(eq(r["致贫原因1"], "因学"), eq(r["在校生数"], 0), some(r["养老_原在校稳定就业人数"], r["养老_不明人数"]))
    cured = all_of(some(r["大病_治愈或去世人数"], r["大病_无法比对人数"]), no(some(r["大病_仍患病人数"], r["大病_无法比对人数"])))
    sound = all_of(eq(r["是否危房户"], "否"), eq(r["是否解决安全饮用水"], "是"), eq(r["是否通生活用电"], "是"))
    return all_of(any_of(school, all_of(eq(r["致贫原因1"], "因病"), cured)), sound)


def town_flat(r: Row) -> Truth:
    """TPB-004: CCX-004 or CCX-013, without those resettled with money."""

    def recent(day: date | None) -> bool:
        return day is not None and le(months_between(month_of(day), month_of(r["as_of"])), r["参数_网签回看月数"]) is True

    doubtful = zero(r["网签_无法比对人数"]) > 0 or recent(r["网签_状态不明日"])
    signed = any_of(recent(r["网签_最近备案日"]), None if doubtful else False)
    bought = any_of(some(r["商品房人数"], r["不动产_无法比对人数"]), signed)
    moved = some(r["搬迁_货币化人数"], zero(r["搬迁_方式不明人数"]) + zero(r["搬迁_无法比对人数"]))
    return all_of(bought, no(moved))


def standard(r: Row) -> Truth:
    """One of the standards TPB-001 to 007 (the eighth is for the officers alone)."""
    rich = ge(r["人均纯收入（元）"], r["参数_农民人均可支配收入"])
    firm = any_of(some(r["名下企业人数"], r["企业_无法比对人数"]), some(r["雇人成员数"], r["从业人数不明成员数"]))
    child_unclear = zero(r["户籍_无法比对人数"])
    post = any_of(
        some(r["财供人数"], r["财供_无法比对人数"]),
        some(r["国企人数"], r["国企_无法比对人数"]),
        some(r["分户子女_财供人数"], zero(r["分户子女_财供不明人数"]) + child_unclear),
        some(r["分户子女_国企中层人数"], zero(r["分户子女_国企不明人数"]) + child_unclear),
    )
    return any_of(rich, recovered(r), tpb_003(r), town_flat(r), firm, post, tpb_007(r))


def tpb_023(r: Row) -> Truth:
    ill = some(r["医疗费_大病高自付人数"], r["医疗费_大病自付不明人数"])
    struck = any_of(*(gt(r[f"{book}_近12月次数"], 0) for book in ("灾情", "交通事故", "理赔")))
    exception = any_of(dibao(r), ill, disabled(r), struck)
    return all_of(supported(r), standard(r), no(exception), no(r["拟标注_在列"]))


def tpb_025(r: Row) -> Truth:
    differs = any_of(
        ne(plain_name(r["拟标注_户主姓名"]), plain_name(r["户主姓名"])),
        ne(idkey(r["拟标注_证件号码"]), idkey(r["户主证件号码"])),
        ne(r["拟标注_脱贫年度"], r["脱贫年度"]),
        ne(plain_place(r["拟标注_村"]), plain_place(r["村"])),
    )
    return all_of(r["拟标注_在列"], differs)


def vil_004(r: Row) -> Truth:
    wanted = ("公共厕所", "医师", "卫生室", "垃圾堆放点", "居民养老参保人数", "文化室", "村小学", "通客运班车")
    return all_of(eq(r["村采集_是否出列"], "是"), any(r[f"村采集_{name}"] is None for name in wanted))


def vil_007(r: Row) -> Truth:
    unmet = zero(r["村采集_未实现饮水安全户数"]) + zero(r["村采集_危房户数"])
    return all_of(eq(r["村采集_是否出列"], "是"), unmet > zero(r["村采集_总户数"]))


def vil_008(r: Row) -> Truth:
    lands = (f"{land}面积" for land in ("耕地", "林地", "林果", "牧草地", "水域"))
    return all_of(r["村采集_有记录"], any_of(*(lt(r[f"村采集_{land}"], r[f"脱贫户_{land}"]) for land in lands)))


def vil_010(r: Row) -> Truth:
    booked, here = r["村采集_特困供养人口数"], r["特困_本村人数"]
    county, placed = r["特困_全县人数"], r["特困_各村人数"]
    most = None if None in (here, county, placed) else here + county - placed
    return all_of(r["村采集_有记录"], any_of(lt(booked, here), gt(booked, most)))


def vil_015(r: Row) -> Truth:
    pairs = ((r[f"村采集_{what}"], r[f"村采集_上年{what}"]) for what in ("总户数", "总人口数"))
    return any_of(*(None if now is None or before is None else abs(now - before) * 5 > before for now, before in pairs))


def xfx_006(r: Row) -> Truth:
    def off(when: str) -> Truth:
        paid = r[f"理赔_{when}合计"]
        return None if paid is None else abs(zero(r[f"理赔收入_{when}"]) - paid) > r["参数_理赔收入差额"]

    return any_of(off("识别时"), all_of(eq(r["风险是否已消除"], "是"), off("消除后")))


def ybx_001(r: Row) -> Truth:
    booked = any_of(eq(r["是否参加城乡居民基本医疗保险"], "是"), eq(r["是否参加城镇职工基本医疗保险"], "是"))
    return all_of(booked, no(r["参保_正常"]))


def ybx_006(r: Row) -> Truth:
    paid = None if zero(r["医疗费_不明人数"]) > 0 else r["医疗费_合规自付_识别时"]
    booked = r["合规自付支出_识别时"]
    off = None if paid is None or booked is None else abs(booked - paid) / max(paid, 1) > 0.2
    return all_of(risk(r, "因病"), off)


def ybx_010(r: Row) -> Truth:
    return all_of(r["医疗费_有记录"], gt(r["医疗费_勾稽差"], 200))


def zsx_004(r: Row) -> Truth:
    unbuilt = all_of(one_of(r["危房_鉴定等级"], "C级", "D级"), r["危房_竣工日期"] is None)
    return all_of(unbuilt, r["监测对象类别"] is None, no(r["预警_有记录"]))


def zsx_011(r: Row) -> Truth:
    paid = any_of(r["产业_奖补"], None if zero(r["产业_户主不明人数"]) > 0 else False)
    return all_of(has_item(r["措施_类别"], "产业帮扶"), no(any_of(paid, r["项目_本村产业"])))


def zsx_012(r: Row) -> Truth:
    paid = any_of(r["产业_退耕补助"], None if zero(r["产业_户主不明人数"]) > 0 else False)
    return ne(zero(r["退耕还林面积（亩）"]) > 0, paid)


def zsx_013(r: Row) -> Truth:
    return ne(yes(r["是否易地搬迁户"]), some(r["搬迁_人数"], r["搬迁_无法比对人数"]))


SHARED: dict[str, Callable[[Row], Truth]] = {
    "PRC-001": listed_procedure("程序_超期纳入"),
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
REGISTRY: dict[str, Callable[[Row], Truth]] = {
    **{
        name.upper().replace("_", "-"): rule
        for name, rule in list(globals().items())
        if re.fullmatch(r"[a-z]{3}_\d{3}", name)
    },
    **SHARED,
}
"""Code → the second reader's function."""

SUPPORTED = "附件 1 的标准只说“脱贫享受政策”的户：其余的不适用"
MONTHS = "近三年网签（CCX-013）按月算，含第 36 个月"
EXCEPTION = "例外只问符合 8 条标准之一的户（“存在以上情形，但……”）；没有一条标准的，例外没有意义；" + MONTHS
READINGS: dict[str, str] = {
    "MON-039": "消除只有年月：回退日期在消除当月月末以前的不算“在消除后”；X7 的程序匹配照 PRC-014（识别以前启动的消除程序不算）",
    "MZX-001": "民政在上月或更早停发的不算在保（否则与 MZX-009 前后打架）",
    "PSH-001": "7 天取自 include/parameters/tables/推送要求.yaml（期限天数），不是判定式里的字面",
    "SUR-008": "入户没有核对“是否在外务工”的整条不判；其余各项哪一边空着哪一项不判",
    "SUR-018": "“无 不予纳入结论”＝核查以后启动的程序里没有；核查以前的旧结论不算",
    "TPB-003": SUPPORTED,
    "TPB-007": SUPPORTED,
    "TPB-008": SUPPORTED + "；“不可自动判定”：辅助条件只作提示",
    "TPB-011": EXCEPTION,
    "TPB-013": EXCEPTION,
    "TPB-023": MONTHS,
    "VIL-010": "民政名单没有村编码：村表的数少于能归到本村的、或多于再加上归不到村的，才算不一致",
    "VIL-015": "上年为 0 而今年不为 0 的也算变化超过 20%",
    "XFX-006": "系统一侧 ∅ 按 0；部门一侧算不出周期合计（没有周期、台账开始得晚）的那个时点不判",
}
"""Code → the reading that the entry states and the function follows."""
