"""Makes the world: clean households, planted defects, files of two months, and the truth beside them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from duizhang.world import (
    compose,
    deliver,
    mishap,
    numbers,
    outsiders,
    people,
    places,
    plan,
    scratches,
    sectors,
    strays,
    truth,
    wounds,
)
from duizhang.world.mishap import Mishaps
from duizhang.world.model import MONTHS, House, Month, Person, Row, Village
from duizhang.world.planters import Raise, Site
from duizhang.world.planters.places import ORACLES, PlaceSite, PlaceSlot, PlaceView
from duizhang.world.planters.places import choose as choose_places
from duizhang.world.sectors import base as sector_base
from duizhang.world.sectors import claims
from duizhang.world.truth import TruthRow

SPREADSHEETS_UP_TO = 100_000
REGIONS = "行政区划"


@dataclass
class WorldReport:
    """Where the world is and how much of it there is. `counts` is what world.json holds."""

    out: Path
    people: int
    households: int
    truth_rows: int
    codes: list[str]
    counts: dict[str, object]


@dataclass
class World:
    """Everything before it is written."""

    rng: random.Random
    ids: numbers.Numbers
    villages: list[Village]
    houses: list[House]
    slots: list[plan.Slot]
    others: dict[str, list[Person]]
    merged: dict[int, dict[str, str]]
    mishaps: Mishaps
    sent_deaths: set[str] = field(default_factory=set)
    sizes: dict[tuple[str, str], int] = field(default_factory=dict)  # rows loaded the month before, by feed and county
    place_slots: list[PlaceSlot] = field(default_factory=list)
    strays: strays.Strays = field(default_factory=strays.Strays)
    place_rows: dict[str, list[Row]] = field(default_factory=dict)  # of the month that is being written, by feed
    sent: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)  # what increments have sent, by feed

    @property
    def counties(self) -> list[tuple[str, str]]:
        return sorted({(village.county, village.county_name) for village in self.villages})


def make(
    out: Path, people: int, seed: int, *, months: int = 2, counties: int = 3, spreadsheets: bool | None = None,
    mishaps: bool = True,
) -> WorldReport:
    """Writes the world of `people` persons of the national book below `out` (see docs/design.md §8).

    `seed` decides everything: the same arguments give the same CSV bytes and the same spreadsheet cells.
    `spreadsheets`: None means spreadsheets up to 100,000 people and CSV above; False CSV for all, the same world.
    Writes inbox/<month>/…, truth.parquet, near_misses.parquet, answers.parquet and world.json.
    Fewer than 100 people or other than one or two months → ValueError.
    """
    if people < 100 or months not in (1, 2):
        raise ValueError("people must be at least 100 and months 1 or 2")
    world = build(people, seed, counties, mishaps)
    sheets = people <= SPREADSHEETS_UP_TO if spreadsheets is None else spreadsheets
    rows: list[TruthRow] = []
    nears: list[TruthRow] = []
    subjects: dict[int, set[tuple[str, str]]] = {}
    counts: dict[str, object] = {}
    for month in MONTHS[:months]:
        houses, planted, missed = realise(world, month)
        subjects[month.number] = truth.subjects(houses)
        towns = _towns(houses)
        rows += [row for row in planted if not world.mishaps.silences(month, row, towns)]
        nears += missed
        found, spared, counts[month.folder] = _write(world, month, houses, out / "inbox" / month.folder, sheets, seed)
        rows += found
        nears += spared
    towns = _towns(world.houses)
    answers = truth.answers(rows, [*world.slots, *world.place_slots], subjects, lambda row: world.mishaps.silences(MONTHS[1], row, towns))
    truth.write(out, rows, nears, answers)
    counts |= {
        "people": sum(len(house.members) for house in world.houses), "households": len(world.houses),
        "other_villagers": sum(len(others) for others in world.others.values()), "seed": seed,
        "villages": len(world.villages), "fates": dict(Counter(slot.fate for slot in world.slots)),
        "codes": dict(sorted(Counter(row.code for row in rows).items())),
        "mishaps": world.mishaps.report(months),
    }
    truth.write_json(out / "world.json", counts)
    return WorldReport(
        out, sum(len(house.members) for house in world.houses), len(world.houses), len(rows),
        sorted({row.code for row in rows}), counts,
    )


def build(size: int, seed: int, counties: int, mishaps: bool) -> World:
    """Places, clean households with their slots, and other villagers."""
    rng = random.Random(seed)
    villages = places.make_villages(rng, size, counties)
    ids = numbers.Numbers()
    spared = mishap.draw(villages, mishaps)
    slots = plan.choose(size, rng, {name: len(spec.members) for name, spec in compose.SHAPES.items()})
    serials: Counter[str] = Counter()
    houses: list[House] = []
    counties_of = sorted({village.county for village in villages})

    def settle(village: Village, spec: people.Spec) -> House:
        serials[village.county] += 1
        house = people.make_house(rng, ids, village, serials[village.county], spec)
        sector_base.fill_house(seed, house)
        houses.append(house)
        return house

    delivered = [village for village in villages if village.town != spared.missing_town]
    place_slots = choose_places(size, counties_of, {name: len(spec.members) for name, spec in compose.SHAPES.items()})
    own = places.settle_slots(place_slots, villages, (spared.missing_town, spared.twice_town))
    for place_slot in place_slots:
        if place_slot.village is not None:
            shape = compose.SHAPES[place_slot.planter.shape]
            place_slot.houses = [settle(place_slot.village, shape) for _ in range(place_slot.planter.houses)]
    for slot in slots:
        open_to = delivered if slot.fate in ("new", "renumbered") else villages
        wanted = {counties_of[planter.county % len(counties_of)] for planter in slot.planters if planter.county is not None}
        village = rng.choice([village for village in open_to if village.county in wanted] or open_to)
        homes = [village] * slot.size
        if any(planter.apart for planter in slot.planters):
            homes[1:] = [rng.choice([v for v in delivered if v.county != village.county] or delivered) for _ in homes[1:]]
        slot.houses = [settle(home, compose.SHAPES[_shape(slot)]) for home in homes]
    astray = strays.choose(villages, spared, size, settle)
    left = size - sum(len(house.members) for house in houses)
    while left > 0:
        spec = compose.draw(rng)
        kept = spec.members[:left]
        house = settle(rng.choice(villages), people.Spec(kept, spec.monitored))
        left -= len(house.members)
    houses.sort(key=lambda house: (house.village.code, house.key))
    others = {county: _others(rng, ids, county, villages, size // counties, seed) for county in counties_of}
    merged = _merge_villages(rng, villages, houses, spared, size)
    every = sorted([*villages, *own], key=lambda village: village.code)
    return World(rng, ids, every, houses, slots, others, merged, spared, place_slots=place_slots, strays=astray)


def _shape(slot: plan.Slot) -> str:
    """The shape of the first planter that is particular about it."""
    return next((p.shape for p in slot.planters if p.shape != "single"), "single")


def _others(rng: random.Random, ids: numbers.Numbers, county: str, villages: list[Village], size: int, seed: int) -> list[Person]:
    """Other villagers of a county; a few of each sort are always there for the wounds of files."""
    own = [village for village in villages if village.county == county]
    made: list[Person] = []
    for n in range(max(30, size * 2 // 5)):
        village = rng.choice(own)
        person = outsiders.make_outsider(rng, ids, village, n, pupil=n < 8)
        if 8 <= n < 12 and person.cert is None:
            person.cert = outsiders.certificate_row(person, village)
        if n == 12 and person.dibao is None:
            person.dibao = outsiders.support_row(person, village, n)
        if n in (13, 14):
            outsiders.death_of(rng, person, late=n == 14)
        sector_base.fill_outsider(seed, person, village, n)
        made.append(person)
    hidden = outsiders.make_hidden(rng, ids, rng.choice(own))
    return [*made, hidden]


def _merge_villages(
    rng: random.Random, villages: list[Village], houses: list[House], spared: Mishaps, size: int
) -> dict[int, dict[str, str]]:
    """Villages that 区划 calls merged although households stand there, by month (one is mended, one is new)."""
    common = {village.code for village in villages}
    used = {house.village.code for house in houses} & common
    able = [v for v in villages if v.code in used and v.town not in (spared.missing_town, spared.twice_town)]
    count = min(len(able) // 3, max(3, min(10, size // 1_600)))
    chosen = [village.code for village in rng.sample(able, count)]
    goal = {v.code: next(o.code for o in villages if o.town == v.town and o.code != v.code) for v in able}
    empty = [v.code for v in villages if v.code not in used][:1]
    for code in empty:
        town = next(v.town for v in villages if v.code == code)
        goal[code] = next(o.code for o in villages if o.town == town and o.code != code)
    first, second = chosen[:-1] or chosen, chosen[1:] or chosen
    return {1: {code: goal[code] for code in [*first, *empty]}, 2: {code: goal[code] for code in [*second, *empty]}}


def realise(world: World, month: Month) -> tuple[list[House], list[TruthRow], list[TruthRow]]:
    """The households as the books of `month` have them, what must be raised and what must not."""
    planted: dict[str, House] = {}
    rows: list[TruthRow] = []
    nears: list[TruthRow] = []
    for slot in world.slots:
        copies = [house.clone() for house in slot.houses]
        if slot.fate == "renumbered" and month.number == 2:
            truth.renumber_household(copies[0])
        raises = _plant(world, slot, copies, month)
        planted |= {house.key: copy for house, copy in zip(slot.houses, copies, strict=True)}
        made = [TruthRow(month.iso, _county_of(r), *r, slot.id, slot.planters[0].code == r[0] or _is_primary(slot, r)) for r in raises]
        (nears if slot.near else rows).extend(made)
    for place_slot in world.place_slots:
        planted |= {house.key: house.clone() for house in place_slot.houses}
    found, spared = world.strays.realise(month, planted)
    rows += [TruthRow(month.iso, _county_of(r), *r, f"S-{r[0]}-{r[2]}", True) for r in found]
    nears += [TruthRow(month.iso, _county_of(r), *r, f"S-{r[0]}-{r[2]}", True) for r in spared]
    houses = [planted.get(house.key, house) for house in world.houses]
    told = {(row.code, row.kind, row.key) for row in rows}
    placed, missed_places = _plant_places(world, month, houses, planted, told)
    rows += [row for row in placed if not row.defect.startswith("O-") or (row.code, row.kind, row.key) not in told]
    nears += missed_places
    in_use = {str(house.nat["村编码"]) for house in houses}
    for code in sorted(set(world.merged[month.number])):
        row = TruthRow(month.iso, code[:6], "REG-002", "village", code, f"V-{code}", True)
        (rows if code in in_use else nears).append(row)
    return houses, rows, nears


def _plant_places(
    world: World, month: Month, houses: list[House], planted: dict[str, House], known: set[Raise]
) -> tuple[list[TruthRow], list[TruthRow]]:
    """Rows of the books about places, the defects planted on places, and what places must raise because of others' defects."""
    regions = places.region_rows(world.villages, world.merged[month.number])
    view = sectors.Places(month, world.villages, houses, world.others, regions)
    world.place_rows = {book.feed: book.places(view) for book in sectors.BOOKS.values() if book.places} | {REGIONS: regions}
    rows: list[TruthRow] = []
    nears: list[TruthRow] = []
    for slot in world.place_slots:
        if month.number in slot.months:
            own = {
                feed: [row for row in lines if str(row.get(_place_column(feed))) == slot.key]
                for feed, lines in world.place_rows.items()
            }
            members = [planted[house.key] for house in slot.houses]
            site = PlaceSite(slot.planter.kind, slot.key, slot.village, members, own, month, random.Random(slot.id))
            made = [TruthRow(month.iso, slot.key[:6], *r, slot.id, r[0] == slot.planter.code) for r in slot.planter.plant(site)]
            (nears if slot.planter.near else rows).extend(made)
    both = {(row.code, row.kind, row.key) for row in rows}  # counties are few: a case of the same code may stand on the one of a near miss
    nears = [row for row in nears if (row.code, row.kind, row.key) not in both]
    for feed, lines in world.place_rows.items():  # a planter takes a row out by emptying it
        world.place_rows[feed] = [row for row in lines if row]
    told = known | {(row.code, row.kind, row.key) for row in rows}
    for county, _ in world.counties:
        seen = PlaceView(
            month, county, [v for v in world.villages if v.county == county],
            [h for h in houses if h.village.county == county], world.others[county], world.place_rows, houses, told,
        )
        for found in ORACLES:
            fresh = [r for r in found(seen) if r not in told]
            rows += [TruthRow(month.iso, county, *r, f"O-{r[0]}-{r[2]}", True) for r in fresh]
            told |= set(fresh)
    return rows, nears


