"""Mangles of rows, columns and sheets: nothing is lost by any of these but what is copied or comes from elsewhere."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.returns.table import (
    ANSWER,
    APPROVER,
    NOTE,
    NUMBER,
    ON,
    TOKEN,
    WHO,
    Book,
    Line,
    Sheet,
    plain,
)
from tests.returns.tools import (
    PEOPLE,
    World,
    body,
    body_start,
    kind,
    main,
    remark,
    some,
)


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
            blank = remark(sheet) if rng.random() < 0.5 else remark(sheet, "小计")
            sheet.lines.insert(rng.randint(body_start(sheet), len(sheet.lines)), blank)


@kind
def titled(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    if not (sheet.merges or sheet.sort):
        count = rng.choice((1, 2, 3, 40))
        sheet.lines[:0] = [Line(["青石县核查情况" if n == 0 else None]) for n in range(count)]


@kind
def signed_below(book: Book, rng: random.Random, world: World) -> None:
    sheet = main(book)
    sheet.lines += [remark(sheet), remark(sheet, "填表人：甲", "合计 44 条")]


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
