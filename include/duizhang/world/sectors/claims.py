"""防贫保理赔 and 财产检索: what the insurance against falling into poverty paid, and whose property was looked up."""

from __future__ import annotations

import random
from datetime import date

from duizhang.world import numbers
from duizhang.world.model import Cell, House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add
from duizhang.world.sectors.lending import drawn

CLAIMS, SEARCHES = "防贫保理赔", "财产检索"


def payee(number: str) -> str:
    """The part of the identity number of who is paid that ends the number of the payment: 13 signs."""
    return number[4:17]


def claim_row(person: Person, day: str, amount: Cell = 2_000, fee: Cell = 0) -> Row:
    """A row of 理赔: `amount` yuan paid to `person` on `day` (ISO)."""
    return {
        "案件号": f"FPB{day[2:4]}{day[5:7]}{day[8:]}{payee(person.number)}", "姓名": person.name, "证件号码": person.number, "救助类型": "因病",
        "理赔金额": amount, "赔付日期": day, "经办费用": fee,
    }


def search_row(house: House, person: Person, **other: Cell) -> Row:
    """A row of 财产: handed in on 2 October, answered on the 7th, nothing found."""
    return {
        "检索批次": "2026-10", "户主证件号码": house.members[0].number, "证件号码": person.number, "授权日期": "2026-09-28",
        "提交日期": "2026-10-02", "反馈日期": "2026-10-07", "是否免检": "否", "车辆数": 0, "房产套数": 0, "经营主体数": 0, "财政供养标识": "否",
        "存款合计": 1_200, "乡镇核实意见": None, **other,
    }


def look_up(house: House) -> None:
    """The property of every member has been looked up."""
    for person in house.members:
        person.books[SEARCHES] = [search_row(house, person)]


def _claims(rng: random.Random, house: House) -> None:
    """In the month in which the household was taken in: after the period of its income then."""
    if drawn(house) and house.monitored and rng.random() < 0.6:
        start = int(house.nat["识别监测时间"] or 0)
        person = rng.choice([person for person in house.members if person.age >= 18])
        person.books[CLAIMS] = [claim_row(person, f"{start // 100}-{start % 100:02d}-21", rng.randrange(500, 4_000), rng.choice((0, None)))]


def _searches(rng: random.Random, house: House) -> None:
    if not drawn(house) or rng.random() < 0.6:
        return
    look_up(house)
    head, second = house.members[:2]
    if rng.random() < 0.5:
        head.books[SEARCHES][0].update({"车辆数": 1, "乡镇核实意见": rng.choice(("纳入", "不纳入", "待核"))})
    if rng.random() < 0.3:
        second.books[SEARCHES] = [search_row(house, second, 是否免检="风险明确免检", 反馈日期=None, 车辆数=None, 房产套数=None, 经营主体数=None,
                                             财政供养标识=None, 存款合计=None)]  # fmt: skip


def _others(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A family that has since moved to another city was paid years ago: the book reaches back to then."""
    if serial == 21:
        body = f"990205{date(1968, 2, 25):%Y%m%d}{int(village.county[-1]) * 2:03d}"
        gone = Person(body + numbers.check_char(body), "钱远", "女", date(1968, 2, 25), {})
        person.books[CLAIMS] = [claim_row(gone, "2021-06-15")]
    if serial == 22:
        person.books[SEARCHES] = [{
            "检索批次": "2026-10", "户主证件号码": person.number, "证件号码": person.number, "提交日期": "2026-10-02", "反馈日期": "2026-10-13",
            "是否免检": "否", "车辆数": 2, "房产套数": 1, "经营主体数": 0, "财政供养标识": "否", "存款合计": 80_000, "乡镇核实意见": None,
        }]  # fmt: skip


add(Book(
    CLAIMS, ("案件号", "姓名", "证件号码", "救助类型", "理赔金额", "赔付日期", "经办费用"),
    Form("{county}防贫保理赔台账_{date8}", titles=("{county}防贫保救助理赔台账",)),
    ("2026-10-18", "2026-11-13"), number="证件号码", name="姓名", fill=_claims, outsider=_others,
))  # fmt: skip
add(Book(
    SEARCHES,
    (
        "检索批次", "户主证件号码", "证件号码", "授权日期", "提交日期", "反馈日期", "是否免检", "车辆数", "房产套数", "经营主体数", "财政供养标识",
        "存款合计", "乡镇核实意见",
    ),
    Form("{county}财产检索台账_{date8}", titles=("财产检索名单与结果",), merged_header=True), ("2026-10-21", "2026-11-14"), number="证件号码",
    fill=_searches,
))  # fmt: skip
