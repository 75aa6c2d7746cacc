"""Who is in a county now: the keys file, hashed only as far as a merge needs it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from duizhang.core.errors import ContractProblem
from duizhang.ledger import ids

PERSON, HOUSEHOLD, SPELL = "person", "household", "monitoring"
NATURAL, IDKEY, HEAD, MEMBER = "natural", "idkey", "户主idkey", "成员idkey"
COLUMNS = ("subject_kind", "subject_key", "alias_kind", "alias_value")


def split_spell(spell_key: str) -> tuple[str, str]:
    """(户编号, YYYYMM) of a monitoring key `户编号|YYYYMM`."""
    household, mark, month = spell_key.rpartition("|")
    if not mark:
        raise ContractProblem("A monitoring subject's key is not 户编号|YYYYMM.")
    return household, month


class Roster:
    """The subjects of a county and their secondary aliases, from `subjects/keys/county=<c>/data.parquet`.

    The file's columns: subject_kind, subject_key, alias_kind (natural | idkey | 户主idkey | 成员idkey), alias_value.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        table = pq.read_table(path, columns=list(COLUMNS))
        self._key = key
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._secondary: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._hashed: dict[str, dict[str, str]] = {}
        kinds, keys, alias_kinds, values = (table.column(name).to_pylist() for name in COLUMNS)
        for kind, subject, alias_kind, value in zip(kinds, keys, alias_kinds, values, strict=True):
            if alias_kind == NATURAL:
                self._keys[kind].add(subject)
            elif value:
                self._secondary[kind, alias_kind].append((subject, value))

    def has(self, kind: str) -> bool:
        """Whether the county has any subject of `kind` (none: its book is missing, nothing can be said)."""
        return bool(self._keys[kind])

    def by_hash(self, kind: str) -> dict[str, str]:
        """Alias hash → subject key, for every subject of `kind` (not for monitoring: see `spells`)."""
        if kind not in self._hashed:
            self._hashed[kind] = {ids.alias(self._key, kind, subject): subject for subject in self._keys[kind]}
        return self._hashed[kind]

    def spells(self, households: dict[str, str]) -> dict[str, str]:
        """Alias hash → monitoring key, for spells of the `households` given (户编号 → subject id)."""
        found = {}
        for spell_key in self._keys[SPELL]:
            household, month = split_spell(spell_key)
            if household in households:
                found[ids.spell(self._key, households[household], month)] = spell_key
        return found

    def values(self, kind: str, alias_kind: str) -> dict[str, set[str]]:
        """Subject key → its values (idkeys) of one secondary alias."""
        found: dict[str, set[str]] = defaultdict(set)
        for subject, value in self._secondary[kind, alias_kind]:
            found[subject].add(value)
        return found
