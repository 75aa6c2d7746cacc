"""Who is the same after a change: new numbers of people and households, their spells and cases, moves between counties."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, H1, P1, A, B, County, Hit, change, idkey, only, pair


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    return pair(settings, files)


def test_new_number_of_a_person_is_the_same_item(county: County, settings: Settings) -> None:
    county.merge(D1)
    number = only(county, "PID-101")["number"]
    county.persons = {"P9": idkey(1), "P2": idkey(2)}
    county.hits = [change(P1, key="P9"), H1]
    assert county.merge(D2).events == {"renumbered": 1}
    assert only(county, "PID-101")["number"] == number
    assert county.merge(D3).events == {}
    assert ledger.verify(settings) == []


def test_a_number_that_two_people_share_now_names_neither(county: County) -> None:
    county.merge(D1)
    county.persons = {"P8": idkey(1), "P9": idkey(1), "P2": idkey(2)}
    county.hits = [change(P1, key="P9"), H1]
    assert county.merge(D2).events == {"found": 1, "gone": 1}


@pytest.mark.parametrize(
    ("head", "members", "same"),
    [(1, (1, 5), True), (5, (5, 1, 2), True), (5, (5, 6, 7, 8, 1), False), (5, (5, 6), False)],
    ids=["same head", "most members", "few of the new members", "strangers"],
)
def test_new_number_of_a_household(county: County, head: int, members: tuple[int, ...], same: bool) -> None:
    spell = Hit("MON-102", "monitoring", "H1|202503", household="H1")
    county.hits, county.spells = [H1, spell], {"H1|202503"}
    county.merge(D1)
    numbers = {code: item["number"] for (code, _), item in county.items().items()}
    county.households = {"H9": (idkey(head), tuple(idkey(n) for n in members))}
    county.hits, county.spells = [change(H1, key="H9"), change(spell, key="H9|202503")], {"H9|202503"}
    events = county.merge(D2).events
    assert events == ({"renumbered": 2} if same else {"found": 2, "gone": 2})
    now = {code: item["number"] for (code, key), item in county.items().items() if key.startswith("H9")}
    assert (now == numbers) is same


def test_spell_follows_its_household_without_a_finding(county: County, sql: Any) -> None:
    county.hits, county.spells = [Hit("MON-102", "monitoring", "H1|202503", household="H1")], {"H1|202503"}
    county.merge(D1)
    county.households = {"H9": (idkey(1), (idkey(1),))}
    county.hits, county.spells = [], {"H9|202503"}
    assert county.merge(D2).events == {"proven": 1, "renumbered": 1}
    assert county.asked[0]["subject_key"] == "H9|202503"


def test_spell_of_work_follows_its_person(county: County) -> None:
    work = Hit("JOB-101", "work_spell", "P1|202603|1", household="H1")
    county.persons = {"P1": idkey(1)}
    county.hits, county.works = [work], {"P1|202603|1"}
    county.merge(D1)
    number = only(county, "JOB-101")["number"]
    county.persons = {"P9": idkey(1)}
    county.hits, county.works = [change(work, key="P9|202603|1")], {"P9|202603|1"}
    assert county.merge(D2).events == {"renumbered": 1}
    assert only(county, "JOB-101")["number"] == number


@pytest.mark.parametrize(("kind", "before", "after"), [
    ("work_spell", "P1||1", "P1|202603|1"), ("work_spell", "P1|202603|1", "P1|202604|1"), ("monitoring", "H1|", "H1|202405"),
])
def test_a_spell_whose_month_was_corrected_is_the_same_and_is_proven(county: County, kind: str, before: str, after: str) -> None:
    """What asks for the month itself could otherwise never be closed: with the month the spell would be another."""
    county.persons = {"P1": idkey(1)}
    county.hits = [Hit("JOB-101", kind, before, household="H1")]
    county.works, county.spells = ({before}, set()) if kind == "work_spell" else (set(), {before})
    county.merge(D1)
    county.hits = []
    county.works, county.spells = ({after}, set()) if kind == "work_spell" else (set(), {after})
    assert county.merge(D2).events == {"proven": 1, "renumbered": 1}
    assert county.asked[0]["subject_key"] == after


def test_a_case_follows_its_household_to_a_new_number(county: County) -> None:
    """Its key ends in the household's number: a new number is neither proof of the old question nor a new question."""
    case = Hit("GAX-101", "case", "户籍|" + idkey(7) + "|H1", household="H1")
    county.hits, county.cases = [case], {case.key}
    county.merge(D1)
    number = only(county, "GAX-101")["number"]
    county.households = {"H9": (idkey(1), (idkey(1), idkey(2)))}
    moved = "户籍|" + idkey(7) + "|H9"
    county.hits, county.cases = [change(case, key=moved, household="H9")], {moved}
    assert county.merge(D2).events == {"renumbered": 1}
    assert only(county, "GAX-101")["number"] == number
    assert county.merge(D3).events == {}


def test_of_several_new_spells_none_is_taken_for_the_lost_one(county: County) -> None:
    county.persons = {"P1": idkey(1)}
    county.hits, county.works = [Hit("JOB-101", "work_spell", "P1|202603|1", household="H1")], {"P1|202603|1"}
    county.merge(D1)
    county.hits, county.works = [], {"P1|202604|1", "P1|202605|1"}
    assert county.merge(D2).events == {"gone": 1}


