"""Lists from above: each line joins one item or opens one, keeps its source and deadline, and counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, A, B, County, Hit, idkey

ON, LATER = date(2026, 11, 5), date(2026, 11, 25)
DUE = date(2026, 11, 30)
BODY = {"town": A + "001", "town_name": "甲镇", "village_name": "乙村", "户编号": "H1", "户主姓名": "测试户主", "人编号": "P1",
        "姓名": "测试人", "证件号码": idkey(1), "evidence": [{"列": "疑点", "账": "省级清单", "值": "疑似"}]}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What opening needs of an indicator."""

    severity: str = "错误"
    closes: str = "export"
    version: str = "v1"


RULES = {"PID-101": Rule(), "PID-102": Rule("疑似"), "MON-101": Rule("疑似"), "INC-101": Rule("错误", "acknowledged")}
KNOWN = ledger.Notice("省级", "7", "PID-101", "身份证号重复", "person", "P1", DUE, BODY)
OUTSIDE = ledger.Notice("省级", "8", None, "名下有新车", "person", "P1", DUE, BODY)


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    return County(settings, files, persons={"P1": idkey(1), "P2": idkey(2)})


def take(
    county: County, *notices: ledger.Notice, on: date = ON, sha: str = "a" * 64, **more: Any
) -> list[tuple[str, str]]:
    """(Outcome, code) of every line."""
    found = ledger.note_from_above(county.settings, county.code, notices, on, sha, rules=RULES, **more)
    assert all(result.reason.endswith("。") for result in found) and len(found) == len(notices)
    assert ledger.verify(county.settings) == []
    return [(result.outcome, result.number[:7]) for result in found]


def only(county: County) -> dict[str, Any]:
    (found,) = ledger.open_items(county.settings, county.code)
    return found


def events(county: County) -> dict[str, int]:
    return ledger.event_counts(county.settings, county.code)


def kinds(sql: Any) -> list[tuple[str, str]]:
    sql.execute("SELECT kind, actor FROM ledger.event ORDER BY seq")
    found: list[tuple[str, str]] = sql.fetchall()
    return found


def test_a_line_joins_the_open_item_and_its_deadline_goes_before_ours(county: County) -> None:
    county.hits = [Hit("PID-101", "person", "P1")]
    county.merge(D1)
    number = only(county)["number"]
    assert ledger.note_from_above(county.settings, A, [KNOWN], ON, "a" * 64, rules=RULES)[0].number == number
    item = only(county)
    assert (item["origin"], item["state"], item["due_on"]) == ("check", "found", None)
    assert item["notices"] == [{"source": "省级", "ref": "7", "due_on": DUE}]
    assert events(county) == {"found": 1, "noted": 1}
    county.issue("2026-11", D2)  # the kit gives 7 days: 2026-11-27
    assert only(county)["due_on"] == date(2026, 11, 27)
    sooner = replace(KNOWN, ref="9", due_on=date(2026, 11, 22))
    assert take(county, sooner, sha="b" * 64) == [("joined", "PID-101")]
    assert only(county)["due_on"] == date(2026, 11, 22)
    county.issue("2026-12", D2)
    assert only(county)["due_on"] == date(2026, 11, 22)
    assert [row["due_on"] for row in ledger.published(county.settings, [number])[number]] == [date(2026, 11, 22), date(2026, 11, 27)]


def test_the_same_file_changes_nothing_and_the_same_line_in_another_counts_once(county: County) -> None:
    assert take(county, KNOWN, OUTSIDE) == [("opened", "PID-101"), ("opened", only_external(county))]
    digest = ledger.content_digest(county.settings)
    assert [word for word, _ in take(county, KNOWN, OUTSIDE)] == ["repeated", "repeated"]
    assert [word for word, _ in take(county, KNOWN, OUTSIDE, on=LATER)] == ["repeated", "repeated"]
    assert ledger.content_digest(county.settings) == digest
    assert [word for word, _ in take(county, replace(KNOWN, due_on=date(2026, 11, 28)), on=LATER, sha="b" * 64)] == ["repeated"]
    item = next(i for i in ledger.open_items(county.settings, A) if i["code"] == "PID-101")
    assert item["notices"] == [{"source": "省级", "ref": "7", "due_on": date(2026, 11, 28)}]
    assert len(ledger.open_items(county.settings, A)) == 2
    # one line named twice in one file, and another line of the same question
    assert [w for w, _ in take(county, KNOWN, KNOWN, replace(KNOWN, ref="70"), sha="c" * 64)] == ["repeated", "repeated", "joined"]


