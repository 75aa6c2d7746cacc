"""What reading one file found: `raw/<sha256>/meta.json`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal

RefusedKind = Literal[
    "", "format", "damaged", "encoding", "encrypted", "too_large", "empty", "unrecognised", "ambiguous", "mixed", "header",
    "missing_columns",
]


@dataclass(frozen=True)
class PartReport:
    """One sheet (of one zip member) that was read. Row numbers count from 1 in the sheet or file.

    `hidden_rows` counts hidden rows among those read, `filtered_rows` those of them that a filter hides; `filtered` says
    whether a filter is set. All are None where the format does not tell. `error_cells` counts cells such as #N/A, which
    normalise takes for no value and an issue; `merged_cells` merges over several data rows, of which only the first has the
    value. `missing_optional` are the contract's columns that this sheet does not have.
    """

    part: str
    sheet: str
    format: str
    encoding: str
    header_row: int
    header_rows: int
    rows_in: int
    titles: tuple[str, ...]
    headers: tuple[str, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    missing_optional: tuple[str, ...]
    duplicates: tuple[str, ...]
    renamed: dict[str, str]
    hidden_rows: int | None
    hidden_columns: tuple[str, ...] | None
    filtered: bool | None
    filtered_rows: int | None
    error_cells: int
    merged_cells: int


@dataclass(frozen=True)
class ReadReport:
    """The result of reading one landed file.

    `refused` is None, or the Chinese sentence that tells the sender what to repair; then no rows.parquet exists.
    `contract` is the fingerprint of the feed's contract, `cache_key` what the result depends on. `rows_in` = rows of
    rows.parquet. `columns` are its data columns in order, `missing_optional` contract columns that some part with rows
    does not have. `hidden_rows` (by hand), `filtered_rows` (by a filter) and `hidden_columns` are sums over the parts,
    None where no part's format tells; `unread_sheets` counts further sheets of workbooks with content that were not read.
    `data_date_source` is filename, title, column or ''. `county_hint` is the text of file name and titles, where a county's
    name is looked for. `skipped` names sheets and zip members with content that were not read, each with its reason.
    """

    sha256: str
    name: str
    cache_key: str
    feed: str | None
    contract: str
    recognised_by: Literal["name", "header", ""]
    header_cover: float
    refused: str | None
    refused_kind: RefusedKind
    format: str
    encoding: str
    rows_in: int
    long_rows: int
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    ignored: tuple[str, ...]
    missing: tuple[str, ...]
    missing_optional: tuple[str, ...]
    hidden_rows: int | None
    hidden_columns: int | None
    filtered_rows: int | None
    unread_sheets: int
    titles: tuple[str, ...]
    sheets: tuple[str, ...]
    skipped: tuple[str, ...]
    data_date: date | None
    data_date_source: Literal["filename", "title", "column", ""]
    county_hint: str
    zero_report: bool
    parts: tuple[PartReport, ...]

    def to_json(self) -> dict[str, Any]:
        """A document of JSON's types only; `from_json` takes it back."""
        document = asdict(self)
        document["data_date"] = self.data_date.isoformat() if self.data_date else None
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> ReadReport:
        """The report in `document`; KeyError where a field is not there (written by another version)."""
        values = {field.name: _frozen(document[field.name]) for field in fields(cls)}
        parts = document["parts"]
        values["parts"] = tuple(
            PartReport(**{field.name: _frozen(part[field.name]) for field in fields(PartReport)}) for part in parts
        )
        day = document["data_date"]
        values["data_date"] = date.fromisoformat(day) if day else None
        return cls(**values)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
