"""Planters of XFX-005…007 and PRC-010…012: who was paid by the insurance, and whose property was looked up."""

from __future__ import annotations

from duizhang.world.model import Row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import OF_RECORD
from duizhang.world.sectors.claims import CLAIMS, SEARCHES, claim_row, look_up, search_row

TAKE_IN = "建议按程序纳入监测管理"


def _paid(s: Site, row: Row, *codes: str) -> list[Raise]:
    """Raises on a payment."""
    return [(code, "payout", f"{s.h.village.county}|{row['案件号']}") for code in codes]


def _pay(s: Site, ym: int, amount: int = 2_000, fee: int | None = 0) -> Row:
    """Pays the head on the 21st of the month."""
    row = claim_row(s.head, f"{ym // 100}-{ym % 100:02d}-21", amount, fee)
    s.head.books.setdefault(CLAIMS, []).append(row)
    return row


@plants("XFX-005", "single_general")
def _paid_to_anybody(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, 202605), "XFX-005")


@plants("XFX-005", "single_general")
def _paid_to_somebody_unknown(s: Site) -> list[Raise]:
    row = claim_row(s.stranger(58), "2026-03-30", 6_000, None)
    s.rows(CLAIMS).append(row)
    return _paid(s, row, "XFX-005")


@plants("XFX-005", "gone_edge")
def _paid_when_the_risk_was_over(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, later(int(s.nat["消除监测时间"] or 0), 1)), "XFX-005")


@plants("XFX-005", "open_edge")
def _paid_before_taken_in(s: Site) -> list[Raise]:
    """The income at the time then knows of it."""
    s.nat["识别时理赔收入"] = 2_000
    return _paid(s, _pay(s, later(int(s.nat["识别监测时间"] or 0), -1)), "XFX-005")


@nears("XFX-005", "open_edge")
def _paid_in_the_month_taken_in(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, int(s.nat["识别监测时间"] or 0)), "XFX-005") + s.record("XFX-006")


@nears("XFX-005", "gone_edge")
def _paid_in_the_month_it_was_over(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, int(s.nat["消除监测时间"] or 0)), "XFX-005") + s.record("XFX-006")


OF_RECORD.plants("XFX-006", "open_edge", "income from no payment", {"识别时理赔收入": 101})


@plants("XFX-006", "gone_edge")
def _payment_in_no_income(s: Site) -> list[Raise]:
    _pay(s, later(int(s.nat["消除监测时间"] or 0), -1))
    return s.record("XFX-006")


@plants("XFX-006", "gone_edge")
def _payment_and_another_income(s: Site) -> list[Raise]:
    _pay(s, later(int(s.nat["消除监测时间"] or 0), -1), 1_899)
    s.nat["风险消除后理赔收入"] = 2_000
    return s.record("XFX-006")


@nears("XFX-006", "gone_edge")
def _payment_as_income(s: Site) -> list[Raise]:
    _pay(s, later(int(s.nat["消除监测时间"] or 0), -12), 1_900)
    s.nat["风险消除后理赔收入"] = 2_000
    return s.record("XFX-006")


OF_RECORD.nears("XFX-006", "open_edge", "income of a hundred", {"识别时理赔收入": 100})


@plants("XFX-007", "open_edge")
def _fee(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, int(s.nat["识别监测时间"] or 0), fee=30), "XFX-007")


@plants("XFX-007", "open_able")
def _small_fee(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, int(s.nat["识别监测时间"] or 0), fee=1), "XFX-007")


@nears("XFX-007", "open_able")
def _no_fee(s: Site) -> list[Raise]:
    return _paid(s, _pay(s, int(s.nat["识别监测时间"] or 0), fee=0), "XFX-007")


def _take_in(s: Site) -> None:
    """The visit proposed to take the household in, not yet fifteen days ago."""
    s.visit.update({
        "是否有风险隐患": "是", "风险隐患类型": "因病", "家庭年纯收入": s.nat["纯收入（元）"], "核查结论": TAKE_IN,
        "核查日期": s.month.as_of.day - 10,
    })  # fmt: skip


@plants("PRC-010", "pair")
def _nobody_looked_up(s: Site) -> list[Raise]:
    _take_in(s)
    return s.house("PRC-010")


@plants("PRC-010", "pair")
def _one_not_looked_up(s: Site) -> list[Raise]:
    _take_in(s)
    s.head.books[SEARCHES] = [search_row(s.h, s.head)]
    return s.house("PRC-010")


@nears("PRC-010", "pair")
def _all_looked_up(s: Site) -> list[Raise]:
    _take_in(s)
    look_up(s.h)
    return s.house("PRC-010", "SUR-018") + s.person(s.second, "PRC-011")


@nears("PRC-010", "pair")
def _exempt(s: Site) -> list[Raise]:
    _take_in(s)
    s.head.books[SEARCHES] = [search_row(s.h, s.head, 是否免检="风险明确免检", 反馈日期=None)]
    return s.house("PRC-010") + s.person(s.head, "PRC-011")


@nears("PRC-010", "dibao")
def _supported_and_not_looked_up(s: Site) -> list[Raise]:
    _take_in(s)
    return s.house("PRC-010")


@plants("PRC-011", "pair")
def _answered_after_six_days(s: Site) -> list[Raise]:
    look_up(s.h)
    s.second.books[SEARCHES][0]["反馈日期"] = "2026-10-08"
    return s.person(s.second, "PRC-011")


@plants("PRC-011", "single")
def _never_answered(s: Site) -> list[Raise]:
    s.head.books[SEARCHES] = [search_row(s.h, s.head, 反馈日期=None, 车辆数=None, 房产套数=None, 经营主体数=None, 财政供养标识=None)]
    return s.person(s.head, "PRC-011")


@nears("PRC-011", "single")
def _answered_late_in_an_older_round(s: Site) -> list[Raise]:
    older = search_row(s.h, s.head, 检索批次="2025-04", 提交日期="2025-04-02", 反馈日期="2025-05-20")
    s.head.books[SEARCHES] = [older, search_row(s.h, s.head)]
    return s.person(s.head, "PRC-011")


@plants("PRC-012", "single")
def _car_found_and_nothing_said(s: Site) -> list[Raise]:
    s.head.books[SEARCHES] = [search_row(s.h, s.head, 车辆数=1)]
    return s.house("PRC-012")


@plants("PRC-012", "pair")
def _paid_from_the_budget_and_nothing_said(s: Site) -> list[Raise]:
    look_up(s.h)
    s.second.books[SEARCHES][0].update({"财政供养标识": "是", "房产套数": None})
    return s.house("PRC-012")


@nears("PRC-012", "single")
def _flat_found_and_to_be_looked_into(s: Site) -> list[Raise]:
    s.head.books[SEARCHES] = [search_row(s.h, s.head, 房产套数=1, 乡镇核实意见="待核")]
    return s.house("PRC-012")


@nears("PRC-012", "single")
def _nothing_found(s: Site) -> list[Raise]:
    s.head.books[SEARCHES] = [search_row(s.h, s.head, 存款合计=60_000)]
    return s.house("PRC-012")
