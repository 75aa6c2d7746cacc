"""The indicator catalogue: `expectations/<GROUP>.yaml`, one entry per rule, and what can be asked of an entry."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from duizhang.core import predicate
from duizhang.core.errors import RuleProblem
from duizhang.core.settings import Settings
from duizhang.core.yamls import load_yaml

CODE = re.compile(r"^[A-Z]{3}-\d{3}$")
_CITATION = re.compile(r"规则\(\s*'([A-Z]{3}-\d{3})'\s*\)")
DEADLINE_DAYS = {"错误": 7, "疑似": 15}


class Examples(BaseModel):
    """Rows (column → value; what is not given is NULL) that must give the verdict they stand under.

    `outside`: rows that the rule does not apply to, so that its denominator is pinned down, too (a row of `passes` may be either).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    violates: tuple[dict[str, Any], ...]
    passes: tuple[dict[str, Any], ...]
    unknown: tuple[dict[str, Any], ...] = ()
    outside: tuple[dict[str, Any], ...] = ()


class AbsenceMends(BaseModel):
    """A person who left the national book mends the finding if `table` (its rows filtered by `where`) still names their number.

    The recorded reason of the change: a death book that has the dead, the other row of a number booked twice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str
    where: str = "TRUE"


class Rule(BaseModel):
    """One indicator. `where` TRUE on a row for which `applies` is TRUE is a hit; NULL is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    title: str
    subject: str  # a kind of core.kinds (check reports one that is not)
    applies: str = "TRUE"
    where: str
    evidence: tuple[str, ...]
    stands_on: tuple[str, ...]
    severity: Literal["错误", "疑似"]
    kind: Literal["单账", "账账", "账实", "时效"]
    dimension: Literal["规范性", "完整性", "准确性", "一致性", "时效性", "唯一性"]
    closes: Literal["export", "field", "acknowledged"] = "export"
    authority: str
    basis: tuple[str, ...]
    nature: str = ""
    question: str
    remedy: str
    fix_at: str
    deadline_days: int | None = None
    exemptible: bool = False
    consequence_of: tuple[str, ...] = ()
    absence_mends: AbsenceMends | None = None  # without it a subject that vanished closes nothing
    external: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()  # feeds a rule stands on beyond those of its columns
    notes: str = ""
    examples: Examples

    @cached_property
    def days(self) -> int:
        """Days a county has to answer (outputs.md §3: our default, a parameter)."""
        return self.deadline_days if self.deadline_days is not None else DEADLINE_DAYS[self.severity]

    @cached_property
    def version(self) -> str:
        """Fingerprint of what the rule decides: its predicates and what an answer stands on."""
        decides: list[Any] = [self.code, self.subject, self.applies, self.where, list(self.stands_on), self.closes]
        if self.absence_mends:
            decides.append([self.absence_mends.table, self.absence_mends.where])
        return hashlib.sha256(json.dumps(decides, ensure_ascii=False).encode()).hexdigest()[:12]

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns that decide the verdict."""
        return predicate.columns(self.code, self.applies) | predicate.columns(self.code, self.where)


def _expand(rules: dict[str, dict[str, Any]], code: str, key: str, seen: tuple[str, ...]) -> str:
    """`key` of rule `code` with every citation 规则('X') replaced by X's whole condition."""

    def cited(match: re.Match[str]) -> str:
        other = match.group(1)
        if other in seen:
            raise RuleProblem(code, "lint", f"cites itself through {' → '.join((*seen, other))}")
        if other not in rules:
            raise RuleProblem(code, "lint", f"cites {other}, which is not in the catalogue")
        if rules[other]["subject"] != rules[seen[0]]["subject"]:
            raise RuleProblem(code, "lint", f"cites {other}, which stands on another subject")
        applies, where = (_expand(rules, other, part, (*seen, other)) for part in ("applies", "where"))
        return f"(({applies}) AND ({where}))"

    return _CITATION.sub(cited, str(rules[code].get(key, "TRUE")))


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> tuple[Rule, ...]:
    entries: dict[str, dict[str, Any]] = {}
    for name, _, _ in stamp:
        for entry in load_yaml((folder / name).read_text(encoding="utf-8")) or ():
            code = str(entry.get("code"))
            if not CODE.match(code) or not name.startswith(code[:3]):
                raise RuleProblem(code, "lint", f"stands in {name}; codes are like MON-026 and stand in the file of their group")
            if code in entries:
                raise RuleProblem(code, "lint", "stands twice in the catalogue")
            entries[code] = entry
    rules = []
    for code, entry in sorted(entries.items()):
        expanded = dict(entry)
        for key in ("applies", "where"):
            expanded[key] = _expand(entries, code, key, (code,))
        try:
            rules.append(Rule.model_validate(expanded))
        except ValidationError as problem:
            raise RuleProblem(code, "lint", f"is not a valid entry: {problem}") from problem
    return tuple(rules)


def load_catalogue(settings: Settings) -> tuple[Rule, ...]:
    """All rules, by code, citations expanded. Predicates are linted and bound by `check`, each alone."""
    folder = settings.expectations
    stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.glob("*.yaml")))
    return _load(folder, stamp)


def same_version(one: str, other: str | None) -> bool:
    """Whether two versions, `<rule>` or `<rule>.<meaning>` (check.meaning), ask the same: what one of them does not say is not compared.

    An item of before there were meanings, and one that was opened from above, have the rule's half alone.
    """
    (rule, _, meaning), (theirs, _, meant) = one.partition("."), (other or "").partition(".")
    return rule == theirs and (not meaning or not meant or meaning == meant)


def by_code(settings: Settings) -> dict[str, Rule]:
    """Code → rule."""
    return {rule.code: rule for rule in load_catalogue(settings)}
