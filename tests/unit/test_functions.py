"""The predicate functions: standard vectors, edges, and SQL = Python on hostile input."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from duizhang.core import functions as f
from hypothesis import given, settings
from hypothesis import strategies as st

SQL = Path(__file__).resolve().parents[2] / "sql" / "functions" / "duckdb.sql"
TEXT_FUNCTIONS = ("idkey", "号码位数", "校验合格", "证件生日", "证件性别", "规范姓名", "规范地名", "项数", "文本")
NUMBERISH = st.text("0123456789", min_size=13, max_size=23)
VALID17 = st.tuples(
    st.just("990101"), st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 999)
).map(lambda p: f"{p[0]}{p[1]:%Y%m%d}{p[2]:03d}")
HOSTILE = st.one_of(
    NUMBERISH,
    VALID17.map(lambda n: n + f.check_character(n)),
    VALID17.map(lambda n: n + f.check_character(n) + "42B1"),
    VALID17.map(lambda n: n[:6] + n[8:]),  # an old 15-digit number
    VALID17.map(lambda n: "９９０１０１" + n[6:] + "ｘ"),
    VALID17.map(lambda n: f'="{n}*"'),
    VALID17.map(lambda n: f"'{n[:6]}********{n[14:]}\u200bx "),
    st.text("0０9xXｘ*'\"= \u3000\u200b\ufeff\n甲（）()·•．[]、", max_size=24),
    st.text("大营王村镇乡街道办事处社区居委会村民委员会（）\n·", max_size=16),
    st.text(max_size=30),
)  # fmt: skip
ARROW = {
    "VARCHAR": pa.string(), "INTEGER": pa.int32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32()
}  # fmt: skip
MONTHS = st.one_of(st.integers(190001, 210012), st.integers(-(10**6), 10**7))
DATES = st.dates()


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute(SQL.read_text(encoding="utf-8"))
    yield connection
    connection.close()


def ask(con: duckdb.DuckDBPyConnection, name: str, types: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[Any]:
    """The SQL function over stored rows: not over constants, which DuckDB would fold."""
    columns = {f"c{i}": pa.array([row[i] for row in rows], ARROW[kind]) for i, kind in enumerate(types)}
    given_rows = pa.table({"n": list(range(len(rows))), **columns})
    con.register("v", given_rows)
    return [row[0] for row in con.execute(f"SELECT {name}({', '.join(columns)}) FROM v ORDER BY n").fetchall()]


def agree(con: duckdb.DuckDBPyConnection, name: str, types: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    twin: Callable[..., Any] = f.REFERENCE[name]  # type: ignore[assignment]
    for row, got in zip(rows, ask(con, name, types, rows), strict=True):
        assert got == twin(*row), (name, row)


def storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), HOSTILE.filter(storable)), min_size=8, max_size=20))
def test_text_functions_equal_their_twins(con: duckdb.DuckDBPyConnection, texts: list[str | None]) -> None:
    for name in TEXT_FUNCTIONS:
        agree(con, name, ("VARCHAR",), [(text,) for text in texts])


@pytest.mark.parametrize(("place", "county", "same"), [
    ("云县", "云县", True), ("云岭市云县", "云县", True), ("某省云岭市 云县", "云县", True), ("文山州云县", "云县", True),
    ("凌云县", "云县", False), ("白河县", "云县", False), ("云县", "凌云县", False), (None, "云县", None), ("云县", None, None), ("云县", " ", None),
])  # fmt: skip
def test_a_county_is_told_from_one_whose_name_ends_alike(con: duckdb.DuckDBPyConnection, place: str, county: str, same: bool) -> None:
    assert f.same_county(place, county) is same
    agree(con, "同县", ("VARCHAR", "VARCHAR"), [(place, county)])


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(MONTHS | st.none(), MONTHS | st.none()), min_size=5, max_size=20))
def test_month_functions_equal_their_twins(con: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]]) -> None:
    agree(con, "月差", ("INTEGER", "INTEGER"), pairs)
    agree(con, "月差", ("BIGINT", "BIGINT"), pairs)
    agree(con, "加月", ("INTEGER", "INTEGER"), pairs)
    agree(con, "加月", ("INTEGER", "BIGINT"), [(a, b and b % 300 - 150) for a, b in pairs])
    agree(con, "文本", ("BIGINT",), [(a,) for a, _ in pairs])
    for name in ("月首", "月末"):
        agree(con, name, ("INTEGER",), [(a,) for a, _ in pairs])


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(st.tuples(DATES | st.none(), DATES | st.none()), min_size=5, max_size=20),
    shift=st.one_of(st.integers(-400, 400), st.integers(-(2**31), 2**31 - 1)),
)
def test_date_functions_equal_their_twins(
    con: duckdb.DuckDBPyConnection, pairs: list[tuple[date, date]], shift: int
) -> None:
    agree(con, "周岁", ("DATE", "DATE"), pairs)
    agree(con, "天差", ("DATE", "DATE"), pairs)
    agree(con, "加天", ("DATE", "INTEGER"), [(a, shift) for a, _ in pairs])
    for name in ("月", "年", "文本"):
        agree(con, name, ("DATE",), [(a,) for a, _ in pairs])


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(st.floats() | st.none(), st.floats() | st.none()), min_size=5, max_size=20))
def test_ratio_equals_its_twin(con: duckdb.DuckDBPyConnection, pairs: list[tuple[float, float]]) -> None:
    agree(con, "比", ("DOUBLE", "DOUBLE"), pairs)


DEGREES = st.one_of(st.floats(-200, 200), st.floats(), st.none(), st.integers(-181, 181).map(float))


@settings(max_examples=60, deadline=None)
@given(points=st.lists(st.tuples(DEGREES, DEGREES, DEGREES, DEGREES), min_size=5, max_size=20))
def test_distance_equals_its_twin(con: duckdb.DuckDBPyConnection, points: list[tuple[float, float, float, float]]) -> None:
    near = [(x, y, x + 0.003 if x is not None else None, y) for x, y, _, _ in points]
    agree(con, "距离米", ("DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE"), [*points, *near])


def test_distances_are_those_of_the_earth() -> None:
    assert f.metres_between(117.0, 36.0, 117.0, 36.0) == 0
    assert f.metres_between(117.0, 36.0, 117.0, 37.0) == pytest.approx(111_195, abs=2)  # a degree of latitude
    assert f.metres_between(117.0, 60.0, 118.0, 60.0) == pytest.approx(55_597, abs=10)  # half of it at 60 degrees
    assert f.metres_between(-180.0, 0.0, 180.0, 0.0) == 0
    assert f.metres_between(181.0, 0.0, 0.0, 0.0) is None
    assert f.metres_between(117.0, None, 117.0, 36.0) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text("甲乙、", max_size=6), st.text("甲乙、", max_size=3)), min_size=5, max_size=20))
def test_set_functions_equal_their_twins(con: duckdb.DuckDBPyConnection, pairs: list[tuple[str, str]]) -> None:
    agree(con, "含", ("VARCHAR", "VARCHAR"), [*pairs, (None, "甲"), ("甲", None)])


def test_sets_need_whole_items(con: duckdb.DuckDBPyConnection) -> None:
    assert f.has_item("患有大病、残疾", "残疾") is True
    assert f.has_item("患有大病、残疾", "大病") is False
    assert f.item_count("健康、残疾") == 2


def test_infinite_dates_raise_nothing(con: duckdb.DuckDBPyConnection) -> None:
    for expression in ("月(d)", "年(d)", "周岁(DATE '2000-01-01', d)", "加天(d, 1)", "天差(d, DATE '2000-01-01')"):
        con.execute("CREATE OR REPLACE TEMP TABLE w AS SELECT unnest(['infinity'::DATE, '-infinity'::DATE]) AS d")
        assert con.execute(f"SELECT {expression} FROM w").fetchall() == [(None,), (None,)]


def test_every_function_has_a_twin_and_the_other_way_round() -> None:
    macros = set(re.findall(r"MACRO (\w+)\(", SQL.read_text(encoding="utf-8")))
    assert macros - {"空白字", "间隔号", "折号", "校验字", "升位"} == set(f.REFERENCE)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_standard_vectors_pass(number: str) -> None:
    assert f.check_passes(number)
    assert not f.check_passes(number[:16] + str((int(number[16]) + 1) % 10) + number[17])


def test_fifteen_digits_are_upgraded_but_never_for_centenarians() -> None:
    assert f.idkey("110105491231002") == "11010519491231002X"
    assert f.check_passes("110105491231002") is False
    assert f.idkey("110105491231995") is not None
    for order in ("996", "997", "998", "999"):
        assert f.idkey("110105491231" + order) is None


def test_what_cannot_be_compared_has_no_key() -> None:
    for text in ("110105********002X", "无", "", "1101051949123100", "11010519491231O02X", None):
        assert f.idkey(text) is None


def test_disability_number_leads_to_the_same_key() -> None:
    assert f.idkey("11010519491231002X42B1") == f.idkey(" 11010519491231002x") == "11010519491231002X"
    assert f.number_length("11010519491231002X42B1") == 22


def test_birth_and_sex_of_a_number() -> None:
    assert f.number_birth("110105194912310021") == date(1949, 12, 31)
    assert f.number_birth("110105194913310021") is None
    assert f.number_sex("110105194912310021") == "女"
    assert f.number_sex("11010519491231") is None


def test_birthday_on_29_february_completes_on_1_march() -> None:
    assert f.full_years(date(2004, 2, 29), date(2010, 2, 28)) == 5
    assert f.full_years(date(2004, 2, 29), date(2010, 3, 1)) == 6
    assert f.full_years(date(2020, 9, 1), date(2020, 8, 31)) is None


def test_names_and_places() -> None:
    assert f.plain_name(" 阿依 古丽•买买提（户主）") == "阿依古丽买买提"
    assert f.plain_place("大营村村民委员会") == f.plain_place("大营村") == f.plain_place("大营") == "大营"
    assert f.plain_place("村") == "村"


def test_months() -> None:
    assert f.months_between(202312, 202401) == 1
    assert f.months_between(202313, 202401) is None
    assert f.month_end(202402) == date(2024, 2, 29)
    assert f.add_months(202401, -1) == 202312
