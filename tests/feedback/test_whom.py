"""Whom a line means: certain or not at all. Lines in = outcomes out, and never upon a person that the line is not about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from duizhang.core.errors import FeedProblem
from duizhang.core.settings import Settings
from duizhang.feedback import Notice, Request, Taken, take
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from tests.feedback.kit import Books

HEADER = ("区县", "乡镇", "村", "户编号", "人编号", "户主姓名", "姓名", "证件号码", "问题类型")
WHO = HEADER[3:8]
PERSON_RULE, HOUSE_RULE, OUTSIDE = "劳动技能为空", "是否危房户为空", "家里养了狗"
NAMES = ("甲一", "乙二", "丙三", "甲一", "丁四")  # two of the same name


@dataclass(frozen=True)
class Page:
    """A sheet as the reader gives it."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    part: str = ""
    name: str = "名单"
    visible: bool = True
    merges: tuple[tuple[int, int, int, int], ...] = ()


@dataclass
class Desk:
    """Takes down what is handed over; every notice opens an item (the ledger itself is tested elsewhere)."""

    handed: list[tuple[str, Notice]]
    complete: dict[str, bool]
    items: dict[str, list[dict[str, Any]]]

    def note(self, county: str, notices: Sequence[Notice], whole: bool) -> list[Any]:
        self.complete[county] = whole
        self.handed += [(county, notice) for notice in notices]
        return [Result("opened", f"N-{len(self.handed)}") for _ in notices]


@dataclass(frozen=True)
class Result:
    outcome: str
    number: str
    reason: str = ""


def made_up() -> Books:
    """Two counties, three villages of two households of five each; numbers in region 99xxxx."""
    books = Books(names={"990101": "青石县", "990102": "白河县"})
    n = 0
    for village in ("990101100201", "990101100202", "990102100201"):
        county, town = village[:6], "松岭镇" if village < "990102" else "柳河乡"
        place = {"_county": county, "_town": village[:9], "_town_name": town, "_village": village, "_village_name": f"{'金银铜'[n // 10]}河村"}
        books.add("village", **{**place, "_key": village, "_name": place["_village_name"]})
        for _ in range(2):
            home = f"{county}{n:06d}"
            head = "甲一" if n % 20 else "戊五"
            for at, name in enumerate((head, *NAMES[1:])):
                number = f"{county}1980{1 + n % 12:02d}{1 + at:02d}{n:03d}X"
                row = {**place, "_household": home, "_head": head, "_name": name, "_idkey": number, "_idno": number, "_person": f"{home}{at:02d}"}
                books.add("person", **row, _key=row["_person"])
                if at == 0:
                    books.add("household", **{**row, "_key": home, "_person": None})
                n += 1
    return books


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Books]:
    settings = Settings.load(tmp_path_factory.mktemp("whom") / "home")
    books = made_up()
    books.write(settings)
    return settings, books


def said(books: Books, person: dict[str, Any], problem: str, **changes: str) -> dict[str, str]:
    """A full line about `person`."""
    cells = {
        "区县": books.names[person["_county"]], "乡镇": person["_town_name"], "村": person["_village_name"], "户编号": person["_household"],
        "人编号": person["_person"] or "", "户主姓名": person["_head"], "姓名": person["_name"], "证件号码": person["_idno"], "问题类型": problem,
    }  # fmt: skip
    return {**cells, **changes}


def run(settings: Settings, lines: Sequence[dict[str, str]], **more: Any) -> tuple[Taken, Desk]:
    desk = Desk([], {}, {})
    rows = ((1, HEADER), *((at, tuple(line[h] for h in HEADER)) for at, line in enumerate(lines, 2) if any(line.values())))
    request = Request("ab" * 32, "名单.xlsx", "省", date(2026, 11, 2), **more)
    return take(settings, [Page(rows)], request, lambda county: desk.items.get(county, []), desk.note), desk


def only(settings: Settings, line: dict[str, str], **more: Any) -> tuple[str, str, str]:
    """(结果, subject kind, key) of one line."""
    taken, desk = run(settings, [line], **more)
    (outcome,) = taken.outcomes
    return (outcome.word, desk.handed[0][1].subject_kind, desk.handed[0][1].subject_key) if desk.handed else (outcome.word, "", "")


def line_of(lake: tuple[Settings, Books], at: int, problem: str, keep: str, **changes: str) -> dict[str, str]:
    """A line about person `at` that says only `keep` (columns, one letter each: 县乡村户人主名号)."""
    full = said(lake[1], lake[1].subjects["person"][at], problem)
    kept = {h for letter, h in zip("县乡村户人主名号", HEADER, strict=False) if letter in keep}
    return {h: text if h in kept or h == "问题类型" else "" for h, text in full.items()} | changes


