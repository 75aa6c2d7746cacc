"""The same answer whatever the order, the threads, the repetition, or the moment of death."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from duizhang import ledger, pipeline
from duizhang.core import postgres
from duizhang.core.lake import content_hash
from duizhang.core.settings import Settings

from tests.e2e import city

KEY = "11" * 32
PEOPLE, SEED = 200, 5
# every death costs two runs: the whole row of stages under make test-long
STAGES = [
    pytest.param(stage, marks=() if stage in ("normalise", "match", "merge", "issue") else pytest.mark.slow)
    for stage in ("pull", "read", "normalise", "snapshot", "match", "assemble", "check", "merge", "warehouse", "publish", "issue")
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city.make(tmp_path_factory.mktemp("world"), PEOPLE, SEED, counties=2)


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One county: every death costs a run."""
    return city.make(tmp_path_factory.mktemp("small"), 120, SEED, counties=1, mishaps=False)


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Settings]]:
    monkeypatch.setenv("DUIZHANG_KEY", KEY)
    made = [Settings.load(tmp_path / name) for name in ("one", "two")]
    yield made
    for settings in made:
        postgres.stop(settings)


def _content(settings: Settings) -> dict[str, str]:
    """Every Parquet partition below the dates and norm → hash of its rows."""
    files = [*settings.home.glob("as_of=*/**/*.parquet"), *settings.norm.glob("*/*.parquet"), *settings.raw.glob("*/*.parquet")]
    return {str(path.relative_to(settings.home)): content_hash(path) for path in sorted(files)}


def _both_months(settings: Settings, world: Path) -> None:
    for as_of, folder in city.MONTHS:
        pipeline.run(settings, world / "inbox" / folder, as_of, docs=False)


def test_order_of_arrival_and_threads_change_nothing(homes: list[Settings], world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = homes
    monkeypatch.setenv("DUIZHANG_THREADS", "1")
    _both_months(Settings.load(one.home), world)
    monkeypatch.setenv("DUIZHANG_THREADS", "2")
    two = Settings.load(two.home)
    for as_of, folder in city.MONTHS:
        files = sorted((world / "inbox" / folder).rglob("*"), key=lambda path: path.name, reverse=True)
        for place, path in enumerate(file for file in files if file.is_file()):  # one by one, backwards
            box = tmp_path / "box" / folder / f"{place:03d}"
            box.mkdir(parents=True)
            shutil.copy(path, box / path.name)
            pipeline.pull_inbox(two, box)
        pipeline.run(two, tmp_path / "box" / folder / "000", as_of, docs=False)
    first, second = _content(one), _content(two)
    assert len(first) > 200
    assert first == second
    assert ledger.content_digest(one) == ledger.content_digest(two)


def test_a_second_run_adds_no_event(homes: list[Settings], world: Path) -> None:
    settings = homes[0]
    for as_of, folder in city.MONTHS:
        pipeline.run(settings, world / "inbox" / folder, as_of, docs=False)
        before = {c: ledger.event_counts(settings, c) for c in pipeline.counties(settings, as_of)}
        digest, content = ledger.content_digest(settings), _content(settings)
        if as_of == city.NOVEMBER:  # even where nothing tells it that nothing changed
            pipeline.reconcile_county(settings, pipeline.counties(settings, as_of)[0], as_of, docs=False)
        pipeline.run(settings, world / "inbox" / folder, as_of, docs=False)
        assert sum(before[c].get("found", 0) for c in before) > 20
        assert {c: ledger.event_counts(settings, c) for c in before} == before
        assert ledger.content_digest(settings) == digest
        assert _content(settings) == content


@pytest.fixture(scope="module")
def undisturbed(small_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    before = os.environ.get("DUIZHANG_KEY")
    os.environ["DUIZHANG_KEY"] = KEY
    settings = Settings.load(tmp_path_factory.mktemp("undisturbed"))
    pipeline.run(settings, small_world / "inbox" / "2026-10", city.OCTOBER, docs=False)
    yield ledger.content_digest(settings)
    postgres.stop(settings)
    if before is None:
        del os.environ["DUIZHANG_KEY"]


@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_a_stage_then_run_again(stage: str, homes: list[Settings], small_world: Path, undisturbed: str) -> None:
    settings = homes[0]
    inbox = small_world / "inbox" / "2026-10"
    killer = Path(__file__).with_name("killer.py")
    done = subprocess.run(
        [sys.executable, str(killer), str(settings.home), str(inbox), city.OCTOBER, stage],
        env={**os.environ, "DUIZHANG_KEY": KEY}, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    pipeline.run(settings, inbox, city.OCTOBER, docs=False)
    assert ledger.content_digest(settings) == undisturbed
