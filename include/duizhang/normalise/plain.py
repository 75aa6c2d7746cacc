"""Cells written plainly are typed by Arrow, a whole column at a time; only what is odd goes through `values` one by one.

For every type here the pattern lets through only texts of which the parser in `values` would say the same: that is
tested side by side (tests/unit/test_normalise_quick.py). What a pattern does not let through is not judged by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from duizhang.contracts.model import Column
from duizhang.core.wounds import ERROR_WORDS
from duizhang.normalise.values import ZERO_WIDTH, fold

_WHITE = "".join(
    map(chr, [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000])
)
_BAD = ZERO_WIDTH + "\t\r\n"
_LAST_COMPATIBLE = 0x2FA1F  # the last letter that NFKC changes
_EDGE, _INNER = f"[^{_WHITE}{_BAD}]", f"[^{_BAD}]"
_TEXT = f"^{_EDGE}({_INNER}*{_EDGE})?$"
_CODE = "^[0-9A-Za-z]+$"
_NUMBER = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"
_WHOLE = "^(0|[1-9][0-9]{0,14})$"
_IDENTITY = "^([0-9]{17}[0-9X]|[0-9]{15})$"
_PHONE = "^[0-9]{5,15}$"

Plain = tuple[pa.Array, pa.Array]  # BOOLEAN: written plainly; the values, NULL elsewhere


def _same(texts: pa.Array) -> pa.Array:
    return texts


def _whole(texts: pa.Array) -> pa.Array:
    return texts.cast(pa.int64())


def _number(texts: pa.Array) -> pa.Array:
    return texts.cast(pa.float64())


_Kind = tuple[str, Callable[[pa.Array], pa.Array]]
_KINDS: dict[str, _Kind] = {
    "id": (_IDENTITY, _same), "tel": (_PHONE, _same), "int": (_WHOLE, _whole), "dec": (_NUMBER, _number),
}  # fmt: skip


def plain(texts: pa.Array, column: Column, *, is_key: bool) -> Plain | None:
    """Which of the distinct `texts` are written plainly for the type of `column`, and their values; None: no such type.

    Plain texts have no issue, and nothing in them changes under folding or tidying.
    """
    kind: _Kind
    if column.type == "str":
        if column.empty and not is_key:  # words for 'no value' are compared under folding, which a plain text need not be
            return None
        kind = (_CODE if is_key else _TEXT), _same
    elif column.type in _KINDS:
        kind = _KINDS[column.type]
    else:
        return None
    pattern, take = kind
    mask = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    if column.type == "str":
        mask = pc.and_not(mask, pc.is_in(texts, value_set=pa.array(ERROR_WORDS, pa.string())))
    if column.empty:
        mask = pc.and_not(mask, pc.is_in(texts, value_set=pa.array([fold(word) for word in column.empty], pa.string())))
    return mask, take(pc.if_else(mask, texts, pa.scalar(None, pa.string())))


@lru_cache(maxsize=1024)
def first_letters(words: frozenset[str]) -> str | None:
    """A pattern that fits every text which under folding starts with one of `words`; None where none can be made.

    Folding is NFKC without white space: a letter comes from itself or from a compatibility letter. Words whose first
    letter is a composed one (é) may come from two letters, and get no pattern.
    """
    starts = {word[0] for word in words if word}
    if not starts or len(starts) < len({word[:1] for word in words}) or any(unicodedata.normalize("NFKD", one) != one for one in starts):
        return None
    letters = sorted(starts | {letter for start in starts for letter in _compatible().get(start, ())})
    return "[" + "".join(re.escape(letter) if letter.isascii() else letter for letter in letters) + "]"


@lru_cache(maxsize=1)
def _compatible() -> dict[str, list[str]]:
    """Letter → letters that become it, or begin with it, under NFKC."""
    found: dict[str, list[str]] = {}
    for number in range(_LAST_COMPATIBLE + 1):
        letter = chr(number)
        if not unicodedata.is_normalized("NFKC", letter) and (folded := fold(letter)) != letter:
            for piece in set(folded):
                found.setdefault(piece, []).append(letter)
    return found
