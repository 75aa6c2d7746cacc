"""summary.json: counts of one run, never a name or a number. Its schema is docs/summary.schema.json."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow.parquet as pq

from duizhang.core.lake import read_json
from duizhang.core.meter import timings
from duizhang.core.settings import Settings

CYCLES = 3  # how many cycles of a county a summary tells of: steps of one go on while the next is open
ROLL = (
    "opening", "new", "reopened", "moved_in", "proven", "verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out",
    "closing", "na", "gone",
)  # fmt: skip


def build(settings: Settings, as_of: str) -> dict[str, Any]:
    """The summary of the run as of `as_of`, out of what its stages left on disk and in the ledger."""
    root = settings.at(as_of)
    names = read_json(root / "books" / "regions.json")["counties"]
    feeds, files = _feeds(settings, as_of)
    problems = read_json(root / "books" / "snapshot.json")["problems"]
    return {
        "as_of": as_of,
        "files": files,
        "feeds": feeds,
        "rows": {key: sum(feed[key] for feed in feeds.values()) for key in ("rows_in", "loaded", "quarantined", "not_data")},
        "coverage": _coverage(settings, as_of),
        "match": _match(settings, as_of),
        "counties": {code: _county(settings, as_of, code, name) for code, name in sorted(names.items())},
        "indicators": _indicators(settings, as_of, sorted(names)),
        "problems": problems,
        "stages": timings(settings, as_of),
        "paths": {"out": str(settings.out), "data_docs": str(root / "data_docs"), "lake": str(root)},
    }


def _feeds(settings: Settings, as_of: str) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    from duizhang.contracts.load import load_book

    counts: dict[str, dict[str, int]] = {
        contract.feed: dict.fromkeys(("files", "refused", "rows_in", "loaded", "quarantined", "not_data"), 0)
        for contract in load_book(settings).contracts
    }
    files = {"landed": 0, "read": 0, "refused": 0, "unrecognised": 0}
    for meta in sorted(settings.raw.glob("*/meta.json")):
        read = read_json(meta)
        if read["data_date"] and read["data_date"] > as_of:
            continue
        files["landed"] += 1
        feed = counts.get(read["feed"] or "")
        if feed is None:
            files["unrecognised"] += 1
            continue
        feed["files"] += 1
        if read["refused"]:
            feed["refused"] += 1
            files["refused"] += 1
            continue
        files["read"] += 1
        norm = read_json(settings.norm / meta.parent.name / "meta.json")
        for key in ("rows_in", "loaded", "quarantined", "not_data"):
            feed[key] += norm[key]
    return counts, files


def _coverage(settings: Settings, as_of: str) -> list[dict[str, Any]]:
    """Feed and county → towns by status, and the oldest and newest data date."""
    grouped: dict[tuple[str, str], dict[str, Any]] = {}
    for row in pq.read_table(settings.at(as_of) / "books" / "coverage.parquet").to_pylist():
        entry = grouped.setdefault((row["feed"], row["county"]), {"feed": row["feed"], "county": row["county"], "towns": {}, "dates": []})
        entry["towns"][row["status"]] = entry["towns"].get(row["status"], 0) + 1
        if row["data_date"]:
            entry["dates"].append(row["data_date"].isoformat())
    return [{**entry, "dates": sorted(set(entry["dates"]))} for _, entry in sorted(grouped.items())]


def _match(settings: Settings, as_of: str) -> dict[str, Any]:
    report = read_json(settings.at(as_of) / "links" / "report.json")
    return {"linked": report["linked"], "unlinked": report["unlinked"], "cannot_compare": report["blocked"]}


def _county(settings: Settings, as_of: str, county: str, name: str) -> dict[str, Any]:
    from duizhang import ledger

    folder = settings.at(as_of) / "checks" / f"county={county}"
    if not (folder / "results.parquet").exists():
        return {"name": name, "rules": 0, "findings": 0, "problems": [], "roll_forward": {}, "states": {}, "publication": ""}
    rows = ledger.roll_forward(settings, county, as_of, cycle=as_of[:7])
    roll = {key: sum(int(row.get(key) or 0) for row in rows) for key in ROLL}
    pointer = settings.out / county / "current"
    return {
        "name": name,
        "rules": pq.read_metadata(folder / "results.parquet").num_rows,
        "findings": pq.read_metadata(folder / "findings.parquet").num_rows,
        "problems": read_json(folder / "problems.json"),
        "roll_forward": roll,
        "states": ledger.states(settings, county),
        "events": ledger.event_counts(settings, county),
        "cycles": dict(list(_cycles(settings, county, as_of[:7]).items())[-CYCLES:]),
        "publication": str(pointer.resolve()) if pointer.exists() else "",
    }


def _cycles(settings: Settings, county: str, last: str) -> dict[str, dict[str, dict[str, Any]]]:
    """The county's newest cycles up to `last` → step → the day it stands for, how often it was done, counts of the last time."""
    from duizhang.ledger import steps

    cycles: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for step in steps.steps(settings, county):
        done = cycles[step.cycle]
        times = done[step.step]["times"] if step.step in done else 0
        done[step.step] = {"on": step.done_on.isoformat(), "times": times + 1, "counts": dict(step.counts)}
    return {cycle: cycles[cycle] for cycle in sorted(cycles) if cycle <= last}


def _indicators(settings: Settings, as_of: str, counties: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for county in counties:
        path = settings.at(as_of) / "checks" / f"county={county}" / "results.parquet"
        if path.exists():
            for row in pq.read_table(path).to_pylist():
                found[row["code"]][county] = {key: row[key] for key in ("rows", "na", "applicable", "hits", "unknown")}
    return dict(sorted(found.items()))
