"""Publish a county's workbook and report page: one typed model, two renderers, one pointer that moves last."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duizhang.core import lake
from duizhang.core.logs import logger
from duizhang.core.settings import Settings
from duizhang.publish import store
from duizhang.publish.gather import gather
from duizhang.publish.items import Item
from duizhang.publish.model import CountyReport, PublishedRow
from duizhang.publish.page import render_page
from duizhang.publish.workbook import render_workbook

__all__ = ["CountyReport", "Publication", "PublishedRow", "gather", "publish", "release", "render_page", "render_workbook"]

_LOG = logger("publish")


@dataclass(frozen=True)
class Publication:
    """A published version. `changed` is False where this very content was there already."""

    county: str
    cycle: str
    version: str
    path: Path
    workbook: Path
    page: Path
    rows: tuple[PublishedRow, ...]
    changed: bool


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
    """Render, verify and place a report model; then move the pointer."""
    cycle = store.folder(settings.out, report.county, report.cycle)
    temp = store.writing_folder(cycle)
    try:
        workbook = temp / f"对账清单_{report.name}_{report.cycle}.xlsx"
        page = temp / f"未通过指标报告_{report.name}_{report.cycle}.html"
        render_workbook(report, workbook)
        page.write_text(render_page(report, workbook.name), encoding="utf-8")
        store.verify(workbook, report)
        files = [workbook, page]
        version = store.content_hash(files)[:12]
        lake.write_json(store.manifest(report, version, files), temp / store.MANIFEST)
        changed = store.place(temp, cycle / version)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    store.point(settings.out, report.county, report.cycle, version)
    _LOG.info("%s %s: version %s, %d rows, changed %s", report.county, report.cycle, version, len(report.asked), changed)
    path = cycle / version
    rows = tuple(PublishedRow(r.item_id, r.number, r.token, r.value_hash, r.due_on) for r in report.asked)
    return Publication(
        report.county, report.cycle, version, path, path / workbook.name, path / page.name, rows, changed
    )
