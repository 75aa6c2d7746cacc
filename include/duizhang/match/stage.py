"""Tier 1: by number. Every row of every book is linked, or accounted for with the reason why it is not.

People are the rows of the national book's person table, of all counties; a department's row is routed to the county
of the person it is linked to (narrow key tables, so that a person insured next door is found). Tiers 2 to 4
(repaired, scored, asked) write the same columns with their own tier, score and reason.

Counties are linked one by one, each only where its books, or what others must tell it, differ from the last time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from duizhang.contracts.load import Book
from duizhang.contracts.model import Contract, Match
from duizhang.core.errors import ContractProblem
from duizhang.core.lake import duck, functions_sql, read_json, write_json, write_query
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings
from duizhang.match import narrow
from duizhang.match.county import UNLINKED, Tally, Task, link_county
from duizhang.match.narrow import Linked, Places, parquet

__all__ = ["UNLINKED", "MatchReport", "match"]
VERSION = "2"  # raise it when the same books would be linked otherwise
TIER_NUMBER = 1
Run = Callable[[list[Task]], Iterable[Tally]]  # links the counties of the tasks, in whatever process


@dataclass(frozen=True)
class MatchReport:
    """Rows per table: linked, unlinked by reason; rows = linked + unlinked, checked."""

    as_of: str
    linked: dict[str, int] = field(default_factory=dict)
    unlinked: dict[str, dict[str, int]] = field(default_factory=dict)
    # table → persons of whom nothing can be said (a masked or quarantined number may be theirs)
    blocked: dict[str, int] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)  # county → hash of its links, which other counties' files change too
    redone: list[str] = field(default_factory=list, compare=False)  # counties linked in this run; the others stood as they were


def match(settings: Settings, as_of: str, book: Book, run: Run | None = None) -> MatchReport:
    """Write links/<表>/county=…, unlinked, comparability of persons, and cases, as of `as_of`; `run` (default: here, in turn) links counties."""
    places, tables = Places(settings, as_of), narrow.linked_tables(book)
    counties = sorted(read_json(places.root / "books" / "regions.json")["counties"])
    for one in tables:
        if not places.exists(one.table):
            _forget(places.root / "links", one.table)
    with duck(settings, functions=True) as con:
        marks = _leave_keys(con, places, book, counties, tables)
        tasks = _tasks(con, places, book, counties, tables, marks)
    waiting = [task for task in tasks if not _stands(places, task)]
    for _ in run(waiting) if run else (link_county(places, book, task) for task in waiting):
        pass
    report = MatchReport(as_of, redone=[task.county for task in waiting])
    for county in counties:
        _add(report, county, Tally(**read_json(places.keys(county) / "tally.json")))
    write_json({key: value for key, value in asdict(report).items() if key != "redone"}, places.root / "links" / "report.json")
    return report


def _add(report: MatchReport, county: str, tally: Tally) -> None:
    report.fingerprints[county] = tally.fingerprint
    for table, rows in tally.linked.items():
        report.linked[table] = report.linked.get(table, 0) + rows
    for table, reasons in tally.unlinked.items():
        total = report.unlinked.setdefault(table, {})
        for reason, rows in reasons.items():
            total[reason] = total.get(reason, 0) + rows
    for table, people in tally.blocked.items():
        report.blocked[table] = report.blocked.get(table, 0) + people


def _stands(places: Places, task: Task) -> bool:
    path = places.keys(task.county) / "tally.json"
    return path.exists() and bool(read_json(path)["mark"] == task.mark)


def _mark(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _leave_keys(con: duckdb.DuckDBPyConnection, places: Places, book: Book, counties: list[str], tables: list[Linked]) -> dict[str, str]:
    """Write what each county leaves behind, where its books differ from the last time; county → mark of that."""
    parts = read_json(places.root / "books" / "parts.json")
    standing: dict[str, dict[str, list[str]]] = {county: {} for county in counties}
    for entry in read_json(places.root / "books" / "standing.json"):
        if entry["county"] in standing and entry["sha256"] not in standing[entry["county"]].setdefault(entry["feed"], []):
            standing[entry["county"]][entry["feed"]].append(entry["sha256"])
    national = book.role("national")
    person_table, how = next((t, m) for t, m in national.match.items() if m.person)
    if how.person is None or how.name is None or how.household is None:
        raise ContractProblem("The national person table needs match.person, name and household.")
    if not places.exists(person_table):
        raise ContractProblem("There is no national book as of this date.", action="Deliver the national export first.")
    base = _mark(VERSION, duckdb.__version__, functions_sql(places.settings), [(one.table, one.how, one.cases) for one in tables], how)
    marks: dict[str, str] = {}
    rows: dict[str, str] = {}
    fresh = set()
    for county in counties:
        speaking = [one.table for one in tables if one.contract.scope.county == "city" and places.speaks(one, county)]
        rows[county] = _mark(base, sorted(parts.get(county, {}).items()), sorted(standing[county].items()), speaking)
        _adopt(places, county)
        if _known(places, county).get("rows") != rows[county]:
            fresh.add(county)
            (places.keys(county) / "keys.json").unlink(missing_ok=True)
            narrow.write_rows(con, places, book, county, tables, {feed: sorted(files) for feed, files in standing[county].items()})
            own = _own(places, person_table, county, counties)
            old = f"SELECT DISTINCT {_named(how)} AS n FROM {own} WHERE length({q(how.person)}) = 15"
            write_query(con, f"SELECT * FROM ({old}) WHERE n IS NOT NULL ORDER BY 1", places.keys(county) / "old.parquet")
    _confirm(con, places, counties)
    houses = next(name for name, t in national.tables.items() if t.grain == "first" and len(t.key) == 1)
    for county in counties:
        old = parquet(places.keys(county) / "old.parquet")
        confirmed = con.execute(f"SELECT n FROM {old} SEMI JOIN confirmed USING (n) ORDER BY 1").fetchall()
        marks[county] = _mark(rows[county], confirmed)
        if county not in fresh and _known(places, county).get("people") == marks[county]:
            continue
        own, homes = _own(places, person_table, county, counties), _own(places, houses, county, counties)
        households = f"SELECT {q(national.tables[houses].key[0])} AS _household, _town FROM {homes}"
        narrow.write_people(con, places, county, _persons(national, person_table, how, own), households)
        write_json({"rows": rows[county], "people": marks[county]}, places.keys(county) / "keys.json")
    return marks


def _known(places: Places, county: str) -> dict[str, str]:
    path = places.keys(county) / "keys.json"
    return dict(read_json(path)) if path.exists() else {}


def _named(how: Match) -> str:
    key = f"idkey({q(str(how.person))}) || '|' || 规范姓名({q(str(how.name))})"
    return narrow.hashed(key)


def _own(places: Places, table: str, county: str, counties: list[str]) -> str:
    """FROM clause over the county's book of `table`; the columns without rows where it has none."""
    path = places.book(table, county)
    if path.exists():
        return parquet(path)
    some = next(places.book(table, other) for other in counties if places.book(table, other).exists())
    return f"(SELECT * FROM {parquet(some)} WHERE false)"


