"""数据质量评分: one sheet for the officer, one with all numbers and the formulas in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duizhang.closure.config import Config
from duizhang.closure.scores import RuleScore, Score
from duizhang.officer.page import BAD, BAND, HEAD, Cell, Page, percent, workbook

SHEET, NUMBERS = "评分", "口径与全部数字"
_WIDTHS = (13, 13, 11, 11, 11, 11, 11, 13)
NO_RELATION = "本评分是县级自查用的推定口径，与国家、省的评分没有换算关系。"


@dataclass(frozen=True)
class ScoreReport:
    """All that the workbook says: the score, `measures` of the ledger, the county's own earlier scores."""

    county: str
    name: str
    cycle: str
    as_of: date
    score: Score
    measures: Mapping[str, Any]
    history: Sequence[tuple[str, float | None, str | None]]
    config: Config


def write_scores(report: ScoreReport, path: Path) -> None:
    """Write the workbook to `path`."""
    with workbook(path, f"数据质量评分 {report.name} {report.cycle}", report.as_of) as book:
        _officer(Page(book, SHEET, _WIDTHS), report)
        _all(Page(book, NUMBERS, (11, 30, 10, 8, 9, 9, 9, 9, 9, 10), landscape=True), report)


def points(value: float | None) -> Cell:
    """Points with two decimals; 不适用 where there are none."""
    return "不适用" if value is None else round(value, 2)


def rate_rows(measures: Mapping[str, Any]) -> list[list[Cell]]:
    """名称, 本期, 累计, 怎么算的 of every rate of outputs.md §4."""
    period, ever = measures["period"], measures["ever"]

    def both(rate: str, part: str, whole: str) -> list[Cell]:
        return [f"{percent(n[rate])}（{n[part]}/{n[whole]}）" if n[rate] is not None else "不适用" for n in (period, ever)]

    return [
        ["整改率（只认复跑）", *both("repair_rate", "admitted_proven", "admitted"), "复跑证实 ÷ 核查属实"],
        ["自报整改率", *both("claimed_rate", "claimed", "admitted"), "报“已整改” ÷ 核查属实"],
        ["自报与复跑之差", *(_gap(n["gap"]) for n in (period, ever)), "自报整改率 − 整改率"],
        ["及时率", *both("in_time_rate", "in_time", "owed"), "时限内整改（复跑证实的）÷ 应整改"],
        ["复发率", *both("relapse_rate", "relapsed", "ever_proven"), "证实后又出现 ÷ 曾证实"],
        ["疑似核实率", *both("doubt_rate", "doubts_verified", "doubts"), "有核查结果的疑似 ÷ 全部疑似"],
        ["综合问题率", _share(measures, "problem_rate", "problem_households", "households"), "", "有未豁免错误的农户 ÷ 全部农户（去重）"],
        ["人次问题率", percent(measures["hit_rate"]), "", "Σ 命中（扣豁免）÷ Σ 应查"],
    ]


def _gap(value: float | None) -> str:
    return "不适用" if value is None else f"{100 * value:+.1f} 个百分点"


def _share(measures: Mapping[str, Any], rate: str, part: str, whole: str) -> str:
    return "不适用" if measures[rate] is None else f"{percent(measures[rate])}（{measures[part]}/{measures[whole]}）"


def footnotes(report: ScoreReport) -> list[str]:
    """What outputs.md §4 wants under every score."""
    m, scoring = report.measures, report.config.score
    return [
        f"口径：{scoring.basis}。各维度没有应查对象的不适用，权重由其余维度分担，不当 0 分也不当满分。",
        f"运行号：{m['run_id']}；期次 {report.cycle}；数据截至（as_of）{report.as_of.isoformat()}；有效豁免 {m['exemptions']} 条，命中时不计。",
        NO_RELATION + (f"{'；'.join(report.config.not_scored)}。" if report.config.not_scored else ""),
    ]


def _officer(page: Page, report: ScoreReport) -> None:
    result = report.score
    page.wide(f"{report.name}  {report.cycle} 期数据质量评分", bold=True, font_size=18, align="center", border=0)
    page.wide(f"县代码 {report.county}    数据截至 {report.as_of.isoformat()}    内部资料", align="center", font_color="#52606D")
    total = "不适用" if result.total is None else f"{result.total:.2f} 分（{result.grade}）"
    page.wide(f"本期得分  {total}", bold=True, font_size=16, align="center", bg_color="#FFF9E5", border=1)
    if result.gross is not None:
        page.wide(
            f"各维度加权 {result.gross:.2f} 分，逾期 {result.overdue} 件、复发 {result.relapsed} 件扣 {result.deduction:.2f} 分"
            f"（每件 {report.config.score.overdue_each:g}、{report.config.score.relapse_each:g} 分，封顶 {report.config.score.deduction_cap:g} 分）",
            align="center",
        )
    page.heading("本县各期得分")
    _history(page, report)
    page.heading("改好哪些最能提分")
    page.table(
        (("指标", 1), ("问题", 3), ("类别", 1), ("命中（计入）", 1), ("应查", 1), ("全改好加分", 1)),
        [[r.code, r.title, r.severity, r.counted, r.n, points(r.points)] for r in result.top(report.config.score.top)],
        "没有扣分的指标。",
    )
    page.heading("各维度")
    page.table(
        (("维度", 1), ("权重", 1), ("适用指标", 1), ("应查项次", 2), ("命中（计入）", 2), ("得分", 1)),
        [[d.name, f"{d.weight:g}", d.rules, d.n, d.counted, points(d.score)] for d in result.dimensions],
    )
    page.heading("整改情况（自报与复跑分开看）")
    page.table((("指标", 2), ("本期清单", 2), ("历期累计", 2), ("怎么算的", 2)), rate_rows(report.measures))
    page.heading("说明")
    for note in footnotes(report):
        page.wide(note, font_size=9)


