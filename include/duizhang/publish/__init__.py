"""Publish a county's lists, visit sheets and report page: one typed model, renderers, one pointer that moves last."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duizhang.core import lake, versions
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.publish import sealing, store
from duizhang.publish.asking import Item
from duizhang.publish.delivery import load_delivery, password
from duizhang.publish.gather import gather
from duizhang.publish.model import CountyReport, PublishedRow
from duizhang.publish.page import render_page
from duizhang.publish.towns import FOLDER, town_reports
from duizhang.publish.visit_sheets import render_visits
from duizhang.publish.workbook import render_workbook

__all__ = ["CountyReport", "Publication", "PublishedRow", "gather", "publish", "release", "render_page", "render_visits", "render_workbook"]

_LOG = logger("publish")


@dataclass(frozen=True)
class Publication:
    """A published version. `changed` is False where this very content was there already.

    `workbook` is the county's list, `visits` its visit sheets, `towns` the towns' lists and visit sheets (none where not asked for).
    """

    county: str
    cycle: str
    version: str
    path: Path
    workbook: Path
    page: Path
    rows: tuple[PublishedRow, ...]
    changed: bool
    visits: Path
    towns: tuple[Path, ...] = ()


def publish(
    settings: Settings,
    county: str,
    as_of: str,
    cycle: str,
    items: Sequence[Item],
    roll_forward: Sequence[Mapping[str, Any]],
    closed: Sequence[Item] = (),
) -> Publication:
    """Publish the list of `county` for `cycle` from the checks as of `as_of`; arguments as in `gather`.

    Same content, same version: a second run changes nothing. A failure before the pointer moves leaves the last
    publication in place. Raises InfraProblem where the workbook does not read back as written.
    """
    before = store.before(settings.out, county, cycle)
    return release(settings, gather(settings, county, as_of, cycle, items, roll_forward, closed, before))


def release(settings: Settings, report: CountyReport) -> Publication:
    """Render, verify, where asked encrypt, and place a report model; then move the pointer.

    Raises ContractProblem where an encrypted county has no password, InfraProblem where a file does not read back.
    """
    parcel = load_delivery(settings).of(report.county)
    secret = password(settings, report.county) if parcel.encrypt else None
    cycle = store.folder(settings.out, report.county, report.cycle)
    temp = versions.writing(cycle)
    try:
        files = _write(report, temp, parcel.town_files)
        marks = [sealing.mark(settings.installation_key(), secret)] if secret else []
        version = versions.content_hash(files.all, temp, marks)[:12]
        final = cycle / version
        changed = not versions.intact(final)
        if changed:
            for path in files.workbooks if secret else ():
                sealing.seal(path, str(secret))
            lake.write_json(store.manifest(report, version, temp, files.all, secret is not None), temp / versions.MANIFEST)
            changed = versions.settle(temp, final)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    store.point(settings.out, report.county, report.cycle, version)
    _LOG.info("%s %s: version %s, %d rows, changed %s", report.county, report.cycle, version, len(report.asked), changed)
    rows = tuple(PublishedRow(r.item_id, r.number, r.token, r.value_hash, r.due_on) for r in report.asked)
    county_list, page, visits, *towns = (final / path.relative_to(temp) for path in files.all)
    return Publication(
        report.county, report.cycle, version, final, county_list, page, rows, changed, visits, tuple(towns)
    )


@dataclass(frozen=True)
class _Files:
    """What was written: the county's list, the page, the visit sheets, then the towns' lists."""

    all: tuple[Path, ...]

    @property
    def workbooks(self) -> tuple[Path, ...]:
        return tuple(path for path in self.all if path.suffix == ".xlsx")


def _write(report: CountyReport, folder: Path, town_files: bool) -> _Files:
    """Every file of the publication, each workbook read back."""
    workbook = folder / f"对账清单_{report.name}_{report.cycle}.xlsx"
    page = folder / f"未通过指标报告_{report.name}_{report.cycle}.html"
    visits = folder / f"入户单_{report.name}_{report.cycle}.xlsx"
    render_workbook(report, workbook)
    store.verify(workbook, report)
    page.write_text(render_page(report, workbook.name), encoding="utf-8")
    render_visits(report, visits)
    store.verify_visits(visits, report)
    written = [workbook, page, visits]
    for ending, town in town_reports(report) if town_files else ():
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
        written += [folder / FOLDER / f"{kind}_{ending}" for kind in ("对账清单", "入户单")]
        render_workbook(town, written[-2])
        store.verify(written[-2], town)
        render_visits(town, written[-1])
        store.verify_visits(written[-1], town)
    return _Files(tuple(written))
