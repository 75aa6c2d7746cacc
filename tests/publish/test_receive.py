"""Receiving: each row once, or refused with a reason; never another person's; nothing a file holds can hurt."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import county as made
import msoffcrypto
import openpyxl
import pytest
import xlwt
from duizhang import publish
from duizhang.core import returns
from duizhang.core.errors import ContractProblem
from duizhang.publish.model import FILE_SHEET, LIST_SHEET
from duizhang.receive import OTHER_PAPER, Receipt, desk, identify, judging, receive, safety, write_receipt
from duizhang.receive import receipt as paper
from duizhang.receive import rows as finding
from filling import columns, fill, rows

ON = date(2026, 10, 30)
DONE = {"核查结果": "已整改", "核查人": "村干部甲", "核查日期": datetime(2026, 10, 28)}


@dataclass
class Out:
    """A published list, and where a county's copy of it goes."""

    c: made.County
    workbook: Path
    numbers: list[str]
    copy: Path

    def back(self, path: Path | None = None) -> Receipt:
        return receive(self.c.settings, path or self.copy, ON, self.c.lookup)

    def answers(self, *answers: dict[str, Any]) -> Receipt:
        """Answers for the first rows of the list, in order."""
        return self.back(fill(self.workbook, self.copy, dict(zip(self.numbers, answers, strict=False))))

    def edit(self, change: Callable[[Any, dict[str, int]], None], *answers: dict[str, Any]) -> Receipt:
        """The same, and then `change(sheet, columns)` on the list."""
        fill(self.workbook, self.copy, dict(zip(self.numbers, answers, strict=False)))
        book = openpyxl.load_workbook(self.copy)
        change(book[LIST_SHEET], columns(book[LIST_SHEET]))
        book.save(self.copy)
        return self.back()


@pytest.fixture
def out(county: made.County, tmp_path: Path) -> Out:
    p = publish.publish(county.settings, made.COUNTY, county.as_of, county.cycle, county.items, county.flow)
    return Out(county, p.workbook, [row["问题编号"] for row in rows(p.workbook, LIST_SHEET)], tmp_path / "交回的 清单（1）.xlsx")


@dataclass
class Result:
    outcome: str
    reason: str = ""


def test_round_trip(out: Out) -> None:
    file_number = rows(out.workbook, FILE_SHEET)[0]["问题编号"]
    given = {
        out.numbers[0]: DONE,
        out.numbers[1]: {"核查结果": "不属实", "核查说明": "本人在家，户口簿已核", "核查日期": "2026年10月27日"},
        out.numbers[2]: {"核查结果": "情况说明", "核查说明": "确有理由", "核查人": "乙", "批准人": "丙", "核查日期": 20261026},
        file_number: {"核查结果": "部门数据有误"},
    }
    receipt = out.back(fill(out.workbook, out.copy, given))
    assert receipt.refused == () and receipt.unfilled == len(out.numbers) + 1 - 4
    assert (receipt.county, receipt.cycle) == (made.COUNTY, "2026-10")
    ids = {item["number"]: item["item_id"] for item in out.c.items}
    assert [(a.number, a.item_id) for a in receipt.answers] == [(number, ids[number]) for number in given]
    shown = {item["number"]: item["value_hash"] for item in out.c.items}
    assert [a.value_hash for a in receipt.answers] == [shown[number] for number in given]
    one, two, three, four = receipt.answers
    assert (one.answer, one.note, one.answered_by, one.checked_on) == ("已整改", None, "村干部甲", date(2026, 10, 28))
    assert (two.note, two.checked_on) == ("本人在家，户口簿已核", date(2026, 10, 27))
    assert (three.approved_by, three.checked_on, four.checked_on) == ("丙", date(2026, 10, 26), None)


def test_sorted_moved_renamed_and_with_things_added(out: Out) -> None:
    def shuffle(sheet: Any, at: dict[str, int]) -> None:
        table = [[cell.value for cell in row] for row in sheet.iter_rows()]
        order = sorted(range(len(table[0])), key=lambda column: str(table[0][column]))
        sheet.delete_rows(1, sheet.max_row)
        sheet.append(["青石县核查情况", "制表人：甲"])
        for row in [table[0], *reversed(table[1:])]:
            sheet.append(["乡镇备注", *(row[column] for column in order)])
        sheet.append([None, "合计 44 条"])
        sheet.title = "我们的表"

    receipt = out.edit(shuffle, DONE, DONE, DONE)
    assert {a.number for a in receipt.answers} == set(out.numbers[:3]) and receipt.refused == ()
    assert receipt.unfilled == len(out.numbers) + 1 - 3


