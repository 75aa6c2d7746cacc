"""The order of the stages. It alone knows it; every function here is one step that can be run again at any time.

Airflow and the command line call these steps; `run` is all of them in a row. Heavy imports are inside the steps, so
that importing this module is cheap.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

# what is made of the ledger between two lists; called as steps of the pipeline
from duizhang.closing import certify_county as certify_county
from duizhang.closing import department_lists as department_lists
from duizhang.closing import score_counties as score_counties
from duizhang.closing import take_feedback as take_feedback
from duizhang.core.crew import Crew, crew
from duizhang.core.days import as_day as as_day
from duizhang.core.days import cycle_of as cycle_of
from duizhang.core.errors import ContractProblem, FeedProblem
from duizhang.core.lake import read_json, write_json
from duizhang.core.logs import logger
from duizhang.core.meter import metered
from duizhang.core.settings import Settings
from duizhang.core.writing import writes

if TYPE_CHECKING:
    import pyarrow as pa

    from duizhang.contracts.load import Book
    from duizhang.match.county import Tally, Task
    from duizhang.pull.connections import Resolver
    from duizhang.pull.landing import Arrival

log = logger("pipeline")


def _book(settings: Settings) -> Book:
    from duizhang.contracts.load import load_book

    return load_book(settings)


@writes
def pull_inbox(settings: Settings, inbox: str | Path) -> list[str]:
    """Pull everything in `inbox`; the keys (sha256) of files that have not been read under the present contracts."""
    from duizhang import pull

    pull.pull(settings, inbox)
    return pending(settings)


@writes
def pull_source(settings: Settings, name: str, day: str | None = None, resolve: Resolver | None = None) -> list[str]:
    """Pull the declared source `name`; the keys of files that wait, as `pull_inbox`. `day` (ISO) dates queries that ask
    for it; `resolve` gives its credentials (default: environment, then the connections file)."""
    from duizhang import pull

    on = date.fromisoformat(as_day(day)) if day else None
    pull.pull_source(settings, pull.source_named(settings, name), resolve or pull.resolver(settings), on)
    return pending(settings)


def pending(settings: Settings) -> list[str]:
    """Keys of landed files not yet normalised, or normalised under another version of their contract."""
    from duizhang import pull
    from duizhang.contracts.load import fingerprint, version

    book = _book(settings)
    versions = {contract.feed: fingerprint(contract) for contract in book.contracts}
    normed = {contract.feed: version(book, contract) for contract in book.contracts}
    waiting = set()
    for arrival in pull.arrivals(settings):
        meta = settings.raw / arrival.sha256 / "meta.json"
        known = read_json(meta) if meta.exists() else None
        done = settings.norm / arrival.sha256 / "meta.json"
        current = known is not None and known["contract"] == versions.get(known["feed"])
        if known is not None and not known["refused"]:
            current = done.exists() and read_json(done)["contract"] == normed.get(known["feed"])
        if not current or known is None or known["feed"] is None:
            waiting.add(arrival.sha256)
    return sorted(waiting)


@lru_cache(maxsize=2)
def _arrivals(settings: Settings, stamp: tuple[int, int]) -> dict[str, Arrival]:
    """sha256 → the first arrival by name; `stamp` tells when the journal is another."""
    from duizhang import pull

    found: dict[str, Arrival] = {}
    for arrival in pull.arrivals(settings):
        if arrival.sha256 not in found or arrival.name < found[arrival.sha256].name:
            found[arrival.sha256] = arrival
    return found


def _stamp(path: Path) -> tuple[int, int]:
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else (0, 0)


@writes
def ingest(settings: Settings, key: str) -> dict[str, Any]:
    """Read and normalise one landed file (`key` = its sha256). A file that cannot be used is refused, not raised."""
    from duizhang import normalise, read

    arrival = _arrivals(settings, _stamp(settings.landing / "arrivals.jsonl")).get(key)
    if arrival is None:
        raise ContractProblem(f"No file {key[:12]} has landed.")
    book = _book(settings)
    report = read.read(settings, arrival, book)
    norm = normalise.normalise(settings, report, book)
    if norm is None:
        return {"key": key[:12], "feed": report.feed or "", "refused": True, "rows_in": 0, "loaded": 0, "quarantined": 0, "not_data": 0}
    return {
        "key": key[:12], "feed": norm.feed, "refused": False, "rows_in": norm.rows_in, "loaded": norm.loaded,
        "quarantined": norm.quarantined, "not_data": norm.not_data,
    }  # fmt: skip


@writes
def build_books(settings: Settings, as_of: str, hands: Crew | None = None) -> list[str]:
    """Snapshot and match as of `as_of`; the counties whose books, contracts or rules differ from what was last reconciled."""
    from duizhang import assemble, match, snapshot

    day, book = as_day(as_of), _book(settings)
    with metered(settings, day, "snapshot"):
        shot = snapshot.snapshot(settings, day, book)
    with metered(settings, day, "match"):
        match.match(settings, day, book, partial((hands or Crew(settings)).each, partial(_link, day)))
        assemble.make_keys(settings, day, book, sorted(shot.counties))
    return [county for county in sorted(shot.counties) if _done(settings, day, county) != _wanted(settings, day, county)]


def _link(as_of: str, settings: Settings, task: Task) -> Tally:
    from duizhang.match.county import link_county
    from duizhang.match.narrow import Places

    return link_county(Places(settings, as_of), _book(settings), task)


def _wanted(settings: Settings, as_of: str, county: str) -> str:
    """Hash of all that a county's findings depend on: its books, its links (other counties' files change them too), rules,
    spines, derived tables, parameters and config tables."""
    import hashlib

    from duizhang.assemble import keys
    from duizhang.contracts.parameters import by_year, config_tables
    from duizhang.core.catalogue import load_catalogue
    from duizhang.core.lake import functions_sql
    from duizhang.snapshot.stage import load_snapshot

    books = load_snapshot(settings, as_of).fingerprints[county]
    links = read_json(settings.at(as_of) / "links" / "report.json")["fingerprints"][county]
    # beside what decides: what a finding says of the rule, and the further books without which it is not judged
    versions = [repr((r.code, r.version, r.consequence_of, r.feeds, r.severity, r.evidence)) for r in load_catalogue(settings)]
    spines = [path.read_text(encoding="utf-8") for folder in ("subjects", "tables") for path in sorted((settings.sql / folder).glob("*"))]
    spines += [functions_sql(settings), repr(sorted(by_year(settings, county, as_of).items())), repr(sorted(config_tables(settings).items()))]
    return hashlib.sha256("\n".join([books, links, keys.fingerprint(settings, as_of, county), *versions, *spines]).encode()).hexdigest()


def _done(settings: Settings, as_of: str, county: str) -> str:
    path = settings.at(as_of) / "checks" / f"county={county}" / "done.json"
    return str(read_json(path)["fingerprint"]) if path.exists() else ""


def check_state(settings: Settings, county: str, as_of: str) -> tuple[str, bool]:
    """(hash of all that the county's findings as of `as_of` depend on, whether they were made on just that). Raises
    ContractProblem for a county without books."""
    day = as_day(as_of)
    if county not in counties(settings, day):
        raise ContractProblem(f"County {county} has no books as of {day}.")
    wanted = _wanted(settings, day, county)
    return wanted, _done(settings, day, county) == wanted


def counties(settings: Settings, as_of: str) -> list[str]:
    """Codes of the counties that have books as of `as_of`."""
    from duizhang.snapshot.stage import load_snapshot

    return sorted(load_snapshot(settings, as_day(as_of)).counties)


@writes
def reconcile_county(settings: Settings, county: str, as_of: str, *, docs: bool = True) -> dict[str, Any]:
    """Assemble, check and merge one county as of `as_of`, and load its part of the warehouse."""
    from duizhang import assemble, check, ledger
    from duizhang.snapshot.stage import load_snapshot

    day, book = as_day(as_of), _book(settings)
    shot = load_snapshot(settings, day)
    if county not in shot.counties:
        raise ContractProblem(f"County {county} has no books as of {day}.")
    with metered(settings, day, "assemble", county):
        rows = assemble.assemble(settings, day, county, book)
    with metered(settings, day, "check", county):
        report = check.check(settings, day, county, book, docs=docs)
    run_id = f"{day}-{county}-{shot.fingerprints[county][:8]}"
    root = settings.at(day)

    def verdicts(watch: pa.Table) -> pa.Table:
        return check.verdicts(settings, day, county, book, watch)

    with metered(settings, day, "merge", county):
        summary = ledger.merge(
            settings, county, day, run_id, root / "checks" / f"county={county}" / "findings.parquet",
            root / "subjects" / "keys" / f"county={county}" / "data.parquet", verdicts,
        )  # fmt: skip
    with metered(settings, day, "warehouse", county):
        ledger.load_warehouse(settings, county, day, root, run_id=run_id)
    result = {"county": county, "rows": rows, "rules": report.rules, "findings": report.findings, "problems": len(report.problems)}
    result["events"] = {kind: int(n) for kind, n in sorted(summary.events.items())}
    done = {"fingerprint": _wanted(settings, day, county)}
    write_json(done, root / "checks" / f"county={county}" / "done.json")
    return result


def _may_publish(settings: Settings, county: str, as_of: str) -> None:
    """Only the delivery of the national book can stop a county's publication."""
    import pyarrow.parquet as pq

    national = _book(settings).role("national")
    mine = [("county", "=", county), ("feed", "=", national.feed)]
    states = set(pq.read_table(settings.at(as_of) / "books" / "coverage.parquet", filters=mine)["status"].to_pylist())
    if "short" in states:
        raise FeedProblem(f"{county}：《{national.title}》低于行数下限 {national.volume.min}", action="请补报后重新运行；上一期清单不变")
    if not states & {"full", "zero"}:
        raise FeedProblem(
            f"{county}：没有一个乡镇收到可用的《{national.title}》（{'、'.join(sorted(states))}）", action="请补报后重新运行；上一期清单不变"
        )


@writes
def issue_county(settings: Settings, county: str, as_of: str) -> dict[str, Any]:
    """Publish the county's list for the cycle of `as_of` and record what it asks as issued. Twice is once. Raises ContractProblem
    where the county was merged as of a later date."""
    from duizhang import ledger, publish
    from duizhang.ledger import steps

    day = as_day(as_of)
    steps.check_newest(county, date.fromisoformat(day), steps.last_merged(settings, county))
    _may_publish(settings, county, day)
    with metered(settings, day, "publish", county):
        items = ledger.open_items(settings, county)
        roll = ledger.roll_forward(settings, county, day, cycle=cycle_of(day))
        publication = publish.publish(settings, county, day, cycle_of(day), items, roll, ledger.closed_items(settings, county, cycle_of(day)))
    with metered(settings, day, "issue", county):
        issued = ledger.issue(settings, county, cycle_of(day), day, [(r.item_id, r.token, r.value_hash, r.due_on) for r in publication.rows],
                              version=publication.version)
    return {"county": county, "version": publication.version, "rows": len(publication.rows), "issued": issued, "changed": publication.changed}


@writes
def receive_file(settings: Settings, path: str | Path, received_on: str | date) -> dict[str, Any]:
    """Take one returned workbook: its answers into the ledger, a receipt beside it. Twice is once."""
    from duizhang import ledger, receive

    day = received_on if isinstance(received_on, date) else date.fromisoformat(received_on)
    receipt = receive.receive(settings, Path(path), day, lambda numbers: ledger.published(settings, numbers))
    results = ledger.answer_all(settings, receipt, day)
    written = receive.write_receipt(settings, receipt, results)
    counted: dict[str, int] = {"accepted": 0, "repeated": 0, "refused": len(receipt.refused)}
    for result in results:
        counted[result.outcome] += 1
    return {"receipt": written.name, **counted}


def run(settings: Settings, inbox: str | Path, as_of: str, *, issue: bool = True, docs: bool = True) -> dict[str, Any]:
    """The whole pipeline for one date without Airflow; returns (and writes) the summary."""
    from duizhang import ledger

    day = as_day(as_of)
    ledger.migrate(settings)
    with metered(settings, day, "pull"):
        keys = pull_inbox(settings, inbox)
    with crew(settings) as hands:
        with metered(settings, day, "read+normalise"):
            for _ in hands.each(ingest, keys):
                pass
        changed = build_books(settings, day, hands)
        for _ in hands.each(partial(_reconcile, day, docs), changed):
            pass
        for _ in hands.each(partial(_issue, day), counties(settings, day) if issue else []):
            pass
    return summarise(settings, day)


def _reconcile(as_of: str, docs: bool, settings: Settings, county: str) -> dict[str, Any]:
    from duizhang import cycle

    return cycle.check(settings, county, as_of, docs=docs)


def _issue(as_of: str, settings: Settings, county: str) -> dict[str, Any]:
    from duizhang import cycle

    cycle.approve(settings, county, as_of)
    return cycle.issue(settings, county, as_of, docs=False)


def summarise(settings: Settings, as_of: str) -> dict[str, Any]:
    """Write summary.json (docs/summary.schema.json) from what the stages left behind, and return it."""
    from duizhang.summary import build

    summary = build(settings, as_day(as_of))
    write_json(summary, settings.at(as_day(as_of)) / "summary.json")
    months = {path.parent.name.removeprefix("as_of="): read_json(path) for path in sorted(settings.home.glob("as_of=*/summary.json"))}
    write_json({"schema": 1, "latest": max(months), "runs": months}, settings.home / "summary.json")
    return summary
