"""A county's official list laid on the catalogue: by number, by title, proposed; kept only where asked; seen by lists from above."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from duizhang import feedback
from duizhang.cli import app
from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem
from duizhang.core.external import load_external, with_external
from duizhang.core.settings import Settings
from duizhang.feedback.indicators import Indicators
from duizhang.feedback.model import Line
from duizhang.feedback.parameters import load
from duizhang.read.grids import open_grids
from typer.testing import CliRunner

from tests.feedback.kit import Books
from tests.generative.kit import number

ID = number(1)
EXACT, NEAR = "PID-003", "MON-026"


def sheet(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def run(settings: Settings, *arguments: str) -> str:
    done = CliRunner().invoke(app, ["indicators", "import", *arguments, "--home", str(settings.home)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def rows_of(settings: Settings, name: str, path: Path | None = None) -> list[tuple[str, ...]]:
    [found] = [path] if path else (settings.out / "指标对照").glob("指标对照_*.xlsx")
    return [tuple(str(cell or "") for cell in row) for row in openpyxl.load_workbook(found)[name].iter_rows(values_only=True)]


def a_list(settings: Settings, folder: Path) -> Path:
    rules = by_code(settings)
    own = next(rule for rule in rules.values() if rule.external and rule.code not in (EXACT, NEAR))
    return sheet(
        folder / "清单.xlsx",
        [["某县国家指标清单"], [], ["序号", "指标编号", "指标名称", "指标解释"],
         ["1", own.external[0], "名称写得不一样", ""], ["2", "N-7", f"1、{rules[EXACT].title}。", ""],
         ["3", "N-8", f"关于{rules[NEAR].title}的户", ""], ["4", "N-9", "彗星轨道倾角", ""]],
    )  # fmt: skip


def test_the_four_sheets_and_the_counts(settings: Settings, tmp_path: Path) -> None:
    told = run(settings, str(a_list(settings, tmp_path)))
    assert "已对上  2\n" in told and "待确认（候选）  1\n" in told and "没有对应的  1\n" in told
    matched = {row[0]: row for row in rows_of(settings, "已对上")[1:]}
    assert matched["N-7"][3] == EXACT and matched["N-7"][5] == "名称相同"
    [proposed] = rows_of(settings, "待确认（候选）")[2:]
    assert proposed[0] == "N-8" and proposed[3] == "" and proposed[4].startswith(NEAR)
    assert rows_of(settings, "没有对应的")[2][:2] == ("N-9", "彗星轨道倾角")
    without = {row[0] for row in rows_of(settings, "目录里没有官方编号的")[1:]}
    own = {code for code, rule in by_code(settings).items() if rule.external}
    assert without == set(by_code(settings)) - own - {EXACT}


def test_nothing_is_kept_without_being_asked(settings: Settings, tmp_path: Path) -> None:
    path = a_list(settings, tmp_path)
    run(settings, str(path))
    assert not (settings.home / "external.yaml").exists()
    run(settings, str(path), "--write")
    assert load_external(settings) == {EXACT: ("N-7",)}, "a proposal is never taken by itself"


def test_its_own_output_filled_in_is_taken(settings: Settings, tmp_path: Path) -> None:
    run(settings, str(a_list(settings, tmp_path)))
    [made] = (settings.out / "指标对照").glob("*.xlsx")
    book = openpyxl.load_workbook(made)
    book["待确认（候选）"]["D3"] = NEAR.lower()
    book["没有对应的"]["D3"] = "ZZZ-999"
    book.save(tmp_path / "填好.xlsx")
    told = run(settings, str(tmp_path / "填好.xlsx"), "--write")
    assert load_external(settings) == {EXACT: ("N-7",), NEAR: ("N-8",)}
    assert "待确认（候选）  1\n" in told, "a code that does not exist is asked again"


def test_a_number_with_two_names_is_asked(settings: Settings, tmp_path: Path) -> None:
    rules = by_code(settings)
    path = sheet(tmp_path / "x.xlsx", [["编号", "规则名称"], ["7", rules[EXACT].title], ["7", rules[NEAR].title]])
    assert "已对上  0\n" in run(settings, str(path), "--write")
    assert not (settings.home / "external.yaml").exists()


def test_a_number_that_now_stands_at_another_title_is_asked(settings: Settings, tmp_path: Path) -> None:
    """Next year's list numbers anew: lists from above would go to the wrong indicator."""
    rules = by_code(settings)
    run(settings, str(sheet(tmp_path / "1.xlsx", [["编号", "指标名称"], ["7", rules[EXACT].title]])), "--write")
    anew = sheet(tmp_path / "2.xlsx", [["编号", "指标名称"], ["7", rules[NEAR].title], ["8", rules[EXACT].title]])
    assert "待确认（候选）  1\n" in run(settings, str(anew), "--write")
    assert load_external(settings) == {EXACT: ("7", "8")}, "until somebody says so, nothing moves"
    filled = sheet(tmp_path / "3.xlsx", [["编号", "指标名称", "对应编码"], ["7", rules[NEAR].title, NEAR]])
    run(settings, str(filled), "--write")
    assert load_external(settings) == {EXACT: ("8",), NEAR: ("7",)}


