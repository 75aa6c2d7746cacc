"""One sheet's rows under the names of its contract, as they go to raw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.model import Contract
from duizhang.read.choose import Used
from duizhang.read.columns import SYSTEM, Mapping, map_columns, missing_columns
from duizhang.read.names import name_key
from duizhang.read.report import PartReport
from duizhang.read.sheet import Body

UNIT = "\x1f"  # joins the headers in _long (design §10)
_ZERO_ROWS = 3  # rows at most of a sheet that only says that there is nothing to report


@dataclass(frozen=True)
class Rows:
    """The rows of one sheet with the columns of design §10, the account of its header, whether it reports zero."""

    table: pa.Table
    report: PartReport | None
    missing_optional: tuple[str, ...]
    zero: bool


def read_sheet(used: Used, contract: Contract, day: date | None, name: str) -> Rows:
    """The rows of a sheet of the file `name`; Refusal (missing_columns) where a required column is not there."""
    mapping = map_columns(used.found.parts, contract, day)
    if mapping.missing:
        raise missing_columns(used.sheet, used.found.parts, mapping, contract, name)
    body = used.sheet.body(used.found.bottom + 1)
    names, unheaded = _with_unheaded(mapping.names, body)
    table = _table(used, names, body)
    return Rows(table, _report(used, mapping, names, unheaded, table), mapping.missing_optional, _zero(table, contract))


def nothing(contract: Contract) -> Rows:
    """No rows, under all columns of the contract: a zero report without a table."""
    schema = pa.schema([("_part", pa.string()), ("_sheet", pa.string()), ("_row", pa.int64()), ("_long", pa.string())])
    for column in contract.columns:
        schema = schema.append(pa.field(column.name, pa.string()))
    return Rows(schema.empty_table(), None, (), True)


def _with_unheaded(names: tuple[str | None, ...], body: Body) -> tuple[list[str | None], tuple[str, ...]]:
    """Columns that hold something but have no header are kept as 列7 (their place, from 1); bare ones are dropped."""
    result: list[str | None] = []
    unheaded: list[str] = []
    taken = set(names) | set(SYSTEM)
    for position, column in enumerate(body.columns):
        name = names[position] if position < len(names) else None
        if name is None and column.null_count < len(column):
            name = f"列{position + 1}"
            while name in taken:
                name += "_"
            unheaded.append(name)
        result.append(name)
    return result, tuple(unheaded)


def _table(used: Used, names: list[str | None], body: Body) -> pa.Table:
    kept = [(name, column) for name, column in zip(names, body.columns, strict=True) if name is not None]
    height = len(body.numbers)
    parts = {
        "_part": _same(used.sheet.part, height),
        "_sheet": _same(used.sheet.name, height),
        "_row": body.numbers,
        "_long": _long(names, body),
    }
    table = pa.table({**parts, **dict(kept)})
    # or_ over validity: a row counts when any cell does, also one that stands in a column without header
    valid = [pc.is_valid(column) for column in body.columns]
    filled = reduce(pc.or_, valid) if valid else pa.array([], pa.bool_())
    return table if pc.all(filled).as_py() else table.filter(filled)


def _same(text: str, height: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), height)


def _long(names: list[str | None], body: Body) -> pa.Array:
    marked = {position: marks for position, marks in body.long.items() if names[position] is not None}
    if not marked:
        return _same("", len(body.numbers))
    found: dict[int, list[str]] = {}
    for position, marks in sorted(marked.items()):
        for row in pc.indices_nonzero(marks).to_pylist():
            found.setdefault(row, []).append(names[position] or "")
    return pa.array([UNIT.join(found.get(row, ())) for row in range(len(body.numbers))], pa.string())


def _among(numbers: list[int] | None, table: pa.Table) -> int | None:
    """How many of the rows in `table` have one of these row numbers."""
    if not numbers:
        return None if numbers is None else 0
    return int(pc.sum(pc.is_in(table["_row"], pa.array(numbers, pa.int64()))).as_py() or 0)


def _report(used: Used, mapping: Mapping, names: list[str | None], unheaded: tuple[str, ...], table: pa.Table) -> PartReport:
    sheet, found = used.sheet, used.found
    columns = None
    if sheet.hidden_columns is not None:
        columns = tuple(
            name for position, name in enumerate(names) if name is not None and position in sheet.hidden_columns
        )
    return PartReport(
        part=sheet.part, sheet=sheet.name, format=sheet.format, encoding=sheet.encoding,
        header_row=found.top + 1, header_rows=found.bottom - found.top + 1, rows_in=table.num_rows, titles=used.titles,
        headers=tuple("/".join(parts) for parts in found.parts), unknown=(*mapping.unknown, *unheaded),
        ignored=mapping.ignored, missing=mapping.missing, missing_optional=mapping.missing_optional,
        duplicates=mapping.duplicates, renamed=mapping.renamed,
        hidden_rows=_among(sheet.hidden_rows, table), hidden_columns=columns, filtered=sheet.filtered,
        filtered_rows=_among(sheet.filtered_rows, table), error_cells=sheet.error_cells,
        merged_cells=sum(found.bottom < first < last for first, _, last, _ in sheet.merges or ()),
    )


def _zero(table: pa.Table, contract: Contract) -> bool:
    """Whether no row holds data: there is none, or each only says that there is nothing to report."""
    if table.num_rows > _ZERO_ROWS:
        return False
    words = [name_key(word) for word in contract.zero_report]
    for row in table.drop_columns(list(SYSTEM)).to_pylist():
        cells = [name_key(cell) for cell in row.values() if cell]
        if len(cells) > 2 or not any(word in cell for word in words for cell in cells):
            return False
    return True
