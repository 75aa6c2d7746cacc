"""A list from above, line by line: named, laid upon a subject, handed to the ledger, and told what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem, FeedProblem
from duizhang.core.external import with_external
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.feedback import lines as reading
from duizhang.feedback import roster as subjects
from duizhang.feedback.deadlines import deadline
from duizhang.feedback.indicators import Indicators, Question
from duizhang.feedback.locate import Locator, Lost, Whom
from duizhang.feedback.model import (
    AGAIN,
    CLOSED,
    EXTERNAL,
    JOINED,
    LOST,
    OPENED,
    Items,
    Line,
    Note,
    Notice,
    NoticeResult,
    Outcome,
    Page,
    Request,
    Taken,
)  # fmt: skip
from duizhang.feedback.parameters import load
from duizhang.feedback.place import Known, Placed, Placer
from duizhang.feedback.texts import bare, title_key

log = logger("feedback")

MANNERS = {
    "proven": "最新数据已改到位，证实销号", "verified_not_so": "核查不属实，销号", "acknowledged": "已作情况说明，销号", "exempted": "批准豁免",
    "withdrawn": "检查口径调整，撤销",
}  # fmt: skip
NO_LINES = "文件里没有一行可以登记：找不到写着是谁的表头，或表头下面没有内容。"
_NO_LINES_ACTION = "请确认是名单而不是通知正文；表头应有户编号、人编号、证件号码或姓名，以及问题类型。"
NO_DATE = "整改时限看不懂，按“{}”登记。"
SAME_LINE = "和本文件“{}”第 {} 行是同一件事，只登记一次。"


@dataclass(frozen=True)
class _Entry:
    """One question of one line on its way; `placed` or `lost` says where it got to."""

    line: Line
    question: Question
    due_on: date | None
    remark: str
    where: Placed | Lost

    @property
    def asks(self) -> tuple[str, str, str, str]:
        """Two entries that agree in it ask the same of the same subject."""
        assert isinstance(self.where, Placed)
        said = self.where.question
        return self.where.county, said.code or title_key(said.title), self.where.kind, self.where.key


def take(settings: Settings, pages: Sequence[Page], request: Request, items: Items, note: Note) -> Taken:
    """Take the list `pages` as `request` says; every question of every line gets one outcome.

    `items` gives a county's items, `note` hands its notices to the ledger. Raises FeedProblem where no sheet has a line,
    ContractProblem where there are no subjects yet or feedback.yaml is wrong.
    """
    parameters = load(settings)
    tables = reading.tables(pages, request.name, parameters)
    lines = [line for table in tables for line in table.lines]
    if not lines:
        raise FeedProblem(NO_LINES, action=_NO_LINES_ACTION)
    roster = subjects.load(settings, lines, request.county)
    everyone = subjects.all_counties(settings)
    if not roster.counties:
        raise ContractProblem("There are no subjects that a list could be laid upon.", action="Run the pipeline for a date first.")
    rules = with_external(settings, by_code(settings))
    known = {county: Known(items(county)) for county in sorted(roster.counties)}
    places = {place for table in roster.villages for place in (table.town_name,)} | set(everyone.values())
    desk = _Desk(settings, request, Indicators(rules, parameters, places), Locator(roster, request.county), Placer(roster, rules, known))
    entries = [entry for line in lines for entry in desk.entries(line, roster.counties)]
    held = _incomplete(request, entries, tables, set(roster.counties))
    outcomes = _hand_over(request, entries, known, note, set(roster.counties) - set(held))
    taken = Taken(request, tuple(outcomes), tables, everyone, tuple(held) if request.complete else ())
    log.info("list %s of %s: %s", request.sha256[:12], request.source, taken.counts())
    return taken


@dataclass(frozen=True)
class _Desk:
    settings: Settings
    request: Request
    indicators: Indicators
    locator: Locator
    placer: Placer

    def entries(self, line: Line, counties: Iterable[str]) -> list[_Entry]:
        """The questions of `line`, each with its subject or the reason why it has none."""
        due_on, remark = self._due(line)
        found = self.locator.locate(line)
        entries = []
        for question in self.indicators.questions(line):
            if isinstance(found, Whom):
                where = self.placer.place(line, question, found)
            else:
                where = self.placer.gone(line, question, found, [found.county] if found.county else self._asked(line, counties))
            entries.append(_Entry(line, question, due_on, remark, where))
        return entries

    def _asked(self, line: Line, counties: Iterable[str]) -> Iterable[str]:
        """Counties among whose items a line without a subject may be looked up: none where it names another county."""
        return () if line.text("county") or line.text("region") else counties

    def _due(self, line: Line) -> tuple[date | None, str]:
        said = line.text("due")
        stated = deadline(said, self.request.received_on, self.settings) if said else None
        if stated or not said:
            return stated or self.request.due_on, ""
        return self.request.due_on, NO_DATE.format(self.request.due_on.isoformat() if self.request.due_on else "没有时限")


def _incomplete(request: Request, entries: Sequence[_Entry], tables: Sequence[Any], counties: set[str]) -> list[str]:
    """Counties for which the list does not count as all that the source has: something of it was not understood."""
    if not request.complete:
        return sorted(counties)
    lost = {entry.where.county for entry in entries if isinstance(entry.where, Lost)}
    unread = any(table.may_hold_lines for table in tables)
    return sorted(counties if unread or "" in lost else counties & lost)


def _hand_over(
    request: Request, entries: Sequence[_Entry], known: Mapping[str, Known], note: Note, complete: set[str]
) -> list[Outcome]:
    """The outcomes of `entries`, in their order."""
    earliest: dict[tuple[str, str, str, str], date] = {}
    by_county: dict[str, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        if isinstance(entry.where, Placed):
            by_county[entry.where.county].append(at)
            if entry.due_on:
                earliest[entry.asks] = min(entry.due_on, earliest.get(entry.asks, entry.due_on))
    outcomes: dict[int, Outcome] = {}
    for county in sorted(set(by_county) | complete):
        places = by_county[county]
        notices = [_notice(request, entries[at], earliest.get(entries[at].asks)) for at in places]
        results = note(county, notices, county in complete)
        if len(results) != len(notices):
            raise ContractProblem(f"{len(results)} results for {len(notices)} lines of a list.")
        first: dict[tuple[str, str, str, str], Line] = {}
        for at, notice, result in zip(places, notices, results, strict=True):
            before = first.setdefault(entries[at].asks, entries[at].line)
            again = before if before is not entries[at].line else None
            outcomes[at] = _outcome(entries[at], notice, result, known[county], again)
    for at, entry in enumerate(entries):
        if isinstance(entry.where, Lost):
            outcomes[at] = Outcome(entry.line, entry.where.county, LOST, "", entry.where.reason, due_on=entry.due_on)
    return [outcomes[at] for at in range(len(entries))]


def _notice(request: Request, entry: _Entry, due_on: date | None) -> Notice:
    assert isinstance(entry.where, Placed)
    placed, line = entry.where, entry.line
    shown = placed.shown
    book = f"{request.source}下发名单"
    values = [*line.extra, *(("问题描述", line.text("detail")) for _ in (0,) if line.text("detail"))]
    body: dict[str, Any] = {
        "subject_kind": placed.kind, "subject_key": placed.key, "town": shown.town or None, "town_name": shown.town_name or None,
        "village_name": shown.village_name or None, "户编号": shown.household or None, "户主姓名": shown.head or None,
        "人编号": shown.person or None, "姓名": shown.name or None, "证件号码": shown.idno or None,
        "evidence": [{"列": "问题", "账": book, "值": placed.question.title}, *({"列": h, "账": book, "值": v} for h, v in values)],
        "lineage": {book: f"{request.sha256[:12]}:{line.sheet}:{line.row}"},
        "问题": placed.question.title, "来源": request.source, "来源编号": line.text("own_number") or None,
    }  # fmt: skip
    reference = bare(line.text("own_number")) or placed.question.title
    return Notice(
        request.source, reference, placed.question.code, placed.question.title, placed.kind, placed.key, due_on or request.due_on, body
    )


def _outcome(entry: _Entry, notice: Notice, result: NoticeResult, known: Known, again: Line | None) -> Outcome:
    assert isinstance(entry.where, Placed)
    item = known.by_number.get(result.number, {})
    closed = item.get("closed_on") if result.outcome != "opened" else None
    when_how = ""
    if again is not None:
        word, reason = AGAIN, SAME_LINE.format(again.sheet, again.row)
    elif result.outcome == "proven_before" or closed:
        word, reason = CLOSED, result.reason or ""
        when_how = f"{closed or '日期见台账'}，{MANNERS.get(str(item.get('state')), '已证实')}"
    elif result.outcome == "repeated":
        word, reason = AGAIN, result.reason or ""
    else:
        word = EXTERNAL if notice.code is None else {"joined": JOINED, "opened": OPENED}[result.outcome]
        reason = result.reason or ""
    how = "" if again is not None else f"{entry.where.question.how}。"
    return Outcome(
        entry.line, entry.where.county, word, result.number, f"{reason}{how}{entry.remark}", notice.code, notice.due_on, when_how
    )


