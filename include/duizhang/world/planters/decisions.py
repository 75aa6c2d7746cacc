"""Planters of PRC: who signed, who decided, and where it was shown."""

from __future__ import annotations

from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import AT_DOOR, IN_PROCEDURE
from duizhang.world.sectors.process import LOG, PROCEDURES, log_row, procedure_row


def _taken_in(s: Site, signed: str | None) -> None:
    s.rows(PROCEDURES).append(procedure_row(s.h, "纳入", 202610))
    s.visit["是否签署授权委托书"] = signed


@plants("PRC-009", "pair")
def _not_signed(s: Site) -> list[Raise]:
    _taken_in(s, "否")
    return s.house("PRC-009")


@plants("PRC-009", "open_able")
def _signature_not_filled(s: Site) -> list[Raise]:
    _taken_in(s, None)
    return s.house("PRC-009")


@nears("PRC-009", "pair")
def _signed(s: Site) -> list[Raise]:
    _taken_in(s, "是")
    return s.house("PRC-009")


AT_DOOR.nears(
    "PRC-009", "open_able", "not signed and long in: taken in long before the book of visits begins: it cannot tell", {"是否签署授权委托书": "否"},
)


def _marked_anew(s: Site) -> None:
    s.rows(LOG).extend((log_row(s.h.key, "风险消除", "2026-08-20"), log_row(s.h.key, "风险再标注", "2026-09-18")))


@plants("PRC-015", "open_able")
def _marked_anew_by_nobodys_word(s: Site) -> list[Raise]:
    _marked_anew(s)
    return s.house("PRC-015")


@plants("PRC-015", "open_able")
def _marked_anew_before_it_was_decided(s: Site) -> list[Raise]:
    _marked_anew(s)
    row = procedure_row(s.h, "风险再标注", 202609)
    s.rows(PROCEDURES).append(row | {"县级审定日期": None, "公告日期": None, "入户告知日期": None})
    return s.house("PRC-015")


@plants("PRC-015", "open_able")
def _decided_long_before(s: Site) -> list[Raise]:
    _marked_anew(s)
    s.rows(PROCEDURES).append(procedure_row(s.h, "风险再标注", 202607))
    return s.house("PRC-015")


@nears("PRC-015", "open_able")
def _decided_the_month_before(s: Site) -> list[Raise]:
    _marked_anew(s)
    s.rows(PROCEDURES).append(procedure_row(s.h, "风险再标注", 202608))
    return s.house("PRC-015")


IN_PROCEDURE.plants("PRC-016", "open_able", "shown at the committee alone", {"公示地点": "村委会"})
IN_PROCEDURE.plants("PRC-016", "open_able", "shown in the group alone", {"公示地点": "村民小组（屯）"})
IN_PROCEDURE.nears("PRC-016", "open_able", "shown nobody knows where", {"公示地点": None})
