"""Every single change of a predicate that its examples must notice.

Atoms removed, negated, and decided where an empty value leaves them open; constants shifted; < and <=, AND and OR
exchanged; items of lists and branches of CASE dropped; defaults of coalesce changed; patterns loosened. A citation
规则('X') is one atom: the examples of X are its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.indicators.grammar import FALSE, NODE_OF, NULL, TRUE, Node, is_boolean, is_fractional, may_be_null, render

OTHER = "〇"  # a word with this behind it is another word
STRICT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "IS DISTINCT FROM": "<>", "IS NOT DISTINCT FROM": "="}
CONSTANTS = ("number", "date", "text", "bool", "null")
LONGEST = 90  # characters of a predicate in a mutant's name
ONE, CENT = Decimal(1), Decimal("0.01")


@dataclass(frozen=True)
class Mutant:
    """`part` (applies or where) of an entry rewritten to `text`; `name` says what was changed and is unique in the entry."""

    part: str
    name: str
    text: str


Change = tuple[str, Node]  # what was changed, in words, and the whole that it gives


@dataclass(frozen=True)
class Place:
    """Where a node stands. `empty`: as what an unknown truth value counts there anyhow (TRUE, FALSE, or None: it matters)."""

    types: dict[str, str]
    boolean: bool = False
    empty: Node | None = None
    step: Decimal = ONE

    def value(self, step: Decimal = ONE) -> Place:
        """The place of an argument that is no truth value."""
        return Place(self.types, step=step)

    def truth(self, empty: Node | None = None) -> Place:
        """The place of a truth value."""
        return Place(self.types, True, empty)


def mutants(part: str, tree: Node, types: dict[str, str]) -> list[Mutant]:
    """All changes of `tree`, each once; `types` are the subject's columns. In `applies` an unknown counts as FALSE."""
    place = Place(types, True, FALSE if part == "applies" else None)
    if tree == TRUE:
        return []
    seen, names = {render(tree)}, dict[str, int]()
    found = []
    changes = list(_changes(tree, place))
    changes.append((f"drop {_said(tree)}", TRUE))
    for name, changed in changes:
        text = render(changed)
        if text in seen:
            continue
        seen.add(text)
        names[name] = names.get(name, 0) + 1
        number = f" ({names[name]})" if names[name] > 1 else ""
        found.append(Mutant(part, f"{part}: {name}{number}", text))
    return found


def _changes(node: Node, place: Place) -> Iterator[Change]:
    if place.boolean:
        yield from _truths(node, place)
    for new in _own(node, place):
        yield new if isinstance(new, tuple) else (f"{_said(node)} → {_said(new)}", new)
    if node.kind in ("and", "or"):
        for at, arg in enumerate(node.args):
            rest = (*node.args[:at], *node.args[at + 1 :])
            yield f"drop {_said(arg)}", rest[0] if len(rest) == 1 else Node(node.kind, "", rest)
    subject = _switch(node)
    if subject is not None:
        yield from _switched(node, subject, place)
        return
    for at, arg in enumerate(node.args):
        if node.kind == "coalesce" and arg.kind == "number":
            continue  # a default is changed by a lot
        if arg.kind == "text" and at and len(node.args) > 2 and node.kind in ("in", "notin"):
            continue  # another word in its stead is the same as without it
        for name, new in _changes(arg, _below(node, at, place)):
            whole = node.with_arg(at, new)
            if arg.kind in CONSTANTS and node.kind != "case":  # a bare number says nothing: name what it stands in
                name = f"{_said(node)} → {_said(whole)}"
            yield name, whole


def _switch(node: Node) -> Node | None:
    """x where `node` is CASE x WHEN … (the parser writes x = … at each branch)."""
    whens = node.args[0:-1:2] if node.kind == "case" else ()
    alike = all(when.kind == "compare" and when.op == "=" and when.args[0] == whens[0].args[0] for when in whens)
    return whens[0].args[0] if len(whens) > 1 and alike and all(when.args[1].kind in CONSTANTS for when in whens) else None


