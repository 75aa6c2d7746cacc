"""Rounds of visits: who the newest one did not reach is unknown, not `no`.

A book of role `field` holds rounds, and its facts look at the newest alone (`最新(…)`). What they say of a household or person that
this round does not hold is nothing: no question closes on it, neither of those who are there nor of the cases that a round made.
"""

from __future__ import annotations

from typing import Any

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Fact
from duizhang.contracts.subjects import named, ordered
from duizhang.core import predicate
from duizhang.core.catalogue import Rule
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text as t
from duizhang.core.newest import expand_newest
from duizhang.core.settings import Settings

_ZERO = frozenset({"count", "distinct", "sum"})
NEWEST = "最新("


def facts(book: Book) -> dict[tuple[str, str], tuple[Contract, Fact]]:
    """(subject, column) → the facts that look at the newest round of a visit alone, those over such facts included."""
    found: dict[tuple[str, str], tuple[Contract, Fact]] = {}
    for contract, fact in ordered(book):
        direct = fact.table in contract.tables and contract.role == "field" and NEWEST in (fact.where or "")
        if direct or (fact.of and any((fact.of, name) in found for name in named(fact))):
            found[fact.subject, fact.name] = (contract, fact)
    return found


def unseen(rule: Rule, visited: dict[tuple[str, str], tuple[Contract, Fact]], book: Book) -> tuple[str, str]:
    """(SQL that is TRUE where the newest round does not hold the subject and `rule` could take that for a no; why). ('', '') for a rule that
    no round decides.

    A NULL makes a condition unknown by itself, and what is FALSE beside it is known. Not so where absence is no or 0 (`take: any`, `count`),
    and where the condition makes a no of a NULL (`IS NOT NULL`, `IS NOT DISTINCT FROM`, `coalesce(…, FALSE)`).
    """
    mine = {name: fact for (subject, name), (_, fact) in visited.items() if subject == rule.subject}
    who = predicate.columns(rule.code, rule.applies)
    silenced = _silenced(predicate.parse(rule.code, rule.applies)) | _silenced(predicate.parse(rule.code, rule.where))
    deciding = [name for name in sorted(rule.columns & mine.keys()) if _says_no(mine[name]) or name in silenced]
    asked = sorted(who & mine.keys())
    tests = [" AND ".join(_empty(name, mine[name]) for name in deciding)] if deciding else []
    if asked:  # unknown in any case: so that it is told why
        empty = " AND ".join(_empty(name, mine[name]) for name in asked)
        tests.append(f"({predicate.with_as_of(rule.applies)}) IS NULL AND {empty}")
    feeds = sorted({visited[rule.subject, name][0].feed for name in (*deciding, *asked)})
    books = "".join(f"《{book.by_feed[feed].book}》" for feed in feeds)
    return " OR ".join(f"({test})" for test in tests), f"{books}最近一批没有核查到，不能判定" if tests else ""


def _silenced(tree: Any) -> frozenset[str]:
    """Columns below what makes FALSE of a NULL."""
    if isinstance(tree, list):
        return frozenset().union(*(_silenced(node) for node in tree))
    if not isinstance(tree, dict):
        return frozenset()
    kind, children = tree.get("type"), tree.get("children") or []
    no = kind == "OPERATOR_COALESCE" and children[-1].get("child", {}).get("value", {}).get("value") in ("f", False)
    if no or kind in ("OPERATOR_IS_NOT_NULL", "COMPARE_NOT_DISTINCT_FROM"):
        return _below(tree)
    return frozenset().union(*(_silenced(node) for node in tree.values()))


def _below(tree: Any) -> frozenset[str]:
    nodes = tree if isinstance(tree, list) else tree.values() if isinstance(tree, dict) else ()
    own = {tree["column_names"][-1]} if isinstance(tree, dict) and tree.get("class") == "COLUMN_REF" else set()
    return frozenset(own).union(*(_below(node) for node in nodes))


def _says_no(fact: Fact) -> bool:
    return fact.none is not None or fact.take == "any" or (fact.take in _ZERO and not fact.peers)


def _empty(name: str, fact: Fact) -> str:
    if fact.take == "any":
        return f"NOT coalesce({q(name)}, FALSE)"
    return f"coalesce({q(name)}, 0) = 0" if fact.take in _ZERO else f"{q(name)} IS NULL"


def keep_cases(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: str, county: str, book: Book) -> None:
    """A case that a round made, and that vanished because the newest round was not at that household, is not clear: na in `answers`.

    Needs the tables `watch`, `answers`. Who stands in the national book by now is no case, whoever visits.
    """
    root = settings.at(as_of)
    for contract in book.contracts:
        for case in contract.cases.values():
            column = case.household.get("column")
            if contract.role != "field" or NEWEST not in (case.where or "") or not isinstance(column, str):
                continue
            files = sorted((root / "books" / case.table).glob("county=*/data.parquet"))  # a round is everybody's: match looks at all, too
            people = root / "links" / "_persons" / f"county={county}" / "data.parquet"
            there = _reached(case.where or "", column, [str(path) for path in files]) if files else "SELECT NULL WHERE FALSE"
            booked = f"SELECT _idkey FROM read_parquet('{t(people)}') WHERE _idkey IS NOT NULL" if people.exists() else "SELECT NULL WHERE FALSE"
            why = t(f"《{contract.book}》最近一批没有核查到，不能判定")
            con.execute(
                f"UPDATE answers SET verdict = 'na', na_reason = '{why}' WHERE verdict = 'clear' AND item_id IN (SELECT item_id FROM watch"
                f" WHERE subject_kind = 'case' AND split_part(subject_key, '|', 1) = '{t(case.table)}'"
                " AND subject_key NOT IN (SELECT _key FROM subject_case)"
                f" AND split_part(subject_key, '|', 3) NOT IN (SELECT h FROM ({there}) v(h) WHERE h IS NOT NULL)"
                f" AND split_part(subject_key, '|', 2) NOT IN ({booked}))"
            )


def _reached(where: str, household: str, files: list[str]) -> str:
    """SELECT of the households that the newest round was at: of a case's condition only what names the round."""
    listed = ", ".join(f"'{t(path)}'" for path in files)
    rows = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
    rounds = [part for part in where.split(" AND ") if NEWEST in part]
    return f"SELECT DISTINCT {q(household)} FROM {rows} WHERE {' AND '.join(expand_newest(part, rows) for part in rounds)}"
