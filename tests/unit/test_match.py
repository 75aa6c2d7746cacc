"""Linking by number: every row linked or accounted for, and nobody accused on what cannot be compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generative.kit import PEOPLE, A, B, City, book, contract, csv, number

DAY = "2026-10-25"
REGISTER = contract(
    "户籍册",
    PEOPLE,
    {"籍": {"key": ["号码"], "columns": ["号码", "姓名"]}},
    role="register",
    match={"籍": {"person": "号码", "name": "姓名"}},
)


def national(*people: tuple[str, str], county: str = "甲县", homes: str = "h") -> list[tuple[object, ...]]:
    """Rows of people (name, number), each of a household of its own."""
    return [
        (f"{county[0]}p{i}", f"{county[0]}{homes}{i}", name, n, county, "东乡")
        for i, (name, n) in enumerate(people)
    ]


def old(serial: int) -> str:
    """The 15-digit form of number(serial)."""
    return number(serial)[:6] + number(serial)[8:17]


def facts(city: City, county: str = A) -> dict[str, bool | None]:
    city.subjects(DAY)
    return {row["_name"]: row["整_有"] for row in city.subject(DAY, county=county).values()}


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path, book(REGISTER))


def test_every_row_is_linked_or_has_its_reason(city: City) -> None:
    city.national("20261010", national(("张三", number(1)), ("李四", old(2)), ("王五", number(3))))
    wrong = number(4)[:17] + ("0" if number(4)[17] != "0" else "1")
    rows = [
        (number(1), "张三"),
        (number(1) + "44", "张三"),
        (number(3) + "44B1", "王五"),
        (number(9), "外人"),
        ("990101********0011", "某人"),
        (wrong, "误"),
        (old(1), "张三丰"),
        (old(1).replace("001", "002", 1), "无此"),
        ("990101199002300015", "不存在的日子"),
        ("ABC", "字母"),
        (number(5)[:17], "少一位"),
    ]
    city.people("整册", "甲县", "20261012", rows)
    report = city.links(DAY)
    unlinked = {
        row["_ref"].rsplit(":", 1)[1]: row["reason"] for row in city.rows(DAY, f"links/整/unlinked/county={A}/data.parquet")
    }
    assert report.linked["整"] == 3 and len(unlinked) == 8
    assert (
        report.linked["整"] + sum(report.unlinked["整"].values()) == len(rows) == len(city.table(DAY, "整"))
    )
    here, nobody, bad = "已关联", "国家系统无此人", "证件号不合格，无法比对"
    assert [unlinked.get(str(place + 3), here) for place in range(len(rows))] == [
        here,
        here,
        here,
        nobody,
        "证件号被掩码，无法比对",
        bad,
        "15位旧号未能以姓名确认",
        nobody,
        bad,
        bad,
        bad,
    ]


def test_certificates_of_20_and_22_digits_link_by_their_first_18(city: City) -> None:
    city.national("20261010", national(("张三", number(1)), ("李四", number(2))))
    city.people("整册", "甲县", "20261012", [(number(1) + "44", "张三"), (number(2) + "44B1", "李四")])
    assert facts(city) == {"张三": True, "李四": True}


def test_old_numbers_of_a_department_need_the_name(city: City) -> None:
    city.national("20261010", national(("张三", number(1)), ("李四", number(2))))
    city.people("整册", "甲县", "20261012", [(old(1), "张三"), (old(2), "别人")])
    assert facts(city) == {"张三": True, "李四": False}


def test_old_numbers_of_the_national_book_need_the_register(city: City) -> None:
    city.national("20261010", national(("张三", old(1)), ("李四", old(2)), ("王五", old(3))))
    city.people("户籍册", "甲县", "20261012", [(number(1), "张三"), (number(2), "别人")])
    city.people("整册", "甲县", "20261012", [(number(9), "外人"), (number(3), "王五")])
    assert facts(city) == {"张三": False, "李四": None, "王五": None}, "not confirmed: absence proves nothing"


def test_a_number_that_fails_its_own_check_proves_nothing_unless_it_links(city: City) -> None:
    wrong = [number(i)[:17] + ("0" if number(i)[17] != "0" else "1") for i in (1, 2)]
    city.national(
        "20261010", national(("张三", wrong[0]), ("李四", wrong[1]), ("王五", None), ("赵六", number(4)))
    )  # type: ignore[arg-type]
    city.people("整册", "甲县", "20261012", [(wrong[0], "张三")])
    assert facts(city) == {"张三": True, "李四": None, "王五": None, "赵六": False}


@pytest.mark.parametrize(
    ("mask", "name", "doubtful"),
    [
        ("990101********0019", "张三", True),  # the usual mask
        ("9901**********0019", "张三", True),
        (number(1)[:17] + "*", "张三", False),  # one star for X in the last place: a number, not a mask
        ("990101********0019", "李四", False),  # the mask would fit, the name does not
        ("990101********9999", "张三", False),  # the name would fit, the mask does not
        ("990101****0019", "张三", True),  # a mask of fixed length
        ("******", "张三", True),  # nothing to see
        ("990101****01001", "张三", True),  # an old number masked
        ("990101********001944", "张三", True),  # a disability certificate masked
        ("990101********0019", "张*", True),  # the name is masked too
        ("990101****0019", "*三", True),
        ("990101********0019", "王*", False),
        ("990101********0019", None, True),  # no name at all
        ("99010%********0019", "张三", True),  # what LIKE takes for a wildcard is a character nobody can read
    ],
)
def test_who_may_be_behind_a_mask_is_not_accused(
    city: City, mask: str, name: str | None, doubtful: bool
) -> None:
    city.national("20261010", national(("张三", number(1)), ("赵六", number(44, "19851231", "990102"))))
    city.people("整册", "甲县", "20261012", [(mask, name), (number(8), "外人")])
    assert facts(city) == {"张三": None if doubtful else False, "赵六": False}
    covered = {row["_name"]: row["覆盖_整册"] for row in city.subject(DAY).values()}
    assert covered == {"张三": not doubtful, "赵六": True}


def test_a_row_set_aside_is_a_doubt_on_the_person_it_may_mean(city: City) -> None:
    """18 digits cut by a spreadsheet: the first 14 and the name are left."""
    city.national(
        "20261010", national(("张三", number(1)), ("李四", number(2)), ("张三", number(3, "19700101")))
    )
    cut = [(number(1)[:15] + "000", "张三")] + [(number(i)[:15] + "000", f"外{i}") for i in range(10, 15)]
    city.people("整册", "甲县", "20261012", cut)
    city.subjects(DAY)
    found = {row["_key"]: row["整_有"] for row in city.subject(DAY).values()}
    assert found == {"甲p0": None, "甲p1": False, "甲p2": False}


def test_a_row_given_twice_is_no_doubt(city: City) -> None:
    city.national("20261010", national(("张三", number(1)), ("李四", number(2))))
    city.people(
        "整册",
        "甲县",
        "20261012",
        [(number(1), "张三"), (number(1), "张三"), (number(2), "李四", 1), (number(2), "李四", 2)],
    )
    city.subjects(DAY)
    covered = {row["_name"]: row["覆盖_整册"] for row in city.subject(DAY).values()}
    assert covered == {"张三": True, "李四": False}, "the same row twice says one thing; two contents say two"


def test_a_corrected_file_lifts_the_doubt(city: City) -> None:
    city.national("20261010", national(("张三", number(1))))
    cut = [(number(i)[:15] + "000", "张三" if i == 1 else f"外{i}") for i in range(1, 7)]
    city.people("整册", "甲县", "20261012", cut)
    assert facts(city) == {"张三": None}
    city.people("整册", "甲县", "20261015", [(number(9), "外人")])
    assert facts(city) == {"张三": False}


def test_quarantine_is_understood_where_the_table_renames_its_columns(tmp_path: Path) -> None:
    feed = contract(
        "整册",
        PEOPLE,
        {"整": {"key": ["证"], "columns": {"证": "号码", "名": "姓名"}}},
        match={"整": {"person": "证", "name": "名"}},
        facts=[{"name": "整_有", "subject": "person", "table": "整", "take": "any"}],
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", national(("张三", number(1))))
    city.people(
        "整册",
        "甲县",
        "20261012",
        [(number(i)[:15] + "000", "张三" if i == 1 else f"外{i}") for i in range(1, 7)],
    )
    assert facts(city) == {"张三": None}


def test_one_number_in_two_households_and_two_counties(city: City) -> None:
    """The row reaches everyone who bears the number, in each county its own side; nothing is counted twice."""
    other = national(("张三", number(1)), ("李四", number(2)), county="乙县")
    city.national("20261010", [*national(("张三", number(1)), ("张三", number(1))), *other])
    city.people("整册", "乙县", "20261012", [(number(1), "张三", 5)])
    report = city.links(DAY)
    assert (report.linked["整"], report.unlinked["整"]) == (1, {})
    city.subjects(DAY)
    assert {row["_key"]: row["整_金额"] for row in city.subject(DAY).values()} == {"甲p0": 5.0, "甲p1": 5.0}
    assert {row["_key"]: row["整_金额"] for row in city.subject(DAY, county=B).values()} == {
        "乙p0": 5.0,
        "乙p1": 0.0,
    }


def test_a_household_number_decides_between_two_of_one_number(tmp_path: Path) -> None:
    columns = [*PEOPLE, {"name": "户号"}]
    feed = contract(
        "整册",
        columns,
        {"整": {"key": ["号码"], "columns": ["号码", "姓名", "户号"]}},
        match={"整": {"person": "号码", "name": "姓名", "household": "户号"}},
        facts=[{"name": "整_有", "subject": "person", "table": "整", "take": "any"}],
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", national(("张三", number(1)), ("张三", number(1))))
    city.put(
        "甲县整册_20261012.csv",
        csv([str(c["name"]) for c in columns], [(number(1), "张三", None, None, None, "甲h1")]),
    )
    city.subjects(DAY)
    assert {row["_key"]: row["整_有"] for row in city.subject(DAY).values()} == {"甲p0": False, "甲p1": True}


def test_a_book_of_the_whole_city_counts_each_row_once(tmp_path: Path) -> None:
    """One file speaks for every county: it lies in the books of each, and must not be added up over them."""
    feed = contract(
        "市册",
        PEOPLE,
        {"市": {"key": ["号码", "类别"], "columns": ["号码", "姓名", "金额", "类别"]}},
        scope={"county": "city"},
        match={"市": {"person": "号码", "name": "姓名"}},
        facts=[{"name": "市_金额", "subject": "person", "table": "市", "take": "sum", "value": "金额"}],
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", [*national(("张三", number(1))), *national(("李四", number(2)), county="乙县")])
    rows = [
        (number(1), "张三", 5, None, "甲"),
        (number(1), "张三", 7, None, "乙"),
        (number(2), "李四", 1, None, "甲"),
        (number(9), "外人", 1, None, "甲"),
    ]
    city.people("市册", "", "20261012", rows)
    report = city.links(DAY)
    assert (report.linked["市"], report.unlinked["市"]) == (3, {"国家系统无此人": 1})
    city.subjects(DAY)
    assert [row["市_金额"] for row in city.subject(DAY).values()] == [12.0]


def test_a_wide_row_that_becomes_several_is_linked_once_each(tmp_path: Path) -> None:
    columns = [*PEOPLE[:2], {"name": "一月", "type": "dec"}, {"name": "二月", "type": "dec"}]
    table = {
        "key": ["号码", "月"],
        "columns": ["号码", "姓名"],
        "unpivot": {"label": "月", "groups": {"一": {"发放": "一月"}, "二": {"发放": "二月"}}},
    }
    feed = contract(
        "月册",
        columns,
        {"月": table},
        match={"月": {"person": "号码", "name": "姓名"}},
        facts=[
            {"name": "月_合计", "subject": "person", "table": "月", "take": "sum", "value": "发放"},
            {"name": "月_次数", "subject": "person", "table": "月", "take": "count"},
        ],
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", national(("张三", number(1))))
    city.put(
        "甲县月册_20261012.csv",
        csv([str(c["name"]) for c in columns], [(number(1), "张三", 10, 20), (number(9), "外人", 1, None)]),
    )
    report = city.links(DAY)
    assert (report.linked["月"], report.unlinked["月"]) == (2, {"国家系统无此人": 1})
    city.subjects(DAY)
    assert [(row["月_合计"], row["月_次数"]) for row in city.subject(DAY).values()] == [(30.0, 2)]


def test_cases_are_people_the_national_book_has_not(tmp_path: Path) -> None:
    """`:as_of` in a case's filter; a member whose own number cannot be compared is the likely cause and no stranger."""
    columns = [*PEOPLE, {"name": "户号"}]
    feed = contract(
        "户册",
        columns,
        {"户行": {"key": ["号码"], "columns": ["号码", "姓名", "日期", "户号"]}},
        match={"户行": {"person": "号码", "name": "姓名"}},
        cases={
            "外人": {
                "table": "户行",
                "where": "日期 <= :as_of",
                "household": {"column": "户号"},
                "columns": {"户_姓名": "姓名"},
            }
        },
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", national(("张三", number(1)), ("李四", "990101********0027")))
    rows = [
        (number(serial), name, None, day, None, home)
        for serial, name, day, home in (
            (1, "张三", "2026-01-01", "甲h0"),
            (8, "新人", "2026-01-01", "甲h0"),
            (7, "将来", "2027-01-01", "甲h0"),
            (2, "李四", "2026-01-01", "甲h1"),
            (6, "无户", "2026-01-01", "甲h9"),
        )
    ]
    city.put("甲县户册_20261012.csv", csv([str(c["name"]) for c in columns], rows))
    city.subjects(DAY)
    assert set(city.subject(DAY, "case")) == {f"户行|{number(8)}|甲h0"}


def test_a_neighbours_file_changes_the_links_of_this_county_and_says_so(city: City) -> None:
    """What is redone at night must be told by links too: the county's own books are as they were."""
    city.national("20261010", national(("张三", number(1))))
    city.people("整册", "甲县", "20261012", [(number(8), "外人")])
    books_before, links_before = city.books(DAY), city.links(DAY)
    assert city.links(DAY) == links_before
    city.people("整册", "乙县", "20261012", [(number(1), "张三")])
    books_after, links_after = city.books(DAY), city.links(DAY)
    assert books_before.fingerprints[A] == books_after.fingerprints[A]
    assert links_before.fingerprints[A] != links_after.fingerprints[A]


def test_a_birth_belongs_to_the_household_of_the_first_parent_found(tmp_path: Path) -> None:
    """`household: {linked: …}`: by the first number, else the second; a booked child and one of strangers are no cases; no name is needed."""
    columns = [{"name": "号码", "type": "id", "required": True}, {"name": "父", "type": "id"}, {"name": "母", "type": "id"}]
    feed = contract(
        "出生册",
        columns,
        {"生": {"key": ["号码"], "columns": ["号码", "父", "母"]}},
        match={"生": {"person": "号码"}},
        cases={"新生": {"table": "生", "household": {"linked": ["父", "母"]}, "columns": {"生_父": "父"}}},
    )
    city = City(tmp_path, book(feed))
    city.national("20261010", national(("父亲", number(1)), ("母亲", number(2)), ("孩子", number(3))))
    rows = [
        (number(21), number(1), number(2)),  # both parents are booked, in two households: the father's
        (number(22), number(9), number(2)),  # the father is a stranger: the mother's
        (number(23), None, number(2)),
        (number(3), number(1), number(2)),  # booked already
        (number(24), number(9), number(8)),  # of strangers
    ]
    city.put("甲县出生册_20261012.csv", csv(["号码", "父", "母"], rows))
    city.subjects(DAY)
    wanted = {(21, "甲h0"), (22, "甲h1"), (23, "甲h1")}
    assert set(city.subject(DAY, "case")) == {f"生|{number(serial)}|{house}" for serial, house in wanted}


HOMES = [{"name": "号码", "type": "id", "required": True}, {"name": "姓名"}, {"name": "户号"}]


def counted(tmp_path: Path, rows: list[tuple[str | None, ...]], **match: object) -> dict[str, int | None]:
    """Household → count of `rows` (号码, 姓名, 户号): h1 of 张三 and a member whose number fails its check, h2 of 李四, h3 of a wrong number."""
    feed = contract(
        "家册", HOMES, {"家访": {"key": ["号码", "户号"], "columns": ["号码", "姓名", "户号"]}},
        match={"家访": {"person": "号码", "name": "姓名"} | match},
        facts=[{"name": "家访_次数", "subject": "household", "table": "家访", "on": "_household", "take": "count"}],
    )  # fmt: skip
    city, wrong = City(tmp_path, book(feed)), number(4)[:17] + ("0" if number(4)[17] != "0" else "1")
    people = (("p1", "h1", "张三", number(1)), ("p2", "h1", "张小", wrong), ("p3", "h2", "李四", number(2)), ("p4", "h3", "王五", wrong))
    city.national("20261010", [(*person, "甲县", "东乡") for person in people])
    city.put("甲县家册_20261012.csv", csv(["号码", "姓名", "户号"], rows))
    city.subjects(DAY, [A])
    return {key: row["家访_次数"] for key, row in city.subject(DAY, "household").items()}


STRANGER = (number(9), "外人", None)
MASKED = number(2)[:6] + "********" + number(2)[14:]


@pytest.mark.parametrize(("row", "match", "expected"), [
    (STRANGER, {}, {"h1": None, "h2": 0, "h3": None}),  # of a member whose number cannot be compared nothing can be said
    (STRANGER, {"heads": True}, {"h1": 0, "h2": 0, "h3": None}),  # the row would name the head
    ((number(1), "张三", None), {}, {"h1": 1, "h2": 0, "h3": None}),  # a row that is there is there
    ((MASKED, "李四", None), {"heads": True}, {"h1": 0, "h2": None, "h3": None}),
    ((MASKED, "李四", "h1"), {"heads": True, "household": "户号"}, {"h1": 1, "h2": 0, "h3": None}),  # whose it is needs no number
    ((number(9), "离户", "h3"), {"household": "户号"}, {"h1": None, "h2": 0, "h3": 1}),
    ((number(2), "李四", None), {"heads": True, "household": "户号"}, {"h1": 0, "h2": 1, "h3": None}),
], ids=["members", "head", "found", "masked", "masked, of a household", "who left", "no household given"])  # fmt: skip
def test_a_household_lacks_a_row_only_where_its_people_can_be_compared(
    tmp_path: Path, row: tuple[str | None, ...], match: dict[str, object], expected: dict[str, int | None]
) -> None:
    """Facts of households over books of people: 0 is an answer, of a rule that withholds and of one that accuses alike."""
    assert counted(tmp_path, [row, (number(8), "另人", None)], **match) == expected
