"""Alarms of the business, on a real month: each is silent when all is well and speaks when its own thing is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duizhang import pipeline
from duizhang.contracts.load import load_book
from duizhang.core.errors import FeedProblem
from duizhang.core.lake import read_json, write_json, write_table
from duizhang.core.settings import Settings
from duizhang.ledger import db
from duizhang.ops import watch
from duizhang.snapshot.limits import LEAST_ROWS, change_flags, file_flags, sentence

from tests.e2e import city
from tests.ops.conftest import Lived

COUNTY = "990101"


@pytest.fixture
def month(lived: Lived, tmp_path: Path) -> Iterator[Settings]:
    """The lived home's October with books a test may change; the ledger is the lived home's own."""
    home = tmp_path / "home"
    shutil.copytree(lived.settings.at(city.OCTOBER) / "books", home / f"as_of={city.OCTOBER}" / "books")
    from duizhang.core import postgres

    yield replace(lived.settings, home=home, database_url=postgres.ensure(lived.settings).url(""))


def _cover(settings: Settings, feed: str, status: str) -> None:
    path = settings.at(city.OCTOBER) / "books" / "coverage.parquet"
    table = pq.read_table(path)
    rows = [{**row, "status": status if row["feed"] == feed else row["status"]} for row in table.to_pylist()]
    write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


def test_a_feed_that_came_is_not_late_one_that_is_stale_or_missing_is(month: Settings) -> None:
    book = load_book(month)
    national = book.role("national")
    assert watch.late(month, city.OCTOBER, book) == []
    _cover(month, national.feed, "stale")
    alert = watch.late(month, city.OCTOBER, book)[0]
    assert (alert.feed, alert.counties) == (national.title, (COUNTY,)) and national.owner in alert.who
    assert alert.counts["towns_stale"] > 0
    _cover(month, national.feed, "missing")  # from nobody, ever: not in use
    assert watch.late(month, city.OCTOBER, book) == []


def test_a_broken_limit_is_told_by_feed_and_county_without_the_files_name(month: Settings) -> None:
    book = load_book(month)
    assert watch.volumes(month, city.OCTOBER, book) == []
    flag = {"feed": book.role("national").feed, "county": COUNTY, "file": "张标记.xlsx", "kind": "change", "rows": 50, "before": 100, "limit": 0.1}
    write_json([flag], month.at(city.OCTOBER) / "books" / "volume.json")
    (alert,) = watch.volumes(month, city.OCTOBER, book)
    assert (alert.problem, alert.counties, dict(alert.counts)) == ("change", (COUNTY,), {"rows": 50, "before": 100})
    assert "张标记" not in alert.text()


def test_a_county_without_last_months_list_is_told(month: Settings, lived: Lived) -> None:
    assert watch.unpublished(month, date(2026, 11, 3)) == []
    assert watch.unpublished(month, date(2026, 12, 3)) == []  # no books of November
    shutil.copytree(month.at(city.OCTOBER), month.at("2026-11-20"))
    (alert,) = watch.unpublished(month, date(2026, 12, 3))
    assert alert.counties == (COUNTY,)


def test_a_ledger_that_does_not_verify_is_told(month: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "installation_key", lambda _: bytes(32))
    (alert,) = watch.unverified(month)
    assert alert.counties == (COUNTY,) and alert.counts["problems"] > 0


def test_nothing_is_said_of_a_home_in_order(lived: Lived) -> None:
    assert watch.alarms(lived.settings, city.OCTOBER, date(2026, 11, 3)) == []


def test_a_book_that_shrank_or_grew_beyond_its_limit_is_flagged(month: Settings) -> None:
    book = load_book(month)
    contract = book.role("national")
    assert contract.volume.change == 0.1
    row = {"feed": contract.feed, "county": COUNTY, "文件名": "某文件.xlsx"}

    def kinds(rows: int | None, before: int | None) -> list[str]:
        return [flag["kind"] for flag in change_flags(book, [{**row, "本期行数": rows, "上期行数": before}])]

    assert kinds(1100, 1000) == kinds(900, 1000) == []
    assert kinds(1101, 1000) == kinds(899, 1000) == kinds(0, 1000) == ["change"]
    assert kinds(10, 10 + LEAST_ROWS) == [] and kinds(9, 10 + LEAST_ROWS) == ["change"]
    assert kinds(1000, None) == kinds(None, None) == []
    flag = change_flags(book, [{**row, "本期行数": 500, "上期行数": 1000}])[0]
    assert sentence(flag) == "某文件.xlsx：500 行，上次 1000 行，增减超过 10%，请核对是否报全"


def test_a_file_above_or_below_its_limit_is_flagged(lived: Lived) -> None:
    from duizhang.snapshot.deliveries import load_deliveries

    book = load_book(lived.settings)
    contract = book.role("national")
    files = [d for d in load_deliveries(lived.settings, book, date(2026, 10, 31)) if d.feed == contract.feed and d.norm]
    rows = files[0].norm["loaded"]
    assert file_flags(contract, files) == []
    for least, most, kind in ((rows + 1, rows + 2, "under"), (0, rows - 1, "over")):
        limited = contract.model_copy(update={"volume": contract.volume.model_copy(update={"min": least, "max": most})})
        (flag,) = file_flags(limited, files[:1])
        assert (flag["kind"], flag["rows"]) == (kind, rows) and str(rows) in sentence(flag)


def test_a_national_book_below_its_minimum_is_not_published(month: Settings) -> None:
    before = read_json(month.at(city.OCTOBER) / "books" / "snapshot.json")
    _cover(month, load_book(month).role("national").feed, "short")
    with pytest.raises(FeedProblem, match="低于行数下限"):
        pipeline.issue_county(month, COUNTY, city.OCTOBER)
    assert not month.out.exists()
    assert read_json(month.at(city.OCTOBER) / "books" / "snapshot.json") == before
    with db.transaction(month) as cursor:
        cursor.execute("SELECT count(*) FROM ledger.cycle")
        assert cursor.fetchone()[0] == 1
