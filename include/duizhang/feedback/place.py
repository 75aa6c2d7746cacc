"""The subject that an indicator asks about, given whom a line means; where that is not certain, the question is 外部."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from duizhang.core.catalogue import Rule
from duizhang.core.functions import idkey
from duizhang.core.kinds import kinds
from duizhang.feedback.indicators import Question
from duizhang.feedback.locate import Lost, Whom
from duizhang.feedback.model import Line, Subject
from duizhang.feedback.roster import Roster
from duizhang.feedback.texts import bare, name_fits, number_pattern

NOT_SURE = "；指标 {} 按{}核，名单没有写清是哪一个，按外部问题登记"


class Known:
    """The ledger's items by what a line can name them by: also of subjects that the newest books no longer have."""

    def __init__(self, items: Iterable[Mapping[str, Any]]) -> None:
        self.by_number: dict[str, Mapping[str, Any]] = {}
        self._by_code: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for item in items:
            self.by_number[item["number"]] = item
            body = item["body"]
            number = idkey(str(body.get("证件号码") or ""))
            for mark in {f"h{body.get('户编号') or ''}", f"p{body.get('人编号') or ''}", f"n{number or ''}"} - {"h", "p", "n"}:
                self._by_code[item["code"], mark].append(item)

    def of(self, code: str, *, household: str = "", person: str = "", number: str = "") -> list[Mapping[str, Any]]:
        """Items of `code` about a household, a person (人编号) or an idkey, whose subject is still told."""
        marks = [mark + value for mark, value in (("p", person), ("n", number), ("h", household)) if value]
        found = next((found for mark in marks if (found := self._by_code.get((code, mark)))), [])
        return [item for item in found if item["body"].get("subject_key")]


@dataclass(frozen=True)
class Placed:
    """A question with its subject. `shown`: the row whose names the ledger shows."""

    question: Question
    county: str
    kind: str
    key: str
    shown: Subject


class Placer:
    """Lays questions upon subjects of one run's roster."""

    def __init__(self, roster: Roster, rules: Mapping[str, Rule], known: Mapping[str, Known]) -> None:
        self._roster, self._rules, self._known = roster, rules, known

    def place(self, line: Line, question: Question, whom: Whom) -> Placed | Lost:
        """Where `question` belongs; it is made 外部 where its indicator asks about a subject that the line does not settle."""
        if question.code is None:
            return self._outside(question, whom)
        rule = self._rules[question.code]
        found = self._of_kind(line, rule, whom) or self._from_items(line, rule, whom.county, whom)
        if found is not None:
            return Placed(question, whom.county, *found)
        if rule.subject in ("person", "case") and whom.missing:
            return Lost(whom.county, whom.missing)
        said = question.how + NOT_SURE.format(rule.code, kinds()[rule.subject].noun)
        return self._outside(replace(question, code=None, how=said), whom)

    def gone(self, line: Line, question: Question, lost: Lost, counties: Iterable[str]) -> Placed | Lost:
        """A line whose subject the books no longer have: its item, where the ledger has one of this indicator."""
        if question.code is None or not lost.absent:
            return lost
        rule = self._rules[question.code]
        for county in sorted(counties):
            found = self._from_items(line, rule, county, None)
            if found:
                return Placed(question, county, *found)
        return lost

    def _of_kind(self, line: Line, rule: Rule, whom: Whom) -> tuple[str, str, Subject] | None:
        match rule.subject:
            case "person":
                return _as_found(whom.person)
            case "household":
                return _as_found(whom.household)
            case "village":
                return _as_found(whom.village)
            case "county" if not (whom.person or whom.household or whom.village):
                return "county", whom.county, _county(whom.county, self._roster.counties.get(whom.county, ""))
            case "case":
                return _as_found(whom.cases[0]) if len(whom.cases) == 1 else None
            case "monitoring" if whom.household:
                spells = self._roster.spells["monitoring", whom.household.key]
                return self._spell(line, rule, spells, whom.household.key, "month", newest=True)
            case "work_spell" if whom.person:
                spells = self._roster.spells["work_spell", whom.person.key]
                return self._spell(line, rule, spells, whom.person.key, "start", newest=False)
            case _:
                return None

    def _spell(
        self, line: Line, rule: Rule, spells: Sequence[Subject], parent: str, role: str, *, newest: bool
    ) -> tuple[str, str, Subject] | None:
        """The spell that the line dates, else the one with an open item, else the only one (or, of monitoring, the newest)."""
        month = "".join(char for char in bare(line.text(role)) if char.isdecimal())[:6]
        dated = [spell for spell in spells if spell.key.removeprefix(parent).split("|")[1][:6] == month] if month else []
        if len(dated) == 1:
            return _as_found(dated[0])
        known = self._known.get(spells[0].county) if spells else None
        open_keys = {item["body"]["subject_key"] for item in self._open(known, rule.code, parent, newest)} if known else set()
        asked = [spell for spell in spells if spell.key in open_keys]
        if len(asked) == 1:
            return _as_found(asked[0])
        if len(spells) == 1 or (spells and newest):
            return _as_found(max(spells, key=lambda spell: spell.key))
        return None

    def _open(self, known: Known, code: str, parent: str, of_household: bool) -> list[Mapping[str, Any]]:
        found = known.of(code, household=parent) if of_household else known.of(code, person=parent)
        return [item for item in found if item["closed_on"] is None]

    def _from_items(self, line: Line, rule: Rule, county: str, whom: Whom | None) -> tuple[str, str, Subject] | None:
        """The one item of this indicator about the household or person that the line names; an open one before a closed one."""
        known = self._known.get(county)
        if known is None:
            return None
        whole = rule.subject in ("household", "monitoring") or not (line.text("id") or line.text("person") or line.text("name"))
        household = whom.household.key if whom and whom.household else bare(line.text("household"))
        found = known.of(
            rule.code, household=household if whole else "", person=bare(line.text("person")),
            number=idkey(number_pattern(line.text("id"))) or "",
        )  # fmt: skip
        said, column = (line.text("head"), "户主姓名") if whole else (line.text("name"), "姓名")
        found = [item for item in found if not said or name_fits(said, str(item["body"].get(column) or ""))]
        found = [item for item in found if item["closed_on"] is None] or found
        keys = {(str(item["subject_kind"]), str(item["body"]["subject_key"])) for item in found}
        return (*next(iter(keys)), _from_body(found[0], county)) if len(keys) == 1 else None

    def _outside(self, question: Question, whom: Whom) -> Placed | Lost:
        """外部: on the most exact subject that the line names."""
        shown = whom.person or (whom.cases[0] if whom.cases and not whom.household else None) or whom.household or whom.village
        if shown is None:
            shown = _county(whom.county, self._roster.counties.get(whom.county, ""))
        return Placed(question, whom.county, shown.kind, shown.key, shown)


def _as_found(subject: Subject | None) -> tuple[str, str, Subject] | None:
    return (subject.kind, subject.key, subject) if subject else None


def _county(code: str, name: str) -> Subject:
    return Subject("county", code, code, "", "", "", "", "", "", "", name, "", "")


def _from_body(item: Mapping[str, Any], county: str) -> Subject:
    body = {name: str(value) for name, value in item["body"].items() if isinstance(value, str)}
    return Subject(
        str(item["subject_kind"]), str(item["body"]["subject_key"]), county, str(item.get("town") or ""), body.get("town_name", ""), "",
        body.get("village_name", ""), body.get("户编号", ""), body.get("户主姓名", ""), body.get("人编号", ""), body.get("姓名", ""), "",
        body.get("证件号码", ""),
    )  # fmt: skip
