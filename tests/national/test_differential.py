"""Every rule that a county really ran, judged on the exports as text, against ours on the same exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from duizhang import assemble, pipeline
from duizhang.contracts.load import load_book
from duizhang.core.catalogue import by_code
from duizhang.core.settings import Settings

from tests.e2e import city
from tests.national import differ, external, stir
from tests.national.exports import gather, rows_of, rules

COUNTY, PEOPLE = "990101", 1800
RELATIONS = {"same", "wider", "narrower", "split", "explained"}


def assembled(settings: Settings, inbox: Path) -> None:
    """October of the one county, up to its subjects."""
    for key in pipeline.pull_inbox(settings, inbox):
        pipeline.ingest(settings, key)
    pipeline.build_books(settings, city.OCTOBER)
    assemble.assemble(settings, city.OCTOBER, COUNTY, load_book(settings))


@pytest.fixture(scope="module", params=["world", "stirred"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Settings]]:
    folder = tmp_path_factory.mktemp(request.param)
    inbox = city.make(folder, PEOPLE, 7, mishaps=False, counties=1) / "inbox" / "2026-10"
    if request.param == "stirred":
        entries = differ.mapping()
        given = {code: differ.given(entry, city.OCTOBER) for code, entry in entries.items()}
        stir.stir(inbox, rules(), given, {code: entry.get("reads", {}) for code, entry in entries.items()}, 11)
    settings = Settings.load(folder / "home")
    assembled(settings, inbox)
    yield request.param, settings


@pytest.mark.slow
def test_each_rule_stands_to_ours_as_the_mapping_says(county: tuple[str, Settings]) -> None:
    kind, settings = county
    exports = gather(rows_of(settings.home, city.OCTOBER))
    verdicts = differ.ours(settings, city.OCTOBER, COUNTY)
    problems, hits = {}, 0
    for code, entry in differ.mapping().items():
        if entry["relation"] == "explained":
            continue
        found = differ.difference(code, entry, exports, verdicts, city.OCTOBER)
        hits += bool(found.theirs)
        if said := differ.wrong(entry, found):
            problems[code] = said
        if entry["seen"] == "never" and found.theirs:
            problems[code] = f"seen: never, but found {len(found.theirs)}"
    assert problems == {}
    assert hits >= {"world": 70, "stirred": 250}[kind]  # the comparison is worth nothing where neither finds anything


def test_every_code_is_mapped_with_a_reason() -> None:
    entries = differ.mapping()
    assert list(entries) == list(rules())
    for code, entry in entries.items():
        assert entry["relation"] in RELATIONS and entry["why"], code
        assert entry["ours"] or entry["relation"] == "explained", code


def test_our_entries_carry_the_countys_codes(shared_settings: Settings) -> None:
    catalogue = by_code(shared_settings)
    lacking = [
        (code, number)
        for code, numbers in external.wanted().items()
        for number in numbers
        if number not in catalogue[code].external
    ]
    assert lacking == []


def test_one_line_is_put_in_and_nothing_else() -> None:
    text = "# a\n- code: AAA-001\n  nature: 公\n  notes: x\n  examples: {}\n\n- code: AAA-002\n  external: ['B:1']\n  examples: {}\n"
    after = external.extended(text, {"AAA-001": ["GZ:1"], "AAA-002": ["GZ:2", "B:1"]})
    assert after == text.replace("  notes: x", "  external: ['GZ:1']\n  notes: x").replace("['B:1']", "['B:1', 'GZ:2']")
    assert external.extended(after, {"AAA-001": ["GZ:1"], "AAA-002": ["GZ:2"]}) == after