def test_number_given_to_another_household_later_is_another_subject(county: County) -> None:
    county.hits = [H1]
    county.merge(D1)
    number = only(county, "HHD-101")["number"]
    county.households = {"H9": (idkey(1), (idkey(1),))}
    county.hits = [change(H1, key="H9")]
    county.merge(D2)
    county.households["H1"] = (idkey(30), (idkey(30),))
    county.hits.append(H1)
    assert county.merge(D3).events == {"found": 1}
    items = county.items()
    assert items["HHD-101", "H9"]["number"] == number != items["HHD-101", "H1"]["number"]


def test_move_to_another_county_keeps_the_item(county: County, settings: Settings, files: Path) -> None:
    county.merge(D1)
    number = only(county, "PID-101")["number"]
    there = County(settings, files, code=B, hits=[P1], persons={"P1": idkey(1)})
    assert there.merge(D2).events == {"moved_in": 1, "moved_out": 1}
    county.persons, county.hits = {"P2": idkey(2)}, [H1]
    assert county.merge(D2).events == {}
    assert only(there, "PID-101")["number"] == number
    flows = {row["code"]: row for row in ledger.roll_forward(settings, A, D2)}
    assert (flows["PID-101"]["opening"], flows["PID-101"]["moved_out"], flows["PID-101"]["closing"]) == (1, 1, 0)
    assert ledger.roll_forward(settings, B, D2)[0]["moved_in"] == 1
    assert ledger.verify(settings) == []


def test_what_was_answered_in_one_county_is_not_asked_in_the_next_while_the_answer_stands(county: County, settings: Settings, files: Path) -> None:
    county.hits = [P1]
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county, "PID-101"), "属实待整改", date(2026, 11, 5), note="看过")
    there = County(settings, files, code=B, hits=[P1], persons={"P1": idkey(1)})
    for day in (D2, D3):
        there.merge(day)
        assert (only(there, "PID-101")["state"], only(there, "PID-101")["answer"]) == ("answered", "accepted_true")
    there.hits = [change(P1, stands="2")]
    assert there.merge(D4).events == {"restated": 1}
    assert only(there, "PID-101")["state"] == "found"  # what it stood on is another: asked


def test_gone_here_and_right_there_is_proven_there(county: County, settings: Settings, files: Path) -> None:
    spell = Hit("MON-102", "monitoring", "H1|202503", household="H1")
    county.hits, county.spells = [H1, spell], {"H1|202503"}
    county.merge(D1)
    households, county.households, county.hits, county.spells = county.households, {"H2": (idkey(3), ())}, [], {"H2|202501"}
    assert county.merge(D2).events == {"gone": 2}
    there = County(settings, files, code=B, households=households, spells={"H1|202503"})
    assert there.merge(D2).events == {"moved_in": 2, "moved_out": 2, "proven": 2}
    assert there.merge(D3).events == {}
    assert ledger.states(settings, B) == {"proven": 2}
    assert ledger.verify(settings) == []


def test_one_number_in_two_counties_at_once_stays_two_items(county: County, settings: Settings, files: Path) -> None:
    there = County(settings, files, code=B, hits=[P1], persons={"P1": idkey(1)})
    county.merge(D1)
    there.merge(D1)
    for day in (D2, D3):
        assert county.merge(day).events == {} and there.merge(day).events == {}
    assert only(county, "PID-101")["number"] != only(there, "PID-101")["number"]


def test_what_another_county_s_list_asked_is_asked_here_by_a_list_of_its_own(county: County, settings: Settings, files: Path) -> None:
    """Its deadline stays behind with the list that set it: nobody is overdue with what nobody asked of him."""
    county.merge(D1)
    county.issue("2026-10", D1)
    there = County(settings, files, code=B, hits=[P1], persons={"P1": idkey(1)})
    there.merge(D2)
    (came,) = ledger.open_items(settings, B)
    assert (came["state"], came["first_issued_cycle"]) == ("issued", "2026-10")
    assert (came["issued_on"], came["issued_cycle"], came["due_on"]) == (None, None, None)
    assert ledger.clocks(settings, B, D4) == []
    there.issue("2026-11", D2)
    (asked,) = ledger.open_items(settings, B)
    assert (asked["issued_on"], asked["issued_cycle"]) == (D2, "2026-11") and asked["due_on"] > D2
    assert [clock["started_on"] for clock in ledger.clocks(settings, B, D3)] == [D2]
    assert ledger.verify(settings) == []


def test_moved_away_and_back_within_a_cycle_is_issued_again(county: County, settings: Settings, files: Path) -> None:
    county.merge(D1)
    county.issue("2026-11", D1)
    sent = county.items()["PID-101", "P1"]["item_id"]
    there = County(settings, files, code=B, hits=[P1], persons={"P1": idkey(1)})
    there.merge(D2)
    persons, county.persons, county.hits = county.persons, {"P2": idkey(2)}, [H1]
    county.merge(D2)
    there.persons, there.hits = {"P9": idkey(9)}, []
    county.persons, county.hits = persons, [P1, H1]
    county.merge(D3)
    there.merge(D3)
    assert county.items()["PID-101", "P1"]["due_on"] is None
    county.issue("2026-11", D3)
    back = county.items()["PID-101", "P1"]
    assert back["item_id"] == sent and back["issued_on"] == D3 and back["due_on"] > D3
