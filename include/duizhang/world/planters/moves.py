"""Planters of GAX on changes of members: moved, held, missing, born, and what the recorded changes contradict; of EDU-004."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world import numbers
from duizhang.world.model import Person, Row
from duizhang.world.outsiders import death_row, register_row
from duizhang.world.planters.base import Raise, Site, nears, outlived, plants, reg, renumber, rows_of, seen
from duizhang.world.sectors.police import (
    BIRTHS,
    CHANGES,
    ELSEWHERE,
    HELD,
    MOVES,
    birth_row,
    change_row,
    held_row,
    move_row,
)


def _moved_out(s: Site, person: Person, goal: str) -> None:
    rows_of(person, MOVES)[:] = [move_row(person, "迁出", "2026-07-15", s.h.village.code, goal, "务工")]
    seen(person).update({"是否共同生活": "否", "未共同生活原因": "务工"})


@plants("GAX-003", "pair")
def _moved_to_another_county(s: Site) -> list[Raise]:
    _moved_out(s, s.second, ELSEWHERE)
    return s.person(s.second, "GAX-003")


@plants("GAX-003", "trio")
def _moved_and_struck_off(s: Site) -> list[Raise]:
    third = s.h.members[2]
    _moved_out(s, third, ELSEWHERE[:6])
    reg(third)["注销状态"] = "迁出"
    return s.person(third, "GAX-002", "GAX-003")


@nears("GAX-003", "pair")
def _moved_but_living_there(s: Site) -> list[Raise]:
    _moved_out(s, s.second, ELSEWHERE)
    seen(s.second).update({"是否共同生活": "是", "未共同生活原因": None})
    return s.person(s.second, "GAX-003")


@nears("GAX-003", "pair")
def _moved_within_the_county(s: Site) -> list[Raise]:
    _moved_out(s, s.second, f"{s.h.village.county}999201")
    return s.person(s.second, "GAX-003")


@plants("GAX-004", "pair")
def _in_prison(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "服刑", "2025-03-10")]
    return s.person(s.second, "GAX-004")


@plants("GAX-004", "youth")
def _in_prison_till_next_year(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "在监服刑", "2025-03-10", "2027-05-01")]
    return s.person(s.second, "GAX-004")


@nears("GAX-004", "pair")
def _released_today(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "服刑", "2025-03-10", s.month.iso)]
    return s.person(s.second, "GAX-004")


@plants("GAX-005", "pair")
def _missing(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "失踪", "2026-02-18")]
    return s.person(s.second, "GAX-005")


@nears("GAX-005", "pair")
def _in_treatment(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "强制戒毒", "2026-02-18")]
    return s.person(s.second, "GAX-005", "GAX-004")


def _newborn(s: Site, registered: str, *, father: bool = True) -> Person:
    """A child of the household's couple whom the national book does not have."""
    child = s.stranger(0, "女")
    s.rows(BIRTHS).append(birth_row(child.number, child.name, registered, s.head.number if father else None, s.second.number, s.h.register))
    return child


@plants("GAX-006", "pair", mendable=False)
def _born_in_spring(s: Site) -> list[Raise]:
    return s.case("GAX-006", "出生", _newborn(s, "2026-05-20").number)


@plants("GAX-006", "trio", mendable=False)
def _born_and_in_the_register(s: Site) -> list[Raise]:
    """Only the mother is named, and the register has the child in the household: two books, one child."""
    child = _newborn(s, "2026-06-11", father=False)
    s.h.extra_reg.append(register_row(child, s.h.village, s.h.register) | {"与户主关系": "女", "户主公民身份号码": s.head.number})
    return s.case("GAX-006", "出生", child.number) + s.case("GAX-008", "户籍", child.number)


@nears("GAX-006", "pair")
def _born_thirty_days_ago(s: Site) -> list[Raise]:
    """Thirty days on the day of the second month's books; not yet registered in the first."""
    return s.case("GAX-006", "出生", _newborn(s, "2026-10-21").number)


def _moved_in(s: Site, register: str, lives: str) -> Person:
    """A daughter-in-law whose registration has moved in, seen at the door as `lives` says (empty: not seen)."""
    person = s.stranger(26)
    s.h.extra_reg.append(register_row(person, s.h.village, register) | {"与户主关系": "儿媳", "户主公民身份号码": s.head.number})
    s.rows(MOVES).append(move_row(person, "迁入", "2026-06-03", ELSEWHERE, s.h.village.code))
    if lives:
        s.h.extra_visit.append(_seen_as(s, person, lives))
    return person


def _seen_as(s: Site, person: Person, lives: str) -> Row:
    return {
        "户编号": s.h.key, "姓名": person.name, "证件号码": person.number, "是否共同生活": lives,
        "未共同生活原因": "不共同生活" if lives == "否" else None, "是否在外务工": "否", "与系统是否一致": "否", "不一致字段": "成员",
    }


