"""入户单: every question on one visit or counted as needing none; blocks that print whole; sheets Excel takes."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang import publish
from duizhang.core.errors import InfraProblem
from duizhang.core.settings import Settings
from duizhang.publish import model, visit_sheets
from duizhang.publish.visits import Village, Visit, road, villages
from filling import rows
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

CODES = ("AAA-001", "AAA-003", "AAA-004", "AAA-005", "AAA-006", "AAA-007", "AAA-008")
NAMES = st.sampled_from(["大坪村", "上湾村", "a[b]:c*村", "A[B]:C*村", "", "目录", "history", "很长很长的" * 9 + "村", "'单引号'"])


def report(c: made.County, **changes: Any) -> publish.CountyReport:
    given_ = {"items": c.items, "roll_forward": c.flow, **changes}
    return publish.gather(c.settings, made.COUNTY, c.as_of, c.cycle, **given_)


def visit_rows(path: Path) -> dict[str, list[tuple[int, str, str]]]:
    """Sheet → (清单序号, title of the household's block, 看到什么) of each question's row."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for sheet in openpyxl.load_workbook(path).worksheets[1:]:
        block = ""
        for row in sheet.iter_rows(values_only=True):
            if isinstance(row[0], str) and row[0].startswith("□"):
                block = row[0]
            elif isinstance(row[0], int):
                found.setdefault(sheet.title, []).append((row[0], block, str(row[5])))
    return found


@st.composite
def lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Items of few households, so that they meet; some without a household, some in villages of odd names."""
    items = []
    for n in range(draw(st.integers(1, 14))):
        code, home = draw(st.sampled_from(CODES)), draw(st.integers(0, 4))
        town = sorted(made.TOWNS)[draw(st.integers(0, 2))]
        body: dict[str, Any] = {"town_name": made.TOWNS[town], "village_name": draw(NAMES), "evidence": []}
        if code == "AAA-008":
            body = {"subject_key": f"保册|{made.COUNTY}|{n}", "evidence": []}
        elif code == "AAA-007":
            body["subject_key"] = f"{town}{n}"
        else:
            person = draw(st.integers(0, 2))
            body |= {"户编号": f"9901{home:012}" if home else None, "户主姓名": f"甲{home}", "姓名": f"乙{person}",
                     "人编号": f"P{home}{person}", "证件号码": f"99010119700101{home}{person}10"}  # fmt: skip
        state = draw(st.sampled_from(["found", "found", "issued", "returned", "answered", "gone"]))
        items.append(
            made._item(code, town, random.Random(n), body, state=state, answer="fixed" if state in ("answered", "returned") else None,
                       closes=draw(st.sampled_from(["export", "acknowledged"])), issued_cycle="2026-09", due_on="2026-10-30")
        )  # fmt: skip
    return items


@given(items=lists(), hamlets=st.lists(st.sampled_from(["", "3组", "一组", "十二组"]), min_size=5, max_size=5))
@hypothesis(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_question_is_on_one_list_row_and_on_one_visit_or_needs_none(
    county: made.County, items: list[dict[str, Any]], hamlets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(tempfile.mkdtemp(dir=county.settings.home.parent))
    c = made.County(Settings(home=home), county.as_of, county.cycle, items)
    monkeypatch.setattr(made, "HAMLETS", hamlets)
    made.write_partitions(c)
    publication = publish.publish(c.settings, made.COUNTY, c.as_of, c.cycle, items, ())
    listed = {row["序号"]: row for row in rows(publication.workbook, model.LIST_SHEET)}
    files = rows(publication.workbook, model.FILE_SHEET)
    numbers = [row["问题编号"] for row in (*listed.values(), *files)]
    asked = {item["number"] for item in items if item["state"] in ("found", "issued", "returned")}
    dead = {item["body"].get("人编号") for item in items if item["code"] == "AAA-001" and item["state"] != "gone"}
    consequences = {i["number"] for i in items if i["code"] == "AAA-004" and i["body"]["人编号"] in dead}
    assert len(numbers) == len(set(numbers)) and set(numbers) == asked - consequences
    visited = visit_rows(publication.visits)
    seen = Counter(seq for found in visited.values() for seq, _, _ in found)
    report_ = publish.gather(c.settings, made.COUNTY, c.as_of, c.cycle, items, ())
    desk = {line.seq for line in report_.lines if line.no_visit}
    assert set(seen) | desk == set(listed) and not set(seen) & desk and set(seen.values()) <= {1}
    assert desk == {seq for seq, row in listed.items() if row["指标"] == "AAA-007"}
    sheets: dict[str, set[str]] = {}
    for sheet, found in visited.items():
        for seq, block, _ in found:
            household = listed[seq]["户编号"] or ""
            assert household in block
            if household:
                sheets.setdefault(household, set()).add(sheet)
    assert all(len(where) == 1 for where in sheets.values()), "a household is visited twice"
    index = openpyxl.load_workbook(publication.visits)[visit_sheets.INDEX]
    said = "\n".join(str(cell) for row in index.iter_rows(values_only=True) for cell in row if cell is not None)
    blocks = {(sheet, block) for sheet, found in visited.items() for _, block, _ in found}
    assert f"{len(seen)} 个问题，" in said and (f"另有 {len(desk) + len(files)} 个问题不用入户" in said or not desk and not files)
    assert len(blocks) <= sum(len(village.visits) for village in villages(report_))
    shutil.rmtree(home)


def test_the_road_is_walked_once(county: made.County) -> None:
    assert sorted(["十组", "坡上2号", "2组", "一组", "坡上", "二十一组", "坡上10号"], key=road) == [
        "一组", "2组", "十组", "二十一组", "坡上", "坡上2号", "坡上10号",
    ]  # fmt: skip
    for village in villages(report(county)):
        seen = [visit.hamlet for visit in village.visits]
        named = [hamlet for hamlet in seen if hamlet]
        assert named == sorted(named, key=road) and seen == named + [""] * (len(seen) - len(named))
        assert len(set(visit.key for visit in village.visits)) == len(seen)


def test_one_question_for_all_persons_of_a_household(county: made.County) -> None:
    one = next(i for i in county.items if i["code"] == "AAA-003" and i["state"] == "found")
    other = {**one, "item_id": "f" * 64, "number": "AAA-003-OTHER", "body": {**one["body"], "人编号": "P-other", "姓名": "甄小禾"}}
    publication = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, [one, other], county.flow)
    (sheet,) = openpyxl.load_workbook(publication.visits).worksheets[1:]
    asked = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [(row[0], row[2]) for row in asked] == [(1, "甄小禾"), (2, one["body"]["姓名"])]
    assert [bool(row[1]) for row in asked] == [True, False], "the question stands twice"
    assert "民政低保名单里在保" in asked[0][1]
    assert "2 个问题，1 户" in sheet["A1"].value


def test_what_needs_no_visit_is_counted_with_its_reason(county: made.County) -> None:
    (county.settings.home / "delivery.yaml").write_text(
        "visits:\n  none_for:\n    - {reason: 查名单就行, codes: [AAA-003]}\n    - {reason: 村里核, subjects: [village]}\n"
    )
    publication = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    listed = {row["序号"]: row["指标"] for row in rows(publication.workbook, model.LIST_SHEET)}
    left_out = [code for code in listed.values() if code in ("AAA-003", "AAA-007")]
    visited = {listed[seq] for found in visit_rows(publication.visits).values() for seq, _, _ in found}
    assert visited == set(listed.values()) - {"AAA-003", "AAA-007"}
    said = [str(row[0]) for row in openpyxl.load_workbook(publication.visits)["目录"].iter_rows(values_only=True)]
    assert f"另有 {len(left_out) + 1} 个问题不用入户：" in said
    assert f"　　{left_out.count('AAA-003')} 个：查名单就行" in said and "　　1 个：村里核" in said


def many(county: made.County, persons: int) -> publish.CountyReport:
    """All lines in one village; one household with `persons` questions."""
    whole = report(county)
    lines = [replace(line, town="990101001", village_name="大坪村") for line in whole.lines if line.household]
    long = [replace(lines[0], seq=1000 + n, code=f"AAA-{n:03}", question=f"问题{n}" * 20) for n in range(persons)]
    homes = tuple(replace(home, town="990101001", village_name="大坪村") for home in whole.homes)
    return replace(whole, lines=(*lines, *long), homes=homes)


@pytest.mark.parametrize("persons", [1, 30])
def test_blocks_are_never_cut_by_a_page(county: made.County, tmp_path: Path, persons: int) -> None:
    path = tmp_path / "visits.xlsx"
    publish.render_visits(many(county, persons), path)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "fitToPage" not in sheet, "Excel would ignore the page breaks"
    breaks = [int(found) for found in re.findall(r'<brk id="(\d+)"', sheet)]
    cells = openpyxl.load_workbook(path).worksheets[1]
    starts = [row for row in range(1, cells.max_row + 1) if str(cells.cell(row, 1).value).startswith("□")]
    ends = [*(start - 1 for start in starts[1:]), cells.max_row]
    assert len(breaks) > 2
    for start, end in zip(starts, ends, strict=True):
        inside = [at for at in breaks if start <= at < end]
        height = sum(cells.row_dimensions[row].height or 15 for row in range(start, end + 1))
        assert not inside or height > 650, "a household that fits a page is cut"
        for at in inside:
            assert cells.cell(at + 1, 2).value, "a question is cut"
    pages = list(zip([3, *breaks], [*breaks, cells.max_row], strict=True))
    for first, last in pages:
        assert 74 + sum(cells.row_dimensions[row].height or 15 for row in range(first + 1, last + 1)) <= 760


def test_sheets_are_printable_and_say_that_nothing_is_typed_here(county: made.County) -> None:
    publication = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    book = openpyxl.load_workbook(publication.visits)
    for sheet in book.worksheets[1:]:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == ("portrait", 9, "$1:$3")
        assert sheet["A2"].value == visit_sheets.NOT_HERE
        widths = sum(sheet.column_dimensions[column].width for column in "ABCDEF")
        assert widths * 7 / 96 < 8.27 - 0.75, "wider than the paper"
        values = [row for row in sheet.iter_rows(values_only=True)]
        assert sum(str(row[0]).startswith("户主（或在家成员）签名") for row in values) == sum(str(row[0]).startswith("□") for row in values)
    heads = {cell for sheet in book.worksheets for cell in next(sheet.iter_rows(min_row=3, max_row=3, values_only=True))}
    assert "问题编号" not in heads and "校验码" not in heads, "a visit sheet must not be taken for a list"


def test_any_value_reads_back(county: made.County) -> None:
    """What a book may hold must never stop a county's list."""
    odd = ["_x0041_", " 前后空格 ", "a\r\nb\tc", "<&>\"'", "\u200b\ud800"[:1], "=1+1", "1e5", "é" * 9000, "😀", "\x00\x1f_x005F_x0041_"]
    item = next(i for i in county.items if i["code"] == "AAA-006" and i["state"] == "found")
    item["body"]["evidence"] = [{"列": f"列{n}", "账": book, "值": v} for n, v in enumerate(odd) for book in ("入户核查表", "全国防返贫监测信息系统")]
    item["body"] |= {"户主姓名": "_x0041_ ", "姓名": " _x0041_", "village_name": "_x000D_村"}
    publication = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, [item], county.flow)
    assert [row.number for row in publication.rows] == [item["number"]]


def test_sheet_names() -> None:
    visit = Visit("k", "k", "", "", None, ())
    names = ["[a]:b*?/\\c", "[A]:B*?/\\C", "长" * 40, "长" * 40 + "二", "", "'引'", "History", "目录"]
    found = visit_sheets.sheet_names(Village(f"99010100{n}", f"{n}镇", name, (visit,), ()) for n, name in enumerate(names))
    titles = list(found.values())
    assert len({title.casefold() for title in titles}) == len(names)
    for title in titles:
        assert 0 < len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) and title.strip("'") == title
        assert title.casefold() not in ("history", "目录")


def test_visit_sheets_that_lose_a_row_are_not_published(county: made.County, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = publish.render_visits
    monkeypatch.setattr(publish, "render_visits", lambda r, path: whole(replace(r, lines=r.lines[:-2]), path))
    with pytest.raises(InfraProblem, match="visit sheets"):
        publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    assert not (county.settings.out / made.COUNTY / "current").exists()
