"""Parameters as a table: out and back unchanged, every wrong row told, nothing half-written; a year without a value is told."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from duizhang.cli import app
from duizhang.contracts import limits
from duizhang.contracts.load import load_book
from duizhang.contracts.parameters import config_tables, load_thresholds, project_thresholds, thresholds
from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem
from duizhang.core.external import with_external
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from typer.testing import CliRunner

from tests.generative.kit import A, City, csv, number, rule

NAME = "小额信贷单户上限"
DEFAULTS = {"试验线": 10, "线": 1000, "缺": 10}


def run(settings: Settings, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["parameters", *arguments, "--home", str(settings.home)])
    return done.exit_code, done.output


@pytest.fixture
def table(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "参数.xlsx"
    assert run(settings, "export", str(path))[0] == 0
    return path


def edit(path: Path, name: str, **cells: object) -> None:
    """Change the first row of the parameter `name`, or with `new=…` add one below all others that starts as that row."""
    book = openpyxl.load_workbook(path)
    page = book["口径参数"]
    heads = {cell.value: cell.column for cell in page[3]}
    row = next(row for row in range(4, page.max_row + 1) if page.cell(row, heads["参数名"]).value == name)
    if cells.pop("new", None):
        old, row = row, page.max_row + 1
        for column in heads.values():
            page.cell(row, column, page.cell(old, column).value)
    for column, value in cells.items():
        page.cell(row, heads[column], value)
    book.save(path)


def change(path: Path, how: Callable[[openpyxl.Workbook], None]) -> None:
    """Do `how` to the workbook."""
    book = openpyxl.load_workbook(path)
    how(book)
    book.save(path)


def row_of(book: openpyxl.Workbook, name: str) -> int:
    """The first row of the parameter `name`."""
    return next(row[0].row for row in book["口径参数"].iter_rows(min_row=4) if row[0].value == name)


def test_out_and_back_changes_nothing(settings: Settings, table: Path) -> None:
    before = load_thresholds(settings)
    status, told = run(settings, "import", str(table))
    assert status == 0 and "本地的 0 行；没有改动" in told
    assert load_thresholds(settings) == before == project_thresholds(settings)


def test_every_row_tells_who_uses_it(table: Path) -> None:
    page = openpyxl.load_workbook(table)["口径参数"]
    used = {row[0]: row[9] or "" for row in page.iter_rows(min_row=4, values_only=True)}
    assert "LON" in used[NAME] and used["脱贫户年度采集"].count("INC-") > 10


def test_an_officers_change_goes_before(settings: Settings, table: Path) -> None:
    edit(table, NAME, 止="2025-12-31")
    edit(table, NAME, new="1", 值="60000", 起="2026/1/1", 止="", 出处="县里文件")
    assert run(settings, "import", str(table))[0] == 0
    assert thresholds(settings, "990101", "2026-10-25")[NAME] == ("DOUBLE", "60000", "50000")
    assert len(load_thresholds(settings)) == len(project_thresholds(settings)) + 1
    again = table.with_name("again.xlsx")
    assert run(settings, "export", str(again))[0] == 0
    assert run(settings, "import", str(again))[0] == 0
    assert thresholds(settings, "990101", "2026-10-25")[NAME] == ("DOUBLE", "60000", "50000")


def test_cells_that_a_spreadsheet_keeps_as_dates_and_numbers(settings: Settings, table: Path) -> None:
    edit(table, NAME, new="1", 值=70000, 地区=9901, 起=datetime(2026, 1, 1), 止=datetime(2026, 12, 31))
    assert run(settings, "import", str(table))[0] == 0
    assert thresholds(settings, "990101", "2026-10-25")[NAME] == ("DOUBLE", "70000", "50000")
    assert thresholds(settings, "990201", "2026-10-25")[NAME] == ("DOUBLE", "50000", "50000")


def test_a_default_of_a_yearly_name_is_taken(settings: Settings, table: Path) -> None:
    edit(table, "脱贫户年度采集", new="1", 值="是", 地区="9901", 起="2026-01-01", 止="")
    assert run(settings, "import", str(table))[0] == 0
    assert thresholds(settings, "990101", "2026-10-25")["脱贫户年度采集"][1] == "'是'"


@pytest.mark.parametrize(
    ("cells", "told"),
    [({"参数名": "没有的参数"}, "没有这个参数"), ({"值": "五万"}, "的值要写数字"), ({"值": ""}, "的值要写数字"),
     ({"出处": ""}, "没有写出处"), ({"性质": "官"}, "性质要写"), ({"起": "今年"}, "“起”要写日期"),
     ({"起": "2026-02-30"}, "“起”要写日期"), ({"止": "永远"}, "“止”要写日期"),
     ({"止": "2001-01-01"}, "“止”早于“起”"), ({"地区": "9"}, "地区要写"), ({"参数名": "小额信贷单户上线"}, "名称相近的：小额信贷单户上限"),
     ({"值": "5", "单位": "万元"}, "单位要写“元”"), ({"单位": ""}, "单位要写“元”"), ({"值": "5"}, "容许范围内：1000 至 500000（元）"),
     ({"起": "0001-01-01"}, "年份要在 2000"), ({"new": "1", "起": "2026-01-01"}, "有效期与第"),
     ({"起": "2020-01-01"}, "有效期与项目自带")],
)  # fmt: skip
def test_a_wrong_row_is_told_and_nothing_is_written(settings: Settings, table: Path, cells: dict[str, str], told: str) -> None:
    kept = settings.home / "indicators.yaml"
    kept.write_text("[]\n", encoding="utf-8")
    edit(table, NAME, **cells)
    status, said = run(settings, "import", str(table))
    assert status == 1 and told in said and "第 " in said
    assert kept.read_text(encoding="utf-8") == "[]\n"


def test_a_switch_is_yes_or_no(settings: Settings, table: Path) -> None:
    edit(table, "脱贫户年度采集", 值="也许")
    status, said = run(settings, "import", str(table))
    assert status == 1 and "“是”或“否”" in said


def test_all_wrong_rows_are_told(settings: Settings, table: Path) -> None:
    edit(table, NAME, 出处="")
    edit(table, "小额信贷追加上限", 值="x")
    assert "2 处不对" in run(settings, "import", str(table))[1]


def test_the_projects_own_rows_that_were_deleted_are_told(settings: Settings, table: Path) -> None:
    book = openpyxl.load_workbook(table)
    book["口径参数"].delete_rows(4)
    book.save(table)
    assert "1 行不在表里，仍然有效" in run(settings, "import", str(table))[1]


def test_a_table_without_a_column_of_the_export_is_refused(settings: Settings, table: Path) -> None:
    """止 renamed: without the column every end would be gone, and a line of 2021 would hold for ever."""
    change(table, lambda book: book["口径参数"]["F3"].__setattr__("value", "终止日期"))
    status, said = run(settings, "import", str(table))
    assert status == 1 and "“口径参数”第 3 行" in said and "不止一个：止。" in said
    assert not (settings.home / "indicators.yaml").exists()


@pytest.mark.parametrize("hidden", [True, False])
def test_of_two_sheets_the_hidden_one_is_not_read_and_two_visible_ones_are_refused(settings: Settings, table: Path, hidden: bool) -> None:
    def copy(book: openpyxl.Workbook) -> None:
        old = book.copy_worksheet(book["口径参数"])
        old.title, old.sheet_state = "旧表", "hidden" if hidden else "visible"
        book.move_sheet(old, -1)

    change(table, copy)
    edit(table, NAME, 值="60000")
    status, said = run(settings, "import", str(table))
    assert status == (0 if hidden else 1) and ("“旧表”" in said) != hidden
    assert thresholds(settings, "990101", "2026-10-25")[NAME][1] == ("60000" if hidden else "50000")


def test_an_import_tells_what_it_adds_changes_and_removes(settings: Settings, table: Path) -> None:
    edit(table, NAME, new="1", 值="60000", 地区="9901")
    edit(table, NAME, 值="70000", 止="2026-12-31", 说明="县里改的")
    said = run(settings, "import", str(table))[1]
    assert f"新增 {NAME}（9901，2014-12-01 起）：值 60000元" in said
    assert f"改动 {NAME}（各地，2014-12-01 起）：值 50000 → 70000，止 空 → 2026-12-31，说明\n" in said
    assert run(settings, "import", str(table)) == (0, "61 行，其中本地的 2 行；没有改动\n"), "the same file again is no stale file"
    again = table.with_name("again.xlsx")
    run(settings, "export", str(again))
    change(again, lambda book: book["口径参数"].delete_rows(row_of(book, NAME) + 1))
    assert f"撤销 {NAME}（9901，2014-12-01 起）：原值 60000元" in run(settings, "import", str(again))[1]


def test_a_stale_table_is_refused_with_what_changed_since(settings: Settings, table: Path) -> None:
    newer = table.with_name("newer.xlsx")
    run(settings, "export", str(newer))
    edit(newer, NAME, 值="60000")
    assert run(settings, "import", str(newer))[0] == 0
    edit(table, "小额信贷追加上限", 值="90000")
    kept = (settings.home / "indicators.yaml").read_bytes()
    status, said = run(settings, "import", str(table))
    assert status == 1 and (settings.home / "indicators.yaml").read_bytes() == kept
    assert [line for line in said.splitlines() if "参数又改过" not in line] == [
        f"现在有：{NAME}（各地，2014-12-01 起）", f"已不是导出时的样子：{NAME}"
    ]  # fmt: skip
    status, said = run(settings, "import", str(table), "--anyway")
    assert status == 0 and f"改动 {NAME}（各地，2014-12-01 起）：值 60000 → 50000" in said and "小额信贷追加上限" in said


def test_a_table_that_does_not_say_what_it_was_made_from_is_refused(settings: Settings, table: Path) -> None:
    change(table, lambda book: book["口径参数"]["A2"].__setattr__("value", ""))
    edit(table, NAME, 值="60000")
    assert "没有“导出状态”" in run(settings, "import", str(table))[1]
    assert not (settings.home / "indicators.yaml").exists()


ENTRY = f"name: {NAME}, unit: 元, source: x, nature: 推"
BY_HAND = {
    "有效期与第 1 条重叠": [f"{ENTRY}, value: 2000, place: '99', from: 2020-01-01", f"{ENTRY}, value: 3000, place: '99', from: 2026-01-01"],
    "同一个“起”": [f"{ENTRY}, value: 2000, from: 2014-12-01", f"{ENTRY}, value: 3000, from: 2014-12-01"],
    "有效期与项目自带": [f"{ENTRY}, value: 2000, from: 2026-01-01"],
    "“止”早于“起”": [f"{ENTRY}, value: 2000, place: '99', from: 2026-01-01, to: 2025-01-01"],
    "要写数字": [f"{ENTRY}, value: .nan, place: '99', from: 2026-01-01"],
    "容许范围内": [f"{ENTRY}, value: 5, place: '99', from: 2026-01-01"],
    "不要写 min、max": [f"{ENTRY}, value: 5, place: '99', from: 2026-01-01, min: 1"],
    "单位要写“元”": [f"{ENTRY}, value: 2000, place: '99', from: 2026-01-01".replace("元", "万元")],
    "年份要在": [f"{ENTRY}, value: 2000, place: '99', from: 0001-01-01"],
    "没有写出处": [f"{ENTRY}, value: 2000, place: '99', from: 2026-01-01".replace("x", "' '")],
    "名称相近的：申报办结工作日": ["name: 申报办结工作曰, value: 30, place: '99', from: 2020-01-01, source: x, nature: 推"],
    "entry 1: place: string_pattern_mismatch": [f"{ENTRY}, value: 2000, place: '990', from: 2026-01-01"],
}


@pytest.mark.parametrize("told", BY_HAND)
def test_a_file_written_by_hand_is_checked_as_the_table_is(settings: Settings, told: str) -> None:
    text = "".join(f"- {{{entry}}}\n" for entry in BY_HAND[told])
    (settings.home / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem, match=told):
        thresholds(settings, "990101", "2026-10-25")


def test_the_projects_own_file_passes_and_says_unit_and_range_of_every_number(shared_settings: Settings) -> None:
    ours = project_thresholds(shared_settings)
    known = limits.meanings(shared_settings, load_book(shared_settings), ours, ())
    assert limits.wrong(dict(enumerate(ours, 1)), ours, known) == []
    assert [one.name for one in ours if limits.kind_of(one.value) == "DOUBLE" and not (known[one.name].unit and known[one.name].range)] == []
    assert [one.name for one in ours if limits.kind_of(one.value) == "DATE" and not known[one.name].range] == []


PERSON = ("张大山", number(7), "13800000000")


@pytest.mark.parametrize(
    ("file", "text"),
    [("indicators.yaml", "- {{name: {0}, value: {1}, from: 2020-01-01, source: '{2}', nature: 推}}"),
     ("indicators.yaml", "- {{name: a, {0}: 1, value: [{1}], from: '{1}', place: '{2}', nature: {0}}}"), ("indicators.yaml", "- {{a: {0}\n{1}: ]{2}"),
     ("indicators.yaml", "{0}: {1}"), ("indicators.yaml", "- '{0} {1}'"), ("tables/甲.yaml", "{0}: [{1}"),
     ("tables/甲.yaml", "{{title: t, source: s, nature: 推, {0}: 1, columns: {{a: '{1}'}}, rows: [['{2}']]}}"),
     ("tables/甲.yaml", "{{title: t, source: s, nature: 推, columns: {{{0}: BIGINT, b: DATE}}, rows: [['{1}', '{2}']]}}"),
     ("tables/推送要求.yaml", "{{title: t, source: s, nature: 推, columns: {{{0}: VARCHAR}}, rows: [['{1}']]}}"),
     ("external.yaml", "{0}: ['{1}']"), ("external.yaml", "MON-026: [{1}]"), ("external.yaml", "{0}: [{1}"), ("external.yaml", "- {0}\n- {2}")],
)  # fmt: skip
def test_no_cell_of_a_wrong_file_is_repeated(settings: Settings, file: str, text: str) -> None:
    (settings.home / "tables").mkdir()
    (settings.home / file).write_text(text.format(*PERSON), encoding="utf-8")
    with pytest.raises(ContractProblem) as raised:
        thresholds(settings, "990101", "2026-10-25")
        config_tables(settings)
        with_external(settings, by_code(settings))
    said = "".join(traceback.format_exception(raised.value))
    assert Path(file).name in said and not [value for value in PERSON if value in said]


def test_provinces_differ_and_years_end(settings: Settings) -> None:
    at = {place: thresholds(settings, place, "2021-11-01") for place in ("370402", "620102", "110101")}
    assert [at[place]["脱贫户年度采集"][1] for place in at] == ["'否'", "'是'", "NULL"]
    assert thresholds(settings, "530102", "2024-06-01")["监测范围线"][1] == "8700"
    assert thresholds(settings, "530102", "2025-06-01")["监测范围线"] == ("DOUBLE", "NULL", "8700"), "a year without a value has none"


def test_a_year_without_a_value_is_a_problem_of_the_rule(tmp_path: Path) -> None:
    """From the file of parameters to problems.json: valid until the end of 2026, asked for in 2026 and in 2027."""
    wheres = {"AAA-001": "岁数 > 参数_试验线", "AAA-002": "参数_线 = 1000", "AAA-003": "参数_缺 = 10"}
    city = City(tmp_path, rules=[rule(code, where=where) for code, where in wheres.items()])
    (city.settings.home / "indicators.yaml").write_text(
        "".join(f"- {{name: {name}, value: {n}, from: 2026-01-01, to: 2026-12-31, source: 甲, nature: 推}}\n" for name, n in DEFAULTS.items()),
        encoding="utf-8",
    )
    found = {}
    for day, stamp in ((date(2026, 10, 20), "20261010"), (date(2027, 1, 10), "20270105")):
        heads = ("人号", "户号", "姓名", "号码", "户主", "岁数", "县", "乡", "村")
        city.put(f"名册_{stamp}.csv", csv(heads, [("p1", "h1", "张三", number(1), "张三", 30, "甲县", "东乡", "一村")]))
        city.people("整册", "甲县", stamp, [(number(1), "张三", 5)])
        as_of = day.isoformat()
        city.subjects(as_of)
        city.check(as_of)
        problems = read_json(city.settings.at(as_of) / "checks" / f"county={A}" / "problems.json")
        results = {row["code"]: (row["hits"], row["na"]) for row in city.rows(as_of, f"checks/county={A}/results.parquet")}
        found[day.year] = ({p["code"]: p["kind"] for p in problems}, results)
    assert found[2026] == ({}, {"AAA-001": (1, 0), "AAA-002": (0, 0), "AAA-003": (1, 0)}), "the yearly book goes before; what it lacks is taken"
    problems, results = found[2027]
    assert problems == dict.fromkeys(problems, "missing_parameter") and {"AAA-001", "AAA-003"} <= problems.keys()
    assert results["AAA-001"] == results["AAA-003"] == (0, 1)
