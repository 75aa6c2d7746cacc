"""Kinds of subjects, as the heads of `sql/subjects/<kind>.yaml` describe them: what an indicator may stand on."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import project_root
from duizhang.core.yamls import load_yaml

About = Literal["person", "household", "village", "county", "file"]


class Kind(BaseModel):
    """One kind of subject.

    `order`: place in the order of assembly (facts of a kind may stand on facts of kinds before it). `join`: its column by
    which rows of books are joined to it (facts; None: no facts over books). `fold`: (column of other subjects' rows, own
    column) by which facts fold rows of another subject. `parent`: the kind whose key, `|` and a suffix make its key: the
    ledger follows it through new numbers of that. `about`: whom its questions speak of. `noun`: what officers call one.
    `moves`: whether one may leave a county for another (numbers of the nation's; a county's own number is another thing in
    another county, and its key names the county). `respell` (of kinds with a parent): whether its suffix may be corrected,
    so that the only lost one of a parent is the only new one. `former`: SQL over its columns, the key that earlier versions
    of the program gave (NULL: none): by it the ledger's subjects are taken over under the present one.
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
    moves: bool
    respell: bool | None = None
    former: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Kind:
        if (self.parent is None) != (self.respell is None):
            raise ValueError("`respell` is said of kinds with a parent, and of those alone.")
        return self


def _read(path: Path) -> Kind:
    head: dict[str, Any] = load_yaml(path.read_text(encoding="utf-8"))
    try:
        return Kind(name=path.stem, **{key: value for key, value in head.items() if key in Kind.model_fields})
    except ValidationError as problem:
        raise ContractProblem(f"sql/subjects/{path.name} does not describe its kind of subject: {problem}") from problem


@lru_cache(maxsize=4)
def _kinds(folder: Path) -> dict[str, Kind]:
    found = sorted((_read(path) for path in folder.glob("*.yaml")), key=lambda kind: (kind.order, kind.name))
    known = {kind.name: kind for kind in found}
    for kind in found:
        if kind.parent and (kind.parent not in known or known[kind.parent].moves != kind.moves):
            raise ContractProblem(f"sql/subjects/{kind.name}.yaml: a kind moves as its parent does, and there is one.")
    return known


@lru_cache(maxsize=4)
def _folder(subjects: str | None, root: str | None) -> Path:
    """Where the kinds stand; `root`, what `project_root` goes by, is there to tell one answer from another: facts ask for every one."""
    return Path(subjects or project_root() / "sql" / "subjects")


def kinds() -> dict[str, Kind]:
    """Name → kind, in the order of assembly. The project's: a kind is not made at run time."""
    return _kinds(_folder(os.environ.get("DUIZHANG_SUBJECTS"), os.environ.get("DUIZHANG_ROOT")))


def parents() -> dict[str, str]:
    """Kind → the kind by which it is known (monitoring → household)."""
    return {kind.name: kind.parent for kind in kinds().values() if kind.parent}


def moving() -> frozenset[str]:
    """The kinds whose subjects may leave a county for another."""
    return frozenset(kind.name for kind in kinds().values() if kind.moves)


def respelt() -> frozenset[str]:
    """The kinds with a parent whose suffix may be corrected."""
    return frozenset(kind.name for kind in kinds().values() if kind.respell)
