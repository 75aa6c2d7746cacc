"""Nightly: pull the exports and build the books; one asset event per county whose books changed."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, Param, dag, task
from duizhang import airflow_edge as edge
from duizhang_timetable import WorkingDayTimetable

BOOKS = Asset(edge.BOOKS_URI)
DOC = """
**sync** – every working-day evening: takes what lies in the inbox, reads each new file once, builds the books as of the
run's date. Each county whose books changed gives one event of the asset `duizhang://books`; `reconcile` follows it.

**同步** – 每个工作日晚上：收取收件目录中的导出文件，每个新文件只读一次，按数据日期建账。哪个县的账变了，就为哪个县
发一个 `duizhang://books` 资产事件，由 `reconcile` 接着核对。参数：`inbox` 收件目录，`as_of` 数据日期。
"""


@dag(
    schedule=edge.when(WorkingDayTimetable(hour=20)),
    **edge.DAG_ARGS,
    tags=["duizhang", "nightly"],
    doc_md=DOC,
    params={"inbox": Param(None, type=["null", "string"]), "as_of": Param(None, **edge.A_DAY)},
)
def sync() -> None:
    @task
    @edge.guarded
    def pull(params: Any) -> list[list[str]]:
        from duizhang import pipeline

        return edge.batches(pipeline.pull_inbox(edge.home_settings(), edge.inbox_of(params)))

    @task(pool=edge.HEAVY)
    @edge.guarded
    def ingest(keys: list[str]) -> dict[str, dict[str, int]]:
        from duizhang import pipeline

        return {key: edge.counts(pipeline.ingest(edge.home_settings(), key)) for key in keys}

    @task(pool=edge.HEAVY, trigger_rule="none_failed")
    @edge.guarded
    def books(params: Any, dag_run: Any) -> list[dict[str, str]]:
        from duizhang import pipeline

        as_of = edge.day_of(params, "as_of", dag_run.run_after)
        return [{"county": each, "as_of": as_of} for each in pipeline.build_books(edge.home_settings(), as_of)]

    @task(outlets=[BOOKS], map_index_template="{{ change.county }}")
    def announce(change: dict[str, str], outlet_events: Any) -> None:
        outlet_events[BOOKS].extra = change

    built = books()
    ingest.expand(keys=pull()) >> built
    announce.expand(change=built)


sync()
