"""家庭成员增减, 迁入迁出, 出生登记 and 服刑失踪名单: who came, who left, who was born, who is held or missing."""

from __future__ import annotations

import random
from datetime import date, timedelta

from duizhang.world import numbers
from duizhang.world.model import House, Month, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add
from duizhang.world.sectors.lending import LOANS

CHANGES, MOVES, BIRTHS, HELD = "家庭成员增减", "迁入迁出", "出生登记", "服刑失踪名单"
ELSEWHERE = "990205100203"  # a village of another city
_LEAVING = ("婚出", "不共同生活", "死亡", "其他转出", "出国定居")


def stray_number(house: House, nth: int, sex: str) -> str:
    """The number of somebody who is in no other book: born before 1960 on a day on which the world issues none."""
    serial = int(house.key[6:]) * 4 + nth
    born = date(1930 + serial // 96 % 30, 1 + serial // 8 % 12, 21 + serial % 8)
    seq = serial // 2_880 % 400 * 2 + (sex == "男")
    body = f"{house.village.county}{born:%Y%m%d}{seq:03d}"
    return body + numbers.check_char(body)


def change_row(house: House, person_key: str, number: str, kind: str, why: str | None, day: str, delay: int = 10) -> Row:
    """A recorded change of a member; `day` ISO, entered `delay` days later."""
    entered = date.fromisoformat(day) + timedelta(days=delay)
    return {
        "户编号": house.key, "人编号": person_key, "证件号码": number, "变动类型": kind, "变动原因": why, "变动日期": day,
        "录入日期": entered.isoformat(), "佐证说明": None,
    }


def _fill_changes(rng: random.Random, house: House) -> None:
    """Infants and wives who joined; some households lost somebody years ago."""
    for person in house.members[1:]:
        relation = person.nat["与户主关系"]
        if person.age < 6:
            joined = (person.born + timedelta(days=20)).isoformat()
            rows = [change_row(house, person.key, str(person.nat["证件号码"]), "增加", "新生儿", joined, rng.randrange(2, 28))]
        elif relation == "之儿媳" and rng.random() < 0.5:
            rows = [change_row(house, person.key, str(person.nat["证件号码"]), "增加", "嫁入", f"2022-{rng.randrange(1, 13):02d}-08")]
        else:
            continue
        person.books[CHANGES] = rows
    if rng.random() < 0.06:
        sex, year = rng.choice("男女"), rng.randrange(2021, 2026)
        day = f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(5, 21):02d}"
        number = stray_number(house, 0, sex)
        house.books[CHANGES] = [change_row(house, f"{house.key}77", number, "减少", rng.choice(_LEAVING), day, rng.randrange(1, 30))]


def move_row(person: Person, kind: str, day: str, origin: str, goal: str, why: str = "婚嫁") -> Row:
    """A move of registration on `day` (ISO) from the region `origin` to `goal`."""
    return {
        "公民身份号码": person.number, "姓名": person.name, "迁移类型": kind, "迁移日期": day, "迁移类别": why, "原区划": origin, "现区划": goal,
    }


def _fill_moves(rng: random.Random, house: House) -> None:
    """Wives who moved in; a son who left for work and came back."""
    for person in house.members[1:]:
        relation, draw = person.nat["与户主关系"], rng.random()
        if relation in ("配偶", "之儿媳") and draw < 0.1:
            person.books[MOVES] = [move_row(person, "迁入", f"2024-{rng.randrange(1, 13):02d}-11", ELSEWHERE, house.village.code)]
        elif relation == "之子" and person.age > 20 and draw < 0.05:
            person.books[MOVES] = [
                move_row(person, "迁出", "2018-09-01", house.village.code, ELSEWHERE, "升学"),
                move_row(person, "迁入", "2022-07-15", ELSEWHERE, house.village.code, "其他"),
            ]


