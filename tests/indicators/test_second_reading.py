"""Two readers of the register of rules: the entries, and one plain function a rule written from its text by a reader who
had not seen them. On generated rows both must find the same; unknown and clear may be told apart by one of them only."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from duizhang.contracts.load import load_book
from duizhang.core.lake import quote_name
from duizhang.core.settings import Settings

from tests.indicators import second_reading
from tests.indicators.judging import HIT, Bench, Row, Shop, open_shop
from tests.indicators.possible import possible
from tests.indicators.second_reading import PARTS, READERS, READINGS, Reader
from tests.indicators.values import Pool, pool_of, values

ROWS, DRAWN = 400, 900  # rows a rule is judged on; rows drawn freely, of which those that the second reader finds come first
FILLED = ("应推送日", "未消除监测数", "监测记录数")  # columns of spines that are never empty
DAYS = ("2026-10-31", "2026-10-30", "2026-11-01", "2026-02-28", "2027-01-01")


def constants(reader: Any, seen: set[int]) -> Iterator[Any]:
    """Words and numbers in a function, in its closure and in the functions and tuples of its module that it names."""
    if isinstance(reader, tuple):
        yield from (word for word in reader if isinstance(word, str))
    if not isinstance(reader, FunctionType) or id(reader) in seen:
        return
    seen.add(id(reader))
    yield from _written(reader.__code__)
    for name in _named(reader.__code__):
        if not str(getattr(reader.__globals__.get(name), "__module__", "")).startswith("duizhang"):
            yield from constants(reader.__globals__.get(name), seen)
    for cell in reader.__closure__ or ():
        yield from [cell.cell_contents] if isinstance(cell.cell_contents, str) else constants(cell.cell_contents, seen)


def _written(code: CodeType) -> Iterator[Any]:
    for one in code.co_consts[1 if code.co_consts and isinstance(code.co_consts[0], str) else 0 :]:
        if isinstance(one, CodeType):
            yield from _written(one)
        else:
            yield from (part for part in (one if isinstance(one, tuple | frozenset) else (one,)) if isinstance(part, str | int | float))


def _named(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _named(one)


@lru_cache(maxsize=1)
def sets(settings: Settings) -> frozenset[tuple[str, str]]:
    """(subject, column) of facts that join the different values of several rows by 、, sorted."""
    return frozenset((fact.subject, fact.name) for _, fact in load_book(settings).facts if fact.take == "set")


def listed(pool: Pool, column: str) -> Sequence[str]:
    """The words of the column's code list."""
    return pool.words.get(column) or pool.words.get(column.split("_", 1)[-1]) or ()


def in_order(text: Any, code_list: Sequence[str]) -> Any:
    """Several words of a code list as they stand once read: each once, in the order of the list."""
    words = set(text.split("、")) if isinstance(text, str) else set()
    return "、".join(sorted(words, key=code_list.index)) if len(words) > 1 and words <= set(code_list) else text


@lru_cache(maxsize=1)
def filled(settings: Settings) -> frozenset[tuple[str, str]]:
    """(subject, column) of facts that are never empty where covered: counts, and whether there is a row, for a household or place."""
    facts = (fact for _, fact in load_book(settings).facts if fact.take in ("count", "distinct", "any"))
    return frozenset((fact.subject, fact.name) for fact in facts if fact.of or fact.subject != "person")


def tries(bench: Bench, pool: Pool, reader: Reader) -> dict[str, list[Any]]:
    """Column → values to try: those next to the entry's constants and those next to the second reader's, if a book can hold them."""
    tried = values(bench, pool)
    own = [one for one in constants(reader, set()) if not isinstance(one, bool)]
    words = sorted({one for one in own if isinstance(one, str)} - set(bench.types))
    numbers = sorted({one for one in own if isinstance(one, int | float)})
    for column, found in tried.items():
        kind = bench.types[column]
        if kind == "VARCHAR":
            code_list = listed(pool, column)
            found += [word for word in words if word not in found and (not code_list or word in code_list)][:12]
            if (bench.rule.subject, column) in sets(bench.shop.settings):
                found += sorted({"、".join(sorted(pair)) for pair in combinations([one for one in found if one and "、" not in one], 2)})[:8]
            found[:] = list(dict.fromkeys(in_order(one, code_list) for one in found))
        elif kind in ("BIGINT", "DOUBLE", "HUGEINT"):
            near = {number + step for number in numbers for step in (-1, 0, 1)}
            found += [one for one in sorted(near) if one not in found and (kind == "DOUBLE" or one == int(one))]
        if column in FILLED or (bench.rule.subject, column) in filled(bench.shop.settings):
            found[:] = [one for one in found if one is not None and (kind not in ("BIGINT", "HUGEINT") or one >= 0)]
    return tried