@pytest.mark.parametrize("code", ["PID-0034", "XPID-003", "PID-003 MON-026x", "ZZZ-999", "见 PID-003"])
def test_a_code_with_a_slip_of_the_pen_is_no_code(settings: Settings, tmp_path: Path, code: str) -> None:
    path = sheet(tmp_path / "x.xlsx", [["编号", "指标名称", "对应编码"], ["8", "彗星", code]])
    assert "待确认（候选）  1\n" in run(settings, str(path), "--write") and load_external(settings) == {}


def test_codes_are_taken_however_they_are_parted_and_a_candidate_with_its_title(settings: Settings, tmp_path: Path) -> None:
    title = by_code(settings)[NEAR].title
    rows = [["1", "彗星", f"{EXACT}；mon026"], ["2", "行星", f"{NEAR} {title}\n{EXACT}"]]
    run(settings, str(sheet(tmp_path / "x.xlsx", [["编号", "指标名称", "对应编码"], *rows])), "--write")
    assert load_external(settings) == {EXACT: ("1", "2"), NEAR: ("1", "2")}


def test_a_hidden_sheet_is_an_old_copy_and_nothing_is_no_number(settings: Settings, tmp_path: Path) -> None:
    rules = by_code(settings)
    path = sheet(tmp_path / "x.xlsx", [["编号", "指标名称"], ["无", rules[EXACT].title], ["7", rules[NEAR].title]])
    book = openpyxl.load_workbook(path)
    old = book.create_sheet("旧", 0)
    old.append(["编号", "指标名称"])
    old.append(["6", rules[EXACT].title])
    old.sheet_state = "hidden"
    book.save(path)
    run(settings, str(path), "--write")
    assert load_external(settings) == {NEAR: ("7",)}


def test_a_merged_number_is_that_of_every_row(settings: Settings, tmp_path: Path) -> None:
    rules = by_code(settings)
    path = sheet(tmp_path / "x.xlsx", [["编号", "指标名称", "说明"], ["7", rules[EXACT].title], ["", rules[NEAR].title], ["", "", "注"]])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("A2:A4")
    book.save(path)
    assert "待确认（候选）  2\n" in run(settings, str(path)), "one number, two titles: asked, and the row of a remark is no line"
    assert [row[0] for row in rows_of(settings, "待确认（候选）")[2:]] == ["7", "7"]


def test_numbers_that_left_the_list_are_told_and_go_when_asked(settings: Settings, tmp_path: Path) -> None:
    rules = by_code(settings)
    run(settings, str(sheet(tmp_path / "1.xlsx", [["编号", "指标名称"], ["6", rules[EXACT].title]])), "--write")
    anew = sheet(tmp_path / "2.xlsx", [["编号", "指标名称"], ["7", rules[NEAR].title]])
    assert "清单里没有的旧编号  1\n" in run(settings, str(anew), "--write")
    assert load_external(settings) == {EXACT: ("6",), NEAR: ("7",)}
    run(settings, str(anew), "--write", "--replace")
    assert load_external(settings) == {NEAR: ("7",)}