def only_external(county: County) -> str:
    return ledger.external_code(county.settings, "省级", "名下有新车")[:7]


def test_a_known_question_that_was_not_open_opens_and_the_next_export_proves_or_keeps_it(county: County, sql: Any) -> None:
    county.merge(D1)
    assert take(county, KNOWN, replace(KNOWN, ref="9", subject_key="P2")) == [("opened", "PID-101")] * 2
    items = ledger.open_items(county.settings, A)
    assert {(i["origin"], i["severity"], i["closes"], i["rule_version"], i["opened_on"]) for i in items} == {("upper", "错误", "export", "v1", ON)}
    assert items[0]["body"]["来源"] == "省级" and items[0]["body"]["问题"] == "身份证号重复" and items[0]["body"]["姓名"] == "测试人"
    assert kinds(sql)[0] == ("found", "upper")
    county.hits = [Hit("PID-101", "person", "P2")]
    # books older than the list were there when they asked: they prove nothing
    assert county.merge(ON).events == {"restated": 1}
    assert county.merge(D2).events == {"proven": 1}
    assert only(county)["body"]["subject_key"] == "P2" and only(county)["origin"] == "upper"
    assert ledger.roll_forward(county.settings, A)[0]["closing"] == 1


def test_a_subject_that_the_ledger_did_not_know_is_the_one_the_check_finds_later(county: County) -> None:
    take(county, KNOWN)
    number = only(county)["number"]
    county.hits = [Hit("PID-101", "person", "P1")]
    county.merge(D2)
    assert only(county)["number"] == number
    # … and keeps its identity through a new number, by what that merge has seen of it
    county.persons = {"P9": idkey(1), "P2": idkey(2)}
    county.hits = [Hit("PID-101", "person", "P9")]
    assert county.merge(D3).events == {"renumbered": 1}
    assert only(county)["number"] == number


def test_a_list_that_came_after_the_data_of_a_later_merge_does_not_break_it(county: County) -> None:
    """A list of 5 November, and then the books of October again, with a new number for its subject."""
    county.merge(D1)
    take(county, KNOWN)
    county.merge(D1)
    county.persons = {"P9": idkey(1), "P2": idkey(2)}
    assert county.merge(D1).events == {"renumbered": 1}


def test_what_was_proven_before_is_told_with_its_date_and_not_asked(county: County, sql: Any) -> None:
    county.hits = [Hit("PID-101", "person", "P1")]
    county.merge(D1)
    county.hits = []
    county.merge(D2)
    (result,) = ledger.note_from_above(county.settings, A, [KNOWN], LATER, "a" * 64, rules=RULES)
    assert (result.outcome, result.reason) == ("proven_before", "该问题已于2026年11月20日证实销号，不再登记。")
    assert events(county) == {"found": 1, "proven": 1}
    county.hits = [Hit("PID-101", "person", "P1")]
    assert county.merge(D3).events == {"reopened": 1}
    assert take(county, KNOWN, on=D4, sha="b" * 64) == [("joined", "PID-101")]


