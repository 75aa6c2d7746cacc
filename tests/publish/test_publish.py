"""Publishing: the cells a county gets, the page, and the pointer that moves last."""

from __future__ import annotations

import json
import logging
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang import publish
from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.returns import ANSWERS, row_token
from duizhang.core.settings import Settings
from duizhang.publish import model
from duizhang.publish.asking import questions
from duizhang.publish.causes import roots
from duizhang.publish.counts import ranges
from filling import rows

PERSONAL = ("户主姓名", "姓名", "证件号码")


def run(c: made.County, **changes: Any) -> publish.Publication:
    given = {"as_of": c.as_of, "cycle": c.cycle, "items": c.items, "roll_forward": c.flow, **changes}
    return publish.publish(c.settings, made.COUNTY, **given)


def listed(c: made.County, **changes: Any) -> list[dict[str, Any]]:
    return rows(run(c, **changes).workbook, model.LIST_SHEET)


def item(c: made.County, code: str, state: str = "found") -> dict[str, Any]:
    return next(i for i in c.items if i["code"] == code and i["state"] == state)


def test_twice_is_once_whatever_the_order_of_items(county: made.County) -> None:
    first = run(county)
    stamp = {path: path.stat().st_mtime_ns for path in first.path.iterdir()}
    again = run(county, items=list(reversed(county.items)), roll_forward=list(reversed(county.flow)))
    assert (first.changed, again.changed, again.version) == (True, False, first.version)
    assert {path: path.stat().st_mtime_ns for path in again.path.iterdir()} == stamp
    assert [path.name for path in first.path.parent.iterdir() if path.name.startswith(".")] == []
    changed = run(county, items=county.items[:-1])
    assert changed.version != first.version
    assert (county.settings.out / made.COUNTY / "current").resolve() == changed.path


def test_issuing_in_between_changes_nothing(county: made.County) -> None:
    """The pipeline issues after it publishes; the same cycle published again must say the same of every row."""
    first = run(county)
    sent = {row.item_id: row.due_on for row in first.rows}
    for each in county.items:
        if each["item_id"] in sent:
            state = "issued" if each["state"] == "found" else each["state"]
            each.update(state=state, issued_cycle=county.cycle, due_on=sent[each["item_id"]])
    assert run(county).version == first.version
    (first.path.parent / "latest").unlink()
    lost = run(county)  # without the manifest the words come from the ledger alone
    assert {row.item_id: row.due_on for row in lost.rows} == sent


def test_ids_are_text_and_no_value_is_a_formula(county: made.County) -> None:
    hostile = item(county, "AAA-003")
    hostile["body"]["姓名"] = "=1+1"
    hostile["body"]["evidence"][0]["值"] = "@SUM(1)\x07"
    other = item(county, "AAA-006")
    other["body"] |= {"户主姓名": "+cmd|' /C calc'!A0", "village_name": "-2+3"}
    book = openpyxl.load_workbook(run(county).workbook)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    sheet = book[model.LIST_SHEET]
    head = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for name in ("户编号", "证件号码", "问题编号", "姓名"):
            cell = sheet.cell(row, head[name])
            assert cell.number_format == "@"
            assert cell.value is None or cell.data_type == "s"
    values = {cell.value for cell in cells}
    assert {"=1+1", "+cmd|' /C calc'!A0", "-2+3"} <= values
    numbers = {i["body"].get("证件号码") for i in county.items if i["state"] == "found" and i["code"] == "AAA-003"}
    assert numbers <= values and all(len(n) == 18 for n in numbers)


def test_one_question_per_root_cause(county: made.County) -> None:
    dead = item(county, "AAA-001")
    household = dead["body"]["户编号"]
    spouse = {**item(county, "AAA-004"), "item_id": "f" * 64, "number": "AAA-004-SPOUSE"}
    spouse["body"] = {**dead["body"], "人编号": "P-other", "姓名": "甄大山", "证件号码": "990101197001010000"}
    found = [row for row in listed(county, items=[*county.items, spouse]) if row["户编号"] == household]
    assert sorted(row["问题编号"] for row in found) == sorted([dead["number"], "AAA-004-SPOUSE"])
    root = next(row for row in found if row["指标"] == "AAA-001")
    assert "AAA-002" in root["连带问题"] and "AAA-004" in root["连带问题"]
    assert next(row for row in found if row["指标"] == "AAA-004")["连带问题"] in (None, "")
    without = [row for row in listed(county, items=[i for i in county.items if i is not dead]) if row["户编号"] == household]
    assert {row["指标"] for row in without} == {"AAA-002", "AAA-004"}, "a consequence is asked once its root no longer stands"


