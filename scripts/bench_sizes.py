"""The whole run at several sizes, up to a province: seconds and memory per stage, what it found, and the night after.

A size is so many copies of one generated city (`bench_province`); counties are as large at every size, so what grows is
their number. Each run is a process of its own, with the processes it starts; PostgreSQL is measured beside it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench_kit import show

AS_OF, MONTH = "2026-10-25", "2026-10"
EVERY = 0.5  # seconds between two looks at memory
_DAY = re.compile(r"(20\d{6})")


def run_sizes(sizes: list[int], seed: int, tile: int = 200_000, workers: int = 2, folder: str | None = None) -> dict[str, Any]:
    """Run each of `sizes` (people) as copies of a city of `tile` people in two counties; show the tables.

    A size below the tile is a city of its own with one county. `folder` is where the homes lie (default: temporary).
    """
    found: dict[int, dict[str, Any]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="duizhang-bench-", dir=folder) as name:
            found[size] = _one(Path(name), size, seed, tile, workers)
        _show(size, found[size])
    _growth(found)
    return {str(size): result for size, result in found.items()}


def _one(folder: Path, size: int, seed: int, tile: int, workers: int) -> dict[str, Any]:
    os.environ["DUIZHANG_WORKERS"] = str(workers)
    load = os.getloadavg()[0]
    cities = max(1, round(size / tile))
    people, counties = (tile, 2) if size >= tile else (size, 1)
    started = time.perf_counter()
    _child("make", folder, people, counties, seed)
    made = time.perf_counter() - started
    _child("send", folder, cities)
    memory = _child("run", folder)
    result: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    result |= {"cities": cities, "made": made, "sent": json.loads((folder / "sent.json").read_text(encoding="utf-8")), "memory": memory, "load": load}
    _child("score", folder)
    result["score"] = json.loads((folder / "score.json").read_text(encoding="utf-8"))
    _child("night", folder)
    result["night"] = json.loads((folder / "night.json").read_text(encoding="utf-8"))
    result["disk_mib"] = round(sum(path.stat().st_size for path in (folder / "home").rglob("*") if path.is_file()) / (1 << 20))
    _child("end", folder)
    return result


def _child(verb: str, folder: Path, *more: int) -> dict[str, int]:
    """Run `verb` in a process of its own; the greatest memory (MiB) of it with its workers, of PostgreSQL, and of both at one time."""
    process = subprocess.Popen([sys.executable, __file__, verb, str(folder), *map(str, more)], stdout=sys.stderr)
    peak = {"ours": 0, "postgres": 0, "both": 0}
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, folder / "postmaster", peak, done))
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, verb)
    return peak


def _watch(pid: int, postmaster: Path, peak: dict[str, int], done: threading.Event) -> None:
    while not done.wait(EVERY):
        parents = _parents()
        mine = _resident(pid, parents)
        theirs = _resident(int(postmaster.read_text()), parents) if postmaster.exists() else 0
        for name, value in (("ours", mine), ("postgres", theirs), ("both", mine + theirs)):
            peak[name] = max(peak[name], value)


def _parents() -> dict[int, int]:
    """Process → parent, of all that can be seen."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):  # ended meanwhile
            continue
    return found


