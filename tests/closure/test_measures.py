"""The numbers of outputs.md §4: a month done by hand, and random months against another way of counting."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, DEPARTMENTS, A, County, Hit, change, idkey

ON_TIME, LATE = date(2026, 10, 28), date(2026, 11, 9)  # lists of 25 October are due on 1 November


def results(county: County, *codes: str, n: int = 10) -> list[dict[str, Any]]:
    """Rows of results.parquet that agree with the county's hits."""
    return [
        {"code": code, "rows": n, "na": 0, "applicable": n, "hits": sum(h.code == code for h in county.hits), "unknown": 0, "na_reason": ""}
        for code in codes
    ]


def measure(county: County, as_of: date = D2, cycle: str = "2026-10", codes: tuple[str, ...] = ("MON-101", "PID-102"), **more: Any) -> dict[str, Any]:
    return ledger.measures(county.settings, A, cycle, as_of, results=results(county, *codes), households=20, **more)


@pytest.fixture
def october(settings: Settings, files: Path) -> County:
    """Ten errors and six doubts on sixteen households of twenty, all issued on 25 October."""
    people = {f"P{n}": idkey(n) for n in range(16)}
    hits = [
        Hit("MON-101" if n < 10 else "PID-102", "person", f"P{n}", severity="错误" if n < 10 else "疑似", household=f"H{n}", book=DEPARTMENTS)
        for n in range(16)
    ]
    made = County(settings, files, hits=hits, persons=people)
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def say(county: County, key: str, word: str, on: date = ON_TIME, **more: Any) -> None:
    found = next(item for (_, subject), item in county.items().items() if subject == key)
    assert county.answer(found, word, on, note="看过", **more).outcome == "accepted"


def mend(county: County, *keys: str) -> None:
    county.hits = [hit for hit in county.hits if hit.key not in keys]


def test_a_month_by_hand(october: County) -> None:
    """Errors: P0 P1 fixed in time and proven; P2 fixed late and proven; P3 claimed and unchanged; P4 admitted; P5 exempted;
    P6 the department's; P7 mended without a word; P8, P9 nothing. Doubts: P10 not so (closed), P11 cannot verify,
    P12 fixed and proven, P13 admitted, P14, P15 nothing."""
    for key in ("P0", "P1", "P3", "P12"):
        say(october, key, "已整改")
    say(october, "P2", "已整改", LATE)
    say(october, "P4", "属实待整改")
    say(october, "P5", "情况说明", approved_by="另一干部")
    say(october, "P6", "部门数据有误")
    say(october, "P10", "不属实")
    say(october, "P11", "无法核实")
    say(october, "P13", "属实待整改")
    mend(october, "P0", "P1", "P2", "P7", "P12")
    october.merge(D2, "run-2")
    found = measure(october)
    assert found["period"] == found["ever"]
    assert found["period"] == {
        "issued": 16, "answered": 11, "claimed": 5, "claimed_proven": 4, "claimed_returned": 1, "claimed_waiting": 0,
        "admitted": 7, "admitted_proven": 4, "proven": 5, "proven_unanswered": 1,
        # mended 5 (one claimed late, one seen only on 20 November); past 1 November: P3 P4 P8 P9 and the admitted doubt P13
        "owed": 10, "in_time": 3,
        "doubts": 6, "doubts_verified": 4, "doubts_unclear": 1, "ever_proven": 5, "relapsed": 0,
        "verified_not_so": 1, "acknowledged": 0, "exempted": 1, "withdrawn": 0,
        "repair_rate": 4 / 7, "claimed_rate": 5 / 7, "gap": pytest.approx(1 / 7), "in_time_rate": 3 / 10, "relapse_rate": 0.0,
        "doubt_rate": 4 / 6,
    }  # fmt: skip
    # P3 P4 P6 P8 P9 of twenty households; P5 is exempted
    assert (found["problem_households"], found["households"], found["problem_rate"]) == (5, 20, 0.25)
    assert found["codes"]["MON-101"] == {
        "rows": 10, "na": 0, "unknown": 0, "n": 10, "hits": 6, "exempted": 1, "verified_not_so": 0, "acknowledged": 0, "open": 5, "gone": 0,
    }  # fmt: skip
    assert (found["codes"]["PID-102"]["hits"], found["codes"]["PID-102"]["verified_not_so"]) == (5, 1)
    assert found["hit_rate"] == (6 + 5 - 1) / 20
    assert (found["exemptions"], found["run_id"], found["issued_as_of"]) == (1, "run-2", D1)


