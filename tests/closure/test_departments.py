"""The departments' lists: who is asked, what stands on them, and above all what does not."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from duizhang import ledger
from duizhang.closure.departments import COVER, FILES, LINES, NO_NOTE, Addressed, address, write_list
from duizhang.closure.veil import HIDDEN, veiled
from duizhang.contracts.load import Book
from duizhang.core.settings import Settings

from tests.closure.closure_kit import DAY, rule
from tests.ledger.ledger_kit import D1, D2, A, County, Hit, idkey

CIVIL, POLICE, NATIONAL = "民政低保", "公安户籍", "国家系统"
RULES = {"MON-101": rule("MON-101"), "FMT-101": rule("FMT-101", subject="delivery")}
MARK = "密标9f3c"


def entry(column: str, book: str, value: object) -> dict[str, object]:
    return {"列": column, "账": book, "值": value}


def claimed(evidence: list[dict[str, object]], note: str | None = "民政登记的停发日期错了", **body: Any) -> dict[str, Any]:
    """A row of ledger.department_items."""
    shown = {"town_name": "北山镇", "village_name": "石湾村", "户编号": MARK + "户", "人编号": MARK + "人", "姓名": "甄大山",
             "证件号码": "990101195001010014", "户主姓名": "甄大山", "lineage": {"表": MARK + ":页:3"}, "evidence": evidence, **body}  # fmt: skip
    return {"item_id": "i", "number": "MON-101-ABCDEF", "code": "MON-101", "answered_on": date(2026, 11, 3), "deliveries": 2, "body": shown,
            "claim": {"核查结果": "部门数据有误", "核查说明": note, "核查人": MARK + "经办"}}  # fmt: skip


def lists(book: Book, *items: dict[str, Any], files: tuple[dict[str, Any], ...] = ()) -> Addressed:
    return address("990102", "白河县", items, files, book, RULES, "2026-11", DAY, "联系人")


def everything(path: Path) -> str:
    """All parts of a workbook as one text."""
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_no_value_of_another_book_is_in_the_file(book: Book, tmp_path: Path) -> None:
    """A marker stands in the evidence of every other book of the project, in what the body has beside, and in the note."""
    own = entry("低保_停发年月", CIVIL, "202609")
    others = [entry("值", name, f"{MARK}{at}") for at, c in enumerate(book.contracts) if c.owner != book.by_feed["农村低保"].owner
              for name in (c.feed, c.book, c.title, *c.tables)]  # fmt: skip
    items = claimed([own, *others, entry("参数_保障线", "口径参数", MARK), entry("文件名", "文件", MARK), entry("列", "", MARK)],
                    note=f"民政停发日期错了，系统里是{MARK}0，户籍是{MARK}1")  # fmt: skip
    found = next(report for report in lists(book, items).lists if report.owner == "县民政局")
    write_list(found, tmp_path / "部门更正单.xlsx")
    text = everything(tmp_path / "部门更正单.xlsx")
    assert MARK not in text
    assert all(word in text for word in ("甄大山", "990101195001010014", "北山镇", "石湾村", "202609", "MON-101-ABCDEF", "民政停发日期错了", HIDDEN))


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("13800000000", "138-0000-0000"), ("13800000000", "１３８ ００００ ００００"), (12345.5, "12,345.50"), (12345.5, "1.23万"),
        ("12345", "１２３４５"),
        ("987", "987"), ("2026-08-11", "2026年8月11日"), ("2026-08-11", "2026.8.11"), ("2026-08-11", "20260811"),
        ("2026-08-11", "8月11号"), ("2026-08-11", "二〇二六年八月十一日"), ("202608", "2026年8月"),
        ("精神残疾二级", "二级精神残疾"), ("精神残疾二级", "精神二级的残疾"), ("B类", "ｂ类"),
    ],
)  # fmt: skip
def test_a_value_that_the_note_quotes_in_another_form_is_not_shown(book: Book, value: object, quoted: str) -> None:
    item = claimed([entry("低保_在享", CIVIL, "是"), entry("值", NATIONAL, value)], note=f"民政错了，系统里是{quoted}，请改")
    (found,) = lists(book, item).lists
    assert found.lines[0].says == f"民政错了，系统里是{HIDDEN}，请改"


def test_what_is_no_value_of_another_book_stays_as_it_was_written() -> None:
    note = "甄大山 2026-09 起停发，12 月补录，户籍 3 人，电话 13900000000"
    assert veiled(note, ["2026-08-11", "2026-12", "3", "13800000000", "是", "精神残疾二级", ""]) == note
    assert veiled("停发是2026年9月", ["2026-09"], ["202609"]) == "停发是2026年9月", "the department's own value, too"
    assert veiled("二级、一级", ["二级"]) == f"{HIDDEN}、一级"


def test_each_department_sees_its_own_values_alone(book: Book, tmp_path: Path) -> None:
    evidence = [entry("值", c.book, f"<{c.owner}>") for c in book.contracts]
    found = lists(book, claimed(evidence, note=None)).lists
    assert len(found) > 10
    for report in found:
        write_list(report, tmp_path / "单.xlsx")
        text = everything(tmp_path / "单.xlsx")
        assert {c.owner for c in book.contracts if f"&lt;{c.owner}&gt;" in text} == {report.owner}


def test_the_national_system_s_books_are_no_department_s(book: Book) -> None:
    national = book.role("national").department
    items = [claimed([entry("列", c.book, "1")], number=c.feed) for c in book.contracts if c.department == national or c.role == "field"]
    found = lists(book, *items)
    assert found.lists == ()
    assert found.without == len(items)


def test_a_disability_is_not_told_by_the_number(book: Book) -> None:
    (found,) = lists(book, claimed([entry("低保_在享", CIVIL, "是")], 证件号码="99010119500101001442")).lists
    assert found.lines[0].id_number == "990101195001010014"


def test_the_note_says_which_of_two_departments(book: Book) -> None:
    both = [entry("低保_在享", CIVIL, "是"), entry("户籍_状态", POLICE, "注销")]
    assert {r.owner for r in lists(book, claimed(both, note="两家对不上")).lists} == {"县民政局", "县公安局"}
    assert [r.owner for r in lists(book, claimed(both, note="公安那边注销早了")).lists] == ["县公安局"]
    (police,) = lists(book, claimed(both, note="公安那边注销早了")).lists
    assert police.lines[0].own == "户籍状态：注销"


def test_a_sheet_for_the_entries_and_one_for_the_files(book: Book, tmp_path: Path) -> None:
    broken = {"number": "FMT-101-AAAAAA", "code": "FMT-101", "opened_on": date(2026, 11, 20),
              "body": {"subject_key": "农村低保|990102", "evidence": [entry("未登记列数", "文件", 2), entry("人数", NATIONAL, MARK)]}}  # fmt: skip
    (found,) = lists(book, claimed([entry("低保_在享", CIVIL, "是")], note=None), files=(broken,)).lists
    write_list(found, tmp_path / "单.xlsx")
    sheets = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "单.xlsx"))
    assert sheets.sheet_names == [COVER, LINES, FILES]
    assert sheets.get_sheet_by_name(COVER).to_python()[-1][0::2] == ["白河县", 1.0, 1.0]
    row = sheets.get_sheet_by_name(LINES).to_python()[1]
    assert row[1:6] == ["白河县", "北山镇", "石湾村", "甄大山", "990101195001010014"]
    assert (row[7], row[9]) == (NO_NOTE, 2.0)
    files = sheets.get_sheet_by_name(FILES).to_python()
    assert files[1][1] == "白河县"
    assert "未登记列数：2" in files[1][5]
    assert MARK not in everything(tmp_path / "单.xlsx")


def test_a_value_that_looks_like_a_formula_stays_text(book: Book, tmp_path: Path) -> None:
    (found,) = lists(book, claimed([entry("低保_证号", CIVIL, "=1+1")], note="=cmd()")).lists
    write_list(found, tmp_path / "单.xlsx")
    assert "<f>" not in everything(tmp_path / "单.xlsx")


@dataclass(frozen=True)
class BookHit(Hit):
    """A hit that a department's book shows."""

    def row(self, county: str) -> dict[str, Any]:
        shown = json.dumps([entry("低保_在享", CIVIL, self.shown), entry("享受低保", NATIONAL, "否")], ensure_ascii=False)
        return super().row(county) | {"evidence": shown}


def test_an_item_leaves_the_list_when_the_next_delivery_changes_it(settings: Settings, files: Path, book: Book) -> None:
    hits: list[Hit] = [BookHit("MON-101", "person", key, shown="是") for key in ("P1", "P2")]
    county = County(settings, files, hits=hits, persons={"P1": idkey(1), "P2": idkey(2)})
    county.merge(D1)
    county.issue("2026-10", D1)
    assert [r.lines for r in lists(book, *ledger.department_items(settings, A)).lists] == []
    for found in county.items().values():
        county.answer(found, "部门数据有误", date(2026, 11, 3), note="民政登记错")
    (before,) = lists(book, *ledger.department_items(settings, A)).lists
    assert [(line.own, line.says, line.since) for line in before.lines] == [("低保在享：是", "民政登记错", date(2026, 11, 3))] * 2
    county.hits = hits[:1]
    county.merge(D2)
    (after,) = lists(book, *ledger.department_items(settings, A)).lists
    assert len(after.lines) == 1
    assert ledger.states(settings, A)["proven"] == 1
