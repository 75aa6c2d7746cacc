"""临时救助, 孤儿 and 低收入人口: emergency relief, orphans, and the civil affairs' list of people of low income."""

from __future__ import annotations

import random

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

RELIEF, ORPHANS, POOR = "临时救助", "孤儿", "低收入人口"
WATCHED = "防返贫监测"
LARGE = 4  # relief in larger households only: smaller ones are the planters', with rows of their own


def relief_row(person: Person, day: str = "2026-04-16", amount: int | None = 800, nth: int = 1) -> Row:
    """A row of 临救: `amount` yuan granted to `person` on `day`."""
    return {
        "救助编号": f"L{day[2:4]}{day[5:7]}{person.number[-10:]}{nth}", "姓名": person.name, "身份证号": person.number, "救助原因": "因病",
        "救助金额": amount, "审批日期": day,
    }


def orphan_row(person: Person, kind: str = "事实无人抚养儿童") -> Row:
    """A row of 孤儿."""
    return {"姓名": person.name, "身份证号": person.number, "类别": kind, "月发放金额": 1_200, "监护人姓名": None}


def poor_row(person: Person, *kinds: str) -> Row:
    """A row of 低收入: `person` is on the list for `kinds`."""
    return {"姓名": person.name, "身份证号": person.number, "低收入类别": "、".join(kinds), "认定日期": "2025-06-18"}


def _fill_relief(rng: random.Random, house: House) -> None:
    if len(house.members) >= LARGE and not house.monitored and rng.random() < 0.2:
        person = rng.choice(house.members)
        person.books[RELIEF] = [relief_row(person, "2026-03-11", rng.randrange(5, 30) * 100)]
        if rng.random() < 0.5:  # more than a year ago
            person.books[RELIEF].append(relief_row(person, "2025-08-20", 3_000))


def _others_relief(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.dead is None and (serial % 10 == 3 or rng.random() < 0.05):
        person.books[RELIEF] = [relief_row(person, "2026-02-12", 1_500), relief_row(person, "2026-07-02", 6_000, 2)]


def _others_orphans(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age < 15 and (serial in (1, 5) or rng.random() < 0.03):
        person.books[ORPHANS] = [orphan_row(person, "孤儿" if serial % 2 else "事实无人抚养儿童")]


def _fill_poor(rng: random.Random, house: House) -> None:
    for person in house.members:
        kinds = ["低保"] if person.nat["享受低保政策情况"] == "农村低保" else []
        kinds += ["特困"] if person.nat["享受特困供养政策情况"] == "农村特困" else []
        kinds += [WATCHED] if house.monitored == "open" else []
        if not kinds and rng.random() < 0.03:
            kinds = [rng.choice(("低保边缘", "刚性支出困难"))]
        if kinds:
            person.books[POOR] = [poor_row(person, *kinds)]


def _others_poor(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.dead is None and (person.dibao is not None or serial % 12 == 6):
        person.books[POOR] = [poor_row(person, "低保" if person.dibao is not None else rng.choice(("低保边缘", "其他")))]


add(Book(
    RELIEF, ("救助编号", "姓名", "身份证号", "救助原因", "救助金额", "审批日期"),
    Form("{county}民政局临时救助台账_{date8}", titles=("{county}临时救助审批台账",), totals=True), ("2026-10-19", "2026-11-14"),
    number="身份证号", name="姓名", fill=_fill_relief, outsider=_others_relief,
))
add(Book(
    ORPHANS, ("姓名", "身份证号", "类别", "月发放金额", "监护人姓名"),
    Form("{county}孤儿及事实无人抚养儿童发放花名册_{date8}", "xls", titles=("{county}孤儿及事实无人抚养儿童发放花名册",)),
    ("2026-10-19", "2026-11-14"), number="身份证号", name="姓名", outsider=_others_orphans,
))
add(Book(
    POOR, ("姓名", "身份证号", "低收入类别", "认定日期"),
    Form("{county}低收入人口花名册_{date8}", titles=("{county}低收入人口花名册", "填报日期：{date}"), merged_header=True),
    ("2026-10-19", "2026-11-14"), number="身份证号", name="姓名", fill=_fill_poor, outsider=_others_poor,
))
