"""The receipt workbook: what was accepted, what had come before, what is sent back and how to repair it."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.core import returns
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.receive.model import Answer, Outcome, Place, Receipt, Remark

ACCEPTED, REPEATED, REFUSED = "已接收", "重复", "退回"
WORDS = {"accepted": ACCEPTED, "repeated": REPEATED, "refused": REFUSED}
UNKNOWN_SENDER = "未识别"
DONE = "已登记“{}”。"
REPLACED = "已登记“{}”，替换了 {} 日的回复。"
AGAIN = "以前交过同样的答复，不重复登记。"
HINT = "提示："
TO_MEND, ALL_ROWS = "要改的行", "逐行结果"
_COLUMNS = (("序号", 6), ("结果", 9), ("原因和怎么改", 84), ("工作表", 14), ("行", 7), ("问题编号", 24))
_FILLS = {ACCEPTED: "#E7F4EA", REPEATED: "#F1F5F9", REFUSED: "#FDECEA"}
_NUMBER = re.compile(r"[A-Z]{2,5}-[0-9A-Z]{1,8}-[0-9A-Z]{6,12}")  # whatever else stands in that column may be a person's
_LINE, _WIDE = 16, 41  # points a line; Chinese characters that fit a line of the third column


@dataclass(frozen=True)
class Line:
    """What became of one answered row."""

    word: str
    reason: str
    place: Place
    hinted: bool = False


def write_receipt(settings: Settings, receipt: Receipt, results: Sequence[Outcome]) -> Path:
    """Write receipts/<county>/<cycle>/回执_<sha12>.xlsx and give its path.

    `results[i]` is what the ledger did with `receipt.answers[i]`. A file that comes again and brings nothing new keeps
    its first receipt. Raises ContractProblem where results and answers do not pair.
    """
    if len(results) != len(receipt.answers):
        raise ContractProblem(f"{len(results)} results for {len(receipt.answers)} answers of a returned file.")
    folder = settings.receipts / (receipt.county or UNKNOWN_SENDER) / receipt.cycle
    path = folder / f"回执_{receipt.sha256[:12]}.xlsx"
    if path.exists() and receipt.county and not any(result.outcome == "accepted" for result in results):
        return path
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=folder, prefix=".writing-", suffix=".xlsx")
    os.close(handle)
    try:
        _write(Path(temp), receipt, lines_of(receipt, results))
        Path(temp).replace(path)
    finally:
        Path(temp).unlink(missing_ok=True)
    return path


def lines_of(receipt: Receipt, results: Sequence[Outcome]) -> list[Line]:
    """A line for every answered row, in the file's order (a row that only repeats another row of the file has none)."""
    lines = [Line(REFUSED, row.reason, row.place) for row in receipt.refused]
    remarks = receipt.remarks or (Remark(),) * len(receipt.answers)
    for result, answer, place, remark in zip(results, receipt.answers, receipt.places, remarks, strict=True):
        lines.append(_line(result, answer, place, remark))
    order = {name: at for at, name in enumerate(receipt.sheets)}
    return sorted(lines, key=lambda line: (order.get(line.place.sheet, len(order)), line.place.sheet, line.place.row))


def _line(result: Outcome, answer: Answer, place: Place, remark: Remark) -> Line:
    word = WORDS[result.outcome]
    if word == REFUSED:
        return Line(word, result.reason, place)
    said = REPLACED.format(answer.answer, remark.replaces.isoformat()) if remark.replaces else DONE.format(answer.answer)
    hints = [hint for hint in (result.reason, *(remark.hints if word == ACCEPTED else ())) if hint]
    said = said if word == ACCEPTED else AGAIN
    return Line(word, "\n".join([said, *(HINT + hint for hint in hints)]), place, bool(hints))


def summary(receipt: Receipt, lines: Sequence[Line]) -> list[str]:
    """The head of the receipt in plain sentences."""
    if receipt.refused_file:
        return ["整个文件没有接收。", receipt.refused_file]
    if not lines:
        return [f"清单里一条答复也没有填，没有可以登记的。共 {receipt.unfilled} 个问题，请填写后在期限内再交。"]
    words = Counter(line.word for line in lines)
    said = f"共 {len(lines)} 行有答复：" + "，".join(f"{word} {words[word]} 行" for word in (ACCEPTED, REPEATED, REFUSED)) + "。"
    rest = [said]
    if receipt.doubled:
        rest.append(f"另有 {receipt.doubled} 行与文件里别的行完全相同，只算一次。")
    if receipt.unfilled:
        rest.append(f"还有 {receipt.unfilled} 个问题没有填写，期限以内可以再交。")
    hinted = sum(line.hinted for line in lines)
    if hinted:
        rest.append(f"{hinted} 行有提示，请看“{ALL_ROWS}”里写着“提示”的行。")
    if words[REFUSED]:
        rest.append(f"退回的行请照“{TO_MEND}”改好，再把文件交一次；已接收的行不用动，重复交不会重复登记。")
    return rest


