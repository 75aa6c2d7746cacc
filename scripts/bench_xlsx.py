"""Reading an .xlsx of the national system: our reader, pandas with openpyxl, bare calamine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from bench_kit import Contender, interleave, ratio, show, spread
from duizhang import pull, read
from duizhang.contracts.load import load_book
from duizhang.core.settings import Settings
from python_calamine import CalamineWorkbook

GOAL = 1.5


def compare(settings: Settings, inbox: Path, rounds: int) -> dict[str, Any]:
    """Read the greatest .xlsx below `inbox` in three ways; (rows, filled cells, columns) of each, and the times.

    Ours is all of `read.read`: container checks, recognition, header, hidden rows, long numbers, text, raw Parquet.
    """
    path = max(inbox.glob("*.xlsx"), key=lambda file: file.stat().st_size)
    arrival = next(one for one in pull.pull(settings, inbox) if one.name == path.name)
    book = load_book(settings)
    raw = settings.raw / arrival.sha256
    top = read.read(settings, arrival, book).parts[0].header_row  # also the warm-up: what is parsed once is parsed now
    ours = Contender("duizhang read", lambda: read.read(settings, arrival, book), before=lambda: shutil.rmtree(raw, ignore_errors=True))
    bare = Contender("bare calamine", lambda: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False))
    pandas = Contender("pandas with openpyxl", lambda: pd.read_excel(path, header=top - 1, dtype=str, engine="openpyxl"))
    contenders = [ours, bare, pandas]
    interleave(contenders, rounds)
    shapes = {ours.name: _raw_shape(raw / "rows.parquet"), bare.name: _list_shape(bare.answer[top:]), pandas.name: _frame_shape(pandas.answer)}
    rows, _, columns = shapes[bare.name]
    table = [
        (one.name, one.median(), ratio(one, bare), spread(one, bare), max(one.peak_mib), *shapes[one.name][:2])
        for one in contenders
    ]
    show(
        f"(b) Reading .xlsx: {rows:,} rows × {columns} columns, {path.stat().st_size / 1e6:.1f} MB, median of {rounds} interleaved rounds",
        ("reader", "seconds", "× calamine", "range", "peak MiB", "rows", "filled cells"), table,
        [f"goal: ours at most {GOAL} × bare calamine: {'met' if ratio(ours, bare) <= GOAL else 'MISSED'}"],
    )
    return {"shapes": shapes, "ratio": ratio(ours, bare), "seconds": {one.name: one.median() for one in contenders}}


def _raw_shape(path: Path) -> tuple[int, int, int]:
    table = pq.read_table(path)
    data = [table[name] for name in table.column_names if not name.startswith("_")]
    return table.num_rows, sum(len(column) - column.null_count for column in data), len(data)


def _list_shape(rows: list[list[Any]]) -> tuple[int, int, int]:
    return len(rows), sum(cell != "" for row in rows for cell in row), len(rows[0])


def _frame_shape(frame: pd.DataFrame) -> tuple[int, int, int]:
    return len(frame), int(frame.notna().to_numpy().sum()), frame.shape[1]
