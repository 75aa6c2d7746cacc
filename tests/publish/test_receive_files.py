"""Receiving: nothing a file is or holds can hurt; each that is no list is named."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import county as made
import msoffcrypto
import pytest
import xlwt
from duizhang.core import returns
from duizhang.core.errors import ContractProblem
from duizhang.receive import OTHER_PAPER, safety, write_receipt
from filling import fill
from returned import DONE, Out, Result

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = b'<worksheet xmlns="MAIN"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>%s</sheetData></worksheet>'


def xlsx(path: Path, sheet: bytes, extra: dict[str, bytes] | None = None) -> Path:
    """A minimal workbook whose only sheet has this XML."""
    rel, main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships", MAIN
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + f'<Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": sheet.replace(b"MAIN", main.encode()),
        **(extra or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return path


def archive(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as out:
        for name, data in parts.items():
            out.writestr(name, data)


def xlwt_book() -> Any:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "问题编号")
    return book


def lock(source: Path, target: Path, password: str) -> Path:
    with source.open("rb") as plain, target.open("wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt(password, out)
    return target


def test_other_papers_are_named(out: Out) -> None:
    receipt = write_receipt(out.c.settings, out.answers(DONE), [Result("accepted")])
    assert out.back(receipt).refused_file == OTHER_PAPER.format(returns.PAPERS[returns.RECEIPT_TITLE])
    visits = next(out.workbook.parent.glob("入户单_*.xlsx"))
    assert out.back(visits).refused_file == OTHER_PAPER.format(returns.PAPERS["入户单"])


def test_a_county_s_password_opens_its_file_in_memory_only(out: Out, tmp_path: Path) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    locked = lock(out.copy, tmp_path / "locked.xlsx", "made-up words")
    assert out.back(locked).refused_file == safety.ENCRYPTED
    out.c.settings.secrets.mkdir(mode=0o700, exist_ok=True)
    (out.c.settings.secrets / "passwords.json").write_text(json.dumps({"990109": "other", made.COUNTY: "made-up words"}))
    receipt = out.back(locked)
    assert [a.number for a in receipt.answers] == [out.numbers[0]]
    stored = [p.read_bytes() for p in out.c.settings.home.rglob("*") if p.is_file() and "returns" in p.parts]
    assert stored == [locked.read_bytes()], "what is kept is as it came: still encrypted"
    data = bytearray(locked.read_bytes())
    data[len(data) // 2] ^= 0x5A
    (tmp_path / "changed.xlsx").write_bytes(data)
    assert out.back(tmp_path / "changed.xlsx").refused_file == safety.BROKEN
    (out.c.settings.secrets / "passwords.json").write_text("[1]")
    with pytest.raises(ContractProblem):
        out.back(locked)


def test_links_and_sheets_in_unusual_places(out: Out, tmp_path: Path) -> None:
    """Links to other files are not followed: the stored value counts. A sheet's part is found by its relation."""
    linked = CELL % b"<row r='2'><c r='A2' t='str'><f>[1]a!A1</f><v>x</v></c></row>"
    part = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert "没有找到清单" in out.back(xlsx(tmp_path / "a.xlsx", linked, part)).refused_file
    far = CELL % b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = xlsx(tmp_path / "b.xlsx", CELL % b"", {"xl/other/place.bin": far.replace(b"MAIN", MAIN.encode())})
    with zipfile.ZipFile(path) as parts:
        files = {name: parts.read(name) for name in parts.namelist()}
    files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", b"other/place.bin")
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in files.items():
            parts.writestr(name, data)
    assert out.back(path).refused_file == safety.FAR_CELLS


def test_two_parts_of_one_name(out: Out, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "f.xlsx", CELL % b"")
    with zipfile.ZipFile(path, "a") as parts:
        parts.writestr("xl/worksheets/SHEET1.xml", b"<worksheet/>")
    assert out.back(path).refused_file == safety.BROKEN


def test_hostile_files_are_refused_with_a_sentence(out: Out, tmp_path: Path) -> None:
    f = tmp_path / "f.xlsx"
    far = b'<row r="1048576"><c r="XFD1048576" s="1"><v>1</v></c></row>'
    styled = b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    cases: list[tuple[Callable[[], Any], str]] = [
        (lambda: f.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), safety.BROKEN),
        (lambda: xlwt_book().save(str(f)), safety.OLD_FORMAT),
        (lambda: archive(f, {"清单.xlsx": out.workbook.read_bytes()}), safety.ARCHIVE),
        (lambda: archive(f, {"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}), safety.NOT_XLSX),
        (lambda: f.write_text("问题编号,校验码"), safety.NOT_XLSX),
        (lambda: f.write_bytes(b""), safety.NOT_XLSX),
        (lambda: f.write_bytes(out.workbook.read_bytes()[:5000]), safety.BROKEN),
        (lambda: xlsx(f, CELL % far), safety.FAR_CELLS),
        (lambda: xlsx(f, CELL % far.replace(b"<v>1", b"<f>1</f><v>1").replace(b'"', b"'")), safety.FAR_CELLS),
        (lambda: xlsx(f, (CELL % far).decode().encode("utf-16")), safety.FAR_CELLS),
        (lambda: xlsx(f, b'<!DOCTYPE a [<!ENTITY b "c">]>' + CELL % b""), safety.BROKEN),
        (lambda: xlsx(f, CELL % b"", {"xl/media/a.bin": bytes(60 * 2**20)}), safety.TOO_BIG),
        (lambda: xlsx(f, CELL % b"", {"xl/vbaProject.bin": b"x"}), safety.MACROS),
        (lambda: xlsx(f, CELL % styled), "没有找到清单"),
        (lambda: xlsx(f, b"<worksheet"), safety.BROKEN),
    ]
    for make, sentence in cases:
        make()
        receipt = out.back(f)
        assert sentence in receipt.refused_file, sentence
        assert receipt.answers == () and write_receipt(out.c.settings, receipt, ()).parent.name == "未识别"


def test_any_byte_changed_is_a_receipt_not_a_crash(out: Out, tmp_path: Path) -> None:
    """Either the whole file is refused as broken, or the byte was none of its contents and every answer is as it was."""
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    sound = out.back()
    assert [a.number for a in sound.answers] == [out.numbers[0]]
    whole = bytearray(out.copy.read_bytes())
    path = tmp_path / "changed.xlsx"
    broken = 0
    for at in range(40, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        receipt = out.back(path)
        assert receipt.refused_file in ("", safety.BROKEN) and receipt.refused == ()
        assert receipt.answers == (() if receipt.refused_file else sound.answers)
        broken += bool(receipt.refused_file)
    assert broken > 30, "most bytes are of some part's packed contents"
