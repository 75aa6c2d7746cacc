"""Planters on villages: MON-054, and what a village without a new case must raise because of its size."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world.model import Row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceSite, PlaceView, oracle, village_plants
from duizhang.world.sectors.villages import FEED


def _now(s: PlaceSite) -> Row:
    """The village's row of the newest year."""
    return max(s.rows[FEED], key=lambda row: int(str(row["年度"])))


def _booked(code: str, what: str, cells: Row, *, near: bool = False, raises: tuple[str, ...] = ()) -> None:
    """Registers that `cells` are put into the village's row of the newest year. `what`: the planter's name in words;
    `raises`: all codes on the village, where that is not `code` alone."""

    def plant(s: PlaceSite) -> list[Raise]:
        _now(s).update(cells)
        return s.here(*(raises or (code,)))

    plant.__doc__ = what
    village_plants(code, near=near)(plant)


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
        if row["年度"] == 2026 and int(str(row["总户数"] or 0)) >= 200 and newest.get(str(row["村编码"]), 0) < since:
            yield ("MON-054", "village", str(row["村编码"]))


_booked("VIL-001", "households not filled", {"总户数": None})
_booked("VIL-001", "no households", {"总户数": 0}, raises=("VIL-001", "VIL-014", "VIL-015"))
_booked("VIL-002", "people not filled", {"总人口数": None})
_booked("VIL-002", "people not filled of a village still poor", {"总人口数": None, "是否出列": "否"}, near=True)
_booked("VIL-003", "no common income", {"村级集体经济收入（万元）": 0})
_booked("VIL-003", "a hundred yuan of common income", {"村级集体经济收入（万元）": 0.01}, near=True)
_booked("VIL-004", "services not filled", {"行政村卫生室个数": None})
_booked("VIL-004", "no services", {"行政村卫生室个数": 0, "是否通客运班车": "否"}, near=True)
_booked("VIL-005", "supported not filled", {"特困供养人口数": None})
_booked("VIL-006", "no road", {"到乡镇是否通沥青（水泥）路": "否"})
_booked("VIL-006", "road not filled", {"到乡镇是否通沥青（水泥）路": None})


def _total(s: PlaceSite) -> int:
    return int(str(_now(s)["总户数"]))


@village_plants("VIL-007")
def _more_in_need_than_there_are(s: PlaceSite) -> list[Raise]:
    _now(s).update({"危房户数": 3, "未实现饮水安全户数": _total(s) - 2})
    return s.here("VIL-007")


@village_plants("VIL-007", near=True)
def _all_in_need(s: PlaceSite) -> list[Raise]:
    _now(s).update({"危房户数": 3, "未实现饮水安全户数": _total(s) - 3})
    return s.here("VIL-007")


def _land(s: PlaceSite, less: float) -> None:
    house = s.houses[0]
    house.nat["耕地面积（亩）"] = 6.5
    _now(s)["耕地面积（亩）"] = 6.5 - less


@village_plants("VIL-008")
def _less_land_than_its_households(s: PlaceSite) -> list[Raise]:
    _land(s, 0.1)
    return s.here("VIL-008")


@village_plants("VIL-008", near=True)
def _as_much_land_as_its_households(s: PlaceSite) -> list[Raise]:
    _land(s, 0)
    return s.here("VIL-008")


def _add(s: PlaceSite, column: str, more: int) -> None:
    row = _now(s)
    row[column] = int(str(row[column])) + more


@village_plants("VIL-009")
def _three_more_supported(s: PlaceSite) -> list[Raise]:
    _add(s, "低保人口数", 3)
    return s.here("VIL-009")


@village_plants("VIL-009", near=True)
def _two_more_supported(s: PlaceSite) -> list[Raise]:
    _add(s, "低保人口数", 2)
    return s.here("VIL-009")


@village_plants("VIL-011")
def _three_more_disabled(s: PlaceSite) -> list[Raise]:
    _add(s, "残疾人口数", 3)
    return s.here("VIL-011")


@village_plants("VIL-011", near=True)
def _two_more_disabled(s: PlaceSite) -> list[Raise]:
    _add(s, "残疾人口数", 2)
    return s.here("VIL-011")


@village_plants("VIL-013", houses=10)
def _two_in_ten_more_people(s: PlaceSite) -> list[Raise]:
    _add(s, "总人口数", 2)
    return s.here("VIL-013")


@village_plants("VIL-013", houses=10, near=True)
def _one_in_ten_more_people(s: PlaceSite) -> list[Raise]:
    _add(s, "总人口数", 1)
    return s.here("VIL-013", "VIL-015")


@village_plants("VIL-014", houses=3)
def _fewer_households_than_booked(s: PlaceSite) -> list[Raise]:
    _size(s, 2)
    return s.here("VIL-014")


@village_plants("VIL-014", houses=3, near=True)
def _as_many_households_as_booked(s: PlaceSite) -> list[Raise]:
    _size(s, 3)
    return s.here("VIL-014")


@village_plants("VIL-015")
def _a_fifth_more_households(s: PlaceSite) -> list[Raise]:
    _size(s, 40)
    _now(s)["总户数"] = 49
    return s.here("VIL-015")


@village_plants("VIL-015", near=True)
def _not_quite_a_fifth_more_households(s: PlaceSite) -> list[Raise]:
    _size(s, 40)
    _now(s)["总户数"] = 48
    return s.here("VIL-015")
