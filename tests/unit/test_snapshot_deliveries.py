"""The account of the deliveries: columns that they did not bring, rows, days, refusals and repeats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from duizhang import pipeline, snapshot

from tests.generative.kit import NATIONAL_COLUMNS, PEOPLE, A, B, City, csv, number
from tests.unit.read_kit import zipped
from tests.unit.snapshot_kit import OCTOBER, person


def brought(city: City, as_of: str, feed: str) -> dict[tuple[str, str], list[str]]:
    """(county, town) → columns that what stands did not bring."""
    rows = city.rows(as_of, "books/columns.parquet")
    return {(row["county"], row["town"]): row["missing"] for row in rows if row["feed"] == feed}


def test_columns_that_the_standing_file_did_not_bring_are_recorded(city: City) -> None:
    """A whole book: those of the newest file; a later file with all columns takes the record away; an empty column is there."""
    head = [str(c["name"]) for c in PEOPLE]
    city.put("甲县整册_20261010.csv", csv(head[:3], [(number(1), "一", None)]))
    city.put("乙县整册_20261010.csv", csv(head, [(number(1), "一", None, None, None)]))
    city.books(OCTOBER)
    assert brought(city, OCTOBER, "整册") == {(A, ""): ["日期", "类别"], (B, ""): []}
    city.put("甲县整册_20261012.csv", csv(head, [(number(1), "一", None, None, None)]))
    city.books(OCTOBER)
    assert brought(city, OCTOBER, "整册")[A, ""] == []


def test_columns_of_parts_increments_and_zero_reports(city: City) -> None:
    """One part of a zip without a column is enough; of increments every file must lack it; a zero report lacks nothing."""
    head = [str(c["name"]) for c in PEOPLE]
    parts = {"1.csv": csv(head[:4], [(number(1), "一", 1, "2026-10-01")]), "2.csv": csv(head[:3], [(number(2), "二", 1)]), "3.csv": csv(head[:2], [])}
    (city.inbox / "甲县整册_20261010.zip").write_bytes(zipped({name: text.encode() for name, text in parts.items()}))
    city.put("甲县增册_20261001.csv", csv(head[:4], [(number(1), "一", 1, "2026-10-01")]))
    city.put("甲县增册_20261010.csv", csv(head[:2] + head[4:], [(number(2), "二", "甲")]))
    city.people("整册", "乙县", "20261010", [])
    city.books(OCTOBER)
    assert brought(city, OCTOBER, "整册") == {(A, ""): ["日期", "类别"], (B, ""): []}
    assert brought(city, OCTOBER, "增册") == {(A, ""): []}


def test_columns_are_recorded_town_by_town(city: City) -> None:
    head = [str(c["name"]) for c in NATIONAL_COLUMNS]
    row = ("p1", "h1", "人", number(1), "户主甲", 30, "甲县", "东乡", "一村")
    city.put("名册一_20261010.csv", csv(head, [row, ("p2", "h2", "人", number(2), "户主甲", 30, "甲县", "西乡", "一村")]))
    short = [name for name in head if name != "岁数"]
    city.put("名册二_20261012.csv", csv(short, [("p2", "h2", "人", number(2), "户主甲", "甲县", "西乡", "一村")]))
    city.books(OCTOBER)
    assert brought(city, OCTOBER, "名册") == {(A, A + "100"): [], (A, A + "101"): ["岁数"]}


def deliveries(city: City, as_of: str, feed: str, county: str = A) -> dict[str, Any]:
    (row,) = (r for r in city.rows(as_of, "books/deliveries.parquet") if (r["feed"], r["county"]) == (feed, county))
    return row


def test_rows_now_and_in_the_delivery_before(city: City) -> None:
    """Of an earlier date, of the same county; by town over the towns that have both; increments are not compared."""
    for day, count in (("20260901", 4), ("20261010", 3), ("20261012", 5)):
        city.people("整册", "甲县", day, [(number(n), "人") for n in range(count)])
    city.people("整册", "乙县", "20261011", [(number(n), "人") for n in range(9)])
    city.people("增册", "甲县", "20260910", [(number(1), "一")])
    city.people("增册", "甲县", "20261010", [(number(2), "二"), (number(3), "三")])
    city.national("20261001", [person(1, "东乡"), person(2, "东乡"), person(5, "东乡", "乙县")], "一")
    city.national("20261010", [person(1, "东乡"), person(3, "西乡"), person(4, "西乡")], "二")
    city.books(OCTOBER)
    counts = {feed: tuple(deliveries(city, OCTOBER, feed)[c] for c in ("本期行数", "上期行数")) for feed in ("整册", "增册", "名册")}
    assert counts == {"整册": (5, 3), "增册": (2, None), "名册": (1, 2)}
    assert deliveries(city, OCTOBER, "整册", B)["上期行数"] is None


def test_data_dates_of_the_national_system(city: City) -> None:
    """Only on the row of the spine; books of the same department count, city-wide and stale ones do not."""
    city.national("20261005", [person(1, "东乡"), person(2, "西乡")], "一")
    city.national("20261012", [person(2, "西乡")], "二")
    city.people("整册", "甲县", "20261020", [(number(1), "一")])
    city.people("增册", "甲县", "20260901", [(number(1), "一")])
    city.books(OCTOBER)
    row = deliveries(city, OCTOBER, "名册")
    assert (str(row["国家系统最早数据日期"]), str(row["国家系统最晚数据日期"])) == ("2026-10-05", "2026-10-20")
    assert deliveries(city, OCTOBER, "整册")["国家系统最早数据日期"] is None


def test_a_refused_file_counts_until_a_good_one_of_a_later_date(city: City) -> None:
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    city.take()
    for name, text in (("甲县整册_20261011.csv", "姓名,金额,日期\n一,1,2026-10-01\n"), ("甲县整册_20261012.csv", "一,二,三\n")):
        city.put(name, text)
    for key in pipeline.pull_inbox(city.settings, city.inbox):
        assert pipeline.ingest(city.settings, key)["refused"]
    snapshot.snapshot(city.settings, OCTOBER, city.book)
    row = deliveries(city, OCTOBER, "整册")
    assert (row["缺列拒收文件数"], row["表头无法定位拒收文件数"], row["编码不可解码拒收文件数"]) == (1, 1, 0)
    city.people("整册", "甲县", "20261013", [(number(1), "一")])
    for key in pipeline.pull_inbox(city.settings, city.inbox):
        pipeline.ingest(city.settings, key)
    snapshot.snapshot(city.settings, OCTOBER, city.book)
    row = deliveries(city, OCTOBER, "整册")
    assert (row["缺列拒收文件数"], row["表头无法定位拒收文件数"]) == (0, 0)


def test_the_same_bytes_sent_again_change_nothing_but_are_counted(city: City) -> None:
    rows = [(number(1), "一")]
    city.people("整册", "甲县", "20261010", rows)
    first = city.books(OCTOBER)
    before = city.hashes()
    city.people("整册", "甲县", "20261010", rows, "再报")
    second = city.books(OCTOBER)
    after = city.hashes()
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {f"as_of={OCTOBER}/books/deliveries.parquet"}
    assert [row["重复接入次数"] for row in city.rows(OCTOBER, "books/deliveries.parquet")] == [1]
    assert first.fingerprints[A] != second.fingerprints[A], "the county must be checked anew: a rule counts the repeats"
    assert first.fingerprints[B] == second.fingerprints[B]


@pytest.mark.parametrize("again", ["备份/名册_20261010.csv", "甲县名册_20261010.csv"])
def test_a_file_sent_again_under_a_name_with_or_without_its_county_is_one_file(city: City, again: str) -> None:
    city.national("20261010", [person(1, "东乡")])
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    for name, other in (("名册_20261010.csv", again), ("甲县整册_20261010.csv", again.replace("名册", "整册").replace("甲县", "再报"))):
        city.put(other, (city.inbox / name).read_text(encoding="utf-8"))
    shot = city.books(OCTOBER)
    assert shot.problems == []
    assert [row["重复接入次数"] for row in city.rows(OCTOBER, "books/deliveries.parquet")] == [1, 1]


def test_names_of_the_same_bytes_count_alike_in_any_order_of_arrival(tmp_path: Path) -> None:
    found = []
    for place, order in enumerate((("乙县", "20261010"), ("甲县", "20261012")) for _ in range(2)):
        folder = tmp_path / str(place)
        folder.mkdir()
        city = City(folder)
        for county, day in order if place else reversed(list(order)):
            city.put(f"{county}整册_{day}.csv", csv([str(c["name"]) for c in PEOPLE], [(number(1), "一", None, None, None)]))
            shot = city.books(OCTOBER)
        found.append((city.hashes(), shot))
        assert (len(city.table(OCTOBER, "整")), len(city.table(OCTOBER, "整", B))) == (1, 1)
    assert found[0] == found[1]
