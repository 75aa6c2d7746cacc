"""Planters of HHD: who lives together, how they are related, their telephones."""

from __future__ import annotations

from datetime import date

from duizhang.world import money
from duizhang.world.model import LINES, Person
from duizhang.world.planters.base import Raise, Site, nears, plants, reg, seen
from duizhang.world.planters.households import age_to
from duizhang.world.sectors.housing import RURAL
from duizhang.world.sectors.work import CYCLE, SPELLS, back, spell

PHONE = "家庭成员联系电话"


@plants("HHD-008", "trio")
def _number_of_two_heads(s: Site) -> list[Raise]:
    other = s.stranger(50, "男")
    s.h.members[2].own = {"户主姓名": other.name, "户主证件号码": other.number}
    return s.house("HHD-008")


@nears("HHD-008", "trio")
def _head_by_certificate(s: Site) -> list[Raise]:
    """One row has the head's disability certificate: the same person."""
    s.h.members[2].own = {"户主证件号码": s.head.number + "43"}
    return s.house("HHD-008")


@plants("HHD-010", "open")
def _nobody_has_a_phone(s: Site) -> list[Raise]:
    for person in s.h.members:
        person.nat[PHONE] = None
    return s.house("HHD-010")


@plants("HHD-010", "open_edge")
def _only_a_landline(s: Site) -> list[Raise]:
    s.head.nat[PHONE], s.second.nat[PHONE] = f"0{str(s.head.nat[PHONE])[1:]}", None
    return s.house("HHD-010")


@nears("HHD-010", "open")
def _one_mobile_with_decimals(s: Site) -> list[Raise]:
    s.head.nat[PHONE], s.second.nat[PHONE] = None, f"{s.second.nat[PHONE]}.0"
    return s.house("HHD-010")


@plants("HHD-011", "single", neighbours=1)
def _phone_of_the_neighbour(s: Site) -> list[Raise]:
    other = s.houses[1].members[0]
    other.nat[PHONE] = s.head.nat[PHONE]
    return s.person(s.head, "HHD-011") + s.person(other, "HHD-011")


@plants("HHD-011", "single", neighbours=1, apart=True)
def _phone_of_somebody_in_another_county(s: Site) -> list[Raise]:
    return _phone_of_the_neighbour(s)


@nears("HHD-011", "pair")
def _phone_of_the_spouse(s: Site) -> list[Raise]:
    s.second.nat[PHONE] = s.head.nat[PHONE]
    return s.person(s.head, "HHD-011") + s.person(s.second, "HHD-011")


def _away(s: Site, places: tuple[tuple[str, str, str], ...]) -> None:
    """Both of the pair away for work all year, in `places`, with one telephone."""
    money.set_per_head(s.h, LINES[2026] + 1_200)
    share = money.num(s.h, money.WAGE) / len(s.h.members) / 12
    for person, place in zip(s.h.members, places, strict=True):
        row = spell(s.h, person, back(CYCLE[1], 11), None, round(share, 2), place)
        person.books[SPELLS] = [row]
        person.nat |= {"务工所在地": "".join(place), "务工时间（月）": 12, "务工企业名称": row["务工企业名称"], PHONE: s.head.nat[PHONE]}
        seen(person).update({"是否在外务工": "是", "务工月数": 12})


@plants("HHD-012", "pair")
def _two_counties_and_one_phone(s: Site) -> list[Raise]:
    _away(s, (("海东省", "海宁市", "临港区"), ("海东省", "海宁市", "桥头县")))
    return s.house("HHD-012")


@nears("HHD-012", "pair")
def _one_county_and_one_phone(s: Site) -> list[Raise]:
    _away(s, (("海东省", "海宁市", "临港区"), ("海东省", "海宁市", "临港区")))
    return s.house("HHD-012") + s.person(s.head, "HHD-011")


def _older(s: Site, person: Person, years: int) -> None:
    """Lets `person` be `years` completed years older than the head (negative: younger)."""
    head = s.head.born
    age_to(s, person, date(head.year - years, head.month, head.day), person.sex)


@plants("HHD-015", "with_father")
def _father_14_years_older(s: Site) -> list[Raise]:
    _older(s, s.second, 14)
    return s.person(s.second, "HHD-015")


@nears("HHD-015", "with_father")
def _father_15_years_older(s: Site) -> list[Raise]:
    _older(s, s.second, 15)
    return s.person(s.second, "HHD-015")


@plants("HHD-017", "with_grandson")
def _grandson_29_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -29)
    return s.person(s.second, "HHD-017")


@nears("HHD-017", "with_grandson")
def _grandson_30_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -30)
    return s.person(s.second, "HHD-017")


@plants("HHD-018", "young_pair")
def _spouse_of_17(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2009, 3, 9), "女")
    return s.person(s.second, "HHD-018")


@nears("HHD-018", "young_pair")
def _spouse_18_this_day(s: Site) -> list[Raise]:
    """Eighteen on the day of the first month's books."""
    age_to(s, s.second, date(2008, 10, 25), "女")
    return s.person(s.second, "HHD-018")


@plants("HHD-018", "old_pair")
def _spouse_31_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -31)
    return s.person(s.second, "HHD-018")


@nears("HHD-018", "old_pair")
def _spouse_30_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -30)
    return s.person(s.second, "HHD-018")


def _head_of(s: Site, head: Person, other: Person) -> None:
    """Makes `head` the head of the household in every book, `other` their father."""
    head.nat["与户主关系"], other.nat["与户主关系"] = "户主", "之父"
    s.nat.update({"户主姓名": head.name, "户主证件号码": head.nat["证件号码"]})
    s.visit.update({"户主姓名": head.name, "户主证件号码": head.nat["证件号码"]})
    reg(head)["与户主关系"], reg(other)["与户主关系"] = "户主", "父亲"
    for person in s.h.members:
        reg(person)["户主公民身份号码"] = head.number
    for row in other.books.get(RURAL, ()):
        row["证件号码"] = head.nat["证件号码"]


@plants("HHD-019", "child_junior")
def _child_as_head(s: Site) -> list[Raise]:
    _head_of(s, s.second, s.head)
    return s.house("HHD-019")


@nears("HHD-019", "child_senior")
def _head_of_16(s: Site) -> list[Raise]:
    _head_of(s, s.second, s.head)
    return s.house("HHD-019")


@plants("HHD-020", "with_elders")
def _two_fathers(s: Site) -> list[Raise]:
    third = s.h.members[2]
    third.nat["与户主关系"], reg(third)["与户主关系"] = "之父", "父亲"
    return s.house("HHD-020")


@nears("HHD-020", "with_elders")
def _father_and_father_in_law(s: Site) -> list[Raise]:
    return s.house("HHD-020")
