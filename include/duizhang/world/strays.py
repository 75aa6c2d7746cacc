"""Households between two files: what only files sent town by town, or a file of another county, can show.

In the second month one county sends a first file of all its towns and a newer one of a single town. Who is booked in that
town in the first file and not in the second has left it; a member whose row names another town stays behind alone, and a
household whose only member stands in the newer file under another household is left empty. Some households are sent in
the file of another county, in both months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from duizhang.world.compose import SHAPES
from duizhang.world.mishap import Mishaps
from duizhang.world.model import House, Month, Person, Village
from duizhang.world.people import Spec
from duizhang.world.planters.base import Raise, detach, reg
from duizhang.world.sectors.base import BOOKS

LEAST = 1_600  # people: smaller worlds have no room


@dataclass
class Strays:
    """Households set aside for it. `lost` and `back`: with a member booked in another town, gone from (still in) the
    newer file; `moved`: (emptied household, household its member entered); `foreign`: sent in the file of another county."""

    lost: list[House] = field(default_factory=list)
    back: list[House] = field(default_factory=list)
    moved: list[tuple[House, House]] = field(default_factory=list)
    foreign: list[House] = field(default_factory=list)
    elsewhere: Village | None = None
    abroad: list[House] = field(default_factory=list)  # the foreign ones as the books of the month have them

    def realise(self, month: Month, planted: dict[str, House]) -> tuple[list[Raise], list[Raise]]:
        """Puts the households as `month` has them into `planted`; what must be raised, and what must not."""
        self.abroad = [house.clone() for house in self.foreign]
        found: list[Raise] = [("FMT-007", "household", house.key) for house in self.foreign]
        if month.number != 2 or self.elsewhere is None:
            return found, []
        nears: list[Raise] = []
        for house in self.lost:
            planted[house.key] = copy = house.clone()
            found.append(("HHD-007", "person", _leave_one(copy, self.elsewhere).key))
        for house in self.back:
            planted[house.key] = copy = house.clone()
            last = copy.members[-1]
            last.own = {"乡": self.elsewhere.town_name, "村": self.elsewhere.name}
            nears.append(("HHD-007", "person", last.key))
        for left, entered in self.moved:
            planted[left.key], planted[entered.key] = empty, full = left.clone(), entered.clone()
            _enter(empty, full)
            found += [(code, "household", left.key) for code in ("HHD-006", "HHD-001", "HHD-005")]
            nears += [("HHD-006", "household", entered.key)]
        return found, nears

    def sent_by(self, houses: Iterable[House], index: int) -> list[House]:
        """The households in the file of the county of place `index`: the foreign ones are in the first county's."""
        foreign = {house.key for house in self.foreign}
        own = [house for house in houses if house.key not in foreign]
        return [*own, *self.abroad] if index == 0 else own

    def first_file(self, houses: Iterable[House], spoil: Callable[[House], House], town: str) -> list[House]:
        """The county's households as the first file has them; those of `town` wrong in it."""
        lost, entered = {house.key for house in self.lost}, {house.key for _, house in self.moved}
        made = []
        for house in houses:
            sent = spoil(house) if house.village.town == town and house.key not in lost else house
            made.append(_without_last(sent) if house.key in entered else sent)
        return made

    def second_file(self, houses: Iterable[House], town: str) -> list[House]:
        """The households of `town` as the newer file has them: everybody booked where they live."""
        lost, back = {house.key for house in self.lost}, {house.key for house in self.back}
        kept = [house for house in houses if house.village.town == town and house.key not in lost]
        return [_in_place(house) if house.key in back else house for house in kept]


def choose(villages: list[Village], spared: Mishaps, size: int, settle: Callable[[Village, Spec], House]) -> Strays:
    """Settles the households in a world of `size` people."""
    town = spared.twice_town
    if not town or size < LEAST:
        return Strays()
    inside = next(village for village in villages if village.town == town)
    outside = next(village for village in villages if village.county == inside.county and village.town != town)
    last = max(village.county for village in villages)
    abroad = [village for village in villages if village.county == last][0]
    return Strays(
        [settle(inside, SHAPES["trio"]) for _ in range(3)], [settle(inside, SHAPES["trio"])],
        [(settle(outside, SHAPES["ill_single"]), settle(inside, SHAPES["pair"])) for _ in range(3)],
        [settle(abroad, SHAPES[shape]) for shape in ("single", "pair", "single")] if last != inside.county else [], outside,
    )  # fmt: skip


def _strip(person: Person) -> None:
    detach(person)
    person.books = {}


def _leave_one(house: House, elsewhere: Village) -> Person:
    """Of `house` nobody is left but its last member, whose row names a village of another town."""
    for person in house.members[:-1]:
        _strip(person)
    last = house.members[-1]
    last.own, last.visit, house.visit = {"乡": elsewhere.town_name, "村": elsewhere.name}, None, None
    last.books = {feed: rows for feed, rows in last.books.items() if not BOOKS[feed].national}
    house.books, house.extra_reg, house.extra_visit = {}, [], []
    return last


def _enter(left: House, entered: House) -> None:
    """The only member of `left` stands in `entered`, too, and everybody but the older file knows them there."""
    mover = left.members[0]
    guest = mover.clone()
    _strip(guest)
    guest.nat["与户主关系"] = "其他"
    if mover.visit is not None:
        guest.visit = mover.visit | {"户编号": entered.key}
    mover.visit = None
    reg(mover).update({"户号": entered.register, "与户主关系": "其他", "户主公民身份号码": entered.members[0].number})
    entered.members.append(guest)
    entered.nat["当前家庭人口数"] = len(entered.members)
    if entered.visit is not None:
        entered.visit["家庭人口数"] = len(entered.members)


def _without_last(house: House) -> House:
    copy = house.clone()
    copy.members.pop()
    return copy


def _in_place(house: House) -> House:
    copy = house.clone()
    for person in copy.members:
        person.own = {}
    return copy
