"""Versioned publication (`core/versions`): files are read back first, and one pointer more is moved last.

    out/<county>/<cycle>/<version>/   version = first 12 hex of the hash of the content
    out/<county>/<cycle>/latest       -> <version>
    out/<county>/current              -> <cycle>/<version>
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import python_calamine

from duizhang.core.errors import InfraProblem
from duizhang.core.returns import NUMBER, TOKEN
from duizhang.core.versions import LATEST, latest, link, sha256
from duizhang.publish.model import FILE_SHEET, LIST_SHEET, CountyReport, FileLine, Line


@dataclass(frozen=True)
class Before:
    """What earlier publications said: rows of this cycle (item_id → 状态, 期限); hits by code and name of the last cycle."""

    carried: Mapping[str, tuple[str, date]]
    hits: Mapping[str, int] | None
    last_cycle: str | None = None


def folder(out: Path, county: str, cycle: str) -> Path:
    """Where the versions of one county's cycle lie."""
    return out / county / cycle


def before(out: Path, county: str, cycle: str) -> Before:
    """What the manifests of this county say of this cycle and of the last one before it."""
    mine = latest(folder(out, county, cycle))
    carried = {} if mine is None else mine["rows"]
    base = out / county
    cycles = [path for path in base.iterdir() if path.is_dir() and not path.is_symlink()] if base.is_dir() else []
    earlier = [found for path in sorted(cycles) if path.name < cycle and (found := latest(path))]
    return Before(
        carried={item: (row["status"], date.fromisoformat(row["due_on"])) for item, row in carried.items()},
        hits=earlier[-1]["hits"] if earlier else None,
        last_cycle=earlier[-1]["cycle"] if earlier else None,
    )


def manifest(report: CountyReport, version: str, folder: Path, paths: Sequence[Path], encrypted: bool) -> dict[str, Any]:
    """Counts and hashes; no name and no number of a person. `files`: path below the version's folder → sha256 as written."""
    return {
        "county": report.county,
        "cycle": report.cycle,
        "as_of": report.as_of.isoformat(),
        "version": version,
        "encrypted": encrypted,
        "files": {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(paths)},
        "counts": {
            "list": len(report.lines),
            "files": len(report.file_lines),
            "errors": sum(line.severity == "错误" for line in report.asked),
            "suspicions": sum(line.severity == "疑似" for line in report.asked),
            "consequences": report.consequences,
            "waiting": len(report.replied),
            "closed": len(report.closed),
            "problems": len(report.problems),
            "to_visit": sum(not line.no_visit for line in report.lines),
            "desk": sum(bool(line.no_visit) for line in report.lines),
        },
        "hits": {indicator.code: indicator.hits for indicator in report.indicators},
        "rows": {line.item_id: {"status": line.status, "due_on": line.due_on.isoformat()} for line in report.asked},
    }


def verify(workbook: Path, report: CountyReport) -> None:
    """Read a list (a county's or a town's) back and compare every row's text with its model; InfraProblem where they differ."""
    book = _opened(workbook)
    sheets_and_lines: list[tuple[str, Sequence[Line | FileLine]]] = [(LIST_SHEET, report.lines)]
    if not report.town:
        sheets_and_lines.append((FILE_SHEET, report.file_lines))
    for sheet, lines in sheets_and_lines:
        rows = book.get_sheet_by_name(sheet).to_python()
        if len(rows) != len(lines) + 1 or not _same(rows, lines):
            raise InfraProblem(f"Sheet {sheet} does not read back as it was written.", action="Nothing was published.")


def verify_visits(workbook: Path, report: CountyReport) -> None:
    """Read the visit sheets back: every line that needs a visit stands there once, under its household's number."""
    book = _opened(workbook)
    found: list[tuple[int, str, str, str]] = []
    for name in book.sheet_names[1:]:
        household = ""
        for row in book.get_sheet_by_name(name).to_python():
            if isinstance(row[0], str) and row[0].startswith("□"):
                household = row[0]
            elif isinstance(row[0], int | float):
                found.append((int(row[0]), household, str(row[3]), str(row[4])))
    wanted = [line for line in report.lines if not line.no_visit]
    written = {seq: rest for seq, *rest in found}
    if len(found) != len(wanted) or any(
        line.household not in written.get(line.seq, [""])[0] or written[line.seq][1:] != [line.national, line.others]
        for line in wanted
    ):
        raise InfraProblem("The visit sheets do not read back as they were written.", action="Nothing was published.")


def _opened(workbook: Path) -> python_calamine.CalamineWorkbook:
    with zipfile.ZipFile(workbook) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        if any(b"<f>" in (text := parts.read(name)) or b"<f " in text for name in sheets):
            raise InfraProblem("The workbook just written holds a formula.", action="Nothing was published.")
    return python_calamine.CalamineWorkbook.from_path(str(workbook))


def _same(rows: list[list[Any]], lines: Sequence[Line | FileLine]) -> bool:
    names = [str(cell) for cell in rows[0]]
    number, token, seq = names.index(NUMBER), names.index(TOKEN), names.index("序号")
    identity = {"户编号": "household", "姓名": "name", "证件号码": "id_number"}
    columns = [(names.index(name), field) for name, field in identity.items() if name in names]
    return all(
        row[seq] == line.seq
        and (row[number], row[token]) == (line.number, line.token)
        and all(row[at] == getattr(line, field) for at, field in columns)
        for row, line in zip(rows[1:], lines, strict=True)
    )


def point(out: Path, county: str, cycle: str, version: str) -> None:
    """Move the pointers. `current` never goes back to an earlier cycle: a late rerun only mends its own cycle."""
    link(folder(out, county, cycle) / LATEST, version)
    current = out / county / "current"
    now = current.readlink().parts[0] if current.is_symlink() else ""
    if cycle >= now:
        link(current, f"{cycle}/{version}")
