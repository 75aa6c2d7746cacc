"""Where open items stand: whatever the catalogue blames on what and whatever was answered, each on exactly one sheet."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import county as made
from duizhang import publish
from duizhang.publish.asking import Question, is_asked
from duizhang.publish.causes import Placed, place, roots, stands_for
from duizhang.publish.history import from_above
from hypothesis import given
from hypothesis import strategies as st

SUBJECTS = ("person", "person", "household", "monitoring", "village", "delivery", "case")
ANSWERS = ("fixed", "accepted_true", "department_wrong", "not_so", "cannot_verify", "explained")
NOTICES = ([], [], [{"source": "省", "ref": "1", "due_on": date(2026, 10, 28)}], [{"source": "市", "ref": "2", "due_on": None}])


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Question]]:
    """Up to 12 open items of two households (and their village and file) under up to 6 codes that blame each other at random, in circles too."""
    codes = [f"AAA-{n:03}" for n in range(draw(st.integers(1, 6)))]
    asked_by = {
        code: Question(code, code, draw(st.sampled_from(SUBJECTS)), "错误", "export", "", "", "", 7,
                       tuple(draw(st.lists(st.sampled_from(codes), max_size=3, unique=True))))
        for code in codes
    }  # fmt: skip
    items = []
    for n in range(draw(st.integers(1, 12))):
        state = draw(st.sampled_from(("found", "found", "issued", "returned", "answered", "answered", "gone")))
        code, house, one = draw(st.sampled_from(codes)), draw(st.sampled_from("AB")), draw(st.sampled_from("12"))
        items.append({
            "item_id": f"i{n}", "number": f"{code}-{n}", "code": code, "state": state, "notices": draw(st.sampled_from(NOTICES)),
            "answer": draw(st.sampled_from(ANSWERS)) if state == "answered" else None,
            "body": {} if draw(st.booleans()) and asked_by[code].subject in ("village", "delivery") else {"户编号": house, "人编号": house + one},
        })  # fmt: skip
        items[-1]["body"]["subject_key"] = f"{house}|{one}"
    return items, asked_by


def sheets(item: dict[str, Any], placed: Placed) -> list[str]:
    """The sheets an item stands on; beside its roots on the list counts once, with however many."""
    notes = [item in found for found in placed.notes.values()]
    return (
        ["list"] * sum(item is other for other in placed.asked)
        + ["beside"] * any(notes)
        + ["waiting"] * sum(item is other for other, _ in placed.waiting)
    )


@given(ledgers())
def test_every_open_item_stands_on_exactly_one_sheet(ledger: tuple[list[dict[str, Any]], dict[str, Question]]) -> None:
    items, asked_by = ledger
    placed = place(items, asked_by)
    known = {item["item_id"]: item for item in items}
    on_list = {item["item_id"] for item in placed.asked}
    assert [sheets(item, placed) for item in items if len(sheets(item, placed)) != 1] == []
    assert set(placed.notes) <= on_list, "a note stands beside what is on the list"
    for item, under in placed.waiting:
        assert is_asked(item) == bool(under), "what waits is answered or gone, or under what is"
        assert all(root["state"] == "answered" and stands_for(root) for root in under)
        assert not (under and from_above(item)), "those above ask for it, and no list has it"
    for item in placed.asked:
        assert is_asked(item)
        if asked_by[item["code"]].subject == "delivery":
            assert item["item_id"] not in placed.notes, "that sheet has no place for notes"
    for item_id, found in roots(items, asked_by).items():
        assert all(stands_for(known[root]) and not roots(items, asked_by)[root] for root in found), item_id


@given(ledgers())
def test_a_question_is_not_asked_only_for_a_cause_that_is(ledger: tuple[list[dict[str, Any]], dict[str, Question]]) -> None:
    """Without any cause that is asked or being mended, everything that wants an answer is asked."""
    items, asked_by = ledger
    placed = place(items, asked_by)
    for item in items:
        causes = [
            other
            for other in items
            if other is not item and other["code"] in asked_by[item["code"]].consequence_of and other["state"] != "gone"
        ]
        if is_asked(item) and not causes:
            assert sheets(item, placed) == ["list"]
    dead = [{**item, "answer": "cannot_verify"} if item["state"] == "answered" else item for item in items]
    assert not [item for item, under in place(dead, asked_by).waiting if under]


def test_no_open_item_of_a_county_is_left_out_of_its_workbook(county: made.County) -> None:
    chance = random.Random(4)
    for item in county.items:
        if item["state"] == "answered" or chance.random() < 0.4:
            item |= {"state": "answered", "answer": chance.choice(ANSWERS), "answered_on": date(2026, 10, 8)}
        item["notices"] = chance.choice(NOTICES)
    report = publish.gather(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    shown = Counter(row.number for row in (*report.lines, *report.file_lines, *report.waiting))
    assert set(shown.values()) == {1}
    notes = {(line.household, note) for line in report.lines for note in line.notes}
    missing = [item for item in county.items if item["number"] not in shown]
    assert missing and all(
        any(house == item["body"]["户编号"] and f"（{item['code']}）" in note for house, note in notes) for item in missing
    )
    assert any(row.under for row in report.waiting) and len(shown) + len(notes) == len(county.items)
