"""Receiving: every answer of a list once, or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import county as made
import pytest
from duizhang.publish.model import FILE_SHEET
from duizhang.receive import desk, judging
from duizhang.receive import receipt as paper
from duizhang.receive import rows as finding
from filling import fill, rows
from returned import DONE, ON, Out, refusals


def test_round_trip(out: Out) -> None:
    file_number = rows(out.workbook, FILE_SHEET)[0]["问题编号"]
    given = {
        out.numbers[0]: DONE,
        out.numbers[1]: {"核查结果": "不属实", "核查说明": "本人在家，户口簿已核", "核查日期": "2026年10月27日"},
        out.numbers[2]: {"核查结果": "情况说明", "核查说明": "确有理由", "核查人": "乙", "批准人": "丙", "核查日期": 20261026},
        file_number: {"核查结果": "部门数据有误"},
    }
    receipt = out.back(fill(out.workbook, out.copy, given))
    assert receipt.refused == () and receipt.unfilled == len(out.numbers) + 1 - 4
    assert (receipt.county, receipt.cycle) == (made.COUNTY, "2026-10")
    ids = {item["number"]: item["item_id"] for item in out.c.items}
    assert [(a.number, a.item_id) for a in receipt.answers] == [(number, ids[number]) for number in given]
    shown = {item["number"]: item["value_hash"] for item in out.c.items}
    assert [a.value_hash for a in receipt.answers] == [shown[number] for number in given]
    one, two, three, four = receipt.answers
    assert (one.answer, one.note, one.answered_by, one.checked_on) == ("已整改", None, "村干部甲", date(2026, 10, 28))
    assert (two.note, two.checked_on) == ("本人在家，户口簿已核", date(2026, 10, 27))
    assert (three.approved_by, three.checked_on, four.checked_on) == ("丙", date(2026, 10, 26), None)


def test_sorted_moved_renamed_and_with_things_added(out: Out) -> None:
    def shuffle(sheet: Any, at: dict[str, int]) -> None:
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        order = sorted(range(len(table[0])), key=lambda column: str(table[0][column]))
        sheet.delete_rows(1, sheet.max_row)
        sheet.append(["青石县核查情况", "制表人：甲"])
        for row in [table[0], *reversed(table[1:])]:
            sheet.append(["乡镇备注", *(row[column] for column in order)])
        sheet.append([None, "合计 44 条"])
        sheet.title = "我们的表"

    receipt = out.edit(shuffle, DONE, DONE, DONE)
    assert {a.number for a in receipt.answers} == set(out.numbers[:3]) and receipt.refused == ()
    assert receipt.unfilled == len(out.numbers) + 1 - 3


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"核查结果": "不属实"}, judging.NEEDS_NOTE.format("不属实")),
        ({"核查结果": "情况说明", "核查说明": " "}, judging.NEEDS_NOTE.format("情况说明")),
        ({"核查结果": "改了"}, judging.BAD_ANSWER),
        ({"核查说明": "已处理"}, judging.NO_ANSWER),
        ({"核查结果": "已整改", "核查日期": datetime(2026, 10, 31)}, judging.LATE_DATE),
        ({"核查结果": "已整改", "核查日期": "2006-10-28"}, judging.OLD_DATE),
        ({"核查结果": "已整改", "核查日期": "上周五"}, judging.BAD_DATE),
        ({"核查结果": "已整改", "核查日期": "2026-13-01"}, judging.BAD_DATE),
        ({"核查结果": "已整改", "核查日期": 46323}, judging.BAD_DATE),
    ],
)
def test_half_answers_are_sent_back(out: Out, answer: dict[str, Any], reason: str) -> None:
    receipt = out.answers(answer)
    assert refusals(receipt) == [reason] and receipt.answers == ()


@pytest.mark.parametrize("text", ["2026-10-28", "2026/10/28", "2026.10.28", "2026年10月28日", "２０２６－１０－２８", "20261028"])
def test_dates_as_officers_write_them(text: str) -> None:
    assert judging.checked_on(text, ON) == date(2026, 10, 28)


def test_a_row_twice(out: Out) -> None:
    def copy_rows(sheet: Any, at: dict[str, int]) -> None:
        for row in (2, 3, 4, 3):
            sheet.append([cell.value for cell in sheet[row]])
        sheet.cell(sheet.max_row - 2, at["核查结果"]).value = "无法核实"
        sheet.cell(sheet.max_row, at["核查结果"]).value = "属实待整改"

    receipt = out.edit(copy_rows, DONE, DONE, DONE)
    assert [a.number for a in receipt.answers] == [out.numbers[0], out.numbers[2]] and receipt.doubled == 2
    assert refusals(receipt) == [judging.CONFLICT] * 3
    assert out.numbers[1] not in {a.number for a in receipt.answers}


def test_a_doubled_column_refuses_only_the_rows_where_the_two_differ(out: Out) -> None:
    def double(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(1, 40).value = "核查结果"
        sheet.cell(2, 40).value = "已整改"
        sheet.cell(3, 40).value = "无法核实"

    receipt = out.edit(double, DONE, DONE, DONE)
    assert receipt.refused_file == "" and [a.number for a in receipt.answers] == [out.numbers[0]]
    assert [(r.place.row, r.reason) for r in receipt.refused] == [(3, finding.TWICE.format("核查结果")), (4, finding.TWICE.format("核查结果"))]


def test_a_missing_column(out: Out) -> None:
    lost = out.edit(lambda sheet, at: sheet.delete_cols(at["证件号码"]), DONE)
    assert refusals(lost) == [judging.LOST.format("证件号码")]
    gone = out.edit(lambda sheet, at: setattr(sheet.cell(1, at["核查结果"]), "value", "结论"), DONE)
    assert refusals(gone) == [judging.NO_ANSWER_COLUMN]


def test_hidden_rows_count_and_are_pointed_out(out: Out) -> None:
    receipt = out.edit(lambda sheet, at: setattr(sheet.row_dimensions[3], "hidden", True), DONE, DONE)
    assert [remark.hints for remark in receipt.remarks] == [(), (desk.HIDDEN,)]


def test_what_cannot_be_read_is_not_taken_for_nothing(out: Out) -> None:
    def spoil(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["核查结果"]).value = "=A1"
        sheet.cell(3, at["核查说明"]).value = "#N/A"
        sheet.merge_cells(start_row=4, end_row=5, start_column=at["核查结果"], end_column=at["核查结果"])

    receipt = out.edit(spoil, {}, {}, DONE, {})
    merged = finding.MERGED.format("核查结果")
    assert refusals(receipt) == [finding.FORMULA.format("核查结果"), finding.FAULT.format("核查说明"), merged, merged]


def test_the_blank_list(out: Out) -> None:
    receipt = out.back(out.workbook)
    assert receipt.refused_file == "" and receipt.answers == receipt.refused == ()
    assert paper.summary(receipt, []) == [f"清单里一条答复也没有填，没有可以登记的。共 {len(out.numbers) + 1} 个问题，请填写后在期限内再交。"]
