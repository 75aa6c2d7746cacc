"""Counties, towns and villages as the regions book has them on a date."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import duckdb
import pyarrow as pa

from duizhang.contracts.model import Contract
from duizhang.core.errors import FeedProblem
from duizhang.core.lake import quote_name as q
from duizhang.core.lake import quote_text

LEVELS = {"county": "县", "town": "乡"}
VALID = "有效"
_COUNTY_TAIL = re.compile(r"(自治县|县|区|市|旗)$")
_TOWN_TAIL = re.compile(r"(民族乡|乡|镇|街道办事处|街道)$")


def _fold(name: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", name or "").split())


@dataclass(frozen=True)
class Regions:
    """Names to codes: `counties` {6-digit code: name}, `towns` {9-digit code: name}."""

    counties: dict[str, str]
    towns: dict[str, str]
    data_date: str
    sha256: str
    _county_names: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, str | None] = field(default_factory=dict, compare=False)  # texts asked for before: names of thousands of files

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of all names and codes: what placing rows depends on."""
        return hashlib.sha256(json.dumps([self.counties, self.towns], ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def county_in(self, text: str) -> str | None:
        """The county whose name stands in `text` (the longest such name; None where none or two of one length)."""
        if text not in self._seen:
            self._seen[text] = self._county_in(_fold(text))
        return self._seen[text]

    def _county_in(self, folded: str) -> str | None:
        hits = {name: code for name, code in self._county_names.items() if name in folded}
        if not hits:
            return None
        longest = max(len(name) for name in hits)
        codes = {code for name, code in hits.items() if len(name) == longest}
        return codes.pop() if len(codes) == 1 else None

    def places(self) -> pa.Table:
        """Every spelling of (county name, town name) with its codes; town names alone are never looked up."""
        rows: list[tuple[str, str | None, str, str | None, str | None]] = []
        by_county: dict[str, list[tuple[str, str]]] = {}
        for town, title in self.towns.items():
            by_county.setdefault(town[:6], []).append((town, title))
        for code, name in self.counties.items():
            for spelling in {_fold(name), _COUNTY_TAIL.sub("", _fold(name))}:
                rows.append((spelling, None, code, None, None))
                for town, title in by_county.get(code, ()):
                    rows += [(spelling, t, code, town, title) for t in {_fold(title), _TOWN_TAIL.sub("", _fold(title))}]
        columns = ("county_name", "town_name", "county", "town", "town_title")
        unique: dict[tuple[str, str | None], tuple[str, str | None, str, str | None, str | None]] = {}
        for row in sorted(rows, key=lambda r: tuple(str(v) for v in r)):
            unique.setdefault((row[0], row[1]), row)
        return pa.table({c: pa.array([r[i] for r in unique.values()], pa.string()) for i, c in enumerate(columns)})


def load_regions(con: duckdb.DuckDBPyConnection, contract: Contract, path: str, sha256: str, data_date: str, day: date) -> Regions:
    """Regions in force on `day`, out of the norm table of the contract with role `regions`: of a code its last version begun."""
    maps = contract.maps
    since = q(maps["from"])
    ended = f" AND ({q(maps['until'])} IS NULL OR {q(maps['until'])} > DATE '{day}')" if "until" in maps else ""
    rows = con.execute(
        f"SELECT {q(maps['code'])}, {q(maps['name'])}, {q(maps['level'])}, {q(maps['status'])}"
        f" FROM read_parquet('{quote_text(path)}', hive_partitioning = false) WHERE ({since} IS NULL OR {since} <= DATE '{day}'){ended}"
        f" QUALIFY row_number() OVER (PARTITION BY {q(maps['code'])} ORDER BY {since} DESC NULLS LAST, _row) = 1 ORDER BY 1"
    ).fetchall()
    counties = {code: name for code, name, level, status in rows if level == LEVELS["county"] and status == VALID}
    towns = {code: name for code, name, level, status in rows if level == LEVELS["town"] and status == VALID}
    if not counties or not towns:
        raise FeedProblem("行政区划中没有有效的县或乡镇", action="请重新导出完整的行政区划（级别写“县”“乡”，状态写“有效”）")
    counties = {code[:6]: name for code, name in counties.items()}
    towns = {code[:9]: name for code, name in towns.items()}
    names = {_fold(name): code for code, name in counties.items()}
    return Regions(counties, towns, data_date, sha256, names)
