"""The second reading of SUR: what was seen at the door."""

from __future__ import annotations

from duizhang.core.functions import add_days, has_item, metres_between, ratio

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    any_of,
    by_code,
    eq,
    gt,
    lt,
    ne,
    no,
    one_of,
    some,
    sure,
)


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
    late = gt(r["as_of"], add_days(r["入户_核查日期"], round(r["参数_纳入认定天数"])))
    advised = eq(r["入户_核查结论"], "建议按程序纳入监测管理")
    refused = r["程序_不予纳入日期"]
    open_still = True if refused is None else lt(refused, r["入户_核查日期"])
    return all_of(advised, late, eq(r["监测记录数"], 0), open_still)


def sur_023(r: Row) -> Truth:
    car = ne(eq(r["入户_家中有无轿车"], "是"), some(r["自用轿车人数"], r["机动车_无法比对人数"]))
    flat = ne(eq(r["入户_城镇有无商品房"], "是"), some(r["商品房人数"], r["不动产_无法比对人数"]))
    return any_of(car, flat)


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "SUR-008": "入户没有核对“是否在外务工”的整条不判；其余各项哪一边空着哪一项不判",
    "SUR-018": "“无 不予纳入结论”＝核查以后启动的程序里没有；核查以前的旧结论不算",
}
