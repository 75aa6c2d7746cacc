"""From the text of a cell to its value: one total function per type of `fields.md`.

Each takes the text as the file has it and gives `(value, problem)`; `problem` is the kind of a cell issue or None.
What cannot be read becomes None with its issue, never an exception and never a guess.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from duizhang.contracts.load import CodeList
from duizhang.contracts.model import Column
from duizhang.core.wounds import CODE_ISSUE, DATE_ISSUE, ERROR_WORDS, FORMULA, NUMBER_ISSUE

# nothing that is seen: of no width, marks of writing direction, control characters
ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad" + "".join(
    chr(code) for code in (*range(9), 11, 12, *range(14, 32), 127)
)
NO_VALUE = frozenset({"", "/", "-", "—", "--", "——", "无", "\\"})
OPEN_END = frozenset({"长期", "至今", "永久"})
_CLEAN = re.compile(f"[{ZERO_WIDTH}\t\r\n]")
_WIDE = re.compile(f"[{ZERO_WIDTH}\t\r\n０-９Ａ-Ｚａ-ｚ\u3000\u00a0]")
_SPACE = re.compile(r"\s+")
_TAIL = re.compile(r"\.0+$")
_WRAPPED = re.compile(r'^="(.*)"$')
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$")
_MONTH = re.compile(r"^(\d{4})[-/.年](\d{1,2})月?$")
_DAY8 = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_MONTH6 = re.compile(r"^(\d{4})(\d{2})$")
_HAN_DATE = re.compile(r"^([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?$")
_HAN_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "Ｏ": 0}
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?$")
_UNIT = re.compile(r"(?:元|人|户|月|亩|平方米|㎡|m2|公里|km|米|个|%|岁)$")
_GROUPED = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")  # 1,234,567; a comma anywhere else is no thousands mark
_SPLIT = re.compile(r"[,，、;；/\s]+")
_FAILED = {
    **dict.fromkeys(("int", "dec"), NUMBER_ISSUE), **dict.fromkeys(("enum", "enum*", "bool"), CODE_ISSUE),
    **dict.fromkeys(("date", "date8", "datetime", "ym", "ymcn", "year"), DATE_ISSUE),
}  # the issue of a cell whose formula failed, by the column's type
EXACT = 2**53
EXCEL_EPOCH = date(1899, 12, 30)

Parsed = tuple[Any, str | None]


def tidy(text: str) -> str:
    """Text as it is kept: no zero-width characters, no tabs or line breaks, no blank ends."""
    return _CLEAN.sub("", text).strip().strip("\u3000\u00a0")


def fold(text: str) -> str:
    """Text of a number, date, ID or code: NFKC, without zero-width characters and any white space."""
    return _SPACE.sub("", _CLEAN.sub("", unicodedata.normalize("NFKC", text)))


def changed_by_folding(text: str) -> bool:
    """Whether a folded cell held full-width letters, digits or blanks, or invisible characters (FMT-008).

    Plain blanks do not count, nor full-width punctuation: official words have it (监测对象（未消除）).
    """
    return _WIDE.search(text) is not None


def changed_by_tidying(text: str) -> bool:
    """Whether a text cell held invisible characters, tabs or line breaks (FMT-008)."""
    return _CLEAN.search(text) is not None


def _year_month_day(text: str) -> tuple[int, int, int | None] | None:
    for pattern in (_DAY, _DAY8):
        if found := pattern.match(text):
            return int(found[1]), int(found[2]), int(found[3])
    for pattern in (_MONTH, _MONTH6):
        if found := pattern.match(text):
            return int(found[1]), int(found[2]), None
    if found := _HAN_DATE.match(text):
        year = int("".join(str(_HAN_DIGIT[c]) for c in found[1]))
        day = _han_number(found[3]) if found[3] else None
        return year, _han_number(found[2]), day
    return None


def _han_number(text: str) -> int:
    if "十" not in text:
        return _HAN_DIGIT.get(text, 0) if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    return (_HAN_DIGIT.get(tens, 0) if tens else 1) * 10 + (_HAN_DIGIT.get(ones, 0) if ones else 0)


def _number_text(text: str) -> str:
    return _TAIL.sub("", fold(text))


def parse_date(text: str) -> Parsed:
    """A day, in all spellings of standards.md §8 #8; a month alone is its first day; 长期/至今 and / mean no value."""
    folded = _number_text(text)
    if folded in NO_VALUE or folded in OPEN_END:
        return None, None
    parts = _year_month_day(folded)
    if parts is None and re.fullmatch(r"\d{5}", folded) and 10_000 <= int(folded) <= 73_050:
        return EXCEL_EPOCH + timedelta(days=int(folded)), None
    if parts is None:
        return None, DATE_ISSUE
    try:
        return date(parts[0], parts[1], 1 if parts[2] is None else parts[2]), None
    except ValueError:
        return None, DATE_ISSUE


def parse_month(text: str) -> Parsed:
    """A month as the integer YYYYMM; a day is cut to its month."""
    folded = _number_text(text)
    if folded in NO_VALUE or folded in OPEN_END:
        return None, None
    parts = _year_month_day(folded)
    if parts is None or not (1800 <= parts[0] <= 2200 and 1 <= parts[1] <= 12):
        return None, DATE_ISSUE
    return parts[0] * 100 + parts[1], None


