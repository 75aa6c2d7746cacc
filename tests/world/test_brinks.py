"""Every indicator that has a case in the made-up world has a near miss there, and none of the `brinks` leaves its books as they were."""

from __future__ import annotations

import random

import pytest
from duizhang.world import compose, numbers, people, places, sectors
from duizhang.world.model import MONTHS, House, Row
from duizhang.world.planters.base import REGISTRY, Planter, Raise, Site
from duizhang.world.planters.places import PLACES, PlacePlanter, PlaceSite
from duizhang.world.sectors import base

NEARS = [planter for planter in REGISTRY if planter.near]


def site(planter: Planter) -> Site:
    village, ids = places.make_villages(random.Random(1), 1_700, 3)[0], numbers.Numbers()
    houses: list[House] = []
    for serial in range(1 + planter.neighbours):
        houses.append(people.make_house(random.Random(7), ids, village, serial + 1, compose.SHAPES[planter.shape]))
        base.fill_house(5, houses[-1])
    return Site(houses, MONTHS[0], ids, random.Random(planter.label))


def place_site(planter: PlacePlanter) -> PlaceSite:
    villages = places.make_villages(random.Random(1), 1_700, 3)
    houses: list[House] = []
    for serial in range(planter.houses):
        houses.append(people.make_house(random.Random(7), numbers.Numbers(), villages[0], serial + 1, compose.SHAPES[planter.shape]))
        base.fill_house(5, houses[-1])
    regions = places.region_rows(villages, {})
    view = sectors.Places(MONTHS[0], villages, houses, {villages[0].county: []}, regions)
    key = villages[0].county if planter.kind == "county" else villages[0].code
    rows: dict[str, list[Row]] = {
        book.feed: [row for row in book.places(view) if str(row.get(str(book.place))) == key]
        for book in sectors.BOOKS.values() if book.places
    }
    rows["行政区划"] = [row for row in regions if row["区划编码"] == key]
    return PlaceSite(planter.kind, key, villages[0] if planter.kind == "village" else None, houses, rows, MONTHS[0], random.Random(1))


def spared() -> set[str]:
    found: list[Raise] = []
    for planter in NEARS:
        found += planter.plant(site(planter))
    return {code for code, _, _ in found} | {planter.code for planter in PLACES if planter.near}


def test_every_code_with_a_case_has_a_near_miss() -> None:
    cases = {planter.code for planter in (*REGISTRY, *PLACES) if not planter.near}
    assert sorted(cases - spared()) == []


@pytest.mark.parametrize(
    "planter", [p for p in NEARS if "brinks" in p.plant.__module__ or "_put" in p.plant.__qualname__], ids=lambda p: p.label
)
def test_a_near_miss_alters_its_books(planter: Planter) -> None:
    work = site(planter)
    before = [house.clone() for house in work.houses]
    assert planter.plant(work)
    assert work.houses != before


@pytest.mark.parametrize("planter", [p for p in PLACES if p.near and "brinks" in p.plant.__module__], ids=lambda p: p.label)
def test_a_near_miss_on_a_place_alters_its_rows(planter: PlacePlanter) -> None:
    work, before = place_site(planter), place_site(planter)
    assert planter.plant(work)
    assert work.rows != before.rows
