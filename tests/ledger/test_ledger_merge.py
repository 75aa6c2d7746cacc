"""What a merge does to items: found, proven, gone, returned, restated, reopened, renumbered, moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem, RuleProblem
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, A, B, County, Hit, change, idkey, wipe

P1 = Hit("PID-101", "person", "P1")
H1 = Hit("HHD-101", "household", "H1")


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    """Two people of one household, something wrong with one of them and with the household."""
    made = County(settings, files, hits=[P1, H1], persons={"P1": idkey(1), "P2": idkey(2)})
    made.households = {"H1": (idkey(1), (idkey(1), idkey(2)))}
    return made


def only(county: County, code: str) -> dict[str, Any]:
    """The one open item of `code`."""
    found = [item for (name, _), item in county.items().items() if name == code]
    assert len(found) == 1
    return found[0]


def state_of(sql: Any, code: str) -> list[str]:
    sql.execute("SELECT state FROM ledger.item WHERE code = %s ORDER BY number", (code,))
    return [row[0] for row in sql.fetchall()]


def test_found_once_however_often_merged(county: County, settings: Settings) -> None:
    first = county.merge(D1)
    digest = ledger.content_digest(settings)
    second = county.merge(D1, "another run")
    assert first.events == {"found": 2} and first.open == 2
    assert second.events == {} and second.open == 2
    assert ledger.content_digest(settings) == digest
    assert ledger.verify(settings) == []


def test_item_shows_what_was_found(county: County) -> None:
    county.merge(D1)
    item = only(county, "PID-101")
    assert item["number"].startswith("PID-101-") and len(item["number"]) == len("PID-101-") + 10
    assert (item["state"], item["opened_on"], item["first_found"], item["town"]) == ("found", D1, D1, A + "001")
    assert item["body"]["姓名"] == "测试人" and item["body"]["evidence"] == [{"列": "列", "账": "账", "值": "1"}]


def test_clear_proves_and_not_applicable_proves_nothing(county: County, sql: Any) -> None:
    county.merge(D1)
    county.hits, county.na = [], {"HHD-101"}
    summary = county.merge(D2)
    assert summary.events == {"proven": 1} and (summary.open, summary.na) == (1, 1)
    assert state_of(sql, "PID-101") == ["proven"]
    item = only(county, "HHD-101")
    assert (item["state"], item["na_since"], item["na_reason"]) == ("found", D2, "缺账")
    county.merge(D3)
    assert only(county, "HHD-101")["na_since"] == D2
    county.hits, county.na = [H1], set()
    county.merge(D4)
    assert only(county, "HHD-101")["na_since"] is None


def test_absence_is_told_once_and_closes_nothing(county: County) -> None:
    county.merge(D1)
    del county.persons["P1"]
    county.hits = [H1]
    assert county.merge(D2).events == {"gone": 1}
    again = county.merge(D3)
    assert again.events == {} and (again.open, again.gone) == (2, 1)
    county.persons["P1"] = idkey(1)
    county.hits = [P1, H1]
    assert county.merge(D4).events == {"reappeared": 1}
    assert only(county, "PID-101")["state"] == "found"


def test_closed_item_hit_again_is_the_same_item(county: County) -> None:
    county.merge(D1)
    number = only(county, "PID-101")["number"]
    county.hits = [H1]
    county.merge(D2)
    county.hits = [P1, H1]
    assert county.merge(D3).events == {"reopened": 1}
    item = only(county, "PID-101")
    assert (item["number"], item["first_found"], item["opened_on"]) == (number, D1, D3)


def test_rule_that_changed_or_went_withdraws(county: County, sql: Any) -> None:
    county.merge(D1)
    county.hits, county.versions = [], {"PID-101": "v2", "HHD-101": None}
    assert county.merge(D2).events == {"withdrawn": 2}
    sql.execute("SELECT i.code, e.reason FROM ledger.event e JOIN ledger.item i USING (item_id) WHERE e.kind = 'withdrawn' ORDER BY 1")
    assert sql.fetchall() == [("HHD-101", "no_rule"), ("PID-101", "rule_changed")]


def test_restated_only_when_what_it_stands_on_changes(county: County, sql: Any) -> None:
    county.merge(D1)
    county.hits = [change(P1, shown="其他写法"), H1]
    assert county.merge(D2).events == {}
    assert only(county, "PID-101")["body"]["evidence"][0]["值"] == "其他写法"
    county.hits = [change(P1, stands="2"), H1]
    assert county.merge(D3).events == {"restated": 1}


def test_reported_fixed_and_still_there_is_returned_by_newer_data_only(county: County) -> None:
    county.merge(D1)
    county.issue("2026-10", D1)
    assert county.answer(only(county, "PID-101"), "已整改", date(2026, 11, 5)).outcome == "accepted"
    county.hits = [change(P1, data_date=date(2026, 11, 4)), H1]
    assert county.merge(D2).events == {}
    assert only(county, "PID-101")["state"] == "answered"
    county.hits = [change(P1, data_date=date(2026, 12, 10), stands="2"), H1]
    assert county.merge(D3).events == {"returned": 1}
    item = only(county, "PID-101")
    assert (item["state"], item["times_returned"], item["due_on"]) == ("returned", 1, None)
    assert county.merge(D4).events == {}


def test_facts_of_the_past_are_never_returned(county: County) -> None:
    past = change(P1, closes="acknowledged")
    county.hits = [past, H1]
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county, "PID-101"), "已整改", date(2026, 11, 5))
    assert county.merge(D2).events == {}


def test_ask_once_until_what_it_stands_on_changes(county: County, sql: Any) -> None:
    doubt = change(P1, severity="疑似")
    county.hits = [doubt, H1]
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county, "PID-101"), "不属实", date(2026, 11, 5), note="入户看过")
    assert state_of(sql, "PID-101") == ["verified_not_so"]
    assert county.merge(D2).events == {}
    county.hits = [change(doubt, stands="2"), H1]
    assert county.merge(D3).events == {"reopened": 1}
    assert only(county, "PID-101")["answer"] is None


def test_exemption_runs_out(county: County, sql: Any) -> None:
    odd = Hit("MON-101", "person", "P1")
    county.hits = [odd]
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county, "MON-101"), "情况说明", date(2026, 11, 5), note="县里批准", approved_by="另一干部")
    assert state_of(sql, "MON-101") == ["exempted"]
    assert county.merge(date(2027, 10, 31)).events == {}
    assert county.merge(date(2027, 11, 1)).events == {"reopened": 1}


def test_other_answers_fall_when_the_facts_change_but_a_claim_of_fixed_waits(county: County) -> None:
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(only(county, "PID-101"), "属实待整改", date(2026, 11, 5))
    county.answer(only(county, "HHD-101"), "已整改", date(2026, 11, 25))
    county.hits = [change(P1, stands="2"), change(H1, stands="2")]
    assert county.merge(D2).events == {"restated": 2}
    assert only(county, "PID-101")["state"] == "found" and only(county, "PID-101")["answer"] is None
    assert only(county, "HHD-101")["state"] == "answered"
    assert county.merge(D3).events == {"returned": 1}


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


def test_an_older_date_is_refused(county: County) -> None:
    county.merge(D2)
    with pytest.raises(ContractProblem, match="before the last merge"):
        county.merge(D1)


def test_order_of_findings_does_not_matter(county: County, settings: Settings, server: Settings) -> None:
    county.hits = [change(P1, key=f"P{n}") for n in range(20)] + [H1]
    county.persons = {f"P{n}": idkey(n) for n in range(20)}
    county.merge(D1)
    digest = ledger.content_digest(settings)
    wipe(server)
    ledger.migrate(server)
    county.hits.reverse()
    county.persons = dict(reversed(county.persons.items()))
    county.merge(D1, "other run")
    assert ledger.content_digest(settings) == digest


def test_what_does_not_fit_is_refused(county: County, files: Path) -> None:
    county.hits = [P1, P1]
    with pytest.raises(RuleProblem, match="PID-101"):
        county.merge(D1)
    county.hits = [P1]
    findings, keys = county.write()
    pq.write_table(pq.read_table(findings).drop_columns(["stands_hash"]), findings)
    with pytest.raises(ContractProblem, match="stands_hash"):
        ledger.merge(county.settings, A, D1, "run", findings, keys, county.verdicts)
    other = replace(county, code=B)
    findings, _ = other.write()
    with pytest.raises(ContractProblem, match="another county"):
        ledger.merge(county.settings, A, D1, "run", findings, keys, county.verdicts)


def test_silence_of_the_check_is_an_error(county: County, sql: Any) -> None:
    county.merge(D1)
    county.hits = []
    findings, keys = county.write()
    with pytest.raises(ContractProblem, match="no verdict on 2 of 2"):
        ledger.merge(county.settings, A, D2, "run", findings, keys, lambda watch: county.verdicts(watch).slice(0, 0))
    assert state_of(sql, "PID-101") == ["found"]


def test_numbers_of_people_are_stored_as_hashes_only(county: County, sql: Any) -> None:
    county.merge(D1)
    for table in ("subject", "alias", "item", "event"):
        sql.execute(f"SELECT to_jsonb(t) FROM ledger.{table} t")
        text = json.dumps(sql.fetchall(), ensure_ascii=False)
        assert idkey(1) not in text and "测试人" not in text and '"P1"' not in text


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
