"""The suite: ours over DuckDB, hand-written DuckDB SQL, stock GX on pandas, stock GX on PostgreSQL; the same rows."""

from __future__ import annotations

import logging
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_stock
import duckdb
import great_expectations as gx
import pandas as pd
import psycopg2
from bench_kit import Contender, interleave, ratio, show, spread
from duizhang.check import stage, suite
from duizhang.check.compiled import Compiled
from duizhang.contracts.load import load_book
from duizhang.contracts.subjects import lineage
from duizhang.core import postgres, predicate
from duizhang.core.lake import prepare
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

GOAL = 1.5
SUBJECTS = ("person", "household", "monitoring")
NAME_BYTES = 63  # PostgreSQL cuts longer names
POSTGRES_TYPES = {
    "VARCHAR": "text", "DOUBLE": "double precision", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date",
    "HUGEINT": "numeric",
}  # fmt: skip
_MACRO = re.compile("(?:" + "|".join(sorted(predicate.DOMAIN_FUNCTIONS)) + r")\(")

Rules = dict[str, list[Compiled]]
Counts = dict[str, dict[str, int]]


@dataclass
class Rows:
    """Subject tables of one county in DuckDB, and the rules that stand on them."""

    engine: Any
    con: duckdb.DuckDBPyConnection
    rules: Rules
    as_of: str


def load(settings: Settings, as_of: str, county: str, times: int = 1, subjects: tuple[str, ...] | None = SUBJECTS) -> Rows:
    """The county's subject tables in memory, as `check` loads them, every row `times` over, and the rules of `subjects` (None: all) compiled."""
    engine, con = suite.connect()
    prepare(con, settings, functions=True)
    stage.load_subjects(con, settings, as_of, county)
    book = load_book(settings)
    compiled, problems = stage.compile_for(con, settings, lineage(settings, book), book)
    if problems:
        raise SystemExit(f"rules with problems: {', '.join(problem.code for problem in problems)}")
    rules = {subject: mine for subject, mine in compiled.items() if mine and (subjects is None or subject in subjects)}
    for subject in rules if times > 1 else ():
        con.execute(f"CREATE OR REPLACE TABLE subject_{subject} AS SELECT s.* FROM subject_{subject} s, range({times})")
    return Rows(engine, con, rules, as_of)


def compare(settings: Settings, rows: Rows, rounds: int) -> dict[str, Any]:
    """Judge the same rows in four ways; hits by code of each, and the times. Prints the table."""
    stock, sql = _stock_rules(rows), _sql_rules(rows)
    frames = _frames(rows, stock)
    database = postgres.ensure(settings)
    _to_postgres(rows, sql, database.dsn())
    stock_run, expectations = _pandas_suite(frames, stock, rows.as_of)
    ours = Contender("duizhang suite (GX on DuckDB)", lambda: suite.judge(rows.engine, rows.rules, {}, None))
    hand = Contender("hand-written DuckDB SQL", lambda: by_hand(rows.con, rows.rules))
    once = Contender("  our SQL without GX", lambda: without_gx(rows.con, rows.rules))
    pandas = Contender("stock GX on pandas", stock_run)
    # GX asks for a host in the address; the socket in its query wins
    server = Contender("stock GX on PostgreSQL", _postgres_suite(sql, database.url().replace("@/", "@localhost/")))
    contenders = [ours, hand, once, pandas, server]
    interleave(contenders, rounds)
    total = sum(map(len, rows.rules.values()))
    asked = {ours.name: (total, total), pandas.name: (len(stock), expectations), server.name: (sum(map(len, sql.values())),) * 2}
    table = [_line(one, hand, *asked.get(one.name, (total, None))) for one in contenders]
    imported = import_seconds()
    cold = ours.median() + imported
    table.insert(1, ("  the same with its import", total, total, cold, cold / hand.median(), "", None, cold / total * 1000, None))
    show(
        f"(a) Judging: rows {_sizes(rows.con)}; median of {rounds} interleaved rounds",
        ("contender", "rules", "expectations", "seconds", "× by hand", "range", "CPU s", "ms a rule", "peak MiB"), table,
        [
            "Ours and by hand: four counts a rule (covered, applicable, hit, unknown). Stock GX: hits alone. No one's loading is counted.",
            f"Importing GX costs {imported:.1f} s once a process; it is in the second line alone. PostgreSQL's own CPU and memory are not shown.",
            f"Goal: ours at most {GOAL} × by hand: {'met' if ratio(ours, hand) <= GOAL else 'MISSED'}",
        ],
    )
    hits = {one.name.strip(): _hits(one.answer) for one in contenders}
    return {"counts": ours.answer, "by_hand": hand.answer, "without_gx": once.answer, "hits": hits, "ratio": ratio(ours, hand)}


