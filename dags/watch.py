"""Every morning: tell of feeds that did not come, broken limits, lists not published, and a ledger that does not verify."""

from __future__ import annotations

from typing import Any

from airflow.sdk import CronTriggerTimetable, dag, task
from duizhang import airflow_edge as edge

DOC = """
**watch** – looks at the newest books and the ledger every morning, and sends alerts (docs/runbooks/alerts.md) where a
feed is overdue, a volume limit is broken, a county got no list last month, or the ledger does not verify.

**巡查** – 每天早上查看最近的账和台账：数据逾期未报、行数超限、上月清单未下发、台账校验不通过的，发出告警。
"""


@dag(
    schedule=edge.when(CronTriggerTimetable("30 7 * * *", timezone="Asia/Shanghai")),
    **edge.DAG_ARGS,
    tags=["duizhang", "daily"],
    doc_md=DOC,
)
def watch() -> None:
    @task
    @edge.guarded
    def look(dag_run: Any) -> dict[str, int]:
        return edge.look_around(edge.day_of({}, "day", dag_run.run_after))

    look()


watch()
