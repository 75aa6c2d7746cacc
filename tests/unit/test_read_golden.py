"""Each folder of golden/read is a file as departments send it, and expect.json: what reading it must give, checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.read_kit import bench

CASES = sorted(path for path in (Path(__file__).parents[1] / "golden" / "read").iterdir() if path.is_dir())


def test_there_are_cases() -> None:
    assert len(CASES) >= 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_reads_as_expected(case: Path, tmp_path: Path) -> None:
    (source,) = (path for path in case.iterdir() if path.name != "expect.json")
    expect = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    desk = bench(tmp_path / "home")
    report = desk.take(source.read_bytes(), source.name)
    document = json.loads(json.dumps(report.to_json()))
    assert {key: document[key] for key in expect["report"]} == expect["report"]
    if report.refused is None:
        assert desk.rows(report) == expect["rows"]
