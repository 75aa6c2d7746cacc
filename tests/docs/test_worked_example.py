"""The README's worked example, taken from the README itself: a feed and a cross-book indicator, without Python or SQL."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from duizhang import assemble, pipeline, world
from duizhang.check import try_rule
from duizhang.contracts.load import load_book
from duizhang.contracts.subjects import lineage
from duizhang.core.catalogue import by_code
from duizhang.core.lake import duck
from duizhang.core.settings import Settings

from tests.docs.test_readme import examples
from tests.e2e import city

CODE = "LCX-001"
COUNTY = "青石县"


@dataclass(frozen=True)
class Outcome:
    """What the run left, and who was planted: the keys of two persons booked as unable to work."""

    settings: Settings
    at_work: str
    not_at_work: str


def follow(folder: Path) -> None:
    """Copy contracts and expectations below `folder` and add what the README says, nothing else."""
    root = Settings(home=folder).root
    shutil.copytree(root / "include" / "contracts", folder / "include" / "contracts")
    shutil.copytree(root / "expectations", folder / "expectations")
    for path, text in examples("README.md").items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def unable(settings: Settings, county: str) -> list[dict[str, str]]:
    """Persons of the national book whom it calls unable to work, with a number that can be compared."""
    path = settings.at(city.OCTOBER) / "subjects" / "person" / f"county={county}" / "data.parquet"
    with duck(settings, functions=True) as con:
        found = con.execute(
            "SELECT _key, 姓名, 证件号码 FROM read_parquet(?, hive_partitioning = false) WHERE 劳动技能 IN ('无劳动力', '丧失劳动力')"
            " AND 校验合格(证件号码) AND length(证件号码) = 18 AND 同号行数 = 1 ORDER BY _key",
            [str(path)],
        ).fetchall()
    return [dict(zip(("key", "name", "number"), row, strict=True)) for row in found]


def roster(sample: str, people: list[dict[str, str]]) -> str:
    """The README's sample with the names and numbers of `people` in the places of its own."""
    head, *rows = csv.reader(io.StringIO(sample))
    assert len(rows) == len(people)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([[person["name"], person["number"], *row[2:]] for row, person in zip(rows, people, strict=True)])
    return out.getvalue()


def people(settings: Settings, inbox: Path) -> None:
    """The subjects of `inbox`, unjudged."""
    for key in pipeline.pull_inbox(settings, inbox):
        pipeline.ingest(settings, key)
    for county in pipeline.build_books(settings, city.OCTOBER):
        assemble.assemble(settings, city.OCTOBER, county, load_book(settings))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    folder = tmp_path_factory.mktemp("readme")
    follow(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUIZHANG_CONTRACTS", str(folder / "include" / "contracts"))
        patch.setenv("DUIZHANG_EXPECTATIONS", str(folder / "expectations"))
        settings = Settings.load(folder / "home")
        world.make(folder / "city", 200, 3, months=1, counties=2, mishaps=False)
        inbox = folder / "city" / "inbox" / "2026-10"
        people(settings, inbox)
        names = json.loads((settings.at(city.OCTOBER) / "books" / "regions.json").read_text(encoding="utf-8"))["counties"]
        at_work, not_at_work, *_ = unable(settings, next(code for code, name in names.items() if name == COUNTY))
        path, sample = next(item for item in examples("README.md").items() if item[0].endswith(".csv"))
        (inbox / Path(path).name).write_text(roster(sample, [at_work, not_at_work]), encoding="utf-8")
        city.judge(settings, inbox, city.OCTOBER)
        yield Outcome(settings, at_work["key"], not_at_work["key"])


def results(settings: Settings) -> dict[str, dict[str, int]]:
    """County → the counts of the indicator."""
    found = {}
    for path in sorted((settings.at(city.OCTOBER) / "checks").glob("county=*/results.parquet")):
        found |= {row["county"]: row for row in pq.read_table(path).to_pylist() if row["code"] == CODE}
    return found


def findings(settings: Settings) -> list[dict[str, str]]:
    """The findings of the indicator."""
    paths = sorted((settings.at(city.OCTOBER) / "checks").glob("county=*/findings.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist() if row["code"] == CODE]


def test_the_planted_discrepancy_is_found_and_nothing_else(outcome: Outcome) -> None:
    assert [found["subject_key"] for found in findings(outcome.settings)] == [outcome.at_work]


def test_the_finding_shows_both_books_side_by_side(outcome: Outcome) -> None:
    (found,) = findings(outcome.settings)
    evidence = {each["列"]: (each["账"], each["值"]) for each in json.loads(found["evidence"])}
    assert evidence["林草名册上是否在岗"] == ("林草护林员名册", "是")
    assert evidence["林草名册上的管护区域"] == ("林草护林员名册", "东山片区")
    assert evidence["劳动技能"][0] == "国家系统"
    assert set(json.loads(found["lineage"])) >= {"人", "护林员"}


def test_the_county_that_sent_no_roster_is_not_applicable(outcome: Outcome) -> None:
    counts = results(outcome.settings)
    (with_roster,) = [row for row in counts.values() if row["na"] == 0]
    (without,) = [row for row in counts.values() if row["na"]]
    assert with_roster["hits"] == 1
    assert with_roster["applicable"] >= 2
    assert without["na"] == without["rows"] > 0
    assert without["hits"] == without["applicable"] == 0
    assert "林草护林员名册" in str(without["na_reason"])


def test_examples_of_the_entry_hold(outcome: Outcome) -> None:
    settings = outcome.settings
    book = load_book(settings)
    rule = by_code(settings)[CODE]
    types, lines = assemble.schema(settings, book)[rule.subject], lineage(settings, book)
    with duck(settings, functions=True) as con:
        for verdict, rows in (("hit", rule.examples.violates), ("unknown", rule.examples.unknown)):
            assert rows
            assert [try_rule(con, rule, types, lines, row) for row in rows] == [verdict] * len(rows)
        assert all(try_rule(con, rule, types, lines, row) in ("clear", "not_applicable") for row in rule.examples.passes)


def test_only_data_was_added() -> None:
    assert sorted(Path(path).suffix for path in examples("README.md")) == [".csv", ".yaml", ".yaml"]
