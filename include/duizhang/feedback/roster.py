"""Whom a list may mean: rows of the newest subject tables that share a number or a name with one of its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from duizhang.core.functions import idkey, plain_name
from duizhang.core.lake import duck, quote_text
from duizhang.core.settings import Settings
from duizhang.feedback.model import Line, Subject
from duizhang.feedback.texts import ANY, bare, number_pattern

_COLUMNS = (
    "_key", "_county", "_town", "_town_name", "_village", "_village_name", "_household", "_head", "_person", "_name", "_idkey", "_idno",
)  # fmt: skip


@dataclass
class Roster:
    """Subjects by what names them. `counties`: code → name; `towns`: name → codes of the counties that have it."""

    counties: dict[str, str] = field(default_factory=dict)
    persons: list[Subject] = field(default_factory=list)
    households: list[Subject] = field(default_factory=list)
    villages: list[Subject] = field(default_factory=list)
    cases: list[Subject] = field(default_factory=list)
    spells: dict[tuple[str, str], list[Subject]] = field(default_factory=lambda: defaultdict(list))  # (kind, parent's key)
    by_person: dict[str, Subject] = field(default_factory=dict)
    by_household: dict[str, Subject] = field(default_factory=dict)
    by_idkey: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))  # as booked: also numbers of a wrong length
    by_head: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))
    by_surname: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))
    cases_by_idkey: dict[str, list[Subject]] = field(default_factory=lambda: defaultdict(list))

    def county_of(self, text: str) -> str | None:
        """The code of a county that `text` names by name (青石, 青石县) or code; None where it is none of ours."""
        said = bare(text)
        if said[:6] in self.counties:
            return said[:6]
        found = [code for code, name in self.counties.items() if name and said in (name, name[:-1])]
        found = found or [code for code, name in self.counties.items() if name and said.endswith(name)]
        return found[0] if len(found) == 1 else None


def newest(settings: Settings) -> dict[str, Path]:
    """County → the folder subjects/ of the newest date that has its subjects."""
    found: dict[str, Path] = {}
    for path in sorted(settings.home.glob("as_of=*/subjects/person/county=*/data.parquet")):
        found[path.parent.name.removeprefix("county=")] = path.parents[2]
    return found


def load(settings: Settings, lines: Sequence[Line], county: str | None = None) -> Roster:
    """The roster of the home's counties (or of `county` alone) as far as `lines` may name somebody in it."""
    folders = {code: path for code, path in newest(settings).items() if county in (None, code)}
    roster = Roster(counties=_names(folders))
    with duck(settings, functions=True) as con:
        _wanted(con, lines)
        for code, folder in sorted(folders.items()):
            _county(con, roster, folder, code)
    return roster


def all_counties(settings: Settings) -> dict[str, str]:
    """Code → name of every county of the home."""
    return _names(newest(settings))


def _names(folders: dict[str, Path]) -> dict[str, str]:
    names = dict.fromkeys(sorted(folders), "")
    for folder in sorted(set(folders.values())):
        regions = folder.parent / "books" / "regions.parquet"
        if regions.exists():
            rows = pq.read_table(regions, columns=["county", "county_name"]).to_pylist()
            names |= {row["county"]: str(row["county_name"] or "") for row in rows if row["county"] in names}
    return names


def _wanted(con: duckdb.DuckDBPyConnection, lines: Iterable[Line]) -> None:
    """Tables of what the lines say: keys, numbers, names, and the first letters of names that are hidden in part."""
    keys: set[str] = set()
    numbers: set[str] = set()
    booked: set[str] = set()
    names: set[str] = set()
    surnames: set[str] = set()
    for line in lines:
        keys |= {bare(line.text(role)) for role in ("person", "household", "region") if line.text(role)}
        said = {number_pattern(line.text(role)) for role in ("id", "head_id")}
        numbers |= {key for pattern in said if (key := idkey(pattern))}
        booked |= {pattern for pattern in said if pattern and ANY not in pattern}
        for role in ("name", "head"):
            name = plain_name(bare(line.text(role)))
            if name:
                names.add(name)
                surnames.add(name[0])
    hidden = any(ANY in number_pattern(line.text("id")) for line in lines)
    wanted = {"keys": keys, "numbers": numbers, "booked": booked, "names": names, "surnames": surnames if hidden else set()}
    for table, values in wanted.items():
        con.register(f"wanted_{table}", pa.table({"v": pa.array(sorted(values), pa.string())}))


