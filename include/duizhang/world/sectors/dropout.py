"""Children out of school or near it, as the education bureau watches them."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

DROPOUTS = "控辍保学"


def dropout_row(person: Person, kind: str = "辍学", back: str | None = None) -> Row:
    """The child's row; `back`: the day on which they came back (None: still out)."""
    return {
        "姓名": person.name, "身份证件号": person.number, "疑似失学类型": kind, "失学原因": "厌学", "发现日期": "2026-09-08",
        "推送日期": "2026-09-10", "劝返日期": back,
    }


def _fill(rng: random.Random, house: House) -> None:
    for person in house.members:
        if person.school and person.age < 16 and rng.random() < 0.05:
            person.books[DROPOUTS] = [dropout_row(person, rng.choice(("长期请假", "辍学")), "2026-09-20")]


def _outsider(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A few pupils who are not in the national book, so that every county has a list."""
    if person.school and (serial < 2 or rng.random() < 0.02):
        person.books[DROPOUTS] = [dropout_row(person, "辍学", None if serial == 0 else "2026-09-21")]


add(Book(
    DROPOUTS, ("姓名", "身份证件号", "疑似失学类型", "失学原因", "发现日期", "推送日期", "劝返日期"),
    Form("{county}教体局控辍保学台账_{date8}", titles=("{county}失辍学监测台账",), totals=True), ("2026-10-16", "2026-11-13"),
    number="身份证件号", name="姓名", fill=_fill, outsider=_outsider,
))