def compare_whole(rows: Rows, rounds: int) -> dict[str, Any]:
    """Judge the rows of every subject by the whole catalogue: ours, by hand, our SQL without GX. Prints the table."""
    ours = Contender("duizhang suite (GX on DuckDB)", lambda: suite.judge(rows.engine, rows.rules, {}, None))
    hand = Contender("hand-written DuckDB SQL", lambda: by_hand(rows.con, rows.rules))
    once = Contender("  our SQL without GX", lambda: without_gx(rows.con, rows.rules))
    contenders = [ours, hand, once]
    interleave(contenders, rounds)
    total = sum(map(len, rows.rules.values()))
    show(
        f"(a2) The whole catalogue: rows {_sizes(rows.con, tuple(rows.rules))}; median of {rounds} interleaved rounds",
        ("contender", "rules", "expectations", "seconds", "× by hand", "range", "CPU s", "ms a rule", "peak MiB"),
        [_line(one, hand, total, total if one is ours else None) for one in contenders],
        [f"Goal: ours at most {GOAL} × by hand: {'met' if ratio(ours, hand) <= GOAL else 'MISSED'}"],
    )
    return {"counts": ours.answer, "by_hand": hand.answer, "without_gx": once.answer, "ratio": ratio(ours, hand)}


def _sizes(con: duckdb.DuckDBPyConnection, subjects: tuple[str, ...] = SUBJECTS) -> str:
    counted = {subject: (con.execute(f"SELECT count(*) FROM subject_{subject}").fetchone() or (0,))[0] for subject in subjects}
    return ", ".join(f"{subject} {count:,}" for subject, count in counted.items())


def _line(one: Contender, floor: Contender, rules: int, expectations: int | None) -> tuple[Any, ...]:
    seconds, cpu = one.median(), statistics.median(one.cpu)
    return one.name, rules, expectations, seconds, ratio(one, floor), spread(one, floor), cpu, seconds / rules * 1000, max(one.peak_mib)


def _hits(answer: Any) -> dict[str, int]:
    return {code: value["hit"] if isinstance(value, dict) else value for code, value in answer.items()}


def by_hand(con: duckdb.DuckDBPyConnection, rules: Rules) -> Counts:
    """The floor: one SELECT a subject, the same counts of the same conditions, no library between."""
    counts: Counts = {}
    for subject, mine in rules.items():
        cells = [f"count(CASE WHEN {test} THEN 1 END)" for one in mine for test in (one.covered, one.applicable, one.hit, one.unknown)]
        row = con.execute(f"SELECT count(*), {', '.join(cells)} FROM subject_{subject}").fetchone() or ()
        for at, one in enumerate(mine):
            covered, applicable, hit, unknown = row[1 + 4 * at : 5 + 4 * at]
            counts[one.rule.code] = {"rows": row[0], "covered": covered, "applicable": applicable, "hit": hit, "unknown": unknown}
    return counts


def without_gx(con: duckdb.DuckDBPyConnection, rules: Rules) -> Counts:
    """What our suite asks of DuckDB and nothing else: a table of verdicts, each predicate once, and its counts."""
    counts: Counts = {}
    for subject, mine in rules.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE verdicts AS {suite.verdicts_sql(f'subject_{subject}', mine)}")
        tests = ("> 0", "> 1", "= 3", "= 4")
        cells = [f"[{', '.join(f'count(CASE WHEN {q(one.rule.code)} {test} THEN 1 END)' for test in tests)}]" for one in mine]
        row = con.execute(f"SELECT count(*), {', '.join(cells)} FROM verdicts").fetchone() or ()
        for one, four in zip(mine, row[1:], strict=True):
            counts[one.rule.code] = {"rows": row[0], **dict(zip(suite.COUNTS, four, strict=True))}
    return counts


def import_seconds() -> float:
    """What importing our suite, GX with it, adds to a new process (best of two: the first may compile byte code)."""
    times = []
    for module in ("duizhang.check.suite", "duizhang.check.suite", "duckdb"):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        times.append(time.perf_counter() - started)
    return min(times[:2]) - times[2]


def _stock_rules(rows: Rows) -> dict[str, tuple[Compiled, list[bench_stock.Stock]]]:
    compiled = {one.rule.code: one for mine in rows.rules.values() for one in mine}
    table = bench_stock.rules(pd.Timestamp(rows.as_of))
    gone = sorted(set(table) - set(compiled))
    if gone:
        raise SystemExit(f"translated rules that the catalogue does not have: {', '.join(gone)}")
    return {code: (compiled[code], stock) for code, stock in table.items()}


def _sql_rules(rows: Rows) -> Rules:
    """Rules whose predicates PostgreSQL can say: no function of our own, or translated by hand."""

    def sayable(one: Compiled) -> bool:
        text = f"{one.rule.applies} {one.rule.where}"
        return one.rule.code in bench_stock.POSTGRES or not (_MACRO.search(text) or "round(" in text or "regexp_matches" in text)

    return {subject: [one for one in mine if sayable(one)] for subject, mine in rows.rules.items()}


def _covered(one: Compiled) -> list[str]:
    return [bench_stock.eq(f"覆盖_{feed}", True) for feed in one.feeds] + [bench_stock.has(name) for name in one.parameters]