def test_an_answered_root_keeps_its_consequences_quiet(county: made.County) -> None:
    dead = item(county, "AAA-001")
    dead |= {"state": "answered", "answer": "fixed", "answered_on": date(2026, 10, 8)}
    publication = run(county)
    assert not [r for r in rows(publication.workbook, model.LIST_SHEET) if r["户编号"] == dead["body"]["户编号"]]
    waiting = rows(publication.workbook, "已回复待销号")
    assert [r["上次回复"] for r in waiting if r["编号"] == dead["number"]] == ["已整改"]


def test_rules_that_blame_each_other_are_both_asked(county: made.County, tmp_path: Path) -> None:
    path = tmp_path / "expectations" / "AAA.yaml"
    path.write_text(path.read_text().replace("code: AAA-001\n", "code: AAA-001\n  consequence_of: [AAA-002]\n"))
    household = item(county, "AAA-001")["body"]["户编号"]
    assert {row["指标"] for row in listed(county) if row["户编号"] == household} >= {"AAA-001", "AAA-002"}


def test_a_record_of_monitoring_is_no_consequence_of_another_record(shared_settings: Settings) -> None:
    """A household taken in twice: what is wrong with the first record hides nothing of the second."""
    rules = by_code(shared_settings)
    assert "MON-013" in rules["MON-014"].consequence_of

    def record(code: str, month: str) -> dict[str, object]:
        body = {"户编号": "H1", "subject_key": f"H1|{month}"}
        return {"item_id": code + month, "number": code + month, "code": code, "state": "found", "body": body}

    items = [record("MON-013", "202103"), record("MON-014", "202103"), record("MON-014", "202405")]
    assert roots(items, questions(rules, [])) == {"MON-013202103": (), "MON-014202103": ("MON-013202103",), "MON-014202405": ()}


def test_households_stand_together_with_both_books_side_by_side(county: made.County) -> None:
    found = listed(county)
    order = [(row["乡镇"], row["村"], row["户编号"]) for row in found]
    first_seen = list(dict.fromkeys(order))
    assert order == sorted(order, key=first_seen.index), "a household's rows are not next to each other"
    assert [row["序号"] for row in found] == list(range(1, len(found) + 1))
    low = next(row for row in found if row["指标"] == "AAA-003")
    assert low["国家系统登记"] == "享受低保政策情况：（空）"
    assert low["部门/入户登记"].split("\n") == ["【农村低保备案表】", "低保在享：是", "低保类型：B类"]
    visit = next(row for row in found if row["指标"] == "AAA-006")
    assert (visit["国家系统登记"], visit["部门/入户登记"]) == ("家庭人口数：5", "【入户核查表】\n入户家庭人口数：4")


def test_a_household_that_the_national_book_lacks_is_named_by_who_leads_to_it(county: made.County) -> None:
    asked = item(county, "AAA-006")["body"]
    asked["户编号"] = None
    (row,) = [row for row in listed(county) if row["证件号码"] == asked["证件号码"]]
    assert (row["户编号"] or "", row["姓名"], row["指标"]) == ("", asked["姓名"], "AAA-006")


def test_data_sheets_can_be_worked_in(county: made.County) -> None:
    book = openpyxl.load_workbook(run(county).workbook)
    for name in (model.LIST_SHEET, model.FILE_SHEET, "本期已销号"):
        sheet = book[name]
        assert not sheet.merged_cells.ranges and not sheet.protection.sheet
        assert sheet.auto_filter.ref and sheet.freeze_panes
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$1:$1"
    sheet = book[model.LIST_SHEET]
    at = next(cell.column_letter for cell in sheet[1] if cell.value == "核查结果▼")
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [(v.formula1, str(v.sqref)) for v in lists] == [(f'"{",".join(ANSWERS)}"', f"{at}2:{at}{sheet.max_row}")]


