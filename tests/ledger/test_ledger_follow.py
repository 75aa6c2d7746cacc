"""Who is whom: people without a number of their own, moves under a new number in either order, answers of who was away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import pyarrow as pa
import pytest
from duizhang import ledger
from duizhang.assemble.known_by import keys_sql
from duizhang.core.lake import duck
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, D4, KEYS, A, B, County, Hit, change, idkey
from tests.ledger.test_ledger_notices import KNOWN, RULES

ON = date(2026, 11, 5)
HIT = Hit("PID-101", "person", "P1")
HOME = Hit("HHD-101", "household", "H1")
SPELL = Hit("MON-102", "monitoring", "H1|202503", household="H1")


@dataclass
class Traits(County):
    """A county whose keys file has more aliases: (kind, key, alias kind, value)."""

    more: set[tuple[str, str, str, str]] = field(default_factory=set)

    def keys(self) -> pa.Table:
        extra = pa.Table.from_pylist([dict(zip(KEYS.names, row, strict=True)) for row in sorted(self.more)], schema=KEYS)
        return pa.concat_tables([super().keys(), extra])


@pytest.fixture
def county(settings: Settings, files: Path) -> Traits:
    return Traits(settings, files)


def number(county: County, code: str) -> str:
    (found,) = [item["number"] for item in ledger.open_items(county.settings, county.code) if item["code"] == code]
    return str(found)


def nameless(county: Traits, key: str, kind: str, *values: str, home: str = "H1") -> None:
    """One person without a number under `key`, of household `home`, with the alias `kind`."""
    county.persons = {key: ""}
    county.households = {home: (idkey(1), (idkey(1), idkey(2)))}
    county.more = {("person", key, kind, value) for value in values}
    county.hits = [change(HIT, key=key, household=home)]


@pytest.mark.parametrize("kind", ["成员特征", "个人特征"])
def test_who_has_no_number_is_found_again_when_the_household_was_renumbered(county: Traits, kind: str) -> None:
    nameless(county, "P1", kind, "甲")
    county.merge(D1)
    first = number(county, "PID-101")
    nameless(county, "P9", kind, "甲", home="H9")
    assert county.merge(D2).events == {"renumbered": 1}
    assert number(county, "PID-101") == first
    assert county.merge(D3).events == {}


def test_traits_that_two_bear_name_neither(county: Traits) -> None:
    nameless(county, "P1", "成员特征", "甲")
    county.merge(D1)
    nameless(county, "P9", "成员特征", "甲", home="H9")
    county.persons["P8"] = ""
    county.more.add(("person", "P8", "成员特征", "甲"))
    assert county.merge(D2).events == {"found": 1, "gone": 1}


def test_traits_of_the_town_say_nothing_while_the_household_is_there(county: Traits) -> None:
    """Who was struck from a household that stands is not the namesake next door."""
    nameless(county, "P1", "个人特征", "甲")
    county.merge(D1)
    nameless(county, "P9", "个人特征", "甲")
    county.hits = []
    assert county.merge(D2).events == {"gone": 1}


def test_a_number_that_was_on_two_people_does_not_lead_to_the_other(county: Traits) -> None:
    county.persons, county.hits = {"P1": idkey(1), "P2": idkey(1)}, [HIT]
    county.merge(D1)
    county.persons, county.hits = {"P2": idkey(1)}, []
    assert county.merge(D2).events == {"gone": 1}


def test_a_household_whose_head_has_no_number_is_found_by_the_head(county: Traits) -> None:
    for key, day, events in (("H1", D1, {"found": 1}), ("H9", D2, {"renumbered": 1})):
        county.households = {key: ("", ())}
        county.more = {("household", key, "户主特征", f"{A}001|测试户主|1960-01-01")}
        county.hits = [change(HOME, key=key)]
        assert county.merge(day).events == events


def test_keys_file_tells_people_without_a_number_apart(settings: Settings) -> None:
    """The query of assemble over a household whose head, wife and child are told by the others' numbers."""
    with duck(settings, functions=True) as con:
        _people(con)
        rows = con.execute(keys_sql(["person", "household"], {"出生日期", "与户主关系", "性别"})).fetchall()
    told = {(row[1], row[3]) for row in rows if row[2] == "成员特征"}
    assert told == {("P1", "N2|张三|1960-01-01|户主"), ("P2", "N1|李四|1962-02-02|配偶"), ("P3", "N1|张五||之子"), ("P6", "N7|王六|1950-05-05|户主")}
    assert {row[1] for row in rows if row[2] == "个人特征"} == {"P6"}
    assert [row[3] for row in rows if row[2] == "户主特征"] == [f"{A}001|张三|1960-01-01", f"{A}001|王六|1950-05-05"]
    assert all(row[3] for row in rows)


