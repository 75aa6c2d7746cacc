"""A county's answers become events: each row accepted once, or refused with a reason in Chinese."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from duizhang.core.catalogue import load_catalogue
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db, desks, ids, said
from duizhang.ledger.events import OPEN, Event, Values, append
from duizhang.ledger.judge import CLOSED, AnswerLike, Asker, Decision, Judge
from duizhang.ledger.rights import Rights

_LOG = logger("ledger.answers")
# The word of the list's drop-down → what is recorded, and whether it may close the item by itself.
MEANING = {
    "已整改": "fixed",
    "属实待整改": "accepted_true",
    "不属实": "not_so",
    "情况说明": "explained",
    "部门数据有误": "department_wrong",
    "无法核实": "cannot_verify",
}
# What may still be said to values that have changed since: it says nothing of them that the next export would not.
TIMELESS = frozenset({"fixed", "accepted_true"})
NOT_SENT = "本县本期清单没有下发过这个问题，请核对问题编号和期次。"
ELSEWHERE = "该户已转到其他县，问题已随户转出，本县不用再填。"
STALE = "下发后登记的数据已有变化，原来的核查说明不再适用，请按最新清单核查后再填。"
ALREADY = "该问题已销号（{}），不用再填。"
UNKNOWN = "核查结果不是下拉框里的词，请重新选择。"


@dataclass(frozen=True)
class Answer:
    """One answered row of a returned list; `value_hash`: the values that it showed ('': any that its cycle sent)."""

    item_id: str
    number: str
    county: str
    cycle: str
    answer: str
    note: str | None = None
    answered_by: str | None = None
    checked_on: date | None = None
    approved_by: str | None = None
    value_hash: str = ""


@dataclass(frozen=True)
class AnswerResult:
    """What became of a row: accepted, repeated (nothing changed) or refused; `reason` is an officer's sentence: why it is
    refused or, on any other row, why it does not close the question (a hint; '' where there is none)."""

    item_id: str
    number: str
    outcome: str
    reason: str = ""


def answer(
    settings: Settings,
    county: str,
    answers: Sequence[AnswerLike],
    received_on: date,
    file_sha: str,
    *,
    exemptible: Collection[str] | None = None,
) -> list[AnswerResult]:
    """Apply `answers` of `county`, in their order, in one transaction; gives a result a row, in the same order.

    `exemptible`: codes whose items may be exempted (None: those of the catalogue). `file_sha` names the returned file.
    `repeated`, and leaving no event, is an answer that stands as it is (not returned, not asked afresh since), and one that
    came with this very file before, whatever was answered since. An answer is to the values that its row showed: where
    they are no longer what the question stands on, only 已整改 and 属实待整改 are taken.
    """
    codes = exemptible if exemptible is not None else {rule.code for rule in load_catalogue(settings) if rule.exemptible}
    judge = Judge(county, codes, Rights.load(settings), settings.installation_key())
    with db.transaction(settings) as cursor:
        db.lock(cursor, county)
        desk = _Desk(cursor, settings, county, answers, received_on, file_sha, judge)
        results = [desk.take(row) for row in answers]
        desk.write(f"file {file_sha[:12]}")
        _record_file(cursor, county, answers, results, received_on, file_sha)
    outcomes = [result.outcome for result in results]
    _LOG.info("answers of %s: %s", county, {word: outcomes.count(word) for word in sorted(set(outcomes))})
    return results


class ReceiptLike(Protocol):
    """A returned file as `receive` read it: the answers it accepted, of one county or several, and the file's hash."""

    @property
    def sha256(self) -> str: ...
    @property
    def answers(self) -> Sequence[AnswerLike]: ...


def answer_all(
    settings: Settings, receipt: ReceiptLike, received_on: date, *, exemptible: Collection[str] | None = None
) -> list[AnswerResult]:
    """Apply the answers of a returned file, county by county; a result a row, in the file's order."""
    results: dict[int, AnswerResult] = {}
    for county in sorted({row.county for row in receipt.answers}):
        places = [place for place, row in enumerate(receipt.answers) if row.county == county]
        rows = [receipt.answers[place] for place in places]
        done = answer(settings, county, rows, received_on, receipt.sha256, exemptible=exemptible)
        results.update(zip(places, done, strict=True))
    return [results[place] for place in sorted(results)]


def expiry(received_on: date) -> date:
    """Last day of an exemption: the last end of a month not later than twelve months after `received_on`."""
    year, month = received_on.year + 1, received_on.month
    if received_on.day < calendar.monthrange(received_on.year, month)[1]:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, calendar.monthrange(year, month)[1])


def _of(answers: Sequence[AnswerLike], meaning: str) -> list[str]:
    return sorted({row.item_id for row in answers if MEANING.get(row.answer) == meaning})


