"""A living world: the households and planted defects of the known-answer world, month by month.

`duizhang.world` says who lives where and what each planted defect raises (consequences included); here those defects
arise, are mended, relapse and change their values, while households get new numbers, move, split, vanish, villages are
merged, towns and books do not arrive, and rules change. All of it is drawn from the seed and the month alone, so that two
runs of one seed live through the same months whatever becomes of the ledger. Nothing here asks the ledger anything.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace

from duizhang.core.catalogue import Rule
from duizhang.world.make import build, realise
from duizhang.world.model import MONTHS

from tests.soak.shapes import FIRST, Being, Defect, Home, Month, Row, Sid, Sight, Troubles, month_of


class Living:
    """The world of `seed`: `counties` counties, about `size` people."""

    def __init__(
        self, seed: int, size: int, counties: int, rules: dict[str, Rule], feeds: dict[str, tuple[str, ...]], national: str,
        first: tuple[int, int] = FIRST,
    ) -> None:  # fmt: skip
        self.seed, self.first = seed, first
        self.feeds, self.national = feeds, national
        self.index = -1
        world = build(size, seed, counties, False)
        for slot in [*world.slots, *world.place_slots]:
            slot.months = (1,)
        houses, planted, _ = realise(world, MONTHS[0])
        self.names = dict(world.counties)
        self.counties = sorted(self.names)
        self.villages = {v.code: v for v in world.villages}
        self.towns = {v.town: v.town_name for v in world.villages}
        self.merged: set[str] = set()
        self.homes: dict[str, Home] = {}
        self.beings: dict[str, Being] = {}
        for house in houses:
            home = Home(house.key, house.key, house.village.county, house.village.town, house.village.code, house.members[0].name)
            if house.monitored:
                home.spells = (house.monitoring_key.partition("|")[2],)
            self.homes[home.sid] = home
            for person in house.members:
                number = person.nat["证件号码"]
                traits = (str(person.nat[column] or "") for column in ("出生日期", "性别", "与户主关系"))
                being = Being(person.key, person.key, person.name, None if number is None else str(number), *traits, home)
                self.beings.setdefault(being.sid, being)
                home.people.append(self.beings[being.sid])
        self.rules = {code: rules[code] for code in sorted({r.code for r in planted})}
        self.all_rules = dict(self.rules)
        self.sids: dict[tuple[str, str], Sid] = {}  # every key ever used → subject
        found: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(planted):
            sid = self._adopt(row.kind, row.key)
            if sid is not None:
                found[row.defect].append((row.code, sid))
        self.defects = {name: Defect(name, tuple(rows)) for name, rows in sorted(found.items())}
        self.by_row: dict[Row, list[Defect]] = defaultdict(list)
        for defect in self.defects.values():
            for each in defect.rows:
                self.by_row[each].append(defect)
        self.by_sid: dict[Sid, list[Row]] = defaultdict(list)
        for each in self.by_row:
            self.by_sid[each[1]].append(each)
        self.turns: dict[Row, int] = defaultdict(int)
        self.narrowed: dict[str, str] = {}  # code → text added to its predicate
        self.excused: set[Row] = set()  # rows that a narrowed rule does not hit any more
        self.off: dict[str, int] = {}  # code → month in which it comes back
        self.away: dict[str, int] = {}  # home or being sid → month in which it comes back
        self.mending: set[Row] = set()
        self.correcting: set[Row] = set()
        self.troubles = Troubles()
        self.history: dict[Row, dict[int, Sight]] = defaultdict(dict)
        self.moves: list[tuple[int, str, str, str]] = []  # month, home, from, to
        self.known: dict[str, tuple[str, str]] = {}  # home → county and number under which a month's books last had it
        self.traceless: set[str] = set()  # homes and beings that once took a way on which nothing tells who they are
        self.renumbered: list[tuple[int, str]] = []
        self._remember()

    # -- subjects ----------------------------------------------------------------------------------------------------

    def _adopt(self, kind: str, key: str) -> Sid | None:
        """The subject that the world calls (kind, key); None where it is none of ours (a delivery)."""
        if kind == "household":
            known = key in self.homes
        elif kind == "person":
            known = key in self.beings
        elif kind == "monitoring":
            known = key.partition("|")[0] in self.homes and key.partition("|")[2] in self.homes[key.partition("|")[0]].spells
        elif kind == "work_spell":
            being = self.beings.get(key.partition("|")[0])
            known = being is not None
            if being is not None and key.partition("|")[2] not in being.spells:
                being.spells = (*being.spells, key.partition("|")[2])
        elif kind == "case":
            known = key.rpartition("|")[2] in self.homes
        elif kind == "village":
            known = key in self.villages
        else:
            known = kind == "county"
        return (kind, key) if known else None

    def home_of(self, sid: Sid) -> Home | None:
        """The household that a subject belongs to now."""
        kind, key = sid
        if kind in ("person", "work_spell"):
            return self.beings[key.partition("|")[0]].home
        if kind == "case":
            return self.homes[key.rpartition("|")[2]]
        if kind in ("household", "monitoring"):
            return self.homes[key.partition("|")[0]]
        return None

    def key_of(self, sid: Sid) -> str:
        """Its key in this month's books."""
        kind, key = sid
        front, _, rest = key.partition("|")
        if kind == "person":
            return self.beings[key].key
        if kind == "work_spell":
            return f"{self.beings[front].key}|{rest}"
        if kind == "household":
            return self.homes[key].key
        if kind == "monitoring":
            return f"{self.homes[front].key}|{rest}"
        if kind == "case":
            stem, _, home = key.rpartition("|")
            return f"{stem}|{self.homes[home].key}"
        return key

    def county_of(self, sid: Sid) -> str:
        home = self.home_of(sid)
        return home.county if home is not None else sid[1][:6]

    def town_of(self, sid: Sid) -> str | None:
        home = self.home_of(sid)
        if home is not None:
            return home.town
        return self.villages[sid[1]].town if sid[0] == "village" else None

    def exists(self, sid: Sid) -> bool:
        """Whether this month's books have it, missing towns apart."""
        kind, key = sid
        home = self.home_of(sid)
        if kind == "case":  # another book names them, whatever became of the household
            return any(defect.stands for row in self.by_sid[sid] for defect in self.by_row[row])
        if home is not None and not home.here:
            return False
        if kind in ("person", "work_spell") and not self.beings[key.partition("|")[0]].here:
            return False
        return not (kind == "village" and key in self.merged)

    def delivered(self, sid: Sid) -> bool:
        """Whether the rows of its town stand in the books at all (if need be last month's)."""
        return self.troubles.missing.get(self.town_of(sid) or "", True)

    def subjects(self) -> list[Sid]:
        """All subjects that any defect or household needs."""
        made = set(self.by_sid)
        made |= {("household", key) for key in self.homes} | {("person", key) for key in self.beings}
        made |= {("monitoring", f"{h.sid}|{s}") for h in self.homes.values() for s in h.spells}
        return sorted(made)

    def _remember(self) -> None:
        for sid in self.subjects():
            self.sids[sid[0], self.key_of(sid)] = sid

    # -- verdicts ----------------------------------------------------------------------------------------------------

    def feed_covers(self, feed: str, county: str, town: str | None, national: str) -> bool:
        """Whether `feed` supports verdicts in `town` (None: in the whole county)."""
        towns = [t for t in self.towns if t[:6] == county] if town is None else [town]
        for each in towns:
            if feed == national and each in self.troubles.missing:
                return False
            if (county, feed) in self.troubles.stale or (each, feed) in self.troubles.stale:
                return False
        return True

    def covered(self, code: str, county: str, town: str | None) -> bool:
        return all(self.feed_covers(feed, county, town, self.national) for feed in self.feeds[code])

    def standing(self, row: Row) -> bool:
        """Whether the books show the defect (whatever arrived)."""
        return row not in self.excused and any(d.stands for d in self.by_row[row])

    def sight(self, row: Row) -> Sight:
        """This month's verdict on a row, in the county where its subject lives now."""
        code, sid = row
        county, rule = self.county_of(sid), self.rules.get(code)
        version = rule.version if rule else None

        def says(word: str) -> Sight:
            return Sight(word, county, self.turns[row], version, self.key_of(sid))

        if rule is None:
            return says("no_rule")
        if not self.exists(sid) or not self.delivered(sid):
            if not self.covered(code, county, None):
                return says("na")
            return says("clear" if sid[0] == "case" else "absent")
        if not self.covered(code, county, self.town_of(sid)):
            return says("na")
        if row in self.troubles.unknown:
            return says("unknown")
        return says("hit" if self.standing(row) else "clear")

    def verdict(self, county: str, code: str, kind: str, key: str) -> tuple[str, str | None]:
        """(word, rule version) for a watched item, asked by the key that the ledger knows."""
        sid = self.sids[kind, key]
        if self.key_of(sid) == key and self.county_of(sid) == county and self.exists(sid):
            seen = self.sight((code, sid))
            return seen.word, seen.version
        rule = self.rules.get(code)
        if rule is None:
            return "no_rule", None
        if not self.covered(code, county, None):
            return "na", rule.version
        return ("clear" if kind == "case" else "absent"), rule.version

    # -- a month -----------------------------------------------------------------------------------------------------

    def advance(self) -> Month:
        """Live one month; what officers promised to mend (`mending`, `correcting`) is done first."""
        self.index += 1
        rng = random.Random(f"{self.seed}/world/{self.index}")
        self.troubles = Troubles()
        self._defects(rng)
        self._rules(rng)
        self._deliveries(rng)
        if self.index:
            self._people(rng)
            self._places(rng)
        self._remember()
        self.known |= {h.sid: (h.county, h.key) for h in self.homes.values() if h.here and self.troubles.missing.get(h.town, True)}
        for row in self.by_row:
            self.history[row][self.index] = self.sight(row)
        return self.now

    @property
    def now(self) -> Month:
        return Month(self.index, *month_of(self.index, self.first))

    def _defects(self, rng: random.Random) -> None:
        for row in sorted(self.mending):
            for defect in self.by_row[row]:
                defect.stands = False
        for row in sorted(self.correcting):
            if rng.random() < 0.6:
                for defect in self.by_row[row]:
                    defect.stands = False
            elif rng.random() < 0.5:
                self.turns[row] += 1
        self.mending, self.correcting = set(), set()
        for defect in self.defects.values():
            dice = rng.random()
            if self.index == 0:
                defect.stands = dice < 0.6
            elif defect.stands:
                defect.stands = dice > 0.04
                if dice > 0.94:
                    self.turns[defect.rows[0]] += 1
            else:
                defect.stands = dice < (0.10 if defect.ever else 0.14)
            defect.ever |= defect.stands

    def _people(self, rng: random.Random) -> None:
        marked = [h for h in self.homes.values() if h.here and not self._frozen(h.town)]
        chosen = rng.sample(marked, min(3, len(marked)))
        for home in chosen:
            self._renumber(home, rng)
        if len(self.counties) > 1:
            home = rng.choice([h for h in marked if self._live(h)] or marked)
            goal = rng.choice([c for c in self.counties if c != home.county])
            village = rng.choice(sorted(v for v in self.villages if v[:6] == goal and v not in self.merged and not self._frozen(v[:9])))
            self.moves.append((self.index, home.sid, home.county, goal))
            if self._hidden(home):
                self._trace(home, [p for p in home.people if not self._kin(p)])
            self.troubles.log.append(f"moved {home.sid} to {goal}")
            home.county, home.village, home.town = goal, village, self.villages[village].town
        large = [h for h in marked if len(h.people) >= 3]
        if large and rng.random() < 0.5:
            self._split(rng.choice(large), rng)
        for sid, who in [(sid, self.homes.get(sid) or self.beings[sid]) for sid, back in self.away.items() if back <= self.index]:
            if not self._frozen((who if isinstance(who, Home) else who.home).town):
                del self.away[sid]
                who.here = True
        if rng.random() < 0.7:
            self._leave(rng.choice(marked), rng)
        for home in rng.sample(marked, min(2, len(marked))):
            if len(home.people) > 1:
                self._leave(home.people[-1], rng)

    def _hidden(self, home: Home) -> bool:
        """Whether its county has not yet seen its present number: it moves away under a number that nobody knows."""
        return self.known.get(home.sid) != (home.county, home.key)

    def _frozen(self, town: str) -> bool:
        """Whether last month's rows of the town still stand: nothing that happened there can be seen."""
        return self.troubles.missing.get(town, False)

    def _live(self, home: Home) -> bool:
        return any(self.standing(row) and self.home_of(row[1]) is home for row in self.by_row)

    def _leave(self, who: Home | Being, rng: random.Random) -> None:
        if who.here:
            who.here = False
            self.away[who.sid] = self.index + rng.choice((1, 2, 3, 99))
            self.troubles.log.append(f"left {who.sid} until month {self.away[who.sid]}")

    def _renumber(self, home: Home, rng: random.Random) -> None:
        home.key = f"{home.county}7{self.index:02d}{home.sid[-6:]}{rng.randrange(10)}"
        for n, being in enumerate(home.people):
            being.key = f"{home.key}{n + 1:02d}"
        self.renumbered.append((self.index, home.sid))
        self.troubles.log.append(f"renumbered {home.sid}")

    def _unsure(self, people: list[Being]) -> list[Being]:
        """Those without a number that is theirs alone."""
        bearers = Counter(being.idkey for being in self.beings.values())
        return [being for being in people if being.idkey is None or bearers[being.idkey] > 1]

    def _kin(self, being: Being) -> bool:
        """Whether somebody else of the household has a number by which this one is known: the head, else anybody."""
        others = [p for p in being.home.people if p.idkey not in (None, being.idkey)]
        head = being.home.people[0]
        return bool(others) if head is being or head.idkey in (None, being.idkey) else True

    def _trace(self, home: Home, nameless: list[Being]) -> None:
        """Of a household that goes where town and old number tell nothing: who of `nameless` cannot be followed. A limit, not a fault."""
        unsure = self._unsure(home.people)
        self.traceless |= {being.sid for being in unsure if being in nameless}
        if home.people and home.people[0] in unsure and 2 * len(unsure) > len(home.people):
            self.traceless.add(home.sid)

    def _split(self, home: Home, rng: random.Random) -> None:
        """The younger half founds a household of its own, under new numbers of household and people."""
        leaving = home.people[(len(home.people) + 1) // 2 :]
        sid = f"{home.county}6{self.index:02d}{home.sid[-6:]}0"
        made = replace(home, sid=sid, key=sid, head=leaving[0].name, people=leaving, spells=(), here=True)
        home.people = home.people[: (len(home.people) + 1) // 2]
        for n, being in enumerate(leaving):
            being.home, being.key = made, f"{sid}{n + 1:02d}"
        leaving[0].relation = "户主"
        self._trace(made, leaving)
        self.homes[sid] = made
        self.troubles.log.append(f"split {home.sid}")

    def _places(self, rng: random.Random) -> None:
        if self.index % 3 != 1:
            return
        inhabited = sorted({h.village for h in self.homes.values() if not self._frozen(h.town)})
        code = rng.choice(inhabited)
        others = sorted(v for v in self.villages if v != code and v[:9] == code[:9] and v not in self.merged)
        if not others:
            return
        goal = rng.choice(others)
        self.merged.add(code)
        for home in self.homes.values():
            if home.village == code:
                home.village = goal
        self.troubles.log.append(f"village {code} merged")

    def _rules(self, rng: random.Random) -> None:
        if not self.index:
            return
        for code in [code for code, back in self.off.items() if back <= self.index]:
            del self.off[code]
        codes = sorted(set(self.all_rules) - set(self.off))
        if rng.random() < 0.5:
            code = rng.choice(codes)
            self.narrowed[code] = self.narrowed.get(code, "") + " AND TRUE"
            mine = [row for row in self.by_row if row[0] == code]
            self.excused -= set(mine)
            if rng.random() < 0.5:
                self.excused |= {row for row in mine if rng.random() < 0.6}
            self.troubles.log.append(f"rule {code} changed")
        if rng.random() < 0.3:
            code = rng.choice(codes)
            self.off[code] = self.index + rng.choice((1, 2, 99))
            self.troubles.log.append(f"rule {code} off")
        self.rules = {
            code: rule.model_copy(update={"where": rule.where + self.narrowed.get(code, "")})
            for code, rule in self.all_rules.items()
            if code not in self.off
        }
        for rule in self.rules.values():
            rule.__dict__.pop("version", None)  # a cached property, copied with the rest

    def _deliveries(self, rng: random.Random) -> None:
        if self.index:
            for county in self.counties:
                towns = sorted(t for t in self.towns if t[:6] == county)
                if rng.random() < 0.35 and len(towns) > 1:
                    self.troubles.missing[rng.choice(towns)] = rng.random() < 0.5
                departments = sorted({f for code in self.rules for f in self.feeds[code]} - {self.national})
                if rng.random() < 0.6:
                    self.troubles.stale.add((county, rng.choice(departments)))
                if rng.random() < 0.3:
                    self.troubles.stale.add((rng.choice(towns), rng.choice(departments)))
            self.troubles.unknown = {row for row in self.by_row if self.standing(row) and rng.random() < 0.02}
