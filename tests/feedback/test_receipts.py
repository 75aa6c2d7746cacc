"""From the command line to the receipts, with the real ledger: nothing personal in logs and names, complete lists, external questions."""

from __future__ import annotations

import logging
import stat
from datetime import date
from pathlib import Path

import pytest
from duizhang import ledger, pipeline
from duizhang.cli import app
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from typer.testing import CliRunner

from tests.feedback import kit
from tests.feedback.test_whom import OUTSIDE, PERSON_RULE, made_up
from tests.ledger.ledger_kit import D1, D2

HEAD = ["户编号", "姓名", "证件号码", "问题类型", "备注"]


@pytest.fixture
def books(home: Settings, tmp_path: Path) -> kit.Books:
    """The made-up counties, in the lake and in a ledger with one open item."""
    books = made_up()
    books.write(home)
    person = books.subjects["person"][2]
    for county in kit.ledgers(home, books, [("MEM-003", "person", person["_key"])], tmp_path).values():
        county.merge(D1)
    return books


def row(books: kit.Books, at: int, problem: str, note: str = "") -> list[str]:
    person = books.subjects["person"][at]
    return [person["_household"], person["_name"], person["_idno"], problem, note]


def test_the_command_and_what_it_leaves_behind(
    home: Settings, books: kit.Books, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = kit.sheet_of(tmp_path / "丙三的名单.xlsx", {"=1+1 登记情况": [
        HEAD, row(books, 2, PERSON_RULE, "+1|calc"), row(books, 3, OUTSIDE, "狗叫阿黄"), row(books, 22, PERSON_RULE),
        ["", "不认识", "", OUTSIDE, ""],
    ]})  # fmt: skip
    caplog.set_level(logging.DEBUG)
    done = CliRunner().invoke(app, ["feedback", str(path), "--source", "省级", "--due", "2026-12-10", "--on", "2026-11-02", "--home", str(home.home)])
    assert done.exit_code == 0, done.output
    said = caplog.text + done.output
    for person in books.subjects["person"][2:4]:
        assert person["_name"] not in said and person["_idno"] not in said and person["_household"] not in said
    assert "阿黄" not in said
    files = sorted(p.relative_to(home.receipts).as_posix() for p in home.receipts.rglob("*.xlsx"))
    assert [f.split("/")[0] for f in files] == ["990101", "990102", "未识别"]
    assert all(stat.S_IMODE((home.receipts / f).stat().st_mode) == 0o600 for f in files)
    ours, theirs, nobody = (kit.cells(home.receipts / f) for f in files)
    (sheet,) = set(ours) - {"登记情况"}
    assert ours[sheet][0][6:] == HEAD
    assert [r[1] for r in ours[sheet][1:]] == ["并入", "外部"] and [r[6:9] for r in ours[sheet][1:]] == [row(books, 2, "")[:3], row(books, 3, "")[:3]]
    assert ours[sheet][1][10] == "+1|calc"
    assert [r[1] for r in theirs[sheet][1:]] == ["新登记"]
    assert [r[1] for r in nobody[sheet][1:]] == ["对不上"] and "请补" in nobody[sheet][1][3]
    for mine, others in ((ours, theirs), (theirs, ours)):  # a county sees only its own lines
        assert not {r[8] for r in mine[sheet][1:]} & {r[8] for r in others[sheet][1:]}
    joined = next(i for i in ledger.open_items(home, "990101") if i["code"] == "MEM-003")
    assert [(n["source"], n["due_on"]) for n in joined["notices"]] == [("省", date(2026, 12, 10))]
    outside = next(i for i in ledger.open_items(home, "990101") if i["code"].startswith("EXT-"))
    assert (outside["body"]["问题"], outside["body"]["来源"], outside["subject_kind"]) == (OUTSIDE, "省", "person")
    assert {"列": "备注", "账": "省下发名单", "值": "狗叫阿黄"} in outside["body"]["evidence"]


def test_an_external_question_lives_until_the_next_complete_list(home: Settings, books: kit.Books, tmp_path: Path) -> None:
    first = kit.sheet_of(tmp_path / "1.xlsx", {"名单": [HEAD, row(books, 3, OUTSIDE), row(books, 4, OUTSIDE)]})
    assert pipeline.take_feedback(home, first, "省", "2026-11-02")["外部"] == 2
    county = kit.ledgers(home, books, [("MEM-003", "person", books.subjects["person"][2]["_key"])], tmp_path)["990101"]
    county.merge(D2)  # a merge neither judges nor withdraws what is not ours
    items = [i for i in ledger.open_items(home, "990101") if i["code"].startswith("EXT-")]
    assert len(items) == 2
    county.issue("2026-11", D2)
    for item in items:
        assert county.answer(item, "已整改", date(2026, 11, 25), "2026-11").outcome == "accepted"
    # the next list has one of them; a line that nobody understands keeps it from counting as complete
    dirty = kit.sheet_of(tmp_path / "2.xlsx", {"名单": [HEAD, row(books, 3, OUTSIDE, "再次"), ["", "不认识", "", OUTSIDE, ""]]})
    taken = pipeline.take_feedback(home, dirty, "省", "2026-12-02", complete=True)
    assert taken["not_complete_for"] == ["990101", "990102"] and ledger.event_counts(home, "990101").get("proven", 0) == 0
    clean = kit.sheet_of(tmp_path / "3.xlsx", {"名单": [HEAD, row(books, 3, OUTSIDE, "第三次")]})
    taken = pipeline.take_feedback(home, clean, "省", "2026-12-05", complete=True)
    assert taken["not_complete_for"] == [] and ledger.event_counts(home, "990101")["proven"] == 1
    # and a list of before, still naming the other, says when and how it was closed or asks it again; it never vanishes
    again = pipeline.take_feedback(home, first, "省", "2026-12-06")
    assert again["lines"] == 2 and sum(again[word] for word in ("外部", "已销号", "重复")) == 2
    assert ledger.verify(home) == []


def test_words_that_an_officer_adds_are_heard_when_the_list_comes_again(home: Settings, books: kit.Books, tmp_path: Path) -> None:
    path = kit.sheet_of(tmp_path / "1.xlsx", {"名单": [HEAD, row(books, 2, "干活情况没写")]})
    assert pipeline.take_feedback(home, path, "市", "2026-11-02")["外部"] == 1
    (home.home / "feedback.yaml").write_text("words: [{find: 干活情况没写, code: MEM-003}]\n", encoding="utf-8")
    try:
        assert pipeline.take_feedback(home, path, "市", "2026-11-02")["并入"] == 1
    finally:
        (home.home / "feedback.yaml").unlink()


def test_a_home_without_books_says_what_to_do(home: Settings, tmp_path: Path) -> None:
    path = kit.sheet_of(tmp_path / "1.xlsx", {"名单": [HEAD, ["990101000000", "甲一", "", OUTSIDE, ""]]})
    with pytest.raises(ContractProblem, match="no subjects"):
        pipeline.take_feedback(home, path, "省", "2026-11-02")
