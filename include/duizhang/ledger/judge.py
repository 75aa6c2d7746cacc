"""What an answer may do: by the rule's own way of closing, and the rights of whoever gives it (docs/design.md §12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from duizhang.ledger import ids
from duizhang.ledger.rights import Rights, fold

CLOSED = {
    "proven": "证实销号",
    "verified_not_so": "核查不属实",
    "acknowledged": "已作情况说明",
    "exempted": "批准豁免",
    "withdrawn": "口径调整撤销",
}
# Hints: the row is accepted, and does not close what it might have.
OPEN_FOR_NOW = "已登记回复，问题暂不销号：{}。"
NEEDS = "还缺{}，补齐后再报"
NOT_EXEMPTIBLE = "该指标不在可豁免之列，批准人不起作用"
SAME_PERSON = "批准人与核查人是同一人，豁免须由另一人批准"
NOT_NAMED = "批准人不在本县登记的批准人名单内，请由名单上的人批准"


class AnswerLike(Protocol):
    """A row that came back, as `receive` gives it: `answer` is a word of the drop-down; texts may be empty."""

    @property
    def item_id(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def county(self) -> str: ...
    @property
    def cycle(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def note(self) -> str | None: ...
    @property
    def answered_by(self) -> str | None: ...
    @property
    def checked_on(self) -> date | None: ...
    @property
    def approved_by(self) -> str | None: ...


@dataclass(frozen=True)
class Step:
    """An event that an answer makes: kind, actor, and the folded name of the person ('' where none is given)."""

    kind: str
    actor: str
    name: str


@dataclass(frozen=True)
class Decision:
    """What an answer does: its events in order, and why it does not close the question ('' where nothing is to be said)."""

    steps: tuple[Step, ...]
    hint: str = ""

    @property
    def closes(self) -> str:
        """The state that closes the item, '' where it stays open."""
        kind = self.steps[-1].kind
        return "" if kind == "answered" else kind


class Judge:
    """What each answer may do by the rule's own way of closing and the rights of who gives it (design §12)."""

    def __init__(self, county: str, exemptible: Collection[str], rights: Rights) -> None:
        self._county = county
        self._exemptible = exemptible
        self._rights = rights

    def decide(self, item: Mapping[str, Any], row: AnswerLike, meaning: str) -> Decision:
        """The events that `row` makes of `item` (its code, severity, closes)."""
        name = fold(row.answered_by)
        if meaning == "not_so":
            return self._not_so(item, row, name)
        if meaning == "explained":
            return self._explained(item, row, name)
        return Decision((Step("answered", "county", name),))

    def _not_so(self, item: Mapping[str, Any], row: AnswerLike, name: str) -> Decision:
        if item["closes"] == "field":
            return _closing(Step("verified_not_so", "field", name), _missing(row, visit=True))
        if item["severity"] == "疑似":
            return _closing(Step("verified_not_so", "county", name), _missing(row, visit=False))
        return Decision((Step("answered", "county", name),))

    def _explained(self, item: Mapping[str, Any], row: AnswerLike, name: str) -> Decision:
        if item["code"].startswith(ids.EXTERNAL):
            return _closing(Step("acknowledged", "county", name), _missing(row, visit=True))
        if item["closes"] == "acknowledged":
            return _closing(Step("acknowledged", "county", name), _missing(row, visit=False))
        asked, approver = Step("answered", "county", name), fold(row.approved_by)
        if item["code"] not in self._exemptible:
            return Decision((asked,), OPEN_FOR_NOW.format(NOT_EXEMPTIBLE) if approver else "")
        missing = [*_missing(row, visit=False), *([] if name else ["核查人"]), *([] if approver else ["批准人"])]
        why = NEEDS.format("、".join(missing)) if missing else ""
        if not why and approver == name:
            why = SAME_PERSON
        if not why and not self._rights.may_approve(self._county, row.approved_by):
            why = NOT_NAMED
        if why:
            return Decision((asked,), OPEN_FOR_NOW.format(why))
        return Decision((asked, Step("exempted", "approver", approver)))


def _missing(row: AnswerLike, *, visit: bool) -> list[str]:
    """What a verdict lacks: a note and, where it stands on a visit, who went and when."""
    lacks = [] if (row.note or "").strip() else ["核查说明"]
    if visit:
        lacks += [] if fold(row.answered_by) else ["核查人"]
        lacks += [] if row.checked_on else ["核查日期"]
    return lacks


def _closing(step: Step, missing: Sequence[str]) -> Decision:
    """`step`, or an answer only where something is missing for it."""
    if not missing:
        return Decision((step,))
    return Decision((Step("answered", "county", step.name),), OPEN_FOR_NOW.format(NEEDS.format("、".join(missing))))
