"""Rows as they can be: what counting and assembling never give is put right in a generated row before it is judged.

A count that has no row is 0 and no count is negative; the parts of a household are not more than the household; what
describes a record is empty where there is no record; amounts have two decimals; a switch says 是 or 否.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from duizhang.contracts.load import Book

from tests.indicators.judging import Bench, Row

SWITCH = "参数_脱贫户年度采集"
COORDINATES = ("经度", "纬度")
ABLE, WEAK, UNABLE, UNTOLD = "普通或技能劳动力数", "弱劳动力数", "无或丧失劳动力数", "劳动技能空数"
PARTS = (  # disjoint parts of the members; `True`: together all of them
    ((ABLE, WEAK, UNABLE, UNTOLD), True),
    (("享受低保人数", "享受低保情况空数"), False),
    (("享受特困人数", "享受特困情况空数"), False),
)
NEEDS = {  # what is empty where the second is not there (false, 0)
    "台账_最早录入": "台账_措施数",
    "台账_最近录入": "台账_措施数",
    "项目_公岗缺内容": "项目_公岗数",
    "户主_证件号码": "户主数",
    "配偶_证件号码": "配偶数",
    "结对_最多户数": "结对_在任人数",
    "户籍_户号": "户籍_有记录",
    "户籍_民族": "户籍_有记录",
    "迁移_最近类型": "迁移_有记录",
    "迁移_最近现区划": "迁移_有记录",
    "死亡_日期": "死亡_有记录",
    "残疾证_等级": "残疾证_有效",
}
STAGES = "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级", "(普通高中|中职).*", "(高职高专|技师学院).*", "本科.*", "硕士研究生及以上"


def counted(book: Book, subject: str) -> frozenset[str]:
    """The facts of a subject that are a number wherever their books cover it (a person may be one whom nobody can compare)."""
    if subject == "person":
        return frozenset()
    return frozenset(fact.name for _, fact in book.facts if fact.subject == subject and fact.take in ("count", "sum") and fact.peers is None)


def _number(value: Any) -> float:
    return 0 if value is None else float(value)


def _figure(name: str, value: float) -> float:
    """Amounts have two decimals; a parameter is not below 0, and a number of months whole."""
    if not name.startswith("参数_"):
        return round(value, 2)
    return max(0.0, float(round(value)) if name.endswith("月数") else value)


def _records(row: Row, readable: tuple[str, ...]) -> None:
    for name, record in NEEDS.items():
        if name in row and record in readable and not row.get(record):
            del row[name]
    if "小贷_笔数" in row and not row["小贷_笔数"]:
        row.update({name: 0 for name in row if name.startswith("小贷_")})
    if "上年人_学段序" in row:
        word = str(row.get("上年人_在校生状况"))
        row["上年人_学段序"] = next((at for at, words in enumerate(STAGES) if re.fullmatch(words, word)), None)


def _household(row: Row) -> None:
    if "成员数" not in row:
        return
    for parts, whole in PARTS:
        together = int(sum(_number(row.get(part)) for part in parts))
        if any(part in row for part in parts) and (together > row["成员数"] or (whole and all(part in row for part in parts))):
            row["成员数"] = together


def possible(bench: Bench, book: Book) -> Callable[[Row], Row]:
    """Makes of a row the nearest one that assembling can give; columns that the rule does not read are left out."""
    counts = counted(book, bench.rule.subject)

    def put_right(given: Row) -> Row:
        row = {name: given[name] for name in bench.readable if given.get(name) is not None}
        for name in bench.readable:
            if name in counts:
                number = max(0.0, _number(row.get(name)))
                row[name] = int(number) if bench.types[name] in ("BIGINT", "HUGEINT") else round(number, 2)
            elif name in row and bench.types[name] == "DOUBLE" and not name.endswith(COORDINATES):
                row[name] = _figure(name, float(row[name]))
        if row.get(SWITCH, "是") not in ("是", "否"):
            row[SWITCH] = "是"
        _household(row)
        _records(row, bench.readable)
        return row

    return put_right
