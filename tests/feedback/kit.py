"""Books for lists from above: the subjects of a home written straight from the made-up world's national files, or by hand."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from duizhang.core.catalogue import by_code
from duizhang.core.functions import idkey
from duizhang.core.settings import Settings

from tests.ledger.ledger_kit import County, Hit

AS_OF = "2026-10-25"
COLUMNS = (
    "_key", "_county", "_town", "_town_name", "_village", "_village_name", "_household", "_head", "_person", "_name", "_idkey", "_idno",
)  # fmt: skip
REGIONS = ("county", "county_name", "town", "town_name")


def clear(settings: Settings) -> None:
    """Take away the lake's partitions, receipts and returns."""
    for path in [*settings.home.glob("as_of=*"), settings.receipts, settings.returns]:
        shutil.rmtree(path, ignore_errors=True)


@dataclass
class Books:
    """Subjects by kind, as rows of COLUMNS."""

    subjects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # county → name

    def add(self, kind: str, **row: Any) -> None:
        """A row of subject `kind`; what is not given is NULL."""
        self.subjects.setdefault(kind, []).append({**dict.fromkeys(COLUMNS), **row})

    def write(self, settings: Settings, as_of: str = AS_OF) -> None:
        """The subject tables and regions as the stages leave them."""
        root = settings.at(as_of)
        for county in self.names:
            for kind in ("person", "household", "monitoring", "work_spell", "case", "village"):
                rows = sorted((r for r in self.subjects.get(kind, []) if r["_county"] == county), key=lambda row: row["_key"])
                path = root / "subjects" / kind / f"county={county}" / "data.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in COLUMNS])), path)
        towns = {(r["_county"], r["_town"], r["_town_name"]) for rows in self.subjects.values() for r in rows if r["_town"]}
        regions = [{"county": c, "county_name": self.names[c], "town": t, "town_name": n} for c, t, n in sorted(towns)]
        (root / "books").mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(regions, schema=pa.schema([(name, pa.string()) for name in REGIONS])), root / "books" / "regions.parquet")


def of_world(world: Path) -> Books:
    """The people, households and monitoring records of a world written as CSV (October), read without the pipeline."""
    books = Books()
    for path in sorted((world / "inbox" / "2026-10").glob("*监测对象信息*.csv")):
        homes: set[str] = set()
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()):
            if not row.get("人编号") or not row.get("村编码"):
                continue
            county = row["村编码"][:6]
            books.names[county] = row["县"]
            place = {"_county": county, "_town": row["村编码"][:9], "_town_name": row["乡"], "_village": row["村编码"], "_village_name": row["村"],
                     "_household": row["户编号"], "_head": row["户主姓名"] or None}  # fmt: skip
            head = {**place, "_name": row["户主姓名"] or None, "_idkey": idkey(row["户主证件号码"]), "_idno": row["户主证件号码"] or None}
            books.add("person", **place, _key=row["人编号"], _person=row["人编号"], _name=row["姓名"] or None,
                      _idkey=idkey(row["证件号码"]), _idno=row["证件号码"] or None)  # fmt: skip
            if row["户编号"] not in homes:
                homes.add(row["户编号"])
                books.add("household", _key=row["户编号"], **head)
                if row["识别监测时间"]:
                    books.add("monitoring", _key=f"{row['户编号']}|{row['识别监测时间']}", **head)
    for kind, rows in books.subjects.items():
        books.subjects[kind] = list({row["_key"]: row for row in rows}.values())
    return books


@dataclass(frozen=True)
class Found(Hit):
    """A finding that shows the subject's own names and numbers."""

    subject: tuple[tuple[str, Any], ...] = ()

    def row(self, county: str) -> dict[str, Any]:
        """The row of findings.parquet."""
        row, own = super().row(county), dict(self.subject)
        return row | {
            "town": own["_town"], "town_name": own["_town_name"], "village_name": own["_village_name"], "household_key": own["_household"],
            "person_key": own["_person"], "idkey": own["_idkey"], "head_name": own["_head"], "person_name": own["_name"], "id_number": own["_idno"],
        }  # fmt: skip


def ledgers(settings: Settings, books: Books, findings: Sequence[tuple[str, str, str]], folder: Path) -> dict[str, County]:
    """County → its ledger-side books with `findings` (code, kind, key) as hits; not yet merged."""
    rules = by_code(settings)
    found = {code: County(settings, folder, code) for code in books.names}
    rows = {(kind, row["_key"]): row for kind, all_rows in books.subjects.items() for row in all_rows}
    for (kind, key), row in rows.items():
        county = found[row["_county"]]
        if kind == "person":
            county.persons[key] = row["_idkey"] or ""
        elif kind == "household":
            members = tuple(r["_idkey"] or "" for r in books.subjects["person"] if r["_household"] == key)
            county.households[key] = (row["_idkey"] or "", members)
        elif kind == "monitoring":
            county.spells.add(key)
    for code, kind, key in findings:
        row, rule = rows[kind, key], rules[code]
        hit = Found(code, kind, key, severity=rule.severity, closes=rule.closes, version=rule.version, subject=tuple(row.items()))
        found[row["_county"]].hits.append(hit)
    for county in found.values():
        county.versions = {code: rules[code].version for code in rules}
    return found


def without(county: County, code: str, key: str) -> None:
    """The books of next month, in which this one is mended."""
    county.hits = [hit for hit in county.hits if (hit.code, hit.key) != (code, key)]


def sheet_of(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    """An .xlsx with these cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet → rows of an .xlsx."""
    book = openpyxl.load_workbook(path)
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def body_text(value: Any) -> str:
    """Anything as JSON text, for looking for values in it."""
    return json.dumps(value, ensure_ascii=False, default=str)



