"""Monthly: open the cycle, and after a person's approval publish and issue each county's list."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task
from duizhang import airflow_edge as edge

APPROVAL = os.environ.get("DUIZHANG_APPROVAL", "on") != "off"
DOC = """
**publish** – monthly, started by a person: opens each county's cycle, waits for an approval (off: param `approval` or
`DUIZHANG_APPROVAL=off`), then checks what is not checked yet, writes and issues each county's list, `as_of` the newest
books if not given. A county that fails does not hold up the others, and keeps its last list; the run is then red.

**下发** – 每月一次，由人启动：逐县开期，等待审批（参数 `approval` 或 `DUIZHANG_APPROVAL=off` 可关闭），再逐县核对（未核对的）、
生成并下发清单；不给 `as_of` 时取最新的账。一县失败不影响其他县，该县上一版清单仍然有效，本次运行标为失败。
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
        return "approve" if params["approval"] else "approved"

    body = "as_of 数据日期: {{ params.as_of or '最新' }}"
    approve = ApprovalOperator(
        task_id="approve", subject="Issue the lists? 是否下发清单？", body=body, response_timeout=timedelta(days=5)
    )
    opened = task(edge.to_issue, task_id="open")()
    who = task(edge.approved_by, task_id="approved", trigger_rule="none_failed_min_one_success")()
    opened >> gate() >> [approve, who]
    approve >> who
    county = task(edge.issue, task_id="issue", pool=edge.HEAVY, map_index_template="{{ item.county }}")
    issued = county.partial(who=who).expand(item=opened)
    issued >> EmptyOperator(task_id="all_issued")  # a leaf: the run fails where a county did, though the others' lists count
    issued >> task(edge.summarise, trigger_rule="none_skipped")()


publish()
