"""What publish and the departments' lists read: the last claim, what waits for a department, and that silence of a book says nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.contracts.load import load_book
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, A, B, County, Hit, idkey

ON = date(2026, 11, 5)
HIT = Hit("PID-101", "person", "P1", severity="疑似")


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    made = County(settings, files, hits=[HIT], persons={"P1": idkey(1)})
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def only(county: County) -> dict[str, Any]:
    (found,) = ledger.open_items(county.settings, county.code)
    return found


def test_a_claim_is_what_was_said_and_what_the_list_showed_then(county: County) -> None:
    assert (only(county)["claim"], only(county)["paused_since"], only(county)["notices"], only(county)["origin"]) == (None, None, [], "check")
    county.hits = [replace(HIT, shown="前一天")]
    county.merge(D1)
    county.issue("2026-10", date(2026, 10, 26))  # the list of the month went out again: its later rows are what they saw
    county.answer(only(county), "属实待整改", ON, note="先答")
    county.answer(only(county), "已整改", ON, note="改好了", checked_on=ON)
    county.hits = [replace(HIT, shown="现在", stands="2")]
    county.merge(D2)
    item = only(county)
    said = {"核查结果": "已整改", "核查说明": "改好了", "核查人": "测试干部", "核查日期": "2026-11-05"}
    then = [{"列": "列", "账": "账", "值": "前一天"}]
    assert item["state"] == "returned" and item["claim"] == {**said, "answered_on": ON, "evidence": then}
    assert item["body"]["evidence"][0]["值"] == "现在"


def test_a_claim_that_fell_is_still_told_and_one_before_it_was_opened_again_is_not(county: County) -> None:
    county.answer(only(county), "无法核实", ON, note="外出")
    county.hits = [replace(HIT, stands="2")]
    assert county.merge(D2).events == {"restated": 1}
    assert only(county)["answer"] is None and only(county)["claim"]["核查结果"] == "无法核实"
    county.hits = []
    county.merge(D3)
    county.hits = [HIT]
    assert county.merge(D4).events == {"reopened": 1}
    assert only(county)["claim"] is None


def test_a_claim_moves_with_its_item_and_not_what_another_county_was_shown(county: County, settings: Settings, files: Path) -> None:
    county.answer(only(county), "已整改", ON, note="改好了")
    other = County(settings, files, B, [HIT], {"P1": idkey(1)})
    other.merge(D2)
    assert only(other)["claim"]["核查说明"] == "改好了" and only(other)["claim"]["evidence"] is None


@dataclass(frozen=True)
class Named(Hit):
    """A hit whose evidence names books."""

    sides: tuple[str, ...] = ()

    def row(self, county: str) -> dict[str, Any]:
        return {**super().row(county), "evidence": json.dumps([{"列": "列", "账": side, "值": "1"} for side in self.sides])}


def deliver(sql: Any, feed: str, as_of: date, data_date: date, status: str = "full") -> None:
    sql.execute("INSERT INTO warehouse.coverage (county, as_of, feed, status, data_date) VALUES (%s, %s, %s, %s, %s)",
                (A, as_of, feed, status, data_date))  # fmt: skip


def test_what_waits_for_a_department_and_how_often_it_delivered_since(settings: Settings, files: Path, sql: Any) -> None:
    book = load_book(settings)
    department = next(iter(book.of_departments.values()))
    of_the_system = [c.title for c in book.contracts if c.department == book.role("national").department]
    assert len(of_the_system) > 1
    sides = (*of_the_system, department.title)  # what the national system exports is no department's, whoever sends it
    hits: list[Hit] = [Named("PID-101", "person", "P1", sides=sides), Named("PID-102", "person", "P1", sides=sides)]
    county = County(settings, files, hits=hits, persons={"P1": idkey(1)})
    county.merge(D1)
    county.issue("2026-10", D1)
    item = next(i for i in ledger.open_items(settings, A) if i["code"] == "PID-101")
    assert county.answer(item, "部门数据有误", ON, note="登记错").reason == ""
    for as_of, data_date in ((D1, date(2026, 10, 18)), (D2, date(2026, 10, 18)), (D2, date(2026, 11, 12)), (D3, date(2026, 12, 12))):
        deliver(sql, department.feed, as_of, data_date)
    deliver(sql, department.feed, D4, date(2027, 1, 2), "stale")
    (found,) = ledger.department_items(settings, A)
    assert (found["code"], found["feeds"], found["deliveries"], found["paused_since"]) == ("PID-101", [department.feed], 2, ON)
    assert found["claim"]["核查说明"] == "登记错"
    county.hits = hits[1:]
    assert county.merge(D3).events == {"proven": 1}
    assert ledger.department_items(settings, A) == []


def test_a_book_that_is_stale_or_missing_neither_opens_nor_returns_nor_proves(county: County) -> None:
    """The check says na where a feed does not cover the town or is too old: whatever was said before stands as it is."""
    fixed = Hit("PID-102", "person", "P1")
    county.hits = [HIT, fixed, Hit("PID-103", "person", "P1", severity="疑似")]
    county.merge(D1)
    county.issue("2026-10", D1)
    items = county.items()
    county.answer(items["PID-102", "P1"], "已整改", ON)
    county.answer(items["PID-103", "P1"], "不属实", ON, note="看过")
    before = ledger.states(county.settings, A)
    codes = {"PID-101", "PID-102", "PID-103", "PID-104"}
    for hits in ([], [replace(HIT, stands="2"), fixed, Hit("PID-103", "person", "P1", stands="2"), Hit("PID-104", "person", "P1")]):
        county.hits, county.na = hits, codes
        assert county.merge(D2).events == {}
    assert ledger.states(county.settings, A) == before
    county.na = set()
    assert county.merge(D3).events == {"found": 1, "reopened": 1, "restated": 1, "returned": 1}


def test_a_department_answer_is_not_asked_again_until_its_data_change(county: County) -> None:
    county.answer(only(county), "部门数据有误", ON, note="登记错")
    county.hits = [replace(HIT, shown="又一月")]
    assert county.merge(D2).events == {} and only(county)["state"] == "answered"
    county.hits = [replace(HIT, stands="2")]
    assert county.merge(D3).events == {"restated": 1}
    assert (only(county)["state"], only(county)["paused_since"]) == ("found", None)
