"""Writes a Book as a program would: the XML habits of Excel, of WPS, of a streaming exporter, of Strict OOXML, and openpyxl.

Excel and WPS are simulated: their habits (shared strings, dates by style, phonetic runs, properties) are imitated, the
programs themselves are not run. Real saves are LibreOffice's (`test_office.py`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import SortState

from tests.returns.table import Book, Formula, Rich, Sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006/relationships"
EPOCH = datetime(1899, 12, 30)


@dataclass(frozen=True)
class Habits:
    """How a program writes its XML."""

    app: str
    main: str = MAIN
    rel: str = REL
    shared: bool = True  # shared strings, else inline
    prefix: str = ""  # of every element, with its colon
    references: bool = True  # r="A1" on rows and cells
    dimension: bool = True
    date_format: str = "yyyy-mm-dd"
    iso_dates: bool = False
    absolute: bool = False  # targets of relations from the root of the package
    custom: bool = False  # docProps/custom.xml, as WPS writes it


HABITS = {
    "excel": Habits("Microsoft Excel"),
    "wps": Habits("WPS 表格", date_format="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", custom=True, absolute=True),
    "stream": Habits("exporter", shared=False, references=False, dimension=False),
    "prefixed": Habits("Open XML SDK", prefix="x:", shared=False, dimension=False, absolute=True),
    "strict": Habits(
        "Microsoft Excel", main="http://purl.oclc.org/ooxml/spreadsheetml/main",
        rel="http://purl.oclc.org/ooxml/officeDocument/relationships", iso_dates=True,
    ),
}  # fmt: skip


class _Writer:
    def __init__(self, habits: Habits) -> None:
        self.h = habits
        self.strings: dict[str, int] = {}

    def tag(self, name: str, inner: str = "", **attributes: Any) -> str:
        said = "".join(f" {key.replace('__', ':')}={quoteattr(str(value))}" for key, value in attributes.items())
        p = self.h.prefix
        return f"<{p}{name}{said}>{inner}</{p}{name}>" if inner else f"<{p}{name}{said}/>"

    def run(self, text: str) -> str:
        safe = "".join(c if c in "\n\t" or ord(c) > 31 else f"_x{ord(c):04X}_" for c in text)
        return self.tag("t", escape(safe), xml__space="preserve") if safe else f"<{self.h.prefix}t></{self.h.prefix}t>"

    def string(self, value: str | Rich) -> str:
        if isinstance(value, str):
            return self.run(value)
        runs = "".join(self.tag("r", self.run(run)) for run in value.runs)
        return runs + (self.tag("rPh", self.run(value.phonetic), sb=0, eb=1) if value.phonetic else "")

    def cell(self, value: Any, reference: str) -> str:
        where = {"r": reference} if self.h.references else {}
        if value is None or value == "":
            return self.tag("c", **where, s=0)
        if isinstance(value, Formula):
            return self._formula(value, where)
        if isinstance(value, bool):
            return self.tag("c", self.tag("v", str(int(value))), **where, t="b")
        if isinstance(value, date):
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            if self.h.iso_dates:
                return self.tag("c", self.tag("v", moment.isoformat()), **where, s=1, t="d")
            return self.tag("c", self.tag("v", str((moment - EPOCH).days)), **where, s=1)
        if isinstance(value, int | float):
            return self.tag("c", self.tag("v", repr(value)), **where, s=0)
        body = self.string(value)
        if self.h.shared:
            at = self.strings.setdefault(body, len(self.strings))
            return self.tag("c", self.tag("v", str(at)), **where, t="s", s=0)
        return self.tag("c", self.tag("is", body), **where, t="inlineStr")

    def _formula(self, value: Formula, where: dict[str, str]) -> str:
        formula = self.tag("f", escape(value.text))
        if value.error:
            return self.tag("c", formula + self.tag("v", "#N/A"), **where, t="e")
        stored = self.tag("v", escape(value.cached)) if value.cached is not None else self.tag("v")
        return self.tag("c", formula + stored, **where, **({"t": "str"} if value.cached is not None else {}))

    def sheet(self, sheet: Sheet) -> str:
        rows = []
        for at, line in enumerate(sheet.lines, 1):
            cells = "".join(self.cell(value, f"{get_column_letter(i)}{at}") for i, value in enumerate(line.cells, 1))
            given: dict[str, Any] = {"r": at} if self.h.references else {}
            rows.append(self.tag("row", cells, **given, **({"hidden": 1} if line.hidden else {})))
        wide = max((len(line.cells) for line in sheet.lines), default=1)
        inner = self.tag("dimension", ref=f"A1:{get_column_letter(wide)}{len(sheet.lines)}") if self.h.dimension else ""
        inner += self.tag("sheetData", "".join(rows) or " ")
        if sheet.sort:
            inner += self.tag("sortState", ref=_ref(sheet.sort))
        if sheet.merges:
            inner += self.tag("mergeCells", "".join(self.tag("mergeCell", ref=_ref(merge)) for merge in sheet.merges))
        return self.root("worksheet", inner)

    def root(self, name: str, inner: str, **more: str) -> str:
        p = self.h.prefix
        space = f"xmlns:{p[:-1]}" if p else "xmlns"
        said = "".join(f" {key}={quoteattr(value)}" for key, value in more.items())
        return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{p}{name} {space}="{self.h.main}"{said}>{inner}</{p}{name}>'


def _ref(box: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = box
    return f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"


def write(book: Book, path: Path, habits: Habits) -> None:
    """Write `book` with `habits`."""
    w = _Writer(habits)
    sheets = [w.sheet(sheet) for sheet in book.sheets]
    p, base = habits.prefix, "/xl/" if habits.absolute else ""
    names = "".join(
        f"<{p}sheet name={quoteattr(sheet.name)} sheetId=\"{n}\" d:id=\"rId{n}\"/>" for n, sheet in enumerate(book.sheets, 1)
    )
    targets = [(f"rId{n}", "worksheet", f"{base}worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    targets += [("rIdS", "styles", f"{base}styles.xml"), ("rIdT", "sharedStrings", f"{base}sharedStrings.xml")]
    styles = (
        f'<{p}numFmts count="1"><{p}numFmt numFmtId="177" formatCode="{habits.date_format}"/></{p}numFmts>'
        f'<{p}fonts count="1"><{p}font/></{p}fonts><{p}fills count="1"><{p}fill><{p}patternFill patternType="none"/></{p}fill></{p}fills>'
        f'<{p}borders count="1"><{p}border/></{p}borders><{p}cellXfs count="2"><{p}xf numFmtId="49"/>'
        f'<{p}xf numFmtId="177" applyNumberFormat="1"/></{p}cellXfs>'
    )
    relation = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": f'<Relationships xmlns="{PACK}">{relation.format("r1", habits.rel, "officeDocument", "xl/workbook.xml")}</Relationships>',
        "xl/workbook.xml": w.root("workbook", f"<{p}sheets>{names}</{p}sheets>", **{"xmlns:d": habits.rel}),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACK}">'
        + "".join(relation.format(i, habits.rel, kind, target) for i, kind, target in targets) + "</Relationships>",
        "xl/styles.xml": w.root("styleSheet", styles),
        "docProps/app.xml": f"<Properties><Application>{habits.app}</Application></Properties>",
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)},
    }  # fmt: skip
    shared = "".join(w.tag("si", body) for body in w.strings)
    parts["xl/sharedStrings.xml"] = w.root("sst", shared, count=str(len(w.strings)), uniqueCount=str(len(w.strings)))
    if habits.custom:
        parts["docProps/custom.xml"] = "<Properties><property name='KSOProductBuildVer'><lpwstr>2052-12.1.0</lpwstr></property></Properties>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.{}+xml"
    parts = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles", "/xl/sharedStrings.xml": "sharedStrings"}
    parts |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in range(1, sheets + 1)}
    said = "".join(f'<Override PartName="{name}" ContentType="{kind.format(what)}"/>' for name, what in parts.items())
    said += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{said}</Types>'


def through_openpyxl(book: Book, path: Path, published: Path) -> None:
    """Write `book` into the workbook as published: formats, filters and drop-downs stay. A formula gives its value."""
    out = openpyxl.load_workbook(published)
    was = {sheet.title: sheet for sheet in out.worksheets}
    for sheet in book.sheets:
        there = was.pop(sheet.name, None) or out.create_sheet(sheet.name)
        there.delete_rows(1, there.max_row)
        for at, line in enumerate(sheet.lines, 1):
            for i, value in enumerate(line.cells, 1):
                if isinstance(value, Formula):
                    value = f"={value.text}" if value.cached is None else value.cached
                elif isinstance(value, Rich):
                    value = value.text
                there.cell(at, i).value = _legal(value)
            there.row_dimensions[at].hidden = line.hidden
        for i in sheet.hidden_columns:
            there.column_dimensions[get_column_letter(i + 1)].hidden = True
        for merge in sheet.merges:
            there.merge_cells(_ref(merge))
        if sheet.sort:
            there.auto_filter.ref = there.auto_filter.ref or _ref(sheet.sort)
            there.auto_filter.sortState = SortState(ref=_ref(sheet.sort))
    for left in was.values():
        out.remove(left)
    out.save(path)


def _legal(value: Any) -> Any:
    """openpyxl refuses control characters; Excel writes them as _x0007_."""
    return "".join(c if c in "\n\t" or ord(c) > 31 else f"_x{ord(c):04X}_" for c in value) if isinstance(value, str) else value


Render = Callable[[Book, Path, Path], None]


def renderer(name: str) -> Render:
    """How to write in the manner of `name`: one of HABITS, or openpyxl."""
    if name == "openpyxl":
        return through_openpyxl
    return lambda book, path, published: write(book, path, HABITS[name])


NAMES = ("openpyxl", *HABITS)
