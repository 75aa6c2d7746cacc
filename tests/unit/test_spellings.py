"""Measures are told by free words: what a rule takes for the subsidy of a premium, and what it does not."""

from __future__ import annotations

import pytest
from duizhang.contracts.load import Book
from duizhang.contracts.model import Column
from duizhang.core.lake import duck
from duizhang.core.settings import Settings
from duizhang.normalise.values import parser

PREMIUM = "参加城乡居民基本医疗保险个人缴费补贴"


@pytest.mark.parametrize(
    ("word", "is_one"),
    [(PREMIUM, True), ("城乡居民基本医疗保险个人缴费补贴", True), ("资助参加城乡居民医保", True), ("居民医保缴费补助", True),
     ("新型农村合作医疗缴费补贴", True), ("参加城乡居民基本养老保险缴费补贴", False), ("城乡居民基本医疗保险", False),
     ("医疗救助补助", False), ("大病保险报销", False)],
)  # fmt: skip
def test_the_subsidy_of_a_premium_is_known_in_every_spelling(shared_settings: Settings, book: Book, word: str, is_one: bool) -> None:
    (fact,) = [fact for _, fact in book.facts if fact.name == "措施_参保缴费补贴"]
    with duck(shared_settings, functions=True) as con:
        assert con.execute(f"SELECT {fact.where} FROM (SELECT ? AS 措施项)", [word]).fetchone() == (is_one,)


def test_the_countys_spelling_is_the_same_measure(book: Book) -> None:
    column = Column(name="健康帮扶", type="enum*", codes="CL-26b", source="R1")
    read = parser(column, book.codes["CL-26b"], is_key=False)
    assert read("城乡居民基本医疗保险个人缴费补贴,其他") == read(f"{PREMIUM},其他") == (f"{PREMIUM}、其他", None)
