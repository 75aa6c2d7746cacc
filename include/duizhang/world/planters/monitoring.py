"""Planters of MON on monitoring records. None changes 识别监测时间."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.columns import GUARANTEES
from duizhang.world.model import LINES
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, both, nears, plants
from duizhang.world.planters.welfare import provide

_SCHOOL, _HOUSE, _, _WATER = GUARANTEES


def _months_later(s: Site, months: int) -> int:
    """YYYYMM `months` after identification."""
    return later(int(s.nat["识别监测时间"] or 0), months)


def _end(s: Site, ym: int) -> None:
    """Eliminated in `ym`, the income after it above that year's line."""
    s.nat["消除监测时间"] = ym
    line = LINES.get(ym // 100, LINES[2026])
    size = len(s.h.members)
    money.set_at_end(s.h, (line + 900) * size - 500, 500, size)


@plants("MON-001", "open")
def _no_risk(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险1"] = None
    return s.record("MON-001")


@plants("MON-003", "open")
def _start_figures_missing(s: Site) -> list[Raise]:
    s.nat["识别时财产性收入"] = None
    return s.record("MON-003")


@plants("MON-003", "open_edge")
def _start_guarantee_missing(s: Site) -> list[Raise]:
    s.nat[_WATER] = None
    return s.record("MON-003")


@nears("MON-003", "open")
def _start_claims_missing(s: Site) -> list[Raise]:
    """Claims received are not among the figures that must stand."""
    s.nat["识别时理赔收入"] = None
    return s.record("MON-003")


@plants("MON-004", "gone")
def _end_figures_missing(s: Site) -> list[Raise]:
    s.nat["风险消除后理赔收入"] = None
    return s.record("MON-004")


@plants("MON-004", "gone_edge")
def _end_guarantee_missing(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _HOUSE] = None
    return s.record("MON-004")


@plants("MON-005", "open")
def _edge_but_out_of_poverty(s: Site) -> list[Raise]:
    s.nat["监测对象类别"] = "边缘易致贫户"
    return s.record("MON-005")


@plants("MON-005", "open_edge")
def _unstable_but_never_poor(s: Site) -> list[Raise]:
    s.nat["监测对象类别"] = "脱贫不稳定户"
    return s.record("MON-005")


@nears("MON-005", "open")
def _sudden(s: Site) -> list[Raise]:
    s.nat["监测对象类别"] = "突发严重困难户"
    return s.record("MON-005")


@plants("MON-006", "open")
def _risk_twice(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险3"] = s.nat["致贫/返贫风险1"]
    return s.record("MON-006")


@nears("MON-006", "open")
def _two_risks(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "因意外事故"
    return s.record("MON-006")


@plants("MON-007", "open")
def _other_without_note(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "其他"
    return s.record("MON-007")


@nears("MON-007", "open")
def _other_with_note(s: Site) -> list[Raise]:
    s.nat.update({"致贫/返贫风险2": "其他", "风险其他备注": "火灾"})
    return s.record("MON-007")


@plants("MON-009", "open")
def _disability_of_nobody(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "因残"
    return s.record("MON-009")


@nears("MON-009", "open_disabled")
def _disability_of_a_member(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "因残"
    return s.record("MON-009")


@plants("MON-013", "open_able")
def _no_labour_though_all_able(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "缺劳动力"
    return s.record("MON-013", "MON-014")


@nears("MON-013", "open_weak")
def _one_of_weak_labour(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险2"] = "缺劳动力"
    return s.record("MON-013")


@plants("MON-018", "open")
def _water_without_risk(s: Site) -> list[Raise]:
    s.nat[_WATER] = "是"
    return s.record("MON-018")


@nears("MON-018", "open")
def _water_with_risk(s: Site) -> list[Raise]:
    s.nat.update({_WATER: "是", "致贫/返贫风险2": "因安全饮水"})
    return s.record("MON-018")


@plants("MON-026", "gone")
def _eleven_months(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 11))
    return s.record("MON-026", "MON-039")


@plants("MON-026", "gone_edge")
def _six_months(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 6))
    return s.record("MON-026", "MON-039")


@nears("MON-026", "gone")
def _twelve_months(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 12))
    return s.record("MON-026", "MON-027")


@nears("MON-026", "gone_edge")
def _eleven_months_by_nature(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 11))
    s.nat["风险消除方式"] = "自然消除"
    return s.record("MON-026")


@plants("MON-027", "gone")
def _five_months(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 5))
    return s.record("MON-026", "MON-027", "MON-039")


@plants("MON-028", "gone_edge")
def _next_month(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 1))
    return s.record("MON-026", "MON-027", "MON-028", "MON-039")


@nears("MON-028", "gone")
def _second_month_is_not_next(s: Site) -> list[Raise]:
    _end(s, _months_later(s, 14))
    return s.record("MON-028", "MON-026")


def _unable(s: Site) -> None:
    for person in s.h.members:
        both(person, "劳动技能", "无劳动力")


@plants("MON-029", "gone_elder")
def _unable_and_eliminated(s: Site) -> list[Raise]:
    _unable(s)
    return s.record("MON-029", "MON-039", "MZX-016")


@nears("MON-029", "gone_elder")
def _unable_and_eliminated_by_nature(s: Site) -> list[Raise]:
    _unable(s)
    provide(s, s.head)
    s.nat["风险消除方式"] = "自然消除"
    return s.record("MON-029", "MZX-016")


@plants("MON-030", "open_elder_dibao")
def _not_marked_as_supported(s: Site) -> list[Raise]:
    s.nat["整户无劳动能力兜底保障户"] = "否"
    return s.record("MON-030")


@nears("MON-030", "open_elder_dibao")
def _marked_as_supported(s: Site) -> list[Raise]:
    return s.record("MON-030", "MON-031")


@plants("MON-031", "open")
def _marked_though_able(s: Site) -> list[Raise]:
    s.nat["整户无劳动能力兜底保障户"] = "是"
    return s.record("MON-031")


@plants("MON-032", "gone")
def _dropout_after(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _SCHOOL] = "是"
    s.visit["有无失学辍学"] = "是"
    return s.record("MON-032", "MON-039")


@nears("MON-032", "open_able")
def _dropout_after_of_an_open_record(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _SCHOOL] = "是"
    s.visit["有无失学辍学"] = "是"
    return s.record("MON-032", "MON-039")


@plants("MON-033", "gone")
def _damaged_house_after(s: Site) -> list[Raise]:
    s.nat["风险消除后" + _HOUSE] = "是"
    return s.record("MON-033", "MON-039")


@plants("MON-033", "gone_edge")
def _unsafe_house_after(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "D级"})
    s.visit["住房现状等级"] = "D级"
    return s.record("MON-033", "MON-039") + s.house("HSW-004")


@nears("MON-033", "gone")
def _damaged_house_before(s: Site) -> list[Raise]:
    s.nat.update({_HOUSE: "是", "致贫/返贫风险2": "因安全住房"})
    return s.record("MON-033")


def _income_after(s: Site, offset: int) -> None:
    size = len(s.h.members)
    line = LINES[int(s.nat["消除监测时间"] or 0) // 100]
    money.set_at_end(s.h, (line + offset) * size - 500, 500, size)


@plants("MON-036", "gone")
def _one_yuan_under_the_line(s: Site) -> list[Raise]:
    _income_after(s, -1)
    return s.record("MON-036", "MON-039")


@nears("MON-036", "gone")
def _on_the_line(s: Site) -> list[Raise]:
    _income_after(s, 0)
    return s.record("MON-036")


@plants("MON-037", "gone")
def _eliminated_in_the_future(s: Site) -> list[Raise]:
    _end(s, 202612)
    return s.record("MON-037")


@plants("MON-037", "gone_edge")
def _eliminated_before_identified(s: Site) -> list[Raise]:
    _end(s, _months_later(s, -2))
    return s.record("MON-026", "MON-027", "MON-028", "MON-037", "MON-039")


@plants("MON-037", "gone_edge")
def _naturally_before_identified(s: Site) -> list[Raise]:
    _end(s, _months_later(s, -1))
    s.nat["风险消除方式"] = "自然消除"
    return s.record("MON-037")


@nears("MON-037", "gone")
def _eliminated_this_month(s: Site) -> list[Raise]:
    _end(s, s.month.ym)
    return s.record("MON-037")


@plants("MON-038", "open")
def _open_with_an_end(s: Site) -> list[Raise]:
    s.nat["消除监测时间"] = 202610
    return s.record("MON-038")


@plants("MON-038", "gone")
def _gone_without_manner(s: Site) -> list[Raise]:
    s.nat["风险消除方式"] = None
    return s.record("MON-038")


@plants("MON-038", "gone_edge")
def _gone_without_time(s: Site) -> list[Raise]:
    s.nat["消除监测时间"] = None
    return s.record("MON-038")


@plants("MON-045", "gone")
def _no_contact(s: Site) -> list[Raise]:
    s.nat["监测联系人电话"] = None
    return s.record("MON-045")


@plants("MON-045", "gone_edge")
def _nobody_to_contact(s: Site) -> list[Raise]:
    s.nat["监测联系人"] = None
    return s.record("MON-045")
