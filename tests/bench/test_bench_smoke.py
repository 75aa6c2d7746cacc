"""The benchmarks run, and all contenders say the same of the same rows. Never a time: machines differ, answers may not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import bench  # noqa: E402
from duizhang.core.catalogue import load_catalogue  # noqa: E402
from duizhang.core.settings import Settings  # noqa: E402


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """One quick run of all parts."""
    return bench.main(["--quick"])


def test_our_suite_counts_what_hand_written_sql_counts(found: dict[str, Any]) -> None:
    suite = found["suite"]
    assert suite["counts"] == suite["by_hand"] == suite["without_gx"]
    assert len(suite["counts"]) > 100
    verdicts = [{key for key in ("hit", "unknown") if count[key]} for count in suite["counts"].values()]
    assert sum("hit" in kinds for kinds in verdicts) > 80  # else nothing but zeros would be compared
    assert any("unknown" in kinds for kinds in verdicts)
    assert any(count["covered"] > count["applicable"] for count in suite["counts"].values())


def test_the_whole_catalogue_is_judged_alike(found: dict[str, Any]) -> None:
    whole = found["catalogue"]
    assert whole["counts"] == whole["by_hand"] == whole["without_gx"]
    assert len(whole["counts"]) == len(load_catalogue(Settings.load()))
    assert sum(count["hit"] > 0 for count in whole["counts"].values()) > 150


def test_stock_expectations_find_the_same_hits(found: dict[str, Any]) -> None:
    suite = found["suite"]
    ours = {code: count["hit"] for code, count in suite["counts"].items()}
    on_pandas, on_postgres = suite["hits"]["stock GX on pandas"], suite["hits"]["stock GX on PostgreSQL"]
    assert len(on_pandas) >= 40
    assert len(on_postgres) >= 40
    assert on_pandas == {code: ours[code] for code in on_pandas}
    assert on_postgres == {code: ours[code] for code in on_postgres}
    assert sum(map(bool, on_pandas.values())) > 40


def test_readers_read_the_same_cells(found: dict[str, Any]) -> None:
    shapes = set(found["xlsx"]["shapes"].values())
    assert len(shapes) == 1, found["xlsx"]["shapes"]
    rows, filled, columns = shapes.pop()
    assert rows >= 500
    assert columns > 150
    assert filled > rows * 50


def test_whole_run_goes_through_all_stages(found: dict[str, Any]) -> None:
    city = found["city"]
    assert {"pull", "read+normalise", "snapshot", "match", "assemble", "check", "merge", "warehouse", "publish", "issue"} <= {s["stage"] for s in city["stages"]}
    assert city["problems"] == 0
    assert city["findings"] > 0
    assert all(stage["peak_mib"] > 0 for stage in city["stages"])


@pytest.mark.slow
def test_copies_of_a_city_hold_what_the_city_holds() -> None:
    """Two copies of a small city, four counties: every planted defect of all of them is found, and the night redoes one county."""
    (size,) = bench.main(["--quick", "--only", "sizes"])["sizes"].values()
    assert (size["counties"], size["cities"]) == (4, 2)
    planted = {code: counts for code, counts in size["score"]["codes"].items() if counts[0]}
    assert planted and all(counts[0] % 2 == 0 for counts in planted.values())  # each copy holds the same
    assert (size["score"]["missed"], size["score"]["false"], size["score"]["near"]) == (0, 0, 0)
    assert size["night"]["judged"] <= 2 < size["counties"]
    assert size["memory"]["ours"] > 0 < size["memory"]["postgres"]


def test_what_names_a_person_moves_as_one(tmp_path: Path) -> None:
    """Codes, numbers with their check digit, certificates, registers, telephones, names; in both encodings, the length kept."""
    import bench_province
    from duizhang.core.functions import check_passes

    from tests.generative.kit import number

    move = bench_province.Move(6, ("青石县",))
    good = number(2, "19650312")
    bad = good[:17] + ("1" if good[17] != "1" else "2")
    text = f"青石县,990101100200,990101000053,{good},{bad},{good}43B1,010100023,15400000016,19900000516,104.990101,end"
    cells = move.text(text).split(",")
    assert cells[:3] == [f"{bench_province._SIGNS[6]}石县", "990701100200", "990701000053"]
    assert check_passes(good) and check_passes(cells[3]) and cells[3][:17] == f"9907{good[4:17]}"
    assert not check_passes(cells[4]) and cells[5] == cells[3] + "43B1"
    assert cells[6] == "070100023" and cells[7] != "15400000016" and len(cells[7]) == 11
    assert cells[8:10] == ["19900000516", "104.990101"]
    assert move.data(text.encode("gb18030")).decode("gb18030") == move.text(text)
    assert move.text("９９０１０１") == "９９０７０１"
    moved = {bench_province.Move(place, ("青石县",)).text(text) for place in range(bench_province.MOST)}
    assert len(moved) == bench_province.MOST


def test_what_is_wrong_or_masked_stays_so_in_every_copy() -> None:
    """A wrong number stays wrong, a placeholder keeps its noughts and its 999999, a masked number fits its person; nobody shares one."""
    import bench_province
    from duizhang.core.functions import check_passes

    from tests.generative.kit import number

    good = number(2, "19650312")
    small = next(n[:17] + "x" for n in (number(serial, "19650312") for serial in range(200)) if n.endswith("X"))
    nobody = next(n for n in (f"99999919650312{serial:03d}1" for serial in range(10)) if not check_passes(n))
    text = f"{small},{good[:14]}0000,{nobody},{good[:4]}{'*' * 10}{good[14:]},{good},05400016881,0990-0022331,end"
    kinds: list[set[str]] = [set() for _ in range(7)]
    for place in range(bench_province.MOST):
        cells = bench_province.Move(place, ("青石县",)).text(text).split(",")
        assert check_passes(cells[0].upper()) and not check_passes(cells[1]) and not check_passes(cells[2])
        assert cells[1].endswith("0000") and cells[2].startswith("99999919650312") and int(cells[2][16]) % 2 == int(nobody[16]) % 2
        assert cells[3] == f"{cells[4][:4]}{'*' * 10}{cells[4][14:]}"
        assert [len(cell) for cell in cells] == [len(cell) for cell in text.split(",")]
        for kind, cell in zip(kinds, cells, strict=False):
            kind.add(cell)
    assert [len(kind) for kind in kinds] == [bench_province.MOST] * 7