def _confirm(con: duckdb.DuckDBPyConnection, places: Places, counties: list[str]) -> None:
    """Table `confirmed`: hashes of number and name of people with 15 digits whom the register of some county has."""
    old = parquet(*(places.keys(county) / "old.parquet" for county in counties))
    rows = parquet(*(places.keys(county) / "rows.parquet" for county in counties))
    con.execute(f"CREATE OR REPLACE TEMP TABLE aged AS SELECT DISTINCT n FROM {old}")
    if (con.execute("SELECT count(*) FROM aged").fetchone() or (0,))[0]:
        con.execute(f"CREATE OR REPLACE TEMP TABLE confirmed AS SELECT DISTINCT n FROM {rows} SEMI JOIN aged USING (n)")
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE confirmed (n UBIGINT)")


def _persons(national: Contract, table: str, how: Match, source: str) -> str:
    """SELECT of key, household, number, whether it can be compared; 15 digits confirmed by the register."""
    number, name = q(str(how.person)), q(str(how.name))
    return f"""WITH people AS (SELECT {q(national.tables[table].key[0])} AS _person, {q(str(how.household))} AS _household, {name} AS _name,
            规范姓名({name}) AS _plain, {number} AS _number, idkey({number}) AS _key, length({number}) = 15 AS _old, _town, _ref,
            {_named(how)} IN (SELECT n FROM confirmed) AS _sure FROM {source})
        SELECT _person, _household, _name, _plain, _town, _ref, _number,
          CASE WHEN _old AND NOT coalesce(_sure, false) THEN NULL ELSE _key END AS _idkey,
          coalesce(校验合格(_key), false) AND 证件生日(_key) IS NOT NULL AND (NOT coalesce(_old, false) OR coalesce(_sure, false)) AS _comparable
        FROM people"""


