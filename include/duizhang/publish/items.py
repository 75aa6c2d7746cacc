"""Ledger items become questions: words from the catalogue, values from the item, consequences under their root."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.catalogue import Rule
from duizhang.core.errors import ContractProblem
from duizhang.core.returns import row_token
from duizhang.publish import model
from duizhang.publish.model import FileLine, Line, Standing

Item = Mapping[str, Any]
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # a workbook's XML cannot hold them as they are
_LONGEST = 8000  # characters of a cell; Excel ends at 32767 and drops what is longer without a word
MOST_LINES = 8  # evidence longer than this runs on instead of taking a line each: rows of a page's height help nobody
OPEN = frozenset({"found", "issued", "returned", "answered", "gone"})
ASKED = frozenset({"found", "issued", "returned"})
SITUATIONS = {
    "gone": "对象已不在最新导出中，变动未见登记，仍挂账",
    "proven": "最新数据已改到位，证实销号",
    "verified_not_so": "核查不属实，销号",
    "acknowledged": "已作情况说明，销号",
    "exempted": "批准豁免（到期复查）",
    "withdrawn": "检查口径调整，撤销",
}
ANSWERED = {
    "fixed": "已整改",
    "accepted_true": "属实待整改",
    "explained": "情况说明",
    "department_wrong": "部门数据有误",
    "cannot_verify": "无法核实",
    "not_so": "不属实",
    "acknowledged": "情况说明",
    "exempted": "情况说明",
    "verified_not_so": "不属实",
}
WAITING = {
    "已整改": "已报整改，等最新导出证实",
    "属实待整改": "已认属实，改到位后自动销号",
    "情况说明": "已作说明，仍挂账；改到位或批准豁免后销号",
    "部门数据有误": "已转部门，部门更正后自动销号",
    "无法核实": "已报无法核实，仍挂账；核清后改正即销号",
    "不属实": "已报不属实；这类问题以数据为准，改到位后销号",
}


@dataclass(frozen=True)
class Context:
    """What the wording of an item needs beside the item; `carried` are rows this cycle has already published."""

    county: str
    cycle: str
    as_of: date
    key: bytes
    book: Book
    rules: Mapping[str, Rule]
    carried: Mapping[str, tuple[str, date]]


def need(item: Item, name: str) -> Any:
    """`item[name]`, or a ContractProblem that names the missing key (never a value)."""
    if name not in item:
        raise ContractProblem(f"An item handed to publish has no {name}.")
    return item[name]


def day(value: object) -> date:
    """A date from a date or ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def shown(value: object) -> str:
    """A body's value as cell text: NULL as '', no control characters, never longer than a cell can hold."""
    cleaned = _UNPRINTABLE.sub("", "" if value is None else str(value))
    return cleaned if len(cleaned) <= _LONGEST else cleaned[:_LONGEST] + "…（过长，已截断）"


def text(value: object) -> str:
    """A value as an officer reads it: empty as （空）, truth values as 是/否, whole numbers without decimals."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def label(column: str) -> str:
    """A fact's column name without the marks that only the program needs: 低保_在享 → 低保在享."""
    return column.removeprefix("参数_").replace("_", "")


