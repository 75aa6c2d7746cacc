"""A household or person that left for another county under a new number, whose new county merged first.

The new county could not know them then: its merge made them subjects of their own, with questions of their own. When the
county they left has merged too, and has them no more, both are known to be one: the old subject goes on in the new county
with its items, their age and their answers, and takes over what was found there; the questions that were opened twice are
withdrawn. Only questions that no list has sent yet are taken over so: what an officer has seen keeps its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duizhang.ledger import cases, db, hits, ids, tracing, watch
from duizhang.ledger.events import Event, append
from duizhang.ledger.roster import CASE, HOUSEHOLD, NATURAL, split_spell

JOINED = "joined"
_COPY = (
    "INSERT INTO ledger.item (item_id, number, code, severity, closes, subject_id, subject_kind, county, town, opened_on, first_found, "
    "last_hit, rule_version, stands_hash, value_hash, household_key_hash, na_since, na_reason) "
    "SELECT u.item_id, u.number, i.code, i.severity, i.closes, u.subject_id, i.subject_kind, i.county, i.town, i.opened_on, i.first_found, "
    "i.last_hit, i.rule_version, i.stands_hash, i.value_hash, i.household_key_hash, i.na_since, i.na_reason "
    "FROM (VALUES %s) AS u (item_id, number, subject_id, twin) JOIN ledger.item i ON i.item_id = u.twin"
)
_TAKE = (
    "UPDATE ledger.item i SET severity = t.severity, closes = t.closes, town = t.town, last_hit = greatest(i.last_hit, t.last_hit), "
    "rule_version = t.rule_version, stands_hash = t.stands_hash, value_hash = t.value_hash, household_key_hash = t.household_key_hash, "
    "na_since = t.na_since, na_reason = t.na_reason, due_on = CASE WHEN u.fresh THEN NULL ELSE i.due_on END "
    "FROM (VALUES %s) AS u (item_id, twin, fresh) JOIN ledger.item t ON t.item_id = u.twin WHERE i.item_id = u.item_id"
)


@dataclass(frozen=True)
class Pair:
    """A subject that left (`old`) and the subject that its new county made of it (`new`; None: of this spell it knows nothing)."""

    old: str
    new: str | None
    kind: str
    county: str  # where the new one is
    natural: str


@dataclass
class Joining:
    """The pairs of one merge, in its transaction: `county` is the one they left."""

    cursor: Any
    key: bytes
    county: str
    as_of: date
    pairs: list[Pair] = field(default_factory=list)
    _events: list[Event] = field(default_factory=list)

    @property
    def counties(self) -> set[str]:
        """The counties that they went to: their locks are needed."""
        return {pair.county for pair in self.pairs}

    def find(self, lost: Mapping[str, str]) -> None:
        """Look for each of `lost` (people and households, subject id → kind) among who came elsewhere at this very date."""
        aliases = tracing.stored(self.cursor, sorted(lost))
        wanted = sorted({each for kinds in aliases.values() for hashes in kinds.values() for each in hashes})
        if not wanted:
            return
        came = {row["subject_id"]: row for row in db.rows(
            self.cursor,
            "SELECT s.subject_id, s.kind, s.county, n.alias_hash AS natural FROM ledger.subject s "
            "JOIN ledger.alias n ON n.subject_id = s.subject_id AND n.alias_kind = 'natural' AND n.valid_to IS NULL "
            "WHERE s.county <> %s AND s.first_seen = %s AND s.last_seen = %s AND s.subject_id IN "
            "(SELECT subject_id FROM ledger.alias WHERE alias_kind <> 'natural' AND valid_to IS NULL AND alias_hash = ANY(%s))",
            (self.county, self.as_of, self.as_of, wanted),
        )}  # fmt: skip
        there = tracing.stored(self.cursor, sorted(set(came) - self._known_to_officers(sorted(came))))
        candidates = {
            old: {new for new, those in there.items() if came[new]["kind"] == kind and tracing.same_people(aliases[old], those)}
            for old, kind in lost.items()
            if old in aliases
        }
        for old, new in sorted(tracing.both_ways(candidates).items()):
            self.pairs.append(Pair(old, new, lost[old], came[new]["county"], came[new]["natural"]))

    def _known_to_officers(self, subjects: list[str]) -> set[str]:
        """Those of `subjects` of which (or of whose spells) a question went out, came from above, or is settled already."""
        self.cursor.execute(
            "SELECT s.subject_id FROM ledger.subject s JOIN ledger.subject c ON c.subject_id = s.subject_id OR c.parent_id = s.subject_id "
            "JOIN ledger.item i ON i.subject_id = c.subject_id WHERE s.subject_id = ANY(%s) AND (i.state <> 'found' OR i.issued_on IS NOT NULL "
            "OR i.origin <> 'check' OR EXISTS (SELECT 1 FROM ledger.notice n WHERE n.item_id = i.item_id))",
            (subjects,),
        )
        return {row[0] for row in self.cursor.fetchall()}

    # -- one subject of two -------------------------------------------------------------------------------------------

    def run(self, run_id: str) -> dict[str, int]:
        """Make one of each pair; gives events by kind. The caller holds the locks, and has appended its own events."""
        if not self.pairs:
            return {}
        pairs = [*self.pairs, *self._spells(), *self._cases()]
        self._subjects(pairs)
        items = self._items([pair.old for pair in pairs])
        twins = self._items([pair.new for pair in pairs if pair.new])
        returned = watch.returned(self.cursor, [i["item_id"] for each in items.values() for i in each.values() if i["state"] == "gone"])
        made, taken = [], []
        for pair in pairs:
            mine, theirs = items.get(pair.old, {}), twins.get(pair.new or "", {})
            for code, item in mine.items():
                self._move(pair, item)
                if code in theirs:
                    taken.append(self._take(pair, item, theirs[code], item["item_id"] in returned))
            made += [self._make(pair, twin) for code, twin in theirs.items() if code not in mine]
            for twin in theirs.values():
                self._emit(pair.county, twin, "withdrawn", "withdrawn", JOINED)
        for county in sorted(self.counties):
            moved = [e.item_id for e in self._events if e.kind == "moved_in" and e.county == county]
            watch.copy_values(self.cursor, county, moved)
        db.insert(self.cursor, _COPY, made)
        counts = append(self.cursor, self.key, self._events, run_id)
        db.insert(self.cursor, _TAKE, taken, template="(%s, %s, %s::boolean)")
        return counts

    def _move(self, pair: Pair, item: dict[str, Any]) -> None:
        for county, kind in ((self.county, "moved_out"), (pair.county, "moved_in"), (pair.county, "renumbered")):
            self._emit(county, item, kind, item["state"])

    def _take(self, pair: Pair, item: dict[str, Any], twin: dict[str, Any], returned: bool) -> tuple[str, str, bool]:
        """The item is found again where its twin was."""
        # of what day the data were is not kept with an item: whether a claim was false is left to the next merge there
        found = hits.again(item, twin["stands_hash"], self.as_of, None, returned)
        for step in found.steps:
            self._emit(pair.county, item, step.kind, step.to_state, step.reason, twin["value_hash"])
        return item["item_id"], twin["item_id"], found.fresh

    def _make(self, pair: Pair, twin: dict[str, Any]) -> tuple[str, str, str, str]:
        """What was never asked of the old subject: the twin's question, as the old subject's."""
        item_id = ids.item_id(self.key, twin["code"], pair.kind, pair.old)
        item = {"item_id": item_id, "number": ids.number(twin["code"], item_id), "state": "new"}
        self._emit(pair.county, item, "found", "found", None, twin["value_hash"])
        return item_id, item["number"], pair.old, twin["item_id"]

    def _emit(
        self, county: str, item: dict[str, Any], kind: str, to_state: str, reason: str | None = None, value: str | None = None
    ) -> None:
        self._events.append(
            Event(county, item["item_id"], item["number"], kind, item["state"], to_state, self.as_of, "check", None, reason, value)
        )
        item["state"] = to_state

    def _items(self, subjects: Collection[str]) -> dict[str, dict[str, dict[str, Any]]]:
        """Subject → code → item."""
        found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for item in db.rows(self.cursor, "SELECT * FROM ledger.item WHERE subject_id = ANY(%s) ORDER BY number", (list(subjects),)):
            found[item["subject_id"]][item["code"]] = item
        return found

    def _spells(self) -> list[Pair]:
        """The spells of those who left, each with what the new county made of it: the spell of the same month, or nothing."""
        parents = {pair.new: pair for pair in self.pairs}
        rows = db.rows(
            self.cursor,
            "SELECT DISTINCT s.subject_id, s.kind, s.parent_id, v.body ->> 'subject_key' AS key FROM ledger.subject s "
            "JOIN ledger.item i ON i.subject_id = s.subject_id JOIN ledger.value v ON (v.county, v.value_hash) = (i.county, i.value_hash) "
            "WHERE s.parent_id = ANY(%s) ORDER BY 1",
            (list(parents),),
        )
        mine = self._spells_of({pair.old: pair for pair in self.pairs})
        found = {}
        for row in rows:
            parent = parents[row["parent_id"]]
            natural = ids.spell(self.key, parent.old, split_spell(row["key"])[1])
            old = mine[natural].old if natural in mine else self._spell(row["kind"], parent, natural)
            found[natural] = Pair(old, row["subject_id"], row["kind"], parent.county, natural)
        return [pair for _, pair in sorted((mine | found).items())]

    def _cases(self) -> list[Pair]:
        """The cases of households that left, each with what the new county made of it; whom a book here still names stays."""
        homes = {pair.old: pair for pair in self.pairs if pair.kind == HOUSEHOLD}
        came = {pair.new: pair.old for pair in homes.values()}
        found = cases.of_households(self.cursor, {self.county, *self.counties}, {*homes, *(home for home in came if home)})
        named, kept = cases.named(self.cursor, self.county, found), self._known_to_officers(sorted(found))
        rows = db.rows(
            self.cursor,
            "SELECT s.subject_id, s.county, s.last_seen, a.alias_hash AS natural FROM ledger.subject s JOIN ledger.alias a "
            "ON a.subject_id = s.subject_id AND a.alias_kind = 'natural' AND a.valid_to IS NULL WHERE s.subject_id = ANY(%s) ORDER BY 1",
            (sorted(found),),
        )
        there = {}
        for row in rows:
            case = named[row["subject_id"]]
            if row["county"] != self.county and case.home in came and row["subject_id"] not in kept:
                there[came[case.home], case.front] = row
        pairs = []
        for row in rows:
            case = named[row["subject_id"]]
            twin = there.get((case.home or "", case.front))
            if twin is not None and row["county"] == self.county and row["last_seen"] < self.as_of:
                pairs.append(Pair(row["subject_id"], twin["subject_id"], CASE, twin["county"], twin["natural"]))
        return pairs

    def _spells_of(self, parents: Mapping[str, Pair]) -> dict[str, Pair]:
        """Natural alias → pair without a new one, of the spells of `parents`."""
        rows = db.rows(
            self.cursor,
            "SELECT s.subject_id, s.kind, s.parent_id, a.alias_hash AS natural FROM ledger.subject s JOIN ledger.alias a "
            "ON a.subject_id = s.subject_id AND a.alias_kind = 'natural' AND a.valid_to IS NULL WHERE s.parent_id = ANY(%s)",
            (sorted(parents),),
        )
        return {r["natural"]: Pair(r["subject_id"], None, r["kind"], parents[r["parent_id"]].county, r["natural"]) for r in rows}

    def _spell(self, kind: str, parent: Pair, natural: str) -> str:
        """A spell of the old subject that was first seen in the new county."""
        generation, taken = 0, True
        while taken:
            made = ids.subject_id(self.key, kind, natural, generation)
            self.cursor.execute("SELECT count(*) FROM ledger.subject WHERE subject_id = %s", (made,))
            taken = bool(self.cursor.fetchone()[0])
            generation += 1
        self.cursor.execute(
            "INSERT INTO ledger.subject (subject_id, kind, county, first_seen, last_seen, parent_id) VALUES (%s, %s, %s, %s, %s, %s)",
            (made, kind, parent.county, self.as_of, self.as_of, parent.old),
        )
        return made

    def _subjects(self, pairs: list[Pair]) -> None:
        """Move the old subjects, and give them what the new ones are known by; the new ones are known by nothing any more."""
        end = "UPDATE ledger.alias SET valid_to = %s WHERE subject_id = ANY(%s) AND valid_to IS NULL"
        came, left = {pair.new: pair for pair in pairs if pair.new}, {pair.old: pair for pair in pairs}
        aliases = tracing.stored(self.cursor, sorted(came))
        self.cursor.execute(end, (self.as_of, sorted(came)))
        self.cursor.execute(end, (self.as_of, [pair.old for pair in came.values()]))
        for county in sorted(self.counties):
            mine = [subject for subject, pair in left.items() if pair.county == county]
            self.cursor.execute(
                "UPDATE ledger.subject SET county = %s, last_seen = %s, missing_since = NULL WHERE subject_id = ANY(%s)", (county, self.as_of, mine)
            )
            self.cursor.execute("UPDATE ledger.alias SET county = %s WHERE subject_id = ANY(%s)", (county, mine))
        rows = [(pair.old, NATURAL, pair.natural, pair.county, self.as_of) for pair in came.values()]
        for new, kinds in aliases.items():
            rows += [(came[new].old, kind, each, came[new].county, self.as_of) for kind, hashes in kinds.items() for each in hashes]
        db.insert(
            self.cursor,
            "INSERT INTO ledger.alias (subject_id, alias_kind, alias_hash, county, valid_from) VALUES %s "
            "ON CONFLICT (subject_id, alias_kind, alias_hash, valid_from) DO UPDATE SET valid_to = NULL",
            sorted(rows),
        )
