"""Sources as data: which places exports are pulled from. One YAML file, `DUIZHANG_SOURCES`, else `include/sources.yaml`.

    sources:
      - name: 前置机                        # a word of ours; the first part of every arrival's name
        url: sftp://gateway.example/outbox  # file:///… | sftp://host[:port]/folder | s3://bucket/prefix
        connection: gateway                 # Airflow connection id; not for file://
        files: ['*.csv', '*.zip']           # patterns of names (default: everything)
        settle: 60                          # seconds a file must have stood unchanged before it is taken
      - name: 业务库
        connection: office_db               # conn_type postgres | mysql
        queries:
          - stem: 青石县低保                # file name <stem>_<yyyymmdd>.csv, which the feed's contract recognises
            sql: SELECT … ORDER BY …        # one SELECT; it must order, so that the same rows are the same bytes
            data_date: SELECT max(…) FROM … # a query of one date; or `given`: the day of the run

No password ever stands here: `connection` names it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

SETTLE = 60  # seconds; longer than the pauses of an upload over a bad line
GIVEN = "given"
_SELECT = re.compile(r"^\s*(select|with)\b", re.IGNORECASE)
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_WORD = re.compile(r"^[^\s/\\:.~][^/\\:]{0,60}$")
_CONNECTION = re.compile(r"^[A-Za-z0-9_.-]+$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Query(_Strict):
    """One SELECT that becomes one CSV of our own form."""

    stem: str
    sql: str
    data_date: str

    @model_validator(mode="after")
    def _safe(self) -> Query:
        if not _WORD.match(self.stem):
            raise ValueError("stem is no plain file name")
        for text in [self.sql, *([] if self.data_date == GIVEN else [self.data_date])]:
            if not _SELECT.match(text) or ";" in text.strip().rstrip(";"):
                raise ValueError(f"{self.stem}: one SELECT, and nothing else")
        if not _ORDER.search(self.sql):
            raise ValueError(f"{self.stem}: the query must ORDER BY a key, so that the same rows are the same bytes")
        return self


class SourceSpec(_Strict):
    """One source: files below `url`, or `queries` of a database."""

    name: str
    url: str | None = None
    connection: str | None = None
    files: tuple[str, ...] = ("*",)
    settle: int = Field(default=SETTLE, ge=0)
    queries: tuple[Query, ...] = ()

    @property
    def scheme(self) -> Literal["file", "sftp", "s3", "database"]:
        """What kind of place it is."""
        if self.url is None:
            return "database"
        scheme = urlsplit(self.url).scheme
        if scheme in ("file", "sftp", "s3"):
            return scheme  # type: ignore[return-value]
        raise ContractProblem(f"Source {self.name}: {scheme or 'no scheme'} is none of file, sftp, s3.")

    @model_validator(mode="after")
    def _whole(self) -> SourceSpec:
        if not _WORD.match(self.name):
            raise ValueError("name is no plain word")
        if (self.url is None) == (not self.queries):
            raise ValueError(f"{self.name}: exactly one of url and queries")
        if self.connection is not None and not _CONNECTION.match(self.connection):
            raise ValueError(f"{self.name}: connection is no connection id")
        parts = urlsplit(self.url or "")
        if parts.scheme not in ("", "file", "sftp", "s3"):
            raise ValueError(f"{self.name}: url is none of file://, sftp://, s3://")
        if "@" in parts.netloc:
            raise ValueError(f"{self.name}: url holds a login; put it into the connection")
        if parts.scheme != "file" and self.connection is None:
            raise ValueError(f"{self.name}: connection is missing")
        if len({query.stem for query in self.queries}) != len(self.queries):
            raise ValueError(f"{self.name}: a stem stands twice")
        return self


class _File(_Strict):
    sources: tuple[SourceSpec, ...] = ()


def sources_file(settings: Settings) -> Path:
    """Where the sources are declared."""
    return Path(os.environ.get("DUIZHANG_SOURCES") or settings.root / "include" / "sources.yaml")


def load_sources(settings: Settings) -> dict[str, SourceSpec]:
    """Name → source; empty where no file declares any. Raises ContractProblem where the file is wrong (never repeats it)."""
    path = sources_file(settings)
    if not path.is_file():
        if os.environ.get("DUIZHANG_SOURCES"):
            raise ContractProblem("DUIZHANG_SOURCES names no file.")
        return {}
    try:
        found = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except ValidationError as error:
        # pydantic's own text shows the input, and an input may be an address with a password
        told = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors(include_input=False))
        raise ContractProblem(f"{path.name}: {told}") from None
    except yaml.YAMLError:
        raise ContractProblem(f"{path.name} is no YAML.") from None
    names = [source.name for source in found.sources]
    if len(set(names)) != len(names):
        raise ContractProblem(f"{path.name}: a source's name stands twice.")
    return {source.name: source for source in found.sources}


def source_named(settings: Settings, name: str) -> SourceSpec:
    """The source `name`; ContractProblem where there is none."""
    found = load_sources(settings).get(name)
    if found is None:
        raise ContractProblem(f"There is no source {name}.", action=f"Declare it in {sources_file(settings).name}.")
    return found
