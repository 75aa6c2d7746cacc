"""The findings of a county as the ledger takes them: one row a (rule, subject), with the body that events show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from duizhang.core.errors import ContractProblem, RuleProblem

REQUIRED = (
    "code", "rule_version", "severity", "closes", "county", "town", "town_name", "village_name", "subject_kind", "subject_key",
    "household_key", "person_key", "idkey", "head_name", "person_name", "id_number", "evidence", "stands_on", "stands_hash",
    "lineage",
)  # fmt: skip
DATA_DATE = "data_date"


@dataclass(frozen=True)
class Finding:
    """One row of findings.parquet. `data_date` is the date of the data it was seen in, None where the file has none."""

    code: str
    rule_version: str
    severity: str
    closes: str
    town: str | None
    subject_kind: str
    subject_key: str
    household_key: str | None
    stands_hash: str
    data_date: date | None
    body: dict[str, Any]


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _finding(row: dict[str, Any]) -> Finding:
    body = {
        "subject_kind": row["subject_kind"],
        "subject_key": row["subject_key"],
        "town_name": row["town_name"],
        "village_name": row["village_name"],
        "户编号": row["household_key"],
        "户主姓名": row["head_name"],
        "人编号": row["person_key"],
        "姓名": row["person_name"],
        "证件号码": row["id_number"],
        "evidence": json.loads(row["evidence"] or "[]"),
        "stands_on": json.loads(row["stands_on"] or "{}"),
        "lineage": json.loads(row["lineage"] or "{}"),
    }
    names = ("code", "rule_version", "severity", "closes", "town", "subject_kind", "subject_key", "household_key", "stands_hash")
    return Finding(**{name: row[name] for name in names}, data_date=_day(row.get(DATA_DATE)), body=body)


def read(path: Path, county: str) -> list[Finding]:
    """The findings in `path`, by (code, kind, key).

    Raises `ContractProblem` for missing columns or rows of another county, `RuleProblem` where one rule hits one
    subject twice (an item is one discrepancy: two rows would be one of them lost).
    """
    schema = pq.read_schema(path)
    missing = sorted(set(REQUIRED) - set(schema.names))
    if missing:
        raise ContractProblem(f"{path.name} lacks the columns {', '.join(missing)}.")
    columns = [*REQUIRED, *(name for name in (DATA_DATE,) if name in schema.names)]
    found = pq.read_table(path, columns=columns).to_pylist()
    strangers = sum(row["county"] != county for row in found)
    if strangers:
        raise ContractProblem(f"{path.name}: {strangers} findings belong to another county than {county}.")
    findings = sorted((_finding(row) for row in found), key=lambda f: (f.code, f.subject_kind, f.subject_key))
    for one, other in zip(findings, findings[1:], strict=False):
        if (one.code, one.subject_kind, one.subject_key) == (other.code, other.subject_kind, other.subject_key):
            raise RuleProblem(one.code, "count_mismatch", "two findings on one subject")
    return findings
