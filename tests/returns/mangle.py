"""What happens to a list between its going out and its coming back: seeded, combinable, each kind with what must follow.

A mangle changes the rows of a Book and notes on each line what was done to it (`harm`); what must become of the row is
said by `table.verdicts` from these notes. Harms: number · token (another row's, or a remnant that is not this row's) · lost (a
token gone or damaged, still not contradicting) · identity · shown (what the books say) · answer (no answer that can be
taken) · doubt (a formula, a merge, a partial sort).
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.returns.table import (
    ANSWER,
    ANSWERS,
    APPROVER,
    IDENTITY,
    NOTE,
    NUMBER,
    ON,
    SHOWN,
    TOKEN,
    WHO,
    Book,
    Formula,
    Line,
    Rich,
    Sheet,
    plain,
    text,
)  # fmt: skip

RECEIVED = date(2026, 10, 30)
WORDS = ("已整改", "属实待整改", "不属实", "部门数据有误", "无法核实", "情况说明")
NOTES = ("本人在家，户口簿已核", "已到系统改好", "县外务工，电话核实", "材料另附", "查档案一致")
PEOPLE = ("村干部甲", "村干部乙", "帮扶人丙")


@dataclass(frozen=True)
class World:
    """What a mangle may draw on beside the list itself: the same list of last cycle, and another county's."""

    last: Book
    other: Book


Mangle = Callable[[Book, random.Random, World], None]
KINDS: dict[str, Mangle] = {}
NOT_FOR_OFFICE = {"formula_without_value", "answers_sorted_alone", "control_characters"}  # a real save mends or drops these


def kind(mangle: Mangle) -> Mangle:
    KINDS[mangle.__name__] = mangle
    return mangle


def fill(book: Book, rng: random.Random, share: float = 0.7) -> None:
    """An officer answers most rows as the instructions say."""
    for sheet, line in book.rows():
        if rng.random() > share:
            continue
        word = rng.choice(WORDS)
        day = RECEIVED - timedelta(days=rng.randint(0, 40))
        note = rng.choice(NOTES) if word in ("不属实", "情况说明") or rng.random() < 0.5 else None
        line.wrote = {ANSWER: word, NOTE: note, WHO: rng.choice(PEOPLE), ON: day, APPROVER: None}
        for column in ANSWERS:
            sheet.set(line, column, line.wrote[column])
        sheet.set(line, ON, datetime(day.year, day.month, day.day))


def some(book: Book, rng: random.Random, most: int = 6, *, filled: bool = True) -> list[tuple[Sheet, Line]]:
    """A few rows, answered and with all their columns there; none in a merge, a doubled column or a half-sorted sheet."""
    whole = []
    for sheet in book.lists:
        names = [plain(cell) for cell in sheet.head.cells] if sheet.head else []
        if sheet.sort or NUMBER not in names or any(names.count(column) != 1 for column in ANSWERS):
            continue
        merged = {at for top, _, bottom, _ in sheet.merges for at in range(top, bottom + 1)}
        for at, line in enumerate(sheet.lines):
            if line.origin and at not in merged and (line.wrote or not filled):
                whole.append((sheet, line))
    return rng.sample(whole, min(len(whole), rng.randint(1, most)))


def main(book: Book) -> Sheet:
    """The list with the most rows."""
    return max(book.lists, key=lambda sheet: len(sheet.rows))


def body(sheet: Sheet) -> tuple[list[Line], list[Line]]:
    """(lines up to the first header, lines below it)."""
    at = next(i for i, line in enumerate(sheet.lines) if line.header) + 1
    return sheet.lines[:at], sheet.lines[at:]


# ---- rows and sheets: nothing is lost by any of these


