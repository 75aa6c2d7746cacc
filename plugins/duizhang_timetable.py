"""A timetable of China's working days: holidays off, make-up Saturdays and Sundays on."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from duizhang.core.settings import Settings
from pendulum import DateTime, instance, timezone

ZONE = "Asia/Shanghai"


def is_working_day(day: date) -> bool:
    """Whether offices in China work on `day`, as the deadlines have it. Raises ContractProblem for a year without data:
    weekdays are no substitute."""
    from duizhang.core.clock import is_working

    return is_working(day, Settings(home=Path(os.environ.get("DUIZHANG_HOME") or ".home").resolve()))


class WorkingDayTimetable(Timetable):
    """One run on each working day at `hour`:`minute` Beijing time."""

    def __init__(self, hour: int = 20, minute: int = 0) -> None:
        self.at = time(hour, minute)
        self.description = f"working days at {self.at:%H:%M} 工作日 {self.at:%H:%M}"

    @property
    def summary(self) -> str:
        return self.description

    def serialize(self) -> dict[str, Any]:
        return {"hour": self.at.hour, "minute": self.at.minute}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> WorkingDayTimetable:
        return cls(data["hour"], data["minute"])

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        earliest = restriction.earliest
        if last_automated_data_interval is not None:
            earliest = max(filter(None, (earliest, last_automated_data_interval.end.add(microseconds=1))))
        if not restriction.catchup:
            # A missed evening is not made up: the next one pulls everything that has arrived since.
            earliest = max(filter(None, (earliest, DateTime.now("UTC"))))
        if earliest is None:
            return None
        run = self.first_at_or_after(earliest)
        return None if restriction.latest is not None and run > restriction.latest else DagRunInfo.exact(run)

    def first_at_or_after(self, moment: datetime) -> DateTime:
        """The first run at or after `moment`, in UTC."""
        zone = timezone(ZONE)
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=int(local.time() > self.at))
        while not is_working_day(day):
            day += timedelta(days=1)
        return instance(datetime.combine(day, self.at), tz=zone).in_timezone("UTC")


class DuizhangTimetablePlugin(AirflowPlugin):
    name = "duizhang_timetable"
    timetables = [WorkingDayTimetable]
