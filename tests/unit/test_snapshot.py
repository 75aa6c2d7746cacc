"""Which rows stand as of a date, and what they cover: every way in which deliveries come wrong."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest
from duizhang import pipeline, snapshot
from duizhang.core.errors import FeedProblem
from duizhang.snapshot.stage import load_snapshot

from tests.generative.kit import NATIONAL_COLUMNS, PEOPLE, A, B, City, book, contract, csv, number
from tests.unit.read_kit import zipped

EAST, WEST = "甲县东乡", "甲县西乡"
OCTOBER, NOVEMBER = "2026-10-25", "2026-11-20"


def person(serial: int, town: str, county: str = "甲县", home: str = "") -> tuple[object, ...]:
    return (f"p{serial}", home or f"h{serial}", f"人{serial}", number(serial), county, town)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


def people(city: City, as_of: str, county: str = A) -> set[str]:
    return {row["人号"] for row in city.table(as_of, "员", county)}


def test_a_missing_town_is_missing_and_nothing_stands_in_for_it(city: City) -> None:
    city.national("20261010", [person(1, "东乡")])
    city.books(OCTOBER)
    assert city.coverage(OCTOBER, "名册") == {A + "100": "full", A + "101": "missing", B + "100": "missing", B + "101": "missing"}


def test_a_row_of_an_unknown_town_covers_no_town(city: City) -> None:
    """One slip of the pen in a town's name must not make the towns that were not delivered look delivered."""
    city.national("20261010", [person(1, "东乡"), person(2, "冬乡")])
    shot = city.books(OCTOBER)
    assert city.coverage(OCTOBER, "名册")[A + "101"] == "missing"
    assert people(city, OCTOBER) == {"p1", "p2"}, "the row is kept"
    assert {row["人号"]: row["_town"] for row in city.table(OCTOBER, "员")} == {"p1": A + "100", "p2": None}
    assert any("1 行的县或乡镇在行政区划中找不到" in problem for problem in shot.problems), "and told"


def test_rows_of_unknown_county_are_told(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "东乡", "丙县")])
    shot = city.books(OCTOBER)
    assert people(city, OCTOBER) == {"p1"} and any("1 行" in problem for problem in shot.problems)
    city.national("20261011", [person(3, "东乡", "丙县")])
    assert any("没有一行能归到行政区划中的县" in problem for problem in city.books(OCTOBER).problems)


def test_rows_of_unknown_town_go_when_their_delivery_does(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "冬乡")], "旧")
    city.national("20261012", [person(1, "东乡")], "新")
    city.books(OCTOBER)
    assert people(city, OCTOBER) == {"p1"}


def test_by_town_overlap_the_later_date_wins_town_by_town(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "西乡")], "一")
    city.national("20261012", [person(3, "西乡")], "二")
    city.books(OCTOBER)
    assert people(city, OCTOBER) == {"p1", "p3"}


def test_a_household_that_moved_town_is_wholly_the_newer_files(city: City) -> None:
    """The older file still stands for the town that was left: no member of its old rows may stay in the household."""
    city.national("20261010", [person(1, "东乡", home="h"), person(2, "东乡", home="h"), person(9, "东乡")], "一")
    city.national("20261012", [person(1, "西乡", home="h")], "二")
    city.books(OCTOBER)
    assert people(city, OCTOBER) == {"p1", "p9"}
    assert [(row["户号"], row["_town"]) for row in city.table(OCTOBER, "家")] == [("h", A + "101"), ("h9", A + "100")]


def test_a_person_row_in_another_town_than_the_household_is_kept(city: City) -> None:
    city.national("20261010", [person(1, "东乡", home="h"), person(2, "西乡", home="h")])
    city.books(OCTOBER)
    assert people(city, OCTOBER) == {"p1", "p2"}


def test_one_file_of_two_counties_speaks_for_both(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "西乡", "乙县")])
    shot = city.books(OCTOBER)
    assert (people(city, OCTOBER, A), people(city, OCTOBER, B)) == ({"p1"}, {"p2"})
    assert sorted(town for town, status in city.coverage(OCTOBER, "名册").items() if status == "full") == [A + "100", B + "101"]
    assert shot.fingerprints[A] != shot.fingerprints[B]


