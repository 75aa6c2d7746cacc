"""The ledger: every discrepancy is one item with one identity from the day it is found until it is proven gone.

Items, events and the warehouse stand in PostgreSQL (DDL in `sql/warehouse/`, numbered, forward only).
"""

from duizhang.ledger.answers import Answer, AnswerResult, answer, answer_all
from duizhang.ledger.audit import (
    AuditProblem,
    content_digest,
    destroy_values,
    destroyable,
    destroyed,
    heads,
    open_cycles,
    open_sources,
    verify,
)
from duizhang.ledger.issue import issue
from duizhang.ledger.merge import MergeSummary, merge
from duizhang.ledger.migrate import checksums, migrate
from duizhang.ledger.report import (
    closed_items,
    event_counts,
    governance,
    issued_counties,
    last_merged,
    open_items,
    published,
    roll_forward,
    states,
)
from duizhang.ledger.warehouse import load_warehouse

__all__ = [
    "Answer",
    "AnswerResult",
    "AuditProblem",
    "MergeSummary",
    "answer",
    "answer_all",
    "checksums",
    "closed_items",
    "content_digest",
    "destroy_values",
    "destroyable",
    "destroyed",
    "event_counts",
    "governance",
    "heads",
    "issue",
    "issued_counties",
    "last_merged",
    "load_warehouse",
    "merge",
    "migrate",
    "open_cycles",
    "open_items",
    "open_sources",
    "published",
    "roll_forward",
    "states",
    "verify",
]
