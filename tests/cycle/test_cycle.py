"""A county's cycle on a small real city: each step once, gone on with where it was killed, again only on other inputs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duizhang import cycle, ledger, pipeline
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.ledger import steps

from tests.e2e import city

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import answers as filling  # noqa: E402

# enough to find, answer and prove something, and quick
GROUPS = ("PID", "HHD", "MEM")
PEOPLE = 350  # so many that some of what GROUPS find is mended by the second month
FEEDS = ("监测对象信息", "行政区划", "年度口径参数", "户籍人口")
RECEIVED = date(2026, 11, 5)


class Killed(Exception):
    """Stands for the death of the process at that place."""


class Town:
    """A home with the books of both months, and what its cycle said at each turn."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.load(folder / "home")
        self.world = city.make(folder, PEOPLE, 5, counties=1, mishaps=False)
        for path in (self.world / "inbox").glob("*/*"):
            if not any(feed in path.name for feed in FEEDS):
                path.unlink()
        self.filled = folder / "filled.xlsx"
        ledger.migrate(self.settings)

    def books(self, as_of: str, month: str) -> str:
        """Make the books of a month; the one county."""
        for key in pipeline.pull_inbox(self.settings, self.world / "inbox" / month):
            pipeline.ingest(self.settings, key)
        pipeline.build_books(self.settings, as_of)
        return pipeline.counties(self.settings, as_of)[0]

    def seen(self) -> tuple[str, list[tuple[str, str, str]]]:
        """The ledger's content, and the steps noted."""
        noted = [(done.cycle, done.step, done.run_id) for done in steps.steps(self.settings)]
        return ledger.content_digest(self.settings), noted


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("cycle")
    catalogue = folder / "expectations"
    catalogue.mkdir()
    for group in GROUPS:
        shutil.copy(ROOT / "expectations" / f"{group}.yaml", catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIZHANG_EXPECTATIONS", str(catalogue))
        made = Town(folder)
        yield made
        postgres.destroy(made.settings)


def _dying(monkeypatch: pytest.MonkeyPatch, step: str, *, noted: bool) -> Callable[[], None]:
    """Let the process die where `step` is noted: before it is, or right after. Gives what brings it to life again."""
    real = steps.record

    def record(settings: Settings, county: str, of: str, name: Any, *args: Any, **more: Any) -> bool:
        if name == step and not noted:
            raise Killed
        done = real(settings, county, of, name, *args, **more)
        if name == step:
            raise Killed
        return done

    monkeypatch.setattr(steps, "record", record)
    return lambda: monkeypatch.setattr(steps, "record", real)


def _through_october(town: Town, county: str) -> None:
    cycle.open_cycle(town.settings, county, city.OCTOBER)
    cycle.check(town.settings, county, city.OCTOBER, docs=False)
    cycle.approve(town.settings, county, city.OCTOBER, steps.person(town.settings, "some-user"))
    cycle.issue(town.settings, county, city.OCTOBER, docs=False)


def test_a_cycle_from_month_to_month(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = town.settings
    county = town.books(city.OCTOBER, "2026-10")
    with pytest.raises(ContractProblem, match="not been approved"):
        cycle.issue(settings, county, city.OCTOBER, docs=False)
    assert [done.step for done in steps.steps(settings)] == ["open", "check"]
    assert not (settings.out / county).exists()

    reconciled: list[str] = []
    real = pipeline.reconcile_county

    def counted(settings: Settings, county: str, as_of: str, **more: Any) -> dict[str, Any]:
        reconciled.append(as_of)
        return real(settings, county, as_of, **more)

    monkeypatch.setattr(pipeline, "reconcile_county", counted)
    for step in ("approve", "issue"):
        for noted in (False, True):
            live = _dying(monkeypatch, step, noted=noted)
            if noted and any(done.step == step for done in steps.steps(settings)):
                live()
                continue
            with pytest.raises(Killed):
                _through_october(town, county)
            live()
    _through_october(town, county)
    before = town.seen()
    assert [step for _, step, _ in before[1]] == ["open", "check", "approve", "issue"]
    assert reconciled == []  # what was checked on these books is not checked again
    _through_october(town, county)
    assert town.seen() == before
    assert steps.last(settings, county, "2026-10", "approve").who == steps.person(settings, "some-user")  # type: ignore[union-attr]

    filling.fill(settings, county, town.world / "answers.parquet", RECEIVED, town.filled)
    live = _dying(monkeypatch, "receive", noted=False)
    with pytest.raises(Killed):
        cycle.receive(settings, town.filled, RECEIVED)
    live()
    assert cycle.receive(settings, town.filled, RECEIVED)["accepted"] == 0  # they were taken before it died
    cycle.receive(settings, town.filled, RECEIVED)
    assert [step for _, step, _ in town.seen()[1]][4:] == ["receive"]
    assert cycle.to_score(settings, city.OCTOBER) == []

    assert town.books(city.NOVEMBER, "2026-11") == county
    for step in ("reverify", "check"):
        live = _dying(monkeypatch, step, noted=False)
        with pytest.raises(Killed):
            cycle.check(settings, county, city.NOVEMBER, docs=False)
        live()
    cycle.check(settings, county, city.NOVEMBER, docs=False)
    assert reconciled == [city.NOVEMBER]  # it had been reconciled when it died
    judged = steps.last(settings, county, "2026-10", "reverify")
    assert judged is not None
    assert judged.counts["proven"] == ledger.event_counts(settings, county)["proven"] > 0
    assert judged.counts["returned"] == ledger.event_counts(settings, county).get("returned", 0)
    assert ledger.verify(settings) == []
    with pytest.raises(ContractProblem, match="checked as of"):  # a retry, or a backfill, of what is over
        cycle.issue(settings, county, city.OCTOBER, docs=False)


def test_the_scored_cycle_is_the_one_re_verified(town: Town) -> None:
    settings = town.settings
    county = pipeline.counties(settings, city.NOVEMBER)[0]
    with pytest.raises(ContractProblem, match="no list before"):
        cycle.score(settings, county, city.OCTOBER)
    assert cycle.to_score(settings, city.NOVEMBER) == [county]
    result = cycle.score(settings, county, city.NOVEMBER)
    assert result["cycle"] == "2026-10"
    cycle.score(settings, county, city.NOVEMBER)
    scored = [done for done in steps.steps(settings) if done.step == "score"]
    assert [(done.cycle, done.done_on.isoformat()) for done in scored] == [("2026-10", city.NOVEMBER)]
    (row, opened) = cycle.overview(settings, county)
    assert (row["cycle"], row["remind"], row["check"]["times"], opened["issue"]) == ("2026-10", None, 1, None)


def test_other_books_are_checked_again_and_what_fails_is_not_noted(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = town.settings
    county = pipeline.counties(settings, city.NOVEMBER)[0]
    assert cycle.check(settings, county, city.NOVEMBER) == {"county": county, "unchanged": True}
    before = town.seen()[1]

    def failing(settings: Settings, county: str, as_of: str, **more: Any) -> dict[str, Any]:
        raise InfraProblem("the disk is full")

    mark = settings.at(city.NOVEMBER) / "checks" / f"county={county}" / "done.json"
    done = mark.read_text(encoding="utf-8")
    mark.unlink()  # as other books would
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "reconcile_county", failing)
        with pytest.raises(InfraProblem):
            cycle.check(settings, county, city.NOVEMBER)
    assert town.seen()[1] == before
    mark.write_text(done, encoding="utf-8")
    with pytest.raises(ContractProblem, match="990199"):
        cycle.check(settings, "990199", city.NOVEMBER)
    assert town.seen()[1] == before  # nothing of a county that is not there
