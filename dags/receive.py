"""Through the working day: take back the workbooks the counties put into returns/."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, task
from duizhang import airflow_edge as edge

DOC = """
**receive** – looks into `returns/` every half hour of the day: each new workbook is taken back once, each answer is
accepted or refused with a reason, and a receipt is written into `receipts/`. Files are known by their content, so the
same file twice changes nothing. What a county calls a department's error goes onto that department's list at once.

**回收** – 白天每半小时查看 `returns/`：每份新交回的工作簿只收一次，逐行接收或说明理由退回，并在 `receipts/` 生成回执。
文件按内容识别，重复交回不起作用；县里答“部门数据有误”的，随即列入该部门的更正单。参数：`received_on` 收件日期。
"""


@dag(
    schedule=edge.when(CronTriggerTimetable("*/30 8-19 * * *", timezone="Asia/Shanghai")),
    **edge.DAG_ARGS,
    tags=["duizhang", "daily"],
    doc_md=DOC,
    params={"received_on": Param(None, **edge.A_DAY), "as_of": Param(None, **edge.A_DAY)},
)
def receive() -> None:
    @task
    @edge.guarded
    def look(params: Any, dag_run: Any) -> list[dict[str, str]]:
        received_on = edge.day_of(params, "received_on", dag_run.run_after)
        return [{"key": key, "received_on": received_on} for key in edge.waiting_returns(edge.home_settings())]

    take = task(edge.receive, task_id="take", pool=edge.HEAVY, map_index_template="{{ file.key[:12] }}")
    taken = take.expand(file=look())
    taken >> EmptyOperator(task_id="all_taken")  # a leaf: the run fails where a file did
    taken >> task(edge.summarise, trigger_rule="none_skipped")()
    taken >> task(edge.departments, task_id="departments", pool=edge.HEAVY, trigger_rule="none_skipped")()


receive()
