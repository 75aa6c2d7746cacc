"""The days of a deadline against a plain reference that walks from day to day."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from duizhang.core import clock
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from hypothesis import given
from hypothesis import strategies as st

ONE = timedelta(days=1)
# The notice of 2026, and two made-up years (2028 is a leap year), written out for the reference.
OFF = {
    2026: [("01-01", "01-03"), ("02-15", "02-23"),
           ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07")],
    2027: [("01-01", "01-03"), ("02-05", "02-13"), ("10-01", "10-07")],
    2028: [("01-01", "01-01"), ("02-25", "03-01"), ("12-29", "12-31")],
}  # fmt: skip
WORKED = {2026: {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}, 2027: {"02-14", "10-09"}, 2028: {"03-04", "12-24"}}
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def _works(day: date) -> bool:
    text = f"{day:%m-%d}"
    return text in WORKED[day.year] or (day.weekday() < 5 and not any(a <= text <= b for a, b in OFF[day.year]))


def _walk(start: date, n: int) -> date:
    day = start
    while n:
        day += ONE
        n -= _works(day)
    return day


def _count(a: date, b: date) -> int:
    found, day = 0, a
    while day < b:
        day += ONE
        found += _works(day)
    return found


def _write(home: Path, name: str, body: Any) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")


def _year(number: int) -> dict[str, Any]:
    days = [[date.fromisoformat(f"{number}-{a}"), date.fromisoformat(f"{number}-{b}")] for a, b in OFF[number]]
    off = [span if span[0] != span[1] else span[0] for span in days]
    return {"basis": "made up", "holidays": off, "workdays": sorted(date.fromisoformat(f"{number}-{each}") for each in WORKED[number])}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("clock")
    _write(home, "calendar.yaml", {"years": {2027: _year(2027), 2028: _year(2028)}})
    yield Settings(home=home)


days = st.dates(FIRST, date(2028, 6, 30))


def test_every_day_of_three_years_is_as_the_lists_say(settings: Settings) -> None:
    all_days = [FIRST + n * ONE for n in range((LAST - FIRST).days + 1)]
    assert [day for day in all_days if clock.is_working(day, settings) != _works(day)] == []
    assert len(all_days) == 365 + 365 + 366


@given(start=days, n=st.integers(0, 120))
def test_adding_days_is_walking(settings: Settings, start: date, n: int) -> None:
    assert clock.add_days(start, n, settings) == _walk(start, n)


@given(a=days, b=days)
def test_days_between_are_the_days_walked(settings: Settings, a: date, b: date) -> None:
    expected = _count(a, b) if a <= b else -_count(b, a)
    assert clock.days_between(a, b, settings) == expected


@given(start=days, n=st.integers(0, 120), other=days, unit=st.sampled_from(["working", "calendar"]))
def test_adding_and_counting_undo_each_other(settings: Settings, start: date, n: int, other: date, unit: clock.Unit) -> None:
    end = clock.add_days(start, n, settings, unit)
    assert clock.days_between(start, end, settings, unit) == n
    if n:
        assert clock.days_between(start, end - ONE, settings, unit) == n - 1
    assert clock.add_days(start, n + 5, settings, unit) == clock.add_days(end, 5, settings, unit)
    if other >= start:  # the other way round: never past it, and on it where it is a working day
        back = clock.add_days(start, clock.days_between(start, other, settings, unit), settings, unit)
        assert back <= other
        assert back == other or not _works(other)


def test_known_deadlines(settings: Settings) -> None:
    assert clock.add_days(date(2026, 2, 13), 1, settings) == date(2026, 2, 14)  # a Saturday that is worked
    assert clock.add_days(date(2026, 2, 14), 1, settings) == date(2026, 2, 24)  # over the Spring Festival
    assert clock.add_days(date(2026, 9, 30), 7, settings) == date(2026, 10, 15)  # with the make-up Saturday 10-10
    assert clock.add_days(date(2026, 12, 31), 1, settings) == date(2027, 1, 4)  # over the end of the year
    assert clock.add_days(date(2028, 2, 24), 1, settings) == date(2028, 3, 2)  # 29 February is off
    assert clock.add_days(date(2026, 10, 3), 0, settings) == date(2026, 10, 3)
    assert clock.add_days(date(2026, 9, 30), 7, settings, "calendar") == date(2026, 10, 7)


def test_a_year_nobody_knows_is_an_error_that_says_who_must_do_what(settings: Settings, tmp_path: Path) -> None:
    bare = Settings(home=tmp_path)
    assert clock.add_days(date(2026, 12, 1), 15, bare) == date(2026, 12, 22)
    for ask in (
        lambda: clock.add_days(date(2026, 12, 20), 15, bare),
        lambda: clock.days_between(date(2026, 12, 20), date(2027, 1, 5), bare),
        lambda: clock.is_working(date(2027, 3, 1), bare),
    ):
        with pytest.raises(ContractProblem, match=r"2027.*calendar\.yaml") as caught:
            ask()
        assert caught.value.who == "the platform engineer"
    with pytest.raises(ContractProblem, match="2029"):
        clock.add_days(date(2028, 12, 20), 15, settings)
    assert clock.add_days(date(2026, 12, 20), 15, bare, "calendar") == date(2027, 1, 4)


def test_the_unit_is_a_parameter_and_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert clock.unit(settings) == "working"
    body = {"unit": "calendar", "remind_within": 5, "nature": "推", "basis": "test"}
    _write(tmp_path, "clocks.yaml", body)
    assert clock.unit(settings) == "calendar"
    assert clock.add_days(date(2026, 9, 30), 7, settings) == date(2026, 10, 7)
    assert clock.clocks(settings).remind_within == 5
    _write(tmp_path, "clocks.yaml", {**body, "unit": "working"})
    os.utime(tmp_path / "clocks.yaml", ns=(1, 1))
    assert clock.add_days(date(2026, 9, 30), 7, settings) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("clocks.yaml", {"unit": "hours", "remind_within": 3, "nature": "推", "basis": "x"}),
        ("clocks.yaml", {"unit": "working"}),
        ("calendar.yaml", {"years": {2027: {"basis": "x", "holidays": [], "workdays": [date(2027, 3, 1)]}}}),  # a Monday
        ("calendar.yaml", {"years": {2027: {"basis": "x", "holidays": [date(2026, 3, 1)], "workdays": []}}}),  # another year
        ("calendar.yaml", {"years": {2027: {"basis": "x", "holidays": [[date(2027, 3, 4), date(2027, 3, 1)]], "workdays": []}}}),
        ("calendar.yaml", {"years": {2027: {"basis": "x", "holidays": [date(2027, 2, 13)], "workdays": [date(2027, 2, 13)]}}}),
        ("calendar.yaml", {"years": {2027: {"holidays": [], "workdays": []}}}),  # no basis
    ],
)
def test_a_file_that_makes_no_sense_is_refused(tmp_path: Path, name: str, body: Any) -> None:
    _write(tmp_path, name, body)
    with pytest.raises(ContractProblem, match=name.replace(".", r"\.")):
        clock.add_days(date(2027, 1, 4), 3, Settings(home=tmp_path))


def test_a_year_of_ours_goes_before_the_packages(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert clock.is_working(date(2026, 3, 3), settings)
    _write(tmp_path, "calendar.yaml", {"years": {2026: {"basis": "made up", "holidays": [date(2026, 3, 3)], "workdays": []}}})
    assert not clock.is_working(date(2026, 3, 3), settings)


def test_the_example_in_the_parameter_file_is_valid() -> None:
    text = (Settings(home=Path("/nowhere")).parameters / "calendar.yaml").read_text(encoding="utf-8")
    lines = text[text.index("# years:") :].splitlines()
    example = clock.Calendar.model_validate(yaml.safe_load("\n".join(line.removeprefix("# ") for line in lines)))
    assert set(example.years) == {2027}
