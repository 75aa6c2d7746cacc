"""Snapshot: which rows stand as of a date, and what they cover."""

from duizhang.snapshot.stage import Snapshot, snapshot

__all__ = ["Snapshot", "snapshot"]
