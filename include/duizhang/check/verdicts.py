"""Verdicts on given pairs of rule and subject: what the ledger asks before it closes anything, and what examples are tested with."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from duizhang.check import meaning, rounds
from duizhang.check.compiled import Compiled, compile_rule
from duizhang.check.listing import dated
from duizhang.check.stage import compile_for, load_subjects
from duizhang.contracts.load import Book
from duizhang.contracts.subjects import Lineage, case_origins, lineage
from duizhang.core import predicate
from duizhang.core.catalogue import Rule
from duizhang.core.lake import duck, quote_text
from duizhang.core.lake import quote_name as q
from duizhang.core.logs import logger
from duizhang.core.settings import Settings

log = logger("check")
ANSWER = pa.schema(
    [("item_id", pa.string()), ("verdict", pa.string()), ("na_reason", pa.string()), ("rule_version", pa.string()), ("data_date", pa.date32())]
)


def verdicts(settings: Settings, as_of: str, county: str, book: Book, watch: pa.Table) -> pa.Table:
    """For each row of `watch` (item_id, code, subject_kind, subject_key): hit | clear | unknown | na | absent | no_rule,
    and `data_date`, the date of the books that a hit or clear stands on (`listing.dated`; by the column `town` of `watch` where the subject is gone).

    Clear is proof: the books say of the subject that the rule is not violated, or that it does not apply (`applies` FALSE). Where they
    do not say whether it applies (NULL), or the newest round of visits was not there (`check.rounds`), nothing is proven.
    A case that is no longer there is clear: its person is in the national book now, or no book names them any more.
    """
    if watch.num_rows == 0:
        return ANSWER.empty_table()
    versions = meaning.versions(settings, as_of, county, book)
    visited = rounds.facts(book)
    with duck(settings, functions=True) as con:
        con.register("watch_arrow", watch)
        number = "id_number" if "id_number" in watch.column_names else "NULL::VARCHAR"
        town = "town" if "town" in watch.column_names else "NULL::VARCHAR"
        con.execute(
            f"CREATE TEMP TABLE watch AS SELECT item_id, code, subject_kind, subject_key, {number} AS id_number, {town} AS town FROM watch_arrow"
        )
        load_subjects(con, settings, as_of, county, watched="watch")
        compiled, _ = compile_for(con, settings, lineage(settings, book), book)
        asked = {row[0] for row in con.execute("SELECT DISTINCT code FROM watch").fetchall()}
        path = quote_text(settings.at(as_of) / "books" / "columns.parquet")
        entries = con.execute(f"SELECT DISTINCT feed || '|' || unnest(missing) FROM read_parquet('{path}') WHERE county = ?", [county])
        missing = frozenset(row[0] for row in entries.fetchall())
        con.execute("CREATE TEMP TABLE answers (item_id VARCHAR, verdict VARCHAR, na_reason VARCHAR, data_date DATE)")
        for subject, rules in compiled.items():
            for rule in (one for one in rules if one.rule.code in asked):
                try:
                    _answer(con, subject, rule, book, missing, as_of, rounds.unseen(rule.rule, visited, book))
                    if rule.rule.absence_mends:
                        _explain_absence(con, settings, as_of, county, book, rule.rule)
                except duckdb.Error as problem:  # its text holds cell values; what could not be judged is answered na below
                    con.execute("DELETE FROM answers WHERE item_id IN (SELECT item_id FROM watch WHERE code = ?)", [rule.rule.code])
                    log.error("rule %s: no verdict (%s)", rule.rule.code, type(problem).__name__)
        rounds.keep_cases(con, settings, as_of, county, book)
        con.execute(
            "INSERT INTO answers SELECT item_id, CASE WHEN code IN (SELECT unnest(?)) THEN 'na' ELSE 'no_rule' END,"
            " '该规则本次未能运行', NULL FROM watch WHERE item_id NOT IN (SELECT item_id FROM answers)",
            [list(versions)],
        )
        rows = con.execute(
            "SELECT a.item_id, a.verdict, a.na_reason, w.code, a.data_date FROM answers a JOIN watch w USING (item_id) ORDER BY 1"
        ).fetchall()
    columns = [[r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [versions.get(r[3]) for r in rows]]
    arrays = [pa.array(c, pa.string()) for c in columns] + [pa.array([r[4] for r in rows], pa.date32())]
    return pa.table(arrays, schema=ANSWER)


def _answer(
    con: duckdb.DuckDBPyConnection, subject: str, compiled: Compiled, book: Book, missing: frozenset[str], as_of: str, unseen: tuple[str, str]
) -> None:
    code = compiled.rule.code
    asked = (con.execute("SELECT count(*) FROM watch WHERE code = ? AND subject_kind = ?", [code, subject]).fetchone() or (0,))[0]
    if not asked:
        return
    seen, lost = (dated(compiled.feeds, subject, town, book, as_of) for town in ("s._town", "w.town"))
    nobody, why = unseen
    away = f"coalesce({compiled.covered}, false) AND NOT coalesce({compiled.hit}, false) AND ({nobody})" if nobody else "false"
    con.execute(
        f"INSERT INTO answers SELECT w.item_id, CASE WHEN {away} OR NOT coalesce({compiled.covered}, false) THEN 'na'"
        f" WHEN coalesce({compiled.hit}, false) THEN 'hit'"
        f" WHEN {compiled.unknown} OR ({predicate.with_as_of(compiled.rule.applies)}) IS NULL THEN 'unknown' ELSE 'clear' END,"
        f" CASE WHEN {away} THEN '{quote_text(why)}' ELSE '' END, {seen} FROM watch w JOIN subject_{subject} s ON s._key = w.subject_key"
        f" WHERE w.code = '{code}' AND w.subject_kind = '{subject}'"
    )
    feeds = ", ".join(f"'{feed}'" for feed in compiled.feeds) or "''"
    wanted = len(compiled.feeds)
    whole = (
        con.execute(
            f"SELECT count(*) > 0 AND bool_and(n = {wanted}) FROM"
            f" (SELECT town, count(*) FILTER (status IN ('full', 'zero') AND feed IN ({feeds})) AS n"
            " FROM coverage GROUP BY town)"
        ).fetchone()
        or (False,)
    )[0]
    gone = {"case": "clear", "delivery": "na"}.get(subject, "absent") if whole else "na"
    if subject == "case" and case_origins(book, compiled.feeds) & missing:
        gone = "na"  # a file without the column that makes cases has none of them: nothing was mended
    con.execute(
        f"INSERT INTO answers SELECT item_id, '{gone}', '', {lost} FROM watch w WHERE code = '{code}' AND subject_kind = '{subject}'"
        f" AND NOT EXISTS (SELECT 1 FROM subject_{subject} s WHERE s._key = w.subject_key)"
    )


def _explain_absence(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: str, county: str, book: Book, rule: Rule) -> None:
    """Absent subjects of `rule` whose number stands in the table that explains it are clear."""
    mends = rule.absence_mends
    assert mends is not None
    predicate.lint(rule.code, mends.where)
    link = book.by_table[mends.table].match.get(mends.table)
    path = settings.at(as_of) / "books" / mends.table / f"county={county}" / "data.parquet"
    if link is None or link.person is None or not path.exists():
        return
    where = predicate.with_as_of(mends.where, f"DATE '{as_of}'")
    named = f"SELECT idkey({q(link.person)}) FROM read_parquet('{quote_text(path)}') WHERE {where}"
    con.execute(
        f"UPDATE answers SET verdict = 'clear' WHERE verdict = 'absent' AND item_id IN"
        f" (SELECT item_id FROM watch WHERE code = '{rule.code}' AND idkey(id_number) IN ({named}))"
    )


def try_rule(
    con: duckdb.DuckDBPyConnection, rule: Rule, types: dict[str, str], lines: Lineage, row: dict[str, Any], as_of: str = "2026-10-31"
) -> str:
    """Verdict of `rule` on one made-up row: na | not_applicable | hit | unknown | clear.

    `types` is the subject's schema; columns not in `row` are NULL, coverage is true unless the row says otherwise.
    """
    unknown = sorted(set(row) - set(types) - {"as_of"})
    if unknown:
        return f"error: unknown columns {unknown}"
    compiled = compile_rule(rule, lines)
    values = {name: True for name in types if name.startswith("覆盖_")} | {"as_of": as_of} | row
    used = rule.columns | {f"覆盖_{feed}" for feed in compiled.feeds} | {"as_of"}
    cells = ", ".join(f"CAST(? AS {types.get(name, 'DATE')}) AS {q(name)}" for name in sorted(used))
    given = [values.get(name) for name in sorted(used)]
    answer = con.execute(
        f"SELECT CASE WHEN NOT coalesce({compiled.covered}, false) THEN 'na' WHEN coalesce({compiled.hit}, false) THEN 'hit'"
        f" WHEN {compiled.unknown} THEN 'unknown'"
        f" WHEN NOT coalesce({compiled.applicable}, false) THEN 'not_applicable' ELSE 'clear' END FROM (SELECT {cells})",
        given,
    ).fetchone()
    assert answer is not None
    return str(answer[0])
