"""Check: Great Expectations counts and judges; our own SQL over the same predicates lists every hit with its evidence."""

from duizhang.check.stage import CheckReport, check
from duizhang.check.verdicts import try_rule, verdicts

__all__ = ["CheckReport", "check", "try_rule", "verdicts"]