def _county(con: duckdb.DuckDBPyConnection, roster: Roster, folder: Path, county: str) -> None:
    keys, numbers = "(SELECT v FROM wanted_keys)", "(SELECT v FROM wanted_numbers)"
    names, surnames = "(SELECT v FROM wanted_names)", "(SELECT v FROM wanted_surnames)"
    mine = (
        f"_key IN {keys} OR _household IN {keys} OR _idkey IN {numbers} OR _idno IN (SELECT v FROM wanted_booked)"
        f" OR 规范姓名(_name) IN {names} OR 规范姓名(_head) IN {names}"
    )
    persons = _rows(con, folder, "person", county, f"{mine} OR left(规范姓名(_name), 1) IN {surnames}")
    con.register("wanted_households", pa.table({"v": pa.array(sorted({p.household for p in persons}), pa.string())}))
    con.register("wanted_persons", pa.table({"v": pa.array(sorted({p.key for p in persons}), pa.string())}))
    theirs = "_household IN (SELECT v FROM wanted_households)"
    found = {
        "household": _rows(con, folder, "household", county, f"{mine} OR {theirs}"),
        "monitoring": _rows(con, folder, "monitoring", county, f"_household IN {keys} OR {theirs}"),
        "work_spell": _rows(con, folder, "work_spell", county, "_person IN (SELECT v FROM wanted_persons)"),
        "case": _rows(con, folder, "case", county, f"_idkey IN {numbers}"),
        "village": _rows(con, folder, "village", county, "TRUE"),
    }
    _add(roster, persons, found)


def _rows(con: duckdb.DuckDBPyConnection, folder: Path, kind: str, county: str, where: str) -> list[Subject]:
    path = folder / kind / f"county={county}" / "data.parquet"
    if not path.exists():
        return []
    have = set(pq.read_schema(path).names)
    shown = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" if name in have else "''" for name in _COLUMNS)
    source = f"read_parquet('{quote_text(path)}', hive_partitioning = false)"
    rows = con.execute(f"SELECT {shown} FROM {source} WHERE {where} ORDER BY _key").fetchall()
    return [_subject(kind, row) for row in rows]


def _subject(kind: str, row: tuple[str, ...]) -> Subject:
    key, county, town, town_name, village, village_name, household, head, person, name, number, booked = row
    return Subject(kind, key, county, town, town_name, village, village_name, household, head, person, name, number, booked)


def _add(roster: Roster, persons: list[Subject], found: dict[str, list[Subject]]) -> None:
    for person in persons:
        roster.persons.append(person)
        roster.by_person[person.key] = person
        roster.members[person.household].append(person)
        roster.by_surname[(plain_name(person.name) or "")[:1]].append(person)
        if person.idkey:
            roster.by_idkey[person.idkey].append(person)
        if person.idno:
            roster.by_number[person.idno].append(person)
    for household in found["household"]:
        roster.households.append(household)
        roster.by_household[household.key] = household
        roster.by_head[plain_name(household.head) or ""].append(household)
    for kind in ("monitoring", "work_spell"):
        for spell in found[kind]:
            roster.spells[kind, spell.household if kind == "monitoring" else spell.person].append(spell)
    roster.villages += found["village"]
    for case in found["case"]:
        roster.cases.append(case)
        roster.cases_by_idkey[case.idkey].append(case)
