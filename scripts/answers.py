"""Fills published workbooks as a county would, from the made-up world's answers.parquet, and spoils one as an officer may.

For demos and tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
from duizhang import ledger
from duizhang.contracts.load import load_book
from duizhang.core import returns
from duizhang.core.settings import Settings
from duizhang.ledger import db, ids


@dataclass(frozen=True)
class Filled:
    """`answered` rows were filled; `not_asked` answers have no row of their own (a note under another question)."""

    path: Path
    answered: int
    not_asked: int


def fill(settings: Settings, county: str, answers: Path, checked_on: date, out: Path, *, departments: int = 0) -> Filled:
    """Fill the current workbook of `county` with the answers of `answers` and write it to `out`.

    `departments`: of so many questions that will be mended by the next month, say that the department is wrong, not that we
    have mended it.
    """
    workbooks = sorted((settings.out / county / "current").glob("对账清单_*.xlsx"))
    if len(workbooks) != 1:
        raise SystemExit(f"{len(workbooks)} lists in out/{county}/current, one was expected")
    rows = [row for row in pq.read_table(answers).to_pylist() if row["county"] == county]
    by_number = _by_number(settings, county, rows)
    shown = _departments_shown(settings, county) if departments else set()
    mended = [row for number, row in by_number.items() if number in shown and (row["answer"], row["expect"]) == ("已整改", "proven")]
    for row in mended[:departments]:
        row.update(answer="部门数据有误", note="国家系统无误，已请部门更正")
    book = openpyxl.load_workbook(workbooks[0])
    done: set[str] = set()
    for sheet in book.worksheets:
        done |= _fill_sheet(sheet, by_number, checked_on)
    out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = out.with_name(f".{out.name}")
    book.save(part)
    part.rename(out)
    return Filled(out, len(done), len(rows) - len(done))


@dataclass(frozen=True)
class Spoiled:
    """`tampered`: 问题编号 of an answered row that now names another person; `copied`: of one that stands there twice."""

    path: Path
    tampered: str
    copied: str


def spoil(path: Path) -> Spoiled:
    """Spoil a filled workbook in place: rows sorted, one answered row under another person's name and number, one row twice."""
    book = openpyxl.load_workbook(path)
    sheet = next(sheet for sheet in book.worksheets if _heads(sheet).keys() >= {returns.NUMBER, "姓名", "证件号码"})
    at = _heads(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=sheet.max_column) if row[at[returns.NUMBER] - 1].value]
    answer, name, number, token = (at[head] - 1 for head in (returns.ANSWER_COLUMNS[0], "姓名", "证件号码", returns.NUMBER))
    answered = [row for row in rows if row[answer] and row[name] and row[number]]
    victim, copied = answered[0], answered[-1]
    other = next(row for row in rows if row[number] and row[number] != victim[number])
    spoiled = Spoiled(path, str(victim[token]), str(copied[token]))
    victim[name], victim[number] = other[name], other[number]
    rows.append(list(copied))
    rows.sort(key=lambda row: str(row[name] or ""), reverse=True)
    _write(sheet, rows)
    book.save(path)
    return spoiled


def _heads(sheet: Any) -> dict[str, int]:
    """Head → column of the sheet's first row."""
    return {str(cell.value or "").replace(returns.DROP_DOWN_MARK, "").strip(): column for column, cell in enumerate(sheet[1], 1)}


def _write(sheet: Any, rows: Iterable[list[Any]]) -> None:
    for place, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            sheet.cell(place, column).value = value


def _departments_shown(settings: Settings, county: str) -> set[str]:
    """问题编号 of what shows the book of a department beside the national one."""
    books = load_book(settings).of_departments
    return {
        item["number"]
        for item in ledger.open_items(settings, county)
        if any(str(shown.get("账")) in books for shown in item["body"].get("evidence") or ())
    }


def _by_number(settings: Settings, county: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """问题编号 → answer. The world names a subject by its number in the book; the ledger knows only hashes of it."""
    key = settings.installation_key()
    with db.transaction(settings, read_only=True) as cursor:
        aliases = db.rows(
            cursor,
            "SELECT s.kind, a.alias_hash, a.subject_id FROM ledger.alias a JOIN ledger.subject s USING (subject_id) "
            "WHERE a.county = %s AND a.alias_kind = 'natural' AND a.valid_to IS NULL",
            (county,),
        )
        items = db.rows(cursor, "SELECT code, subject_id, number FROM ledger.item WHERE county = %s", (county,))
    subjects = {(row["kind"], row["alias_hash"]): str(row["subject_id"]) for row in aliases}
    numbers = {(row["code"], row["subject_id"]): str(row["number"]) for row in items}
    found = {}
    for row in rows:
        kind, value = row["subject_kind"], row["subject_key"]
        if kind == "monitoring":
            household, _, month = value.rpartition("|")
            parent = subjects.get(("household", ids.alias(key, "household", household)), "")
            hashed = ids.spell(key, parent, month)
        else:
            hashed = ids.alias(key, kind, value)
        number = numbers.get((row["code"], subjects.get((kind, hashed), "")))
        if number:
            found[number] = row
    return found


def _fill_sheet(sheet: Any, by_number: dict[str, dict[str, Any]], checked_on: date) -> set[str]:
    at = _heads(sheet)
    if not {returns.NUMBER, *returns.ANSWER_COLUMNS} <= set(at):
        return set()
    done = set()
    for row in range(2, sheet.max_row + 1):
        number = str(sheet.cell(row, at[returns.NUMBER]).value or "")
        answer = by_number.get(number)
        if answer is None:
            continue
        values = (answer["answer"], answer["note"], answer["answered_by"], checked_on, answer["approved_by"])
        for column, value in zip(returns.ANSWER_COLUMNS, values, strict=True):
            if value:
                sheet.cell(row, at[column]).value = value
        done.add(number)
    return done
