"""Kinds of subjects, as the heads of `sql/subjects/<kind>.yaml` describe them: what an indicator may stand on."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import project_root

About = Literal["person", "household", "village", "county", "file"]


class Kind(BaseModel):
    """One kind of subject.

    `order`: place in the order of assembly (facts of a kind may stand on facts of kinds before it). `join`: its column by
    which rows of books are joined to it (facts; None: no facts over books). `fold`: (column of other subjects' rows, own
    column) by which facts fold rows of another subject. `parent`: the kind whose key, `|` and a suffix make its key: the
    ledger follows it through new numbers of that. `about`: whom its questions speak of. `noun`: what officers call one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    order: int
    title: str
    about: About
    noun: str
    join: str | None = None
    fold: tuple[str, str] | None = None
    parent: str | None = None


def _read(path: Path) -> Kind:
    head: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return Kind(name=path.stem, **{key: value for key, value in head.items() if key in Kind.model_fields})
    except ValidationError as problem:
        raise ContractProblem(f"sql/subjects/{path.name} does not describe its kind of subject: {problem}") from problem


@lru_cache(maxsize=4)
def _kinds(folder: Path) -> dict[str, Kind]:
    found = sorted((_read(path) for path in folder.glob("*.yaml")), key=lambda kind: (kind.order, kind.name))
    return {kind.name: kind for kind in found}


def kinds() -> dict[str, Kind]:
    """Name → kind, in the order of assembly. The project's: a kind is not made at run time."""
    return _kinds(Path(os.environ.get("DUIZHANG_SUBJECTS") or project_root() / "sql" / "subjects"))


def parents() -> dict[str, str]:
    """Kind → the kind by which it is known (monitoring → household)."""
    return {kind.name: kind.parent for kind in kinds().values() if kind.parent}