def refusals(receipt: Receipt) -> list[str]:
    return [row.reason for row in receipt.refused]


@pytest.mark.parametrize(("column", "value"), [("证件号码", "990101198001010000"), ("户编号", "9901000000009999"), ("姓名", "甄某")])
def test_a_row_that_names_someone_else_is_refused(out: Out, column: str, value: str) -> None:
    receipt = out.edit(lambda sheet, at: setattr(sheet.cell(2, at[column]), "value", value), DONE, DONE)
    assert refusals(receipt) == [judging.MOVED.format(column)] and [a.number for a in receipt.answers] == [out.numbers[1]]


def test_sorting_only_some_columns_is_noticed(out: Out) -> None:
    def swap(sheet: Any, at: dict[str, int]) -> None:
        for column in (returns.NUMBER, returns.TOKEN):
            one, two = sheet.cell(2, at[column]), sheet.cell(4, at[column])
            one.value, two.value = two.value, one.value

    receipt = out.edit(swap, DONE, {}, DONE)
    assert receipt.answers == () and len(receipt.refused) == 2


def test_numbers_turned_into_floats_are_not_guessed(out: Out) -> None:
    def spoil(sheet: Any, at: dict[str, int]) -> None:
        cell = sheet.cell(2, at["证件号码"])
        cell.value, cell.number_format = float(str(cell.value)[:17] + "0"), "General"

    assert refusals(out.edit(spoil, DONE)) == [judging.CUT.format("证件号码")]


def test_tokens(out: Out) -> None:
    def forge(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at[returns.TOKEN]).value = "A" * 16
        sheet.cell(3, at[returns.TOKEN]).value = sheet.cell(2, at[returns.TOKEN]).value
        sheet.cell(4, at[returns.NUMBER]).value = "AAA-003-AAAAAAAAAA"
        sheet.cell(5, at[returns.NUMBER]).value = None

    receipt = out.edit(forge, DONE, DONE, DONE, DONE)
    assert receipt.answers == ()
    assert refusals(receipt) == [identify.BAD_TOKEN, identify.BAD_TOKEN, identify.UNKNOWN, identify.NO_NUMBER]


def test_a_list_of_another_cycle_or_of_changed_values(out: Out) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    out.c.cycle = "2026-11"
    assert refusals(out.back()) == [identify.BAD_TOKEN]
    now = out.c.lookup

    def both(numbers: Any) -> dict[str, list[dict[str, Any]]]:
        return {n: [*sent, {**sent[0], "cycle": "2026-10"}] for n, sent in now(numbers).items()}

    late = receive(out.c.settings, out.copy, ON, both)
    assert [a.cycle for a in late.answers] == ["2026-10"], "a late answer to the former list counts for that list"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"核查结果": "不属实"}, judging.NEEDS_NOTE.format("不属实")),
        ({"核查结果": "情况说明", "核查说明": " "}, judging.NEEDS_NOTE.format("情况说明")),
        ({"核查结果": "改了"}, judging.BAD_ANSWER),
        ({"核查说明": "已处理"}, judging.NO_ANSWER),
        ({"核查结果": "已整改", "核查日期": datetime(2026, 10, 31)}, judging.LATE_DATE),
        ({"核查结果": "已整改", "核查日期": "2006-10-28"}, judging.OLD_DATE),
        ({"核查结果": "已整改", "核查日期": "上周五"}, judging.BAD_DATE),
        ({"核查结果": "已整改", "核查日期": "2026-13-01"}, judging.BAD_DATE),
        ({"核查结果": "已整改", "核查日期": 46323}, judging.BAD_DATE),
    ],
)
def test_half_answers_are_sent_back(out: Out, answer: dict[str, Any], reason: str) -> None:
    receipt = out.answers(answer)
    assert refusals(receipt) == [reason] and receipt.answers == ()


