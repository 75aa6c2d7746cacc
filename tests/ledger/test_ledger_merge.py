"""What a merge does to items: found, proven, gone, returned, restated, reopened; what it refuses."""

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

from tests.ledger.ledger_kit import D1, D2, D3, D4, H1, P1, A, B, County, Hit, change, idkey, only, pair, state_of, wipe


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    return pair(settings, files)


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
        assert text != "[]" and idkey(1) not in text and "测试人" not in text and '"P1"' not in text
