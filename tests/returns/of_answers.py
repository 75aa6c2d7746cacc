"""Mangles of the answer itself."""

from __future__ import annotations

import random
from datetime import datetime

from tests.returns.table import (
    ANSWER,
    ANSWERS,
    IDENTITY,
    NOTE,
    NUMBER,
    ON,
    TOKEN,
    WHO,
    Book,
    Formula,
    Line,
    Rich,
    Sheet,
    plain,
    text,
)
from tests.returns.tools import (
    WORDS,
    World,
    body_start,
    kind,
    main,
    some,
)


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
    doubled = sheet.head is not None and sum(plain(cell) == NOTE for cell in sheet.head.cells) > 1
    if len(lines) < 2 or doubled or sum(line.header for line in sheet.lines) != 1:
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
