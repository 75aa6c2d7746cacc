"""Parameters as a table: out and back unchanged, every wrong row told, nothing half-written; a year without a value is told."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from duizhang.cli import app
from duizhang.contracts.parameters import load_thresholds, project_thresholds, thresholds
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


def test_out_and_back_changes_nothing(settings: Settings, table: Path) -> None:
    before = load_thresholds(settings)
    status, told = run(settings, "import", str(table))
    assert status == 0 and "本地的 0 行" in told
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
    [({"参数名": "没有的参数"}, "没有“没有的参数”这个参数"), ({"值": "五万"}, "的值要写数字"), ({"值": ""}, "的值要写数字"),
     ({"出处": ""}, "没有写出处"), ({"性质": "官"}, "性质要写"), ({"起": "今年"}, "“起”要写日期"),
     ({"起": "2026-02-30"}, "“起”要写日期"), ({"止": "永远"}, "“止”要写日期"),
     ({"止": "2001-01-01"}, "“止”早于“起”"), ({"地区": "9"}, "地区要写"), ({"new": "1", "起": "2026-01-01"}, "有效期与第"),
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
