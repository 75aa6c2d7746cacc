"""Open items that nothing was found about: what the check says of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from duizhang.core.errors import ContractProblem
from duizhang.ledger import db

WORDS = frozenset({"hit", "clear", "unknown", "na", "absent", "no_rule"})
SCHEMA = pa.schema([(name, pa.string()) for name in ("item_id", "code", "subject_kind", "subject_key", "town", "id_number")])


@dataclass(frozen=True)
class Verdict:
    """The check's word on one open item; `reason` why it could not be judged."""

    word: str
    reason: str | None
    rule_version: str | None
    data_date: date | None = None  # of the books that a hit or clear stands on; None: not told


def ask(
    cursor: Any, items: Sequence[dict[str, Any]], present: dict[str, str], verdicts: Callable[[pa.Table], pa.Table]
) -> dict[str, Verdict]:
    """Item id → verdict, for all of `items`. A subject's key is its present one, else the one it was last seen under.

    Raises `ContractProblem` where the answer lacks an item, has a word that is none, or a clear without rule version.
    """
    lost = [item["item_id"] for item in items if item["subject_id"] not in present]
    cursor.execute(
        "SELECT i.item_id, v.body ->> 'subject_key', v.body ->> '证件号码' FROM ledger.item i JOIN ledger.value v "
        "ON v.county = i.county AND v.value_hash = i.value_hash WHERE i.item_id = ANY(%s)",
        (lost,),
    )
    seen = cursor.fetchall()
    last, numbers = {row[0]: row[1] for row in seen}, {row[0]: row[2] for row in seen}
    table = pa.table(
        {
            "item_id": [item["item_id"] for item in items],
            "code": [item["code"] for item in items],
            "subject_kind": [item["subject_kind"] for item in items],
            "subject_key": [present.get(item["subject_id"]) or last.get(item["item_id"]) for item in items],
            "town": [item["town"] for item in items],
            "id_number": [numbers.get(item["item_id"]) for item in items],  # of those alone that are no longer there
        },
        schema=SCHEMA,
    )
    found = {row["item_id"]: _verdict(row) for row in verdicts(table).to_pylist()}
    missing = sum(item["item_id"] not in found for item in items)
    if missing:
        raise ContractProblem(f"The check gave no verdict on {missing} of {len(items)} open items.")
    return found


def _verdict(row: dict[str, Any]) -> Verdict:
    word = row["verdict"]
    if word not in WORDS:
        raise ContractProblem("The check gave a verdict that is none of " + ", ".join(sorted(WORDS)) + ".")
    if word == "clear" and not row.get("rule_version"):
        raise ContractProblem("The check gave a clear without the rule's version.")
    reason = row.get("na_reason")
    return Verdict(word, reason or ("无法判定" if word == "unknown" else None), row.get("rule_version"), row.get("data_date"))


def write_na(cursor: Any, rows: Sequence[tuple[str, date | None, str | None]]) -> None:
    """Store since when, and why, items could not be judged; (id, None, None) clears it."""
    db.insert(
        cursor,
        "UPDATE ledger.item i SET na_since = CASE WHEN u.since IS NULL THEN NULL ELSE coalesce(i.na_since, u.since) END, "
        "na_reason = u.reason FROM (VALUES %s) AS u (item_id, since, reason) WHERE i.item_id = u.item_id "
        "AND ((i.na_since IS NULL) <> (u.since IS NULL) OR i.na_reason IS DISTINCT FROM u.reason)",
        rows,
        template="(%s, %s::date, %s::text)",
    )


def returned(cursor: Any, items: Sequence[str]) -> set[str]:
    """Those of `items`, all gone, that had been returned when they went, and were not answered since."""
    cursor.execute(
        # by the clock of the database: the numbers of two counties' events say nothing of their order
        "SELECT g.item_id FROM (SELECT DISTINCT ON (item_id) item_id, from_state, recorded_at FROM ledger.event WHERE kind = 'gone' "
        "AND item_id = ANY(%s) ORDER BY item_id, recorded_at DESC, seq DESC) AS g WHERE g.from_state = 'returned' AND NOT EXISTS "
        "(SELECT 1 FROM ledger.event a WHERE a.item_id = g.item_id AND a.kind = 'answered' AND a.recorded_at > g.recorded_at)",
        (list(items),),
    )
    return {row[0] for row in cursor.fetchall()}


def copy_values(cursor: Any, county: str, items: Sequence[str]) -> None:
    """What items show, and what those above asked of them, goes with them to `county`: such rows are each county's own."""
    noted = "SELECT n.* FROM ledger.notice n JOIN ledger.item i ON i.item_id = n.item_id AND i.county = n.county WHERE i.item_id = ANY(%s)"
    cursor.execute(
        "INSERT INTO ledger.value (county, value_hash, kind, as_of, body, destroyed_on) "
        "SELECT DISTINCT %s, v.value_hash, v.kind, v.as_of, v.body, v.destroyed_on "
        f"FROM ({noted}) AS n JOIN ledger.value v ON v.county = n.county AND v.value_hash = n.value_hash "
        "ON CONFLICT (county, value_hash) DO NOTHING",
        (county, list(items)),
    )
    cursor.execute(
        "INSERT INTO ledger.notice (county, source, ref, item_id, received_on, due_on, file_sha, value_hash) "
        f"SELECT %s, source, ref, item_id, received_on, due_on, file_sha, value_hash FROM ({noted}) AS n ON CONFLICT DO NOTHING",
        (county, list(items)),
    )
    cursor.execute(
        "INSERT INTO ledger.value (county, value_hash, kind, as_of, body, destroyed_on) "
        "SELECT DISTINCT %s, v.value_hash, v.kind, v.as_of, v.body, v.destroyed_on FROM ledger.item i JOIN ledger.value v "
        "ON v.county = i.county AND v.value_hash IN (i.value_hash, i.answer_hash) WHERE i.item_id = ANY(%s) "
        "ON CONFLICT (county, value_hash) DO NOTHING",
        (county, list(items)),
    )
