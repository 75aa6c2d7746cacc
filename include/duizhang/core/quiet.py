"""What is wrong with a file that somebody wrote, without a word of what stands in it: it may be a name or a number."""

from __future__ import annotations

from collections.abc import Collection

import yaml
from pydantic import ValidationError

_SHOWN = 5


def told(problem: Exception, keys: Collection[str]) -> str:
    """Where and what kind `problem` is: rows from 1, those of `keys` (any other key may be a value in the wrong place), pydantic's type."""
    if isinstance(problem, ValidationError):
        errors = problem.errors(include_url=False, include_context=False, include_input=False)
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        return "; ".join(f"{_place(one['loc'], keys)}: {one['type']}" for one in errors[:_SHOWN]) + more
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark:
        return f"no YAML (line {problem.problem_mark.line + 1})"
    return "no UTF-8 text" if isinstance(problem, UnicodeDecodeError) else type(problem).__name__


def _place(loc: tuple[int | str, ...], keys: Collection[str]) -> str:
    said = [str(part + 1) if isinstance(part, int) else part if part in keys else "an unknown key" for part in loc]
    return " ".join(said) or "as a whole"
