"""Checking the ledger against itself, destroying what must not be kept, and comparing two ledgers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.core.settings import Settings
from duizhang.ledger import audit_tables, db, ids
from duizhang.ledger.batches import batches


@dataclass(frozen=True)
class AuditProblem:
    """Something in the ledger that its own rules cannot have made; `seq` 0 and `number` '' where it has none."""

    county: str
    seq: int
    number: str
    what: str

    def __str__(self) -> str:
        return f"{self.county} 第 {self.seq} 条 {self.number}：{self.what}"


def _stream(cursor: Any, sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows of `sql` through a server-side cursor."""
    cursor.execute(f"DECLARE audit NO SCROLL CURSOR FOR {sql}")
    for batch in batches(cursor, "audit"):
        yield from batch


def verify(settings: Settings, noted: Mapping[str, Sequence[Any]] | None = None) -> list[AuditProblem]:
    """Every problem of the ledger: links of the chains, values against their hashes, items against their events.

    An empty list means: no event was changed, inserted, reordered or removed, no shown value was changed (destroyed ones
    apart), every item stands as its events say, and every row is as the program left it. Needs the installation key the
    ledger was written with. `noted`: heads (county → length, hash) that were noted elsewhere (`heads`), to be compared.
    """
    key = settings.installation_key()
    with db.transaction(settings, read_only=True) as cursor:
        problems, heads_found, states = _chains(cursor, key)
        problems += _heads(cursor, heads_found)
        problems += _items(cursor, states)
        problems += _values(cursor, key)
        problems += _unrecorded(cursor)
        problems += [AuditProblem(*found) for found in audit_tables.seals(cursor, key, {(p.county, p.seq) for p in problems})]
        problems += [AuditProblem(*found) for found in audit_tables.noted(cursor, noted or {})]
    return sorted(problems, key=lambda problem: (problem.county, problem.seq, problem.number))


def _chains(
    cursor: Any, key: bytes
) -> tuple[list[AuditProblem], dict[str, tuple[int, str]], dict[tuple[str, str], tuple[int, str]]]:
    problems = []
    tails: dict[str, tuple[int, str]] = {}
    states: dict[tuple[str, str], tuple[int, str]] = {}
    who_column = "e.who" if db.has_column(cursor, "event", "who") else "NULL"
    for row in _stream(
        cursor,
        "SELECT e.county, e.seq, e.item_id, coalesce(i.number, '?'), e.kind, e.from_state, e.to_state, e.as_of, e.cycle, "
        f"e.actor, e.reason, e.value_hash, e.prev_hash, e.hash, {who_column} FROM ledger.event e "
        "LEFT JOIN ledger.item i USING (item_id) ORDER BY e.county, e.seq",
    ):
        county, seq, item, number, kind, from_state, to_state, as_of, cycle, actor, reason, value, prev, link, who = row
        last_seq, last_link = tails.get(county, (0, ""))
        if seq != last_seq + 1:
            problems.append(AuditProblem(county, seq, number, f"前面缺 {seq - last_seq - 1} 条"))
        elif prev != last_link:
            problems.append(AuditProblem(county, seq, number, "与上一条接不上"))
        expected = ids.event_hash(key, county, seq, item, kind, to_state, as_of, cycle, actor, reason, value, prev, who)
        if expected != link:
            problems.append(AuditProblem(county, seq, number, "内容与校验值不符"))
        known = states.get((county, item))
        before = to_state if kind == "moved_in" else known[1] if known is not None else "new"
        if from_state != before:
            problems.append(AuditProblem(county, seq, number, "起始状态与上一步不符"))
        tails[county] = (seq, link)
        states[county, item] = (seq, to_state)
    return problems, tails, states


def _heads(cursor: Any, tails: dict[str, tuple[int, str]]) -> list[AuditProblem]:
    cursor.execute("SELECT county, seq, hash FROM ledger.chain")
    heads_stored = {county: (seq, link) for county, seq, link in cursor.fetchall()}
    return [
        AuditProblem(county, tails.get(county, (0, ""))[0], "", "链尾与记录的长度或校验值不符")
        for county in sorted(set(tails) | set(heads_stored))
        if tails.get(county) != heads_stored.get(county)
    ]


def _items(cursor: Any, states: dict[tuple[str, str], tuple[int, str]]) -> list[AuditProblem]:
    cursor.execute("SELECT county, item_id, number, state FROM ledger.item")
    problems = []
    for county, item, number, state in cursor.fetchall():
        seq, last = states.get((county, item), (0, ""))
        if last != state:
            problems.append(AuditProblem(county, seq, number, "问题的状态与其记录不符"))
    return problems


