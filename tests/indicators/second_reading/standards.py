"""The second reading of TPB: the standards of households that need support no more, and the exceptions."""

from __future__ import annotations

from datetime import date

from duizhang.core.functions import idkey, month_of, months_between, plain_name, plain_place

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    any_of,
    by_code,
    eq,
    ge,
    gt,
    le,
    ne,
    no,
    some,
    sure,
    zero,
)


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


SUPPORTED = "附件 1 的标准只说“脱贫享受政策”的户：其余的不适用"
MONTHS = "近三年网签（CCX-013）按月算，含第 36 个月"
EXCEPTION = "例外只问符合 8 条标准之一的户（“存在以上情形，但……”）；没有一条标准的，例外没有意义；" + MONTHS


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "TPB-003": SUPPORTED,
    "TPB-007": SUPPORTED,
    "TPB-008": SUPPORTED + "；“不可自动判定”：辅助条件只作提示",
    "TPB-011": EXCEPTION,
    "TPB-013": EXCEPTION,
    "TPB-023": MONTHS,
}
