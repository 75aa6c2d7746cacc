"""Planters of defects on a place: a village (with households of its own) or a county.

A village planter gets a village that nobody else uses: `houses` households of `shape`, and the village's rows in the
books of `sectors` that speak about places. It alters them and returns all that must be raised. A county planter alters
the county's rows only; its households belong to others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from duizhang.world.model import House, Month, Person, Row, Village
from duizhang.world.planters.base import Raise

PlacePlant = Callable[["PlaceSite"], list[Raise]]
Oracle = Callable[["PlaceView"], Iterable[Raise]]


@dataclass
class PlaceSite:
    """A place in one month. `rows`: by feed, its rows in books about places; village: None for a county."""

    kind: str
    key: str
    village: Village | None
    houses: list[House]
    rows: dict[str, list[Row]]
    month: Month
    rng: random.Random

    def row(self, feed: str) -> Row:
        """The place's only row in `feed`."""
        (row,) = self.rows[feed]
        return row

    def here(self, *codes: str) -> list[Raise]:
        """Raises on the place."""
        return [(code, self.kind, self.key) for code in codes]


@dataclass(frozen=True)
class PlaceView:
    """All books of one county and month as they are sent, for oracles: what places must raise because of others' defects."""

    month: Month
    county: str
    villages: list[Village]
    houses: list[House]
    others: list[Person]
    rows: dict[str, list[Row]]
    city: list[House]  # the households of all counties: a book of another county may have somebody of this one
    told: set[Raise] = field(default_factory=set)  # what is already known to be raised, by planters and by oracles before this one


@dataclass(frozen=True)
class PlacePlanter:
    """One way to plant `code` on a place."""

    code: str
    variant: str
    kind: str
    shape: str
    houses: int
    plant: PlacePlant
    near: bool
    at: int | None = None  # which of the counties (from 0)

    @property
    def label(self) -> str:
        return f"{self.code}{self.variant}"


@dataclass
class PlaceSlot:
    """A planter on a place: the village, its households, the months in which the defect stands, its fate."""

    id: str
    planter: PlacePlanter
    key: str
    village: Village | None
    houses: list[House] = field(default_factory=list)
    months: tuple[int, ...] = (1, 2)
    fate: str = "silent"


PLACES: list[PlacePlanter] = []
ORACLES: list[Oracle] = []


def village_plants(code: str, shape: str = "single", *, houses: int = 1, near: bool = False) -> Callable[[PlacePlant], PlacePlant]:
    """Registers a planter (or near miss) of `code` on a village with `houses` households of `shape` (a name of compose.SHAPES)."""
    return _register(code, "village", shape, houses, near)


def county_plants(code: str, *, near: bool = False, at: int | None = None) -> Callable[[PlacePlant], PlacePlant]:
    """Registers a planter (or near miss) of `code` on a county: on any, or on the one that `at` counts from 0."""
    return _register(code, "county", "", 0, near, at)


def oracle(found: Oracle) -> Oracle:
    """Registers what a place must raise given all books, planted by whom ever (sums over households, rates of a county).

    It computes from the rows that are sent and returns (code, kind, key); it reads nothing of the catalogue.
    """
    ORACLES.append(found)
    return found


def _register(code: str, kind: str, shape: str, houses: int, near: bool, at: int | None = None) -> Callable[[PlacePlant], PlacePlant]:
    def keep(plant: PlacePlant) -> PlacePlant:
        nth = sum(p.code == code and p.near == near for p in PLACES)
        PLACES.append(PlacePlanter(code, ("~" if near else "") + "abcdefgh"[nth], kind, shape, houses, plant, near, at))
        return plant

    return keep


def choose(people: int, counties: list[str], size_of: dict[str, int]) -> list[PlaceSlot]:
    """Slots for places: in worlds of 1,600 people and more; villages take at most a sixth of the people."""
    if people < 1_600:
        return []
    budget, slots = people // 6, []
    fates = ("pending", "mended", "new", "silent", "mended")
    for n, planter in enumerate(PLACES):
        cost = planter.houses * size_of.get(planter.shape, 1)
        if cost > budget:
            continue
        budget -= cost
        fate = "near" if planter.near else fates[n % len(fates)]
        months = {"mended": (1,), "new": (2,)}.get(fate, (1, 2))
        key = counties[(n if planter.at is None else planter.at) % len(counties)]
        slots.append(PlaceSlot(f"P{n + 1:04d}-{planter.label}", planter, key, None, months=months, fate=fate))
    return slots
