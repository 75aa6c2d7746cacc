"""The wounds of files stand in the files, not only in the truth."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from duizhang.world import make

WOUNDS = {f"FMT-{n:03d}" for n in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wounded")
    make(out, 1500, 3, spreadsheets=False)
    return out


def files(world: Path, pattern: str) -> list[Path]:
    return sorted((world / "inbox").glob(f"*/{pattern}"))


def test_every_wound_is_in_the_truth(world: Path) -> None:
    rows = pq.read_table(world / "truth.parquet").to_pylist()
    assert {row["code"] for row in rows if row["subject_kind"] == "delivery"} >= WOUNDS


def test_workbooks_hide_rows_and_hold_further_sheets_even_in_a_world_of_csv(world: Path) -> None:
    hidden = [zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml") for path in files(world, "*残疾人名单*.xlsx")]
    assert hidden and all(xml.count(b'hidden="1"') >= 2 and b"filterColumn" in xml for xml in hidden)
    assert all("xl/worksheets/sheet2.xml" in zipfile.ZipFile(path).namelist() for path in files(world, "*死亡注销*.xlsx"))
    assert files(world, "*死亡注销*.xlsx")


def test_a_file_of_last_year_a_zero_report_and_a_locked_copy_lie_there(world: Path) -> None:
    (old,) = files(world, "*2025年*农村低保*.csv")
    assert "成员证件号码" in old.read_text(encoding="utf-8-sig").splitlines()[0]
    texts = [path.read_bytes() for path in files(world, "*.csv")]
    said = [text for text in texts if "零报告".encode() in text]
    bare = [text for text in texts if text.startswith(b"\xef\xbb\xbf") and len(list(csv.reader(text.decode("utf-8-sig").splitlines()))) == 1]
    assert said and bare
    assert all("EncryptedPackage".encode("utf-16-le") in path.read_bytes() for path in files(world, "*学籍*.xlsx"))


def test_odd_spellings_stand_in_rows_of_other_villagers_alone(world: Path) -> None:
    """No number of the national book has one, so that nothing follows from them."""
    national = "".join(path.read_text(encoding="utf-8-sig") for path in files(world, "（自定义）监测对象信息*.csv"))
    odd = 0
    for path in files(world, "*2026年*农村低保*.csv"):
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            if (row["起始保障年月"] or "").endswith(".0"):
                odd += 1
                assert row["身份证号"] not in national
    assert odd