def test_a_stray_row_in_the_file_of_another_county_replaces_nothing_there(city: City) -> None:
    """A file that names its county adds its rows from elsewhere to what stands there, and covers nothing there alone."""
    city.national("20261010", [person(2, "西乡", "乙县")], "乙县")
    city.national("20261012", [person(1, "东乡"), person(3, "西乡", "乙县"), person(4, "东乡", "乙县")], "甲县")
    city.books(OCTOBER)
    assert (people(city, OCTOBER, A), people(city, OCTOBER, B)) == ({"p1"}, {"p2", "p3"})
    assert sorted(town for town, status in city.coverage(OCTOBER, "名册").items() if status == "full") == [A + "100", B + "101"]
    city.national("20261112", [person(1, "东乡")], "甲县")  # the stray row goes with its file
    city.books(NOVEMBER)
    assert people(city, NOVEMBER, B) == {"p2"}


def test_whole_a_corrected_book_replaces_the_former(city: City) -> None:
    city.people("整册", "甲县", "20261010", [(number(1), "一"), (number(2), "二")])
    city.people("整册", "甲县", "20261015", [(number(2), "二"), (number(3), "三")])
    city.people("整册", "乙县", "20261001", [(number(1), "一")])
    city.books(OCTOBER)
    assert {row["姓名"] for row in city.table(OCTOBER, "整")} == {"二", "三"}
    assert {row["姓名"] for row in city.table(OCTOBER, "整", B)} == {"一"}


def test_a_file_dated_after_as_of_is_not_there_yet(city: City) -> None:
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    city.people("整册", "甲县", "20261101", [(number(2), "二")])
    city.books(OCTOBER)
    assert {row["姓名"] for row in city.table(OCTOBER, "整")} == {"一"}
    city.books(NOVEMBER)
    assert {row["姓名"] for row in city.table(NOVEMBER, "整")} == {"二"}


def test_stale_missing_short_and_zero(tmp_path: Path) -> None:
    short = contract("整册", PEOPLE, {"整": {"key": ["号码"], "columns": ["号码", "姓名"]}}, volume={"min": 2, "max": 9})
    city = City(tmp_path, book(short))
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    city.people("增册", "甲县", "20261010", [])
    city.people("增册", "乙县", "20260901", [(number(1), "一")])
    city.books(OCTOBER)
    assert set(city.coverage(OCTOBER, "整册").values()) == {"short", "missing"}
    assert city.coverage(OCTOBER, "增册") == {A + "100": "zero", A + "101": "zero", B + "100": "stale", B + "101": "stale"}


def test_max_age_is_counted_in_days_from_the_data_date(city: City) -> None:
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    for as_of, status in (("2026-10-10", "full"), ("2026-11-04", "full"), ("2026-11-05", "stale"), ("2026-10-09", "missing")):
        city.books(as_of)
        assert city.coverage(as_of, "整册")[A + "100"] == status


def test_a_zero_report_empties_a_whole_book_and_covers(city: City) -> None:
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    city.people("整册", "甲县", "20261015", [])
    city.books(OCTOBER)
    assert city.table(OCTOBER, "整") == [] and city.coverage(OCTOBER, "整册")[A + "100"] == "zero"


def test_increments_add_up_and_the_later_word_stands(city: City) -> None:
    city.people("增册", "甲县", "20260801", [(number(1), "旧"), (number(2), "二")])
    city.people("增册", "甲县", "20261010", [(number(1), "新"), (number(3), "三")])
    city.people("增册", "甲县", "20261020", [])
    city.books(OCTOBER)
    assert {row["号码"]: row["姓名"] for row in city.table(OCTOBER, "增")} == {number(1): "新", number(2): "二", number(3): "三"}
    assert city.coverage(OCTOBER, "增册")[A + "100"] == "zero", "covered by the newest increment, though the first is old"


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


def test_two_contents_of_one_date_are_told_and_decided_alike_in_any_order(tmp_path: Path) -> None:
    """Nothing but the content can decide, whatever came first; that there was a choice is said."""
    outcomes = []
    for place, order in enumerate(((1, 2), (2, 1))):
        folder = tmp_path / str(place)
        folder.mkdir()
        city = City(folder)
        for serial in order:
            city.people("整册", "甲县", "20261010", [(number(serial), f"人{serial}")], f"第{serial}份")
            shot = city.books(OCTOBER)
        outcomes.append(([row["姓名"] for row in city.table(OCTOBER, "整")], shot.problems))
    assert outcomes[0] == outcomes[1]
    assert ["数据日期相同而内容不同" in problem for problem in outcomes[0][1]] == [True]


