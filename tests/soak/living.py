"""A living world: the households and planted defects of the known-answer world, month by month.

`duizhang.world` says who lives where and what each planted defect raises (consequences included); here those defects
arise, are mended, relapse and change their values, while households get new numbers, move, split, vanish, villages are
merged, towns and books do not arrive, and rules change. All of it is drawn from the seed and the month alone, so that two
runs of one seed live through the same months whatever becomes of the ledger. Nothing here asks the ledger anything.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from tests.soak.books import Books
from tests.soak.shapes import Being, Home, Month, Troubles, month_of


class Living(Books):
    """The world of `seed`, month by month."""

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
            self._move(rng.choice([h for h in marked if self._live(h)] or marked), rng)
            self._follow(marked)
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

    def _move(self, home: Home, rng: random.Random) -> None:
        """To another county, some village that can be seen."""
        goal = rng.choice([c for c in self.counties if c != home.county])
        village = rng.choice(sorted(v for v in self.villages if v[:6] == goal and v not in self.merged and not self._frozen(v[:9])))
        self.moves.append((self.index, home.sid, home.county, goal))
        if self._hidden(home):
            self._trace(home, [p for p in home.people if not self._kin(p)])
        self.troubles.log.append(f"moved {home.sid} to {goal}")
        home.county, home.village, home.town = goal, village, self.villages[village].town

    def _follow(self, marked: list[Home]) -> None:
        """Of the few households beside which another book names somebody one goes or leaves: chance alone hardly ever takes them."""
        rng = random.Random(f"{self.seed}/cases/{self.index}")
        moved = {sid for index, sid, _, _ in self.moves if index == self.index}
        named = {row[1][1].rpartition("|")[2] for row in self.by_row if row[1][0] == "case" and self.standing(row)}
        homes = [home for home in marked if home.sid in named - moved]
        if homes and rng.random() < 0.5:
            home = rng.choice(homes)
            if rng.random() < 0.7:
                self._move(home, rng)
            else:
                self._leave(home, rng)

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
