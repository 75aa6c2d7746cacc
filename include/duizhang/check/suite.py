"""Great Expectations on DuckDB: one suite per subject, every indicator an expectation, all counts in one SELECT.

GX 1.24 has no DuckDB engine; these two public subclasses are one (its own sqlite module shows the way). The counts
are AGGREGATE_FN metric partials, which GX bundles into one statement per batch. Importing this module costs seconds:
import it inside the task that runs it.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx
from great_expectations.compatibility import pydantic
from great_expectations.compatibility.sqlalchemy import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from duizhang.check.compiled import Compiled
from duizhang.core import predicate
from duizhang.core.errors import InfraProblem
from duizhang.core.lake import quote_name as q

COUNTS = ("covered", "applicable", "hit", "unknown")
SEVERITY = {"错误": "critical", "疑似": "warning"}
RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}  # counts only: no cell value leaves the engine


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """Keeps one connection: in DuckDB a result, and an in-memory database, live no longer than theirs."""

    @contextlib.contextmanager
    def get_connection(self) -> Iterator[Any]:
        if getattr(self, "_kept", None) is None:
            self._kept = self.engine.connect()
        yield self._kept

    def close(self) -> None:
        """Nothing: the connection is the check's, and GX would close it whenever this engine happens to be collected."""


_ENGINE: contextvars.ContextVar[Any] = contextvars.ContextVar("duizhang_engine")


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A SQL data source over the DuckDB engine of the running check (there is no server to connect to)."""

    type: Literal["duckdb"] = "duckdb"

    @property
    def execution_engine_type(self) -> Any:
        return DuckDBExecutionEngine

    def get_engine(self) -> Any:
        return _ENGINE.get()

    def get_execution_engine(self) -> Any:
        engine = _ENGINE.get()
        known: Any = getattr(self, "_execution_engine", None)
        if known is None or known.engine is not engine:
            known = self._execution_engine = DuckDBExecutionEngine(engine=engine, create_temp_table=False)  # else GX copies each table
        return known


def verdicts_sql(table: str, rules: list[Compiled]) -> str:
    """SELECT with one TINYINT column per rule, named by its code, over all rows of `table`; `_at` is the row's rowid there.

    0 not covered · 1 the rule does not apply · 2 clear · 3 hit · 4 unknown: what `Compiled` says, each predicate
    evaluated once. Stated as four counts over the predicates themselves, DuckDB plans and runs each four times.
    """
    covers = {text: f"_c{at}" for at, text in enumerate(dict.fromkeys(rule.covered for rule in rules))}
    first, second, third = [f"{text} AS {name}" for text, name in covers.items()], [], []
    for at, one in enumerate(rules):
        cover, a, t = covers[one.covered], f"_a{at}", f"_t{at}"
        first.append(f"({predicate.with_as_of(one.rule.applies)}) AS {a}")
        second.append(f"CASE WHEN {cover} AND {a} THEN ({predicate.with_as_of(one.rule.where)}) END AS {t}")
        third.append(
            f"CAST(CASE WHEN NOT {cover} THEN 0 WHEN {a} IS NOT TRUE THEN 1 WHEN {t} THEN 3 WHEN {t} IS NULL THEN 4 ELSE 2 END AS TINYINT)"
            f" AS {q(one.rule.code)}"
        )
    inner = f"SELECT *, rowid AS _at, {', '.join(first)} FROM {q(table)}"
    return f"SELECT _at, {', '.join(third)} FROM (SELECT *, {', '.join(second)} FROM ({inner}))"


def _verdicts(engine: Any, subject: str, rules: list[Compiled]) -> bool:
    """Table verdicts_<subject> for GX to count; False where a predicate fails on a row. A table: GX looks at it three times."""
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE OR REPLACE TEMP TABLE verdicts_{subject} AS {verdicts_sql(f'subject_{subject}', rules)}")
    except sa.exc.DBAPIError:  # the caller finds the rule; the error's text holds cell values
        return False
    return True


class IndicatorCounts(TableMetricProvider):  # type: ignore[misc]
    """The four counts of one rule out of its column of verdicts, as one list: GX's own work grows with every metric."""

    metric_name = "table.indicator_counts"
    value_keys = ("code",)

    @metric_partial(  # type: ignore[untyped-decorator]
        engine=SqlAlchemyExecutionEngine, partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN, domain_type=MetricDomainTypes.TABLE
    )
    def _sqlalchemy(cls, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any, metrics: Any, runtime_configuration: Any) -> Any:
        # count(CASE …): on DuckDB about ten times as fast as count(*) FILTER
        verdict: Any = sa.literal_column(q(metric_value_kwargs["code"]))
        tests = (verdict > 0, verdict > 1, verdict == 3, verdict == 4)
        return sa.func.list_value(*(sa.func.count(sa.case((test, 1))) for test in tests)), metric_domain_kwargs, {}


