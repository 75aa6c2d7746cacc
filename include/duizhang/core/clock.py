"""Days of a deadline: working days of China's calendar, or calendar days; both are data.

`include/parameters/clocks.yaml` says the unit; `include/parameters/calendar.yaml` adds years to those that the package
chinesecalendar knows. A file of the same name in the home goes before (`calendar.yaml`: year by year).
A year that nobody knows is an error: a deadline that is off by a holiday is a wrong accusation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

Unit = Literal["working", "calendar"]
_SATURDAY = 5
_Stamp = tuple[tuple[str, int, int], ...]
_Model = TypeVar("_Model", bound=BaseModel)


class Clocks(BaseModel):
    """What clocks.yaml says. `unit`: of every deadline; `remind_within`: days (in `unit`) before a deadline that a county
    is reminded; `nature` and `basis` as in retention.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    remind_within: int = Field(ge=0, le=60)
    nature: Literal["公", "标", "推"]
    basis: str


def _as_span(value: Any) -> Any:
    return [value, value] if isinstance(value, date) else value


Span = Annotated[tuple[date, date], BeforeValidator(_as_span)]


class Year(BaseModel):
    """One year of calendar.yaml: days off (a date, or [first, last]) and the Saturdays and Sundays that are worked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    basis: str
    holidays: tuple[Span, ...]
    workdays: tuple[date, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Year:
        if any(first > last for first, last in self.holidays):
            raise ValueError("a span of days off ends before it begins")
        if any(day.weekday() < _SATURDAY for day in self.workdays):
            raise ValueError("`workdays` holds a day that is no Saturday or Sunday")
        if any(first <= day <= last for day in self.workdays for first, last in self.holidays):
            raise ValueError("a day is both a holiday and a workday")
        return self


class Calendar(BaseModel):
    """calendar.yaml: year → its days. A year given here goes before what chinesecalendar says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: dict[int, Year]

    @model_validator(mode="after")
    def _in_their_year(self) -> Calendar:
        for number, year in self.years.items():
            days = [*year.workdays, *(day for span in year.holidays for day in span)]
            if any(day.year != number for day in days):
                raise ValueError(f"{number} holds a day of another year")
        return self


def is_working(day: date, settings: Settings) -> bool:
    """Whether offices in China work on `day`. Raises ContractProblem for a year whose holidays nobody gave."""
    return day in _lookup(day.year, _calendar_stamp(settings))


def unit(settings: Settings) -> Unit:
    """The unit of deadlines: "working" or "calendar" days (clocks.yaml)."""
    return clocks(settings).unit


def clocks(settings: Settings) -> Clocks:
    """The parameters of clocks.yaml (the home's file, else the project's). Raises ContractProblem."""
    stamps = _stamps(settings, "clocks.yaml")
    if not stamps:
        raise ContractProblem("No clocks.yaml.", action="Put it into include/parameters/ or into the home.")
    return _clocks(stamps[-1])


def add_days(start: date, n: int, settings: Settings, unit: Unit | None = None) -> date:
    """The `n`-th day after `start` (n = 0: `start` itself); `unit` None = the configured one. Day 1 is the first (working)
    day after `start`. Raises ContractProblem for n < 0 and where the calendar of a year on the way is not known."""
    if n < 0:
        raise ContractProblem(f"A deadline of {n} days.", action="Days are 0 or more.")
    if (unit or clocks(settings).unit) == "calendar":
        return start + timedelta(days=n)
    if n == 0:
        return start
    stamp, year, left, skip = _calendar_stamp(settings), start.year, n, None
    while True:
        days = _working(year, stamp)
        skip = bisect_right(days, start) if skip is None else 0
        if skip + left <= len(days):
            return days[skip + left - 1]
        left -= len(days) - skip
        year += 1


def days_between(a: date, b: date, settings: Settings, unit: Unit | None = None) -> int:
    """How many (working) days d there are with a < d ≤ b; negative where b is before a. `unit` None = the configured one.
    `days_between(s, add_days(s, n)) = n`. Raises ContractProblem where a year between is not known."""
    if (unit or clocks(settings).unit) == "calendar":
        return (b - a).days
    if b < a:
        return -days_between(b, a, settings, "working")
    stamp = _calendar_stamp(settings)
    return sum(_count(year, stamp, b) - _count(year, stamp, a) for year in range(a.year, b.year + 1)) if a < b else 0


