"""What the audit asks beside the chain: rows against their seals, heads noted elsewhere, guards that are switched off."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from duizhang.core.errors import ContractProblem
from duizhang.ledger.batches import batches
from duizhang.ledger.seals import head_mac, row_mac, total_of

_HEX = re.compile(r"[0-9a-f]{40,}")
_PLAIN = re.compile(r"[0-9:. +TZ-]{1,40}|[a-z_0-9]{1,40}|[A-Z]{3}-[0-9A-Z-]{1,20}")  # dates, counts, cycles and words of the program

UNSEALED = "没有封签，不是程序写入的"
CHANGED = "内容与封签不符"
REMOVED = "封签尚在，而这一行已不在"
HEAD = "封签的数目或总和与所记不符"
Found = tuple[str, int, str, str]  # county, seq, number, what


def seals(cursor: Any, key: bytes, named: Collection[tuple[str, int]]) -> list[Found]:
    """Rows of the ledger that are not as the program left them, and tables whose rows went together with their seals.

    `named`: events (county, seq) that the chain has named already: their run is not named again.
    """
    cursor.execute("SELECT to_regclass('ledger.seal') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return []  # a backup of an earlier version, on its way through the migrations
    cursor.execute("SELECT * FROM ledger.sealed() ORDER BY 1")
    found: list[Found] = []
    known = set()
    for table, key_sql, county_sql, columns in cursor.fetchall():
        known.add(table)
        forms = _forms(cursor, table, columns)
        found += _events(cursor, key, forms, named) if table == "event" else _rows(cursor, key, table, key_sql, county_sql, forms)
    found += _heads(cursor, key)
    cursor.execute("SELECT DISTINCT tbl FROM ledger.seal_head")
    found += [("", 0, "", f"{table}：表已不在") for table in sorted({row[0] for row in cursor.fetchall()} - known)]
    return found + _guards(cursor)


def _forms(cursor: Any, table: str, present: Sequence[str]) -> dict[int, tuple[list[str], str]]:
    """Form → its columns, and the SQL text of a row in that form (of the columns that are still there)."""
    cursor.execute(
        "SELECT form, columns, ledger.sealed_row(ARRAY(SELECT c FROM unnest(columns) WITH ORDINALITY AS u (c, n) WHERE c = ANY(%s) ORDER BY n)) "
        "FROM ledger.seal_form WHERE tbl = %s ORDER BY form",
        (list(present), table),
    )
    return {form: (list(columns), text) for form, columns, text in cursor.fetchall()}


def _digest(forms: Mapping[int, tuple[list[str], str]], shape: str = "{}") -> str:
    cases = " ".join(f"WHEN {form} THEN sha256(convert_to({shape.format(text)}, 'UTF8'))" for form, (_, text) in forms.items())
    return f"CASE s.form {cases} END" if cases else "NULL::bytea"


def _rows(
    cursor: Any, key: bytes, table: str, key_sql: str, county_sql: str, forms: Mapping[int, tuple[list[str], str]]
) -> list[Found]:
    cursor.execute(
        f"DECLARE rows NO SCROLL CURSOR FOR SELECT coalesce(s.key, r.key), r.its_county, s.county, s.form, s.mac, {_digest(forms)} "
        f"FROM (SELECT r.*, {key_sql} AS key, {county_sql} AS its_county FROM ledger.{table} r) r "
        "FULL JOIN (SELECT * FROM ledger.seal WHERE tbl = %s) s USING (key)",
        (table,),
    )
    bad = []
    for row_key, county, sealed_county, form, mac, digest in _fetch(cursor, "rows"):
        if mac is None:
            bad.append((row_key, county, UNSEALED))
        elif county is None:
            bad.append((row_key, sealed_county, REMOVED))
        elif sealed_county != county or not _fits(key, table, row_key, county, forms, form, digest, mac):
            bad.append((row_key, county, CHANGED))
    return [_named(cursor, table, *entry) for entry in sorted(bad)]


def _fits(
    key: bytes, table: str, row_key: str, county: str, forms: Mapping[int, tuple[list[str], str]], form: int, digest: Any, mac: Any
) -> bool:
    return digest is not None and row_mac(key, table, row_key, county, forms[form][0], bytes(digest)) == bytes(mac)


def _events(
    cursor: Any, key: bytes, forms: Mapping[int, tuple[list[str], str]], named: Collection[tuple[str, int]]
) -> list[Found]:
    """Runs of events against their seals, and events of no run. The chain names what it covers; this names the rest."""
    cursor.execute(
        "DECLARE runs NO SCROLL CURSOR FOR SELECT s.key, s.county, s.form, s.mac, s.first, s.last, d.digest FROM "
        "(SELECT *, (key::jsonb ->> 1)::bigint AS first, (key::jsonb ->> 2)::bigint AS last FROM ledger.seal WHERE tbl = 'event') s "
        f"CROSS JOIN LATERAL (SELECT {_digest(forms, shape=_RUN)} AS digest FROM ledger.event r "
        "WHERE r.county = s.county AND r.seq BETWEEN s.first AND s.last) AS d"
    )
    bad: list[Found] = []
    runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    broken = []
    for row_key, county, form, mac, first, last, digest in _fetch(cursor, "runs"):
        runs[county].append((first, last))
        if not _fits(key, "event", row_key, county, forms, form, digest, mac):
            broken.append((county, first, last))
    for county, first, last in sorted(broken):
        odd = _odd(cursor, county, first, last)
        if odd or not any(place == county and first <= seq <= last + 1 for place, seq in named):
            bad += odd or [(county, first, "", f"event（{county}，{first}—{last}）：{CHANGED}")]
    cursor.execute("SELECT county, min(seq), max(seq) FROM ledger.event GROUP BY county ORDER BY county")
    for county, lowest, highest in cursor.fetchall():
        bad += [
            (county, first, "", f"event（{county}，{first}—{last}）：{UNSEALED}")
            for first, last in _gaps(sorted(runs[county]), lowest, highest)
        ]
    return bad


_RUN = "string_agg({}, '' ORDER BY r.seq)"


def _gaps(runs: list[tuple[int, int]], lowest: int, highest: int) -> Iterator[tuple[int, int]]:
    """Stretches of lowest … highest that no run covers."""
    after = lowest
    for first, last in runs:
        if first > after:
            yield after, min(first - 1, highest)
        after = max(after, last + 1)
    if after <= highest:
        yield after, highest


def _odd(cursor: Any, county: str, first: int, last: int) -> list[Found]:
    """The events of a broken run that differ from the others in what a run has in common."""
    cursor.execute(
        "SELECT e.seq, i.number FROM ledger.event e LEFT JOIN ledger.item i USING (item_id), "
        "(SELECT mode() WITHIN GROUP (ORDER BY run_id) AS run_id, mode() WITHIN GROUP (ORDER BY recorded_at) AS recorded_at "
        "FROM ledger.event WHERE county = %(c)s AND seq BETWEEN %(a)s AND %(z)s) AS usual WHERE e.county = %(c)s "
        "AND e.seq BETWEEN %(a)s AND %(z)s AND (e.run_id, e.recorded_at) IS DISTINCT FROM (usual.run_id, usual.recorded_at) ORDER BY 1",
        {"c": county, "a": first, "z": last},
    )
    what = f"event（{county}，{first}—{last}）：{CHANGED}"
    return [(county, seq, number or "", what) for seq, number in cursor.fetchall()]


# by which item a row is named where its key has none
_OF = {
    "value": "SELECT i.number FROM ledger.event e JOIN ledger.item i USING (item_id) WHERE e.county = %s AND e.value_hash = %s "
    "ORDER BY e.seq LIMIT 1",
}
_BY_ID = "SELECT number FROM ledger.item WHERE item_id = ANY(%s) ORDER BY 1 LIMIT 1"


def _named(cursor: Any, table: str, row_key: str, county: str, what: str) -> Found:
    """The row as the problem names it: table and key, an item by its number, nothing a person wrote."""
    parts = [str(part) for part in json.loads(row_key)]
    cursor.execute(_OF.get(table, _BY_ID), parts if table in _OF else (parts,))
    number = (cursor.fetchone() or ("",))[0]
    return county, 0, number, f"{table}（{'，'.join(_shown(part) for part in parts)}）：{what}"


def _shown(part: str) -> str:
    if _HEX.fullmatch(part):
        return part[:12]
    return part if _PLAIN.fullmatch(part) else "#" + hashlib.sha256(part.encode()).hexdigest()[:8]


def _heads(cursor: Any, key: bytes) -> list[Found]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    cursor.execute("DECLARE macs NO SCROLL CURSOR FOR SELECT tbl, county, mac FROM ledger.seal")
    for table, county, mac in _fetch(cursor, "macs"):
        entry = sums[table, county]
        entry[0] += 1
        entry[1] += int.from_bytes(bytes(mac))
    cursor.execute("SELECT tbl, county, rows, total, mac FROM ledger.seal_head")
    heads = {(table, county): (rows, total, mac) for table, county, rows, total, mac in cursor.fetchall()}
    bad = []
    for table, county in sorted(set(sums) | set(heads)):
        rows, value = sums.get((table, county), [0, 0])
        total = total_of(value)
        if heads.get((table, county)) != (rows, total, head_mac(key, table, county, rows, total)):
            bad.append((county, 0, "", f"{table}：{HEAD}"))
    return bad


def _guards(cursor: Any) -> list[Found]:
    """Triggers of the ledger that are off: whatever was written meanwhile was written without its rules."""
    cursor.execute(
        "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'ledger' AND t.tgenabled <> 'O' AND NOT t.tgisinternal ORDER BY 1, 2"
    )
    return [("", 0, "", f"{table}：守护触发器 {trigger} 已停用") for table, trigger in cursor.fetchall()]


def _fetch(cursor: Any, name: str) -> Iterator[tuple[Any, ...]]:
    for batch in batches(cursor, name):
        yield from batch


def noted(cursor: Any, heads: Mapping[str, Sequence[Any]]) -> list[Found]:
    """Counties whose chain no longer holds the head (length, hash) that was noted elsewhere: cut, or written anew."""
    bad: list[Found] = []
    for county, (seq, link) in sorted(heads.items()):
        cursor.execute("SELECT hash FROM ledger.event WHERE county = %s AND seq = %s", (county, seq))
        row = cursor.fetchone()
        if row is None and int(seq) > 0:
            bad.append((county, int(seq), "", "链比另处所记的短：链尾被截去"))
        elif row is not None and row[0] != link:
            bad.append((county, int(seq), "", "与另处所记的链头不符：其前的记录被改写"))
    return bad




def read_heads(path: Path) -> dict[str, list[Any]]:
    """Heads noted in `path`: what `audit heads` printed, or a backup's manifest. ContractProblem where it holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        heads = found.get("chains", found)
        return {str(county): [int(seq), str(link)] for county, (seq, link) in heads.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        raise ContractProblem(f"{path.name} holds no noted heads.", action="Give what `duizhang audit heads` printed.") from None