def test_any_order_of_arrival_gives_the_same_partitions(tmp_path: Path) -> None:
    files = {
        "一": lambda c: c.national("20261010", [person(1, "东乡"), person(2, "西乡"), person(3, "冬乡")], "一"),
        "二": lambda c: c.national("20261012", [person(4, "西乡"), person(5, "东乡", "乙县")], "二"),
        "三": lambda c: c.people("增册", "甲县", "20261001", [(number(1), "旧")], "三"),
        "四": lambda c: c.people("增册", "甲县", "20261015", [(number(1), "新")], "四"),
    }
    found = []
    for place, order in enumerate(itertools.islice(itertools.permutations(files), 0, 24, 5)):
        folder = tmp_path / str(place)
        folder.mkdir()
        city = City(folder, threads=1 + place % 2)
        for name in order:
            files[name](city)
            city.books(OCTOBER)
        found.append((city.hashes(), load_snapshot(city.settings, OCTOBER)))
    assert all(one == found[0] for one in found)


def test_by_town_where_the_file_name_says_the_county(tmp_path: Path) -> None:
    """Rows then need not name their county, only their town."""
    feed = contract(
        "乡册", [{"name": "号"}, {"name": "乡"}], {"乡册行": {"key": ["号"], "columns": ["号", "乡"]}},
        delivery="by_town", scope={"county": "filename", "columns": {"town": "乡"}},
    )  # fmt: skip
    city = City(tmp_path, book(feed))
    city.put("乙县乡册一_20261010.csv", csv(("号", "乡"), [("1", "东乡"), ("2", "西　乡")]))
    city.put("乙县乡册二_20261012.csv", csv(("号", "乡"), [("3", "东乡")]))
    city.books(OCTOBER)
    assert {row["号"]: row["_town"] for row in city.table(OCTOBER, "乡册行", B)} == {"3": B + "100", "2": B + "101"}
    assert city.coverage(OCTOBER, "乡册") == {A + "100": "missing", A + "101": "missing", B + "100": "full", B + "101": "full"}


def test_a_hostile_cell_in_a_place_column_is_no_town_and_no_sql(tmp_path: Path) -> None:
    feed = contract(
        "码册", [{"name": "号"}, {"name": "码"}], {"码册行": {"key": ["号"], "columns": ["号", "码"]}},
        delivery="by_town", scope={"county": "column", "columns": {"code": "码"}},
    )  # fmt: skip
    city = City(tmp_path, book(feed))
    city.put("码册_20261010.csv", csv(("号", "码"), [("1", A + "100201"), ("2", A + "'); DROP TABLE places; --"), ("3", "' OR 1=1 --")]))
    shot = city.books(OCTOBER)
    assert {row["号"]: row["_town"] for row in city.table(OCTOBER, "码册行")} == {"1": A + "100", "2": None}
    assert any("2 行的县或乡镇" in problem for problem in shot.problems)


def test_a_county_that_cannot_be_told_is_told(city: City) -> None:
    city.people("整册", "甲县乙县", "20261010", [(number(1), "一")])
    shot = city.books(OCTOBER)
    assert city.table(OCTOBER, "整") == city.table(OCTOBER, "整", B) == []
    assert any("认不出是哪个县" in problem for problem in shot.problems)


def test_regions_are_those_in_force_on_the_date(city: City) -> None:
    """A town that was merged away, or begins later, is not missing from anybody's delivery."""
    header = ("编码", "名称", "级别", "状态", "生效")
    rows = [
        (A, "甲县", "县", "有效", "2020-01-01"), (A + "100", "东乡", "乡", "有效", "2020-01-01"), (A + "101", "西乡", "乡", "有效", "2020-01-01"),
        (A + "101", "西乡", "乡", "合并", "2026-06-01"), (A + "102", "北乡", "乡", "有效", "2026-11-01"),
    ]  # fmt: skip
    city.put("区划表_20260901.csv", csv(header, rows))
    city.national("20261010", [person(1, "东乡")])
    city.books(OCTOBER)
    assert set(city.coverage(OCTOBER, "名册")) == {A + "100"}
    city.books(NOVEMBER)
    assert set(city.coverage(NOVEMBER, "名册")) == {A + "100", A + "102"}


