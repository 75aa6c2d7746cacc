"""Nightly: pull the exports from inbox and sources, build the books; one asset event per county whose books changed."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, Param, dag, task
from duizhang import airflow_edge as edge
from duizhang_timetable import WorkingDayTimetable

BOOKS = Asset(edge.BOOKS_URI)
DOC = """
**sync** – every working-day evening: takes what is in the inbox and the sources (one that fails does not stop the
others), reads each new file once, builds the books. Each changed county: one event of the asset `duizhang://books`.

**同步** – 每个工作日晚上：从收件目录和各数据源收取（一处失败不影响其他），每个新文件只读一次，按数据日期建账。哪个县
的账变了，就为它发一个 `duizhang://books` 资产事件，由 `reconcile` 接着核对。参数：`inbox` 收件目录，`as_of` 数据日期。
"""


@dag(
    schedule=edge.when(WorkingDayTimetable(hour=20)),
    **edge.DAG_ARGS,
    tags=["duizhang", "nightly"],
    doc_md=DOC,
    params={"inbox": Param(None, type=["null", "string"]), "as_of": Param(None, **edge.A_DAY)},
)
def sync() -> None:
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

    pull = task(edge.pull_place, task_id="pull", map_index_template="{{ place.source }}")
    waiting = task(edge.waiting_batches, task_id="waiting", trigger_rule="all_done")
    pulled, built = pull.expand(place=task(edge.places)()), books()
    pulled >> EmptyOperator(task_id="all_came")  # a leaf: the run fails where a source did, though the others' files count
    ingest.expand(keys=pulled >> waiting()) >> built
    announce.expand(change=built)


sync()