def _resident(root: int, parents: dict[int, int]) -> int:
    """MiB of a process and all below it; pages that several share count for each."""
    tree, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in tree} - tree
        grown = bool(more)
        tree |= more
    total = 0
    for pid in tree:
        try:
            line = next((row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS")), "VmRSS: 0 kB")
        except OSError:
            continue
        total += int(line.split()[1])
    return total >> 10


def _show(size: int, found: dict[str, Any]) -> None:
    whole, rows = found["seconds"], found["rows_in"]
    stages = [
        (s["stage"], float(s["seconds"]), float(s["cpu_seconds"]), s["cpu_seconds"] / rows * 1e6, int(s["peak_mib"])) for s in found["stages"]
    ]
    cpu = sum(float(s["cpu_seconds"]) for s in found["stages"])
    night, score, memory = found["night"], found["score"], found["memory"]
    show(
        f"(d) {size:,} people: {found['counties']} counties, {found['files']:,} files, {rows:,} rows in, {found['indicators']} indicators, load {found['load']:.1f} at the start",
        ("stage", "seconds", "of processor", "µs of it a row", "peak MiB of one process"),
        [*stages, ("whole run, by the clock", whole, cpu, cpu / rows * 1e6, memory["ours"])],
        [
            f"Stages that go by file or county run in {found['workers']} processes: their seconds are added up. Processor time is without PostgreSQL's. Memory at one time: ours {memory['ours']:,} MiB,"
            f" PostgreSQL {memory['postgres']:,} MiB (shared pages counted in each process), both {memory['both']:,} MiB. Home on disk: {found['disk_mib']:,} MiB.",
            f"{found['findings']:,} findings; truth: recall {score['recall']:.4f}, false alarms {score['false']}, near misses hit {score['near']}; problems {found['problems']}.",
            f"Before: city made in {found['made']:.0f} s, copied and pulled in {found['sent']['seconds']:.0f} s ({found['sent']['bytes'] / 1e6:,.0f} MB).",
            f"The night after, one county's file changed: {night['seconds']:.1f} s by the clock ({night['seconds'] / whole:.1%} of the run); linked again {night['linked']},"
            f" judged again {night['judged']} of {found['counties']}; books written again: {night['books']}.",
        ],
    )


def _growth(found: dict[int, dict[str, Any]]) -> None:
    sizes = sorted(found)
    for small, large in zip(sizes, sizes[1:], strict=False):
        one, other = found[small], found[large]
        rows, seconds = other["rows_in"] / one["rows_in"], other["seconds"] / one["seconds"]
        print(f"  {small:,} → {large:,} people: rows × {rows:.2f}, seconds × {seconds:.2f}: {seconds / rows:.2f} a row", flush=True)


def _make(folder: Path, people: int, counties: int, seed: int) -> None:
    from duizhang import world

    world.make(folder / "tile", people, seed, months=1, counties=counties, spreadsheets=False, mishaps=False)


def _send(folder: Path, cities: int) -> None:
    """City by city: copy, pull, forget; so that the copies never lie there all at once."""
    import bench_province
    from duizhang import pull
    from duizhang.core.settings import Settings

    settings, tile = Settings.load(folder / "home"), folder / "tile" / "inbox" / MONTH
    moves = list(bench_province.moves(cities, bench_province.counties(tile)))
    started, size = time.perf_counter(), 0
    for move in moves:
        size += bench_province.write_city(tile, folder / "box", move)
        pull.pull(settings, folder / "box")
        shutil.rmtree(folder / "box")
    bench_province.write_whole(tile, folder / "whole", moves)
    (folder / "truth").mkdir()
    bench_province.write_truth(folder / "tile", folder / "truth", moves)
    _write(folder / "sent.json", {"seconds": time.perf_counter() - started, "bytes": size})


def _run(folder: Path) -> None:
    from duizhang import pipeline

    settings = _settings(folder)
    started = time.perf_counter()
    summary = pipeline.run(settings, folder / "whole", AS_OF)
    seconds = time.perf_counter() - started
    counties = summary["counties"]
    _write(folder / "run.json", {
        "counties": len(counties), "files": summary["files"]["landed"], "rows_in": summary["rows"]["rows_in"], "workers": settings.workers,
        "findings": sum(county["findings"] for county in counties.values()), "indicators": len(summary["indicators"]),
        "problems": sum(len(county["problems"]) for county in counties.values()), "stages": summary["stages"], "seconds": seconds,
    })  # fmt: skip


def _settings(folder: Path) -> Any:
    """The home, with a server that already runs, as on any day but the first; its first process is noted for the watcher."""
    import psycopg2
    from duizhang.core import postgres
    from duizhang.core.settings import Settings

    settings = Settings.load(folder / "home")
    with psycopg2.connect(postgres.ensure(settings).dsn()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
        (folder / "postmaster").write_text(str(_parents()[backend]))
    return settings


def _night(folder: Path) -> None:
    """One county sends its greatest department file again, a row shorter and a day later."""
    import bench_province
    from duizhang import pipeline

    settings, tile = _settings(folder), folder / "tile" / "inbox" / MONTH
    name = bench_province.counties(tile)[0]
    sent = max((path for path in tile.glob("*.csv") if name in path.name), key=lambda path: path.stat().st_size)
    day = _DAY.search(sent.name)
    assert day is not None
    later = (date.fromisoformat(day[1]) + timedelta(days=1)).strftime("%Y%m%d")
    (folder / "night").mkdir()
    lines = sent.read_bytes().splitlines(keepends=True)
    (folder / "night" / sent.name.replace(day[1], later)).write_bytes(b"".join(lines[:-1]))
    before = {pattern: _times(folder, pattern) for pattern in _WATCHED}
    started = time.perf_counter()
    pipeline.run(settings, folder / "night", AS_OF, issue=False)
    seconds = time.perf_counter() - started
    moved = {pattern: sum(before[pattern].get(path) != at for path, at in _times(folder, pattern).items()) for pattern in _WATCHED}
    _write(folder / "night.json", {"seconds": seconds, **{key: moved[pattern] for pattern, key in _WATCHED.items()}})


_WATCHED = {"books/*/county=*/data.parquet": "books", "links/_keys/county=*/tally.json": "linked", "checks/county=*/done.json": "judged"}


def _times(folder: Path, pattern: str) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in (folder / "home" / f"as_of={AS_OF}").glob(pattern)}


def _score(folder: Path) -> None:
    """What the run found against what all cities hold. After the night: the row that was left out is nobody planted."""
    from duizhang.world.score import score

    found = score(folder / "truth", folder / "home", AS_OF)
    _write(folder / "score.json", {
        "recall": found.recall, "missed": len(found.missed), "false": len(found.false_alarms), "near": len(found.near_hits),
        "codes": {code: list(counts) for code, counts in found.by_code.items()},
    })  # fmt: skip


def _end(folder: Path) -> None:
    from duizhang.core import postgres
    from duizhang.core.settings import Settings

    postgres.destroy(Settings.load(folder / "home"))


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


if __name__ == "__main__":
    verbs = {"make": _make, "send": _send, "run": _run, "night": _night, "score": _score, "end": _end}
    verbs[sys.argv[1]](Path(sys.argv[2]), *map(int, sys.argv[3:]))
