"""Against the real ledger: a mangled list's answers stand on the items of the people the officers saw, and on no others."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang import ledger, pipeline, publish
from duizhang.core import postgres
from duizhang.core.settings import Settings
from duizhang.ledger import db

from tests.ledger import ledger_kit as kit
from tests.returns import dialects, mangle, table
from tests.returns.conftest import HERE, THERE, Office

D1 = date(2026, 10, 25)
ON = mangle.RECEIVED


@dataclass(frozen=True)
class Person(kit.Hit):
    """A hit on a person with a name and a number of their own."""

    name: str = ""
    number: str = ""

    def row(self, county: str) -> dict[str, Any]:
        return {**super().row(county), "person_name": self.name, "id_number": self.number}


@dataclass(frozen=True)
class Desk:
    """A ledger with two counties' lists sent out."""

    settings: Settings
    books: dict[str, table.Book]
    workbooks: dict[str, Path]
    people: dict[str, dict[str, Any]]

    def items(self) -> dict[str, dict[str, Any]]:
        with db.transaction(self.settings, read_only=True) as cursor:
            found = db.rows(
                cursor,
                "SELECT i.number, i.county, v.body FROM ledger.item i JOIN ledger.value v "
                "ON v.county = i.county AND v.value_hash = i.answer_hash",
            )
        return {row["number"]: row for row in found}


def send(settings: Settings, folder: Path, code: str, rng: random.Random) -> tuple[Path, dict[str, dict[str, Any]]]:
    """Merge 40 people's questions, publish and issue the list; gives it and number → what was shown of whom."""
    county = kit.County(settings, folder, code=code)
    for n in range(40):
        key, number = f"{code}P{n:05d}", made.id_number(rng)
        county.persons[key] = number
        county.hits.append(
            Person(("AAA-001", "AAA-003", "AAA-004")[n % 3], "person", key, household=f"{code}{n // 2:010d}", name=f"甄{n}", number=number)
        )
    county.merge(D1)
    items = ledger.open_items(settings, code)
    stand = made.County(settings, D1.isoformat(), "2026-10", items, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "COUNTY", code)
        made.write_partitions(stand)
    flow = ledger.roll_forward(settings, code, D1.isoformat(), cycle="2026-10")
    out = publish.publish(settings, code, D1.isoformat(), "2026-10", items, flow)
    ledger.issue(settings, code, "2026-10", D1, [(r.item_id, r.token, r.value_hash, r.due_on) for r in out.rows])
    due = {row.number: row.due_on for row in out.rows}
    return out.workbook, {i["number"]: {**i["body"], "cycle": "2026-10", "due_on": due[i["number"]]} for i in items}


@pytest.fixture(scope="module")
def sent(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("ledger")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in office.env.items():
            patch.setenv(name, value)
        settings = Settings.load(folder / "home")
        ledger.migrate(settings)
        rng = random.Random(3)
        books, workbooks, people = {}, {}, {}
        for code in (HERE, THERE):
            workbooks[code], shown = send(settings, folder, code, rng)
            books[code] = table.load(workbooks[code], code, "2026-10")
            people |= shown
    yield Desk(settings, books, workbooks, people)
    postgres.destroy(settings)


def test_mangled_lists_move_only_the_items_that_were_seen(sent: Desk, tmp_path: Path) -> None:
    world = mangle.World(sent.books[HERE], sent.books[THERE])
    answered: dict[str, set[tuple[Any, ...]]] = {}
    for seed in range(12):
        rng = random.Random(seed)
        book = mangle.mangled(sent.books[HERE], rng, world)
        path = tmp_path / f"{seed}.xlsx"
        dialects.renderer(rng.choice(dialects.NAMES))(book, path, sent.workbooks[HERE])
        result = pipeline.receive_file(sent.settings, path, ON)
        words = table.verdicts(book, sent.people)
        sheets = {sheet.name: sheet for sheet in book.lists}
        for (name, _), (word, line) in words.items():
            if word == table.ACCEPT:
                answered.setdefault(line.origin, set()).add(table.meant(sheets[name], line))
        taken = sum(word == table.ACCEPT for word, _ in words.values())
        back = sum(word == table.REFUSE for word, _ in words.values())
        assert result["accepted"] + result["repeated"] + result["refused"] == taken + back, book.notes
        assert (sent.settings.receipts / HERE / "2026-10" / result["receipt"]).exists()
    stands = sent.items()
    assert {row["county"] for row in stands.values()} == {HERE} and len(answered) > 20
    assert set(stands) <= set(answered), "an item that no officer answered"
    for number, row in stands.items():
        said = row["body"]
        on = said[table.ON] and date.fromisoformat(said[table.ON])
        assert (said[table.ANSWER], said[table.NOTE], said[table.WHO], on, said[table.APPROVER]) in answered[number], number


def test_two_officers_on_one_row(sent: Desk, tmp_path: Path) -> None:
    book, workbook = sent.books[THERE], sent.workbooks[THERE]

    def file(word: str, name: str) -> Path:
        mine = copy.deepcopy(book)
        sheet = mangle.main(mine)
        line = sheet.rows[0]
        sheet.set(line, table.ANSWER, word)
        sheet.set(line, table.NOTE, "入户看过")
        path = tmp_path / f"{name}.xlsx"
        dialects.renderer("excel")(mine, path, workbook)
        return path

    def said(result: dict[str, Any]) -> tuple[str, str]:
        receipt = openpyxl.load_workbook(next(sent.settings.receipts.rglob(result["receipt"])))["逐行结果"]
        return receipt.cell(2, 2).value, receipt.cell(2, 3).value

    first = pipeline.receive_file(sent.settings, file("无法核实", "one"), date(2026, 10, 28))
    second = pipeline.receive_file(sent.settings, file("属实待整改", "two"), date(2026, 10, 29))
    again = pipeline.receive_file(sent.settings, file("属实待整改", "three"), date(2026, 10, 30))
    assert said(first) == ("已接收", "已登记“无法核实”。")
    assert said(second) == ("已接收", "已登记“属实待整改”，替换了 2026-10-28 日的回复。")
    assert again["repeated"] == 1 and again["accepted"] == 0
    number = mangle.main(book).rows[0].origin
    assert sent.items()[number]["body"]["核查结果"] == "属实待整改"


def test_a_lost_token_is_derived_from_what_the_ledger_knows_was_shown(sent: Desk, tmp_path: Path) -> None:
    book = copy.deepcopy(sent.books[THERE])
    sheet = mangle.main(book)
    whole, changed = sheet.rows[1], sheet.rows[2]
    for line in (whole, changed):
        sheet.set(line, table.ANSWER, "无法核实")
        sheet.set(line, table.TOKEN, None)
    column = next(c for c in table.SHOWN if "列：" in str(sheet.get(changed, c)))
    sheet.set(changed, column, str(sheet.get(changed, column)).replace("列：", "列：9"))
    path = tmp_path / "lost.xlsx"
    dialects.renderer("wps")(book, path, sent.workbooks[THERE])
    result = pipeline.receive_file(sent.settings, path, ON)
    assert (result["accepted"], result["refused"]) == (1, 1)
    assert whole.origin in sent.items() and changed.origin not in sent.items()
