"""Made-up deliveries in any order and on any number of threads: the same rows in every partition."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from duizhang.core.lake import read_json
from duizhang.snapshot.stage import load_snapshot
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.generative.kit import COUNTY, TOWNS, A, B, City, number, rule

DAY = "2026-10-25"
RULES = [
    rule("AAA-001", where="整_有"),
    rule("AAA-002", where="NOT 整_有 AND 增_有"),
    rule("AAA-003", where="整_金额 > 5"),
    rule("AAA-004", where="岁数 < 参数_线"),
    rule("AAA-005", subject="household", where="户_有人数 > 1"),
]
PLACE = {code + tail: (county, town) for county, code in COUNTY.items() for town, tail in TOWNS.items()}
Delivery = Callable[[City], None]


def deliveries(seed: int, people: int) -> list[Delivery]:
    """National files that overlap, a whole book given three times, increments, with masks, repeats and cut numbers among them."""
    dice = random.Random(seed)
    made: list[Delivery] = []

    def book(feed: str, county: str, day: str) -> Delivery:
        rows: list[tuple[object, ...]] = []
        for _ in range(people):
            serial = dice.randrange(people * 2)
            n = dice.choice(
                [
                    number(serial),
                    number(serial),
                    number(serial) + "44",
                    "990101********" + number(serial)[14:],
                    number(serial)[:15] + "000",
                ]
            )
            rows.append(
                (
                    n,
                    f"人{serial}",
                    dice.choice([0.1, 0.2, 7.7, None, "约三"]),
                    dice.choice(["2026-01-01", "/", "2026-02-30"]),
                    dice.choice(["甲", "乙", None]),
                )
            )
        return lambda city: city.people(feed, county, day, rows, f"第{seed}")

    def national(day: str, towns: list[tuple[str, str]]) -> Delivery:
        rows = [
            (f"p{serial}", f"h{serial // 3}", f"人{serial}", number(serial), *dice.choice(towns))
            for serial in dice.sample(range(people * 2), people)
        ]
        return lambda city: city.national(day, rows, f"{day}{len(towns)}")

    every = [(county, town) for county in ("甲县", "乙县") for town in ("东乡", "西乡", "冬乡")]
    made += [national("20261010", every), national("20261012", every[:2]), national("20261014", every[3:])]
    made += [
        book("整册", county, day)
        for county in ("甲县", "乙县")
        for day in ("20261001", "20261010", "20261120")
    ]
    made += [book("增册", "甲县", day) for day in ("20260801", "20261010", "20261020")]
    return made


def run(folder: Path, given: list[Delivery], *, threads: int, at_once: bool) -> City:
    folder.mkdir()
    city = City(folder, threads=threads, rules=RULES)
    for one in given:
        one(city)
        if not at_once:
            city.books(DAY)
    city.subjects(DAY)
    return city


@pytest.mark.parametrize("seed", [1, 2])
def test_threads_and_order_of_arrival_change_no_partition(tmp_path: Path, seed: int) -> None:
    given = deliveries(seed, 150)
    homes = [
        run(tmp_path / "a", given, threads=1, at_once=True),
        run(tmp_path / "b", given[::-1], threads=2, at_once=False),
    ]
    for city in homes:
        for county in (A, B):
            assert city.check(DAY, county).problems == []
    first, second = (city.hashes() for city in homes)
    assert set(first) == set(second) and len(first) > 40
    assert [path for path in first if first[path] != second[path]] == []
    assert load_snapshot(homes[0].settings, DAY) == load_snapshot(homes[1].settings, DAY)
    findings = homes[0].rows(DAY, f"checks/county={A}/findings.parquet")
    assert {row["code"] for row in findings} >= {"AAA-001", "AAA-003", "AAA-004"}, (
        "the world is large enough to say something"
    )


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), people=st.integers(1, 12))
def test_every_row_is_accounted_for_from_file_to_subject(
    tmp_path_factory: pytest.TempPathFactory, seed: int, people: int
) -> None:
    """Rows in = loaded + quarantined + not data; rows of a book = linked + unlinked; a subject's key is unique; no town is covered by none."""
    city = run(tmp_path_factory.mktemp("city") / "c", deliveries(seed, people), threads=2, at_once=True)
    for meta in city.settings.norm.glob("*/meta.json"):
        report = read_json(meta)
        assert report["rows_in"] == report["loaded"] + report["quarantined"] + report["not_data"]
        assert sum(report["reasons"].values()) == report["quarantined"]
    links = read_json(city.settings.at(DAY) / "links" / "report.json")
    for table in ("整", "增"):
        rows = len(city.table(DAY, table)) + len(city.table(DAY, table, B))
        assert rows == links["linked"][table] + sum(links["unlinked"][table].values())
    standing = read_json(city.settings.at(DAY) / "books" / "standing.json")
    for county in (A, B):
        for subject in ("person", "household", "case", "delivery"):
            keys = Counter(
                row["_key"] for row in city.rows(DAY, f"subjects/{subject}/county={county}/data.parquet")
            )
            assert not [key for key, times in keys.items() if times > 1 or key is None]
        inside = {row["_town"] for row in city.table(DAY, "员", county)} - {None}
        covered = {
            town
            for town, status in city.coverage(DAY, "名册").items()
            if status == "full" and town.startswith(county)
        }
        assert inside <= covered
        for entry in standing:
            if entry["feed"] == "名册" and entry["town"] in covered:
                named = (
                    pq.ParquetFile(city.settings.norm / entry["sha256"] / "员.parquet")
                    .read(["_in_county", "_in_town"])
                    .to_pylist()
                )
                assert PLACE[entry["town"]] in [(row["_in_county"], row["_in_town"]) for row in named], (
                    "a file covers the towns it names"
                )
        newest = {row["_data_date"].isoformat() for row in city.table(DAY, "整", county)}
        assert newest <= {"2026-10-10"}, (
            "of a whole book only the newest delivery not later than the date stands"
        )
