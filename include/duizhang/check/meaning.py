"""The version of a rule as one county is judged by it: its own words, and what the columns in them mean there.

`<rule>.<meaning>`: the first half is `Rule.version`; the second a hash of the values of the parameters it reads, of its facts, of what of
its spine it stands on, and of the derived tables, config tables and functions these name. A question that closes under another version
than it was found by was withdrawn, not mended. Texts count as their tokens: layout, comments, quotes and the case of key words do not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.parameters import config_tables, effective_sql
from duizhang.contracts.subjects import load_spines, named
from duizhang.contracts.types import table_types
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.errors import RuleProblem
from duizhang.core.lake import duck, quote_text
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

_TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|\s+|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+|.", re.DOTALL)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_SETS = frozenset({"union", "intersect", "except"})
Tokens = tuple[str, ...]


@lru_cache(maxsize=8192)
def tokens(text: str) -> Tokens:
    """What `text` says as SQL: no white space, no comments, no needless quotes, key words in lower case."""
    found = []
    for token in _TOKEN.findall(text):
        if token.isspace() or token.startswith(("--", "/*")):
            continue
        if token.startswith('"') and not token.isascii():
            token = token[1:-1]
        found.append(token.lower() if token.isascii() and not token.startswith(("'", '"')) else token)
    return tuple(found)


def versions(settings: Settings, as_of: str, county: str, book: Book) -> dict[str, str]:
    """Code → version of every rule of the catalogue for `county` as of `as_of`; of one that cannot be parsed its own half."""
    values = _values(settings, as_of, county, book)
    meanings = _Meanings(settings, book, values, int(as_of[:4]))
    found = {}
    for rule in load_catalogue(settings):
        try:
            found[rule.code] = f"{rule.version}.{meanings.of(rule)}"
        except RuleProblem:  # reported where it is compiled
            found[rule.code] = rule.version
    return found


def _values(settings: Settings, as_of: str, county: str, book: Book) -> dict[str, dict[int, object]]:
    """Parameter → {year: its value in `county`}: the yearly book before the thresholds (`effective_sql`)."""
    contract = book.role("parameters")
    (table,) = contract.tables
    path = settings.at(as_of) / "books" / table / f"county={county}" / "data.parquet"
    with duck(settings) as con:
        source = f"read_parquet('{quote_text(path)}', hive_partitioning = false)"
        present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()} if path.exists() else set()
        cells = (f"{q(c) if c in present else 'NULL'}::{kind} AS {q(c)}" for c, kind in table_types(contract, table).items())
        con.execute(f"CREATE TEMP VIEW {q(table)} AS SELECT {', '.join(cells)} {f'FROM {source}' if present else 'WHERE false'}")
        answer = con.execute(effective_sql(settings, contract, county, as_of))
        columns = [column[0] for column in answer.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
    year = contract.maps["year"]
    return {name: {row[year]: row[name] for row in rows} for name in columns if name not in (year, contract.maps["county"])}


class _Meanings:
    """What the columns of one county's subjects mean."""

    def __init__(self, settings: Settings, book: Book, values: Mapping[str, Mapping[int, object]], year: int) -> None:
        self._values, self._year = values, year
        self._facts = {(fact.subject, fact.name): (contract, fact) for contract, fact in book.facts}
        self._cases = [case for contract in book.contracts for case in contract.cases.values()]
        self._spines = {subject: spine.sql for subject, spine in load_spines(settings).items()}
        self._named = _definitions(settings, book)
        self._yearly = next(iter(book.role("parameters").tables))

    def of(self, rule: Rule) -> str:
        """Twelve signs that are the same as long as `rule` asks the same of the same books."""
        said: dict[str, Tokens] = {}
        wanted: dict[str, set[str]] = {rule.subject: set()}
        self._collect(rule.subject, rule.columns, said, wanted)
        for case in self._cases:
            if rule.subject == "case" and (set(case.columns) & rule.columns or case.table in rule.applies + rule.where):
                said[f"case {case.table}"] = (repr(case.household), repr(sorted(case.columns.items())), *tokens(case.where or ""))
        for subject, columns in wanted.items():
            if subject in self._spines:
                said[f"spine {subject}"] = pruned(tokens(self._spines[subject]), frozenset(columns))
        self._close(said, tokens(f"{rule.applies} {rule.where}"))
        given = {name: value for name in rule.columns if (value := self._given(name)) is not None}
        text = json.dumps([sorted(said.items()), sorted(given.items())], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _given(self, column: str) -> str | None:
        """The value of a column 参数_… (SQL prints it), None for any other column."""
        name = column.removeprefix("参数_")
        if name == column:
            return None
        before = name.removeprefix("上年_")
        year = self._year - (before != name and name not in self._values)
        return str(self._values.get(name if name in self._values else before, {}).get(year))

    def _collect(self, subject: str, columns: Iterable[str], said: dict[str, Tokens], wanted: dict[str, set[str]]) -> None:
        for column in columns:
            known = self._facts.get((subject, column))
            if known is None:
                wanted.setdefault(subject, set()).add(column)
            elif f"{subject}.{column}" not in said:
                contract, fact = known
                said[f"{subject}.{column}"] = _fact(contract, fact)
                if fact.to:
                    self._collect(subject, [fact.to], said, wanted)
                if fact.of:
                    wanted.setdefault(fact.of, set())
                    self._collect(fact.of, named(fact), said, wanted)

    def _close(self, said: dict[str, Tokens], first: Tokens) -> None:
        """Add what the texts name: functions, derived and config tables, yearly parameters, and what these name."""
        waiting = [first, *said.values()]
        yearly: set[str] = set()
        while waiting:
            names = set(waiting.pop())
            yearly |= names & self._values.keys() if self._yearly in names else set()
            for name in names & self._named.keys():
                if f"name {name}" not in said:
                    said[f"name {name}"] = self._named[name]
                    waiting.append(self._named[name])
        for name in yearly:
            said[f"years {name}"] = self._years(name)

    def _years(self, name: str) -> Tokens:
        """The years in which the parameter changed, and to what: another year of the same value is no change."""
        steps: list[str] = []
        last = ""
        for year, value in sorted(self._values[name].items()):
            if value is not None and str(value) != last:
                last = str(value)
                steps.append(f"{year}={last}")
        return tuple(steps)


def _fact(contract: Contract, fact: Fact) -> Tokens:
    texts = (fact.where, fact.value, fact.by, fact.peers)
    plain = (contract.feed, fact.table, fact.of, fact.within, fact.on, fact.to, fact.take, fact.none)
    return (*(str(part) for part in plain), *(sign for text in texts for sign in ("|", *tokens(text or ""))), *tokens(fact.table or ""))


def _definitions(settings: Settings, book: Book) -> dict[str, Tokens]:
    """Name → text of what SQL may name. Of functions those of the file: the calendar grows every year and means the same."""
    found = {name: tokens(sql) for name, sql in config_tables(settings).items()}
    found |= {derived.name: tokens(derived.sql) for derived in book.derived}
    text = tokens((settings.sql / "functions" / "duckdb.sql").read_text(encoding="utf-8"))
    starts = [at for at, sign in enumerate(text) if sign == "create"]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        macro = text.index("macro", start, end) if "macro" in text[start:end] else start
        found[text[macro + 1]] = text[start:end]
    return found


def pruned(text: Tokens, wanted: frozenset[str]) -> Tokens:
    """`text` (one SELECT, perhaps WITH …) without the columns that nobody wants, and without what only those stood on.

    Stars and columns that begin with _ stay; what is no plain SELECT stays whole.
    """
    depth, depths = 0, []
    for sign in text:
        depth -= sign in _CLOSE
        depths.append(depth)
        depth += sign in _OPEN
    top = [at for at, level in enumerate(depths) if level == 0]
    starts = [at for at in top if text[at] == "select"]
    ends = [at for at in top if text[at] == "from"]
    if len(starts) != 1 or not ends or any(text[at] in _SETS for at in top):
        return text
    start, end = starts[0], ends[0]
    kept = tuple(sign for item in _split(text, depths, start + 1, end) if _keeps(item, wanted) for sign in (",", *item)) + text[end:]
    parts = {_name(part): part for part in _split(text, depths, 1, start)} if text[0] == "with" else {}
    used: set[str] = set()
    fresh = set(kept) & parts.keys()
    while fresh - used:
        used |= fresh
        fresh = {name for one in used for name in set(parts[one]) & parts.keys()} | fresh
    return tuple(sign for name in parts if name in used for sign in parts[name]) + kept


def _split(text: Tokens, depths: list[int], start: int, end: int) -> list[Tokens]:
    cuts = [start - 1, *(at for at in range(start, end) if text[at] == "," and depths[at] == 0), end]
    return [text[a + 1 : b] for a, b in zip(cuts, cuts[1:], strict=False) if b > a + 1]


def _name(part: Tokens) -> str:
    return part[1] if part[0] == "recursive" else part[0]


def _keeps(item: Tokens, wanted: frozenset[str]) -> bool:
    if item[0] == "*" or item[1:3] == (".", "*"):
        return True
    return item[-1].startswith("_") or item[-1] in wanted
