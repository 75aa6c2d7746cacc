"""What a county says is a department's error: it waits on that department's list until the department's next delivery."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from duizhang.contracts.load import load_book
from duizhang.core.settings import Settings
from duizhang.ledger import db, report
from duizhang.ledger.desks import feeds_shown

_CAME = ("full", "short", "partial", "zero")


def department_items(settings: Settings, county: str) -> list[dict[str, Any]]:
    """The county's open items answered 部门数据有误, by number: as `open_items`, and `feeds` (the departments' feeds that
    its evidence names; of a delivery its own) and `deliveries`: how often the most delivered of them has come
    with newer data since the answer – delivered, and the item stands. Coverage is that which the warehouse was loaded with.
    """
    book = load_book(settings)
    with db.transaction(settings, read_only=True) as cursor:
        arrivals = _arrivals(cursor, county)
        found = report.items(cursor, settings, county, "i.county = %s AND ledger.is_open(i.state) AND i.answer = 'department_wrong'", (county,))
    for item in found:
        feeds = feeds_shown(book, item["subject_kind"], item["body"])
        item["feeds"] = sorted(feeds)
        item["deliveries"] = max(
            (sum(first > item["answered_on"] for first in arrivals[feed].values()) for feed in feeds), default=0
        )
    return found


def _arrivals(cursor: Any, county: str) -> dict[str, dict[date, date]]:
    """Feed → data date → the first date on which the county was reconciled with data of that date."""
    cursor.execute(
        "SELECT feed, data_date, min(as_of) FROM warehouse.coverage WHERE county = %s AND data_date IS NOT NULL AND status = ANY(%s) "
        "GROUP BY 1, 2",
        (county, list(_CAME)),
    )
    found: dict[str, dict[date, date]] = defaultdict(dict)
    for feed, data_date, first in cursor.fetchall():
        found[feed][data_date] = first
    return found