def test_a_workbook_that_somebody_fills_in_is_not_written_over(settings: Settings, tmp_path: Path) -> None:
    path = a_list(settings, tmp_path)
    run(settings, str(path))
    [made] = (settings.out / "指标对照").glob("*.xlsx")
    run(settings, str(path))
    assert len(list(made.parent.glob("*.xlsx"))) == 1
    made.write_bytes(b"being filled in")
    run(settings, str(path))
    assert made.read_bytes() == b"being filled in" and made.with_stem(f"{made.stem}_2").exists()


def test_lists_from_above_are_known_by_these_numbers(settings: Settings, tmp_path: Path) -> None:
    run(settings, str(a_list(settings, tmp_path)), "--write")
    known = Indicators(with_external(settings, by_code(settings)), load(settings), ())
    asked = known.questions(Line(1, "表", 5, (), {"rule": "n-7", "problem": "别的说法"}, (), ()))
    assert [question.code for question in asked] == [EXACT]


def test_a_number_of_the_home_stands_where_the_home_says(settings: Settings) -> None:
    rules = by_code(settings)
    code, number = next((code, rule.external[0]) for code, rule in rules.items() if rule.external)
    (settings.home / "external.yaml").write_text(f"{NEAR}: ['{number}']\n", encoding="utf-8")
    changed = with_external(settings, rules)
    assert number in changed[NEAR].external and number not in changed[code].external
    assert changed[code].version == rules[code].version


@pytest.mark.parametrize("text", ["[1]", "ZZZ-001: ['1']", "MON-026: 7", "a: [1", "MON-026: [1_01_002]"])
def test_a_bad_file_of_the_home_is_named(settings: Settings, text: str) -> None:
    (settings.home / "external.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem, match="external.yaml"):
        with_external(settings, by_code(settings))


def test_a_file_without_a_list_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = sheet(tmp_path / "x.xlsx", [["姓名", "年龄"], ["甲", "3"]])
    assert CliRunner().invoke(app, ["indicators", "import", str(path), "--home", str(settings.home)]).exit_code == 1
    assert not (settings.out / "指标对照").exists()


@dataclass(frozen=True)
class Noted:
    """What a ledger answers to a notice."""

    outcome: str = "opened"
    number: str = "甲-1"
    reason: str | None = None


@pytest.mark.parametrize("known", [True, False])
def test_taking_a_list_from_above_hears_the_homes_numbers(settings: Settings, tmp_path: Path, known: bool) -> None:
    books = Books(names={"990101": "青石县"})
    place = {"_county": "990101", "_town": "990101001", "_town_name": "松岭镇", "_household": "H1", "_head": "张三"}
    books.add("person", **place, _key="P1", _person="P1", _name="张三", _idkey=ID, _idno=ID)
    books.add("household", **place, _key="H1", _name="张三", _idkey=ID, _idno=ID)
    books.write(settings)
    if known:
        (settings.home / "external.yaml").write_text(f"{EXACT}: [N-7]\n", encoding="utf-8")
    data = sheet(tmp_path / "x.xlsx", [["规则编号", "问题类型", "姓名", "证件号码"], ["N-7", "另一种说法", "张三", ID]]).read_bytes()
    asked: list[str | None] = []

    def note(county: str, notices: Sequence[feedback.Notice], whole: bool) -> list[Noted]:
        asked.extend(notice.code for notice in notices)
        return [Noted() for _ in notices]

    request = feedback.Request(hashlib.sha256(data).hexdigest(), "x.xlsx", "省", date(2026, 11, 1))
    feedback.take(settings, open_grids(data), request, lambda county: [], note)
    assert asked == [EXACT if known else None]
