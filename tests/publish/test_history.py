"""来源, 上次回复, deadlines of those above, outside problems, and what the cover says of the last list."""

from __future__ import annotations

from datetime import date
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang import publish
from duizhang.contracts.load import load_book
from duizhang.core.clock import add_days
from duizhang.core.errors import ContractProblem
from duizhang.publish import history, model
from filling import rows

CLAIM = {"核查结果": "已整改", "核查说明": "已在系统改过", "核查人": "村干部甲", "核查日期": date(2026, 10, 8), "answered_on": date(2026, 10, 9)}


def run(c: made.County, **changes: Any) -> publish.Publication:
    given = {"as_of": c.as_of, "cycle": c.cycle, "items": c.items, "roll_forward": c.flow, **changes}
    return publish.publish(c.settings, made.COUNTY, **given)


def item(c: made.County, code: str, state: str = "found") -> dict[str, Any]:
    return next(i for i in c.items if i["code"] == code and i["state"] == state)


def row_of(c: made.County, number: str, **changes: Any) -> dict[str, Any]:
    return next(row for row in rows(run(c, **changes).workbook, model.LIST_SHEET) if row["问题编号"] == number)


def cover(publication: publish.Publication) -> str:
    sheet = openpyxl.load_workbook(publication.workbook)["封面"]
    return "\n".join("|".join(str(cell) for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True))


def root_and_note(c: made.County) -> tuple[dict[str, Any], dict[str, Any]]:
    """A person's death and what follows from it for the same person."""
    root = item(c, "AAA-001")
    return root, next(i for i in c.items if i["code"] == "AAA-004" and i["body"]["户编号"] == root["body"]["户编号"])


def outside(c: made.County, **changes: Any) -> dict[str, Any]:
    """An outside problem about the household of the first AAA-003."""
    body = {**item(c, "AAA-003")["body"], "evidence": [], "问题": "电话抽查反映住房漏雨", "来源": "省"}
    return {
        **item(c, "AAA-003"), "item_id": "e" * 64, "code": "EXT-ABCDEF", "number": "EXT-ABCDEF-0123456789", "severity": "疑似", "closes": "field",
        "subject_kind": "household", "origin": "upper", "notices": [{"source": "省", "ref": "1", "due_on": date(2026, 11, 6)}], "body": body,
        **changes,
    }  # fmt: skip


def test_a_returned_line_shows_who_claimed_what_and_both_values(county: made.County) -> None:
    back = item(county, "AAA-006", "returned")
    now = back["body"]["evidence"]
    then = [{**now[0], "值": 7.0}, now[1]]
    back |= {"claim": {**CLAIM, "evidence": then}, "answer": "fixed", "answered_cycle": "2026-09"}
    said = row_of(county, back["number"])["上次回复"].split("\n")
    assert said == ["2026-10-08 村干部甲：已整改。已在系统改过", "家庭人口数：当时 7，现在 5", "入户家庭人口数：4，未变"]
    back["claim"] = {**CLAIM, "核查人": None, "核查说明": "", "核查日期": None, "evidence": None}
    assert row_of(county, back["number"])["上次回复"] == "2026-10-09 （未填核查人）：已整改"


def test_long_evidence_and_a_value_that_is_new(county: made.County) -> None:
    entries = [{"列": "姓名", "账": "甲", "值": "甄大山"}, *({"列": f"列{n}", "账": "甲", "值": n} for n in range(6))]
    said = history.last_answer({"claim": {**CLAIM, "evidence": entries[:-1]}, "body": {"evidence": entries}}).split("\n")
    assert said[1:] == ["列5：当时 （没有），现在 5", "列0：0，未变", "列1：1，未变", "（另 3 项略）"]


def test_who_asks_and_the_earliest_deadline_counts(county: made.County) -> None:
    mine = item(county, "AAA-006")
    assert (row_of(county, mine["number"])["来源"], row_of(county, mine["number"])["期限"]) == ("本县自查", "2026-11-13")
    mine["notices"] = [{"source": "省", "ref": "a", "due_on": date(2026, 12, 30)}]
    assert row_of(county, mine["number"])["期限"] == "2026-11-13", "ours is earlier"
    mine["notices"] = [
        {"source": "国家", "ref": "b", "due_on": date(2027, 1, 8)},
        {"source": "省", "ref": "a", "due_on": date(2026, 11, 6)},
        {"source": "省", "ref": "c", "due_on": "2026-11-30"},
        {"source": "市", "ref": "d", "due_on": None},
    ]
    publication = run(county)
    row = next(row for row in rows(publication.workbook, model.LIST_SHEET) if row["问题编号"] == mine["number"])
    assert row["来源"] == "本县自查、省级反馈（11月6日前）、国家反馈（2027年1月8日前）、市级反馈"
    assert row["期限"] == "2026-11-06", "a notice that came after this cycle's list moves its deadline forward"
    assert "省级反馈|1|0|0|2026-11-06" in cover(publication) and "国家反馈|1|0|0|2027-01-08" in cover(publication)
    mine |= {"origin": "upper", "notices": [{"source": "省巡视组", "ref": "a", "due_on": None}]}
    assert row_of(county, mine["number"])["来源"] == "省巡视组反馈"