def _place_column(feed: str) -> str:
    return "区划编码" if feed == REGIONS else sectors.BOOKS[feed].place or ""


def _county_of(raised: Raise) -> str:
    """The county that a finding belongs to: a slot may have households in two."""
    _, kind, key = raised
    return (key.rsplit("|", 1)[-1] if kind in ("case", "delivery") else key)[:6]


def _towns(houses: list[House]) -> dict[str, str]:
    """Town of every household, by its number, by those of its members and by the part of these that a payment's number has."""
    numbers = {p.number: house.village.town for house in houses for p in house.members}
    paid = {claims.payee(number): town for number, town in numbers.items()}
    return {house.key: house.village.town for house in houses} | numbers | paid


def _is_primary(slot: plan.Slot, raised: Raise) -> bool:
    return any(planter.code == raised[0] for planter in slot.planters)


def _plant(world: World, slot: plan.Slot, copies: list[House], month: Month) -> list[Raise]:
    site = Site(copies, month, world.ids, random.Random(slot.id), slot.fresh)
    raises: list[Raise] = []
    if month.number in slot.months:
        for planter in slot.planters:
            raises += planter.plant(site)
    elif month.number == 2:
        for planter in slot.planters:
            if planter.after is not None:
                planter.after(site)
    return list(dict.fromkeys(raises))


