"""`duizhang score`, `certify` and `departments`: what closes a month."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from duizhang.core.settings import Settings

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the lake (default: DUIZHANG_HOME, else .home).")]
AsOf = Annotated[str, typer.Option("--as-of", help="Date of the reconciled books, e.g. 2026-11-20.")]
County = Annotated[str | None, typer.Option("--county", help="One county (default: all).")]
Cycle = Annotated[str | None, typer.Option("--cycle", help="The list that is judged (default: the last one issued before that date).")]
CycleOf = Annotated[str | None, typer.Option("--cycle", help="The month whose folder takes them (default: that of the date).")]


def _say(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def score(as_of: AsOf, home: Home = None, county: County = None, cycle: Cycle = None) -> None:
    """Show scores and rates of counties; ranked only where scores.yaml says so. Nothing is written."""
    from duizhang import ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    _say(pipeline.score_counties(settings, as_of, [county] if county else None, cycle))


def certify(as_of: AsOf, home: Home = None, county: County = None, cycle: Cycle = None) -> None:
    """Write 数据质量评分 and 县级闭合证明 of one county (default: all)."""
    from duizhang import ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    for each in [county] if county else pipeline.counties(settings, as_of):
        _say(pipeline.certify_county(settings, each, as_of, cycle))


def departments(as_of: AsOf, home: Home = None, county: County = None, cycle: CycleOf = None) -> None:
    """Write the departments' lists of what a county says is their error, into the county's own folder."""
    from duizhang import ledger, pipeline

    settings = Settings.load(home)
    ledger.migrate(settings)
    _say(pipeline.department_lists(settings, as_of, cycle, [county] if county else None))
