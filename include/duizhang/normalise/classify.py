"""Which rows are not data, and which must be set aside, with the sentence that says why."""

from __future__ import annotations

from functools import reduce

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.model import Contract
from duizhang.core.lake import quote_name
from duizhang.core.wounds import LONG_NUMBER, REPEATED
from duizhang.normalise.columns import encode, key_columns
from duizhang.normalise.plain import first_letters
from duizhang.normalise.values import fold

KEY_EMPTY = "缺少关键列的值，无法登记到人或户"
CONTRADICTED = "与同一文件中前面一行编号相同而内容不同"
ZEROS_SHARE, ZEROS_LEAST = 0.3, 5  # FMT-004: 18 digits ending in 000 in this share of a column
SEPARATOR = "\u001f"


def _matching(column: pa.ChunkedArray | pa.Array, wanted: frozenset[str]) -> pa.Array | None:
    """Mask of the cells that are one of `wanted` (folded), or that word with a colon and more; None where there is none."""
    encoded = encode(column)
    texts = encoded.dictionary
    pattern = first_letters(wanted)
    near = pc.fill_null(pc.match_substring_regex(texts, pattern), False) if pattern else pa.repeat(pa.scalar(True), len(texts))
    hits = [place for place in pc.indices_nonzero(near).to_pylist() if _is_mark(texts[place].as_py(), wanted)]
    return pc.is_in(encoded.indices, value_set=pa.array(hits, encoded.indices.type)) if hits else None


def _is_mark(text: str, wanted: frozenset[str]) -> bool:
    folded = fold(text)
    return folded in wanted or any(folded.startswith((word + ":", word + "：")) for word in wanted)


def not_data(raw: pa.Table, contract: Contract) -> pa.Array:
    """Mask of totals, signatures and repeated headers. `*` in the contract looks into every column."""
    mask = pa.repeat(pa.scalar(False), raw.num_rows)
    data_columns = [name for name in raw.column_names if not name.startswith("_")]
    for name, words in contract.not_data.items():
        wanted = frozenset(fold(word) for word in words)
        for column in data_columns if name == "*" else [name]:
            found = _matching(raw[column], wanted) if column in raw.column_names else None
            mask = mask if found is None else pc.or_(mask, found)
    own = [column.name for column in contract.columns if column.name in raw.column_names][:12]
    headings = [found for name in own if (found := _matching(raw[name], frozenset({fold(name)}))) is not None]
    if len(headings) < 2:
        return mask
    repeats = reduce(pc.add, (pc.cast(found, pa.int64()) for found in headings))
    return pc.or_(mask, pc.greater_equal(repeats, 2))


def quarantine(con: duckdb.DuckDBPyConnection, kept: pa.Table, typed: pa.Table, contract: Contract) -> pa.Array:
    """Reason per row, NULL where the row is loaded. The first reason found stands."""
    keys = key_columns(contract)
    required = {column.name for column in contract.columns if column.required}
    id_columns = [c.name for c in contract.columns if c.type == "id" or c.name in keys and c.type == "str"]
    reason = pa.nulls(kept.num_rows, pa.string())
    lost = _long_mask(kept, set(id_columns))
    for name in id_columns:
        lost = pc.or_(lost, _zeros_mask(typed[name]))
    reason = pc.if_else(lost, LONG_NUMBER, reason)
    for table in contract.tables.values():
        if table.grain != "row" or table.unpivot or table.list_columns:
            continue
        mapping = table.mapping()
        parts = [mapping.get(part, part) for part in table.key]
        for name in (part for part in parts if part in required):
            empty = pc.and_(pc.is_null(reason), pc.is_null(typed[name]))
            reason = pc.if_else(empty, f"{KEY_EMPTY}（{name}）", reason)
        reason = _repeats(con, typed, reason, parts)
    return reason.combine_chunks() if isinstance(reason, pa.ChunkedArray) else reason


def _long_mask(kept: pa.Table, id_columns: set[str]) -> pa.Array:
    encoded = encode(kept["_long"])
    hits = [bool(set(text.split(SEPARATOR)) & id_columns) for text in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(hits, pa.bool_()).take(encoded.indices), False)


def _zeros_mask(column: pa.ChunkedArray) -> pa.Array:
    """18-digit numbers ending in 000, where so many of the column do that Excel must have cut them."""
    long = pc.fill_null(pc.match_substring_regex(column, r"^\d{18}$"), False)
    cut = pc.fill_null(pc.match_substring_regex(column, r"^\d{15}000$"), False)
    total, zeros = (int(pc.sum(mask).as_py() or 0) for mask in (long, cut))
    if zeros >= ZEROS_LEAST and zeros >= ZEROS_SHARE * total:
        return cut
    return pa.array([False] * len(column), pa.bool_())


def _repeats(con: duckdb.DuckDBPyConnection, typed: pa.Table, reason: pa.Array, parts: list[str]) -> pa.Array:
    content = [name for name in typed.column_names if name not in ("_part", "_sheet", "_row")]
    names = ", ".join(quote_name(name) for name in parts)
    everything = ", ".join(quote_name(name) for name in content)
    whole = " AND ".join(f"{quote_name(name)} IS NOT NULL" for name in parts)
    con.register("named", typed.select(list(dict.fromkeys(parts))).append_column("_reason", reason))
    often = f"SELECT {names} FROM named WHERE _reason IS NULL AND {whole} GROUP BY ALL HAVING count(*) > 1"
    if con.execute(f"{often} LIMIT 1").fetchone() is None:  # as it mostly is: the wide rows are not looked at
        return reason
    view = typed.append_column("_n", pa.array(range(typed.num_rows), pa.int64())).append_column("_reason", reason)
    con.register("typed", view)
    repeated = con.execute(
        f"""WITH alive AS (SELECT * FROM typed WHERE _reason IS NULL AND {whole}),
            often AS (SELECT {names} FROM alive GROUP BY ALL HAVING count(*) > 1)
            SELECT _n, same FROM (
              SELECT a._n, row_number() OVER (PARTITION BY {names} ORDER BY a._n) AS place,
                hash(row({everything})) = first_value(hash(row({everything}))) OVER (PARTITION BY {names} ORDER BY a._n) AS same
              FROM alive a SEMI JOIN often USING ({names})) WHERE place > 1 ORDER BY _n"""
    ).fetchall()
    if not repeated:
        return reason
    texts = reason.to_pylist()
    for position, same in repeated:
        texts[position] = REPEATED if same else CONTRADICTED
    return pa.array(texts, pa.string())
