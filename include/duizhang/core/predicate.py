"""The predicate language: what a rule may say, and which columns it reads.

A predicate is parsed by DuckDB itself (`json_serialize_sql`), so what is linted is what will run. Only the shapes
listed here are let through; everything else is a RuleProblem that names the rule and the construct.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb

from duizhang.core.errors import RuleProblem

SQL_FUNCTIONS = frozenset(
    {"coalesce", "abs", "greatest", "least", "length", "left", "right", "substr", "upper", "regexp_matches", "round"}
)
DOMAIN_FUNCTIONS = frozenset(
    ["月差", "月", "年", "周岁", "含", "项数", "idkey", "号码位数", "校验合格", "证件生日", "证件性别", "规范姓名", "规范地名", "同县"]
    + ["加天", "天差", "工作日差", "比", "月首", "月末", "加月", "文本", "距离米"]
)
ARITHMETIC = frozenset({"+", "-", "*"})
ALLOWED_CLASSES = frozenset(
    {"COLUMN_REF", "CONSTANT", "COMPARISON", "CONJUNCTION", "OPERATOR", "FUNCTION", "BETWEEN", "CASE", "CAST"}
)
ALLOWED_OPERATORS = frozenset(
    {"OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "COMPARE_IN", "COMPARE_NOT_IN", "OPERATOR_NOT", "OPERATOR_COALESCE"}
)

NAME = re.compile(r"\"((?:[^\"]|\"\")*)\"|([^\W\d]\w*)")  # a quoted or plain name in SQL
_AS_OF = re.compile(r":as_of\b")
_STRING = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r"(?<!\w)(?:[Dd][Aa][Tt][Ee]\s*)?'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_HIDING = re.compile(r"--|/\*|[$';]")


def with_as_of(sql: str, value: str = "as_of") -> str:
    """`:as_of` outside string literals becomes `value`: the subject's column `as_of`, or a DATE literal."""
    pieces: list[str] = []
    last = 0
    for literal in _STRING.finditer(sql):
        pieces += [_AS_OF.sub(value, sql[last : literal.start()]), literal.group()]
        last = literal.end()
    pieces.append(_AS_OF.sub(value, sql[last:]))
    return "".join(pieces)


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


@lru_cache(maxsize=8192)
def _tree(statement: str) -> Any:
    text = _parser().cursor().execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
    assert text is not None
    return json.loads(text[0])


def _where(code: str, statement: str) -> dict[str, Any]:
    try:
        document = _tree(statement)
    except (duckdb.Error, RecursionError):
        raise RuleProblem(code, "lint", "cannot be parsed, or is nested too deep") from None
    if document.get("error"):
        raise RuleProblem(code, "lint", f"does not parse: {document.get('error_message', 'syntax error')}")
    if len(document["statements"]) != 1:
        raise RuleProblem(code, "lint", "is more than one statement")
    node: dict[str, Any] = document["statements"][0]["node"]
    if node.get("type") != "SELECT_NODE" or node.get("modifiers") or node.get("from_table", {}).get("type") != "EMPTY":
        raise RuleProblem(code, "lint", "is not a plain boolean expression")
    where: dict[str, Any] = node["where_clause"]
    return where


def parse(code: str, sql: str) -> dict[str, Any]:
    """The WHERE tree of `sql`, or a RuleProblem (kind `lint`)."""
    if _HIDING.search(_QUOTED.sub("", sql)):
        raise RuleProblem(code, "lint", "has a comment, a $, a semicolon or a string with a prefix")
    # in brackets and bare: what only parses in brackets closes ours ("TRUE) OR (TRUE"), what only parses bare goes on
    # beyond the condition ("TRUE GROUP BY x")
    expression = with_as_of(sql)
    _where(code, f"SELECT 1 WHERE {expression}")
    return _where(code, f"SELECT 1 WHERE ({expression})")


def _walk(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "class" in node:
                yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _literal(node: dict[str, Any]) -> bool:
    if node["class"] == "CAST":
        return bool(node["child"]["class"] == "CONSTANT" and node["cast_type"]["id"] in ("DATE", "BOOLEAN") and not node.get("try_cast"))
    return bool(node["class"] == "CONSTANT")


def columns(code: str, sql: str) -> frozenset[str]:
    """Names of the columns that `sql` reads (`:as_of` counts as `as_of`)."""
    return frozenset(node["column_names"][-1] for node in _walk(parse(code, sql)) if node["class"] == "COLUMN_REF")


def lint(code: str, sql: str) -> None:
    """Raise a RuleProblem (kind `lint`) where `sql` uses anything outside the language."""
    for node in _walk(parse(code, sql)):
        kind = node["class"]
        if kind not in ALLOWED_CLASSES:
            raise RuleProblem(code, "lint", f"uses {kind}, which the predicate language does not have")
        if kind == "FUNCTION":
            name = node["function_name"]
            operator = node.get("is_operator")
            if (operator and name not in ARITHMETIC) or (not operator and name not in SQL_FUNCTIONS | DOMAIN_FUNCTIONS):
                raise RuleProblem(code, "lint", f"uses {name}, which is not a function of the predicate language")
            if any(node.get(part) for part in ("schema", "catalog", "filter", "distinct")) or node.get("order_bys", {}).get("orders"):
                raise RuleProblem(code, "lint", f"calls {name} with more than its arguments")
        elif kind == "OPERATOR" and node["type"] not in ALLOWED_OPERATORS:
            raise RuleProblem(code, "lint", f"uses {node['type']}, which the predicate language does not have")
        elif kind == "CAST" and not _literal(node):
            raise RuleProblem(code, "lint", "casts; only DATE '…' literals are allowed")
        elif kind == "COLUMN_REF" and len(node["column_names"]) != 1:
            raise RuleProblem(code, "lint", "qualifies a column")