def _tasks(
    con: duckdb.DuckDBPyConnection, places: Places, book: Book, counties: list[str], tables: list[Linked], marks: dict[str, str]
) -> list[Task]:
    """What each county must be told, written by those who tell it; and one task a county."""
    path = places.root / "links" / "_keys" / "met.json"
    everything = _mark(sorted(marks.items()))
    known = read_json(path) if path.exists() else {}
    if known.get("mark") != everything:
        narrow.meet(con, places, counties)
        sent = _sent(con)
        known = {"mark": everything, "senders": narrow.senders(con), "sent": {c: _mark(marks[c], sent.get(c, "")) for c in counties}}
        for county in counties:
            told = places.keys(county) / "sent.json"
            if not told.exists() or read_json(told) != known["sent"][county]:
                told.unlink(missing_ok=True)
                narrow.write_guests(con, places, county, tables)
                write_json(known["sent"][county], told)
        write_json(known, path)
    sent = known["sent"]
    newest = _newest(con, places, book)
    masks = _masks_told(con, places, counties)
    stands = [one.table for one in tables if places.exists(one.table)]
    dated = places.as_of if any(":as_of" in (case.where or "") for one in tables for case in one.cases) else ""
    values = [con.execute(f"SELECT * FROM {parquet(path)}").fetchall() for _, path in sorted(newest.items())]
    cases = [(c.feed, sorted(c.cases.items())) for c in book.contracts if c.cases]
    tasks = []
    for county in counties:
        mine = known["senders"].get(county, {})
        guests = [(table, sender, sent[sender]) for table, found in sorted(mine.items()) for sender in found]
        mark = _mark(VERSION, marks[county], guests, masks.get(county, ""), values, dated, stands, cases)
        tasks.append(Task(county, tuple(counties), mine, newest, mark))
    return tasks


def _sent(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """County → what it sends, as a hash."""
    rows = con.execute(
        """SELECT a, CAST(bit_xor(hash(w, t, x)) AS VARCHAR) || '/' || count(*) FROM (
        SELECT DISTINCT a, 'k' AS w, t, k AS x FROM sent_rows WHERE k IS NOT NULL
        UNION ALL SELECT DISTINCT a, 'h', t, h FROM sent_rows WHERE h IS NOT NULL
        UNION ALL SELECT DISTINCT a, 's', t, s FROM sent_rows WHERE s IS NOT NULL
        UNION ALL SELECT DISTINCT a, 'p', '', k FROM sent_people UNION ALL SELECT DISTINCT a, 'o', '', h FROM sent_houses) GROUP BY a ORDER BY a"""
    ).fetchall()
    return dict(rows)


def _masks_told(con: duckdb.DuckDBPyConnection, places: Places, counties: list[str]) -> dict[str, str]:
    """County → hash of the masks and rows set aside that may mean someone there: by the name they bear, or any where they bear none."""
    masks = parquet(*(places.keys(county) / "masks.parquet" for county in counties))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE masked AS SELECT DISTINCT hash(t, aside, pattern, open, name, plain, ends) AS x, open,"
        f" {narrow.hashed('plain')} AS m FROM {masks}"
    )
    if not (con.execute("SELECT count(*) FROM masked").fetchone() or (0,))[0]:
        return {}
    people = parquet(*(places.keys(county) / "persons.parquet" for county in counties))
    rows = con.execute(
        f"""SELECT c, CAST(bit_xor(x) AS VARCHAR) || '/' || count(*) FROM (
        SELECT DISTINCT p.c, d.x FROM masked d JOIN {people} p USING (m) WHERE NOT d.open
        UNION ALL SELECT c, x FROM (SELECT unnest(?) AS c), masked WHERE open) GROUP BY c""", [counties]
    ).fetchall()
    return dict(rows)


def _newest(con: duckdb.DuckDBPyConnection, places: Places, book: Book) -> dict[str, Path]:
    """Table → file with the greatest value, over all counties, of each of its columns: what 最新(列) of a case asks for."""
    found = {}
    for contract in book.contracts:
        for case in contract.cases.values():
            if "最新(" not in (case.where or "") or not places.exists(case.table):
                continue
            rows = parquet(*sorted((places.root / "books" / case.table).glob("*/data.parquet")))
            columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()]
            names = [name for name in columns if f"({name})" in str(case.where) or f'("{name}")' in str(case.where)]
            path = places.root / "links" / "_keys" / f"newest_{case.table}.parquet"
            write_query(con, f"SELECT {', '.join(f'max({q(name)}) AS {q(name)}' for name in names)} FROM {rows}", path)
            found[case.table] = path
    return found


def _adopt(places: Places, county: str) -> None:
    """Where this date has nothing of the county yet, take over the links of the newest other date: what they stand on decides if they hold."""
    links = places.root / "links"
    if (places.keys(county) / "keys.json").exists():
        return
    for other in sorted(places.settings.home.glob("as_of=*/links"), reverse=True):
        if other == links or not (other / "_keys" / f"county={county}" / "tally.json").exists():
            continue
        found = [path for pattern in narrow.PATTERNS for path in other.glob(pattern.format(county))]
        met = [other / "_keys" / "met.json"] if not (links / "_keys" / "met.json").exists() else []
        for path in [*sorted(found, key=lambda path: (path.suffix == ".json", str(path))), *met]:
            target = links / path.relative_to(other)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            target.unlink(missing_ok=True)
            os.link(path, target)
        return


def _forget(links: Path, table: str) -> None:
    """Take away the links of a table that no longer stands."""
    for left in [*(links / table).rglob("*.parquet"), *(links / "_blocked" / table).rglob("*.parquet")]:
        left.unlink()
