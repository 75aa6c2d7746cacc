"""The stage: bind, judge, list, compare. One scan per subject gives the verdicts; counts, list and towns are read from them."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from duizhang.check import listing, meaning
from duizhang.check.compiled import Compiled, absent_columns, compile_all
from duizhang.contracts.load import Book
from duizhang.contracts.subjects import Lineage, lineage, load_spines
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.errors import InfraProblem, RuleProblem
from duizhang.core.lake import functions_sql, prepare, quote_text, threads_for, write_json, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.logs import logger
from duizhang.core.settings import Settings

log = logger("check")


@dataclass(frozen=True)
class CheckReport:
    """Of one county: rules run, findings, and problems by code (a rule with a problem has no count: an error, never 0)."""

    county: str
    rules: int
    findings: int
    problems: list[dict[str, str]]


def check(settings: Settings, as_of: str, county: str, book: Book, *, docs: bool = True) -> CheckReport:
    """Judge every rule on the county's subjects and write results, findings and problems."""
    from duizhang.check import suite  # seconds of import: only where it runs

    engine, con = suite.connect()
    try:
        prepare(con, settings, functions=True)
        con.execute(f"SET threads = {threads_for(settings, (settings.at(as_of) / 'subjects').glob(f'*/county={county}/data.parquet'))}")
        lines = lineage(settings, book)
        load_subjects(con, settings, as_of, county)
        compiled, problems = compile_for(con, settings, lines, book)
        titles = {subject: spine.title for subject, spine in load_spines(settings).items()} | {"delivery": "文件"}
        site = settings.at(as_of) / "data_docs" / county if docs else None
        counts = _judge(suite, engine, con, compiled, titles, site, problems)
        survivors = {s: [c for c in rules if c.rule.code in counts] for s, rules in compiled.items()}
        listing.prepare(con)
        versions = meaning.versions(settings, as_of, county, book)
        for subject, rules in survivors.items():
            listing.list_hits(con, subject, county, rules, lines, book, as_of, versions)
        problems += _missing_parameters(con, survivors, counts) + _mismatches(con, counts)
        folder = settings.at(as_of) / "checks" / f"county={county}"
        _write(con, folder, county, survivors, counts, book, lines)
        listed = [{"code": p.code, "kind": p.kind, "message": p.message} for p in sorted(problems, key=lambda p: (p.code, p.kind))]
        write_json(listed, folder / "problems.json")
        findings = (con.execute("SELECT count(*) FROM findings").fetchone() or (0,))[0]
    finally:
        engine.dispose()
    for problem in listed:
        log.error("rule %s: %s: %s", problem["code"], problem["kind"], problem["message"])
    return CheckReport(county, len(counts), findings, listed)


def load_subjects(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: str, county: str, *, watched: str = "") -> None:
    """Tables subject_<s> and coverage of the county, in memory; of `watched` (a table: subject_kind, subject_key) those rows alone."""
    root = settings.at(as_of)
    for subject in [*load_spines(settings), "delivery"]:
        path = root / "subjects" / subject / f"county={county}" / "data.parquet"
        only = f" WHERE _key IN (SELECT subject_key FROM {watched} WHERE subject_kind = '{subject}')" if watched else ""
        con.execute(f"CREATE OR REPLACE TABLE subject_{subject} AS SELECT * FROM read_parquet('{quote_text(path)}', hive_partitioning = false){only}")
    path = root / "books" / "coverage.parquet"
    con.execute(f"CREATE OR REPLACE TABLE coverage AS SELECT * FROM read_parquet('{quote_text(path)}') WHERE county = '{county}'")


_COMPILED: dict[str, tuple[dict[str, list[Compiled]], list[RuleProblem]]] = {}  # every county of a run asks for the same, or nearly


def compile_for(
    con: duckdb.DuckDBPyConnection, settings: Settings, lines: Lineage, book: Book
) -> tuple[dict[str, list[Compiled]], list[RuleProblem]]:
    """Subject → rules that lint and bind; and a problem for each that does not. Done once for the same rules, columns and lineage."""
    rules = load_catalogue(settings)
    subjects = [*load_spines(settings), "delivery"]
    shapes = [(s, con.execute(f"DESCRIBE subject_{s}").fetchall(), sorted(absent_columns(con, f"subject_{s}"))) for s in subjects]
    wording = [(rule.version, rule.evidence, rule.feeds, rule.severity, rule.title, rule.dimension, rule.basis) for rule in rules]
    origins = sorted((s, c, sorted(f)) for s, named in lines.origins.items() for c, f in named.items())
    stands = [origins, sorted((s, c, sorted(f)) for s, named in lines.feeds.items() for c, f in named.items()), sorted(book.by_feed)]
    key = hashlib.sha256(repr((functions_sql(settings), shapes, wording, stands)).encode()).hexdigest()
    if key not in _COMPILED:
        if len(_COMPILED) >= 8:
            _COMPILED.clear()
        _COMPILED[key] = _compile(con, rules, subjects, lines, book)
    compiled, problems = _COMPILED[key]
    return {subject: list(mine) for subject, mine in compiled.items()}, list(problems)


