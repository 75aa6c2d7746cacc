"""Planters of HLP: cadres who answer for a household, its papers, and measures that nobody has looked at for long."""

from __future__ import annotations

from duizhang.world.outsiders import death_row
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import IN_PROCEDURE_OF_RECORD
from duizhang.world.sectors.process import PROCEDURES, procedure_row
from duizhang.world.sectors.support import CADRES, LEDGER


def _end(s: Site, day: str) -> None:
    for row in s.rows(CADRES):
        row["结束日期"] = row["结束日期"] or day


@plants("HLP-001", "open_able")
def _term_is_over(s: Site) -> list[Raise]:
    _end(s, "2026-10-24")
    return s.record("HLP-001")


@plants("HLP-001", "open_able")
def _no_cadre(s: Site) -> list[Raise]:
    s.rows(CADRES).clear()
    return s.record("HLP-001")


@nears("HLP-001", "open_able")
def _last_day_of_the_term(s: Site) -> list[Raise]:
    _end(s, s.month.iso)
    return s.record("HLP-001")


def _former(s: Site, start: str, end: str) -> None:
    s.rows(CADRES).append(s.rows(CADRES)[-1] | {"帮扶人姓名": "丁某", "帮扶人证件号码": None, "开始日期": start, "结束日期": end})


@plants("HLP-002", "open_able")
def _over_before_it_began(s: Site) -> list[Raise]:
    _former(s, "2023-05-02", "2023-05-01")
    return s.house("HLP-002")


@nears("HLP-002", "open_able")
def _a_single_day(s: Site) -> list[Raise]:
    _former(s, "2023-05-02", "2023-05-02")
    return s.house("HLP-002")


def _one_for_all(s: Site) -> None:
    """The head's cadre answers for the neighbours, too, and for nobody else."""
    body = s.new_number(s.head.born, s.head.sex)
    for house in s.houses:
        house.books[CADRES] = [house.books[CADRES][-1] | {"帮扶人姓名": "戊某", "帮扶人证件号码": body, "帮扶人单位": "镇政府", "结束日期": None}]


@plants("HLP-003", "open_single", neighbours=15)
def _sixteen_households(s: Site) -> list[Raise]:
    _one_for_all(s)
    return [("HLP-003", "household", house.key) for house in s.houses]


@nears("HLP-003", "open_single", neighbours=14)
def _fifteen_households(s: Site) -> list[Raise]:
    _one_for_all(s)
    return [("HLP-003", "household", house.key) for house in s.houses]


@plants("HLP-004", "open_able")
def _cadre_of_the_household_itself(s: Site) -> list[Raise]:
    s.rows(CADRES)[-1] |= {"帮扶人姓名": s.second.name, "帮扶人证件号码": s.second.number}
    return s.house("HLP-004")


def _dead_cadre(s: Site, end: str | None) -> None:
    gone = s.stranger(50)
    s.h.extra_dead.append(death_row(gone, "2026-08-11"))
    s.rows(CADRES)[-1] |= {"帮扶人姓名": gone.name, "帮扶人证件号码": gone.number, "结束日期": end}


@plants("HLP-004", "gone")
def _cadre_is_dead(s: Site) -> list[Raise]:
    _dead_cadre(s, None)
    return s.house("HLP-004")


@nears("HLP-004", "gone")
def _cadre_died_and_was_relieved(s: Site) -> list[Raise]:
    _dead_cadre(s, "2026-08-11")
    return s.house("HLP-004")


IN_PROCEDURE_OF_RECORD.plants("HLP-005", "open_able", "papers missing", {"档案齐全": "否"})
IN_PROCEDURE_OF_RECORD.plants("HLP-005", "open_able", "papers not told", {"档案齐全": None})


@nears("HLP-005", "open_able")
def _papers_of_the_first_time_missing(s: Site) -> list[Raise]:
    s.rows(PROCEDURES).insert(0, procedure_row(s.h, "纳入", 202203) | {"档案齐全": "否"})
    return s.record("HLP-005")


def _entered(s: Site, day: str) -> None:
    for row in s.rows(LEDGER):
        row["录入日期"] = day


@plants("HLP-006", "open_able")
def _nothing_for_a_year_and_a_day(s: Site) -> list[Raise]:
    _entered(s, "2025-10-24")
    return s.record("HLP-006")


@nears("HLP-006", "open_able")
def _nothing_for_a_year(s: Site) -> list[Raise]:
    _entered(s, "2025-10-25" if s.month.number == 1 else "2025-11-20")
    return s.record("HLP-006")
