"""Near misses of GAX, CLX, MZX, INC and JOB: what another book says, just short of what it would have to say."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.model import Person
from duizhang.world.outsiders import death_row, register_row
from duizhang.world.planters.base import Raise, Site, both, cert, dibao, nears, reg
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.planters.work import away, planning
from duizhang.world.sectors.welfare import register_illness

OTHER = "其他转移性收入"


def _died_some_day(person: Person) -> None:
    """The register of deaths has the person, and no day of death."""
    person.dead = death_row(person, "2026-08-03") | {"死亡日期": None}


@nears("GAX-002", "pair")
def _state_not_filled(s: Site) -> list[Raise]:
    reg(s.second)["注销状态"] = None
    return s.person(s.second, "GAX-002")


@nears("GAX-018", "pair")
def _away_and_dead_some_day(s: Site) -> list[Raise]:
    away(s, s.head)
    _died_some_day(s.head)
    return s.person(s.head, "GAX-001", "GAX-018") + s.house("GAX-021")


@nears("GAX-021", "pair")
def _namesake_of_the_head_struck_off(s: Site) -> list[Raise]:
    other = s.stranger(30, "男")
    row = register_row(other, s.h.village, s.h.register) | {"姓名": s.head.name, "注销状态": "迁出"}
    s.h.extra_reg.append(row)
    return s.person(s.head, "GAX-001", "GAX-002") + s.house("GAX-021")


@nears("CLX-005", "disabled")
def _certificate_cancelled_and_identity_card(s: Site) -> list[Raise]:
    cert(s.second)["证件状态"] = "注销"
    both(s.second, "健康状况", "长期慢性病")
    register_illness(s.second)
    s.second.nat |= {
        "证件类型": "居民身份证", "证件号码": s.second.number, "残疾类别": None, "残疾等级": None, "残疾证办证年度": None,
    }
    return s.person(s.second, "CLX-005", "CLX-001", "CLX-006")


@nears("CLX-010", "disabled_heavy")
def _allowance_and_dead_some_day(s: Site) -> list[Raise]:
    _died_some_day(s.second)
    return s.person(s.second, "GAX-001", "CLX-010")


@nears("MZX-010", "dibao_pair")
def _paid_and_dead_some_day(s: Site) -> list[Raise]:
    _died_some_day(s.second)
    return s.person(s.second, "GAX-001", "MZX-010")


@nears("MZX-003", "dibao")
def _of_the_town_in_both_books(s: Site) -> list[Raise]:
    s.head.nat["享受低保政策情况"] = dibao(s.head)["低保类型"] = "城市低保"
    return s.person(s.head, "MZX-001", "MZX-003")


@nears("INC-007", "pair")
def _cost_met_by_subsidies(s: Site) -> list[Raise]:
    """Cost less subsidies is nought; other transfers make up for what business gives or takes."""
    before = money.num(s.h, "纯收入（元）")
    s.nat.update({money.BUSINESS: 300, money.COST: 250, "专项用于减少生产经营性支出的补贴": 250})
    money.settle(s.h)
    s.nat[OTHER] = money.num(s.h, OTHER) + before - money.num(s.h, "纯收入（元）")
    money.settle(s.h)
    return s.house("INC-007")


def _move(s: Site, amount: float, source: str, goal: str) -> None:
    s.nat[source] = round(money.num(s.h, source) - amount, 2)
    s.nat[goal] = round(money.num(s.h, goal) + amount, 2)
    money.settle(s.h)


@nears("INC-017", "pair")
def _support_of_who_is_not_filled(s: Site) -> list[Raise]:
    _move(s, 300, OTHER, "最低生活保障金")
    s.second.nat["享受低保政策情况"] = None
    return s.house("INC-017")


@nears("INC-018", "tekun")
def _provision_of_a_yuan(s: Site) -> list[Raise]:
    _move(s, money.num(s.h, "特困人员救助供养金") - 1, "特困人员救助供养金", OTHER)
    return s.house("INC-018")


OF_HOUSE.nears("INC-018", "pair", "no provision, filled in words", {"特困人员救助供养金": "0元"})


@nears("JOB-016", "pair")
def _no_place_and_no_month(s: Site) -> list[Raise]:
    away(s, s.head)
    s.second.nat |= {"务工所在地": None, "务工时间（月）": 0}
    return s.person(s.second, "JOB-016")


@nears("JOB-021", "pair")
def _no_plan_and_no_wish(s: Site) -> list[Raise]:
    planning(s, s.second, wish=None)["是否计划务工"] = "否"
    return s.person(s.second, "JOB-021")
