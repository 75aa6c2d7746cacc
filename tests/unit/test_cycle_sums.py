"""Sums over a cycle: what civil affairs paid in the income cycle, and the costs in the twelve months before identification."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from duizhang.core.settings import Settings

from tests.unit.test_spines import County

CYCLE = [*range(202510, 202513), *range(202601, 202610)]


@pytest.fixture
def county(tmp_path: Any) -> County:
    made = County(Settings(home=tmp_path))
    for key in ("1", "2"):
        made.add("户", 户编号=key, 户主姓名="张三", 户类型="脱贫户")
    made.add("参数", 县编码="990101", 年度=2026, 收入周期起=date(2025, 10, 1), 收入周期止=date(2026, 9, 30))
    return made


def pay(county: County, months: list[int], household: str = "1", card: str = "A", **more: Any) -> None:
    """Rows of the support book of a member of `household`, linked."""
    for month in months:
        row = {"数据月份": month, "是否保障对象": "是", "户月保障金额": 100.0, "低保证号": card, "身份证号": card} | more
        county.add("低保", **row)
        county.add("linked_低保", _household=household, **row)


def paid(county: County, household: str = "1") -> Any:
    return county.spine("household")[household]["低保_周期发放额"]


def test_support_of_the_cycle(county: County) -> None:
    pay(county, [202509, *CYCLE, 202610])
    assert paid(county) == 1200
    assert paid(county, "2") == 0  # the book has the whole cycle and nothing of this household


def test_one_card_counts_once_a_month(county: County) -> None:
    pay(county, CYCLE)
    pay(county, CYCLE, 身份证号="B")  # a second member of the same card
    assert paid(county) == 1200
    pay(county, [202601], card="C", 户月保障金额=50.0)  # another card of the same household
    assert paid(county) == 1250


def test_rows_that_are_not_payments(county: County) -> None:
    pay(county, CYCLE, card="A")
    pay(county, CYCLE, card="B", 是否保障对象="否")
    pay(county, CYCLE, card="C", 停发年月=202510)
    assert paid(county) == 1200


def test_a_month_missing_in_the_book_makes_it_unknown(county: County) -> None:
    pay(county, [month for month in CYCLE if month != 202603])
    assert paid(county) is None
    pay(county, [202603], household="2", card="Z")
    assert paid(county) == 1100


def test_the_cycle_that_the_income_states(county: County) -> None:
    county.add("收入", 户编号="1", 收入时点="年度", 计算周期起=date(2026, 1, 1), 计算周期止=date(2026, 3, 31))
    pay(county, [202601, 202602, 202603])
    assert paid(county) == 300
    assert paid(county, "2") is None  # the county's cycle is not all there


def cost(county: County, month: int, amount: float | None, household: str = "1") -> None:
    county.add("医疗费", 截至月份=month, 合规自付=amount)
    county.add("linked_医疗费", 截至月份=month, 合规自付=amount, _household=household)


def costs(county: County) -> Any:
    return next(iter(county.spine("monitoring").values()))["医疗费_合规自付_识别时"]


def test_costs_before_identification_within_two_years(county: County) -> None:
    """Identified in May 2023: May 2022 to April 2023, of rows cumulated from January."""
    county.add("监测", 户编号="1", 识别监测时间=202305)
    cost(county, 202204, 500.0)
    cost(county, 202212, 2000.0)
    assert costs(county) is None  # the book lacks April 2023
    cost(county, 202304, 700.0)
    cost(county, 202305, 9999.0)
    cost(county, 202304, 8000.0, household="2")
    assert costs(county) == 2000 - 500 + 700


def test_costs_before_january(county: County) -> None:
    county.add("监测", 户编号="1", 识别监测时间=202301)
    cost(county, 202212, 3100.0)
    cost(county, 202112, 400.0)
    assert costs(county) == 3100


def test_costs_of_nobody_and_costs_not_given(county: County) -> None:
    county.add("监测", 户编号="1", 识别监测时间=202301)
    cost(county, 202212, 3100.0, household="2")
    assert costs(county) == 0
    cost(county, 202212, None)
    assert costs(county) is None
