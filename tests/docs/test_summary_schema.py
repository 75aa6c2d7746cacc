"""docs/summary.schema.json holds for what a real run writes, and only for that."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from duizhang import pipeline, world
from duizhang.core import postgres
from duizhang.core.settings import Settings
from jsonschema import Draft202012Validator, FormatChecker

from tests.e2e import city

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json").read_text(encoding="utf-8"))


def problems(document: Any, part: str = "") -> list[str]:
    """What is wrong with `document` under the schema or one of its $defs."""
    schema = {"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]} if part else SCHEMA
    found = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(document)
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in found]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home after a run of one county with a mishap in it: a refused or incomplete file among the good ones."""
    folder = tmp_path_factory.mktemp("summary")
    settings = Settings.load(folder / "home")
    world.make(folder / "city", 120, 5, months=1, counties=2)
    try:
        pipeline.run(settings, folder / "city" / "inbox" / "2026-10", city.OCTOBER, docs=False)
        yield settings.home
    finally:
        postgres.destroy(settings)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_real_run_conforms(home: Path) -> None:
    assert problems(read(home / "summary.json")) == []
    assert problems(read(home / f"as_of={city.OCTOBER}" / "summary.json"), "run") == []


def test_the_run_says_something(home: Path) -> None:
    run = read(home / "summary.json")["runs"][city.OCTOBER]
    assert run["rows"]["loaded"] > 0
    assert any(county["findings"] for county in run["counties"].values())
    assert all(county["publication"] and county["roll_forward"] for county in run["counties"].values())


def test_sums_that_the_descriptions_promise(home: Path) -> None:
    run = read(home / "summary.json")["runs"][city.OCTOBER]
    for feed in run["feeds"].values():
        assert feed["rows_in"] == feed["loaded"] + feed["quarantined"] + feed["not_data"]
    for counties in run["indicators"].values():
        for n in counties.values():
            assert n["hits"] + n["unknown"] <= n["applicable"] <= n["rows"] - n["na"]
    for county in run["counties"].values():
        roll = county["roll_forward"]
        came = sum(roll[key] for key in ("opening", "new", "reopened", "moved_in"))
        went = sum(roll[key] for key in ("proven", "verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out"))
        assert roll["closing"] == came - went


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("runs", city.OCTOBER, "files", "landed"), -1),
        (("runs", city.OCTOBER, "rows", "loaded"), "12"),
        (("runs", city.OCTOBER, "as_of"), "25.10.2026"),
        (("runs", city.OCTOBER, "someone"), "a key nobody described"),
        (("runs", city.OCTOBER, "indicators", "not a code"), {}),
        (("runs", city.OCTOBER, "coverage"), [{"feed": "x", "county": "990101", "towns": {"lost": 1}, "dates": []}]),
        (("schema",), 2),
    ],
)
def test_what_is_wrong_is_refused(home: Path, path: tuple[str, ...], value: Any) -> None:
    document = copy.deepcopy(read(home / "summary.json"))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert problems(document)
