"""Villagers whom the national book does not have: they fill the departments' books and must raise nothing."""

from __future__ import annotations

import random
from datetime import date

from duizhang.world import numbers, people
from duizhang.world.model import Person, Row, Village


def make_outsider(rng: random.Random, ids: numbers.Numbers, village: Village, serial: int, *, pupil: bool = False) -> Person:
    """One villager with a register row in a household of their own, insured, perhaps a pupil, supported or disabled."""
    age = rng.randrange(7, 15) if pupil else rng.choice((8, 11, 13, 25, 33, 41, 49, 57, 65, 73))
    sex = rng.choice("男女")
    born = date(2026 - age, rng.randrange(1, 9), rng.randrange(5, 21))
    number = ids.issue(village.county, born, sex)
    person = Person(number, numbers.name(rng), sex, born, {})
    person.reg = register_row(person, village, f"{village.county[2:]}9{serial:06d}")
    person.insured = [people.insurance_row(person, village.county, None)]
    if age < 15:
        people.set_school(person, age)
    elif rng.random() < 0.06:
        person.dibao = support_row(person, village, serial)
    elif rng.random() < 0.06:
        person.cert = certificate_row(person, village)
    elif rng.random() < 0.04:
        death_of(rng, person)
    return person


def register_row(person: Person, village: Village, register: str) -> Row:
    """A row of 户籍 for a villager who heads the household `register`."""
    return {
        "公民身份号码": person.number, "姓名": person.name, "性别": person.sex, "民族": "汉族", "出生日期": person.born.isoformat(),
        "户号": register, "与户主关系": "户主", "户别": "家庭户", "户籍地区划": village.code,
        "户籍地址": f"{village.county_name}{village.town_name}{village.name}", "注销状态": "正常",
        "户主公民身份号码": person.number,
    }


def support_row(person: Person, village: Village, serial: int) -> Row:
    """A row of 低保 for a villager outside the national book."""
    return {
        "低保类型": "农村低保", "户主姓名": person.name, "户主身份证号": person.number, "姓名": person.name, "身份证号": person.number,
        "是否保障对象": "是", "保障类别": "C类", "保障人数": 1, "户月保障金额": 300, "人月保障金额": 300,
        "低保证号": f"D{village.county}{serial}", "起始保障年月": 202106, "村编码": village.code,
    }


def certificate_row(person: Person, village: Village) -> Row:
    """A row of 残疾证 for a villager outside the national book."""
    return {
        "残疾人证号": person.number + "43", "姓名": person.name, "残疾类别": "肢体残疾", "残疾等级": "三级", "发证日期": "2019-03-20",
        "有效期至": "2029-03-19", "证件状态": "有效", "户籍地区划": village.code,
    }


def make_hidden(rng: random.Random, ids: numbers.Numbers, village: Village) -> Person:
    """A villager outside the national book whose insurance row is printed with a masked number."""
    born = date(1985, 6, 15)
    number = ids.issue_reserved(village.county, born, "女")
    person = Person(number, numbers.name(rng), "女", born, {})
    person.reg = register_row(person, village, f"{village.county[2:]}9999999")
    person.insured = [people.insurance_row(person, village.county, None)]
    return person


def death_of(rng: random.Random, person: Person, *, late: bool = False) -> None:
    """Lets a villager outside the national book have died in September (`late`: in the last days of October)."""
    day = f"2026-10-{rng.randrange(26, 31)}" if late else f"2026-09-{rng.randrange(10, 29)}"
    person.dead = death_row(person, day)
    if person.reg is not None:
        person.reg["注销状态"] = "死亡"
    person.insured = []


def death_row(person: Person, day: str) -> Row:
    """A row of 死亡 for `person`, dead on `day` (ISO)."""
    return {
        "公民身份号码": person.number, "姓名": person.name, "死亡日期": day, "死亡注销类别": "正常死亡", "注销日期": day, "来源": "公安",
    }
