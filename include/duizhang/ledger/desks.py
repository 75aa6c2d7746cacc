"""Whom 部门数据有误 can be passed on to: the departments whose books are in the evidence. Where there are none, nobody owes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duizhang.contracts.load import Book, load_book
from duizhang.core.settings import Settings


def feeds_shown(book: Book, subject_kind: str, body: Mapping[str, Any]) -> set[str]:
    """The departments' feeds that a finding's `body` names in its evidence, and of a delivery its own; none: nobody to ask."""
    shown = {str(entry.get("账")) for entry in body.get("evidence") or ()}
    feeds = {book.of_departments[name].feed for name in shown if name in book.of_departments}
    if subject_kind == "delivery":
        feeds |= {str(body.get("subject_key") or "").partition("|")[0]} & set(book.by_feed)
    return feeds


def with_desk(cursor: Any, settings: Settings, county: str, items: Sequence[str]) -> set[str]:
    """Those of `items` in whose evidence, as last seen, a department's book is: somebody to whom 部门数据有误 can be passed on."""
    if not items:
        return set()
    book = load_book(settings)
    cursor.execute(
        "SELECT i.item_id, i.subject_kind, v.body FROM ledger.item i JOIN ledger.value v USING (county, value_hash) "
        "WHERE i.county = %s AND i.item_id = ANY(%s)",
        (county, list(items)),
    )
    return {item_id for item_id, kind, body in cursor.fetchall() if feeds_shown(book, kind, body or {})}
