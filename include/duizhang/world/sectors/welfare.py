"""特困供养, 残疾人两项补贴, 医疗费用, 大病慢病, 养老保险 and 预警台账: support, allowances, illness, pensions and warnings."""

from __future__ import annotations

import random

from duizhang.world import money
from duizhang.world.model import Cell, House, Month, Person, Row, Village
from duizhang.world.people import later
from duizhang.world.sectors.base import Book, Form, add

DESTITUTE, ALLOWANCE, COSTS, ILLNESS, PENSION, WARNING = "特困供养", "残疾人两项补贴", "医疗费用", "大病慢病", "养老保险", "预警台账"
CARE, LIVING = "重度残疾人护理补贴", "困难残疾人生活补贴"
SERIOUS, CHRONIC = "大病", "慢性病"
RESIDENTS, WORKERS = "城乡居民基本养老保险", "企业职工基本养老保险"
_ILLNESSES = {SERIOUS: ("肺癌", "终末期肾病", "急性心肌梗死"), CHRONIC: ("高血压", "糖尿病")}


def destitute_row(person: Person, start: int = 202001) -> Row:
    """A row of 特困; the month is set when it is sent."""
    return {
        "特困类型": "农村特困", "姓名": person.name, "身份证号": person.number, "供养方式": "分散供养", "自理能力": "全自理", "护理等级": "无",
        "月供养金": money.MONTHLY_PROVISION, "起始年月": start,
    }  # fmt: skip


def allowance_row(person: Person, certificate: str, kind: str) -> Row:
    """A row of 两补 for the holder of `certificate`; the month is set when it is sent."""
    return {
        "残疾人证号": certificate, "姓名": person.name, "身份证号码": person.number, "补贴类型": kind,
        "补贴对象类型": "重度残疾人" if kind == CARE else "低保家庭残疾人", "补贴金额": 100, "享受补贴起始月份": 202101,
    }  # fmt: skip


def cost_row(person: Person, until: int, compliant: float, *, total: float | None = None) -> Row:
    """A row of 医疗费 cumulated up to `until` with `compliant` yuan of own payment; it adds up. `total`: all costs."""
    own = compliant + 100
    whole = total if total is not None else own * 4
    rest = whole - own
    basic = round(rest * 0.8, 2)
    return {
        "证件号码": person.number, "姓名": person.name, "截至月份": until, "医疗费总额": whole, "基本医保支付": basic,
        "大病保险支付": round(rest - basic, 2), "医疗救助支付": None, "其他保障支付": 0, "个人自付": own, "合规自付": compliant,
        "单次住院最高自付": own, "主要诊断": "住院治疗",
    }  # fmt: skip


def ill_row(person: Person, kind: str, state: str = "救治中") -> Row:
    """A row of 大病 of `kind` SERIOUS or CHRONIC."""
    return {
        "姓名": person.name, "证件号码": person.number, "病种类型": kind, "病种名称": _ILLNESSES[kind][0], "确诊日期": "2022-03-11",
        "救治状态": state if kind == SERIOUS else None, "是否家庭医生签约": "是",
    }  # fmt: skip


def pension_row(person: Person, *, scheme: str = RESIDENTS, state: str | None = None) -> Row:
    """A row of 养老; of residents of 60 and more the pension is drawn, unless `state` says otherwise."""
    word = state or ("领取待遇" if person.age >= 60 else "参保缴费")
    drawn = word == "领取待遇"
    return {
        "姓名": person.name, "证件号码": person.number, "险种": scheme, "参保状态": word,
        "缴费单位": "云岭市某公司" if scheme == WORKERS else None, "缴费基数": 4_000 if scheme == WORKERS else None,
        "月待遇金额": money.MONTHLY_PENSION if drawn else None, "待遇起始年月": money.pension_start(person) if drawn else None,
    }  # fmt: skip


