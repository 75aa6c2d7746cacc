"""Rows on which an entry and its surviving mutants differ: existing examples with one to three columns changed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.indicators.grammar import Node, render
from tests.indicators.judging import CLEAR, HIT, LISTS, NA, OUTSIDE, SCOPE, UNKNOWN, Bench, Row
from tests.indicators.mutations import Mutant
from tests.indicators.values import NUMBERS, Pool, values

BATCH, PAIRS, TRIPLES = 20_000, 30_000, 20_000
WEIGHT = np.array([0, 2, 4, 5])  # a near miss says more than an unknown, that more than a row the rule does not apply to


@dataclass(frozen=True)
class Proposal:
    """A row for `heading` of the examples, by the rule's own verdict, and the mutants that it kills."""

    heading: str
    row: Row
    kills: tuple[Mutant, ...]


def _put(row: Row, changes: dict[str, Any]) -> Row:
    changed = {name: value for name, value in row.items() if name not in changes}
    return changed | {name: value for name, value in changes.items() if value is not None}


def _changes(tried: dict[str, list[Any]], size: int, limit: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Up to `limit` ways to change `size` columns: all of them, or as many drawn."""
    names = sorted(tried)
    if len(names) < size:
        return
    total = sum(int(np.prod([len(tried[name]) for name in some])) for some in itertools.combinations(names, size)) if size < 3 else limit + 1
    if total <= limit:
        for some in itertools.combinations(names, size):
            for given in itertools.product(*(tried[name] for name in some)):
                yield dict(zip(some, given, strict=True))
        return
    for _ in range(limit):
        yield {name: dice.choice(tried[name]) for name in dice.sample(names, size)}


def _solve(bench: Bench, rows: Sequence[Row]) -> list[Row]:
    """Rows in which one number is put where a comparison of the predicate is just even, and a step to either side."""
    sides = []
    for part in ("applies", "where"):
        for atom in bench.node(part).walk():
            if atom.kind == "compare" and atom.op not in ("=", "<>") and any(bench.types.get(c) in NUMBERS for c in atom.columns):
                sides.append(atom)
    made: list[Row] = []
    for atom in sides[:12]:
        for name in sorted(atom.columns):
            if bench.types.get(name) in NUMBERS:
                made += _even(bench, rows, atom.args, name)
    return made


def _even(bench: Bench, rows: Sequence[Row], sides: Sequence[Node], name: str) -> list[Row]:
    gaps = []
    text = f"({render(sides[0])}) - ({render(sides[1])})"
    fractional = bench.types[name] == "DOUBLE"
    points = (0.0, 10.0, 100.0, 1000.0, 100000.0)
    for point in points:
        bench.fill([_put(row, {name: point if fractional else int(point)}) for row in rows])
        gaps.append(bench.number(text))
    made = []
    for at, row in enumerate(rows):
        for (x0, g0), (x1, g1) in itertools.pairwise(zip(points, gaps, strict=True)):
            a, b = g0[at], g1[at]
            if a is None or b is None or a == b:
                continue
            even = round(x0 - a * (x1 - x0) / (b - a), 4)
            if abs(even) < 1e7:
                steps = (-1, -0.5, -0.05, -0.04, -0.01, -0.004, 0, 0.004, 0.01, 0.04, 0.05, 0.5, 1) if fractional else (-1, 0, 1)
                made += [_put(row, {name: round(even + step, 4) if fractional else int(round(even + step))}) for step in steps]
    return made


def _odd(row: Row) -> float:
    """How unlike a real row: negative amounts, months and days to come, thousandths."""
    odd = 0.0
    for value in row.values():
        if isinstance(value, int | float) and not isinstance(value, bool):
            odd += (value < 0) + 0.5 * (round(value, 2) != value) + 0.1 * (round(value) != value) + (202610 < value < 203000)
        elif isinstance(value, str):
            odd += (value[:3] == "20" and value > "2026-10-31" and value[4:5] == "-") + 0.3 * value.startswith("一")
    return odd


class Search:
    """The search for one entry; `rows` are its examples and what was proposed so far."""

    def __init__(self, bench: Bench, pool: Pool, effort: int = 1) -> None:
        self.bench, self.tried = bench, values(bench, pool)
        self.dice = random.Random(f"{bench.entry.code}/{effort}")
        self.effort = effort
        self.base: list[Row] = [dict(row) for row in bench.entry.rows]

    def _judged(self, rows: list[Row], wanted: Sequence[Mutant]) -> list[tuple[Row, int, npt.NDArray[np.int8]]]:
        found = []
        for at in range(0, len(rows), BATCH):
            some = rows[at : at + BATCH]
            own, matrix = self.bench.differ(wanted, some)
            found += [(some[i], int(own[i]), matrix[:, i]) for i in np.flatnonzero(matrix.any(axis=0) & (own != NA))]
        return found

    def _rows(self, size: int) -> list[Row]:
        bases = self.base[: 12 * self.effort]
        limit = {1: 10**9, 2: PAIRS, 3: TRIPLES}[size] * self.effort // max(1, len(bases))
        return [_put(base, change) for base in bases for change in _changes(self.tried, size, limit, self.dice)]

    def _pick(self, found: list[tuple[Row, int, npt.NDArray[np.int8]]], wanted: list[Mutant]) -> list[Proposal]:
        """Few rows that kill all that can be: the most first, of these the shortest, a hit or a pass before an unknown."""
        picked = []
        open_ = np.ones(len(wanted), dtype=np.int8)
        matrix = np.array([kills for _, _, kills in found], dtype=np.int16)
        weight = WEIGHT[matrix]
        dear = np.array([len(row) + (0.5 if verdict == UNKNOWN else 0) + _odd(row) + len(str(row)) / 1000 for row, verdict, _ in found])
        while True:
            gains = (weight * open_).sum(axis=1)
            if not gains.max(initial=0):
                return picked
            best = int(np.lexsort((dear, -gains))[0])
            meant = (matrix[best] > 0) & (open_ > 0)
            row, verdict = self._shorten(found[best][0], [mutant for mutant, dead in zip(wanted, meant, strict=True) if dead])
            _, whole = self.bench.differ(wanted, [row])  # the shorter row may kill more
            kills = (whole[:, 0] > 0) & (open_ > 0)
            killed = tuple(mutant for mutant, dead in zip(wanted, kills, strict=True) if dead)
            heading = "outside" if (whole[kills, 0] == SCOPE).any() else LISTS[verdict]
            picked.append(Proposal(heading, row, killed))
            self.base.append(row)
            open_[kills] = 0

    def _shorten(self, row: Row, kills: list[Mutant]) -> tuple[Row, int]:
        """`row` without the columns that it can do without, its verdict kept."""
        own, whole = self.bench.differ(kills, [row])
        verdict = int(own[0])
        for name in sorted(row, key=lambda name: name in self.bench.columns):
            less = {other: value for other, value in row.items() if other != name}
            if not less:
                break
            own, matrix = self.bench.differ(kills, [less])
            same = int(own[0]) == verdict or {int(own[0]), verdict} == {CLEAR, OUTSIDE}
            if same and (matrix >= whole).all() and int(own[0]) in (HIT, CLEAR, OUTSIDE, UNKNOWN):
                row, verdict = less, int(own[0])
        return row, verdict

    def run(self, wanted: list[Mutant]) -> tuple[list[Proposal], list[Mutant]]:
        """Proposals, and the mutants for which no row was found."""
        proposals: list[Proposal] = []
        for stage in ("1", "2", "even", "3", "even"):
            if not wanted:
                break
            rows = _solve(self.bench, self.base[:24]) if stage == "even" else self._rows(int(stage))
            found = self._judged(rows, wanted)
            if found:
                picked = self._pick(found, wanted)
                proposals += picked
                killed = {mutant for proposal in picked for mutant in proposal.kills}
                wanted = [mutant for mutant in wanted if mutant not in killed]
        return proposals, wanted
