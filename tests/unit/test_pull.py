"""pull: bytes stored once, arrivals recorded once per name, nothing overwritten, whole after a kill."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import fsspec
import pytest
from duizhang.core.errors import InfraProblem
from duizhang.core.settings import Settings
from duizhang.pull import arrivals, pull


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "2026-10" / "乡").mkdir(parents=True)
    (folder / "2026-10" / "甲.csv").write_bytes(b"one")
    (folder / "2026-10" / "乡" / "乙.xlsx").write_bytes(b"two")
    return folder


def test_every_file_is_stored_once_under_its_sha256_and_listed_sorted(settings: Settings, inbox: Path) -> None:
    (inbox / "again.csv").write_bytes(b"one")
    found = pull(settings, inbox)
    assert [arrival.name for arrival in found] == ["2026-10/乡/乙.xlsx", "2026-10/甲.csv", "again.csv"]
    assert found[1].sha256 == found[2].sha256 and found[1].size == 3
    assert (settings.landing / found[1].sha256).read_bytes() == b"one"
    stored = [path for path in settings.landing.iterdir() if len(path.name) == 64]
    assert len(stored) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in stored} == {0o600}
    lines = [json.loads(line) for line in (settings.landing / "arrivals.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [sorted(line) for line in lines] == [["name", "sha256", "size"]] * 3


def test_a_second_pull_changes_nothing_and_history_outlives_the_inbox(settings: Settings, inbox: Path) -> None:
    first = pull(settings, inbox)
    before = {path.name: path.stat().st_mtime_ns for path in settings.landing.iterdir() if path.name != ".lock"}
    assert pull(settings, inbox) == first
    assert {path.name: path.stat().st_mtime_ns for path in settings.landing.iterdir() if path.name != ".lock"} == before
    (inbox / "2026-10" / "甲.csv").write_bytes(b"corrected")
    now = pull(settings, inbox)
    assert len(now) == 2 and len(arrivals(settings)) == 3
    assert {arrival.name for arrival in arrivals(settings)} == {arrival.name for arrival in first}


def test_hidden_lock_half_done_files_and_links_are_no_arrivals(settings: Settings, inbox: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"secret")
    for name in (".hidden.csv", "~$甲.xlsx", ".~甲.xlsx", "大文件.zip.part", "Thumbs.db"):
        (inbox / name).write_bytes(b"x")
    (inbox / ".git").mkdir()
    (inbox / ".git" / "甲.csv").write_bytes(b"x")
    (inbox / "link.csv").symlink_to(outside)
    assert len(pull(settings, inbox)) == 2


def test_a_name_that_is_not_utf8_is_recorded_readably(settings: Settings, inbox: Path) -> None:
    raw = os.fsencode(inbox) + b"/" + "低保.csv".encode("gb18030")
    Path(os.fsdecode(raw)).write_bytes(b"three")
    assert "低保.csv" in [arrival.name for arrival in pull(settings, inbox)]
    assert "低保.csv" in [arrival.name for arrival in arrivals(settings)]


def test_an_fsspec_url_is_an_inbox(settings: Settings) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe("/box/2026-10/丙.csv", b"three")
    memory.pipe("/box/~$丙.xlsx", b"lock")
    found = pull(settings, "memory://box")
    assert [(arrival.name, arrival.size) for arrival in found] == [("2026-10/丙.csv", 5)]


def test_no_inbox_is_a_problem_of_the_platform(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InfraProblem):
        pull(settings, tmp_path / "nowhere")
    assert arrivals(settings) == []


def _pull(home: str, inbox: str) -> None:
    pull(Settings(home=Path(home), root=Path(home)), inbox)


def test_two_runs_at_once_leave_one_whole_list(settings: Settings, tmp_path: Path) -> None:
    boxes = []
    for number in range(2):
        box = tmp_path / f"box{number}"
        box.mkdir()
        for file in range(60):
            (box / f"{number}-{file}.csv").write_bytes(f"{file}".encode())
        boxes.append(box)
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=_pull, args=(str(settings.home), str(box))) for box in boxes]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
        assert run.exitcode == 0
    assert len(arrivals(settings)) == 120
    assert len([path for path in settings.landing.iterdir() if len(path.name) == 64]) == 60


def test_a_killed_run_leaves_the_landing_whole(settings: Settings, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    for number in range(40):
        (box / f"{number:03}.csv").write_bytes(bytes([number]) * 500_000)
    script = textwrap.dedent(f"""
        from pathlib import Path
        from duizhang.core.settings import Settings
        from duizhang.pull import pull
        print("go", flush=True)
        while True:
            pull(Settings(home=Path({str(settings.home)!r}), root=Path("/")), {str(box)!r})
    """)
    victim = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert victim.stdout is not None and victim.stdout.readline() == b"go\n"
    time.sleep(0.05)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    for arrival in arrivals(settings):
        assert (settings.landing / arrival.sha256).stat().st_size == arrival.size
    assert len(pull(settings, box)) == 40
    assert len(arrivals(settings)) == 40
    assert [path.name for path in settings.landing.iterdir() if path.name.startswith(".arriving")] == []
    assert {path.stat().st_size for path in settings.landing.iterdir() if len(path.name) == 64} == {500_000}
