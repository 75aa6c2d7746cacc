"""What publish and the summaries read from the ledger: open and closed items, published rows, the roll-forward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from duizhang.contracts.load import load_book
from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings
from duizhang.ledger import claims, db
from duizhang.ledger.desks import feeds_shown
from duizhang.ledger.events import OPEN

_ITEMS = (
    "SELECT i.*, coalesce(v.body, '{{}}'::jsonb) AS body, a.body AS answer_body FROM ledger.item i "
    "LEFT JOIN ledger.value v ON v.county = i.county AND v.value_hash = i.value_hash "
    "LEFT JOIN ledger.value a ON a.county = i.county AND a.value_hash = i.answer_hash WHERE {} ORDER BY i.number"
)
IN = ("new", "reopened", "moved_in")
OUT = ("proven", "verified_not_so", "acknowledged", "exempted", "withdrawn", "moved_out")


def open_items(settings: Settings, county: str) -> list[dict[str, Any]]:
    """The county's open items (`gone` among them) by number: every column of ledger.item (`origin` among them), `body` (what
    was found; {} once destroyed), `answer_body` (what the county last said, or None), and
    notices: what those above asked since it was opened, [{source, ref, due_on}], the earliest deadline first;
    claim: the last answer in this opening {核查结果, 核查说明, 核查人, 核查日期, answered_on, evidence}, None where there was
    none: an answer that fell (what it stood on changed) still is what was said; `evidence` is what the list showed then;
    paused_since: the day from which a department owes the answer, else None (where no department's book is shown nobody does).
    """
    with db.transaction(settings, read_only=True) as cursor:
        return items(cursor, settings, county, "i.county = %s AND ledger.is_open(i.state)", (county,))


def items(cursor: Any, settings: Settings, county: str, where: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    """Items of `county` by number, as `open_items` gives them, for those that `where` (over `i`) names."""
    found = db.rows(cursor, _ITEMS.format(where), values)
    listed, said = claims.notices(cursor, county), claims.claims(cursor, county, [item["item_id"] for item in found])
    passed = [item for item in found if item["answer"] == "department_wrong" and item["state"] in OPEN]
    book = load_book(settings) if passed else None
    waiting = {item["item_id"] for item in passed if book and feeds_shown(book, item["subject_kind"], item["body"])}
    for item in found:
        item["paused_since"] = item["answered_on"] if item["item_id"] in waiting else None
        item["notices"] = listed.get(item["item_id"], [])
        item["claim"] = said.get(item["item_id"]) or claims.brought(item)
    return found


def closed_items(settings: Settings, county: str, cycle: str) -> list[dict[str, Any]]:
    """The county's items closed, and closed still, since the list of the cycle before `cycle`; shape as `open_items`.

    Where no list went out before, all closed items.
    """
    # a note on what is closed is no closing
    since = "(SELECT max(e.seq) FROM ledger.event e WHERE e.county = i.county AND e.item_id = i.item_id AND e.kind <> 'noted') > %s"
    with db.transaction(settings, read_only=True) as cursor:
        start = _before_cycle(cursor, county, cycle)
        return items(cursor, settings, county, f"i.county = %s AND i.closed_on IS NOT NULL AND {since}", (county, start))


def published(settings: Settings, numbers: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Number → every row that went out under it, newest cycle first.

    A row: item_id, number, county, cycle, token, value_hash, due_on, 户编号, 姓名, 证件号码, evidence (as they were shown; NULL
    once destroyed), and answered_on, answered_cycle of the item's last answer.
    """
    with db.transaction(settings, read_only=True) as cursor:
        found = db.rows(
            cursor,
            "SELECT p.item_id, i.number, p.county, p.cycle, p.token, p.value_hash, p.due_on, v.body ->> '户编号' AS \"户编号\", "
            "v.body ->> '姓名' AS \"姓名\", v.body ->> '证件号码' AS \"证件号码\", v.body -> 'evidence' AS evidence, "
            "i.answered_on, i.answered_cycle FROM ledger.published_row p "
            "JOIN ledger.item i USING (item_id) JOIN ledger.value v ON v.county = p.county AND v.value_hash = p.value_hash "
            "WHERE i.number = ANY(%s) ORDER BY i.number, p.cycle DESC, p.due_on DESC, p.token",
            (sorted(set(numbers)),),
        )
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        rows[row["number"]].append(row)
    return dict(rows)


def states(settings: Settings, county: str) -> dict[str, int]:
    """State → how many items of the county are in it now."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT state, count(*) FROM ledger.item WHERE county = %s GROUP BY state ORDER BY state", (county,))
        return dict(cursor.fetchall())


def event_counts(settings: Settings, county: str) -> dict[str, int]:
    """Kind of event → how many the county's chain holds."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT kind, count(*) FROM ledger.event WHERE county = %s GROUP BY kind ORDER BY kind", (county,))
        return dict(cursor.fetchall())


def last_merged(settings: Settings, county: str) -> date | None:
    """The date of the county's last merge."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT max(as_of) FROM ledger.merged WHERE county = %s", (county,))
        found: date | None = cursor.fetchone()[0]
        return found


def governance(settings: Settings, county: str) -> list[dict[str, Any]]:
    """The governance checks of the county (warehouse.v_governance): code, title, hits, is_hit, as_of."""
    with db.transaction(settings, read_only=True) as cursor:
        return db.rows(cursor, "SELECT * FROM warehouse.v_governance WHERE county = %s ORDER BY code", (county,))


def roll_forward(
    settings: Settings, county: str, as_of: str | date | None = None, *, cycle: str | None = None
) -> list[dict[str, Any]]:
    """The county's roll-forward, a row a code: opening + new + reopened + moved_in − proven − verified_not_so − acknowledged
    − exempted − withdrawn − moved_out = closing; `na` and `gone` are parts of closing.

    The period ends with the merge of `as_of` (None: of `cycle`'s list, else the last) and begins after the merge before it,
    or, where `cycle` is given, after the merge behind the list of the cycle before. `na` is None for a period that is not
    the county's last. Raises `ContractProblem` for an unknown merge, and when the sum does not hold.
    """
    with db.transaction(settings, read_only=True) as cursor:
        start, end, is_last = _period(cursor, county, db.day(as_of) if as_of is not None else None, cycle)
        cursor.execute(
            "SELECT e.seq, e.item_id, i.code, e.kind, e.from_state, e.to_state FROM ledger.event e "
            "JOIN ledger.item i USING (item_id) WHERE e.county = %s AND e.seq <= %s ORDER BY e.seq",
            (county, end),
        )
        events = cursor.fetchall()
        cursor.execute(
            "SELECT code, count(*), count(na_since) FROM ledger.item WHERE county = %s AND ledger.is_open(state) GROUP BY code",
            (county,),
        )
        now = {code: (total, na) for code, total, na in cursor.fetchall()}
        cursor.execute("SELECT seq FROM ledger.chain WHERE county = %s", (county,))
        is_now = (cursor.fetchone() or (0,))[0] == end
    rows = _rows(events, start, {code: na for code, (_, na) in now.items()} if is_last else None)
    if is_now and {row["code"]: row["closing"] for row in rows if row["closing"]} != {code: n for code, (n, _) in now.items()}:
        raise ContractProblem(f"{county}: events and items do not agree on what is open.", action="Run `duizhang audit verify`.")
    return rows


def _period(cursor: Any, county: str, as_of: date | None, cycle: str | None) -> tuple[int, int, bool]:
    """(last event before the period, last event in it, whether no merge came after it)."""
    cursor.execute("SELECT as_of, end_seq FROM ledger.merged WHERE county = %s ORDER BY as_of", (county,))
    merged = dict(cursor.fetchall())
    cursor.execute("SELECT cycle, as_of FROM ledger.cycle WHERE county = %s ORDER BY cycle", (county,))
    cycles = dict(cursor.fetchall())
    last = max(merged, default=None)
    end = as_of or cycles.get(cycle) or last
    if end is None or end not in merged:
        raise ContractProblem(f"{county} has no merge as of {end or cycle or 'any date'}.")
    if cycle is not None:
        return _before_cycle(cursor, county, cycle), merged[end], end == last
    return max((seq for day, seq in merged.items() if day < end), default=0), merged[end], end == last


def _before_cycle(cursor: Any, county: str, cycle: str) -> int:
    """The last event of the merge behind the list of the cycle before `cycle`; 0 where there was none."""
    cursor.execute(
        "SELECT coalesce(max(m.end_seq), 0) FROM ledger.merged m WHERE m.county = %s AND m.as_of <= "
        "(SELECT max(as_of) FROM ledger.cycle c WHERE c.county = m.county AND c.cycle < %s)",
        (county, cycle),
    )
    return int(cursor.fetchone()[0])


def _replay(events: Sequence[tuple[Any, ...]]) -> dict[str, dict[str, str]]:
    """Code → {item: state} of the items that are open and in the county after `events`."""
    last = {item: (code, kind, state) for _, item, code, kind, _, state in events}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for item, (code, kind, state) in last.items():
        if state in OPEN and kind != "moved_out":
            found[code][item] = state
    return found


def _rows(events: Sequence[tuple[Any, ...]], start: int, na: dict[str, int] | None) -> list[dict[str, Any]]:
    opening, closing = _replay([event for event in events if event[0] <= start]), _replay(events)
    flows: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*IN, *OUT), 0))
    for seq, _, code, kind, from_state, to_state in events:
        name = "new" if kind == "found" else kind
        moves_open = kind in ("moved_in", "moved_out") and from_state in OPEN
        if seq > start and (moves_open or (from_state in OPEN) != (to_state in OPEN)):
            flows[code][name] += 1
    rows = []
    for code in sorted(set(opening) | set(closing) | set(flows)):
        row: dict[str, Any] = {"code": code, "opening": len(opening[code]), **flows[code], "closing": len(closing[code])}
        row["na"] = na.get(code, 0) if na is not None else None
        row["gone"] = sum(state == "gone" for state in closing[code].values())
        if row["opening"] + sum(row[name] for name in IN) - sum(row[name] for name in OUT) != row["closing"]:
            raise ContractProblem(f"The roll-forward of {code} does not close: the ledger's events are not whole.")
        rows.append(row)
    return rows


def issued_counties(settings: Settings, cycle: str) -> set[str]:
    """The counties whose list of `cycle` (2026-10) was issued."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT county FROM ledger.cycle WHERE cycle = %s", (cycle,))
        return {row[0] for row in cursor.fetchall()}
