"""Parameters by place and time, and the tables made from several books."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from duizhang.assemble.stage import build
from duizhang.contracts.derived import load_derived
from duizhang.contracts.load import load_book
from duizhang.contracts.parameters import config_tables, effective_sql, load_thresholds, thresholds
from duizhang.contracts.types import table_types
from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, write_table
from duizhang.core.settings import Settings

from tests.generative.kit import rule

ENTRIES = """
- {name: 农村低保年标准, value: 10, unit: 元, from: 2020-01-01, source: 甲, nature: 公}
- {name: 农村低保年标准, value: 20, unit: 元, place: '99', from: 2020-01-01, source: 乙, nature: 公}
- {name: 农村低保年标准, value: 30, unit: 元, place: '9901', from: 2026-03-01, to: 2026-12-31, source: 丙, nature: 公}
- {name: 秋季入学基准日, value: 2026-05-06, from: 2026-01-01, to: 2026-12-31, source: 丁, nature: 推}
"""


@pytest.mark.parametrize(
    ("county", "day", "limit", "ago"),
    [("110101", "2026-10-25", "10", "10"), ("990201", "2026-10-25", "20", "20"), ("990101", "2026-02-28", "20", "20"),
     ("990101", "2026-03-01", "30", "20"), ("990101", "2026-12-31", "30", "20"), ("990101", "2027-01-01", "20", "30"),
     ("990101", "2027-03-01", "20", "30"), ("990101", "2019-12-31", "NULL", "NULL")],
)  # fmt: skip
def test_the_nearest_place_that_is_valid_goes_before(settings: Settings, county: str, day: str, limit: str, ago: str) -> None:
    (settings.home / "indicators.yaml").write_text(ENTRIES, encoding="utf-8")
    assert thresholds(settings, county, day)["农村低保年标准"] == ("DOUBLE", limit, ago)


def test_a_year_without_an_entry_has_no_value(settings: Settings) -> None:
    (settings.home / "indicators.yaml").write_text(ENTRIES, encoding="utf-8")
    assert thresholds(settings, "990101", "2026-02-01")["秋季入学基准日"] == ("DATE", "DATE '2026-05-06'", "NULL")
    assert thresholds(settings, "990101", "2027-02-01")["秋季入学基准日"] == ("DATE", "NULL", "DATE '2026-05-06'")


def test_the_homes_entry_replaces_the_projects(settings: Settings) -> None:
    ours = load_thresholds(settings)[0]
    changed = {**ours.model_dump(mode="json", by_alias=True), "value": 12345}
    (settings.home / "indicators.yaml").write_text(yaml.safe_dump([changed], allow_unicode=True), encoding="utf-8")
    found = [one for one in load_thresholds(settings) if (one.name, one.place, one.since) == (ours.name, ours.place, ours.since)]
    assert [one.value for one in found] == [12345]


@pytest.mark.parametrize("text", ["- {name: a, value: 1}", "- {name: a, value: 1, from: 2020-01-01, source: x, nature: 官}", "上限: 3", "- [1"])
def test_a_bad_file_is_named(settings: Settings, text: str) -> None:
    (settings.home / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem, match=r"indicators\.yaml"):
        thresholds(settings, "990101", "2026-10-25")


def test_values_of_two_kinds_are_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parameter that only a rule of the catalogue knows may be of any kind, and of one only."""
    catalogue = settings.home / "expectations"
    catalogue.mkdir()
    monkeypatch.setenv("DUIZHANG_EXPECTATIONS", str(catalogue))
    entry = rule("AAA-001", where="岁数 > 参数_甲")
    (catalogue / "AAA.yaml").write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")
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


LINES = """
- {name: 监测范围线, value: 8000, unit: 元/人·年, place: '9901', from: 2024-01-01, to: 2024-12-31, source: 甲, nature: 公}
- {name: 监测范围线, value: 1000, unit: 元/人·年, place: '9901', from: 2025-01-01, to: 2025-12-31, source: 甲, nature: 公}
- {name: 收入周期起, value: 2025-10-01, place: '99', from: 2026-01-01, to: 2026-12-31, source: 甲, nature: 公}
- {name: 收入周期止, value: 2026-09-30, place: '99', from: 2026-01-01, to: 2026-12-31, source: 甲, nature: 公}
"""


