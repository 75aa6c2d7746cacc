"""A published list and what a county sends back of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import county as made
import openpyxl
from duizhang.publish.model import LIST_SHEET
from duizhang.receive import Receipt, receive
from filling import columns, fill, rows

ON = date(2026, 10, 30)
DONE = {"核查结果": "已整改", "核查人": "村干部甲", "核查日期": datetime(2026, 10, 28)}


@dataclass
class Out:
    """A published list, and where a county's copy of it goes."""

    c: made.County
    workbook: Path
    numbers: list[str]
    copy: Path

    def back(self, path: Path | None = None) -> Receipt:
        return receive(self.c.settings, path or self.copy, ON, self.c.lookup)

    def answers(self, *answers: dict[str, Any]) -> Receipt:
        """Answers for the first rows of the list, in order."""
        return self.back(fill(self.workbook, self.copy, dict(zip(self.numbers, answers, strict=False))))

    def edit(self, change: Callable[[Any, dict[str, int]], None], *answers: dict[str, Any]) -> Receipt:
        """The same, and then `change(sheet, columns)` on the list."""
        fill(self.workbook, self.copy, dict(zip(self.numbers, answers, strict=False)))
        book = openpyxl.load_workbook(self.copy)
        change(book[LIST_SHEET], columns(book[LIST_SHEET]))
        book.save(self.copy)
        return self.back()


@dataclass
class Result:
    outcome: str
    reason: str = ""


def refusals(receipt: Receipt) -> list[str]:
    return [row.reason for row in receipt.refused]


def shown(out: Out) -> Callable[[Any], dict[str, list[dict[str, Any]]]]:
    """The lookup of the ledger: with what the list showed, and its deadline."""
    bodies = {item["number"]: item["body"] for item in out.c.items}
    due = {row["问题编号"]: row["期限"] for row in rows(out.workbook, LIST_SHEET)}
    return lambda numbers: {
        n: [{**sent[0], "evidence": bodies[n]["evidence"], "due_on": date.fromisoformat(due[n])}] for n, sent in out.c.lookup(numbers).items()
    }
