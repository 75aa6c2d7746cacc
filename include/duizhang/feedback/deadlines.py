"""The deadline a line states: a date in any writing, or days from the day the list came."""

from __future__ import annotations

import re
from datetime import date, timedelta

from duizhang.core import clock
from duizhang.core.data_dates import parse_day
from duizhang.core.functions import month_end
from duizhang.core.settings import Settings
from duizhang.feedback.texts import bare

_DAYS = re.compile(r"(?<![0-9月])([0-9]{1,3})个?(工作日|自然日|日历日|天|日)(内|之内|以内)?")
_MONTH_DAY = re.compile(r"(?<![0-9年])([0-9]{1,2})月([0-9]{1,2})[日号]")
_MONTH = re.compile(r"(20[0-9]{2})[年./-]([0-9]{1,2})月?(底|末|份)?(之?前|以前)?")
_SERIAL = re.compile(r"[45][0-9]{4}(\.0+)?")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
_LOOK_BACK = timedelta(days=60)  # 1月5日 in a list of December is next year's, 12月1日 is this year's


def deadline(text: str, received_on: date, settings: Settings) -> date | None:
    """The day until which `text` wants an answer; None where it says none that can be read (立行立改, 尽快)."""
    folded = bare(text)
    if not folded:
        return None
    if _SERIAL.fullmatch(folded):
        return _EPOCH + timedelta(days=int(float(folded)))
    month = _MONTH.fullmatch(folded)
    if month:
        return month_end(int(month[1]) * 100 + int(month[2]))
    day = parse_day(folded)
    if day:
        return day
    without_year = _MONTH_DAY.search(folded)
    if without_year:
        return _coming(int(without_year[1]), int(without_year[2]), received_on)
    days = _DAYS.search(folded)
    if days:
        unit: clock.Unit | None = "working" if days[2] == "工作日" else "calendar" if days[2] in ("自然日", "日历日") else None
        return clock.add_days(received_on, int(days[1]), settings, unit)
    return None


def _coming(month: int, day: int, received_on: date) -> date | None:
    for year in (received_on.year, received_on.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= received_on - _LOOK_BACK:
            return found
    return None