def test_overdue_are_those_nobody_answered_or_admitted_and_left(october: County) -> None:
    say(october, "P0", "已整改")
    say(october, "P1", "属实待整改")
    say(october, "P2", "部门数据有误")
    october.na = {"MON-101", "PID-102"}
    october.merge(D2)
    clocks = ledger.clocks(october.settings, A, D2)
    assert {row["number"] for row in clocks if row["overdue"]} >= {i["number"] for i in october.items().values() if i["answer"] is None}
    # fourteen of sixteen: P0 waits for the rerun, P2 for the department
    assert measure(october, clocks=clocks)["overdue"] == 14


def test_what_was_passed_on_to_nobody_is_owed_by_the_county(october: County) -> None:
    """P0 and P1 are said to be a department's; the evidence of P1 shows no department's book, and its days have run out."""
    october.hits = [change(hit, book="账") if hit.key == "P1" else hit for hit in october.hits if hit.key in ("P0", "P1")]
    october.merge(date(2026, 10, 26))
    say(october, "P0", "部门数据有误")
    say(october, "P1", "部门数据有误")
    october.merge(D2)
    clocks = ledger.clocks(october.settings, A, D2)
    found = measure(october, clocks=clocks)
    assert [row["number"] for row in clocks if row["overdue"]] == [october.items()["MON-101", "P1"]["number"]]
    # of sixteen issued fourteen are proven, and owed with P1
    assert (found["overdue"], found["period"]["proven"], found["period"]["owed"]) == (1, 14, 15)


def test_a_relapse_is_another_case_and_counts_against_what_was_proven(october: County) -> None:
    say(october, "P0", "已整改")
    hits = list(october.hits)
    mend(october, "P0", "P1")
    october.merge(D2)
    october.issue("2026-11", D2)
    october.hits = [change(hit, stands="2") if hit.key == "P0" else hit for hit in hits if hit.key != "P1"]
    october.merge(D3)
    october.issue("2026-12", D3)
    found = measure(october, D3, "2026-12")
    assert (found["ever"]["relapsed"], found["ever"]["ever_proven"], found["ever"]["relapse_rate"]) == (1, 2, 0.5)
    assert (found["period"]["relapsed"], found["relapsed_open"]) == (1, 1)
    # its first case stays what it was: claimed and proven
    assert (found["ever"]["claimed"], found["ever"]["claimed_proven"]) == (1, 1)
    assert measure(october, D2)["ever"]["relapsed"] == 0


def test_what_comes_after_the_date_does_not_count(october: County) -> None:
    say(october, "P0", "已整改")
    mend(october, "P0")
    october.merge(D2)
    before = measure(october, D2)
    say(october, "P1", "已整改", D2 + timedelta(days=3))
    assert measure(october, D2) == before
    october.merge(D3)
    assert measure(october, D3)["period"]["claimed"] == before["period"]["claimed"] + 1


def test_a_past_date_is_reckoned_from_what_is_dated_until_then(october: County) -> None:
    """An upload of 19 November entered after one of the 25th belongs to the 20th; the later one does not."""
    october.merge(D2)
    say(october, "P1", "已整改", D2 + timedelta(days=5))
    assert measure(october)["period"]["answered"] == 0
    say(october, "P0", "已整改", D2 - timedelta(days=1))
    assert measure(october)["period"]["answered"] == 1


def test_the_clocks_of_a_past_date_are_those_of_that_date(october: County) -> None:
    """Neither a later answer, nor that a question has been closed or issued again since, changes what was overdue then."""
    october.merge(D2)
    before = ledger.clocks(october.settings, A, D2)
    assert measure(october, clocks=before)["overdue"] == 16
    say(october, "P0", "已整改", D2 + timedelta(days=5))
    say(october, "P10", "不属实", D2 + timedelta(days=5))
    mend(october, "P1")
    october.merge(D3)
    october.issue("2026-12", D3)
    assert ledger.clocks(october.settings, A, D2) == before
    assert len(ledger.clocks(october.settings, A, D3)) == 14


