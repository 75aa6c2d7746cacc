"""Drive the pipeline over a known-answer world, with or without the ledger."""

from __future__ import annotations

from pathlib import Path

from duizhang import assemble, check, pipeline, world
from duizhang.contracts.load import load_book
from duizhang.core.settings import Settings
from duizhang.world.score import Score, score

OCTOBER, NOVEMBER = "2026-10-25", "2026-11-20"
MONTHS = ((OCTOBER, "2026-10"), (NOVEMBER, "2026-11"))


def make(folder: Path, people: int, seed: int, *, spreadsheets: bool = False, mishaps: bool = True, counties: int = 3) -> Path:
    """A world below `folder`; its path."""
    out = folder / f"world-{people}-{seed}"
    world.make(out, people, seed, spreadsheets=spreadsheets, mishaps=mishaps, counties=counties)
    return out


def judge(settings: Settings, inbox: Path, as_of: str) -> None:
    """Everything up to the findings; no ledger, no pages."""
    for key in pipeline.pull_inbox(settings, inbox):
        pipeline.ingest(settings, key)
    pipeline.build_books(settings, as_of)
    book = load_book(settings)
    for county in pipeline.counties(settings, as_of):
        assemble.assemble(settings, as_of, county, book)
        report = check.check(settings, as_of, county, book, docs=False)
        assert report.problems == [], report.problems


def scores(settings: Settings, out: Path) -> list[Score]:
    """Judge both months of the world `out` and score them."""
    found = []
    for as_of, folder in MONTHS:
        judge(settings, out / "inbox" / folder, as_of)
        found.append(score(out, settings.home, as_of))
    return found
