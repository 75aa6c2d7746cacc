"""`最新(列)` in a filter of a contract: the newest value of a column in its table."""

from __future__ import annotations

import re

_NEWEST = re.compile(r"最新\(\s*(\"[^\"]+\"|[^()\s]+)\s*\)")


def expand_newest(where: str, source: str) -> str:
    """`where` with each `最新(列)` replaced by a scalar subquery over `source` (a FROM clause)."""
    return _NEWEST.sub(lambda found: f"(SELECT max({found.group(1)}) FROM {source})", where)