def test_what_no_longer_stands_leaves_no_partition_behind(city: City) -> None:
    city.national("20261010", [person(1, "东乡")])
    city.people("整册", "乙县", "20261010", [(number(1), "一")])
    city.links(OCTOBER)
    assert city.table(OCTOBER, "整", B)
    shutil.rmtree(city.settings.landing)
    for path in city.inbox.glob("乙县整册*"):
        path.unlink()
    city.links(OCTOBER)
    left = [path for path in city.settings.at(OCTOBER).rglob("*.parquet") if "整" in path.parts]
    assert left == []




def test_two_counties_send_the_same_zero_report(city: City) -> None:
    for county in ("甲县", "乙县"):
        city.put(f"{county}增册_20261010.csv", "本月无\n")
    city.books(OCTOBER)
    assert set(city.coverage(OCTOBER, "增册").values()) == {"zero"}


def test_an_unchanged_book_sent_again_next_month_is_fresh(city: City) -> None:
    for day in ("20261010", "20261110"):
        city.put(f"甲县整册_{day}.csv", csv([str(c["name"]) for c in PEOPLE], [(number(1), "一", None, None, None)]))
        city.take()
    city.books(NOVEMBER)
    assert city.coverage(NOVEMBER, "整册")[A + "100"] == "full"


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


def test_without_regions_nothing_is_guessed(tmp_path: Path) -> None:
    city = City(tmp_path)
    (city.inbox / "区划表_20260101.csv").unlink()
    with pytest.raises(FeedProblem):
        city.books(OCTOBER)


def test_the_national_wide_file_under_another_date_is_another_delivery(city: City) -> None:
    """A home with `=` in its path: DuckDB must not make columns out of folder names."""
    folder = city.folder / "as_of=x" / "county=y"
    folder.mkdir(parents=True)
    other = City(folder)
    other.national("20261010", [person(1, "东乡")])
    other.subjects(OCTOBER)
    assert set(other.subject(OCTOBER)) == {"p1"}
    delivery = other.rows(OCTOBER, f"subjects/delivery/county={A}/data.parquet")[0]
    assert not [name for name in delivery if name.startswith("as_of_") or name == "county_1"]


def test_normalised_again_under_a_changed_contract(city: City) -> None:
    """The cached result of the old contract is not taken for one of the new."""
    city.people("整册", "甲县", "20261010", [(number(1), "一", "约三")])
    city.take()
    columns = [{**c, "type": "str"} if c["name"] == "金额" else c for c in PEOPLE]
    changed = contract("整册", columns, {"整": {"key": ["号码"], "columns": ["号码", "姓名", "金额"]}})
    city.book = book(changed)
    city.books(OCTOBER)
    assert [row["金额"] for row in city.table(OCTOBER, "整")] == ["约三"]


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


def test_the_county_that_a_file_names_stands_beside_that_of_its_rows(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "东乡", "乙县")], "甲县")
    city.national("20261011", [person(3, "东乡", "乙县")], "乙县")
    city.books(OCTOBER)
    assert [row["_from_county"] for row in city.table(OCTOBER, "家", A)] == ["甲县"]
    assert {row["户号"]: row["_from_county"] for row in city.table(OCTOBER, "家", B)} == {"h2": "甲县", "h3": "乙县"}
    city.national("20261012", [person(1, "东乡")])
    city.books(OCTOBER)
    assert [row["_from_county"] for row in city.table(OCTOBER, "家", A)] == [None]


def test_a_header_alone_reports_nothing_and_covers_nothing(tmp_path: Path) -> None:
    """Else a failed export says of everybody that they are not in the book. Where an empty book is usual, its contract says min 0."""
    columns, tables = [dict(column) for column in PEOPLE], {"整": {"key": ["号码"], "columns": ["号码", "姓名"]}}
    city = City(tmp_path, book(contract("整册", columns, tables, volume={"min": 1, "max": 9})))
    city.national("20261010", [("p1", "h1", "人", number(1), "甲县", "东乡")])
    head = csv([str(c["name"]) for c in PEOPLE], [])
    city.put("甲县整册_20261010.csv", head)
    city.put("甲县增册_20261010.csv", "甲县增册\n" + head)
    city.put("乙县整册_20261010.csv", "本月  零报告\n" + head)
    city.books(OCTOBER)
    assert {town[:6]: status for town, status in city.coverage(OCTOBER, "整册").items()} == {A: "short", B: "zero"}
    assert {status for town, status in city.coverage(OCTOBER, "增册").items() if town[:6] == A} == {"full"}
