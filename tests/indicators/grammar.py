"""A predicate as a small tree of its own: read from DuckDB's parse (`core.predicate.parse`), written back as SQL.

Sixteen kinds of nodes are all that the predicate language has (docs/design.md §4). `render(read(code, text))` means
what `text` means: test_mutants proves it for every entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duizhang.core import predicate

PLAIN = re.compile(r"[^\W\d]\w*")
COMPARISONS = {
    "COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "<>", "COMPARE_LESSTHAN": "<", "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHAN": ">", "COMPARE_GREATERTHANOREQUALTO": ">=", "COMPARE_DISTINCT_FROM": "IS DISTINCT FROM",
    "COMPARE_NOT_DISTINCT_FROM": "IS NOT DISTINCT FROM",
}  # fmt: skip
OPERATORS = {
    "OPERATOR_IS_NULL": "isnull", "OPERATOR_IS_NOT_NULL": "notnull", "COMPARE_IN": "in", "COMPARE_NOT_IN": "notin",
    "OPERATOR_NOT": "not", "OPERATOR_COALESCE": "coalesce",
}  # fmt: skip
BOOLEAN_KINDS = frozenset({"and", "or", "not", "compare", "isnull", "notnull", "in", "notin", "between", "bool", "cite"})
BOOLEAN_CALLS = frozenset({"含", "同县", "校验合格", "regexp_matches"})


@dataclass(frozen=True)
class Node:
    """`kind`: column text number date bool null · compare arith call cite · and or not isnull notnull in notin between coalesce case.

    `op`: the column's or function's name, the operator, or the constant as text. A case has (when, then)* and its else.
    """

    kind: str
    op: str = ""
    args: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    @property
    def columns(self) -> frozenset[str]:
        """Names of the columns it reads."""
        return frozenset(node.op for node in self.walk() if node.kind == "column")

    def with_arg(self, at: int, arg: Node) -> Node:
        """The same node with its `at`-th argument replaced."""
        return Node(self.kind, self.op, (*self.args[:at], arg, *self.args[at + 1 :]))


TRUE, FALSE, NULL = Node("bool", "TRUE"), Node("bool", "FALSE"), Node("null", "NULL")
NODE_OF = {"TRUE": TRUE, "FALSE": FALSE, "NULL": NULL}


def read(code: str, text: str) -> Node:
    """The tree of `text`. Citations 规则('X') are one node each. Raises RuleProblem (lint) where it does not parse."""
    return _node(predicate.parse(code, text))


def _constant(value: dict[str, Any]) -> Node:
    if value.get("is_null"):
        return NULL
    kind, raw = value["type"]["id"], value["value"]
    if kind == "VARCHAR":
        return Node("text", raw)
    if kind == "BOOLEAN":
        return TRUE if raw else FALSE
    if kind == "DECIMAL":
        scale = value["type"]["type_info"]["scale"]
        digits = raw if isinstance(raw, int) else int(raw["upper"]) * 2**64 + int(raw["lower"])
        return Node("number", format(Decimal(digits).scaleb(-scale), "f"))
    return Node("number", str(raw))


def _node(tree: dict[str, Any]) -> Node:
    kind = tree["class"]
    if kind == "COLUMN_REF":
        return Node("column", tree["column_names"][-1])
    if kind == "CONSTANT":
        return _constant(tree["value"])
    if kind == "CAST":
        text = tree["child"]["value"]["value"]
        if tree["cast_type"]["id"] == "BOOLEAN":
            return TRUE if text == "t" else FALSE
        return Node("date", text)
    if kind == "COMPARISON":
        return Node("compare", COMPARISONS[tree["type"]], (_node(tree["left"]), _node(tree["right"])))
    if kind == "BETWEEN":
        return Node("between", "", tuple(_node(tree[part]) for part in ("input", "lower", "upper")))
    if kind == "CASE":
        checks = [_node(check[part]) for check in tree["case_checks"] for part in ("when_expr", "then_expr")]
        return Node("case", "", (*checks, _node(tree["else_expr"])))
    args = tuple(_node(child) for child in tree["children"])
    if kind == "CONJUNCTION":
        return Node("and" if tree["type"] == "CONJUNCTION_AND" else "or", "", args)
    if kind == "OPERATOR":
        return Node(OPERATORS[tree["type"]], "", args)
    name = tree["function_name"]
    if name == "规则":
        return Node("cite", args[0].op)
    return Node("arith" if name in predicate.ARITHMETIC else "call", name, args)


def _leaf(node: Node) -> str | None:
    if node.kind == "column":
        return node.op if PLAIN.fullmatch(node.op) else '"' + node.op.replace('"', '""') + '"'
    quoted = "'" + node.op.replace("'", "''") + "'"
    by_kind = {"text": quoted, "date": f"DATE {quoted}", "cite": f"规则({quoted})"}
    if node.kind in by_kind:
        return by_kind[node.kind]
    return node.op if node.kind in ("number", "bool", "null") else None


def _case(node: Node) -> str:
    pairs = zip(node.args[0:-1:2], node.args[1:-1:2], strict=True)
    whens = " ".join(f"WHEN {render(when)} THEN {render(then)}" for when, then in pairs)
    return f"CASE {whens} ELSE {render(node.args[-1])} END"


def render(node: Node) -> str:
    """SQL of `node`; whatever is no leaf and no call stands in brackets below another."""
    leaf = _leaf(node)
    if leaf is not None:
        return leaf
    if node.kind == "case":
        return _case(node)
    if node.kind in ("call", "coalesce"):
        return f"{node.op or 'coalesce'}({', '.join(render(arg) for arg in node.args)})"
    args = [render(arg) if _leaf(arg) is not None or arg.kind in ("call", "coalesce") else f"({render(arg)})" for arg in node.args]
    if node.kind in ("and", "or"):
        return f" {node.kind.upper()} ".join(args)
    if node.kind in ("compare", "arith"):
        return f"{args[0]} {node.op} {args[1]}" if len(args) == 2 else f"{node.op} {args[0]}"
    if node.kind in ("in", "notin"):
        return f"{args[0]} {'IN' if node.kind == 'in' else 'NOT IN'} ({', '.join(args[1:])})"
    if node.kind == "between":
        return f"{args[0]} BETWEEN {args[1]} AND {args[2]}"
    return {"not": f"NOT {args[0]}", "isnull": f"{args[0]} IS NULL", "notnull": f"{args[0]} IS NOT NULL"}[node.kind]


def is_boolean(node: Node, types: dict[str, str]) -> bool:
    """Whether `node` is a truth value: by its kind, its function, its column's type, or by what a coalesce or a case gives."""
    if node.kind == "column":
        return types.get(node.op) == "BOOLEAN"
    if node.kind == "call":
        return node.op in BOOLEAN_CALLS
    if node.kind == "coalesce":
        return any(is_boolean(arg, types) for arg in node.args)
    if node.kind == "case":
        return any(is_boolean(arg, types) for arg in (*node.args[1:-1:2], node.args[-1]))
    return node.kind in BOOLEAN_KINDS


