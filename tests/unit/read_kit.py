"""What the reading tests share: a made-up feed, a home, and files written by real writers. IDs are of region 99xxxx."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter
from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract
from duizhang.core.settings import Settings
from duizhang.read import ReadReport, read

HEADER = ["序号", "姓名", "证件号码", "月龄金额", "发放日期"]
ROW = ["1", "王试甲", "990101199001010011", "120.5", "2026-10-01"]


def contract(feed: str = "试验台账", **changes: Any) -> Contract:
    """A small contract; `changes` replace keys."""
    body: dict[str, Any] = {
        "feed": feed, "title": feed, "department": "试验局", "owner": "试验局", "book": "试验册", "max_age": 25,
        "files": [f"*{feed}*"], "header": {"anchors": [["姓名"], ["证件号码", "身份证号"]]},
        "data_date": {"title": [r"填报日期[:：]\s*([\d年月日.\-]+)"], "column": "数据时点"},
        "volume": {"min": 0, "max": 100},
        "columns": [
            {"name": "姓名", "required": True},
            {"name": "证件号码", "type": "id", "required": True, "aliases": ["身份证号", "公民身份号码"]},
            {"name": "月龄金额", "type": "dec"},
            {"name": "发放日期", "type": "date"},
            {"name": "残疾情况/残疾类别"}, {"name": "残疾等级"}, {"name": "数据时点", "type": "date"},
        ],
        "tables": {"试验": {"key": ["证件号码"], "columns": ["姓名", "证件号码"]}},
    }
    return Contract.model_validate(body | changes)


def book(*contracts: Contract) -> Book:
    return Book(contracts or (contract(),), {})


@dataclass(frozen=True)
class Landed:
    sha256: str
    name: str


@dataclass
class Bench:
    """A home; `take` lands bytes under a name and reads them."""

    settings: Settings

    def land(self, data: bytes, name: str) -> Landed:
        sha256 = hashlib.sha256(data).hexdigest()
        self.settings.landing.mkdir(parents=True, exist_ok=True)
        (self.settings.landing / sha256).write_bytes(data)
        return Landed(sha256, name)

    def take(self, data: bytes, name: str = "青石县试验台账_20261018.xlsx", books: Book | None = None) -> ReadReport:
        return read(self.settings, self.land(data, name), books or book())

    def rows(self, report: ReadReport) -> list[dict[str, Any]]:
        assert report.refused is None, report.refused
        table = pq.read_table(self.settings.raw / report.sha256 / "rows.parquet")
        rows: list[dict[str, Any]] = table.to_pylist()
        assert len(rows) == report.rows_in
        return rows


def bench(home: Path) -> Bench:
    return Bench(Settings(home=home, root=home))


def xlsx(*sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook with these sheets; `merges` of the first sheet (first row, first column, last row, last column)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        for number, rows in enumerate(sheets):
            sheet = workbook.add_worksheet(names[number] if names else None)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(r, c, value)
                    elif value is not None:
                        sheet.write(r, c, value)
            for a, b, c, d in merges if number == 0 else ():
                sheet.merge_range(a, b, c, d, sheets[0][a][b])
    return out.getvalue()


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    return "".join(delimiter.join(row) + "\r\n" for row in rows).encode(encoding)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
