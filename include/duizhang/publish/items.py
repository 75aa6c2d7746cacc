"""Ledger items become questions: words from the catalogue, values from the item, consequences under their root."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.errors import ContractProblem
from duizhang.core.returns import row_token
from duizhang.publish import model
from duizhang.publish.asking import Item, Question, is_about_person, is_external, names_somebody, problem, subject_of
from duizhang.publish.causes import person
from duizhang.publish.delivery import Visits
from duizhang.publish.history import all_sources, answer_word, departments, evidence, from_above, last_answer, sources
from duizhang.publish.model import FileLine, Line, Source, Standing
from duizhang.publish.texts import day, label, shown, text

MOST_LINES = 8  # evidence longer than this runs on instead of taking a line each: rows of a page's height help nobody
OPEN = frozenset({"found", "issued", "returned", "answered", "gone"})
SITUATIONS = {
    "gone": "对象已不在最新导出中，变动未见登记，仍挂账",
    "proven": "最新数据已改到位，证实销号",
    "verified_not_so": "核查不属实，销号",
    "acknowledged": "已作情况说明，销号",
    "exempted": "批准豁免（到期复查）",
    "withdrawn": "检查口径调整，撤销",
}
WAITING = {
    "已整改": "已报整改，等最新导出证实",
    "属实待整改": "已认属实，改到位后自动销号",
    "情况说明": "已作说明，仍挂账；改到位或批准豁免后销号",
    "部门数据有误": "已转部门，部门更正后自动销号",
    "无法核实": "已报无法核实，仍挂账；核清后改正即销号",
    "不属实": "已报不属实；这类问题以数据为准，改到位后销号",
}
OUTSIDE_FIXED = "已报整改，等反馈单位下一次名单核对"
PAST = "已成事实，导出证实不了整改，请改选“情况说明”（在下发的清单上改填后再交）"
NOBODY = "无对应部门，请改选核查结果"  # said to be a department's error, and no department's book is in the evidence


@dataclass(frozen=True)
class Context:
    """What the wording of an item needs beside the item.

    `carried` are rows this cycle has already published; `deadlines`: days → the day they end, counted from `as_of`.
    """

    county: str
    cycle: str
    as_of: date
    key: bytes
    book: Book
    questions: Mapping[str, Question]
    carried: Mapping[str, tuple[str, date]]
    deadlines: Mapping[int, date]
    visits: Visits

    @cached_property
    def national(self) -> frozenset[str]:
        """The names the national book goes by in evidence."""
        contract = self.book.role("national")
        return frozenset((contract.feed, contract.title, contract.book, *contract.tables))


def sides(entries: Iterable[Mapping[str, Any]], ours: Collection[str]) -> tuple[str, str]:
    """Evidence as (what the national book says, what the others say), one line each entry; other books are named.

    `ours`: the names the national book goes by.
    """
    left: list[str] = []
    right: dict[str, list[str]] = {}
    for entry in entries:
        line = f"{label(str(entry['列']))}：{text(entry['值'])}"
        if entry["账"] in ours:
            left.append(line)
        else:
            right.setdefault(str(entry["账"] or ""), []).append(line)
    others = [line for name, lines in right.items() for line in ([f"【{name}】"] if name else []) + lines]
    joint = "\n" if len(left) <= MOST_LINES else "；"
    return shown(joint.join(left)) or "—", shown("\n".join(others)) or "—"


def status(item: Item, context: Context, question: Question, asking: Sequence[Source]) -> tuple[str, date]:
    """(状态, 期限): the deadline is the earliest of ours and of those above, of all who are `asking`.

    What this cycle has said it goes on saying, so that a second run changes nothing.
    """
    word, ours = _status(item, context, question)
    return word, min([ours, *(source.due_on for source in asking if source.due_on)])


def _status(item: Item, context: Context, question: Question) -> tuple[str, date]:
    state, issued = item["state"], item.get("issued_cycle")
    said = context.carried.get(item["item_id"])
    if said and (state != "returned" or not said[0].startswith((model.NEW, model.AGAIN))):
        return said
    fresh = context.deadlines[question.days]
    kept = day(item["due_on"]) if item.get("due_on") else fresh
    again = issued == context.cycle  # sent in this cycle already, though its manifest is not there
    if state == "found":
        word, due = (model.AGAIN if issued else model.NEW), fresh
    elif not issued:
        word, due = model.NEW, fresh  # asked elsewhere, before it moved in: of this county nobody has asked it yet
    elif state == "returned" and (again or str(item.get("answered_cycle") or issued) >= issued):
        word, due = model.RETURNED, kept if again else fresh
    else:
        word, due = (model.NEW if again else model.UNANSWERED), kept
    return word + (model.NOT_RECHECKED if item.get("na_since") else ""), due


def order(item: Item, questions: Mapping[str, Question]) -> tuple[object, ...]:
    """Town, village, household, the household's own questions, then person by person, errors first."""
    body = item["body"]
    question = questions[item["code"]]
    about_person = is_about_person(item, question)
    return (
        str(item.get("town") or "~"),
        str(body.get("village_name") or "~"),
        str(body.get("户编号") or "~"),
        about_person,
        person(body) if about_person else "",
        question.severity != "错误",
        question.code,
        item["number"],
    )


def note_of(item: Item, question: Question) -> str:
    """One line that names a consequence: whose, what, and its indicator."""
    whose = item["body"].get("姓名") if is_about_person(item, question) else ""
    asking = "、".join(source.word for source in from_above(item))
    return f"{whose + '：' if whose else ''}{question.title}（{question.code}）{f'【{asking}】' if asking else ''}"


