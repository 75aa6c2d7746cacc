"""The receipt workbook: what was accepted, what had come before, what is sent back and how to repair it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.receive.model import Outcome, Place, Receipt

ACCEPTED, REPEATED, REFUSED = "已接收", "重复", "退回"
WORDS = {"accepted": ACCEPTED, "repeated": REPEATED, "refused": REFUSED}
UNKNOWN_SENDER = "未识别"
_COLUMNS = (("序号", 6), ("结果", 10), ("原因和怎么改", 84), ("工作表", 14), ("行", 7), ("问题编号", 24))
_FILLS = {ACCEPTED: "#E7F4EA", REPEATED: "#F1F5F9", REFUSED: "#FDECEA"}
_ORDER = (REFUSED, REPEATED, ACCEPTED)
_Line = tuple[str, str, Place]


def write_receipt(settings: Settings, receipt: Receipt, results: Sequence[Outcome]) -> Path:
    """Write receipts/<county>/<cycle>/回执_<sha12>.xlsx and give its path.

    `results[i]` is what the ledger did with `receipt.answers[i]`. A file that comes again and brings nothing new keeps
    its first receipt. Raises ContractProblem where results and answers do not pair.
    """
    if len(results) != len(receipt.answers):
        raise ContractProblem(f"{len(results)} results for {len(receipt.answers)} answers of a returned file.")
    folder = settings.receipts / (receipt.county or UNKNOWN_SENDER) / receipt.cycle
    path = folder / f"回执_{receipt.sha256[:12]}.xlsx"
    if path.exists() and not any(result.outcome == "accepted" for result in results):
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=folder, prefix=".writing-", suffix=".xlsx")
    os.close(handle)
    try:
        _write(Path(temp), receipt, _lines(receipt, results))
        Path(temp).replace(path)
    finally:
        Path(temp).unlink(missing_ok=True)
    return path


def _lines(receipt: Receipt, results: Sequence[Outcome]) -> list[_Line]:
    """(word, reason, place) of every answered row, those sent back first, then in the file's order."""
    lines = [(REFUSED, row.reason, row.place) for row in receipt.refused]
    for result, place in zip(results, receipt.places, strict=True):
        reason = result.reason or ("以前交过同样的答复，不重复登记。" if result.outcome == "repeated" else "")
        lines.append((WORDS[result.outcome], reason, place))
    return sorted(lines, key=lambda line: (_ORDER.index(line[0]), line[2].sheet, line[2].row))


def summary(receipt: Receipt, lines: Sequence[_Line]) -> list[str]:
    """The head of the receipt in plain sentences."""
    if receipt.refused_file:
        return ["整个文件没有接收。", receipt.refused_file]
    words = Counter(word for word, _, _ in lines)
    said = f"共 {len(lines)} 行有答复：" + "，".join(f"{word} {words[word]} 行" for word in (ACCEPTED, REPEATED, REFUSED)) + "。"
    rest = [said]
    if receipt.doubled:
        rest.append(f"另有 {receipt.doubled} 行与文件里别的行完全相同，只算一次。")
    if receipt.unfilled:
        rest.append(f"还有 {receipt.unfilled} 个问题没有填写，期限以内可以再交。")
    if words[REFUSED]:
        rest.append("退回的行请照“原因和怎么改”改好，再把文件交一次；已接收的行不用动，重复交不会重复登记。")
    return rest


def _write(path: Path, receipt: Receipt, lines: Sequence[_Line]) -> None:
    on = receipt.received_on
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "回执", "author": "duizhang", "created": datetime(on.year, on.month, on.day)})
        look = {"font_name": "微软雅黑", "font_size": 10, "text_wrap": True, "valign": "top"}
        head = book.add_worksheet("回执")
        head.set_column(0, 0, 110)
        head.hide_gridlines(2)
        head.write_string(0, 0, "核对清单回执", book.add_format({**look, "bold": True, "font_size": 16}))
        facts = [f"县代码：{receipt.county or UNKNOWN_SENDER}　期次：{receipt.cycle or UNKNOWN_SENDER}"]
        facts += [f"收件日期：{on.isoformat()}　文件校验：{receipt.sha256[:12]}", *summary(receipt, lines)]
        for at, sentence in enumerate(facts, 1):
            head.write_string(at, 0, sentence, book.add_format(look))
            head.set_row(at, 18 * (1 + len(sentence) // 54))
        _page(head)
        if lines:
            _detail(book, book.add_worksheet("逐行结果"), lines, look)


def _detail(book: Any, sheet: Any, lines: Sequence[_Line], look: dict[str, Any]) -> None:
    header = book.add_format({**look, "bold": True, "border": 1, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    fills = {word: book.add_format({**look, "border": 1, "bg_color": fill, "num_format": "@"}) for word, fill in _FILLS.items()}
    for column, (title, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, header)
    for at, (word, reason, place) in enumerate(lines, 1):
        for column, cell in enumerate((at, word, reason, place.sheet, place.row, place.number)):
            write = sheet.write_number if isinstance(cell, int) else sheet.write_string
            write(at, column, cell, fills[word])
        sheet.set_row(at, 17 * (1 + len(reason) // 41))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(_COLUMNS) - 1)
    sheet.repeat_rows(0)
    _page(sheet)


def _page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
