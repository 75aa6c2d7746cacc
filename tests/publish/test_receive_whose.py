"""Receiving: an answer is never applied to another person, county, cycle or value."""

from __future__ import annotations

from typing import Any

import county as made
import openpyxl
import pytest
from duizhang.core import returns
from duizhang.publish.model import LIST_SHEET
from duizhang.receive import identify, judging, receive
from filling import columns, fill, rows
from returned import DONE, ON, Out, refusals, shown


@pytest.mark.parametrize(("column", "value"), [("证件号码", "990101198001010000"), ("户编号", "9901000000009999"), ("姓名", "甄某")])
def test_a_row_that_names_someone_else_is_refused(out: Out, column: str, value: str) -> None:
    receipt = out.edit(lambda sheet, at: setattr(sheet.cell(2, at[column]), "value", value), DONE, DONE)
    assert refusals(receipt) == [judging.MOVED.format(column)] and [a.number for a in receipt.answers] == [out.numbers[1]]


def test_sorting_only_some_columns_is_noticed(out: Out) -> None:
    def swap(sheet: Any, at: dict[str, int]) -> None:
        for column in (returns.NUMBER, returns.TOKEN):
            one, two = sheet.cell(2, at[column]), sheet.cell(4, at[column])
            one.value, two.value = two.value, one.value

    receipt = out.edit(swap, DONE, {}, DONE)
    assert receipt.answers == () and refusals(receipt) == [judging.MOVED.format("户编号")] * 2


def test_numbers_turned_into_floats_are_not_guessed(out: Out) -> None:
    def spoil(sheet: Any, at: dict[str, int]) -> None:
        cell = sheet.cell(2, at["证件号码"])
        cell.value, cell.number_format = float(str(cell.value)[:17] + "0"), "General"

    assert refusals(out.edit(spoil, DONE)) == [judging.CUT.format("证件号码")]


def test_tokens(out: Out) -> None:
    def forge(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at[returns.TOKEN]).value = "A" * 16
        sheet.cell(3, at[returns.TOKEN]).value = sheet.cell(2, at[returns.TOKEN]).value
        sheet.cell(4, at[returns.NUMBER]).value = "AAA-003-AAAAAAAAAA"
        sheet.cell(5, at[returns.NUMBER]).value = None

    receipt = out.edit(forge, DONE, DONE, DONE, DONE)
    assert receipt.answers == ()
    assert refusals(receipt) == [identify.BAD_TOKEN, identify.BAD_TOKEN, identify.UNKNOWN, identify.NO_NUMBER]


def test_a_list_of_another_cycle_or_of_changed_values(out: Out) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    out.c.cycle = "2026-11"
    assert refusals(out.back()) == [identify.BAD_TOKEN]
    now = out.c.lookup

    def both(numbers: Any) -> dict[str, list[dict[str, Any]]]:
        return {n: [*sent, {**sent[0], "cycle": "2026-10"}] for n, sent in now(numbers).items()}

    late = receive(out.c.settings, out.copy, ON, both)
    assert [a.cycle for a in late.answers] == ["2026-10"], "a late answer to the former list counts for that list"


def test_rows_of_another_county_are_sent_back(out: Out) -> None:
    for item in out.c.items:
        if item["number"] == out.numbers[2]:
            item["county"] = "990102"
    key = out.c.settings.installation_key()
    other = next(i for i in out.c.items if i["number"] == out.numbers[2])
    token = returns.row_token(key, other["item_id"], "990102", "2026-10", other["value_hash"])
    receipt = out.edit(
        lambda sheet, at: setattr(sheet.cell(4, at[returns.TOKEN]), "value", token), DONE, DONE, DONE
    )
    assert [a.county for a in receipt.answers] == [made.COUNTY] * 2 and refusals(receipt) == [judging.OTHER_COUNTY]


def test_a_lost_token_is_derived_only_where_all_that_is_visible_agrees(out: Out) -> None:
    table = rows(out.workbook, LIST_SHEET)
    people = [n for n, row in enumerate(table) if row["证件号码"]][:7]
    village = next(n for n, row in enumerate(table) if not row["户编号"])
    harm = {people[1]: "户编号", people[2]: "姓名", people[3]: "国家系统登记", people[4]: "指标", people[5]: "期限"}
    fill(out.workbook, out.copy, {table[n]["问题编号"]: DONE for n in (*people, village)})
    book = openpyxl.load_workbook(out.copy)
    sheet = book[LIST_SHEET]
    at = columns(sheet)
    for n in (*people[:6], village):
        sheet.cell(n + 2, at[returns.TOKEN]).value = None
    sheet.cell(people[6] + 2, at[returns.TOKEN]).value = str(table[people[6]][returns.TOKEN])[:9]
    for n, column in harm.items():
        sheet.cell(n + 2, at[column]).value = {"期限": "2026-09-01", "指标": "AAA-999"}.get(column, "别的")
    book.save(out.copy)
    receipt = receive(out.c.settings, out.copy, ON, shown(out))
    assert [a.number for a in receipt.answers] == [table[n]["问题编号"] for n in (people[0], people[6])]
    assert [remark.hints for remark in receipt.remarks] == [(identify.DERIVED,)] * 2
    assert refusals(receipt) == [identify.NO_TOKEN] * 6
    assert refusals(out.back()) == [identify.NO_TOKEN] * 8, "a lookup that does not say what was shown derives nothing"


def test_a_lost_token_is_not_derived_where_two_counties_or_two_versions_fit(out: Out) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    book = openpyxl.load_workbook(out.copy)
    book[LIST_SHEET].cell(2, columns(book[LIST_SHEET])[returns.TOKEN]).value = None
    book.save(out.copy)
    for more in ({"county": "990102"}, {"value_hash": "0" * 64}):
        def both(numbers: Any, more: dict[str, str] = more) -> dict[str, list[dict[str, Any]]]:
            return {n: [*sent, {**sent[0], **more}] for n, sent in shown(out)(numbers).items()}

        assert refusals(receive(out.c.settings, out.copy, ON, both)) == [identify.NO_TOKEN]


def test_an_answer_names_the_values_of_its_own_list(out: Out) -> None:
    """A list issued twice in a cycle: the row's token says which of the two the officer saw."""
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})

    def both(numbers: Any) -> dict[str, list[dict[str, Any]]]:
        return {n: [{**sent[0], "value_hash": "e" * 64}, *sent] for n, sent in out.c.lookup(numbers).items()}

    (answer,) = receive(out.c.settings, out.copy, ON, both).answers
    assert answer.value_hash == out.c.lookup([out.numbers[0]])[out.numbers[0]][0]["value_hash"]