def is_fractional(node: Node, types: dict[str, str]) -> bool:
    """Whether `node` is a number with a fraction (money, area, ratio): such thresholds are shifted by 0.01, others by 1."""
    if node.kind == "column":
        return types.get(node.op) in ("DOUBLE", "DECIMAL")
    if node.kind == "number":
        return "." in node.op
    if node.kind == "call" and node.op not in ("abs", "greatest", "least", "round"):
        return node.op == "比"
    if node.kind == "case":
        return any(is_fractional(arg, types) for arg in (*node.args[1:-1:2], node.args[-1]))
    return node.kind in ("arith", "coalesce", "call") and any(is_fractional(arg, types) for arg in node.args)


OPENING = frozenset({"月差", "idkey", "证件生日", "证件性别", "周岁", "加天", "比", "月首", "月末", "加月", "距离米", "规范姓名", "规范地名"})
"""Functions that give NULL where no argument is."""


def may_be_null(node: Node) -> bool:
    """Whether `node` can be NULL where a rule is judged: as_of and parameters never are, coalesce not where one argument never is."""
    if node.kind == "column":
        return node.op != "as_of" and not node.op.startswith("参数_")
    if node.kind in ("isnull", "notnull", "number", "text", "date", "bool") or node.op in ("IS DISTINCT FROM", "IS NOT DISTINCT FROM"):
        return False
    if node.kind in ("null", "cite") or (node.kind == "call" and node.op in OPENING):
        return True
    if node.kind == "case":
        return any(may_be_null(arg) for arg in (*node.args[1:-1:2], node.args[-1]))
    if node.kind == "coalesce" or node.op in ("greatest", "least"):
        return all(may_be_null(arg) for arg in node.args)
    return any(may_be_null(arg) for arg in node.args)
