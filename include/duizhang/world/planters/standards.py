"""Planters of TPB-006, 007, 008 and 014: children who live apart, hard times; and TPB-029, help after the marking."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.holdings import child_apart, spouse_of
from duizhang.world.planters.marking import MARKING, dear_car, farmers, firm, unlisted
from duizhang.world.planters.study import MARKED
from duizhang.world.sectors.assets import (
    BUSINESSES,
    ESTATES,
    PAID,
    SHOP,
    VEHICLES,
    business_row,
    estate_row,
    paid_row,
    vehicle_row,
)
from duizhang.world.sectors.claims import CLAIMS, claim_row
from duizhang.world.sectors.holdings import MANAGERS, SALES, TAX, manager_row, sale_row, tax_row
from duizhang.world.sectors.process import PROCEDURES, procedure_row
from duizhang.world.sectors.pushes import ACCIDENTS, DISASTERS, accident_row, disaster_row
from duizhang.world.sectors.support import LEDGER, ledger_row


@plants("TPB-006", "single")
def _son_apart_is_a_teacher(s: Site) -> list[Raise]:
    unlisted(s)
    s.rows(PAID).append(paid_row(child_apart(s)))
    return s.house("CCX-009", "TPB-006", "TPB-023")


@plants("TPB-006", "pair")
def _wife_is_a_manager_of_the_state(s: Site) -> list[Raise]:
    unlisted(s)
    s.second.books[MANAGERS] = [manager_row(s.second)]
    return s.house("CCX-010", "TPB-006", "TPB-023")


@nears("TPB-006", "single")
def _son_apart_is_temporary_staff(s: Site) -> list[Raise]:
    s.rows(PAID).append(paid_row(child_apart(s), "编外聘用"))
    return s.house("CCX-009", "TPB-006", "TPB-023")


@plants("TPB-004", "single")
def _flat_signed_for(s: Site) -> list[Raise]:
    unlisted(s)
    s.head.books[SALES] = [sale_row(s.head, "2025-03-18")]
    return s.house("CCX-013", "TPB-004", "TPB-023")


@plants("TPB-007", "single")
def _son_apart_has_a_company(s: Site) -> list[Raise]:
    unlisted(s)
    s.rows(BUSINESSES).append(business_row(child_apart(s), 从业人数=2, 注册资本=50))
    return s.house("TPB-007", "TPB-023")


@plants("TPB-007", "pair")
def _daughter_in_law_earns_well(s: Site) -> list[Raise]:
    unlisted(s)
    wife = spouse_of(s, child_apart(s))
    s.rows(BUSINESSES).append(business_row(wife, 从业人数=5, 注册资本=10))
    s.rows(TAX).append(tax_row(wife, None, business=farmers(s) * 3))
    return s.house("TPB-007", "TPB-023")


@nears("TPB-007", "single")
def _son_apart_works_alone(s: Site) -> list[Raise]:
    s.rows(BUSINESSES).append(business_row(child_apart(s), 从业人数=1, 注册资本=500))
    return s.house("TPB-007", "TPB-008", "TPB-023")


@nears("TPB-007", "single")
def _son_apart_earns_a_little_less(s: Site) -> list[Raise]:
    child = child_apart(s)
    s.rows(BUSINESSES).append(business_row(child, 从业人数=5, 注册资本=49))
    s.rows(TAX).append(tax_row(child, None, business=farmers(s) * 3 - 1))
    return s.house("TPB-007", "TPB-023")


@nears("TPB-007", "single")
def _son_apart_has_a_shop(s: Site) -> list[Raise]:
    s.rows(BUSINESSES).append(business_row(child_apart(s), SHOP, "经营者", 从业人数=5, 注册资本=80))
    return s.house("TPB-007", "TPB-023")


@plants("TPB-008", "single")
def _two_sons_apart_and_a_flat(s: Site) -> list[Raise]:
    unlisted(s)
    child_apart(s)
    s.rows(ESTATES).append(estate_row(child_apart(s, 22)))
    return s.house("TPB-008")


@plants("TPB-008", "single")
def _two_sons_apart_and_a_car(s: Site) -> list[Raise]:
    unlisted(s)
    child_apart(s)
    s.rows(VEHICLES).append(vehicle_row(child_apart(s, 22)))
    return s.house("TPB-008")


@nears("TPB-008", "single")
def _one_son_apart_and_a_car(s: Site) -> list[Raise]:
    s.rows(VEHICLES).append(vehicle_row(child_apart(s)))
    return s.house("TPB-008", "TPB-023")


@nears("TPB-008", "single")
def _two_sons_apart_and_nothing(s: Site) -> list[Raise]:
    child_apart(s)
    child_apart(s, 22)
    return s.house("TPB-008", "TPB-023")


@plants("TPB-014", "single")
def _company_and_flood(s: Site) -> list[Raise]:
    firm(s)
    s.head.books[DISASTERS] = [disaster_row(s.head, "2026-06-12")]
    return s.house("CCX-006", "TPB-005", "TPB-014")


@plants("TPB-014", "single")
def _dear_car_and_accident(s: Site) -> list[Raise]:
    unlisted(s)
    dear_car(s, s.head)
    s.head.books[ACCIDENTS] = [accident_row(s.head, s.h.key, (s.month.as_of - timedelta(days=365)).isoformat())]
    return s.house("CCX-001", "CCX-002", "TPB-003", "TPB-014")


@plants("TPB-023", "single")
def _company_and_old_accident(s: Site) -> list[Raise]:
    firm(s)
    s.head.books[ACCIDENTS] = [accident_row(s.head, s.h.key, (s.month.as_of - timedelta(days=366)).isoformat())]
    return s.house("CCX-006", "TPB-005", "TPB-023")


@plants("TPB-014", "gone")
def _company_and_claim(s: Site) -> list[Raise]:
    """Paid by the insurance, as a rule long after the risk was over."""
    firm(s)
    row = claim_row(s.head, "2026-05-21")
    s.head.books[CLAIMS] = [row]
    paid = [("XFX-005", "payout", f"{s.h.village.county}|{row['案件号']}")] if int(s.nat["消除监测时间"] or 0) < 202605 else []
    return s.house("CCX-006", "TPB-005", "TPB-014") + paid


def _helped(s: Site, start: int) -> None:
    """Marked in December 2025; a measure that began in the month `start`, in the wide table and in the ledger."""
    unlisted(s)
    s.nat.update({"享受政策标识": MARKED, "其他帮扶": "其他"})
    s.rows(PROCEDURES).append(procedure_row(s.h, MARKING, 202512))
    s.rows(LEDGER).append(ledger_row(s.h, "其他帮扶", "其他", start))


@plants("TPB-029", "single")
def _helped_a_month_after_marking(s: Site) -> list[Raise]:
    _helped(s, 202601)
    return s.house("TPB-029")


@plants("TPB-029", "pair")
def _helped_last_month(s: Site) -> list[Raise]:
    _helped(s, 202609)
    return s.house("TPB-029")


@nears("TPB-029", "single")
def _helped_in_the_month_of_marking(s: Site) -> list[Raise]:
    _helped(s, 202512)
    return s.house("TPB-029")
