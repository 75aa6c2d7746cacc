"""After sync: check the changed counties and record findings and proofs in the ledger; issues nothing."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import Asset, dag, task
from duizhang import airflow_edge as edge

BOOKS = Asset(edge.BOOKS_URI)
DOC = """
**reconcile** – follows the asset `duizhang://books`: for every changed county it matches, assembles, checks and merges
into the ledger. County and date come from the events, never from the time of the run. It records what was found, and of
the last list what is proven and what comes back (re-verification); lists go out with `publish` only. A county that fails
does not hold up the others.

**核对** – 由资产 `duizhang://books` 触发：对账有变化的县逐县比对、核查、记入台账。县和数据日期取自事件，不取运行时间。
只记录发现，并复核上期清单（证实销号或退回），不下发清单；清单由 `publish` 下发。一县失败不影响其他县。
"""


@dag(
    schedule=[BOOKS],
    **edge.DAG_ARGS,
    tags=["duizhang", "nightly"],
    doc_md=DOC,
)
def reconcile() -> None:
    @task(inlets=[BOOKS])
    @edge.guarded
    def plan(triggering_asset_events: Any, inlet_events: Any) -> list[dict[str, Any]]:
        started = [event for asset in triggering_asset_events for event in triggering_asset_events[asset]]
        # Of several events Airflow ties the first to the run; the others start none now, and come with the next run.
        since = min((event.timestamp for event in started), default=None)
        return edge.changed([*started, *inlet_events[BOOKS].after(since.isoformat())] if since else [])

    @task(trigger_rule="none_skipped")
    @edge.guarded
    def summarise(done: Any) -> list[str]:
        from duizhang import pipeline

        days = sorted({day for each in done or () for day in each})
        for day in days:
            pipeline.summarise(edge.home_settings(), day)
        return days

    county = task(edge.reconcile_changed, task_id="county", pool=edge.HEAVY, map_index_template="{{ change.county }}")
    checked = county.expand(change=plan())
    checked >> EmptyOperator(task_id="all_checked")  # a leaf: the run fails where a county did, though the others' proofs count
    summarise(checked)


reconcile()