def _write(
    world: World, month: Month, houses: list[House], folder: Path, spreadsheets: bool, seed: int
) -> tuple[list[TruthRow], list[TruthRow], dict[str, object]]:
    folder.mkdir(parents=True, exist_ok=True)
    found: list[TruthRow] = []
    spared: list[TruthRow] = []
    report: dict[str, object] = {}
    for index, (county, name) in enumerate(world.counties):
        sender = deliver.Sender(folder, month, county, name, index, len(world.counties), spreadsheets)
        own = [house for house in houses if house.village.county == county]
        wounds_found, scratched, report[county] = _write_county(world, sender, own, seed)
        for goal, pairs in ((found, wounds_found), (spared, scratched)):
            goal += [TruthRow(month.iso, county, code, "delivery", f"{feed}|{county}", f"F-{feed}-{county}", True) for code, feed in pairs]
        if index == 0:
            deliver.city(sender, world.villages, world.place_rows[REGIONS])
            deliver.sector_city(sender, world.place_rows)
    return found, spared, report


def _write_county(
    world: World, sender: deliver.Sender, own: list[House], seed: int
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], dict[str, object]]:
    """Writes one county's files; what must be found on its deliveries, what must not, and what world.json says."""
    month, county, others = sender.month, sender.county, world.others[sender.county]
    rows = deliver.rows_of(own, others, month, world.sent_deaths)
    rows |= deliver.sector_rows(own, others, month, county, world.place_rows, world.sent)
    counts = {feed: len(lines) for feed, lines in rows.items()}
    rng = random.Random(f"{seed}/{county}/{month.folder}")
    shapes, found = wounds.apply(rows, others, month, sender.index, sender.counties, rng)
    spared = scratches.apply(
        rows, others, shapes, month, sender.index, sender.counties, world.sizes.get((scratches.CHANGED, county))
    )
    absent = mishap.ABSENT_FEED if month.number == 2 and county == world.mishaps.absent_county else ""
    if absent:
        found = [(code, feed) for code, feed in found if feed != absent]
    paths = deliver.departments(sender, rows, shapes, absent) | deliver.sectors(sender, rows, shapes, absent)
    found += [("FMT-009", feed) for feed, book in sectors.BOOKS.items() if feed in rows and feed != absent and book.form.totals]
    _write_national(world, sender, own)
    deliver.visits(sender, own)
    if month.number == 2 and world.mishaps.missing_town.startswith(county):
        world.mishaps.again.append(deliver.send_again(paths[mishap.ABSENT_FEED]).name)
        found.append(("FMT-010", mishap.ABSENT_FEED))
    found += _of_the_country(world, month, county)
    found += [("FMT-011", feed) for feed, lines in rows.items() if feed != absent and _shrunk(world, month, county, feed, lines, shapes[feed])]
    wounded = {feed: shape.counts for feed, shape in shapes.items() if shape.counts and feed != absent}
    spared = [pair for pair in spared if pair not in found and pair[1] != absent]
    return found, spared, {"rows": counts | {"人": sum(len(h.members) for h in own), "户": len(own)}, "wounds": wounded, "absent": absent}


