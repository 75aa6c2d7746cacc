"""What cannot be read is refused with a sentence; limits hold against hostile files; nothing raises."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from duizhang.core.errors import InfraProblem
from duizhang.read import ReadReport, limits, read
from duizhang.read.archive import Archive
from duizhang.read.problems import Refusal
from duizhang.read.sheetxml import scan, sheet_members

from tests.unit.read_kit import HEADER, ROW, Bench, bench, book, contract, csv_bytes, xlsx, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


@pytest.fixture
def desk(tmp_path: Path) -> Bench:
    return bench(tmp_path / "home")


@pytest.mark.parametrize(("data", "kind", "word"), [
    (b"", "empty", "空"), (b" \r\n", "empty", "空"), (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "密码"),
    (OLE + "WordDocument".encode("utf-16-le"), "format", "Word"), (OLE, "damaged", "另存为"), (b"%PDF-1.7", "format", "PDF"),
    (b"Rar!\x1a", "format", "RAR"), (b"\x00\x01\x02\x03", "format", "表格"), (b"\xff\xff\xff,\x81", "encoding", "编码"),
    (b"<html><p>x</p></html>", "format", "没有表格"), (zipped({"a.zip": zipped({"b.csv": b"x,y"})}), "format", "压缩包里还有压缩包"),
    (xlsx([HEADER, ROW])[:900], "damaged", "损坏"),
])
def test_what_is_no_table_is_refused_in_words(desk: Bench, data: bytes, kind: str, word: str) -> None:
    report = desk.take(data, "试验台账.xlsx")
    assert report.refused_kind == kind and word in (report.refused or "")
    assert (report.refused or "").endswith("。")


def test_a_zip_with_a_password_is_refused(desk: Bench) -> None:
    raw = bytearray(zipped({"1.csv": csv_bytes([HEADER, ROW])}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    report = desk.take(bytes(raw), "试验台账.zip")
    assert report.refused_kind == "encrypted" and "密码" in (report.refused or "")


def test_a_bomb_is_stopped_even_when_its_header_lies() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"0" * (200 << 20)) + packer.flush()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.csv", b"x" * 100)
    honest = out.getvalue()
    with zipfile.ZipFile(io.BytesIO(honest)) as opened:
        size = opened.infolist()[0].compress_size
    start = 30 + len("1.csv")
    directory = honest[start + size :]
    lied = directory.replace(struct.pack("<II", size, 100), struct.pack("<II", len(packed), 100), 1)
    end = lied.index(b"PK\x05\x06") + 16
    lied = lied[:end] + struct.pack("<I", start + len(packed)) + lied[end + 4 :]
    archive_of_lies = Archive(honest[:start] + packed + lied)
    with pytest.raises(Refusal) as caught:
        archive_of_lies.read(archive_of_lies.members[0])
    assert caught.value.kind == "too_large"


def test_one_cell_in_the_last_corner_is_refused_before_it_takes_memory(desk: Bench) -> None:
    def corner(reference: str) -> bytes:
        source, out = xlsx([HEADER, ROW]), io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                body = old.read(name)
                if name.endswith("sheet1.xml"):
                    body = body.replace(b"</sheetData>", reference.encode() + b"</sheetData>")
                new.writestr(name, body)
        return out.getvalue()

    for row in ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', '<row r="3"><c r="ZZ1048576"><v>1</v></c></row>',
                "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"):
        archive = Archive(corner(row))
        with pytest.raises(Refusal):  # by the scan, before the parser takes memory for the box
            scan(archive, sheet_members(archive)["Sheet1"])
        assert desk.take(corner(row)).refused_kind == "too_large", row
    blank = desk.take(corner('<row r="1048576"><c r="XFD1048576" s="1"/></row>'))
    assert blank.refused is None and blank.rows_in == 1


def test_limits_on_file_size_and_members(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MEMBERS", 2)
    many = zipped({f"{number}.csv": csv_bytes([HEADER, ROW]) for number in range(3)})
    assert desk.take(many, "试验台账.zip").refused_kind == "too_large"
    monkeypatch.setattr(limits, "MAX_FILE", 10)
    assert desk.take(csv_bytes([HEADER, ROW]), "试验台账.csv").refused_kind == "too_large"


def test_damaged_files_never_raise(desk: Bench) -> None:
    chance = random.Random(7)
    for source, name in ((xlsx([HEADER, *[ROW] * 20]), "a试验台账.xlsx"), (zipped({"1.csv": csv_bytes([HEADER, *[ROW] * 20])}), "试验台账.zip")):
        for _ in range(150):
            data = bytearray(source)
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            report = desk.take(bytes(data[: chance.choice([len(data), chance.randrange(4, len(data))])]), name)
            assert report.refused is None or report.refused.endswith("。")


def test_no_sentence_quotes_a_number_of_a_person(desk: Bench) -> None:
    wanted = book(contract(header={"anchors": [["姓名"]]}))
    report = desk.take(xlsx([["姓名", "990101199001010011", "13912345678"], ["甲", "x", "y"]]), books=wanted)
    assert report.refused_kind == "missing_columns"
    assert "990101199001010011" not in (report.refused or "") and "13912345678" not in (report.refused or "")


def test_the_report_survives_json_and_is_the_cache(desk: Bench) -> None:
    landed = desk.land(xlsx([HEADER, ROW]), "试验台账_20261018.xlsx")
    first = read(desk.settings, landed, book())
    meta = desk.settings.raw / landed.sha256 / "meta.json"
    assert ReadReport.from_json(json.loads(meta.read_text(encoding="utf-8"))) == first
    stamp = meta.stat().st_mtime_ns
    assert read(desk.settings, landed, book()) == first and meta.stat().st_mtime_ns == stamp
    changed = read(desk.settings, landed, book(contract(max_age=3)))
    assert changed.contract != first.contract and meta.stat().st_mtime_ns != stamp
    meta.write_text("{}", encoding="utf-8")
    assert read(desk.settings, landed, book()) == first


def test_a_refusal_takes_back_rows_of_an_earlier_reading(desk: Bench) -> None:
    landed = desk.land(xlsx([HEADER, ROW]), "试验台账.xlsx")
    assert read(desk.settings, landed, book()).refused is None
    strict = book(contract(columns=[{"name": "姓名"}, {"name": "证件号码"}, {"name": "必有", "required": True}]))
    assert read(desk.settings, landed, strict).refused_kind == "missing_columns"
    assert not (desk.settings.raw / landed.sha256 / "rows.parquet").exists()
    assert read(desk.settings, landed, book()).refused is None


def test_landed_bytes_that_are_gone_are_a_problem_of_the_platform(desk: Bench) -> None:
    landed = desk.land(b"x", "试验台账.csv")
    (desk.settings.landing / landed.sha256).unlink()
    with pytest.raises(InfraProblem):
        read(desk.settings, landed, book())


def test_rows_parquet_has_the_agreed_types(desk: Bench) -> None:
    report = desk.take(xlsx([HEADER, ROW]))
    schema = pq.read_schema(desk.settings.raw / report.sha256 / "rows.parquet")
    assert [(field.name, str(field.type)) for field in schema][:4] == [
        ("_part", "string"), ("_sheet", "string"), ("_row", "int64"), ("_long", "string")]
    assert {str(field.type) for field in schema if not field.name.startswith("_")} == {"string"}
