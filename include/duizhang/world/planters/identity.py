"""Planters of PID: identity numbers, names, sex and birth date."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world import numbers
from duizhang.world.model import Person
from duizhang.world.planters.base import Raise, Site, cert, detach, nears, plants, reg, rename, renumber, rows_of, seen
from duizhang.world.sectors.police import ELSEWHERE, MOVES, move_row


def age_to_number(person: Person, number: str) -> None:
    """Gives the person `number`, with its birth date, in all books."""
    renumber(person, number)
    person.nat["出生日期"] = person.born.strftime("%Y%m%d")
    reg(person)["出生日期"] = person.born.isoformat()


@plants("PID-001", "pair")
def _no_number(s: Site) -> list[Raise]:
    detach(s.second)
    s.second.nat["证件号码"] = None
    return s.person(s.second, "PID-001")


@plants("PID-002", "pair")
def _seventeen_digits(s: Site) -> list[Raise]:
    detach(s.second)
    s.second.nat["证件号码"] = s.second.number[:17]
    return s.person(s.second, "PID-002", "PID-009")


@plants("PID-003", "pair")
def _bad_check(s: Site) -> list[Raise]:
    detach(s.second)
    s.second.nat["证件号码"] = numbers.bad_check(s.second.number)
    return s.person(s.second, "PID-003")


@plants("PID-003", "pair")
def _bad_check_of_head(s: Site) -> list[Raise]:
    """The head's number is wrong among the members only: 户.户主证件号码 disagrees; no book can be compared with it."""
    detach(s.head)
    s.head.nat["证件号码"] = numbers.bad_check(s.head.number)
    return s.person(s.head, "PID-003") + s.house("PID-015")


@nears("PID-003", "pair")
def _small_x(s: Site) -> list[Raise]:
    """A right number whose X is written small."""
    number = s.second.number
    for day in range(5, 25):
        if number.endswith("X"):
            break
        s.second.born = s.second.born.replace(day=day)
        number = s.new_number(s.second.born, s.second.sex)
    age_to_number(s.second, number)
    s.second.nat["证件号码"] = number[:17] + number[17].lower()
    return s.person(s.second, "PID-003", "PID-014", "GAX-011")


@plants("PID-004", "disabled")
def _letter_c(s: Site) -> list[Raise]:
    """Twenty-two characters whose 21st is not B; the number's first 18 still link."""
    s.second.nat["证件号码"] = s.second.number + "43C1"
    return s.person(s.second, "PID-004", "CLX-004")


@plants("PID-004", "disabled")
def _level_five(s: Site) -> list[Raise]:
    s.second.nat["证件号码"] = s.second.number + "45"
    return s.person(s.second, "PID-004", "MEM-029", "CLX-004")


@nears("PID-004", "disabled")
def _reissued(s: Site) -> list[Raise]:
    s.second.nat["证件号码"] = s.second.number + "43B2"
    cert(s.second)["残疾人证号"] = s.second.number + "43B2"
    return s.person(s.second, "PID-004", "PID-002", "PID-009")


@plants("PID-005", "pair")
def _month_thirteen(s: Site) -> list[Raise]:
    """An impossible birth date in the number, its check character right; nobody has such a number elsewhere."""
    detach(s.second)
    body = s.second.number[:10] + "13" + s.second.number[12:17]
    s.second.nat["证件号码"] = body + numbers.check_char(body)
    return s.person(s.second, "PID-005")


@plants("PID-008", "pair")
def _fifteen_digits(s: Site) -> list[Raise]:
    """An old number; its upgraded form and the name are in the register, so all other books can be compared."""
    s.second.nat["证件号码"] = s.second.number[:6] + s.second.number[8:17]
    return s.person(s.second, "PID-008", "PID-002", "PID-009")


@plants("PID-009", "disabled")
def _certificate_as_identity_card(s: Site) -> list[Raise]:
    s.second.nat["证件类型"] = "居民身份证"
    return s.person(s.second, "PID-009", "CLX-005")


@plants("PID-009", "disabled")
def _identity_card_as_certificate(s: Site) -> list[Raise]:
    s.second.nat["证件号码"] = s.second.number
    return s.person(s.second, "PID-009")


@plants("PID-010", "pair", mendable=False)
def _twice_in_household(s: Site) -> list[Raise]:
    """The same person twice in one household, under two 人编号; the household says three people, and so does the visit."""
    copy = s.second.clone()
    copy.nat["人编号"] = f"{s.h.key}09"
    copy.nat["与户主关系"] = "其他"
    copy.reg = copy.visit = None
    copy.insured, copy.books = [], {}
    s.h.members.append(copy)
    s.nat["当前家庭人口数"] = s.visit["家庭人口数"] = 3
    return s.person(s.second, "PID-010") + s.person(copy, "PID-010", "GAX-014")


@plants("GAX-022", "pair", mendable=False, neighbours=1)
def _in_two_households(s: Site) -> list[Raise]:
    """The same person in two households which the register holds to be one."""
    other = s.houses[1]
    for person in other.members:
        reg(person)["户号"] = s.h.register
    copy = s.second.clone()
    copy.nat["人编号"] = f"{other.key}09"
    copy.nat["与户主关系"] = "其他"
    copy.reg = copy.visit = None
    copy.insured, copy.books = [], {}
    other.members.append(copy)
    if other.visit is not None:
        other.nat["当前家庭人口数"] = other.visit["家庭人口数"] = 3
    return s.person(s.second, "PID-010", "GAX-022", "HHD-011") + s.person(copy, "PID-010", "GAX-022", "HHD-011")


