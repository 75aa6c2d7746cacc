"""Parameters by place and time, and the tables made from several books."""

from __future__ import annotations

from pathlib import Path

import pytest
from duizhang.contracts.derived import load_derived
from duizhang.contracts.parameters import config_tables, load_thresholds, thresholds
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck
from duizhang.core.settings import Settings

ENTRIES = """
- {name: 上限, value: 10, from: 2020-01-01, source: 甲, nature: 公}
- {name: 上限, value: 20, place: '99', from: 2020-01-01, source: 乙, nature: 公}
- {name: 上限, value: 30, place: '9901', from: 2026-03-01, to: 2026-12-31, source: 丙, nature: 公}
- {name: 截止, value: 2026-05-06, from: 2026-01-01, to: 2026-12-31, source: 丁, nature: 推}
"""


@pytest.mark.parametrize(
    ("county", "day", "limit", "ago"),
    [("110101", "2026-10-25", "10", "10"), ("990201", "2026-10-25", "20", "20"), ("990101", "2026-02-28", "20", "20"),
     ("990101", "2026-03-01", "30", "20"), ("990101", "2026-12-31", "30", "20"), ("990101", "2027-01-01", "20", "20"),
     ("990101", "2027-03-01", "20", "30"), ("990101", "2019-12-31", "NULL", "NULL")],
)  # fmt: skip
def test_the_nearest_place_that_is_valid_goes_before(settings: Settings, county: str, day: str, limit: str, ago: str) -> None:
    (settings.home / "indicators.yaml").write_text(ENTRIES, encoding="utf-8")
    assert thresholds(settings, county, day)["上限"] == ("DOUBLE", limit, ago)


def test_a_year_without_an_entry_has_no_value(settings: Settings) -> None:
    (settings.home / "indicators.yaml").write_text(ENTRIES, encoding="utf-8")
    assert thresholds(settings, "990101", "2026-02-01")["截止"] == ("DATE", "DATE '2026-05-06'", "NULL")
    assert thresholds(settings, "990101", "2027-02-01")["截止"] == ("DATE", "NULL", "DATE '2026-05-06'")


def test_the_homes_entry_replaces_the_projects(settings: Settings) -> None:
    ours = load_thresholds(settings)[0]
    changed = {**ours.model_dump(mode="json", by_alias=True), "value": 12345}
    import yaml

    (settings.home / "indicators.yaml").write_text(yaml.safe_dump([changed], allow_unicode=True), encoding="utf-8")
    found = [one for one in load_thresholds(settings) if (one.name, one.place, one.since) == (ours.name, ours.place, ours.since)]
    assert [one.value for one in found] == [12345]


@pytest.mark.parametrize("text", ["- {name: a, value: 1}", "- {name: a, value: 1, from: 2020-01-01, source: x, nature: 官}", "上限: 3", "- [1"])
def test_a_bad_file_is_named(settings: Settings, text: str) -> None:
    (settings.home / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem, match=r"indicators\.yaml"):
        thresholds(settings, "990101", "2026-10-25")


def test_values_of_two_kinds_are_refused(settings: Settings) -> None:
    (settings.home / "indicators.yaml").write_text(
        "- {name: 甲, value: 1, from: 2020-01-01, source: x, nature: 推}\n"
        "- {name: 甲, value: 是, place: '99', from: 2020-01-01, source: x, nature: 推}",
        encoding="utf-8",
    )
    with pytest.raises(ContractProblem, match="甲"):
        thresholds(settings, "990101", "2026-10-25")


def test_a_small_table_is_typed_and_the_homes_goes_before(settings: Settings) -> None:
    folder = settings.home / "tables"
    folder.mkdir()
    head = "title: 表\nsource: s\nnature: 推\ncolumns: {a: VARCHAR, b: BIGINT, c: DATE}\n"
    (folder / "小表.yaml").write_text(head + 'rows: [["it\'s", 3, 2026-01-02], [null, null, null]]\n', encoding="utf-8")
    (folder / "空表.yaml").write_text(head + "rows: []\n", encoding="utf-8")
    made = config_tables(settings)
    with duck(settings) as con:
        assert con.execute(f"SELECT a, b + 1, year(c) FROM ({made['小表']})").fetchall() == [("it's", 4, 2026), (None, None, None)]
        assert con.execute(f"SELECT * FROM ({made['空表']})").fetchall() == []


def test_a_row_with_too_few_cells_is_refused(settings: Settings) -> None:
    (settings.home / "tables").mkdir()
    text = "title: t\nsource: s\nnature: 推\ncolumns: {a: VARCHAR, b: BIGINT}\nrows: [[x]]\n"
    (settings.home / "tables" / "小表.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem, match="小表"):
        config_tables(settings)


def test_a_derived_table_that_says_too_little_is_refused(tmp_path: Path) -> None:
    (tmp_path / "甲.sql").write_text("SELECT 1 AS a, '' AS _ref", encoding="utf-8")
    (tmp_path / "甲.yaml").write_text("title: 甲\nfeeds: [某]\nrows: []\ncolumns: {a: {type: INTEGER}}\n", encoding="utf-8")
    with pytest.raises(ContractProblem, match=r"甲\.yaml"):
        load_derived(tmp_path)
