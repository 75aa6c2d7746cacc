"""`include/parameters/feedback.yaml`: what the columns and words of lists from above mean. The home's file goes before it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

FILE = "feedback.yaml"
ROLES = frozenset({
    "skip", "rule", "own_number", "due", "problem", "detail", "household", "person", "head_id", "id", "head", "name", "region",
    "county", "town", "village", "month", "start",
})  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as problem:
        raise ValueError(f"not a regular expression: {problem}") from None
    return value


class Word(_Strict):
    """Where `find` is found in a problem's name, `code` is meant."""

    find: str
    code: str

    _find = field_validator("find")(_expression)


class InBasis(_Strict):
    """How a number of a rule from above looks (`pattern`), and in which sentences of an entry's basis it stands."""

    pattern: str
    after: str
    unless: tuple[str, ...]

    _pattern = field_validator("pattern")(_expression)


class Parameters(_Strict):
    """feedback.yaml; its comments say what each section is for."""

    nature: Literal["公", "标", "推"]
    basis: str
    sources: dict[str, tuple[str, ...]]
    headers: dict[str, tuple[str, ...]]
    ditto: tuple[str, ...]
    not_data: tuple[str, ...]
    numbers_in_basis: InBasis
    noise: tuple[str, ...]
    split: str
    words: tuple[Word, ...]
    titles: dict[str, tuple[str, ...]]

    _split = field_validator("split")(_expression)

    @field_validator("headers")
    @classmethod
    def _known(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if unknown := sorted(set(value) - ROLES):
            raise ValueError(f"headers: unknown roles {', '.join(unknown)}; known: {', '.join(sorted(ROLES))}")
        return value

    @field_validator("noise")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(_expression, value))

    def source(self, text: str) -> str:
        """The one spelling of a source. Raises ContractProblem for an empty or overlong one, or one that looks like a number."""
        folded = "".join(unicodedata.normalize("NFKC", text).split())
        for name, others in self.sources.items():
            if folded in (name, *others):
                return name
        if not folded or len(folded) > 20 or re.search(r"[0-9]{5,}", folded):
            raise ContractProblem("The source of a list is a short name.", action=f"Say who sent it: {'、'.join(self.sources)} …")
        return folded


def load(settings: Settings) -> Parameters:
    """The parameters. Raises ContractProblem where a file is missing or wrong."""
    paths = (settings.parameters / FILE, settings.home / FILE)
    stamps = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file()]
    if not paths[0].is_file():
        raise ContractProblem(f"include/parameters/{FILE} is missing.")
    return _load(tuple(stamps))


@lru_cache(maxsize=8)
def _load(stamps: tuple[tuple[Path, int, int], ...]) -> Parameters:
    merged: dict[str, Any] = {}
    for path, _, _ in stamps:
        try:
            found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError:
            raise ContractProblem(f"{path.name} of {path.parent.name}/ is no YAML.", action="Correct the file.") from None
        if not isinstance(found, dict):
            raise ContractProblem(f"{path.name} of {path.parent.name}/ is no map.", action="Correct the file.")
        merged = {**merged, **{name: _before(merged.get(name), value) for name, value in found.items()}}
    try:
        return Parameters.model_validate(merged)
    except ValidationError as problem:
        raise ContractProblem(f"{FILE}: {problem}", action="Correct the file.") from None


def _before(old: Any, new: Any) -> Any:
    """`new` over `old`: lists in front, maps merged key by key."""
    if isinstance(old, list) and isinstance(new, list):
        return [*new, *old]
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _before(old.get(name), value) for name, value in new.items()}}
    return new
