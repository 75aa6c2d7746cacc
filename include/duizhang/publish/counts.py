"""Counts of the report: coverage of the books, results of the indicators, the roll-forward, what the check could not do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from duizhang.contracts.load import Book
from duizhang.core import lake
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.publish.asking import Question
from duizhang.publish.model import (
    FILE_SHEET,
    LIST_SHEET,
    Delivery,
    FileLine,
    Indicator,
    Line,
    Problem,
    RollForward,
)
from duizhang.publish.texts import day

STATUSES = ("full", "partial", "zero", "short", "missing", "stale")
PROBLEM_KINDS = {
    "cannot_bind": "判定式无法执行",
    "engine": "执行时出错",
    "missing_parameter": "缺口径参数",
    "count_mismatch": "计数不符",
    "lint": "目录条目不合规",
    "no_rule": "指标已停用",
}
MOST_SPANS = 8  # a longer list of row numbers helps nobody; the column 指标 filters


def deliveries(coverage: Sequence[Mapping[str, Any]], book: Book) -> tuple[Delivery, ...]:
    """One entry a feed from the county's rows of coverage.parquet. ContractProblem for a status we do not know."""
    feeds: dict[str, list[Mapping[str, Any]]] = {}
    for row in coverage:
        feeds.setdefault(row["feed"], []).append(row)
    result = []
    for feed, rows in sorted(feeds.items()):
        contract = book.by_feed.get(feed)
        states: dict[str, dict[str, str]] = {}
        for row in rows:
            if row["status"] not in STATUSES:
                raise ContractProblem(f"coverage.parquet has an unknown status for {feed}.")
            states.setdefault(row["status"], {})[str(row["town"])] = str(row["town_name"] or row["town"] or "全县")
        result.append(
            Delivery(
                feed=feed,
                book=str(rows[0]["book"] or feed),
                department=contract.owner if contract else "",
                towns=len({row["town"] for row in rows}),
                by_status=tuple((s, tuple(n for _, n in sorted(states[s].items()))) for s in STATUSES if s in states),
                data_dates=tuple(sorted({day(row["data_date"]) for row in rows if row["data_date"]})),
            )
        )
    return tuple(result)


def ranges(rows: Sequence[int]) -> str:
    """Row numbers as an officer reads them: 第 2–5、8 行; of many scattered rows the first spans and how many in all."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    if not spans:
        return ""
    listed = "、".join(f"{a}" if a == b else f"{a}–{b}" for a, b in spans[:MOST_SPANS])
    rest = f"……共 {len(set(rows))} 行" if len(spans) > MOST_SPANS else ""
    return f"第 {listed} 行{rest}"


class _Places:
    """Where each code is asked about: rows of the list, of the list as a consequence, of the file questions."""

    def __init__(self, lines: Sequence[Line], file_lines: Sequence[FileLine]) -> None:
        self.own, self.under, self.files = (defaultdict[str, list[int]](list) for _ in range(3))
        for line in lines:
            self.own[line.code].append(line.row)
            for code in line.note_codes:
                self.under[code].append(line.row)
        for file_line in file_lines:
            self.files[file_line.code].append(file_line.row)

    def where(self, code: str) -> str:
        """Sheet and rows, as an officer reads them."""
        parts = (
            (LIST_SHEET, self.own[code], ""),
            (LIST_SHEET, self.under[code], "（连带问题列）"),
            (FILE_SHEET, self.files[code], ""),
        )
        return "；".join(f"{sheet} {ranges(rows)}{tail}" for sheet, rows, tail in parts if rows)


def indicators(
    results: Sequence[Mapping[str, Any]],
    by_town: Sequence[Mapping[str, Any]],
    asked: Mapping[str, Question],
    lines: Sequence[Line],
    file_lines: Sequence[FileLine],
    last: Mapping[str, int] | None,
) -> tuple[Indicator, ...]:
    """One entry a rule of results.parquet; `by_town`: rows of results_by_town.parquet; `last`: hits of the last cycle."""
    places = _Places(lines, file_lines)
    towns: dict[str, list[tuple[str, str, int, int]]] = {}
    for row in by_town:
        if row["town"]:
            entry = (str(row["town"]), str(row["town_name"] or row["town"]), int(row["applicable"]), int(row["hits"]))
            towns.setdefault(row["code"], []).append(entry)
    return tuple(
        Indicator(
            code=row["code"],
            title=asked[row["code"]].title,
            severity=asked[row["code"]].severity,
            rows=int(row["rows"]),
            na=int(row["na"]),
            applicable=int(row["applicable"]),
            hits=int(row["hits"]),
            unknown=int(row["unknown"]),
            last_hits=None if last is None else last.get(row["code"]),
            na_reason=str(row["na_reason"] or "") or ("未说明原因" if row["na"] else ""),
            where=places.where(row["code"]),
            by_town=tuple(entry[1:] for entry in sorted(towns.get(row["code"], ()))),
        )
        for row in sorted(results, key=lambda row: str(row["code"]))
        if row["code"] in asked
    )


def roll_forward(rows: Sequence[Mapping[str, Any]], asked: Mapping[str, Question]) -> tuple[RollForward, ...]:
    """The ledger's roll-forward by code. ContractProblem where a row lacks a column."""
    names = [name for name in RollForward.__dataclass_fields__ if name not in ("code", "title")]
    result = []
    for row in sorted(rows, key=lambda row: str(row["code"])):
        missing = [name for name in names if name not in row]
        if missing:
            raise ContractProblem(f"The roll-forward of {row['code']} lacks {missing}.")
        title = asked[row["code"]].title if row["code"] in asked else "（指标已停用）"
        counts = {name: int(row[name]) for name in names if name != "na"}
        na = row["na"]  # None for a period that is not the county's last
        result.append(RollForward(row["code"], title, na=None if na is None else int(na), **counts))
    return tuple(result)


def problems(path: Path, asked: Mapping[str, Question], unknown: Sequence[str]) -> tuple[Problem, ...]:
    """What the check itself could not do (problems.json at `path`), and `unknown` codes that the catalogue no longer has."""
    if not path.is_file():
        raise InfraProblem("problems.json of this county is not there.", action="Run check for this county first.")
    found = [*lake.read_json(path), *({"code": code, "kind": "no_rule", "message": ""} for code in unknown)]
    return tuple(
        Problem(
            code=str(entry["code"]),
            title=asked[entry["code"]].title if entry["code"] in asked else "",
            kind=PROBLEM_KINDS.get(str(entry["kind"]), str(entry["kind"])),
            message=str(entry["message"]),
        )
        for entry in sorted(found, key=lambda entry: (str(entry["code"]), str(entry["kind"])))
    )
