"""How texts of lists are compared."""

from __future__ import annotations

import re
import unicodedata

from duizhang.core.functions import fold_number, plain_name

_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]+")
_MARKS = re.compile(r"[\W_]+")
_HIDDEN = re.compile(r"[*×✱●○◯■□#?•?~]")
_E_NOTATION = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]{2})", re.IGNORECASE)
SAFE_DIGITS = 14  # of a number that a spreadsheet stored as one: the fifteenth may be rounded, the rest is gone
ANY = "*"


def bare(text: str) -> str:
    """`text` under NFKC without white space and invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def header_key(text: str) -> str:
    """A header as it is compared: without bracketed remarks, white space and the marks that templates put beside it."""
    folded = bare(text)
    return (plain_name(folded) or folded).strip("*:：▼").upper()


def title_key(text: str) -> str:
    """A problem's name as it is compared: letters and figures only."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def number_pattern(text: str) -> str:
    """An identity number as it can be compared: digits and `*` for what is hidden or lost; '' where nothing is left."""
    folded = bare(text).strip("'\"`‘’“”=")
    stored = _E_NOTATION.fullmatch(folded)
    if stored:
        length = int(stored[3]) + 1
        digits = (stored[1] + (stored[2] or ""))[:SAFE_DIGITS]
        if len(stored[1] + (stored[2] or "")) < SAFE_DIGITS:
            digits = digits[:-1]
        return digits + ANY * max(length - len(digits), 1)
    starred = re.sub(r"[xX]{2,}", lambda found: ANY * len(found[0]), _HIDDEN.sub(ANY, folded))
    if re.fullmatch(r"[0-9]{17}\*", starred):  # one star in place of the check character is how some type X
        return fold_number(starred) or ""
    return starred.upper() if re.fullmatch(r"[0-9A-Za-z*]+", starred) else ""


def is_masked(pattern: str) -> bool:
    """Whether part of a number is hidden."""
    return ANY in pattern


def fits(pattern: str, number: str) -> bool:
    """Whether `number` may be what `pattern` shows: place by place where the lengths agree, else by both ends.

    A pattern that shows fewer than four characters fits nothing: it tells nobody from another.
    """
    if not number or len(pattern.replace(ANY, "")) < 4:
        return False
    if len(pattern) == len(number):
        return all(shown in (ANY, digit) for shown, digit in zip(pattern, number, strict=True))
    first, last = pattern.split(ANY, 1)[0], pattern.rsplit(ANY, 1)[-1]
    return len(first) + len(last) >= 4 and number.startswith(first) and number.endswith(last)


def name_fits(said: str, name: str) -> bool:
    """Whether `said` (王*、王某某、王＊芳) may be `name`: hidden characters stand for one each, at the end for any number."""
    one, other = plain_name(bare(said)) or "", plain_name(bare(name)) or ""
    if not one or not other:
        return False
    if one == other:
        return True
    pattern = "".join("." if char in "*×✱●○某?#Xx" else re.escape(char) for char in one)
    if "." not in pattern.replace("\\.", "") or pattern.startswith("."):
        return False
    return re.fullmatch(re.sub(r"\.+$", ".+", pattern), other) is not None