class _Desk:
    """The items, published rows and earlier answers that a file of answers touches."""

    def __init__(
        self, cursor: Any, settings: Settings, county: str, answers: Sequence[AnswerLike], received_on: date, file_sha: str, judge: Judge
    ) -> None:
        self._cursor = cursor
        self._key = settings.installation_key()
        self._county = county
        self._on = received_on
        self._judge = judge
        self._values = Values(self._key, received_on)
        self._events: list[Event] = []
        self._changed: dict[str, dict[str, Any]] = {}
        wanted = sorted({row.item_id for row in answers})
        self._items = {
            item["item_id"]: item for item in db.rows(cursor, "SELECT * FROM ledger.item WHERE item_id = ANY(%s)", (wanted,))
        }
        self._sent = said.sent(cursor, county, wanted)
        self._had = said.had(cursor, county, wanted, file_sha)
        self._returned = said.returned(cursor, self._items.values())
        self._askers = said.askers(cursor, county, _of(answers, "explained"))
        self._with_desk = desks.with_desk(cursor, settings, county, _of(answers, "department_wrong"))

    def take(self, row: AnswerLike) -> AnswerResult:
        """Apply one row."""
        sent = self._sent.get((row.cycle, row.item_id), ())
        shown = {stands for value, stands in sent if row.value_hash in ("", value)}
        if row.county != self._county or not shown:
            return AnswerResult(row.item_id, row.number, "refused", NOT_SENT)
        item = self._items[row.item_id]
        meaning = MEANING.get(row.answer)
        if item["county"] != self._county:
            return AnswerResult(row.item_id, row.number, "refused", ELSEWHERE)
        if meaning is None:
            return AnswerResult(row.item_id, row.number, "refused", UNKNOWN)
        body = self._body(row, meaning)
        value = ids.value_hash(self._key, body)
        askers = self._askers.setdefault(row.item_id, [])
        decision = self._judge.decide(item, row, meaning, askers, has_desk=row.item_id in self._with_desk)
        if (row.item_id, value) in self._had or self._stands(item, value):
            hint = decision.hint if item["state"] in OPEN and item["answer_hash"] == value else ""
            return AnswerResult(row.item_id, row.number, "repeated", hint)
        if item["state"] not in OPEN:
            return AnswerResult(row.item_id, row.number, "refused", ALREADY.format(CLOSED[item["state"]]))
        if meaning not in TIMELESS and item["stands_hash"] not in shown:
            return AnswerResult(row.item_id, row.number, "refused", STALE)
        self._values.add(self._county, "answer", body)
        self._accept(item, row, meaning, decision, value)
        return AnswerResult(row.item_id, row.number, "accepted", decision.hint)

    def _stands(self, item: Mapping[str, Any], value: str) -> bool:
        """Whether the answer `value` is the item's, and what it answers was not asked again since."""
        return bool(item["answer_hash"] == value) and item["item_id"] not in self._returned

    def _body(self, row: AnswerLike, meaning: str) -> dict[str, Any]:
        return {
            "item_id": row.item_id,
            "cycle": row.cycle,
            "answer": meaning,
            "核查结果": row.answer,
            "核查说明": row.note or None,
            "核查人": row.answered_by or None,
            "核查日期": row.checked_on.isoformat() if row.checked_on else None,
            "批准人": row.approved_by or None,
        }

    def _accept(self, item: dict[str, Any], row: AnswerLike, meaning: str, decision: Decision, value: str) -> None:
        for step in decision.steps:
            to_state = "gone" if step.kind == "answered" and item["state"] == "gone" else step.kind
            who = ids.who(self._key, step.name) if step.name else None
            self._events.append(
                Event(self._county, row.item_id, item["number"], step.kind, item["state"], to_state, self._on, step.actor, row.cycle,
                      meaning, value, who)
            )  # fmt: skip
            item["state"] = to_state
        self._returned.discard(row.item_id)
        first = decision.steps[0]
        if first.kind == "answered":
            who = ids.who(self._key, first.name) if first.name else None
            self._askers[row.item_id].append(Asker(who, row.answered_by))
        item.update(
            answer=meaning,
            answered_cycle=row.cycle,
            answer_hash=value,
            exempt_until=expiry(self._on) if decision.closes == "exempted" else None,
        )
        self._changed[row.item_id] = item

    def write(self, run_id: str) -> None:
        """Store the answers, then the events that move the items."""
        self._values.write(self._cursor)
        db.insert(
            self._cursor,
            "UPDATE ledger.item i SET answer = u.answer, answered_on = u.answered_on, answered_cycle = u.cycle, "
            "answer_hash = u.answer_hash, answer_stands_hash = i.stands_hash, exempt_until = u.exempt_until "
            "FROM (VALUES %s) AS u (item_id, answer, answered_on, cycle, answer_hash, exempt_until) WHERE i.item_id = u.item_id",
            [
                (i["item_id"], i["answer"], self._on, i["answered_cycle"], i["answer_hash"], i["exempt_until"])
                for i in self._changed.values()
            ],
            template="(%s, %s, %s::date, %s, %s, %s::date)",
        )
        append(self._cursor, self._key, self._events, run_id)


def _record_file(
    cursor: Any, county: str, answers: Sequence[AnswerLike], results: Sequence[AnswerResult], received_on: date, file_sha: str
) -> None:
    """Count the outcomes by the cycle each row belongs to; a file that came before keeps its first counts."""
    counts: dict[str, dict[str, int]] = {}
    for row, result in zip(answers, results, strict=True):
        outcome = counts.setdefault(row.cycle, {"accepted": 0, "repeated": 0, "refused": 0})
        outcome[result.outcome] += 1
    db.insert(
        cursor,
        "INSERT INTO ledger.received_file (sha256, county, cycle, received_on, accepted, repeated, refused) VALUES %s "
        "ON CONFLICT DO NOTHING",
        [(file_sha, county, cycle, received_on, *n.values()) for cycle, n in sorted(counts.items())],
    )