def _values(cursor: Any, key: bytes) -> list[AuditProblem]:
    """Bodies whose hash is not theirs; named by the first event that shows them."""
    changed = [
        (county, found)
        for county, found, body in _stream(cursor, "SELECT county, value_hash, body FROM ledger.value WHERE body IS NOT NULL")
        if ids.value_hash(key, body) != found
    ]
    problems = []
    for county, found in changed:
        cursor.execute(
            "SELECT seq, number FROM (SELECT e.seq, i.number FROM ledger.event e JOIN ledger.item i USING (item_id) "
            "WHERE e.county = %(c)s AND e.value_hash = %(v)s UNION ALL SELECT 0, number FROM ledger.item "
            "WHERE county = %(c)s AND value_hash = %(v)s) AS shown ORDER BY seq = 0, seq LIMIT 1",
            {"c": county, "v": found},
        )
        seq, number = cursor.fetchone() or (0, "")
        problems.append(AuditProblem(county, seq, number, "所示数据与校验值不符"))
    return problems


def _unrecorded(cursor: Any) -> list[AuditProblem]:
    """Emptied bodies that retention has no line for. By cut-off date: an item that moves takes its emptied values along."""
    cursor.execute(
        "SELECT min(v.county), v.destroyed_on, count(DISTINCT v.value_hash) FROM ledger.value v WHERE v.body IS NULL "
        "GROUP BY v.destroyed_on HAVING count(DISTINCT v.value_hash) > "
        "(SELECT coalesce(sum(r.destroyed), 0) FROM ledger.retention r WHERE r.before = v.destroyed_on) ORDER BY 2"
    )
    return [AuditProblem(county, 0, "", f"有数据被清空（{day}，{n} 条），而留存期限记录中没有这么多") for county, day, n in cursor.fetchall()]


def destroyed(settings: Settings) -> dict[str, int]:
    """County → values that retention has emptied and that are empty now. Their events and hashes stand and still verify."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT county, count(*) FROM ledger.value WHERE body IS NULL GROUP BY county ORDER BY county")
        return dict(cursor.fetchall())


def destroy_values(settings: Settings, before: str | date) -> int:
    """Empty the bodies shown of items closed before `before` (and of nothing open); gives how many. Chains still verify."""
    with db.transaction(settings) as cursor:
        cursor.execute("SELECT ledger.destroy_values(%s)", (db.day(before),))
        return int(cursor.fetchone()[0])


def destroyable(settings: Settings, before: str | date) -> int:
    """How many values `destroy_values` would empty now; nothing is changed."""
    with db.transaction(settings) as cursor:
        cursor.execute("SAVEPOINT trial; SELECT ledger.destroy_values(%s)", (db.day(before),))
        found = int(cursor.fetchone()[0])
        cursor.execute("ROLLBACK TO trial")
        return found


def open_sources(settings: Settings) -> set[str]:
    """First 12 hex digits of the sha256 of every file that an open item stands on, by the lineage of all it ever showed."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute(
            "WITH open AS (SELECT item_id, value_hash, answer_hash FROM ledger.item WHERE ledger.is_open(state)), shown AS ("
            "SELECT value_hash FROM open UNION SELECT answer_hash FROM open "
            "UNION SELECT e.value_hash FROM ledger.event e JOIN open USING (item_id)) "
            "SELECT DISTINCT (regexp_matches(v.body ->> 'lineage', '([0-9a-f]{12}):', 'g'))[1] "
            "FROM ledger.value v JOIN shown USING (value_hash)"
        )
        return {row[0] for row in cursor.fetchall()}


def open_cycles(settings: Settings) -> set[tuple[str, str]]:
    """(county, cycle) of every list on which an item that is still open stood."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute(
            "SELECT DISTINCT p.county, p.cycle FROM ledger.published_row p JOIN ledger.item i USING (item_id) WHERE ledger.is_open(i.state)"
        )
        return set(cursor.fetchall())


def open_returns(settings: Settings) -> set[str]:
    """First 12 hex digits of the sha256 of every returned file and list from above that is still needed: it answered or
    asked about an item that is open, or it belongs to a cycle whose list is the county's last."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute(
            "WITH open AS (SELECT item_id FROM ledger.item WHERE ledger.is_open(state)) "
            "SELECT substr(e.run_id, 6, 12) FROM ledger.event e JOIN open USING (item_id) WHERE e.run_id LIKE 'file %' "
            "UNION SELECT left(n.file_sha, 12) FROM ledger.notice n JOIN open USING (item_id) "
            "UNION SELECT left(f.sha256, 12) FROM ledger.received_file f JOIN ledger.cycle c USING (county, cycle) WHERE c.state = 'issued'"
        )
        return {row[0] for row in cursor.fetchall()}


