"""Monthly: after a person's approval, publish and issue each county's list."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task
from duizhang import airflow_edge as edge

APPROVAL = os.environ.get("DUIZHANG_APPROVAL", "on") != "off"
DOC = """
**publish** – monthly, started by a person: waits for an approval (off: param `approval` or `DUIZHANG_APPROVAL=off`), then
writes and issues each county's list, `as_of` the newest books if not given. A failed run leaves the last list in place.

**下发** – 每月一次，由人启动：先等待审批（参数 `approval` 或 `DUIZHANG_APPROVAL=off` 可关闭），再逐县生成并下发清单；
不给 `as_of` 时取最新的账。运行失败时，上一版清单仍然有效。
"""


@dag(
    schedule=None,
    **edge.DAG_ARGS,
    tags=["duizhang", "monthly"],
    doc_md=DOC,
    params={"as_of": Param(None, **edge.A_DAY), "approval": Param(APPROVAL, type="boolean")},
)
def publish() -> None:
    @task.branch
    def gate(params: Any) -> str:
        return "approve" if params["approval"] else "plan"

    body = "as_of 数据日期: {{ params.as_of or '最新' }}"
    approve = ApprovalOperator(
        task_id="approve", subject="Issue the lists? 是否下发清单？", body=body, response_timeout=timedelta(days=5)
    )

    @task(trigger_rule="none_failed_min_one_success")
    @edge.guarded
    def plan(params: Any) -> list[dict[str, Any]]:
        from duizhang import pipeline

        as_of = params["as_of"] or edge.newest_books(edge.home_settings())
        return [{"county": county, "as_of": as_of} for county in pipeline.counties(edge.home_settings(), as_of)]

    @task(pool=edge.HEAVY, map_index_template="{{ item.county }}")
    @edge.guarded
    def issue(item: dict[str, Any]) -> dict[str, int]:
        from duizhang import pipeline

        return edge.counts(pipeline.issue_county(edge.home_settings(), **item))

    gate() >> [approve, planned := plan()]
    approve >> planned
    issue.expand(item=planned) >> task(edge.summarise)()


publish()
