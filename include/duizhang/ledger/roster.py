"""Who is in a county now: the keys file, hashed only as far as a merge needs it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from duizhang.core.errors import ContractProblem
from duizhang.core.kinds import moving, parents, respelt
from duizhang.ledger import ids

PERSON, HOUSEHOLD, SPELL, CASE = "person", "household", "monitoring", "case"
NATURAL, IDKEY, HEAD, MEMBER = "natural", "idkey", "户主idkey", "成员idkey"
FORMER = "former"  # the key that earlier versions of the program gave
# what tells people without a number of their own from others (made by assemble): somebody of their household and their name,
# birth date and relation to the head; or town, name, birth date and sex; of a household, the town and its head's name and birth date
KIN, TRAITS, HEAD_TRAITS = "成员特征", "个人特征", "户主特征"
# subjects that are known by another subject and a suffix: a monitoring spell by its household, a spell of work by its person
PARENT = parents()
MOVING, RESPELT = moving(), respelt()
COLUMNS = ("subject_kind", "subject_key", "alias_kind", "alias_value")


def split_spell(spell_key: str) -> tuple[str, str]:
    """(key of the parent, suffix) of a spell's key: `户编号|YYYYMM` of monitoring, `人编号|YYYYMM|n` of work."""
    parent, mark, suffix = spell_key.partition("|")
    if not mark:
        raise ContractProblem("A spell's key is not its parent's key, |, and a suffix.")
    return parent, suffix


class Roster:
    """The subjects of a county and their secondary aliases, from `subjects/keys/county=<c>/data.parquet`.

    The file's columns: subject_kind, subject_key, alias_kind (natural | former | idkey | 成员特征 | 个人特征 | 户主idkey |
    成员idkey | 户主特征), alias_value.
    Without a file it is empty: nothing is said of who is there, and nobody gets a new number by it.
    """

    def __init__(self, path: Path | None, key: bytes) -> None:
        self._key = key
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._secondary: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._hashed: dict[str, dict[str, str]] = {}
        if path is None:
            return
        table = pq.read_table(path, columns=list(COLUMNS))
        kinds, keys, alias_kinds, values = (table.column(name).to_pylist() for name in COLUMNS)
        for kind, subject, alias_kind, value in zip(kinds, keys, alias_kinds, values, strict=True):
            if alias_kind == NATURAL:
                self._keys[kind].add(subject)
            elif value:
                self._secondary[kind, alias_kind].append((subject, value))

    def has(self, kind: str) -> bool:
        """Whether the county has any subject of `kind` (none: its book is missing, nothing can be said)."""
        return bool(self._keys[kind])

    def towns(self) -> set[str]:
        """The towns (9 digits) of which the county has households: their traits begin with it."""
        return {value.partition("|")[0] for _, value in self._secondary[HOUSEHOLD, HEAD_TRAITS]}

    def by_hash(self, kind: str) -> dict[str, str]:
        """Alias hash → subject key, for every subject of `kind` (not for those of PARENT: see `spells`)."""
        if kind not in self._hashed:
            self._hashed[kind] = {ids.alias(self._key, kind, subject): subject for subject in self._keys[kind]}
        return self._hashed[kind]

    def spells(self, kind: str, parents: dict[str, str]) -> dict[str, str]:
        """Alias hash → key, for spells of `kind` whose parents are given (parent's key → its subject id)."""
        found = {}
        for spell_key in self._keys[kind]:
            parent, suffix = split_spell(spell_key)
            if parent in parents:
                found[ids.spell(self._key, parents[parent], suffix)] = spell_key
        return found

    def former(self) -> dict[str, dict[str, str]]:
        """Kind → the key that earlier versions gave → the present one, where one subject alone had it."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (kind, alias_kind), pairs in self._secondary.items():
            if alias_kind == FORMER:
                for subject, value in pairs:
                    found[kind][value].append(subject)
        return {kind: {value: keys[0] for value, keys in known.items() if len(keys) == 1} for kind, known in found.items()}

    def values(self, kind: str, alias_kind: str) -> dict[str, set[str]]:
        """Subject key → its values of one secondary alias."""
        found: dict[str, set[str]] = defaultdict(set)
        for subject, value in self._secondary[kind, alias_kind]:
            found[subject].add(value)
        return found
