"""小额信贷 of the national system and the banks' book of the same loans.

Only households of a son with his wife have clean loans: those are drawn at random, and no defect is planted on them. A loan
that is not paid back, or without its fellow at the bank, would be a finding wherever somebody dies or is renumbered.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from duizhang.world import numbers
from duizhang.world.model import Cell, House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

LOANS, BANK = "小额信贷", "银行贷款台账"
LENDER = "云岭农村商业银行"


def two_years_on(day: str, months: int = 24) -> str:
    """The day before, `months` later (ISO)."""
    first = date.fromisoformat(day)
    count = first.year * 12 + first.month - 1 + months
    return (date(count // 12, count % 12 + 1, min(first.day, 28)) - timedelta(days=1)).isoformat()


def loan_row(key: str, number: str, name: str, begun: str, nth: int = 1, **other: Cell) -> Row:
    """A row of 小贷: 30,000 yuan lent on `begun` (ISO) for two years to somebody of household `key`, 20,000 yuan not yet paid back."""
    return {
        "户编号": key, "借款人姓名": name, "借款人证件号码": number, "合同编号": f"HT{key}{nth}", "贷款银行": LENDER, "贷款金额": 30_000,
        "贷款余额": 20_000, "放款日期": begun, "到期日期": two_years_on(begun), "贷款利率": 4.35, "贴息金额": 600, "贷款用途": "养牛",
        "是否逾期": "否", "逾期金额": None, "还款日期": None, "是否展期续贷": "否", **other,
    }


def bank_row(loan: Row, **other: Cell) -> Row:
    """The same loan as the bank has it."""
    balance = loan["贷款余额"] if loan["贷款余额"] is not None else loan["贷款金额"]
    return {
        "借据号": f"JJ{str(loan['合同编号'])[2:]}", "借款人姓名": loan["借款人姓名"], "借款人证件号码": loan["借款人证件号码"], "贷款银行": LENDER,
        "贷款金额": loan["贷款金额"], "贷款余额": balance, "发放日期": loan["放款日期"], "到期日期": loan["到期日期"],
        "实际还清日期": loan["还款日期"], "逾期天数": 0, "逾期金额": 0, "用途": loan["贷款用途"], **other,
    }


def borrow(house: House, person: Person, begun: str = "2026-03-12", **other: Cell) -> tuple[Row, Row]:
    """Lends to `person`, in both books; the two rows."""
    nth = sum(len(member.books.get(LOANS, ())) for member in house.members) + 1
    loan = loan_row(house.key, person.number, person.name, begun, nth, **other)
    paid = bank_row(loan)
    person.books.setdefault(LOANS, []).append(loan)
    person.books.setdefault(BANK, []).append(paid)
    return loan, paid


def drawn(house: House) -> bool:
    """Whether the household was drawn at random: no planter asks for one with a daughter-in-law."""
    return any(person.nat["与户主关系"] == "之儿媳" for person in house.members)


def _fill(rng: random.Random, house: House) -> None:
    son = next((person for person in house.members if person.nat["与户主关系"] == "之子" and person.age >= 25), None)
    if not drawn(house) or son is None or house.nat["户类型"] != "脱贫户" or rng.random() < 0.3:
        return
    kind, day = rng.randrange(6), f"{rng.choice((2025, 2026))}-0{rng.randrange(1, 9)}-{rng.randrange(10, 29)}"
    if kind == 0:
        borrow(house, son, "2022-05-17", 贷款余额=0, 还款日期="2024-05-10")
        borrow(house, son, day)
    elif kind == 1:
        borrow(house, son, day, 是否展期续贷="展期", 到期日期="2030-12-31")
    elif kind == 2:
        borrow(house, son, day, 贷款余额=None)
    elif kind == 3:  # the bank has it some days later
        borrow(house, son, day)[1]["发放日期"] = (date.fromisoformat(day) + timedelta(days=rng.randrange(1, 9))).isoformat()
    elif kind == 4:
        borrow(house, son, day, 贷款用途="种植香菇", 贷款金额=50_000, 贷款余额=50_000)
    else:
        borrow(house, son, day, 是否逾期="是", 逾期金额=500)[1].update({"逾期天数": 40, "逾期金额": 500})


def _others(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """Villagers whom the national book does not have borrow, too; a household that left it long ago has paid back."""
    if person.age >= 25 and (serial < 20 or rng.random() < 0.05):
        number = f"{village.county}8{serial:05d}"
        person.books[BANK] = [bank_row(loan_row(number, person.number, person.name, "2025-06-18"))]
    if serial == 17:
        body = f"990205{date(1971, 4, 9):%Y%m%d}{int(village.county[-1]):03d}"
        gone = loan_row(f"{village.county}799917", body + numbers.check_char(body), "向前进", "2021-04-20", 贷款余额=0, 还款日期="2023-04-18")
        person.books[LOANS] = [gone]
        person.books.setdefault(BANK, []).append(bank_row(gone))


add(Book(
    LOANS,
    (
        "户编号", "借款人姓名", "借款人证件号码", "合同编号", "贷款银行", "贷款金额", "贷款余额", "放款日期", "到期日期", "贷款利率", "贴息金额",
        "贷款用途", "是否逾期", "逾期金额", "还款日期", "是否展期续贷",
    ),
    Form("{county}小额信贷模块导出_{date8}", titles=("脱贫人口小额信贷", "导出单位：{county}　导出时间：{date}")), ("2026-10-20", "2026-11-13"),
    number="借款人证件号码", name="借款人姓名", national=True, fill=_fill, outsider=_others,
))  # fmt: skip
add(Book(
    BANK,
    (
        "借据号", "借款人姓名", "借款人证件号码", "贷款银行", "贷款金额", "贷款余额", "发放日期", "到期日期", "实际还清日期", "逾期天数", "逾期金额",
        "用途",
    ),
    Form("{county}银行贷款台账_{date8}", "csv", "gb18030"), ("2026-10-19", "2026-11-12"), number="借款人证件号码", name="借款人姓名",
))  # fmt: skip