@nears("PID-010", "pair")
def _same_name(s: Site) -> list[Raise]:
    """Two people of one name and different numbers."""
    rename(s.second, s.head.name)
    return s.person(s.second, "PID-010", "GAX-022") + s.person(s.head, "PID-010", "GAX-022")


@plants("PID-013", "pair")
def _wrong_sex(s: Site) -> list[Raise]:
    s.second.nat["性别"] = "男"
    return s.person(s.second, "PID-013", "GAX-013")


@plants("PID-013", "single")
def _wrong_sex_of_head(s: Site) -> list[Raise]:
    s.head.nat["性别"] = "女" if s.head.sex == "男" else "男"
    return s.person(s.head, "PID-013", "GAX-013")


@plants("PID-013", "youth")
def _wrong_sex_of_son(s: Site) -> list[Raise]:
    s.second.nat["性别"] = "女"
    return s.person(s.second, "PID-013", "GAX-013", "HHD-014")


@nears("PID-013", "single")
def _sex_in_other_words(s: Site) -> list[Raise]:
    """Another word for it."""
    s.head.nat["性别"] = s.head.sex + "性"
    return s.person(s.head, "PID-013", "GAX-013")


@plants("PID-014", "pair")
def _birth_date_one_day_off(s: Site) -> list[Raise]:
    s.second.nat["出生日期"] = (s.second.born + timedelta(days=1)).strftime("%Y%m%d")
    return s.person(s.second, "PID-014")


@nears("PID-014", "single")
def _birth_date_with_decimals(s: Site) -> list[Raise]:
    s.head.nat["出生日期"] = s.head.born.strftime("%Y%m%d.0")
    return s.person(s.head, "PID-014")


@plants("PID-015", "single")
def _another_heads_number(s: Site) -> list[Raise]:
    s.nat["户主证件号码"] = s.new_number(s.head.born, s.head.sex)
    return s.house("PID-015")


@nears("PID-015", "disabled")
def _heads_certificate(s: Site) -> list[Raise]:
    """The head's certificate number in 户, the identity number among the members: the same person."""
    s.nat["户主证件号码"] = s.head.number + "43"
    return s.house("PID-015")


@plants("PID-016", "pair")
def _letter_in_name(s: Site) -> list[Raise]:
    rename(s.second, s.second.name[0] + "X" + s.second.name[-1])
    return s.person(s.second, "PID-016")


@plants("PID-016", "pair")
def _one_character(s: Site) -> list[Raise]:
    rename(s.second, s.second.name[0])
    return s.person(s.second, "PID-016")


@nears("PID-016", "pair")
def _middle_dot(s: Site) -> list[Raise]:
    rename(s.second, "阿依·古丽")
    return s.person(s.second, "PID-016", "GAX-010")


@plants("PID-018", "single")
def _another_heads_name(s: Site) -> list[Raise]:
    s.nat["户主姓名"] = "钱" + str(s.nat["户主姓名"])[1:] + "甲"
    return s.house("PID-018")


@plants("HHD-004", "pair")
def _couple_of_one_sex(s: Site) -> list[Raise]:
    """Both have men's numbers, and every book says so."""
    renumber(s.second, s.new_number(s.second.born, s.head.sex))
    s.second.sex = s.head.sex
    s.second.nat["性别"] = s.head.sex
    reg(s.second)["性别"] = s.head.sex
    return s.house("HHD-004")


@plants("GAX-011", "pair")
def _not_in_register(s: Site) -> list[Raise]:
    s.second.reg = None
    if s.second.books.pop(MOVES, None):  # the month before may have sent them already, and they stand for good
        renumber(s.second, s.new_number(s.second.born, s.second.sex))
    return s.person(s.second, "GAX-011")


@plants("GAX-011", "trio", mendable=False)
def _register_has_another_number(s: Site) -> list[Raise]:
    """All books but the register changed to a new valid number: the old one is a villager missing in the household."""
    person, kept = s.h.members[2], dict(reg(s.h.members[2]))
    person.reg = None
    moved = person.books.pop(MOVES, [])
    s.rows(MOVES).extend(dict(row) for row in moved)  # of the month before, they stand under the old number
    old = person.number
    renumber(person, s.new_number(person.born, person.sex))
    s.h.extra_reg.append(kept)
    back = moved and max(moved, key=lambda row: str(row["迁移日期"]))["迁移类型"] == "迁入"
    return s.person(person, "GAX-011") + s.case("GAX-008", "户籍", old) + (s.case("GAX-007", "户籍", old) if back else [])


@nears("GAX-011", "pair")
def _moved_away_but_living_there(s: Site) -> list[Raise]:
    """The register has struck the person off; the list of moves says why, and the door that the person lives here yet."""
    s.second.reg = None
    rows_of(s.second, MOVES)[:] = [move_row(s.second, "迁出", "2026-07-15", s.h.village.code, ELSEWHERE, "务工")]
    seen(s.second).update({"是否共同生活": "是", "未共同生活原因": None})
    return s.person(s.second, "GAX-011", "GAX-003")


@nears("GAX-011", "pair")
def _masked_in_insurance(s: Site) -> list[Raise]:
    """The insurance book prints this person's number masked: it cannot be compared, which is no proof of absence."""
    renumber(s.second, s.new_number(s.second.born, s.second.sex, reserved=True))
    s.second.insured[0]["证件号码"] = numbers.masked(s.second.number)
    return s.person(s.second, "YBX-001", "YBX-005", "GAX-011")
