"""Derived tables: `sql/tables/<表>.sql` over the books of a county, with `<表>.yaml` saying what they are made from.

Where one row needs rows of two books (a loan here and at the bank, the bride of a son in the register), the pairing is
written once, as a table; facts over it are declared like those over any table of a contract.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from duizhang.contracts.model import Derived
from duizhang.core.errors import ContractProblem
from duizhang.core.yamls import load_yaml


def _read(path: Path) -> Derived:
    try:
        about: dict[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
        facts = [{**fact, "table": path.stem} for fact in about.pop("facts", ())]
        sql = path.with_suffix(".sql").read_text(encoding="utf-8")
        return Derived.model_validate({**about, "name": path.stem, "sql": sql, "facts": facts})
    except (ValidationError, yaml.YAMLError, OSError, TypeError) as problem:
        raise ContractProblem(f"sql/tables/{path.name} does not describe a derived table: {problem}") from problem


@lru_cache(maxsize=8)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> tuple[Derived, ...]:
    return tuple(sorted((_read(folder / name) for name, _, _ in stamp if name.endswith(".yaml")), key=lambda one: (one.order, one.name)))


def load_derived(folder: Path) -> tuple[Derived, ...]:
    """All derived tables below `folder`, in the order in which they are made."""
    stamp = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.glob("*.*")))
    return _load(folder, stamp)
