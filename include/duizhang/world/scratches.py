"""Scratches of files: what looks like a wound of a delivery (see `wounds`) and is none.

Some are the odd spellings that `wounds` writes anyway, in deliveries without the wound; the rest is done here, in rows of
villagers whom the national book does not have.
"""

from __future__ import annotations

from math import ceil

from duizhang.world import numbers
from duizhang.world.books import Rows
from duizhang.world.model import Month, Person
from duizhang.world.wounds import LEAST, Wounded

Found = tuple[str, str]  # code, feed

# what stands in these books in every county: dates and ranks in other words, money with its sign, ticks, rare letters, blanks
_ODD: tuple[Found, ...] = (
    ("FMT-005", "户籍人口"), ("FMT-008", "户籍人口"), ("FMT-014", "残疾人证"), ("FMT-014", "农村低保"), ("FMT-015", "农村低保"),
    ("FMT-016", "残疾人证"), ("FMT-016", "农村低保"),
)
_SPACED: tuple[Found, ...] = (("FMT-001", "死亡注销"), ("FMT-002", "死亡注销"), ("FMT-003", "死亡注销"))  # blanks in the header, see `deliver`
CHANGED = "医保参保"


def apply(
    books: dict[str, Rows], others: list[Person], shapes: dict[str, Wounded], month: Month, index: int, counties: int, before: int | None
) -> list[Found]:
    """Scratches the rows and shapes of one county's departments in place; the (code, feed) pairs that must not be found for it.

    `before`: rows of `CHANGED` in the month before, None in the first. Pairs that have the wound as well are left to the caller.
    """
    own = {p.number for p in others}
    told = [*_ODD, *(_SPACED if index % 2 else ())]
    told += _wrapped(books["学籍"], own) if not shapes["学籍"].numeric else []
    told += _named_like_a_total(books["户籍人口"], own)
    if index == counties - 1:
        shapes["死亡注销"].bare = not shapes["死亡注销"].further
        told += [("FMT-012", "死亡注销"), ("FMT-013", "死亡注销")] if shapes["死亡注销"].bare else []
    if index == 1 % counties and counties > 1 and before is not None:
        told += _a_tenth_fewer(books[CHANGED], own, before)
    return told


def _wrapped(rows: Rows, own: set[str]) -> list[Found]:
    """Numbers written ="…", so that a spreadsheet leaves them alone."""
    theirs = [row for row in rows if row["身份证件号"] in own]
    for row in theirs[-2:]:
        row["身份证件号"] = f'="{row["身份证件号"]}"'
    return [("FMT-004", "学籍")] if theirs else []


def _named_like_a_total(rows: Rows, own: set[str]) -> list[Found]:
    """Somebody whose name ends like the word for a sum."""
    theirs = [row for row in rows if row["公民身份号码"] in own]
    for row in theirs[-1:]:
        row["姓名"] = "何合计"
    return [("FMT-009", "户籍人口")] if theirs else []


def _a_tenth_fewer(rows: Rows, own: set[str], before: int) -> list[Found]:
    """Leaves out villagers until the book is a tenth shorter than a month ago: just not more."""
    spare = [row for row in rows if row["证件号码"] in own and str(row["证件号码"])[14:17] < str(numbers.FIRST_RESERVED)][5:]
    surplus = len(rows) - ceil(before * 0.9)
    if before < LEAST or not 0 <= surplus <= len(spare):
        return []
    dropped = {id(row) for row in spare[:surplus]}
    rows[:] = [row for row in rows if id(row) not in dropped]
    return [("FMT-011", CHANGED)]
