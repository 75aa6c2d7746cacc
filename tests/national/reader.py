"""A reader of the notation of rules.csv: recursive descent into closures over rows of text.

Two-valued, as the notation says: NUM, AGE, MONTHS, YMCN of an empty or unreadable text is unknown (None), and every
comparison with it is false; NOT turns that false into true. Nothing here knows our own catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Env = Mapping[str, Any]
Node = Callable[[Env], Any]

TOKEN = re.compile(
    r"\s*(?:(?P<col>\[[^\]]+\])|(?P<text>'[^']*')|(?P<num>\d+(?:\.\d+)?)|(?P<par>:\w+)|(?P<word>\w+)|(?P<op><>|<=|>=|[=<>(),:./]))"
)
KEYWORDS = {"AND", "OR", "NOT", "IN", "BETWEEN", "CONTAINS", "FOR", "FALSE"}
QUANTIFIERS = {"EXISTS", "ALL", "COUNT", "FIRST"}
MOBILE = re.compile(r"1[3-9]\d{9}")
YMCN = re.compile(r"(\d{4})年(\d{1,2})月?")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass
class Person:
    """What the exports say of one number in one household."""

    base: dict[str, str] | None = None
    work: list[dict[str, str]] = field(default_factory=list)
    plans: list[dict[str, str]] = field(default_factory=list)
    house: dict[str, str] | None = None
    number: str = ""
    household: Household | None = None


@dataclass
class Household:
    """All persons filed under one household in any export; `everybody` is the batch."""

    people: list[Person] = field(default_factory=list)
    everybody: list[Person] = field(default_factory=list)


@dataclass
class Village:
    """One row of the village export and the persons of the same county, town and village."""

    row: dict[str, str]
    people: list[Person] = field(default_factory=list)


def cell(thing: Any, column: str) -> str:
    """The text of a column: of a person their basic row, of a spell its own; '' where there is none."""
    row = thing.base if isinstance(thing, Person) else thing.row if isinstance(thing, Village) else thing
    return (row or {}).get(column, "")


def number_of(thing: Any) -> str:
    """ID: the person's number in whichever export names them."""
    return thing.number if isinstance(thing, Person) else cell(thing, "证件号码")


def members(env: Env, name: str, owner: str) -> list[Any]:
    """The rows or persons of the set `name` of `owner` ('' is who is judged)."""
    who = env[owner]
    if name == "村内人口":
        return list(who.people)
    if name == "全部人口":
        return list(who.household.everybody)
    if name in ("成员", "基础成员"):
        return [m for m in who.household.people if name == "成员" or m.base is not None]
    return list({"务工": who.work, "计划": who.plans}[name])


def num(text: Any) -> Decimal | None:
    """NUM: the decimal, None where it is none."""
    if isinstance(text, Decimal) or text is None:
        return text
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def day(text: Any) -> date | None:
    """A day from yyyymmdd or yyyy-mm-dd, None where it is none."""
    if isinstance(text, date) or text is None:
        return text
    digits = str(text).replace("-", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if re.fullmatch(r"\d{8}", digits) else None
    except ValueError:
        return None


def age(born: Any, on: Any) -> Decimal | None:
    """AGE: completed years."""
    a, b = day(born), day(on)
    return None if a is None or b is None else Decimal(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))


def month(text: Any) -> Decimal | None:
    """YMCN: 2023年3月 → 202303."""
    found = YMCN.fullmatch(str(text or "").strip())
    return Decimal(int(found[1]) * 100 + int(found[2])) if found and 1 <= int(found[2]) <= 12 else None


