"""Mangled lists come back: every row is accepted once or refused with a reason, and never applied to another person."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from duizhang.receive import Receipt, receive

from tests.returns import dialects, mangle, table
from tests.returns.conftest import Office

ON = mangle.RECEIVED


def check(office: Office, book: table.Book, path: Path) -> Receipt:
    """Receive `path`, written from `book`, and hold every row against the oracle."""
    receipt = receive(office.settings, path, ON, office.lookup)
    said = f"{book.notes} {path.name}"
    assert receipt.refused_file == "", said
    must = table.verdicts(book, office.people)
    sheets = {sheet.name: sheet for sheet in book.lists}
    accepted = {(place.sheet, place.row): answer for place, answer in zip(receipt.places, receipt.answers, strict=True)}
    refused = {(row.place.sheet, row.place.row): row.reason for row in receipt.refused}
    assert len(accepted) == len(receipt.answers) and len(refused) == len(receipt.refused) and not set(accepted) & set(refused), said
    for place, (word, line) in must.items():
        got = table.ACCEPT if place in accepted else table.REFUSE if place in refused else ""
        wanted = "" if word in (table.BLANK, table.DOUBLED) else word
        assert got == wanted, f"{said}: {place} {line.origin} {sorted(line.harm)}: {got or 'nothing'} ≠ {word} {refused.get(place, '')}"
        if word == table.ACCEPT:
            answer = accepted[place]
            cycle = table.cycle(sheets[place[0]], line, office.people)
            assert answer.number == line.origin and (answer.county, answer.cycle) == (line.county, cycle), said
            found = (answer.answer, answer.note, answer.answered_by, answer.checked_on, answer.approved_by)
            assert found == table.meant(sheets[place[0]], line), f"{said}: {place}"
    assert set(accepted) | set(refused) <= set(must), said
    numbers = Counter(answer.item_id for answer in receipt.answers)
    assert not numbers or max(numbers.values()) == 1, said
    assert all(re.search(r"[。]$", reason) for reason in refused.values()), said
    assert receipt.doubled == sum(word == table.DOUBLED for word, _ in must.values()), said
    if "_strict" not in path.name:  # openpyxl does not know that namespace
        assert applied_to_the_wrong_person(office, receipt, path) == 0, said
    return receipt


def applied_to_the_wrong_person(office: Office, receipt: Receipt, path: Path) -> int:
    """Accepted answers whose item is another person's than the one the officer saw on that row (read with openpyxl)."""
    book = openpyxl.load_workbook(path, data_only=True)
    by_item = {row["item_id"]: row for rows in office.sent.values() for row in rows}
    wrong = 0
    for place, answer in zip(receipt.places, receipt.answers, strict=True):
        sheet = book[place.sheet]
        shown = _seen(sheet, place.row)
        sent = by_item[answer.item_id]
        # a village's question and a file's show nobody
        wrong += any(sent.get(column) and (column in shown) and squeeze(shown[column]) != squeeze(sent[column]) and not
                     (column == "姓名" and not squeeze(shown[column])) for column in table.IDENTITY)  # fmt: skip
        wrong += bool(sent.get("证件号码")) and "证件号码" not in shown
    return wrong


def _seen(sheet: object, row: int) -> dict[str, object]:
    """What the row shows of household and person; a merged cell shows what the merge shows."""
    head: dict[str, int] = {}
    for cells in sheet.iter_rows(min_row=1, max_row=row):  # type: ignore[attr-defined]
        names = {table.plain(cell.value): cell.column for cell in cells if cell.value is not None}
        if table.NUMBER in names and (table.TOKEN in names or table.ANSWER in names):
            head = names
    shown = {}
    for column in table.IDENTITY:
        if column in head:
            cell = sheet.cell(row, head[column])  # type: ignore[attr-defined]
            spans = [m for m in sheet.merged_cells.ranges if cell.coordinate in m]  # type: ignore[attr-defined]
            shown[column] = sheet.cell(spans[0].min_row, spans[0].min_col).value if spans else cell.value  # type: ignore[attr-defined]
    return shown


def squeeze(value: object) -> str:
    return "".join(c for c in str("" if value is None else value) if c.isalnum()).upper()


@pytest.mark.parametrize("name", sorted(mangle.KINDS))
def test_each_mangle_alone(office: Office, tmp_path: Path, name: str) -> None:
    rng = random.Random(name)
    book = mangle.mangle(office.book, name, rng, office.world)
    dialect = dialects.NAMES[sorted(mangle.KINDS).index(name) % len(dialects.NAMES)]
    path = tmp_path / f"{name}_{dialect}.xlsx"
    dialects.renderer(dialect)(book, path, office.published)
    receipt = check(office, book, path)
    assert receipt.answers or receipt.refused


def test_every_mangle_does_something(office: Office) -> None:
    """A kind that changes nothing would prove nothing."""
    for name in mangle.KINDS:
        one = mangle.mangle(office.book, name, random.Random(name), office.world)
        rng = random.Random(name)
        plain = copy.deepcopy(office.book)
        mangle.fill(plain, rng)
        assert one.sheets != plain.sheets, name
    assert len(mangle.KINDS) >= 30


@pytest.mark.parametrize("seed", range(20))
def test_mangles_combined(office: Office, tmp_path: Path, seed: int) -> None:
    combined(office, tmp_path, seed)


@pytest.mark.slow
def test_a_thousand_mangled_lists(office: Office, tmp_path: Path) -> None:
    tally: Counter[str] = Counter()
    for seed in range(1000, 2000):
        receipt = combined(office, tmp_path, seed)
        tally["accepted"] += len(receipt.answers)
        tally["refused"] += len(receipt.refused)
    assert tally["accepted"] > 10_000 and tally["refused"] > 5_000


def combined(office: Office, folder: Path, seed: int) -> Receipt:
    """One list mangled in several ways and written in one of the dialects, both drawn from `seed`."""
    rng = random.Random(seed)
    book = mangle.mangled(office.book, rng, office.world)
    dialect = rng.choice(dialects.NAMES)
    path = folder / f"{seed}_{dialect}.xlsx"
    dialects.renderer(dialect)(book, path, office.published)
    receipt = check(office, book, path)
    path.unlink()
    return receipt


def test_the_oracle_sees_a_wrong_person(office: Office, tmp_path: Path) -> None:
    """An answer put on a neighbour's item is counted, so that 0 means something."""
    book = mangle.mangle(office.book, "signed_below", random.Random(1), office.world)
    path = tmp_path / "one.xlsx"
    dialects.renderer("excel")(book, path, office.published)
    receipt = check(office, book, path)
    people = [a for a in receipt.answers if office.people[a.number].get("证件号码")]
    one, two = people[0], next(a for a in people if office.people[a.number]["证件号码"] != office.people[people[0].number]["证件号码"])
    swapped = tuple(replace(a, item_id=two.item_id) if a is one else a for a in receipt.answers)
    assert applied_to_the_wrong_person(office, replace(receipt, answers=swapped), path) == 1
