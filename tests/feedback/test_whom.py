"""Whom a line means: certain or not at all. Lines in = outcomes out, and never upon a person that the line is not about."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from duizhang.core.errors import FeedProblem
from duizhang.core.settings import Settings
from duizhang.feedback import Notice, Request, Taken, take
from duizhang.feedback.texts import fits

from tests.feedback.kit import Books

HEADER = ("区县", "乡镇", "村", "户编号", "人编号", "户主姓名", "姓名", "证件号码", "问题类型")
WHO = HEADER[3:8]
PERSON_RULE, HOUSE_RULE, OUTSIDE = "劳动技能为空", "是否危房户为空", "家里养了狗"
NAMES = ("甲一", "乙二", "丙三", "己六", "丁四")  # the same in every household


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


WEIGHTS = dict(zip(HEADER, (1, 1, 1, 2, 2, 1, 1, 2), strict=False))  # a number tells more than a name


def agreement(line: dict[str, str], full: dict[str, str]) -> int:
    """How much of `line` is as in `full`, the whole line of somebody: a plain reference for whom it is about."""
    same = {h: WEIGHTS[h] for h in HEADER[:8] if line[h] and line[h] == full[h]}
    shown = "*" in line["证件号码"] and fits(line["证件号码"], full["证件号码"])
    return sum(same.values()) + shown


@pytest.mark.parametrize("seed", range(3))
def test_lines_in_are_outcomes_out_and_nobody_is_mistaken(lake: tuple[Settings, Books], seed: int) -> None:
    """Lines with cells left out, hidden numbers, and one cell taken from somebody else's line: whoever a line is laid upon
    agrees with it more than anybody else does, or bears its number and its name."""
    settings, books = lake
    rng, people = random.Random(seed), books.subjects["person"]
    lines: list[dict[str, str]] = []
    for _ in range(3000):
        one, other = rng.choice(people), rng.choice(people)
        line = said(books, one, rng.choice((PERSON_RULE, HOUSE_RULE, OUTSIDE)))
        foreign = rng.choice((None, *WHO))
        line |= {foreign: said(books, other, "")[foreign]} if foreign else {}
        line |= {column: "" for column in HEADER[:8] if column != foreign and rng.random() < 0.5}
        if rng.random() < 0.4 and line["证件号码"]:
            line["证件号码"] = line["证件号码"][:6] + "*" * 8 + line["证件号码"][14:]
        lines.append(line)
    taken, desk = run(settings, lines)
    assert [o.line.row for o in taken.outcomes] == list(range(2, len(lines) + 2))  # one problem a line: one outcome a line
    placed = {int(n.body["lineage"]["省下发名单"].rsplit(":", 1)[1]): n for _, n in desk.handed}
    assert set(placed) == {o.line.row for o in taken.outcomes if o.word != "对不上"} and len(placed) > 1000
    everybody = {p["_key"]: (said(books, p, ""), p["_household"]) for p in people}
    wrong = []
    for row, notice in placed.items():
        line = lines[row - 2]
        scores = {key: agreement(line, full) for key, (full, _) in everybody.items()}
        best = [key for key, score in scores.items() if score == max(scores.values())]
        certain = [key for key, (full, _) in everybody.items()
                   if line["姓名"] == full["姓名"] and (line["人编号"] == key or line["证件号码"] == full["证件号码"])]  # fmt: skip
        homes = {everybody[key][1] for key in certain or best}
        if notice.subject_kind == "person" and notice.subject_key not in (certain if len(certain) == 1 else best if len(best) == 1 else ()):
            wrong.append((line, notice.subject_key))
        if notice.subject_kind == "household" and homes != {notice.subject_key}:
            wrong.append((line, notice.subject_key))
    assert wrong == []
