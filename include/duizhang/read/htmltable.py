"""Tables of an HTML page that was saved as .xls: what many department systems call an export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from duizhang.read import limits
from duizhang.read.cells import Below
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Merge, Sheet
from duizhang.read.sniff import decode

_RUN = re.compile("[ \t\r\n\f]+")
_SPACE = " \t\r\n\f"  # what HTML itself calls white space; a no-break space is content


@dataclass
class _Table:
    """A table being read. `covered`: column → further rows that a cell above spans."""

    rows: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)
    opened: dict[int, int] = field(default_factory=dict)  # spans that begin in the present row
    row: list[str] | None = None
    text: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    cells: int = 0

    def start_row(self, hidden: bool) -> None:
        self.end_row()
        self.row = []
        if hidden:
            self.hidden.append(len(self.rows) + 1)

    def end_row(self) -> None:
        self.end_cell()
        if self.row is None:
            return
        self._skip_covered(self.row)
        self.rows.append(self.row)
        self.covered = {column: rest - 1 for column, rest in self.covered.items() if rest > 1} | self.opened
        self.opened, self.row = {}, None

    def start_cell(self, across: int, down: int) -> None:
        self.end_cell()
        self.row = [] if self.row is None else self.row
        self.text, self.span = [], (across, down)

    def end_cell(self) -> None:
        if self.text is None or self.row is None:
            return
        self._skip_covered(self.row)
        (across, down), left, top = self.span, len(self.row), len(self.rows)
        self.row += ["".join(self.text).strip(_SPACE)] + [""] * (across - 1)
        self.cells += across
        if self.cells > limits.MAX_CELLS or len(self.row) > limits.MAX_COLUMNS:
            raise Refusal("too_large", "网页表格范围过大。", "请按乡镇拆分，或另存为 .xlsx 后报送。")
        if across > 1 or down > 1:
            self.merges.append((top, left, top + down - 1, left + across - 1))
        if down > 1:
            self.opened |= {column: down - 1 for column in range(left, left + across)}
        self.text = None

    def _skip_covered(self, row: list[str]) -> None:
        while self.covered.get(len(row), 0) > 0:
            row.append("")


class _Reader(HTMLParser):
    """Collects every table; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in ("style", "script"):
            self.silent += 1
        elif tag == "table":
            self.open.append(_Table())
            self.tables.append(self.open[-1])
        elif self.open and tag == "tr":
            self.open[-1].start_row("display:none" in said.get("style", "").replace(" ", "").lower())
        elif self.open and tag in ("td", "th"):
            self.open[-1].start_cell(_count(said.get("colspan")), _count(said.get("rowspan")))
        elif tag == "br":
            self.handle_data("\n", literal=True)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self.silent = max(self.silent - 1, 0)
        elif not self.open:
            return
        elif tag == "table":
            self.open.pop().end_row()
        elif tag == "tr":
            self.open[-1].end_row()
        elif tag in ("td", "th"):
            self.open[-1].end_cell()

    def handle_data(self, data: str, *, literal: bool = False) -> None:
        if self.silent or not self.open:
            return
        text = self.open[-1].text
        if text is not None:
            text.append(data if literal else _RUN.sub(" ", data))

    def finish(self) -> list[_Table]:
        self.close()
        for table in self.open:
            table.end_row()
        return [table for table in self.tables if any(cell for row in table.rows for cell in row)]


def open_html(data: bytes, part: str) -> Iterator[Sheet]:
    """Every table of the page as a sheet 表1, 表2 …; Refusal where there is none."""
    text, encoding = decode(data, html=True)
    reader = _Reader()
    reader.feed(text)
    tables = reader.finish()
    if not tables:
        raise Refusal("format", "是网页文件，但其中没有表格。", "请从系统重新导出，或另存为 .xlsx 后报送。")
    for number, table in enumerate(tables, 1):
        width = max(len(row) for row in table.rows)
        rows = [row + [""] * (width - len(row)) for row in table.rows]
        yield Sheet(
            part, f"表{number}", "html", encoding, rows[: limits.HEAD_ROWS], Below(rows), table.merges,
            hidden_rows=table.hidden, hidden_columns=set(), filtered=False, filtered_rows=[],
        )


def _count(text: str | None) -> int:
    """A span attribute; anything that is no number of 1 to 1000 counts as 1, as browsers do it."""
    return int(text) if text and text.isdecimal() and 1 <= int(text) <= 1000 else 1
