"""Limits on the rows of a delivery (`volume:` of its contract): too few, too many, or too many more or fewer than last time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.snapshot.deliveries import Delivery, base_name

# 推: among a handful of rows any change is a large share; so many rows must have come or gone before it is told.
LEAST_ROWS = 20


def file_flags(contract: Contract, files: Iterable[Delivery]) -> list[dict[str, Any]]:
    """Files with more rows than `max` or fewer than `min`: {feed, county '', file (its name), kind, rows, before, limit}."""
    found = []
    for delivery in sorted(files, key=lambda d: d.order):
        rows = int(delivery.norm["loaded"])
        base = {"feed": contract.feed, "county": "", "file": base_name(delivery), "rows": rows, "before": None}
        if rows > contract.volume.max:
            found.append({**base, "kind": "over", "limit": contract.volume.max})
        elif rows < contract.volume.min and not delivery.zero:
            found.append({**base, "kind": "under", "limit": contract.volume.min})
    return found


def change_flags(book: Book, delivered: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counties whose book of a feed grew or shrank by more than `change`, from the rows of deliveries.parquet."""
    found = []
    for row in delivered:
        contract, rows, before = book.by_feed[row["feed"]], row["本期行数"], row["上期行数"]
        if rows is None or before is None or abs(rows - before) <= max(contract.volume.change * before, LEAST_ROWS):
            continue
        found.append(
            {"feed": contract.feed, "county": row["county"], "file": row["文件名"], "rows": rows, "before": before,
             "kind": "change", "limit": contract.volume.change}
        )  # fmt: skip
    return found


def sentence(flag: dict[str, Any]) -> str:
    """The flag as a line of the cover."""
    if flag["kind"] == "over":
        return f"{flag['file']}：{flag['rows']} 行，超过该数据集的上限 {flag['limit']} 行，请核对"
    if flag["kind"] == "under":
        return f"{flag['file']}：{flag['rows']} 行，低于该数据集的下限 {flag['limit']} 行，不作依据，请补报"
    return f"{flag['file']}：{flag['rows']} 行，上次 {flag['before']} 行，增减超过 {flag['limit']:.0%}，请核对是否报全"
