"""Planters of MZX on relief, orphans and people of low income."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world import numbers
from duizhang.world.model import House
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.sectors.relief import ORPHANS, POOR, RELIEF, WATCHED, orphan_row, poor_row, relief_row

STANDARD = 6_360  # 农村低保年标准 of 2026


@plants("MZX-012", "child_junior")
def _orphan_unknown_to_system(s: Site) -> list[Raise]:
    rows_of(s.second, ORPHANS)[:] = [orphan_row(s.second)]
    return s.person(s.second, "MZX-012")


@plants("MZX-012", "child_primary")
def _orphan_in_the_system_alone(s: Site) -> list[Raise]:
    s.second.nat["是否事实无人抚养儿童"] = "是"
    return s.person(s.second, "MZX-012")


@nears("MZX-012", "child_junior")
def _orphan_in_both(s: Site) -> list[Raise]:
    s.second.nat["是否事实无人抚养儿童"] = "是"
    rows_of(s.second, ORPHANS)[:] = [orphan_row(s.second)]
    return s.person(s.second, "MZX-012")


@plants("MZX-013", "single")
def _relief_twice(s: Site) -> list[Raise]:
    rows_of(s.head, RELIEF)[:] = [relief_row(s.head, "2026-01-15"), relief_row(s.head, "2026-08-20", nth=2)]
    return s.house("MZX-013")


@plants("MZX-013", "pair")
def _relief_of_both(s: Site) -> list[Raise]:
    for person in s.h.members:
        rows_of(person, RELIEF)[:] = [relief_row(person, "2026-03-11", None)]
    return s.house("MZX-013")


@plants("MZX-013", "single")
def _much_relief(s: Site) -> list[Raise]:
    rows_of(s.head, RELIEF)[:] = [relief_row(s.head, "2026-08-20", STANDARD + 1)]
    return s.house("MZX-013")


@nears("MZX-013", "single")
def _relief_of_a_year(s: Site) -> list[Raise]:
    rows_of(s.head, RELIEF)[:] = [relief_row(s.head, "2026-08-20", STANDARD)]
    return s.house("MZX-013")


@nears("MZX-013", "single")
def _relief_a_year_ago(s: Site) -> list[Raise]:
    day = s.month.as_of.replace(year=s.month.as_of.year - 1)
    rows_of(s.head, RELIEF)[:] = [relief_row(s.head, day.isoformat()), relief_row(s.head, "2026-08-20", nth=2)]
    return s.house("MZX-013")


@nears("MZX-013", "open")
def _relief_of_a_monitored_household(s: Site) -> list[Raise]:
    rows_of(s.head, RELIEF)[:] = [relief_row(s.head, "2026-01-15"), relief_row(s.head, "2026-08-20", nth=2)]
    return s.house("MZX-013")


@plants("MZX-015", "open")
def _monitored_and_not_listed(s: Site) -> list[Raise]:
    rows_of(s.second, POOR).clear()
    return s.house("MZX-015")


@plants("MZX-015", "open_able")
def _monitored_and_listed_for_something_else(s: Site) -> list[Raise]:
    rows_of(s.head, POOR)[:] = [poor_row(s.head, "刚性支出困难")]
    return s.house("MZX-015")


@plants("MZX-015", "gone")
def _listed_after_the_risk_was_over(s: Site) -> list[Raise]:
    rows_of(s.head, POOR)[:] = [poor_row(s.head, WATCHED)]
    return s.house("MZX-015")


@plants("MZX-015", "pair")
def _listed_and_never_monitored(s: Site) -> list[Raise]:
    rows_of(s.second, POOR)[:] = [poor_row(s.second, "低保边缘", WATCHED)]
    return s.house("MZX-015")


@nears("MZX-015", "open_able")
def _listed_for_two_reasons(s: Site) -> list[Raise]:
    rows_of(s.head, POOR)[:] = [poor_row(s.head, "低保边缘", WATCHED)]
    return s.house("MZX-015")


@nears("MZX-015", "pair")
def _of_low_income_and_not_monitored(s: Site) -> list[Raise]:
    rows_of(s.second, POOR)[:] = [poor_row(s.second, "低保边缘")]
    return s.house("MZX-015")


def _open(house: House) -> bool:
    """Whether a record of the household is not over, in whatever member's row it stands."""
    rows = [house.nat | person.own for person in house.members]
    return any(row["监测对象类别"] and row["风险是否已消除"] != "是" for row in rows)


@oracle
def lists_apart(view: PlaceView) -> Iterable[Raise]:
    """MZX-015 where a household was made monitored or free of risk, or has got a member, and the list knows nothing of it."""
    listed = {str(row["身份证号"]) for house in view.city for person in house.members
              for row in person.books.get(POOR, ()) if WATCHED in str(row["低收入类别"])}
    for house in view.houses:
        if house.visit is None and any("乡" in person.own for person in house.members):
            continue  # a stray: the newest file has nothing of this household but one member
        keys = [str(person.nat["证件号码"] or "")[:18] for person in house.members]
        told = [key in listed for key in keys if numbers.is_comparable(key)]
        if (not all(told)) if _open(house) else any(told):
            yield ("MZX-015", "household", house.key)
