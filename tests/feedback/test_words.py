"""Words to indicators: ours by code, number, title or word; what is not certain is never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from duizhang.core.catalogue import by_code
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.feedback.indicators import UNNAMED, Indicators
from duizhang.feedback.model import Line
from duizhang.feedback.parameters import Word, load


@pytest.fixture(scope="module")
def indicators(shared_settings: Settings) -> Indicators:
    return Indicators(by_code(shared_settings), load(shared_settings), {"青石县", "松岭镇"})


def asked(indicators: Indicators, around: tuple[str, ...] = (), **roles: str) -> list[tuple[str | None, str]]:
    line = Line(1, "表", 5, (), roles, (), around)
    return [(question.code, question.title) for question in indicators.questions(line)]


def test_every_title_and_question_of_the_catalogue_means_its_own_entry(indicators: Indicators, shared_settings: Settings) -> None:
    wrong = [
        (code, text)
        for code, rule in by_code(shared_settings).items()
        for text in (rule.title, f" {rule.title.replace('，', ',')}。", f"3. {rule.title}", f"{code} {rule.title}", code.lower().replace("-", ""))
        if [c for c, _ in asked(indicators, problem=text)] != [code]
    ]
    assert wrong == []


def test_every_title_of_the_mapping_file_means_its_entry(indicators: Indicators, shared_settings: Settings) -> None:
    wrong = [
        (code, title)
        for code, titles in load(shared_settings).titles.items()
        for title in titles
        if [c for c, _ in asked(indicators, problem=title)] != [code]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("said", "code"),
    [("死亡人员未及时核减", "GAX-001"), ("人员死亡仍在册", "GAX-001"), ("身份证号码重复", "PID-010"), ("整户无劳动能力户消除风险", "MON-029"),
     ("系统无低保标识", None), ("家庭情况异常", None)],
)  # fmt: skip
def test_other_words(indicators: Indicators, said: str, code: str | None) -> None:
    assert [c for c, _ in asked(indicators, problem=said)] == [code]


def test_numbers_of_the_senders_rules(indicators: Indicators, shared_settings: Settings) -> None:
    assert asked(indicators, rule="1_01_003", problem="编号 3") == [("PID-003", "编号 3")]
    assert asked(indicators, problem="2_11_001")[0][0] == "MON-009"
    code, rule = next(iter(by_code(shared_settings).items()))
    ours = Indicators({code: rule.model_copy(update={"external": ("XJ-77",)})}, load_without(shared_settings), ())
    assert asked(ours, rule="xj-77")[0][0] == code


def load_without(settings: Settings) -> Any:
    """The parameters without words and titles (they name the whole catalogue)."""
    return load(settings).model_copy(update={"words": (), "titles": {}})


def test_several_candidates_are_said_and_not_guessed(indicators: Indicators) -> None:
    line = Line(1, "表", 5, (), {"problem": "死亡人员未核减且身份证号码重复"}, (), ())
    (question,) = indicators.questions(line)
    assert question.code is None and "GAX-001、PID-010" in question.how
    line = Line(1, "表", 5, (), {"problem": "死亡人员未核减且身份证号码重复", "detail": "身份证号码重复"}, (), ())
    assert [question.code for question in indicators.questions(line)] == ["PID-010"]


def test_a_cell_with_several_problems(indicators: Indicators) -> None:
    assert asked(indicators, problem="1.是否危房户为空；2、劳动技能为空\n家里养了狗") == [
        ("HSW-001", "是否危房户为空"), ("MEM-003", "劳动技能为空"), (None, "家里养了狗"),
    ]  # fmt: skip


def test_sheet_titles_and_file_name_speak_only_where_no_column_does(indicators: Indicators) -> None:
    around = ("Sheet1", "青石县2026年第四季度国家反馈疑似问题清单（共3户）", "附件2：是否危房户为空（3户）", "省反馈.xlsx")
    assert asked(indicators, around)[0][0] == "HSW-001"
    assert asked(indicators, around, problem="家里养了狗") == [(None, "家里养了狗")]
    assert asked(indicators, ("Sheet1", "青石县疑似问题数据清单", "国家反馈.xlsx")) == [(None, UNNAMED)]
    assert asked(indicators, ("宅基地闲置", "名单.xlsx")) == [(None, "宅基地闲置")]


def test_a_code_that_is_not_in_the_catalogue_is_our_mistake(shared_settings: Settings) -> None:
    parameters = load(shared_settings).model_copy(update={"words": (Word(find="甲", code="QQQ-001"),)})
    with pytest.raises(ContractProblem, match="QQQ-001"):
        Indicators(by_code(shared_settings), parameters, ())
