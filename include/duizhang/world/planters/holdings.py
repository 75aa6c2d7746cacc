"""Planters of CCX: children who live apart and their posts, managers, savings, wages at the tax office, dwellings bought."""

from __future__ import annotations

from duizhang.world.model import Person
from duizhang.world.money import num
from duizhang.world.outsiders import register_row
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.sectors.assets import PAID, paid_row
from duizhang.world.sectors.holdings import MANAGERS, SALES, SAVINGS, TAX, manager_row, sale_row, savings_row, tax_row
from duizhang.world.sectors.police import BIRTHS, birth_row


def child_apart(s: Site, age: int = 24, *, state: str = "正常") -> Person:
    """A grown-up child of the head with a register of its own; the birth names the head."""
    child = s.stranger(age, "男")
    father = s.head.sex == "男"
    parents = (s.head.number, None) if father else (None, s.head.number)
    s.rows(BIRTHS).append(birth_row(child.number, child.name, f"{child.born.year}-04-02", *parents))
    s.h.extra_reg.append(register_row(child, s.h.village, _own_register(s)) | {"注销状态": state})
    return child


def spouse_of(s: Site, child: Person) -> Person:
    """The wife in the child's register."""
    wife = s.stranger(child.age - 1)
    row = register_row(wife, s.h.village, _own_register(s))
    s.h.extra_reg.append(row | {"与户主关系": "配偶", "户主公民身份号码": child.number})
    return wife


def _own_register(s: Site) -> str:
    return f"{s.h.key[2:]}88"


@plants("CCX-009", "single_general")
def _son_is_a_teacher(s: Site) -> list[Raise]:
    s.rows(PAID).append(paid_row(child_apart(s)))
    return s.house("CCX-009")


@plants("CCX-009", "trio")
def _daughter_in_law_is_an_official(s: Site) -> list[Raise]:
    s.rows(PAID).append(paid_row(spouse_of(s, child_apart(s)), "公务员"))
    return s.house("CCX-009")


@nears("CCX-009", "single_general")
def _son_is_temporary_staff(s: Site) -> list[Raise]:
    s.rows(PAID).append(paid_row(child_apart(s), "编外聘用"))
    return s.house("CCX-009", "CCX-008", "GAX-006", "GAX-008")


@nears("CCX-009", "single_general")
def _son_moved_away(s: Site) -> list[Raise]:
    s.rows(PAID).append(paid_row(child_apart(s, state="迁出")))
    return s.house("CCX-009")


@nears("CCX-009", "trio")
def _lodger_in_the_sons_register(s: Site) -> list[Raise]:
    """Somebody in the child's register who is not the spouse."""
    child = child_apart(s)
    lodger = s.stranger(52)
    row = register_row(lodger, s.h.village, _own_register(s))
    s.h.extra_reg.append(row | {"与户主关系": "其他", "户主公民身份号码": child.number})
    s.rows(PAID).append(paid_row(lodger))
    return s.house("CCX-009")


@plants("CCX-010", "trio")
def _wife_is_a_manager(s: Site) -> list[Raise]:
    s.second.books[MANAGERS] = [manager_row(s.second)]
    return s.house("CCX-010")


@plants("CCX-010", "single_general")
def _son_is_a_manager(s: Site) -> list[Raise]:
    s.rows(MANAGERS).append(manager_row(child_apart(s), "领导班子"))
    return s.house("CCX-010")


@nears("CCX-010", "single_general")
def _namesake_is_a_manager(s: Site) -> list[Raise]:
    other = s.stranger(46)
    other.name = s.head.name
    s.rows(MANAGERS).append(manager_row(other))
    return s.house("CCX-010")


@plants("CCX-011", "pair")
def _saved_too_much(s: Site) -> list[Raise]:
    s.head.books[SAVINGS] = [savings_row(s.head, 30_000, 5_000)]
    s.second.books[SAVINGS] = [savings_row(s.second, 15_001)]
    return s.house("CCX-011")


@plants("CCX-011", "single")
def _saved_and_funds_unknown(s: Site) -> list[Raise]:
    s.head.books[SAVINGS] = [savings_row(s.head, 88_000, None)]
    return s.house("CCX-011")


@nears("CCX-011", "pair")
def _saved_just_that_much(s: Site) -> list[Raise]:
    s.head.books[SAVINGS] = [savings_row(s.head, 30_000, 5_000)]
    s.second.books[SAVINGS] = [savings_row(s.second, 15_000)]
    return s.house("CCX-011")


def _wage(s: Site, more: int) -> None:
    s.head.books[TAX] = [tax_row(s.head, round(num(s.h, "工资性收入") * 1.3 + 5_000 + more, 2))]


@plants("CCX-012", "pair")
def _more_wage_at_the_tax_office(s: Site) -> list[Raise]:
    _wage(s, 1)
    return s.house("CCX-012")


@plants("CCX-012", "trio")
def _wages_of_two(s: Site) -> list[Raise]:
    _wage(s, -1_000)
    s.second.books[TAX] = [tax_row(s.second, 1_500)]
    return s.house("CCX-012")


@nears("CCX-012", "pair")
def _wage_within_the_margin(s: Site) -> list[Raise]:
    _wage(s, -1)
    return s.house("CCX-012")


@nears("CCX-012", "single")
def _wage_of_last_year(s: Site) -> list[Raise]:
    s.head.books[TAX] = [tax_row(s.head, 180_000, 2025)]
    return s.house("CCX-012")


@plants("CCX-013", "single_general")
def _bought_three_years_ago(s: Site) -> list[Raise]:
    s.head.books[SALES] = [sale_row(s.head, "2023-11-03")]
    return s.house("CCX-013")


@plants("CCX-013", "trio")
def _bought_this_year(s: Site) -> list[Raise]:
    s.second.books[SALES] = [sale_row(s.second, "2026-04-22")]
    return s.house("CCX-013")


@nears("CCX-013", "single_general")
def _bought_longer_ago(s: Site) -> list[Raise]:
    s.head.books[SALES] = [sale_row(s.head, "2023-09-30")]
    return s.house("CCX-013")


@nears("CCX-013", "single")
def _bought_and_withdrawn(s: Site) -> list[Raise]:
    s.head.books[SALES] = [sale_row(s.head, "2026-04-22", "撤销")]
    return s.house("CCX-013")