@pytest.mark.parametrize(
    ("keep", "found"),
    [("人", True), ("号", True), ("户名", True), ("号名", True), ("村名主", True), ("县村名", False), ("名", False), ("村名", False),
     ("主名", False)],
)  # fmt: skip
def test_what_is_enough_for_a_person(lake: tuple[Settings, Books], keep: str, found: bool) -> None:
    person = lake[1].subjects["person"][2]
    word, kind, key = only(lake[0], line_of(lake, 2, PERSON_RULE, keep))
    # 丙三 stands in both households of the village, each with another head
    assert (word, kind, key) == (("新登记", "person", person["_key"]) if found else ("对不上", "", ""))


def test_masked_numbers_need_name_and_village(lake: tuple[Settings, Books]) -> None:
    person = lake[1].subjects["person"][2]
    masked = person["_idno"][:6] + "*" * 8 + person["_idno"][14:]
    for keep, found in (("村名", True), ("县乡村名", True), ("名", False), ("村", False), ("县名", False)):
        got = only(lake[0], line_of(lake, 2, PERSON_RULE, keep, 证件号码=masked))
        assert got == (("新登记", "person", person["_key"]) if found else ("对不上", "", "")), keep
    # what is shown of the number is somebody else's
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "村名", 证件号码=masked[:-4] + "999X"))[0] == "对不上"
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "户名", 证件号码=masked[:-4] + "999X"))[0] == "对不上"
    # hidden name, too; and a number that a spreadsheet has cut
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "村", 证件号码=masked, 姓名="丙*"))[2] == person["_key"]
    cut = f"{person['_idno'][0]}.{person['_idno'][1:15]}E+17"
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "村名", 证件号码=cut))[2] == person["_key"]


@pytest.mark.parametrize("suffix", ["", "41", "4111"])
def test_numbers_of_18_20_and_22_digits(lake: tuple[Settings, Books], suffix: str) -> None:
    person = lake[1].subjects["person"][7]
    assert only(lake[0], line_of(lake, 7, PERSON_RULE, "", 证件号码=person["_idno"] + suffix))[2] == person["_key"]


def test_households(lake: tuple[Settings, Books]) -> None:
    person = lake[1].subjects["person"][0]
    home = person["_household"]
    assert only(lake[0], line_of(lake, 0, HOUSE_RULE, "户")) == ("新登记", "household", home)
    assert only(lake[0], line_of(lake, 3, HOUSE_RULE, "号")) == ("新登记", "household", home)  # a member names the household
    assert only(lake[0], line_of(lake, 0, HOUSE_RULE, "村主")) == ("新登记", "household", home)
    assert only(lake[0], line_of(lake, 0, HOUSE_RULE, "主"))[0] == "对不上"
    assert only(lake[0], line_of(lake, 0, HOUSE_RULE, "户", 户主姓名="不认识"))[0] == "对不上"
    assert only(lake[0], line_of(lake, 0, HOUSE_RULE, "户", 户主姓名="丙三"))[2] == home  # a member: the head has changed
    # an indicator about persons, and the line names only the household: nobody is picked, the question is kept
    assert only(lake[0], line_of(lake, 0, PERSON_RULE, "户")) == ("外部", "household", home)


def test_villages_and_places(lake: tuple[Settings, Books]) -> None:
    assert only(lake[0], line_of(lake, 0, OUTSIDE, "县乡村")) == ("外部", "village", "990101100201")
    assert only(lake[0], line_of(lake, 0, OUTSIDE, "县")) == ("外部", "county", "990101")
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "名主", 村="松岭镇金河村民委员会"))[1] == "person"
    assert only(lake[0], line_of(lake, 2, PERSON_RULE, "县乡村户人主名号", 区县="外地县"))[0] == "对不上"
    taken, desk = run(lake[0], [line_of(lake, 2, PERSON_RULE, "县号"), line_of(lake, 22, PERSON_RULE, "县号")], county="990101")
    assert [(o.word, o.county) for o in taken.outcomes] == [("新登记", "990101"), ("对不上", "")] and len(desk.handed) == 1


def test_an_item_of_somebody_who_left_the_books(lake: tuple[Settings, Books]) -> None:
    settings, books = lake
    gone = {**books.subjects["person"][2], "_idno": "99010119500101999X"}
    item = {"number": "MEM-003-AAAA", "code": "MEM-003", "state": "gone", "closed_on": None, "subject_kind": "person", "town": "990101100",
            "body": {"subject_key": "990101999999", "姓名": "丙三", "证件号码": gone["_idno"], "人编号": "990101999999"}}  # fmt: skip
    for name, found in (("丙三", True), ("丁四", False)):
        desk = Desk([], {}, {"990101": [item]})
        line = {**dict.fromkeys(HEADER, ""), "姓名": name, "证件号码": gone["_idno"], "问题类型": PERSON_RULE}
        page = Page(((1, HEADER), (2, tuple(line[h] for h in HEADER))))
        request = Request("ab" * 32, "名单.xlsx", "省", date(2026, 11, 2))
        taken = take(settings, [page], request, lambda county, desk=desk: desk.items.get(county, []), desk.note)
        assert [n.subject_key for _, n in desk.handed] == (["990101999999"] if found else []), taken.outcomes[0].reason


