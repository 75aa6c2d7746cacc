"""Dates as callers write them, and the month whose list they belong to."""

from __future__ import annotations

from datetime import date

from duizhang.core.errors import ContractProblem


def as_day(text: str) -> str:
    """`text` as an ISO date. Raises ContractProblem where it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ContractProblem(f"{text!r} is not a date.", action="Write it as 2026-10-25.") from None


def cycle_of(as_of: str) -> str:
    """The monthly cycle a date belongs to: 2026-10."""
    return as_of[:7]