def generate(bench: Bench, pool: Pool, reader: Reader) -> list[Row]:
    """The rows of a rule: examples of the entry and finds of the second reader, changed in some columns, and free ones."""
    dice = random.Random(bench.entry.code)
    tried = tries(bench, pool, reader)

    def changed(row: Row, most: int) -> Row:
        names = dice.sample(sorted(tried), min(len(tried), dice.randint(1, most)))
        same = {name: row[other] for name in names for other in tried
                if name != other and row.get(other) is not None and bench.types[name] == bench.types[other] and dice.random() < 0.05}
        return {**row, **{name: dice.choice(tried[name]) for name in names}, **same, **day()}

    def day() -> Row:
        return {"as_of": dice.choice(DAYS)} if "as_of" in bench.columns and dice.random() < 0.3 else {}

    def free() -> Row:
        return {name: None if None in found and dice.random() < 0.1 else dice.choice(found) for name, found in tried.items()} | day()

    base = [
        {name: tried[name][0] for name in tried if name not in row and None not in tried[name]}
        | {name: in_order(value, listed(pool, name)) for name, value in row.items()}
        for row in bench.entry.rows
    ]
    drawn = [*base, *[changed(dice.choice(base), 3) for _ in range(DRAWN // 3)], *[free() for _ in range(DRAWN)]]
    verdicts = [reader(row) for row in typed(bench, drawn)]
    found = [row for row, verdict in zip(drawn, verdicts, strict=True) if verdict]
    kept = [*base, *found[: ROWS // 4]]
    kept += [changed(dice.choice(found), 2) for _ in range(ROWS // 4)] if found else []
    rest = [row for row, verdict in zip(drawn, verdicts, strict=True) if not verdict]
    kept += dice.sample(rest, min(len(rest), max(0, ROWS - len(kept))))
    return [*kept, *found[ROWS // 4 :][: max(0, ROWS - len(kept))]]


def typed(bench: Bench, rows: list[Row]) -> list[Row]:
    """The rows as the engine has them: with the types of the subject."""
    bench.fill(rows)
    names = bench.columns
    found = bench.shop.con.execute(f"SELECT {', '.join(map(quote_name, names))} FROM r").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.fixture(scope="module")
def shop() -> Shop:
    """The entries of the rules that have a second reading."""
    return open_shop(codes=READERS)


@pytest.fixture(scope="module")
def pool(shop: Shop) -> Pool:
    """Values that examples and code lists hold."""
    return pool_of(shop)


def differences(bench: Bench, pool: Pool, reader: Reader) -> tuple[int, int, list[tuple[bool, Row]]]:
    """How many rows there were, how many the entry hits, and those on which the two readers differ (with the entry's word)."""
    rows = list(map(possible(bench, load_book(bench.shop.settings)), generate(bench, pool, reader)))
    own = [verdict == HIT for verdict in bench.judge([], rows)[0]]
    given = typed(bench, rows)
    seen = [reader(row) is True for row in given]
    return len(rows), sum(own), [(mine, row) for mine, other, row in zip(own, seen, given, strict=True) if mine != other]


@pytest.mark.parametrize("code", sorted(READERS))
def test_two_readers_find_the_same(code: str, shop: Shop, pool: Pool) -> None:
    """The entry hits a row exactly where the function transcribed from the register's text does."""
    assert code not in shop.broken, shop.broken[code]
    bench = Bench(shop, shop.entries[code])
    rows, hits, differing = differences(bench, pool, READERS[code])
    shown = "; ".join(f"entry {'hits' if own else 'does not hit'} {row}" for own, row in differing[:3])
    assert not differing, f"{code}: {len(differing)} of {rows} rows: {shown}"
    assert 0 < hits < rows, f"{code}: {hits} of {rows} rows are hits; nothing was compared"


def test_readings_belong_to_rules_that_were_read() -> None:
    """Each stated reading is of a rule with a function, no rule is read twice, and no part is left out."""
    assert set(READINGS) <= set(READERS)
    assert len(READERS) == sum(len(part.REGISTRY) for part in PARTS) >= 149
    stems = {part.__name__.rpartition(".")[2] for part in PARTS}
    assert stems == {path.stem for path in Path(second_reading.__file__).parent.glob("*.py")} - {"__init__", "kit"}
