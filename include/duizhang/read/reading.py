"""`read`: one landed file becomes `raw/<sha256>/rows.parquet` and `meta.json`, or is refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from duizhang.contracts.load import Book, fingerprint
from duizhang.core.data_dates import find_day
from duizhang.core.errors import InfraProblem
from duizhang.core.lake import read_json, write_json, write_table
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.read import limits
from duizhang.read.build import build, outlined
from duizhang.read.names import base_name
from duizhang.read.opening import open_file
from duizhang.read.problems import Refusal
from duizhang.read.recognise import cache_key, candidates, recognise
from duizhang.read.report import ReadReport

log = logger("read")


class Landed(Protocol):
    """A file in the landing (`pull.Arrival` is one): its sha256, and its name relative to the inbox."""

    @property
    def sha256(self) -> str: ...

    @property
    def name(self) -> str: ...


def read(settings: Settings, arrival: Landed, book: Book) -> ReadReport:
    """Read `landing/<sha256>` into `raw/<sha256>/`: rows.parquet (design §10) and meta.json (the report).

    A bad file raises nothing: `report.refused` is the sentence for its sender, and no rows.parquet is there. What was
    read before from the same bytes, name and contract is returned as it is. The same bytes under two names are two
    results in one place: the caller reads each sha256 under one name. InfraProblem where the bytes are not there.
    """
    key = cache_key(arrival.name, book)
    known = _cached(settings, arrival.sha256, key)
    if known is not None:
        return known
    report = blank(arrival, key)
    table: pa.Table | None = None
    try:
        opened = open_file(_bytes(settings, arrival.sha256))
        report = replace(
            report, format=opened.format, skipped=tuple(opened.skipped),
            sheets=tuple("/".join(filter(None, (s.part, s.name))) for s in opened.sheets if not s.empty),
        )
        found = recognise(arrival.name, opened.members, opened.sheets, book)
        report = replace(
            report, feed=found.contract.feed, contract=fingerprint(found.contract), recognised_by=found.by,
            header_cover=round(found.cover, 4),
        )
        report = outlined(opened, report, found.contract)
        table, report = build(opened, report, found.contract)
    except Refusal as refusal:
        report = _refused(report if report.feed else _by_name(report, book), refusal)
    _save(settings, table, report)
    log.info("read %s: feed %s, %d rows %s", arrival.sha256[:12], report.feed, report.rows_in, report.refused_kind)
    return report


def blank(arrival: Landed, key: str) -> ReadReport:
    """A report of a file of which nothing is known yet."""
    return ReadReport(
        sha256=arrival.sha256, name=arrival.name, cache_key=key, feed=None, contract="", recognised_by="",
        header_cover=0.0, refused=None, refused_kind="", format="", encoding="", rows_in=0, long_rows=0, columns=(),
        unknown=(), ignored=(), missing=(), missing_optional=(), hidden_rows=None, hidden_columns=None, filtered_rows=None, unread_sheets=0,
        titles=(), sheets=(), skipped=(), data_date=None,
        data_date_source="", county_hint=arrival.name, zero_report=False, parts=(),
    )


def _by_name(report: ReadReport, book: Book) -> ReadReport:
    """A file that cannot be opened: its feed and date as its name alone tells them, so that its sender can be asked."""
    named = candidates([report.name], book)
    if len(named) != 1:
        return report
    day = find_day([base_name(report.name)], named[0].data_date.filename)
    return replace(
        report, feed=named[0].feed, contract=fingerprint(named[0]), recognised_by="name", data_date=day,
        data_date_source="filename" if day else "",
    )


def _refused(report: ReadReport, refusal: Refusal) -> ReadReport:
    return replace(
        report, refused=f"{refusal.message}{refusal.action}", refused_kind=refusal.kind, missing=refusal.missing
    )


def _cached(settings: Settings, sha256: str, key: str) -> ReadReport | None:
    folder = settings.raw / sha256
    if not (folder / "meta.json").exists():
        return None
    try:
        report = ReadReport.from_json(read_json(folder / "meta.json"))
    except (KeyError, TypeError, ValueError):  # written by another version of this package
        return None
    whole = report.refused is not None or (folder / "rows.parquet").exists()
    return report if report.cache_key == key and whole else None


def _save(settings: Settings, table: pa.Table | None, report: ReadReport) -> None:
    """Rows first, then the report: a report is never there without its rows."""
    folder = settings.raw / report.sha256
    rows = folder / "rows.parquet"
    if table is not None:
        write_table(table, rows)
    write_json(report.to_json(), folder / "meta.json")
    if table is None:
        rows.unlink(missing_ok=True)


def _bytes(settings: Settings, sha256: str) -> bytes:
    path = settings.landing / sha256
    try:
        if path.stat().st_size > limits.MAX_FILE:
            raise Refusal("too_large", f"文件超过 {limits.MAX_FILE >> 20} MB。", "请按乡镇拆分，或压缩为 zip 后报送。")
        return path.read_bytes()
    except OSError as problem:
        raise InfraProblem(f"Landed file {sha256[:12]} cannot be read ({type(problem).__name__}).") from problem