def by_year_as_read(settings: Settings, as_of: str, book: list[tuple[int, float | None]]) -> dict[int, tuple[Any, ...]]:
    """Year → (line, limit) of county 990101 as every reader of the table has them, where the yearly book has the lines `book`."""
    contract = load_book(settings).role("parameters")
    with duck(settings) as con:
        types = table_types(contract, "参数")
        con.execute(f"CREATE TABLE 参数 ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
        con.executemany("INSERT INTO 参数 (县编码, 年度, 监测范围线) VALUES ('990101', ?, ?), ('990102', 2024, 3.0)", book)
        sql = effective_sql(settings, contract, "990101", as_of)
        return {row[0]: row[1:] for row in con.execute(f"SELECT 年度, 监测范围线, 小额信贷单户上限 FROM ({sql}) WHERE 县编码 = '990101'").fetchall()}


def test_the_book_goes_before_the_home_and_the_home_before_the_project_in_every_year(settings: Settings) -> None:
    (settings.home / "indicators.yaml").write_text(
        LINES + "- {name: 小额信贷单户上限, value: 70000, unit: 元, place: '99', from: 2025-06-01, source: 甲, nature: 公}\n", encoding="utf-8"
    )
    found = by_year_as_read(settings, "2026-10-25", [(2025, 9000.0), (2026, None), (2028, 9500.0)])
    assert {year: found[year] for year in (2023, 2024, 2025, 2026)} == {
        2023: (None, 50000.0), 2024: (8000.0, 50000.0), 2025: (9000.0, 70000.0), 2026: (None, 70000.0),
    }  # fmt: skip
    assert found[2028] == (9500.0, None)  # a row of the book that is before its time
    assert by_year_as_read(settings, "2025-05-31", [(2024, None)])[2025] == (1000.0, 50000.0)  # of this year what is valid today


def test_a_fraction_for_a_column_of_whole_numbers_is_refused(settings: Settings) -> None:
    (settings.home / "indicators.yaml").write_text(
        "- {name: 风险最短监测月数, value: 6.5, unit: 月, from: 2020-01-01, source: 甲, nature: 推}\n", encoding="utf-8"
    )
    with pytest.raises(ContractProblem, match="风险最短监测月数"):
        by_year_as_read(settings, "2026-10-25", [(2026, 1.0)])


def test_the_homes_line_of_the_year_reaches_what_stands_in_a_spine(settings: Settings) -> None:
    """Eliminated in 2024, of which the county's book says nothing: the line of the home decides; 2025 is in the book."""
    as_of, place = "2026-10-25", {"_county": "990101", "_town": "990101100"}
    homes = {"1": (202406, 7999.0), "2": (202406, 8000.0), "3": (202506, 8999.0), "4": (202306, 1.0)}
    ended = {"风险是否已消除": "是", "风险消除方式": "帮扶消除"}
    rows: dict[str, list[dict[str, Any]]] = {
        "户": [{"户编号": key} for key in homes],
        "监测": [{"户编号": key, "识别监测时间": 202201, "消除监测时间": month, **ended} for key, (month, _) in homes.items()],
        "收入": [{"户编号": key, "收入时点": "风险消除后", "人均纯收入（元）": income} for key, (_, income) in homes.items()],
        "务工": [{"人编号": "11", "开始时间": 202601}], "人": [{"人编号": "11", "户编号": "1"}],
        "参数": [{"县编码": "990101", "年度": 2025, "监测范围线": 9000.0}],
    }  # fmt: skip
    for table, lines in rows.items():
        write_table(pa.Table.from_pylist([place | line for line in lines]), settings.at(as_of) / "books" / table / "county=990101" / "data.parquet")
    (settings.home / "indicators.yaml").write_text(LINES, encoding="utf-8")
    rule = by_code(settings)["MON-036"]
    with duck(settings, functions=True) as con:
        build(settings, con, as_of, "990101", load_book(settings))
        verdicts = con.execute(f"SELECT _household, ({rule.applies}) AND ({rule.where}) FROM subject_monitoring").fetchall()
        assert dict(verdicts) == {"1": True, "2": False, "3": True, "4": None}
        assert con.execute("SELECT 周期内月数 FROM subject_work_spell").fetchall() == [(9,)]  # January to September, by the home's cycle
        assert con.execute("SELECT DISTINCT 参数_收入周期止 FROM subject_household").fetchall() == [(date(2026, 9, 30),)]
