"""Who a finding is about: subjects by their hashed aliases, through renumbering and moves between counties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from duizhang.ledger import cases, db, ids, tracing
from duizhang.ledger.plans import Plan, Subject
from duizhang.ledger.roster import CASE, HOUSEHOLD, MOVING, NATURAL, PARENT, PERSON, RESPELT, Roster, split_spell
from duizhang.ledger.tracing import SECONDARY, Tracer


def _known(aliases: dict[str, dict[str, set[str]]], subjects: list[str]) -> dict[str, dict[str, set[str]]]:
    """`aliases` of `subjects`, also of those that have none."""
    return {subject: aliases.get(subject, {}) for subject in subjects}


class Resolver:
    """Resolves subjects of one county at one date against `roster`; `write` stores what it found.

    `follow` False: numbers that changed are left to the next merge, and nothing is said of who is present but of those that are
    new to the county.
    """

    def __init__(self, cursor: Any, key: bytes, county: str, as_of: date, roster: Roster, *, follow: bool = True) -> None:
        self._cursor = cursor
        self._key = key
        self._county = county
        self._as_of = as_of
        self._roster = roster
        self._follow = follow
        self._tracer = Tracer(key, roster)
        self.plan = Plan()
        self.subjects = {subject.subject_id: subject for subject in self._load("s.county = %s", county)}
        self._natural = {subject.natural: subject.subject_id for subject in self.subjects.values()}
        if follow:
            self._renumber()
        self._rekey()
        if follow:
            self._respell()
            self._rehouse(list(self.subjects.values()))

    def _load(self, where: str, *values: Any) -> list[Subject]:
        found = db.rows(
            self._cursor,
            "SELECT s.subject_id, s.kind, s.county, s.last_seen, s.parent_id, a.alias_hash AS natural "
            "FROM ledger.subject s JOIN ledger.alias a ON a.subject_id = s.subject_id AND a.alias_kind = 'natural' "
            f"AND a.valid_to IS NULL WHERE {where}",
            values,
        )
        return [Subject(**row) for row in found]

    # -- renumbering -------------------------------------------------------------------------------------------------

    def _renumber(self) -> None:
        for kind in (PERSON, HOUSEHOLD):
            present = self._roster.by_hash(kind)
            lost = [s.subject_id for s in self.subjects.values() if s.kind == kind and s.natural not in present]
            if not lost or not present:
                continue
            homeless = self._homeless(lost) if kind == PERSON else set()
            found = self._tracer.near(kind, _known(tracing.stored(self._cursor, lost), lost), self._free(kind), homeless)
            for subject_id, key in sorted(found.items()):
                self._rename(self.subjects[subject_id], ids.alias(self._key, kind, key))

    def _free(self, kind: str) -> set[str]:
        """Keys of the roster that are no subject's of this county."""
        return {key for found, key in self._roster.by_hash(kind).items() if found not in self._natural}

    def _homeless(self, people: list[str]) -> set[str]:
        """Those of `people` whose household's number, as last seen, is not in the roster any more."""
        self._cursor.execute(
            "SELECT subject_id, array_agg(household_key_hash) FROM ledger.item WHERE subject_id = ANY(%s) AND household_key_hash IS NOT NULL "
            "GROUP BY subject_id",
            (people,),
        )
        here = self._roster.by_hash(HOUSEHOLD)
        return {subject for subject, homes in self._cursor.fetchall() if not any(home in here for home in homes)}

    def _rename(self, subject: Subject, natural: str) -> None:
        self._natural.pop(subject.natural)
        subject.natural = natural
        self._natural[natural] = subject.subject_id
        self.plan.renumbered.add(subject.subject_id)

    def _rehouse(self, subjects: Iterable[Subject]) -> None:
        """People whom only another book names, of a household that has a new number: their key ends in it."""
        present = self._roster.by_hash(CASE)
        lost = {s.subject_id: s for s in subjects if s.kind == CASE and s.natural not in present}
        if not lost or not present:
            return
        numbers = {subject: key for key, subject in self._here(HOUSEHOLD).items()}
        for subject_id, case in sorted(cases.named(self._cursor, self._county, lost).items()):
            natural = ids.alias(self._key, CASE, f"{case.front}|{numbers.get(case.home or '')}")
            if natural in present and natural not in self._natural:
                self._rename(lost[subject_id], natural)

    def _rekey(self) -> None:
        """Subjects whose key is written otherwise than by earlier versions: each goes on under the present one."""
        mine = {subject.kind for subject in self.subjects.values()}
        for kind, known in self._roster.former().items():
            here = self._here(PARENT[kind]) if kind in PARENT else {}
            present = (self._roster.spells(kind, here) if kind in PARENT else self._roster.by_hash(kind)) if kind in mine else {}
            lost = {s.natural: s for s in self.subjects.values() if s.kind == kind and s.natural not in present}
            for former, key in sorted(known.items()) if lost else ():
                was, now = self._hash(kind, former, here), self._hash(kind, key, here)
                if was in lost and now is not None and now not in self._natural:
                    self._rename(lost[was], now)

    def _hash(self, kind: str, key: str, parents: Mapping[str, str]) -> str | None:
        """The alias of `key`; None where its parent is not among `parents` (key → subject id)."""
        if kind not in PARENT:
            return ids.alias(self._key, kind, key)
        parent, suffix = split_spell(key)
        return ids.spell(self._key, parents[parent], suffix) if parent in parents else None

    def _respell(self) -> None:
        """A spell whose month was corrected: the only lost one of its parent becomes the only one of it that is not known yet."""
        for kind, above in ((kind, above) for kind, above in PARENT.items() if kind in RESPELT):
            here = self._here(above)
            parents = set(here.values())
            mine = [s for s in self.subjects.values() if s.kind == kind and s.parent_id in parents]
            keys = self._roster.spells(kind, here) if mine else {}
            known = {s.natural for s in mine}
            fresh: dict[str | None, list[str]] = defaultdict(list)
            for found, spell_key in keys.items():
                if found not in known:
                    fresh[here[split_spell(spell_key)[0]]].append(found)
            lost: dict[str | None, list[Subject]] = defaultdict(list)
            for subject in mine:
                if subject.natural not in keys:
                    lost[subject.parent_id].append(subject)
            for parent, subjects in lost.items():
                if len(subjects) == len(fresh[parent]) == 1:
                    self._rename(subjects[0], fresh[parent][0])

    # -- findings ----------------------------------------------------------------------------------------------------

    def resolve(self, findings: Iterable[tuple[str, str]]) -> None:
        """Give every (kind, key) its subject: known here, moved here from another county, or new."""
        wanted = sorted(set(findings))
        spells = {pair: split_spell(pair[1]) for pair in wanted if pair[0] in PARENT}
        plain = {pair for pair in wanted if pair[0] not in PARENT} | {(PARENT[kind], split[0]) for (kind, _), split in spells.items()}
        # the household of a case is known too, so that a new number of it is seen
        plain |= {(HOUSEHOLD, home) for kind, key in wanted if kind == CASE and (home := key.partition("|")[2].rpartition("|")[2])}
        hashed = {pair: ids.alias(self._key, *pair) for pair in sorted(plain)}
        for pair, subject in self._find(hashed, {}).items():
            self.plan.of_finding[pair] = subject
        parents = {pair: self.plan.of_finding[PARENT[pair[0]], split[0]] for pair, split in spells.items()}
        hashed = {pair: ids.spell(self._key, parents[pair], split[1]) for pair, split in spells.items()}
        for pair, subject in self._find(hashed, parents).items():
            self.plan.of_finding[pair] = subject

    def _find(self, hashed: dict[tuple[str, str], str], parents: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
        unknown = {pair: alias for pair, alias in hashed.items() if alias not in self._natural}
        if unknown:
            self._arrive(self._load("a.alias_hash = ANY(%s) AND s.county <> %s", list(unknown.values()), self._county))
        unknown = {pair: alias for pair, alias in unknown.items() if alias not in self._natural}
        if unknown:
            self._create(unknown, parents)
        return {pair: self._natural[alias] for pair, alias in hashed.items()}

    def _arrive(self, foreign: list[Subject]) -> None:
        """Take over subjects that their county has not seen at this date or later; households and people bring their spells.

        Of a kind that does not move, the same number in another county is another subject.
        """
        ready = sorted((s for s in foreign if s.kind in MOVING and s.last_seen < self._as_of), key=lambda s: s.subject_id)
        parents = [s.subject_id for s in ready if s.kind in PARENT.values()]
        children = self._load("s.parent_id = ANY(%s) AND s.county <> %s", parents, self._county) if parents else []
        for subject in [*ready, *sorted(children, key=lambda s: s.subject_id)]:
            if subject.subject_id not in self.subjects and subject.natural not in self._natural:
                self.plan.moved[subject.subject_id] = subject.county
                self.subjects[subject.subject_id] = subject
                self._natural[subject.natural] = subject.subject_id
                subject.county = self._county

    def _create(self, unknown: dict[tuple[str, str], str], parents: dict[tuple[str, str], str]) -> None:
        generation = dict.fromkeys(unknown, 0)
        pending = dict(unknown)
        while pending:
            made = {
                ids.subject_id(self._key, pair[0], alias, generation[pair]): pair for pair, alias in pending.items()
            }
            self._cursor.execute("SELECT subject_id FROM ledger.subject WHERE subject_id = ANY(%s)", (list(made),))
            taken = {row[0] for row in self._cursor.fetchall()}
            for subject_id, pair in made.items():
                if subject_id in taken:
                    generation[pair] += 1
                    continue
                alias = pending.pop(pair)
                parent = parents.get(pair)
                subject = Subject(subject_id, pair[0], self._county, self._as_of, parent, alias)
                self.plan.created[subject_id] = self.subjects[subject_id] = subject
                self._natural[alias] = subject_id

    def fetch_missing(self) -> None:
        """Take over subjects that another county misses: those whose number stands in this roster, those that came under a
        number which is nobody's yet, and the cases of households that are here."""
        foreign = self._load("s.county <> %s AND s.missing_since IS NOT NULL", self._county)
        foreign = [s for s in foreign if s.kind not in PARENT]
        self._arrive([s for s in foreign if s.natural in self._roster.by_hash(s.kind)])
        left = {s.subject_id: s for s in foreign if s.subject_id not in self.subjects and s.last_seen < self._as_of}
        for kind in (PERSON, HOUSEHOLD):
            lost = sorted(s.subject_id for s in left.values() if s.kind == kind)
            if not lost or not self._roster.has(kind):
                continue
            found = self._tracer.far(kind, _known(tracing.stored(self._cursor, lost), lost), self._free(kind))
            hashed = {subject_id: ids.alias(self._key, kind, key) for subject_id, key in found.items()}
            taken = {s.natural for s in self._load("a.alias_hash = ANY(%s) AND s.county <> %s", list(hashed.values()), self._county)}
            for subject_id, natural in sorted(hashed.items()):
                if natural not in taken:
                    self._arrive([left[subject_id]])
                    if subject_id in self.subjects:
                        self._rename(left[subject_id], natural)
        self._fetch_cases([s for s in foreign if s.kind == CASE and s.subject_id not in self.subjects])

    def _fetch_cases(self, missed: list[Subject]) -> None:
        """Those of `missed` whose household is here: they stand in these books under its number here, or nowhere."""
        here = set(self._here(HOUSEHOLD).values()) if missed else set()
        found = cases.named(self._cursor, self._county, [s.subject_id for s in missed])
        self._arrive([s for s in missed if s.subject_id in found and found[s.subject_id].home in here])
        self._rehouse([s for s in missed if s.subject_id in self.subjects])

    # -- presence and storage ----------------------------------------------------------------------------------------

    def present(self) -> dict[str, str]:
        """Subject id → its key in the roster, for the subjects of this county that are in the roster."""
        found = {}
        by_kind: dict[str, list[Subject]] = defaultdict(list)
        for subject in self.subjects.values():
            by_kind[subject.kind].append(subject)
        for kind, subjects in by_kind.items():
            keys = self._roster.spells(kind, self._here(PARENT[kind])) if kind in PARENT else self._roster.by_hash(kind)
            found.update({s.subject_id: keys[s.natural] for s in subjects if s.natural in keys})
        return found

    def _here(self, kind: str) -> dict[str, str]:
        """Key in the roster → subject id, of the present subjects of `kind`."""
        keys = self._roster.by_hash(kind)
        known = (s for s in self.subjects.values() if s.kind == kind)
        return {keys[s.natural]: s.subject_id for s in known if s.natural in keys}

    def _apart(self, present: Mapping[str, str]) -> dict[str, cases.Named]:
        """The cases of this county that are in its books no more."""
        lost = [s.subject_id for s in self.subjects.values() if s.kind == CASE and s.subject_id not in present]
        return cases.named(self._cursor, self._county, lost)

    def left(self) -> set[str]:
        """The cases that are in the county's books no more because the household is not that they named."""
        present = self.present()
        return {s for s, case in self._apart(present).items() if case.housed and case.home not in present}

    def miss(self, gone: set[str]) -> dict[str, str]:
        """Mark the people and households that are in this county no more; gives subject id → kind.

        They are those of `gone` (an item of theirs, or of a spell or case of theirs, was judged absent), and those whose town's
        other households are there: of a town that did not deliver nobody is missed. A case is missed with its household.
        """
        present = self.present()
        lost = {s.subject_id: s.kind for s in self.subjects.values() if s.kind in SECONDARY and s.subject_id not in present}
        apart = {s: case for s, case in self._apart(present).items() if case.home not in present}
        self._cursor.execute(
            "SELECT s.subject_id, (array_agg(i.town ORDER BY i.last_hit DESC, i.number))[1] FROM ledger.subject s "
            "JOIN ledger.subject c ON c.subject_id = s.subject_id OR c.parent_id = s.subject_id "
            "JOIN ledger.item i ON i.subject_id = c.subject_id WHERE s.subject_id = ANY(%s) GROUP BY 1",
            (sorted(lost),),
        )
        towns = self._roster.towns()
        missed = {subject for subject, town in self._cursor.fetchall() if town in towns} | gone & set(lost)
        missed |= {case.home for s, case in apart.items() if case.home and case.home in lost and (s in gone or case.town in towns)}
        without = {s: CASE for s, case in apart.items() if case.home and (case.home in missed or case.home not in lost)}
        lost, missed = lost | without, missed | set(without)
        self._cursor.execute(
            "UPDATE ledger.subject SET missing_since = CASE WHEN subject_id = ANY(%s) THEN coalesce(missing_since, %s) END "
            "WHERE county = %s AND (subject_id = ANY(%s)) <> (missing_since IS NOT NULL)",
            (sorted(missed), self._as_of, self._county, sorted(missed)),
        )
        return {subject: lost[subject] for subject in sorted(missed)}

    def write(self) -> None:
        """Store new subjects, moves, new numbers, and the secondary aliases of everyone who is present."""
        present = self.present()
        if not self._follow:
            present = {s: key for s, key in present.items() if s in self.plan.created or s in self.plan.moved}
        self._write_moves()
        order = sorted(self.plan.created.values(), key=lambda s: (s.kind in PARENT, s.subject_id))
        db.insert(
            self._cursor,
            "INSERT INTO ledger.subject (subject_id, kind, county, first_seen, last_seen, parent_id) VALUES %s",
            [(s.subject_id, s.kind, self._county, self._as_of, self._as_of, s.parent_id) for s in order],
        )
        seen = [(s,) for s in sorted(present) if self.subjects[s].last_seen < self._as_of]
        db.insert(
            self._cursor,
            f"UPDATE ledger.subject s SET last_seen = '{self._as_of}' FROM (VALUES %s) AS seen (subject_id) "
            "WHERE s.subject_id = seen.subject_id",
            seen,
        )
        self._write_aliases(present)

    def _write_moves(self) -> None:
        moved = sorted(self.plan.moved)
        for table in ("subject", "alias"):
            self._cursor.execute(
                f"UPDATE ledger.{table} SET county = %s WHERE subject_id = ANY(%s)", (self._county, moved)
            )

    def _write_aliases(self, present: dict[str, str]) -> None:
        self._cursor.execute(
            "SELECT subject_id, alias_kind, alias_hash FROM ledger.alias WHERE county = %s AND valid_to IS NULL", (self._county,)
        )
        stored = set(self._cursor.fetchall())
        wanted = {(s.subject_id, NATURAL, s.natural) for s in self.subjects.values()}
        for kind, alias_kinds in SECONDARY.items():
            here = {key: subject for subject, key in present.items() if self.subjects[subject].kind == kind}
            for alias_kind in alias_kinds:
                # what several bear leads to the other as well: it is nobody's alias
                for key, values in tracing.own(self._roster.values(kind, alias_kind)).items():
                    if key in here:
                        wanted |= {(here[key], alias_kind, ids.secondary(self._key, alias_kind, v)) for v in values}
        # whoever is absent keeps the aliases last seen: they are what finds a new number later
        ended = {row for row in stored - wanted if row[0] in present or row[1] == NATURAL}
        db.insert(
            self._cursor,
            f"UPDATE ledger.alias a SET valid_to = '{self._as_of}' FROM (VALUES %s) AS e (subject_id, alias_kind, alias_hash) "
            "WHERE a.subject_id = e.subject_id AND a.alias_kind = e.alias_kind AND a.alias_hash = e.alias_hash "
            "AND a.valid_to IS NULL",
            sorted(ended),
        )
        db.insert(
            self._cursor,
            "INSERT INTO ledger.alias (subject_id, alias_kind, alias_hash, county, valid_from) VALUES %s "
            "ON CONFLICT (subject_id, alias_kind, alias_hash, valid_from) DO UPDATE SET valid_to = NULL",
            [(*row, self._county, self._as_of) for row in sorted(wanted - stored)],
        )