def parse_year(text: str) -> Parsed:
    """A calendar year."""
    folded = _number_text(text).removesuffix("年度").removesuffix("年")
    if folded in NO_VALUE:
        return None, None
    if re.fullmatch(r"(18|19|20|21)\d{2}", folded):
        return int(folded), None
    return None, DATE_ISSUE


def parse_number(text: str) -> Parsed:
    """A decimal number: thousands commas, a unit word, 万, and bookkeepers' brackets for a negative are understood."""
    folded = _GROUPED.sub(lambda found: found[0].replace(",", ""), fold(text))
    if folded in NO_VALUE:
        return None, None
    negative = folded.startswith("(") and folded.endswith(")")
    if negative:
        folded = folded[1:-1]
    factor = 1.0
    folded = folded.removeprefix("¥")
    if folded.endswith(("万元", "万")):
        factor, folded = 10_000.0, folded.removesuffix("元").removesuffix("万")
    folded = _UNIT.sub("", folded)
    if not _NUMBER.match(folded):
        return None, NUMBER_ISSUE
    value = float(folded) * factor
    if not math.isfinite(value):
        return None, NUMBER_ISSUE
    return (-value if negative else value), None


def parse_int(text: str) -> Parsed:
    """A whole number; 3.0 is 3; 3.5 is an issue, and so is what a DOUBLE cannot count exactly (2^53 and more)."""
    value, problem = parse_number(text)
    if value is None:
        return None, problem
    return (int(value), None) if abs(value) < EXACT and value == int(value) else (None, NUMBER_ISSUE)


def parse_phone(text: str) -> Parsed:
    """A telephone number as text, without blanks, dashes kept, the .0 of a spreadsheet cut."""
    folded = _number_text(text)
    return (None if folded in NO_VALUE else folded), None


def parse_identity(text: str) -> Parsed:
    """An identity or disability-certificate number as text: folded, upper case, spreadsheet wrappings taken off.

    `*` in the last of 18 places stands for X (standards.md §1); a number with more stars is masked and kept so.
    """
    folded = fold(text)
    if wrapped := _WRAPPED.match(folded):
        folded = wrapped[1]
    folded = _TAIL.sub("", folded.lstrip("'`")).upper()
    if len(folded) == 18 and folded.count("*") == 1 and folded.endswith("*"):
        folded = folded[:-1] + "X"
    return (None if folded in NO_VALUE else folded), None


def parse_code_text(text: str) -> Parsed:
    """A code kept as text (户编号, 区划编码 …): folded, the .0 of a spreadsheet cut."""
    folded = _number_text(text).lstrip("'")
    return (folded or None), None


def parse_text(text: str) -> Parsed:
    """Plain text: tidied, otherwise as it is."""
    return (tidy(text) or None), None


def code_parser(column: Column, codes: CodeList | None) -> Callable[[str], Parsed]:
    """Parser of an enum, enum* or bool column: value fixes, then the code list; unknown words stay and are an issue."""
    spelling: dict[str, str | None] = {fold(word): meaning for word, meaning in codes.spelling.items()} if codes else {}
    spelling |= {fold(word): meaning for word, meaning in column.values.items()}
    order = {word: place for place, word in enumerate(codes.words)} if codes else {}

    def one(text: str) -> Parsed:
        word = fold(text)
        if word in spelling:
            return spelling[word], None
        return tidy(text), (CODE_ISSUE if codes else None)

    def single(text: str) -> Parsed:
        return one(text) if fold(text) not in ("", "/", "-") else (None, None)

    def several(text: str) -> Parsed:
        whole = fold(text)
        if whole in spelling:
            return spelling[whole], None
        words, problem = set(), None
        for piece in _SPLIT.split(unicodedata.normalize("NFKC", _CLEAN.sub("", text))):
            if not piece or piece == "-":
                continue
            meaning, issue = one(piece)
            problem = problem or issue
            if meaning is not None:
                words.add(meaning)
        ordered = sorted(words, key=lambda word: (order.get(word, len(order)), word))
        return ("、".join(ordered) or None), problem

    return several if column.type == "enum*" else single


def parser(column: Column, codes: CodeList | None, *, is_key: bool) -> Callable[[str], Parsed]:
    """The parser of `column`; `is_key` columns of type str are codes and are folded."""
    simple: dict[str, Callable[[str], Parsed]] = {
        "int": parse_int, "dec": parse_number, "id": parse_identity, "tel": parse_phone, "date": parse_date,
        "datetime": parse_date, "date8": parse_date, "ym": parse_month, "ymcn": parse_month, "year": parse_year,
    }  # fmt: skip
    if column.type in ("enum", "enum*", "bool"):
        base = code_parser(column, codes)
    elif column.type == "str":
        base = parse_code_text if is_key else parse_text
    else:
        base = simple[column.type]
    words = frozenset(fold(word) for word in column.empty)
    failed = _FAILED.get(column.type, FORMULA)

    def one(text: str) -> Parsed:
        if text[:1] == "#" and text.strip().upper() in ERROR_WORDS:
            return None, failed
        return (None, None) if words and fold(text) in words else base(text)

    return one
