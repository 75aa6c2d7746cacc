"""Builds the report model of a county from the check's partitions, the catalogue and the ledger's items."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhang.contracts.load import Book, load_book
from duizhang.core import lake
from duizhang.core.catalogue import Rule, by_code
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.publish import items as wording
from duizhang.publish.items import Context, Item
from duizhang.publish.model import (
    FILE_SHEET,
    LIST_SHEET,
    CountyReport,
    Delivery,
    FileLine,
    Indicator,
    Line,
    Problem,
    RollForward,
    Standing,
)
from duizhang.publish.store import Before

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
NO_CONTACT = "（尚未配置联系人，请向发件单位询问）"


def gather(
    settings: Settings,
    county: str,
    as_of: str,
    cycle: str,
    items: Sequence[Item],
    roll_forward: Sequence[Mapping[str, Any]],
    closed: Sequence[Item] = (),
    before: Before | None = None,
) -> CountyReport:
    """The report of `county` (6 digits) as of `as_of` (ISO) for `cycle` (e.g. 2026-10).

    `items`: open items of the ledger (columns of design §6 and `body`); `closed`: items closed since the last cycle,
    with `closed_on`; `roll_forward`: one mapping per code with the columns of `RollForward`; `before`: what earlier
    publications said (`store.before`). Reads checks/county=…/ and books/coverage.parquet, books/regions.parquet.
    Raises ContractProblem for an item without a needed key, InfraProblem where a partition is not there.
    """
    before = before or Before({}, None)
    base = settings.at(as_of)
    checks = base / "checks" / f"county={county}"
    book, rules = load_book(settings), by_code(settings)
    coverage = [row for row in _rows(base / "books" / "coverage.parquet") if row["county"] == county]
    context = Context(
        county, cycle, date.fromisoformat(as_of), settings.installation_key(), book, rules, before.carried
    )
    lines, file_lines, waiting, unknown = _questions(items, context)
    by_town = _rows(checks / "results_by_town.parquet")
    return CountyReport(
        county=county,
        name=_county_name(base, county),
        cycle=cycle,
        as_of=date.fromisoformat(as_of),
        contact=_contact(settings),
        towns=_towns(coverage, by_town),
        deliveries=_deliveries(coverage, book),
        indicators=_indicators(_rows(checks / "results.parquet"), by_town, rules, lines, file_lines, before.hits),
        lines=lines,
        file_lines=file_lines,
        waiting=waiting,
        closed=tuple(
            sorted(
                (wording.standing(item, rules.get(item["code"])) for item in closed),
                key=lambda row: (row.town or "~", row.village_name or "~", row.household or "~", row.code, row.number),
            )
        ),
        roll_forward=_roll_forward(roll_forward, rules),
        problems=_problems(checks / "problems.json", rules, unknown),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise InfraProblem(f"{path.name} of {path.parent.name} is not there.", action="Run check for this county first.")
    found: list[dict[str, Any]] = pq.read_table(path, partitioning=None).to_pylist()
    return found


def _contact(settings: Settings) -> str:
    """Who to ask, as configured: DUIZHANG_CONTACT, else <home>/contact.txt; the cover says so where neither is set."""
    configured = os.environ.get("DUIZHANG_CONTACT", "").strip()
    path = settings.home / "contact.txt"
    if not configured and path.is_file():
        configured = path.read_text(encoding="utf-8").strip()
    return configured or NO_CONTACT


def _county_name(base: Path, county: str) -> str:
    names = {row["county_name"] for row in _rows(base / "books" / "regions.parquet") if row["county"] == county}
    if len(names) != 1:
        raise ContractProblem(f"regions.parquet has {len(names)} names for county {county}.")
    return str(names.pop())


def _towns(coverage: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Towns of the county by code: those of the coverage, and any the results name beside them."""
    names = {str(row["town"]): str(row["town_name"] or row["town"]) for row in (*results, *coverage) if row["town"]}
    return tuple(sorted(names.items()))


def _deliveries(coverage: Sequence[Mapping[str, Any]], book: Book) -> tuple[Delivery, ...]:
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
                data_dates=tuple(sorted({wording.day(row["data_date"]) for row in rows if row["data_date"]})),
            )
        )
    return tuple(result)


