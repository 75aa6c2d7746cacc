"""Subjects as a merge has them in hand, and what their resolution found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Subject:
    """A row of ledger.subject with the hash of its present number."""

    subject_id: str
    kind: str
    county: str
    last_seen: date
    parent_id: str | None
    natural: str


@dataclass
class Plan:
    """What the resolution of a county's subjects found: to be written, and told in events."""

    of_finding: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, key) → subject id
    renumbered: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)  # subject id → the county it leaves
    created: dict[str, Subject] = field(default_factory=dict)
