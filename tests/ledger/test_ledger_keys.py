"""Keys of subjects in the ledger: what a county numbers itself stays its own, and one thing is not taken for the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg2
import pytest
from duizhang import ledger
from duizhang.core.kinds import kinds
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import D1, D2, D3, A, B, County, Hit, change, idkey, only

LOCAL = sorted(kind.name for kind in kinds().values() if not kind.moves)


def numbering(settings: Settings, files: Path, code: str) -> County:
    """A county with one thing wrong with something of every kind that does not move, all of them numbered 0001."""
    made = County(settings, files, code, [Hit("ALL-101", kind, "0001", shown=f"{code}的") for kind in LOCAL])
    made.others = {kind: {"0001"} for kind in LOCAL}
    return made


def test_what_counties_number_alike_is_each_countys_own(settings: Settings, files: Path, sql: Any) -> None:
    """B had its letter 0001 in October; in November A, merged first, has one of that number, too."""
    a, b = numbering(settings, files, A), numbering(settings, files, B)
    mine, a.hits, a.others = a.hits, [], {}
    a.merge(D1)
    b.merge(D1)
    numbers = {item["number"] for item in ledger.open_items(settings, B)}
    a.hits, a.others = mine, b.others
    assert a.merge(D2).events == {"found": len(LOCAL)}
    assert b.merge(D2).events == {}
    assert {item["number"] for item in ledger.open_items(settings, B)} == numbers
    assert not numbers & {item["number"] for item in ledger.open_items(settings, A)}
    sql.execute("SELECT DISTINCT county, body #>> '{evidence,0,值}' FROM ledger.value ORDER BY 1")
    assert sql.fetchall() == [(A, f"{A}的"), (B, f"{B}的")]  # nobody's values stand in another county's rows
    assert ledger.verify(settings) == []


def test_the_database_lets_no_local_thing_leave_its_county(settings: Settings, files: Path, sql: Any) -> None:
    numbering(settings, files, A).merge(D1)
    with pytest.raises(psycopg2.Error, match="does not leave its county"):
        sql.execute("UPDATE ledger.subject SET county = %s", (B,))


@pytest.mark.parametrize("bad", [True, False], ids=["the next is wrong, too", "the next is clean"])
def test_a_households_next_loan_is_not_the_last_one(bad: bool, settings: Settings, files: Path) -> None:
    """Deleting a loan and booking another closes nothing, and hides nothing of the other."""
    first = Hit("LON-101", "loan", "H1|C1", household="H1")
    county = County(settings, files, A, [first], households={"H1": (idkey(1), ())}, others={"loan": {"H1|C1"}})
    county.merge(D1)
    number = only(county, "LON-101")["number"]
    county.others, county.hits = {"loan": {"H1|C2"}}, [change(first, key="H1|C2")] if bad else []
    assert county.merge(D2).events == ({"found": 1, "gone": 1} if bad else {"gone": 1})
    assert {item["number"]: item["state"] for item in ledger.open_items(settings, A)}[number] == "gone"


def test_a_key_that_two_had_before_is_nobodys(settings: Settings, files: Path) -> None:
    """Of two loans that earlier versions called alike, neither can be told to be the one that was asked about."""
    first = Hit("LON-101", "loan", "H1|银行|1", household="H1")
    county = County(settings, files, A, [first], households={"H1": (idkey(1), ())}, others={"loan": {"H1|银行|1"}})
    county.merge(D1)
    county.others, county.hits = {"loan": {"H1|银行|甲|1", "H1|银行|乙|1"}}, [change(first, key="H1|银行|甲|1")]
    county.former = {("loan", key): "H1|银行|1" for key in county.others["loan"]}
    assert county.merge(D3).events == {"found": 1, "gone": 1}