def line(item: Item, seq: int, notes: Sequence[Item], context: Context) -> Line:
    """The row of the list for `item`, with its consequences: who asks for one of them asks for this."""
    rule, body = context.questions[item["code"]], item["body"]
    located = names_somebody(item, rule) or body.get("户编号")
    left, right = sides(evidence(body), context.national)
    asking = all_sources(item, notes)
    word, due = status(item, context, rule, asking)
    return Line(
        seq=seq,
        item_id=item["item_id"],
        number=item["number"],
        token=row_token(context.key, item["item_id"], context.county, context.cycle, item["value_hash"]),
        value_hash=item["value_hash"],
        code=rule.code,
        title=rule.title,
        severity=rule.severity,
        status=word,
        due_on=due,
        town=str(item.get("town") or ""),
        town_name=shown(body.get("town_name")),
        village_name=shown(body.get("village_name")),
        household=shown(body.get("户编号")),
        head_name=shown(body.get("户主姓名")),
        name=shown(body.get("姓名")) if located else "",
        id_number=shown(body.get("证件号码")) if located else "",
        question=shown(rule.text or problem(item)),
        national=left,
        others=right,
        remedy=rule.remedy,
        fix_at=rule.fix_at,
        sources=asking,
        last_answer=last_answer(item),
        no_visit=context.visits.why_not(rule.code, subject_of(item, rule), rule.closes, rule.fix_at),
        notes=tuple(note_of(note, context.questions[note["code"]]) for note in notes),
        note_codes=tuple(note["code"] for note in notes),
    )


def _sender(item: Item, book: Book) -> Contract | None:
    feed = str(item["body"].get("subject_key") or "").partition("|")[0]
    if feed in book.by_feed:
        return book.by_feed[feed]
    named = {str(entry["账"]) for entry in evidence(item["body"])}
    found = [contract for contract in book.contracts if {contract.feed, contract.book, contract.title} & named]
    return found[0] if len(found) == 1 else None


def file_line(item: Item, seq: int, context: Context) -> FileLine:
    """The row of sheet 文件问题 for an item about a delivery."""
    rule = context.questions[item["code"]]
    sender = _sender(item, context.book)
    word, due = status(item, context, rule, sources(item))
    return FileLine(
        seq=seq,
        item_id=item["item_id"],
        number=item["number"],
        token=row_token(context.key, item["item_id"], context.county, context.cycle, item["value_hash"]),
        value_hash=item["value_hash"],
        code=rule.code,
        title=rule.title,
        severity=rule.severity,
        status=word,
        due_on=due,
        department=sender.owner if sender else "（未识别的报送部门）",
        book=sender.book if sender else "（未登记的文件）",
        question=shown(rule.text or problem(item)),
        detail=shown("\n".join(f"{label(str(e['列']))}：{text(e['值'])}" for e in evidence(item["body"]))),
        remedy=rule.remedy,
        sources=sources(item),
        last_answer=last_answer(item),
    )


def held(item: Item, roots: Sequence[Item], context: Context) -> Standing:
    """A row about a consequence of `roots`, all answered: it is not asked, and goes with them."""
    first = roots[0]
    cause = f"{context.questions[first['code']].title}（{first['number']}）"
    more = f"等 {len(roots)} 条" if len(roots) > 1 else ""
    told = "、".join(dict.fromkeys(answer_word(root) for root in roots))
    said = [day(root["answered_on"]) for root in roots if root.get("answered_on")]
    return replace(
        _standing(item, context.questions[item["code"]]),
        situation=f"连带问题：由“{cause}”{more}引起，县里已答“{told}”，改好后一并销号",
        on=max(said, default=None),
        under=tuple(root["number"] for root in roots),
    )


def standing(item: Item, rule: Question | None, book: Book) -> Standing:
    """A row about an item that asks for nothing: answered, gone or closed."""
    state = item["state"]
    answer = answer_word(item)
    if state not in SITUATIONS and answer not in WAITING:
        raise ContractProblem(f"Item {item['number']} waits in state {state} without an answer we know.")
    on = item.get("closed_on") or item.get("answered_on") or item.get("last_hit")
    return replace(
        _standing(item, rule),
        situation=SITUATIONS.get(state) or _waits(item, answer, book) + (model.NOT_RECHECKED if item.get("na_since") else ""),
        answer=answer,
        on=day(on) if on else None,
    )


def _standing(item: Item, rule: Question | None) -> Standing:
    """Whom and what a row is about; how it stands is said by the caller."""
    body = item["body"]
    located = (rule is not None and names_somebody(item, rule)) or body.get("户编号")
    return Standing(
        number=item["number"],
        code=item["code"],
        title=rule.title if rule else "（指标已停用）",
        town=str(item.get("town") or ""),
        town_name=shown(body.get("town_name")),
        village_name=shown(body.get("village_name")),
        household=shown(body.get("户编号")),
        head_name=shown(body.get("户主姓名")),
        name=shown(body.get("姓名")) if located else "",
        state=item["state"],
        situation="",
        answer="",
        on=None,
        sources=sources(item),
    )


def _waits(item: Item, answer: str, book: Book) -> str:
    """What an answered item waits for; no export can prove what no indicator knows or what is past, no department mend what it has
    no book of."""
    if answer == "部门数据有误" and not departments(item, book):
        return NOBODY + "（在下发的清单上改填后再交）"
    if answer in ("已整改", "属实待整改") and item["closes"] == "acknowledged":
        return PAST
    return OUTSIDE_FIXED if is_external(item["code"]) and answer == "已整改" else WAITING[answer]
