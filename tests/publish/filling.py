"""Fills answers into a published workbook as an officer would, with openpyxl."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from duizhang.core import returns


def columns(sheet: Any) -> dict[str, int]:
    """Header → column (1-based), without the drop-down mark."""
    return {str(cell.value).removesuffix(returns.DROP_DOWN_MARK): cell.column for cell in sheet[1] if cell.value}


def fill(source: Path, target: Path, answers: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write `answers` (question number → column → value) into a copy of `source`."""
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets:
        at = columns(sheet)
        if returns.NUMBER not in at or returns.TOKEN not in at:
            continue
        for row in range(2, sheet.max_row + 1):
            for column, value in answers.get(sheet.cell(row, at[returns.NUMBER]).value, {}).items():
                sheet.cell(row, at[column]).value = value
    book.save(target)
    return target


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """A sheet as a list of header → value."""
    found = openpyxl.load_workbook(path)[sheet]
    at = columns(found)
    return [{name: found.cell(row, col).value for name, col in at.items()} for row in range(2, found.max_row + 1)]