def test_deadlines_are_working_days(county: made.County) -> None:
    county.as_of = "2026-09-28"
    made.write_partitions(county)
    fresh = item(county, "AAA-003")
    wanted = add_days(date(2026, 9, 28), 7, county.settings)
    assert wanted > date(2026, 10, 8), "the National Day holidays lie between"
    assert row_of(county, fresh["number"], cycle="2026-09")["期限"] == wanted.isoformat()


def test_an_outside_problem_is_asked_like_the_others(county: made.County) -> None:
    asked = outside(county)
    flow = [*county.flow, {**county.flow[0], "code": "EXT-ABCDEF"}]
    publication = run(county, items=[*county.items, asked], roll_forward=flow)
    row = next(row for row in rows(publication.workbook, model.LIST_SHEET) if row["问题编号"] == asked["number"])
    assert (row["问题"], row["来源"], row["期限"], row["类别"]) == ("电话抽查反映住房漏雨", "省级反馈（11月6日前）", "2026-11-06", "疑似")
    assert row["户编号"] == asked["body"]["户编号"] and row["校验码"] and "核查人" in row["怎么改、到哪里改"]
    assert "其中 1 条没有对应的指标" in cover(publication)
    page = publication.page.read_text(encoding="utf-8")
    assert "电话抽查反映住房漏雨" in page and "已停用" not in page
    visits = openpyxl.load_workbook(publication.visits)
    assert any("【省级反馈】" in str(cell) for sheet in visits for line in sheet.iter_rows(values_only=True) for cell in line)
    waits = outside(county, state="answered", answer="fixed", answered_on=date(2026, 10, 12))
    waiting = rows(run(county, items=[*county.items, waits]).workbook, "已回复待销号")
    assert [r["情况"] for r in waiting if r["编号"] == asked["number"]] == ["已报整改，等反馈单位下一次名单核对"]
    destroyed = outside(county, body={"户编号": "990100000000"})
    assert row_of(county, destroyed["number"], items=[destroyed])["问题"] == "上级反馈的问题 EXT-ABCDEF"
    nameless = {k: v for k, v in asked.items() if k != "subject_kind"}
    with pytest.raises(ContractProblem, match="subject_kind"):
        run(county, items=[nameless])


def test_the_cover_says_what_became_of_the_last_answers(county: made.County) -> None:
    county.as_of = "2026-09-25"
    made.write_partitions(county)
    run(county, cycle="2026-09", items=county.items[:4])
    county.as_of = "2026-10-25"
    assert "上期（2026-09）清单没有收到回复" in cover(run(county))
    (waits, *more) = [i for i in county.items if i["state"] == "answered"]
    waits |= {"answer": "department_wrong", "answered_cycle": "2026-09", "paused_since": date(2026, 10, 8)}
    waits["body"]["evidence"] = item(county, "AAA-003")["body"]["evidence"]
    more[0]["answered_cycle"] = "2026-08"
    back = item(county, "AAA-006", "returned")
    back |= {"answer": "fixed", "answered_cycle": "2026-09"}
    states = ("proven", "proven", "verified_not_so", "acknowledged", "exempted")
    closed = [
        {**county.items[0], "item_id": f"{n:064}", "number": f"AAA-001-C{n}", "state": state, "closed_on": "2026-10-20", "answer": "fixed",
         "answered_cycle": "2026-09"}
        for n, state in enumerate(states)
    ]  # fmt: skip
    proven_unasked = {**closed[0], "item_id": "d" * 64, "number": "AAA-001-D", "answer": None, "answered_cycle": None}
    said = cover(run(county, closed=[*closed, proven_unasked]))
    assert (
        "上期（2026-09）清单您答了 7 条：2 条最新数据证实，1 条核查不属实销号，1 条说明销号，1 条批准豁免，"
        "1 条退回（报已整改但未变），1 条等部门更正。"
    ) in said
    assert "已回复，等部门更正|1|县里的期限停着，部门更正前不再问" in said
    assert "本期已销号|6|" in said


