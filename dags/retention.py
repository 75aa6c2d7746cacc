"""Monthly: destroy on schedule what need not be kept any longer."""

from __future__ import annotations

from typing import Any

from airflow.sdk import CronTriggerTimetable, Param, dag, task
from duizhang import airflow_edge as edge

DOC = """
**retention** – on the first of each month: destroys what include/parameters/retention.yaml says is due. What an open
question stands on is never destroyed, and the ledger still verifies. Param `dry_run`: only count.

**留存期限** – 每月 1 日销毁到期的数据（期限见 include/parameters/retention.yaml）；未销号问题所依据的数据不销毁，台账校验链
不受影响。参数 `dry_run`：只计数，不销毁。
"""


@dag(
    schedule=edge.when(CronTriggerTimetable("0 3 1 * *", timezone="Asia/Shanghai")),
    **edge.DAG_ARGS,
    tags=["duizhang", "monthly"],
    doc_md=DOC,
    params={"dry_run": Param(False, type="boolean")},
)
def retention() -> None:
    @task(pool=edge.HEAVY)
    @edge.guarded
    def destroy(params: Any, dag_run: Any) -> dict[str, int]:
        from datetime import date

        from duizhang import ops

        day = date.fromisoformat(edge.day_of({}, "day", dag_run.run_after))
        return ops.retention(edge.home_settings(), day, dry_run=params["dry_run"])

    destroy()


retention()
