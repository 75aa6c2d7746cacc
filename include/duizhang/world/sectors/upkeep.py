"""What a county keeps of its own work: tasks and their deadlines, meetings, its ledger of problems and its exemptions.

All rows stand with the county (the column `_county`, which is not sent): planters on counties alter them; rows of the ledger
and of the exemptions that belong to a household stand with the household.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from duizhang.world.model import House, Month, Row
from duizhang.world.sectors.base import Book, Form, Places, add

TASKS, MEETINGS, EXEMPTIONS, PROBLEMS = "任务节点", "会商登记", "豁免清单", "问题台账"
HERE = "_county"
# code, name, unit, month and day of the deadline
PLAN = (
    ("PC01", "排查培训", "县乡村振兴局", "03-25"), ("PC02", "入户排查", "各乡镇", "04-20"), ("PC03", "评议公示", "各乡镇", "04-26"),
    ("PC04", "乡镇审核", "各乡镇", "04-27"), ("PC05", "县级审定", "县乡村振兴局", "04-28"), ("PC06", "落实措施", "各乡镇", "04-30"),
    ("PC07", "回头看", "县乡村振兴局", "05-10"), ("ZJ01", "集中排查总结", "县乡村振兴局", "05-11"),
    ("QH01", "行政区划补录", "县乡村振兴局", "10-20"), ("RD01", "监测对象认定", "县乡村振兴局", "11-30"),
    ("RD02", "监测对象信息采集", "县乡村振兴局", "11-30"), ("RD03", "监测对象风险评估", "县乡村振兴局", "11-30"),
    ("LR01", "年度数据录入", "县乡村振兴局", "11-15"), ("HZ01", "动态调整对象汇总数据", "市乡村振兴局", "11-15"),
    ("NB01", "拟标注名单街道报区", "各街道", "11-15"), ("NB02", "拟标注名单区报市", "县乡村振兴局", "11-17"),
    ("NB03", "拟标注名单市报省", "市乡村振兴局", "11-20"), ("ZJ02", "年度工作总结", "市乡村振兴局", "12-15"),
    ("QT01", "完善监测帮扶机制", "县乡村振兴局", "05-31"),
)
YEARS = (2022, 2023, 2024, 2025, 2026)
START = (2024, 7)  # the register of meetings begins
SHARED_RULE, SHARED_HITS = "VIL-015", 20  # the rule of the ledger that has hits enough to tell a share of exemptions


def _counties(view: Places) -> list[tuple[str, str]]:
    return sorted({(village.county, village.county_name) for village in view.villages})


def sent_on(feed: str, month: Month) -> date:
    """The data date of a book of this module in `month`."""
    return date.fromisoformat(_DATES[feed][month.number - 1])


_DATES = {
    TASKS: ("2026-10-23", "2026-11-18"), MEETINGS: ("2026-10-22", "2026-11-17"), EXEMPTIONS: ("2026-10-21", "2026-11-16"),
    PROBLEMS: ("2026-10-23", "2026-11-18"),
}


def _tasks(view: Places) -> list[Row]:
    """Every task two days before its deadline, as far as the register can know."""
    known = sent_on(TASKS, view.month)
    rows: list[Row] = []
    for county, _ in _counties(view):
        for year in YEARS:
            for code, name, unit, day in PLAN:
                due = date.fromisoformat(f"{year}-{day}")
                done = due - timedelta(days=2)
                rows.append({
                    HERE: county, "任务编码": code, "年度": year, "任务名称": name, "责任单位": unit, "截止时间": f"{due} 17:30:00",
                    "完成时间": f"{done} 10:00:00" if done <= known else None, "佐证": None,
                })
    return rows


def _meetings(view: Places) -> list[Row]:
    """A meeting and an evaluation each month, a notice and a dispatch each quarter, an assessment each December."""
    known = sent_on(MEETINGS, view.month)
    rows: list[Row] = []
    for county, _ in _counties(view):
        year, month = START
        while (year, month) <= (known.year, known.month):
            kinds = [("月会商" if month % 2 else "月调度", 5), ("数据质量评估", 8)]
            kinds += [("季督导调度", 12), ("季度通报", 14)] if month % 3 == 0 else []
            kinds += [("年度考核评估", 16)] if month == 12 else []
            for kind, day in kinds:
                on = date(year, month, day)
                if on <= known:
                    rows.append({
                        HERE: county, "登记编号": f"HS{county}{on:%Y%m%d}", "类型": kind, "区划编码": county, "日期": on.isoformat(),
                        "主持单位": "县乡村振兴局", "参会部门": "民政、医保、教育、住建、水利", "议定事项": None,
                    })
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return rows


def problem_row(county: str, name: str, rule: str, subject: str, batch: str, **further: str | None) -> Row:
    """A settled row of the ledger: found not to be so, with nothing left to do; `batch` is a day, the batch's date of issue."""
    row: Row = {
        HERE: county, "问题编号": f"{rule}-{subject}-{batch.replace('-', '')}", "批次号": f"PC{batch.replace('-', '')}", "规则编码": rule,
        "对象键": subject, "质量维度": "准确性", "严重性": "疑似", "来源": "本县自查", "县": name, "下发日期": batch,
        "整改时限": _later(batch, 15), "责任单位": "县乡村振兴局", "核查日期": _later(batch, 5), "核查结果": "无法核实", "整改情况": "无需整改",
        "整改完成日期": _later(batch, 9), "复核结果": "通过", "是否豁免": "否",
    }
    return row | further


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


