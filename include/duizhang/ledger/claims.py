"""What was said and asked about items: the last answer with what its list showed, and the notices of those above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from duizhang.ledger import db

_SAID = ("核查结果", "核查说明", "核查人", "核查日期")
# The last answer after the item was (last) found or reopened, and the value that the answer's list last showed before it.
_CLAIMS = """
WITH opened AS (
    SELECT item_id, max(seq) AS seq FROM ledger.event WHERE county = %(county)s AND kind IN ('found', 'reopened') GROUP BY item_id
), said AS (
    SELECT DISTINCT ON (e.item_id) e.item_id, e.seq, e.as_of, e.cycle, e.value_hash FROM ledger.event e
    LEFT JOIN opened o ON o.item_id = e.item_id
    WHERE e.county = %(county)s AND e.kind IN ('answered', 'verified_not_so', 'acknowledged') AND e.seq > coalesce(o.seq, 0)
    ORDER BY e.item_id, e.seq DESC
), shown AS (
    SELECT DISTINCT ON (e.item_id) e.item_id, e.value_hash FROM ledger.event e JOIN said s ON s.item_id = e.item_id
    WHERE e.county = %(county)s AND e.kind = 'issued' AND e.cycle = s.cycle AND e.seq < s.seq ORDER BY e.item_id, e.seq DESC
)
SELECT s.item_id, s.as_of AS answered_on, a.body AS answer, v.body -> 'evidence' AS evidence
FROM said s
LEFT JOIN ledger.value a ON a.county = %(county)s AND a.value_hash = s.value_hash
LEFT JOIN shown p ON p.item_id = s.item_id
LEFT JOIN ledger.value v ON v.county = %(county)s AND v.value_hash = p.value_hash
"""


def claims(cursor: Any, county: str) -> dict[str, dict[str, Any]]:
    """Item → the last answer in its present opening, of those answered in this county: {核查结果, 核查说明, 核查人, 核查日期,
    answered_on, evidence}; texts and evidence are None once destroyed."""
    cursor.execute(_CLAIMS, {"county": county})
    return {
        item: {**{name: (answer or {}).get(name) for name in _SAID}, "answered_on": on, "evidence": evidence}
        for item, on, answer, evidence in cursor.fetchall()
    }


def brought(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """The claim of an item that was answered where it came from: what its list showed there is not this county's to see."""
    if item["answer"] is None:
        return None
    said = item["answer_body"] or {}
    return {**{name: said.get(name) for name in _SAID}, "answered_on": item["answered_on"], "evidence": None}


def notices(cursor: Any, county: str) -> dict[str, list[dict[str, Any]]]:
    """Item → what those above asked about it since it was (last) opened: {source, ref, due_on}, the earliest deadline first.

    A line that several lists had stands once, with its earliest deadline.
    """
    found = db.rows(
        cursor,
        "SELECT n.item_id, n.source, n.ref, min(n.due_on) AS due_on FROM ledger.notice n JOIN ledger.item i USING (item_id) "
        "WHERE n.county = %s AND n.received_on >= i.opened_on GROUP BY 1, 2, 3 ORDER BY 4 NULLS LAST, 2, 3",
        (county,),
    )
    listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        listed[row.pop("item_id")].append(row)
    return listed
