"""Type the columns of a file: distinct values are judged once, and the whole column is taken from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.load import Book
from duizhang.contracts.model import Column, Contract
from duizhang.core.wounds import INVISIBLE
from duizhang.normalise import values
from duizhang.normalise.plain import plain

ARROW: dict[str, pa.DataType] = {
    "str": pa.string(), "enum": pa.string(), "enum*": pa.string(), "bool": pa.string(), "id": pa.string(), "tel": pa.string(),
    "int": pa.int64(), "year": pa.int64(), "dec": pa.float64(), "ym": pa.int32(), "ymcn": pa.int32(),
    "date": pa.date32(), "date8": pa.date32(), "datetime": pa.date32(),
}  # fmt: skip

ISSUES = pa.schema([("_sheet", pa.string()), ("_row", pa.int64()), ("column", pa.string()), ("kind", pa.string())])


def key_columns(contract: Contract) -> frozenset[str]:
    """Feed columns that are part of a table's key, or link to another book."""
    names: set[str] = set()
    for table in contract.tables.values():
        mapping = table.mapping()
        names |= {mapping.get(part, part) for part in table.key}
    for link in contract.match.values():
        names |= {column for column in (link.person, link.household) if column}
    return frozenset(names)


def encode(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """The column as distinct texts and indices into them: what is said of a text is said once."""
    encoded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def type_columns(kept: pa.Table, contract: Contract, book: Book) -> tuple[pa.Table, pa.Table]:
    """The data rows with every contract column typed (absent ones NULL), plus lineage columns; and the cell issues.

    Columns of `kept` are text or dictionaries of text. Issues: _sheet, _row, column, kind, one row a cell.
    """
    keys = key_columns(contract)
    arrays: dict[str, Any] = {name: kept[name] for name in ("_part", "_sheet", "_row")}
    issues: list[pa.Table] = []
    for column in contract.columns:
        kind = ARROW[column.type]
        if column.name not in kept.column_names:
            arrays[column.name] = pa.nulls(kept.num_rows, kind)
            continue
        codes = book.codes[column.codes] if column.codes else (book.codes.get("CL-01") if column.type == "bool" else None)
        parse = values.parser(column, codes, is_key=column.name in keys)
        arrays[column.name], found = type_column(encode(kept[column.name]), column, parse, is_key=column.name in keys)
        for problem, places in found.items():
            where = pc.indices_nonzero(places)
            count = len(where)
            issues.append(
                pa.table(
                    {"_sheet": kept["_sheet"].take(where), "_row": kept["_row"].take(where),
                     "column": pa.repeat(pa.scalar(column.name, pa.string()), count), "kind": pa.repeat(pa.scalar(problem, pa.string()), count)}
                ).cast(ISSUES)
            )  # fmt: skip
    return pa.table(arrays), pa.concat_tables([ISSUES.empty_table(), *issues])


def type_column(
    encoded: pa.DictionaryArray, column: Column, parse: Callable[[str], values.Parsed], *, is_key: bool
) -> tuple[pa.Array, dict[str, pa.Array]]:
    """The typed column, and kind of issue → BOOLEAN mask of its cells. Each distinct text is judged once."""
    texts, kind = encoded.dictionary, ARROW[column.type]
    quick = plain(texts, column, is_key=is_key)
    odd = texts if quick is None else texts.filter(pc.invert(quick[0]))
    changed = values.changed_by_folding if column.type != "str" or is_key else values.changed_by_tidying
    parsed = [(*parse(text), changed(text)) for text in odd.to_pylist()]
    found = pa.array([value for value, _, _ in parsed], kind)
    typed = found if quick is None else pc.replace_with_mask(quick[1], pc.invert(quick[0]), found)
    marks: dict[str, list[bool]] = {}
    for place, (_, problem, wide) in enumerate(parsed):
        for mark in (problem, INVISIBLE if wide else None):
            if mark:
                marks.setdefault(mark, [False] * len(parsed))[place] = True
    masks: dict[str, pa.Array] = {}
    for mark, hits in sorted(marks.items()):
        flags = pa.array(hits, pa.bool_())
        if quick is not None:
            flags = pc.replace_with_mask(pa.repeat(pa.scalar(False), len(texts)), pc.invert(quick[0]), flags)
        masks[mark] = pc.fill_null(flags.take(encoded.indices), False)
    return typed.take(encoded.indices), masks
