"""The roll-forward adds up from events, the views say what the tables hold, the warehouse is a county's own rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duizhang import ledger
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, A, B, County, Hit, idkey
from tests.ledger.test_ledger_guards import tamper

FLOWS = ("opening", "new", "reopened", "moved_in", "proven", "verified_not_so", "acknowledged", "exempted", "withdrawn",
         "moved_out", "closing", "na", "gone")  # fmt: skip


@pytest.fixture
def county(settings: Settings, files: Path) -> County:
    """Month 1: six items of one code; four are answered or mended before month 2."""
    people = {f"P{n}": idkey(n) for n in range(6)}
    hits = [Hit("MON-101", "person", key, severity="疑似") for key in people]
    made = County(settings, files, hits=hits, persons=people)
    made.merge(D1)
    made.issue("2026-10", D1)
    return made


def row(county: County, *period: Any, **more: Any) -> tuple[int | None, ...]:
    found = ledger.roll_forward(county.settings, county.code, *period, **more)
    assert [line["code"] for line in found] == ["MON-101"]
    return tuple(found[0][name] for name in FLOWS)


def month_two(county: County) -> None:
    items = county.items()
    county.answer(items["MON-101", "P0"], "不属实", date(2026, 11, 3), note="看过")
    county.answer(items["MON-101", "P1"], "情况说明", date(2026, 11, 3), note="批了", approved_by="另一干部")
    del county.persons["P2"]
    county.persons["P6"] = idkey(6)
    kept = [Hit("MON-101", "person", key, severity="疑似") for key in ("P0", "P1", "P4", "P5", "P6")]
    county.hits = kept
    county.merge(D2)


def test_roll_forward_of_two_months(county: County) -> None:
    assert row(county) == (0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0)
    month_two(county)
    assert row(county, D2) == (6, 1, 0, 0, 1, 1, 0, 1, 0, 0, 4, 0, 1)
    assert row(county, D1) == (0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 6, None, 0)
    county.hits, county.na = [], {"MON-101"}
    county.merge(D3)
    assert row(county, D3) == (4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 1)


def test_a_repeated_merge_does_not_draw_later_answers_into_its_period(county: County) -> None:
    county.answer(county.items()["MON-101", "P0"], "不属实", date(2026, 11, 3), note="看过")
    county.merge(D1, "again")
    assert row(county, D1)[:11] == (0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 6)


def test_roll_forward_from_list_to_list(county: County) -> None:
    month_two(county)
    county.merge(D3)
    assert row(county, cycle="2026-12") == (6, 1, 0, 0, 1, 1, 0, 1, 0, 0, 4, 0, 1)
    with pytest.raises(ContractProblem, match="no merge"):
        ledger.roll_forward(county.settings, A, date(2026, 1, 1))


def test_roll_forward_refuses_events_that_do_not_add_up(county: County, sql: Any) -> None:
    month_two(county)
    tamper(sql, "event", "DELETE FROM ledger.event WHERE seq = 1")
    with pytest.raises(ContractProblem, match="does not close"):
        ledger.roll_forward(county.settings, A, D2)


def test_roll_forward_refuses_items_that_are_not_what_their_events_say(county: County, sql: Any) -> None:
    month_two(county)
    tamper(sql, "item", "UPDATE ledger.item SET state = 'withdrawn', closed_on = '2026-11-01' WHERE state = 'issued'")
    with pytest.raises(ContractProblem, match="items do not agree"):
        ledger.roll_forward(county.settings, A, D2)


def test_the_view_and_the_function_agree(county: County, sql: Any) -> None:
    month_two(county)
    names = FLOWS[:11]
    sql.execute(f"SELECT {', '.join(names)} FROM warehouse.v_roll_forward ORDER BY as_of")
    assert sql.fetchall() == [row(county, D1)[:11], row(county, D2)[:11]]


def test_governance_counts(county: County) -> None:
    county.answer(county.items()["MON-101", "P4"], "已整改", date(2026, 11, 3))
    month_two(county)
    found = {line["code"]: line["hits"] for line in ledger.governance(county.settings, A)}
    assert found == {"CLS-001": 0, "CLS-002": 3, "CLS-004": 0, "CLS-008": 0, "CLS-009": 1, "CLS-010": 0}
    assert ledger.states(county.settings, A)["returned"] == 1
    assert ledger.event_counts(county.settings, A)["found"] == 7


def books(root: Path, county: str, persons: int) -> None:
    """A county's partitions as the stages write them."""
    place = {"_town": county + "001", "_town_name": "甲镇", "_village_name": "乙村"}
    people = [
        {"_key": f"{county}P{n}", "_county": county, **place, "_household": "H1", "_head": "户主", "_name": '带"引号,逗号\n换行',
         "_idno": idkey(n), "_idkey": idkey(n), "性别": None, "出生日期": date(1950, 1, 1), "来源_人": "ab:页:1",
         "来源_参保": None if n else "cd:页:2", "覆盖_医保": True}
        for n in range(persons)
    ]  # fmt: skip
    house = [{"_key": "H1", "_county": county, **place, "_household": "H1", "_head": "户主", "户类型": "脱贫户", "来源_户": "ab:页:1"}]
    result = {"code": "PID-101", "subject": "person", "county": county, "rows": 9, "na": 1, "applicable": 8, "hits": 2, "unknown": 1,
              "na_reason": "缺账"}  # fmt: skip
    coverage = [
        {"feed": "医保", "book": "参保", "county": c, "town": c + "001", "town_name": "甲镇", "status": s, "data_date": D1, "file": "x"}
        for c, s in ((A, "full"), (A, "missing"), (B, "full"))
    ]
    here = f"county={county}"
    tables: dict[str, list[dict[str, Any]]] = {
        f"subjects/person/{here}/data.parquet": people,
        f"subjects/household/{here}/data.parquet": house,
        f"checks/{here}/findings.parquet": [Hit("PID-101", "person", "P1").row(county)],
        f"checks/{here}/results.parquet": [result],
        f"checks/{here}/results_by_town.parquet": [{**result, "town": county + "001", "town_name": "甲镇"}],
        "books/coverage.parquet": coverage,
        f"links/参保/{here}/data.parquet": [{"_tier": 1}, {"_tier": 1}],
        f"links/参保/unlinked/{here}/data.parquet": [{"_scope": county, "reason": "号码残缺"}],
    }
    for name, rows in tables.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows), root / name)


