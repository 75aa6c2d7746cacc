"""Steps out of their order: an older list after a newer check, other books than those approved, a question that was gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from duizhang import cycle, ledger, pipeline
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import steps

from tests.ledger.ledger_kit import D1, D2, A, County, Hit, idkey

AGAIN = date(2026, 10, 30)


@pytest.fixture
def october(settings: Settings, files: Path) -> County:
    """Two questions, issued on 25 October."""
    people = {"P1": idkey(1), "P2": idkey(2)}
    made = County(settings, files, persons=people, hits=[Hit("PID-101", "person", "P1"), Hit("MON-101", "person", "P2")])
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def test_a_list_older_than_the_last_check_is_not_issued(october: County) -> None:
    """What November found must not go out in October's name, with October's deadline."""
    october.hits.append(Hit("PID-101", "person", "P2"))
    october.merge(D2)
    with pytest.raises(ContractProblem, match="checked as of 2026-11-20"):
        october.issue("2026-10", D1)
    with pytest.raises(ContractProblem, match="checked as of 2026-11-20"):
        pipeline.issue_county(october.settings, A, D1.isoformat())
    with pytest.raises(ContractProblem, match="checked as of 2026-11-20"):
        cycle.issue(october.settings, A, D1.isoformat())
    assert {item["issued_cycle"] for item in october.items().values()} == {"2026-10", None}


def test_an_older_cycle_noted_late_is_closed(october: County) -> None:
    october.merge(D2)
    october.issue("2026-11", D2)
    ledger.issue(october.settings, A, "2026-09", date(2026, 9, 25), [])
    assert {each.cycle: each.is_open for each in steps.issued(october.settings, A)} == {"2026-09": False, "2026-10": False, "2026-11": True}


def test_gone_and_back_as_it_was_within_a_cycle_is_asked_again(october: County) -> None:
    """The same values make the same token: it is issued all the same, once, and has the deadline of the new list."""
    people, hits = october.persons, october.hits
    october.persons, october.hits = {"P2": idkey(2)}, hits[1:]
    october.merge(date(2026, 10, 27))
    october.persons, october.hits = people, hits
    october.merge(AGAIN)
    assert (october.issue("2026-10", AGAIN), october.issue("2026-10", AGAIN)) == (1, 0)
    back = october.items()["PID-101", "P1"]
    (clock,) = [row for row in ledger.clocks(october.settings, A, D2) if row["item_id"] == back["item_id"]]
    assert (back["state"], back["due_on"], clock["started_on"], clock["due_on"]) == ("issued", date(2026, 11, 6), AGAIN, date(2026, 11, 6))
    assert ledger.verify(october.settings) == []


def test_returned_as_it_was_within_a_cycle_has_a_deadline_again(october: County) -> None:
    october.answer(october.items()["PID-101", "P1"], "已整改", date(2026, 10, 28))
    october.hits = [replace(october.hits[0], data_date=date(2026, 10, 29)), october.hits[1]]
    october.merge(AGAIN)
    assert (october.issue("2026-10", AGAIN), october.issue("2026-10", AGAIN)) == (1, 0)
    back = october.items()["PID-101", "P1"]
    assert (back["state"], back["due_on"]) == ("returned", date(2026, 11, 6))


def test_an_approval_is_of_the_books_that_were_approved(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Approved on one state of the books; a late file arrives; what it makes of the list asks for an approval of its own."""
    books, sent = {"wanted": "a" * 64, "done": True}, []

    def reconcile(settings: Settings, county: str, as_of: str, **more: bool) -> dict[str, int]:
        books["done"] = True
        return {"findings": 2, "rules": 1}

    def issue(settings: Settings, county: str, as_of: str) -> dict[str, object]:
        sent.append(books["wanted"])
        return {"version": "v", "rows": 2, "issued": 2}

    monkeypatch.setattr(pipeline, "check_state", lambda settings, county, day: (books["wanted"], books["done"]))
    monkeypatch.setattr(pipeline, "reconcile_county", reconcile)
    monkeypatch.setattr(pipeline, "issue_county", issue)
    day, chief = D1.isoformat(), steps.person(settings, "chief")
    seen = cycle.state(settings, A, day)
    books.update(wanted="b" * 64, done=False)
    cycle.approve(settings, A, day, chief, on=seen)  # the chief had seen the books before
    with pytest.raises(ContractProblem, match="approved on other books"):
        cycle.issue(settings, A, day)
    assert sent == []
    assert cycle.approve(settings, A, day, chief)
    cycle.issue(settings, A, day)
    assert sent == ["b" * 64]
