"""Planters of MON on monitoring records. None changes 识别监测时间."""

from __future__ import annotations

from duizhang.world import money
from duizhang.world.columns import GUARANTEES
from duizhang.world.model import LINES
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, both, nears, plants
from duizhang.world.planters.cells import OF_RECORD
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


OF_RECORD.plants("MON-001", "open", "no risk", {"致贫/返贫风险1": None})
OF_RECORD.plants("MON-003", "open", "start figures missing", {"识别时财产性收入": None})
OF_RECORD.plants("MON-003", "open_edge", "start guarantee missing", {_WATER: None})
OF_RECORD.nears(
    "MON-003", "open", "start claims missing: claims received are not among the figures that must stand", {"识别时理赔收入": None},
)
OF_RECORD.plants("MON-004", "gone", "end figures missing", {"风险消除后理赔收入": None})
OF_RECORD.plants("MON-004", "gone_edge", "end guarantee missing", {"风险消除后" + _HOUSE: None})
OF_RECORD.plants("MON-005", "open", "edge but out of poverty", {"监测对象类别": "边缘易致贫户"})
OF_RECORD.plants("MON-005", "open_edge", "unstable but never poor", {"监测对象类别": "脱贫不稳定户"})
OF_RECORD.nears("MON-005", "open", "sudden", {"监测对象类别": "突发严重困难户"})


@plants("MON-006", "open")
def _risk_twice(s: Site) -> list[Raise]:
    s.nat["致贫/返贫风险3"] = s.nat["致贫/返贫风险1"]
    return s.record("MON-006")


OF_RECORD.nears("MON-006", "open", "two risks", {"致贫/返贫风险2": "因意外事故"})
OF_RECORD.plants("MON-007", "open", "other without note", {"致贫/返贫风险2": "其他"})
OF_RECORD.nears("MON-007", "open", "other with note", {"致贫/返贫风险2": "其他", "风险其他备注": "火灾"})
OF_RECORD.plants("MON-009", "open", "disability of nobody", {"致贫/返贫风险2": "因残"})
OF_RECORD.nears("MON-009", "open_disabled", "disability of a member", {"致贫/返贫风险2": "因残"})
OF_RECORD.plants("MON-013", "open_able", "no labour though all able", {"致贫/返贫风险2": "缺劳动力"}, raises=("MON-013", "MON-014"))
OF_RECORD.nears("MON-013", "open_weak", "one of weak labour", {"致贫/返贫风险2": "缺劳动力"})
OF_RECORD.plants("MON-018", "open", "water without risk", {_WATER: "是"})
OF_RECORD.nears("MON-018", "open", "water with risk", {_WATER: "是", "致贫/返贫风险2": "因安全饮水"})


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


OF_RECORD.plants("MON-030", "open_elder_dibao", "not marked as supported", {"整户无劳动能力兜底保障户": "否"})


@nears("MON-030", "open_elder_dibao")
def _marked_as_supported(s: Site) -> list[Raise]:
    return s.record("MON-030", "MON-031")


OF_RECORD.plants("MON-031", "open", "marked though able", {"整户无劳动能力兜底保障户": "是"})


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


OF_RECORD.plants("MON-033", "gone", "damaged house after", {"风险消除后" + _HOUSE: "是"}, raises=("MON-033", "MON-039"))


@plants("MON-033", "gone_edge")
def _unsafe_house_after(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "D级"})
    s.visit["住房现状等级"] = "D级"
    return s.record("MON-033", "MON-039") + s.house("HSW-004")


OF_RECORD.nears("MON-033", "gone", "damaged house before", {_HOUSE: "是", "致贫/返贫风险2": "因安全住房"})


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


OF_RECORD.plants("MON-038", "open", "open with an end", {"消除监测时间": 202610})
OF_RECORD.plants("MON-038", "gone", "gone without manner", {"风险消除方式": None})
OF_RECORD.plants("MON-038", "gone_edge", "gone without time", {"消除监测时间": None})
OF_RECORD.plants("MON-045", "gone", "no contact", {"监测联系人电话": None})
OF_RECORD.plants("MON-045", "gone_edge", "nobody to contact", {"监测联系人": None})
