"""Wounds of files: what is wrong with a delivery itself, and which delivery it must be found on.

Wounded cells stand only in rows of villagers whom the national book does not have, so that nothing else follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from duizhang.world import numbers, sectors
from duizhang.world.books import Rows
from duizhang.world.columns import BOOKS
from duizhang.world.model import Month, Person

EXTRA_COLUMN = "核对标记"


@dataclass
class Wounded:
    """How one delivery differs from a sound one. Counts are rows or cells."""

    columns: tuple[str, ...]
    extra: str = ""
    numeric: dict[str, frozenset[str]] = field(default_factory=dict)
    totals: bool = False
    refused_copy: str = ""  # what a later copy lacks, so that it is refused: column, header, encoding, password
    hidden: bool = False  # sent as a workbook with hidden rows, a hidden column and a filter
    further: bool = False  # sent as a workbook with a further sheet
    bare: bool = False  # sent as a workbook with a filter that hides nothing and a further sheet that is empty (no wound)
    old_layout: bool = False  # a file of a year ago in the layout of then lies beside it
    counts: dict[str, int] = field(default_factory=dict)


# code, feed, county (index, modulo the number of counties), months
PLAN: tuple[tuple[str, str, int, tuple[int, ...]], ...] = (
    ("FMT-001", "残疾人证", 1, (1,)),
    ("FMT-002", "学籍", 1, (1, 2)),
    ("FMT-002", "残疾人证", 0, (2,)),
    ("FMT-003", "户籍人口", 2, (1,)),
    ("FMT-003", "户籍人口", 0, (2,)),
    ("FMT-004", "学籍", 0, (1,)),
    ("FMT-004", "学籍", 1, (2,)),
    ("FMT-005", "户籍人口", 1, (1, 2)),
    ("FMT-008", "医保参保", 0, (1, 2)),
    ("FMT-012", "残疾人证", 2, (1,)),
    ("FMT-012", "残疾人证", 1, (2,)),
    ("FMT-013", "死亡注销", 2, (1,)),
    ("FMT-013", "死亡注销", 1, (2,)),
    ("FMT-014", "残疾人证", 0, (1,)),
    ("FMT-014", "残疾人证", 1, (2,)),
    ("FMT-015", "医保参保", 1, (1, 2)),
    ("FMT-016", "残疾人证", 0, (1,)),
    ("FMT-016", "残疾人证", 1, (2,)),
)


def apply(
    books: dict[str, Rows], others: list[Person], month: Month, index: int, counties: int, rng: random.Random
) -> tuple[dict[str, Wounded], list[tuple[str, str]]]:
    """Wounds the rows of one county's departments in place.

    Returns how each feed is to be written, and the (code, feed) pairs that must be found on this county's deliveries.
    """
    own = {p.number for p in others} | {p.number + "43" for p in others}
    shapes = {feed: Wounded(BOOKS[feed] if feed in BOOKS else sectors.BOOKS[feed].columns) for feed in books}
    found: list[tuple[str, str]] = []
    for code, feed, place, months in PLAN:
        if place % counties == index and month.number in months:
            count = _CAUSES[code](books[feed], own, shapes[feed], rng)
            if count:
                shapes[feed].counts[code] = count
                found.append((code, feed))
    _odd_spellings(books, own)
    if month.number == 2 and index == 2 % counties:
        _send_fewer(books["医保参保"], own)
    shapes["学籍"].refused_copy = "password" if index == 2 % counties else ""
    shapes["农村低保"].old_layout = month.number == 1 and index == 0
    last = index == counties - 1
    for feed, totals in (("死亡注销", True), ("农村低保", not last and not (month.number == 2 and index == 1))):
        shapes[feed].totals = totals
        if totals:
            found.append(("FMT-009", feed))
    shapes["医保参保"].counts["masked"] = _mask_outsiders(books["医保参保"], own)
    return shapes, found


def _refused(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.refused_copy = "column"
    return 1


def _headless(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.refused_copy = "header"
    return 1


def _garbled(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.refused_copy = "encoding"
    return 1


def _hidden(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.hidden = bool(rows)
    return len(rows[:2])


def _further(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.further = True
    return 1


def _extra_column(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    shape.extra = EXTRA_COLUMN
    return 1


def _numbers_as_floats(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    theirs = [str(row["身份证件号"]) for row in rows if row["身份证件号"] in own and "X" not in str(row["身份证件号"])]
    chosen = frozenset(theirs[:3])
    shape.numeric = {"身份证件号": chosen}
    return len(chosen)


def _full_width(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    theirs = [row for row in rows if row["证件号码"] in own][:2]
    for n, row in enumerate(theirs):
        text = str(row["证件号码"])
        row["证件号码"] = text.translate({ord("0") + d: ord("０") + d for d in range(10)}) if n == 0 else text + "\u200b"
    return len(theirs)


def _bad_date(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    return _set_one(rows, own, "发证日期", "2019-13-45", 0)


def _bad_code(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    return _set_one(rows, own, "残疾类别", "嗅觉残疾", 1)


def _bad_number(rows: Rows, own: set[str], shape: Wounded, rng: random.Random) -> int:
    theirs = [row for row in rows if row["证件号码"] in own]
    theirs[2]["缴费金额"] = "待核"
    return 1


def _set_one(rows: Rows, own: set[str], column: str, value: str, nth: int) -> int:
    theirs = [row for row in rows if row["残疾人证号"] in own]
    theirs[nth][column] = value
    return 1


_DAYS = ("2019/3/20", "2019.3.20", "20190320", "2019年3月20日", "2019年03月20日", "二〇一九年三月二十日", "43544", "2019-03-20 00:00:00")
_RANKS = {"一级": ("壹级", "Ⅰ级"), "二级": ("贰级", "Ⅱ级"), "三级": ("叁级", "Ⅲ级"), "四级": ("肆级", "4级")}


def _odd_spellings(books: dict[str, Rows], own: set[str]) -> None:
    """Dates, ranks, yes and no, money and names written as departments write them: all of it must be read without a word."""
    for n, row in enumerate([row for row in books["残疾人证"] if row["残疾人证号"] in own][2:]):
        if row["发证日期"] == "2019-03-20":
            row["发证日期"] = _DAYS[n % len(_DAYS)]
        row["残疾等级"] = _RANKS[str(row["残疾等级"])][n % 2]
        row["有效期至"] = row["有效期至"] if n % 2 else "长期"
    for n, row in enumerate([row for row in books["农村低保"] if row["身份证号"] in own]):
        row |= {"是否保障对象": ("√", "有", "1", "是 ")[n % 4], "起始保障年月": f"{row['起始保障年月']}.0"}
        row["户月保障金额"] = (f"{row['户月保障金额']}元", f"{row['户月保障金额']}.00", f"￥{row['户月保障金额']}")[n % 3]
    for n, row in enumerate([row for row in books["户籍人口"] if row["公民身份号码"] in own]):
        name = str(row["姓名"])
        dotted, rare = (f"{name[0]}·{name[1:]}", f"{name[0]}• {name[1:]}"), (f"{name[0]}\U00020bb7", name[0] + "□")
        row["姓名"] = (*dotted, f"{name}（户主）", f" {name}\u3000", *rare, name)[n % 7]


_DROPPED = 0.6  # share of other villagers left out: with it a book is more than a tenth shorter


def _send_fewer(rows: Rows, own: set[str]) -> None:
    """Leaves out villagers outside the national book: the book is shorter than a month ago (whether it tells, see `shrunk`)."""
    theirs = [row for row in rows if row["证件号码"] in own and str(row["证件号码"])[14:17] < str(numbers.FIRST_RESERVED)][5:]
    dropped = {id(row) for row in theirs[: int(len(theirs) * _DROPPED)]}
    rows[:] = [row for row in rows if id(row) not in dropped]


LEAST, CHANGE = 100, 0.1  # FMT-011: rows before from which a change counts, and the share


def changed(before: int | None, now: int) -> bool:
    """Whether a book of `now` rows after one of `before` must be asked about."""
    return before is not None and before >= LEAST and abs(now - before) > CHANGE * before


def _mask_outsiders(rows: Rows, own: set[str]) -> int:
    """Masks the rows of villagers with a reserved number (nobody else has their last four characters)."""
    count = 0
    for row in rows:
        number = str(row["证件号码"])
        if number in own and number[14:17] >= str(numbers.FIRST_RESERVED):
            row["证件号码"] = numbers.masked(number)
            count += 1
    return count


_CAUSES: dict[str, Callable[[Rows, set[str], Wounded, random.Random], int]] = {
    "FMT-001": _refused,
    "FMT-002": _extra_column,
    "FMT-003": _headless,
    "FMT-004": _numbers_as_floats,
    "FMT-005": _garbled,
    "FMT-008": _full_width,
    "FMT-012": _hidden,
    "FMT-013": _further,
    "FMT-014": _bad_date,
    "FMT-015": _bad_number,
    "FMT-016": _bad_code,
}