def evidence(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The evidence list [{列, 账, 值}] of an item's body (a list, or its JSON text)."""
    found = body.get("evidence")
    return list(json.loads(found) if isinstance(found, str) else found or ())


def sides(entries: Iterable[Mapping[str, Any]], book: Book) -> tuple[str, str]:
    """Evidence as (what the national book says, what the others say), one line each entry; other books are named."""
    national = book.role("national")
    ours = {national.feed, national.title, national.book, *national.tables}
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


def status(item: Item, context: Context, rule: Rule) -> tuple[str, date]:
    """(状态, 期限). What this cycle has said it goes on saying, so that a second run changes nothing."""
    state, issued = item["state"], item.get("issued_cycle")
    said = context.carried.get(item["item_id"])
    if said and (state != "returned" or not said[0].startswith((model.NEW, model.AGAIN))):
        return said
    fresh = context.as_of + timedelta(days=rule.days)
    kept = day(item["due_on"]) if item.get("due_on") else fresh
    again = issued == context.cycle  # sent in this cycle already, though its manifest is not there
    if state == "found":
        word, due = (model.AGAIN if issued else model.NEW), fresh
    elif state == "returned" and (again or not issued or str(item.get("answered_cycle") or issued) >= issued):
        word, due = model.RETURNED, kept if again else fresh
    else:
        word, due = (model.NEW if again else model.UNANSWERED), kept
    return word + (model.NOT_RECHECKED if item.get("na_since") else ""), due


def person(body: Mapping[str, Any]) -> str:
    """What tells one person of a household from another; empty for a question about the whole household."""
    return str(body.get("人编号") or body.get("证件号码") or "")


def is_about_person(rule: Rule) -> bool:
    """Whether a rule speaks of one person, not of a household, village or file."""
    return rule.subject in ("person", "case", "work_spell")


def stands_with(root: Item, note: Item, rules: Mapping[str, Rule]) -> bool:
    """Whether two items stand on the same household and, where both speak of a person, on the same person.

    Two questions about records of monitoring stand on the same record.
    """
    one, two = root["body"], note["body"]
    both = is_about_person(rules[root["code"]]) and is_about_person(rules[note["code"]])
    if rules[root["code"]].subject == rules[note["code"]].subject == "monitoring":  # a household may have been taken in twice
        return bool(one.get("subject_key") == two.get("subject_key"))
    if one.get("户编号") and two.get("户编号"):
        return bool(one["户编号"] == two["户编号"] and (not both or person(one) == person(two)))
    if both:
        return bool(person(one)) and person(one) == person(two)
    same_kind = rules[root["code"]].subject == rules[note["code"]].subject
    return bool(same_kind and one.get("subject_key") and one.get("subject_key") == two.get("subject_key"))


def roots(items: Sequence[Item], rules: Mapping[str, Rule]) -> dict[str, tuple[str, ...]]:
    """item_id → ids of the items at the end of its chain of causes (empty where it is a root itself).

    Items that name each other as causes and have no cause outside are all roots: no question may vanish.
    """
    by_code: dict[str, list[Item]] = {}
    for item in items:
        if item["state"] != "gone":
            by_code.setdefault(item["code"], []).append(item)
    places: dict[tuple[str, str], list[Item]] = {}
    for code, found in by_code.items():
        for item in found:
            places.setdefault((code, _place(item)), []).append(item)
    causes = {
        item["item_id"]: [
            cause
            for code in rules[item["code"]].consequence_of
            for cause in places.get((code, _place(item)), ())
            if cause["item_id"] != item["item_id"] and stands_with(cause, item, rules)
        ]
        for item in items
    }

    def climb(item_id: str, seen: frozenset[str]) -> tuple[str, ...]:
        above = [cause["item_id"] for cause in causes[item_id] if cause["item_id"] not in seen]
        if not causes[item_id]:
            return (item_id,)
        ends = [end for cause in above for end in climb(cause, seen | {item_id})]
        return tuple(dict.fromkeys(ends))

    return {item_id: climb(item_id, frozenset()) if above else () for item_id, above in causes.items()}


def _place(item: Item) -> str:
    body = item["body"]
    return str(body.get("户编号") or body.get("证件号码") or body.get("subject_key") or "")


def order(item: Item, rules: Mapping[str, Rule]) -> tuple[object, ...]:
    """Town, village, household, the household's own questions, then person by person, errors first."""
    body = item["body"]
    rule = rules[item["code"]]
    about_person = is_about_person(rule)
    return (
        str(item.get("town") or "~"),
        str(body.get("village_name") or "~"),
        str(body.get("户编号") or "~"),
        about_person,
        person(body) if about_person else "",
        rule.severity != "错误",
        rule.code,
        item["number"],
    )


def note_of(item: Item, rule: Rule) -> str:
    """One line that names a consequence: whose, what, and its indicator."""
    whose = item["body"].get("姓名") if is_about_person(rule) else ""
    return f"{whose + '：' if whose else ''}{rule.title}（{rule.code}）"


def line(item: Item, seq: int, notes: Sequence[Item], context: Context) -> Line:
    """The row of the list for `item`, with its consequences."""
    rule, body = context.rules[item["code"]], item["body"]
    located = is_about_person(rule) or body.get("户编号")  # a household's question shows its head, to find it by
    left, right = sides(evidence(body), context.book)
    word, due = status(item, context, rule)
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
        question=rule.question,
        national=left,
        others=right,
        remedy=rule.remedy,
        fix_at=rule.fix_at,
        notes=tuple(note_of(note, context.rules[note["code"]]) for note in notes),
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
    rule = context.rules[item["code"]]
    sender = _sender(item, context.book)
    word, due = status(item, context, rule)
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
        question=rule.question,
        detail=shown("\n".join(f"{label(str(e['列']))}：{text(e['值'])}" for e in evidence(item["body"]))),
        remedy=rule.remedy,
    )


def standing(item: Item, rule: Rule | None) -> Standing:
    """A row about an item that asks for nothing: answered, gone or closed."""
    body, state = item["body"], item["state"]
    answer = str(item.get("answer") or "")
    answer = ANSWERED.get(answer, answer)
    if state not in SITUATIONS and answer not in WAITING:
        raise ContractProblem(f"Item {item['number']} waits in state {state} without an answer we know.")
    on = item.get("closed_on") or item.get("answered_on") or item.get("last_hit")
    about_person = rule is not None and is_about_person(rule)
    return Standing(
        number=item["number"],
        code=item["code"],
        title=rule.title if rule else "（指标已停用）",
        town=str(item.get("town") or ""),
        town_name=shown(body.get("town_name")),
        village_name=shown(body.get("village_name")),
        household=shown(body.get("户编号")),
        head_name=shown(body.get("户主姓名")),
        name=shown(body.get("姓名")) if about_person or body.get("户编号") else "",
        situation=SITUATIONS.get(state) or WAITING[answer] + (model.NOT_RECHECKED if item.get("na_since") else ""),
        answer=answer,
        on=day(on) if on else None,
    )
