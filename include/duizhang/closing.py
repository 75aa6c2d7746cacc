"""What is made of the ledger between two lists: lists from above, scores, closure certificates, the departments' lists.

Steps as those of `pipeline`, which gives them on: each can be run again at any time. Heavy imports are inside the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.core.days import as_day, cycle_of
from duizhang.core.errors import ContractProblem
from duizhang.core.meter import metered
from duizhang.core.settings import Settings
from duizhang.core.writing import writes


@writes
def take_feedback(
    settings: Settings, path: str | Path, source: str, received_on: str | date, due_on: str | date | None = None,
    county: str | None = None, complete: bool = False,
) -> dict[str, Any]:
    """Take a list of suspected problems that `source` (国家, 省, 市 …) sent down; receipts beside it. Twice is once.

    `due_on`: deadline of lines that state none; `county`: only its lines; `complete`: the list is all that the source has.
    Gives outcome → count, the receipts (below receipts/) and the counties for which it did not count as complete.
    """
    from duizhang import feedback, ledger
    from duizhang.read.grids import open_grids

    on, due = (date.fromisoformat(as_day(str(day))) if day else None for day in (received_on, due_on))
    said = feedback.load_parameters(settings).source(source)
    if on is None:
        raise ContractProblem("A list from above has no date of receipt.")
    sha, data = feedback.keep(settings, Path(path), said, on)
    request = feedback.Request(sha, Path(path).name, said, on, due, county, complete)

    def items(code: str) -> list[dict[str, Any]]:
        return [*ledger.open_items(settings, code), *ledger.closed_items(settings, code, "")]

    def note(code: str, notices: Sequence[feedback.Notice], whole: bool) -> Sequence[feedback.NoticeResult]:
        told = [ledger.Notice(**vars(notice)) for notice in notices]
        return ledger.note_from_above(settings, code, told, on, sha, whole, source=said, keys=_newest_keys(settings, code))

    taken = feedback.take(settings, open_grids(data), request, items, note)
    receipts = [path.relative_to(settings.receipts).as_posix() for path in feedback.write_receipts(settings, taken)]
    return {**taken.counts(), "receipts": receipts, "not_complete_for": list(taken.incomplete)}


def _newest_keys(settings: Settings, county: str) -> Path | None:
    """The keys of the county's subjects, of the newest date that has them."""
    return max(settings.home.glob(f"as_of=*/subjects/keys/county={county}/data.parquet"), default=None)


def _counties(settings: Settings, day: str) -> list[str]:
    from duizhang.snapshot.stage import load_snapshot

    return sorted(load_snapshot(settings, day).counties)


def _measured(settings: Settings, county: str, as_of: str, cycle: str | None) -> dict[str, Any]:
    """The ledger's measures as of `as_of`, for `cycle` or the list that went out last before it."""
    from duizhang import ledger

    judged = cycle or ledger.last_cycle(settings, county, as_of) or cycle_of(as_of)
    return ledger.measures(settings, county, judged, as_of, clocks=ledger.clocks(settings, county, as_of))


def score_counties(settings: Settings, as_of: str, only: Sequence[str] | None = None, cycle: str | None = None) -> dict[str, Any]:
    """Scores and rates of counties (default: all), and their ranking where scores.yaml enables it; writes nothing."""
    from duizhang import closure

    day = as_day(as_of)
    measured = {county: _measured(settings, county, day, cycle) for county in only or _counties(settings, day)}
    scores = {county: closure.score_county(settings, found) for county, found in measured.items()}
    names = closure.names(settings, day)
    entries = [closure.Entry(county, names[county], measured[county]["households"], scores[county].total) for county in measured]
    ranked = [
        {"place": row.place, "county": row.entry.county, "name": row.entry.name, "note": row.note, "board": row.board}
        for row in closure.rank(settings, entries)
    ]
    return {
        "as_of": day,
        "counties": {
            county: {"cycle": found["cycle"], "score": scores[county].total, "grade": scores[county].grade, "period": found["period"]}
            for county, found in measured.items()
        },
        **({"ranking": ranked} if ranked else {}),
    }


@writes
def certify_county(settings: Settings, county: str, as_of: str, cycle: str | None = None) -> dict[str, Any]:
    """Write the score and the closure certificate of a county on the books as of `as_of`, for the list of `cycle` (default:
    the last that went out before `as_of`). Twice is once. Gives counts, the score and the verdicts."""
    from duizhang import closure, ledger

    day = as_day(as_of)
    with metered(settings, day, "certify", county):
        found = _measured(settings, county, day, cycle)
        closing = closure.write_closing(
            settings, county, day, found["cycle"], measures=found, items=ledger.open_items(settings, county),
            exemptions=ledger.exemptions(settings, county, day), head=ledger.heads(settings).get(county, (0, "")),
        )  # fmt: skip
    verdicts = {str(proof.number): proof.verdict for proof in closing.proofs}
    return {
        "county": county, "cycle": closing.cycle, "version": closing.version, "changed": closing.changed, "score": closing.score.total,
        "grade": closing.score.grade, "overdue": found["overdue"], "exemptions": found["exemptions"], "verdicts": verdicts,
    }  # fmt: skip


@writes
def department_lists(settings: Settings, as_of: str, cycle: str | None = None, only: Sequence[str] | None = None) -> dict[str, Any]:
    """Write the departments' lists of `cycle` (default: that of `as_of`) of counties (default: all), each into its own
    folder. Twice is once. Gives counts: `departments` lists, of `changed` counties."""
    from duizhang import closure, ledger

    day = as_day(as_of)
    judged = cycle or cycle_of(day)
    written: list[closure.Departments] = []
    with metered(settings, day, "departments"):
        for county in only or _counties(settings, day):
            written.append(
                closure.write_departments(
                    settings, county, day, judged, items=ledger.department_items(settings, county), files=ledger.open_items(settings, county)
                )
            )
    lists = [each for of_county in written for each in of_county.departments]
    return {
        "cycle": judged, "departments": len(lists), "lines": sum(each.lines for each in lists), "files": sum(each.files for each in lists),
        "without_department": sum(each.without for each in written), "changed": sum(each.changed for each in written),
    }  # fmt: skip
