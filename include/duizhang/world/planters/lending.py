"""Planters of LON: loans of the national system against the rules, and against the banks' book."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.model import Row
from duizhang.world.outsiders import death_row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.sectors.lending import BANK, LOANS, bank_row, borrow, loan_row
from duizhang.world.sectors.police import HELD, held_row


def _loan(s: Site, row: Row, *codes: str) -> list[Raise]:
    """Raises on a loan of the national system."""
    return [(code, "loan", f"{s.h.key}|{row['合同编号']}") for code in codes]


def _at_bank(s: Site, row: Row, *codes: str) -> list[Raise]:
    """Raises on a loan that only the bank has."""
    return [(code, "loan", f"{s.h.key}|银行|{row['贷款银行']}|{row['借据号']}") for code in codes]


def _on(ym: int) -> str:
    return f"{ym // 100}-{ym % 100:02d}-18"


def _sound(s: Site) -> list[Raise]:
    """The loan as it should have been."""
    borrow(s.h, s.head)
    return []


@plants("LON-001", "pair", after=_sound)
def _two_loans_too_many(s: Site) -> list[Raise]:
    borrow(s.h, s.head)
    borrow(s.h, s.second, "2026-05-20", 贷款金额=20_001)
    return s.house("LON-001", "LON-009")


@plants("LON-001", "single", after=_sound)
def _large_loan_without_balance(s: Site) -> list[Raise]:
    borrow(s.h, s.head, 贷款金额=60_000, 贷款余额=None)
    return s.house("LON-001")


@nears("LON-001", "single")
def _just_fifty_thousand(s: Site) -> list[Raise]:
    borrow(s.h, s.head, 贷款金额=50_000)
    return s.house("LON-001", "LON-009")


@nears("LON-001", "single")
def _more_was_granted(s: Site) -> list[Raise]:
    borrow(s.h, s.head, 贷款金额=100_000, 贷款余额=100_000, 是否展期续贷="追加贷款")
    return s.house("LON-001")


@nears("LON-001", "pair")
def _paid_back_before(s: Site) -> list[Raise]:
    borrow(s.h, s.head, "2022-03-12", 贷款金额=50_000, 贷款余额=0, 还款日期="2024-03-10")
    borrow(s.h, s.head)
    return s.house("LON-001", "LON-009")


@plants("LON-002", "single")
def _longer_than_three_years(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, "2024-05-12", 到期日期="2027-06-11")[0], "LON-002")


@nears("LON-002", "single")
def _three_years(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, "2024-05-12", 到期日期="2027-05-31")[0], "LON-002")


@nears("LON-002", "single")
def _longer_by_extension(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, "2024-05-12", 到期日期="2028-05-11", 是否展期续贷="展期")[0], "LON-002")


@plants("LON-003", "elder")
def _lent_at_sixty_six(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, s.head.born.replace(year=2026).isoformat())[0], "LON-003")


@plants("LON-003", "teen_home")
def _lent_at_seventeen(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.second, "2026-09-10")[0], "LON-003")


@nears("LON-003", "elder")
def _lent_on_the_eve_of_sixty_six(s: Site) -> list[Raise]:
    day = s.head.born.replace(year=2026) - timedelta(days=1)
    return _loan(s, borrow(s.h, s.head, day.isoformat())[0], "LON-003")


@plants("LON-004", "single_general")
def _lent_to_anybody(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head)[0], "LON-004")


@plants("LON-004", "gone_edge")
def _lent_when_the_risk_was_over(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, _on(later(int(s.nat["消除监测时间"] or 0), 1)))[0], "LON-004")


@nears("LON-004", "gone_edge")
def _lent_in_the_month_it_was_over(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, _on(int(s.nat["消除监测时间"] or 0)))[0], "LON-004", "LON-002")


@nears("LON-004", "open_edge")
def _lent_in_the_month_it_was_taken_in(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, _on(int(s.nat["识别监测时间"] or 0)))[0], "LON-004")


@plants("LON-005", "single", after=_sound)
def _bank_lent_less(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid["贷款金额"] = 28_000
    return _loan(s, loan, "LON-005")


@plants("LON-005", "single", after=_sound)
def _bank_has_less_left(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid["贷款余额"] = 19_998
    return _loan(s, loan, "LON-005")


@plants("LON-005", "single", after=_sound)
def _bank_wants_it_earlier(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid["到期日期"] = "2028-03-10"
    return _loan(s, loan, "LON-005")


@nears("LON-005", "single")
def _bank_rounds(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head, 贷款余额=20_000.4)
    paid.update({"贷款余额": 20_001.2, "贷款金额": 30_001})
    return _loan(s, loan, "LON-005", "LON-006")


@plants("LON-006", "single", after=_sound)
def _no_bank_knows(s: Site) -> list[Raise]:
    loan, _ = borrow(s.h, s.head)
    s.head.books[BANK].clear()
    return _loan(s, loan, "LON-006")


@plants("LON-006", "pair")
def _only_the_bank_knows(s: Site) -> list[Raise]:
    _, paid = borrow(s.h, s.second)
    s.second.books[LOANS].clear()
    return _at_bank(s, paid, "LON-006")


@plants("LON-006", "single")
def _thirty_two_days_apart(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid["发放日期"] = (date.fromisoformat(str(loan["放款日期"])) + timedelta(days=32)).isoformat()
    return _loan(s, loan, "LON-006") + _at_bank(s, paid, "LON-006")


@nears("LON-006", "single")
def _thirty_one_days_apart(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid["发放日期"] = (date.fromisoformat(str(loan["放款日期"])) + timedelta(days=31)).isoformat()
    return _loan(s, loan, "LON-006", "LON-005") + _at_bank(s, paid, "LON-006")


@nears("LON-006", "pair")
def _two_alike(s: Site) -> list[Raise]:
    """Two loans of one day and amount, paid back: each has its own fellow at the bank."""
    pairs = [borrow(s.h, s.head, "2023-04-11", 贷款余额=0, 还款日期="2025-04-01") for _ in range(2)]
    return [raised for loan, paid in pairs for raised in _loan(s, loan, "LON-005", "LON-006") + _at_bank(s, paid, "LON-006")]


@plants("LON-007", "single", after=_sound)
def _overdue_at_the_bank(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head)
    paid.update({"逾期天数": 1, "逾期金额": 800})
    return _loan(s, loan, "LON-007")


@plants("LON-007", "single", after=_sound)
def _overdue_and_nothing_said(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head, 是否逾期=None)
    paid.update({"逾期天数": 33, "逾期金额": 2_400})
    return _loan(s, loan, "LON-007")


@nears("LON-007", "single")
def _overdue_in_both(s: Site) -> list[Raise]:
    loan, paid = borrow(s.h, s.head, 是否逾期="是", 逾期金额=800)
    paid.update({"逾期天数": 12, "逾期金额": 800})
    return _loan(s, loan, "LON-007")


@plants("LON-008", "single", after=_sound)
def _lent_for_a_house(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, 贷款用途="自建房")[0], "LON-008")


@plants("LON-008", "pair")
def _lent_for_debts(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.second, 贷款用途="还债")[0], "LON-008")


@nears("LON-008", "single")
def _lent_for_a_barn(s: Site) -> list[Raise]:
    return _loan(s, borrow(s.h, s.head, 贷款用途="建大棚、购买农机")[0], "LON-008")


@plants("LON-009", "pair")
def _two_at_once(s: Site) -> list[Raise]:
    borrow(s.h, s.head, 贷款金额=20_000, 贷款余额=20_000)
    borrow(s.h, s.second, "2026-06-03", 贷款金额=20_000, 贷款余额=1)
    return s.house("LON-009")


@nears("LON-009", "pair")
def _one_after_the_other(s: Site) -> list[Raise]:
    borrow(s.h, s.head, "2023-02-14", 贷款余额=0, 还款日期="2025-02-10")
    borrow(s.h, s.second)
    return s.house("LON-009", "LON-001")


@plants("LON-010", "pair")
def _borrower_held(s: Site) -> list[Raise]:
    s.second.books[HELD] = [held_row(s.second, "羁押", "2026-08-02")]
    return _loan(s, borrow(s.h, s.second)[0], "LON-010")


@plants("LON-010", "single", mendable=False)
def _borrower_dead_and_no_member_any_more(s: Site) -> list[Raise]:
    gone = s.stranger(47)
    s.h.extra_dead.append(death_row(gone, "2026-07-22"))
    loan = loan_row(s.h.key, gone.number, gone.name, "2025-11-05")
    rows = s.rows(LOANS)
    rows.append(loan)
    s.rows(BANK).append(bank_row(loan))
    return _loan(s, loan, "LON-010")


@nears("LON-010", "pair")
def _borrower_released(s: Site) -> list[Raise]:
    s.second.books[HELD] = [held_row(s.second, "羁押", "2026-03-02", "2026-06-30")]
    return _loan(s, borrow(s.h, s.second)[0], "LON-010")


@nears("LON-010", "pair")
def _borrower_held_and_paid_back(s: Site) -> list[Raise]:
    rows_of(s.second, HELD)[:] = [held_row(s.second, "羁押", "2026-08-02")]
    return _loan(s, borrow(s.h, s.second, "2024-01-15", 贷款余额=0, 还款日期="2026-01-10")[0], "LON-010")
