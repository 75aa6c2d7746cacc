"""Fuzzing, bounded: no crash but a refusal, no hang, no lost row. What it found before is read again in every test run."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUND = sorted(path for path in (Path(__file__).parent / "found").glob("*/*") if path.is_file())
SECONDS, MEMORY_MB, ONE_INPUT = 90, 2_500, 20


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (9 << 30, 9 << 30))


def _run(kind: str, corpus: Path, *options: str, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz.harness", kind, str(corpus), f"-rss_limit_mb={MEMORY_MB}", f"-timeout={ONE_INPUT}"]
    return subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False, preexec_fn=_limited
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx", "zip"])
def test_no_input_crashes_hangs_or_loses_a_row(kind: str, tmp_path: Path) -> None:
    options = (f"-max_total_time={SECONDS}", "-max_len=20000", "-seed=1", f"-artifact_prefix={tmp_path}/")
    done = _run(kind, tmp_path / "corpus", *options, seconds=SECONDS + 120)
    # an input that fails is written down; the fuzzer's own end, after DONE, is not asked about: its threads may trip there
    written = [path.name for path in tmp_path.iterdir() if path.is_file() and path.stat().st_size]
    assert written == [], done.stderr[-4000:]
    assert "DONE" in done.stderr, done.stderr[-4000:]


def test_there_are_inputs_that_were_found() -> None:
    assert len(FOUND) >= 3


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_fuzzing_found_stays_mended(path: Path, tmp_path: Path) -> None:
    """In a process of its own: one of them took all the memory of the machine."""
    code = (
        "import sys, pathlib; from tests.fuzz.harness import check; from tests.unit.read_kit import bench;"
        "desk = bench(pathlib.Path(sys.argv[3])); desk.settings.landing.mkdir(parents=True);"
        "print(check(desk, sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes()).refused_kind)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path.parent.name, str(path), str(tmp_path / "home")],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, preexec_fn=_limited,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
