"""Which published row an answered row is: by its token, computed anew; a lost token only where all that is visible agrees."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from duizhang.core import returns
from duizhang.receive.judging import Unfit, identity
from duizhang.receive.rows import Row

NO_NUMBER = "这一行有答复，但没有问题编号，不知道答的是哪个问题。请从下发的清单里把这一行的问题编号和校验码补上。"
UNKNOWN = "查不到这个问题编号。请用下发的清单填写，不要自己加编号。"
BAD_TOKEN = "问题编号和校验码对不上（可能改动过、错了行，或这是以前的清单）。请在最新下发的清单上重填这一行。"
NO_TOKEN = "校验码缺了或残缺，凭这一行看得见的内容核不准是哪一条。请从最新下发的清单复制原行，再填答复。"
DERIVED = "校验码残缺，已按问题编号、户编号、姓名、证件号码和登记内容核对认定。"

Sent = Mapping[str, Any]
_BREAK = re.compile("[\n；;]")  # the list sets values apart by a new line, or where there are many by a semicolon


def identify(row: Row, published: Sequence[Sent], key: bytes) -> tuple[Sent, str]:
    """(the published row that an answered `row` is, a hint or ''), given what went out under its number. Raises Unfit."""
    if row.doubts:
        raise Unfit(row.doubts[0])
    number = returns.fold_number(row.text(returns.NUMBER))
    if not number:
        raise Unfit(NO_NUMBER)
    if not published:
        raise Unfit(UNKNOWN)
    token = returns.fold(row.text(returns.TOKEN))
    right = [(sent, returns.row_token(key, sent["item_id"], sent["county"], sent["cycle"], sent["value_hash"])) for sent in published]
    for sent, expected in right:  # computed anew, so that a stored token proves nothing
        if hmac.compare_digest(expected.encode(), token.encode()):
            return sent, ""
    if returns.is_token(token):  # whole, but another row's: nothing that is visible outweighs that
        raise Unfit(BAD_TOKEN)
    left = [sent for sent, expected in right if returns.is_left_of(token, expected)]
    if not left:
        raise Unfit(BAD_TOKEN)
    return _derived(row, number, published, left), DERIVED


def _derived(row: Row, number: str, published: Sequence[Sent], left: Sequence[Sent]) -> Sent:
    """The one row of the newest list that all visible columns agree with. The question number alone never suffices."""
    newest = max(str(sent["cycle"]) for sent in published)
    agreeing = [sent for sent in left if str(sent["cycle"]) == newest and _agrees(row, number, sent)]
    if len({sent["county"] for sent in published}) != 1 or len(agreeing) != 1:
        raise Unfit(NO_TOKEN)
    return agreeing[0]


def _agrees(row: Row, number: str, sent: Sent) -> bool:
    """Whether person, household, indicator and every value of the books are those of `sent`."""
    for column in returns.IDENTITY_COLUMNS:
        expected = returns.fold(sent.get(column))
        if not expected or identity(row, column) != expected:
            return False
    if row.text(returns.CODE) and returns.fold_number(row.text(returns.CODE)) != number.rpartition("-")[0]:
        return False
    due = row.text(returns.DUE)
    if due and sent.get("due_on") and due[:10] != str(sent["due_on"])[:10]:  # an earlier list's row
        return False
    evidence = sent.get("evidence")
    if evidence is None:
        return False
    entries = json.loads(evidence) if isinstance(evidence, str) else evidence
    return all(_shows(row, returns.evidence_line(str(entry["列"]), entry["值"])) for entry in entries)


def _shows(row: Row, line: str) -> bool:
    """Whether a line of evidence stands whole in what the row shows: “人口：1” is not in “人口：12”."""
    said = [row.text(column) for column in returns.SHOWN_COLUMNS]
    if _BREAK.search(line):  # a value of several lines
        return returns.fold(line) in returns.fold("".join(said))
    return returns.fold(line) in {returns.fold(part) for text in said for part in _BREAK.split(text)}
