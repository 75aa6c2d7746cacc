"""The quick ways of normalise say what the careful ways say: side by side, on plain and on hostile cells."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from duizhang.contracts.load import CodeList
from duizhang.contracts.model import Column, Table
from duizhang.core.wounds import DISAGREE, INVISIBLE
from duizhang.normalise import classify, plain, tables, values
from duizhang.normalise.columns import ARROW, ISSUES, encode, type_column
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

CODES = CodeList("CL-01", "是否", ("是", "否"), {"是": "是", "否": "否"})
ODD = "\u200b\u200c\u2060\ufeff\t\r\n\u3000\u00a0\u0085\u2028\x1c 　０９ＡＸｘ×X*'=\".,-+（）()万元年/无—é\u0301合⼀"
CELLS = st.one_of(
    st.sampled_from(
        ["0", "007", "-0",
         "1.50", "1,234", "9" * 15, "9" * 16, "0.1234567", "1e5", "99010119650312002X", "990101196503120029\n",
         "990101650312002",         "9" * 17 + "x", "13800000000", "1380000000.0", "2026-02-30", "20260101", "无", "/",
         "一村", " 一村", "一村\u200b", "一 村", "A1", "a-1", "'A1"]
    ),
    st.text(alphabet=st.one_of(st.sampled_from(ODD), st.sampled_from("0123456789"), st.characters(codec="utf-8")), min_size=1, max_size=24),
    st.from_regex(r"[0-9]{1,18}(\.[0-9]{0,8})?", fullmatch=True),
)  # fmt: skip


def careful(cells: list[str | None], column: Column, *, is_key: bool) -> tuple[list[Any], dict[str, list[bool]]]:
    """What `values` says of each cell by itself."""
    parse = values.parser(column, CODES if column.type in ("bool", "enum", "enum*") else None, is_key=is_key)
    changed = values.changed_by_folding if column.type != "str" or is_key else values.changed_by_tidying
    found = [(None, None) if cell is None else parse(cell) for cell in cells]
    marks: dict[str, list[bool]] = {}
    for place, (cell, (_, problem)) in enumerate(zip(cells, found, strict=True)):
        for mark in (problem, INVISIBLE if cell is not None and changed(cell) else None):
            if mark:
                marks.setdefault(mark, [False] * len(cells))[place] = True
    return [value for value, _ in found], marks


@pytest.mark.parametrize("empty", [(), ("0", "一村", "007")])
@pytest.mark.parametrize("is_key", [False, True])
@pytest.mark.parametrize("kind", list(ARROW))
@hypothesis_settings(max_examples=25, deadline=None)
@given(cells=st.lists(st.one_of(st.none(), CELLS), max_size=30))
def test_a_column_typed_at_once_is_its_cells_typed_one_by_one(kind: Any, is_key: bool, empty: tuple[str, ...], cells: list[str | None]) -> None:
    column = Column(name="列", type=kind, empty=empty)
    parse = values.parser(column, CODES if kind in ("bool", "enum", "enum*") else None, is_key=is_key)
    typed, masks = type_column(encode(pa.array(cells, pa.string())), column, parse, is_key=is_key)
    wanted, marks = careful(cells, column, is_key=is_key)
    assert [repr(value) for value in typed.to_pylist()] == [repr(value) for value in pa.array(wanted, ARROW[kind]).to_pylist()]
    assert {mark: mask.to_pylist() for mark, mask in masks.items()} == marks


def test_plain_cells_do_take_the_quick_way() -> None:
    """Else the test above would compare the careful way with itself."""
    for kind, cell in (("id", "99010119650312002X"), ("tel", "13800000000"), ("int", "12"), ("dec", "12.5"), ("str", "东山村 1 组")):
        quick = plain.plain(pa.array([cell, "\u200b"]), Column(name="列", type=kind), is_key=False)
        assert quick is not None
        assert quick[0].to_pylist() == [True, False]


@hypothesis_settings(max_examples=200, deadline=None)
@given(cells=st.lists(st.one_of(st.none(), CELLS, st.sampled_from(["合计", " 合　计：3", "合\u200b计", "⼩计", "小计"])), min_size=1, max_size=20))
def test_totals_are_found_by_their_first_letters(cells: list[str | None]) -> None:
    wanted = frozenset({"合计", "小计", "2."})
    found = classify._matching(pa.array(cells, pa.string()), wanted)
    expected = [cell is not None and classify._is_mark(cell, wanted) for cell in cells]
    assert (found.to_pylist() if found is not None else [False] * len(cells)) == expected


def test_every_letter_that_folds_into_another_is_known() -> None:
    """The table of compatibility letters ends where Unicode's does."""
    import sys
    import unicodedata

    last = max(n for n in range(sys.maxunicode + 1) if not unicodedata.is_normalized("NFKC", chr(n)) and values.fold(chr(n)))
    assert last <= plain._LAST_COMPATIBLE


WIDE = pa.schema(
    [("户", pa.string()), ("甲", pa.string()), ("乙", pa.float64()), ("_file", pa.string()), ("_sheet", pa.string()), ("_row", pa.int64()),
     *((place, pa.string()) for place in tables.PLACE)]
)  # fmt: skip
ROW = st.fixed_dictionaries({
    "户": st.sampled_from(["h1", "h2", None]), "甲": st.sampled_from(["a", "b", None]), "乙": st.sampled_from([0.0, 1.5, None]),
    "_in_town": st.sampled_from(["东", "西", None]),
})  # fmt: skip


@hypothesis_settings(max_examples=80, deadline=None)
@given(rows=st.lists(ROW, max_size=9))
def test_one_row_a_key_as_plain_python_folds_it(rows: list[dict[str, Any]]) -> None:
    """The most frequent value wins, the smaller of equals, an empty one never; where values differ, an issue."""
    full = [{**row, "_file": "f", "_sheet": "s", "_row": n + 1, "_in_county": "县", "_in_village": None, "_in_code": None}
            for n, row in enumerate(rows)]
    with duckdb.connect(":memory:") as con:
        con.register("wide", pa.Table.from_pylist(full, schema=WIDE))
        narrow, issues = tables.narrow(con, Table(key=("户",), grain="first", columns=("户", "甲", "乙")))
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in full:
        if row["户"] is not None:
            groups.setdefault(row["户"], []).append(row)
    wanted, told = [], []
    for house, members in sorted(groups.items()):
        folded: dict[str, Any] = {"户": house, "_row": members[0]["_row"]}
        for name in ("甲", "乙"):
            given_ = [member[name] for member in members]
            counts = Counter(value for value in given_ if value is not None)
            folded[name] = min(counts, key=lambda value: (-counts[value], value)) if counts else None
            if len(set(given_)) > 1:
                told.append({"_sheet": "s", "_row": members[0]["_row"], "column": name, "kind": DISAGREE})
        folded["_in_town"] = next((member["_in_town"] for member in members if member["_in_town"]), None)
        wanted.append(folded)
    assert narrow.select(["户", "_row", "甲", "乙", "_in_town"]).to_pylist() == wanted
    assert issues.schema == ISSUES
    assert sorted(issues.to_pylist(), key=str) == sorted(told, key=str)