def _switched(node: Node, subject: Node, place: Place) -> Iterator[Change]:
    """Changes below CASE x WHEN …: x at once in all branches, the words and the results one by one."""
    for name, new in _changes(subject, place.value()):
        args = [Node("compare", "=", (new, arg.args[1])) if at % 2 == 0 and at < len(node.args) - 1 else arg for at, arg in enumerate(node.args)]
        yield f"CASE {name}", Node("case", "", tuple(args))
    for at, arg in enumerate(node.args):
        if at % 2 or at == len(node.args) - 1:
            yield from ((name, node.with_arg(at, new)) for name, new in _changes(arg, _below(node, at, place)))


def _said(node: Node) -> str:
    text = render(node)
    return f"«{text}»" if len(text) <= LONGEST else f"«{text[:50]} … {text[-25:]}»"


def _truths(node: Node, place: Place) -> Iterator[Change]:
    """Negation, and both decisions of what an empty value leaves open."""
    if node.kind in ("bool", "null", "and", "or", "case", "coalesce"):
        return
    yield f"negate {_said(node)}", node.args[0] if node.kind == "not" else Node("not", "", (node,))
    if node.kind == "not" or not may_be_null(node):
        return
    for decided in (FALSE, TRUE):
        if decided != place.empty:
            yield f"empty {_said(node)} counts as {decided.op}", Node("coalesce", "", (node, decided))


def _below(node: Node, at: int, place: Place) -> Place:
    """The place of the `at`-th argument of `node`."""
    types = place.types
    if node.kind in ("and", "or"):
        return place.truth(place.empty)
    if node.kind == "not":
        return place.truth({FALSE: TRUE, TRUE: FALSE}.get(place.empty) if place.empty else None)
    if node.kind == "case":
        if at % 2 == 0 and at < len(node.args) - 1:
            return place.truth(FALSE)
        return place if place.boolean else place.value(place.step)
    if node.kind == "coalesce":
        default = node.args[-1] if len(node.args) == 2 and at == 0 and node.args[1].kind == "bool" else None
        return place.truth(default) if is_boolean(node, types) else place.value(place.step)
    if node.kind == "compare" and all(is_boolean(arg, types) for arg in node.args):
        return place.truth()
    if node.kind == "call" and node.op not in ("abs", "greatest", "least", "round"):
        return place.value()
    if node.kind == "call" and node.op == "round" and at == 1:
        return place.value()
    if any(is_fractional(arg, types) for arg in node.args):
        return place.value(CENT)
    return place.value(place.step if node.kind == "arith" else ONE)


def _own(node: Node, place: Place) -> Iterator[Node | Change]:
    """What `node` itself becomes, its arguments as they are."""
    if node.kind in CONSTANTS:
        yield from _constants(node, place)
    elif node.kind in ("and", "or"):
        yield Node("or" if node.kind == "and" else "and", "", node.args)
    elif node.kind == "compare":
        yield from _comparisons(node)
    elif node.kind in ("in", "notin"):
        for at in range(1, len(node.args) if len(node.args) > 2 else 1):
            yield Node(node.kind, "", (*node.args[:at], *node.args[at + 1 :]))
        yield Node(node.kind, "", (*node.args, node.args[0]))  # any word is in
    elif node.kind == "between":
        value, lower, upper = node.args
        for at, sign in ((1, ">"), (2, "<")):
            if node.args[at].kind not in ("number", "date"):
                bounds = [Node("compare", ">=", (value, lower)), Node("compare", "<=", (value, upper))]
                bounds[at - 1] = Node("compare", sign, (value, node.args[at]))
                yield Node("and", "", tuple(bounds))
        yield Node("compare", ">=", (value, lower))
        yield Node("compare", "<=", (value, upper))
    elif node.kind == "coalesce" or (node.kind == "call" and node.op in ("greatest", "least")):
        for at in range(len(node.args)):
            rest = (*node.args[:at], *node.args[at + 1 :])
            if rest[0].kind not in ("number", "text", "bool", "date"):
                yield rest[0] if len(rest) == 1 else Node(node.kind, node.op, rest)
        if node.kind == "coalesce" and node.args[-1].kind == "number":
            yield node.with_arg(len(node.args) - 1, Node("number", "1000000"))
    elif node.kind == "arith":
        if node.op == "+":
            yield from node.args
        if node.op == "-":
            yield Node("arith", "+", node.args) if len(node.args) == 2 else node.args[0]
    elif node.kind == "case":
        yield from _branches(node)
    elif node.kind == "call" and node.op == "含":
        yield Node("compare", "=", (node.args[0], node.args[0]))  # any word
    elif node.kind == "call" and node.op == "regexp_matches" and node.args[1].kind == "text":
        for pattern in _patterns(node.args[1].op):
            yield node.with_arg(1, Node("text", pattern))