def test_file_questions_go_to_the_sender(county: made.County) -> None:
    publication = run(county)
    (asked,) = rows(publication.workbook, model.FILE_SHEET)
    assert (asked["部门"], asked["账册"], asked["情况"]) == ("县民政局", "农村低保备案表", "长数字转数值行数：4")
    assert asked["校验码"] and asked["问题编号"] in {row.number for row in publication.rows}
    assert "AAA-008" not in {row["指标"] for row in rows(publication.workbook, model.LIST_SHEET)}


def test_status_and_deadline(county: made.County) -> None:
    found = {row["问题编号"]: row for row in listed(county)}
    words = {i["number"]: (i["state"], i["severity"]) for i in county.items}
    seen = set()
    for number, row in found.items():
        state, severity = words[number]
        seen.add(state)
        fresh = "2026-11-03" if severity == "错误" else "2026-11-13"  # working days after a Sunday
        wanted = {"found": (model.NEW, fresh), "issued": (model.UNANSWERED, "2026-10-02"), "returned": (model.RETURNED, fresh)}
        assert (row["状态"], row["期限"]) == wanted[state]
    assert seen == {"found", "issued", "returned"}


def test_returned_again_and_silent_ever_since(county: made.County) -> None:
    """A row sent back last time and not answered since is 上期未回复, with last time's deadline."""
    silent = item(county, "AAA-006", "returned")
    silent |= {"issued_cycle": "2026-09", "answered_cycle": "2026-08", "due_on": "2026-10-02"}
    back = item(county, "AAA-004", "returned")
    back |= {"issued_cycle": "2026-09", "answered_cycle": "2026-09"}
    found = {row["问题编号"]: (row["状态"], row["期限"]) for row in listed(county)}
    assert found[silent["number"]] == (model.UNANSWERED, "2026-10-02")
    assert found[back["number"]] == (model.RETURNED, "2026-11-03")


def test_next_cycle_knows_the_last(county: made.County) -> None:
    run(county)
    first = json.loads((county.settings.out / made.COUNTY / "current" / "manifest.json").read_text())
    county.as_of = "2026-11-20"
    made.write_partitions(county)
    later = run(county, cycle="2026-11")
    report = publish.gather(
        county.settings, made.COUNTY, county.as_of, "2026-11", county.items, county.flow,
        before=publish.store.before(county.settings.out, made.COUNTY, "2026-11"),
    )  # fmt: skip
    assert {i.code: i.last_hits for i in report.indicators} == first["hits"]
    assert {i.last_hits for i in publish.gather(county.settings, made.COUNTY, county.as_of, "2026-09", (), ()).indicators} == {None}
    county.as_of = "2026-10-25"
    run(county, items=county.items[1:])
    current = county.settings.out / made.COUNTY / "current"
    assert current.resolve() == later.path, "a late rerun of an earlier cycle must not move the pointer back"


