"""The whole run over a city, in a process of its own so that its memory is its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_kit import show

AS_OF, MONTH = "2026-10-25", "2026-10"


def run_city(people: int, seed: int) -> dict[str, Any]:
    """Run the pipeline (pull … publish) over a CSV world of `people` in a child process, and show its stages."""
    with tempfile.TemporaryDirectory(prefix="duizhang-bench-") as folder:
        result = Path(folder) / "result.json"
        subprocess.run([sys.executable, __file__, folder, str(people), str(seed), str(result)], check=True, stdout=sys.stderr)
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    stages = [(stage["stage"], float(stage["seconds"]), float(stage["seconds"]) / found["seconds"] * 100, int(stage["peak_mib"])) for stage in found["stages"]]
    measured = sum(stage["seconds"] for stage in found["stages"])
    rest = found["seconds"] - measured
    total = ("whole run", found["seconds"], 100.0, found["peak_mib"])
    show(
        f"(c) The whole run: {found['people']:,} people, {found['counties']} counties, {found['files']} files, {found['rows_in']:,} rows in, one month",
        ("stage", "seconds", "% of run", "peak MiB"), [*stages, ("migrate and summary", rest, rest / found["seconds"] * 100, None), total],
        [f"{found['findings']:,} findings of {found['indicators']} indicators; made in {found['world_seconds']:.0f} s (not counted)"],
    )
    return found


def _child(folder: Path, people: int, seed: int) -> dict[str, Any]:
    from duizhang import pipeline, world
    from duizhang.core import postgres
    from duizhang.core.settings import Settings

    started = time.perf_counter()
    world.make(folder / "world", people, seed, months=1, spreadsheets=False)
    made = time.perf_counter() - started
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
        "people": people, "counties": len(counties), "files": summary["files"]["landed"], "rows_in": summary["rows"]["rows_in"],
        "findings": sum(county["findings"] for county in counties.values()), "indicators": len(summary["indicators"]),
        "problems": sum(len(county["problems"]) for county in counties.values()), "stages": summary["stages"], "seconds": round(seconds, 2),
        "world_seconds": round(made, 1), "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[4]).write_text(json.dumps(_child(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))), encoding="utf-8")
