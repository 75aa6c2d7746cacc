"""Values worth trying in a column of an example: the predicate's own constants and what lies next to them, what the
column holds in other examples, the words of its code list, what stands in columns that it is compared with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from duizhang.contracts.load import load_book
from duizhang.core.functions import add_months, check_character, month_of

from tests.indicators.grammar import Node
from tests.indicators.judging import Bench, Shop

AS_OF = date(2026, 10, 31)
NUMBERS = ("BIGINT", "DOUBLE", "HUGEINT", "DECIMAL")
FOREIGN = re.compile(r"(?!99)[0-9]{14,}")  # numbers of people are made up: region 99 only
MOST_WORDS = 14  # of a code list


@dataclass(frozen=True)
class Pool:
    """`held`: column → values in all examples of the catalogue; `words`: column of a contract → words of its code list."""

    held: dict[str, list[Any]]
    words: dict[str, tuple[str, ...]]


def pool_of(shop: Shop) -> Pool:
    """What the catalogue and the code lists know of columns, by their names."""
    held: dict[str, list[Any]] = defaultdict(list)
    for raw in shop.raws.values():
        for rows in (raw.get("examples") or {}).values():
            for row in rows or ():
                for name, value in row.items():
                    if value is not None and value not in held[name]:
                        held[name].append(value)
    book = load_book(shop.settings)
    words = {
        column.name: tuple(book.codes[column.codes].words)
        for contract in book.contracts for column in contract.columns if column.codes in book.codes
    }  # fmt: skip
    return Pool(held, words)


def _near(node: Node) -> Iterator[tuple[frozenset[str], list[Node]]]:
    """Columns and the constants that stand in one atom with them."""
    for atom in node.walk():
        if atom.kind in ("compare", "in", "notin", "between", "call", "arith", "coalesce"):
            constants = [one for one in atom.walk() if one.kind in ("number", "text", "date")]
            yield atom.columns, constants


def _as_date(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _dates(seeds: Iterable[Any], shifts: Iterable[int]) -> list[str]:
    days = {day for seed in seeds if (day := _as_date(seed))} | {AS_OF}
    for shift in {0, *shifts}:
        for day in list(days)[:8]:
            if abs(shift) < 4000:
                days.add(day + timedelta(days=shift))
            months = add_months(month_of(day), shift)
            if months and abs(shift) < 400:
                days |= {date(months // 100, months % 100, 1), date(months // 100, months % 100, min(day.day, 28))}
    return [near.isoformat() for day in sorted(days) for near in (day - timedelta(days=1), day, day + timedelta(days=1))]


def _months(seeds: Iterable[Any], shifts: Iterable[int]) -> list[int]:
    months = {int(seed) for seed in seeds if str(seed).isdigit() and 190001 <= int(seed) <= 299912} | {202610}
    for shift in {0, *shifts}:
        months |= {moved for month in list(months)[:8] for sign in (-1, 1) if (moved := add_months(month, sign * shift)) and shift < 600}
    return sorted({near for month in months for step in (-1, 0, 1) if (near := add_months(month, step))})


def _texts(column: str, seeds: list[str], constants: list[Node], pool: Pool) -> list[str]:
    texts = [*seeds, *[one.op for one in constants if one.kind == "text" and not re.search(r"[\[^$|]", one.op)]]
    listed = pool.words.get(column) or pool.words.get(column.split("_", 1)[-1]) or ()
    texts += list(listed) if len(listed) <= MOST_WORDS else [word for word in listed if word not in texts][:4]
    numbers = [int(one.op) for one in constants if one.kind == "number" and one.op.isdigit()]
    if any(re.fullmatch(r"[0-9]{6,}.*", text) for text in texts):
        texts += _figures([text for text in texts if len(text) >= 5], [one.op for one in constants if one.kind == "text"], numbers)
    words = [one.op for one in constants if one.kind == "text" and one.op][:4]
    texts += [f"{one}、{other}" for one in words for other in [*words, *listed[:3]] if one != other][:8]
    for pattern in (one.op for one in constants if one.kind == "text" and re.search(r"[\[^$|]", one.op)):
        for seed in list(texts)[:6]:
            texts += [f"一{seed}", f"{seed}一"]
        for group in re.findall(r"\[\^?([^\]]+)\]", pattern):
            for character in group.replace("-", ""):
                texts += [f"某{character}", f"某某{character}", *[seed[:-1] + character for seed in seeds[:3] if len(seed) > 1]]
        texts += [word for word in re.split(r"[\^$()|]", pattern) if word and not re.search(r"[\[\]{}.*?]", word)]
    return [text for text in texts if text and not FOREIGN.match(text)]


def _figures(seeds: list[str], parts: list[str], places: list[int]) -> list[str]:
    """Numbers of people and places, changed where the predicate looks: other digits, lengths, check characters."""
    made = []
    for seed in seeds[:6]:
        made += [seed[:-1], seed[1:], f"{seed}1", f"1{seed}", f"{seed[:-1]}*"]
        for place in places:
            if 2 < place <= len(seed):
                made += [seed[: place - 1] + digit + seed[place:] for digit in "0123456789"]
                made += [seed[: place - 1] + part + seed[place - 1 + len(part) :] for part in parts if re.fullmatch("[0-9A-Z]{1,6}", part)]
            if 10 < place < 30:
                made += [(seed + "41" + "1" * 12)[: place + step] for step in (-1, 0, 1)]
        if re.fullmatch(r"[0-9]{17}[0-9X].*", seed):
            other = seed[:16] + str((int(seed[16]) + 1) % 10)
            made += [other + check_character(other) + seed[18:], seed[:17] + ("0" if seed[17] != "0" else "1") + seed[18:]]
    return made


def _numbers(seeds: list[Any], constants: list[Node], fractional: bool) -> list[Any]:
    found = {float(seed) for seed in seeds if isinstance(seed, int | float)} | {0.0, 1.0}
    found |= {float(one.op) for one in constants if one.kind == "number"}
    steps = (-1, -0.01, 0.01, 1) if fractional else (-1, 1)
    near = found | {round(value + step, 4) for value in sorted(found)[:12] for step in steps}
    return sorted(near) if fractional else sorted({int(value) for value in near})


def values(bench: Bench, pool: Pool) -> dict[str, list[Any]]:
    """Column → values to try in it, NULL among them (parameters and as_of are never NULL)."""
    constants: dict[str, list[Node]] = defaultdict(list)
    related: dict[str, set[str]] = defaultdict(set)
    shifts: set[int] = set()
    for part in ("applies", "where"):
        for columns, near in _near(bench.node(part)):
            for column in columns:
                constants[column] += [one for one in near if one not in constants[column]]
                related[column] |= columns
            shifts |= {abs(int(one.op)) for one in near if one.kind == "number" and re.fullmatch(r"-?\d{1,4}", one.op)}
    tried: dict[str, list[Any]] = {}
    for column in bench.readable:
        if column == "as_of":
            continue
        alike = [column, *sorted(name for name in related[column] - {column} if bench.types[name] == bench.types[column])]
        own = [row[name] for name in alike for row in bench.entry.rows if row.get(name) is not None]
        seeds = list(dict.fromkeys([*own, *[value for name in alike for value in pool.held.get(name, [])[:6]]]))
        kind = bench.types[column]
        near = constants[column]
        if kind == "BOOLEAN":
            found: list[Any] = [True, False]
        elif kind == "DATE":
            found = list(_dates([*seeds, *[one.op for one in near if one.kind == "date"]], shifts))
        elif kind == "INTEGER":
            found = [*_months(seeds, shifts)]
        elif kind in NUMBERS:
            found = _numbers(seeds, near, kind in ("DOUBLE", "DECIMAL"))
        else:
            found = list(_texts(column, [str(seed) for seed in seeds], near, pool))
        empty = [] if column.startswith("参数_") else [None]
        tried[column] = list(dict.fromkeys([*empty, *found]))
    return tried