def test_a_publication_that_fails_leaves_the_last_in_place(county: made.County, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(county)
    whole = publish.render_workbook

    def loses_rows(report: publish.CountyReport, path: Path) -> None:
        from dataclasses import replace

        whole(replace(report, lines=report.lines[:-1]), path)

    monkeypatch.setattr(publish, "render_workbook", loses_rows)
    with pytest.raises(InfraProblem):
        run(county, items=county.items[:-2])
    assert (county.settings.out / made.COUNTY / "current").resolve() == first.path
    assert sorted(path.name for path in first.path.parent.iterdir()) == sorted([first.version, "latest"])


def test_a_run_killed_before_the_pointer_moved_is_finished_by_the_next(county: made.County) -> None:
    first = run(county)
    left = first.path.parent / ".writing-killed"
    left.mkdir()
    os.utime(left, (0, 0))
    (first.path.parent / "latest").unlink()
    (county.settings.out / made.COUNTY / "current").unlink()
    again = run(county)
    assert (again.version, again.changed) == (first.version, False)
    assert (county.settings.out / made.COUNTY / "current").resolve() == first.path and not left.exists()


def test_a_damaged_version_is_written_again(county: made.County) -> None:
    first = run(county)
    whole = first.workbook.read_bytes()
    first.workbook.write_bytes(whole[:-100])
    again = run(county)
    assert again.changed and again.workbook == first.workbook and again.workbook.read_bytes() == whole


def test_token_binds_every_part() -> None:
    key, parts = b"k" * 32, ("i" * 64, "990101", "2026-10", "v" * 64)
    one = row_token(key, *parts)
    others = [row_token(key, *(part + "x" if at == n else part for at, part in enumerate(parts))) for n in range(4)]
    others += [row_token(b"j" * 32, *parts), row_token(key, "i" * 64 + "9", "90101", "2026-10", "v" * 64)]
    assert re.fullmatch("[A-Z2-7]{16}", one) and one not in others and len(set(others)) == len(others)


def test_page_holds_counts_and_no_person(county: made.County) -> None:
    publication = run(county)
    page = publication.page.read_text(encoding="utf-8")
    bodies = [i["body"] for i in county.items]
    names = {body[name] for body in bodies for name in PERSONAL if body.get(name)} | {b["户编号"] for b in bodies if b.get("户编号")}
    manifest = (publication.path / "manifest.json").read_text(encoding="utf-8")
    assert len(names) > 60
    assert not [name for name in names if name in page or name in manifest]
    assert "<script" not in page and "http-equiv" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page) and "url(" not in page
    assert page.count("<svg") == 2


def test_page_points_to_the_rows(county: made.County) -> None:
    publication = run(county)
    report = publish.gather(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    sheet = openpyxl.load_workbook(publication.workbook)[model.LIST_SHEET]
    code = next(cell.column for cell in sheet[1] if cell.value == "指标")
    page = publication.page.read_text(encoding="utf-8")
    for indicator in report.indicators:
        at = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, code).value == indicator.code]
        if at:
            assert f"{model.LIST_SHEET} {ranges(at)}" in page
    assert ranges([5, 2, 3, 4, 9]) == "第 2–5、9 行"
    assert ranges(range(2, 40, 2)).endswith("……共 19 行")


def test_not_applicable_is_said_and_never_zero(county: made.County) -> None:
    publication = run(county)
    page = publication.page.read_text(encoding="utf-8")
    cover = "\n".join(
        str(cell.value) for line in openpyxl.load_workbook(publication.workbook)["封面"].iter_rows() for cell in line if cell.value
    )
    for text in (page, cover):
        assert "石桥镇的“入户核查表”本期未收到".replace("“", "“") in text
        assert "缺口径参数：监测范围线" in text and "石桥镇未收到" in text
    report = publish.gather(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    rates = {i.code: i.rate for i in report.indicators}
    assert rates["AAA-009"] is None and rates["AAA-006"] == 10 / 120
    assert "尚未配置联系人" in cover


def test_page_escapes_what_it_is_given(county: made.County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(made.TOWNS, "990101001", "<i onload=x>镇")
    made.write_partitions(county)
    page = run(county).page.read_text(encoding="utf-8")
    assert "<i onload" not in page and "&lt;i onload=x&gt;镇" in page


def test_problems_name_no_person(county: made.County, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    run(county)
    broken = [{k: v for k, v in county.items[0].items() if k != "value_hash"}, *county.items[1:]]
    with pytest.raises(ContractProblem) as caught:
        run(county, items=broken)
    with pytest.raises(ContractProblem) as closed:
        run(county, items=[{**county.items[0], "state": "proven"}])
    said = caplog.text + str(caught.value) + str(closed.value)
    assert "value_hash" in said
    assert not [i["body"][name] for i in county.items for name in PERSONAL if i["body"].get(name) and i["body"][name] in said]


def test_an_item_of_a_retired_indicator_is_reported_not_asked(county: made.County) -> None:
    old = {**county.items[0], "item_id": "e" * 64, "code": "ZZZ-001", "number": "ZZZ-001-AAAAAAAAAA"}
    publication = run(county, items=[*county.items, old])
    assert old["number"] not in {row.number for row in publication.rows}
    assert "ZZZ-001" in publication.page.read_text(encoding="utf-8")
