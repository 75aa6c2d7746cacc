"""存款核对, 个人所得税, 国企中层 and 商品房网签: savings, wages known to the tax office, managers, and dwellings bought."""

from __future__ import annotations

import random

from duizhang.world.model import Cell, House, Person, Row, Village
from duizhang.world.money import num
from duizhang.world.sectors.base import Book, Form, add
from duizhang.world.sectors.lending import drawn

SAVINGS, TAX, MANAGERS, SALES = "存款核对", "个人所得税", "国企中层", "商品房网签"


def savings_row(person: Person, amount: Cell, funds: Cell = 0) -> Row:
    """A row of 存款: `amount` in accounts and `funds` in securities, yuan."""
    return {"证件号码": person.number, "姓名": person.name, "核对日期": "2026-09-28", "存款余额合计": amount, "理财证券市值": funds}


def tax_row(person: Person, wage: Cell, year: int = 2026, business: Cell = None) -> Row:
    """A row of 个税."""
    return {
        "姓名": person.name, "证件号码": person.number, "年度": year, "工资薪金收入额": wage, "扣缴单位数": 1, "主要扣缴单位": "云岭市家纺有限公司",
        "经营所得": business,
    }


def manager_row(person: Person, rank: str = "中层") -> Row:
    """A row of 国企."""
    return {"姓名": person.name, "证件号码": person.number, "企业名称": "云岭水务集团", "职务层级": rank}


def sale_row(person: Person, day: str, state: Cell = "有效") -> Row:
    """A row of 网签, registered on `day` (ISO)."""
    return {
        "合同编号": f"WQ{day[:4]}{person.number[6:17]}", "买受人姓名": person.name, "买受人证件号": person.number, "房屋坐落": "云岭市城关滨河路8号",
        "建筑面积": 98.5, "成交总价": 412_000, "备案日期": day, "合同状态": state,
    }


def _savings(rng: random.Random, house: House) -> None:
    for person in house.members:
        if person.age >= 18 and rng.random() < 0.3:
            person.books[SAVINGS] = [savings_row(person, rng.randrange(0, 3_000), rng.choice((0, 0, 0, None)))]


def _tax(rng: random.Random, house: House) -> None:
    """Of drawn households only: what is planted on the others' wages must not meet the tax office's."""
    earners = [person for person in house.members if 20 <= person.age < 60]
    if drawn(house) and earners and rng.random() < 0.5:
        earners[0].books[TAX] = [
            tax_row(earners[0], int(num(house, "工资性收入") * 1.3 + 4_999) if rng.random() < 0.3 else 1_800),
            tax_row(earners[0], 90_000, 2025),
        ]


def _sales(rng: random.Random, house: House) -> None:
    for person in house.members:
        if person.age >= 22 and rng.random() < 0.03:
            person.books[SALES] = [sale_row(person, "2025-05-16", "撤销") if rng.random() < 0.6 else sale_row(person, "2022-03-10")]


def _others(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age < 22:
        return
    if rng.random() < 0.3:
        person.books[SAVINGS] = [savings_row(person, rng.randrange(2_000, 400_000), rng.choice((0, 30_000)))]
    if rng.random() < 0.2:
        person.books[TAX] = [tax_row(person, rng.randrange(30_000, 120_000), business=rng.choice((None, 0, 52_000)))]
    if serial in (15, 16, 18) or rng.random() < 0.03:
        person.books[MANAGERS] = [manager_row(person, rng.choice(("中层", "领导班子")))]
    if rng.random() < 0.1:
        person.books[SALES] = [sale_row(person, f"2025-{rng.randrange(1, 10):02d}-12")]


add(Book(
    SAVINGS, ("证件号码", "姓名", "核对日期", "存款余额合计", "理财证券市值"), Form("{county}存款核对结果_{date8}", titles=("银行存款核对结果",)),
    ("2026-10-12", "2026-11-10"), number="证件号码", name="姓名", fill=_savings, outsider=_others,
))  # fmt: skip
add(Book(
    TAX, ("姓名", "证件号码", "年度", "工资薪金收入额", "扣缴单位数", "主要扣缴单位", "经营所得"), Form("{county}税务局个人所得税_{date8}", "csv"),
    ("2026-10-15", "2026-11-11"), number="证件号码", name="姓名", fill=_tax,
))  # fmt: skip
add(Book(
    MANAGERS, ("姓名", "证件号码", "企业名称", "职务层级"),
    Form("{county}国企中层以上人员_{date8}", "xls", titles=("国有大中型企业中层及以上人员名册",)),
    ("2026-10-14", "2026-11-12"), number="证件号码", name="姓名",
))  # fmt: skip
add(Book(
    SALES, ("合同编号", "买受人姓名", "买受人证件号", "房屋坐落", "建筑面积", "成交总价", "备案日期", "合同状态"),
    Form("{county}商品房网签备案_{date8}", titles=("商品房网签备案",), two_level={"买受人姓名": "买受人", "买受人证件号": "买受人"}),
    ("2026-10-16", "2026-11-12"), number="买受人证件号", name="买受人姓名", fill=_sales,
))  # fmt: skip
