"""The contract of a feed: everything the pipeline knows about it, as data.

A contract is one YAML file, `include/contracts/<department>/<feed>.yaml`. Adding a feed is adding this file and a
sample. No feed name appears in Python; what a feed is for is said by its `role`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from duizhang.core.kinds import kinds

ColumnType = Literal[
    "str", "int", "dec", "bool", "enum", "enum*", "id", "tel", "date", "datetime", "date8", "ym", "ymcn", "year"
]
Take = Literal["any", "count", "distinct", "sum", "min", "max", "latest", "previous", "set"]


class Strict(BaseModel):
    """A model that refuses keys it does not know: a typing error in a contract is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """One column as the export heads it."""

    name: str
    type: ColumnType = "str"
    required: bool = False  # the header must have it (fields.md 可空 = N); a missing required column refuses the file
    aliases: tuple[str, ...] = ()
    codes: str | None = None  # code list of include/contracts/codes.yaml (CL-01 …) for bool, enum, enum*
    values: dict[str, str] = Field(default_factory=dict)  # value fixes: what is written → what it means
    empty: tuple[str, ...] = ()  # words that mean 'no value' in this column
    source: str = ""  # where the name comes from (fields.md: R1, SD …; I = inferred)
    unit: str = ""


class Layout(Strict):
    """A dated layout: header names of an earlier year."""

    valid_until: date
    rename: dict[str, str]  # old header → column name


class Header(Strict):
    """How the header row is found: within the first `within` rows, the first that has a cell of every anchor group."""

    within: int = 10
    anchors: tuple[tuple[str, ...], ...]


class DataDate(Strict):
    """Where the data date is written; tried in this order: file name, title rows, column. Regexes capture a date."""

    filename: tuple[str, ...] = (r"(20\d{2}[-._]?\d{2}[-._]?\d{2})",)
    title: tuple[str, ...] = ()
    column: str | None = None


class Scope(Strict):
    """Which county (and towns) a file speaks for.

    `county: filename` – the county's name stands in the file's name or titles; `column` – every row names its place.
    `columns` names the region columns: either names {county, town, village} or a {code} column of 6–12 digits.
    """

    county: Literal["filename", "column", "city"] = "column"
    columns: dict[Literal["county", "town", "village", "code"], str] = Field(default_factory=dict)


class Unpivot(Strict):
    """Groups of columns of a wide row that become rows: label → {table column: wide column}."""

    label: str
    groups: dict[str, dict[str, str]]


class ListColumns(Strict):
    """Wide columns that each hold a list of items: one row for every item; `label` takes the wide column's name."""

    label: str
    item: str
    columns: tuple[str, ...]


class Table(Strict):
    """A narrow table of the feed.

    `key` identifies a row; `grain: row` one row per file row, `grain: first` one per key, the most frequent value of
    each other column wins and a disagreement is an issue. `when` names a column that must not be empty.
    """

    key: tuple[str, ...]
    columns: dict[str, str] | tuple[str, ...] = ()  # table column: feed column, or a list of same-named columns
    grain: Literal["row", "first"] = "row"
    when: str | None = None
    unpivot: Unpivot | None = None
    list_columns: ListColumns | None = None

    def mapping(self) -> dict[str, str]:
        """Table column → feed column."""
        return dict(self.columns) if isinstance(self.columns, dict) else {name: name for name in self.columns}


class Match(Strict):
    """How rows of a table are linked: by a person's number; where that finds nobody, to the household that they name.

    `heads`: the rows are of households, and the person is the head: that a household is not there is known where its
    head's number can be compared. Else every member's must be.
    """

    person: str | None = None  # column with an identity (or disability certificate) number
    name: str | None = None
    birth: str | None = None
    household: str | None = None  # column with the national 户编号
    heads: bool = False


class Fact(Strict):
    """A subject column declared as data. `assemble` makes its SQL.

    `table` (of this feed) or `of: person` (facts over the members of a household); `where` filters its rows, and may
    use `:as_of`, `最新(列)` (the table's newest value of a column); `take` folds them; `none` is the value where the
    subject is covered and no row is there (any → false, count/sum → 0 by default, else NULL). `by` is the column
    that orders latest/previous.

    `of` names another subject whose assembled rows are folded (those of the same household, village or county), or the
    same subject together with `peers`: then the rows of the county that share the value of the expression `peers` (an
    empty value shares nothing: the fact is NULL there, or `none`). `peers` with `table` and `within: city` folds the
    rows of *other counties* that share it; the expression must bind on the table and on the subject.
    """

    name: str
    subject: str  # a kind of `core.kinds`
    table: str | None = None
    of: str | None = None
    peers: str | None = None
    within: Literal["county", "city"] = "county"
    on: str | None = None  # table column that holds the subject's key, where it is not linked through a person
    to: str | None = None  # the subject's column that `on` is compared with, where it is not the usual one of its kind
    where: str | None = None
    take: Take
    value: str | None = None
    by: str | None = None
    none: bool | int | str | None = None
    title: str = ""
    feeds: tuple[str, ...] = ()  # further feeds the fact stands on (a fact over person facts inherits theirs by itself)

    @model_validator(mode="after")
    def _one_source(self) -> Fact:
        for kind in (self.subject, self.of):
            if kind is not None and kind not in kinds():
                raise ValueError(f"fact {self.name}: there is no subject {kind}")
        if (self.table is None) == (self.of is None):
            raise ValueError(f"fact {self.name}: exactly one of table and of")
        if self.take not in ("any", "count") and self.value is None:
            raise ValueError(f"fact {self.name}: take {self.take} needs a value")
        if self.take in ("latest", "previous") and self.by is None:
            raise ValueError(f"fact {self.name}: take {self.take} needs by")
        if (self.within == "city") != (self.peers is not None and self.table is not None):
            raise ValueError(f"fact {self.name}: within city goes with peers and a table, and peers over a table with within city")
        if self.within == "city" and "最新(" in (self.where or ""):
            raise ValueError(f"fact {self.name}: 最新 is a county's own, and within city looks at others")
        if self.of == self.subject and self.peers is None or self.of not in (None, self.subject) and self.peers is not None:
            raise ValueError(f"fact {self.name}: peers are rows of the same subject")
        return self