FIRST, SECOND = "2026-08-10", "2026-09-10"  # batches of both months; the newest one is the month's own


def newest(month: Month) -> str:
    """The date of issue of the newest batch of the ledger in `month`."""
    return f"{month.as_of.year}-{month.as_of.month:02d}-06"


def _problems(view: Places) -> list[Row]:
    """Some settled rows of every county, some of its households', and a newest batch."""
    rows: list[Row] = []
    for county, name in _counties(view):
        rows += [problem_row(county, name, SHARED_RULE, f"{county}9{n:05d}", FIRST) for n in range(SHARED_HITS)]
        rows += [problem_row(county, name, f"RPT-{n:03d}", county, FIRST, 严重性="错误") for n in range(1, 5)]
        rows += [problem_row(county, name, f"RPT-{n:03d}", county, SECOND) for n in range(5, 9)]
        rows.append(problem_row(county, name, "RPT-009", county, newest(view.month)))
    for house in view.houses:
        rows += [dict(row) for row in house.books.get(PROBLEMS, ())]
    return rows


def exemption_row(county: str, rule: str, subject: str, since: str = "2026-01-01", until: str = "2026-12-31") -> Row:
    """A row of the list of exemptions, valid in both months."""
    return {
        HERE: county, "规则编码": rule, "对象键": subject, "豁免原因": "情况特殊，已留存材料", "批准人": "县局负责人乙", "生效日期": since,
        "失效日期": until,
    }


def _exemptions(view: Places) -> list[Row]:
    """Five exemptions of the shared rule and four that begin next year, in every county; and those of households."""
    rows: list[Row] = []
    for county, _ in _counties(view):
        rows += [exemption_row(county, SHARED_RULE, f"{county}9{n:05d}") for n in range(5)]
        rows += [exemption_row(county, SHARED_RULE, f"{county}9{n:05d}", "2027-01-01", "2027-12-31") for n in range(5, 9)]
    for house in view.houses:
        rows += [dict(row) for row in house.books.get(EXEMPTIONS, ())]
    return rows


def _settled(rng: random.Random, house: House) -> None:
    """Every sixth household had a question once."""
    if rng.random() < 1 / 6:
        village = house.village
        house.books[PROBLEMS] = [problem_row(
            village.county, village.county_name, "CCX-001", house.key, FIRST, 户编号=house.key, 乡=village.town_name, 村=village.name,
        )]


add(Book(
    TASKS, ("任务编码", "年度", "任务名称", "责任单位", "截止时间", "完成时间", "佐证"),
    Form("{county}任务节点登记_{date8}", titles=("{county}任务节点配置与完成登记表", "填报日期：{date}")),
    (_DATES[TASKS][0], _DATES[TASKS][1]), places=_tasks, place=HERE,
))
add(Book(
    MEETINGS, ("登记编号", "类型", "区划编码", "日期", "主持单位", "参会部门", "议定事项"),
    Form("{county}会商登记_{date8}", kind="xls", titles=("会商、调度、通报登记簿",)),
    (_DATES[MEETINGS][0], _DATES[MEETINGS][1]), places=_meetings, place=HERE,
))
add(Book(
    EXEMPTIONS, ("规则编码", "对象键", "豁免原因", "批准人", "生效日期", "失效日期"),
    Form("{date8}{county}豁免清单总梳理", kind="csv", encoding="gb18030"),
    (_DATES[EXEMPTIONS][0], _DATES[EXEMPTIONS][1]), places=_exemptions, place=HERE,
))
add(Book(
    PROBLEMS,
    (
        "问题编号", "批次号", "规则编码", "对象键", "质量维度", "严重性", "来源", "县", "乡", "村", "户编号", "人编号", "姓名", "证件号码",
        "问题字段", "系统值", "比对来源", "比对值", "下发日期", "整改时限", "责任单位", "责任人", "核查日期", "核查结果", "整改情况",
        "整改完成日期", "复核结果", "是否豁免",
    ),
    Form("{county}问题数据台账_{date8}", titles=("{county}问题数据台账",), two_level={
        name: "核查整改" for name in ("核查日期", "核查结果", "整改情况", "整改完成日期", "复核结果")
    }),
    (_DATES[PROBLEMS][0], _DATES[PROBLEMS][1]), number="证件号码", name="姓名", fill=_settled, places=_problems, place=HERE,
))
