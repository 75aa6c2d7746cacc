"""Monthly, after the next export was reconciled: scores, closure certificates, and the departments' lists."""

from __future__ import annotations

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronTriggerTimetable, Param, dag, task
from duizhang import airflow_edge as edge

DOC = """
**score** – on the 28th of each month: for every county whose last list the newest books have re-verified, the measures,
the score sheet and the closure certificate; then the departments' lists. A county that fails does not hold up the others.

**评分** – 每月 28 日：上期清单已由最新数据复核的县，逐县计算得分、生成《县级闭合证明》，再生成各部门更正单。一县失败不影响
其他县。参数：`as_of` 数据日期。
"""


@dag(
    schedule=edge.when(CronTriggerTimetable("0 6 28 * *", timezone="Asia/Shanghai")),
    **edge.DAG_ARGS,
    tags=["duizhang", "monthly"],
    doc_md=DOC,
    params={"as_of": Param(None, **edge.A_DAY)},
)
def score() -> None:
    county = task(edge.score, task_id="county", pool=edge.HEAVY, map_index_template="{{ item.county }}")
    scored = county.expand(item=task(edge.to_score, task_id="reverified")())
    scored >> EmptyOperator(task_id="all_scored")  # a leaf: the run fails where a county did, though the others' sheets count
    scored >> task(edge.departments, task_id="departments", pool=edge.HEAVY, trigger_rule="none_skipped")()


score()
