"""Proof that a mutant is no other rule: over every combination of empty and decisive values it gives the same verdict.

Atoms that compare one column with constants are decided by values of that column: the constants, what lies between and
beside them, another word, NULL. Of any other atom only this is taken as known: it is NULL where something that it reads
is NULL; else it may be TRUE or FALSE, whatever the others are. That is more than can really be, so what never differs
there never differs. What differs there is not proven, and must be shown by an example or explained by a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
from duizhang.core.lake import quote_name as q

from tests.indicators.grammar import NULL, OPENING, Node, is_boolean, read, render
from tests.indicators.judging import CLEAR, HIT, OUTSIDE, UNKNOWN, Bench
from tests.indicators.mutations import Mutant

TOGETHER, ALONE = 100_000, 1_000_000  # combinations: for all mutants at once, for one
# not 加天, 加月, 月首, 月末, 月差: dates of the year 9999 and months that are none do not come out of norm
OPEN_ENDED = OPENING - {"加天", "加月", "月首", "月末", "月差"}
CONSTANT = ("number", "text", "date")


def _fixed(name: str) -> bool:
    return name == "as_of" or name.startswith("参数_")


@dataclass
class Space:
    """The columns of the abstract rows: what each holds. `free`: text of an opaque atom, or of what makes it NULL → its column."""

    types: dict[str, str]
    expand: Callable[[str], str]  # a citation → the cited condition
    values: dict[str, set[Any]] = field(default_factory=dict)
    free: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> None:
        self.values.setdefault(name, set())

    def variable(self, text: str) -> Node:
        """The truth value that stands for `text`."""
        return Node("column", self.free.setdefault(text, f"_{len(self.free)}"))

    def abstract(self, node: Node) -> Node:
        """`node`, a truth value, with every opaque atom replaced by a variable that is NULL where the atom is."""
        simple = _simple(node)
        if simple is not None:
            name, constants = simple
            self.column(name)
            self.values[name] |= constants
            return node
        if node.kind in ("isnull", "notnull"):
            return self._emptiness(node)
        if node.kind == "cite":
            return self.abstract(read(node.op, self.expand(render(node))))
        if node.kind == "compare" and any(arg.kind == "case" and not is_boolean(arg, self.types) for arg in node.args):
            return self.abstract(_spread(node))
        if node.kind in ("and", "or", "not", "coalesce") or (
            node.kind == "compare" and all(is_boolean(arg, self.types) for arg in node.args)
        ):
            return Node(node.kind, node.op, tuple(self.abstract(arg) for arg in node.args))
        if node.kind == "case":
            return Node("case", "", tuple(self.abstract(arg) for arg in node.args))
        if node.kind == "column":
            self.column(node.op)
            return node
        if node.kind in ("bool", "null"):
            return node
        return self._opaque(node)

    def _emptiness(self, node: Node) -> Node:
        arg = node.args[0]
        if arg.kind == "coalesce" and all(one.kind == "column" for one in arg.args):
            for one in arg.args:
                self.column(one.op)
            empty = tuple(Node("isnull", "", (one,)) for one in arg.args)
            return Node("and", "", empty) if node.kind == "isnull" else Node("not", "", (Node("and", "", empty),))
        keys = self._keys(arg)
        empty = Node("or", "", (*keys, *keys)) if keys else Node("bool", "FALSE")
        return empty if node.kind == "isnull" else Node("not", "", (empty,))

    def _opaque(self, node: Node) -> Node:
        variable = self.variable(render(node))
        if node.kind == "compare" and "DISTINCT" in node.op:
            return variable
        if node.kind in ("in", "notin") and any(arg.kind not in CONSTANT for arg in node.args[1:]):
            return self._among(node, variable)
        keys = [key for arg in node.args for key in self._keys(arg)]
        return self._unless(keys, variable)

    def _among(self, node: Node, variable: Node) -> Node:
        """x IN (columns): NULL where x is or all of them are; where only some are it may be TRUE or NULL."""
        first = self._keys(node.args[0])
        rest = [self._keys(arg) or [Node("bool", "FALSE")] for arg in node.args[1:]]
        every = Node("and", "", tuple(Node("or", "", (*keys, *keys)) for keys in (*rest, rest[0])))
        return self._unless([*first, every, self.variable(f"{render(node)} is NULL")], variable)

    def _unless(self, keys: Sequence[Node], variable: Node) -> Node:
        if not keys:
            return variable
        return Node("case", "", (Node("or", "", (*keys, *keys)), NULL, variable))

    def _keys(self, node: Node) -> list[Node]:
        """Truth values of which one is TRUE exactly where `node`, a value, is NULL."""
        if node.kind == "column":
            if _fixed(node.op):
                return []
            self.column(node.op)
            return [Node("isnull", "", (node,))]
        if node.kind in (*CONSTANT, "bool"):
            return []
        if node.kind == "null":
            return [Node("bool", "TRUE")]
        if node.kind == "coalesce":
            parts = [self._keys(arg) for arg in node.args]
            if not all(parts):
                return []
            return [Node("and", "", tuple(Node("or", "", (*keys, *keys)) for keys in (*parts, parts[0])))]
        if node.kind == "case" or node.op in ("greatest", "least") or is_boolean(node, self.types):
            return [self.variable(f"{render(node)} is NULL")]
        keys = [key for arg in node.args for key in self._keys(arg)]
        return [*keys, self.variable(f"{render(node)} is NULL")] if node.kind == "call" and node.op in OPEN_ENDED else keys

    def domain(self, name: str) -> list[str]:
        """SQL literals of the values of a column or variable."""
        if name in self.free.values():
            return ["TRUE", "FALSE"]
        kind, constants = self.types[name], self.values[name]
        empty = [] if _fixed(name) else ["NULL"]
        if kind == "BOOLEAN":
            return [*empty, "TRUE", "FALSE"]
        if kind == "DATE":
            days = {day + timedelta(days=step) for day in constants for step in (-1, 0, 1)} | {date(2026, 1, 1)}
            return [*empty, *(f"DATE '{day}'" for day in sorted(days))]
        if kind == "VARCHAR":
            words = [*sorted(constants), "〇〇〇"]
            return [*empty, *("'" + word.replace("'", "''") + "'" for word in words)]
        if not constants:  # only whether it is there matters
            return [*empty, "0"]
        points = sorted({Decimal(0), *constants})
        between = {(a + b) / 2 for a, b in zip(points, points[1:], strict=False)} if kind == "DOUBLE" else set()
        steps = {point + step for point in points for step in (-1, 1)}
        return [*empty, *(format(point, "f") for point in sorted({*points, *between, *steps}))]

    def table(self, most: int) -> str | None:
        """The FROM of all combinations; None where they are too many."""
        names = [*self.values, *self.free.values()]
        domains = {name: self.domain(name) for name in names}
        if float(np.prod([float(len(values)) for values in domains.values()])) > most:
            return None
        parts = []
        for at, (name, values) in enumerate(domains.items()):
            kind = "BOOLEAN" if name in self.free.values() else self.types[name]
            rows = ", ".join(f"(CAST({value} AS {kind}))" for value in values)
            parts.append(f"(VALUES {rows}) t{at}({q(name)})")
        return " CROSS JOIN ".join(parts) or "(SELECT 1)"


def _spread(node: Node) -> Node:
    """(CASE WHEN a THEN x ELSE y END) < z as CASE WHEN a THEN x < z ELSE y < z END."""
    at = next(at for at, arg in enumerate(node.args) if arg.kind == "case")
    case = node.args[at]
    results = (*range(1, len(case.args) - 1, 2), len(case.args) - 1)
    return Node("case", "", tuple(node.with_arg(at, arg) if i in results else arg for i, arg in enumerate(case.args)))


def _simple(node: Node) -> tuple[str, set[Any]] | None:
    """Column and constants of an atom that compares one column with constants."""
    if node.kind == "compare":
        sides = sorted(node.args, key=lambda arg: arg.kind not in ("column", "coalesce"))
        first, rest = sides[0], [sides[1]]
        if sides[1] == first and not _fixed(first.op) and first.kind == "column":
            return first.op, set()
    elif node.kind in ("in", "notin", "between"):
        first, rest = node.args[0], [arg for arg in node.args[1:] if arg != node.args[0]]
    elif node.kind in ("isnull", "notnull"):
        first, rest = node.args[0], []
    else:
        return None
    if first.kind == "coalesce" and first.args[0].kind == "column":
        first, rest = first.args[0], [*first.args[1:], *rest]
    if first.kind != "column" or _fixed(first.op) and node.kind in ("isnull", "notnull"):
        return None
    if any(arg.kind not in CONSTANT for arg in rest) or first.op == "as_of":
        return None
    kinds = {"number": Decimal, "date": date.fromisoformat, "text": str}
    return first.op, {kinds[arg.kind](arg.op) for arg in rest}


def proven(bench: Bench, alive: Sequence[Mutant]) -> list[Mutant]:
    """Those of `alive` that give every row the same heading as the entry (a passing row may be left outside: `passes` holds both)."""
    done = _proven(bench, alive)
    if done is None:
        return [mutant for mutant in alive if _proven(bench, [mutant])]
    return done


def _proven(bench: Bench, alive: Sequence[Mutant]) -> list[Mutant] | None:
    """None where the combinations are too many for all of `alive` at once."""
    space = Space(bench.types, bench.shop.expand)
    try:
        own = {part: render(space.abstract(tree)) for part, tree in bench.trees.items()}
        others = [render(space.abstract(read(bench.entry.code, mutant.text))) for mutant in alive]
    except (KeyError, ValueError):
        return []
    table = space.table(TOGETHER if len(alive) > 1 else ALONE)
    if table is None:
        return None if len(alive) > 1 else []
    texts = [own["applies"], own["where"], *others]
    columns = ", ".join(f"coalesce(({text})::INTEGER, -1)::TINYINT AS v{at}" for at, text in enumerate(texts))
    try:
        found = bench.shop.con.execute(f"SELECT {columns} FROM {table}").fetchnumpy()
    except duckdb.Error:
        return None if len(alive) > 1 else []
    truth = [np.asarray(found[f"v{at}"]) for at in range(len(texts))]
    same = []
    for mutant, other in zip(alive, truth[2:], strict=True):
        a, w = (other, truth[1]) if mutant.part == "applies" else (truth[0], other)
        before, after = _verdict(truth[0], truth[1]), _verdict(a, w)
        if bool(np.all((before == after) | ((before == CLEAR) & (after == OUTSIDE)))):
            same.append(mutant)
    return same


def _verdict(a: Any, w: Any) -> Any:
    return np.where(a != 1, OUTSIDE, np.where(w == 1, HIT, np.where(w == -1, UNKNOWN, CLEAR)))