class Case(Strict):
    """Rows that name a person whom the national book does not have become rows of the subject `case`.

    `household`: `{column: c}` – column c holds the national 户编号; `{same: c}` – the household of linked people who
    share the value of column c with this row; `{linked: [a, b]}` – the household of the person whose number stands in
    column a, else of the one in b. `columns` are carried on to the case.
    """

    table: str
    where: str | None = None
    household: dict[Literal["column", "same", "linked"], str | tuple[str, ...]]
    columns: dict[str, str]


class DerivedColumn(Strict):
    """A column of a derived table: its DuckDB type and the `feed|column` of the exports that it is made from."""

    type: str = "VARCHAR"
    title: str = ""
    made_from: tuple[str, ...] = Field(alias="from")


class Derived(Strict):
    """A table made by SQL from the books of one county (`contracts/derived.py`).

    `sql`: one SELECT over tables of contracts (`linked_<表>` has `_person`, `_household`), derived tables of a lower `order`,
    config tables, the functions of sql/functions and `:as_of`. It yields every column of `columns`, `_ref` (source row, for
    the lineage) and what its facts are joined by (`_person`, `_household`, `_county`, or what a fact names in `on`).
    `feeds`: all books it reads; where one does not cover a row, what stands on the table is not applicable. `rows`:
    `feed|column` that decide which rows there are. `book`: what officers call it (default: the book of the first feed).
    """

    name: str
    title: str
    sql: str
    feeds: tuple[str, ...] = Field(min_length=1)
    book: str = ""
    order: int = 0
    rows: tuple[str, ...]
    columns: dict[str, DerivedColumn]
    facts: tuple[Fact, ...] = ()

    def __hash__(self) -> int:
        """By what it is called and made by: books are kept by the derived tables they have."""
        return hash((self.name, self.sql, self.feeds))


class Volume(Strict):
    """Limits on rows of one delivery: below `min` nothing is published; above `max` a warning; `change` against last."""

    min: int
    max: int
    change: float = 0.1


class Contract(Strict):
    """One feed."""

    feed: str
    title: str
    department: str
    owner: str
    book: str  # what the book is called on a list that officers read
    role: Literal["national", "regions", "parameters", "reference", "register", "department", "field"] = "department"
    cadence: str = "每月"
    max_age: int  # days after its data date during which a delivery supports a verdict
    delivery: Literal["whole", "by_town", "increment"] = "whole"
    files: tuple[str, ...]  # patterns of file names (fnmatch, after NFKC)
    sheet: str | None = None
    header: Header
    data_date: DataDate = DataDate()
    scope: Scope = Scope()
    period: str | None = None
    volume: Volume
    not_data: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # column → words that mark totals, signatures …
    zero_report: tuple[str, ...] = ("零报告", "本月无", "本期无")
    ignore: tuple[str, ...] = ("序号",)  # columns known and not loaded
    columns: tuple[Column, ...]
    layouts: tuple[Layout, ...] = ()
    tables: dict[str, Table]
    match: dict[str, Match] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    cases: dict[str, Case] = Field(default_factory=dict)
    maps: dict[str, str] = Field(default_factory=dict)  # role regions/parameters: meaning → column
    runbook: str = ""

    @model_validator(mode="after")
    def _names_hold(self) -> Contract:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.feed}: a column is declared twice")
        known = set(names)
        for title, table in self.tables.items():
            wide = set(table.mapping().values())
            if table.unpivot:
                wide |= {w for group in table.unpivot.groups.values() for w in group.values()}
            if table.list_columns:
                wide |= set(table.list_columns.columns)
            if table.when:
                wide.add(table.when)
            if wide - known:
                raise ValueError(f"{self.feed}: table {title} names unknown columns {sorted(wide - known)}")
        for fact in self.facts:
            if fact.table and fact.table not in self.tables:
                raise ValueError(f"{self.feed}: fact {fact.name} names unknown table {fact.table}")
        return self
