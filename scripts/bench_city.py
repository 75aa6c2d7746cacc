"""The whole run over a city, in a process of its own so that its memory is its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_kit import show

AS_OF, MONTH = "2026-10-25", "2026-10"


def run_city(people: int, seed: int) -> dict[str, Any]:
    """Run the pipeline (pull … publish) over a CSV world of `people` in a child process, and show its stages.

    The world is made in another child: what it leaves in memory would count as the pipeline's.
    """
    with tempfile.TemporaryDirectory(prefix="duizhang-bench-") as name:
        folder = Path(name)
        started = time.perf_counter()
        _child("make", name, str(people), str(seed))
        made = time.perf_counter() - started
        _child("run", name)
        found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    whole = found["seconds"]
    stages = [(stage["stage"], float(stage["seconds"]), stage["seconds"] / whole * 100, int(stage["peak_mib"])) for stage in found["stages"]]
    rest = whole - sum(stage[1] for stage in stages)
    found["peak_mib"] = max(stage[3] for stage in stages)
    show(
        f"(c) The whole run: {people:,} people, {found['counties']} counties, {found['files']} files, {found['rows_in']:,} rows in, one month",
        ("stage", "seconds", "% of run", "peak MiB"),
        [*stages, ("migrate and summary", rest, rest / whole * 100, None), ("whole run", whole, 100.0, found["peak_mib"])],
        [
            f"{found['findings']:,} findings of {found['indicators']} indicators. Making the world took {made:.0f} s and is not counted.",
            "Peaks are of the whole process, its libraries with it; PostgreSQL's own memory is not in them.",
        ],
    )
    return found


def _child(*arguments: str) -> None:
    subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=sys.stderr)


def _make(folder: Path, people: int, seed: int) -> None:
    from duizhang import world

    world.make(folder / "world", people, seed, months=1, spreadsheets=False)


def _run(folder: Path) -> dict[str, Any]:
    from duizhang import pipeline
    from duizhang.core import postgres
    from duizhang.core.settings import Settings

    settings = Settings.load(folder / "home")
    try:
        postgres.ensure(settings)  # a server that already runs, as on any day but the first
        started = time.perf_counter()
        summary = pipeline.run(settings, folder / "world" / "inbox" / MONTH, AS_OF)
        seconds = time.perf_counter() - started
    finally:
        postgres.destroy(settings)
    counties = summary["counties"]
    return {
        "counties": len(counties), "files": summary["files"]["landed"], "rows_in": summary["rows"]["rows_in"],
        "findings": sum(county["findings"] for county in counties.values()), "indicators": len(summary["indicators"]),
        "problems": sum(len(county["problems"]) for county in counties.values()), "stages": summary["stages"], "seconds": round(seconds, 2),
    }  # fmt: skip


if __name__ == "__main__":
    target = Path(sys.argv[2])
    if sys.argv[1] == "make":
        _make(target, int(sys.argv[3]), int(sys.argv[4]))
    else:
        (target / "result.json").write_text(json.dumps(_run(target)), encoding="utf-8")
