"""County closure: the score, the certificate, and the departments' lists; each a versioned folder of workbooks.

    out/<county>/<cycle>/closing/<version>/          数据质量评分_<县>_<期>.xlsx, 县级闭合证明_<县>_<期>.xlsx
    out/<county>/<cycle>/departments/<version>/      部门更正单_<owner>_<县>_<期>.xlsx, one a department
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.closure import gather, totals
from duizhang.closure.certificate import Facts, Proof, judge
from duizhang.closure.certificate_sheet import Certificate, write_certificate
from duizhang.closure.config import load
from duizhang.closure.departments import DepartmentList, address, write_list
from duizhang.closure.gather import names
from duizhang.closure.score_sheet import ScoreReport, write_scores
from duizhang.closure.scores import Entry, Ranked, Score, history, ranking, score
from duizhang.contracts.load import load_book
from duizhang.core import versions
from duizhang.core.catalogue import by_code
from duizhang.core.contact import who_to_ask
from duizhang.core.logs import logger
from duizhang.core.settings import Settings

__all__ = ["Closing", "Department", "Departments", "Entry", "Ranked", "names", "rank", "score_county", "write_closing", "write_departments"]

_LOG = logger("closure")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Closing:
    """A written closing. `changed` is False where this very content was there already."""

    county: str
    cycle: str
    version: str
    path: Path
    score_file: Path
    certificate_file: Path
    score: Score
    proofs: tuple[Proof, ...]
    changed: bool


@dataclass(frozen=True)
class Department:
    """The written list of one department: entries to correct, and problems of its files."""

    owner: str
    path: Path
    lines: int
    files: int


@dataclass(frozen=True)
class Departments:
    """A county's lists for departments; `without`: items that no department's book stands behind. `version` is '' where
    there is none, `changed` False where this very content was there already."""

    county: str
    cycle: str
    version: str
    departments: tuple[Department, ...]
    without: int
    changed: bool


def score_county(settings: Settings, measures: Row) -> Score:
    """The score of a county from `ledger.measures`. Raises ContractProblem for a scores.yaml that is not as documented."""
    config = load(settings).score
    return score(measures["codes"], by_code(settings), int(measures["overdue"]), int(measures["relapsed_open"]), config)


def rank(settings: Settings, entries: Sequence[Entry]) -> tuple[Ranked, ...]:
    """The ranking of counties: empty unless scores.yaml enables it, see `scores.ranking`."""
    return ranking(entries, load(settings).ranking)


def write_closing(
    settings: Settings,
    county: str,
    as_of: str,
    cycle: str,
    *,
    measures: Row,
    items: Sequence[Row],
    exemptions: Sequence[Row],
    head: tuple[int, str],
) -> Closing:
    """Score and certificate of `county` for the list of `cycle`, on the check as of `as_of` (ISO).

    `measures`, `items` (open ones), `exemptions` and `head` (length and last hash of the chain) are the ledger's. The same
    content is the same version. Raises ContractProblem for a configuration or county that is not known, InfraProblem where
    the check has left no results.
    """
    config, day, rules = load(settings), date.fromisoformat(as_of), by_code(settings)
    name = gather.name_of(settings, county, as_of)
    given = config.system_totals.get(county, {}).get(cycle)
    facts = Facts(
        day, cycle, rules, gather.results(settings, county, as_of), measures, items, totals.sums(settings, county, as_of, given),
        gather.uncovered(settings, county, as_of),
    )  # fmt: skip
    proofs = judge(facts, config.closing)
    found = score_county(settings, measures)
    folder = settings.out / county / cycle / gather.CLOSING
    summary = _summary(found, proofs, measures)
    mine = {"county": county, "cycle": cycle, "as_of": as_of, **summary, "chains": {county: [head[0], head[1]]}}
    earlier = history([*gather.closings(settings, county, cycle), mine])
    files = (f"数据质量评分_{name}_{cycle}.xlsx", f"县级闭合证明_{name}_{cycle}.xlsx")
    certificate = Certificate(
        county, name, cycle, day, str(measures["run_id"]), gather.list_name(settings, county, cycle), proofs, exemptions,
        {code: rule.title for code, rule in rules.items()}, gather.sources(settings, county, as_of), head, config.closing.basis,
    )  # fmt: skip

    def write(temp: Path) -> list[Path]:
        write_scores(ScoreReport(county, name, cycle, day, found, measures, earlier, config), temp / files[0])
        write_certificate(certificate, temp / files[1])
        return [temp / file for file in files]

    placed = versions.place(folder, write, mine)
    _LOG.info("closing of %s %s: version %s, changed %s", county, cycle, placed.version, placed.changed)
    paths = [placed.path / file for file in files]
    return Closing(county, cycle, placed.version, placed.path, paths[0], paths[1], found, proofs, placed.changed)


def _summary(found: Score, proofs: Sequence[Proof], measures: Row) -> dict[str, Any]:
    """Counts, rates and verdicts for the manifest: no name and no number of a person."""
    rates = ("repair_rate", "claimed_rate", "gap", "in_time_rate", "relapse_rate", "doubt_rate")
    return {
        "score": {
            "total": None if found.total is None else round(found.total, 4), "grade": found.grade, "deduction": round(found.deduction, 4),
            "dimensions": {d.name: None if d.score is None else round(d.score, 4) for d in found.dimensions},
        },
        "rates": {name: measures["period"][name] for name in rates} | {"problem_rate": measures["problem_rate"]},
        "proofs": {str(proof.number): proof.verdict for proof in proofs},
        "exemptions": measures["exemptions"], "households": measures["households"],
    }  # fmt: skip


def write_departments(
    settings: Settings, county: str, as_of: str, cycle: str, *, items: Sequence[Row], files: Sequence[Row]
) -> Departments:
    """The departments' lists of `county` for `cycle` as of `as_of` (ISO): one workbook a department, in one version.

    `items`: rows of `ledger.department_items`; `files`: the county's open items (those about deliveries are taken). A
    department whose list of this cycle went out and is empty now gets one that says so; a county that never had one has
    no folder. Raises ContractProblem for a county that the list of regions does not have.
    """
    rules, book, name = by_code(settings), load_book(settings), gather.name_of(settings, county, as_of)
    about = [item for item in files if item["code"] in rules and rules[item["code"]].subject == "delivery"]
    day, contact = date.fromisoformat(as_of), who_to_ask(settings)
    addressed = address(county, name, items, about, book, rules, cycle, day, contact)
    folder = settings.out / county / cycle / gather.DEPARTMENTS
    lists = {report.owner: report for report in addressed.lists}
    for owner in (versions.latest(folder) or {}).get("departments", {}):  # an empty list takes the place of one that was sent
        lists.setdefault(owner, DepartmentList(owner, county, name, cycle, day, contact, (), ()))
    if not lists:
        return Departments(county, cycle, "", (), addressed.without, changed=False)
    placed = _place(folder, [lists[owner] for owner in sorted(lists)], as_of)
    written = tuple(
        Department(owner, placed.path / _file_name(report), len(report.lines), len(report.files)) for owner, report in sorted(lists.items())
    )
    _LOG.info("lists of %s for %d departments, %s, %d items without one", county, len(written), cycle, addressed.without)
    return Departments(county, cycle, placed.version, written, addressed.without, placed.changed)


def _place(folder: Path, reports: Sequence[DepartmentList], as_of: str) -> versions.Placed:
    def write(temp: Path) -> list[Path]:
        paths = [temp / _file_name(report) for report in reports]
        for report, path in zip(reports, paths, strict=True):
            write_list(report, path)
        return paths

    counts = {report.owner: {"lines": len(report.lines), "files": len(report.files)} for report in reports}
    manifest = {"county": reports[0].county, "cycle": reports[0].cycle, "as_of": as_of, "departments": counts}
    return versions.place(folder, write, manifest)


def _file_name(report: DepartmentList) -> str:
    return f"部门更正单_{_safe(report.owner)}_{_safe(report.county_name)}_{report.cycle}.xlsx"


def _safe(name: str) -> str:
    """A name as part of a file's."""
    return "".join("_" if character in '/\\:*?"<>|' else character for character in name)
