"""Header, columns, feed and data date: found by names, every header accounted for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang.contracts.model import DataDate
from duizhang.core.data_dates import find_day, parse_day, usual_day
from duizhang.read.names import name_key, name_matches
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.read_kit import HEADER, ROW, Bench, bench, book, contract, csv_bytes, xlsx, zipped

TWO = [["序号", "姓名", "证件号码", "残疾情况", None, "备注"], [None, None, None, "残疾类别", "残疾等级", None],
       ["1", "甲", "9901", "肢体", "二级", "x"]]
MERGES = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4), (0, 5, 1, 5)]


@pytest.fixture
def desk(tmp_path: Path) -> Bench:
    return bench(tmp_path / "home")


def disability(row: dict[str, Any]) -> tuple[str, str]:
    return row["残疾情况/残疾类别"], row["残疾等级"]


def test_a_merged_two_level_header_is_joined(desk: Bench) -> None:
    report = desk.take(xlsx(TWO, merges=MERGES))
    (row,) = desk.rows(report)
    assert disability(row) == ("肢体", "二级") and row["_row"] == 3
    assert report.parts[0].header_rows == 2
    assert report.parts[0].renamed == {"残疾情况/残疾等级": "残疾等级"}


def test_a_two_level_header_without_merges_is_inferred(desk: Bench) -> None:
    rows = [[cell or "" for cell in row] for row in TWO]
    assert disability(desk.rows(desk.take(csv_bytes(rows), "试验台账.csv"))[0]) == ("肢体", "二级")


def test_a_group_row_above_the_names_is_part_of_the_header(desk: Bench) -> None:
    rows = [["试验台账", None, None, None, None], ["单位：试验局", None, None, "日期：x", None],
            [None, None, None, "残疾情况", None], ["序号", "姓名", "证件号码", "残疾类别", "残疾等级"],
            ["1", "甲", "9901", "肢体", "二级"]]
    report = desk.take(xlsx(rows, merges=[(0, 0, 0, 4), (1, 0, 1, 2), (1, 3, 1, 4), (2, 3, 2, 4)]))
    assert disability(desk.rows(report)[0]) == ("肢体", "二级")
    assert report.parts[0].header_row == 3 and report.titles == ("试验台账", "单位：试验局 日期：x")


def test_anchors_spread_over_two_header_rows_are_found(desk: Bench) -> None:
    rows = [["序号", "基本信息", None, "月龄金额"], [None, "姓名", "证件号码", None], ["1", "甲", "9901", "5"]]
    anchored = book(contract(header={"anchors": [["姓名"], ["月龄金额"]]}))
    report = desk.take(xlsx(rows, merges=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]), books=anchored)
    (row,) = desk.rows(report)
    assert (row["姓名"], row["证件号码"], row["月龄金额"], row["_row"]) == ("甲", "9901", "5", 3)


def test_a_data_row_is_never_taken_for_header(desk: Bench) -> None:
    rows = [HEADER, ["1", "甲", "9901", "", ""], ["2", "", "", "3", "4"]]
    assert len(desk.rows(desk.take(xlsx(rows)))) == 2
    assert len(desk.rows(desk.take(csv_bytes(rows), "试验台账.csv"))) == 2


def test_names_are_compared_without_space_width_or_asterisk(desk: Bench) -> None:
    report = desk.take(xlsx([["姓 名*", "公民\n身份号码", "\u200b月龄金额 ", "（Ａ）"], ["甲", "9901", "5", "x"]]),
                       books=book(contract(header={"anchors": [["姓名"], ["公民身份号码"]]})))
    (row,) = desk.rows(report)
    assert (row["姓名"], row["证件号码"], row["月龄金额"]) == ("甲", "9901", "5")
    assert report.unknown == ("（Ａ）",)


def test_a_name_goes_before_an_alias_and_a_repeated_header_gets_a_figure(desk: Bench) -> None:
    rows = [["身份证号", "姓名", "证件号码", "备注", "备注", "备注", "姓名"], ["别名", "甲", "9901", "a", "b", "c", "乙"]]
    report = desk.take(xlsx(rows))
    (row,) = desk.rows(report)
    assert row["证件号码"] == "9901" and row["身份证号"] == "别名"
    assert (row["备注"], row["备注0"], row["备注1"], row["姓名"], row["姓名0"]) == ("a", "b", "c", "甲", "乙")
    assert report.unknown == ("身份证号", "备注", "备注0", "备注1", "姓名0")
    assert report.parts[0].duplicates == ("备注0", "备注1", "姓名0")


def test_a_repeated_header_that_the_contract_knows_is_registered(desk: Bench) -> None:
    columns = [{"name": "姓名", "required": True}, {"name": "证件号码"}, {"name": "是否消除"}, {"name": "是否消除0", "required": True}]
    report = desk.take(xlsx([["姓名", "证件号码", "是否消除", "是否消除"], ["甲", "9901", "是", "否"]]),
                       books=book(contract(columns=columns)))
    assert desk.rows(report)[0]["是否消除0"] == "否" and report.unknown == ()


def test_a_column_without_header_is_kept_under_its_place(desk: Bench) -> None:
    report = desk.take(xlsx([["姓名", None, "证件号码", None], ["甲", "x", "9901", None]]))
    assert desk.rows(report)[0]["列2"] == "x" and report.unknown == ("列2",)
    assert report.columns == ("姓名", "列2", "证件号码")


def test_a_missing_required_column_refuses_with_all_names(desk: Bench) -> None:
    wanted = book(contract(header={"anchors": [["姓名"], ["备注"]]}))
    report = desk.take(xlsx([["姓名", "备注"], ["王试甲", "私"]], names=["甲乡"]), "青石县试验台账.xlsx", wanted)
    assert report.refused_kind == "missing_columns" and report.missing == ("证件号码",) and report.feed == "试验台账"
    sentence = report.refused or ""
    for word in ("青石县试验台账.xlsx", "甲乡", "缺少「试验台账」必需的列：「证件号码」", "未登记的列：「备注」", "现有的列：「姓名」、「备注」"):
        assert word in sentence
    assert "王试甲" not in sentence
    assert not (desk.settings.raw / report.sha256 / "rows.parquet").exists()


def test_a_header_without_its_anchor_is_told_as_a_missing_column(desk: Bench) -> None:
    rows = [["青石县　填报日期：2026-10-19"], ["序号", "姓名", "月龄金额", "发放日期"], ["1", "王试甲", "5", ""]]
    report = desk.take(xlsx(rows), "试验台账.xlsx")
    assert report.refused_kind == "missing_columns" and report.missing == ("证件号码",)
    assert report.data_date == date(2026, 10, 19) and "青石县" in report.county_hint and "王试甲" not in report.county_hint


def test_an_earlier_layout_is_read_until_its_day(desk: Bench) -> None:
    dated = book(contract(layouts=[{"valid_until": "2025-12-31", "rename": {"发钱日": "发放日期"}}], columns=[
        {"name": "姓名", "required": True}, {"name": "证件号码", "required": True}, {"name": "发放日期", "required": True}]))
    rows = [["姓名", "证件号码", "发钱日"], ["甲", "9901", "2025-10-01"]]
    assert desk.rows(desk.take(xlsx(rows), "试验台账_20251020.xlsx", dated))[0]["发放日期"] == "2025-10-01"
    late = desk.take(xlsx(rows), "试验台账_20261020.xlsx", dated)
    assert late.refused_kind == "missing_columns" and late.missing == ("发放日期",)
    assert "「发钱日」是 2025-12-31 以前的旧版列名，已停用" in (late.refused or "")
    optional = book(contract(layouts=[{"valid_until": "2025-12-31", "rename": {"发钱日": "发放日期"}}]))
    told = desk.take(xlsx(rows), "试验台账_20261020.xlsx", optional)
    assert (told.refused, told.unknown) == (None, ("发钱日",)) and "发放日期" in told.missing_optional


def test_the_feed_is_known_by_name_then_by_header_else_refused(desk: Bench) -> None:
    other = contract("别的台账", header={"anchors": [["户编号"]]}, columns=[{"name": "户编号", "required": True}],
                     tables={"别": {"key": ["户编号"], "columns": ["户编号"]}})
    books = book(contract(), other)
    assert desk.take(xlsx([HEADER, ROW]), "（新）试验台账（1）.XLSX", books).recognised_by == "name"
    by_header = desk.take(xlsx([HEADER, ROW]), "导出.xlsx", books)
    assert (by_header.feed, by_header.recognised_by, by_header.header_cover) == ("试验台账", "header", 1.0)
    assert desk.take(xlsx([["甲", "乙"], ["1", "2"]]), "导出.xlsx", books).refused_kind == "unrecognised"
    assert desk.take(zipped({"试验台账.csv": csv_bytes([HEADER, ROW])}), "附件.zip", books).feed == "试验台账"
    twin = contract("孪生台账")
    assert desk.take(xlsx([HEADER, ROW]), "无名.xlsx", book(contract(), twin)).refused_kind == "ambiguous"


def test_a_file_named_as_two_feeds_goes_to_the_header_that_fits(desk: Bench) -> None:
    other = contract("试验", header={"anchors": [["户编号"]]}, columns=[{"name": "户编号", "required": True}],
                     tables={"别": {"key": ["户编号"], "columns": ["户编号"]}})
    report = desk.take(xlsx([HEADER, ROW]), "试验台账.xlsx", book(other, contract()))
    assert (report.feed, report.recognised_by) == ("试验台账", "name")


def test_the_data_date_is_sought_in_name_title_column(desk: Bench) -> None:
    titled = [["填报日期：2026年10月19日"], [*HEADER, "数据时点"], [*ROW, "2026-10-17"], [*ROW, "2026-10-17"], [*ROW, "2020-01-01"]]
    one = desk.take(xlsx(titled), "试验台账_20261018.xlsx")
    two = desk.take(xlsx(titled), "试验台账.xlsx")
    three = desk.take(xlsx(titled[1:]), "试验台账.xlsx")
    none = desk.take(xlsx([HEADER, ROW]), "试验台账_20261345.xlsx")
    assert [(r.data_date, r.data_date_source) for r in (one, two, three, none)] == [
        (date(2026, 10, 18), "filename"), (date(2026, 10, 19), "title"), (date(2026, 10, 17), "column"), (None, ""),
    ]


def test_place_hints_and_titles_are_kept(desk: Bench) -> None:
    report = desk.take(xlsx([["导出单位：青石县　导出时间：2026-10-20"], HEADER, ROW]), "2026-10/试验台账.xlsx")
    assert "青石县" in report.county_hint and "2026-10/试验台账" in report.county_hint


@pytest.mark.parametrize("rows", [[HEADER], [["试验台账"], HEADER], [HEADER, ["本月无新增"]], [["试验台账"], ["零报告"]]])
def test_zero_reports(desk: Bench, rows: list[list[str]]) -> None:
    report = desk.take(xlsx(rows))
    assert report.refused is None and report.zero_report
    assert {"姓名", "证件号码"} <= set(report.columns)


def test_rows_are_no_zero_report_and_nothing_at_all_is_refused(desk: Bench) -> None:
    assert not desk.take(xlsx([["零报告"], HEADER, ROW])).zero_report
    assert desk.take(xlsx([[]])).refused_kind == "empty"
    assert desk.take(xlsx([["试验台账"], ["说明"]])).refused_kind == "header"


@pytest.mark.parametrize(("text", "day"), [
    ("2026-10-18", date(2026, 10, 18)), ("20261018", date(2026, 10, 18)), ("2026.1.8", date(2026, 1, 8)),
    ("2026年10月", date(2026, 10, 1)), ("二〇二六年十月二十三日", date(2026, 10, 23)), ("2026年十一月", date(2026, 11, 1)),
    ("２０２６／１０／０９", date(2026, 10, 9)), ("2026-13-01", None), ("20260230", None), ("无", None),
])
def test_dates(text: str, day: date | None) -> None:
    assert parse_day(text) == day


def test_the_first_valid_date_of_a_pattern_and_the_usual_one_of_a_column() -> None:
    assert find_day(["表20269999_20261018"], (r"(20\d{6})",)) == date(2026, 10, 18)
    usual = DataDate().filename
    assert find_day(["甲县整册2026_20261018.csv"], usual) == find_day(["整册2026-2_20261018"], usual) == date(2026, 10, 18)
    assert find_day(["整册2020261018"], usual) is None, "a date is not cut out of a number"
    assert usual_day(["2026-10-02", "2026-10-01", None, "乱"]) == date(2026, 10, 1)


@given(st.text())
def test_no_text_breaks_dates_or_names(text: str) -> None:
    assert parse_day(text) is None or "2" in name_key(text) or "二" in text
    assert not name_key(text) or name_matches(name_key(text).replace("/", "").replace("\\", ""), ("*",))
