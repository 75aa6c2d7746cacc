"""Merging a county's findings into its ledger: new, reopened, restated, returned, proven, withdrawn, gone, moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from duizhang.core.catalogue import same_version
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db, hits, ids, watch
from duizhang.ledger.events import OPEN, Event, Values, append, subject_steps
from duizhang.ledger.findings import Finding, read
from duizhang.ledger.joining import Joining
from duizhang.ledger.roster import CASE, Roster
from duizhang.ledger.subjects import Resolver

_LOG = logger("ledger.merge")
_ATTEMPTS = 5
Verdicts = Callable[[pa.Table], pa.Table]

_INSERT = (
    "INSERT INTO ledger.item (item_id, number, code, severity, closes, subject_id, subject_kind, county, town, opened_on, "
    "first_found, last_hit, rule_version, stands_hash, value_hash, household_key_hash) VALUES %s"
)
_UPDATE = (
    "UPDATE ledger.item i SET severity = u.severity, closes = u.closes, town = u.town, last_hit = greatest(i.last_hit, u.last_hit), "
    "rule_version = u.rule_version, stands_hash = u.stands_hash, value_hash = u.value_hash, "
    "household_key_hash = u.household_key_hash, na_since = NULL, na_reason = NULL, "
    "due_on = CASE WHEN u.fresh THEN NULL ELSE i.due_on END "
    "FROM (VALUES %s) AS u (item_id, severity, closes, town, last_hit, rule_version, stands_hash, value_hash, "
    "household_key_hash, fresh) WHERE i.item_id = u.item_id AND (i.severity, i.closes, i.town, i.last_hit, i.rule_version, "
    "i.stands_hash, i.value_hash, i.household_key_hash, i.na_since, u.fresh) IS DISTINCT FROM (u.severity, u.closes, u.town, "
    "u.last_hit, u.rule_version, u.stands_hash, u.value_hash, u.household_key_hash, NULL::date, false)"
)
_UPDATE_ROW = "(%s, %s, %s, %s::text, %s::date, %s, %s, %s, %s::text, %s::boolean)"


@dataclass(frozen=True)
class MergeSummary:
    """What a merge did: events by kind (empty when nothing changed), and the items open after it."""

    county: str
    as_of: date
    findings: int
    events: dict[str, int] = field(default_factory=dict)
    open: int = 0
    na: int = 0
    gone: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Counts only, for summary.json."""
        counts = {"findings": self.findings, "events": self.events, "open": self.open, "na": self.na, "gone": self.gone}
        return {"county": self.county, "as_of": self.as_of.isoformat(), **counts}


class _MoreLocks(Exception):
    def __init__(self, counties: set[str]) -> None:
        super().__init__("a move needs the locks of other counties")
        self.counties = counties


def merge(
    settings: Settings,
    county: str,
    as_of: str | date,
    run_id: str,
    findings: Path,
    keys: Path,
    verdicts: Verdicts,
    *,
    data_date: date | None = None,
) -> MergeSummary:
    """Merge `county`'s findings as of `as_of` into the ledger: one transaction; done twice, it adds nothing.

    `findings` is checks/county=…/findings.parquet, `keys` subjects/keys/county=…/data.parquet. `verdicts` is asked about
    the open items without a finding: a table (item_id, code, subject_kind, subject_key, town) goes in, a table (item_id,
    verdict hit|clear|unknown|na|absent|no_rule, na_reason, rule_version, data_date) comes back, one row an item.
    An item reported fixed is returned only by a finding whose data are newer than the answer: the finding's column
    `data_date` where the file has one, else `data_date`, else `as_of`. A verdict stands on its own column `data_date`, else
    on `data_date`, never on `as_of`: the same books judged on a later day prove nothing that those above opened.
    Raises `ContractProblem` for a date before the county's last merge and for what does not fit, `InfraProblem` for
    failures of the database.
    """
    day = db.day(as_of)
    found = read(findings, county)
    roster = Roster(keys, settings.installation_key())
    locked = {county}
    for _ in range(_ATTEMPTS):
        try:
            with db.transaction(settings) as cursor:
                for name in sorted(locked):
                    db.lock(cursor, name)
                run = _Merge(cursor, settings.installation_key(), county, day, data_date, roster)
                summary = run.run(found, verdicts, run_id, locked)
        except _MoreLocks as more:
            locked |= more.counties
            continue
        _LOG.info("merged county %s as of %s: %s, %d open", county, day, summary.events, summary.open)
        return summary
    raise InfraProblem(f"The merge of {county} kept meeting other counties' merges.")


