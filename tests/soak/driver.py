"""The months of a soak: everything below the check is drawn from a living world, everything after it is the product."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from duizhang import ledger, pipeline, receive
from duizhang.check.compiled import compile_rule
from duizhang.contracts.load import Book, load_book
from duizhang.contracts.subjects import lineage
from duizhang.core import postgres
from duizhang.core.catalogue import Rule, by_code
from duizhang.core.settings import Settings

from tests.soak import crash, officers
from tests.soak.above import Above, Sent
from tests.soak.living import Living
from tests.soak.officers import Office, Upload
from tests.soak.shapes import FIRST, Month
from tests.soak.standin import StandIn, write_catalogue
from tests.soak.watchman import Watchman

T = TypeVar("T")
KEY = "5a" * 32


@lru_cache(maxsize=1)
def real_rules(root: Path) -> tuple[Book, dict[str, Rule], dict[str, tuple[str, ...]], str]:
    """(contracts, rules, feeds that each rule reads, the national feed) of the project."""
    settings = Settings(home=root)
    book, rules = load_book(settings), by_code(settings)
    lines = lineage(settings, book)
    return book, rules, {code: compile_rule(rule, lines).feeds for code, rule in rules.items()}, book.role("national").feed


class Soak:
    """One home that lives through `months` months. `deaths`: a generator that says where each step dies first."""

    def __init__(
        self, folder: Path, seed: int, *, counties: int, size: int, first: tuple[int, int] = FIRST, deaths: random.Random | None = None
    ) -> None:
        os.environ["DUIZHANG_EXPECTATIONS"] = ""
        os.environ["DUIZHANG_KEY"] = KEY
        self.settings = Settings.load(folder / "home")
        book, rules, feeds, national = real_rules(folder)
        self.catalogue = folder / "expectations"
        os.environ["DUIZHANG_EXPECTATIONS"] = str(self.catalogue)
        self.living = Living(seed, size, counties, rules, feeds, national, first)
        self.standin = StandIn(self.settings, self.living, book)
        self.desk = folder / "desk"
        self.desk.mkdir()
        close = {code: rule.closes for code, rule in rules.items()}
        self.offices = {county: Office(self.living, county, self.desk, close) for county in self.living.counties}
        self.above = {county: Above(self.living, county) for county in self.living.counties}
        self.watchman = Watchman(self.settings, self.living)
        self.deaths = deaths
        self.died = 0
        self.digests: list[str] = []
        ledger.migrate(self.settings)

    def close(self) -> None:
        """Stop the server and delete its data."""
        postgres.destroy(self.settings)

    def step(self, work: Callable[[], T]) -> T:
        """Do `work`; where there are deaths, it first dies somewhere inside and is then run again."""
        if self.deaths is not None:
            crash.die_in(work, min(self.deaths.randrange(8), self.deaths.randrange(8)))
            self.died += 1
        return work()

    def live(self, months: int) -> None:
        """All months; every invariant every month."""
        for _ in range(months):
            self.month()

    def month(self) -> None:
        """One month: check, issue, answers."""
        month = self.living.advance()
        write_catalogue(self.living, self.catalogue)
        self.standin.write(month)
        watch = self.watchman
        for county in sorted(self.living.counties, reverse=month.index % 2 == 1):
            self.step(lambda c=county: self._merge(month, c))  # type: ignore[misc]
            watch.rolls(month, county)
        watch.after_merges(month)
        for sent in [sent for above in self.above.values() if (sent := above.send(month))]:
            results = self.step(lambda s=sent: self._note(s))  # type: ignore[misc]
            watch.noted(month, sent, results)
            assert {result.outcome for result in self._note(sent)} <= {"repeated", "proven_before"}, "the same list again"
        for county in self.living.counties:
            published = self.step(lambda c=county: pipeline.issue_county(self.settings, c, month.as_of.isoformat()))  # type: ignore[misc]
            watch.papers[county] = officers.read(self._workbook(county, month, published["version"]), county, month)
        watch.after_issue(month)
        for upload in self._uploads(month):
            self._receive(upload)
        watch.after_answers(month)
        self.digests.append(ledger.content_digest(self.settings))

    def _merge(self, month: Month, county: str) -> ledger.MergeSummary:
        findings, keys = self.standin.findings(month, county), self.standin.keys(month, county)
        day = month.as_of.isoformat()
        return ledger.merge(self.settings, county, day, f"{day}-{county}", findings, keys, self.standin.verdicts(month, county))

    def _note(self, sent: Sent) -> list[ledger.NoticeResult]:
        keys = self.standin.keys(self.living.now, sent.county)
        return ledger.note_from_above(self.settings, sent.county, sent.lines, sent.on, sent.sha, sent.complete, source=sent.source, keys=keys)

    def _workbook(self, county: str, month: Month, version: str) -> Path:
        (found,) = (self.settings.out / county / month.cycle / version).glob("对账清单_*.xlsx")
        return found

    def _uploads(self, month: Month) -> list[Upload]:
        papers, made = self.watchman.papers, []
        subjects = self.watchman.rows_by_number()
        for county, office in self.offices.items():
            ways = office.ways(papers[county])
            office.act(ways, subjects)
            made += office.uploads(papers[county], ways, papers)
        return sorted(made, key=lambda u: (u.on, u.county, u.why))

    def _receive(self, upload: Upload) -> None:
        self.watchman.sent(upload)
        lookup = lambda numbers: ledger.published(self.settings, numbers)  # noqa: E731
        read = receive.receive(self.settings, upload.path, upload.on, lookup)
        result: dict[str, Any] = self.step(lambda: pipeline.receive_file(self.settings, upload.path, upload.on))
        self.watchman.received(upload, read, result)
