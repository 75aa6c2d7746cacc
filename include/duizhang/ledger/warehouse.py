"""Loading a county's part of the warehouse: subjects, coverage, links, results and findings, by COPY."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, quote_name, quote_text
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.ledger import db

_LOG = logger("ledger.warehouse")
_NULL = "\\N"
_PLACE = {"town": "_town", "town_name": "_town_name", "village_name": "_village_name"}
_MAPS = {"来源": "来源_", "覆盖": "覆盖_"}  # columns with these prefixes become one JSON object each


@dataclass(frozen=True)
class _Load:
    """A warehouse table: where its rows come from, and whether earlier dates of the county stay."""

    table: str
    columns: dict[str, str]  # table column → source column that must be there
    optional: tuple[str, ...] = ()  # same-named source columns, NULL where the book has none
    maps: bool = False
    history: bool = False


_SUBJECTS = {
    "household": _Load("household", {"户编号": "_key", "户主姓名": "_head", **_PLACE},
                       ("户类型", "监测对象类别", "脱贫年度", "当前家庭人口数"), maps=True),
    "person": _Load("person", {"人编号": "_key", "户编号": "_household", "户主姓名": "_head", "姓名": "_name", "证件号码": "_idno",
                               "idkey": "_idkey", **_PLACE}, ("性别", "出生日期", "与户主关系"), maps=True),
    "village": _Load("village", {"区划编码": "_key", **_PLACE}, maps=True),
}  # fmt: skip
_COVERAGE = _Load("coverage", {"feed": "feed", "town": "town", "status": "status", "data_date": "data_date"},
                  ("book", "town_name", "file"), history=True)  # fmt: skip
_COUNTS = {name: name for name in ("code", "subject", "rows", "na", "applicable", "hits", "unknown")}
_RESULTS = _Load("indicator_result", _COUNTS, ("na_reason",), history=True)
_BY_TOWN = _Load("indicator_result", {**_COUNTS, "town": "town"}, ("town_name", "na_reason"), history=True)
_FINDING = _Load("finding", {name: name for name in (
    "code", "rule_version", "severity", "closes", "town", "town_name", "village_name", "subject_kind", "subject_key",
    "household_key", "person_key", "evidence", "stands_hash", "lineage")})  # fmt: skip
_TABLES = ("household", "person", "village", "finding")
_HISTORY = ("coverage", "indicator_result", "link_summary", "run")


def load_warehouse(
    settings: Settings, county: str, as_of: str | date, root: Path | None = None, *, run_id: str = ""
) -> dict[str, int]:
    """Replace `county`'s rows of the warehouse by what stands below `root` (None: the home's as_of=…); rows by table.

    One transaction: readers see the old county or the new one. household, person, village and finding keep the newest
    date only; coverage, indicator_result, link_summary and run keep every date. A file that is not there gives no rows
    (a county without books); a column that must be there and is not raises `ContractProblem`.
    """
    day = db.day(as_of)
    base = root or settings.at(day.isoformat())
    here = f"county={county}"
    with duck(settings) as con, db.transaction(settings) as cursor:
        db.lock(cursor, f"warehouse {county}")
        for table in _TABLES:
            cursor.execute(f"DELETE FROM warehouse.{table} WHERE county = %s", (county,))
        for table in _HISTORY:
            cursor.execute(f"DELETE FROM warehouse.{table} WHERE county = %s AND as_of = %s", (county, day))
        load = _loader(settings, con, cursor, county, day)
        counts = {
            name: load(base / "subjects" / name / here / "data.parquet", spec, "") for name, spec in _SUBJECTS.items()
        }
        counts["finding"] = load(base / "checks" / here / "findings.parquet", _FINDING, "")
        counts["indicator_result"] = load(base / "checks" / here / "results.parquet", _RESULTS, "")
        counts["indicator_result"] += load(base / "checks" / here / "results_by_town.parquet", _BY_TOWN, "town IS NOT NULL")
        counts["coverage"] = load(base / "books" / "coverage.parquet", _COVERAGE, f"county = '{quote_text(county)}'")
        counts["link_summary"] = _links(con, cursor, base / "links", county, day)
        cursor.execute(
            "INSERT INTO warehouse.run (county, as_of, run_id, counts) VALUES (%s, %s, %s, %s)",
            (county, day, run_id, json.dumps(counts)),
        )
    _LOG.info("loaded county %s as of %s: %s", county, day, counts)
    return counts


def _loader(
    settings: Settings, con: duckdb.DuckDBPyConnection, cursor: Any, county: str, day: date
) -> Callable[[Path, _Load, str], int]:
    def load(path: Path, spec: _Load, where: str) -> int:
        if not path.exists():
            return 0
        source = f"read_parquet('{quote_text(path)}')"
        names = ["county", "as_of", *spec.columns, *spec.optional, *(_MAPS if spec.maps else ())]
        cells = [f"'{quote_text(county)}'", f"DATE '{day}'", *_cells(con, source, path.name, spec)]
        select = f"SELECT {', '.join(cells)} FROM {source}" + (f" WHERE {where}" if where else "")
        return _copy(settings, con, cursor, f"warehouse.{spec.table}", ", ".join(map(quote_name, names)), select)

    return load


def _cells(con: duckdb.DuckDBPyConnection, source: str, name: str, spec: _Load) -> list[str]:
    present = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    missing = sorted(set(spec.columns.values()) - set(present))
    if missing:
        raise ContractProblem(f"{name} for warehouse.{spec.table} lacks the columns {', '.join(missing)}.")
    cells = [quote_name(column) for column in spec.columns.values()]
    cells += [quote_name(column) if column in present else "NULL" for column in spec.optional]
    for prefix in _MAPS.values() if spec.maps else ():
        found = [column for column in present if column.startswith(prefix)]
        pairs = ", ".join(f"'{quote_text(column.removeprefix(prefix))}', {quote_name(column)}" for column in found)
        cells.append(f"json_object({pairs})")
    return cells


def _copy(settings: Settings, con: duckdb.DuckDBPyConnection, cursor: Any, table: str, columns: str, select: str) -> int:
    """COPY the rows of a DuckDB query into `table`, through a private file and (COPY knows no row security) a temp table."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.loading; CREATE TEMP TABLE loading AS SELECT {columns} FROM {table} WHERE false")
    with tempfile.TemporaryDirectory(dir=settings.home / "spill", prefix="load-") as folder:
        path = Path(folder) / "rows.csv"
        con.execute(
            f"COPY ({select}) TO '{quote_text(path)}' (FORMAT csv, HEADER false, NULLSTR '{_NULL}', QUOTE '\"', ESCAPE '\"')"
        )
        with path.open("rb") as rows:
            cursor.copy_expert(f"COPY pg_temp.loading FROM STDIN (FORMAT csv, NULL '{_NULL}', ENCODING 'UTF8')", rows)
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM pg_temp.loading")
    return int(cursor.rowcount)


def _links(con: duckdb.DuckDBPyConnection, cursor: Any, root: Path, county: str, day: date) -> int:
    """Count the county's rows of each linked table by tier, and its unlinked rows by reason."""
    rows = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir() and not path.name.startswith("_")):
        linked = folder / f"county={county}" / "data.parquet"
        if linked.exists():
            tiers = con.execute(f"SELECT _tier, count(*) FROM read_parquet('{quote_text(linked)}') GROUP BY 1 ORDER BY 1")
            rows += [(county, day, folder.name, str(tier), "", n) for tier, n in tiers.fetchall()]
        unlinked = folder / "unlinked" / f"county={county}" / "data.parquet"
        if unlinked.exists():
            reasons = con.execute(
                f"SELECT reason, count(*) FROM read_parquet('{quote_text(unlinked)}') WHERE _scope = ? GROUP BY 1 ORDER BY 1", [county]
            )
            rows += [(county, day, folder.name, "unlinked", reason, n) for reason, n in reasons.fetchall()]
    db.insert(
        cursor, "INSERT INTO warehouse.link_summary (county, as_of, book_table, tier, reason, rows) VALUES %s", rows
    )
    return len(rows)
