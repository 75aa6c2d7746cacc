"""The language of facts: the SQL that is made of a declaration equals plain Python over the same rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duizhang.assemble.facts import Source, expressions, group_sql, none_of
from duizhang.contracts.model import Fact
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.generative.kit import PEOPLE, A, City, book, contract, number

TAKES = ("any", "count", "distinct", "sum", "min", "max", "latest", "previous", "set")
SOURCE = Source("rows", "k", "t", linked=False)
DAY = "2026-10-25"


def fact(take: str, **more: Any) -> Fact:
    """A fact over amounts, of the rows of sort `a`; `value` for the takes that need one."""
    body: dict[str, Any] = {"name": take, "subject": "person", "table": "t", "take": take, "where": "s = 'a'"}
    if take not in ("any", "count"):
        body["value"] = "x"
    if take in ("latest", "previous"):
        body["by"] = "d, coalesce(n, 0)"
    return Fact.model_validate(body | more)


def fold(rows: list[dict[str, Any]], one: Fact) -> Any:
    """What the declaration means, row by row. Rows whose filter is not true do not count; no value is no zero."""
    chosen = [row for row in rows if row["s"] == "a"]
    values = [row["x"] for row in chosen if row["x"] is not None]
    defaults: dict[str, Any] = {"any": False, "count": 0, "distinct": 0, "sum": 0}
    nothing = one.none if one.none is not None else defaults.get(one.take)
    if one.take == "any":
        return bool(chosen)
    if one.take == "count":
        return len(chosen) if one.value is None else len(values)
    if one.take == "distinct":
        return len(set(values))
    if len(chosen) < (2 if one.take == "previous" else 1):
        return nothing
    if one.take in ("latest", "previous"):

        def place(row: dict[str, Any]) -> tuple[Any, ...]:
            return (row["d"] is not None, row["d"] or date.min, row["n"] or 0, row["_ref"])

        return sorted(chosen, key=place, reverse=True)[1 if one.take == "previous" else 0]["x"]
    if not values:
        return None
    if one.take == "set":
        return "、".join(sorted({str(v) for v in values}, key=float))
    return {"sum": sum, "min": min, "max": max}[one.take](sorted(values))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "k": st.sampled_from(["1", "2", None]),
            "s": st.sampled_from(["a", "a", "b", None]),
            "x": st.none() | st.integers(-4, 4),
            "d": st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 4)),
            "n": st.none() | st.integers(0, 2),
        }
    ),
    max_size=9,
)


def answered(rows: list[dict[str, Any]], facts: list[Fact]) -> dict[str, dict[str, Any]]:
    """Key → fact → value, as the made SQL has it."""
    con = duckdb.connect(":memory:")
    con.execute("CREATE TABLE rows (k VARCHAR, s VARCHAR, x BIGINT, d DATE, n INTEGER, _ref VARCHAR)")
    for row in rows:
        con.execute(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)",
            [row[name] for name in ("k", "s", "x", "d", "n", "_ref")],
        )
    found = con.execute(group_sql(SOURCE, facts))
    names = [column[0] for column in found.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


@hypothesis_settings(max_examples=150, deadline=None)
@given(rows=ROWS, none=st.sampled_from([None, 0, 7]))
def test_made_sql_equals_plain_python(rows: list[dict[str, Any]], none: int | None) -> None:
    rows = [{**row, "_ref": f"f::{place}"} for place, row in enumerate(rows)]
    facts = [
        fact(take, **({"none": none} if take in ("sum", "min", "max", "latest", "previous") else {}))
        for take in TAKES
    ]
    facts.append(fact("count", name="with_value", value="x"))
    found = answered(rows, facts)
    assert set(found) == {row["k"] for row in rows if row["k"]}
    for key, values in found.items():
        mine = [row for row in rows if row["k"] == key]
        assert {one.name: values[one.name] for one in facts} == {one.name: fold(mine, one) for one in facts}


def test_a_date_that_is_not_there_is_never_the_latest() -> None:
    rows = [
        {"k": "1", "s": "a", "x": x, "d": d, "n": 0, "_ref": str(x)}
        for x, d in ((1, date(2020, 1, 1)), (2, None))
    ]
    found = answered(rows, [fact("latest"), fact("previous")])
    assert (found["1"]["latest"], found["1"]["previous"]) == (1, 2)


def test_a_row_without_a_value_is_not_the_same_as_no_row() -> None:
    """`none` says what no row means; an amount that cannot be read is unknown."""
    rows = [
        {"k": "1", "s": "a", "x": None, "d": None, "n": 0, "_ref": "1"},
        {"k": "2", "s": "b", "x": 5, "d": None, "n": 0, "_ref": "2"},
    ]
    found = answered(rows, [fact(take, none=7) for take in ("sum", "min", "max", "latest")])
    assert {take: found["1"][take] for take in ("sum", "min", "max", "latest")} == dict.fromkeys(
        ("sum", "min", "max", "latest")
    )
    assert {take: found["2"][take] for take in ("sum", "min", "max", "latest")} == dict.fromkeys(
        ("sum", "min", "max", "latest"), 7
    )


def test_a_sum_does_not_depend_on_how_rows_are_shared_out() -> None:
    """Tenths do not add up alike in every order; partitions must be the same on any number of threads."""
    sums = set()
    for threads, order in ((1, "i"), (2, "i"), (2, "-i"), (2, "hash(i)")):
        con = duckdb.connect(":memory:")
        con.execute(f"SET threads = {threads}")
        con.execute("SET preserve_insertion_order = false")
        con.execute(
            "CREATE TABLE rows AS SELECT '1' AS k, 'a' AS s, (i * 7919 % 1000003) / 10.0::DOUBLE AS x, NULL::DATE AS d, 0 AS n, i::VARCHAR AS _ref"
            f" FROM range(300000) r(i) ORDER BY {order}"
        )
        sums.add(repr(con.execute(group_sql(SOURCE, [fact("sum")])).fetchall()[0][1]))
    assert len(sums) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ["a"]),
        ("a, b", ["a", "b"]),
        ("coalesce(a, 0), b", ["coalesce(a, 0)", "b"]),
        ("a = ',', \"b,c\"", ["a = ','", '"b,c"']),
        ("f(g(a, b), c)", ["f(g(a, b), c)"]),
    ],
)
def test_a_list_of_expressions_is_cut_where_it_should_be(text: str, parts: list[str]) -> None:
    assert expressions(text) == parts


def test_what_no_row_means() -> None:
    assert [none_of(fact(take)) for take in TAKES] == [
        "false",
        "0",
        "0",
        "0",
        "NULL",
        "NULL",
        "NULL",
        "NULL",
        "NULL",
    ]
    assert none_of(fact("latest", none="it's")) == "'it''s'" and none_of(fact("any", none=True)) == "true"


# --- in a county ---

FACTS = [
    {"name": "甲_有", "take": "any"},
    {"name": "甲_项", "take": "count", "where": "类别 = '甲'"},
    {"name": "甲_类", "take": "set", "value": "类别"},
    {"name": "甲_近", "take": "latest", "value": "金额", "by": "日期", "where": "日期 <= :as_of"},
    {"name": "甲_前", "take": "previous", "value": "金额", "by": "日期"},
    {"name": "甲_无", "take": "max", "value": "金额", "none": -1},
    {"name": "甲_新", "take": "any", "where": "日期 = 最新(日期)"},
]
FEED = contract(
    "整册",
    PEOPLE,
    {"整": {"key": ["号码", "类别"], "columns": ["号码", "姓名", "金额", "日期", "类别"]}},
    match={"整": {"person": "号码", "name": "姓名"}},
    facts=[
        *({"subject": "person", "table": "整", **one} for one in FACTS),
        {"name": "户_人数", "subject": "household", "of": "person", "take": "count"},
        {"name": "户_有", "subject": "household", "of": "person", "take": "any", "where": "甲_有"},
        {"name": "户_和", "subject": "household", "of": "person", "take": "sum", "value": "甲_近"},
        {
            "name": "户_核不到",
            "subject": "household",
            "of": "person",
            "take": "count",
            "where": "甲_有 IS NULL",
        },
    ],
)


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City(tmp_path, book(FEED))
    people = [
        ("p1", "h1", "张三", number(1)),
        ("p2", "h1", "李四", number(2)),
        ("p3", "h1", "王五", "990101********0035"),
        ("p4", "h2", "赵六", number(4)),
    ]
    made.national("20261010", [(*one, "甲县", "东乡" if one[1] == "h1" else "西乡") for one in people])
    rows = [
        (number(1), "张三", 5, "2026-01-01", "甲"),
        (number(1), "张三", 9, "2026-09-01", "乙"),
        (number(1), "张三", 1, "2026-12-01", "丙"),
        (number(4), "赵六", None, "2026-02-01", "甲"),
    ]
    made.people("整册", "甲县", "20261012", rows)
    made.subjects(DAY)
    return made


def test_facts_of_people(city: City) -> None:
    names = [one["name"] for one in FACTS]
    found = {key: tuple(row[name] for name in names) for key, row in city.subject(DAY).items()}
    assert found["p1"] == (True, 1, "丙、乙、甲", 9.0, 9.0, 9.0, True), (
        "of later than as_of nothing is latest"
    )
    assert found["p2"] == (False, 0, None, None, None, -1, False), "covered and no row"
    assert found["p3"] == (None,) * 7, "a masked number: absence proves nothing"
    assert found["p4"] == (True, 1, "甲", None, None, None, False), (
        "a row without an amount is unknown, not -1"
    )


def test_facts_of_households_over_their_members(city: City) -> None:
    found = {
        key: tuple(row[name] for name in ("户_人数", "户_有", "户_和", "户_核不到"))
        for key, row in city.subject(DAY, "household").items()
    }
    assert found == {"h1": (3, True, 9.0, 1), "h2": (1, True, None, 0)}


def test_coverage_and_parameters_stand_beside_the_facts(city: City) -> None:
    row = city.subject(DAY)["p1"]
    assert (row["覆盖_整册"], row["覆盖_增册"], row["参数_线"], row["参数_缺"], row["as_of"]) == (
        True,
        False,
        8000.0,
        None,
        date(2026, 10, 25),
    )
    assert [one["as_of"] for one in city.rows(DAY, f"subjects/delivery/county={A}/data.parquet")] == [
        date(2026, 10, 25)
    ] * 2
