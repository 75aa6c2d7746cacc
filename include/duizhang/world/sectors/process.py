"""The log of risk marks and the county's ledger of procedures: one row for each step with a monitored household."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

LOG, PROCEDURES = "风险日志", "认定程序"


def day(ym: int, number: int) -> str:
    """A day of the month YYYYMM, ISO."""
    return f"{ym // 100}-{ym % 100:02d}-{number:02d}"


def log_row(key: str, kind: str, on: str) -> Row:
    """A row of 风险日志: an operation `kind` on household `key` on the date `on`."""
    return {"户编号": key, "操作类型": kind, "操作日期": on, "操作原因": None, "操作人层级": "县"}


def procedure_row(house: House, kind: str, ym: int) -> Row:
    """A row of 程序: all steps within the month `ym`, in their order and in time."""
    steps = dict(zip(
        ("启动日期", "入户核查日期", "村级评议日期", "公示起", "公示止", "乡镇审核日期", "县级审定日期", "公告日期", "入户告知日期", "系统操作日期"),
        (day(ym, number) for number in (3, 4, 5, 6, 11, 12, 14, 15, 16, 17)), strict=True,
    ))
    return {
        "户编号": house.key, "户主证件号码": house.members[0].number, "程序类型": kind, **steps, "公示地点": "村委会、村民小组（屯）",
        "公示有无异议": "否", "异议核实结论": None, "绿色通道": "否", "先行救助日期": None, "档案齐全": "是",
    }


def _log(rng: random.Random, house: House) -> None:
    if not house.monitored:
        return
    start, end = house.nat["识别监测时间"], house.nat["消除监测时间"]
    rows = [log_row(house.key, "新识别", day(int(start or 0), 17))]
    if house.monitored == "gone":
        rows.append(log_row(house.key, "风险消除", day(int(end or 0), 17)))
    house.books[LOG] = rows


def _procedures(rng: random.Random, house: House) -> None:
    if not house.monitored:
        return
    rows = [procedure_row(house, "纳入", int(house.nat["识别监测时间"] or 0))]
    if house.monitored == "gone":
        rows.append(procedure_row(house, "风险消除", int(house.nat["消除监测时间"] or 0)))
    house.books[PROCEDURES] = rows


def _log_of_nobody(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A household that left the national book long ago still has its log."""
    if serial % 9 == 0:
        person.books[LOG] = [log_row(f"{village.county}7{serial:05d}", "新识别", "2021-05-17")]


def _refused(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A household that was not taken in: it has no number in the national system."""
    if serial % 11 == 0:
        person.books[PROCEDURES] = [{
            "户编号": None, "户主证件号码": person.number, "程序类型": "纳入", "启动日期": "2026-08-03", "入户核查日期": "2026-08-04",
            "村级评议日期": "2026-08-05", "异议核实结论": "经评议不予纳入", "绿色通道": "否", "档案齐全": "是",
        }]


add(Book(
    feed=LOG, columns=("户编号", "操作类型", "操作日期", "操作原因", "操作人层级"),
    form=Form("{county}风险标注消除日志_{date8}", titles=("风险标注、消除、回退日志", "导出时间：{date}")),
    dates=("2026-10-20", "2026-11-13"), national=True, fill=_log, outsider=_log_of_nobody,
))
add(Book(
    feed=PROCEDURES,
    columns=(
        "户编号", "户主证件号码", "程序类型", "启动日期", "入户核查日期", "村级评议日期", "公示起", "公示止", "公示地点", "公示有无异议",
        "异议核实结论",
        "乡镇审核日期", "县级审定日期", "公告日期", "入户告知日期", "系统操作日期", "绿色通道", "先行救助日期", "档案齐全",
    ),
    form=Form("{county}认定程序台账_{date8}", titles=("{county}监测对象认定、消除、回退程序台账",)),
    dates=("2026-10-21", "2026-11-14"), fill=_procedures, outsider=_refused,
))
