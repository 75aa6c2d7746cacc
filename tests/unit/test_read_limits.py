"""Limits hold at the limit and one above, with what to do; what a sheet hides is counted; a far cell costs nothing."""

from __future__ import annotations

import io
import os
import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from duizhang.core.errors import ContractProblem
from duizhang.read import limits

from tests.golden.makers import biff
from tests.unit.read_kit import HEADER, ROW, Bench, bench, csv_bytes, xlsx, zipped

ROWS = [HEADER, ROW, ROW, ROW]  # 4 rows × 5 columns


@pytest.fixture
def desk(tmp_path: Path) -> Bench:
    return bench(tmp_path / "home")


@pytest.mark.parametrize(("limit", "value", "data", "name", "words"), [
    ("MAX_CELLS", 20, xlsx(ROWS), "试验台账.xlsx", ("4 行 × 5 列", "删去", "拆分", "CSV")),
    ("MAX_CELLS", 20, biff(ROWS), "试验台账.xls", ("4 行 × 5 列", "拆分", "CSV")),
    ("MAX_TEXT_CELLS", 15, csv_bytes(ROWS), "试验台账.csv", ("3 行 × 5 列", "拆分")),
    ("MAX_COLUMNS", 5, xlsx(ROWS), "试验台账.xlsx", ("5 列", "删去")),
    ("MAX_COLUMNS", 5, csv_bytes(ROWS), "试验台账.csv", ("列数超过", "导出")),
    ("MAX_MEMBERS", 2, zipped({"1.csv": csv_bytes(ROWS), "2.csv": csv_bytes(ROWS)}), "试验台账.zip", ("文件超过", "拆分")),
    ("MAX_PARTS", 2, xlsx(ROWS, ROWS), "试验台账.xlsx", ("2 张工作表", "拆分")),
    ("MAX_FILE", len(csv_bytes(ROWS)), csv_bytes(ROWS), "试验台账.csv", ("文件超过", "拆分")),
    ("MAX_UNPACKED", len(csv_bytes(ROWS)), zipped({"1.csv": csv_bytes(ROWS)}), "试验台账.zip", ("解压后过大", "拆分")),
])
def test_a_limit_holds_at_the_limit_and_one_above(
    desk: Bench, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, data: bytes, name: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(limits, limit, value)
    assert desk.take(data, name).refused is None
    monkeypatch.setattr(limits, limit, value - 1)
    (desk.settings.raw / desk.land(data, name).sha256 / "meta.json").unlink()
    report = desk.take(data, name)
    assert report.refused_kind == "too_large"
    for word in words:
        assert word in (report.refused or "")


def test_limits_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from duizhang.read import limits; print(limits.MAX_CELLS, limits.MAX_TEXT_CELLS)"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"DUIZHANG_MAX_CELLS": "70"}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["70", "560"]
    for wrong in ("", "0", "-1", "1e6", "many", "７"):
        monkeypatch.setenv("DUIZHANG_MAX_CELLS", wrong)
        with pytest.raises(ContractProblem, match="DUIZHANG_MAX_CELLS"):
            limits._setting("MAX_CELLS", 5)


def test_a_far_cell_of_an_old_workbook_takes_no_memory(tmp_path: Path) -> None:
    """In column 65,535: the parser alone takes 4 × 10^9 cells for it and is killed."""
    damaged = biff(ROWS).replace(struct.pack("<HHHH", 0x00FD, 10, 2, 4), struct.pack("<HHHH", 0x00FD, 10, 65535, 65535))
    assert damaged != biff(ROWS)
    (tmp_path / "a.xls").write_bytes(damaged)
    code = (
        "import sys; from pathlib import Path; from tests.unit.read_kit import bench;"
        "print(bench(Path(sys.argv[1]) / 'home').take(Path(sys.argv[1], 'a.xls').read_bytes(), '试验台账.xls').refused_kind)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)),
    )  # fmt: skip
    assert done.stdout.strip() == "damaged", done.stderr[-500:]


def test_the_filter_of_a_table_counts_as_one_of_the_sheet(desk: Bench) -> None:
    """Ctrl+T keeps its filter in a part of its own; a hidden row outside of it was hidden by hand; an empty one is none."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for r, row in enumerate([*ROWS, ROW]):
            page.write_row(r, 0, row)
        page.add_table(0, 0, 2, 4, {"columns": [{"header": name} for name in HEADER], "name": "T"})
        for r in (2, 4, 9):
            page.set_row(r, options={"hidden": True})
    import zipfile

    changed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.endswith("table1.xml"):
                body = body.replace(b'<autoFilter ref="A1:E3"/>', b'<autoFilter ref="A1:E3"><filterColumn colId="0"/></autoFilter>')
                assert b"filterColumn" in body
            new.writestr(name, body)
    report = desk.take(changed.getvalue())
    assert (report.hidden_rows, report.filtered_rows) == (1, 1)