def _constants(node: Node, place: Place) -> Iterator[Node]:
    if node.kind == "number":
        for step in (-place.step, place.step):
            yield Node("number", format(Decimal(node.op) + step, "f"))
    elif node.kind == "date":
        for days in (-1, 1):
            yield Node("date", (date.fromisoformat(node.op) + timedelta(days=days)).isoformat())
    elif node.kind == "text" and node.op:
        yield Node("text", node.op + OTHER)
    elif place.boolean or node.kind == "bool":
        for name in ("TRUE", "FALSE", "NULL"):
            decided = NODE_OF[name]
            if decided != node and {decided, node} != {NULL, place.empty}:
                yield decided


def _comparisons(node: Node) -> Iterator[Node]:
    left, right = node.args
    if node.op in STRICT:
        yield Node("compare", STRICT[node.op], node.args)
    for constant, other in ((left, right), (right, left)):
        if constant.kind == "text" and other.kind != "text":
            yield Node("compare", node.op, (other, other))  # any word is this word


def _branches(node: Node) -> Iterator[Change]:
    for at in range(0, len(node.args) - 1, 2):
        rest = (*node.args[:at], *node.args[at + 2 :])
        name = f"drop WHEN {_said(node.args[at])} THEN {_said(node.args[at + 1])}"
        yield name, rest[0] if len(rest) == 1 else Node("case", "", rest)
    if node.args[-1].kind not in ("null", "bool"):
        yield f"drop ELSE {_said(node.args[-1])}", node.with_arg(len(node.args) - 1, NULL)


def _patterns(pattern: str) -> Iterator[str]:
    """Looser or narrower patterns: an anchor gone, an alternative gone, a character of a class gone, a repetition by one."""
    if pattern.startswith("^"):
        yield pattern[1:]
    if pattern.endswith("$"):
        yield pattern[:-1]
    for group in re.finditer(r"(?<![\[\\])\^?\(?([^()\[\]|]+(?:\|[^()\[\]|]+)+)\)?", pattern):
        words = group.group(1).split("|")
        for at in range(len(words)):
            yield pattern[: group.start(1)] + "|".join(words[:at] + words[at + 1 :]) + pattern[group.end(1) :]
    for cls in re.finditer(r"\[(\^?)([^\]]+)\]", pattern):
        items = re.findall(r".-.|.", cls.group(2))
        for at in range(len(items)):
            if len(items) > 1:
                kept = "".join(items[:at] + items[at + 1 :])
                yield pattern[: cls.start(2)] + kept + pattern[cls.end(2) :]
            if len(items[at]) == 3 and items[at] not in ("A-Z", "a-z", "0-9", "Ａ-Ｚ", "ａ-ｚ", "０-９"):
                first, last = items[at][0], items[at][2]
                for ends in ((chr(ord(first) + 1), last), (first, chr(ord(last) - 1))):
                    if ends[0] <= ends[1]:
                        edged = f"{ends[0]}-{ends[1]}"
                        yield pattern[: cls.start(2)] + "".join([*items[:at], edged, *items[at + 1 :]]) + pattern[cls.end(2) :]
    for times in re.finditer(r"\{(\d+)(,?)(\d*)\}", pattern):
        for step in (-1, 1):
            count = int(times.group(1)) + step
            if count >= 0:
                yield f"{pattern[: times.start(1)]}{count}{pattern[times.end(1) :]}"