def _frames(rows: Rows, stock: dict[str, tuple[Compiled, list[bench_stock.Stock]]]) -> dict[str, pd.DataFrame]:
    """The rows as DataFrames, with no more columns than the rules read: row conditions copy the frame they filter."""
    frames = {}
    for subject in SUBJECTS:
        mine = [one for one, _ in stock.values() if one.rule.subject == subject]
        frames[subject] = rows.con.execute(f"SELECT {', '.join(map(q, _columns(mine)))} FROM subject_{subject}").df()
    return frames


def _columns(rules: list[Compiled]) -> list[str]:
    return sorted({name for one in rules for name in (*one.rule.columns, *(f"覆盖_{feed}" for feed in one.feeds))})


def _quiet(context: Any) -> Any:
    context.variables.progress_bars = {"globally": False}
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    return context


def _pandas_suite(frames: dict[str, pd.DataFrame], stock: dict[str, tuple[Compiled, list[bench_stock.Stock]]], as_of: str) -> tuple[Any, int]:
    def judge() -> dict[str, int]:
        context = _quiet(gx.get_context(mode="ephemeral"))
        source = context.data_sources.add_pandas("frames")
        hits: dict[str, int] = {}
        for subject, frame in frames.items():
            mine = {code: (one, parts) for code, (one, parts) in stock.items() if one.rule.subject == subject}
            expectations = [_expectation(code, one, part) for code, (one, parts) in mine.items() for part in parts]
            batch = source.add_dataframe_asset(subject).add_batch_definition_whole_dataframe("all")
            wanted = gx.ExpectationSuite(name=subject, expectations=expectations)
            outcome = batch.get_batch({"dataframe": frame}).validate(wanted, result_format=suite.RESULT_FORMAT)
            for single in outcome.results:
                if "unexpected_count" not in single.result:
                    raise SystemExit(f"{single.expectation_config.meta['code']} gives no count on pandas")
                code = single.expectation_config.meta["code"]
                hits[code] = hits.get(code, 0) + single.result["unexpected_count"]
        return hits

    return judge, sum(len(parts) for _, parts in stock.values())


def _expectation(code: str, one: Compiled, part: bench_stock.Stock) -> Any:
    conditions = [*_covered(one), *part.conditions]
    filtered = {"row_condition": " and ".join(conditions), "condition_parser": "pandas"} if conditions else {}
    return getattr(gx.expectations, part.kind)(**part.arguments, **filtered, meta={"code": code})


def _to_postgres(rows: Rows, sql: Rules, dsn: str) -> None:
    with psycopg2.connect(dsn) as server, server.cursor() as cursor, tempfile.TemporaryDirectory(prefix="duizhang-bench-") as folder:
        for subject, mine in sql.items():
            columns = ["_key", "as_of", *(name for name in _columns(mine) if name != "as_of")]
            long = [name for name in columns if len(name.encode()) > NAME_BYTES]
            if long:
                raise SystemExit(f"names too long for PostgreSQL: {', '.join(long)}")
            select = f"SELECT {', '.join(map(q, columns))} FROM subject_{subject}"
            cells = ", ".join(f"{q(row[0])} {POSTGRES_TYPES[row[1]]}" for row in rows.con.execute(f"DESCRIBE {select}").fetchall())
            cursor.execute(f"DROP TABLE IF EXISTS bench_{subject}; CREATE TABLE bench_{subject} ({cells})")
            path = Path(folder) / f"{subject}.csv"
            rows.con.execute(f"COPY ({select}) TO '{path}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
            with path.open(encoding="utf-8") as lines:
                cursor.copy_expert(f"COPY bench_{subject} FROM STDIN WITH (FORMAT csv, NULL '\\N')", lines)
            cursor.execute(f"ANALYZE bench_{subject}")


def _postgres_suite(sql: Rules, url: str) -> Any:
    def judge() -> dict[str, int]:
        context = _quiet(gx.get_context(mode="ephemeral"))
        source = context.data_sources.add_postgres("server", connection_string=url)
        hits: dict[str, int] = {}
        for subject, mine in sql.items():
            batch = source.add_table_asset(subject, table_name=f"bench_{subject}").add_batch_definition_whole_table("all")
            unexpected = gx.expectations.UnexpectedRowsExpectation
            expectations = [unexpected(unexpected_rows_query=_query(one), meta={"code": one.rule.code}) for one in mine]
            wanted = gx.ExpectationSuite(name=subject, expectations=expectations)
            outcome = batch.get_batch().validate(wanted, result_format=suite.RESULT_FORMAT)
            for single in outcome.results:
                if "observed_value" not in single.result:
                    raise SystemExit(f"{single.expectation_config.meta['code']} gives no count on PostgreSQL")
                hits[single.expectation_config.meta["code"]] = single.result["observed_value"]
        return hits

    return judge


def _query(one: Compiled) -> str:
    by_hand = bench_stock.POSTGRES.get(one.rule.code)
    hit = f"{one.covered} AND ({by_hand})" if by_hand else one.hit
    return f"SELECT _key FROM {{batch}} WHERE {hit.replace('{', '{{').replace('}', '}}')}"
