"""Whom only another book names: proven while the household stands, gone and followed where the household left."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, A, B, County, Hit, change, idkey
from tests.ledger.test_ledger_follow import Traits

ON = date(2026, 11, 5)
FRONT = "户籍|" + idkey(7) + "|"
CASE = Hit("GAX-101", "case", FRONT + "H1", severity="疑似", household="H1")
PEOPLE = (idkey(1), (idkey(1), idkey(2)))
ORDERS = pytest.mark.parametrize("first", [A, B])
NUMBERS = pytest.mark.parametrize("number", ["H1", "H9"])


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    """A household of A, in whose register somebody stands whom the national book does not have."""
    made = Traits(settings, files, A, [CASE], households={"H1": PEOPLE, "H5": (idkey(5), (idkey(5),))}, cases={CASE.key})
    made.more = {("household", "H5", "户主特征", f"{A}001|测试|1960-01-01")}  # its town is in the books
    made.merge(D1)
    return made


def answer(county: County, word: str) -> str:
    """October's list, answered; gives the number of the question."""
    county.issue("2026-10", D1)
    (item,) = ledger.open_items(county.settings, A)
    assert county.answer(item, word, ON, note="看过").outcome == "accepted"
    return str(item["number"])


def leaves(county: County) -> None:
    """The household is in A's books no more, and with it nobody names the case there."""
    del county.households["H1"]
    county.hits, county.cases = [], set()


def comes(county: County, files: Path, number: str, *, stands: bool = True) -> County:
    """B, where the household is now, under `number`."""
    case = change(CASE, key=FRONT + number, household=number)
    return County(county.settings, files, B, [case] if stands else [], households={number: PEOPLE}, cases={case.key} if stands else set())


def events(sql: Any) -> list[str]:
    sql.execute("SELECT kind FROM ledger.event WHERE kind NOT IN ('issued', 'renumbered') ORDER BY recorded_at, county, seq")
    return [row[0] for row in sql.fetchall()]


def known(settings: Settings, code: str) -> list[tuple[str, str, str | None, date]]:
    return [(i["number"], i["state"], i["answer"], i["first_found"]) for i in ledger.open_items(settings, code)]


@NUMBERS
@ORDERS
def test_a_case_moves_with_its_household_and_keeps_its_answer(county: County, files: Path, sql: Any, first: str, number: str) -> None:
    question = answer(county, "属实待整改")
    leaves(county)
    there = comes(county, files, number)
    for each in (county, there) if first == A else (there, county):
        each.merge(D2)
    assert known(county.settings, A) == []
    assert known(county.settings, B) == [(question, "answered", "accepted_true", D1)]
    assert not {"proven", "reopened"} & set(events(sql))
    assert county.merge(D2).events == {} and there.merge(D2).events == {}
    assert there.merge(D3).events == {}
    there.hits, there.cases = [], set()
    assert there.merge(D4).events == {"proven": 1}
    assert ledger.verify(county.settings) == []


@NUMBERS
@ORDERS
def test_a_verdict_on_a_case_stands_where_the_household_went(county: County, files: Path, first: str, number: str) -> None:
    answer(county, "不属实")
    assert ledger.states(county.settings, A) == {"verified_not_so": 1}
    leaves(county)
    there = comes(county, files, number)
    for each in (county, there) if first == A else (there, county):
        each.merge(D2)
    assert known(county.settings, A) == known(county.settings, B) == []
    assert ledger.states(county.settings, B)["verified_not_so"] == 1


def test_where_the_household_left_a_case_is_gone_and_not_proven(county: County) -> None:
    leaves(county)
    assert county.merge(D2).events == {"gone": 1}
    assert county.merge(D3).events == {}
    county.households["H1"] = PEOPLE
    assert county.merge(D4).events == {"proven": 1}  # the household is back, and nobody names them there any more


def test_where_the_household_stands_it_is_proven(county: County) -> None:
    county.hits, county.cases = [], set()
    assert county.merge(D2).events == {"proven": 1}


def test_a_household_under_a_new_number_stands(county: County) -> None:
    """In the month of the new number nothing can be said; a month later the case is no more, or stands under that number."""
    county.households["H9"] = county.households.pop("H1")
    county.hits, county.cases, county.na = [], set(), {"GAX-101"}
    assert county.merge(D2).events == {}
    case = change(CASE, key=FRONT + "H9", household="H9")
    county.hits, county.cases, county.na = [case], {case.key}, set()
    assert county.merge(D3).events == {"renumbered": 1}
    county.hits, county.cases, county.na = [], set(), {"GAX-101"}
    county.households["H8"] = county.households.pop("H9")
    county.merge(date(2027, 1, 5))
    county.na = set()
    assert county.merge(D4).events == {"proven": 1}


def test_whom_a_book_still_names_here_stays(county: County, files: Path) -> None:
    """The household went, the register did not follow: it is this county's question still."""
    question = answer(county, "属实待整改")
    del county.households["H1"]
    county.hits = [change(CASE, head=None)]
    assert county.merge(D2).events == {}
    comes(county, files, "H9", stands=False).merge(D2)
    assert known(county.settings, A) == [(question, "answered", "accepted_true", D1)]
    # … and that the register names them no more is proof: the household was not there before, either
    county.hits, county.cases = [], set()
    assert county.merge(D3).events == {"proven": 1}


@ORDERS
def test_a_case_that_ended_as_the_household_moved_is_proven_there(county: County, files: Path, first: str, sql: Any) -> None:
    question = answer(county, "属实待整改")
    leaves(county)
    there = comes(county, files, "H9", stands=False)
    for each in (county, there) if first == A else (there, county):
        each.merge(D2)
    there.merge(D3)
    sql.execute("SELECT number, county, state FROM ledger.item")
    assert sql.fetchall() == [(question, B, "proven")]


def test_what_a_list_has_sent_in_the_new_county_keeps_its_number(county: County, files: Path) -> None:
    """The limit, as for households: the old question stays gone where it was, asked of nobody."""
    question = answer(county, "属实待整改")
    leaves(county)
    there = comes(county, files, "H9")
    there.merge(D2)
    there.issue("2026-11", D2)
    county.merge(D2)
    assert [item[1] for item in known(county.settings, B)] == ["issued"]
    assert known(county.settings, A) == [(question, "gone", "accepted_true", D1)]
