"""工作日差 of the predicate language counts as the clock does, over the calendar that the clock has."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
from duizhang.core.clock import days_between, working_days_sql
from duizhang.core.lake import functions_sql
from duizhang.core.settings import Settings


def _difference(settings: Settings, a: date, b: date) -> int | None:
    con = duckdb.connect(":memory:")
    con.execute(working_days_sql(settings))
    return (con.execute("SELECT 工作日差($1::DATE, $2::DATE)", [a, b]).fetchone() or (None,))[0]


def test_it_agrees_with_the_clock_on_any_two_days(shared_settings: Settings) -> None:
    con = duckdb.connect(":memory:")
    con.execute(functions_sql(shared_settings))
    draw = random.Random(5)
    days = [(date(2004, 1, 1) + timedelta(days=draw.randrange(8_390)), draw.randrange(-500, 500)) for _ in range(300)]
    pairs = [(a, a + timedelta(days=n)) for a, n in days if 2004 <= (a + timedelta(days=n)).year <= 2026]
    con.execute("CREATE TABLE pairs (a DATE, b DATE)")
    con.executemany("INSERT INTO pairs VALUES (?, ?)", pairs)
    found = con.execute("SELECT a, b, 工作日差(a, b) FROM pairs").fetchall()
    assert len(found) > 250
    assert [(a, b, n) for a, b, n in found if n != days_between(a, b, shared_settings, "working")] == []


def test_the_national_day_is_no_working_day_and_the_sunday_before_it_is(shared_settings: Settings) -> None:
    """2026: 1 to 7 October off, worked on Sunday 20 September and Saturday 10 October."""
    assert _difference(shared_settings, date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert _difference(shared_settings, date(2026, 10, 10), date(2026, 9, 30)) == -3


def test_of_a_year_that_nobody_gave_it_says_nothing_until_it_is_given(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path / "home")
    assert _difference(settings, date(2099, 1, 4), date(2099, 1, 8)) is None
    assert _difference(settings, date(2026, 12, 30), date(2027, 1, 5)) is None
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "calendar.yaml").write_text(
        "years:\n  2027:\n    basis: 试用\n    holidays: [[2027-01-01, 2027-01-03]]\n    workdays: []\n", encoding="utf-8"
    )
    assert _difference(settings, date(2026, 12, 30), date(2027, 1, 5)) == 3