def _compile(
    con: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], subjects: list[str], lines: Lineage, book: Book
) -> tuple[dict[str, list[Compiled]], list[RuleProblem]]:
    compiled: dict[str, list[Compiled]] = {}
    problems: list[RuleProblem] = []
    for subject in subjects:
        mine = tuple(rule for rule in rules if rule.subject == subject)
        compiled[subject], bad = compile_all(con, mine, f"subject_{subject}", lines, book)
        problems += bad
    problems += [RuleProblem(r.code, "cannot_bind", f"stands on unknown subject {r.subject}") for r in rules if r.subject not in compiled]
    return compiled, problems


def _judge(
    suite: Any, engine: Any, con: duckdb.DuckDBPyConnection, compiled: dict[str, list[Compiled]], titles: dict[str, str],
    site: Path | None, problems: list[RuleProblem],
) -> dict[str, dict[str, int]]:  # fmt: skip
    """GX's counts. Where the fused statement fails, the rule that fails is found alone, named, and left out."""
    counts: dict[str, dict[str, int]] = suite.judge(engine, compiled, titles, site)
    missing = [c for rules in compiled.values() for c in rules if c.rule.code not in counts]
    if not missing:
        return counts
    with contextlib.suppress(duckdb.TransactionException):  # GX's failed statement leaves its transaction aborted: all else would fail in it
        con.execute("ROLLBACK")
    broken = {c.rule.code for c in missing if not _runs(con, c)}
    problems += [RuleProblem(code, "engine", "fails on a row; its other rows were not counted either") for code in sorted(broken)]
    rest = {subject: [c for c in rules if c.rule.code not in broken] for subject, rules in compiled.items()}
    counts = suite.judge(engine, rest, titles, site) if any(rest.values()) else {}
    still = sorted(c.rule.code for rules in rest.values() for c in rules if c.rule.code not in counts)
    if still:
        raise InfraProblem(f"Great Expectations gave no count for {', '.join(still[:10])}.")
    return counts


def _runs(con: duckdb.DuckDBPyConnection, compiled: Compiled) -> bool:
    conditions = ", ".join(f"count(CASE WHEN {c} THEN 1 END)" for c in (compiled.covered, compiled.applicable, compiled.hit, compiled.unknown))
    try:
        con.execute(f"SELECT {conditions} FROM subject_{compiled.rule.subject}").fetchone()
    except duckdb.Error:
        return False
    return True


def _missing_parameters(
    con: duckdb.DuckDBPyConnection, compiled: dict[str, list[Compiled]], counts: dict[str, dict[str, int]]
) -> list[RuleProblem]:
    found = []
    for subject, rules in compiled.items():
        names = sorted({name for c in rules for name in c.parameters})
        if not names:
            continue
        present = con.execute(f"SELECT {', '.join(f'count({q(name)})' for name in names)} FROM subject_{subject}").fetchone() or ()
        absent = {name for name, rows in zip(names, present, strict=True) if not rows}
        for c in rules:
            for name in c.parameters:
                if counts[c.rule.code]["rows"] and name in absent:
                    message = f"parameter {name.removeprefix('参数_')} has no value for this county and year: the rule is not applicable"
                    found.append(RuleProblem(c.rule.code, "missing_parameter", message))
    return found


def _mismatches(con: duckdb.DuckDBPyConnection, counts: dict[str, dict[str, int]]) -> list[RuleProblem]:
    listed = dict(con.execute("SELECT code, count(*) FROM findings GROUP BY code").fetchall())
    return [
        RuleProblem(code, "count_mismatch", f"GX counts {count['hit']} hits and the list has {listed.get(code, 0)}")
        for code, count in counts.items() if listed.get(code, 0) != count["hit"]
    ]  # fmt: skip


