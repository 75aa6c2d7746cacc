"""County closure: the score, the certificate, and the departments' lists; each a versioned folder of workbooks.

    out/<county>/<cycle>/closing/<version>/          数据质量评分_<县>_<期>.xlsx, 县级闭合证明_<县>_<期>.xlsx
    out/departments/<owner>/<cycle>/<version>/       部门更正单_<owner>_<期>.xlsx (one a city)
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
from duizhang.core.logs import logger
from duizhang.core.settings import Settings

__all__ = ["Closing", "Department", "Departments", "Entry", "Ranked", "names", "rank", "score_county", "write_closing", "write_departments"]

_LOG = logger("closure")
DEPARTMENTS = "departments"
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
    version: str
    path: Path
    lines: int
    files: int
    changed: bool


@dataclass(frozen=True)
class Departments:
    """All that went out to departments; `without`: county → items that no department's book stands behind."""

    cycle: str
    departments: tuple[Department, ...]
    without: Mapping[str, int]


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
        day, cycle, rules, gather.results(settings, county, as_of), measures, items, totals.sums(settings, county, as_of, given)
    )
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
    settings: Settings, as_of: str, cycle: str, *, items: Mapping[str, Sequence[Row]], files: Mapping[str, Sequence[Row]]
) -> Departments:
    """The departments' lists of `cycle` as of `as_of`, all counties together.

    `items`: county → rows of `ledger.department_items`; `files`: county → its open items (those about deliveries are
    taken). A department whose list of this cycle went out and is empty now gets one that says so.
    """
    rules, book, places = by_code(settings), load_book(settings), names(settings, as_of)
    about = {county: [i for i in rows if i["code"] in rules and rules[i["code"]].subject == "delivery"] for county, rows in files.items()}
    day, contact = date.fromisoformat(as_of), gather.contact(settings)
    addressed = address(items, about, places, book, rules, cycle, day, contact)
    by_owner: dict[str, list[DepartmentList]] = {}
    for report in addressed.lists:
        by_owner.setdefault(report.owner, []).append(report)
    base = settings.out / DEPARTMENTS
    for path in gather.cycles(base):  # an empty list takes the place of one that was sent
        if path.name not in {_safe(owner) for owner in by_owner} and (path / cycle / versions.LATEST).exists():
            owner = str((versions.latest(path / cycle) or {})["owner"])
            by_owner[owner] = [DepartmentList(owner, "", cycle, day, contact, places, (), ())]
    written = tuple(_write_owner(base, owner, reports, as_of) for owner, reports in sorted(by_owner.items()))
    _LOG.info("lists of %d departments for %s, %d items without one", len(written), cycle, sum(addressed.without.values()))
    return Departments(cycle, written, addressed.without)


def _write_owner(base: Path, owner: str, reports: Sequence[DepartmentList], as_of: str) -> Department:
    cycle, cities = reports[0].cycle, len(reports)
    lines, files = sum(len(report.lines) for report in reports), sum(len(report.files) for report in reports)

    def write(temp: Path) -> list[Path]:
        paths = []
        for report in reports:
            city = f"_{report.city}" if cities > 1 else ""
            paths.append(temp / f"部门更正单_{_safe(owner)}_{cycle}{city}.xlsx")
            write_list(report, paths[-1])
        return paths

    manifest = {"owner": owner, "cycle": cycle, "as_of": as_of, "counts": {"lines": lines, "files": files}}
    placed = versions.place(base / _safe(owner) / cycle, write, manifest)
    return Department(owner, placed.version, placed.path, lines, files, placed.changed)


def _safe(owner: str) -> str:
    """An owner's name as the name of a folder."""
    return "".join("_" if character in '/\\:*?"<>|' else character for character in owner)
