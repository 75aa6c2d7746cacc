"""The working-day timetable against a plain list of the State Council's calendar for 2026."""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugins"))

from airflow.timetables.base import DataInterval, TimeRestriction  # noqa: E402
from duizhang.core.errors import ContractProblem  # noqa: E402
from duizhang_timetable import WorkingDayTimetable, is_working_day  # noqa: E402
from pendulum import instance  # noqa: E402

CHINA = ZoneInfo("Asia/Shanghai")
# 国务院办公厅关于2026年部分节假日安排的通知: first and last day off, and the weekend days worked.
OFF = (("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07"))
WORKED = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")


def _reference(day: date) -> bool:
    text = f"{day:%m-%d}"
    if text in WORKED:
        return True
    return day.weekday() < 5 and not any(first <= text <= last for first, last in OFF)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_every_day_of_2026_is_as_the_notice_says() -> None:
    assert [day for day in _days(2026) if is_working_day(day) != _reference(day)] == []


def test_a_whole_year_of_runs_is_the_list_of_working_days() -> None:
    table = WorkingDayTimetable(hour=20)
    restriction = TimeRestriction(instance(datetime(2026, 1, 1, tzinfo=CHINA)), instance(datetime(2026, 12, 31, 20, tzinfo=CHINA)), True)
    runs, last = [], None
    while len(runs) < 400:
        try:
            info = table.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        except ContractProblem:
            break  # after the last working evening of the last known year
        assert info is not None
        last = info.data_interval
        runs.append(info.run_after.astimezone(CHINA))
    assert [run.date() for run in runs] == [day for day in _days(2026) if _reference(day)]
    assert {(run.hour, run.minute) for run in runs} == {(20, 0)}


@pytest.mark.parametrize(
    ("moment", "run"),
    [
        ("2026-02-13T20:00", "2026-02-13T20:00"),  # exactly then
        ("2026-02-13T20:01", "2026-02-14T20:00"),  # a Saturday that is worked
        ("2026-02-14T20:01", "2026-02-24T20:00"),  # over the Spring Festival
        ("2026-10-07T23:59", "2026-10-08T20:00"),
        ("2026-10-10T08:00", "2026-10-10T20:00"),  # a Saturday that is worked
        ("2026-10-11T08:00", "2026-10-12T20:00"),
    ],
)
def test_the_first_run_at_or_after(moment: str, run: str) -> None:
    found = WorkingDayTimetable(hour=20).first_at_or_after(datetime.fromisoformat(moment).replace(tzinfo=CHINA))
    assert found.astimezone(CHINA).replace(tzinfo=None) == datetime.fromisoformat(run)


def test_a_year_without_calendar_is_an_error_and_no_guess() -> None:
    import chinese_calendar.utils

    unknown = max(day.year for day in chinese_calendar.constants.workdays) + 1
    with pytest.raises(ContractProblem, match=rf"{unknown}.*chinesecalendar"):
        is_working_day(date(unknown, 3, 2))
    last = DataInterval.exact(instance(datetime(unknown - 1, 12, 31, 20, tzinfo=CHINA)))
    with pytest.raises(ContractProblem):
        WorkingDayTimetable().next_dagrun_info(last_automated_data_interval=last, restriction=TimeRestriction(None, None, True))


def test_missed_evenings_are_not_made_up() -> None:
    last = DataInterval.exact(instance(datetime(2026, 1, 5, 20, tzinfo=CHINA)))
    try:
        info = WorkingDayTimetable().next_dagrun_info(
            last_automated_data_interval=last, restriction=TimeRestriction(None, None, False)
        )
    except ContractProblem:
        return  # today lies after the known years: an error, as it should be
    assert info is not None
    assert info.run_after >= instance(datetime.now(CHINA))


def test_it_survives_serialisation() -> None:
    table = WorkingDayTimetable(hour=6, minute=30)
    again = WorkingDayTimetable.deserialize(table.serialize())
    assert again.serialize() == {"hour": 6, "minute": 30}
    assert again.summary == table.summary


def test_the_operators_page_warns_before_the_calendar_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import duizhang_view
    from airflow.sdk import timezone

    monkeypatch.setenv("DUIZHANG_HOME", str(tmp_path))
    known = max(day.year for day in __import__("chinese_calendar").constants.workdays)
    monkeypatch.setattr(timezone, "utcnow", lambda: datetime(known, 12, 1, tzinfo=CHINA))
    assert str(known + 1) in duizhang_view.calendar_note()
    (tmp_path / "calendar.yaml").write_text(
        f"years:\n  {known + 1}: {{basis: made up, holidays: [{known + 1}-01-01], workdays: []}}\n", encoding="utf-8"
    )
    assert duizhang_view.calendar_note() == ""
