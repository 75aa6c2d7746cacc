"""From text to values: the spellings of standards.md §8, and no exception on anything."""

from __future__ import annotations

from datetime import date

import pytest
from duizhang.contracts.load import CodeList
from duizhang.contracts.model import Column
from duizhang.core.wounds import CODE_ISSUE, DATE_ISSUE, NUMBER_ISSUE
from duizhang.normalise import values
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2023, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["2023-03-01", "2023/3/1", "2023.3.1", "20230301", "20230301.0", "2023年3月1日", "2023年03月01日", "二〇二三年三月一日", "2023-03-01 00:00:00",
     "２０２３年３月１日", " 2023-03-01 ", "\ufeff2023-03-01", "2023.3", "202303", "2023年3月", "二〇二三年三月", "44986"],
)  # fmt: skip
def test_every_spelling_of_a_day(text: str) -> None:
    assert values.parse_date(text) == (DAY, None)


@pytest.mark.parametrize("text", ["", "/", "-", "—", "无", "长期", "至今"])
def test_no_value_is_no_issue(text: str) -> None:
    assert values.parse_date(text) == (None, None)


@pytest.mark.parametrize("text", ["2023-02-30", "20231301", "去年", "2023-13", "0000-00-00", "９９９９９９９９９"])
def test_what_is_no_date_is_an_issue_and_never_a_guess(text: str) -> None:
    assert values.parse_date(text) == (None, DATE_ISSUE)


@pytest.mark.parametrize(
    ("text", "month"),
    [("202303", 202303), ("2023年3月", 202303), ("2023-03-15", 202303), ("202303.0", 202303), ("二〇二三年十二月", 202312), ("2023-1", 202301)],
)
def test_months(text: str, month: int) -> None:
    assert values.parse_month(text) == (month, None)


@pytest.mark.parametrize("text", ["202313", "2023", "三月", "1e10"])
def test_no_months(text: str) -> None:
    assert values.parse_month(text) == (None, DATE_ISSUE)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.50", 1234.5), ("１２３", 123.0), ("12元", 12.0), ("1.5万", 15000.0), ("3万元", 30000.0), ("(200)", -200.0), ("-7", -7.0),
     (".5", 0.5), ("1e3", 1000.0)],
)  # fmt: skip
def test_numbers(text: str, number: float) -> None:
    assert values.parse_number(text) == (number, None)


@pytest.mark.parametrize("text", ["约300", "1.2.3", "NaN", "inf", "12-13", "0x10", "一百"])
def test_no_numbers(text: str) -> None:
    assert values.parse_number(text) == (None, NUMBER_ISSUE)


@pytest.mark.parametrize(
    ("text", "number"),
    [("99010119900101001x", "99010119900101001X"), ("'990101199001010010", "990101199001010010"), ('="990101199001010010"', "990101199001010010"),
     ("９９０１０１１９９００１０１００１０", "990101199001010010"), ("9901011990 0101 0010", "990101199001010010"),
     ("99010119900101001*", "99010119900101001X"), ("990101**********01", "990101**********01")],
)  # fmt: skip
def test_identity_numbers(text: str, number: str) -> None:
    assert values.parse_identity(text) == (number, None)


CODES = CodeList("CL", "test", ("健康", "残疾", "患有大病"), {"健康": "健康", "残疾": "残疾", "患有大病": "患有大病", "大病": "患有大病", "空": None})


def test_codes_sets_and_fixes() -> None:
    several = values.code_parser(Column(name="x", type="enum*", values={"良好": "健康"}), CODES)
    assert several("大病，残疾") == ("残疾、患有大病", None)  # canonical words in the order of the list, whatever the separator
    assert several("残疾/大病") == several("大病 残疾") == ("残疾、患有大病", None)
    assert several("良好") == ("健康", None)
    assert several("空") == (None, None)
    assert several("残疾、发烧") == ("残疾、发烧", CODE_ISSUE)  # what is not on the list stays and is reported
    one = values.code_parser(Column(name="x", type="enum"), None)
    assert one("监测对象（未消除）") == ("监测对象（未消除）", None)  # without a list the word is left alone


def test_invisible_characters() -> None:
    assert values.changed_by_folding("１２") and values.changed_by_folding("12\u200b") and values.changed_by_folding("1\u30002")
    assert not values.changed_by_folding(" 12 ") and not values.changed_by_folding("（未消除）")
    assert values.changed_by_tidying("张\u200b三") and not values.changed_by_tidying("（甲）１２")
    assert values.tidy("\u3000张\u200b三\t ") == "张三"


PARSERS = [
    values.parser(Column(name="x", type=kind), CODES if kind.startswith("enum") else None, is_key=False)
    for kind in ("str", "int", "dec", "bool", "enum", "enum*", "id", "tel", "date", "datetime", "date8", "ym", "ymcn", "year")
]


@given(st.text(max_size=40) | st.from_regex(r"[0-9０-９年月日./\-()（）万元%Xx*'\"= ]{0,24}", fullmatch=True))
def test_parsers_are_total(text: str) -> None:
    for parse in PARSERS:
        value, problem = parse(text)
        assert problem is None or isinstance(problem, str)
        assert value is None or value != ""
