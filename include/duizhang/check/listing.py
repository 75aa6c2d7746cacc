"""Our own statement over the same predicates: every hit, with what each book says, what an answer stands on, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from duizhang.check.compiled import Compiled
from duizhang.contracts.load import Book
from duizhang.contracts.subjects import Lineage
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text as t

FINDING = """code VARCHAR, rule_version VARCHAR, severity VARCHAR, closes VARCHAR, county VARCHAR, town VARCHAR, town_name VARCHAR,
 village_name VARCHAR, subject_kind VARCHAR, subject_key VARCHAR, household_key VARCHAR, person_key VARCHAR, idkey VARCHAR, head_name VARCHAR,
 person_name VARCHAR, id_number VARCHAR, evidence VARCHAR, stands_on VARCHAR, stands_hash VARCHAR, lineage VARCHAR, data_date DATE"""


_JUDGED = frozenset({"national", "register", "department", "field"})  # roles of the books that a county or a department mends


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The empty table `findings`."""
    con.execute(f"CREATE OR REPLACE TABLE findings ({FINDING})")


def shown(column: str, kind: str) -> str:
    """SQL text of a value as a list shows it: 是/否, plain decimals, ISO dates, NULL for no value."""
    name = q(column)
    if kind == "BOOLEAN":
        return f"CASE WHEN {name} THEN '是' WHEN NOT {name} THEN '否' END"
    if kind == "DOUBLE":
        return f"regexp_replace(printf('%.2f', {name}), '\\.?0+$', '')"
    return f"CAST({name} AS VARCHAR)"


def dated(feeds: Sequence[str], subject: str, town: str, book: Book, as_of: str) -> str:
    """SQL of the date of the books that a verdict stands on: the oldest of those in `feeds` that could have changed it.

    A delivery of one of several books says nothing of what was mended in another. `town` is SQL of the subject's town (NULL or '': all
    towns of the county count); regions and parameters decide only where nothing else is read. What arrived, and what reads no
    book, is as of `as_of`. Needs the table `coverage`.
    """
    if subject == "delivery" or not feeds:
        return f"DATE '{t(as_of)}'"
    mended = [feed for feed in feeds if book.by_feed[feed].role in _JUDGED] or feeds
    among = ", ".join(f"'{t(feed)}'" for feed in mended)
    return f"(SELECT min(c.data_date) FROM coverage c WHERE ({town} IS NULL OR {town} = '' OR c.town = {town}) AND c.feed IN ({among}))"


def list_hits(
    con: duckdb.DuckDBPyConnection, subject: str, county: str, rules: list[Compiled], lines: Lineage, book: Book, as_of: str,
    versions: Mapping[str, str],
) -> None:  # fmt: skip
    """Add to `findings` every hit of `rules` on subject_<subject>, as verdicts_<subject> has them; evidence is read for them alone.

    `versions`: code → version that the county is judged by (`meaning.versions`).
    """
    if not rules:
        return
    table = f"subject_{subject}"
    kinds = {row[0]: row[1] for row in con.execute(f"DESCRIBE {table}").fetchall()}
    hits = " UNION ALL ".join(f"SELECT _at AS r, '{rule.rule.code}' AS code FROM verdicts_{subject} WHERE {q(rule.rule.code)} = 3" for rule in rules)
    con.execute(f"CREATE OR REPLACE TEMP TABLE pairs AS {hits}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE struck AS SELECT rowid AS _at, * FROM {table} WHERE rowid IN (SELECT r FROM pairs)")
    hit_codes = {row[0] for row in con.execute("SELECT DISTINCT code FROM pairs").fetchall()}
    for compiled in rules:
        if compiled.rule.code in hit_codes:
            con.execute(_insert(compiled, county, kinds, lines, book, as_of, versions[compiled.rule.code]))


def _insert(compiled: Compiled, county: str, kinds: dict[str, str], lines: Lineage, book: Book, as_of: str, version: str) -> str:
    rule = compiled.rule
    entries = ", ".join(
        f"{{'列': '{t(lines.title_of(rule.subject, c))}', '账': '{t(_book(rule.subject, c, lines))}', '值': {shown(c, kinds[c])}}}"
        for c in rule.evidence
    )
    stands = ", ".join(f"'{t(c)}': {shown(c, kinds[c])}" for c in sorted(rule.stands_on))
    tables = sorted(name for c in book.contracts for name in c.tables if c.feed in compiled.feeds and f"来源_{name}" in kinds)
    origin = ", ".join(f"'{t(name)}': {q('来源_' + name)}" for name in tables)
    seen = dated(compiled.feeds, rule.subject, "s._town", book, as_of)
    standing = f"to_json({{{stands}}})" if stands else "'{}'"
    return (
        f"INSERT INTO findings SELECT '{rule.code}', '{version}', '{rule.severity}', '{rule.closes}', '{county}', s._town, s._town_name,"
        f" s._village_name, '{rule.subject}', s._key, s._household, s._person, s._idkey, s._head, s._name, s._idno,"
        f" to_json([{entries}]), {standing}, sha256({standing}), {f'to_json({{{origin}}})' if origin else chr(39) + '{}' + chr(39)}, {seen}"
        f" FROM struck s JOIN pairs p ON p.r = s._at AND p.code = '{rule.code}'"
    )


def _book(subject: str, column: str, lines: Lineage) -> str:
    return "口径参数" if column.startswith("参数_") else lines.book_of(subject, column)