@pytest.mark.parametrize(
    ("code", "word", "state"),
    [("PID-102", "不属实", "verified_not_so"), ("INC-101", "情况说明", "acknowledged"), ("MON-101", "情况说明", "exempted")],
)
def test_what_was_answered_for_good_is_noted_and_not_asked_again(county: County, code: str, word: str, state: str) -> None:
    county.hits = [Hit(code, "person", "P1", severity=RULES[code].severity, closes=RULES[code].closes)]
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county), word, ON, note="看过", approved_by="另一干部")
    county.issue("2026-11", D1)
    county.merge(D2)
    (result,) = ledger.note_from_above(county.settings, A, [replace(KNOWN, code=code)], LATER, "a" * 64, rules=RULES)
    assert result.outcome == "joined" and "2026年11月5日" in result.reason and "不再重复询问" in result.reason
    assert ledger.states(county.settings, A) == {state: 1} and events(county)["noted"] == 1
    # a note is no closing: the list of December does not tell it as closed since November's
    county.issue("2026-12", D3)
    assert ledger.closed_items(county.settings, A, "2027-01") == []
    county.hits = [replace(hit, stands="2") for hit in county.hits]
    county.merge(D3)
    assert only(county)["notices"] == []  # what they asked before it was opened again is not asked now


def visit(county: County, word: str, **more: Any) -> ledger.AnswerResult:
    return county.answer(only(county), word, date(2026, 11, 22), "2026-11", **{"note": "看过", "checked_on": D2, **more})


def external(county: County) -> None:
    """One question of theirs alone, issued."""
    county.merge(D1)
    take(county, OUTSIDE)
    county.issue("2026-11", D2)


def test_no_merge_judges_a_question_of_theirs_alone(county: County) -> None:
    external(county)
    item = only(county)
    assert (item["code"], item["severity"], item["closes"]) == (ledger.external_code(county.settings, "省级", " 名下有（新车）"), "疑似", "field")
    assert item["number"].startswith(item["code"] + "-") and item["body"]["问题"] == "名下有新车"
    county.persons = {}
    county.asked = []
    assert county.merge(D2).events == {} and county.asked == []
    assert only(county)["state"] == "issued"


@pytest.mark.parametrize(("word", "state"), [("不属实", "verified_not_so"), ("情况说明", "acknowledged")])
def test_a_visit_closes_it(county: County, word: str, state: str) -> None:
    external(county)
    assert "还缺核查日期" in visit(county, word, checked_on=None).reason
    assert visit(county, word).reason == ""
    assert ledger.states(county.settings, A) == {state: 1}
    assert take(county, OUTSIDE, on=D3, sha="b" * 64)[0][0] == "repeated"
    assert ledger.states(county.settings, A) == {state: 1}


def complete(county: County, *notices: ledger.Notice, on: date, sha: str, source: str = "省级") -> None:
    take(county, *notices, on=on, sha=sha * 64, complete=True, source=source)


def test_their_next_complete_list_without_it_proves_what_was_reported_fixed(county: County) -> None:
    external(county)
    complete(county, on=D2, sha="b")  # not reported fixed: a shorter list alone closes nothing
    visit(county, "已整改")
    complete(county, on=date(2026, 11, 22), sha="c")  # no later than the report
    complete(county, on=LATER, sha="d", source="国家")  # another sender's
    take(county, replace(KNOWN, ref="1"), on=LATER, sha="e" * 64)  # not complete
    assert {i["code"]: i["state"] for i in ledger.open_items(county.settings, A)}[only_code(county)] == "answered"
    complete(county, replace(KNOWN, ref="1"), on=LATER, sha="f")
    assert events(county)["proven"] == 1
    # and on the list after that it is back
    assert take(county, OUTSIDE, on=D4, sha="9" * 64)[0][0] == "opened"
    item = next(i for i in ledger.open_items(county.settings, A) if i["code"].startswith("EXT-"))
    assert (item["state"], item["answer"], item["opened_on"]) == ("found", None, D4)


def only_code(county: County) -> str:
    return ledger.external_code(county.settings, "省级", "名下有新车")


