"""The stage: classify rows, type columns, narrow into tables, account for every row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from duizhang.contracts.load import Book, version
from duizhang.contracts.model import Contract
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, read_json, write_json, write_table
from duizhang.core.settings import Settings
from duizhang.normalise import classify, columns, tables

LINEAGE = ("_part", "_sheet", "_row")
_PLACES = "SELECT _in_county, _in_town, left(_in_code, 9), count(*) FROM wide GROUP BY ALL ORDER BY ALL"


class Readable(Protocol):
    """What this stage needs of a read report."""

    @property
    def sha256(self) -> str: ...
    @property
    def feed(self) -> str | None: ...
    @property
    def refused(self) -> str | None: ...


@dataclass(frozen=True)
class NormReport:
    """Counts of one file: `rows_in` = `loaded` + `quarantined` + `not_data`, checked."""

    sha256: str
    feed: str
    contract: str
    rows_in: int
    loaded: int
    quarantined: int
    not_data: int
    reasons: dict[str, int]  # quarantine reason → rows
    issues: dict[str, int]  # kind of cell issue → cells
    tables: dict[str, int]  # table → rows
    places: list[list[Any]]  # [county, town, code of the town, rows loaded] as the rows write them, NULL where they do not


def normalise(settings: Settings, report: Readable, book: Book) -> NormReport | None:
    """Normalise one read file below `norm/<sha256>/`; None where the file was refused. Cached by contract version."""
    if report.refused or report.feed is None:
        return None
    contract = book.by_feed[report.feed]
    folder = settings.norm / report.sha256
    current = version(book, contract)
    if (folder / "meta.json").exists():
        known = read_json(folder / "meta.json")
        if known["contract"] == current:
            return NormReport(**known)
    (folder / "meta.json").unlink(missing_ok=True)  # what is killed from here on is done anew, whatever the contract then says
    raw = _raw(settings.raw / report.sha256 / "rows.parquet")
    result = _normalise(settings, report.sha256, raw, contract, current, book, folder)
    write_json(asdict(result), folder / "meta.json")
    return result


def _raw(path: Path) -> pa.Table:
    """The raw rows; data columns as dictionaries, as they lie in the file: what is said of a text is said once."""
    names = [name for name in pq.read_schema(path).names if name not in LINEAGE]
    return pq.read_table(path, read_dictionary=names).unify_dictionaries().combine_chunks()


def _normalise(
    settings: Settings, sha256: str, raw: pa.Table, contract: Contract, version: str, book: Book, folder: Path
) -> NormReport:
    raw = _with_part(raw)
    not_data = classify.not_data(raw, contract)
    kept = raw.filter(pc.invert(not_data))
    typed, cell_issues = columns.type_columns(kept, contract, book)
    issues = [cell_issues]
    with duck(settings) as con:
        reasons = classify.quarantine(con, kept, typed, contract)
        for role, source in _place_columns(contract):
            place = typed[source] if source else pa.nulls(typed.num_rows, pa.string())
            typed = typed.append_column(f"_in_{role}", place)
        good = pc.is_null(reasons)
        loaded = typed.filter(good).append_column("_file", pa.repeat(pa.scalar(sha256, pa.string()), int(pc.sum(good).as_py() or 0)))
        bad = kept.filter(pc.invert(good))
        _write_quarantine(bad, reasons.filter(pc.invert(good)), folder / "quarantine.parquet")
        con.register("wide", loaded)
        places = [list(row) for row in con.execute(_PLACES).fetchall()]
        counts: dict[str, int] = {}
        for name, table in contract.tables.items():
            narrow, disagreements = tables.narrow(con, table)
            issues.append(disagreements)
            counts[name] = narrow.num_rows
            write_table(narrow, folder / f"{name}.parquet")
    order = [("kind", "ascending"), ("column", "ascending"), ("_sheet", "ascending"), ("_row", "ascending")]
    issue_table = pa.concat_tables(issues).sort_by(order)
    write_table(issue_table, folder / "issues.parquet")
    result = NormReport(
        sha256=sha256, feed=contract.feed, contract=version, rows_in=raw.num_rows, loaded=loaded.num_rows,
        quarantined=bad.num_rows, not_data=int(pc.sum(not_data).as_py() or 0), reasons=_counts(reasons),
        issues=_counts(issue_table["kind"]), tables=counts, places=places,
    )  # fmt: skip
    if result.rows_in != result.loaded + result.quarantined + result.not_data:
        raise ContractProblem(f"{contract.feed}: {sha256[:12]}: rows in do not equal loaded + quarantined + not data.")
    return result


def _with_part(raw: pa.Table) -> pa.Table:
    """`_sheet` names the zip member too, so that file, sheet and row name one row."""
    joined = pc.if_else(pc.equal(raw["_part"], ""), raw["_sheet"], pc.binary_join_element_wise(raw["_part"], raw["_sheet"], "/"))
    return raw.set_column(raw.column_names.index("_sheet"), "_sheet", joined)


def _place_columns(contract: Contract) -> list[tuple[str, str | None]]:
    """Which feed column says the county, the town, the village, or gives their code."""
    named = {str(role): column for role, column in contract.scope.columns.items()}
    return [(role, named.get(role)) for role in ("county", "town", "village", "code")]


def _counts(values: Any) -> dict[str, int]:
    table = pa.table({"value": values}).filter(pc.is_valid(pa.table({"value": values})["value"]))
    grouped = table.group_by("value").aggregate([("value", "count")]).to_pylist()
    return {row["value"]: row["value_count"] for row in sorted(grouped, key=lambda row: str(row["value"]))}


def _write_quarantine(rows: pa.Table, reasons: pa.Array, path: Path) -> None:
    """Quarantined rows as they came, with their reason."""
    texts = pa.schema([pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in rows.schema])
    rows = rows.cast(texts)
    write_table(rows.append_column("_reason", pa.chunked_array([reasons]) if isinstance(reasons, pa.Array) else reasons), path)
