"""The demo's own parts: the spoiled workbook is spoiled as said, and an output that is missing is told of."""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
from duizhang.core import returns

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import answers  # noqa: E402
import closing_table  # noqa: E402

HEADS = ("序号", "户编号", "姓名", "证件号码", returns.ANSWER_COLUMNS[0], returns.NUMBER)
PEOPLE = (("示例甲", "990101196503120011", "已整改"), ("示例乙", "990101197208250029", None), ("示例丙", "990101198001010013", "不属实"))


def test_a_spoiled_list_is_sorted_and_has_one_row_of_another_person_and_one_twice(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADS)
    for n, (name, number, answer) in enumerate(PEOPLE):
        sheet.append((n, f"H{n}", name, number, answer, f"XXX-00{n}"))
    book.save(path)

    spoiled = answers.spoil(path)

    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    people = {f"XXX-00{n}": person[:2] for n, person in enumerate(PEOPLE)}
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
    assert sorted(row[5] for row in rows) == ["XXX-000", "XXX-001", "XXX-002", "XXX-002"]
    assert {row[5] for row in rows if (row[2], row[3]) != people[row[5]]} == {spoiled.tampered} == {"XXX-000"}
    assert spoiled.copied == "XXX-002"


def test_an_output_or_a_turn_of_the_story_that_is_missing_is_told_of(tmp_path: Path) -> None:
    events = dict.fromkeys(closing_table.STORY, 1)
    summary = {"latest": "2026-11-20", "runs": {"2026-11-20": {"counties": {"990101": {"events": events}}}}}
    for pattern in closing_table.OUTPUTS.values():
        path = tmp_path / pattern.replace("[0-9]*", "990101").replace("**", "990101").replace("*", "x")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert closing_table.missing(summary, tmp_path) == []
    events["exempted"] = 0
    next(tmp_path.glob("out/990101/x/reminders/*.txt")).unlink()
    assert len(closing_table.missing(summary, tmp_path)) == 2
