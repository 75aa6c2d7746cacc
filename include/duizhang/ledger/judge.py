"""What an answer may do: by the rule's own way of closing, and the rights of whoever gives it (docs/design.md §12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from duizhang.ledger import ids
from duizhang.ledger.rights import Names, Rights, fold

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
SAME_PERSON = "批准人与核查人是同一人（或姓名互相包含，分不清），豁免须由另一人批准"
ASKED_BEFORE = "批准人以核查人身份答复过这个问题，豁免须由没有答复过的另一人批准"
NOT_NAMED = "批准人不在本县登记的批准人名单内，请由名单上的人批准"
NO_DEPARTMENT = OPEN_FOR_NOW.format(
    "这个问题的登记内容里没有部门的账，没有部门可以转交。请在核查说明里写明哪个部门；没有对应部门的，请改选核查结果"
)


PAST = OPEN_FOR_NOW.format("这类问题说的是已成的事实，导出证实不了整改，请改选“情况说明”并写明核查说明；确是登记错、已改正的，等最新导出")


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
    @property
    def value_hash(self) -> str:
        """What the row showed (ledger.published_row): the answer stands on that; '' where nobody knows."""
        ...


@dataclass(frozen=True)
class Asker:
    """Who answered an item before, in its present opening: the hash in the chain, and the text as it was signed
    (None once destroyed)."""

    who: str | None
    signed: str | None


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

    def __init__(self, county: str, exemptible: Collection[str], rights: Rights, key: bytes) -> None:
        self._county = county
        self._exemptible = exemptible
        self._rights = rights
        self._key = key

    def decide(self, item: Mapping[str, Any], row: AnswerLike, meaning: str, askers: Sequence[Asker], *, has_desk: bool) -> Decision:
        """The events that `row` makes of `item` (its code, severity, closes), which `askers` have answered before it in
        this opening. `has_desk`: whether a department's book is in its evidence."""
        name = self._signature(row.answered_by)
        if meaning == "not_so":
            return self._not_so(item, row, name)
        if meaning == "explained":
            return self._explained(item, row, name, askers)
        hint = NO_DEPARTMENT if meaning == "department_wrong" and not has_desk else ""
        if meaning in ("fixed", "accepted_true") and item["closes"] == "acknowledged":
            hint = PAST  # the drop-down is one for the whole column: no word of it is refused
        return Decision((Step("answered", "county", name),), hint)

    def _signature(self, signed: str | None) -> str:
        """One text for the same people however written; a title alone still signs an answer, '' for nobody."""
        return self._rights.names(signed).text or fold(signed)

    def _not_so(self, item: Mapping[str, Any], row: AnswerLike, name: str) -> Decision:
        if item["closes"] == "field":
            return _closing(Step("verified_not_so", "field", name), self._missing(row, visit=True))
        if item["severity"] == "疑似":
            return _closing(Step("verified_not_so", "county", name), self._missing(row, visit=False))
        return Decision((Step("answered", "county", name),))

    def _explained(self, item: Mapping[str, Any], row: AnswerLike, name: str, askers: Sequence[Asker]) -> Decision:
        if item["code"].startswith(ids.EXTERNAL):
            return _closing(Step("acknowledged", "county", name), self._missing(row, visit=True))
        if item["closes"] == "acknowledged":
            return _closing(Step("acknowledged", "county", name), self._missing(row, visit=False))
        asked = Step("answered", "county", name)
        if item["code"] not in self._exemptible:
            return Decision((asked,), OPEN_FOR_NOW.format(NOT_EXEMPTIBLE) if fold(row.approved_by) else "")
        why = self._against(row, askers)
        if why:
            return Decision((asked,), OPEN_FOR_NOW.format(why))
        return Decision((asked, Step("exempted", "approver", self._signature(row.approved_by))))

    def _against(self, row: AnswerLike, askers: Sequence[Asker]) -> str:
        """Why `row` exempts nothing; '' where it does."""
        asks, approves = self._rights.names(row.answered_by), self._rights.names(row.approved_by)
        missing = self._missing(row, visit=False)
        missing += [column for column, names in (("核查人", asks), ("批准人", approves)) if not names.people]
        if missing:
            return NEEDS.format("、".join(missing))
        if asks.may_share(approves):
            return SAME_PERSON
        if any(self._is_among(approves, asker) for asker in askers):
            return ASKED_BEFORE
        return "" if self._rights.may_approve(self._county, row.approved_by) else NOT_NAMED

    def _is_among(self, approves: Names, asker: Asker) -> bool:
        return asker.who in {ids.who(self._key, name) for name in (approves.text, *approves.people)} or self._rights.names(
            asker.signed
        ).may_share(approves)

    def _missing(self, row: AnswerLike, *, visit: bool) -> list[str]:
        """What a verdict lacks: a note and, where it stands on a visit, who went (a title is nobody) and when."""
        lacks = [] if (row.note or "").strip() else ["核查说明"]
        if visit:
            lacks += [] if self._rights.names(row.answered_by).people else ["核查人"]
            lacks += [] if row.checked_on else ["核查日期"]
        return lacks


def _closing(step: Step, missing: Sequence[str]) -> Decision:
    """`step`, or an answer only where something is missing for it."""
    if not missing:
        return Decision((step,))
    return Decision((Step("answered", "county", step.name),), OPEN_FOR_NOW.format(NEEDS.format("、".join(missing))))