@plants("GAX-007", "pair", mendable=False)
def _moved_in_and_not_booked(s: Site) -> list[Raise]:
    person = _moved_in(s, s.h.register, "")
    return s.case("GAX-007", "户籍", person.number) + s.case("GAX-008", "户籍", person.number)


@plants("GAX-007", "trio", mendable=False)
def _moved_in_and_living_elsewhere(s: Site) -> list[Raise]:
    return s.case("GAX-007", "户籍", _moved_in(s, s.h.register, "否").number)


@nears("GAX-007", "pair")
def _moved_to_the_wifes_registration(s: Site) -> list[Raise]:
    """The wife is registered apart from the head, and it is there that somebody moved in."""
    apart = s.h.register + "6"
    reg(s.second)["户号"] = apart
    person = _moved_in(s, apart, "否")
    return s.case("GAX-007", "户籍", person.number) + s.case("GAX-008", "户籍", person.number)


@plants("GAX-014", "youth")
def _son_registered_as_grandson(s: Site) -> list[Raise]:
    reg(s.second)["与户主关系"] = "孙子"
    return s.person(s.second, "GAX-014")


@plants("GAX-014", "pair")
def _wife_registered_as_daughter(s: Site) -> list[Raise]:
    reg(s.second)["与户主关系"] = "其他女儿"
    return s.person(s.second, "GAX-014")


@nears("GAX-014", "youth")
def _eldest_son(s: Site) -> list[Raise]:
    reg(s.second)["与户主关系"] = "长子"
    return s.person(s.second, "GAX-014")


@nears("GAX-014", "youth")
def _another_head_in_the_register(s: Site) -> list[Raise]:
    reg(s.second).update({"与户主关系": "其他", "户主公民身份号码": s.new_number(s.head.born, "男")})
    return s.person(s.second, "GAX-014")


def _left(s: Site, why: str | None, day: str, *, delay: int = 10, state: str = "正常", village: str = "", register: str = "") -> Person:
    """Somebody who left the household on `day`; with a row in the register where `village` says."""
    person = s.stranger(33)
    s.rows(CHANGES).append(change_row(s.h, f"{s.h.key}{80 + len(s.rows(CHANGES))}", person.number, "减少", why, day, delay))
    if village:
        row = register_row(person, s.h.village, register or s.h.register + "5")
        s.h.extra_reg.append(row | {"户籍地区划": village, "注销状态": state})
    return person


@plants("GAX-015", "pair")
def _dead_and_in_the_register(s: Site) -> list[Raise]:
    return s.case("GAX-015", "增减", _left(s, "死亡", "2026-06-30", village=s.h.village.code).number)


@plants("GAX-015", "single")
def _dead_and_still_of_the_household(s: Site) -> list[Raise]:
    number = _left(s, "死亡", "2026-03-08", village=s.h.village.code, register=s.h.register).number
    return s.case("GAX-015", "增减", number) + s.case("GAX-008", "户籍", number)


@nears("GAX-015", "pair")
def _dead_sixty_days(s: Site) -> list[Raise]:
    day = (s.month.as_of - timedelta(days=60)).isoformat()
    return s.case("GAX-015", "增减", _left(s, "死亡", day, village=s.h.village.code).number)


@nears("GAX-015", "pair")
def _dead_in_the_list_of_deaths(s: Site) -> list[Raise]:
    person = _left(s, "死亡", "2026-06-30", village=s.h.village.code)
    s.h.extra_dead.append(death_row(person, "2026-06-29"))
    return s.case("GAX-015", "增减", person.number)


@plants("GAX-016", "pair")
def _moved_away_on_paper(s: Site) -> list[Raise]:
    return s.case("GAX-016", "增减", _left(s, "户籍迁出", "2025-11-08", village=s.h.village.code).number)


@plants("GAX-016", "trio")
def _married_away_and_still_of_the_household(s: Site) -> list[Raise]:
    number = _left(s, "嫁出", "2025-02-08", village=s.h.village.code, register=s.h.register).number
    return s.case("GAX-016", "增减", number) + s.case("GAX-008", "户籍", number)


@nears("GAX-016", "pair")
def _moved_to_the_next_village(s: Site) -> list[Raise]:
    return s.case("GAX-016", "增减", _left(s, "户籍迁出", "2025-11-08", village=f"{s.h.village.town}299").number)


@nears("GAX-016", "pair")
def _moved_away_and_struck_off(s: Site) -> list[Raise]:
    return s.case("GAX-016", "增减", _left(s, "婚出", "2025-11-08", village=s.h.village.code, state="迁出").number)


@plants("GAX-017", "pair")
def _married_away_and_living_there(s: Site) -> list[Raise]:
    person = _left(s, "婚出", "2026-01-08")
    s.h.extra_visit.append(_seen_as(s, person, "是"))
    return s.case("GAX-017", "增减", person.number) + s.case("SUR-004", "入户人", person.number)


