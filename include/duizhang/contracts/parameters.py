"""Parameters that are not in the county's own yearly book: limits and terms with their place, validity, source and nature.

`include/parameters/indicators.yaml`, over it `<home>/indicators.yaml`: a list of entries

    - {name: 小额信贷单户上限, value: 50000, unit: 元, place: '', from: 2021-01-01, to: null, source: …, nature: 公, about: …}

`place` is the beginning of a county's code ('' everywhere, 37 a province, 9901 a city, 990101 a county): the longest that fits goes
before, then the latest `from`. Predicates read `参数_<name>`; without an entry that is valid at as_of it is NULL and the rule is reported.
`include/parameters/tables/<表>.yaml` (over it `<home>/tables/<表>.yaml`): small tables that SQL of subjects and derived tables may read.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.lake import quote_name, quote_text
from duizhang.core.settings import Settings

FILE = "indicators.yaml"
_TYPES = {bool: "BOOLEAN", int: "DOUBLE", float: "DOUBLE", str: "VARCHAR", date: "DATE"}


class Threshold(BaseModel):
    """One value of one parameter."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    value: bool | int | float | date | str
    unit: str = ""
    place: str = Field(default="", pattern=r"^\d{0,6}$")
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    source: str
    nature: Literal["种", "公", "标", "推", "种+公", "种+推", "公+推"]
    about: str = ""

    def holds(self, county: str, day: date) -> bool:
        """Whether it is valid for `county` (six digits) on `day`."""
        return county.startswith(self.place) and self.since <= day and (self.until is None or day <= self.until)


class ConfigTable(BaseModel):
    """A small table: column → DuckDB type, and rows in that order."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    source: str
    nature: str
    columns: dict[str, Literal["VARCHAR", "BIGINT", "DOUBLE", "DATE", "BOOLEAN"]]
    rows: tuple[tuple[Any, ...], ...]

    @model_validator(mode="after")
    def _rows_fit(self) -> ConfigTable:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has another number of cells than there are columns")
        return self


@lru_cache(maxsize=16)
def _entries(path: Path, stamp: tuple[int, int]) -> tuple[Threshold, ...]:
    try:
        return tuple(Threshold.model_validate(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (ValidationError, yaml.YAMLError, TypeError) as problem:
        raise ContractProblem(f"{path.name} is not a list of parameters: {problem}", action="Mend the entry that is named.") from problem


def _file(path: Path) -> tuple[Threshold, ...]:
    return _entries(path, (path.stat().st_mtime_ns, path.stat().st_size)) if path.exists() else ()


def load_thresholds(settings: Settings) -> tuple[Threshold, ...]:
    """All entries; one of the home replaces the project's of the same name, place and first day."""
    entries = (*_file(settings.parameters / FILE), *_file(settings.home / FILE))
    return tuple({(one.name, one.place, one.since): one for one in entries}.values())


def project_thresholds(settings: Settings) -> tuple[Threshold, ...]:
    """The project's own entries, without those of the home."""
    return _file(settings.parameters / FILE)


def kind_of(value: bool | int | float | date | str) -> str:
    """The DuckDB type of a parameter's value."""
    return _TYPES[type(value)]


def literal(value: object) -> str:
    """A YAML value as a SQL literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return repr(value)
    return f"DATE '{value}'" if isinstance(value, date) else f"'{quote_text(str(value))}'"


def thresholds(settings: Settings, county: str, as_of: str) -> dict[str, tuple[str, str, str]]:
    """Name → (DuckDB type, SQL literal at `as_of`, the same a year before) for `county`; NULL where nothing is valid."""
    day = date.fromisoformat(as_of)
    ago = day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
    entries = load_thresholds(settings)
    result = {}
    for name in sorted({one.name for one in entries}):
        mine = [one for one in entries if one.name == name]
        kinds = {_TYPES[type(one.value)] for one in mine}
        if len(kinds) != 1:
            raise ContractProblem(f"parameter {name} has values of different kinds: {', '.join(sorted(kinds))}.", action=f"Mend {FILE}.")
        values = [_best([one for one in mine if one.holds(county, when)]) for when in (day, ago)]
        result[name] = (kinds.pop(), values[0], values[1])
    return result


def _best(valid: list[Threshold]) -> str:
    return literal(max(valid, key=lambda one: (len(one.place), one.since)).value) if valid else "NULL"


def config_tables(settings: Settings) -> dict[str, str]:
    """Name → SELECT of every config table."""
    return {name: _select(path, (path.stat().st_mtime_ns, path.stat().st_size)) for name, path in _table_files(settings).items()}


def load_config_tables(settings: Settings) -> dict[str, ConfigTable]:
    """Name → every config table as it is written."""
    return {name: _config_table(path) for name, path in _table_files(settings).items()}


def _table_files(settings: Settings) -> dict[str, Path]:
    return {path.stem: path for folder in (settings.parameters, settings.home) for path in sorted((folder / "tables").glob("*.yaml"))}


def _config_table(path: Path) -> ConfigTable:
    try:
        return ConfigTable.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as problem:
        raise ContractProblem(f"tables/{path.name} is not a table: {problem}", action="Mend the row that is named.") from problem


@lru_cache(maxsize=64)
def _select(path: Path, stamp: tuple[int, int]) -> str:
    table = _config_table(path)
    cells = ", ".join(f"CAST({quote_name(f'c{n}')} AS {kind}) AS {quote_name(name)}" for n, (name, kind) in enumerate(table.columns.items()))
    names = ", ".join(quote_name(f"c{n}") for n in range(len(table.columns)))
    rows = ", ".join(f"({', '.join(literal(cell) for cell in row)})" for row in table.rows)
    if not rows:
        return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in table.columns.items()) + " WHERE FALSE"
    return f"SELECT {cells} FROM (VALUES {rows}) v({names})"
