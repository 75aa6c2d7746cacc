"""What a remedy tells an officer to choose is in the drop-down of the list, and does what the remedy means."""

from __future__ import annotations

from duizhang.core.catalogue import load_catalogue
from duizhang.core.settings import Settings
from duizhang.ledger.answers import MEANING


def test_a_remedy_names_only_answers_that_the_list_has_and_that_can_close(shared_settings: Settings) -> None:
    """Where nothing is wrong: 不属实 closes what is 疑似 or was asked at the door, 情况说明 what may be exempted or is of the past."""
    wrong = []
    for rule in load_catalogue(shared_settings):
        for text in (rule.remedy, rule.notes):
            if "选“属实”" in text:
                wrong.append(f"{rule.code}: 属实 is no answer")
        if "选“不属实”" in rule.remedy and rule.severity != "疑似" and rule.closes != "field":
            wrong.append(f"{rule.code}: 不属实 closes nothing here")
        if "选“情况说明”" in rule.remedy and not rule.exemptible and rule.closes != "acknowledged":
            wrong.append(f"{rule.code}: 情况说明 closes nothing here")
        if "申请豁免" in rule.remedy and not rule.exemptible:
            wrong.append(f"{rule.code}: cannot be exempted")
    assert wrong == []
    assert {"不属实", "情况说明", "属实待整改"} <= set(MEANING)


def test_a_question_about_a_spell_shows_which_spell(shared_settings: Settings) -> None:
    """A person has several spells of work, a household may have been taken in twice: the month tells them apart on the list."""
    shown = {"work_spell": "开始时间", "monitoring": "识别监测时间"}
    assert [r.code for r in load_catalogue(shared_settings) if r.subject in shown and shown[r.subject] not in r.evidence] == []
