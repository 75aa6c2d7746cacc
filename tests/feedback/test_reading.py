"""Any file opens; the header is found by what its names mean; every row is a line or accounted for."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from duizhang.core.errors import ContractProblem, FeedProblem
from duizhang.core.settings import Settings
from duizhang.feedback import lines, parameters
from duizhang.feedback.deadlines import deadline
from duizhang.feedback.lines import role_of
from duizhang.feedback.model import Line, Table
from duizhang.feedback.texts import fits, name_fits, number_pattern
from duizhang.read.grids import open_grids

NUMBER = "990101198005153119"


def _tables(settings: Settings, data: bytes, name: str = "名单.xlsx") -> tuple[Table, ...]:
    return lines.tables(open_grids(data), name, parameters.load(settings))


def _book(fill: Any) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(out)
    return out.getvalue()


def _lines(found: tuple[Table, ...]) -> list[Line]:
    return [line for table in found for line in table.lines]


def test_titles_two_level_header_merged_households_totals(settings: Settings) -> None:
    def fill(book: Any) -> None:
        page = book.active
        page.title = "已死亡未减员"
        page.append(["青石县疑似问题清单", *[None] * 5])
        page.merge_cells("A1:F1")
        page.append(["填报单位：省局"])
        page.append(["序 号", "所在地", None, "人员信息", None, "整改 时限"])
        page.append([None, "区县", "行政村", "姓名", "身份证号\n（脱敏）", None])
        page.merge_cells("B3:C3")
        page.merge_cells("D3:E3")
        page.append([1, "青石县", "金河村", "测试甲", NUMBER, "2026-12-10"])
        page.append([2, None, None, "测试乙", "同上", None])
        page.merge_cells("B5:B6")
        page.merge_cells("C5:C6")
        page.append([])
        page.append(["合计", None, None, 2])
        page.append(["序 号", "区县", "行政村", "姓名", "身份证号\n（脱敏）", "整改 时限"])
        page.append(["填表人：", None, None, None])

    (table,) = _tables(settings, _book(fill))
    assert [dict(line.roles) for line in table.lines] == [
        {"county": "青石县", "village": "金河村", "name": "测试甲", "id": NUMBER, "due": "2026-12-10"},
        {"county": "青石县", "village": "金河村", "name": "测试乙", "id": NUMBER},
    ]
    assert (table.not_data, [line.row for line in table.lines]) == (3, [5, 6])
    assert table.lines[1].cells[4] == "同上" and table.lines[1].around[0] == "已死亡未减员"


def test_hidden_sheets_and_sheets_without_header_are_named(settings: Settings) -> None:
    def fill(book: Any) -> None:
        book.active.title = "名单"
        for row in (["户编号", "问题类型"], ["990101000001", "是否危房户为空"]):
            book.active.append(row)
        old = book.create_sheet("旧")
        for row in (["户编号", "问题类型"], ["990101000002", "是否危房户为空"]):
            old.append(row)
        old.sheet_state = "hidden"
        book.create_sheet("说明").append(["请于年底前整改"])
        figures = book.create_sheet("统计")
        for row in (["单位", "条数", "占比"], ["青石县", 3, 0.5], ["白河县", 4, 0.5]):
            figures.append(row)

    found = {table.sheet: table for table in _tables(settings, _book(fill))}
    assert [len(found[name].lines) for name in ("名单", "旧", "说明", "统计")] == [1, 0, 0, 0]
    assert {name for name, table in found.items() if table.passed_over} == {"旧", "说明", "统计"}
    assert {name for name, table in found.items() if table.may_hold_lines} == {"旧", "统计"}


def test_csv_in_gb18030_an_old_workbook_and_a_zip_of_both(settings: Settings) -> None:
    text = "通知附件\n户 编 号,户主姓名,疑点类型\n990101000001,测试甲,是否危房户为空\n\n990101000002,测试乙,是否危房户为空\n".encode("gb18030")
    old, out = xlwt.Workbook(), io.BytesIO()
    page = old.add_sheet("是否危房户为空")
    for column, (head, value) in enumerate((("户编号", "990101000003"), ("户主姓名", "测试丙"))):
        page.write(0, column, head)
        page.write(1, column, value)
    old.save(out)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("甲.csv", text)
        archive.writestr("乙.xls", out.getvalue())
    assert [line.text("household") for line in _lines(_tables(settings, text, "名单.csv"))] == ["990101000001", "990101000002"]
    found = _lines(_tables(settings, packed.getvalue(), "包.zip"))
    assert sorted(line.text("household") for line in found) == ["990101000001", "990101000002", "990101000003"]
    assert all(len(line.around) >= 2 for line in found)


def test_limits_and_passwords_hold_for_lists_too(settings: Settings) -> None:
    with pytest.raises(FeedProblem, match="密码"):
        open_grids(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40)
    with pytest.raises(FeedProblem, match="PDF"):
        open_grids(b"%PDF-1.7 something")


@pytest.mark.parametrize(
    ("header", "role"),
    [("证件号码（脱敏）", "id"), ("身 份 证 号 *", "id"), ("户主身份证号码", "head_id"), ("户主证件号码", "head_id"), ("户主\n姓名", "head"),
     ("联系电话", "skip"), ("完成时限（工作日）", "due"), ("残疾人证号", "id"), ("规则编号", "rule"), ("脱贫年度", ""), ("人均纯收入", "")],
)  # fmt: skip
def test_headers_by_meaning(settings: Settings, header: str, role: str) -> None:
    assert role_of([header], parameters.load(settings))[0] == role


@pytest.mark.parametrize(
    ("said", "pattern"),
    [("990101********3119", "990101********3119"), ("990101xxxxxxxx3119", "990101********3119"), ("９９０１０１19800515311X", "99010119800515311X"),
     ("9.90101198005153E+17", "99010119800515****"), ("'" + NUMBER, NUMBER), ("99010119800515311*", "99010119800515311X"), ("无", "")],
)  # fmt: skip
def test_numbers_as_they_come(said: str, pattern: str) -> None:
    assert number_pattern(said) == pattern


def test_masks_fit_only_what_they_show() -> None:
    assert fits("990101********3119", NUMBER) and not fits("990101********3118", NUMBER)
    assert fits("9901****3119", NUMBER) and not fits("9902****3119", NUMBER)  # not as many stars as digits
    assert fits("99010119800515****", NUMBER) and not fits("*" * 18, NUMBER) and not fits("*" * 15 + "119", NUMBER)
    assert name_fits("王*芳", "王小芳") and name_fits("王某某", "王小芳") and name_fits("王**", "王芳")
    assert not name_fits("王*芳", "王小兰") and not name_fits("李*芳", "王小芳") and not name_fits("*小芳", "王小芳")
    assert name_fits("阿依·古丽（妻子）", "阿依古丽")


@pytest.mark.parametrize(
    ("said", "day"),
    [("2026-12-10", (2026, 12, 10)), ("20261210", (2026, 12, 10)), ("2026年12月10日前", (2026, 12, 10)), ("12月10日前", (2026, 12, 10)),
     ("1月5日", (2027, 1, 5)), ("2026年12月底", (2026, 12, 31)), ("46366", (2026, 12, 10)), ("15天内", (2026, 11, 23)),
     ("15个自然日", (2026, 11, 17)), ("立行立改", None), ("5个工作日", (2026, 11, 9)), ("", None)],
)  # fmt: skip
def test_deadlines(settings: Settings, said: str, day: tuple[int, int, int] | None) -> None:
    assert deadline(said, date(2026, 11, 2), settings) == (date(*day) if day else None)


def test_the_homes_file_goes_before_and_errors_say_what_is_wrong(settings: Settings) -> None:
    (settings.home / "feedback.yaml").write_text("headers: {household: [农户代号]}\nwords: [{find: 房子不行, code: HSW-001}]\n", encoding="utf-8")
    found = parameters.load(settings)
    assert role_of(["农户代号"], found)[0] == role_of(["户编号"], found)[0] == "household"
    assert (found.words[0].find, len(found.words) > 5) == ("房子不行", True)
    for text, said in (("headers: {who: [x]}", "unknown roles"), ("words: [{find: '(', code: X}]", "regular expression"), ("- 1", "no map")):
        (settings.home / "feedback.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ContractProblem, match=said):
            parameters.load(settings)


def test_sources_have_one_spelling(settings: Settings, tmp_path: Path) -> None:
    found = parameters.load(settings)
    assert [found.source(text) for text in ("省级", " 省 反馈 ", "国家", "县巡察办")] == ["省", "省", "国家", "县巡察办"]
    for text in ("", " ", "990101198005153119"):
        with pytest.raises(ContractProblem):
            found.source(text)