def test_an_expired_exemption_is_neither_counted_nor_listed(october: County) -> None:
    """Exempt until 30 September; the book lacks in October, so that nothing has opened it again yet."""
    say(october, "P5", "情况说明", approved_by="另一干部")
    october.merge(D2)
    assert (measure(october)["exemptions"], len(ledger.exemptions(october.settings, A))) == (1, 1)
    october.na = {"MON-101", "PID-102"}
    october.merge(date(2027, 10, 25))
    assert measure(october, date(2027, 10, 25))["exemptions"] == 0
    assert ledger.exemptions(october.settings, A) == []
    assert len(ledger.exemptions(october.settings, A, date(2027, 9, 30))) == 1


def test_nothing_to_divide_by_is_none_and_never_zero(settings: Settings, files: Path) -> None:
    county = County(settings, files)
    county.merge(D1)
    found = ledger.measures(settings, A, "2026-10", D1, results=[], households=0)
    rates = ("repair_rate", "claimed_rate", "gap", "in_time_rate", "relapse_rate", "doubt_rate")
    assert [found["period"][rate] for rate in rates] == [None] * 6
    assert (found["problem_rate"], found["hit_rate"]) == (None, None)


def test_a_date_without_a_merge_is_refused(october: County) -> None:
    with pytest.raises(ContractProblem):
        measure(october, D3)


def test_exemptions_are_listed_with_reason_approver_and_expiry(october: County) -> None:
    say(october, "P5", "情况说明", approved_by="另一干部")
    (found,) = ledger.exemptions(october.settings, A)
    assert (found["code"], found["reason"], found["asked_by"], found["approved_by"]) == ("MON-101", "看过", "测试干部", "另一干部")
    assert found["exempt_until"] == date(2027, 9, 30)


def test_the_last_cycle_is_the_one_issued_before(october: County) -> None:
    assert ledger.last_cycle(october.settings, A, D2) == "2026-10"
    assert ledger.last_cycle(october.settings, A, D1) is None


def reckon(rows: list[dict[str, Any]], dues: dict[tuple[str, str], date], cycle: str, as_of: date) -> dict[str, int]:
    """The counts of a list once more: item by item, each history cut at its openings and read backwards."""
    histories: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        histories[row["item_id"]].append(row)
    n: dict[str, int] = defaultdict(int)
    for item, history in histories.items():
        starts = [at for at, row in enumerate(history) if row["kind"] in ("found", "reopened")]
        for start, end in zip(starts, [*starts[1:], len(history)], strict=True):
            part = history[start:end]
            if not any(row["kind"] == "issued" and row["cycle"] == cycle for row in part):
                continue
            closing = [row for row in part if row["to_state"] in ("proven", "verified_not_so", "acknowledged", "exempted", "withdrawn")]
            asked_again = max(at for at, row in enumerate(part) if row["to_state"] == "found")
            said = [row for row in part[asked_again:] if row["kind"] in ("answered", "verified_not_so", "acknowledged", "exempted")]
            word, on = (said[-1]["reason"], said[-1]["as_of"]) if said else (None, None)
            proven = bool(closing) and closing[0]["to_state"] == "proven"
            ended = closing[0]["to_state"] if closing else None
            state, due = part[-1]["to_state"], dues[cycle, item]
            doubt = part[0]["severity"] == "疑似"
            n["issued"] += 1
            n["answered"] += word is not None
            n["claimed"] += word == "fixed"
            n["claimed_proven"] += word == "fixed" and proven
            n["admitted"] += word in ("fixed", "accepted_true")
            n["admitted_proven"] += word in ("fixed", "accepted_true") and proven
            n["proven"] += proven
            n["doubts"] += doubt and ended != "withdrawn"
            n["doubts_verified"] += doubt and ended != "withdrawn" and (word is not None or ended is not None)
            n["relapsed"] += part[0]["kind"] == "reopened" and part[0]["from_state"] == "proven"
            waits = word == "department_wrong" and part[0]["book"] == DEPARTMENTS
            must = ended is None and state != "gone" and not waits and (not doubt or word in ("fixed", "accepted_true"))
            missed = due < as_of and not (state == "answered" and word == "fixed" and on <= due)
            n["owed"] += proven or (must and missed)
            n["in_time"] += proven and (on if word == "fixed" else closing[0]["as_of"]) <= due
            n["verified_not_so"] += ended == "verified_not_so"
            n["exempted"] += ended == "exempted"
    return dict(n)


