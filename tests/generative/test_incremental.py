"""What is redone when a file arrives is no more than it must be, and gives what a home that never saw another file gives."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from duizhang import assemble, match, pipeline
from duizhang.core.lake import read_json
from duizhang.match.county import Task, link_county
from duizhang.match.narrow import Places, linked_tables
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.generative.kit import PEOPLE, A, B, City, book, contract, number

DAY, NEXT = "2026-10-25", "2026-10-26"
REGISTER = contract(
    "户籍册", [*PEOPLE, {"name": "户口", "type": "str"}], {"籍": {"key": ["号码"], "columns": ["号码", "姓名", "户口", "日期"]}}, role="register",
    match={"籍": {"person": "号码", "name": "姓名"}},
    cases={"同户口": {"table": "籍", "where": "日期 IS NULL OR 日期 <= 最新(日期)", "household": {"same": "户口"}, "columns": {}}},
)  # fmt: skip
HOMES = contract(
    "住房册", [{"name": "户号", "required": True}, {"name": "号码", "type": "id", "required": True}, {"name": "姓名"}],
    {"房": {"key": ["户号", "号码"], "columns": ["户号", "号码", "姓名"]}},
    match={"房": {"person": "号码", "name": "姓名", "household": "户号"}},
    cases={"房内": {"table": "房", "household": {"column": "户号"}, "columns": {}}},
)  # fmt: skip
COUNTIES = ("甲县", "乙县")


def old(serial: int) -> str:
    return number(serial)[:6] + number(serial)[8:17]


def deliver(city: City, dice: random.Random, county: str, day: str) -> None:
    """Files of one county: people of both, 15-digit numbers, masks, shared registers and homes."""
    def who() -> tuple[str, str]:
        serial = dice.randrange(12)
        form = dice.choice([number(serial), number(serial), old(serial), "990101********" + number(serial)[14:], number(serial)[:17] + "?"])
        return form, f"人{serial if dice.random() < 0.9 else 0}"

    def pairs() -> list[tuple[str, str]]:
        return sorted({who() for _ in range(6)})

    def house() -> str:
        return f"{dice.choice('hk')}{dice.randrange(6)}"

    people = [(f"{county}{n}", house(), *reversed(who()), county, dice.choice(("东乡", "西乡"))) for n in range(6)]
    city.national(day, people, county)
    register = [f"{n},{name},,2026-01-0{dice.randrange(1, 9)},,r{dice.randrange(5)}\n" for n, name in pairs()]
    city.put(f"{county}户籍册_{day}.csv", "号码,姓名,金额,日期,类别,户口\n" + "".join(register))
    city.put(f"{county}住房册_{day}.csv", "户号,号码,姓名\n" + "".join(f"{house()},{n},{name}\n" for n, name in pairs()))
    city.people("整册", county, day, [who() for _ in range(5)])


def partitions(city: City, as_of: str) -> dict[str, str]:
    """Content of what later stages read of books and links at a date (keys and guests are the matching's own)."""
    own = ("/links/_keys", "/links/_guests")
    return {name: value for name, value in city.hashes().items() if f"as_of={as_of}" in name and not any(part in name for part in own)}


def by_county(found: dict[str, str]) -> dict[str, str]:
    return {name.split("/", 1)[1]: value for name, value in found.items() if "county=" in name}


@hypothesis_settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_file_by_file_gives_what_all_at_once_gives(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / str(seed)
    if folder.exists():
        shutil.rmtree(folder)
    step, whole = City(folder / "step", book(REGISTER, HOMES)), City(folder / "whole", book(REGISTER, HOMES))
    order = [(county, day) for day in ("20261010", "20261014") for county in COUNTIES]
    for place, (county, day) in enumerate(order):
        for city in (step, whole):
            deliver(city, random.Random(seed + place), county, day)
        last = step.links(DAY if place < 3 else NEXT)
    assert whole.links(NEXT).linked == last.linked
    assert partitions(step, NEXT) == partitions(whole, NEXT)
    every = partitions(whole, NEXT)
    _tell_everything(whole)
    assert partitions(whole, NEXT) == every  # guests were all that could meet


def _tell_everything(city: City) -> None:
    """Link both counties once more with all rows and people of the other as guests: what one pot for all would give."""
    places = Places(city.settings, NEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Places, "guests", lambda self, name, county: self.root / "pot" / name / f"county={county}" / "data.parquet")
        for county in (A, B):
            for name in ("_persons", "_households"):
                _pot(places.link(name, county), places.guests(name, county), county)
            for one in linked_tables(city.book):
                if places.book(one.table, county).exists():
                    _pot(places.book(one.table, county), places.guests(one.table, county), None)
        names = ["_persons", "_households", *(one.table for one in linked_tables(city.book))]
        newest = {"籍": places.root / "links" / "_keys" / "newest_籍.parquet"}
        for county, other in ((A, B), (B, A)):
            link_county(places, city.book, Task(county, (A, B), {name: [other] for name in names}, newest, ""))
    shutil.rmtree(places.root / "pot")


def _pot(source: Path, target: Path, county: str | None) -> None:
    import duckdb

    target.parent.mkdir(parents=True, exist_ok=True)
    more = "" if county is None else f", '{county}' AS _of"
    duckdb.sql(f"COPY (SELECT *{more} FROM read_parquet('{source}', hive_partitioning = false)) TO '{target}' (FORMAT parquet)")


def test_a_night_with_one_changed_county_redoes_that_county(tmp_path: Path) -> None:
    """Which partitions moved, which counties were linked, and which are to be judged again; then the date moves on."""
    city = City(tmp_path, book(REGISTER))
    for county, first in zip(COUNTIES, (1, 21), strict=True):
        city.national("20261010", [(f"{county}{n}", f"{county}h{n}", f"人{n}", number(n), county, "东乡") for n in range(first, first + 4)], county)
        city.people("整册", county, "20261012", [(number(n), f"人{n}") for n in range(first, first + 4)])
    done = _night(city, DAY)
    assert done == [A, B]
    before = _moved(city)
    assert _night(city, DAY) == []
    assert _moved(city) == before  # nothing new: not a partition is written
    city.people("整册", "甲县", "20261013", [(number(1), "人1")])
    assert _night(city, DAY) == [A]
    changed = {path for path, at in _moved(city).items() if before.get(path) != at and "county=" in path}
    assert changed and all(f"county={A}" in path for path in changed), sorted(changed)
    assert any("/books/整/" in path for path in changed) and not any("/books/员/" in path for path in changed)
    at_day = partitions(city, DAY)
    report = city.links(NEXT)
    assert report.redone == []  # the date alone changes no link
    assert by_county(partitions(city, NEXT)) == by_county(at_day)


def _night(city: City, as_of: str) -> list[str]:
    """The counties to judge again; they are then marked as judged."""
    city.take()
    changed = pipeline.build_books(city.settings, as_of)
    for county in changed:
        folder = city.settings.at(as_of) / "checks" / f"county={county}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "done.json").write_text(f'{{"fingerprint": "{pipeline._wanted(city.settings, as_of, county)}"}}', encoding="utf-8")
    return changed


def _moved(city: City) -> dict[str, tuple[int, int]]:
    home = city.settings.home
    found = [path for path in home.glob("as_of=*/*/*/county=*/*.parquet") if "/keys/" not in str(path)]
    return {str(path.relative_to(home)): (path.stat().st_mtime_ns, path.stat().st_ino) for path in found}


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    from duizhang.core.crew import crew

    homes = []
    for workers in (1, 2):
        city = City(tmp_path / str(workers), book(REGISTER, HOMES))
        for place, county in enumerate(COUNTIES):
            deliver(city, random.Random(place), county, "20261010")
        city.books(DAY)
        with crew(replace(city.settings, workers=workers)) as hands:
            pipeline.build_books(city.settings, DAY, hands)
        homes.append({name: value for name, value in city.hashes().items() if "as_of" in name})
    assert homes[0] == homes[1]
    assert any("/links/整/" in name for name in homes[0])


def test_a_problem_in_a_worker_comes_back_as_it_was(tmp_path: Path) -> None:
    from duizhang.core.crew import crew
    from duizhang.core.errors import ContractProblem

    city = City(tmp_path)
    with crew(replace(city.settings, workers=2)) as hands, pytest.raises(ContractProblem) as caught:
        list(hands.each(pipeline.ingest, ["0" * 64, "1" * 64]))
    assert caught.value.message == "No file 000000000000 has landed."


def test_the_newest_value_of_all_counties_is_told(city_of_two: City) -> None:
    places = Places(city_of_two.settings, DAY)
    assert (places.root / "links" / "_keys" / "newest_籍.parquet").exists()
    assert set(read_json(places.root / "links" / "report.json")["fingerprints"]) == {A, B}
    assert match.match(city_of_two.settings, DAY, city_of_two.book).redone == []
    assert assemble.schema(city_of_two.settings, city_of_two.book)


@pytest.fixture
def city_of_two(tmp_path: Path) -> City:
    city = City(tmp_path, book(REGISTER, HOMES))
    for place, county in enumerate(COUNTIES):
        deliver(city, random.Random(place), county, "20261010")
    city.links(DAY)
    return city


def test_no_two_connections_spill_into_one_file(tmp_path: Path) -> None:
    """The engine names its files alike in every process: with one folder, two counties at a time read each other's pages."""
    from duizhang.core.lake import duck

    settings = replace(City(tmp_path).settings, memory_limit="60MB", threads=1)
    big = "CREATE TABLE {} AS SELECT range AS n, repeat(md5(range::VARCHAR), 4) AS t FROM range(900_000)"
    with duck(settings) as one, duck(settings) as other:
        for con in (one, other):
            con.execute(big.format("big"))
        folders = [path for path in (settings.home / "spill").iterdir() if any(path.iterdir())]
        assert len(folders) == 2
    assert list((settings.home / "spill").iterdir()) == []