class ExpectIndicatorToHold(BatchExpectation):  # type: ignore[misc]
    """No row of the subject is a hit of the indicator. The result holds counts, never a row."""

    code: str
    covered: str
    applicable: str
    hit: str
    unknown: str
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.indicator_counts")
    success_keys: ClassVar[tuple[str, ...]] = ("code", *COUNTS)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "table")
    _told: Any = pydantic.PrivateAttr(default=None)

    @property
    def configuration(self) -> Any:
        """As GX makes it, once: it asks for it some sixty times a run and makes it anew each time."""
        if self._told is None or self._told[0] != self.id:
            self._told = (self.id, super().configuration)
        return self._told[1]

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        rows = metrics["table.row_count"]
        counts = dict(zip(COUNTS, metrics["table.indicator_counts"], strict=True))
        shown = f"应检 {counts['applicable']}，命中 {counts['hit']}，未知 {counts['unknown']}，不适用 {rows - counts['covered']}"
        return {
            "success": counts["hit"] == 0,
            "result": {"observed_value": shown, "element_count": rows, "unexpected_count": counts["hit"], "counts": counts},
        }


def _silence() -> None:
    for name in ("great_expectations", "great_expectations.validator", "great_expectations.execution_engine"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # GX logs statements and cell values


def _drop_default_site(context: Any) -> None:
    """An ephemeral context makes a docs site in a temporary folder that nobody removes."""
    for name, site in dict(context.config.data_docs_sites or {}).items():
        shutil.rmtree(site["store_backend"]["base_directory"], ignore_errors=True)
        context.delete_data_docs_site(name)


def connect() -> tuple[Any, Any]:
    """A SQLAlchemy engine over a fresh in-memory DuckDB, and the DuckDB connection that both use."""
    warnings.filterwarnings("ignore", module="duckdb_engine")
    engine = sa.create_engine("duckdb:///:memory:", poolclass=sa.pool.StaticPool)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
    return engine, raw


def judge(engine: Any, subjects: dict[str, list[Compiled]], titles: dict[str, str], docs: Path | None) -> dict[str, dict[str, int]]:
    """Have GX validate one suite per subject; code → counts (rows, covered, applicable, hit, unknown). `docs`: where its site goes.

    A code without counts is missing from the answer: the caller makes an error of it, never zero. Engine exceptions
    are not passed on: their text may hold cell values.
    """
    _silence()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    _drop_default_site(context)
    token = _ENGINE.set(engine)
    try:
        source = context.data_sources.add_duckdb("county", connection_string="duckdb:///:memory:")
        counts: dict[str, dict[str, int]] = {}
        if docs is not None:
            _new_site(context, docs)
        # all is made ready before anything is counted: GX leaves a transaction open on the one connection
        judged = {subject: rules for subject, rules in subjects.items() if rules and _verdicts(engine, subject, rules)}
        data = {s: source.add_table_asset(s, table_name=f"verdicts_{s}").add_batch_definition_whole_table("all") for s in judged}
        for subject, rules in judged.items():
            suite = gx.ExpectationSuite(name=titles.get(subject, subject), expectations=[_expectation(rule) for rule in rules])
            # without pages nothing needs to be kept: the bare result, at a third of the cost
            result = _kept(context, suite, data[subject]) if docs else data[subject].get_batch().validate(suite, result_format=RESULT_FORMAT)
            counts |= _counts(result)
        if docs is not None and len(counts) == sum(map(len, subjects.values())):  # a page shows what an engine says of a failed row
            context.build_data_docs(site_names=["duizhang"])  # once for all suites: as an action it is built anew for each
    except Exception as problem:  # noqa: BLE001 - whatever GX raises, its text may hold cell values
        raise InfraProblem(f"Great Expectations stopped ({type(problem).__name__}).") from None
    finally:
        _ENGINE.reset(token)
    return counts


def _new_site(context: Any, docs: Path) -> None:
    shutil.rmtree(docs, ignore_errors=True)  # a site of this run alone: pages of earlier runs would pile up
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)}
    index = {"class_name": "DefaultSiteIndexBuilder"}
    context.add_data_docs_site("duizhang", {"class_name": "SiteBuilder", "store_backend": store, "site_index_builder": index})


def _kept(context: Any, suite: Any, data: Any) -> Any:
    """The result of `suite` on `data`, kept with its suite where the pages are made from: that is most of GX's work."""
    definition = gx.ValidationDefinition(name=suite.name, data=data, suite=context.suites.add(suite))
    return context.validation_definitions.add(definition).run(result_format=RESULT_FORMAT)


def _counts(outcome: Any) -> dict[str, dict[str, int]]:
    return {
        single.expectation_config.meta["code"]: {"rows": single.result["element_count"], **single.result["counts"]}
        for single in outcome.results if "counts" in single.result
    }  # fmt: skip


def _expectation(compiled: Compiled) -> ExpectIndicatorToHold:
    rule = compiled.rule
    return ExpectIndicatorToHold(
        code=rule.code, covered=compiled.covered, applicable=compiled.applicable, hit=compiled.hit, unknown=compiled.unknown,
        description=f"{rule.code} {rule.title}", severity=SEVERITY[rule.severity],
        meta={"code": rule.code, "version": rule.version, "维度": rule.dimension, "依据": "；".join(rule.basis)},
    )  # fmt: skip
