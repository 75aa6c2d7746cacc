"""Further planters of SUR: what was seen at the door against the books, and what was not followed up."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.planters.base import Raise, Site, nears, plants, seen
from duizhang.world.planters.cells import AT_DOOR
from duizhang.world.planters.places import PlaceSite, village_plants
from duizhang.world.sectors.claims import look_up
from duizhang.world.sectors.process import LOG, PROCEDURES, log_row, procedure_row
from duizhang.world.sectors.welfare import register_illness

TAKE_IN = "建议按程序纳入监测管理"


def _danger(s: Site) -> None:
    s.visit.update({"是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": "信息需修正"})


AT_DOOR.plants("SUR-002", "single", "seen as never poor", {"对象类型": "一般农户"})
AT_DOOR.plants("SUR-002", "gone", "seen as open", {"对象类型": "监测对象（未消除）", "核查结论": "无风险"})


@plants("SUR-006", "pair")
def _seen_ill(s: Site) -> list[Raise]:
    seen(s.second)["实际健康状况"] = "长期慢性病"
    return s.person(s.second, "SUR-006")


@nears("SUR-006", "disabled")
def _seen_in_another_order(s: Site) -> list[Raise]:
    s.second.nat["健康状况"] = "残疾,长期慢性病"
    seen(s.second)["实际健康状况"] = "长期慢性病、残疾"
    register_illness(s.second)
    return s.person(s.second, "SUR-006")


@plants("SUR-008", "elder")
def _seen_away(s: Site) -> list[Raise]:
    seen(s.head)["是否在外务工"] = "是"
    return s.person(s.head, "SUR-008")


def _months(s: Site, more: int) -> None:
    worked = s.head.nat["务工时间（月）"]
    seen(s.head)["务工月数"] = (worked if isinstance(worked, (int, float)) else 0) + more


@plants("SUR-008", "open_able")
def _seen_three_months_more(s: Site) -> list[Raise]:
    _months(s, 3)
    return s.person(s.head, "SUR-008")


@nears("SUR-008", "open_able")
def _seen_two_months_more(s: Site) -> list[Raise]:
    _months(s, 2)
    return s.person(s.head, "SUR-008")


AT_DOOR.plants("SUR-010", "single", "seen short of water", {"饮水现状": "季节性缺水"})
AT_DOOR.plants("SUR-011", "open_school", "seen out of school", {"有无失学辍学": "是"})
AT_DOOR.nears("SUR-011", "child_junior", "seen out of school not monitored", {"有无失学辍学": "是"})
AT_DOOR.plants("SUR-012", "pair", "seen uninsured", {"有无成员未参保": "是"})


@plants("SUR-014", "pair")
def _seen_with_less(s: Site) -> list[Raise]:
    _danger(s)
    s.visit["家庭年纯收入"] = round(money.num(s.h, "纯收入（元）") * 0.79, 2)
    return s.house("SUR-014")


@nears("SUR-014", "pair")
def _seen_with_a_little_less(s: Site) -> list[Raise]:
    _danger(s)
    s.visit["家庭年纯收入"] = round(money.num(s.h, "纯收入（元）") * 0.81, 2)
    return s.house("SUR-014", "SUR-026")


def _move(s: Site, degrees: float) -> None:
    s.visit["纬度"] = round(float(str(s.nat["纬度"])) + degrees, 6)
    s.visit["经度"] = s.nat["经度"]


@plants("SUR-015", "single")
def _seen_half_a_kilometre_off(s: Site) -> list[Raise]:
    _move(s, 0.0046)
    return s.house("SUR-015")


@nears("SUR-015", "single")
def _seen_a_little_nearer(s: Site) -> list[Raise]:
    _move(s, 0.0044)
    return s.house("SUR-015")


@nears("SUR-015", "single")
def _seen_in_another_system(s: Site) -> list[Raise]:
    _move(s, 0.01)
    s.visit["坐标系"] = "BD-09"
    return s.house("SUR-015")


@nears("SUR-018", "single")
def _not_taken_in_by_decision(s: Site) -> list[Raise]:
    day = s.month.as_of.day - 18
    s.visit.update({
        "是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": TAKE_IN, "核查日期": max(day, 1),
    })
    look_up(s.h)
    s.rows(PROCEDURES).append({
        "户编号": s.h.key, "户主证件号码": s.head.number, "程序类型": "纳入", "启动日期": s.month.as_of.replace(day=max(day, 1) + 1).isoformat(),
        "异议核实结论": "评议不予纳入", "绿色通道": "否",
    })
    return s.house("SUR-018")


AT_DOOR.plants("SUR-019", "open_able", "end overdue", {"核查结论": "建议风险消除", "核查日期": 2})
AT_DOOR.plants("SUR-019", "gone", "taking back overdue", {"核查结论": "建议消除回退", "核查日期": 3})


@nears("SUR-019", "open_able")
def _end_due_today(s: Site) -> list[Raise]:
    s.visit.update({"核查结论": "建议风险消除", "核查日期": s.month.as_of.day - 15})
    return s.house("SUR-019", "SUR-028")


@nears("SUR-019", "open_able")
def _ended_and_marked_again(s: Site) -> list[Raise]:
    s.visit.update({"核查结论": "建议风险消除", "核查日期": 2})
    first = s.month.as_of.replace(day=3).isoformat()
    s.rows(LOG).extend((log_row(s.h.key, "风险消除", first), log_row(s.h.key, "风险再标注", s.month.as_of.replace(day=5).isoformat())))
    s.rows(PROCEDURES).append(procedure_row(s.h, "风险再标注", s.month.ym))
    return s.house("SUR-019", "MON-042")


@plants("SUR-020", "single")
def _not_corrected(s: Site) -> list[Raise]:
    seen(s.head).update({"实际劳动能力": "丧失劳动力", "与系统是否一致": "否", "不一致字段": "劳动技能"})
    s.visit["核查日期"] = s.month.as_of.day - 11
    return s.person(s.head, "SUR-007", "SUR-020")


@plants("SUR-020", "pair")
def _health_not_corrected(s: Site) -> list[Raise]:
    seen(s.second).update({"实际健康状况": "长期慢性病", "与系统是否一致": "否", "不一致字段": "健康状况"})
    s.visit["核查日期"] = 5
    return s.person(s.second, "SUR-006", "SUR-020")


@nears("SUR-020", "single")
def _corrected(s: Site) -> list[Raise]:
    seen(s.head).update({"与系统是否一致": "否", "不一致字段": "劳动技能"})
    s.visit["核查日期"] = 4
    return s.person(s.head, "SUR-020")


AT_DOOR.plants("SUR-021", "pair", "by telephone only", {"核查方式": "电话"})
AT_DOOR.plants("SUR-023", "single", "seen with a car", {"家中有无轿车": "是"})
AT_DOOR.plants("SUR-023", "single", "seen with a flat", {"城镇有无商品房": "是"})
AT_DOOR.plants("SUR-024", "open_able", "measures not carried out", {"帮扶措施落实情况": "未落实"})
AT_DOOR.nears("SUR-024", "single", "no measures to carry out", {"帮扶措施落实情况": "未落实"})
AT_DOOR.plants("SUR-025", "single_general", "number of head missing", {"户主证件号码": None})
AT_DOOR.plants("SUR-025", "single_general", "number of people missing", {"家庭人口数": None})
AT_DOOR.nears("SUR-025", "single", "number of head missing of others", {"户主证件号码": None})


@plants("SUR-026", "single")
def _danger_without_income(s: Site) -> list[Raise]:
    _danger(s)
    s.visit["家庭年纯收入"] = None
    return s.house("SUR-026")


@plants("SUR-026", "pair")
def _danger_without_kind(s: Site) -> list[Raise]:
    _danger(s)
    s.visit["风险隐患类型"] = None
    return s.house("SUR-026")


@nears("SUR-026", "single")
def _danger_complete(s: Site) -> list[Raise]:
    _danger(s)
    return s.house("SUR-026", "SUR-014")


def _one_visitor_for_all(s: PlaceSite) -> None:
    for house in s.houses:
        if house.visit is not None:
            house.visit.update({"核查人1": f"诸葛{s.key[-3:]}", "核查日期": 8})


@village_plants("SUR-022", "single", houses=51)
def _fifty_one_in_a_day(s: PlaceSite) -> list[Raise]:
    _one_visitor_for_all(s)
    return [("SUR-022", "household", house.key) for house in s.houses]


@village_plants("SUR-022", "single", houses=51, near=True)
def _fifty_in_a_day_and_one_by_telephone(s: PlaceSite) -> list[Raise]:
    _one_visitor_for_all(s)
    last = s.houses[-1].visit
    if last is not None:
        last["核查日期"] = 9
    return [("SUR-022", "household", house.key) for house in s.houses]
