"""Which feed a file is of: by its name, else by its header."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from duizhang.contracts.load import Book, fingerprint
from duizhang.contracts.model import Contract
from duizhang.read.columns import cover
from duizhang.read.header import find_header
from duizhang.read.names import base_name, name_matches
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet

VERSION = "4"  # raise it when the same bytes and contract would read differently
_LIKELY = 0.6  # share of required columns from which a refusal may name the feed the file seems to be


@dataclass(frozen=True)
class Recognised:
    """The feed's contract, by what it was recognised, and how much of the required columns the header has (0–1)."""

    contract: Contract
    by: Literal["name", "header"]
    cover: float


def candidates(names: Sequence[str], book: Book) -> tuple[Contract, ...]:
    """The contracts whose file patterns fit one of `names`."""
    return tuple(
        contract for contract in book.contracts if any(name_matches(name, contract.files) for name in names)
    )


def cache_key(name: str, book: Book) -> str:
    """What the result of reading a file of this name depends on, besides its bytes."""
    contracts = candidates([name], book) or book.contracts
    parts = [VERSION, base_name(name), name, [[contract.feed, fingerprint(contract)] for contract in contracts]]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def recognise(name: str, members: Sequence[str], sheets: Sequence[Sheet], book: Book) -> Recognised:
    """The feed of a file called `name` with zip `members` and these sheets; Refusal where no single one fits."""
    named = candidates([name], book) or candidates(members, book)
    if not candidates([name], book):
        _one_feed(members, book)
    if len(named) == 1:
        return Recognised(named[0], "name", _best(sheets, named[0])[0])
    scores = sorted(
        ((_best(sheets, contract), contract) for contract in named or book.contracts),
        key=lambda score: score[0], reverse=True,
    )
    if not scores or scores[0][0][0] < (0.0 if named else _LIKELY):
        raise Refusal("unrecognised", "认不出是哪一种台账：文件名和表头都与登记的不符。", "请用系统导出的原文件名，不要改动列名。")
    if len(scores) > 1 and scores[0][0] == scores[1][0]:
        feeds = "、".join(f"「{contract.title}」" for score, contract in scores if score == scores[0][0])
        raise Refusal("ambiguous", f"分不清是哪一种台账：{feeds}都符合。", "请在文件名中写明台账名称后报送。")
    return Recognised(scores[0][1], "name" if named else "header", scores[0][0][0])


def _one_feed(members: Sequence[str], book: Book) -> None:
    """Refusal where the members' names tell of several feeds: one delivery is one book."""
    sure = dict.fromkeys(found[0].title for member in members if len(found := candidates([member], book)) == 1)
    if len(sure) > 1:
        listed = "、".join(f"「{title}」" for title in sure)
        raise Refusal("mixed", f"一个压缩包里有几种台账：{listed}。", "请一种台账一个压缩包，分开报送。")


def _best(sheets: Sequence[Sheet], contract: Contract) -> tuple[float, int]:
    found = [(sheet, find_header(sheet, contract.header)) for sheet in sheets]
    return max((cover(header.parts, contract) for _, header in found if header), default=(0.0, 0))