def test_a_list_counts_as_complete_only_where_all_of_it_was_understood(lake: tuple[Settings, Books]) -> None:
    good, other = line_of(lake, 2, PERSON_RULE, "号"), line_of(lake, 22, PERSON_RULE, "号")
    assert run(lake[0], [good])[1].complete == {"990101": False}
    assert run(lake[0], [good], complete=True)[1].complete == {"990101": True, "990102": True}  # nothing is left of the other's
    half, desk = run(lake[0], [good, other, line_of(lake, 2, PERSON_RULE, "县名")], complete=True)
    assert desk.complete == {"990101": False, "990102": True} and half.incomplete == ("990101",)
    none, desk = run(lake[0], [good, line_of(lake, 2, PERSON_RULE, "名")], complete=True)
    assert desk.complete == {"990101": False} and none.incomplete == ("990101", "990102")


def test_the_earliest_deadline_and_the_same_thing_twice(lake: tuple[Settings, Books]) -> None:
    settings = lake[0]
    header = ("证件号码", "问题类型", "整改时限", "问题编号")
    number = lake[1].subjects["person"][2]["_idno"]
    asked = ((PERSON_RULE, "2026-12-20", "S1"), ("MEM-003", "2026-12-01", "S2"), (OUTSIDE, "尽快", "S3"), (OUTSIDE, "", "S4"))
    rows = [(number, *rest) for rest in asked]
    desk = Desk([], {}, {})
    request = Request("ab" * 32, "x.xlsx", "省", date(2026, 11, 2), due_on=date(2026, 12, 31))
    taken = take(settings, [Page(((1, header), *((at, row) for at, row in enumerate(rows, 2))))], request, lambda county: [], desk.note)
    assert [o.word for o in taken.outcomes] == ["新登记", "重复", "外部", "重复"]
    assert [(n.ref, n.due_on) for _, n in desk.handed] == [
        ("S1", date(2026, 12, 1)), ("S2", date(2026, 12, 1)), ("S3", date(2026, 12, 31)), ("S4", date(2026, 12, 31)),
    ]  # fmt: skip
    assert "整改时限看不懂" in taken.outcomes[2].reason


def test_a_file_without_a_line_is_given_back(lake: tuple[Settings, Books]) -> None:
    with pytest.raises(FeedProblem, match="没有一行可以登记"):
        take(lake[0], [Page(((1, ("关于整改的通知",)), (2, ("请于月底前完成",))))], Request("ab" * 32, "x", "省", date(2026, 11, 2)),
             lambda county: [], lambda *_: [])  # fmt: skip


@hypothesis(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_lines_in_are_outcomes_out_and_nobody_is_mistaken(lake: tuple[Settings, Books], data: st.DataObject) -> None:
    """Lines with cells left out, and one of what names the person taken from somebody else's line."""
    settings, books = lake
    people = books.subjects["person"]
    lines, sources = [], []
    for _ in range(data.draw(st.integers(1, 6))):
        one, other = (data.draw(st.sampled_from(people)) for _ in range(2))
        line = said(books, one, data.draw(st.sampled_from((PERSON_RULE, HOUSE_RULE, OUTSIDE))))
        foreign = data.draw(st.sampled_from((None, *WHO)))
        if foreign:
            line[foreign] = said(books, other, "")[foreign]
        for column in data.draw(st.sets(st.sampled_from(HEADER[:8]))) - {foreign}:
            line[column] = ""
        if data.draw(st.booleans()) and line["证件号码"]:
            line["证件号码"] = line["证件号码"][:6] + "*" * 8 + line["证件号码"][14:]
        lines.append(line)
        sources.append((one, line, foreign))
    taken, desk = run(settings, lines)
    written = [at for at, line in enumerate(lines, 2) if any(line.values())]
    assert Counter(o.line.row for o in taken.outcomes) == Counter(written)  # one problem a line: one outcome a line
    placed = {int(n.body["lineage"]["省下发名单"].rsplit(":", 1)[1]): (c, n) for c, n in desk.handed}
    assert set(placed) == {o.line.row for o in taken.outcomes if o.word != "对不上"}
    for row, (county, notice) in placed.items():
        one, line, foreign = sources[row - 2]
        alone = [column for column in WHO if line[column]]
        if foreign and alone and set(alone) <= {foreign, "户主姓名"}:
            continue  # nothing but the other's words is left of it: then it is about the other
        assert county == one["_county"] or not line["区县"] or foreign
        if notice.subject_kind == "person":
            assert notice.subject_key == one["_key"], (line, foreign)
        elif notice.subject_kind == "household":
            assert notice.subject_key == one["_household"], (line, foreign)
