"""Parameters by county and year: what the county's own yearly book says, and limits and terms with place, validity, source and nature.

`include/parameters/indicators.yaml`, over it `<home>/indicators.yaml`: a list of entries

    - {name: 小额信贷单户上限, value: 50000, unit: 元, place: '', from: 2021-01-01, to: null, source: …, nature: 公, about: …}

`place` is the beginning of a county's code ('' everywhere, 37 a province, 9901 a city, 990101 a county): the longest that fits goes
before, then the latest `from`. Predicates read `参数_<name>`; without an entry that is valid at as_of it is NULL and the rule is reported.
Everything else – the year before, spines, derived tables – reads the same table, one row a year (`effective_sql`): the county's book
first, then the home's entry, then the project's; of a year that is over, what was valid on its last day.
`include/parameters/tables/<表>.yaml` (over it `<home>/tables/<表>.yaml`): small tables that SQL of subjects and derived tables may read.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from duizhang.contracts import limits
from duizhang.contracts.load import load_book
from duizhang.contracts.model import Contract
from duizhang.contracts.types import table_types
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import quote_name, quote_text
from duizhang.core.quiet import told
from duizhang.core.settings import Settings
from duizhang.core.yamls import load_yaml

FILE = "indicators.yaml"
_CELLS: dict[str, tuple[type, ...]] = {"VARCHAR": (str,), "BIGINT": (int,), "DOUBLE": (int, float), "DATE": (date,), "BOOLEAN": (bool,)}


class Threshold(BaseModel):
    """One value of one parameter. `min` and `max` (inclusive) stand at the first entry of a name, in the project's file only."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    value: bool | int | float | date | str
    unit: str = ""
    place: str = Field(default="", pattern=r"^([0-9][0-9]){0,3}$")
    since: date = Field(alias="from")
    until: date | None = Field(default=None, alias="to")
    source: str
    nature: Literal["种", "公", "标", "推", "种+公", "种+推", "公+推"]
    about: str = ""
    least: int | float | date | None = Field(default=None, alias="min")
    most: int | float | date | None = Field(default=None, alias="max")

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

    @property
    def misfits(self) -> list[str]:
        """Every cell that is not of its column's type, by row and column from 1: the engine would quote it in its error."""
        return [
            f"row {n} column {at} ({kind})" for n, row in enumerate(self.rows, 1)
            for at, (kind, cell) in enumerate(zip(self.columns.values(), row, strict=True), 1) if cell is not None and not _fits(cell, kind)
        ]  # fmt: skip


def _fits(cell: object, kind: str) -> bool:
    if type(cell) not in _CELLS[kind]:
        return False
    return not isinstance(cell, (int, float)) or -(2**63) <= cell < 2**63  # not a number, and endless, are neither


@lru_cache(maxsize=16)
def _entries(path: Path, stamp: tuple[int, int]) -> tuple[Threshold, ...]:
    found = []
    try:
        for entry in load_yaml(path.read_text(encoding="utf-8")) or ():
            found.append(Threshold.model_validate(entry))
    except (ValueError, yaml.YAMLError, TypeError) as problem:
        keys = {str(field.alias or name) for name, field in Threshold.model_fields.items()}
        where = f"entry {len(found) + 1}: " if isinstance(problem, ValidationError) else ""
        raise ContractProblem(f"{path.name} is not a list of parameters: {where}{told(problem, keys)}.", action="Mend what is named.") from None
    return tuple(found)


