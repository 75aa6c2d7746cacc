"""Limits that keep one bad file from taking the machine down. Each is far above any honest export.

An environment variable DUIZHANG_<NAME> sets another value (a whole number above 0; anything else is a ContractProblem).
"""

from __future__ import annotations

import os

from duizhang.core.errors import ContractProblem
from duizhang.read.problems import Refusal


def _setting(name: str, usual: int) -> int:
    """The limit `name`: DUIZHANG_<name> where it is set, else `usual`."""
    text = os.environ.get(f"DUIZHANG_{name}")
    if text is None:
        return usual
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise ContractProblem(f"DUIZHANG_{name} is no whole number above 0.", action="Correct or unset the environment variable.")
    return int(text)


MAX_FILE = _setting("MAX_FILE", 1 << 30)  # bytes of one arrival: the largest county export seen in CSV is below 300 MB
MAX_MEMBERS = _setting("MAX_MEMBERS", 2_000)  # files in one zip (or parts in one xlsx): a book sent by town has some tens
MAX_UNPACKED = _setting("MAX_UNPACKED", 4 << 30)  # bytes of one archive unpacked: four times MAX_FILE
MAX_RATIO = _setting("MAX_RATIO", 400)  # unpacked : packed; repetitive sheet XML reaches 100, a bomb 1,000
RATIO_FROM = _setting("RATIO_FROM", 64 << 20)  # bytes unpacked below which the ratio says nothing
MAX_CELLS = _setting("MAX_CELLS", 25_000_000)  # cells of one sheet's box; calamine needs about 100 bytes for each, so 2.5 GB
MAX_TEXT_CELLS = _setting("MAX_TEXT_CELLS", 8 * MAX_CELLS)  # cells of one CSV: text costs an eighth of what calamine's cells do
MAX_COLUMNS = _setting("MAX_COLUMNS", 2_000)  # columns of one table; the widest export of the field has some 300
MAX_PARTS = _setting("MAX_PARTS", 200)  # sheets of one workbook: a book by village has some tens
MAX_ERRORS = _setting("MAX_ERRORS", 100_000)  # cells such as #N/A in one sheet
HEAD_ROWS = 60  # rows looked at for titles and header, at most
SMALLEST_LONG = 1e14  # a stored number of 15 or more digits: Excel keeps 15, so an 18-digit one is already wrong
CHUNK = 50_000  # rows of CSV turned into columns at a time
ENCRYPTED_ACTION = "请打开后在“文件-信息-保护工作簿-用密码进行加密”中清空密码，另存后重新报送。"
_SMALLER = "请删去表格以外的内容（选中数据下方和右侧的空行空列删除），或按乡镇拆分，或另存为 CSV 后报送。"


def check_cells(rows: int, columns: int) -> None:
    """Refusal (too_large) where a sheet of this extent has more columns, or more cells, than are read."""
    if columns > MAX_COLUMNS:
        raise Refusal("too_large", f"工作表有 {columns} 列，超过 {MAX_COLUMNS} 列。", "请删去表格右侧无关的列，按原样重新导出。")
    if rows * columns > MAX_CELLS:
        raise Refusal("too_large", f"工作表范围过大（{rows} 行 × {columns} 列，超过 {MAX_CELLS} 格）。", _SMALLER)
