"""The second reading of the rules on departments' and villages' books: MZX, RSX, VIL, XFX, YBX, ZSX."""

from __future__ import annotations

from typing import Any

from duizhang.core.functions import add_months, has_item, month_of

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    any_of,
    at_risk,
    by_code,
    eq,
    exact,
    ge,
    gt,
    lt,
    ne,
    no,
    one_of,
    or_zero,
    some,
    yes,
    zero,
)

DIBAO, TEKUN = ("城市低保", "农村低保"), ("城市特困", "农村特困")


def off_by(a: Any, b: Any, share: float) -> Truth:
    """|a − b| / b > share; unknown where b is 0."""
    return None if a is None or b is None or b == 0 else abs(a - b) / b > share


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


def rsx_001(r: Row) -> Truth:
    return ne(yes(r["是否参加城乡居民基本养老保险"]), r["养老_居民在保"])


def rsx_004(r: Row) -> Truth:
    paid = None if zero(r["养老_不明人数"]) > 0 else r["养老_周期待遇"]
    return off_by(r["养老金或离退休金"], paid, 0.1)


def rsx_008(r: Row) -> Truth:
    return all_of(r["公岗_在岗"], some(r["户_村干部人数"], r["户_财供无法比对人数"]))


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
        paid = exact(r[f"理赔_{when}合计"])
        return None if paid is None else round(abs(or_zero(r[f"理赔收入_{when}"]) - paid), 2) > exact(r["参数_理赔收入差额"])  # type: ignore[operator]

    return any_of(off("识别时"), all_of(eq(r["风险是否已消除"], "是"), off("消除后")))


def ybx_001(r: Row) -> Truth:
    booked = any_of(eq(r["是否参加城乡居民基本医疗保险"], "是"), eq(r["是否参加城镇职工基本医疗保险"], "是"))
    return all_of(booked, no(r["参保_正常"]))


def ybx_006(r: Row) -> Truth:
    paid = None if zero(r["医疗费_不明人数"]) > 0 else r["医疗费_合规自付_识别时"]
    booked = r["合规自付支出_识别时"]
    off = None if paid is None or booked is None else abs(booked - paid) / max(paid, 1) > 0.2
    return all_of(at_risk(r, "因病"), off)


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


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "MZX-001": "民政在上月或更早停发的不算在保（否则与 MZX-009 前后打架）",
    "VIL-010": "民政名单没有村编码：村表的数少于能归到本村的、或多于再加上归不到村的，才算不一致",
    "VIL-015": "上年为 0 而今年不为 0 的也算变化超过 20%",
    "XFX-006": "系统一侧 ∅ 按 0；部门一侧算不出周期合计（没有周期、台账开始得晚）的那个时点不判",
}
