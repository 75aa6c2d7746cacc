"""Names and numbers stay in the lake, the database and what counties get: in no log, page, summary or file name."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from duizhang import pipeline
from duizhang.core import postgres
from duizhang.core.settings import Settings

from tests.e2e import city
from tests.privacy import needles

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import answers as filling  # noqa: E402

HOLDS_PEOPLE = ("landing", "raw", "norm", "out", "returns", "receipts", "pg", "spill", "secrets")


class Ran:
    """A home after one month with answers, everything that was logged, and what the steps returned."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.load(folder / "home")
        log = folder / "everything.log"
        handler = logging.FileHandler(log, encoding="utf-8")
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            world = city.make(folder, 400, 3, spreadsheets=True)
            self.returned = [pipeline.run(self.settings, world / "inbox" / "2026-10", city.OCTOBER)]
            for county in pipeline.counties(self.settings, city.OCTOBER):
                filled = filling.fill(self.settings, county, world / "answers.parquet", date(2026, 11, 5), folder / f"{county}.xlsx")
                self.returned.append(pipeline.receive_file(self.settings, filled.path, date(2026, 11, 5)))
            self.returned.append(pipeline.run(self.settings, world / "inbox" / "2026-11", city.NOVEMBER))
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
        self.log = log.read_bytes()
        self.needles = needles.of_lake(self.settings)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    made = Ran(tmp_path_factory.mktemp("privacy"))
    yield made
    postgres.stop(made.settings)


def test_there_is_something_to_leak(ran: Ran) -> None:
    assert len(ran.needles) > 800
    findings = next(ran.settings.home.glob("as_of=*/checks/*/findings.parquet"))
    import pyarrow.parquet as pq

    text = json.dumps(pq.read_table(findings).to_pylist(), ensure_ascii=False, default=str).encode()
    assert needles.leaks(text, ran.needles), "the detector finds nothing even where people stand"


def test_no_log_line_holds_a_person(ran: Ran) -> None:
    assert len(ran.log) > 1000
    assert needles.leaks(ran.log, ran.needles) == []


def test_data_docs_hold_counts_only(ran: Ran) -> None:
    pages = [path for path in ran.settings.home.glob("as_of=*/data_docs/**/*") if path.suffix in (".html", ".json")]
    assert len(pages) > 30
    titles = b""
    for page in pages:
        content = page.read_bytes()
        titles += content
        assert needles.leaks(content, ran.needles) == [], page.name
    assert "纳入不满一年标注风险消除".encode() in titles


def test_summaries_and_returns_hold_counts_only(ran: Ran) -> None:
    texts = [json.dumps(ran.returned, ensure_ascii=False, default=str).encode()]
    home = ran.settings.home
    texts += [path.read_bytes() for path in home.rglob("*.json") if not set(path.relative_to(home).parts) & set(HOLDS_PEOPLE)]
    texts += [path.read_bytes() for path in ran.settings.home.glob("out/*/*/*/manifest.json")]
    texts += [path.read_bytes() for path in ran.settings.home.glob("out/*/*/*/*.html")]
    assert len(texts) > 10
    for text in texts:
        assert needles.leaks(text, ran.needles) == []


def test_no_file_name_holds_a_person(ran: Ran) -> None:
    names = "\n".join(str(path.relative_to(ran.settings.home)) for path in ran.settings.home.rglob("*")).encode()
    assert needles.leaks(names, ran.needles) == []


def test_the_lake_is_closed_to_others(ran: Ran) -> None:
    """Nothing below the home can be reached: the home itself lets nobody in, and files are made private too."""
    assert stat.S_IMODE(ran.settings.home.stat().st_mode) == 0o700
    open_files = [p for p in ran.settings.home.rglob("*") if p.is_file() and not p.is_symlink() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    assert open_files == []


def test_a_countys_files_hold_nobody_of_another_county(ran: Ran) -> None:
    """Lists, pages, visit sheets and receipts; what stands in both counties' books (a person moved, a number twice) is both's."""
    home = ran.settings
    counties = [path.name for path in home.out.iterdir() if path.name.isdigit()]
    assert len(counties) >= 2
    texts: dict[str, str] = {}
    for county in counties:
        files = [p for folder in (home.out, home.receipts) for p in (folder / county).rglob("*") if p.is_file() and not p.is_symlink()]
        assert len([path for path in files if path.suffix == ".xlsx"]) >= 3, county
        assert any(path.is_relative_to(home.receipts) for path in files), county
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        folders = {parent for path in files for parent in path.parents if parent.is_relative_to(home.home)}
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
        texts[county] = "\n".join(needles.text_of(path) for path in files)
    for county in counties:
        own = "\n".join(needles.of_county(home, county, None))
        theirs = needles.of_county(home, county)
        # the detector sees this county's own people in its own files
        assert len([text for text in theirs if len(text) >= 3 and text in texts[county]]) > 20, county
        for other in set(counties) - {county}:
            strangers = {text for text in needles.of_county(home, other) if len(text) >= 3 and text not in own}
            assert len(strangers) > 100
            assert [len(text) for text in strangers if text in texts[county]] == [], (county, other)
