"""Mangles of who the row is about, and of what the books say of them."""

from __future__ import annotations

import random

from tests.returns.table import (
    IDENTITY,
    SHOWN,
    Book,
    Rich,
)
from tests.returns.tools import (
    World,
    kind,
    main,
    some,
)


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
