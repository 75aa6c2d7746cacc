"""A town's own workbook: the rows of that town, and of no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from duizhang.publish.model import CountyReport

FOLDER = "乡镇"
_UNSAFE = re.compile(r"[^\w（）-]")


def town_reports(report: CountyReport) -> Iterator[tuple[str, CountyReport]]:
    """(ending of its file names, report) of each town that is asked anything, by code.

    Lines keep the number they have in the county's list. File questions belong to the county alone, as do lines that no
    town is known of.
    """
    used: set[str] = set()
    for code, name in report.towns:
        lines = tuple(line for line in report.lines if line.town == code)
        if not lines:
            continue
        safe = _UNSAFE.sub("_", name)
        safe = f"{safe}{code}" if safe in used or not safe.strip("_") else safe
        used.add(safe)
        yield f"{safe}_{report.name}_{report.cycle}.xlsx", replace(
            report,
            name=f"{report.name}{name}",
            town=code,
            towns=((code, name),),
            deliveries=(),
            indicators=(),
            lines=lines,
            file_lines=(),
            waiting=tuple(row for row in report.waiting if row.town == code),
            closed=tuple(row for row in report.closed if row.town == code),
            roll_forward=(),
            problems=(),
            homes=tuple(home for home in report.homes if home.town == code),
            last=None,
            owed=(),
        )
