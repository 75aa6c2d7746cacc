"""Load contracts and code lists, and answer the questions stages ask of them as a whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from duizhang.contracts.derived import load_derived
from duizhang.contracts.model import Contract, Derived, Fact
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.core.yamls import load_yaml


@dataclass(frozen=True)
class CodeList:
    """A code list (CL-01 …): canonical words in order, and every spelling that means one of them."""

    name: str
    title: str
    words: tuple[str, ...]
    spelling: dict[str, str | None]  # a spelling mapped to None means 'no value'


@dataclass(frozen=True)
class Book:
    """All contracts together."""

    contracts: tuple[Contract, ...]
    codes: dict[str, CodeList]
    derived: tuple[Derived, ...] = ()

    @cached_property
    def by_feed(self) -> dict[str, Contract]:
        return {contract.feed: contract for contract in self.contracts}

    @cached_property
    def by_table(self) -> dict[str, Contract]:
        """Table name → the contract that yields it."""
        return {table: contract for contract in self.contracts for table in contract.tables}

    @cached_property
    def of_departments(self) -> dict[str, Contract]:
        """What evidence may call a book (feed, title, book, table) → its contract, of the books that departments keep.

        What the national system exports is not a department's, whoever sends it.
        """
        national = {contract.department for contract in self.contracts if contract.role == "national"}
        kept = [c for c in self.contracts if c.role in ("department", "register") and c.department not in national]
        return {name: c for c in kept for name in (c.feed, c.title, c.book, *c.tables)}

    def role(self, role: str) -> Contract:
        """The one contract with `role`."""
        found = [contract for contract in self.contracts if contract.role == role]
        if len(found) != 1:
            raise ContractProblem(f"Exactly one contract must have role {role}; there are {len(found)}.")
        return found[0]

    @cached_property
    def facts(self) -> tuple[tuple[Contract, Fact], ...]:
        """Every fact with the contract whose book it stands in: of a derived table, that of its first feed."""
        own = [(contract, fact) for contract in self.contracts for fact in contract.facts]
        made = [
            (self.by_feed[one.feeds[0]], fact.model_copy(update={"feeds": (*one.feeds[1:], *fact.feeds)}))
            for one in self.derived for fact in one.facts
        ]  # fmt: skip
        return (*own, *made)

    @cached_property
    def derived_by_name(self) -> dict[str, Derived]:
        return {one.name: one for one in self.derived}


def fingerprint(contract: Contract) -> str:
    """sha256 of a contract's content: its version."""
    canonical = json.dumps(contract.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


_FORM = "3"  # raise it when the same raw rows and contract would normalise differently


def version(book: Book, contract: Contract) -> str:
    """sha256 of a contract and of the code lists its columns use: what normalised rows depend on."""
    names = sorted({column.codes or "CL-01" for column in contract.columns} & set(book.codes))
    lists = [(name, book.codes[name].words, sorted(book.codes[name].spelling.items(), key=str)) for name in names]
    return hashlib.sha256((_FORM + fingerprint(contract) + json.dumps(lists, ensure_ascii=False)).encode()).hexdigest()


def load_contract(path: Path) -> Contract:
    """The contract in `path`, or a ContractProblem that names file and key."""
    try:
        return Contract.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as problem:
        raise ContractProblem(f"{path.name} is not a valid contract: {problem}") from problem


def load_codes(path: Path) -> dict[str, CodeList]:
    """Code lists: {CL-01: {title, values: [{value, code?, synonyms: [], empty?: bool}]}}.

    A code is a spelling too, unless the list says `codes_conflict: true` (CL-02's two opposite encodings).
    """
    raw = load_yaml(path.read_text(encoding="utf-8"))
    lists: dict[str, CodeList] = {}
    for name, body in raw.items():
        words: list[str] = []
        spelling: dict[str, str | None] = {}
        for entry in body["values"]:
            word = None if entry.get("empty") else str(entry["value"])
            if word is not None:
                words.append(word)
                spelling[word] = word
            for other in entry.get("synonyms", ()):
                spelling[str(other)] = word
            if entry.get("code") and not body.get("codes_conflict"):
                spelling.setdefault(str(entry["code"]), word)
        lists[name] = CodeList(name, body["title"], tuple(words), spelling)
    return lists


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...], derived: tuple[Derived, ...]) -> Book:
    contracts = tuple(load_contract(folder / name) for name, _, _ in stamp if not name.endswith("codes.yaml"))
    book = Book(tuple(sorted(contracts, key=lambda c: c.feed)), load_codes(folder / "codes.yaml"), derived)
    owners: dict[str, str] = {}
    for contract in book.contracts:
        for table in contract.tables:
            if table in owners:
                raise ContractProblem(f"Table {table} is yielded by {owners[table]} and {contract.feed}.")
            owners[table] = contract.feed
        for column in contract.columns:
            if column.codes and column.codes not in book.codes:
                raise ContractProblem(f"{contract.feed}: column {column.name} names unknown code list {column.codes}.")
    for one in derived:
        unknown = sorted(set(one.feeds) - set(book.by_feed))
        if unknown or one.name in owners:
            raise ContractProblem(f"sql/tables/{one.name}.yaml names unknown feeds {unknown}, or a table that a contract yields.")
        known = {f"{feed}|{column.name}" for feed in one.feeds for column in book.by_feed[feed].columns}
        strange = sorted({name for column in one.columns.values() for name in column.made_from} | set(one.rows) - known)
        strange = [name for name in strange if name not in known]
        if strange:
            raise ContractProblem(f"sql/tables/{one.name}.yaml: not a column of its feeds: {', '.join(strange)}.")
    return book


def load_book(settings: Settings) -> Book:
    """All contracts below `settings.contracts`, checked together."""
    folder = settings.contracts
    stamp = tuple(
        (str(path.relative_to(folder)), path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(folder.rglob("*.yaml"))
    )
    derived = load_derived(settings.sql / "tables")
    if folder != settings.root / "include" / "contracts":  # another set of contracts need not have all the books that are paired
        named = {load_contract(folder / name).feed for name, _, _ in stamp if not name.endswith("codes.yaml")}
        derived = tuple(one for one in derived if set(one.feeds) <= named)
    return _load(folder, stamp, derived)
