"""The score against sums done by hand, and the laws it must keep."""

from __future__ import annotations

import random

import pytest
import yaml
from duizhang.closure import config as configuration
from duizhang.closure.scores import NO_SCORE, TOO_SMALL, Entry, grade, history, ranking, score
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

from tests.closure.closure_kit import counts, rule

RULES = {
    "AAA-001": rule("AAA-001", "错误", dimension="准确性"),
    "AAA-002": rule("AAA-002", "疑似", dimension="准确性"),
    "AAA-003": rule("AAA-003", "错误", dimension="一致性"),
    "AAA-004": rule("AAA-004", "错误", dimension="完整性"),
}


@pytest.fixture
def config(shared_settings: Settings) -> configuration.Config:
    return configuration.load(shared_settings)


def test_by_hand(config: configuration.Config) -> None:
    """准确性: w 1 with 5/50, w 0.3 with 4/20 (of 6 hits one exempted and one not so) → 100×(1−(0.1+0.06)/1.3);
    一致性: 2/8 → 75; 完整性 has no row: 不适用; the others have no rule. Weights .25 and .25 stand for the whole."""
    codes = {
        "AAA-001": counts(50, 5),
        "AAA-002": counts(20, 6, exempted=1, verified_not_so=1),
        "AAA-003": counts(8, 2),
        "AAA-004": counts(0, 0, na=9),
    }
    found = score(codes, RULES, overdue=7, relapsed=4, config=config.score)
    accuracy = 100 * (1 - 0.16 / 1.3)
    by_name = {d.name: d for d in found.dimensions}
    assert by_name["准确性"].score == pytest.approx(accuracy)
    assert by_name["一致性"].score == pytest.approx(75)
    assert [by_name[name].score for name in ("完整性", "规范性", "时效性", "唯一性")] == [None] * 4
    assert found.gross == pytest.approx((accuracy + 75) / 2)
    assert found.deduction == pytest.approx(7 * 0.1 + 4 * 0.2)
    assert found.total == pytest.approx((accuracy + 75) / 2 - 1.5)
    assert found.grade == "差"  # 81.35 would be 中; the deduction takes it below 80
    assert [(r.code, r.rate) for r in found.rules if r.code == "AAA-004"] == [("AAA-004", None)]
    # 一致性 2/8 costs 12.5 points, AAA-001 100·½·0.1/1.3, AAA-002 100·½·0.3·0.2/1.3
    assert [(r.code, round(r.points, 4)) for r in found.top(9)] == [("AAA-003", 12.5), ("AAA-001", 3.8462), ("AAA-002", 2.3077)]


def test_nothing_applicable_is_no_score(config: configuration.Config) -> None:
    found = score({"AAA-001": counts(0)}, RULES, 3, 0, config.score)
    assert (found.gross, found.total, found.grade) == (None, None, None)


def test_the_deduction_ends_at_the_cap_and_the_total_at_zero(config: configuration.Config) -> None:
    assert score({"AAA-001": counts(10)}, RULES, 5000, 5000, config.score).total == pytest.approx(90)
    assert score({"AAA-001": counts(10, 10)}, RULES, 5000, 0, config.score).total == 0


def test_bands_are_not_rounded_into(config: configuration.Config) -> None:
    words = {95.0: "优", 94.999: "良", 90: "良", 89.999: "中", 80: "中", 79.999: "差", 0: "差"}
    assert {total: grade(total, config.score) for total in words} == words


def test_the_points_of_an_indicator_are_what_mending_it_adds(config: configuration.Config) -> None:
    rng = random.Random(11)
    dimensions = list(config.score.dimensions)
    for _ in range(50):
        rules = {f"AAA-{n:03}": rule(f"AAA-{n:03}", rng.choice(("错误", "疑似")), dimension=rng.choice(dimensions)) for n in range(12)}
        codes = {code: counts(n, rng.randint(0, n)) for code in rules for n in [rng.choice((0, 1, 7, 90))]}
        before = score(codes, rules, 0, 0, config.score)
        for entry in before.rules:
            after = score(codes | {entry.code: counts(entry.n)}, rules, 0, 0, config.score)
            assert (after.gross or 0) - (before.gross or 0) == pytest.approx(entry.points)


def test_ranking_is_off_unless_configured(config: configuration.Config) -> None:
    assert ranking([Entry("990101", "甲县", 500, 91.0)], config.ranking) == ()


def test_small_samples_are_never_ranked_and_nobody_is_red_by_default(config: configuration.Config) -> None:
    entries = [
        Entry("990101", "甲县", 29, 99.0), Entry("990102", "乙县", 30, 91.0), Entry("990103", "丙县", 400, 95.0),
        Entry("990104", "丁县", 400, 95.0), Entry("990105", "戊县", 400, None), Entry("990106", "己县", 400, 80.0),
    ]  # fmt: skip
    on = config.ranking.model_copy(update={"enabled": True})
    found = ranking(entries, on)
    assert [(row.place, row.entry.name, row.note, row.board) for row in found] == [
        (1, "丙县", "", ""), (1, "丁县", "", ""), (3, "乙县", "", ""), (4, "己县", "", ""),
        (None, "甲县", TOO_SMALL, ""), (None, "戊县", NO_SCORE, ""),
    ]  # fmt: skip
    boards = ranking(entries, on.model_copy(update={"red": 1, "black": 1}))
    assert [row.board for row in boards] == ["红", "红", "", "黑", "", ""]


def test_history_is_the_county_s_own_in_order() -> None:
    manifests = [{"cycle": c, "score": {"total": t, "grade": "良"}} for c, t in (("2026-11", 92.0), ("2026-10", 90.0))]
    assert history(manifests) == (("2026-10", 90.0, "良"), ("2026-11", 92.0, "良"))


def test_the_home_s_file_goes_before_key_by_key(settings_of_a_home: Settings) -> None:
    home = settings_of_a_home.home / configuration.NAME
    home.write_text("system_totals: {990101: {2026-10: {户数: 3, 人数: 7, 监测户数: 1, 来源: 首页}}}", encoding="utf-8")
    found = configuration.load(settings_of_a_home)
    assert found.system_totals["990101"]["2026-10"].户数 == 3
    assert found.score.dimensions["准确性"] == 0.25


@pytest.mark.parametrize("broken", [{"dimensions": {"准确性": 0.9}}, {"bands": [{"from": 50, "word": "优"}]}, {"top": 0}, {"tpo": 3}])
def test_a_configuration_that_is_wrong_is_refused(settings_of_a_home: Settings, broken: dict[str, object]) -> None:
    project = yaml.safe_load((settings_of_a_home.parameters / configuration.NAME).read_text(encoding="utf-8"))
    text = yaml.safe_dump({"score": project["score"] | broken}, allow_unicode=True)
    (settings_of_a_home.home / configuration.NAME).write_text(text, encoding="utf-8")
    with pytest.raises(ContractProblem):
        configuration.load(settings_of_a_home)


@pytest.fixture
def settings_of_a_home(tmp_path: object) -> Settings:
    return Settings.load(str(tmp_path))