class _Merge:
    """One merge in its transaction."""

    def __init__(self, cursor: Any, key: bytes, county: str, as_of: date, data_date: date | None, roster: Roster) -> None:
        self.cursor = cursor
        self.key = key
        self.county = county
        self.as_of = as_of
        self.data_date = data_date
        self.roster = roster
        self.events: list[Event] = []
        self.values = Values(key, as_of)
        self.inserts: list[tuple[Any, ...]] = []
        self.updates: list[tuple[Any, ...]] = []

    def run(self, findings: list[Finding], verdicts: Verdicts, run_id: str, locked: set[str]) -> MergeSummary:
        self._check_date()
        resolver = Resolver(self.cursor, self.key, self.county, self.as_of, self.roster)
        resolver.fetch_missing()
        resolver.resolve((f.subject_kind, f.subject_key) for f in findings)
        if set(resolver.plan.moved.values()) - locked:
            raise _MoreLocks(set(resolver.plan.moved.values()))
        by_item = {self._item_id(f, resolver): f for f in findings}
        items = self._items(resolver, list(by_item))
        self.events += subject_steps(
            items.values(), resolver.plan.moved, self._renumbered(resolver), self.county, self.as_of
        )
        resolver.write()
        self.returned = watch.returned(self.cursor, [i for i in by_item if i in items and items[i]["state"] == "gone"])
        for item_id, finding in by_item.items():
            if item_id in items:
                self._hit(items[item_id], finding)
            else:
                self._new(item_id, finding, resolver)
        self._watch([item for item_id, item in items.items() if item_id not in by_item], resolver, verdicts)
        joining = self._joining(resolver, items)
        if joining.counties - locked:
            raise _MoreLocks(joining.counties)
        self._write()
        counts = append(self.cursor, self.key, self.events, run_id)
        db.insert(self.cursor, _UPDATE, self.updates, template=_UPDATE_ROW)
        for kind, n in joining.run(run_id).items():
            counts[kind] = counts.get(kind, 0) + n
        self._record(run_id, len(findings), bool(counts))
        return self._summary(len(findings), counts)

    def _check_date(self) -> None:
        self.cursor.execute("SELECT max(as_of) FROM ledger.merged WHERE county = %s", (self.county,))
        last = self.cursor.fetchone()[0]
        if last is not None and last > self.as_of:
            raise ContractProblem(f"{self.county}: {self.as_of} is before the last merge, of {last}.")

    def _item_id(self, finding: Finding, resolver: Resolver) -> str:
        subject = resolver.plan.of_finding[finding.subject_kind, finding.subject_key]
        return ids.item_id(self.key, finding.code, finding.subject_kind, subject)

    def _items(self, resolver: Resolver, hit: list[str]) -> dict[str, dict[str, Any]]:
        """The items that may change: open ones, hit ones, and all of subjects that moved or got a new number."""
        subjects = sorted(set(resolver.plan.moved) | self._renumbered(resolver))
        found = db.rows(
            self.cursor,
            "SELECT * FROM ledger.item WHERE (county = %s AND ledger.is_open(state)) OR item_id = ANY(%s) OR subject_id = ANY(%s)",
            (self.county, hit, subjects),
        )
        return {item["item_id"]: item for item in found}

    @staticmethod
    def _renumbered(resolver: Resolver) -> set[str]:
        """Subjects with a new number, and the spells of such households (they are known by it)."""
        renumbered = resolver.plan.renumbered
        return renumbered | {s.subject_id for s in resolver.subjects.values() if s.parent_id in renumbered}

    def _emit(self, item: dict[str, Any], kind: str, to_state: str, *, reason: str | None = None, value: str | None = None) -> None:
        self.events.append(
            Event(
                self.county, item["item_id"], item["number"], kind, item["state"], to_state, self.as_of, "check", None,
                reason, value,
            )
        )  # fmt: skip
        item["state"] = to_state

    def _new(self, item_id: str, finding: Finding, resolver: Resolver) -> None:
        subject = resolver.plan.of_finding[finding.subject_kind, finding.subject_key]
        value = self.values.add(self.county, "finding", finding.body)
        number = ids.number(finding.code, item_id)
        self.inserts.append(
            (item_id, number, finding.code, finding.severity, finding.closes, subject, finding.subject_kind, self.county,
             finding.town, self.as_of, self.as_of, self.as_of, finding.rule_version, finding.stands_hash, value,
             self._household(finding))
        )  # fmt: skip
        self._emit({"item_id": item_id, "number": number, "state": "new"}, "found", "found", value=value)

    def _household(self, finding: Finding) -> str | None:
        return ids.alias(self.key, "household", finding.household_key) if finding.household_key else None

    def _hit(self, item: dict[str, Any], finding: Finding) -> None:
        """A known item that is found again."""
        value = self.values.add(self.county, "finding", finding.body)
        found = hits.again(item, finding.stands_hash, self.as_of, finding.data_date or self.data_date or self.as_of, item["item_id"] in self.returned)
        for step in found.steps:
            self._emit(item, step.kind, step.to_state, reason=step.reason, value=value)
        self._see(item, finding, value, found.fresh)

    def _see(self, item: dict[str, Any], finding: Finding, value: str, fresh: bool) -> None:
        self.updates.append(
            (item["item_id"], finding.severity, finding.closes, finding.town, self.as_of, finding.rule_version,
             finding.stands_hash, value, self._household(finding), fresh)
        )  # fmt: skip

    def _joining(self, resolver: Resolver, items: dict[str, dict[str, Any]]) -> Joining:
        """Those who are gone from here and came elsewhere, where they were not known yet."""
        joining = Joining(self.cursor, self.key, self.county, self.as_of)
        gone = {item["subject_id"] for item in items.values() if item["state"] == "gone"}
        gone |= {parent for s in gone if s in resolver.subjects and (parent := resolver.subjects[s].parent_id)}
        joining.find(resolver.miss(gone))
        return joining

    def _watch(self, items: list[dict[str, Any]], resolver: Resolver, verdicts: Verdicts) -> None:
        """Ask about the open items that nothing was found about; what those above alone can see is not asked here."""
        asked = (item for item in items if item["state"] in OPEN and not item["code"].startswith(ids.EXTERNAL))
        watched = sorted(asked, key=lambda item: item["item_id"])
        if not watched:
            return
        answers = watch.ask(self.cursor, watched, resolver.present(), verdicts)
        left = resolver.left() if any(item["subject_kind"] == CASE for item in watched) else set()
        na = []
        for item in watched:
            verdict = answers[item["item_id"]]
            if verdict.word == "clear" and item["subject_id"] in left:
                verdict = replace(verdict, word="absent")
            seen = verdict.data_date or self.data_date
            if verdict.word == "clear" and not self._may_prove(item, seen):
                pass
            elif verdict.word == "clear":
                kind = "proven" if same_version(item["rule_version"], verdict.rule_version) else "withdrawn"
                self._emit(item, kind, kind, reason=None if kind == "proven" else "rule_changed")
            elif verdict.word == "no_rule":
                self._emit(item, "withdrawn", "withdrawn", reason="no_rule")
            elif verdict.word == "absent" and item["state"] != "gone":
                self._emit(item, "gone", "gone")
            elif verdict.word == "hit" and item["state"] == "answered" and hits.unfixed(item, seen):
                self._emit(item, "returned", "returned")
            unclear = verdict.word in ("na", "unknown")
            na.append((item["item_id"], self.as_of if unclear else None, verdict.reason if unclear else None))
        watch.write_na(self.cursor, na)

    @staticmethod
    def _may_prove(item: dict[str, Any], seen: date | None) -> bool:
        """What those above opened is proven by data newer than their list: the older were there when they asked."""
        return bool(item["origin"] == "check" or item["last_hit"] > item["opened_on"] or (seen is not None and seen > item["opened_on"]))

    def _write(self) -> None:
        self.values.write(self.cursor)
        if any(event.kind == "moved_in" for event in self.events):
            watch.copy_values(self.cursor, self.county, [e.item_id for e in self.events if e.kind == "moved_in"])
        db.insert(self.cursor, _INSERT, sorted(self.inserts))

    def _record(self, run_id: str, findings: int, changed: bool) -> None:
        self.cursor.execute(
            "INSERT INTO ledger.merged AS m (county, as_of, run_id, end_seq, findings) "
            "VALUES (%(county)s, %(as_of)s, %(run)s, coalesce((SELECT seq FROM ledger.chain WHERE county = %(county)s), 0), %(n)s) "
            "ON CONFLICT (county, as_of) DO UPDATE SET run_id = excluded.run_id, findings = excluded.findings, "
            # a repeat that changed nothing must not draw later answers into this period
            "end_seq = CASE WHEN %(changed)s THEN excluded.end_seq ELSE m.end_seq END",
            {"county": self.county, "as_of": self.as_of, "run": run_id, "n": findings, "changed": changed},
        )

    def _summary(self, findings: int, counts: dict[str, int]) -> MergeSummary:
        self.cursor.execute(
            "SELECT count(*), count(na_since), count(*) FILTER (WHERE state = 'gone') FROM ledger.item "
            "WHERE county = %s AND ledger.is_open(state)",
            (self.county,),
        )
        total, na, gone = self.cursor.fetchone()
        return MergeSummary(self.county, self.as_of, findings, counts, total, na, gone)


