"""Type the columns of a file: distinct values are parsed once, and the whole column is taken from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.load import Book
from duizhang.contracts.model import Column, Contract
from duizhang.core.wounds import INVISIBLE
from duizhang.normalise import values

ARROW: dict[str, pa.DataType] = {
    "str": pa.string(), "enum": pa.string(), "enum*": pa.string(), "bool": pa.string(), "id": pa.string(), "tel": pa.string(),
    "int": pa.int64(), "year": pa.int64(), "dec": pa.float64(), "ym": pa.int32(), "ymcn": pa.int32(),
    "date": pa.date32(), "date8": pa.date32(), "datetime": pa.date32(),
}  # fmt: skip

Issue = tuple[str, int, str, str]  # sheet, row, column, kind


def key_columns(contract: Contract) -> frozenset[str]:
    """Feed columns that are part of a table's key, or link to another book."""
    names: set[str] = set()
    for table in contract.tables.values():
        mapping = table.mapping()
        names |= {mapping.get(part, part) for part in table.key}
    for link in contract.match.values():
        names |= {column for column in (link.person, link.household) if column}
    return frozenset(names)


def type_columns(kept: pa.Table, contract: Contract, book: Book) -> tuple[pa.Table, list[Issue]]:
    """The data rows with every contract column typed (absent ones NULL), plus lineage columns; and the cell issues."""
    keys = key_columns(contract)
    sheets, rows = kept["_sheet"], kept["_row"]
    arrays: dict[str, Any] = {name: kept[name] for name in ("_part", "_sheet", "_row")}
    issues: list[Issue] = []
    for column in contract.columns:
        kind = ARROW[column.type]
        if column.name not in kept.column_names:
            arrays[column.name] = pa.nulls(kept.num_rows, kind)
            continue
        codes = book.codes[column.codes] if column.codes else (book.codes.get("CL-01") if column.type == "bool" else None)
        parse = values.parser(column, codes, is_key=column.name in keys)
        arrays[column.name], found = _type(kept[column.name], parse, kind, _changed(column, column.name in keys))
        for position, problem in found:
            issues.append((sheets[position].as_py(), rows[position].as_py(), column.name, problem))
    return pa.table(arrays), issues


def _changed(column: Column, is_key: bool) -> Callable[[str], bool]:
    folded = column.type != "str" or is_key
    return values.changed_by_folding if folded else values.changed_by_tidying


def _type(
    column: pa.ChunkedArray, parse: Callable[[str], values.Parsed], kind: pa.DataType, changed: Callable[[str], bool]
) -> tuple[pa.Array, list[tuple[int, str]]]:
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    texts = encoded.dictionary.to_pylist()
    parsed = [parse(text) for text in texts]
    typed = pa.array([value for value, _ in parsed], kind).take(encoded.indices)
    marks = [(place, problem) for place, (_, problem) in enumerate(parsed) if problem]
    marks += [(place, INVISIBLE) for place, text in enumerate(texts) if changed(text)]
    found: list[tuple[int, str]] = []
    for place, problem in marks:
        where = pc.indices_nonzero(pc.fill_null(pc.equal(encoded.indices, place), False))
        found += [(position, problem) for position in where.to_pylist()]
    return typed, found