def _stamp(path: Path) -> tuple[int, int]:
    return (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else (0, 0)


def _file(path: Path) -> tuple[Threshold, ...]:
    return _entries(path, _stamp(path)) if path.exists() else ()


def load_thresholds(settings: Settings) -> tuple[Threshold, ...]:
    """All entries; one of the home replaces the project's of the same name, place and first day.

    Raises ContractProblem, with every entry that is wrong and why, where the home's file would not be taken as a workbook.
    """
    _check(settings, _stamp(settings.parameters / FILE), _stamp(settings.home / FILE))
    return tuple({limits.key(one): one for one in (*project_thresholds(settings), *_file(settings.home / FILE))}.values())


@lru_cache(maxsize=16)
def _check(settings: Settings, ours_stamp: tuple[int, int], own_stamp: tuple[int, int]) -> None:
    ours, own = project_thresholds(settings), _file(settings.home / FILE)
    if not own:
        return
    known = limits.meanings(settings, load_book(settings), ours, {one.name for one in own})
    if wrong := limits.wrong(dict(enumerate(own, 1)), ours, known, "条"):
        said = "；".join(f"第 {n} 条：{reason}" for n, reason in wrong)
        raise ContractProblem(f"{FILE} of the home has {len(wrong)} wrong entries: {said}.", action="Mend them; nothing runs on a wrong value.")


def project_thresholds(settings: Settings) -> tuple[Threshold, ...]:
    """The project's own entries, without those of the home."""
    return _file(settings.parameters / FILE)


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
    """Name → (DuckDB type, SQL literal at `as_of`, the same of the year before) for `county`; NULL where nothing is valid."""
    year = int(as_of[:4])
    return {name: (kind, values[year], values[year - 1]) for name, (kind, values) in by_year(settings, county, as_of).items()}


def by_year(settings: Settings, county: str, as_of: str) -> dict[str, tuple[str, dict[int, str]]]:
    """Name → (DuckDB type, {year: SQL literal}) for `county`, from the year of the first entry to that of `as_of`; NULL where nothing is valid.

    Of the year of `as_of` what is valid on that day, of earlier years what was valid on their last. Raises ContractProblem where the
    values of one name are of several kinds.
    """
    day, entries = date.fromisoformat(as_of), load_thresholds(settings)
    first = min((one.since.year for one in entries), default=day.year)
    days = [date(year, 12, 31) for year in range(min(first, day.year - 1), day.year)] + [day]
    result = {}
    for name in sorted({one.name for one in entries}):
        kinds = {limits.kind_of(one.value) for one in entries if one.name == name}
        if len(kinds) != 1:
            raise ContractProblem(f"parameter {name} has values of different kinds: {', '.join(sorted(kinds))}.", action=f"Mend {FILE}.")
        mine = [one for one in entries if one.name == name and county.startswith(one.place)]
        result[name] = (kinds.pop(), {when.year: _best([one for one in mine if one.holds(county, when)]) for when in days})
    return result


def _best(valid: list[Threshold]) -> str:
    return literal(max(valid, key=lambda one: (len(one.place), one.since)).value) if valid else "NULL"


def effective_sql(settings: Settings, contract: Contract, county: str, as_of: str) -> str:
    """SELECT over the yearly book (`contract`, role parameters): county, year and every parameter, one row a year of `county`.

    A cell of the book goes before the entry that holds for that county and year. Raises ContractProblem as `by_year` does, and where
    an entry has a fraction and the book's column is of whole numbers.
    """
    (table,) = contract.tables
    place, year = quote_name(contract.maps["county"]), quote_name(contract.maps["year"])
    types, known = table_types(contract, table), by_year(settings, county, as_of)
    years = sorted({int(as_of[:4]), *(when for _, values in known.values() for when in values)})
    said = {when: [_cell(n, types.get(n, kind), values[when]) for n, (kind, values) in known.items()] for when in years}
    rows = ", ".join(f"({', '.join([str(when), *said[when]])})" for when in years)
    names = ", ".join(quote_name(name) for name in ("_year", *known))
    columns = [name for name in dict.fromkeys((*types, *known)) if name not in (contract.maps["county"], contract.maps["year"])]
    cells = ", ".join(_effective(name, name in types, name in known) for name in columns)
    return (
        f"SELECT '{quote_text(county)}' AS {place}, coalesce(b.{year}, d._year) AS {year}, {cells}"
        f" FROM (SELECT * FROM {quote_name(table)} WHERE {place} = '{quote_text(county)}') b"
        f" FULL JOIN (VALUES {rows}) d({names}) ON b.{year} = d._year"
    )


def _cell(name: str, kind: str, value: str) -> str:
    if kind == "BIGINT" and value != "NULL" and float(value) != int(float(value)):
        raise ContractProblem(f"parameter {name} is a whole number in the yearly book, and {value} is none.", action=f"Mend {FILE}.")
    return f"CAST({value} AS {kind})"


def _effective(name: str, in_book: bool, in_file: bool) -> str:
    column = quote_name(name)
    if in_book and in_file:
        return f"coalesce(b.{column}, d.{column}) AS {column}"
    return f"{'b' if in_book else 'd'}.{column} AS {column}"


def config_tables(settings: Settings) -> dict[str, str]:
    """Name → SELECT of every config table."""
    return {name: _select(path, (path.stat().st_mtime_ns, path.stat().st_size)) for name, path in _table_files(settings).items()}


def load_config_tables(settings: Settings) -> dict[str, ConfigTable]:
    """Name → every config table as it is written."""
    return {name: _config_table(path) for name, path in _table_files(settings).items()}


def _table_files(settings: Settings) -> dict[str, Path]:
    """Name → file; one of the home stands instead of the project's. ContractProblem where it has other columns."""
    ours, own = ({path.stem: path for path in sorted((folder / "tables").glob("*.yaml"))} for folder in (settings.parameters, settings.home))
    for name in ours.keys() & own.keys():
        if _config_table(own[name]).columns != _config_table(ours[name]).columns:
            raise ContractProblem(f"tables/{name}.yaml of the home has other columns than the project's.", action="Take over its columns.")
    return ours | own


def _config_table(path: Path) -> ConfigTable:
    try:
        table = ConfigTable.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except (ValueError, yaml.YAMLError) as problem:
        said = told(problem, ConfigTable.model_fields)
        raise ContractProblem(f"tables/{path.name} is not a table: {said}.", action="Mend the row that is named.") from None
    if found := table.misfits:
        raise ContractProblem(f"tables/{path.name}: cells of another type than their column: {', '.join(found)}.", action="Mend them.")
    return table


@lru_cache(maxsize=64)
def _select(path: Path, stamp: tuple[int, int]) -> str:
    table = _config_table(path)
    cells = ", ".join(f"CAST({quote_name(f'c{n}')} AS {kind}) AS {quote_name(name)}" for n, (name, kind) in enumerate(table.columns.items()))
    names = ", ".join(quote_name(f"c{n}") for n in range(len(table.columns)))
    rows = ", ".join(f"({', '.join(literal(cell) for cell in row)})" for row in table.rows)
    if not rows:
        return "SELECT " + ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in table.columns.items()) + " WHERE FALSE"
    return f"SELECT {cells} FROM (VALUES {rows}) v({names})"
