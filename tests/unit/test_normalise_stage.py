"""Rows in = loaded + quarantined + not data, for files however messy; and what each row became."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duizhang.contracts.load import Book, CodeList
from duizhang.contracts.model import Contract
from duizhang.core.lake import content_hash, write_table
from duizhang.core.settings import Settings
from duizhang.core.wounds import DISAGREE, LONG_NUMBER, REPEATED
from duizhang.normalise import NormReport, normalise
from duizhang.normalise.classify import CONTRADICTED
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.generative.kit import NATIONAL, PEOPLE, contract, number

CODES = {"CL-01": CodeList("CL-01", "是否", ("是", "否"), {"是": "是", "否": "否"})}
EVERY_TYPE = (
    "str",
    "int",
    "dec",
    "bool",
    "enum",
    "enum*",
    "id",
    "tel",
    "date",
    "datetime",
    "date8",
    "ym",
    "ymcn",
    "year",
)
MESSY = contract(
    "杂册",
    [
        {"name": "号", "required": True},
        {"name": "证", "type": "id"},
        *(
            {"name": f"列{kind}", "type": kind, "codes": "CL-01" if kind == "bool" else None}
            for kind in EVERY_TYPE
        ),
    ],
    {"杂": {"key": ["号"], "columns": ["号", "证", *(f"列{kind}" for kind in EVERY_TYPE)]}},
    not_data={"号": ["合计"], "*": ["制表人"]},
)


class File:
    sha256, refused = "f" * 64, None

    def __init__(self, feed: str) -> None:
        self.feed = feed


def run(home: Path, of: Contract, rows: list[dict[str, Any]], *, threads: int = 2) -> tuple[NormReport, Path]:
    """Write `rows` (keys _sheet and _long where they matter) as raw/ has them, and normalise."""
    settings = Settings(home=home, threads=threads)
    columns = [column.name for column in of.columns]
    table = pa.table(
        {
            "_part": pa.array([""] * len(rows), pa.string()),
            "_sheet": pa.array([row.get("_sheet", "") for row in rows], pa.string()),
            "_row": pa.array([row.get("_row", place + 2) for place, row in enumerate(rows)], pa.int64()),
            "_long": pa.array([row.get("_long", "") for row in rows], pa.string()),
            **{name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns},
        }
    )
    write_table(table, settings.raw / File.sha256 / "rows.parquet")
    (settings.norm / File.sha256 / "meta.json").unlink(missing_ok=True)
    report = normalise(settings, File(of.feed), Book((of,), CODES))
    assert report is not None
    return report, settings.norm / File.sha256


def places(path: Path) -> Counter[tuple[str, int]]:
    return Counter((row["_sheet"], row["_row"]) for row in pq.ParquetFile(path).read().to_pylist())


CELL = (
    st.none()
    | st.sampled_from(
        [
            "",
            " ",
            "　",
            "合计",
            "合计：",
            "制表人：某",
            "1",
            "2",
            "号",
            "证",
            "９",
            "1.5",
            "1e999",
            "9" * 400,
            "99999999999999999999",
            "-0",
            "(3)",
            "1,2",
            "是",
            "maybe",
            "2023-02-30",
            "20230300",
            "二〇二三年十月",
            "0000-00-00",
            "99999-12-31",
            "202613",
            "\u200b",
            "\x00",
            "'",
            '"',
            "'; DROP TABLE wide; --",
            "{}",
            "%",
            "\U0001f600",
            number(1),
            number(1)[:15] + "000",
            "990101********0011",
            "9.90101E+17",
            "a、b，a",
            "NaN",
            "inf",
            "1_000",
            "٣",
            "²",
            "½",
            "\ud7ff",
            "\u202e1",
        ]
    )
    | st.text(max_size=12)
)
ROW = st.fixed_dictionaries(
    {
        "号": st.sampled_from(["1", "2", "3", "４", None, "合计", "号", number(2)[:15] + "000"]),
        "证": CELL,
        **{f"列{kind}": CELL for kind in EVERY_TYPE},
    },
    optional={"_long": st.sampled_from(["号", "证", "列int", "号\x1f证"])},
)


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rows=st.lists(ROW, max_size=12))
def test_every_row_is_accounted_for_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    report, folder = run(tmp_path_factory.mktemp("messy"), MESSY, rows)
    loaded, aside = places(folder / "杂.parquet"), places(folder / "quarantine.parquet")
    assert report.rows_in == len(rows) == report.loaded + report.quarantined + report.not_data
    assert (loaded.total(), aside.total()) == (report.loaded, report.quarantined) and set(
        loaded.values()
    ) | set(aside.values()) <= {1}
    assert not loaded & aside
    words = {"合计", "号"}
    for place, row in enumerate(rows):
        here = ("", place + 2)
        if str(row["号"]) == "合计" or any(str(cell).startswith("制表人：") for cell in row.values()):
            assert here not in loaded and here not in aside, "a totals or signature row is no data"
        elif row["号"] is None:
            assert here not in loaded, "a row without its key is never loaded"
        elif "号" in row.get("_long", "").split("\x1f") and row["号"] not in words:
            assert here not in loaded, "a number that the spreadsheet cut is never loaded"
    keys = [row["号"] for row in pq.ParquetFile(folder / "杂.parquet").read().to_pylist()]
    assert len(set(keys)) == len(keys) and None not in keys


def test_the_first_reason_stands_and_names_what_to_do(tmp_path: Path) -> None:
    base = {"列int": "1"}
    rows = [
        {"号": "1", **base},
        {"号": "1", **base},
        {"号": "1", "列int": "2"},
        {"号": " ", **base},
        {"号": "9.9E+17", "_long": "号"},
        {"号": None, "_long": "号"},
        {"号": "5", "_long": "列int", **base},
    ]
    report, folder = run(tmp_path, MESSY, rows)
    reasons = {
        row["_row"]: row["_reason"]
        for row in pq.ParquetFile(folder / "quarantine.parquet").read().to_pylist()
    }
    assert (reasons[3], reasons[4]) == (REPEATED, CONTRADICTED)
    assert reasons[5].startswith("缺少关键列的值") and reasons[6] == reasons[7] == LONG_NUMBER
    assert set(reasons) == {3, 4, 5, 6, 7} and report.loaded == 2
    assert sum(report.reasons.values()) == report.quarantined


def test_an_amount_with_many_digits_is_not_a_cut_number(tmp_path: Path) -> None:
    """Only columns that name somebody are set aside for having lost digits."""
    report, _ = run(tmp_path, MESSY, [{"号": "1", "列dec": "123456789012345678", "_long": "列dec"}])
    assert report.loaded == 1


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("9" * 400, True),
        ("99999999999999999999", True),
        ("9007199254740993", True),
        ("9007199254740991", False),
    ],
)
def test_a_whole_number_that_cannot_be_held_exactly_is_an_issue(
    tmp_path: Path, text: str, issue: bool
) -> None:
    report, folder = run(tmp_path, MESSY, [{"号": "1", "列int": text, "列dec": "9" * 400}])
    value = pq.ParquetFile(folder / "杂.parquet").read().to_pylist()[0]
    assert (value["列int"] is None) == issue and value["列dec"] is None
    assert report.issues["数字不可解析"] == 1 + issue


@pytest.mark.parametrize("text", ["3,5", "1,23", "12,34,567", ",5", "1,2"])
def test_a_comma_that_marks_no_thousands_is_never_dropped(tmp_path: Path, text: str) -> None:
    _, folder = run(tmp_path, MESSY, [{"号": "1", "列dec": text}])
    assert pq.ParquetFile(folder / "杂.parquet").read().to_pylist()[0]["列dec"] is None


def test_day_zero_is_no_day(tmp_path: Path) -> None:
    _, folder = run(tmp_path, MESSY, [{"号": "1", "列date": "2023-03-00", "列date8": "20230300"}])
    row = pq.ParquetFile(folder / "杂.parquet").read().to_pylist()[0]
    assert (row["列date"], row["列date8"]) == (None, None)


def test_household_values_repeated_on_members_take_the_most_frequent(tmp_path: Path) -> None:
    """A blank is no value: it never wins; a difference is an issue; ties fall to the smaller."""
    base = {"户号": "h", "县": "甲县", "乡": "东乡"}
    heads = ["甲", None, None, "乙", "甲"]
    rows = [{**base, "人号": f"p{i}", "户主": head} for i, head in enumerate(heads)]
    rows += [
        {**base, "户号": "k", "人号": f"q{i}", "户主": head} for i, head in enumerate([None, None, "丙"])
    ]
    report, folder = run(tmp_path, NATIONAL, rows)
    homes = {row["户号"]: row["户主"] for row in pq.ParquetFile(folder / "家.parquet").read().to_pylist()}
    assert homes == {"h": "甲", "k": "丙"}
    assert report.issues[DISAGREE] == 2


def test_two_sheets_with_the_same_row_numbers_fold_alike_on_any_threads(tmp_path: Path) -> None:
    rows = [
        {
            "人号": f"{sheet}{i}",
            "户号": f"h{i % 40}",
            "户主": "甲",
            "县": "甲县",
            "乡": town,
            "_sheet": sheet,
            "_row": i + 2,
        }
        for sheet, town in (("乙表", "西乡"), ("甲表", "东乡"))
        for i in range(400)
    ]
    found = []
    for threads in (1, 2, 1, 2):
        _, folder = run(tmp_path / str(len(found)), NATIONAL, rows, threads=threads)
        found.append({path.name: content_hash(path) for path in sorted(folder.glob("*.parquet"))})
        places = {
            (row["_sheet"], row["_in_town"])
            for row in pq.ParquetFile(folder / "家.parquet").read().to_pylist()
        }
        assert places == {("乙表", "西乡")}, "sheet, row and place are those of one and the same row"
    assert all(one == found[0] for one in found)


def test_a_file_without_rows(tmp_path: Path) -> None:
    report, folder = run(tmp_path, NATIONAL, [])
    assert (report.rows_in, report.loaded, report.tables) == (0, 0, {"家": 0, "员": 0})
    assert pq.ParquetFile(folder / "quarantine.parquet").metadata.num_rows == 0


def test_a_killed_run_is_done_again_whatever_the_contract_then_says(tmp_path: Path) -> None:
    """Contract A is cached, a run under B is killed half way, A comes back: A's cached result must not be believed."""
    rows = [{"号码": number(1), "姓名": "甲", "金额": "约三"}]
    tables = {"整": {"key": ["号码"], "columns": ["号码", "姓名", "金额"]}}
    a = contract("整册", PEOPLE, tables)
    b = contract(
        "整册",
        [{**c, "type": "str"} if c["name"] == "金额" else c for c in PEOPLE],
        {**tables, "坏": {"key": ["号码"], "columns": ["号码"], "when": "类别"}},
    )
    _, folder = run(tmp_path, a, rows)
    settings = Settings(home=tmp_path)
    (folder / "坏.parquet").mkdir()  # a write that fails: the run under B dies after its first table
    with pytest.raises(OSError):
        normalise(settings, File("整册"), Book((b,), CODES))
    assert pq.ParquetFile(folder / "整.parquet").read().to_pylist()[0]["金额"] == "约三", (
        "B had begun to write"
    )
    assert normalise(settings, File("整册"), Book((a,), CODES)) is not None
    assert pq.ParquetFile(folder / "整.parquet").read().to_pylist()[0]["金额"] is None