def _write(
    con: duckdb.DuckDBPyConnection, folder: Path, county: str, compiled: dict[str, list[Compiled]], counts: dict[str, dict[str, int]], book: Book,
    lines: Lineage,
) -> None:  # fmt: skip
    write_query(con, "SELECT * FROM findings ORDER BY code, subject_key", folder / "findings.parquet")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE results (code VARCHAR, subject VARCHAR, county VARCHAR, rows BIGINT, na BIGINT, applicable BIGINT,"
        " hits BIGINT, unknown BIGINT, na_reason VARCHAR)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE by_town (code VARCHAR, subject VARCHAR, county VARCHAR, town VARCHAR, town_name VARCHAR, rows BIGINT,"
        " na BIGINT, applicable BIGINT, hits BIGINT, unknown BIGINT)"
    )
    for subject, rules in compiled.items():
        if not rules:
            continue
        reasons = _reasons(con, subject, book)
        rows = []
        for c in rules:
            n = counts[c.rule.code]
            made = [feed for feed in c.feeds if feed in lines.spine_feeds.get(subject, ())] or c.feeds  # what its rows come from
            asked = (*c.feeds, *c.parameters, *c.absent) if n["rows"] > n["covered"] else () if n["rows"] else made
            why = "；".join(reasons[name] for name in asked if name in reasons)
            rows.append([c.rule.code, subject, county, n["rows"], n["rows"] - n["covered"], n["applicable"], n["hit"], n["unknown"], why])
        con.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        cells = ", ".join(
            f"{{'code': '{name}', 'covered': count(CASE WHEN {q(name)} > 0 THEN 1 END), 'applicable': count(CASE WHEN {q(name)} > 1 THEN 1 END),"
            f" 'hit': count(CASE WHEN {q(name)} = 3 THEN 1 END), 'unknown': count(CASE WHEN {q(name)} = 4 THEN 1 END)}}"
            for name in (c.rule.code for c in rules)
        )
        con.execute(
            f"INSERT INTO by_town SELECT c.code, '{subject}', '{county}', town, town_name, n, n - c.covered, c.applicable, c.hit, c.unknown FROM"
            f" (SELECT town, town_name, n, unnest(cells) AS c FROM (SELECT coalesce(_town, '') AS town, coalesce(max(_town_name), '') AS town_name,"
            f" count(*) AS n, [{cells}] AS cells FROM verdicts_{subject} v JOIN (SELECT rowid AS _at, _town, _town_name FROM subject_{subject}) s"
            f" USING (_at) GROUP BY 1))"
        )
    write_query(con, "SELECT * FROM results ORDER BY code", folder / "results.parquet")
    write_query(con, "SELECT * FROM by_town ORDER BY code, town", folder / "results_by_town.parquet")


def _reasons(con: duckdb.DuckDBPyConnection, subject: str, book: Book) -> dict[str, str]:
    """Feed or parameter → why rows of `subject` are not applicable, in the officers' words; only what really stands in the way."""
    kinds = {row[0] for row in con.execute(f"DESCRIBE subject_{subject}").fetchall()}
    words = {"missing": "未收到", "stale": "数据已过期", "short": "行数少于下限"}
    reasons = {}
    flags = [f"覆盖_{c.feed}" for c in book.contracts if f"覆盖_{c.feed}" in kinds]
    numbers = sorted(kind for kind in kinds if kind.startswith("参数_"))
    tests = [*(f"coalesce(bool_or(NOT {q(name)}), false)" for name in flags), *(f"coalesce(bool_or({q(name)} IS NULL), false)" for name in numbers)]
    if not tests:  # a subject of no feed
        return {}
    lacks = dict(zip([*flags, *numbers], con.execute(f"SELECT {', '.join(tests)} FROM subject_{subject}").fetchone() or (), strict=True))
    empty = not (con.execute(f"SELECT count(*) FROM subject_{subject}").fetchone() or (0,))[0]
    told: dict[str, list[tuple[str, str, int]]] = {}
    for feed, *state in con.execute(
        "SELECT feed, status, string_agg(DISTINCT town_name, '、' ORDER BY town_name), count(*) FROM coverage GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall():
        told.setdefault(feed, []).append((state[0], state[1], state[2]))
    for contract in book.contracts:
        states = told.get(contract.feed, [])
        if not (any(state in words for state, _, _ in states) if empty else lacks.get(f"覆盖_{contract.feed}")):
            continue
        towns = sum(row[2] for row in states)
        listed = "，".join(f"{words[s]}（{'全县' if n == towns else names}）" for s, names, n in states if s in words)
        reasons[contract.feed] = f"《{contract.book}》{listed or '个别人证件号无法比对'}"
    reasons |= {name: f"缺少口径参数“{name.removeprefix('参数_')}”" for name in numbers if lacks[name]}
    for entry in absent_columns(con, f"subject_{subject}"):
        feed, column = entry.split("|", 1)
        reasons[entry] = f"《{book.by_feed[feed].book}》报送的文件没有“{column}”这一列"
    return reasons