@pytest.mark.parametrize("text", ["2026-10-28", "2026/10/28", "2026.10.28", "2026年10月28日", "２０２６－１０－２８", "20261028"])
def test_dates_as_officers_write_them(text: str) -> None:
    assert judging.checked_on(text, ON) == date(2026, 10, 28)


def test_a_row_twice(out: Out) -> None:
    def copy_rows(sheet: Any, at: dict[str, int]) -> None:
        for row in (2, 3, 4, 3):
            sheet.append([cell.value for cell in sheet[row]])
        sheet.cell(sheet.max_row - 2, at["核查结果"]).value = "无法核实"
        sheet.cell(sheet.max_row, at["核查结果"]).value = "属实待整改"

    receipt = out.edit(copy_rows, DONE, DONE, DONE)
    assert [a.number for a in receipt.answers] == [out.numbers[0], out.numbers[2]] and receipt.doubled == 2
    assert refusals(receipt) == [judging.CONFLICT] * 3
    assert out.numbers[1] not in {a.number for a in receipt.answers}


def test_rows_of_another_county_are_sent_back(out: Out) -> None:
    for item in out.c.items:
        if item["number"] == out.numbers[2]:
            item["county"] = "990102"
    key = out.c.settings.installation_key()
    other = next(i for i in out.c.items if i["number"] == out.numbers[2])
    token = returns.row_token(key, other["item_id"], "990102", "2026-10", other["value_hash"])
    receipt = out.edit(
        lambda sheet, at: setattr(sheet.cell(4, at[returns.TOKEN]), "value", token), DONE, DONE, DONE
    )
    assert [a.county for a in receipt.answers] == [made.COUNTY] * 2 and refusals(receipt) == [judging.OTHER_COUNTY]