def _outsiders_move(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial < 3 or rng.random() < 0.02:
        day = f"2026-{1 + serial % 11:02d}-{rng.randrange(5, 11):02d}"
        moved = ("迁出", village.code, ELSEWHERE) if serial % 2 else ("迁入", ELSEWHERE, village.code)
        person.books[MOVES] = [move_row(person, moved[0], day, moved[1], moved[2], "购房")]


def birth_row(number: str, name: str, day: str, father: str | None, mother: str | None, register: str | None = None) -> Row:
    """A birth registered on `day` (ISO) of the child with `number`."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return {
        "公民身份号码": number, "姓名": name, "出生日期": born.isoformat(), "父亲身份号码": father, "母亲身份号码": mother, "户号": register,
        "登记日期": day,
    }


def _fill_births(rng: random.Random, house: House) -> None:
    """Births of the household's infants, as their parents registered them."""
    head, spouse = house.members[0], next((p for p in house.members if p.nat["与户主关系"] == "配偶"), None)
    for person in house.members[1:]:
        if person.age > 3 or person.nat["与户主关系"] not in ("之子", "之女"):
            continue
        father, mother = (head, spouse) if head.sex == "男" else (spouse, head)
        day = (person.born + timedelta(days=rng.randrange(5, 40))).isoformat()
        person.books[BIRTHS] = [birth_row(
            person.number, person.name, day, father.number if father else None, mother.number if mother else None, house.register,
        )]


def _outsiders_births(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A child of a villager whom the national book does not have."""
    if 20 < person.age < 45 and rng.random() < 0.1 or serial in (9, 10):
        body = f"{village.county}{date(2025, 1 + serial % 9, 21 + serial % 8):%Y%m%d}{serial % 1_000:03d}"
        number = body + numbers.check_char(body)
        parents = (person.number, None) if person.sex == "男" else (None, person.number)
        person.books[BIRTHS] = [birth_row(number, numbers.name(rng), "2026-09-20", *parents)]


def held_row(person: Person, why: str, begun: str, ended: str | None = None) -> Row:
    """A row of 服刑失踪名单; dates ISO."""
    return {"公民身份号码": person.number, "姓名": person.name, "情形": why, "起始日期": begun, "终止日期": ended}


def _fill_held(rng: random.Random, house: House) -> None:
    """Released long ago, or held without a sentence; nobody who owes a loan, nor the second member, to whom planters lend."""
    for person in house.members[1:]:
        if 18 < person.age < 60 and rng.random() < 0.01 and LOANS not in person.books:
            released = held_row(person, "服刑", "2020-03-02", f"2024-0{rng.randrange(1, 9)}-15")
            free = rng.random() < 0.6 or person is house.members[1]
            person.books[HELD] = [released if free else held_row(person, rng.choice(("羁押", "强制戒毒")), "2026-08-11")]


def _outsiders_held(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial in (4, 7) or person.age > 20 and rng.random() < 0.01:
        person.books[HELD] = [held_row(person, rng.choice(("服刑", "失踪", "羁押")), "2025-05-06")]


def _as_sent(rows: list[Row], month: Month) -> list[Row]:
    """What had been entered by the day of the export."""
    limit = str(_changes.date(month))
    return [row for row in rows if str(row["录入日期"]) <= limit]


_changes = add(Book(
    CHANGES, ("户编号", "人编号", "证件号码", "变动类型", "变动原因", "变动日期", "录入日期", "佐证说明"),
    Form("{county}家庭成员增减_{date8}", titles=("家庭成员自然增减记录", "导出单位：{county}　导出时间：{date}")),
    ("2026-10-20", "2026-11-13"), number="证件号码", national=True, fill=_fill_changes, finish=_as_sent,
))
add(Book(
    MOVES, ("公民身份号码", "姓名", "迁移类型", "迁移日期", "迁移类别", "原区划", "现区划"),
    Form("{county}公安局迁入迁出_{date8}", "csv", "gb18030"), ("2026-10-18", "2026-11-12"), number="公民身份号码", name="姓名",
    fill=_fill_moves, outsider=_outsiders_move, increment=(("公民身份号码", "迁移日期"), "迁移日期"),
))
add(Book(
    BIRTHS, ("公民身份号码", "姓名", "出生日期", "父亲身份号码", "母亲身份号码", "户号", "登记日期"),
    Form("{county}公安局出生登记_{date8}", titles=("{county}公安局出生登记名单",), merged_header=True), ("2026-10-18", "2026-11-12"),
    number="公民身份号码", name="姓名", fill=_fill_births, outsider=_outsiders_births, increment=(("公民身份号码",), "登记日期"),
))
add(Book(
    HELD, ("公民身份号码", "姓名", "情形", "起始日期", "终止日期"), Form("{county}服刑失踪名单_{date8}", titles=("服刑失踪等人员名单",)),
    ("2026-10-16", "2026-11-11"), number="公民身份号码", name="姓名", fill=_fill_held, outsider=_outsiders_held,
))
