"""The helpers of make check and make demo find what they are there to find."""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import check_text  # noqa: E402
import closing_table  # noqa: E402
import up  # noqa: E402
from duizhang.core.settings import Settings  # noqa: E402

ROLL = {
    "opening": 5, "new": 4, "reopened": 1, "moved_in": 0, "proven": 2, "verified_not_so": 1, "acknowledged": 1, "exempted": 0,
    "withdrawn": 0, "moved_out": 0, "closing": 6, "na": 0, "gone": 0,
}  # fmt: skip
FEED = {"files": 1, "refused": 0, "rows_in": 10, "loaded": 7, "quarantined": 2, "not_data": 1}


def _summary() -> dict[str, Any]:
    county = {"name": "青石县", "findings": 4, "problems": [], "roll_forward": dict(ROLL), "states": {}, "events": {}, "publication": "out"}
    match = {"linked": {"甲": 3}, "unlinked": {"甲": {"x": 1}}, "cannot_compare": {"甲": 1}}
    run = {"feeds": {"甲": dict(FEED)}, "counties": {"990101": county}, "match": match, "indicators": {}, "stages": [], "paths": {}}
    return {"schema": 1, "latest": "2026-10-25", "runs": {"2026-10-25": run}}


def test_sums_that_add_up_are_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert closing_table.check(_summary()) == []
    closing_table.show(_summary())
    shown = capsys.readouterr().out
    assert "3 linked, 1 not, 1 cannot be compared" in shown
    assert "青石县" in shown


@pytest.mark.parametrize("part", ["loaded", "closing", "proven", "problems", "roll_forward"])
def test_sums_that_do_not_are(part: str) -> None:
    summary = copy.deepcopy(_summary())
    run = summary["runs"]["2026-10-25"]
    county = run["counties"]["990101"]
    if part == "loaded":
        run["feeds"]["甲"]["loaded"] += 1
    elif part == "problems":
        county["problems"] = [{"code": "XXX-001", "kind": "engine", "message": "m"}]
    elif part == "roll_forward":
        county["roll_forward"] = {}
    else:
        county["roll_forward"][part] += 1
    assert len(closing_table.check(summary)) == 1


def _number(region: str, born: str = "19700101") -> str:
    body = f"{region}{born}001"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, check_text.WEIGHTS, strict=True)) % 11]


def test_a_number_that_could_be_a_persons_is_found_and_not_repeated() -> None:
    real = _number("1101" + "05")
    (problem,) = check_text.problems("some.txt", f"x\nid {real}\n")
    assert problem.startswith("some.txt:2:")
    assert real not in problem


@pytest.mark.parametrize("region", ["990101", "990103"])
def test_made_up_numbers_hashes_and_wrong_ones_are_not(region: str) -> None:
    assert check_text.problems("f", _number(region)) == []
    assert check_text.problems("f", "a" + _number("110105") + "f") == []
    assert check_text.problems("f", _number("110105", "19701301")) == []


def test_an_index_address_is_found() -> None:
    assert check_text.problems("f", "see https://" + "py" + "pi.org/project/x")
    assert check_text.problems("f", "pip install --index" + "-url https://x") == ["f:1: names a package index"]
    assert check_text.problems("f", "uv pip install --no-emit-index-url") == []


def test_down_leaves_processes_of_others_alone(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home")
    pid_file = settings.home / "up.pid"
    pid_file.write_text("1", encoding="utf-8")  # a stale file whose number another process has now
    up.down(settings)
    assert not pid_file.exists()