def test_warehouse_holds_a_countys_own_rows_and_loads_again(settings: Settings, files: Path, sql: Any) -> None:
    books(files, A, 3)
    books(files, B, 2)
    first = ledger.load_warehouse(settings, A, D1, files)
    ledger.load_warehouse(settings, B, D1, files)
    assert first == {"household": 1, "person": 3, "village": 0, "finding": 1, "indicator_result": 2, "coverage": 2, "link_summary": 2}
    sql.execute("SELECT county, count(*) FROM warehouse.person GROUP BY 1 ORDER BY 1")
    assert sql.fetchall() == [(A, 3), (B, 2)]
    sql.execute("SELECT 姓名, 性别, 出生日期, 来源 ->> '人' FROM warehouse.person LIMIT 1")
    assert sql.fetchone() == ('带"引号,逗号\n换行', None, date(1950, 1, 1), "ab:页:1")
    books(files, A, 1)
    ledger.load_warehouse(settings, A, D1, files)
    ledger.load_warehouse(settings, A, D2, files)
    sql.execute("SELECT count(*), min(as_of) FROM warehouse.person WHERE county = %s", (A,))
    assert sql.fetchone() == (1, D2)
    sql.execute("SELECT as_of, hits, last_hits, rate FROM warehouse.v_indicator_results WHERE county = %s ORDER BY 1", (A,))
    assert [(d, h, last, float(rate)) for d, h, last, rate in sql.fetchall()] == [(D1, 2, None, 0.25), (D2, 2, 2, 0.25)]
    sql.execute("SELECT towns, towns_covered, towns_missing FROM warehouse.v_coverage WHERE county = %s AND as_of = %s", (A, D2))
    assert sql.fetchone() == (2, 1, 1)
    sql.execute("SELECT 表, 来源 FROM warehouse.v_person_books WHERE county = %s ORDER BY 1", (A,))
    assert sql.fetchall() == [("人", "ab:页:1"), ("参保", "cd:页:2")]
    sql.execute("SELECT rows, linked FROM warehouse.v_link_rates WHERE county = %s AND as_of = %s", (A, D2))
    assert sql.fetchone() == (3, 2)


def test_a_missing_column_leaves_the_county_as_it_was(settings: Settings, files: Path, sql: Any) -> None:
    books(files, A, 3)
    ledger.load_warehouse(settings, A, D1, files)
    path = files / "subjects" / "person" / f"county={A}" / "data.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["_household"]), path)
    with pytest.raises(ContractProblem, match="_household"):
        ledger.load_warehouse(settings, A, D1, files)
    sql.execute("SELECT count(*) FROM warehouse.person")
    assert sql.fetchone()[0] == 3


def test_household_items_join_books_and_ledger(settings: Settings, files: Path, sql: Any) -> None:
    books(files, A, 2)
    ledger.load_warehouse(settings, A, D1, files)
    county = County(settings, files, hits=[Hit("HHD-101", "household", "H1"), Hit("PID-101", "person", "P1", household="H1")])
    county.persons, county.households = {"P1": idkey(1)}, {"H1": (idkey(1), ())}
    county.merge(D1)
    sql.execute("SELECT 户编号, open_items, codes FROM warehouse.v_household_items")
    assert sql.fetchall() == [("H1", 2, ["HHD-101", "PID-101"])]


def test_nothing_personal_in_logs_or_errors(settings: Settings, files: Path, caplog: pytest.LogCaptureFixture) -> None:
    books(files, A, 2)
    path = files / "subjects" / "person" / f"county={A}" / "data.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table]), path)
    with caplog.at_level("DEBUG"), pytest.raises(ContractProblem) as caught:
        ledger.load_warehouse(settings, A, D1, files)
    assert "person_pkey" in str(caught.value)
    for text in (str(caught.value), repr(caught.value.__cause__), caplog.text):
        assert "P0" not in text and idkey(0) not in text