def warning_row(person: Person, house: House | None, kind: str, department: str, day: str = "2026-09-08") -> Row:
    """A row of 预警: `person` was pointed out on `day` and found not to be at risk."""
    return {
        "预警编号": f"Y{day[2:4]}{person.number[-12:]}", "推送部门": department, "预警类别": kind, "姓名": person.name,
        "证件号码": person.number, "户编号": house.key if house else None,
        "人群": "其他农村人口" if house is None or house.nat["户类型"] != "脱贫户" else "脱贫人口", "风险发生日期": day,
        "统计截止日期": None, "推送日期": day, "推送层级": "县级补充", "金额": None, "乡镇签收日期": day, "核查完成日期": day, "核查结果": "不符合",
    }  # fmt: skip


def _fill_destitute(rng: random.Random, house: House) -> None:
    for person in house.members:
        if person.nat["享受特困供养政策情况"] == "农村特困":
            person.books[DESTITUTE] = [destitute_row(person)]


def _fill_allowance(rng: random.Random, house: House) -> None:
    for person in house.members:
        rows = _allowances(person, person.nat["享受特困供养政策情况"], person.nat["享受低保政策情况"])
        if rows:
            person.books[ALLOWANCE] = rows


def _allowances(person: Person, destitute: Cell, supported: Cell) -> list[Row]:
    if person.cert is None:
        return []
    number = str(person.cert["残疾人证号"])
    kinds = [CARE] if person.cert["残疾等级"] in ("一级", "二级") and destitute != "农村特困" else []
    kinds += [LIVING] if supported == "农村低保" else []
    return [allowance_row(person, number, kind) for kind in kinds]


def _fill_costs(rng: random.Random, house: House) -> None:
    """What a monitored household paid in the twelve months before identification, as cumulated rows; others now and then."""
    if house.monitored:
        sick = next((p for p in house.members if p.nat["健康状况"] != "健康"), house.members[0])
        sick.books[COSTS] = before(sick, int(str(house.nat["识别监测时间"])), int(money.num(house, "识别时合规自付支出")), rng.randrange(50, 400))
        return
    for person in house.members:
        if rng.random() < 0.15:
            person.books[COSTS] = [cost_row(person, 202609, rng.randrange(100, 4_000))]


