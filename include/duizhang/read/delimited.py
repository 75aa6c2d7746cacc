"""CSV and its kin. Arrow reads a regular body in parallel; a ragged one is read exactly, by Python's csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from duizhang.read import limits
from duizhang.read.cells import blank_to_null, long_text, to_column
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Body, Sheet
from duizhang.read.sniff import decode

_DELIMITERS = (",", "\t", ";", "|")
_AS_FORMULA = r'^="([^"]*)"$'  # ="990101…", how some systems keep Excel from making a number of it
_HEAD = 4 << 20  # letters in which titles and header stand
_LONGEST_FIELD = 1 << 20  # letters of one field; csv's own limit of 131072 would raise on a long remark

csv.field_size_limit(_LONGEST_FIELD)


def open_csv(data: bytes, part: str) -> Iterator[Sheet]:
    """The one sheet of a delimited text file. A row's number is that of its record, as Excel would count it."""
    text, encoding = decode(data)
    if "\x00" in text:
        raise Refusal("format", "不是表格文件，或已损坏。", "请报送 .xlsx、.xls、.csv 或 .zip。")
    start = text[:_HEAD]
    table = _Delimited(start, data if encoding == "utf-8" else text.encode(), _delimiter(start))
    del text
    yield Sheet(part, "", "csv", encoding, table.head(), table.body, hidden_rows=[], hidden_columns=set(), filtered=False, filtered_rows=[])


def _delimiter(start: str) -> str:
    """The delimiter that cuts the first records into the most cells."""
    def cells(mark: str) -> int:
        return sum(len(row) for row in islice(_records(io.StringIO(start, newline=""), mark), limits.HEAD_ROWS))

    return max(_DELIMITERS, key=cells)


def _records(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as problem:
        raise Refusal("damaged", "有一格文字过长，多半是英文引号不成对。", "请检查引号，或另存为 .xlsx 后报送。") from problem


class _Delimited:
    """`start` is the beginning of the text, where titles and header are; `data` all of it in UTF-8."""

    def __init__(self, start: str, data: bytes, delimiter: str) -> None:
        self.start = start
        self.data = data
        self.delimiter = delimiter

    def head(self) -> list[list[str]]:
        rows = list(islice(_records(io.StringIO(self.start, newline=""), self.delimiter), limits.HEAD_ROWS))
        width = max((len(row) for row in rows), default=0)
        if width > limits.MAX_COLUMNS:
            raise Refusal("too_large", f"列数超过 {limits.MAX_COLUMNS}。", "请按原样重新导出。")
        return [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]

    def body(self, first: int) -> Body:
        offset, width = self._offset(first)
        rest = memoryview(self.data)[offset:]
        table = self._table(rest, width)
        if table.num_rows * table.num_columns > limits.MAX_TEXT_CELLS:
            raise Refusal("too_large", f"表格过大（{table.num_rows} 行 × {table.num_columns} 列，超过 {limits.MAX_TEXT_CELLS} 格）。",
                          "请按乡镇拆分成几份，放在一个 zip 里报送。")  # fmt: skip
        if b'"' in self.data:
            self._check_quotes(table, first)
        has_long, has_formula = b"E+" in self.data or b"e+" in self.data, b'="' in self.data
        columns, long = [], {}
        for position, column in enumerate(table.columns):
            column = pc.replace_substring_regex(column, _AS_FORMULA, r"\1") if has_formula else column
            marks = long_text(column) if has_long else None
            columns.append(blank_to_null(column))
            if marks is not None:
                long[position] = marks
        return Body(columns, pa.array(range(first + 1, first + 1 + table.num_rows), pa.int64()), long)

    def _offset(self, first: int) -> tuple[int, int]:
        """(offset of record `first` in the data, width of the record before it: the header's)."""
        read = 0

        def lines() -> Iterator[str]:
            nonlocal read
            for line in io.StringIO(self.start, newline=""):
                read += len(line)
                yield line

        width = 1
        for row in islice(_records(lines(), self.delimiter), first):
            width = max(len(row), 1)
        return len(self.start[:read].encode()), width

    def _table(self, rest: memoryview, width: int) -> pa.Table:
        if not len(rest):
            return pa.table({str(position): pa.array([], pa.string()) for position in range(width)})
        table = self._regular(rest, width)
        return self._ragged(rest, width) if table is None else table

    def _regular(self, rest: memoryview, width: int) -> pa.Table | None:
        """Arrow's reading; None where it finds a record of another width."""
        names = [str(position) for position in range(width)]
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(pa.py_buffer(rest)),
                read_options=arrow_csv.ReadOptions(column_names=names, block_size=8 << 20),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=b'"' in self.data, ignore_empty_lines=False
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _ragged(self, rest: memoryview, width: int) -> pa.Table:
        """Every record kept: a short one is filled up, cells beyond the header become further columns."""
        lines = io.TextIOWrapper(io.BytesIO(rest), "utf-8", newline="")
        records, blocks = _records(lines, self.delimiter), []
        while rows := list(islice(records, limits.CHUNK)):
            widest = max(width, max(len(row) for row in rows))
            if widest > limits.MAX_COLUMNS:
                raise Refusal("too_large", f"列数超过 {limits.MAX_COLUMNS}。", "请按原样重新导出。")
            filled = [row + [""] * (widest - len(row)) if len(row) < widest else row for row in rows]
            columns = [to_column(values)[0] for values in zip(*filled, strict=True)]
            blocks.append(pa.table(columns, names=[str(position) for position in range(widest)]))
        return pa.concat_tables(blocks, promote_options="default")

    def _check_quotes(self, table: pa.Table, first: int) -> None:
        """A quote that is never closed swallows whole records: a cell with a line break and a record's delimiters."""
        enough = max(table.num_columns - 1, 3)
        for column in table.columns:
            breaks = pc.match_substring(column, "\n")
            if not pc.any(breaks).as_py():
                continue
            marks = pc.count_substring(column, self.delimiter)
            swallowed = pc.fill_null(pc.and_(breaks, pc.greater_equal(marks, enough)), False)
            if pc.any(swallowed).as_py():
                row = first + 1 + pc.index(swallowed, True).as_py()
                raise Refusal("damaged", f"第 {row} 行起有英文引号不成对，后面的行连成了一格。", "请改正引号，或另存为 .xlsx 后报送。")
