"""A recognised file becomes one table and its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.model import Contract
from duizhang.core.data_dates import find_day, usual_day
from duizhang.read.choose import Chosen, choose_sheets, outline
from duizhang.read.names import base_name
from duizhang.read.opening import Opened
from duizhang.read.report import ReadReport
from duizhang.read.rows import Rows, nothing, read_sheet

DaySource = Literal["filename", "title", "column", ""]


def build(opened: Opened, report: ReadReport, contract: Contract) -> tuple[pa.Table, ReadReport]:
    """(rows of all sheets and members, `report` completed). Refusal where a part has no header or lacks a column."""
    chosen = choose_sheets(opened, contract, report.name)
    groups = [used.titles for used in chosen.used] or [chosen.zero_titles]
    day, source = _stated_day(report.name, opened.members, groups, contract)
    rows = [read_sheet(used, contract, day, report.name) for used in chosen.used] or [nothing(contract)]
    table = pa.concat_tables([part.table for part in rows], promote_options="default")
    column = contract.data_date.column
    if day is None and column is not None and column in table.column_names:
        day = usual_day(_values(table, column))
        source = "column" if day else ""
    return table, _complete(report, opened, chosen, rows, table, day, source)


def outlined(opened: Opened, report: ReadReport, contract: Contract) -> ReadReport:
    """`report` with what is known before rows are read – date, titles, place –, so that a refused file has them too."""
    texts = outline(opened, contract)
    day, source = _stated_day(report.name, opened.members, [texts], contract)
    hint = " ".join([report.name, *opened.members, *texts])
    return replace(report, titles=texts, data_date=day, data_date_source=source, county_hint=hint)


def _complete(
    report: ReadReport, opened: Opened, chosen: Chosen, rows: Sequence[Rows], table: pa.Table, day: date | None,
    source: DaySource,
) -> ReadReport:
    parts = tuple(part.report for part in rows if part.report)
    titles = _union([*(used.titles for used in chosen.used), chosen.zero_titles])
    columns = tuple(name for name in table.column_names if not name.startswith("_"))
    return replace(
        report,
        encoding="、".join(_union([(part.encoding,) for part in parts if part.encoding])),
        rows_in=table.num_rows,
        long_rows=int(pc.sum(pc.not_equal(table["_long"], "")).as_py() or 0),
        columns=columns,
        unknown=_union(part.unknown for part in parts),
        ignored=_union(part.ignored for part in parts),
        missing_optional=_union(part.missing_optional for part in rows if part.table.num_rows) or _shared(rows),
        hidden_rows=_told((p.hidden_rows, p.filtered_rows) for p in parts),
        filtered_rows=_told((p.filtered_rows, 0) for p in parts),
        hidden_columns=_told((None if p.hidden_columns is None else len(p.hidden_columns), 0) for p in parts),
        unread_sheets=chosen.unread,
        titles=titles,
        skipped=(*opened.skipped, *chosen.skipped),
        data_date=day,
        data_date_source=source,
        county_hint=" ".join([report.name, *opened.members, *titles]),
        zero_report=all(part.zero for part in rows),
        parts=parts,
    )


def _shared(rows: Sequence[Rows]) -> tuple[str, ...]:
    """Of parts without rows: the columns that none of them has."""
    if any(part.table.num_rows for part in rows):
        return ()
    return tuple(name for name in rows[0].missing_optional if all(name in part.missing_optional for part in rows))


def _told(counts: Iterable[tuple[int | None, int | None]]) -> int | None:
    """Sum of the differences that are told; None where none is."""
    known = [all_of_them - part for all_of_them, part in counts if all_of_them is not None and part is not None]
    return sum(known) if known else None


def _stated_day(
    name: str, members: Sequence[str], groups: Sequence[tuple[str, ...]], contract: Contract
) -> tuple[date | None, DaySource]:
    """The date in the file's name (of members: the earliest), else in the titles (the earliest sheet's)."""
    patterns = contract.data_date
    day = find_day([base_name(name)], patterns.filename) or _earliest(
        find_day([base_name(member)], patterns.filename) for member in members
    )
    if day:
        return day, "filename"
    day = _earliest(find_day(group, patterns.title) for group in groups)
    return day, "title" if day else ""


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


def _values(table: pa.Table, column: str) -> list[str | None]:
    values: list[str | None] = table[column].to_pylist()
    return values


def _union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))