def first_day(text: Any) -> date | None:
    """YM1: the first day of 2023年3月."""
    value = month(text)
    return None if value is None else date(int(value) // 100, int(value) % 100, 1)


def months(a: Any, b: Any) -> Decimal | None:
    """MONTHS: b − a of yyyymm."""
    if not all(re.fullmatch(r"\d{4}(0[1-9]|1[0-2])", str(x or "")) for x in (a, b)):
        return None
    return Decimal((int(b) // 100 - int(a) // 100) * 12 + int(b) % 100 - int(a) % 100)


def check18(text: str) -> bool:
    """GB 11643 over the first 18 characters (the letter is upper case)."""
    body = text[:18]
    return (
        bool(re.fullmatch(r"\d{17}[\dX]", body))
        and "10X98765432"[sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=False)) % 11] == body[17]
    )


def is_number(text: str) -> bool:
    """ISNUM: what float() takes."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def items(text: str) -> list[str]:
    """The comma-separated parts of a cell, trimmed."""
    return [part.strip() for part in text.split(",")]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "LEN": lambda x: Decimal(len(x)),
    "TRIM": lambda x: x.strip(),
    "LEFT": lambda x, n: x[: int(n)],
    "SUBSTR": lambda x, start, n: x[int(start) - 1 : int(start) - 1 + int(n)],
    "HASITEM": lambda x, item: item in items(x),
    "SUBSET": lambda x, *allowed: bool(x) and set(items(x)) <= set(allowed),
    "NITEMS_NE": lambda x: Decimal(len({part for part in items(x) if part})),
    "ALL_EMPTY": lambda *cells: all(x == "" for x in cells),
    "ANY_EMPTY": lambda *cells: any(x == "" for x in cells),
    "ISNUM": is_number,
    "NUM": num,
    "AGE": age,
    "MONTHS": months,
    "YMCN": month,
    "YM1": first_day,
    "CHECK18": check18,
    "MOBILE": lambda x: bool(MOBILE.fullmatch(x)),
}


def compare(sign: str, a: Any, b: Any) -> bool:
    """Text with text, number with number; text beside a number is read as one; unknown compares false."""
    if isinstance(a, Decimal) != isinstance(b, Decimal):
        a, b = num(a), num(b)
    if a is None or b is None:
        return False
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


class Parser:
    """One predicate into one closure: `Parser(text).whole()(env)`; env[''] is who is judged, env[':name'] a parameter."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            if not found:
                raise SyntaxError(f"cannot read at {text[at : at + 20]!r}")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead][1] if self.at + ahead < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        found = self.peek()
        if not found or (wanted is not None and found != wanted):
            raise SyntaxError(f"expected {wanted!r}, found {found!r}")
        self.at += 1
        return found

    def skip(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def whole(self) -> Node:
        node = self.either()
        if self.peek():
            raise SyntaxError(f"left over: {self.peek()!r}")
        return node

    def either(self) -> Node:
        parts = [self.both()]
        while self.skip("OR"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else lambda env: any(p(env) for p in parts)

    def both(self) -> Node:
        parts = [self.negated()]
        while self.skip("AND"):
            parts.append(self.negated())
        return parts[0] if len(parts) == 1 else lambda env: all(p(env) for p in parts)

    def negated(self) -> Node:
        if self.skip("NOT"):
            inner = self.negated()
            return lambda env: not inner(env)
        return self.comparison()

    def comparison(self) -> Node:
        left = self.quotient()
        if self.peek() in ("=", "<>", "<", "<=", ">", ">="):
            sign, right = self.take(), self.quotient()
            return lambda env: compare(sign, left(env), right(env))
        negative = self.peek() == "NOT" and self.peek(1) == "IN" and self.skip("NOT")
        if self.skip("IN"):
            options = self.arguments()
            return lambda env: any(compare("=", left(env), o(env)) for o in options) != negative
        if self.skip("BETWEEN"):
            low = self.quotient()
            self.take("AND")
            high = self.quotient()
            return lambda env: compare(">=", left(env), low(env)) and compare("<=", left(env), high(env))
        if self.skip("CONTAINS"):
            part = self.quotient()
            return lambda env: part(env) in left(env)
        return left

    def quotient(self) -> Node:
        left = self.term()
        while self.skip("/"):
            left = self.divided(left, self.term())
        return left

    @staticmethod
    def divided(left: Node, right: Node) -> Node:
        return lambda env: left(env) / right(env) if right(env) else None

    def arguments(self) -> list[Node]:
        self.take("(")
        found = [self.either()]
        while self.skip(","):
            found.append(self.either())
        self.take(")")
        return found

    def term(self) -> Node:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.take()
        if text == "(":
            inner = self.either()
            self.take(")")
            return inner
        if kind == "text":
            return lambda env: text[1:-1]
        if kind == "num":
            return lambda env: Decimal(text)
        if kind == "par":
            return lambda env: env[text]
        if kind == "col":
            return lambda env: cell(env[""], text[1:-1])
        if kind != "word" or text in KEYWORDS - {"FALSE"}:
            raise SyntaxError(f"a value cannot begin with {text!r}")
        return self.named(text)

    def named(self, word: str) -> Node:
        if word == "FALSE":
            return lambda env: False
        if word == "ID":
            return lambda env: number_of(env[""])
        if word in QUANTIFIERS:
            return self.quantified(word)
        if word == "SUM":
            return self.summed()
        if word == "HAS":
            self.take("(")
            owner, name = self.set_name()
            self.take(")")
            return lambda env: self.has(env, owner, name)
        if self.peek() == "(":
            function, given = FUNCTIONS[word], self.arguments()
            return lambda env: function(*(g(env) for g in given))
        self.take(".")
        column = self.take()
        if column == "ID":
            return lambda env: number_of(env[word])
        if not column.startswith("["):
            raise SyntaxError(f"{word}.{column} is no value")
        return lambda env: cell(env[word], column[1:-1])

    def set_name(self) -> tuple[str, str]:
        first = self.take()
        return (first, self.take()) if self.skip(".") else ("", first)

    @staticmethod
    def has(env: Env, owner: str, name: str) -> bool:
        who = env[owner]
        return {
            "基础": who.base is not None,
            "户": who.house is not None,
            "务工": bool(who.work),
            "计划": bool(who.plans),
        }[name]

    def range(self) -> tuple[str, str, str, Node]:
        variable = self.take()
        self.take("IN")
        owner, name = self.set_name()
        condition: Node = lambda env: True  # noqa: E731
        if self.skip(":"):
            condition = self.either()
        return variable, owner, name, condition

    def quantified(self, word: str) -> Node:
        self.take("(")
        if self.peek(1) != "IN":  # COUNT(基础成员)
            owner, name = self.set_name()
            self.take(")")
            return lambda env: Decimal(len(members(env, name, owner)))
        variable, owner, name, condition = self.range()
        self.take(")")

        def hits(env: Env) -> list[bool]:
            return [bool(condition({**env, variable: each})) for each in members(env, name, owner)]

        if word == "EXISTS":
            return lambda env: any(condition({**env, variable: each}) for each in members(env, name, owner))
        if word == "ALL":
            return lambda env: all(hits(env))
        if word == "COUNT":
            return lambda env: Decimal(sum(hits(env)))
        self.take(".")
        column = self.take()[1:-1]
        return lambda env: next(
            (cell(each, column) for each, hit in zip(members(env, name, owner), hits(env), strict=True) if hit), ""
        )

    def summed(self) -> Node:
        self.take("(")
        value = self.either()
        self.take("FOR")
        variable, owner, name, condition = self.range()
        self.take(")")

        def total(env: Env) -> Decimal:
            inner = ({**env, variable: each} for each in members(env, name, owner))
            return sum((v for v in (value(e) for e in inner if condition(e)) if v is not None), Decimal(0))

        return total


def read(predicate: str) -> Node:
    """The predicate as a function of an environment. SyntaxError where it is none."""
    return Parser(predicate).whole()
