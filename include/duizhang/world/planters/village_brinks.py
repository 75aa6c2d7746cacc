"""Near misses on places: VIL on villages that are not asked or have just enough, CLS-007 on counties."""

from __future__ import annotations

from duizhang.world.model import Row
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceSite, county_plants, village_plants
from duizhang.world.sectors.pushes import ARRIVALS
from duizhang.world.sectors.villages import FEED

ROAD = "到乡镇是否通沥青（水泥）路"
_NEEDY = {"低保户数": "0户", "低保人口数": "0人", "特困供养人口数": "0人", "残疾人口数": "0人"}


def _now(s: PlaceSite) -> Row:
    """The village's row of the newest year."""
    return max(s.rows[FEED], key=lambda row: int(str(row["年度"])))


@village_plants("VIL-001", near=True)
def _a_single_household(s: PlaceSite) -> list[Raise]:
    for row in s.rows[FEED]:
        row["总户数"] = len(s.houses)
    return s.here("VIL-001", "VIL-014")


@village_plants("VIL-001", near=True)
def _households_not_filled_of_a_village_still_poor(s: PlaceSite) -> list[Raise]:
    _now(s).update({"总户数": None, "是否出列": "否"})
    return s.here("VIL-001")


@village_plants("VIL-005", near=True)
def _nobody_in_need(s: PlaceSite) -> list[Raise]:
    """Noughts with their units are filled cells."""
    _now(s).update(_NEEDY)
    return s.here("VIL-005")


@village_plants("VIL-005", near=True)
def _need_not_filled_of_a_village_still_poor(s: PlaceSite) -> list[Raise]:
    _now(s).update({**dict.fromkeys(_NEEDY), "是否出列": "否"})
    return s.here("VIL-005")


@village_plants("VIL-006", near=True)
def _no_road_to_a_village_still_poor(s: PlaceSite) -> list[Raise]:
    _now(s).update({ROAD: "否", "是否出列": "否"})
    return s.here("VIL-006")


@village_plants("VIL-006", near=True)
def _road_to_the_last_group_wanting(s: PlaceSite) -> list[Raise]:
    """Ticked in one letter, and without a bus."""
    _now(s).update({ROAD: "Y", "是否通客运班车": "否"})
    return s.here("VIL-006")


def _arrival(s: PlaceSite, data: str, month: str) -> Row | None:
    """The row of a month's arrival; None where another case took it."""
    return next((row for row in s.rows[ARRIVALS] if row and row["数据集"] == data and row["统计期"] == month), None)


def _refused_and_sent_again(s: PlaceSite) -> list[Raise]:
    """An export was refused and came again on the last day of its month; that of the next month came on its last day."""
    again = {"数据集": "帮扶人", "数据时点": "2026-09-30", "接收时间": "2026-09-30"}
    months = []
    refused, second = _arrival(s, "帮扶人", "2026-09"), _arrival(s, "低保", "2026-09")
    if refused and second:
        refused["状态"] = "拒收"
        second.update(again)
        months.append("2026-09")
    last = _arrival(s, "人", "2026-10") if s.month.number == 2 else None
    if last:
        last.update({"数据时点": "2026-10-31", "接收时间": "2026-11-08"})
        months.append("2026-10")
    return [("CLS-007", "period", f"{s.key}|{month}") for month in months]


for _county in range(3):  # where another case stands on September, October is left
    county_plants("CLS-007", near=True, at=_county)(_refused_and_sent_again)
