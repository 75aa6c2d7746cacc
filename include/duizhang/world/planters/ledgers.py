"""Planters of CLS: the county's own ledger of problems, its list of exemptions, and sums by village, town and county."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from duizhang.world.model import House, Row
from duizhang.world.planters.base import Plant, Raise, Site, nears, plants
from duizhang.world.planters.places import PlaceSite, PlaceView, county_plants, oracle
from duizhang.world.sectors.upkeep import (
    EXEMPTIONS,
    FIRST,
    HERE,
    PROBLEMS,
    SECOND,
    SHARED_RULE,
    exemption_row,
    newest,
    problem_row,
    sent_on,
)

_OPEN: dict[str, str | None] = {"整改情况": "整改中", "整改完成日期": None, "复核结果": None}


def _add(s: Site, rule: str, batch: str, **further: str | None) -> Row:
    """A row of the ledger about the household."""
    village = s.h.village
    row = problem_row(
        village.county, village.county_name, rule, s.h.key, batch,
        **({"户编号": s.h.key, "乡": village.town_name, "村": village.name} | further),
    )
    s.rows(PROBLEMS).append(row)
    return row


def _told(row: Row, *codes: str) -> list[Raise]:
    return [(code, "problem", f"{row[HERE]}|{row['问题编号']}") for code in codes]


def _settled(rule: str) -> Plant:
    """The same row a month later, settled."""

    def after(s: Site) -> list[Raise]:
        _add(s, rule, FIRST)
        return []

    return after


def _nth(s: PlaceSite, feed: str, rule: str, nth: int = 0) -> Row:
    return [row for row in s.rows[feed] if row["规则编码"] == rule][nth]


@county_plants("CLS-001")
def _error_sent_back(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-001")["复核结果"] = "退回"
    return s.here("CLS-001")


@county_plants("CLS-001")
def _error_not_looked_at_again(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-002").update({"复核结果": None, "是否豁免": None})
    return s.here("CLS-001")


@county_plants("CLS-001", near=True)
def _error_exempted(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-003").update({"复核结果": None, "是否豁免": "是"})
    return s.here("CLS-001")


@county_plants("CLS-002")
def _doubt_not_verified(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-005")["核查结果"] = None
    return s.here("CLS-002")


@county_plants("CLS-002", near=True)
def _doubt_exempted(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-006").update({"核查结果": None, "是否豁免": "是"})
    return s.here("CLS-002")


@county_plants("CLS-002", near=True)
def _error_without_verdict(s: PlaceSite) -> list[Raise]:
    _nth(s, PROBLEMS, "RPT-004")["核查结果"] = None
    return s.here("CLS-002", "CLS-001")


@plants("CLS-003", "single", after=_settled("GAX-001"))
def _overdue_of_the_nation(s: Site) -> list[Raise]:
    return _told(_add(s, "GAX-001", FIRST, 来源="国家反馈", 整改时限="2026-09-30", **_OPEN), "CLS-003")


@plants("CLS-003", "single", after=_settled("GAX-002"))
def _overdue_of_the_province_and_so(s: Site) -> list[Raise]:
    row = _add(s, "GAX-002", FIRST, 来源="省反馈", 核查结果="部分属实", 整改时限="2026-09-30", **_OPEN)
    return _told(row, "CLS-003", "CLS-008")


@nears("CLS-003", "single")
def _due_today(s: Site) -> list[Raise]:
    on = sent_on(PROBLEMS, s.month).isoformat()
    return _told(_add(s, "GAX-003", FIRST, 来源="国家反馈", 整改时限=on, **_OPEN), "CLS-003")


@nears("CLS-003", "single")
def _overdue_of_the_city(s: Site) -> list[Raise]:
    return _told(_add(s, "GAX-004", FIRST, 来源="市反馈", 整改时限="2026-09-30", **_OPEN), "CLS-003")


@plants("CLS-004", "single")
def _back_again(s: Site) -> list[Raise]:
    _add(s, "HHD-030", FIRST)
    return _told(_add(s, "HHD-030", SECOND), "CLS-004")


@plants("CLS-004", "single")
def _back_by_the_countys_own_word(s: Site) -> list[Raise]:
    return _told(_add(s, "HHD-031", FIRST, 复核结果="复发"), "CLS-004")


@nears("CLS-004", "single")
def _twice_and_never_passed(s: Site) -> list[Raise]:
    _add(s, "HHD-032", FIRST, 复核结果="退回")
    return _told(_add(s, "HHD-032", SECOND), "CLS-004")


@county_plants("CLS-005")
def _exemption_ran_out(s: PlaceSite) -> list[Raise]:
    _nth(s, EXEMPTIONS, SHARED_RULE, 0)["失效日期"] = (s.month.as_of - timedelta(days=1)).isoformat()
    return s.here("CLS-005")


@county_plants("CLS-005")
def _exemption_approved_by_nobody(s: PlaceSite) -> list[Raise]:
    _nth(s, EXEMPTIONS, SHARED_RULE, 1)["批准人"] = None
    return s.here("CLS-005")


@county_plants("CLS-005", near=True)
def _exemption_runs_out_today(s: PlaceSite) -> list[Raise]:
    _nth(s, EXEMPTIONS, SHARED_RULE, 2)["失效日期"] = s.month.as_of.isoformat()
    return s.here("CLS-005")


def _begin(s: PlaceSite, *nth: int) -> None:
    for n in nth:
        _nth(s, EXEMPTIONS, SHARED_RULE, n)["生效日期"] = "2026-01-01"


@county_plants("CLS-011")
def _eight_of_twenty_exempted(s: PlaceSite) -> list[Raise]:
    _begin(s, 5, 6, 7)
    return s.here("CLS-011")


@county_plants("CLS-011", near=True)
def _six_of_twenty_exempted(s: PlaceSite) -> list[Raise]:
    _begin(s, 8)
    return s.here("CLS-011")


@plants("CLS-008", "single", after=_settled("INC-001"))
def _so_and_not_mended_in_time(s: Site) -> list[Raise]:
    return _told(_add(s, "INC-001", FIRST, 核查结果="属实", 整改时限="2026-09-30", **_OPEN), "CLS-008")


@nears("CLS-008", "single")
def _so_and_due_today(s: Site) -> list[Raise]:
    return _told(_add(s, "INC-002", FIRST, 核查结果="属实", 整改时限=sent_on(PROBLEMS, s.month).isoformat(), **_OPEN), "CLS-008")


@nears("CLS-008", "single")
def _so_and_mended_late(s: Site) -> list[Raise]:
    return _told(_add(s, "INC-004", FIRST, 核查结果="属实", 整改时限="2026-09-30", 整改情况="已整改", 整改完成日期="2026-10-01"), "CLS-008")


def _still_open(rule: str) -> Plant:
    """A month later the row says that the work goes on."""

    def after(s: Site) -> list[Raise]:
        _add(s, rule, FIRST, **_OPEN)
        _add(s, rule, newest(s.month))
        return []

    return after


@plants("CLS-009", "single", after=_still_open("MED-001"))
def _mended_and_hit_again(s: Site) -> list[Raise]:
    row = _add(s, "MED-001", FIRST, 整改情况="已整改", 复核结果=None)
    _add(s, "MED-001", newest(s.month))
    return _told(row, "CLS-009")


@nears("CLS-009", "single")
def _mended_on_the_day_of_the_batch(s: Site) -> list[Raise]:
    row = _add(s, "MED-002", FIRST, 整改情况="已整改", 整改完成日期=newest(s.month), 复核结果=None)
    _add(s, "MED-002", newest(s.month))
    return _told(row, "CLS-009")


@plants("CLS-010", "single", after=_still_open("MEM-001"))
def _not_so_and_hit_again(s: Site) -> list[Raise]:
    row = _add(s, "MEM-001", FIRST, 核查结果="不属实", 复核结果=None)
    _add(s, "MEM-001", newest(s.month))
    return _told(row, "CLS-010")


@plants("CLS-010", "single", after=_still_open("MEM-002"))
def _not_so_and_the_exemption_ran_out(s: Site) -> list[Raise]:
    """The exemption has not begun: one that ran out would be asked about, too."""
    row = _add(s, "MEM-002", FIRST, 核查结果="不属实", 复核结果=None)
    _add(s, "MEM-002", newest(s.month))
    s.rows(EXEMPTIONS).append(exemption_row(s.h.village.county, "MEM-002", s.h.key, "2027-01-01", "2027-12-31"))
    return _told(row, "CLS-010")


@nears("CLS-010", "single")
def _not_so_and_exempted(s: Site) -> list[Raise]:
    row = _add(s, "MEM-003", FIRST, 核查结果="不属实", 复核结果=None)
    _add(s, "MEM-003", newest(s.month))
    s.rows(EXEMPTIONS).append(exemption_row(s.h.village.county, "MEM-003", s.h.key))
    return _told(row, "CLS-010")


@nears("CLS-010", "single")
def _not_so_on_the_day_of_the_batch(s: Site) -> list[Raise]:
    row = _add(s, "MEM-004", FIRST, 核查结果="不属实", 核查日期=newest(s.month), 复核结果=None)
    _add(s, "MEM-004", newest(s.month))
    return _told(row, "CLS-010")


def _counts(house: House) -> tuple[int, int, int]:
    monitored = bool(house.nat["监测对象类别"])
    return 1, len(house.members), int(monitored)


@oracle
def sums_by_place(view: PlaceView) -> Iterable[Raise]:
    """Counties where a town's villages do not add up to the town, or the towns to the county."""
    listed = {str(row["区划编码"]) for row in view.rows["行政区划"] if row and row["级别"] == "村"}
    towns = {village.town_name: village.town for village in view.villages}
    of_towns: Counter[tuple[str, int]] = Counter()
    of_villages: Counter[tuple[str, int]] = Counter()
    for house in view.houses:
        town, code = towns.get(str(house.nat["乡"]), ""), str(house.nat["村编码"])
        for unit, number in enumerate(_counts(house)):
            of_towns[town, unit] += number
            of_villages[code[:9] if code in listed else "", unit] += number
    homeless = any(code == "HHD-007" and key.startswith(view.county) for code, _, key in view.told)  # counted by the county alone
    towns_of = set(towns.values())
    astray = any(number and town not in towns_of for (town, _), number in of_towns.items())
    unequal = any(of_towns[town, unit] != of_villages[town, unit] for town in towns_of for unit in range(3))
    if homeless or astray or unequal:
        yield ("CLS-006", "county", view.county)