def _history(page: Page, report: ScoreReport) -> None:
    rows: list[list[Cell]] = []
    before: float | None = None
    for cycle, total, grade in report.history[-12:]:
        change = "—" if before is None or total is None else f"{total - before:+.2f}"
        rows.append([cycle, points(total), grade or "—", change])
        before = total
    page.table((("期次", 2), ("得分", 2), ("分级", 2), ("比上期", 2)), rows)


FORMULAS = (
    ("应查数 n", "适用本指标、且需要的值不空的对象数（农户、人员、村、部门期数）。n = 0 的记“不适用”，不当 0。"),
    ("命中数 h", "命中里扣去：已批准豁免的、已核实不属实的。"),
    ("维度得分", "100 ×（1 − Σ 权重 × h/n ÷ Σ 权重），只合计适用的指标。"),
    ("数据质量得分", "Σ 维度权重 × 维度得分（只合计适用的维度，除以它们的权重之和），再扣逾期、复发。"),
    ("本期清单", "列在本期清单上的问题；一条问题销号后又出现，算两次。累计是历期全部。"),
    ("核查属实", "最后一次回复是“已整改”或“属实待整改”的。没有回复、最新导出却已改好的另列，不计入整改率。"),
    ("整改率", "核查属实的里面，重新导出复跑证实已改的。填报“已整改”不算证实。"),
    ("应整改（及时率）", "已证实整改的，加上已过期限还没有证实的；期限内报已整改、还没有复跑的不计，等部门更正的不计，没有认定属实的疑似不计。"),
    ("时限内", "报“已整改”的日期（没有报的，看证实的日期）不晚于清单上的期限，并经复跑证实。"),
    ("疑似核实率", "有核查结果（含“无法核实”）或已销号的疑似 ÷ 全部疑似；口径调整撤销、转出的不计。"),
    ("逾期", "已过期限、没有回复或认了属实还没有报整改的，报部门数据有误却没有对应部门的也算；部门欠着更正的时间不计。"),
)


def _all(page: Page, report: ScoreReport) -> None:
    page.wide(f"{report.name} {report.cycle} 期：口径与全部数字", bold=True, font_size=14)
    page.heading("公式（文字）")
    page.table((("名称", 2), ("怎么算", 8)), FORMULAS)
    weights = "、".join(f"{word} w={weight:g}" for word, weight in report.config.score.weights.items())
    bands = "、".join(f"≥{band.from_:g} {band.word}" for band in report.config.score.bands)
    page.wide(f"权重（推定，可在 scores.yaml 改）：{weights}。分级线：{bands}。", font_size=9)
    page.heading("计数")
    period, ever = report.measures["period"], report.measures["ever"]
    page.table((("名称", 2), ("本期清单", 4), ("历期累计", 4)), [[words, period[name], ever[name]] for name, words in COUNTS])
    page.heading("按维度")
    names = ("rules", "n", "hits", "exempted", "open", "open_errors")
    page.table(
        (("维度", 2), ("指标", 1), ("应查", 1), ("命中", 1), ("豁免", 1), ("未销号", 2), ("其中错误", 2)),
        [[name, *(row[key] for key in names)] for name, row in report.measures["dimensions"].items()],
    )
    page.heading("按指标（全部）")
    header = ("指标", "问题", "维度", "类别", "应查 n", "命中", "扣除", "计入 h", "问题率", "扣分")
    page.row(header, [1] * 10, bold=True, font_color="#FFFFFF", bg_color=HEAD, align="center")
    for at, rule in enumerate(report.score.rules):
        look: dict[str, Any] = ({"bg_color": BAND} if at % 2 else {}) | ({"font_color": BAD} if rule.counted else {})
        page.row(_rule_row(rule), [1] * 10, **look)


def _rule_row(rule: RuleScore) -> list[Cell]:
    rate = "不适用" if rule.rate is None else f"{100 * rule.rate:.2f}%"
    return [rule.code, rule.title, rule.dimension, rule.severity, rule.n, rule.hits, rule.settled, rule.counted, rate, points(rule.points)]


COUNTS = (
    ("issued", "列在清单上"), ("answered", "有回复"), ("claimed", "报已整改"), ("claimed_proven", "其中：复跑证实"),
    ("claimed_returned", "其中：复跑仍命中（退回）"), ("claimed_waiting", "其中：等复跑"), ("admitted", "核查属实（已整改、属实待整改）"),
    ("admitted_proven", "其中：复跑证实"), ("proven", "复跑证实合计"), ("proven_unanswered", "其中：没有回复而已改好"),
    ("owed", "应整改（已有结论的）"), ("in_time", "时限内整改"), ("doubts", "疑似"), ("doubts_verified", "有核查结果的疑似"),
    ("doubts_unclear", "其中：报无法核实、仍挂账"), ("ever_proven", "曾证实"), ("relapsed", "复发"), ("verified_not_so", "核查不属实销号"),
    ("acknowledged", "情况说明销号"), ("exempted", "批准豁免"), ("withdrawn", "口径调整撤销"),
)  # fmt: skip
