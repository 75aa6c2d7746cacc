"""Seconds and peak memory of a stage, kept per as-of date in `timings.jsonl`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duizhang.core.settings import Settings


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # not Linux, or not permitted: the peak is then that of the process so far
        return


def _peak_mib() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024


def _cpu_seconds() -> float:
    """Processor time of this process and of all below it, those that ended (and were waited for) included; 0 where no /proc is."""
    stats: dict[int, tuple[int, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):  # ended meanwhile
            continue
        stats[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    tree, grown = {os.getpid()}, True
    while grown:
        more = {pid for pid, (parent, _) in stats.items() if parent in tree} - tree
        grown = bool(more)
        tree |= more
    ticks = sum(stats[pid][1] for pid in tree if pid in stats)
    return ticks / int(os.sysconf("SC_CLK_TCK"))


@contextmanager
def metered(settings: Settings, as_of: str, stage: str, key: str = "") -> Iterator[None]:
    """Measure what runs inside and append {stage, key, seconds, cpu_seconds, peak_mib} to the date's timings.

    `seconds` go by the clock; `cpu_seconds` are processor time, which other work on the machine does not lengthen.
    """
    _reset_peak()
    started, cpu = time.perf_counter(), _cpu_seconds()
    yield
    spent = {"seconds": round(time.perf_counter() - started, 3), "cpu_seconds": round(_cpu_seconds() - cpu, 2)}
    entry = {"stage": stage, "key": key, **spent, "peak_mib": round(_peak_mib())}
    path = settings.at(as_of) / "timings.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as out:
        out.write(json.dumps(entry, ensure_ascii=False) + "\n")


def timings(settings: Settings, as_of: str) -> list[dict[str, object]]:
    """Last measurement of each (stage, key), summed by stage; the peak is the greatest of its keys."""
    path = settings.at(as_of) / "timings.jsonl"
    latest: dict[tuple[str, str], dict[str, float]] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            latest[entry["stage"], entry["key"]] = entry
    stages: dict[str, dict[str, object]] = {}
    for (stage, _), entry in latest.items():
        total = stages.setdefault(stage, {"stage": stage, "seconds": 0.0, "cpu_seconds": 0.0, "peak_mib": 0.0})
        for name in ("seconds", "cpu_seconds"):
            total[name] = round(float(str(total[name])) + entry.get(name, 0.0), 3)
        total["peak_mib"] = max(float(str(total["peak_mib"])), entry["peak_mib"])
    return list(stages.values())
