"""Judges one returned row: is it ours, is it unchanged, is its answer whole. One Chinese sentence where not."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from duizhang.core import returns
from duizhang.receive.model import Answer
from duizhang.receive.rows import Row

NO_NUMBER = "这一行有答复，但没有问题编号，不知道答的是哪个问题。请从下发的清单里把这一行的问题编号和校验码补上。"
UNKNOWN = "查不到这个问题编号。请用下发的清单填写，不要自己加编号。"
BAD_TOKEN = "问题编号和校验码对不上（可能改动过、错了行，或这是以前的清单）。请在最新下发的清单上重填这一行。"
MOVED = "“{}”与下发时不一样（可能改动过，或只排序了一部分列）。请从下发的清单复制原行，再填答复。"
LOST = "缺“{}”这一列，核不准答的是哪一户哪个人。请保留这一列再交。"
NO_ANSWER = "写了其他栏，但没有选“核查结果”。请从下拉框里选一个。"
BAD_ANSWER = "“核查结果”不是下拉框里的词。请从下拉框里选：" + "、".join(returns.ANSWERS) + "。"
NEEDS_NOTE = "选“{}”必须写“核查说明”（怎么核的、看到什么）。请补写后再交。"
BAD_DATE = "“核查日期”看不懂。请写成 2026-10-28 的样子。"
LATE_DATE = "“核查日期”晚于收件日期。请改成实际核查的日期。"
OLD_DATE = "“核查日期”是一年多以前，多半写错了年份。请改成实际核查的日期。"
OTHER_COUNTY = "这一行属于另一个县。请一个县一个文件，分开交。"
CONFLICT = "同一个问题在文件里答了两次，答复不一样，都没有接收。请只留一行再交。"

_OLDEST = timedelta(days=366)
_DATE = re.compile(r"(20\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")
_EIGHT = re.compile(r"(20\d{2})(\d{2})(\d{2})")


class Unfit(Exception):
    """A row that is sent back; `reason` says how to repair it and holds no value of the row."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def identify(row: Row, published: Sequence[Mapping[str, Any]], key: bytes) -> Mapping[str, Any]:
    """The published row that an answered `row` is, given what went out under its number. Raises Unfit."""
    if not row.text(returns.NUMBER):
        raise Unfit(NO_NUMBER)
    if not published:
        raise Unfit(UNKNOWN)
    sent = _sent(row.text(returns.TOKEN), published, key)
    if sent is None:
        raise Unfit(BAD_TOKEN)
    return sent


def judge(row: Row, sent: Mapping[str, Any], received_on: date) -> Answer:
    """The answer of `row`, which is the published row `sent`. Raises Unfit."""
    _same_person(row, sent)
    word, note = row.text(returns.ANSWER), row.text(returns.NOTE)
    if not word:
        raise Unfit(NO_ANSWER)
    if word not in returns.ANSWERS:
        raise Unfit(BAD_ANSWER)
    if word in returns.NEEDS_NOTE and not note:
        raise Unfit(NEEDS_NOTE.format(word))
    return Answer(
        item_id=str(sent["item_id"]),
        number=row.text(returns.NUMBER),
        county=str(sent["county"]),
        cycle=str(sent["cycle"]),
        answer=word,
        note=note or None,
        answered_by=row.text(returns.ANSWERED_BY) or None,
        checked_on=checked_on(row.cells.get(returns.CHECKED_ON), received_on),
        approved_by=row.text(returns.APPROVED_BY) or None,
    )


def _sent(token: str, published: Sequence[Mapping[str, Any]], key: bytes) -> Mapping[str, Any] | None:
    """The published row that `token` signs; the token is computed anew, so that a stored one proves nothing."""
    for sent in published:
        right = returns.row_token(key, sent["item_id"], sent["county"], sent["cycle"], sent["value_hash"])
        if hmac.compare_digest(right.encode(), token.encode()):
            return sent
    return None


def _same_person(row: Row, sent: Mapping[str, Any]) -> None:
    """What the row says of household and person must be what was sent (a village's question shows no 姓名)."""
    for column in returns.IDENTITY_COLUMNS:
        expected, found = _fold(sent.get(column)), _fold(row.text(column))
        may_lack = column == "姓名" and not found
        if expected and column not in row.cells and not may_lack:
            raise Unfit(LOST.format(column))
        if found != expected and not may_lack:
            raise Unfit(MOVED.format(column))


def _fold(value: object) -> str:
    folded = unicodedata.normalize("NFKC", "" if value is None else str(value))
    return "".join(folded.split()).upper()


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
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    match = _DATE.fullmatch(text) or _EIGHT.fullmatch(text)
    if match is None:
        raise Unfit(BAD_DATE)
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Unfit(BAD_DATE) from None
