"""Mangles of question numbers and tokens."""

from __future__ import annotations

import random
import string

from tests.returns.table import (
    NUMBER,
    TOKEN,
    Book,
)
from tests.returns.tools import (
    World,
    kind,
    main,
    some,
)


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
        donors = [row for row in sheet.rows if row.origin != line.origin]
        if not donors:
            continue
        donor = rng.choice(donors)
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
