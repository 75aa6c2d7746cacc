"""Judges the rows of one file together: the same answer twice is one, two different ones are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duizhang.core import returns
from duizhang.receive.identify import identify
from duizhang.receive.judging import CONFLICT, OTHER_COUNTY, Unfit, judge
from duizhang.receive.model import Answer, Lookup, Place, Receipt, Refused, Remark
from duizhang.receive.rows import Row

HIDDEN = "这一行在文件里是隐藏的（筛选或隐藏行），答复已登记；如是整列填充误带的，请改正再交。"


@dataclass(frozen=True)
class _Taken:
    answer: Answer
    place: Place
    remark: Remark


@dataclass
class Desk:
    """The rows of one file, judged as they come."""

    key: bytes
    received_on: date
    taken: dict[str, list[_Taken]] = field(default_factory=dict)  # number → its answers, in the file's order
    senders: Counter[tuple[str, str]] = field(default_factory=Counter)  # (county, cycle) of the rows that are ours
    refused: list[Refused] = field(default_factory=list)
    blank: set[str] = field(default_factory=set)

    def take(self, rows: Sequence[Row], lookup: Lookup) -> Desk:
        """Judge all rows."""
        answered = [row for row in rows if row.answered]
        self.blank = {_number(row) for row in rows if not row.answered} - {""}
        self.blank -= {_number(row) for row in answered}
        published = lookup({_number(row) for row in answered} - {""}) if answered else {}
        for row in answered:
            number = _number(row)
            place = Place(row.sheet, row.row, number)
            try:
                sent, hint = identify(row, published.get(number, ()), self.key)
                self.senders[str(sent["county"]), str(sent["cycle"])] += 1
                hints = (hint, HIDDEN if row.hidden else "")
                remark = Remark(tuple(filter(None, hints)), _replaces(sent))
                taken = _Taken(judge(row, sent, self.received_on), place, remark)
                self.taken.setdefault(number, []).append(taken)
            except Unfit as unfit:
                self.refused.append(Refused(place, unfit.reason))
        return self

    def receipt(self, digest: str, sheets: Sequence[str]) -> Receipt:
        """The file's receipt; rows of another county than most rows' are sent back."""
        counties: Counter[str] = Counter()
        for (code, _), count in self.senders.items():
            counties[code] += count
        county = min(counties, key=lambda code: (-counties[code], code), default="")
        kept: list[_Taken] = []
        refused = list(self.refused)
        doubled = 0
        for same in self.taken.values():
            if any(taken.answer != same[0].answer for taken in same):
                refused += [Refused(taken.place, CONFLICT) for taken in same]
                continue
            doubled += len(same) - 1
            if same[0].answer.county == county:
                kept.append(same[0])
            else:
                refused.append(Refused(same[0].place, OTHER_COUNTY))
        order = {name: at for at, name in enumerate(sheets)}
        return Receipt(
            sha256=digest,
            received_on=self.received_on,
            county=county,
            cycle=max((cycle for code, cycle in self.senders if code == county), default=""),
            answers=tuple(taken.answer for taken in kept),
            places=tuple(taken.place for taken in kept),
            refused=tuple(sorted(refused, key=lambda r: (order[r.place.sheet], r.place.row))),
            unfilled=len(self.blank),
            doubled=doubled,
            remarks=tuple(taken.remark for taken in kept),
            sheets=tuple(sheets),
        )


def _number(row: Row) -> str:
    return returns.fold_number(row.text(returns.NUMBER))


def _replaces(sent: Mapping[str, Any]) -> date | None:
    """The day of the answer of the same cycle that stands now: a later one replaces it."""
    on = sent.get("answered_on")
    if on is None or str(sent.get("answered_cycle")) != str(sent["cycle"]):
        return None
    return on if isinstance(on, date) else date.fromisoformat(str(on)[:10])
