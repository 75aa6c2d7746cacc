"""The second reading of INC and HSW: what a household earns and spends, what it lives in."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from duizhang.core import functions as f

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    among,
    any_of,
    by_code,
    eq,
    exact,
    gt,
    lt,
    ne,
    no,
    off,
    or_zero,
)

SIX = "The ratio is rounded to six decimals before it is compared, so that a ratio just even is not over by a float's noise."


def total(r: Row, *names: str) -> Decimal | None:
    """The sum of columns; None where one is empty."""
    values = [exact(r[name]) for name in names]
    return None if any(value is None for value in values) else sum((value for value in values if value is not None), Decimal(0))


def total_or_none(r: Row, *names: str) -> Decimal | None:
    """The sum with an empty column as 0; None where all are empty."""
    return None if all(r[name] is None for name in names) else sum((or_zero(r[name]) for name in names), Decimal(0))


def collected(r: Row, found: Truth) -> Truth:
    """Under 参数.脱贫户年度采集=否 a poor household that is not monitored is passed over; without the parameter nothing runs."""
    if r["参数_脱贫户年度采集"] is None:
        return None
    return found if r["参数_脱贫户年度采集"] != "否" or r["户类型"] != "脱贫户" or r["监测对象类别"] is not None else False


def hsw_002(r: Row) -> Truth:
    bad = among(r["危房级别"], ("C级", "D级"))
    found = any_of(all_of(eq(r["是否危房户"], "是"), no(bad)), all_of(eq(r["是否危房户"], "否"), bad))
    return collected(r, found)


def inc_001(r: Row) -> Truth:
    parts = total_or_none(r, "公益性岗位收入", "其他工资性收入")
    return collected(r, off(exact(r["工资性收入"]), parts, "1"))


def inc_002(r: Row) -> Truth:
    parts = total_or_none(r, "资产收益扶贫分红收入", "其他财产性收入")
    return collected(r, off(exact(r["财产性收入"]), parts, "1"))


def inc_003(r: Row) -> Truth:
    names = ("计划生育金", "最低生活保障金", "特困人员救助供养金", "养老金或离退休金", "生态补偿金", "产业奖励", "就业奖励")
    return collected(r, off(exact(r["转移性收入"]), total_or_none(r, *names, "其他转移性收入"), "1"))


FOUR = ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入")


def inc_004(r: Row) -> Truth:
    return collected(r, off(exact(r["年收入（元）"]), total(r, *FOUR), "1"))


def inc_005(r: Row) -> Truth:
    spent = exact(r["生产经营性支出（合计）"])
    if spent is None:
        spent = or_zero(r["生产经营性支出"]) - or_zero(r["专项用于减少生产经营性支出的补贴"])
    return collected(r, off(or_zero(r["纯收入（元）"]), sum((or_zero(r[name]) for name in FOUR), Decimal(0)) - spent, "1"))


def inc_006(r: Row) -> Truth:
    people, whole, each = r["年度家庭人口数"], exact(r["纯收入（元）"]), exact(r["人均纯收入（元）"])
    if not people:
        return collected(r, True)
    known = whole is not None and each is not None
    return collected(r, abs(Fraction(each) - Fraction(whole) / people) > 1 if known else None)  # type: ignore[arg-type]


def inc_009(r: Row) -> Truth:
    return collected(r, lt(r["人均纯收入（元）"], 4000))


def inc_010(r: Row) -> Truth:
    return collected(r, gt(r["人均纯收入（元）"], 100000))


def growth(r: Row) -> Fraction | None:
    """d of INC-011; None where last year is empty or not above 0."""
    now, before = exact(r["人均纯收入（元）"]), exact(r["上年户_人均纯收入"])
    if now is None or before is None or before <= 0:
        return None
    return round((Fraction(now) - Fraction(before)) / Fraction(before), 6)


def inc_011(r: Row) -> Truth:
    return collected(r, lt(growth(r), Fraction(-20, 100)))


def inc_012(r: Row) -> Truth:
    return collected(r, gt(growth(r), Fraction(50, 100)))


def inc_015(r: Row) -> Truth:
    if r["参数_收入周期起"] is None or r["参数_收入周期止"] is None or r["务工_推算收入"] is None or r["工资性收入"] is None:
        return None
    guess, wages = or_zero(r["务工_推算收入"]) + or_zero(r["公益性岗位收入"]), or_zero(r["工资性收入"])
    if guess <= 0 or r["务工_无法推算段数"] is None or r["务工_无法推算段数"] > 0:
        return None
    return collected(r, round(abs(Fraction(wages) / Fraction(guess) - 1), 6) > Fraction(1, 2))


def inc_018(r: Row) -> Truth:
    return collected(r, (or_zero(r["享受特困人数"]) > 0) != (or_zero(r["特困人员救助供养金"]) > 0))


def inc_025(r: Row) -> Truth:
    return collected(r, any_of(ne(r["计算周期起"], r["参数_收入周期起"]), ne(r["计算周期止"], r["参数_收入周期止"])))


def inc_026(r: Row) -> Truth:
    found: list[Truth] = []
    for when, base in (("识别时", r["识别监测时间"]), ("消除后", r["消除监测时间"])):
        found.append(ne(r[f"计算周期起_{when}"], f.month_start(f.add_months(base, -12))))
        found.append(ne(r[f"计算周期止_{when}"], f.month_end(f.add_months(base, -1))))
    return any_of(*found)


def inc_028(r: Row) -> Truth:
    households, round_ones = r["有收入户数"], r["收入整千户数"]
    if households is None or round_ones is None or households < 30:
        return None
    return bool(round_ones * 10 > households * 6)


def inc_031(r: Row) -> Truth:
    names = ("可比脱贫户纯收入", "可比脱贫户人口数", "可比脱贫户上年纯收入", "可比脱贫户上年人口数")
    figures = [exact(r[name]) for name in (*names, "参数_农民人均可支配收入", "参数_上年_农民人均可支配收入")]
    if r["可比脱贫户数"] is None or r["可比脱贫户数"] == 0 or any(figure is None for figure in figures):
        return None
    now, people, before, people_before, farmers, farmers_before = (Fraction(figure) for figure in figures if figure is not None)
    if 0 in (people, people_before, before, farmers_before):
        return None
    each, each_before = now / people, before / people_before
    return round((each - each_before) / each_before, 6) < round((farmers - farmers_before) / farmers_before, 6)


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "INC-011": SIX,
    "INC-012": SIX,
    "INC-015": SIX + " An estimate below 0 is not judged either.",
    "INC-031": SIX,
}
