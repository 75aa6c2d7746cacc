"""Coverage-guided fuzzing of the readers: `python -m tests.fuzz.harness KIND CORPUS [libFuzzer options]`.

KIND is csv (the bytes are the file), zip (likewise, a container) or xlsx (the first byte says which part of a good workbook
the rest replaces, so that mutations reach the XML and are not lost in compression). Whatever the bytes, reading and
normalising must end in a refusal with a sentence or in rows that are all accounted for; anything else ends the process.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["duizhang.read", "duizhang.normalise"]):
    from duizhang import normalise, read

import pyarrow.parquet as pq
from duizhang.read import ReadReport

from tests.unit.read_kit import HEADER, ROW, Bench, Landed, bench, book, contract, csv_bytes, xlsx, zipped

PARTS = (
    "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/styles.xml",
    "[Content_Types].xml", "xl/worksheets/_rels/sheet1.xml.rels",
)  # fmt: skip
NAMES = {"csv": "青石县试验台账_20261018.csv", "zip": "青石县试验台账_20261018.zip", "xlsx": "青石县试验台账_20261018.xlsx"}
BOOK = book(contract(not_data={"*": ["合计"]}))
GOOD = xlsx([["试验台账"], HEADER, ROW, ["2", "王试乙", "990101199001010038", "0.5", "2026年10月"]])


def rebuilt(data: bytes) -> bytes:
    """The good workbook with one part replaced."""
    part, body = PARTS[data[0] % len(PARTS)] if data else PARTS[0], data[1:]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in dict.fromkeys([*old.namelist(), part]):
            new.writestr(name, body if name == part else old.read(name))
    return out.getvalue()


def seeds(kind: str) -> list[bytes]:
    """Good and nearly good files to begin with."""
    golden = Path(__file__).parents[1] / "golden" / "read"
    plain = csv_bytes([["试验台账"], HEADER, ROW, ["合计", "1人"]])
    found = [path.read_bytes() for path in golden.glob("*/*") if path.name != "expect.json"]
    found += [path.read_bytes() for path in sorted((Path(__file__).parent / "found" / kind).glob("*"))]
    if kind == "csv":
        quoted = '姓名,证件号码,备注\r\n甲,"99""01","二\r\n行"\r\n'.encode()
        return [*found, plain, csv_bytes([HEADER, ROW], "gb18030", "\t"), csv_bytes([HEADER, ROW], "utf-16"), quoted]
    if kind == "zip":
        return [*found, GOOD, zipped({"1.csv": plain, "2.csv": plain, "说明.txt": b"x"}), zipped({"a.zip": zipped({"b.csv": plain})})]
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        names = set(archive.namelist())
        return [bytes([place]) + archive.read(name) for place, name in enumerate(PARTS) if name in names]


def records(text: str) -> set[int]:
    """How many records with content `text` has, for each delimiter that it may be cut by."""
    return {
        sum(any(cell.strip() for cell in row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)) for mark in ",\t;|"
    }


def check(desk: Bench, kind: str, data: bytes) -> ReadReport:
    """Read and normalise `data`; AssertionError where a row is lost or a refusal says nothing."""
    made = rebuilt(data) if kind == "xlsx" else data
    landed = Landed("f" * 64, NAMES[kind])
    (desk.settings.landing / landed.sha256).write_bytes(made)
    (desk.settings.raw / landed.sha256 / "meta.json").unlink(missing_ok=True)
    (desk.settings.norm / landed.sha256 / "meta.json").unlink(missing_ok=True)
    report = read.read(desk.settings, landed, BOOK)
    rows = desk.settings.raw / landed.sha256 / "rows.parquet"
    if report.refused is not None:
        assert report.refused_kind and report.refused.endswith("。") and not rows.exists()
        assert normalise.normalise(desk.settings, report, BOOK) is None
        return report
    assert pq.ParquetFile(rows).metadata.num_rows == report.rows_in == sum(part.rows_in for part in report.parts)
    norm = normalise.normalise(desk.settings, report, BOOK)
    assert norm is not None and norm.rows_in == norm.loaded + norm.quarantined + norm.not_data == report.rows_in
    if report.format == "csv" and report.parts:
        part = report.parts[0]
        text = made.decode(report.encoding)
        above = {n for n in records(text)}
        assert any(report.rows_in <= n <= report.rows_in + part.header_row + part.header_rows for n in above), "lost rows"
    return report


def main() -> None:
    kind, corpus = sys.argv[1], Path(sys.argv[2])
    logging.disable(logging.CRITICAL)
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(kind):
        (corpus / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    with tempfile.TemporaryDirectory() as home:
        desk = bench(Path(home) / "home")
        desk.settings.landing.mkdir(parents=True)
        atheris.Setup([sys.argv[0], *sys.argv[3:], str(corpus)], lambda data: check(desk, kind, data) and None)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