def _of_the_country(world: World, month: Month, county: str) -> list[tuple[str, str]]:
    """The national system's files of the county are of days too far apart where a town was sent again."""
    return [("FMT-006", "监测对象信息")] if month.number == 2 and world.mishaps.twice_town.startswith(county) and world.mishaps.twice_town else []


def _shrunk(world: World, month: Month, county: str, feed: str, lines: list[Row], shape: wounds.Wounded) -> bool:
    """Whether the book has far fewer or more rows than the month before; increments and what a missing town lacks do not count."""
    book = sectors.BOOKS.get(feed)
    if feed == "死亡注销" or (book and book.increment):
        return False
    gone = next((v.town_name for v in world.villages if v.town == world.mishaps.missing_town and v.county == county), None)
    cut = sum(len(chosen) for chosen in shape.numeric.values())
    now = sum(gone is None or row.get("乡") != gone for row in lines) - cut
    before = world.sizes.get((feed, county))
    world.sizes[feed, county] = now
    return wounds.changed(before, now)


def _write_national(world: World, sender: deliver.Sender, own: list[House]) -> None:
    serial = 7 + sender.index if sender.month.number == 1 else 17 + sender.index
    own = world.strays.sent_by(own, sender.index)
    if sender.month.number == 1:
        deliver.national(sender, own, serial=serial)
        return
    kept = [house for house in own if house.village.town != world.mishaps.missing_town]
    town = world.mishaps.twice_town
    if not (town and town.startswith(sender.county)):
        deliver.national(sender, kept, serial=serial)
        return
    deliver.national(sender, world.strays.first_file(kept, truth.spoil, town), serial=serial, exported="2026-11-09")
    deliver.national(sender, world.strays.second_file(kept, town), serial=serial + 40)