def _people(con: duckdb.DuckDBPyConnection) -> None:
    town = A + "001"
    rows = [("P1", "H1", "N1", "张 三", "1960-01-01", "户主"), ("P2", "H1", "N2", "李四", "1962-02-02", "配偶"),
            ("P3", "H1", None, "张五", None, "之子"),
            # two rows of one child: neither is told from the other
            ("P4", "H1", None, "张四", "1990-01-01", "之女"), ("P5", "H1", None, "张四", "1990-01-01", "之女"),
            ("P6", "H2", None, "王六", "1950-05-05", "户主"), ("P7", "H2", "N7", "王七", "1980-05-05", "之子")]  # fmt: skip
    con.execute(
        "CREATE TABLE subject_person (_key VARCHAR, _household VARCHAR, _idkey VARCHAR, _name VARCHAR, 出生日期 DATE, 与户主关系 VARCHAR, "
        "性别 VARCHAR, _town VARCHAR)"
    )
    con.executemany("INSERT INTO subject_person VALUES (?, ?, ?, ?, ?, ?, '男', ?)", [(*row, town) for row in rows])
    con.execute("UPDATE subject_person SET 性别 = NULL WHERE _key IN ('P3', 'P4', 'P5')")
    con.execute("CREATE TABLE subject_household AS SELECT * FROM (VALUES ('H1', 'N1'), ('H2', NULL)) AS h (_key, _idkey)")


# -- lists from above --------------------------------------------------------------------------------------------------


def test_who_first_came_by_a_list_is_found_again_under_a_new_number(county: Traits) -> None:
    county.persons = {"P1": idkey(1)}
    county.merge(D1)
    keys = county.write()[1]
    ledger.note_from_above(county.settings, A, [KNOWN], ON, "a" * 64, rules=RULES, keys=keys)
    first = number(county, "PID-101")
    county.persons, county.hits = {"P9": idkey(1)}, [change(HIT, key="P9")]
    assert county.merge(D2).events == {"renumbered": 1, "restated": 1}
    assert number(county, "PID-101") == first


def test_a_list_that_left_nothing_is_remembered(county: Traits, sql: Any) -> None:
    """The old complete list again, after a claim: it is no newer than on the day it first came, and proves nothing."""
    from tests.ledger.test_ledger_notices import OUTSIDE, take

    county.persons = {"P1": idkey(1)}
    county.merge(D1)
    take(county, on=D1, sha="b" * 64, complete=True, source="省级")
    take(county, OUTSIDE)
    county.issue("2026-11", D2)
    (item,) = ledger.open_items(county.settings, A)
    county.answer(item, "已整改", date(2026, 11, 22), "2026-11")
    digest = ledger.content_digest(county.settings)
    take(county, on=D3, sha="b" * 64, complete=True, source="省级")
    assert ledger.content_digest(county.settings) == digest
    take(county, on=D3, sha="c" * 64, complete=True, source="省级")
    assert ledger.states(county.settings, A) == {"proven": 1}
    with pytest.raises(psycopg2.Error, match="append-only"):
        sql.execute("DELETE FROM ledger.received_list")


# -- away and back -----------------------------------------------------------------------------------------------------


def away(county: County, word: str, on: date = ON, **more: Any) -> None:
    """One person with one question, answered with `word`, and then not there in November."""
    county.persons, county.hits = {"P1": idkey(1), "P2": idkey(2)}, [HIT]
    county.merge(D1)
    county.issue("2026-10", D1)
    (item,) = ledger.open_items(county.settings, A)
    county.answer(item, word, on, **more)
    del county.persons["P1"]
    county.hits = []
    assert county.merge(D2).events == {"gone": 1}
    county.persons["P1"], county.hits = idkey(1), [HIT]


def state(county: County) -> tuple[str, str | None, int]:
    (item,) = ledger.open_items(county.settings, county.code)
    return item["state"], item["answer"], item["times_returned"]


def test_an_answer_that_stands_is_kept_when_its_subject_is_seen_again(county: Traits) -> None:
    away(county, "属实待整改", note="看过")
    assert county.merge(D3).events == {"reappeared": 1}
    assert state(county) == ("answered", "accepted_true", 0)


def test_an_answer_falls_when_its_subject_comes_back_otherwise(county: Traits) -> None:
    away(county, "属实待整改", note="看过")
    county.hits = [change(HIT, stands="2")]
    county.merge(D3)
    assert state(county) == ("found", None, 0)


def test_a_claim_seen_again_is_returned_once(county: Traits) -> None:
    away(county, "已整改")
    assert county.merge(D3).events == {"reappeared": 1, "returned": 1}
    del county.persons["P1"]
    county.hits = []
    county.merge(D4)
    county.persons["P1"], county.hits = idkey(1), [HIT]
    assert county.merge(date(2027, 2, 20)).events == {"reappeared": 1}
    assert state(county) == ("returned", "fixed", 1)


# -- to another county under a new number ------------------------------------------------------------------------------


