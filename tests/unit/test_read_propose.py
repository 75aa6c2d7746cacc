"""propose_contract: a valid, commented contract for an unknown file, and that contract reads the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from duizhang.contracts.model import Contract
from duizhang.core.errors import FeedProblem
from duizhang.read import propose_contract

from tests.unit.read_kit import bench, book, xlsx


def sample(tmp_path: Path) -> Path:
    rows: list[list[Any]] = [
        ["青石县试验名册", *[None] * 8], ["填报日期：2026-10-19", *[None] * 8],
        ["序号", "姓名", "身份证号", "家庭情况", None, "是否在享", "开户日期", "所属月份", "联系电话"],
        [None, None, None, "类型", "人均月收入", None, None, None, None],
    ]
    for number in range(40):
        rows.append([number + 1, f"甲{number % 30}", f"9901011990010{number:05d}", ["A类", "B类"][number % 2], number * 1.5,
                     "是" if number % 3 else "否", "20260101", "202610", f"139{number:08d}" if number else None])
    rows.append(["合计", None, None, None, 99, *[None] * 4])
    path = tmp_path / "青石县2026年10月份试验名册(3).xlsx"
    path.write_bytes(xlsx(rows, merges=[(2, 3, 2, 4), *((2, c, 3, c) for c in (0, 1, 2, 5, 6, 7, 8))]))
    return path


def test_it_guesses_types_key_limits_header_and_totals(tmp_path: Path) -> None:
    text = propose_contract(sample(tmp_path))
    body = Contract.model_validate(yaml.safe_load(text))
    assert {column.name: column.type for column in body.columns} == {
        "姓名": "str", "身份证号": "id", "家庭情况/类型": "enum", "家庭情况/人均月收入": "dec", "是否在享": "bool",
        "开户日期": "date8", "所属月份": "ym", "联系电话": "tel"}
    assert [column.name for column in body.columns if not column.required] == ["联系电话"]
    assert body.feed == "试验名册" and body.tables["试验名册"].key == ("身份证号",)
    assert (body.volume.min, body.volume.max) == (34, 80)
    assert body.not_data == {"序号": ("合计",)} and body.header.anchors == (("姓名",), ("身份证号",))
    assert "# 取值：A类、B类" in text


def test_the_proposed_contract_reads_its_own_file(tmp_path: Path) -> None:
    path = sample(tmp_path)
    proposed = Contract.model_validate(yaml.safe_load(propose_contract(path)))
    report = bench(tmp_path / "home").take(path.read_bytes(), path.name, book(proposed))
    assert report.refused is None and report.rows_in == 41 and report.unknown == ()
    assert str(report.data_date) == "2026-10-19"


def test_cut_numbers_are_told_and_names_of_people_are_not_listed_as_codes(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(xlsx([["姓名", "身份证号", "户主"], *([f"甲{n}", 990101199001010011, f"乙{n % 11}"] for n in range(22))]))
    text = propose_contract(path)
    assert "样本中 22 格被存成数值" in text and "取值" not in text


def test_a_file_without_header_is_a_problem_of_its_sender(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"1,2\n3,4\n")
    with pytest.raises(FeedProblem):
        propose_contract(path)
