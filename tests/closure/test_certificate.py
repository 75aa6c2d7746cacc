"""The five tests: each passes, fails and stays undecided for its own reason, and none passes on what was not looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from duizhang.closure.certificate import FAILED, PASSED, UNDECIDED, conclusion, judge
from duizhang.core.settings import Settings

from tests.closure.closure_kit import EVEN, PERIOD, RULES, closing, counts, facts, item

FIXED = {"answer": "fixed"}


def verdicts(settings: Settings, **more: Any) -> list[str]:
    config = more.pop("config", {})
    return [proof.verdict for proof in judge(facts(**more), closing(settings, **config))]


def test_a_county_where_all_is_done_has_closed(shared_settings: Settings) -> None:
    proofs = judge(facts(), closing(shared_settings))
    assert [proof.verdict for proof in proofs] == [PASSED] * 5
    assert conclusion(proofs).startswith("五项全部通过")
    assert all(not proof.missing and not proof.lacking for proof in proofs)


@pytest.mark.parametrize(
    ("number", "more", "told"),
    [
        (1, {"items": (item("AAA-001"),)}, "账账错误未清零 1 条"),
        (1, {"codes": {"AAA-001": counts(3, 2, exempted=1)}}, "账账错误未清零 1 条"),
        (1, {"items": (item("AAA-002", severity="疑似"),)}, "疑似未核查 1 条"),
        (2, {"codes": {"AAA-005": counts(3, 1)}}, "应入户未入户 1 个农户"),
        (2, {"items": (item("AAA-003", "answered", "fixed"),)}, "账实错误未清零 1 条"),
        (3, {"sums": replace(EVEN, towns=(replace(EVEN.towns[0], villages=(1, 2, 1)), EVEN.towns[1]))}, "村合计与乡镇数不等：甲镇"),
        (3, {"sums": replace(EVEN, county=(4, 9, 1), system=(4, 9, 1))}, "有 1 个农户归不到区划表里的村，1 个归不到乡镇"),
        (3, {"sums": replace(EVEN, system=(3, 8, 1))}, "与系统汇总数不等：系统 3 / 8 / 1，本表 3 / 7 / 1"),
        (3, {"sums": replace(EVEN, county=(3, 9, 1), system=(3, 9, 1), without_home=2)},
         "有 2 个成员归不到区划表里的村，2 个归不到乡镇（其中 2 人不在本表任何一户）"),
        (3, {"sums": replace(EVEN, quarantined=2)}, "国家系统导出文件有 2 行被隔离，没有计入"),
        (4, {"measures": {"overdue": 2}}, "超过整改时限 2 条"),
        (4, {"items": (item("AAA-002", notices=[{"source": "省", "ref": "1", "due_on": date(2026, 11, 19)}]),)}, "上级反馈超期未办 1 条"),
        (4, {"items": (item("AAA-004"),)}, "时效类错误未清零 1 条"),
        (5, {"items": (item("AAA-001", "returned", "fixed"),)}, "报已整改、最新导出仍命中 1 条"),
        (5, {"items": (item("AAA-001", "answered", "fixed", closes="acknowledged", last_hit=date(2026, 11, 20)),)}, "报已整改、最新导出仍命中 1 条"),
    ],
)
def test_what_fails_each(shared_settings: Settings, number: int, more: dict[str, Any], told: str) -> None:
    proof = judge(facts(**more), closing(shared_settings))[number - 1]
    assert proof.verdict == FAILED
    assert told in proof.missing


@pytest.mark.parametrize(
    ("number", "more", "config", "told"),
    [
        (1, {"na": {"AAA-001": "《公安户籍》未收到（全县）"}}, {}, "缺《公安户籍》未收到（全县），1 个指标不能判定"),
        (2, {"na": {"AAA-003": "《入户核查》未收到（甲镇）"}}, {}, "缺《入户核查》未收到（甲镇），1 个指标不能判定"),
        (2, {"codes": {"AAA-005": counts(0)}}, {}, "缺入户核查批次，入户覆盖率不能判定"),
        (2, {}, {"visited_by": "AAA-099"}, "缺入户核查批次，入户覆盖率不能判定"),
        (2, {"codes": {"AAA-005": counts(3, unknown=1)}}, {}, "1 个农户有没有入户不能判定"),
        (3, {"sums": replace(EVEN, system=None)}, {}, "缺《国家系统首页汇总数》，不能判定与系统汇总数是否相等"),
        (4, {"na": {"AAA-004": "缺少口径参数“甲”"}}, {}, "缺少口径参数“甲”，1 个指标不能判定"),
        (5, {"items": (item("AAA-001", "answered", "fixed"),)}, {}, "报已整改、还没有更新的导出复核 1 条，不能判定"),
        # seen again on the same old data of a department: nobody has looked after the claim
        (5, {"items": (item("AAA-001", "answered", "fixed", last_hit=date(2026, 11, 20)),)}, {}, "报已整改、还没有更新的导出复核 1 条，不能判定"),
        (5, {"measures": {"issued_as_of": date(2026, 11, 20)}}, {}, "缺《2026-10 期清单下发以后的国家系统导出》，不能判定"),
    ],
)
def test_what_leaves_each_undecided(shared_settings: Settings, number: int, more: dict[str, Any], config: dict[str, Any], told: str) -> None:
    proof = judge(facts(**more), closing(shared_settings, **config))[number - 1]
    assert proof.verdict == UNDECIDED
    assert told in proof.lacking


def test_rules_the_fourth_test_needs_and_nobody_ran_leave_it_undecided(shared_settings: Settings) -> None:
    found = facts()
    absent = replace(found, results={c: r for c, r in found.results.items() if c != "AAA-004"})
    proof = judge(absent, closing(shared_settings))[3]
    assert proof.verdict == UNDECIDED
    assert "缺《推送台账》规则结果，不能判定" in proof.lacking


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.severity == "错误"])
def test_no_test_passes_on_an_error_that_was_not_looked_at(shared_settings: Settings, code: str) -> None:
    at = {"账账": 0, "账实": 1, "时效": 3}[RULES[code].kind]
    assert verdicts(shared_settings, na={code: "《甲》未收到"})[at] == UNDECIDED


def test_what_is_open_but_cannot_be_judged_is_no_failure_and_no_pass(shared_settings: Settings) -> None:
    waiting = (item("AAA-001", na_since=date(2026, 11, 20)),)
    assert verdicts(shared_settings, items=waiting, na={"AAA-001": "《甲》未收到"})[0] == UNDECIDED


@pytest.mark.parametrize(("code", "at", "kind"), [("AAA-001", 0, "账账"), ("AAA-003", 1, "账实"), ("AAA-004", 3, "时效")])
def test_an_open_error_whose_value_was_emptied_is_not_cleared(shared_settings: Settings, code: str, at: int, kind: str) -> None:
    """The officer empties the cell: the verdict is unknown and the item waits, though the rule itself could be judged."""
    waiting = (item(code, na_since=date(2026, 11, 20)),)
    proof = judge(facts(items=waiting), closing(shared_settings))[at]
    assert (proof.verdict, proof.lacking) == (UNDECIDED, (f"{kind}错误有 1 条未销号，本期不能复核，不能判定",))
    proof = judge(facts(codes={code: counts(2, unknown=1)}), closing(shared_settings))[at]
    assert (proof.verdict, proof.lacking) == (UNDECIDED, (f"{kind}错误规则有 1 项次因空值不能判定",))


def test_a_town_without_the_national_book_leaves_all_five_undecided(shared_settings: Settings) -> None:
    """No row of it is na, for it has no rows."""
    proofs = judge(facts(uncovered=("乙乡",)), closing(shared_settings))
    assert [proof.verdict for proof in proofs] == [UNDECIDED] * 5
    assert all("缺乙乡的《国家系统》数据（1 个乡镇），不能判定" in proof.lacking for proof in proofs)


def test_exempted_and_explained_hits_are_settled(shared_settings: Settings) -> None:
    codes = {"AAA-001": counts(3, 3, exempted=1, acknowledged=1, verified_not_so=1)}
    assert verdicts(shared_settings, codes=codes)[0] == PASSED


def test_totals_of_the_system_may_be_left_out_by_configuration(shared_settings: Settings) -> None:
    without = replace(EVEN, system=None)
    assert verdicts(shared_settings, sums=without, config={"compare_totals": "when_given"})[2] == PASSED


def test_failing_outweighs_what_is_undecided(shared_settings: Settings) -> None:
    proofs = judge(facts(items=(item("AAA-001"),), na={"AAA-001": "《甲》未收到"}), closing(shared_settings))
    assert proofs[0].verdict == FAILED
    assert proofs[0].lacking
    assert conclusion(proofs).startswith("尚未闭合：1 项未通过")


def test_the_numbers_of_claims_are_those_of_the_list(shared_settings: Settings) -> None:
    proof = judge(facts(measures={"period": PERIOD | {"claimed": 5, "claimed_proven": 4}}), closing(shared_settings))[4]
    assert ("本期报已整改", "5 条") in proof.numbers
    assert ("复跑证实", "4 条") in proof.numbers
