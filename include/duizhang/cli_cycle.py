"""The verbs of the monthly cycle: which step is done, and reminding the counties."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from duizhang.core.settings import Settings

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the lake (default: DUIZHANG_HOME, else .home).")]
County = Annotated[str | None, typer.Option("--county", help="Only this county.")]


def show(
    home: Home = None, county: County = None, cycle: Annotated[str | None, typer.Option("--cycle", help="Only this cycle, e.g. 2026-10.")] = None
) -> None:
    """Which step of the monthly cycle is done, county by county: when last, how often, and how much came of it."""
    from duizhang import cycle as cycles
    from duizhang import ledger
    from duizhang.ledger.steps import STEPS

    settings = Settings.load(home)
    ledger.migrate(settings)
    for row in cycles.overview(settings, county, cycle):
        typer.echo(f"{row['county']} {row['cycle']}")
        for step in STEPS:
            typer.echo(f"  {step:<9} {_told(row[step])}")


def _told(done: dict[str, Any] | None) -> str:
    if done is None:
        return "–"
    counts = "  ".join(f"{name} {n}" for name, n in done.items() if name not in ("on", "times") and n)
    times = f" ×{done['times']}" if done["times"] > 1 else ""
    return f"{done['on']}{times}  {counts}".rstrip()


def remind(
    home: Home = None, county: County = None, on: Annotated[str | None, typer.Option("--on", help="The day it stands for (default: today).")] = None
) -> None:
    """Remind the counties of questions due soon or overdue: a sheet of counts in out/, and an alert; once a working day."""
    from duizhang import ledger, reminders

    settings, day = Settings.load(home), date.fromisoformat(on) if on else date.today()
    ledger.migrate(settings)
    for each in [county] if county else reminders.due(settings):
        told = reminders.remind(settings, each, day)
        typer.echo(f"{each}: " + (", ".join(f"{name} {n}" for name, n in told.items()) if told else "nothing to remind of today"))
