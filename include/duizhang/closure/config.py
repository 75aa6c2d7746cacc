"""Weights, bands and what closes a county: `include/parameters/scores.yaml`, over it `<home>/scores.yaml` key by key."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

NAME = "scores.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(_Strict):
    """Scores not below `from` are called `word`."""

    from_: float = Field(alias="from", ge=0, le=100)
    word: str


class Scoring(_Strict):
    """Weights of dimensions (they add up to 1) and severities, deductions in points, bands from the highest down."""

    dimensions: dict[str, float]
    weights: dict[Literal["错误", "疑似"], float]
    not_counted: tuple[Literal["exempted", "verified_not_so", "acknowledged"], ...]
    overdue_each: float = Field(ge=0)
    relapse_each: float = Field(ge=0)
    deduction_cap: float = Field(ge=0, le=100)
    bands: tuple[Band, ...]
    top: int = Field(gt=0)
    nature: str
    basis: str

    @model_validator(mode="after")
    def _whole(self) -> Scoring:
        if abs(sum(self.dimensions.values()) - 1) > 1e-9 or min(self.dimensions.values()) < 0:
            raise ValueError("the weights of the dimensions are not shares that add up to 1")
        starts = [band.from_ for band in self.bands]
        if not starts or starts != sorted(starts, reverse=True) or starts[-1] != 0:
            raise ValueError("bands go from the highest down to 0")
        if set(self.weights) != {"错误", "疑似"}:
            raise ValueError("weights name 错误 and 疑似")
        return self


class Ranking(_Strict):
    """Whether counties are ranked, from how many households on, and how many are named red or black (None: none)."""

    enabled: bool
    min_households: int = Field(ge=1)
    red: int | None
    black: int | None
    nature: str
    basis: str


class Needed(_Strict):
    """Rules that the fourth test must have seen: one of `codes` at least has a result."""

    title: str
    codes: tuple[str, ...]


class Closing(_Strict):
    """What the five tests of closure stand on beside the catalogue."""

    visited_by: str
    in_time_needs: tuple[Needed, ...]
    compare_totals: Literal["required", "when_given"]
    nature: str
    basis: str


class Totals(_Strict):
    """What the national system's own page says of a county."""

    户数: int
    人数: int
    监测户数: int
    来源: str


class Config(_Strict):
    """scores.yaml."""

    score: Scoring
    ranking: Ranking
    not_scored: tuple[str, ...]
    closing: Closing
    system_totals: dict[str, dict[str, Totals]]


def load(settings: Settings) -> Config:
    """The configuration of this installation. Raises ContractProblem for a file that is not there or not as documented."""
    paths = [path for path in (settings.parameters / NAME, settings.home / NAME) if path.exists()]
    if not paths or paths[0].parent != settings.parameters:
        raise ContractProblem(f"No {NAME} in include/parameters/.", action="Put it back: weights are never guessed.")
    return _load(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths))


@lru_cache(maxsize=8)
def _load(stamp: tuple[tuple[Path, int, int], ...]) -> Config:
    found: dict[str, Any] = {}
    for path, _, _ in stamp:
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError):
            raise ContractProblem(f"{path.name} is no YAML in UTF-8.") from None
        if not isinstance(content, dict):
            raise ContractProblem(f"{path.name} is no table of keys.")
        found |= content
    found["system_totals"] = {str(county): cycles for county, cycles in (found.get("system_totals") or {}).items()}
    try:
        return Config.model_validate(found)
    except ValidationError as problem:
        raise ContractProblem(f"{NAME} is not as documented: {problem}") from None
