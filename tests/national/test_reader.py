"""The reader of the county's notation: what each construct means, and that every rule of rules.csv can be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.national.exports import rules, settled
from tests.national.reader import Household, Person, Village, read


def person(base: dict[str, str] | None = None, *, work: list[dict[str, str]] | None = None, number: str = "") -> Person:
    return Person(base=base, work=work or [], number=number, household=Household())


def household(*people: Person) -> Person:
    home = Household(list(people), list(people))
    for one in people:
        one.household = home
    return people[0]


def says(text: str, who: Any, **given: Any) -> Any:
    return read(text)({"": who, **{f":{name}": value for name, value in given.items()}})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a] = 'x'", True),
        ("[a] <> 'x' OR [b] = ''", True),
        ("NOT [a] = 'x' AND [b] = ''", False),
        ("NOT ([a] = 'y' AND [b] = '')", True),
        ("[a] = 'y' AND [b] = '' OR [a] = 'x'", True),  # AND binds closer
        ("[a] NOT IN ('y', 'z')", True),
        ("'x' IN ([b], [a])", True),
        ("[n] BETWEEN 6 AND 16", True),
        ("NUM([n]) < 16", False),
        ("NUM([n]) <= 16", True),
        ("NUM([b]) < 16", False),  # unknown compares false …
        ("NOT NUM([b]) < 16", True),  # … and its NOT is true
        ("NUM([b]) <> 16", False),
        ("[m] CONTAINS '低保'", True),
        ("NOT [m] CONTAINS '特困'", True),
        ("HASITEM([m], '低')", False),
        ("HASITEM([m], '残疾人补贴')", True),
        ("SUBSET([m], '低保')", False),
        ("SUBSET([m], '残疾人补贴', '低保')", True),
        ("SUBSET([b], '低保')", False),
        ("NITEMS_NE([m]) >= 2", True),
        ("ANY_EMPTY([a], [b])", True),
        ("ALL_EMPTY([a], [b])", False),
        ("LEN([a]) = 1", True),
        ("FALSE", False),
        ("ISNUM([a])", False),
        ("SUBSTR([d], 7, 4) >= :from", True),
        ("AGE(SUBSTR([d], 7, 8), :day) = 16", True),
        ("AGE([a], :day) < 99", False),
        ("MONTHS('202311', '202402') = 3", True),
        ("YMCN('2023年3月') = 202303", True),
        ("CHECK18('11010519491231002X')", True),
        ("CHECK18('11010519491231002x')", False),
        ("MOBILE('12900000000')", False),
    ],
)
def test_a_row(text: str, expected: bool) -> None:
    row = {"a": "x", "b": "", "n": "16", "m": "低保, 残疾人补贴", "d": "990101201010250011"}
    assert says(text, person(row), **{"from": "2010", "day": "20261025"}) is expected


def test_sets_of_a_household() -> None:
    who = household(person({"r": "户主"}, work=[{"k": "1"}]), person({"r": "之子"}), person(None, work=[{"k": "2"}]))
    assert says("COUNT(基础成员) = 2 AND COUNT(m IN 成员: HAS(m.务工)) = 2", who)
    assert says("EXISTS(m IN 成员: EXISTS(w IN m.务工: w.[k] = '2'))", who)
    assert not says("EXISTS(m IN 基础成员: EXISTS(w IN m.务工: w.[k] = '2'))", who)
    assert says("ALL(w IN 计划: w.[k] = '9')", who)  # true on an empty set
    assert says("COUNT(m IN 基础成员: m.[r] = '户主') / COUNT(基础成员) > :share", who, share=Decimal("0.25"))
    assert says("EXISTS(m IN 基础成员: m.[r] <> [r])", who)  # the outer [r] is the person judged
    assert says("FIRST(m IN 成员: m.[r] = '之子').[r] = '之子'", who)


def test_the_same_number_twice() -> None:
    who = household(person({}, number="1"), person({}, number="1"))
    assert says("COUNT(x IN 全部人口: x.ID = ID) > 1", who)


def test_a_village() -> None:
    place = Village(
        {"a": "5"}, [person({"a": "3", "r": "户主"}), person({"a": "", "r": "户主"}), person({"a": "3", "r": "之子"})]
    )
    assert says("NUM([a]) > SUM(NUM(h.[a]) FOR h IN 村内人口: h.[r] = '户主')", place)
    assert not says("NUM([a]) > SUM(NUM(h.[a]) FOR h IN 村内人口: h.[r] <> '')", place)


@pytest.mark.parametrize("text", ["", "[a] =", "[a] = 'x')", "EXISTS(m IN 成员)x", "AND [a] = 'x'", "[a] ~ 'x'"])
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(SyntaxError):
        read(text)


def test_every_rule_can_be_read() -> None:
    assert len(rules()) == 263
    for row in rules().values():
        read(row["predicate"])


def test_parameters_as_they_are_written() -> None:
    assert settled("监测范围线=7300（贵州 2023 年）", {}) == {":监测范围线": Decimal(7300)}
    assert settled("本县=长顺县；劳动力占比上限=0.25", {"基准日": "20261025"}) == {
        ":劳动力占比上限": Decimal("0.25"),
        ":基准日": "20261025",
    }