class _Looks:
    """The formats of a receipt."""

    def __init__(self, book: Any) -> None:
        plain = {"font_name": "微软雅黑", "font_size": 10, "text_wrap": True, "valign": "vcenter"}
        framed = {**plain, "border": 1, "border_color": "#BFC7D1"}
        self.title = book.add_format({**plain, "bold": True, "font_size": 18, "font_color": "#1F4E79"})
        self.fact = book.add_format({**plain, "font_color": "#555555"})
        self.plain = book.add_format({**plain, "font_size": 11})
        self.alarm = book.add_format({**plain, "font_size": 12, "bold": True, "font_color": "#B42318"})
        self.header = book.add_format({**framed, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "align": "center"})
        self.cell = book.add_format({**framed, "num_format": "@", "indent": 1})
        self.count = book.add_format({**framed, "align": "center"})
        self.words = {word: book.add_format({**framed, "bg_color": fill, "num_format": "@", "indent": 1}) for word, fill in _FILLS.items()}
        self.counts = {word: book.add_format({**framed, "bg_color": fill, "align": "center"}) for word, fill in _FILLS.items()}


def _write(path: Path, receipt: Receipt, lines: Sequence[Line]) -> None:
    on = receipt.received_on
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": returns.RECEIPT_TITLE, "author": "duizhang", "created": datetime(on.year, on.month, on.day)})
        looks = _Looks(book)
        _head(book.add_worksheet("回执"), looks, receipt, lines)
        refused = [line for line in lines if line.word == REFUSED]
        if refused:
            _detail(book.add_worksheet(TO_MEND), looks, refused)
        if lines:
            _detail(book.add_worksheet(ALL_ROWS), looks, lines)


def _head(sheet: Any, looks: _Looks, receipt: Receipt, lines: Sequence[Line]) -> None:
    """Who, when, how many; then each reason of refusal with the number of its rows."""
    sheet.set_column(0, 0, 96)
    sheet.set_column(1, 1, 10)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, returns.RECEIPT_TITLE, looks.title)
    sheet.set_row(0, 34)
    facts = f"县代码：{receipt.county or UNKNOWN_SENDER}　期次：{receipt.cycle or UNKNOWN_SENDER}　"
    facts += f"收件日期：{receipt.received_on.isoformat()}　文件校验：{receipt.sha256[:12]}"
    sheet.write_string(1, 0, facts, looks.fact)
    sheet.set_row(1, 22)
    at = 2
    for sentence in summary(receipt, lines):
        sheet.write_string(at, 0, sentence, looks.alarm if receipt.refused_file else looks.plain)
        sheet.set_row(at, 8 + _LINE * (1 + len(sentence) // 44))
        at += 1
    reasons = Counter(line.reason for line in lines if line.word == REFUSED)
    if reasons:
        sheet.set_row(at, 10)
        at += 1
        sheet.write_string(at, 0, "为什么退回、怎么改", looks.header)
        sheet.write_string(at, 1, "行数", looks.header)
        sheet.set_row(at, 22)
        for reason, count in sorted(reasons.items(), key=lambda found: (-found[1], found[0])):
            at += 1
            sheet.write_string(at, 0, reason, looks.words[REFUSED])
            sheet.write_number(at, 1, count, looks.counts[REFUSED])
            sheet.set_row(at, _height(reason, 47))
    _page(sheet)


def _detail(sheet: Any, looks: _Looks, lines: Sequence[Line]) -> None:
    for column, (title, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, looks.header)
    sheet.set_row(0, 22)
    for at, line in enumerate(lines, 1):
        place = line.place
        shade, centred = looks.words[line.word], looks.counts[line.word]
        sheet.write_number(at, 0, at, centred)
        sheet.write_string(at, 1, line.word, centred)
        sheet.write_string(at, 2, line.reason, shade)
        sheet.write_string(at, 3, place.sheet, shade)
        sheet.write_number(at, 4, place.row, centred)
        sheet.write_string(at, 5, place.number if _NUMBER.fullmatch(place.number) else "", shade)
        sheet.set_row(at, _height(line.reason, _WIDE))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(_COLUMNS) - 1)
    sheet.repeat_rows(0)
    _page(sheet)


def _height(text: str, wide: int) -> int:
    return 4 + _LINE * sum(1 + (len(part) - 1) // wide for part in text.split("\n"))


def _page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&9对账清单回执&R&9第 &P 页 共 &N 页")