def _questions(
    items: Sequence[Item], context: Context
) -> tuple[tuple[Line, ...], tuple[FileLine, ...], tuple[Standing, ...], tuple[str, ...]]:
    """Lists, file questions, what waits, and codes of items whose indicator the catalogue no longer has."""
    for item in items:
        for name in ("item_id", "number", "code", "state", "town", "value_hash", "body"):
            wording.need(item, name)
        if item["state"] not in wording.OPEN:
            raise ContractProblem(f"Item {item['number']} is handed over as open in state {item['state']}.")
    rules = context.rules
    known = sorted((i for i in items if i["code"] in rules), key=lambda item: wording.order(item, rules))
    unknown = tuple(sorted({item["code"] for item in items} - set(rules)))
    roots = wording.roots(known, rules)
    notes: dict[str, list[Item]] = {}
    for item in known:
        if item["state"] in wording.ASKED:
            for root in roots[item["item_id"]]:
                notes.setdefault(root, []).append(item)
    asked = [item for item in known if item["state"] in wording.ASKED and not roots[item["item_id"]]]
    people = [item for item in asked if rules[item["code"]].subject != "delivery"]
    files = [item for item in asked if rules[item["code"]].subject == "delivery"]
    return (
        tuple(wording.line(item, n, notes.get(item["item_id"], ()), context) for n, item in enumerate(people, 1)),
        tuple(wording.file_line(item, n, context) for n, item in enumerate(files, 1)),
        tuple(wording.standing(item, rules[item["code"]]) for item in known if item["state"] not in wording.ASKED),
        unknown,
    )


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


def _where(code: str, lines: Sequence[Line], file_lines: Sequence[FileLine]) -> str:
    """Sheet and rows that ask about `code`, or carry it as a consequence."""
    own = ranges([line.row for line in lines if line.code == code])
    under = ranges([line.row for line in lines if code in line.note_codes])
    files = ranges([line.row for line in file_lines if line.code == code])
    parts = [f"{LIST_SHEET} {own}" if own else "", f"{LIST_SHEET} {under}（连带问题列）" if under else ""]
    return "；".join(part for part in (*parts, f"{FILE_SHEET} {files}" if files else "") if part)


def _indicators(
    results: Sequence[Mapping[str, Any]],
    by_town: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Rule],
    lines: Sequence[Line],
    file_lines: Sequence[FileLine],
    last: Mapping[str, int] | None,
) -> tuple[Indicator, ...]:
    towns: dict[str, list[tuple[str, str, int, int]]] = {}
    for row in by_town:
        if row["town"]:
            entry = (str(row["town"]), str(row["town_name"] or row["town"]), int(row["applicable"]), int(row["hits"]))
            towns.setdefault(row["code"], []).append(entry)
    return tuple(
        Indicator(
            code=row["code"],
            title=rules[row["code"]].title,
            severity=rules[row["code"]].severity,
            kind=rules[row["code"]].kind,
            rows=int(row["rows"]),
            na=int(row["na"]),
            applicable=int(row["applicable"]),
            hits=int(row["hits"]),
            unknown=int(row["unknown"]),
            last_hits=None if last is None else last.get(row["code"]),
            na_reason=str(row["na_reason"] or "") or ("未说明原因" if row["na"] else ""),
            where=_where(row["code"], lines, file_lines),
            by_town=tuple(entry[1:] for entry in sorted(towns.get(row["code"], ()))),
        )
        for row in sorted(results, key=lambda row: str(row["code"]))
        if row["code"] in rules
    )


def _roll_forward(rows: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule]) -> tuple[RollForward, ...]:
    names = [name for name in RollForward.__dataclass_fields__ if name not in ("code", "title")]
    result = []
    for row in sorted(rows, key=lambda row: str(row["code"])):
        missing = [name for name in names if name not in row]
        if missing:
            raise ContractProblem(f"The roll-forward of {row['code']} lacks {missing}.")
        title = rules[row["code"]].title if row["code"] in rules else "（指标已停用）"
        counts = {name: int(row[name]) for name in names if name != "na"}
        na = row["na"]  # None for a period that is not the county's last
        result.append(RollForward(row["code"], title, na=None if na is None else int(na), **counts))
    return tuple(result)


def _problems(path: Path, rules: Mapping[str, Rule], unknown: Sequence[str]) -> tuple[Problem, ...]:
    if not path.is_file():
        raise InfraProblem("problems.json of this county is not there.", action="Run check for this county first.")
    found = [*lake.read_json(path), *({"code": code, "kind": "no_rule", "message": ""} for code in unknown)]
    return tuple(
        Problem(
            code=str(entry["code"]),
            title=rules[entry["code"]].title if entry["code"] in rules else "",
            kind=PROBLEM_KINDS.get(str(entry["kind"]), str(entry["kind"])),
            message=str(entry["message"]),
        )
        for entry in sorted(found, key=lambda entry: (str(entry["code"]), str(entry["kind"])))
    )