def leave(county: Traits, files: Path, first: str, issued: bool = False) -> County:
    """A household with a spell and a member, answered, goes from A to B under new numbers; `first` merges first."""
    county.persons, county.households = {"P1": idkey(1)}, {"H1": (idkey(1), (idkey(1), idkey(2)))}
    county.hits, county.spells = [HIT, HOME, SPELL], {"H1|202503"}
    county.merge(D1)
    county.issue("2026-10", D1)
    county.answer(county.items()["PID-101", "P1"], "属实待整改", ON, note="看过")
    there = Traits(county.settings, files, B, spells={"H9|202503"})
    there.persons, there.households = {"P9": idkey(1)}, {"H9": (idkey(1), (idkey(1), idkey(2)))}
    new = Hit("HHD-103", "household", "H9")
    there.hits = [change(HIT, key="P9"), change(HOME, key="H9"), change(SPELL, key="H9|202503", household="H9"), new]
    county.persons, county.households = {"P5": idkey(5)}, {"H5": (idkey(5), (idkey(5),))}
    county.spells, county.hits = {"H5|202501"}, []
    for code in (A, B) if first == A else (B, A):
        (county if code == A else there).merge(D2)
        if issued and code == B:
            there.issue("2026-11", D2)
    assert ledger.verify(county.settings) == []
    return there


@pytest.mark.parametrize("first", [A, B])
def test_a_household_that_moves_under_a_new_number_keeps_its_questions(county: Traits, files: Path, first: str, sql: Any) -> None:
    there = leave(county, files, first)
    assert ledger.open_items(county.settings, A) == []
    items = there.items()
    assert {key: item["state"] for key, item in items.items()} == {
        ("PID-101", "P9"): "answered", ("HHD-101", "H9"): "found", ("MON-102", "H9|202503"): "found", ("HHD-103", "H9"): "found",
    }  # fmt: skip
    assert {items[key]["first_found"] for key in items if key[0] != "HHD-103"} == {D1}
    assert items["PID-101", "P9"]["claim"]["核查说明"] == "看过"
    sql.execute("SELECT count(*) FROM ledger.item WHERE state = 'withdrawn'")
    assert sql.fetchone()[0] == (0 if first == A else 4)
    assert county.merge(D2).events == {} and there.merge(D2).events == {}
    there.hits = []
    assert there.merge(D3).events == {"proven": 4}
    assert ledger.verify(county.settings) == []


def test_the_two_orders_end_alike(county: Traits, files: Path, settings: Settings, sql: Any) -> None:
    def numbers() -> list[tuple[Any, ...]]:
        sql.execute(
            "SELECT number, county, state, answer, stands_hash, last_hit FROM ledger.item WHERE state <> 'withdrawn' ORDER BY number"
        )
        found: list[tuple[Any, ...]] = sql.fetchall()
        return found

    from tests.ledger.ledger_kit import wipe

    leave(county, files, A)
    one = numbers()
    wipe(settings)
    ledger.migrate(settings)
    leave(Traits(settings, files), files, B)
    assert [row for row in numbers() if not row[0].startswith("HHD-103")] == [row for row in one if not row[0].startswith("HHD-103")]


def test_what_a_list_has_sent_keeps_its_number(county: Traits, files: Path) -> None:
    """The limit: once the new county's list went out, the old questions stay gone where they were, asked of nobody."""
    there = leave(county, files, B, issued=True)
    assert {item["state"] for item in there.items().values()} == {"issued"}
    assert {item["state"] for item in ledger.open_items(county.settings, A)} == {"gone"}


def test_who_is_there_still_stays(county: Traits, files: Path) -> None:
    """One number in two counties is no move."""
    county.persons, county.hits = {"P1": idkey(1)}, [HIT]
    county.merge(D1)
    there = Traits(county.settings, files, B, [change(HIT, key="P9")], {"P9": idkey(1)})
    there.merge(D2)
    assert county.merge(D2).events == {}
    assert number(county, "PID-101") != number(there, "PID-101")


def test_nobody_is_missed_of_a_town_that_did_not_deliver(county: Traits, files: Path, sql: Any) -> None:
    county.persons, county.hits = {"P1": idkey(1)}, [HIT]
    county.merge(D1)
    county.persons, county.hits, county.na = {"P5": idkey(5)}, [], {"PID-101"}
    county.more = {("household", "H5", "户主特征", f"{A}002|测试|1960-01-01")}
    county.merge(D2)
    sql.execute("SELECT count(missing_since) FROM ledger.subject")
    assert sql.fetchone()[0] == 0
    county.more = {("household", "H5", "户主特征", f"{A}001|测试|1960-01-01")}
    county.merge(D3)
    sql.execute("SELECT count(missing_since) FROM ledger.subject")
    assert sql.fetchone()[0] == 1
    # … and is found elsewhere although no rule could say that it is gone
    there = Traits(county.settings, files, B, [change(HIT, key="P9")], {"P9": idkey(1)})
    assert there.merge(D4).events == {"moved_in": 1, "moved_out": 1, "renumbered": 1}


def test_returned_means_that_somebody_reported_it_fixed(county: Traits, sql: Any) -> None:
    away(county, "已整改")
    county.merge(D3)
    with pytest.raises(psycopg2.Error, match="nobody reported it fixed"):
        sql.execute("UPDATE ledger.item SET answer = 'explained' WHERE state = 'returned'")
    county.issue("2026-12", D3)
    (item,) = ledger.open_items(county.settings, A)
    assert county.answer(item, "无法核实", date(2026, 12, 28), "2026-12").outcome == "accepted"
    sql.execute("SELECT origin FROM warehouse.v_open_items")
    assert sql.fetchall() == [("check",)]
