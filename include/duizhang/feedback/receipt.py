"""The receipt of a list from above: a workbook for each county, every line with what became of it and its own cells beside."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from duizhang.core.settings import Settings
from duizhang.feedback.model import AGAIN, CLOSED, EXTERNAL, JOINED, LOST, OPENED, WORDS, Outcome, Table, Taken

NOWHERE = "未识别"
_COLUMNS = (("序号", 6), ("登记结果", 12), ("问题编号", 22), ("说明（怎么认的、怎么办）", 52), ("整改时限", 12), ("行", 6))
_FILLS = {JOINED: "#E7F4EA", OPENED: "#E7F4EA", EXTERNAL: "#FFF4DE", CLOSED: "#EEF2F7", AGAIN: "#F1F5F9", LOST: "#FDECEA"}
_LONGEST = 8000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_LOOK = {"font_name": "微软雅黑", "font_size": 10, "text_wrap": True, "valign": "top"}
_MEANINGS = (
    (JOINED, "本县已在问这件事，上级的要求和时限记在同一个问题上，不重复下发"),
    (OPENED, "本县最近一次核对没有查出，已登记为问题，下次导出证实或继续挂账"),
    (EXTERNAL, "本系统没有对应的指标（或名单没写清是哪一项、哪个人），按上级问题单独登记，凭核查结果销号"),
    (CLOSED, "这件事以前已经销号，日期和方式在“登记结果”里"),
    (AGAIN, "以前收过，或名单里重复，不再登记"),
    (LOST, "没有登记：认不出是谁。原因和怎么办写在说明里"),
)


def write(settings: Settings, taken: Taken) -> list[Path]:
    """Write receipts/<county>/反馈登记_<sha12>.xlsx for each county with lines, and one for lines of no county; their paths.

    A list that comes again and brings nothing new keeps its first receipts.
    """
    written = []
    for county in sorted({outcome.county for outcome in taken.outcomes}):
        mine = [outcome for outcome in taken.outcomes if outcome.county == county]
        folder = settings.receipts / (county or NOWHERE)
        path = folder / f"反馈登记_{taken.request.sha256[:12]}.xlsx"
        if not path.exists() or any(outcome.word in (JOINED, OPENED, EXTERNAL) for outcome in mine):
            _atomically(folder, path, taken, county, mine)
        written.append(path)
    return written


def _atomically(folder: Path, path: Path, taken: Taken, county: str, outcomes: Sequence[Outcome]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=folder, prefix=".writing-", suffix=".xlsx")
    os.close(handle)
    try:
        _write(Path(temp), taken, county, outcomes)
        Path(temp).replace(path)
    finally:
        Path(temp).unlink(missing_ok=True)


def summary(taken: Taken, county: str, outcomes: Sequence[Outcome]) -> list[str]:
    """The head of a county's receipt in plain sentences; no values of the lines."""
    request = taken.request
    name = f"{taken.counties.get(county, '')}（{county}）" if county else "写不清是哪个县的行"
    words = Counter(outcome.word for outcome in outcomes)
    lines = len({(outcome.line.page, outcome.line.row) for outcome in outcomes})
    questions = f"，{len(outcomes)} 个问题" if len(outcomes) != lines else ""
    said = [
        f"{name}　来源：{request.source}　收件日期：{request.received_on.isoformat()}　文件校验：{request.sha256[:12]}",
        f"共 {lines} 行{questions}：" + "，".join(f"{word} {words[word]}" for word in WORDS if words[word]) + "。",
    ]
    said += [f"{word}：{meaning}。" for word, meaning in _MEANINGS if words[word]]
    dropped = sum(table.not_data for table in taken.tables)
    if dropped:
        said.append(f"整份文件另有 {dropped} 行是合计、签字、说明或重复的表头，不是问题。")
    said += [f"没有读的表“{table.sheet}”：{table.passed_over}。" for table in taken.tables if table.passed_over]
    if request.complete and county in taken.incomplete:
        said.append("有的行认不出、有的表没有读，本次不当作完整清单：不因“名单上没有了”而销号。改好后请再交一次。")
    return said


def _write(path: Path, taken: Taken, county: str, outcomes: Sequence[Outcome]) -> None:
    on = taken.request.received_on
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "反馈登记", "author": "duizhang", "created": datetime(on.year, on.month, on.day)})
        head = book.add_worksheet("登记情况")
        head.set_column(0, 0, 110)
        head.hide_gridlines(2)
        head.write_string(0, 0, "上级反馈问题登记回执", book.add_format({**_LOOK, "bold": True, "font_size": 16}))
        head.set_row(0, 30)
        for at, sentence in enumerate(summary(taken, county, outcomes), 1):
            head.write_string(at, 0, sentence, book.add_format(_LOOK))
            head.set_row(at, 18 * (1 + len(sentence) // 54))
        _page(head)
        names: set[str] = {"登记情况"}
        for table in taken.tables:
            mine = [outcome for outcome in outcomes if outcome.line.page == table.index]
            if mine:
                _detail(book, book.add_worksheet(_sheet_name(table.sheet, names)), table, mine)


def _sheet_name(sheet: str, taken: set[str]) -> str:
    """A name that a workbook allows: 31 characters, none of []:*?/\\, each once."""
    base = re.sub(r"[\[\]:*?/\\]", "_", _UNPRINTABLE.sub("", sheet)).strip("'")[:26] or "名单"
    name, n = base, 1
    while name.casefold() in {other.casefold() for other in taken}:
        n += 1
        name = f"{base}_{n}"
    taken.add(name)
    return name


def _detail(book: Any, sheet: Any, table: Table, outcomes: Sequence[Outcome]) -> None:
    header = book.add_format({**_LOOK, "bold": True, "border": 1, "bg_color": "#1F4E79", "font_color": "#FFFFFF"})
    theirs = book.add_format({**_LOOK, "bold": True, "border": 1, "bg_color": "#D9D9D9"})
    cell_format = book.add_format({**_LOOK, "border": 1, "num_format": "@"})
    fills = {word: book.add_format({**_LOOK, "border": 1, "bg_color": fill, "num_format": "@"}) for word, fill in _FILLS.items()}
    for column, (title, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, header)
    first = len(_COLUMNS)
    for column, title in enumerate(table.header, first):
        sheet.set_column(column, column, min(max(10, 2 * len(title), *(len(o.line.cells[column - first]) + 2 for o in outcomes)), 40))
        sheet.write_string(0, column, _text(title) or "（无表头）", theirs)
    for at, outcome in enumerate(outcomes, 1):
        due = outcome.due_on.isoformat() if outcome.due_on else ""
        result = f"{outcome.word}（{outcome.when_how}）" if outcome.when_how else outcome.word
        ours = (str(at), result, outcome.number, outcome.reason, due, str(outcome.line.row))
        for column, text in enumerate(ours):
            sheet.write_string(at, column, text, fills[outcome.word])
        for column, text in enumerate(outcome.line.cells, first):
            sheet.write_string(at, column, _text(text), cell_format)
        sheet.set_row(at, 17 * max(1 + len(outcome.reason) // 25, 1 + len(result) // 6, 1 + len(outcome.number) // 20))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, len(outcomes), first + len(table.header) - 1)
    sheet.repeat_rows(0)
    _page(sheet)


def _text(value: str) -> str:
    cleaned = _UNPRINTABLE.sub("", value)
    return cleaned if len(cleaned) <= _LONGEST else cleaned[:_LONGEST] + "…（过长，已截断）"


def _page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
