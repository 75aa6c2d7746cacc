"""Receipts: what becomes of each row, once more the same for the same file, and nobody in the logs."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import county as made
import openpyxl
import pytest
from duizhang.receive import judging, receive, write_receipt
from duizhang.receive import receipt as paper
from filling import fill, rows
from returned import DONE, ON, Out, Result, refusals


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
    assert refusals(receipt) == [judging.MOVED.format("姓名"), judging.BAD_DATE] and receipt.sha256[:12] in caplog.text and len(names) > 40
    assert not [name for name in (*names, "司空某某", "13800000000", "清单（1）", "村干部甲") if name in said]
