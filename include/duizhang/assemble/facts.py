"""From declared facts to SQL: one grouped pass per source and key, however many facts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import folded_by, joined_by
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text
from duizhang.core.newest import expand_newest

NONE = {"any": "false", "count": "0", "distinct": "0", "sum": "0"}


@dataclass(frozen=True)
class Source:
    """Where the rows of a group of facts come from: `relation` (view name), its `key` (SQL), and the table, if any.

    `join` is the column (or, for peers, the expression) of the subject that the key is compared with.
    """

    relation: str
    key: str
    table: str | None
    linked: bool  # rows are linked through a person's number: absence proves something only where it can be compared
    join: str = "_key"
    peers: bool = False
    known: Literal["person", "member", "head"] = "person"  # whose number, where `linked`: their own, every member's, the head's


def source_of(contract: Contract, fact: Fact) -> Source:
    """The source of `fact`."""
    if fact.within == "city":
        return Source(f"keys_{fact.name}", "_k", None, False, f"({fact.peers})", peers=True)
    if fact.of and fact.peers:
        return Source(f"subject_{fact.of}", f"({fact.peers})", None, False, f"({fact.peers})", peers=True)
    if fact.of:
        theirs, ours = folded_by(fact)
        return Source(f"subject_{fact.of}", q(theirs), None, False, q(ours))
    on = joined_by(fact)
    if fact.subject == "village":  # a place counts all rows of a book, not only those of people the national book has
        return Source(str(fact.table), q(fact.on or on), fact.table, False, q(on))
    if fact.table in contract.match and contract.role != "national":
        how, key = contract.match[fact.table], fact.on or on
        of_home = key == on == "_household"
        linked = bool(how.person) and (fact.subject == "person" or of_home)
        return Source(f"linked_{fact.table}", q(key), fact.table, linked, q(on), known=("head" if how.heads else "member") if of_home else "person")
    return Source(str(fact.table), q(fact.on or on), fact.table, False, q(on))


def grouped(facts: list[tuple[Contract, Fact]]) -> dict[Source, list[Fact]]:
    """Facts of one subject by source."""
    groups: dict[Source, list[Fact]] = defaultdict(list)
    for contract, fact in facts:
        groups[source_of(contract, fact)].append(fact)
    return dict(groups)


def group_sql(source: Source, facts: list[Fact]) -> str:
    """SELECT _k, the facts, and `_from` (a source row) grouped by key."""
    if source.relation.startswith("keys_"):
        return f"SELECT _k, value AS {q(facts[0].name)} FROM {q(source.relation)}"
    cells = ", ".join(f"{_fold(fact, source)} AS {q(fact.name)}" for fact in facts)
    origin = ", min(_ref) AS _from" if source.table else ""
    return f"SELECT {source.key} AS _k, {cells}{origin} FROM {q(source.relation)} WHERE {source.key} IS NOT NULL GROUP BY 1"


def expressions(text: str) -> list[str]:
    """The SQL expressions of a list `a, f(b, c), 'd,e'`, cut at the commas that stand in no bracket and no quote."""
    pieces, depth, quote, start = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()[]{}":
            depth += 1 if sign in "([{" else -1
        elif sign == "," and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
    return [piece.strip() for piece in [*pieces, text[start:]]]


def _order(fact: Fact, source: Source, value: str) -> str:
    """What latest and previous go by: no value before any value; rows that are equal in it by source row, then value."""
    cells = [cell for part in expressions(fact.by or "NULL") for cell in (f"({part}) IS NOT NULL", part)]
    return f"row({', '.join([*cells, '_ref' if source.table else '_key', value])})"


def _fold(fact: Fact, source: Source) -> str:
    newest = q(source.table) if source.table else q(source.relation)
    where = f"({expand_newest(fact.where, newest)})" if fact.where else "true"
    value = f"({fact.value})" if fact.value else "1"
    picked = f"CASE WHEN {where} THEN {value} END"
    order = _order(fact, source, value)
    if fact.take == "any":
        return f"coalesce(bool_or({where}), false)"
    forms = {
        "count": f"count({picked})",
        "distinct": f"count(DISTINCT {picked})",
        "sum": f"list_sum(list({picked} ORDER BY {picked}))",  # in a fixed order: a DOUBLE sum otherwise depends on the threads
        "min": f"min({picked})",
        "max": f"max({picked})",
        "latest": f"arg_max_null({picked}, CASE WHEN {where} THEN {order} END)",
        "set": f"nullif(array_to_string(list_sort(list(DISTINCT {picked})), '、'), '')",
        "previous": f"list({picked} ORDER BY {order} DESC) FILTER (WHERE {where})[2]",
    }
    none, least = none_of(fact), 2 if fact.take == "previous" else 1
    if fact.take in ("count", "distinct") or none == "NULL":
        return forms[fact.take]
    return f"CASE WHEN count(CASE WHEN {where} THEN 1 END) < {least} THEN {none} ELSE {forms[fact.take]} END"


def value_sql(fact: Fact) -> str:
    """The fact over an ungrouped relation of its rows (for `keys`)."""
    return _fold(fact, Source("", "", fact.table, False, ""))


def none_of(fact: Fact) -> str:
    """SQL literal of what no row means."""
    if fact.none is None and fact.peers and fact.within == "county":
        return "NULL"  # an empty value has no peers, and says nothing of them
    if fact.none is None:
        return NONE.get(fact.take, "NULL")
    if isinstance(fact.none, bool):
        return str(fact.none).lower()
    return str(fact.none) if isinstance(fact.none, int) else f"'{quote_text(fact.none)}'"
