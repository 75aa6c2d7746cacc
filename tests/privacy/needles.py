"""Every name, identity number and telephone number of a made-up world, as text to look for."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
from duizhang.core.settings import Settings

COLUMNS = (
    "证件号码", "姓名", "户主姓名", "户主证件号码", "户联系电话", "家庭成员联系电话", "公民身份号码", "身份证号", "残疾人证号",
    "身份证件号", "监测联系人", "核查人1", "信息采集人",
)  # fmt: skip
NUMBER = re.compile(r"[0-9Xx*]{11,22}")
NAME = re.compile(r"[\u4e00-\u9fff·]{2,}")


def of_lake(settings: Settings) -> set[bytes]:
    """Values of personal columns in norm, UTF-8: numbers of 11 and more digits, names of two and more characters."""
    found: set[str] = set()
    for path in settings.norm.glob("*/*.parquet"):
        schema = pq.read_schema(path).names
        wanted = [name for name in COLUMNS if name in schema]
        for column in pq.read_table(path, columns=wanted).columns if wanted else ():
            found |= {str(value) for value in column.to_pylist() if value}
    return {text.encode() for text in found if NUMBER.fullmatch(text) or NAME.fullmatch(text)}


def leaks(haystack: bytes, needles: set[bytes]) -> list[bytes]:
    """Needles that stand in `haystack`: numbers anywhere, names of three and more characters anywhere."""
    numbers = {n for n in needles if n[:1].isdigit()}
    names = {n for n in needles if not n[:1].isdigit() and len(n) >= 9}
    digits = set(re.findall(rb"[0-9Xx*]{11,22}", haystack))
    return sorted(digits & numbers) + sorted(name for name in names if name in haystack)


def of_county(settings: Settings, county: str, columns: tuple[str, ...] | None = (*COLUMNS, "户编号", "人编号")) -> set[str]:
    """Names, numbers, household and person numbers in the books of one county; with `columns` None, all its books' texts."""
    found: set[str] = set()
    for path in settings.home.glob(f"as_of=*/books/*/county={county}/data.parquet"):
        names = [field.name for field in pq.read_schema(path) if str(field.type) in ("string", "large_string")]
        wanted = [name for name in names if columns is None or name in columns]
        for column in pq.read_table(path, columns=wanted).columns if wanted else ():
            found |= {str(value) for value in column.unique().to_pylist() if value}
    return found


def text_of(path: Path) -> str:
    """What stands in a file, all parts of a workbook included."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes().decode("utf-8", "replace")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(html.unescape(parts.read(name).decode("utf-8", "replace")) for name in parts.namelist())
