"""What a run needs, each looked at alone."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator

from duizhang.core.errors import DuizhangError
from duizhang.core.settings import Settings


def examine(settings: Settings) -> Iterator[tuple[str, str]]:
    """(what was looked at, the problem or '')."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("home is closed to others", lambda: _closed(settings)),
        ("contracts and code lists load", lambda: _contracts(settings)),
        ("every rule lints and binds", lambda: _rules(settings)),
        ("the database answers and is migrated", lambda: _database(settings)),
        ("working days are known for this year and the next month", _calendar),
    ]
    for name, look in checks:
        try:
            yield name, look()
        except DuizhangError as problem:
            yield name, str(problem)


def _closed(settings: Settings) -> str:
    mode = stat.S_IMODE(settings.home.stat().st_mode)
    return "" if mode & 0o077 == 0 else f"mode is {mode:o}; it must be 700"


def _contracts(settings: Settings) -> str:
    from duizhang.contracts.load import load_book

    book = load_book(settings)
    for role in ("national", "regions", "parameters"):
        book.role(role)
    return ""


def _rules(settings: Settings) -> str:
    from duizhang.assemble.stage import build
    from duizhang.check.stage import compile_for
    from duizhang.contracts.load import load_book
    from duizhang.contracts.subjects import lineage
    from duizhang.core.lake import duck

    book = load_book(settings)
    with duck(settings, functions=True) as con:
        build(settings, con, "2000-01-01", "", book)
        _, problems = compile_for(con, settings, lineage(settings, book), book)
    return "; ".join(problem.message for problem in problems)


def _database(settings: Settings) -> str:
    from duizhang import ledger

    ledger.migrate(settings)
    return ""


def _calendar() -> str:
    from datetime import date, timedelta

    import chinese_calendar

    try:
        chinese_calendar.is_workday(date.today() + timedelta(days=31))
    except NotImplementedError:
        return "chinesecalendar has no data for next month: upgrade it"
    return ""
