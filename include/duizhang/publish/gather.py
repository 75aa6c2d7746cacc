"""Builds the report model of a county from the check's partitions, the catalogue and the ledger's items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhang.contracts.load import load_book
from duizhang.core.catalogue import by_code
from duizhang.core.clock import add_days
from duizhang.core.contact import who_to_ask
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.publish import counts, history
from duizhang.publish import items as wording
from duizhang.publish.asking import Item, need, questions, subject_of
from duizhang.publish.causes import place
from duizhang.publish.delivery import load_delivery
from duizhang.publish.homes import homes
from duizhang.publish.items import Context
from duizhang.publish.model import (
    CountyReport,
    FileLine,
    Line,
    Standing,
)
from duizhang.publish.store import Before


def gather(
    settings: Settings,
    county: str,
    as_of: str,
    cycle: str,
    items: Sequence[Item],
    roll_forward: Sequence[Mapping[str, Any]],
    closed: Sequence[Item] = (),
    before: Before | None = None,
) -> CountyReport:
    """The report of `county` (6 digits) as of `as_of` (ISO) for `cycle` (e.g. 2026-10).

    `items`: open items of the ledger (columns of design §6 and `body`); `closed`: items closed since the last cycle,
    with `closed_on`; `roll_forward`: one mapping per code with the columns of `RollForward`; `before`: what earlier
    publications said (`store.before`). Reads checks/county=…/, subjects/household/county=…/, books/coverage.parquet and
    books/regions.parquet. Deadlines are working or calendar days after `as_of`, as `core.clock` is set.
    Raises ContractProblem for an item without a needed key, InfraProblem where a partition is not there.
    """
    before = before or Before({}, None)
    base = settings.at(as_of)
    checks = base / "checks" / f"county={county}"
    by_town = _rows(checks / "results_by_town.parquet")
    coverage = [row for row in _rows(base / "books" / "coverage.parquet") if row["county"] == county]
    context = _context(settings, county, as_of, cycle, (*items, *closed), before)
    book, asked = context.book, context.questions
    lines, file_lines, waiting, unknown = _questions(items, context)
    return CountyReport(
        county=county,
        name=_county_name(base, county),
        cycle=cycle,
        as_of=context.as_of,
        contact=who_to_ask(settings),
        towns=_towns(coverage, by_town),
        deliveries=counts.deliveries(coverage, book),
        indicators=counts.indicators(_rows(checks / "results.parquet"), by_town, asked, lines, file_lines, before.hits),
        lines=lines,
        file_lines=file_lines,
        waiting=waiting,
        closed=tuple(
            sorted(
                (wording.standing(item, asked.get(item["code"]), book) for item in closed),
                key=lambda row: (row.town or "~", row.village_name or "~", row.household or "~", row.code, row.number),
            )
        ),
        roll_forward=counts.roll_forward(roll_forward, asked),
        problems=counts.problems(checks / "problems.json", asked, unknown),
        homes=homes(base, county, lines),
        last=history.last_list((*items, *closed), before.last_cycle, book),
        owed=history.owed(items, book),
        sealed=load_delivery(settings).of(county).encrypt,
    )


def _context(
    settings: Settings, county: str, as_of: str, cycle: str, items: Sequence[Item], before: Before
) -> Context:
    for item in items:
        for name in ("item_id", "number", "code", "state", "town", "value_hash", "body"):
            need(item, name)
    start, asked = date.fromisoformat(as_of), questions(by_code(settings), items)
    return Context(
        county=county,
        cycle=cycle,
        as_of=start,
        key=settings.installation_key(),
        book=load_book(settings),
        questions=asked,
        carried=before.carried,
        deadlines={days: add_days(start, days, settings) for days in {question.days for question in asked.values()}},
        visits=load_delivery(settings).visits,
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise InfraProblem(f"{path.name} of {path.parent.name} is not there.", action="Run check for this county first.")
    found: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return found


def _county_name(base: Path, county: str) -> str:
    names = {row["county_name"] for row in _rows(base / "books" / "regions.parquet") if row["county"] == county}
    if len(names) != 1:
        raise ContractProblem(f"regions.parquet has {len(names)} names for county {county}.")
    return str(names.pop())


def _towns(coverage: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Towns of the county by code: those of the coverage, and any the results name beside them."""
    names = {str(row["town"]): str(row["town_name"] or row["town"]) for row in (*results, *coverage) if row["town"]}
    return tuple(sorted(names.items()))


def _questions(
    items: Sequence[Item], context: Context
) -> tuple[tuple[Line, ...], tuple[FileLine, ...], tuple[Standing, ...], tuple[str, ...]]:
    """Lists, file questions, what waits, and codes of items whose indicator the catalogue no longer has."""
    for item in items:
        if item["state"] not in wording.OPEN:
            raise ContractProblem(f"Item {item['number']} is handed over as open in state {item['state']}.")
    asked_by = context.questions
    known = sorted((i for i in items if i["code"] in asked_by), key=lambda item: wording.order(item, asked_by))
    unknown = tuple(sorted({item["code"] for item in items} - set(asked_by)))
    placed = place(known, asked_by)
    files = [item for item in placed.asked if subject_of(item, asked_by[item["code"]]) == "delivery"]
    people = [item for item in placed.asked if subject_of(item, asked_by[item["code"]]) != "delivery"]
    return (
        tuple(wording.line(item, n, placed.notes.get(item["item_id"], ()), context) for n, item in enumerate(people, 1)),
        tuple(wording.file_line(item, n, context) for n, item in enumerate(files, 1)),
        tuple(
            wording.held(item, under, context) if under else wording.standing(item, asked_by[item["code"]], context.book)
            for item, under in placed.waiting
        ),
        unknown,
    )