def test_what_waits_for_a_department_is_not_asked_and_says_since_when(county: made.County) -> None:
    waits = item(county, "AAA-003")
    waits |= {"state": "answered", "answer": "department_wrong", "answered_on": date(2026, 10, 12), "paused_since": date(2026, 10, 12)}
    first = item(county, "AAA-006")
    first |= {"state": "answered", "answer": "department_wrong", "answered_on": date(2026, 10, 9), "paused_since": date(2026, 10, 9)}
    publication = run(county)
    assert {waits["number"], first["number"]}.isdisjoint({row.number for row in publication.rows})
    said = cover(publication)
    assert "县民政局|1|2026-10-12|已列入给该部门的更正单" in said
    assert f"{history.NO_DEPARTMENT}|1|2026-10-09|" in said, "the visit's book is no department's"
    assert "已回复，等部门更正|1|" in said and "已回复，无对应部门|1|" in said
    waiting = {row["编号"]: row["情况"] for row in rows(publication.workbook, "已回复待销号")}
    assert waiting[waits["number"]] == "已转部门，部门更正后自动销号"
    assert waiting[first["number"]].startswith("无对应部门，请改选核查结果")
    about_a_file = {"subject_kind": "delivery", "body": {"subject_key": f"保册|{made.COUNTY}", "evidence": []}}
    assert history.departments(about_a_file, load_book(county.settings)) == ("县民政局",)


def test_a_fact_of_the_past_waits_for_no_export(county: made.County) -> None:
    past = item(county, "AAA-003")
    past |= {"state": "answered", "answer": "fixed", "answered_on": date(2026, 10, 12), "closes": "acknowledged"}
    waiting = {row["编号"]: row["情况"] for row in rows(run(county).workbook, "已回复待销号")}
    assert "请改选“情况说明”" in waiting[past["number"]]


def test_who_asks_above_for_a_consequence_asks_for_its_root(county: made.County) -> None:
    root, note = root_and_note(county)
    note["notices"] = [{"source": "省", "ref": "7", "due_on": date(2026, 10, 28)}, {"source": "市", "ref": "1", "due_on": None}]
    root["notices"] = [{"source": "省", "ref": "2", "due_on": date(2026, 10, 30)}]
    row = row_of(county, root["number"])
    assert (row["来源"], row["期限"]) == ("本县自查、省级反馈（10月28日前）、市级反馈", "2026-10-28")
    assert "（AAA-004）【省级反馈、市级反馈】" in row["连带问题"]
    assert note["number"] not in {each.number for each in run(county).rows}


def test_a_consequence_that_those_above_ask_for_is_asked_once_its_root_is_not(county: made.County) -> None:
    root, note = root_and_note(county)
    note["notices"] = [{"source": "省", "ref": "7", "due_on": date(2026, 10, 28)}]
    root |= {"state": "answered", "answer": "accepted_true", "answered_on": date(2026, 10, 8)}
    row = row_of(county, note["number"])
    assert (row["来源"], row["期限"]) == ("本县自查、省级反馈（10月28日前）", "2026-10-28")


@pytest.mark.parametrize("answer", ["not_so", "cannot_verify", "explained"])
def test_an_answer_that_waits_for_nothing_hides_no_consequence(county: made.County, answer: str) -> None:
    root, note = root_and_note(county)
    root |= {"state": "answered", "answer": answer, "answered_on": date(2026, 10, 8)}
    assert note["number"] in {row.number for row in run(county).rows}


@pytest.mark.parametrize("answer", ["fixed", "accepted_true", "department_wrong"])
def test_what_goes_with_an_answered_root_stands_among_what_waits(county: made.County, answer: str) -> None:
    root, note = root_and_note(county)
    root |= {"state": "answered", "answer": answer, "answered_on": date(2026, 10, 8)}
    publication = run(county)
    assert note["number"] not in {row.number for row in publication.rows}
    (row,) = [row for row in rows(publication.workbook, "已回复待销号") if row["编号"] == note["number"]]
    assert root["number"] in row["情况"] and f"县里已答“{history.WORDS[answer]}”" in row["情况"]
    assert (row["姓名"], row["上次回复"] or "", row["回复日期"]) == (note["body"]["姓名"], "", "2026-10-08")
    waiting = [str(row["情况"]) for row in rows(publication.workbook, "已回复待销号")]
    assert sum(f"（{root['number']}）" in text for text in waiting) == 2
    held = sum(text.startswith("连带问题") for text in waiting)
    assert f"其中 {held} 条的根源已回复" in cover(publication)


def test_what_moved_in_is_new_and_has_its_days(county: made.County) -> None:
    """As ledger.open_items gives it after a move: asked or returned elsewhere, by no list of this county."""
    moved = {state: item(county, "AAA-006", state) for state in ("issued", "returned")}
    for state, each in moved.items():
        each |= {"issued_cycle": None, "issued_on": None, "due_on": None, "answer": "fixed" if state == "returned" else None}
    found = {row["问题编号"]: (row["状态"], row["期限"]) for row in rows(run(county).workbook, model.LIST_SHEET)}
    assert {found[each["number"]] for each in moved.values()} == {(model.NEW, "2026-11-13")}
