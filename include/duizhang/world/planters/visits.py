"""Planters of SUR (what was seen at the door) and of REG on households."""

from __future__ import annotations

from duizhang.world.planters.base import Raise, Site, nears, plants, seen
from duizhang.world.planters.cells import AT_DOOR
from duizhang.world.sectors.claims import look_up


@plants("SUR-001", "pair")
def _not_visited(s: Site) -> list[Raise]:
    s.h.visit = None
    for person in s.h.members:
        person.visit = None
    return s.house("SUR-001")


@plants("SUR-003", "pair")
def _not_living_there(s: Site) -> list[Raise]:
    seen(s.second).update({"是否共同生活": "否", "未共同生活原因": "不共同生活", "与系统是否一致": "否"})
    return s.person(s.second, "SUR-003")


@plants("SUR-003", "pair")
def _not_living_there_without_reason(s: Site) -> list[Raise]:
    seen(s.second).update({"是否共同生活": "否", "未共同生活原因": None, "与系统是否一致": "否"})
    return s.person(s.second, "SUR-003")


@nears("SUR-003", "pair")
def _working_elsewhere(s: Site) -> list[Raise]:
    seen(s.second).update({"是否共同生活": "否", "未共同生活原因": "务工"})
    return s.person(s.second, "SUR-003")


@plants("SUR-005", "child_junior")
def _seen_in_another_grade(s: Site) -> list[Raise]:
    seen(s.second)["实际在校状况"] = "七年级"
    return s.person(s.second, "SUR-005")


@nears("SUR-005", "child_junior")
def _grade_in_other_words(s: Site) -> list[Raise]:
    seen(s.second)["实际在校状况"] = "初二"
    return s.person(s.second, "SUR-005")


@plants("SUR-007", "single")
def _seen_unable(s: Site) -> list[Raise]:
    seen(s.head)["实际劳动能力"] = "丧失劳动力"
    return s.person(s.head, "SUR-007")


AT_DOOR.plants("SUR-009", "single", "seen unsafe house", {"住房现状等级": "D级"})
AT_DOOR.nears("SUR-009", "single", "seen grade b", {"住房现状等级": "B级"})
AT_DOOR.plants("SUR-013", "pair", "seen one more", {"家庭人口数": 3})
AT_DOOR.plants("SUR-016", "single", "one visitor", {"核查人2": None})


@plants("SUR-016")
def _one_visitor_twice(s: Site) -> list[Raise]:
    s.visit["核查人2"] = s.visit["核查人1"]
    return s.house("SUR-016")


@plants("SUR-017")
def _danger_without_consequence(s: Site) -> list[Raise]:
    s.visit.update({"是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"]})
    return s.house("SUR-017")


@nears("SUR-017")
def _danger_with_consequence(s: Site) -> list[Raise]:
    s.visit.update({
        "是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": "信息需修正",
    })
    return s.house("SUR-017", "SUR-018", "SUR-028")


@plants("SUR-018", "single")
def _inclusion_overdue(s: Site) -> list[Raise]:
    s.visit.update({
        "是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": "建议按程序纳入监测管理", "核查日期": 2,
    })
    look_up(s.h)
    return s.house("SUR-018")


@nears("SUR-018", "single")
def _inclusion_due_today(s: Site) -> list[Raise]:
    day = s.month.as_of.day - 15
    s.visit.update({
        "是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": "建议按程序纳入监测管理", "核查日期": day,
    })
    look_up(s.h)
    return s.house("SUR-018", "SUR-028")


AT_DOOR.plants("SUR-027", "single", "no conclusion", {"核查结论": None})
AT_DOOR.plants("SUR-028", "single", "go on monitoring nobody", {"核查结论": "继续监测"})


@plants("SUR-028", "open")
def _take_in_again(s: Site) -> list[Raise]:
    s.visit["核查结论"] = "建议按程序纳入监测管理"
    look_up(s.h)
    return s.house("SUR-028")


AT_DOOR.plants("SUR-028", "open_edge", "take back what is open", {"核查结论": "建议消除回退", "核查日期": 12})
AT_DOOR.nears("SUR-028", "gone", "take back", {"核查结论": "建议消除回退", "核查日期": 12})


@plants("REG-005")
def _village_code_of_nowhere(s: Site) -> list[Raise]:
    s.nat["村编码"] = f"{s.h.village.town}298"
    return s.house("REG-005", "GAX-020")


@plants("REG-006")
def _name_of_the_next_village(s: Site) -> list[Raise]:
    """The village's name is that of its neighbour in the town, the code its own."""
    s.nat["村"] = s.h.village.neighbour
    return s.house("REG-006")


@nears("REG-006")
def _name_with_committee(s: Site) -> list[Raise]:
    s.nat["村"] = str(s.nat["村"]) + "村民委员会"
    return s.house("REG-006", "REG-005")
