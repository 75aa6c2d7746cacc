"""Who is in a living world, and what its books say of them this month."""

from __future__ import annotations

from collections import defaultdict

from duizhang.core.catalogue import Rule
from duizhang.world.make import build, realise
from duizhang.world.model import MONTHS

from tests.soak.shapes import FIRST, Being, Defect, Home, Row, Sid, Sight, Troubles


class Books:
    """The world of `seed` as it stands: `counties` counties, about `size` people. `Living` makes it live."""

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
            return Sight(word, county, self.turns[row], version, self.key_of(sid), self.housed(sid, county))

        if rule is None:
            return says("no_rule")
        if not self.exists(sid) or not self.delivered(sid):
            if not self.covered(code, county, None):
                return says("na")
            return says("clear" if sid[0] == "case" and not self.went(row, county) else "absent")
        if not self.covered(code, county, self.town_of(sid)):
            return says("na")
        if row in self.troubles.unknown:
            return says("unknown")
        return says("hit" if self.standing(row) else "clear")

    def housed(self, sid: Sid, county: str) -> bool:
        """Whether its household (where it has one) stands in the books of `county`."""
        home = self.home_of(sid)
        return home is None or (home.county == county and home.here and self.troubles.missing.get(home.town, True))

    def went(self, row: Row, county: str) -> bool:
        """Whether its household stood in the books when it was last found, and stands in those of `county` no more."""
        history = self.history[row]
        last = next((history[k] for k in range(self.index - 1, -1, -1) if k in history and history[k].word == "hit"), None)
        return last is not None and last.housed and not self.housed(row[1], county)

    def verdict(self, county: str, code: str, kind: str, key: str) -> tuple[str, str | None]:
        """(word, rule version) for a watched item, asked by the key that the ledger knows; as the check gives it, which says of a
        case that is not there `clear`, whatever became of the household."""
        sid = self.sids[kind, key]
        if self.key_of(sid) == key and self.county_of(sid) == county and self.exists(sid):
            seen = self.sight((code, sid))
            return "clear" if kind == "case" and seen.word == "absent" else seen.word, seen.version
        rule = self.rules.get(code)
        if rule is None:
            return "no_rule", None
        if not self.covered(code, county, None):
            return "na", rule.version
        return ("clear" if kind == "case" else "absent"), rule.version
