"""Judges one returned row's answer: is it about the person that was sent, is it whole. One Chinese sentence where not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from duizhang.core import returns
from duizhang.receive.model import Answer
from duizhang.receive.rows import Row

MOVED = "“{}”与下发时不一样（可能改动过，或只排序了一部分列）。请从下发的清单复制原行，再填答复。"
CUT = "“{}”变成了数值，末几位已经丢失。请从下发的清单复制原行，再填答复。"
LOST = "缺“{}”这一列，核不准答的是哪一户哪个人。请保留这一列再交。"
NO_ANSWER = "写了其他栏，但没有选“核查结果”。请从下拉框里选一个。"
NO_ANSWER_COLUMN = "找不到“核查结果”这一列（可能删了，或改了列名）。请按下发的清单恢复这一列再交。"
BAD_ANSWER = "“核查结果”不是下拉框里的词。请从下拉框里选：" + "、".join(returns.ANSWERS) + "。"
NEEDS_NOTE = "选“{}”必须写“核查说明”（怎么核的、看到什么）。请补写后再交。"
TOO_LONG = "“{}”超过 {} 个字。请写简要，材料另附，再交这一行。"
BAD_DATE = "“核查日期”看不懂。请写成 2026-10-28 的样子。"
LATE_DATE = "“核查日期”晚于收件日期。请改成实际核查的日期。"
OLD_DATE = "“核查日期”是一年多以前，多半写错了年份。请改成实际核查的日期。"
OTHER_COUNTY = "这一行属于另一个县。请一个县一个文件，分开交。"
CONFLICT = "同一个问题在文件里答了两次，答复不一样，都没有接收。请只留一行再交。"

_OLDEST = timedelta(days=366)
_DATE = re.compile(r"(20\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_EIGHT = re.compile(r"(20\d{2})(\d{2})(\d{2})")
_LIMITS = {
    returns.NOTE: returns.LONGEST_NOTE, returns.ANSWERED_BY: returns.LONGEST_NAME, returns.APPROVED_BY: returns.LONGEST_NAME,
}  # fmt: skip
_WORDS = {returns.fold(word): word for word in returns.ANSWERS}


class Unfit(Exception):
    """A row that is sent back; `reason` says how to repair it and holds no value of the row."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def judge(row: Row, sent: Mapping[str, Any], received_on: date) -> Answer:
    """The answer of `row`, which is the published row `sent`. Raises Unfit."""
    same_person(row, sent)
    note = row.text(returns.NOTE)
    word = _word(row)
    if word in returns.NEEDS_NOTE and not note:
        raise Unfit(NEEDS_NOTE.format(word))
    for column, limit in _LIMITS.items():
        if len(row.text(column)) > limit:
            raise Unfit(TOO_LONG.format(column, limit))
    return Answer(
        item_id=str(sent["item_id"]),
        number=returns.fold_number(row.text(returns.NUMBER)),
        county=str(sent["county"]),
        cycle=str(sent["cycle"]),
        answer=word,
        note=note or None,
        answered_by=row.text(returns.ANSWERED_BY) or None,
        checked_on=checked_on(row.cells.get(returns.CHECKED_ON), received_on),
        approved_by=row.text(returns.APPROVED_BY) or None,
        value_hash=str(sent["value_hash"]),
    )


def _word(row: Row) -> str:
    """核查结果 as a word of the drop-down: blanks and full-width forms are nothing, a near word is another word."""
    if returns.ANSWER not in row.cells:
        raise Unfit(NO_ANSWER_COLUMN)
    found = returns.fold(row.text(returns.ANSWER))
    if not found:
        raise Unfit(NO_ANSWER)
    if found not in _WORDS:
        raise Unfit(BAD_ANSWER)
    return _WORDS[found]


def same_person(row: Row, sent: Mapping[str, Any]) -> None:
    """What the row says of household and person must be what was sent (a village's question shows no 姓名). Raises Unfit."""
    for column in returns.IDENTITY_COLUMNS:
        expected, found = returns.fold(sent.get(column)), identity(row, column)
        may_lack = column == "姓名" and not found
        if expected and column not in row.cells and not may_lack:
            raise Unfit(LOST.format(column))
        if found != expected and not may_lack:
            raise Unfit(MOVED.format(column))


def identity(row: Row, column: str) -> str:
    """A cell of 户编号, 姓名 or 证件号码, folded. Raises Unfit for a number that lost digits: it may equal another's."""
    if row.is_cut(column):
        raise Unfit(CUT.format(column))
    return returns.fold(row.text(column)).removeprefix("'")


def checked_on(value: object, received_on: date) -> date | None:
    """核查日期 of a cell: a date, or text as officers write it. Raises Unfit; None where the cell is empty."""
    found = _date(value)
    if found is None:
        return None
    if found > received_on:
        raise Unfit(LATE_DATE)
    if found < received_on - _OLDEST:
        raise Unfit(OLD_DATE)
    return found


def _date(value: object) -> date | None:
    if value is None or isinstance(value, datetime):
        return value.date() if isinstance(value, datetime) else None
    if isinstance(value, date):
        return value
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    if not text:
        return None
    match = _DATE.fullmatch(text) or _EIGHT.fullmatch(text)
    if match is None:
        raise Unfit(BAD_DATE)
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Unfit(BAD_DATE) from None
