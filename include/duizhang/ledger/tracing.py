"""Who is whom under a new number: subjects that are not in a roster any more, and the keys in it that may be theirs.

A trace is followed only where it fits both ways: one candidate for whoever is lost, and nobody else lost who fits it. What
several bear at a time (one number on two people) is not kept as anybody's alias: it could lead to the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from duizhang.ledger import ids
from duizhang.ledger.roster import HEAD, HEAD_TRAITS, HOUSEHOLD, IDKEY, KIN, MEMBER, PERSON, TRAITS, Roster

SECONDARY = {PERSON: (IDKEY, KIN, TRAITS), HOUSEHOLD: (HEAD, MEMBER, HEAD_TRAITS)}
Aliases = Mapping[str, set[str]]  # alias kind → hashes
_Tier = Callable[[str, Aliases, set[str]], set[str]]  # (subject, its aliases, keys that are nobody's) → keys it may be


def stored(cursor: Any, subjects: Sequence[str]) -> dict[str, dict[str, set[str]]]:
    """Subject → alias kind → hashes of its present secondary aliases."""
    cursor.execute(
        "SELECT subject_id, alias_kind, alias_hash FROM ledger.alias "
        "WHERE subject_id = ANY(%s) AND alias_kind <> 'natural' AND valid_to IS NULL",
        (list(subjects),),
    )
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, alias_kind, alias_hash in cursor.fetchall():
        found[subject][alias_kind].add(alias_hash)
    return found


def own(values: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """`values` (subject key → values) without those that several bear."""
    bearers = Counter(value for each in values.values() for value in each)
    return {subject: {value for value in each if bearers[value] == 1} for subject, each in values.items()}


def both_ways(candidates: Mapping[str, set[str]]) -> dict[str, str]:
    """Those of `candidates` that have one only, which is nobody else's."""
    claims = Counter(key for keys in candidates.values() for key in keys)
    return {subject: next(iter(keys)) for subject, keys in candidates.items() if len(keys) == 1 and claims[next(iter(keys))] == 1}


def same_people(aliases: Aliases, others: Aliases) -> bool:
    """Whether a person (or household) known by `aliases` is the one known by `others`: number, kin, head, or half of all members."""
    if any(aliases.get(kind, set()) & others.get(kind, set()) for kind in (IDKEY, KIN, HEAD)):
        return True
    old, new = aliases.get(MEMBER, set()), others.get(MEMBER, set())
    return bool(old & new) and 2 * len(old & new) >= max(len(old), len(new))


class Tracer:
    """Looks for lost subjects in `roster`."""

    def __init__(self, key: bytes, roster: Roster) -> None:
        self._key = key
        self._roster = roster
        self._known: dict[tuple[str, str], tuple[dict[str, set[str]], dict[str, set[str]]]] = {}

    def near(self, kind: str, lost: Mapping[str, Aliases], free: set[str], homeless: set[str]) -> dict[str, str]:
        """Subject → its new key, of those of `lost` that stayed in the county. `homeless`: whose household's number went, too."""
        tiers: dict[str, tuple[_Tier, ...]] = {
            PERSON: (self._bearing(IDKEY), self._bearing(KIN), self._alike(TRAITS, IDKEY, homeless)),
            HOUSEHOLD: (self._household, self._alike(HEAD_TRAITS, HEAD, None)),
        }
        return self._settle(lost, free, tiers[kind])

    def far(self, kind: str, lost: Mapping[str, Aliases], free: set[str]) -> dict[str, str]:
        """Subject → its new key, of those of `lost` that went from another county; traits that hold in one town alone say nothing."""
        tiers = {PERSON: (self._bearing(IDKEY), self._bearing(KIN)), HOUSEHOLD: (self._household,)}
        return self._settle(lost, free, tiers[kind])

    @staticmethod
    def _settle(lost: Mapping[str, Aliases], free: set[str], tiers: Sequence[_Tier]) -> dict[str, str]:
        """Tier by tier, the surest first: whoever is found is out of the next."""
        found: dict[str, str] = {}
        for tier in tiers:
            left = free - set(found.values())
            candidates = {subject: tier(subject, aliases, left) for subject, aliases in lost.items() if subject not in found}
            found |= {subject: key for subject, key in both_ways(candidates).items() if key in left}
        return found

    def _bearers(self, alias_kind: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """(alias hash → subject keys that bear it now, subject key → hashes it bears)."""
        kind = PERSON if alias_kind in SECONDARY[PERSON] else HOUSEHOLD
        if (kind, alias_kind) not in self._known:
            by_hash: dict[str, set[str]] = defaultdict(set)
            by_key: dict[str, set[str]] = defaultdict(set)
            for subject, values in self._roster.values(kind, alias_kind).items():
                for value in values:
                    found = ids.secondary(self._key, alias_kind, value)
                    by_hash[found].add(subject)
                    by_key[subject].add(found)
            self._known[kind, alias_kind] = by_hash, by_key
        return self._known[kind, alias_kind]

    def _bearing(self, alias_kind: str) -> _Tier:
        def tier(_: str, aliases: Aliases, __: set[str]) -> set[str]:
            bearers, _keys = self._bearers(alias_kind)
            return {key for each in aliases.get(alias_kind, ()) for key in bearers.get(each, ())}

        return tier

    def _alike(self, alias_kind: str, unless: str, among: set[str] | None) -> _Tier:
        """By traits alone: only `among` (None: all), and never against another number of their own (`unless`)."""
        bearing = self._bearing(alias_kind)

        def tier(subject: str, aliases: Aliases, free: set[str]) -> set[str]:
            if among is not None and subject not in among:
                return set()
            keys, numbers = bearing(subject, aliases, free), aliases.get(unless, set())
            _, borne = self._bearers(unless)
            return {key for key in keys if not numbers or not borne.get(key) or numbers & borne[key]} if len(keys) == 1 else keys

        return tier

    def _household(self, _: str, aliases: Aliases, free: set[str]) -> set[str]:
        """Same head, or half of the members of old and new shared; where several fit, those that do both."""
        heads, _keys = self._bearers(HEAD)
        members, borne = self._bearers(MEMBER)
        by_head = {key for each in aliases.get(HEAD, ()) for key in heads.get(each, ())} & free
        shared = Counter(key for each in aliases.get(MEMBER, ()) for key in members.get(each, ()))
        old = len(aliases.get(MEMBER, ()))
        by_members = {key for key, n in shared.items() if key in free and 2 * n >= max(old, len(borne[key]))}
        return by_head & by_members if len(by_head & by_members) == 1 else by_head | by_members
