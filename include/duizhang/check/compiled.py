"""A rule as SQL over one subject table: the conditions of its verdicts, bound alone before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.subjects import Lineage
from duizhang.core import predicate
from duizhang.core.catalogue import Rule
from duizhang.core.errors import RuleProblem
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text

ENTRY = re.compile("、(?=[^、|]+\\|)")  # between two `feed|column` of 缺列: a column's own name may hold a 、


@dataclass(frozen=True)
class Compiled:
    """`covered`, `applicable`, `hit` and `unknown` are boolean SQL over the subject; `feeds` and `parameters` decide coverage.

    A rule applies where `applies` is TRUE (an empty value there: it does not), so hits + unknown ≤ applicable.
    """

    rule: Rule
    feeds: tuple[str, ...]
    parameters: tuple[str, ...]
    absent: tuple[str, ...]  # `feed|column` that some file of the county did not bring and the rule reads
    covered: str
    applicable: str
    hit: str
    unknown: str


def compile_rule(rule: Rule, lines: Lineage, missing: frozenset[str] = frozenset()) -> Compiled:
    """Lint `rule` and state its verdicts as SQL. Raises RuleProblem (kind `lint`).

    `missing`: `feed|column` of what some standing file of the county did not bring (column 缺列 of the subject says where): there
    the rule is not applicable, since a column that was not exported is not an empty one.
    """
    for text in (rule.applies, rule.where):
        predicate.lint(rule.code, text)
    feeds = tuple(sorted(lines.of(rule.subject, rule.columns) | set(rule.feeds)))
    parameters = tuple(sorted(column for column in rule.columns if column.startswith("参数_")))
    tests = [q(f"覆盖_{feed}") for feed in feeds] + [f"{q(name)} IS NOT NULL" for name in parameters]
    absent = tuple(sorted(lines.made_of(rule.subject, rule.columns) & missing))
    tests += [f"NOT coalesce(含(缺列, '{quote_text(entry)}'), FALSE)" for entry in absent]
    covered = " AND ".join(tests) or "TRUE"
    applies, where = predicate.with_as_of(rule.applies), predicate.with_as_of(rule.where)
    return Compiled(
        rule, feeds, parameters, absent, f"({covered})", f"({covered}) AND ({applies})", f"({covered}) AND ({applies}) AND ({where})",
        f"({covered}) AND coalesce({applies}, false) AND ({where}) IS NULL",
    )  # fmt: skip


def _names(compiled: Compiled, present: frozenset[str]) -> None:
    """Raises RuleProblem (kind `cannot_bind`) where `compiled` names what is not among the columns `present`."""
    rule = compiled.rule
    named = rule.columns | set(rule.evidence) | set(rule.stands_on) | {f"覆盖_{feed}" for feed in compiled.feeds}
    missing = sorted(named - present)
    if missing:
        raise RuleProblem(rule.code, "cannot_bind", f"names columns that {rule.subject} does not have: {', '.join(missing)}")


def bind(con: duckdb.DuckDBPyConnection, table: str, compiled: list[Compiled]) -> tuple[list[Compiled], list[RuleProblem]]:
    """Those of `compiled` that bind against `table`, and a RuleProblem (kind `cannot_bind`, without any engine text) for each that does not.

    All in one statement; where that does not bind, each half, until the rule stands alone.
    """
    if not compiled:
        return [], []
    tests = ", ".join(f"({one.hit}) OR ({one.unknown})" for one in compiled)
    try:
        con.execute(f"EXPLAIN SELECT {tests} FROM {q(table)}")
    except duckdb.Error as problem:
        if len(compiled) == 1:
            message = f"does not bind ({type(problem).__name__}): types or functions do not fit"
            return [], [RuleProblem(compiled[0].rule.code, "cannot_bind", message)]
        middle = len(compiled) // 2
        (good, bad), (more, worse) = (bind(con, table, half) for half in (compiled[:middle], compiled[middle:]))
        return good + more, bad + worse
    return compiled, []


def absent_columns(con: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    """`feed|column` of all that the files behind some row of `table` did not bring."""
    if "缺列" not in {row[0] for row in con.execute(f"DESCRIBE {q(table)}").fetchall()}:
        return frozenset()
    rows = con.execute(f"SELECT DISTINCT 缺列 FROM {q(table)} WHERE 缺列 IS NOT NULL").fetchall()
    return frozenset(entry for row in rows for entry in ENTRY.split(str(row[0])))


def compile_all(
    con: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], table: str, lines: Lineage, book: Book
) -> tuple[list[Compiled], list[RuleProblem]]:
    """Every rule that lints and binds, and a problem for each that does not."""
    good, bad = [], []
    missing = absent_columns(con, table)
    present = frozenset(row[0] for row in con.execute(f"DESCRIBE {q(table)}").fetchall())
    for rule in rules:
        try:
            unknown = sorted(set(rule.feeds) - set(book.by_feed))
            if unknown:
                raise RuleProblem(rule.code, "cannot_bind", f"names unknown feeds: {', '.join(unknown)}")
            compiled = compile_rule(rule, lines, missing)
            _names(compiled, present)
            good.append(compiled)
        except RuleProblem as problem:
            bad.append(problem)
    bound, unbound = bind(con, table, good)
    return bound, bad + unbound
