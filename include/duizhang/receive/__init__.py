"""Take back a filled-in workbook: each row accepted once or refused with a reason, never applied to another person."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import python_calamine

from duizhang.core import returns
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.receive import safety
from duizhang.receive.judging import CONFLICT, OTHER_COUNTY, Unfit, identify, judge
from duizhang.receive.model import Answer, Lookup, Outcome, Place, Receipt, Refused
from duizhang.receive.receipt import write_receipt
from duizhang.receive.rows import Row, UnclearSheet, find_rows

__all__ = ["Answer", "Lookup", "Outcome", "Place", "Receipt", "Refused", "receive", "write_receipt"]

_LOG = logger("receive")
NO_ROWS = "文件里没有找到清单：没有一张表同时有“问题编号”和“校验码”两列。请用下发的清单填写后再交。"
TWICE = "工作表里“{}”这一列出现了两次，不知道以哪一列为准。请删去多余的一列再交。"


def receive(settings: Settings, file: Path, received_on: date, lookup: Lookup) -> Receipt:
    """Read the returned workbook `file` (its name does not matter), received on `received_on`.

    `lookup(numbers)` gives what went out under each question number, in every cycle. A file from elsewhere than
    returns/ is kept once as returns/.kept/<sha256>.xlsx. Nothing is raised for what a county can have done to the file:
    the receipt says it.
    """
    refused = safety.refusal(file)
    digest = _digest(file)
    if refused is None:
        _keep(settings, file, digest)
        try:
            rows = list(find_rows(file))
        except UnclearSheet as unclear:
            refused, rows = TWICE.format(unclear.column), []
        except (python_calamine.CalamineError, UnicodeDecodeError, OSError):
            refused, rows = safety.BROKEN, []
        if refused is None and not rows:
            refused = NO_ROWS
    if refused is not None:
        _LOG.info("returned file %s refused as a whole", digest[:12])
        return Receipt(digest, received_on, "", "", (), (), (), 0, 0, refused)
    receipt = _Desk(settings.installation_key(), received_on).take(rows, lookup).receipt(digest)
    counts = (len(receipt.answers), len(receipt.refused), receipt.unfilled)
    _LOG.info("returned file %s: %d answers, %d rows refused, %d not filled in", digest[:12], *counts)
    return receipt


@dataclass
class _Desk:
    """Judges the rows of one file together: the same answer twice is one, two different ones are none."""

    key: bytes
    received_on: date
    accepted: dict[str, tuple[Answer, Place]] = field(default_factory=dict)
    senders: Counter[tuple[str, str]] = field(default_factory=Counter)  # (county, cycle) of the rows that are ours
    refused: list[Refused] = field(default_factory=list)
    blank: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    doubled: int = 0

    def take(self, rows: Sequence[Row], lookup: Lookup) -> _Desk:
        """Judge all rows."""
        answered = [row for row in rows if row.answered]
        self.blank = {row.text(returns.NUMBER) for row in rows if not row.answered} - {""}
        self.blank -= {row.text(returns.NUMBER) for row in answered}
        published = lookup({row.text(returns.NUMBER) for row in answered} - {""})
        for row in answered:
            number = row.text(returns.NUMBER)
            place = Place(row.sheet, row.row, number)
            try:
                sent = identify(row, published.get(number, ()), self.key)
                self.senders[str(sent["county"]), str(sent["cycle"])] += 1
                self._add(judge(row, sent, self.received_on), place)
            except Unfit as unfit:
                self.refused.append(Refused(place, unfit.reason))
        return self

    def _add(self, answer: Answer, place: Place) -> None:
        before = self.accepted.get(answer.number)
        if answer.number in self.conflicts:
            self.refused.append(Refused(place, CONFLICT))
        elif before is None:
            self.accepted[answer.number] = (answer, place)
        elif before[0] == answer:
            self.doubled += 1
        else:
            self.conflicts.add(answer.number)
            del self.accepted[answer.number]
            self.refused += [Refused(before[1], CONFLICT), Refused(place, CONFLICT)]

    def receipt(self, digest: str) -> Receipt:
        """The file's receipt; rows of another county than most rows' are sent back."""
        counties: Counter[str] = Counter()
        for (code, _), count in self.senders.items():
            counties[code] += count
        county = min(counties, key=lambda code: (-counties[code], code), default="")
        kept = [(answer, place) for answer, place in self.accepted.values() if answer.county == county]
        strangers = [Refused(place, OTHER_COUNTY) for answer, place in self.accepted.values() if answer.county != county]
        return Receipt(
            sha256=digest,
            received_on=self.received_on,
            county=county,
            cycle=max((cycle for code, cycle in self.senders if code == county), default=""),
            answers=tuple(answer for answer, _ in kept),
            places=tuple(place for _, place in kept),
            refused=tuple(sorted([*self.refused, *strangers], key=lambda r: (r.place.sheet, r.place.row))),
            unfilled=len(self.blank),
            doubled=self.doubled,
        )


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keep(settings: Settings, file: Path, digest: str) -> None:
    """Keep the bytes once, readable by the owner alone; what lies in returns/ already is not copied."""
    folder = settings.returns / ".kept"
    if file.resolve().parent == settings.returns.resolve() or (folder / f"{digest}.xlsx").exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=folder, prefix=".writing-")
    with os.fdopen(handle, "wb") as out:
        out.write(file.read_bytes())
    Path(temp).replace(folder / f"{digest}.xlsx")
