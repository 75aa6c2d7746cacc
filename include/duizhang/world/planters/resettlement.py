"""Planters of ZSX-013 and ZSX-014: the mark of a resettled household, and what the ledger of resettlement lacks."""

from __future__ import annotations

from collections.abc import Iterable

from duizhang.world.model import Cell
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.sectors.resettled import MOVED, moved_row

MARK = "是否易地搬迁户"


def _move(s: Site, way: str = "集中安置", *, marked: Cell = "是", **other: Cell) -> None:
    """The head stands in the ledger, and the household is `marked`."""
    s.nat[MARK] = marked
    s.head.books[MOVED] = [moved_row(s.head, way, **other)]


@plants("ZSX-013", "single")
def _moved_and_not_marked(s: Site) -> list[Raise]:
    _move(s, marked="否")
    return s.house("ZSX-013")


@plants("ZSX-013", "pair")
def _moved_and_left_empty(s: Site) -> list[Raise]:
    _move(s, "分散安置", marked=None)
    return s.house("ZSX-013")


OF_HOUSE.plants("ZSX-013", "single_general", "marked and not moved", {MARK: "是"})


@nears("ZSX-013", "single")
def _moved_and_marked(s: Site) -> list[Raise]:
    _move(s)
    return s.house("ZSX-013", "ZSX-014")


OF_HOUSE.nears("ZSX-013", "single", "neither marked nor moved", {MARK: None})


@nears("ZSX-013", "pair")
def _the_wife_is_head_there(s: Site) -> list[Raise]:
    s.nat[MARK] = "是"
    s.second.books[MOVED] = [moved_row(s.second)]
    return s.house("ZSX-013", "ZSX-014")


@plants("ZSX-014", "single")
def _old_house_still_there(s: Site) -> list[Raise]:
    _move(s, 旧房拆除日期=None)
    return s.house("ZSX-014")


@plants("ZSX-014", "pair")
def _never_moved_in(s: Site) -> list[Raise]:
    _move(s, "分散安置", 入住日期=None)
    return s.house("ZSX-014")


@plants("ZSX-014", "single_general")
def _way_unknown_and_never_moved_in(s: Site) -> list[Raise]:
    _move(s, "", 安置方式=None, 入住日期=None)
    return s.house("ZSX-014")


@nears("ZSX-014", "single")
def _scattered_keeps_the_old_house(s: Site) -> list[Raise]:
    _move(s, "分散安置", 旧房拆除日期=None)
    return s.house("ZSX-014")


@nears("ZSX-014", "single_general")
def _way_unknown_and_house_there(s: Site) -> list[Raise]:
    _move(s, "", 安置方式=None, 旧房拆除日期=None)
    return s.house("ZSX-014")


@oracle
def marks(view: PlaceView) -> Iterable[Raise]:
    """ZSX-013 where a planter of another group marks a household as resettled."""
    for house in view.houses:
        moved = any(person.books.get(MOVED) for person in house.members)
        if (house.nat[MARK] == "是") != moved:
            yield "ZSX-013", "household", house.key
