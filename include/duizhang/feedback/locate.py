"""Whom a line means. Certain or not at all: a line is never laid upon a person whom something in it contradicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duizhang.core.functions import idkey, plain_name, plain_place
from duizhang.feedback.model import Line, Subject
from duizhang.feedback.roster import Roster
from duizhang.feedback.texts import bare, fits, is_masked, name_fits, number_pattern

NOBODY = "没有写是谁（户编号、人编号、证件号码、姓名都空着）。请来件单位补上后再交。"
OTHER_COUNTY = "写的县不是本系统的县，没有登记。请退回来件单位，或转给那个县。"
NOT_THIS_COUNTY = "写的是另一个县，没有登记。请交给那个县，或不指定县再交一次整份名单。"
NOT_FOUND = "最新导出里找不到{}。请查是否已减员、换过编号或录错；查实后补户编号或完整证件号码再交。"
TOO_LITTLE = "只写了{}，认不准是谁。请补户编号、人编号或完整证件号码再交。"
SEVERAL = "符合的有 {} {}，认不准是哪一个。请补户编号或完整证件号码再交。"
CONTRADICTS = "{}和{}对不上，说的不是同一家或同一个人。请来件单位核对后再交。"


@dataclass(frozen=True)
class Whom:
    """Whom a line means: the most exact of person, household, village; `cases` where the person is only in other books."""

    county: str
    person: Subject | None = None
    household: Subject | None = None
    village: Subject | None = None
    cases: tuple[Subject, ...] = ()
    missing: str = ""  # why the person named beside the household was not found


@dataclass(frozen=True)
class Lost:
    """A line whose subject is not known. `reason`: a Chinese sentence, what to do included. `county` where that is known.

    `absent`: what it says contradicts nothing, the newest books just do not have it.
    """

    county: str
    reason: str
    absent: bool = False


class Locator:
    """Finds the subjects of lines in `roster`; `only`: the one county that is asked."""

    def __init__(self, roster: Roster, only: str | None = None) -> None:
        self._roster, self._only = roster, only

    def locate(self, line: Line) -> Whom | Lost:
        """The subject of `line`."""
        scope = self._scope(line)
        if isinstance(scope, Lost):
            return scope
        return _Search(line, self._roster, scope).run()

    def _scope(self, line: Line) -> set[str] | Lost:
        said = line.text("region") or line.text("county")
        if not said:
            return set(self._roster.counties)
        county = self._roster.county_of(said) or (self._roster.county_of(line.text("county")) if line.text("county") else None)
        if county:
            return {county}
        return Lost("", NOT_THIS_COUNTY if self._only else OTHER_COUNTY)


class _Search:
    def __init__(self, line: Line, roster: Roster, scope: set[str]) -> None:
        self.line, self.roster, self.scope = line, roster, scope
        self.person_key, self.household_key = bare(line.text("person")), bare(line.text("household"))
        self.number, self.head_number = number_pattern(line.text("id")), number_pattern(line.text("head_id"))
        self.name, self.head = line.text("name"), line.text("head")
        self.place = bool(line.text("village") or len(bare(line.text("region"))) == 12)
        self.county = next(iter(scope)) if len(scope) == 1 else ""

    def run(self) -> Whom | Lost:
        if not any((self.person_key, self.household_key, self.number, self.head_number, self.name, self.head)):
            return self._somewhere()
        household = self._household()
        if isinstance(household, Lost):
            return household
        person = self._person(household)
        if isinstance(person, Subject):
            home = self.roster.by_household.get(person.household)
            return Whom(person.county, person, home, self._village(person))
        asked_person = bool(self.person_key or self.number or self.name)
        if household and not asked_person:
            if self._at(household) is False and not self._confirmed(household):
                return Lost(household.county, CONTRADICTS.format("户编号", "所在村"))
            return Whom(household.county, None, household, self._village(household))
        if not person.absent:
            return person
        cases = self._cases()
        if household and self._at(household) is not False and self._confirmed(household):
            return Whom(household.county, None, household, self._village(household), cases, missing=person.reason)
        if cases:
            home = self.roster.by_household.get(cases[0].household)
            return Whom(cases[0].county, None, home, None, cases, missing=person.reason)
        return person

    def _in(self, found: Sequence[Subject]) -> list[Subject]:
        return [subject for subject in found if subject.county in self.scope]

    # --- persons

    def _person(self, household: Subject | None) -> Subject | Lost:
        if stranger := self._stranger():
            return Lost(self.county, CONTRADICTS.format(stranger, "所在县"))
        found, by = self._candidates(household)
        narrowing: list[Callable[[Subject], bool]] = [
            lambda s: s.household == self.household_key, lambda s: name_fits(self.name, s.name),
            lambda s: self._at(s) is True, lambda s: bool(self.head) and name_fits(self.head, s.head),
        ]  # fmt: skip
        for fitting in narrowing:
            if len(found) > 1:
                found = [subject for subject in found if fitting(subject)] or found
        if len(found) > 1:
            return Lost(self._county(found), SEVERAL.format(len(found), "个人"))
        if not found:
            return Lost(self._county([household] if household else []), self._why_not(by), absent=bool(by))
        return self._agreed(found[0], by)

    def _stranger(self) -> str:
        """The number by which the line names somebody of another county than it says; '' where none does."""
        by_key = self.roster.by_person.get(self.person_key)
        if by_key and by_key.county not in self.scope:
            return "人编号"
        full = idkey(self.number) if self.number and not is_masked(self.number) else None
        bearers = self.roster.by_idkey.get(full or "", ())
        return "证件号码" if bearers and not self._in(bearers) else ""

    def _candidates(self, household: Subject | None) -> tuple[list[Subject], str]:
        """(persons who may be meant, by what); the surest way that the line allows decides alone."""
        full = self.number and not is_masked(self.number)
        if self.person_key and (person := self.roster.by_person.get(self.person_key)):
            return self._in([person]), "人编号"
        if full and (found := self._in(self.roster.by_idkey.get(idkey(self.number) or "", ()) or self.roster.by_number.get(self.number, ()))):
            return found, "证件号码"
        if household and self.name:
            same = [p for p in self.roster.members.get(household.key, ()) if name_fits(self.name, p.name)]
            return [p for p in same if not is_masked(self.number) or self._shows(p)], "户和姓名"
        if household and is_masked(self.number):
            return [p for p in self.roster.members.get(household.key, ()) if self._shows(p)], "户和证件号码（部分隐藏）"
        if self.person_key or full:
            return [], "人编号" if self.person_key else "证件号码"
        surname = (plain_name(bare(self.name)) or "")[:1]
        alike = [p for p in self._in(self.roster.by_surname.get(surname, ())) if name_fits(self.name, p.name) and self._at(p) is True]
        if is_masked(self.number) and self.name and self.place:
            return [p for p in alike if self._shows(p)], "证件号码（部分隐藏）、姓名和村"
        if not self.number and self.name and self.place and self.head:
            return [p for p in alike if plain_name(bare(self.name)) == plain_name(p.name) and name_fits(self.head, p.head)], "姓名、村和户主"
        return [], ""

    def _shows(self, person: Subject) -> bool:
        return fits(self.number, person.idno.upper()) or fits(self.number, person.idkey)

    def _agreed(self, person: Subject, by: str) -> Subject | Lost:
        """`person`, unless what else the line says is about somebody else."""
        same_number = bool(self.number) and not is_masked(self.number) and idkey(self.number) == (person.idkey or None)
        other_number = bool(self.number) and not is_masked(self.number) and bool(idkey(self.number)) and not same_number
        other_number |= is_masked(self.number) and not self._shows(person)
        other_name = bool(self.name) and not name_fits(self.name, person.name)
        members = self.roster.members.get(person.household, ())
        home = self.household_key == person.household or (self._at(person) is True and bool(self.head) and name_fits(self.head, person.head))
        namesake = any(m.key != person.key and name_fits(self.name, m.name) for m in members)
        if by == "人编号" and other_number:
            return Lost(person.county, CONTRADICTS.format("人编号", "证件号码"))
        if other_name and (namesake or not (home or (by == "人编号" and same_number))):
            return Lost(person.county, CONTRADICTS.format(by, "姓名"))
        elsewhere = bool(self.household_key) and self.household_key in self.roster.by_household and self.household_key != person.household
        there = self.roster.members.get(self.household_key, ())  # a namesake in the household that the line names
        if elsewhere and any(name_fits(self.name, m.name) for m in there):
            return Lost(person.county, CONTRADICTS.format(by, "户编号"))
        other_head = bool(self.head) and not any(name_fits(self.head, name) for name in (person.head, *(m.name for m in members)))
        against = [word for word, is_so in (("户编号", elsewhere), ("所在村", self._at(person) is False), ("户主姓名", other_head)) if is_so]
        certain = (self.person_key == person.key or same_number) and bool(self.name) and not other_name
        if against and not (certain and len(against) == 1):  # people move, heads change: but one thing at a time
            return Lost(person.county, CONTRADICTS.format(by, against[0]))
        return person

    def _why_not(self, by: str) -> str:
        if by:
            return NOT_FOUND.format(f"这个人（按{by}）")
        said = (("证件号码（部分隐藏）", self.number), ("姓名", self.name), ("户主", self.head), ("所在村", self.place))
        known = [word for word, value in said if value]
        return TOO_LITTLE.format("、".join(known)) if known else NOBODY

    # --- households

    def _household(self) -> Subject | None | Lost:
        """The household that the line names by itself; None where it names none, or only through a person."""
        names_person = bool(self.person_key or self.number)
        if self.household_key:
            household = self.roster.by_household.get(self.household_key)
            if household is None or household.county not in self.scope:
                asks_person = names_person or self.head_number or self.name
                return None if asks_person else Lost(self.county, NOT_FOUND.format("这一户（按户编号）"), absent=True)
            return self._same_house(household)
        if names_person or self.name:
            return None
        found: list[Subject] = []
        if self.head_number and not is_masked(self.head_number):
            heads = self._in(self.roster.by_idkey.get(idkey(self.head_number) or "", ()))
            keys = {h.household for h in heads if not self.head or name_fits(self.head, h.name)}
            found = [self.roster.by_household[key] for key in sorted(keys) if key in self.roster.by_household]
        elif self.head and self.place:
            found = [h for h in self._in(self.roster.households) if name_fits(self.head, h.head) and self._at(h) is True]
            found = [h for h in found if not self.head_number or fits(self.head_number, h.idno.upper()) or fits(self.head_number, h.idkey)]
            if not self.head_number:
                found = [h for h in found if plain_name(bare(self.head)) == plain_name(h.head)]
        else:
            return Lost(self.county, self._why_not(""))
        if len(found) == 1:
            return found[0]
        if found:
            return Lost(self._county(found), SEVERAL.format(len(found), "个农户"))
        return Lost(self.county, NOT_FOUND.format("这一户（按户主）"), absent=True)

    def _same_house(self, household: Subject) -> Subject | Lost:
        """`household`, unless the head that the line names is nobody of it (a former head still is)."""
        members = self.roster.members.get(household.key, ())
        if self.head and not any(name_fits(self.head, name) for name in (household.head, *(m.name for m in members))):
            return Lost(household.county, CONTRADICTS.format("户编号", "户主姓名"))
        return household

    def _confirmed(self, household: Subject) -> bool:
        """Whether a household may stand for a line whose person (or village) is not its own: its head is named, and its town."""
        town = bare(self.line.text("town"))
        if town and plain_place(town) != plain_place(household.town_name):
            return False
        same = self.head_number and not is_masked(self.head_number) and idkey(self.head_number) == household.idkey
        return bool(same) or (bool(self.head) and name_fits(self.head, household.head))

    # --- places

    def _at(self, subject: Subject) -> bool | None:
        """Whether the line's village (and town) is the subject's; None where the line does not say enough."""
        code, said = bare(self.line.text("region")), bare(self.line.text("village"))
        if len(code) == 12 and code.isdecimal():
            return code == subject.village
        town = bare(self.line.text("town"))
        if town and plain_place(town) != plain_place(subject.town_name):
            return False
        if not said:
            return None
        if said.isdecimal() and len(said) == 12:
            return said == subject.village
        name = bare(subject.village_name)
        after = said.split(bare(subject.town_name), 1)[-1] if subject.town_name else said
        return bool(name) and (plain_place(after) == plain_place(name) or said == name)

    def _village(self, subject: Subject) -> Subject | None:
        return next((v for v in self.roster.villages if v.key == subject.village), None) if subject.village else None

    def _somewhere(self) -> Whom | Lost:
        """A line about a village, or about a county as a whole."""
        if self.place:
            code = bare(self.line.text("region"))
            found = [v for v in self._in(self.roster.villages) if v.key == code or (len(code) != 12 and self._at(v) is True)]
            if len(found) == 1:
                return Whom(found[0].county, village=found[0])
            return Lost(self._county(found), SEVERAL.format(len(found), "个村") if found else NOT_FOUND.format("这个村"))
        return Whom(self.county) if self.county and (self.line.text("county") or self.line.text("region")) else Lost(self.county, NOBODY)

    def _cases(self) -> tuple[Subject, ...]:
        number = idkey(self.number) if self.number and not is_masked(self.number) else None
        return tuple(self._in(self.roster.cases_by_idkey.get(number or "", ())))

    def _county(self, found: Sequence[Subject]) -> str:
        codes = {subject.county for subject in found}
        return next(iter(codes)) if len(codes) == 1 else self.county
