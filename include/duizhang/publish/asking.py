"""What a question says: the words of a catalogue entry, or of a problem that came from above and matches no indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from duizhang.core.catalogue import DEADLINE_DAYS, Rule
from duizhang.core.errors import ContractProblem
from duizhang.core.kinds import kinds

Item = Mapping[str, Any]
ASKED = frozenset({"found", "issued", "returned"})
EXTERNAL = "EXT-"  # codes of problems that no indicator knows (docs/design.md §12)
OUTSIDE_REMEDY = (
    "按反馈的问题核实。属实的改到位，选“已整改”；不属实或无法更改的，选“不属实”或“情况说明”，写明怎么核的，填核查人和核查日期。"
)
OUTSIDE_FIX_AT = "按反馈单位的要求"


@dataclass(frozen=True)
class Question:
    """The words and duties of one code. `subject` and `text` are None where each item has its own (from above)."""

    code: str
    title: str
    subject: str | None
    severity: str
    closes: str
    text: str | None
    remedy: str
    fix_at: str
    days: int
    consequence_of: tuple[str, ...] = ()


def need(item: Item, name: str) -> Any:
    """`item[name]`, or a ContractProblem that names the missing key (never a value)."""
    if name not in item:
        raise ContractProblem(f"An item handed to publish has no {name}.")
    return item[name]


def is_asked(item: Item) -> bool:
    """Whether an open item wants an answer now: not while it waits for a department, nor once it is answered or gone."""
    return item["state"] in ASKED


def is_external(code: str) -> bool:
    """Whether a code is of a problem from above that no indicator knows."""
    return code.startswith(EXTERNAL)


def questions(rules: Mapping[str, Rule], items: Iterable[Item]) -> dict[str, Question]:
    """Code → its words: the whole catalogue, and the outside problems among `items` (in their body: 问题, 来源)."""
    found = {code: _of_rule(rule) for code, rule in rules.items()}
    for item in sorted((i for i in items if is_external(i["code"])), key=lambda i: str(i["number"])):
        if item["code"] not in found:
            found[item["code"]] = _of_external(item)
    return found


def _of_rule(rule: Rule) -> Question:
    return Question(
        rule.code, rule.title, rule.subject, rule.severity, rule.closes, rule.question, rule.remedy, rule.fix_at, rule.days,
        rule.consequence_of,
    )  # fmt: skip


def _of_external(item: Item) -> Question:
    severity = str(need(item, "severity"))
    return Question(
        item["code"], problem(item), None, severity, str(need(item, "closes")), None, OUTSIDE_REMEDY, OUTSIDE_FIX_AT,
        DEADLINE_DAYS[severity],
    )  # fmt: skip


def problem(item: Item) -> str:
    """What an outside problem says (body 问题); its code where the values have been destroyed on schedule."""
    return str(need(item, "body").get("问题") or f"上级反馈的问题 {item['code']}")


def subject_of(item: Item, question: Question) -> str:
    """The kind of subject: the indicator's, else the item's own."""
    return question.subject or str(need(item, "subject_kind"))


def names_somebody(item: Item, question: Question) -> bool:
    """Whether the list shows 姓名 and 证件号码: of the person, or of the head or applicant who leads to the household.

    Not every household that is asked about is in the national book: of a villager's clue they are all there is to find it by.
    """
    kind = kinds().get(subject_of(item, question))
    return kind is not None and kind.about in ("person", "household")


def is_about_person(item: Item, question: Question) -> bool:
    """Whether an item speaks of one person, not of a household, village or file."""
    kind = kinds().get(subject_of(item, question))
    return kind is not None and kind.about == "person"
