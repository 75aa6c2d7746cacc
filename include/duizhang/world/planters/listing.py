"""Planters of TPB-021, 022 and 024…028 and of PRC-018: the list of those proposed, those marked already, how they were marked."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world.model import MONTHS, Cell, Month
from duizhang.world.planters.base import Raise, Site, cert, nears, plants, rows_of
from duizhang.world.planters.marking import MARKING, firm, flat, put, unlisted
from duizhang.world.planters.study import MARKED
from duizhang.world.sectors.process import PROCEDURES, procedure_row
from duizhang.world.sectors.welfare import ILLNESS, SERIOUS, WARNING, ill_row, warning_row


@plants("TPB-021", "dibao")
def _listed_with_dibao(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-021")


@plants("TPB-021", "disabled_heavy")
def _listed_with_heavy_disability(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-021")


@nears("TPB-021", "disabled")
def _listed_with_light_disability(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-021", "TPB-022")


@plants("TPB-022", "single")
def _listed_for_nothing(s: Site) -> list[Raise]:
    put(s, 4)
    return s.house("TPB-022")


@plants("TPB-022", "pair")
def _listed_for_nothing_and_told(s: Site) -> list[Raise]:
    put(s, 1, 2, note="已见面告知")
    return s.house("TPB-022")


@nears("TPB-022", "single")
def _listed_after_deliberation(s: Site) -> list[Raise]:
    put(s, 4, note="经村民代表会议评议，子女在县城有房")
    return s.house("TPB-022")


@plants("TPB-005", "single")
def _listed_for_what_is_so(s: Site) -> list[Raise]:
    """Listed for its company: neither missing from the list nor listed without ground."""
    firm(s)
    put(s, 5)
    return s.house("CCX-006", "TPB-005")


@plants("TPB-024", "single")
def _year_left_empty(s: Site) -> list[Raise]:
    put(s, 8, 脱贫年度=None)
    return s.house("TPB-024")


@plants("TPB-024", "pair")
def _reason_left_empty(s: Site) -> list[Raise]:
    put(s, 8, note="经评议", 标注原因=None, 乡镇=None)
    return s.house("TPB-024")


@nears("TPB-024", "single")
def _note_left_empty(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-024", "TPB-025")


@plants("TPB-025", "single")
def _another_year(s: Site) -> list[Raise]:
    put(s, 8, 脱贫年度=int(str(s.nat["脱贫年度"])) - 1)
    return s.house("TPB-025")


@plants("TPB-025", "pair")
def _number_of_the_wife(s: Site) -> list[Raise]:
    put(s, 8, 证件号码=s.second.number)
    return s.house("TPB-025")


@plants("TPB-025", "pair")
def _another_village(s: Site) -> list[Raise]:
    put(s, 8, 村=s.h.village.neighbour)
    return s.house("TPB-025")


@nears("TPB-025", "single")
def _name_with_a_blank(s: Site) -> list[Raise]:
    name = str(s.nat["户主姓名"])
    put(s, 8, 户主姓名=f"{name[0]} {name[1:]}")
    return s.house("TPB-025")


@plants("TPB-026", "single")
def _listed_for_something_else(s: Site) -> list[Raise]:
    firm(s)
    put(s, 4)
    return s.house("CCX-006", "TPB-005", "TPB-026")


@plants("TPB-026", "single")
def _half_of_the_reasons(s: Site) -> list[Raise]:
    firm(s)
    flat(s)
    put(s, 4, 8)
    return s.house("CCX-004", "CCX-006", "TPB-004", "TPB-005", "TPB-026")


@plants("TPB-004", "single")
def _all_of_the_reasons(s: Site) -> list[Raise]:
    firm(s)
    flat(s)
    put(s, 4, 5)
    return s.house("CCX-004", "CCX-006", "TPB-004", "TPB-005")


@plants("TPB-027", "open")
def _listed_and_monitored(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-027")


@nears("TPB-027", "gone")
def _listed_and_no_longer_monitored(s: Site) -> list[Raise]:
    put(s, 8)
    return s.house("TPB-027", "TPB-022")


def _marked(s: Site) -> None:
    unlisted(s)
    s.nat["享受政策标识"] = MARKED


def _ago(month: Month, months: int) -> str:
    day = month.as_of.replace(day=1)
    for _ in range(months):
        day = (day - timedelta(days=1)).replace(day=1)
    return day.replace(day=2).isoformat()


def _falls_ill(s: Site, on: str) -> None:
    _marked(s)
    s.head.books.pop(WARNING, None)
    rows_of(s.head, ILLNESS)[:] = [ill_row(s.head, SERIOUS) | {"确诊日期": on}]


@plants("TPB-028", "ill")
def _marked_and_ill_since(s: Site) -> list[Raise]:
    _falls_ill(s, _ago(MONTHS[-1], 12))  # the same day in both months
    return s.house("TPB-028")


@nears("TPB-028", "ill")
def _marked_and_ill_for_long(s: Site) -> list[Raise]:
    _falls_ill(s, _ago(s.month, 13))
    return s.house("TPB-028")


@nears("TPB-028", "ill")
def _marked_and_pointed_out(s: Site) -> list[Raise]:
    _falls_ill(s, "2026-08-02")
    s.head.books[WARNING] = [warning_row(s.head, s.h, "大病", "卫健")]
    return s.house("TPB-028")


@plants("TPB-028", "disabled_heavy")
def _marked_and_disabled_since(s: Site) -> list[Raise]:
    _marked(s)
    s.head.books.pop(WARNING, None)
    s.second.books.pop(WARNING, None)
    cert(s.second)["发证日期"] = "2026-06-03"
    return s.house("TPB-028")


def _marking(s: Site, **other: Cell) -> None:
    s.rows(PROCEDURES).append(procedure_row(s.h, MARKING, 202609) | other)


@plants("PRC-018", "single")
def _never_talked_over(s: Site) -> list[Raise]:
    _marking(s, 村级评议日期=None)
    return s.house("PRC-018")


@plants("PRC-018", "pair")
def _no_file(s: Site) -> list[Raise]:
    _marking(s, 档案齐全="否")
    return s.house("PRC-018")


@plants("PRC-018", "single")
def _not_reviewed_by_the_town(s: Site) -> list[Raise]:
    _marking(s, 乡镇审核日期=None)
    return s.house("PRC-018")


@plants("PRC-018", "single")
def _marking_shown_for_four_days(s: Site) -> list[Raise]:
    _marking(s, 公示止="2026-09-09")
    return s.house("PRC-002", "PRC-018")


@nears("PRC-018", "single")
def _marking_shown_for_five_days(s: Site) -> list[Raise]:
    _marking(s, 公示止="2026-09-10")
    return s.house("PRC-002", "PRC-018")
