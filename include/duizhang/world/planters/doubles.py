"""Planters of PID on numbers that cannot be true, and on people booked twice."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world import numbers
from duizhang.world.model import House, Person
from duizhang.world.planters.base import Raise, Site, both, detach, nears, plants, reg, renumber, rows_of
from duizhang.world.planters.households import age_to
from duizhang.world.sectors import base as books
from duizhang.world.sectors.regions import ABOLISHED, NEVER


def twin(house: House, person: Person) -> Person:
    """A second row of `person` among the members of `house`, with nothing in the other books; the counts say one more."""
    copy = person.clone()
    copy.nat |= {"人编号": f"{house.key}09", "与户主关系": "其他"}
    copy.reg = copy.visit = copy.cert = copy.dibao = copy.dead = None
    copy.insured, copy.school, copy.books = [], [], {}
    house.members.append(copy)
    house.nat["当前家庭人口数"] = len(house.members)
    if house.visit is not None:
        house.visit["家庭人口数"] = len(house.members)
    return copy


def _double(s: Site) -> Person:
    """Another member of the second's name, with all rows that a member has, under a number that is still to be given."""
    copy = s.second.clone()
    copy.nat |= {"人编号": f"{s.h.key}09", "与户主关系": "其他"}
    books.rekey(copy.books, "人编号", copy.key)
    reg(copy)["与户主关系"] = "其他"
    s.h.members.append(copy)
    s.nat["当前家庭人口数"] = s.visit["家庭人口数"] = 3
    return copy


def _birth_as_in_number(person: Person) -> None:
    """The birth date of 人, and that of last year's, as the number has it."""
    person.nat["出生日期"] = str(person.nat["证件号码"])[6:14]
    for row in rows_of(person, "上年度信息"):
        row["出生日期"] = person.nat["出生日期"]


@plants("PID-006", "pair")
def _county_that_never_was(s: Site) -> list[Raise]:
    renumber(s.second, s.new_number(s.second.born, s.second.sex, region=NEVER))
    return s.person(s.second, "PID-006")


@nears("PID-006", "pair")
def _county_that_is_no_more(s: Site) -> list[Raise]:
    renumber(s.second, s.new_number(s.second.born, s.second.sex, region=ABOLISHED))
    return s.person(s.second, "PID-006")


@plants("PID-007", "pair")
def _four_noughts(s: Site) -> list[Raise]:
    detach(s.second)
    if 0 not in s.fresh:  # two who were born on one day would bear one number: the next day then
        days = (s.second.born + timedelta(days=later) for later in range(300))
        ends = (f"{s.second.number[:6]}{born:%Y%m%d}0000" for born in days)
        s.fresh[0] = next(number for number in ends if not numbers.is_valid(number) and s.ids.take(number))
    s.second.nat["证件号码"] = s.fresh[0]
    if s.fresh[0][:14] != s.second.number[:14]:
        _birth_as_in_number(s.second)
    return s.person(s.second, "PID-007", "PID-003")


@plants("PID-007", "pair")
def _six_nines(s: Site) -> list[Raise]:
    detach(s.second)
    s.second.nat["证件号码"] = numbers.bad_check("999999" + s.second.number[6:])
    if numbers.is_valid(str(s.second.nat["证件号码"])):
        s.second.nat["证件号码"] = numbers.bad_check(str(s.second.nat["证件号码"]))
    return s.person(s.second, "PID-007", "PID-003", "PID-006")


@nears("PID-007", "pair")
def _four_noughts_that_are_right(s: Site) -> list[Raise]:
    """A woman's number that happens to end in 0000 and passes its check."""
    if 0 not in s.fresh:
        days = (date(year, month, day) for year in range(1978, 1990) for month in range(1, 9) for day in range(21, 29))
        ends = (f"{s.h.village.county}{born:%Y%m%d}0000" for born in days)
        s.fresh[0] = next(number for number in ends if numbers.is_valid(number) and s.ids.take(number))
    number = s.fresh[0]
    s.second.born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    renumber(s.second, number)
    _birth_as_in_number(s.second)
    reg(s.second)["出生日期"] = s.second.born.isoformat()
    return s.person(s.second, "PID-007", "PID-003")


@plants("PID-010", "pair", mendable=False, neighbours=1, apart=True)
def _in_two_counties(s: Site) -> list[Raise]:
    """The same person in households of two counties, seen at the door of both: each county is told its own side."""
    other = s.houses[1]
    copy = twin(other, s.second)
    copy.visit = dict(s.second.visit or {}) | {"户编号": other.key}
    return s.person(s.second, "PID-010", "GAX-022", "HHD-011") + s.person(copy, "PID-010", "GAX-022", "HHD-011")


@plants("PID-011", "pair", mendable=False)
def _one_number_two_names(s: Site) -> list[Raise]:
    copy = twin(s.h, s.second)
    copy.name = "赵" + s.second.name[-1] + "戊"
    copy.nat["姓名"] = copy.name
    return s.person(s.second, "PID-010", "PID-011") + s.person(copy, "PID-010", "PID-011", "GAX-010", "GAX-014")


@plants("PID-011", "pair", mendable=False, neighbours=1, apart=True)
def _one_number_two_names_in_two_counties(s: Site) -> list[Raise]:
    """Each county is told that the other has the number under another name, and not under which."""
    copy = twin(s.houses[1], s.second)
    copy.name = "赵" + s.second.name[-1] + "戊"
    copy.nat["姓名"] = copy.name
    copy.visit = dict(s.second.visit or {}) | {"户编号": s.houses[1].key, "姓名": copy.name}
    both_sides = ("PID-010", "PID-011", "GAX-022", "HHD-011")
    return s.person(s.second, *both_sides) + s.person(copy, *both_sides, "GAX-010")


@plants("PID-012", "pair", mendable=False)
def _booked_again_with_a_wrong_number(s: Site) -> list[Raise]:
    copy = twin(s.h, s.second)
    copy.nat["证件号码"] = numbers.bad_check(s.second.number)
    return s.person(s.second, "PID-012") + s.person(copy, "PID-012", "PID-003")


@plants("PID-012", "pair", mendable=False)
def _booked_again_with_another_number(s: Site) -> list[Raise]:
    """Every book has both."""
    copy = _double(s)
    renumber(copy, s.new_number(copy.born, copy.sex))
    return s.person(s.second, "PID-012") + s.person(copy, "PID-012")


@nears("PID-012", "pair")
def _namesake_one_day_younger(s: Site) -> list[Raise]:
    copy = _double(s)
    age_to(s, copy, copy.born + timedelta(days=1), copy.sex)
    return s.person(s.second, "PID-012") + s.person(copy, "PID-012", "PID-010")


def _head_born(s: Site, born: date) -> None:
    age_to(s, s.head, born, s.head.sex)
    s.nat["户主证件号码"] = s.visit["户主证件号码"] = s.head.number
    both(s.head, "劳动技能", "无劳动力")


@plants("PID-017", "elder")
def _a_hundred_and_six(s: Site) -> list[Raise]:
    _head_born(s, date(1920, 3, 14))
    return s.person(s.head, "PID-017")


@plants("PID-017", "child_infant")
def _not_yet_born(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2026, 12, 24), s.second.sex)
    return s.person(s.second, "PID-005", "PID-017")


@nears("PID-017", "elder")
def _a_hundred_and_five(s: Site) -> list[Raise]:
    _head_born(s, date(1921, 3, 14))
    return s.person(s.head, "PID-017")