@kind
def sorted_by_a_column(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if sheet.merges or sheet.sort:
        return
    top, rows = body(sheet)
    column = rng.randrange(len(top[-1].cells))
    if not any(line.header for line in rows):
        sheet.lines = top + sorted(rows, key=lambda line: str(line.cells[column] if column < len(line.cells) else ""), reverse=rng.random() < 0.5)


@kind
def shuffled(book: Book, rng: random.Random, world: World) -> None:
    for sheet in book.lists:
        top, rows = body(sheet)
        if not (sheet.merges or sheet.sort or any(line.header for line in rows)):
            rng.shuffle(rows)
            sheet.lines = top + rows


@kind
def filtered(book: Book, rng: random.Random, world: World) -> None:
    for line in main(book).rows:
        line.hidden = rng.random() < 0.4


@kind
def rows_deleted(book: Book, rng: random.Random, world: World) -> None:
    doomed = {id(line) for _, line in some(book, rng, 8, filled=False)}
    for sheet in book.lists:
        if not (sheet.merges or sheet.sort):
            sheet.lines = [line for line in sheet.lines if id(line) not in doomed]


@kind
def rows_inserted(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if not (sheet.merges or sheet.sort):
        for _ in range(rng.randint(1, 5)):
            blank = _remark(sheet) if rng.random() < 0.5 else _remark(sheet, "小计")
            sheet.lines.insert(rng.randint(body_start(sheet), len(sheet.lines)), blank)


def _remark(sheet: Sheet, *texts: str) -> Line:
    """A row that is no question: `texts` stand in columns that are not for answers."""
    cells: list[Any] = [None] * max(len(line.cells) for line in sheet.lines)
    free = [at for at, cell in enumerate(sheet.head.cells if sheet.head else []) if plain(cell) not in ANSWERS]
    for at, said in zip(free, texts, strict=False):
        cells[at] = said
    return Line(cells)


def body_start(sheet: Sheet) -> int:
    return len(body(sheet)[0])


@kind
def titled(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if not (sheet.merges or sheet.sort):
        count = rng.choice((1, 2, 3, 40))
        sheet.lines[:0] = [Line(["青石县核查情况" if n == 0 else None]) for n in range(count)]


@kind
def signed_below(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    sheet.lines += [_remark(sheet), _remark(sheet, "填表人：甲", "合计 44 条")]


@kind
def columns_moved(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if sheet.merges or sheet.sort:
        return
    wide = max(len(line.cells) for line in sheet.lines)
    order = rng.sample(range(wide), wide)
    for line in sheet.lines:
        padded = line.cells + [None] * (wide - len(line.cells))
        line.cells = [padded[i] for i in order]


@kind
def columns_inserted(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if sheet.merges or sheet.sort:
        return
    for n in range(rng.randint(1, 3)):
        at = rng.randint(0, len(main(book).lines[0].cells))
        for line in sheet.lines:
            line.cells += [None] * max(0, at - len(line.cells))
            line.cells.insert(at, f"乡镇备注{n}" if line.header else rng.choice((None, "已看", 3)))


@kind
def columns_hidden(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    sheet.hidden_columns |= {sheet.at(NUMBER), sheet.at(TOKEN), sheet.at("户编号")} - {-1}


@kind
def headers_restyled(book: Book, rng: random.Random, world: World) -> None:
    looks: tuple[Callable[[str], str], ...] = (
        lambda s: " ".join(s), lambda s: s + "▼", lambda s: f"　{s}\n", lambda s: s[:2] + "\n" + s[2:], lambda s: s.replace("/", "／") + "*",
    )  # fmt: skip
    for sheet in book.lists:
        for line in sheet.lines:
            if line.header:
                line.cells = [rng.choice(looks)(plain(cell)) if cell and rng.random() < 0.6 else cell for cell in line.cells]


@kind
def header_repeated(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if sheet.head and not (sheet.merges or sheet.sort):
        sheet.lines.insert(rng.randint(body_start(sheet), len(sheet.lines)), sheet.head.twin())


@kind
def sheet_added(book: Book, rng: random.Random, world: World) -> None:
    if "我们的备注" not in {sheet.name for sheet in book.sheets}:
        junk = Sheet("我们的备注", [Line(["户编号", "姓名", "备注"]), Line(["9901000000000001", "甲", "已看"])])
        book.sheets.insert(rng.randint(0, len(book.sheets)), junk)


@kind
def sheets_renamed(book: Book, rng: random.Random, world: World) -> None:
    for n, sheet in enumerate(book.sheets):
        if rng.random() < 0.6:
            sheet.name = f"{n} {rng.choice(('核查', '张三填', 'Sheet', '清单(2)'))}{n}"


@kind
def sheets_reordered(book: Book, rng: random.Random, world: World) -> None:
    rng.shuffle(book.sheets)


@kind
def split_over_two_sheets(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    top, rows = body(sheet)
    if sheet.merges or sheet.sort or any(line.header for line in rows) or any(s.name == "续表" for s in book.sheets):
        return
    cut = rng.randint(1, max(1, len(rows) - 1))
    sheet.lines = top + rows[:cut]
    book.sheets.append(Sheet("续表", [top[-1].twin(), *rows[cut:]]))


@kind
def rows_copied(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        sheet.lines.append(line.twin())


@kind
def rows_copied_with_other_answers(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        if line.harm & {"answer", "doubt"}:
            continue
        twin = line.twin()
        twin.wrote[ANSWER] = next(word for word in ("已整改", "无法核实") if word != line.wrote[ANSWER])
        sheet.set(twin, ANSWER, twin.wrote[ANSWER])
        sheet.lines.append(twin)


def _foreign(book: Book, rng: random.Random, source: Book, count: int) -> None:
    """Rows of another list pasted below ours, filled in."""
    mine, theirs = main(book), main(source)
    head = mine.head
    if head is None or mine.at(NUMBER) < 0 or mine.merges or mine.sort:
        return
    for line in rng.sample(theirs.rows, min(count, len(theirs.rows))):
        names = [plain(cell) for cell in head.cells]
        pasted = Line([theirs.get(line, name) if name else None for name in names], line.origin, line.county, line.cycle)
        pasted.wrote = {ANSWER: "已整改", NOTE: None, WHO: PEOPLE[0], ON: None, APPROVER: None}
        pasted.cells = [pasted.wrote.get(name, cell) for name, cell in zip(names, pasted.cells, strict=True)]
        mine.lines.append(pasted)


@kind
def rows_of_another_county(book: Book, rng: random.Random, world: World) -> None:
    _foreign(book, rng, world.other, 3)


@kind
def rows_of_the_last_list(book: Book, rng: random.Random, world: World) -> None:
    _foreign(book, rng, world.last, 3)


# ---- numbers and tokens


@kind
def token_emptied(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        if sheet.at(TOKEN) >= 0:
            sheet.set(line, TOKEN, rng.choice((None, " ", "　")))
            line.harm.add("lost")


@kind
def token_cut(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        token = str(sheet.get(line, TOKEN) or "")
        if len(token) == 16:
            sheet.set(line, TOKEN, rng.choice((token[:-1], token[1:], token[4:12], token[:3])))
            line.harm.add("lost")


@kind
def token_in_small_letters(book: Book, rng: random.Random, world: World) -> None:
    wide = {ord(c): ord(c) + 0xFEE0 for c in string.ascii_uppercase + string.digits}
    for sheet, line in some(book, rng):
        token = str(sheet.get(line, TOKEN) or "")
        if len(token) == 16:
            sheet.set(line, TOKEN, rng.choice((token.lower(), f" {token} ", token.translate(wide), token[:8] + "\n" + token[8:])))


@kind
def token_misread(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        token = str(sheet.get(line, TOKEN) or "")
        misread = token.replace("O", "0").replace("I", "1").replace("L", "1").replace("B", "8")
        if misread != token:
            sheet.set(line, TOKEN, misread)
            line.harm.add("lost")


@kind
def token_of_another_row(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        donor = rng.choice([row for row in sheet.rows if row.origin != line.origin])
        token = str(sheet.get(donor, TOKEN) or "")
        if len(token.strip()) > 4 and donor.cycle == line.cycle:
            sheet.set(line, TOKEN, rng.choice((token, token[:-3])))
            line.harm.add("token")


@kind
def token_made_up(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        if sheet.at(TOKEN) >= 0:
            sheet.set(line, TOKEN, rng.choice(("".join(rng.choices(string.ascii_uppercase, k=16)), "见上", "=TOKEN".strip("="), "*" * 16)))
            line.harm.add("token")


@kind
def token_column_deleted(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    at = sheet.at(TOKEN)
    if at < 0 or sheet.merges or sheet.sort or sum(line.header for line in sheet.lines) != 1:
        return
    for line in sheet.lines:
        del line.cells[at : at + 1]


@kind
def number_lost(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        sheet.set(line, NUMBER, rng.choice((None, "AAA-003-ZZZZZZZZZZ", "12", 3.5)))
        line.harm.add("number")


@kind
def number_restyled(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        number = str(sheet.get(line, NUMBER) or "")
        if "number" not in line.harm:
            sheet.set(line, NUMBER, rng.choice((number.lower(), f" {number}\n", number.replace("-", "－"), number.replace("-", "–"))))


@kind
def numbers_and_tokens_moved(book: Book, rng: random.Random, world: World) -> None:
    """Half-sorted: number and token of two people change places, their names stay."""
    sheet = main(book)
    rows = [line for line in sheet.rows if not line.harm and sheet.get(line, "证件号码")]
    for one in rng.sample(rows, min(len(rows), 4)):
        two = rng.choice(rows)
        if two.harm or one.harm or sheet.get(one, "证件号码") == sheet.get(two, "证件号码") or min(map(sheet.at, (NUMBER, TOKEN))) < 0:
            continue
        for column in (NUMBER, TOKEN):
            a, b = sheet.get(one, column), sheet.get(two, column)
            sheet.set(one, column, b)
            sheet.set(two, column, a)
        one.harm.add("identity")
        two.harm.add("identity")


# ---- people


@kind
def people_moved(book: Book, rng: random.Random, world: World) -> None:
    """Half-sorted the other way: the answers' people change places, number and token stay."""
    sheet = main(book)
    rows = [line for line in sheet.rows if sheet.get(line, "证件号码") and not line.harm]
    if len(rows) < 2 or sheet.merges or min(map(sheet.at, IDENTITY)) < 0:
        return
    for _ in range(3):
        one, two = rng.sample(rows, 2)
        if [sheet.get(one, c) for c in IDENTITY] != [sheet.get(two, c) for c in IDENTITY] and not one.harm | two.harm:
            for column in IDENTITY:
                a, b = sheet.get(one, column), sheet.get(two, column)
                sheet.set(one, column, b)
                sheet.set(two, column, a)
            one.harm.add("identity")
            two.harm.add("identity")


@kind
def id_turned_into_a_number(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        found = str(sheet.get(line, "证件号码") or "")
        if found[:17].isdigit() and len(found) == 18:
            sheet.set(line, "证件号码", float(found[:17] + "0"))
            line.harm.add("identity")


@kind
def household_turned_into_a_number(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        found = str(sheet.get(line, "户编号") or "")
        if found.isdigit():
            sheet.set(line, "户编号", rng.choice((float(found), f"{float(found):.2E}", int(found))))
            line.harm.add("identity")


@kind
def people_restyled(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        for column in IDENTITY:
            found = sheet.get(line, column)
            if isinstance(found, str) and found:
                styled = (f" {found} ", found + "\u200b", "　".join(found), found.lower(), Rich((found[:1], found[1:]), "フリ"))
                sheet.set(line, column, rng.choice(styled))


@kind
def another_name(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        column = rng.choice(IDENTITY)
        if sheet.at(column) >= 0:
            sheet.set(line, column, {"户编号": "9901000000009999", "姓名": "司空某某", "证件号码": "990101198001010000"}[column])
            line.harm.add("identity")


@kind
def people_emptied(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        if sheet.at("户编号") >= 0 and sheet.get(line, "户编号"):
            sheet.set(line, "户编号", None)
            line.harm.add("identity")


@kind
def people_column_deleted(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    at = sheet.at(rng.choice(IDENTITY))
    if at < 0 or sheet.merges or sheet.sort or sum(line.header for line in sheet.lines) != 1:
        return
    for line in sheet.lines:
        del line.cells[at : at + 1]


@kind
def households_merged(book: Book, rng: random.Random, world: World) -> None:
    """Equal 户编号 one below the other are merged, as officers like it: what is seen stays the same."""
    sheet = main(book)
    at = sheet.at("户编号")
    if at < 0 or sheet.merges or sheet.sort:
        return
    for top, (one, two) in enumerate(zip(sheet.lines, sheet.lines[1:], strict=False)):
        clear = not one.header and not two.header and not one.harm | two.harm
        if clear and one.origin and two.origin and one.cells[at] and one.cells[at] == two.cells[at] and not any(m[2] == top for m in sheet.merges):
            two.cells[at] = None
            sheet.merges.append((top, at, top + 1, at))


@kind
def shown_values_changed(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng):
        column = rng.choice(SHOWN)
        if sheet.at(column) >= 0:
            sheet.set(line, column, "改过的")
            line.harm.add("shown")


# ---- answers


@kind
def answers_merged(book: Book, rng: random.Random, world: World) -> None:
    """One answer merged over two rows: whose is it?"""
    sheet = main(book)
    at = sheet.at(ANSWER)
    if sheet.merges or sheet.sort or at < 0:
        return
    for top in rng.sample(range(len(sheet.lines) - 1), min(6, len(sheet.lines) - 1)):
        one, two = sheet.lines[top : top + 2]
        if one.origin and two.origin and one.wrote and text(one.cells[at]).strip() and not any(abs(m[0] - top) < 2 for m in sheet.merges):
            two.cells[at] = None
            sheet.merges.append((top, at, top + 1, at))
            one.harm.add("doubt")
            two.harm.add("doubt")


@kind
def answers_sorted_alone(book: Book, rng: random.Random, world: World) -> None:
    """Only the answer columns were sorted; Excel notes what it sorted last."""
    sheet = main(book)
    places = sorted(sheet.at(column) for column in ANSWERS)
    others = [sheet.at(column) for column in (NUMBER, TOKEN, *IDENTITY)]
    if min(places) < 0 or sheet.merges or sheet.sort or any(places[0] <= at <= places[-1] for at in others):
        return
    lines = [line for line in sheet.lines[body_start(sheet):] if not line.header]
    if len(lines) < 2 or sum(line.header for line in sheet.lines) != 1:
        return
    values = sorted(([line.cells[i] for i in range(places[0], places[-1] + 1) if i < len(line.cells)] for line in lines), key=str)
    for line, found in zip(lines, values, strict=True):
        line.cells += [None] * (places[-1] + 1 - len(line.cells))
        line.cells[places[0] : places[-1] + 1] = found + [None] * (places[-1] + 1 - places[0] - len(found))
        if line.origin and any(cell not in (None, "") for cell in (line.cells[i] for i in places)):
            line.harm.add("doubt")
    first = body_start(sheet)
    sheet.sort = (first, places[0], len(sheet.lines) - 1, places[-1])


@kind
def dates_as_officers_write_them(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 20):
        day = None if "answer" in line.harm else line.wrote[ON]
        if day and isinstance(sheet.get(line, ON), datetime):
            looks = (day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", int(f"{day:%Y%m%d}"), f" {day:%Y.%m.%d} ")
            sheet.set(line, ON, rng.choice(looks))


@kind
def dates_that_are_none(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        sheet.set(line, ON, rng.choice(("上周五", "2026-13-01", datetime(2026, 12, 1), "2006-10-28", 46323, "10-28")))
        line.harm.add("answer")


@kind
def blanks_around(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 12):
        for column in (NOTE, WHO):
            found = sheet.get(line, column)
            if isinstance(found, str) and found:
                sheet.set(line, column, f"  {found}\u200b\n ")


@kind
def words_restyled(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 12):
        word = sheet.get(line, ANSWER)
        if isinstance(word, str) and word in WORDS:
            sheet.set(line, ANSWER, rng.choice((f" {word}", "　".join(word), word + "\n", Rich((word[:1], word[1:]), "カナ"))))


@kind
def near_words(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        sheet.set(line, ANSWER, rng.choice(("已经整改", "整改", "是", "属实", "已整改、不属实", "√", True, 1)))
        line.harm.add("answer")


@kind
def no_word_chosen(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        if any(sheet.get(line, column) for column in (NOTE, WHO)):
            sheet.set(line, ANSWER, None)
            line.harm.add("answer")


@kind
def note_missing(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        sheet.set(line, ANSWER, "不属实")
        sheet.set(line, NOTE, rng.choice((None, "  ", "\u200b")))
        line.harm.add("answer")


@kind
def notes_too_long(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 2):
        sheet.set(line, NOTE, "很长的说明" * 600)
        line.harm.add("answer")


def _plain_answer(sheet: Sheet, line: Line, column: str) -> str:
    found = sheet.get(line, column)
    return found.strip() if isinstance(found, str) and found == line.wrote.get(column) else ""


@kind
def long_notes(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        if _plain_answer(sheet, line, NOTE):
            line.wrote[NOTE] = "第一行\n" + "看到的情况" * 200
            sheet.set(line, NOTE, line.wrote[NOTE])


@kind
def control_characters(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 4):
        note = _plain_answer(sheet, line, NOTE)
        if note:
            sheet.set(line, NOTE, f"{note[:2]}\x07{note[2:]}\x00")


@kind
def formula_with_value(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 5):
        word = _plain_answer(sheet, line, ANSWER)
        if word:
            sheet.set(line, ANSWER, Formula(f'"{word}"', word))


@kind
def formula_without_value(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        sheet.set(line, rng.choice((ANSWER, NOTE)), Formula('"已"&"整改"'))
        line.harm.add("doubt")


@kind
def formula_errors(book: Book, rng: random.Random, world: World) -> None:
    for sheet, line in some(book, rng, 3):
        sheet.set(line, rng.choice((ANSWER, WHO)), Formula("NA()", error=True))
        line.harm.add("doubt")


@kind
def answer_column_doubled(book: Book, rng: random.Random, world: World) -> None:
    """A second 核查说明 at the end: where both say the same it is no matter."""
    sheet = main(book)
    head = sheet.head
    if head is None or sheet.at(NOTE) < 0 or sheet.sort or sum(plain(cell) == NOTE for cell in head.cells) > 1:
        return
    wide = max(len(line.cells) for line in sheet.lines)
    at = sheet.at(NOTE)
    for line in sheet.lines:
        line.cells += [None] * (wide - len(line.cells))
        found = line.cells[at]
        differs = bool(line.origin) and rng.random() < 0.2
        line.cells.append("另一种说法" if differs else found)
        if differs:
            line.harm.add("doubt")


def mangled(published: Book, rng: random.Random, world: World, *, office: bool = False) -> Book:
    """A copy of `published`, filled in and mangled in one to five ways."""
    import copy

    book = copy.deepcopy(published)
    fill(book, rng, rng.choice((0.3, 0.7, 1.0)))
    names = sorted(set(KINDS) - (NOT_FOR_OFFICE if office else set()))
    for name in rng.sample(names, rng.randint(1, 5)):
        KINDS[name](book, rng, world)
        book.notes.append(name)
    return book


def mangle(published: Book, name: str, rng: random.Random, world: World) -> Book:
    """A copy of `published`, filled in and mangled in the way `name`."""
    import copy

    book = copy.deepcopy(published)
    fill(book, rng)
    KINDS[name](book, rng, world)
    book.notes.append(name)
    return book


__all__ = ["KINDS", "RECEIVED", "World", "fill", "mangle", "mangled"]
