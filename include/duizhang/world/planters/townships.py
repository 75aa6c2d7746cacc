"""Planters on villages: MON-054, and what a village without a new case must raise because of its size."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world.people import later
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceSite, PlaceView, oracle, village_plants
from duizhang.world.sectors.villages import FEED


def _now(s: PlaceSite) -> dict[str, str | int | float | None]:
    """The village's row of the newest year."""
    return max(s.rows[FEED], key=lambda row: int(str(row["年度"])))


def _size(s: PlaceSite, households: int) -> None:
    for row in s.rows[FEED]:
        row["总户数"] = households


@village_plants("MON-054", "single")
def _large_village_without_a_case(s: PlaceSite) -> list[Raise]:
    _size(s, 200)
    return s.here("MON-054")


@village_plants("MON-054", "single", near=True)
def _village_of_199(s: PlaceSite) -> list[Raise]:
    _size(s, 199)
    return s.here("MON-054")


@village_plants("MON-054", "open_recent", near=True)
def _large_village_with_a_case(s: PlaceSite) -> list[Raise]:
    _size(s, 200)
    return s.here("MON-054")


@oracle
def large_villages(view: PlaceView) -> Iterable[Raise]:
    """Villages of 200 households and more where nobody was identified within the last twelve months."""
    since = later(view.month.ym, -11)
    newest: dict[str, int] = {}
    for house in view.houses:
        code = str(house.nat["村编码"])
        months = [house.nat["识别监测时间"], *(person.own.get("识别监测时间") for person in house.members)]
        if house.nat["监测对象类别"]:
            newest[code] = max([newest.get(code, 0), *(int(month) for month in months if month)])
    for row in view.rows[FEED]:
        if not str(row["村编码"]).startswith(view.county):
            continue
        if row["年度"] == 2026 and int(str(row["总户数"])) >= 200 and newest.get(str(row["村编码"]), 0) < since:
            yield ("MON-054", "village", str(row["村编码"]))