def test_a_doubled_column_refuses_only_the_rows_where_the_two_differ(out: Out) -> None:
    def double(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(1, 40).value = "核查结果"
        sheet.cell(2, 40).value = "已整改"
        sheet.cell(3, 40).value = "无法核实"

    receipt = out.edit(double, DONE, DONE, DONE)
    assert receipt.refused_file == "" and [a.number for a in receipt.answers] == [out.numbers[0]]
    assert [(r.place.row, r.reason) for r in receipt.refused] == [(3, finding.TWICE.format("核查结果")), (4, finding.TWICE.format("核查结果"))]


def test_a_missing_column(out: Out) -> None:
    lost = out.edit(lambda sheet, at: sheet.delete_cols(at["证件号码"]), DONE)
    assert refusals(lost) == [judging.LOST.format("证件号码")]
    gone = out.edit(lambda sheet, at: setattr(sheet.cell(1, at["核查结果"]), "value", "结论"), DONE)
    assert refusals(gone) == [judging.NO_ANSWER_COLUMN]


def shown(out: Out) -> Callable[[Any], dict[str, list[dict[str, Any]]]]:
    """The lookup of the ledger: with what the list showed, and its deadline."""
    bodies = {item["number"]: item["body"] for item in out.c.items}
    due = {row["问题编号"]: row["期限"] for row in rows(out.workbook, LIST_SHEET)}
    return lambda numbers: {
        n: [{**sent[0], "evidence": bodies[n]["evidence"], "due_on": date.fromisoformat(due[n])}] for n, sent in out.c.lookup(numbers).items()
    }


def test_a_lost_token_is_derived_only_where_all_that_is_visible_agrees(out: Out) -> None:
    table = rows(out.workbook, LIST_SHEET)
    people = [n for n, row in enumerate(table) if row["证件号码"]][:7]
    village = next(n for n, row in enumerate(table) if not row["户编号"])
    harm = {people[1]: "户编号", people[2]: "姓名", people[3]: "国家系统登记", people[4]: "指标", people[5]: "期限"}
    fill(out.workbook, out.copy, {table[n]["问题编号"]: DONE for n in (*people, village)})
    book = openpyxl.load_workbook(out.copy)
    sheet = book[LIST_SHEET]
    at = columns(sheet)
    for n in (*people[:6], village):
        sheet.cell(n + 2, at[returns.TOKEN]).value = None
    sheet.cell(people[6] + 2, at[returns.TOKEN]).value = str(table[people[6]][returns.TOKEN])[:9]
    for n, column in harm.items():
        sheet.cell(n + 2, at[column]).value = {"期限": "2026-09-01", "指标": "AAA-999"}.get(column, "别的")
    book.save(out.copy)
    receipt = receive(out.c.settings, out.copy, ON, shown(out))
    assert [a.number for a in receipt.answers] == [table[n]["问题编号"] for n in (people[0], people[6])]
    assert [remark.hints for remark in receipt.remarks] == [(identify.DERIVED,)] * 2
    assert refusals(receipt) == [identify.NO_TOKEN] * 6
    assert refusals(out.back()) == [identify.NO_TOKEN] * 8, "a lookup that does not say what was shown derives nothing"


def test_a_lost_token_is_not_derived_where_two_counties_or_two_versions_fit(out: Out) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    book = openpyxl.load_workbook(out.copy)
    book[LIST_SHEET].cell(2, columns(book[LIST_SHEET])[returns.TOKEN]).value = None
    book.save(out.copy)
    for more in ({"county": "990102"}, {"value_hash": "0" * 64}):
        def both(numbers: Any, more: dict[str, str] = more) -> dict[str, list[dict[str, Any]]]:
            return {n: [*sent, {**sent[0], **more}] for n, sent in shown(out)(numbers).items()}

        assert refusals(receive(out.c.settings, out.copy, ON, both)) == [identify.NO_TOKEN]


def test_hidden_rows_count_and_are_pointed_out(out: Out) -> None:
    receipt = out.edit(lambda sheet, at: setattr(sheet.row_dimensions[3], "hidden", True), DONE, DONE)
    assert [remark.hints for remark in receipt.remarks] == [(), (desk.HIDDEN,)]


def test_what_cannot_be_read_is_not_taken_for_nothing(out: Out) -> None:
    def spoil(sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["核查结果"]).value = "=A1"
        sheet.cell(3, at["核查说明"]).value = "#N/A"
        sheet.merge_cells(start_row=4, end_row=5, start_column=at["核查结果"], end_column=at["核查结果"])

    receipt = out.edit(spoil, {}, {}, DONE, {})
    merged = finding.MERGED.format("核查结果")
    assert refusals(receipt) == [finding.FORMULA.format("核查结果"), finding.FAULT.format("核查说明"), merged, merged]


def test_other_papers_are_named(out: Out) -> None:
    receipt = write_receipt(out.c.settings, out.answers(DONE), [Result("accepted")])
    assert out.back(receipt).refused_file == OTHER_PAPER.format(returns.PAPERS[returns.RECEIPT_TITLE])
    visits = next(out.workbook.parent.glob("入户单_*.xlsx"))
    assert out.back(visits).refused_file == OTHER_PAPER.format(returns.PAPERS["入户单"])


def test_the_blank_list(out: Out) -> None:
    receipt = out.back(out.workbook)
    assert receipt.refused_file == "" and receipt.answers == receipt.refused == ()
    assert paper.summary(receipt, []) == [f"清单里一条答复也没有填，没有可以登记的。共 {len(out.numbers) + 1} 个问题，请填写后在期限内再交。"]


def lock(source: Path, target: Path, password: str) -> Path:
    with source.open("rb") as plain, target.open("wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt(password, out)
    return target


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


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


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


CELL = b'<worksheet xmlns="MAIN"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>%s</sheetData></worksheet>'


def xlwt_book() -> Any:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "问题编号")
    return book


def archive(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as out:
        for name, data in parts.items():
            out.writestr(name, data)


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
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})
    whole = bytearray(out.copy.read_bytes())
    path = tmp_path / "changed.xlsx"
    for at in range(40, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        receipt = out.back(path)
        assert receipt.refused_file or receipt.refused or [a.number for a in receipt.answers] in ([out.numbers[0]], [])


def test_receipt_workbook(out: Out) -> None:
    receipt = out.answers(DONE, DONE, DONE, {"核查结果": "不属实"}, DONE)
    hint = "没有批准人，只登记为已回复，不算豁免。"
    results = [Result("accepted"), Result("repeated"), Result("refused", "该问题已销号，不用再填。"), Result("accepted", hint)]
    path = write_receipt(out.c.settings, receipt, results)
    assert path == out.c.settings.receipts / made.COUNTY / "2026-10" / f"回执_{receipt.sha256[:12]}.xlsx"
    lines = rows(path, "逐行结果")
    assert [(r["结果"], r["行"]) for r in lines] == [("已接收", 2), ("重复", 3), ("退回", 4), ("退回", 5), ("已接收", 6)], "in the file's order"
    said = [r["原因和怎么改"] for r in lines]
    assert said[2:4] == ["该问题已销号，不用再填。", judging.NEEDS_NOTE.format("不属实")]
    assert (said[0], said[4]) == ("已登记“已整改”。", f"已登记“已整改”。\n提示：{hint}")
    assert [r["行"] for r in rows(path, "要改的行")] == [4, 5]
    head = "\n".join(str(cell.value) for row in openpyxl.load_workbook(path)["回执"].iter_rows() for cell in row)
    assert "共 5 行有答复：已接收 2 行，重复 1 行，退回 2 行。" in head and f"还有 {receipt.unfilled} 个问题没有填写" in head
    assert judging.NEEDS_NOTE.format("不属实") in head, "each reason with the number of its rows"


def test_a_later_answer_replaces_the_one_before(out: Out) -> None:
    fill(out.workbook, out.copy, {out.numbers[0]: DONE, out.numbers[1]: DONE})
    told = {out.numbers[0]: "2026-10", out.numbers[1]: "2026-09"}

    def before(numbers: Any) -> dict[str, list[dict[str, Any]]]:
        found = out.c.lookup(numbers)
        return {n: [{**sent[0], "answered_on": date(2026, 10, 27), "answered_cycle": told[n]}] for n, sent in found.items()}

    receipt = receive(out.c.settings, out.copy, ON, before)
    path = write_receipt(out.c.settings, receipt, [Result("accepted")] * 2)
    assert [r["原因和怎么改"] for r in rows(path, "逐行结果")] == ["已登记“已整改”，替换了 2026-10-27 日的回复。", "已登记“已整改”。"]


def test_a_repeat_keeps_its_hint(out: Out) -> None:
    hint = "批准人与核查人是同一人。"
    path = write_receipt(out.c.settings, out.answers(DONE, DONE), [Result("repeated", hint), Result("repeated")])
    assert [r["原因和怎么改"] for r in rows(path, "逐行结果")] == [f"{paper.AGAIN}\n提示：{hint}", paper.AGAIN]
    head = [cell.value for row in openpyxl.load_workbook(path)["回执"].iter_rows() for cell in row]
    assert any(str(said).startswith("1 行有提示") for said in head)


def test_an_answer_names_the_values_of_its_own_list(out: Out) -> None:
    """A list issued twice in a cycle: the row's token says which of the two the officer saw."""
    fill(out.workbook, out.copy, {out.numbers[0]: DONE})

    def both(numbers: Any) -> dict[str, list[dict[str, Any]]]:
        return {n: [{**sent[0], "value_hash": "e" * 64}, *sent] for n, sent in out.c.lookup(numbers).items()}

    (answer,) = receive(out.c.settings, out.copy, ON, both).answers
    assert answer.value_hash == out.c.lookup([out.numbers[0]])[out.numbers[0]][0]["value_hash"]


def test_the_same_file_again_keeps_its_receipt(out: Out) -> None:
    receipt = out.answers(DONE)
    path = write_receipt(out.c.settings, receipt, [Result("accepted")])
    first = path.read_bytes()
    assert out.back() == receipt
    assert write_receipt(out.c.settings, out.back(), [Result("repeated")]).read_bytes() == first
    kept = [p for p in out.c.settings.returns.rglob("*") if p.is_file()]
    assert [p.name for p in kept] == [f"{receipt.sha256}.xlsx"] and kept[0].stat().st_mode & 0o077 == 0


def test_no_person_in_logs_or_reasons(out: Out, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    receipt = out.edit(lambda sheet, at: setattr(sheet.cell(2, at["姓名"]), "value", "司空某某"), DONE, {**DONE, "核查日期": "李某 13800000000"})
    said = caplog.text + "".join(refusals(receipt)) + receipt.refused_file
    names = {item["body"].get(name) for item in out.c.items for name in ("姓名", "证件号码", "户编号")} - {None}
    assert len(receipt.refused) == 2
    assert not [name for name in (*names, "司空某某", "13800000000", "清单（1）", "村干部甲") if name in said]
