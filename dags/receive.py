"""Through the working day: take back the workbooks the counties put into returns/."""

from __future__ import annotations

from typing import Any

from airflow.sdk import CronTriggerTimetable, Param, dag, task
from duizhang import airflow_edge as edge

DOC = """
**receive** – looks into `returns/` every half hour of the day: each new workbook is taken back once, each answer is
accepted or refused with a reason, and a receipt is written into `receipts/`. Files are known by their content, so the
same file twice changes nothing.

**回收** – 白天每半小时查看 `returns/`：每份新交回的工作簿只收一次，逐行接收或说明理由退回，并在 `receipts/` 生成回执。
文件按内容识别，重复交回不起作用。参数：`received_on` 收件日期。
"""


@dag(
    schedule=edge.when(CronTriggerTimetable("*/30 8-19 * * *", timezone="Asia/Shanghai")),
    **edge.DAG_ARGS,
    tags=["duizhang", "daily"],
    doc_md=DOC,
    params={"received_on": Param(None, **edge.A_DAY)},
)
def receive() -> None:
    @task
    @edge.guarded
    def look(params: Any, dag_run: Any) -> list[dict[str, str]]:
        received_on = edge.day_of(params, "received_on", dag_run.run_after)
        return [{"key": key, "received_on": received_on} for key in edge.waiting_returns(edge.home_settings())]

    @task(pool=edge.HEAVY, map_index_template="{{ file.key[:12] }}")
    @edge.guarded
    def take(file: dict[str, str]) -> dict[str, int]:
        from datetime import date

        from duizhang import pipeline

        settings, day = edge.home_settings(), date.fromisoformat(file["received_on"])
        result = pipeline.receive_file(settings, edge.return_path(settings, file["key"]), day)
        edge.mark_received(settings, file["key"])
        return edge.counts(result)

    take.expand(file=look()) >> task(edge.summarise)()


receive()
