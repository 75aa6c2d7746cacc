"""What a village is told by a book: all its rows, whoever they are about; what a person is told: only linked rows."""

from __future__ import annotations

import pytest
from duizhang.assemble.facts import source_of
from duizhang.contracts.load import Book

PLACES = [
    ("农村低保", "民政低保人数", "低保", '"村编码"'),
    ("残疾人证", "残联持证人数", "残疾证", '"户籍地区划"'),
    ("户籍人口", "公安户籍人数", "户籍", '"户籍地区划"'),
]


@pytest.mark.parametrize(("feed", "name", "table", "key"), PLACES, ids=[place[1] for place in PLACES])
def test_a_village_counts_people_the_national_book_does_not_have(book: Book, feed: str, name: str, table: str, key: str) -> None:
    contract = book.by_feed[feed]
    source = source_of(contract, next(fact for fact in contract.facts if fact.name == name))
    assert (source.relation, source.key, source.linked) == (table, key, False)
    theirs = [source_of(contract, fact) for fact in contract.facts if fact.subject == "person" and fact.table == table]
    assert theirs
    assert {source.relation for source in theirs} == {f"linked_{table}"}
