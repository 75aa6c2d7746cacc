"""Which rows stand as of a date, whatever came when, twice, late or from elsewhere."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

from duizhang.snapshot.stage import load_snapshot

from tests.generative.kit import PEOPLE, A, B, City, book, contract, csv, number
from tests.unit.snapshot_kit import NOVEMBER, OCTOBER, people, person


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


def test_increments_add_up_and_the_later_word_stands(city: City) -> None:
    city.people("增册", "甲县", "20260801", [(number(1), "旧"), (number(2), "二")])
    city.people("增册", "甲县", "20261010", [(number(1), "新"), (number(3), "三")])
    city.people("增册", "甲县", "20261020", [])
    city.books(OCTOBER)
    assert {row["号码"]: row["姓名"] for row in city.table(OCTOBER, "增")} == {number(1): "新", number(2): "二", number(3): "三"}
    assert city.coverage(OCTOBER, "增册")[A + "100"] == "zero", "covered by the newest increment, though the first is old"


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
    assert outcomes[0] == outcomes[1] and len(outcomes[0][0]) == 1
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


def test_a_home_with_equals_signs_in_its_path_has_the_same_partitions(city: City) -> None:
    """DuckDB must not make columns out of folder names."""
    folder = city.folder / "as_of=x" / "county=y"
    folder.mkdir(parents=True)
    other = City(folder)
    for one in (city, other):
        one.national("20261010", [person(1, "东乡")])
        one.subjects(OCTOBER)
    assert set(other.subject(OCTOBER)) == {"p1"}
    assert other.hashes() == city.hashes()


def test_normalised_again_under_a_changed_contract(city: City) -> None:
    """The cached result of the old contract is not taken for one of the new."""
    city.people("整册", "甲县", "20261010", [(number(1), "一", "约三")])
    city.take()
    columns = [{**c, "type": "str"} if c["name"] == "金额" else c for c in PEOPLE]
    changed = contract("整册", columns, {"整": {"key": ["号码"], "columns": ["号码", "姓名", "金额"]}})
    city.book = book(changed)
    city.books(OCTOBER)
    assert [row["金额"] for row in city.table(OCTOBER, "整")] == ["约三"]


def test_the_county_that_a_file_names_stands_beside_that_of_its_rows(city: City) -> None:
    city.national("20261010", [person(1, "东乡"), person(2, "东乡", "乙县")], "甲县")
    city.national("20261011", [person(3, "东乡", "乙县")], "乙县")
    city.books(OCTOBER)
    assert [row["_from_county"] for row in city.table(OCTOBER, "家", A)] == ["甲县"]
    assert {row["户号"]: row["_from_county"] for row in city.table(OCTOBER, "家", B)} == {"h2": "甲县", "h3": "乙县"}
    city.national("20261012", [person(1, "东乡")])
    city.books(OCTOBER)
    assert [row["_from_county"] for row in city.table(OCTOBER, "家", A)] == [None]
