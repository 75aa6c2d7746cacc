"""Working-day mornings: remind the counties of questions that are due soon or overdue."""

from __future__ import annotations

from airflow.sdk import Param, dag, task
from duizhang import airflow_edge as edge
from duizhang_timetable import WorkingDayTimetable

DOC = """
**remind** – every working-day morning: for each county with an open list, a sheet of counts by town and department and an
alert where questions are due soon or overdue; nothing twice a day, nothing where nothing is due
(docs/runbooks/reminders.md).

**催办** – 每个工作日早上：清单未办结的县，有即将到期或已超期未答复的问题时，生成分乡镇、分部门的条数提醒并发出告警；一天只发
一次，没有到期的不发。参数：`day` 提醒日期。
"""


@dag(
    schedule=edge.when(WorkingDayTimetable(hour=9)),
    **edge.DAG_ARGS,
    tags=["duizhang", "daily"],
    doc_md=DOC,
    params={"day": Param(None, **edge.A_DAY)},
)
def remind() -> None:
    county = task(edge.remind, task_id="county", map_index_template="{{ item.county }}")
    county.expand(item=task(edge.to_remind, task_id="open_lists")())


remind()
