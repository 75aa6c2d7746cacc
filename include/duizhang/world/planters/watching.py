"""Further planters of MON: risks against members, and the figures at identification."""

from __future__ import annotations

from duizhang.world.columns import GUARANTEES
from duizhang.world.model import LINES
from duizhang.world.planters.base import Raise, Site, both, nears, plants
from duizhang.world.planters.cells import OF_RECORD
from duizhang.world.planters.illness import costs
from duizhang.world.sectors.process import PROCEDURES, procedure_row
from duizhang.world.sectors.welfare import register_illness

_SCHOOL, _HOUSE, _INSURED, _WATER = GUARANTEES
SECOND = "致贫/返贫风险2"
PAID = "识别时合规自付支出"


def _start(s: Site) -> int:
    return int(s.nat["识别监测时间"] or 0)


OF_RECORD.plants("MON-002", "open_able", "start missing", {"识别监测时间": None})
OF_RECORD.plants("MON-002", "open_able", "start in the future", {"识别监测时间": 202612}, raises=("MON-002", "PRC-013"))


@nears("MON-002", "open_able")
def _start_this_month(s: Site) -> list[Raise]:
    s.nat["识别监测时间"] = s.month.ym
    s.rows(PROCEDURES).append(procedure_row(s.h, "纳入", s.month.ym))
    return s.record("MON-002", "PRC-013")


OF_RECORD.plants("MON-008", "open_able", "disaster without kind", {SECOND: "因自然灾害"})
OF_RECORD.nears("MON-008", "open_able", "disaster with kind", {SECOND: "因自然灾害", "因自然灾害子项": "地震"})
OF_RECORD.plants("MON-010", "open_able", "illness of nobody", {SECOND: "因病"})


@nears("MON-010", "open_able")
def _illness_of_a_member(s: Site) -> list[Raise]:
    s.nat[SECOND] = "因病"
    both(s.second, "健康状况", "长期慢性病")
    both(s.second, "劳动技能", "弱劳动力或半劳动力")
    register_illness(s.second)
    return s.record("MON-010")


OF_RECORD.plants("MON-011", "open", "illness without cost", {PAID: 0}, raises=("MON-011", "YBX-006"))
OF_RECORD.plants("MON-011", "open_edge", "illness with cost not filled", {PAID: None})


@nears("MON-011", "open")
def _illness_that_cost_one_yuan(s: Site) -> list[Raise]:
    s.nat[PAID] = 1
    costs(s, 1)
    return s.record("MON-011", "YBX-006")


OF_RECORD.plants("MON-012", "open_able", "school of nobody", {SECOND: "因学"})
OF_RECORD.nears("MON-012", "open_school", "school of a member", {SECOND: "因学"})
OF_RECORD.plants("MON-014", "open_five", "two of five able", {SECOND: "缺劳动力"})
OF_RECORD.nears("MON-014", "open_weak", "one of four able", {SECOND: "缺劳动力"}, raises=("MON-014", "MON-015"))
OF_RECORD.plants("MON-015", "open_four", "two of four able", {SECOND: "缺劳动力"}, raises=("MON-014", "MON-015"))
OF_RECORD.plants("MON-016", "open_unable", "work of those who cannot", {SECOND: "因务工就业不稳"}, raises=("MON-016", "MON-017"))
OF_RECORD.plants("MON-017", "open_long", "work without any spell", {SECOND: "因务工就业不稳"})
OF_RECORD.nears("MON-017", "open_able", "work with a spell", {SECOND: "因务工就业不稳"}, raises=("MON-016", "MON-017"))
OF_RECORD.plants("MON-019", "open_able", "uninsured without illness", {_INSURED: "是"})
OF_RECORD.nears("MON-019", "open", "uninsured with illness", {_INSURED: "是"})
OF_RECORD.plants("MON-020", "open_able", "damaged house without risk", {_HOUSE: "是"})
OF_RECORD.nears("MON-020", "open_able", "damaged house with risk", {_HOUSE: "是", SECOND: "因安全住房"})


@plants("MON-021", "open_school")
def _dropout_of_nobody(s: Site) -> list[Raise]:
    s.nat[_SCHOOL] = "是"
    s.visit["有无失学辍学"] = "是"
    return s.record("MON-021")


@plants("MON-022", "open_able")
def _rich_at_the_start(s: Site) -> list[Raise]:
    return _at_start(s, 20_001) + s.record("MON-022")


@nears("MON-022", "open_able")
def _not_quite_rich_at_the_start(s: Site) -> list[Raise]:
    return _at_start(s, 20_000) + s.record("MON-022")


@nears("MON-022", "open_sudden")
def _rich_but_sudden(s: Site) -> list[Raise]:
    return _at_start(s, 25_000) + s.record("MON-022", "MON-024", "MON-025")


def _at_start(s: Site, per_head: int) -> list[Raise]:
    """Income per head at identification, from wages alone."""
    size = len(s.h.members)
    s.nat.update({
        "识别时工资性收入": per_head * size, "识别时转移性收入": 0, "识别时纯收入（元）": per_head * size, "识别时人均纯收入（元）": per_head,
    })
    return []


@plants("MON-023", "open_able")
def _wage_in_the_wrong_unit(s: Site) -> list[Raise]:
    _wage(s, 99)
    return s.record("MON-023")


@nears("MON-023", "open_able")
def _wage_of_a_hundred(s: Site) -> list[Raise]:
    _wage(s, 100)
    return s.record("MON-023")


def _wage(s: Site, amount: int) -> None:
    net = amount + 12_000
    s.nat.update({
        "识别时工资性收入": amount, "识别时转移性收入": 12_000, "识别时纯收入（元）": net, "识别时人均纯收入（元）": net / len(s.h.members),
    })


@plants("MON-024", "open_able")
def _no_reason_to_be_taken_in(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100])
    s.nat[PAID] = 0
    return s.record("MON-024")


@nears("MON-024", "open_able")
def _a_yuan_under_the_line(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100] - 1)
    s.nat[PAID] = 0
    return s.record("MON-024")


@nears("MON-024", "open_able")
def _above_the_line_with_outlay(s: Site) -> list[Raise]:
    _at_start(s, LINES[_start(s) // 100] + 100)
    return s.record("MON-024")


OF_RECORD.plants("MON-025", "open_sudden", "nothing sudden", {"致贫/返贫风险1": "其他", "风险其他备注": "收入低"})
OF_RECORD.nears("MON-025", "open_sudden", "something sudden", {SECOND: "其他", "风险其他备注": "收入低"})
