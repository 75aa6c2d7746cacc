"""Planters of GAX: the register and the deaths against the national book, and people whom only another book has."""

from __future__ import annotations

from duizhang.world.outsiders import death_row, register_row
from duizhang.world.planters.base import Raise, Site, nears, outlived, plants, reg, seen


@plants("GAX-001", "pair", mendable=False)
def _dead(s: Site) -> list[Raise]:
    s.second.dead = death_row(s.second, "2026-08-20")
    return s.person(s.second, "GAX-001") + outlived(s, s.second)


@nears("GAX-001", "pair")
def _namesake_dead(s: Site) -> list[Raise]:
    other = s.stranger(44)
    s.h.extra_dead.append(death_row(other, "2026-09-02") | {"姓名": s.second.name})
    return s.person(s.second, "GAX-001")


@plants("GAX-002", "pair")
def _moved_away(s: Site) -> list[Raise]:
    reg(s.second)["注销状态"] = "迁出"
    return s.person(s.second, "GAX-002")


@plants("GAX-021", "pair", mendable=False)
def _head_dead(s: Site) -> list[Raise]:
    s.head.dead = death_row(s.head, "2026-07-11")
    return s.person(s.head, "GAX-001") + s.house("GAX-021") + outlived(s, s.head)


@plants("GAX-021", "pair")
def _head_struck_off(s: Site) -> list[Raise]:
    reg(s.head)["注销状态"] = "其他注销"
    return s.person(s.head, "GAX-002") + s.house("GAX-021")


def _with_visit_no(s: Site) -> list[Raise]:
    """The register still has the villager, and the visit found that they do not live there."""
    person = s.stranger(30)
    s.h.extra_reg.append(register_row(person, s.h.village, s.h.register))
    s.h.extra_visit.append(_seen_as(s, person.number, person.name, "否"))
    return s.case("GAX-008", "户籍", person.number) + s.case("SUR-004", "入户人", person.number)


def _seen_as(s: Site, number: str, name: str, lives: str) -> dict[str, str | int | float | None]:
    return {
        "户编号": s.h.key, "姓名": name, "证件号码": number, "是否共同生活": lives,
        "未共同生活原因": "不共同生活" if lives == "否" else None, "是否在外务工": "否", "与系统是否一致": "否", "不一致字段": "成员",
    }


@plants("GAX-008", "pair", after=_with_visit_no)
def _missing_member(s: Site) -> list[Raise]:
    person = s.stranger(30)
    s.h.extra_reg.append(register_row(person, s.h.village, s.h.register))
    return s.case("GAX-008", "户籍", person.number)


@plants("GAX-008", "pair", after=_with_visit_no)
def _missing_member_living_there(s: Site) -> list[Raise]:
    person = s.stranger(30)
    s.h.extra_reg.append(register_row(person, s.h.village, s.h.register))
    s.h.extra_visit.append(_seen_as(s, person.number, person.name, "是"))
    return s.case("GAX-008", "户籍", person.number) + s.case("SUR-004", "入户人", person.number)


@nears("GAX-008", "pair")
def _member_living_elsewhere(s: Site) -> list[Raise]:
    return _with_visit_no(s)


@nears("GAX-008", "pair")
def _struck_off_member(s: Site) -> list[Raise]:
    person = s.stranger(30)
    s.h.extra_reg.append(register_row(person, s.h.village, s.h.register) | {"注销状态": "迁出"})
    return s.case("GAX-008", "户籍", person.number)


@plants("SUR-004", "pair", after=_with_visit_no)
def _living_there_unregistered(s: Site) -> list[Raise]:
    person = s.stranger(30)
    s.h.extra_visit.append(_seen_as(s, person.number, person.name, "是"))
    return s.case("SUR-004", "入户人", person.number)


@plants("GAX-009", "trio")
def _registered_apart(s: Site) -> list[Raise]:
    third = s.h.members[2]
    reg(third)["户号"] = s.h.register + "7"
    third.visit = None
    return s.person(third, "GAX-009")


@plants("GAX-009", "pair")
def _registered_apart_and_away(s: Site) -> list[Raise]:
    reg(s.second)["户号"] = s.h.register + "7"
    seen(s.second).update({"是否共同生活": "否", "未共同生活原因": "务工"})
    return s.person(s.second, "GAX-009")


@nears("GAX-009", "pair")
def _registered_apart_but_living_there(s: Site) -> list[Raise]:
    reg(s.second)["户号"] = s.h.register + "7"
    return s.person(s.second, "GAX-009")


@plants("GAX-010", "single")
def _other_name_in_register(s: Site) -> list[Raise]:
    reg(s.head).update({"姓名": "赵" + s.head.name[1:] + "乙", "曾用名": "赵小乙"})
    return s.person(s.head, "GAX-010")


@plants("GAX-010", "pair")
def _other_name_without_former(s: Site) -> list[Raise]:
    reg(s.second)["姓名"] = "孙" + s.second.name[1:] + "丙"
    return s.person(s.second, "GAX-010")


@nears("GAX-010", "single")
def _former_name(s: Site) -> list[Raise]:
    reg(s.head).update({"曾用名": s.head.name, "姓名": "赵" + s.head.name[1:] + "乙"})
    return s.person(s.head, "GAX-010")


@plants("GAX-012", "single")
def _other_people_in_register(s: Site) -> list[Raise]:
    reg(s.head)["民族"] = "侗族"
    return s.person(s.head, "GAX-012")


@nears("GAX-012", "single")
def _short_name_of_people(s: Site) -> list[Raise]:
    reg(s.head)["民族"] = str(s.head.nat["民族"]).removesuffix("族")
    return s.person(s.head, "GAX-012")


@plants("GAX-013", "single")
def _other_sex_in_register(s: Site) -> list[Raise]:
    reg(s.head)["性别"] = "女" if s.head.sex == "男" else "男"
    return s.person(s.head, "GAX-013")


@nears("GAX-013", "single")
def _sex_as_code(s: Site) -> list[Raise]:
    """GB/T 2261.1: 1 男, 2 女."""
    reg(s.head)["性别"] = "1" if s.head.sex == "男" else "2"
    return s.person(s.head, "GAX-013")