WORDS = ("已整改", "已整改", "属实待整改", "不属实", "情况说明", "部门数据有误", "无法核实")


@pytest.mark.parametrize("seed", range(3))
def test_random_months_against_another_way_of_counting(settings: Settings, files: Path, sql: Any, seed: int) -> None:
    rng = random.Random(seed)
    people = {f"P{n}": idkey(n) for n in range(30)}
    every = [
        Hit(code, "person", key, severity=severity, household=f"H{key}", book=DEPARTMENTS if int(key[1:]) % 2 else "账")
        for key in people for code, severity in (("MON-101", "错误"), ("PID-102", "疑似"))
    ]  # fmt: skip
    county = County(settings, files, persons=people)
    seen: dict[str, int] = defaultdict(int)
    months = [("2026-10", D1), ("2026-11", D2), ("2026-12", D3), ("2027-01", date(2027, 1, 20))]
    for at, (cycle, day) in enumerate(months):
        county.hits = [change(hit, stands=rng.choice("112")) for hit in every if rng.random() < 0.6]
        county.na = set() if rng.random() < 0.8 else {"PID-102"}
        county.merge(day)
        for name, count in _counted(county, sql, months[max(0, at - 1)][0], day).items():
            seen[name] += count
        county.issue(cycle, day)
        given = [
            (day + timedelta(days=rng.choice((2, 7, 11))),
             ledger.Answer(item["item_id"], item["number"], A, cycle, rng.choice(WORDS), note=rng.choice(("看过", "看过", None)),
                           answered_by="测试干部", approved_by="另一干部"))
            for item in county.items().values() if rng.random() < 0.8
        ]  # fmt: skip
        for on in sorted({on for on, _ in given}):
            ledger.answer(settings, A, [row for when, row in given if when == on], on, f"{on:%Y%m%d}" * 8, exemptible={"MON-101"})
    never = [name for name in ("claimed_proven", "in_time", "relapsed", "verified_not_so", "exempted", "doubts_verified") if not seen[name]]
    assert never == []


def _counted(county: County, sql: Any, cycle: str, day: date) -> dict[str, int]:
    """Compare one month; gives its counts."""
    found = measure(county, day, cycle)
    sql.execute("SELECT max(seq) FROM ledger.event WHERE county = %s AND as_of <= %s", (A, day))
    last = sql.fetchone()[0]
    names = ("item_id", "kind", "from_state", "to_state", "as_of", "cycle", "reason", "severity", "book")
    sql.execute(
        "SELECT item_id, e.kind, from_state, to_state, e.as_of, cycle, reason, severity, v.body -> 'evidence' -> 0 ->> '账' FROM ledger.event e "
        "JOIN ledger.item i USING (item_id) JOIN ledger.value v ON (v.county, v.value_hash) = (i.county, i.value_hash) "
        "WHERE e.county = %s AND seq <= %s ORDER BY seq", (A, last),
    )  # fmt: skip
    rows = [dict(zip(names, row, strict=True)) for row in sql.fetchall()]
    sql.execute("SELECT cycle, item_id, due_on FROM ledger.published_row WHERE county = %s", (A,))
    expected = reckon(rows, {(c, i): due for c, i, due in sql.fetchall()}, cycle, day)
    assert {name: found["period"][name] for name in expected} == expected
    sql.execute("SELECT count(DISTINCT household_key_hash) FROM ledger.item WHERE severity = '错误' AND ledger.is_open(state) AND state <> 'gone'")
    assert found["problem_households"] == sql.fetchone()[0]
    return expected