@nears("GAX-017", "pair")
def _married_away_and_seen_as_gone(s: Site) -> list[Raise]:
    person = _left(s, "婚出", "2026-01-08")
    s.h.extra_visit.append(_seen_as(s, person, "否"))
    return s.case("GAX-017", "增减", person.number) + s.case("SUR-004", "入户人", person.number)


def _joined(s: Site, day: str, delay: int = 10, why: str = "共同生活") -> None:
    rows_of(s.second, CHANGES)[:] = [change_row(s.h, s.second.key, str(s.second.nat["证件号码"]), "增加", why, day, delay)]


@plants("GAX-018", "pair", mendable=False)
def _joined_after_death(s: Site) -> list[Raise]:
    s.second.dead = death_row(s.second, "2026-08-03")
    _joined(s, "2026-08-04")
    return s.person(s.second, "GAX-001", "GAX-018") + outlived(s, s.second)


@plants("GAX-001", "pair", mendable=False)
def _joined_on_the_day_of_death(s: Site) -> list[Raise]:
    """Still a member, but nothing was done after the death: not GAX-018."""
    s.second.dead = death_row(s.second, "2026-08-03")
    _joined(s, "2026-08-03")
    return s.person(s.second, "GAX-001") + outlived(s, s.second)


@plants("GAX-018", "pair", mendable=False)
def _head_at_work_after_death(s: Site) -> list[Raise]:
    """Dead before any spell of work that the world makes; a head without wages has none."""
    s.head.dead = death_row(s.head, "2024-03-03")
    return s.person(s.head, "GAX-001") + s.house("GAX-021") + outlived(s, s.head)


@nears("GAX-019", "pair")
def _joined_thirty_days_ago(s: Site) -> list[Raise]:
    _joined(s, "2026-08-04", 30)
    return s.house("GAX-019")


@plants("GAX-019", "pair", mendable=False)
def _joined_thirty_one_days_ago(s: Site) -> list[Raise]:
    _joined(s, "2026-08-04", 31)
    return s.house("GAX-019")


@plants("GAX-019", "single", mendable=False)
def _left_long_before_it_was_entered(s: Site) -> list[Raise]:
    _left(s, "不共同生活", "2026-02-04", delay=140)
    return s.house("GAX-019")


@plants("GAX-020", "pair")
def _registered_in_the_next_village(s: Site) -> list[Raise]:
    reg(s.head)["户籍地区划"] = f"{s.h.village.town}299"
    return s.house("GAX-020")


@plants("GAX-020", "single")
def _registered_in_another_county(s: Site) -> list[Raise]:
    reg(s.head)["户籍地区划"] = ELSEWHERE
    s.nat["是否易地搬迁户"] = None
    return s.house("GAX-020")


@nears("GAX-020", "single")
def _registered_with_the_county_alone(s: Site) -> list[Raise]:
    reg(s.head)["户籍地区划"] = s.h.village.county
    return s.house("GAX-020")


@plants("GAX-023", "pair")
def _left_without_reason(s: Site) -> list[Raise]:
    return s.case("GAX-023", "增减", _left(s, None, "2025-12-05").number)


@plants("GAX-023", "single")
def _left_for_a_reason_of_their_own(s: Site) -> list[Raise]:
    """A word that no code list has: the delivery says so, too."""
    county = s.h.village.county
    return s.case("GAX-023", "增减", _left(s, "搬到县城", "2025-12-05").number) + [("FMT-016", "delivery", f"{CHANGES}|{county}")]


@nears("GAX-023", "pair")
def _left_in_old_words(s: Site) -> list[Raise]:
    return s.case("GAX-023", "增减", _left(s, "判刑收监", "2025-12-05").number)


def _out_of_school(s: Site, reason: str) -> list[Raise]:
    """The child is at no school, and every book says so."""
    s.second.nat |= {"在校生状况": None, "文化程度": "小学", "义务教育阶段未上学原因": reason}
    s.second.school = []
    seen(s.second)["实际在校状况"] = None
    return s.person(s.second, "JYX-004")


@plants("EDU-004", "open_child")
def _reason_but_no_mark(s: Site) -> list[Raise]:
    return _out_of_school(s, "厌学") + s.house("EDU-004")


@plants("EDU-004", "gone_child")
def _reason_but_no_mark_after(s: Site) -> list[Raise]:
    return _out_of_school(s, "厌学") + s.house("EDU-004")


@nears("EDU-004", "open_child")
def _reason_and_mark(s: Site) -> list[Raise]:
    """Out of school, marked so and seen so; the school's book prints a number that nobody can compare, which proves no absence."""
    child = s.second
    renumber(child, s.new_number(child.born, child.sex, reserved=True))
    kept = [row | {"身份证件号": numbers.masked(child.number)} for row in child.school]
    _out_of_school(s, "厌学")
    child.school = kept
    s.nat["是否义务教育阶段适龄儿童少年失学辍学"] = s.visit["有无失学辍学"] = "是"
    return s.house("EDU-004", "SUR-011") + s.record("MON-021") + s.person(child, "JYX-004")
