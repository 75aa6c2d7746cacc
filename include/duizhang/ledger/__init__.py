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
    open_returns,
    open_sources,
    verify,
)
from duizhang.ledger.audit_tables import read_heads
from duizhang.ledger.clocks import Clock, clock, clocks
from duizhang.ledger.departments import department_items
from duizhang.ledger.issue import issue
from duizhang.ledger.measures import exemptions, last_cycle, measures
from duizhang.ledger.merge import MergeSummary, merge
from duizhang.ledger.migrate import checksums, migrate
from duizhang.ledger.notices import Notice, NoticeResult, external_code, note_from_above
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
    "Clock",
    "MergeSummary",
    "Notice",
    "NoticeResult",
    "answer",
    "answer_all",
    "checksums",
    "clock",
    "clocks",
    "closed_items",
    "content_digest",
    "department_items",
    "destroy_values",
    "destroyable",
    "destroyed",
    "event_counts",
    "exemptions",
    "external_code",
    "governance",
    "heads",
    "issue",
    "issued_counties",
    "last_cycle",
    "last_merged",
    "load_warehouse",
    "measures",
    "merge",
    "migrate",
    "note_from_above",
    "open_cycles",
    "open_items",
    "open_returns",
    "open_sources",
    "published",
    "read_heads",
    "roll_forward",
    "states",
    "verify",
]
