"""One household, one visit: the questions of the list, put together by village and household in the order of the road."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from duizhang.publish.model import CountyReport, Home, Line

NO_VILLAGE = "未登记村"
_DIGITS = {digit: at for at, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_NUMBER = re.compile(r"\d+|[〇零一二三四五六七八九十两]+")


@dataclass(frozen=True)
class Visit:
    """One household (or a person without one) and all that is to be asked there."""

    key: str
    household: str
    head_name: str
    hamlet: str
    members: int | None
    lines: tuple[Line, ...]

    @property
    def questions(self) -> tuple[tuple[Line, ...], ...]:
        """Each question once, with the lines of all persons it is asked about; in the order of the list."""
        groups: dict[tuple[str, str], list[Line]] = {}
        for line in self.lines:
            groups.setdefault((line.code, line.question), []).append(line)
        return tuple(tuple(group) for group in groups.values())


@dataclass(frozen=True)
class Village:
    """The visits of one village, in order; `desk`: reason → how many questions need no visit."""

    town: str
    town_name: str
    name: str
    visits: tuple[Visit, ...]
    desk: tuple[tuple[str, int], ...]

    @property
    def asked(self) -> int:
        """Questions on the visit sheet."""
        return sum(len(visit.lines) for visit in self.visits)


@dataclass
class _Gathered:
    town_name: str
    homes: dict[str, list[Line]] = field(default_factory=dict)
    desk: Counter[str] = field(default_factory=Counter)


def villages(report: CountyReport) -> tuple[Village, ...]:
    """Every village that a line of the list is about, by town and name. Each line is in one visit, or counted in `desk`.

    A household stands in one village: where the national book has it, else where its first line puts it.
    """
    known = {home.household: home for home in report.homes}
    names = dict(report.towns)
    places: dict[tuple[str, str], _Gathered] = {}
    settled: dict[str, tuple[str, str]] = {}
    for line in report.lines:
        key = line.household or f"{line.town}|{line.village_name}|{line.id_number or line.name or line.number}"
        home = known.get(line.household)
        at = settled.setdefault(key, (home.town, home.village_name) if home else (line.town, line.village_name))
        place = places.setdefault(at, _Gathered(names.get(at[0], line.town_name)))
        if line.no_visit:
            place.desk[line.no_visit] += 1
        else:
            place.homes.setdefault(key, []).append(line)
    return tuple(
        Village(town, place.town_name, name or NO_VILLAGE, _visits(place.homes, known), tuple(sorted(place.desk.items())))
        for (town, name), place in sorted(places.items())
    )


def _visits(found: dict[str, list[Line]], known: dict[str, Home]) -> tuple[Visit, ...]:
    visits = [_visit(key, lines, known.get(lines[0].household)) for key, lines in found.items()]
    return tuple(sorted(visits, key=lambda visit: (not visit.hamlet, road(visit.hamlet), not visit.household, visit.key)))


def _visit(key: str, lines: list[Line], home: Home | None) -> Visit:
    first = lines[0]
    return Visit(
        key=key,
        household=first.household,
        head_name=(home.head_name if home else "") or first.head_name,
        hamlet=home.hamlet if home else "",
        members=home.members if home else None,
        lines=tuple(lines),
    )


def road(hamlet: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts hamlets as people count them: 2组 before 10组, 二组 before 十组."""
    parts: list[tuple[int, int, str]] = []
    end = 0
    for found in _NUMBER.finditer(hamlet):
        parts += [(1, 0, hamlet[end : found.start()])] if found.start() > end else []
        parts.append((0, _number(found.group()), ""))
        end = found.end()
    return (*parts, *([(1, 0, hamlet[end:])] if end < len(hamlet) else []))


def _number(text: str) -> int:
    """12, 十二, 二十 … as a number; characters that only stand side by side (一二) are read as digits."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[digit]) for digit in text))
    return 10 * (_number(tens) if tens else 1) + (_number(ones) if ones else 0)
