"""Match: which row of which book is which person or household of the national book, and why."""

from duizhang.match.stage import MatchReport, match

__all__ = ["MatchReport", "match"]