def heads(settings: Settings) -> dict[str, tuple[int, str]]:
    """County → (length, last hash) of its chain: noted elsewhere, they prove later that no tail was cut off."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT county, seq, hash FROM ledger.chain ORDER BY county")
        return {county: (seq, link) for county, seq, link in cursor.fetchall()}


_ITEM = (
    "item_id, number, code, severity, closes, subject_id, subject_kind, county, town, state, opened_on, first_found, last_hit, "
    "closed_on, issued_on, issued_cycle, first_issued_cycle, due_on, times_returned, rule_version, stands_hash, answer, answered_on, "
    "answered_cycle, answer_hash, answer_stands_hash, exempt_until, value_hash, household_key_hash, na_since, na_reason"
)
_CONTENT = (
    "SELECT e.county, e.seq, i.number, e.kind, e.from_state, e.to_state, e.as_of, e.cycle, e.actor, e.reason, e.value_hash "
    "FROM ledger.event e JOIN ledger.item i USING (item_id) ORDER BY e.county, e.seq",
    f'SELECT {_ITEM} FROM ledger.item ORDER BY number COLLATE "C"',
    "SELECT kind, county, first_seen, last_seen, subject_id, parent_id FROM ledger.subject ORDER BY subject_id COLLATE \"C\"",
    "SELECT subject_id, alias_kind, alias_hash, county, valid_from, valid_to FROM ledger.alias "
    'ORDER BY subject_id COLLATE "C", alias_kind COLLATE "C", alias_hash COLLATE "C", valid_from',
    'SELECT county, value_hash, kind, body IS NULL FROM ledger.value ORDER BY county COLLATE "C", value_hash COLLATE "C"',
    "SELECT county, as_of, end_seq, findings FROM ledger.merged ORDER BY county, as_of",
    "SELECT county, cycle, as_of, state FROM ledger.cycle ORDER BY county, cycle",
    'SELECT county, cycle, item_id, token, value_hash, due_on FROM ledger.published_row ORDER BY county, cycle, item_id COLLATE "C", '
    'token COLLATE "C"',
    "SELECT county, cycle, received_on, accepted, repeated, refused FROM ledger.received_file "
    "ORDER BY county, cycle, received_on, accepted, repeated, refused",
)
# (table, column that must be there, query): what later versions added counts only where there is any of it, so that the
# digest noted in a backup of an earlier version still is the digest of what it holds.
_ADDED = (
    ("event", "who", "SELECT county, seq, who FROM ledger.event WHERE who IS NOT NULL ORDER BY county, seq"),
    ("item", "origin", "SELECT number, origin FROM ledger.item WHERE origin <> 'check' ORDER BY number COLLATE \"C\""),
    ("notice", "ref", "SELECT county, source, ref, item_id, received_on, due_on, value_hash FROM ledger.notice ORDER BY "
     'county COLLATE "C", source COLLATE "C", ref COLLATE "C", item_id COLLATE "C", received_on, value_hash COLLATE "C"'),
    ("subject", "missing_since", 'SELECT subject_id, missing_since FROM ledger.subject WHERE missing_since IS NOT NULL '
     'ORDER BY subject_id COLLATE "C"'),
    # names of files are not told here: two homes may have been sent one list in two files
    ("received_list", "file_sha", 'SELECT county, source, received_on FROM ledger.received_list ORDER BY county, source COLLATE "C", received_on'),
)  # fmt: skip


def content_digest(settings: Settings) -> str:
    """sha256 over what the ledger says, without wall-clock, run ids and names of returned files.

    Two homes with the same DUIZHANG_KEY that went through the same months have the same digest.
    """
    digest = hashlib.sha256()
    with db.transaction(settings, read_only=True) as cursor:
        for sql in _CONTENT:
            for row in _stream(cursor, sql):
                digest.update(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
            digest.update(b"--\n")
        for table, column, sql in _ADDED:
            if db.has_column(cursor, table, column):
                for row in _stream(cursor, sql):
                    digest.update(json.dumps([table, *row], ensure_ascii=False, default=str).encode() + b"\n")
    return digest.hexdigest()
