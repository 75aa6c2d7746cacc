"""Alarms of the business: what is wrong though no task failed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pyarrow.parquet as pq

from duizhang import ledger
from duizhang.contracts.load import Book, load_book
from duizhang.core.lake import read_json
from duizhang.core.settings import Settings
from duizhang.ops.alerts import Alert

_ABSENT = ("missing", "stale")


def alarms(settings: Settings, as_of: str, today: date) -> list[Alert]:
    """Everything to be told of the books as of `as_of` (ISO), and of the ledger as it is, on the day `today`."""
    book = load_book(settings)
    return [*late(settings, as_of, book), *volumes(settings, as_of, book), *unpublished(settings, today), *unverified(settings)]


def late(settings: Settings, as_of: str, book: Book) -> list[Alert]:
    """One alert a feed of which a county has towns without a delivery younger than the feed's `max_age`.

    A feed that never came from anybody is not in use yet, and nobody is asked for it.
    """
    towns: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in pq.read_table(settings.at(as_of) / "books" / "coverage.parquet", columns=["feed", "county", "status"]).to_pylist():
        towns[row["feed"]][row["county"]][row["status"]] += 1
    found = []
    for contract in book.contracts:
        counties = towns[contract.feed]
        if all(set(states) == {"missing"} for states in counties.values()):
            continue
        absent = {county: states for county, states in counties.items() if any(states[word] for word in _ABSENT)}
        if absent:
            counts = {f"towns_{word}": sum(states[word] for states in absent.values()) for word in _ABSENT}
            found.append(Alert("feed", f"{contract.owner}（{contract.cadence}）", contract.title, tuple(sorted(absent)), counts=counts))
    return found


def volumes(settings: Settings, as_of: str, book: Book) -> list[Alert]:
    """One alert for each broken limit of a feed and county; file names stay at home, for a name may hold a person's."""
    found = []
    for flag in read_json(settings.at(as_of) / "books" / "volume.json"):
        contract = book.by_feed.get(flag["feed"])
        if contract is not None:
            counts = {name: int(flag[name]) for name in ("rows", "before") if flag[name] is not None}
            county = (flag["county"],) if flag["county"] else ()
            found.append(Alert("volume", contract.owner, contract.title, county, problem=flag["kind"], counts=counts))
    return found


def unpublished(settings: Settings, today: date) -> list[Alert]:
    """Counties that had books in the month before `today` and got no list for that cycle."""
    cycle = (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    known = sorted(settings.home.glob(f"as_of={cycle}-*/books/regions.json"))
    if not known:
        return []
    missing = set(read_json(known[-1])["counties"]) - ledger.issued_counties(settings, cycle)
    return [Alert("list", "the operator of publish", counties=tuple(sorted(missing)), dag="publish")] if missing else []


def unverified(settings: Settings) -> list[Alert]:
    """The ledger's problems, counted; one of the ledger as a whole names no county."""
    problems = ledger.verify(settings)
    counties = tuple(sorted({problem.county for problem in problems if problem.county}))
    return [Alert("ledger", "the platform engineer", counties=counties, counts={"problems": len(problems)})] if problems else []
