"""The data date: the day a book speaks of, from file name, titles or a column, as its contract says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_COMPACT = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})?(?!\d)")
_SPACED = re.compile(r"(?<!\d)(20\d{2})\D{1,3}(\d{1,2})(?!\d)(?:\D{1,3}(\d{1,2})(?!\d))?")
_BREAK = re.compile(r"\D")
_TENS = re.compile(r"([1-3]?)十([1-9]?)")


def parse_day(text: str) -> date | None:
    """The date in `text` (2026-10-18, 20261018, 2026年10月18日, 二〇二六年十月, …); a missing day is the first."""
    folded = _fold(text)
    match = _COMPACT.search(folded) or _SPACED.search(folded)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return None


def _fold(text: str) -> str:
    """`text` under NFKC, Chinese numerals as figures."""
    figures = unicodedata.normalize("NFKC", text).translate(_DIGITS)
    return _TENS.sub(lambda found: str(int(found[1] or 1) * 10 + int(found[2] or 0)), figures)


def find_day(texts: Iterable[str], patterns: tuple[str, ...]) -> date | None:
    """The first valid date that one of `patterns` captures in `texts`, pattern by pattern; None if there is none.

    A pattern sees each text under NFKC, and again with Chinese numerals as figures (二〇二六年十月 → 2026年10月).
    """
    folded = [form for text in texts for form in dict.fromkeys((unicodedata.normalize("NFKC", text), _fold(text)))]
    for pattern in patterns:
        expression = re.compile(unicodedata.normalize("NFKC", pattern))
        for text in folded:
            start = 0
            while start <= len(text) and (match := expression.search(text, start)):
                captured = "-".join(group for group in match.groups() if group) or match[0]
                day = parse_day(captured)
                if day:
                    return day
                sign = _BREAK.search(match[0])  # a year or number before it may have swallowed half of the date: 2026_20261018
                start = match.start() + sign.end() if sign else max(match.end(), match.start() + 1)
    return None


def usual_day(values: Iterable[str | None]) -> date | None:
    """The most frequent date among a column's values, the earliest of equals: one slip of the pen must not decide."""
    counts: Counter[date] = Counter()
    for text, times in Counter(value for value in values if value).items():
        day = parse_day(text)
        if day:
            counts[day] += times
    if not counts:
        return None
    most = max(counts.values())
    return min(day for day, times in counts.items() if times == most)
