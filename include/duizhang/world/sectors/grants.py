"""学生资助: grants to pupils and students of the last term and of this one."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

GRANTS = "学生资助"
TERM, LAST_TERM = "2026秋季", "2026春季"
VOCATIONAL, FRESHER, BOARDING, SENIOR, FREE = "雨露计划", "大学新生资助", "寄宿生生活补助", "国家助学金", "免学费"
_AMOUNTS = {VOCATIONAL: 1_500, FRESHER: 2_000, BOARDING: 500, SENIOR: 1_000, FREE: 400}


def grant_row(person: Person, kind: str, stage: str, term: str = TERM, **other: str | int | None) -> Row:
    """A row of 资助: a grant of `kind` in `term` to `person`, at school in `stage`."""
    return {
        "姓名": person.name, "身份证件号": person.number, "学段": stage, "学校名称": f"中心{stage}学校", "资助项目": kind,
        "资助金额": _AMOUNTS[kind], "学期": term, "发放日期": "2026-10-09" if term == TERM else "2026-05-12", "家庭经济困难等级": None,
        **other,
    }


def _grants(rng: random.Random, person: Person) -> None:
    if not person.school or rng.random() < 0.5:
        return
    stage = str(person.school[0]["学段"])
    kind = rng.choice((SENIOR, FREE)) if stage == "普通高中" else BOARDING
    rows = [grant_row(person, kind, stage)]
    if person.age > 8 and rng.random() < 0.5:
        rows.append(grant_row(person, kind, stage, LAST_TERM))
    person.books[GRANTS] = rows


def _fill(rng: random.Random, house: House) -> None:
    for person in house.members:
        _grants(rng, person)


def _outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """Some of last spring's students are at school no more: that is no question."""
    if person.dead is not None:
        return
    _grants(rng, person)
    if person.age == 25 and rng.random() < 0.3:
        person.books[GRANTS] = [grant_row(person, VOCATIONAL, "高职", LAST_TERM)]


add(Book(
    GRANTS, ("姓名", "身份证件号", "学段", "学校名称", "资助项目", "资助金额", "学期", "发放日期", "家庭经济困难等级"),
    Form("{county}教体局学生资助台账_{date8}", two_level={name: "资助情况" for name in ("资助项目", "资助金额", "学期", "发放日期")}),
    ("2026-10-16", "2026-11-12"), number="身份证件号", name="姓名", fill=_fill, outsider=_outsider,
))