def before(person: Person, start: int, amount: int, earlier: int) -> list[Row]:
    """Rows that cumulate to `amount` in the twelve months before `start`; `earlier` yuan fell before those in their first year."""
    if start % 100 == 1:
        return [cost_row(person, later(start, -1), amount)]
    first = amount // 3
    return [
        cost_row(person, later(start, -13), earlier), cost_row(person, (start // 100 - 1) * 100 + 12, earlier + first),
        cost_row(person, later(start, -1), amount - first),
    ]  # fmt: skip


def register_illness(person: Person) -> None:
    """Gives the illness book what 人 says of the person's health."""
    health = str(person.nat["健康状况"])
    rows = [ill_row(person, SERIOUS)] if "患有大病" in health else []
    rows += [ill_row(person, CHRONIC)] if "长期慢性病" in health else []
    person.books[ILLNESS] = rows


def _fill_illness(rng: random.Random, house: House) -> None:
    for person in house.members:
        register_illness(person)


def _fill_pension(rng: random.Random, house: House) -> None:
    for person in house.members:
        if person.nat["是否参加城乡居民基本养老保险"] == "是":
            person.books[PENSION] = [pension_row(person)]


def _fill_warning(rng: random.Random, house: House) -> None:
    if not house.monitored and rng.random() < 0.06:
        kind, department = rng.choice((("医疗费用负担", "医保"), ("就业", "人社"), ("住房", "住建")))
        person = rng.choice(house.members)
        person.books[WARNING] = [warning_row(person, house, kind, department)]


def _outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """Rows of a villager whom the national book does not have, in one of the six books now and then; a few always."""
    if person.dead is not None:
        return
    if serial in (0, 1) or rng.random() < 0.1:
        person.books[ILLNESS] = [ill_row(person, CHRONIC if serial % 2 else SERIOUS)]
    if serial in (2, 3) or rng.random() < 0.1:
        person.books[COSTS] = [cost_row(person, 202609, rng.randrange(100, 4_000))]
    if serial in (4, 5) or rng.random() < 0.02:
        person.books[WARNING] = [warning_row(person, None, "就业", "人社")]
    if person.age >= 16:
        person.books[PENSION] = [pension_row(person)]
    if person.dibao is None and person.age > 60 and (serial % 25 == 9 or rng.random() < 0.1):
        person.books[DESTITUTE] = [destitute_row(person)]
    if person.cert is not None and person.dibao is not None:
        person.books[ALLOWANCE] = [allowance_row(person, str(person.cert["残疾人证号"]), LIVING)]


def _of_month(rows: list[Row], month: Month) -> list[Row]:
    return [row | {"数据月份": month.ym} for row in rows]


add(Book(
    feed=DESTITUTE,
    columns=("数据月份", "特困类型", "姓名", "身份证号", "供养方式", "自理能力", "护理等级", "月供养金", "起始年月", "停发年月"),
    form=Form("{county}特困人员备案表_{date8}", kind="xls", titles=("{county}特困人员备案表", "填报日期：{date}")),
    dates=("2026-10-19", "2026-11-14"), number="身份证号", name="姓名", fill=_fill_destitute, outsider=_outsider, finish=_of_month,
))  # fmt: skip
add(Book(
    feed=ALLOWANCE,
    columns=("数据月份", "残疾人证号", "姓名", "身份证号码", "补贴类型", "补贴对象类型", "补贴金额", "享受补贴起始月份"),
    form=Form("{county}残疾人两项补贴发放名册_{date8}", titles=("{county}残疾人两项补贴发放名册",), merged_header=True),
    dates=("2026-10-16", "2026-11-12"), number="身份证号码", name="姓名", fill=_fill_allowance, finish=_of_month,
))  # fmt: skip
add(Book(
    feed=COSTS,
    columns=(
        "证件号码", "姓名", "截至月份", "医疗费总额", "基本医保支付", "大病保险支付", "医疗救助支付", "其他保障支付", "个人自付", "合规自付",
        "单次住院最高自付", "主要诊断",
    ),
    form=Form("{county}医保局医疗费用_{date8}", kind="zip"),
    dates=("2026-10-19", "2026-11-14"), number="证件号码", name="姓名", fill=_fill_costs,
))  # fmt: skip
add(Book(
    feed=ILLNESS,
    columns=("姓名", "证件号码", "病种类型", "病种名称", "确诊日期", "救治状态", "是否家庭医生签约"),
    form=Form("{county}卫健局大病慢病名单_{date8}", titles=("{county}大病专项救治和慢病签约名单",)),
    dates=("2026-10-17", "2026-11-13"), number="证件号码", name="姓名", fill=_fill_illness,
))  # fmt: skip
add(Book(
    feed=PENSION,
    columns=("姓名", "证件号码", "险种", "参保状态", "缴费单位", "缴费基数", "月待遇金额", "待遇起始年月", "待遇终止原因"),
    form=Form("{county}人社局养老保险_{date8}", kind="csv", encoding="gb18030"),
    dates=("2026-10-18", "2026-11-13"), number="证件号码", name="姓名", fill=_fill_pension,
))  # fmt: skip
add(Book(
    feed=WARNING,
    columns=(
        "预警编号", "推送部门", "预警类别", "姓名", "证件号码", "户编号", "人群", "风险发生日期", "统计截止日期", "推送日期", "推送层级", "金额",
        "乡镇签收日期", "核查完成日期", "核查结果",
    ),
    form=Form("{county}预警台账_{date8}", titles=("{county}部门筛查预警推送台账", "导出时间：{date}")),
    dates=("2026-10-22", "2026-11-17"), number="证件号码", name="姓名", fill=_fill_warning,
))  # fmt: skip
