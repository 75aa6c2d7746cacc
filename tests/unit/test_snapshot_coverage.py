"""What the deliveries of a book cover as of a date: which county, which town, from which day."""

from __future__ import annotations

from pathlib import Path

import pytest
from duizhang.core.errors import FeedProblem

from tests.generative.kit import PEOPLE, A, B, City, book, contract, csv, number
from tests.unit.snapshot_kit import NOVEMBER, OCTOBER, people, person


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
    assert people(city, OCTOBER) == {"p1"} and any("“家”有 1 行的县或乡镇在行政区划中找不到" in problem for problem in shot.problems)
    city.national("20261011", [person(3, "东乡", "丙县")])
    assert any("没有一行能归到行政区划中的县" in problem for problem in city.books(OCTOBER).problems)


def test_stale_missing_short_and_zero(tmp_path: Path) -> None:
    short = contract("整册", PEOPLE, {"整": {"key": ["号码"], "columns": ["号码", "姓名"]}}, volume={"min": 2, "max": 9})
    city = City(tmp_path, book(short))
    city.people("整册", "甲县", "20261010", [(number(1), "一")])
    city.people("增册", "甲县", "20261010", [])
    city.people("增册", "乙县", "20260901", [(number(1), "一")])
    city.books(OCTOBER)
    assert city.coverage(OCTOBER, "整册") == {A + "100": "short", A + "101": "short", B + "100": "missing", B + "101": "missing"}
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


def test_without_regions_nothing_is_guessed(tmp_path: Path) -> None:
    city = City(tmp_path)
    (city.inbox / "区划表_20260101.csv").unlink()
    with pytest.raises(FeedProblem, match="区划"):
        city.books(OCTOBER)


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
