"""Names of files and columns as they are compared: NFKC, no white space, nothing invisible."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import fnmatchcase

INVISIBLE = re.compile("[\\s\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]+")
PERSONAL = re.compile(r"\d{15,}|(?<!\d)1[3-9]\d{9}(?!\d)")
SHOWN = 40  # letters of a header shown in a sentence: a longer one is a remark, not a name


def name_key(text: str) -> str:
    """`text` as names are compared."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


def bare_key(text: str) -> str:
    """`name_key` without the asterisks that templates put beside columns which must be filled."""
    return name_key(text).strip("*")


def tidy(text: str) -> str:
    """A header as found, on one line."""
    return INVISIBLE.sub("", text)


def shown(name: str) -> str:
    """A header for a sentence: shortened, and masked where it looks like somebody's number."""
    if PERSONAL.search(name):
        return "（像个人号码，不显示）"
    return name if len(name) <= SHOWN else name[:SHOWN] + "…"


def base_name(name: str) -> str:
    """The last part of a path, under NFKC."""
    return unicodedata.normalize("NFKC", name.replace("\\", "/").rsplit("/", 1)[-1])


def stem(name: str) -> str:
    """`base_name` without its extension."""
    base = base_name(name)
    return base.rsplit(".", 1)[0] if "." in base else base


def name_matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether the base name of `name`, with or without extension, fits one of `patterns` (fnmatch, any case)."""
    forms = {base_name(name).casefold(), stem(name).casefold()}
    folded = [unicodedata.normalize("NFKC", pattern).casefold() for pattern in patterns]
    return any(fnmatchcase(form, pattern) for form in forms for pattern in folded)
