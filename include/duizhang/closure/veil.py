"""What a county's note quotes of other books is taken out before a department reads it, in whatever form it was quoted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HIDDEN = "〔略〕"
_SHORTEST = 4  # a shorter word (是, 在册) stands in ordinary sentences, too, and tells nothing by itself
_LONGEST_CODE = 12  # of longer texts no other order of parts is looked for
_BETWEEN = 2  # characters that may stand between the parts of a coded value: 二级的精神残疾
_LEAST_NUMBER = 100  # a smaller number (3 人, 12 月) tells nothing by itself
_CODE = re.compile(r"[0-9a-z一二三四五六七八九十甲乙丙丁]")  # marks a short word as a coded value: B类, 二级
_SEPARATOR = re.compile(r"[\W_]")
_NUMBER = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_DATE = re.compile(r"((?:19|20)\d\d)[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?(?:月|[t ][\d:.]*)?")
_DIGITS = "〇一二三四五六七八九"
Span = tuple[int, int]


@dataclass(frozen=True)
class _Folded:
    """A note under NFKC in lower case, and of each of its characters the place in the note."""

    text: str
    at: tuple[int, ...]

    def squeezed(self) -> _Folded:
        """The same without separators."""
        kept = [(char, at) for char, at in zip(self.text, self.at, strict=True) if not _SEPARATOR.match(char)]
        return _Folded("".join(char for char, _ in kept), tuple(at for _, at in kept))

    def span(self, start: int, end: int) -> Span:
        """The part of the note that characters `start` to `end` (past the last) come from."""
        return self.at[start], self.at[end - 1] + 1


def _fold(text: str) -> _Folded:
    found = [(char, at) for at, whole in enumerate(text) for char in unicodedata.normalize("NFKC", whole).casefold()]
    return _Folded("".join(char for char, _ in found), tuple(at for _, at in found))


def same(value: str) -> str:
    """What is equal of two forms of one value: a date as its numbers, a number as its worth, a text without separators."""
    text = _fold(value.strip()).text
    date = _date(text)
    if date:
        return "-".join(str(part) for part in date)
    number = text.replace(",", "")
    if re.fullmatch(r"\d{1,15}(\.\d+)?", number):
        return repr(float(number))
    return _SEPARATOR.sub("", text)


def veiled(note: str, secrets: Iterable[str], known: Iterable[str] = ()) -> str:
    """`note` with every quoted value of `secrets` as 〔略〕, but for those that are among `known` in any form.

    Digits are found with any separators and in any width, numbers also with commas or in 万, dates in any usual form (in
    Chinese numerals, without the year, year and month alone), short coded values in any order of their parts. Words of
    fewer than 4 characters are taken out only where they are codes (B类, 二级), numbers from 100 on.
    """
    open_to_them = {same(value) for value in known if value}
    hidden = [value for value in secrets if value.strip() and same(value) not in open_to_them]
    folded = _fold(note)
    spans = sorted(span for secret in hidden for span in _quotes(folded, _fold(secret.strip()).text))
    shown, end = "", 0
    for start, stop in spans:
        if stop <= end:
            continue
        shown += note[end:start] + HIDDEN if start >= end else ""
        end = stop
    return shown + note[end:]


def _quotes(note: _Folded, secret: str) -> Iterator[Span]:
    date = _date(secret)
    if date:
        yield from (note.span(*found.span()) for found in _date_forms(*date).finditer(note.text))
    number = secret.replace(",", "")
    if re.fullmatch(r"\d{1,15}(\.\d+)?", number) and float(number) >= _LEAST_NUMBER:
        yield from _numbers(note, float(number))
    word, squeezed = _SEPARATOR.sub("", secret), note.squeezed()
    if len(word) >= _SHORTEST or (len(word) > 1 and _CODE.search(word) and not word.isdecimal()):
        yield from (_whole(note, squeezed.span(*found.span())) for found in re.finditer(re.escape(word), squeezed.text))
    if _SHORTEST <= len(word) <= _LONGEST_CODE and not word.isascii():
        yield from _any_order(squeezed, word)


def _whole(note: _Folded, span: Span) -> Span:
    """The span with the rest of the number it ends in: 12,345.5 of 12,345.50."""
    last = max(place for place, at in enumerate(note.at) if at < span[1])
    tail = re.compile(r"(?:[.,]?\d)*").match(note.text, last + 1) if note.text[last].isdecimal() else None
    return (span[0], note.at[tail.end() - 1] + 1) if tail and tail.end() > last + 1 else span


def _numbers(note: _Folded, value: float) -> Iterator[Span]:
    for found in _NUMBER.finditer(note.text):
        quoted, end = float(re.sub("[, ]", "", found.group())), found.end()
        rest = re.compile(r"\s*万").match(note.text, end)
        if abs(quoted - value) < 1:
            yield note.span(found.start(), end)
        elif rest and abs(quoted * 10000 - value) < 100:
            yield note.span(found.start(), rest.end())


def _any_order(note: _Folded, word: str) -> Iterator[Span]:
    """Stretches of the note that hold every character of `word`, in any order, with little between."""
    wanted, size = Counter(word), len(word)
    for start in range(len(note.text) - size + 1):
        for length in range(size, size + _BETWEEN + 1):
            part = note.text[start : start + length]
            if part[0] in wanted and part[-1] in wanted and not wanted - Counter(part):
                yield note.span(start, start + len(part))
                break


def _date(text: str) -> tuple[int, int, int] | None:
    """Year, month and day (0: a month) of a value that is a date."""
    found = _DATE.fullmatch(text)
    year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return (year, month, day) if 1 <= month <= 12 and day <= 31 else None


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _date_forms(year: int, month: int, day: int) -> re.Pattern[str]:
    """2026-08-11: 2026年8月11日, 2026.8.11, 20260811, 26/8/11, 8月11日, 二〇二六年八月十一日, 2026年8月 …"""
    spoken = "".join(_DIGITS[int(digit)] for digit in str(year))
    years = f"(?:{year}|{year % 100:02}|{spoken}|{spoken.replace('〇', '零')}|{spoken.replace('〇', '0')})"
    months, gap = f"(?:0?{month}|{_chinese(month)})", r"\s*[-/.,年月]?\s*"
    if not day:
        return re.compile(rf"(?<!\d){years}{gap}{months}(?!\d)\s*月?(?:份)?")
    days = f"(?:0?{day}|{_chinese(day)})"
    whole = rf"{years}{gap}{months}{gap}{days}(?!\d)\s*[日号]?"
    short = rf"{months}\s*[月.\-/]\s*{days}(?!\d)\s*[日号]?"
    of_year = rf"{year}{gap}{months}(?!\d)\s*月?(?:份)?"
    return re.compile(rf"(?<!\d)(?:{whole}|{of_year}|{short})")
