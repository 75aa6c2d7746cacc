"""What every benchmark needs: interleaved rounds, seconds, peak memory, a table."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

STATUS = Path("/proc/self/status")


@dataclass
class Contender:
    """One way of doing the work. `run` is measured; `before` is not. `answer` is what the last run returned."""

    name: str
    run: Callable[[], Any]
    before: Callable[[], None] = lambda: None
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mib: list[float] = field(default_factory=list)
    answer: Any = None

    def median(self) -> float:
        return statistics.median(self.seconds)


def interleave(contenders: Sequence[Contender], rounds: int) -> None:
    """Run all contenders in turn, `rounds` times (A B C A B C …): what else the machine does falls on all alike."""
    for _ in range(rounds):
        for one in contenders:
            one.before()
            _measure(one)


def ratios(one: Contender, floor: Contender) -> list[float]:
    """Of each round: seconds of `one` over seconds of `floor`. Rounds stand side by side, so slow minutes cancel out."""
    return [mine / theirs for mine, theirs in zip(one.seconds, floor.seconds, strict=True)]


def ratio(one: Contender, floor: Contender) -> float:
    """The median of `ratios`."""
    return statistics.median(ratios(one, floor))


def _measure(one: Contender) -> None:
    """Peak memory is what the run adds to the process: high-water mark less what was resident before it."""
    one.answer = None
    _give_back()
    base = _status("VmRSS")
    _reset_peak()
    cpu, started = time.process_time(), time.perf_counter()
    one.answer = one.run()
    one.seconds.append(time.perf_counter() - started)
    one.cpu.append(time.process_time() - cpu)
    one.peak_mib.append(max(_status("VmHWM") - base, 0.0))


def _give_back() -> None:
    """Return freed memory to the system, or the next peak would hide in it."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _reset_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:  # not Linux, or not permitted: peaks are then those of the process so far
        return


def _status(key: str) -> float:
    if not STATUS.exists():
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in STATUS.read_text().splitlines() if line.startswith(f"{key}:")), 0.0)


def machine() -> str:
    """The machine and the versions that the figures depend on, in one line."""
    packages = ("great_expectations", "duckdb", "pandas", "openpyxl", "python-calamine", "pyarrow", "sqlalchemy")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    load = os.getloadavg()[0]
    return f"{date.today().isoformat()}; {os.cpu_count()} cores, {memory:.0f} GiB, load {load:.1f}; Python {platform.python_version()}, {versions}"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _text(cell: Any) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def show(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], notes: Sequence[str] = ()) -> None:
    """Print a table; the first column stands left, the others right, and Chinese counts two columns a character."""
    lines = [list(heads), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(_width(text) for text in column) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for line in lines:
        pads = [" " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
        print("  " + "  ".join([line[0] + pads[0], *(pad + text for pad, text in zip(pads[1:], line[1:], strict=True))]))
    for note in notes:
        print(f"  {note}", flush=True)


def spread(one: Contender, floor: Contender) -> str:
    """Least and greatest of `ratios`, as text."""
    return f"{min(ratios(one, floor)):.2f}–{max(ratios(one, floor)):.2f}"