def test_reported_fixed_and_still_on_their_list_is_returned(county: County) -> None:
    external(county)
    visit(county, "已整改")
    assert [w for w, _ in take(county, OUTSIDE, on=LATER)] == ["repeated"]  # the old file again says nothing new
    assert only(county)["state"] == "answered"
    changed = replace(OUTSIDE, body={**BODY, "evidence": [{"列": "疑点", "账": "省级清单", "值": "仍在"}]})
    complete(county, changed, on=LATER, sha="b")
    item = only(county)
    assert (item["state"], item["times_returned"], item["due_on"]) == ("returned", 1, None)
    assert (item["body"]["evidence"][0]["值"], item["claim"]["evidence"][0]["值"]) == ("仍在", "疑似")
    county.issue("2026-12", D3)
    county.answer(item, "已整改", date(2026, 12, 22), "2026-12")
    complete(county, changed, on=D4, sha="b")  # that file was there before the second report
    assert only(county)["state"] == "answered"


def test_a_subject_that_moved_here_brings_its_items_and_notices(county: County, settings: Settings, files: Path, sql: Any) -> None:
    other = County(settings, files, B, [Hit("PID-101", "person", "P1")], {"P1": idkey(1)})
    other.merge(D1)
    assert take(other, replace(KNOWN, ref="1")) == [("joined", "PID-101")]
    county.merge(D2)
    assert take(county, KNOWN, on=LATER) == [("joined", "PID-101")]
    assert only(county)["notices"] == [{"source": "省级", "ref": "1", "due_on": DUE}, {"source": "省级", "ref": "7", "due_on": DUE}]
    assert ledger.open_items(settings, B) == [] and events(county) == {"moved_in": 1, "noted": 1}


@pytest.mark.parametrize(
    "wrong",
    [{"source": ""}, {"ref": ""}, {"subject_key": ""}, {"code": "XXX-999"}, {"code": None, "title": "（）"}],
)  # fmt: skip
def test_lines_that_cannot_be_taken_are_refused_without_their_words(county: County, wrong: dict[str, Any]) -> None:
    with pytest.raises(ContractProblem) as caught:
        take(county, KNOWN, replace(KNOWN, **wrong))
    assert "Line 2" in str(caught.value) and "P1" not in str(caught.value) and "测试" not in str(caught.value)
    assert ledger.states(county.settings, A) == {}


def test_notices_are_append_only(county: County, sql: Any) -> None:
    import psycopg2

    take(county, KNOWN)
    for statement in ("UPDATE ledger.notice SET due_on = NULL", "DELETE FROM ledger.notice", "TRUNCATE ledger.notice"):
        with pytest.raises(psycopg2.Error) as caught:
            sql.execute(statement)
        assert caught.value.pgcode == "DZ001"


def test_destroyed_with_their_item(county: County, sql: Any) -> None:
    take(county, KNOWN)
    assert ledger.destroy_values(county.settings, D4) == 0
    county.merge(D2)
    assert ledger.destroy_values(county.settings, D4) == 2
    assert ledger.verify(county.settings) == []


def numbers(results: Sequence[ledger.NoticeResult]) -> set[str]:
    return {result.number for result in results}


def test_two_lists_at_once_are_one_after_the_other(county: County) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(n: int) -> list[ledger.NoticeResult]:
        return ledger.note_from_above(county.settings, A, [replace(KNOWN, ref=str(n)), OUTSIDE], ON, str(n) * 64, rules=RULES)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(4)))
    assert len(set.union(*map(numbers, found))) == 2
    assert sorted(events(county).items()) == [("found", 2), ("noted", 8)]
    assert ledger.verify(county.settings) == []


def test_the_same_books_on_a_later_day_prove_nothing_they_opened(county: County) -> None:
    """Nor does a second line about it let older data prove; the next export does."""
    county.merge(D1)
    take(county, KNOWN, on=date(2026, 10, 28))
    county.books = D1
    county.merge(date(2026, 10, 29))
    assert ledger.states(county.settings, A) == {"found": 1}
    take(county, replace(KNOWN, source="市级", ref="9"), on=date(2026, 11, 2), sha="c" * 64)
    county.merge(date(2026, 11, 3))
    assert ledger.states(county.settings, A) == {"found": 1}
    county.merge(D2, data_date=D1)
    assert ledger.states(county.settings, A) == {"found": 1}
    county.books = None
    county.merge(D3)
    assert ledger.states(county.settings, A) == {"proven": 1}
