"""Issuing lists and taking answers: what each word does, and that nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger.answers import NOT_SENT, STALE, expiry
from duizhang.ledger.judge import NO_DEPARTMENT, SAME_PERSON

from tests.ledger.ledger_kit import D1, D2, D3, D4, A, B, County, Hit, idkey

ON, LATER = date(2026, 11, 5), date(2026, 10, 30)
ERROR = Hit("PID-101", "person", "P1")
DOUBT = Hit("PID-102", "person", "P1", severity="疑似")
FIELD = Hit("SUR-101", "person", "P1", closes="field")
PAST = Hit("INC-101", "person", "P1", closes="acknowledged")
EXEMPTIBLE = Hit("MON-101", "person", "P1")


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    made = County(settings, files, hits=[ERROR, DOUBT, FIELD, PAST, EXEMPTIBLE], persons={"P1": idkey(1)})
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def item(county: County, code: str) -> dict[str, Any]:
    return next(found for (name, _), found in county.items().items() if name == code)


def state(sql: Any, code: str) -> tuple[str, str]:
    sql.execute("SELECT state, answer FROM ledger.item WHERE code = %s", (code,))
    found: tuple[str, str] = sql.fetchone()
    return found


@pytest.mark.parametrize(
    ("code", "word", "note", "approved", "expected"),
    [
        ("PID-101", "已整改", None, None, ("answered", "fixed")),
        ("PID-101", "属实待整改", None, None, ("answered", "accepted_true")),
        ("PID-101", "部门数据有误", "民政登记错", None, ("answered", "department_wrong")),
        ("PID-101", "无法核实", "外出", None, ("answered", "cannot_verify")),
        ("PID-101", "不属实", "看过", None, ("answered", "not_so")),
        ("PID-102", "不属实", "看过", None, ("verified_not_so", "not_so")),
        ("PID-102", "不属实", " ", None, ("answered", "not_so")),
        ("SUR-101", "不属实", "看过", None, ("answered", "not_so")),
        ("INC-101", "情况说明", "往年的事", None, ("acknowledged", "explained")),
        ("PID-101", "情况说明", "往年的事", "另一干部", ("answered", "explained")),
        ("MON-101", "情况说明", "县里定的", "另一干部", ("exempted", "explained")),
        ("MON-101", "情况说明", "县里定的", "测试干部", ("answered", "explained")),
        ("MON-101", "情况说明", "县里定的", None, ("answered", "explained")),
    ],
)
def test_what_each_word_does(
    county: County, sql: Any, code: str, word: str, note: str | None, approved: str | None, expected: tuple[str, str]
) -> None:
    result = county.answer(item(county, code), word, ON, note=note, approved_by=approved)
    assert result.outcome == "accepted"
    assert state(sql, code) == expected
    assert ledger.verify(county.settings) == []


@pytest.mark.parametrize("word", ["已整改", "属实待整改"])
def test_a_fact_of_the_past_is_not_mended_and_the_receipt_says_which_word_to_choose(county: County, sql: Any, word: str) -> None:
    """The drop-down offers every word on every row: it is taken, and the same list takes the word that closes after it."""
    past = item(county, "INC-101")
    told = county.answer(past, word, ON)
    assert told.outcome == "accepted" and "请改选“情况说明”" in told.reason
    assert county.answer(item(county, "PID-101"), word, ON).reason == ""
    assert county.answer(past, "情况说明", D2, note="往年的事").outcome == "accepted"
    assert state(sql, "INC-101") == ("acknowledged", "explained")


def test_the_same_answer_counts_once(county: County, sql: Any) -> None:
    asked = item(county, "PID-101")
    assert county.answer(asked, "已整改", ON).outcome == "accepted"
    assert county.answer(asked, "属实待整改", ON).outcome == "accepted"
    # the very first file arrives again: it must not take back the second
    assert county.answer(asked, "已整改", ON).outcome == "repeated"
    assert state(sql, "PID-101") == ("answered", "accepted_true")
    sql.execute("SELECT count(*) FROM ledger.event WHERE kind = 'answered'")
    assert sql.fetchone()[0] == 2


def test_repeated_after_it_closed_and_refused_when_it_differs(county: County) -> None:
    doubt = item(county, "PID-102")
    county.answer(doubt, "不属实", ON, note="看过")
    assert county.answer(doubt, "不属实", ON, note="看过").outcome == "repeated"
    refused = county.answer(doubt, "已整改", ON)
    assert refused.outcome == "refused" and "核查不属实" in refused.reason


def test_only_what_was_sent_can_be_answered(county: County, settings: Settings, files: Path) -> None:
    asked = item(county, "PID-101")
    assert county.answer(asked, "已整改", ON, cycle="2026-09").outcome == "refused"
    assert replace(county, code=B).answer(asked, "已整改", ON).outcome == "refused"
    assert county.answer(asked, "改好了", ON).outcome == "refused"


def test_moved_away_is_refused_here(county: County, settings: Settings, files: Path) -> None:
    asked = item(county, "PID-101")
    County(settings, files, code=B, hits=[ERROR], persons={"P1": idkey(1)}).merge(D2)
    result = county.answer(asked, "已整改", ON)
    assert result.outcome == "refused" and "转到其他县" in result.reason


def test_a_closing_answer_to_values_that_changed_is_refused(county: County) -> None:
    doubt = item(county, "PID-102")
    county.hits = [replace(DOUBT, stands="2"), ERROR]
    county.merge(D2)
    stale = county.answer(doubt, "不属实", D2, note="看过")
    assert stale.outcome == "refused" and "最新清单" in stale.reason
    assert county.answer(doubt, "已整改", D2).outcome == "accepted"


def test_an_answer_is_to_the_list_that_it_stands_on_not_to_another_of_its_cycle(county: County) -> None:
    """A cycle issued twice: what was said of the first list's values closes no question about the second's."""
    first = item(county, "PID-102")
    county.hits = [replace(hit, stands="2") if hit is DOUBT else hit for hit in county.hits]
    county.merge(LATER)
    county.issue("2026-10", LATER)
    second = item(county, "PID-102")
    said = county.answer(first, "不属实", ON, note="看过旧的", value_hash=first["value_hash"])
    assert (said.outcome, said.reason) == ("refused", STALE)
    assert county.answer(first, "不属实", ON, note="看过", value_hash="f" * 64).reason == NOT_SENT
    assert county.answer(second, "不属实", ON, note="看过新的", value_hash=second["value_hash"]).outcome == "accepted"
    assert ledger.closed_items(county.settings, A, "2026-10")[0]["number"] == first["number"]


@pytest.mark.parametrize("word", ["已整改", "属实待整改", "不属实", "情况说明", "部门数据有误", "无法核实"])
def test_of_values_that_changed_only_what_needs_none_is_taken(county: County, word: str) -> None:
    asked = item(county, "PID-101")
    county.hits = [replace(hit, stands="2") if hit is ERROR else hit for hit in county.hits]
    county.merge(D2)
    result = county.answer(asked, word, D2, note="看过", value_hash=asked["value_hash"])
    assert result.outcome == ("accepted" if word in ("已整改", "属实待整改") else "refused")
    assert item(county, "PID-101")["state"] == ("answered" if result.outcome == "accepted" else "issued")


def test_an_answer_changed_and_changed_back_stands_as_it_was_last(county: County, sql: Any) -> None:
    asked = item(county, "PID-101")
    for day, word in enumerate(("已整改", "无法核实", "已整改", "已整改"), 1):
        result = county.answer(asked, word, date(2026, 11, day))
        assert result.outcome == ("accepted" if day < 4 else "repeated")
    assert state(sql, "PID-101") == ("answered", "fixed")
    assert item(county, "PID-101")["answered_on"] == date(2026, 11, 3)


def test_a_file_that_only_repeated_changes_nothing_later_either(county: County, sql: Any) -> None:
    asked = item(county, "PID-101")
    row = ledger.Answer(asked["item_id"], asked["number"], A, "2026-10", "已整改")
    files = {"1": row, "2": row, "3": replace(row, answer="无法核实")}
    outcomes = [ledger.answer(county.settings, A, [files[f]], ON, f * 64, exemptible=())[0].outcome for f in "12323"]
    assert outcomes == ["accepted", "repeated", "accepted", "repeated", "repeated"]
    assert state(sql, "PID-101") == ("answered", "cannot_verify")


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_returned_can_be_reported_fixed_again_in_the_same_cycle(county: County, sql: Any, gone: bool) -> None:
    asked, hits, persons = item(county, "PID-101"), county.hits, county.persons
    county.answer(asked, "已整改", ON)
    county.hits = [replace(hit, data_date=D2) for hit in hits]
    county.merge(D2)
    assert state(sql, "PID-101") == ("returned", "fixed")
    if gone:
        county.hits, county.persons = [], {"P2": idkey(2)}
        county.merge(D3)
        assert state(sql, "PID-101") == ("gone", "fixed")
    assert county.answer(asked, "已整改", ON).outcome == "repeated", "the same file"
    assert county.answer(asked, "已整改", D3).outcome == "accepted"
    assert county.answer(asked, "已整改", D4).outcome == "repeated"
    county.hits, county.persons = hits, persons
    county.merge(D3)
    assert state(sql, "PID-101") == ("answered", "fixed")


def test_what_closed_and_was_opened_again_can_be_closed_again_with_the_same_words(county: County, sql: Any) -> None:
    doubt = item(county, "PID-102")
    assert county.answer(doubt, "不属实", LATER, note="入户看过").outcome == "accepted"
    county.hits = [replace(hit, stands="2") if hit is DOUBT else hit for hit in county.hits]
    county.merge(ON)
    county.issue("2026-10", ON)
    assert county.answer(doubt, "不属实", ON, note="入户看过", value_hash=doubt["value_hash"]).reason == STALE
    now = item(county, "PID-102")
    assert county.answer(now, "不属实", ON, note="入户看过", value_hash=now["value_hash"]).outcome == "accepted"
    assert state(sql, "PID-102") == ("verified_not_so", "not_so")


def test_a_repeat_says_again_why_the_question_is_still_open(county: County) -> None:
    asked = item(county, "MON-101")
    more = {"note": "县里定的", "answered_by": "张三", "approved_by": "张三"}
    results = [county.answer(asked, "情况说明", day, **more) for day in (ON, ON, D2)]
    assert [result.outcome for result in results] == ["accepted", "repeated", "repeated"]
    assert len({result.reason for result in results}) == 1 and SAME_PERSON in results[0].reason


def test_a_department_that_nobody_can_name_is_asked_back(county: County, sql: Any) -> None:
    asked = item(county, "PID-101")
    for outcome, day in (("accepted", ON), ("repeated", ON), ("repeated", D2)):
        result = county.answer(asked, "部门数据有误", day, note="错")
        assert (result.outcome, result.reason) == (outcome, NO_DEPARTMENT)
    assert state(sql, "PID-101") == ("answered", "department_wrong")
    assert county.answer(asked, "属实待整改", D2).reason == ""


def test_issue_twice_adds_nothing_and_keeps_states(county: County, sql: Any) -> None:
    county.answer(item(county, "PID-101"), "已整改", ON)
    assert county.issue("2026-10", D1) == 0
    assert county.issue("2026-11", D2) == 5
    assert state(sql, "PID-101") == ("answered", "fixed")
    found = item(county, "PID-102")
    assert (found["first_issued_cycle"], found["issued_cycle"], found["state"]) == ("2026-10", "2026-11", "issued")
    sql.execute("SELECT cycle, state FROM ledger.cycle ORDER BY cycle")
    assert sql.fetchall() == [("2026-10", "closed"), ("2026-11", "issued")]


def test_a_list_made_before_the_last_merge_is_refused(county: County, sql: Any) -> None:
    rows = [(i["item_id"], "T" * 16, i["value_hash"], D2) for i in county.items().values()]
    county.hits = []
    county.merge(D2)
    with pytest.raises(ContractProblem, match="5 of 5"):
        ledger.issue(county.settings, A, "2026-11", D2, rows)
    sql.execute("SELECT count(*) FROM ledger.cycle WHERE cycle = '2026-11'")
    assert sql.fetchone()[0] == 0


def test_files_are_counted_by_outcome(county: County, sql: Any) -> None:
    asked = item(county, "PID-101")
    row = ledger.Answer(asked["item_id"], asked["number"], A, "2026-10", "已整改")
    stranger = replace(row, item_id="0" * 64, number="PID-101-XXXXXXXXXX")
    results = ledger.answer(county.settings, A, [row, row, stranger], ON, "cd" * 32, exemptible=())
    assert [result.outcome for result in results] == ["accepted", "repeated", "refused"]
    sql.execute("SELECT accepted, repeated, refused FROM ledger.received_file")
    assert sql.fetchall() == [(1, 1, 1)]


def test_published_rows_by_number(county: County) -> None:
    county.issue("2026-11", D2)
    asked = item(county, "PID-101")
    found = ledger.published(county.settings, [asked["number"], "PID-101-NOSUCHNUMB"])
    assert list(found) == [asked["number"]]
    assert [row["cycle"] for row in found[asked["number"]]] == ["2026-11", "2026-10"]
    assert found[asked["number"]][0]["姓名"] == "测试人"


def test_closed_since_the_list_before(county: County) -> None:
    county.answer(item(county, "PID-102"), "不属实", ON, note="看过")
    county.hits = [FIELD, PAST, EXEMPTIBLE]
    county.merge(D2)
    closed = ledger.closed_items(county.settings, A, "2026-11")
    assert {i["code"]: i["state"] for i in closed} == {"PID-101": "proven", "PID-102": "verified_not_so"}
    county.issue("2026-11", D2)
    assert ledger.closed_items(county.settings, A, "2026-12") == []


@pytest.mark.parametrize(
    ("received", "until"),
    [
        (date(2026, 11, 5), date(2027, 10, 31)),
        (date(2026, 10, 31), date(2027, 10, 31)),
        (date(2026, 1, 2), date(2026, 12, 31)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_exemptions_last_at_most_twelve_months(received: date, until: date) -> None:
    assert expiry(received) == until
