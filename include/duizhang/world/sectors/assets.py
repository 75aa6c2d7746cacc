"""Vehicles, businesses, real estate and people paid from the budget. Clean households have only what asks no question:
motorcycles, tractors, scrapped cars, a shop without staff, a closed firm, the house on the homestead, village cadres."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

VEHICLES, BUSINESSES, ESTATES, PAID = "机动车", "经营主体", "不动产", "财政供养"
CAR, MOTORCYCLE, TRACTOR, TRUCK = "K33小型轿车", "M21普通二轮摩托车", "T21小型轮式拖拉机", "H13中型普通货车"
COMPANY, SHOP, COOPERATIVE = "有限责任公司", "个体工商户", "农民专业合作社"
_STATE_LAND, _HOMESTEAD = "国有建设用地使用权/房屋所有权", "宅基地使用权/房屋所有权"


def vehicle_row(person: Person, kind: str = CAR, **other: str | int | None) -> Row:
    """A row of 机动车 of `person`, first registered in 2019, not for hire and in force where `other` says nothing else."""
    plate = {CAR: "02", MOTORCYCLE: "07", TRACTOR: "13", TRUCK: "02"}[kind]
    return {
        "号牌号码": f"云{kind[0]}{person.number[8:17]}", "号牌种类": plate, "车辆类型": kind, "中文品牌": "云岭", "车辆型号": "YL6400",
        "使用性质": "A", "所有人": person.name, "身份证明号码": person.number, "初次登记日期": "2019-06-12", "机动车状态": "A",
        "排量": 1500 if kind[0] in "KH" else 150, "购置价格": 69_800 if kind[0] in "KH" else 5_200, **other,
    }


def business_row(person: Person, kind: str = COMPANY, post: str = "股东", **other: str | int | None) -> Row:
    """A row of 企业 of `person`: a business in force, founded in 2018, where `other` says nothing else."""
    return {
        "统一社会信用代码": f"9{'123'[len(kind) % 3]}{person.number[:6]}{person.number[8:17]}X", "主体名称": f"云岭{person.name[0]}记{kind}",
        "主体类型": kind, "关联人姓名": person.name, "关联人证件号码": person.number, "任职类型": post, "认缴出资额": 10, "出资比例": 20,
        "注册资本": 50, "成立日期": "2018-03-09", "登记状态": "存续", "从业人数": 1, "经营范围": "农产品销售", **other,
    }


def estate_row(person: Person, use: str = "住宅", **other: str | int | None) -> Row:
    """A row of 不动产 of `person`: a flat in town in force, registered in 2017, where `other` says nothing else."""
    return {
        "不动产单元号": f"{person.number[:6]}{person.number[6:17]}F{len(use):010d}", "不动产权证号": None, "权利人": person.name,
        "权利人证件号": person.number, "共有情况": "单独所有", "坐落": "云岭市城关大街1号", "权利类型": _STATE_LAND, "权利性质": "市场化商品房",
        "用途": use, "建筑面积": 96, "登记时间": "2017-09-01", "权属状态": "现势", **other,
    }


def homestead_row(person: Person, village: Village) -> Row:
    """The house on the homestead."""
    return estate_row(
        person, "农村宅基地", 坐落=f"{village.county_name}{village.town_name}{village.name}", 权利类型=_HOMESTEAD, 权利性质="批准拨用宅基地",
    )


def paid_row(person: Person, kind: str = "事业编制", state: str = "在职") -> Row:
    """A row of 财供 of `person`."""
    return {
        "姓名": person.name, "证件号码": person.number, "单位名称": "青石中心学校", "人员类别": kind, "在职状态": state, "月应发工资": 5_600,
    }


def _adults(house: House) -> list[Person]:
    return [person for person in house.members if person.age >= 18]


def _vehicles(rng: random.Random, house: House) -> None:
    for person in _adults(house):
        fate = rng.random()
        if fate < 0.15:
            person.books[VEHICLES] = [vehicle_row(person, MOTORCYCLE)]
        elif fate < 0.2:
            person.books[VEHICLES] = [vehicle_row(person, TRACTOR)]
        elif fate < 0.23:
            person.books[VEHICLES] = [vehicle_row(person, CAR, 机动车状态=rng.choice(("E", "注销", "AM")))]


def _businesses(rng: random.Random, house: House) -> None:
    for person in _adults(house):
        fate = rng.random()
        if fate < 0.04:
            person.books[BUSINESSES] = [business_row(person, SHOP, "经营者")]
        elif fate < 0.06:
            person.books[BUSINESSES] = [business_row(person, COMPANY, "法定代表人", 登记状态=rng.choice(("注销", "吊销")))]


def _estates(rng: random.Random, house: House) -> None:
    head = house.members[0]
    if rng.random() < 0.6:
        head.books[ESTATES] = [homestead_row(head, house.village)]
        if rng.random() < 0.05:
            head.books[ESTATES].append(estate_row(head, 权属状态="历史"))


def _paid(rng: random.Random, house: House) -> None:
    for person in _adults(house):
        fate = rng.random()
        if fate < 0.02:
            person.books[PAID] = [paid_row(person, "村干部（享受补贴）")]
        elif fate < 0.03:
            person.books[PAID] = [paid_row(person, "遗属")]
        elif fate < 0.035:
            person.books[PAID] = [paid_row(person, "公务员", "停发")]


def _others_vehicles(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and (serial % 7 == 0 or rng.random() < 0.2):
        person.books[VEHICLES] = [vehicle_row(person, rng.choice((CAR, TRUCK, MOTORCYCLE)))]


def _others_businesses(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and (serial % 8 == 0 or rng.random() < 0.1):
        person.books[BUSINESSES] = [business_row(person, rng.choice((COMPANY, SHOP, COOPERATIVE)))]


def _others_estates(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and (serial % 5 == 0 or rng.random() < 0.3):
        person.books[ESTATES] = [estate_row(person) if rng.random() < 0.3 else homestead_row(person, village)]


def _others_paid(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and (serial % 9 == 0 or rng.random() < 0.1):
        person.books[PAID] = [paid_row(person, rng.choice(("公务员", "事业编制", "离退休")))]


add(Book(
    feed=VEHICLES,
    columns=(
        "号牌号码", "号牌种类", "车辆类型", "中文品牌", "车辆型号", "使用性质", "所有人", "身份证明号码", "初次登记日期", "机动车状态",
        "排量", "购置价格",
    ),
    form=Form("{county}机动车登记_{date8}", "csv", "gb18030"), dates=("2026-10-16", "2026-11-12"),
    number="身份证明号码", name="所有人", fill=_vehicles, outsider=_others_vehicles,
))
add(Book(
    feed=BUSINESSES,
    columns=(
        "统一社会信用代码", "主体名称", "主体类型", "关联人姓名", "关联人证件号码", "任职类型", "认缴出资额", "出资比例", "注册资本",
        "成立日期", "登记状态",
        "从业人数", "经营范围",
    ),
    form=Form("{county}经营主体登记_{date8}", titles=("经营主体登记信息",)), dates=("2026-10-15", "2026-11-11"),
    number="关联人证件号码", name="关联人姓名", fill=_businesses, outsider=_others_businesses,
))
add(Book(
    feed=ESTATES,
    columns=(
        "不动产单元号", "不动产权证号", "权利人", "权利人证件号", "共有情况", "坐落", "权利类型", "权利性质", "用途", "建筑面积",
        "登记时间", "权属状态",
    ),
    form=Form("{county}不动产登记_{date8}"), dates=("2026-10-14", "2026-11-12"),
    number="权利人证件号", name="权利人", fill=_estates, outsider=_others_estates,
))
add(Book(
    feed=PAID, columns=("姓名", "证件号码", "单位名称", "人员类别", "在职状态", "月应发工资"),
    form=Form("{county}财政供养人员名册_{date8}", "xls", titles=("{county}财政供养人员名册",)), dates=("2026-10-17", "2026-11-13"),
    number="证件号码", name="姓名", fill=_paid, outsider=_others_paid,
))
