"""How a county's list is handed over (`delivery.yaml`): per-town files, encryption, and what needs no visit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from duizhang.core import lake
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

NAME = "delivery.yaml"
PASSWORDS = "passwords.json"


class Parcel(BaseModel):
    """What one county asked for: a workbook for each town, workbooks under a password."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    town_files: bool = False
    encrypt: bool = False


class Desk(BaseModel):
    """Questions that nobody need go to a household for: every condition given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    reason: str = Field(min_length=1)
    closes: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    fix_at_without: tuple[str, ...] = ()  # none of these words stands in fix_at

    @model_validator(mode="after")
    def _says_something(self) -> Desk:
        if not (self.closes or self.subjects or self.codes or self.fix_at_without):
            raise ValueError("a reason without a condition would leave out every question")
        return self

    def holds(self, code: str, subject: str, closes: str, fix_at: str) -> bool:
        """Whether a question with these properties is one of them."""
        pairs = ((self.closes, closes), (self.subjects, subject), (self.codes, code))
        return all(value in wanted for wanted, value in pairs if wanted) and not any(w in fix_at for w in self.fix_at_without)


class Visits(BaseModel):
    """Which questions stand on the visit sheets: all but those one of `none_for` takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    none_for: tuple[Desk, ...]

    def why_not(self, code: str, subject: str, closes: str, fix_at: str) -> str:
        """Why no visit is needed (the first reason that holds), or ''."""
        return next((desk.reason for desk in self.none_for if desk.holds(code, subject, closes, fix_at)), "")


class Delivery(BaseModel):
    """delivery.yaml. A county that is not named gets `default`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    default: Parcel
    counties: dict[str, Parcel] = Field(default_factory=dict)
    visits: Visits

    def of(self, county: str) -> Parcel:
        """What `county` (6 digits) gets."""
        return self.counties.get(county, self.default)


def load_delivery(settings: Settings) -> Delivery:
    """The project's delivery.yaml, and over it that of the home: `default` and `visits` replace ours, counties are taken
    one by one. Raises ContractProblem."""
    paths = (settings.parameters / NAME, settings.home / NAME)
    if not paths[0].is_file():
        raise ContractProblem(f"include/parameters/{NAME} is missing.")
    return _load(tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in paths if p.is_file()))


@lru_cache(maxsize=8)
def _load(stamp: tuple[tuple[str, int, int], ...]) -> Delivery:
    whole: dict[str, Any] = {"counties": {}}
    for path, _, _ in stamp:
        try:
            found = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as problem:
            raise ContractProblem(f"{path} cannot be read: {problem}", action="Mend the file.") from None
        counties = found.get("counties") or {} if isinstance(found, dict) else None
        if not isinstance(counties, dict):
            raise ContractProblem(f"{path} is no mapping with a mapping `counties`.", action="Mend the file.")
        whole |= {**found, "counties": whole["counties"] | {str(code): parcel for code, parcel in counties.items()}}
    try:
        return Delivery.model_validate(whole)
    except ValidationError as problem:
        raise ContractProblem(f"{NAME} cannot be used: {problem}", action="Mend the file.") from None


def password(settings: Settings, county: str) -> str:
    """The password of an encrypted county, from <home>/secrets/passwords.json. Raises ContractProblem where it has none."""
    path = settings.secrets / PASSWORDS
    found = lake.read_json(path) if path.is_file() else {}
    if not isinstance(found, dict) or not found.get(county):
        raise ContractProblem(
            f"County {county} gets encrypted workbooks and has no password.", action=f"Run `duizhang password {county}`."
        )
    return str(found[county])