FIRST_YEAR = 2004  # the first that chinesecalendar knows
_MONDAY = date(1970, 1, 5)


def working_days_sql(settings: Settings) -> str:
    """DuckDB macro 工作日差(a, b): `days_between(a, b, settings, "working")`; NULL where a date lies outside the years that are known.

    Weekdays by arithmetic, corrected by the days off among them and the Saturdays and Sundays at work.
    """
    return _working_sql(_calendar_stamp(settings))


@lru_cache(maxsize=4)
def _working_sql(stamp: _Stamp) -> str:
    years: list[int] = []
    while _knows(FIRST_YEAR + len(years), stamp):  # up to the first that nobody gave: no term may run over a gap
        years.append(FIRST_YEAR + len(years))
    worked = {day for year in years for day in _working(year, stamp)}
    every = [day for year in years for day in _days(year)]
    off = ", ".join(str((day - _MONDAY).days) for day in every if day.weekday() < _SATURDAY and day not in worked)
    extra = ", ".join(str((day - _MONDAY).days) for day in every if day.weekday() >= _SATURDAY and day in worked)
    count = (
        f"n // 7 * 5 + least(n % 7 + 1, 5) - len(list_filter(CAST([{off}] AS BIGINT[]), lambda x: x <= n))"
        f" + len(list_filter(CAST([{extra}] AS BIGINT[]), lambda x: x <= n))"
    )
    known = " AND ".join(f"{day} BETWEEN DATE '{FIRST_YEAR}-01-01' AND DATE '{FIRST_YEAR + len(years) - 1}-12-31'" for day in ("a", "b"))
    return (
        f"CREATE OR REPLACE MACRO 工作日差(a, b) AS CASE WHEN {known} THEN list_reduce(list_transform("
        f"[datediff('day', DATE '{_MONDAY}', b), datediff('day', DATE '{_MONDAY}', a)], lambda n: {count}), lambda p, q: p - q) END;\n"
    )


def _knows(year: int, stamp: _Stamp) -> bool:
    try:
        return bool(_working(year, stamp))
    except ContractProblem:
        return False


def _count(year: int, stamp: _Stamp, day: date) -> int:
    """Working days of `year` up to `day`."""
    return bisect_right(_working(year, stamp), day)


@lru_cache(maxsize=64)
def _working(year: int, stamp: _Stamp) -> tuple[date, ...]:
    """The working days of `year`, in order."""
    given = _given(stamp).get(year)
    days = list(_days(year))
    if given is None:
        return tuple(day for day in days if _known(day))
    worked = set(given.workdays)
    off = [day for day in days if any(first <= day <= last for first, last in given.holidays)]
    return tuple(day for day in days if day in worked or (day.weekday() < _SATURDAY and day not in off))


@lru_cache(maxsize=64)
def _lookup(year: int, stamp: _Stamp) -> frozenset[date]:
    return frozenset(_working(year, stamp))


def _known(day: date) -> bool:
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise ContractProblem(
            f"No calendar of working days for {day.year}: the State Council sets it each November.",
            action=f"Update the package chinesecalendar, or write {day.year} into calendar.yaml (docs/runbooks/reminders.md). "
            f"没有{day.year}年的工作日历：请平台管理员按国务院办公厅放假通知写入 calendar.yaml。",
        ) from None


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


@lru_cache(maxsize=8)
def _given(stamp: _Stamp) -> dict[int, Year]:
    found: dict[int, Year] = {}
    for each in stamp:
        found.update(_load(Calendar, each).years)
    return found


def _calendar_stamp(settings: Settings) -> _Stamp:
    return _stamps(settings, "calendar.yaml")


def _stamps(settings: Settings, name: str) -> _Stamp:
    """Path, time and size of the files called `name`: the project's, then the home's. Files that change are read again."""
    found = []
    for path in (settings.parameters / name, settings.home / name):
        if path.exists():
            state = path.stat()
            found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)


@lru_cache(maxsize=8)
def _clocks(stamp: tuple[str, int, int]) -> Clocks:
    return _load(Clocks, stamp)


def _load(model: type[_Model], stamp: tuple[str, int, int]) -> _Model:
    path = Path(stamp[0])
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as problem:
        raise ContractProblem(f"{path} cannot be used: {problem}", action="Mend the file.") from None
