"""What was said before: who asks, what the county last answered and what has become of it, what waits for departments."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from duizhang.contracts.load import Book
from duizhang.core.returns import IDENTITY_COLUMNS
from duizhang.publish.asking import Item
from duizhang.publish.model import OUR_CHECK, LastAnswers, Owed, Source
from duizhang.publish.texts import day, label, shown, text

MOST_VALUES = 3  # values then and now in a cell; the rest are counted
LEVELS = {"国家": "国家反馈", "省": "省级反馈", "市": "市级反馈"}
WORDS = {  # what the ledger records of an answer → the word of the drop-down
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
OUTCOMES = {
    "proven": "最新数据证实",
    "verified_not_so": "核查不属实销号",
    "acknowledged": "说明销号",
    "exempted": "批准豁免",
    "withdrawn": "口径调整撤销",
    "returned": "退回（报已整改但未变）",
    "gone": "对象查无（仍挂账）",
    "found": "登记又有变化（再问）",
    "issued": "登记又有变化（再问）",
}
ANSWERED = {"已整改": "等最新数据证实", "部门数据有误": "等部门更正"}
STILL_OPEN = "仍挂账"
NOBODYS = "无对应部门（请改选核查结果）"
NO_DEPARTMENT = "（未识别的部门）"


def answer_word(item: Item) -> str:
    """The drop-down's word for what the county last said; '' where it said nothing."""
    answer = str(item.get("answer") or "")
    return WORDS.get(answer, answer)


def level(source: str) -> str:
    """Who asks, as an officer says it: 省 → 省级反馈; another sender's own name stays."""
    return LEVELS.get(source) or (source if source.endswith("反馈") else f"{source}反馈")


def sources(item: Item) -> tuple[Source, ...]:
    """Who asks about `item`: our own check (unless it came from above only), and every notice, earliest deadline first."""
    found = [] if item.get("origin") == "upper" else [Source(OUR_CHECK, None)]
    dues: dict[str, list[date]] = {}
    for notice in item.get("notices") or ():
        due = [day(notice["due_on"])] if notice.get("due_on") else []
        dues.setdefault(level(str(notice["source"])), []).extend(due)
    above = [Source(word, min(days, default=None)) for word, days in dues.items()]
    found += sorted(above, key=lambda source: (source.due_on or date.max, source.word))
    return tuple(found) or (Source(level(str(item["body"].get("来源") or "上级")), None),)


def from_above(item: Item) -> tuple[Source, ...]:
    """Those above who ask about `item`."""
    return tuple(source for source in sources(item) if source.word != OUR_CHECK)


def all_sources(item: Item, notes: Sequence[Item]) -> tuple[Source, ...]:
    """Who asks about `item` or, from above, about one of its consequences: each once, with the earliest deadline of theirs."""
    own = [source for source in sources(item) if source.word == OUR_CHECK]
    dues: dict[str, list[date]] = {}
    for source in (source for each in (item, *notes) for source in from_above(each)):
        dues.setdefault(source.word, []).extend([source.due_on] if source.due_on else [])
    above = [Source(word, min(days, default=None)) for word, days in dues.items()]
    return (*own, *sorted(above, key=lambda source: (source.due_on or date.max, source.word)))


def evidence(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The evidence list [{列, 账, 值}] of a body (a list, or its JSON text)."""
    found = body.get("evidence")
    return list(json.loads(found) if isinstance(found, str) else found or ())


def last_answer(item: Item) -> str:
    """Who answered what when, and the values then and now; '' where the item was never answered in this opening."""
    claim = item.get("claim")
    if not claim:
        return ""
    when = claim.get("核查日期") or claim.get("answered_on")
    who = str(claim.get("核查人") or "（未填核查人）")
    said = f"{day(when).isoformat() + ' ' if when else ''}{who}：{claim['核查结果']}"
    note = f"。{claim['核查说明']}" if claim.get("核查说明") else ""
    return shown(said + note + _then_and_now(evidence(claim), evidence(item["body"])))


def _then_and_now(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> str:
    if not then:
        return ""
    before = {(str(e["列"]), str(e["账"])): text(e["值"]) for e in then}
    after = {(str(e["列"]), str(e["账"])): text(e["值"]) for e in now}
    changed = [key for key in after if before.get(key) != after[key]]
    same = [key for key in after if before.get(key) == after[key] and key[0] not in IDENTITY_COLUMNS]
    lines = [f"{label(k[0])}：当时 {before.get(k, '（没有）')}，现在 {after[k]}" for k in changed[:MOST_VALUES]]
    lines += [f"{label(k[0])}：{after[k]}，未变" for k in same[: max(MOST_VALUES - len(lines), 0)]]
    rest = len(changed) + len(same) - len(lines)
    return "".join(f"\n{line}" for line in lines) + (f"\n（另 {rest} 项略）" if rest else "")


def last_list(items: Iterable[Item], cycle: str | None, book: Book) -> LastAnswers | None:
    """What has become of the answers given to the list of `cycle` (the one before); None where there was none.

    `items`: open ones and those closed since. An item answered again since stands under its newer list.
    """
    if cycle is None:
        return None
    counts = Counter(_outcome(item, book) for item in items if item.get("answer") and item.get("answered_cycle") == cycle)
    order = list(dict.fromkeys((*OUTCOMES.values(), *ANSWERED.values(), NOBODYS, STILL_OPEN)))
    return LastAnswers(cycle, sum(counts.values()), tuple((word, counts[word]) for word in order if counts[word]))


def _outcome(item: Item, book: Book) -> str:
    word = answer_word(item)
    nobodys = word == "部门数据有误" and not departments(item, book)
    return OUTCOMES.get(item["state"]) or (NOBODYS if nobodys else ANSWERED.get(word, STILL_OPEN))


def owed(items: Iterable[Item], book: Book) -> tuple[Owed, ...]:
    """What waits for departments: by department whose book the item's evidence shows, how many and since when."""
    since: dict[str, list[date | None]] = {}
    for item in items:
        if item["state"] == "answered" and answer_word(item) == "部门数据有误":
            start = item.get("paused_since") or item.get("answered_on")
            since.setdefault("、".join(departments(item, book)) or NO_DEPARTMENT, []).append(day(start) if start else None)
    return tuple(
        Owed(name, len(days), min((d for d in days if d), default=None)) for name, days in sorted(since.items())
    )


def departments(item: Item, book: Book) -> tuple[str, ...]:
    """Owners of the departments' books that an item's evidence shows, in its order; of a question about a file, its sender."""
    names = [str(entry["账"]) for entry in evidence(item["body"])]
    found = [book.of_departments[name].owner for name in names if name in book.of_departments]
    if item.get("subject_kind") == "delivery":
        feed = str(item["body"].get("subject_key") or "").partition("|")[0]
        found += [book.by_feed[feed].owner] if feed in book.by_feed else []
    return tuple(dict.fromkeys(found))
