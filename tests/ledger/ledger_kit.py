"""A county small enough to think about: who is in its books, what is wrong with whom, and what the check would answer.

All people are made up; their numbers lie in the unassigned region 99xxxx.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pyarrow as pa
import pyarrow.parquet as pq
from duizhang import ledger
from duizhang.core import postgres
from duizhang.core.settings import Settings

A, B = "990101", "990102"
DEPARTMENTS = "农村低保"  # a book that a department keeps
D1, D2, D3, D4 = date(2026, 10, 25), date(2026, 11, 20), date(2026, 12, 20), date(2027, 1, 20)
COLUMNS = (
    "code", "rule_version", "severity", "closes", "county", "town", "town_name", "village_name", "subject_kind", "subject_key",
    "household_key", "person_key", "idkey", "head_name", "person_name", "id_number", "evidence", "stands_on", "stands_hash",
    "lineage",
)  # fmt: skip
FINDINGS = pa.schema([*((name, pa.string()) for name in COLUMNS), ("data_date", pa.date32())])
KEYS = pa.schema([(name, pa.string()) for name in ("subject_kind", "subject_key", "alias_kind", "alias_value")])
VERDICTS = pa.schema([*((name, pa.string()) for name in ("item_id", "verdict", "na_reason", "rule_version")), ("data_date", pa.date32())])


def connect(settings: Settings, role: postgres.Role = "pipeline") -> Any:
    """An autocommit connection as `role`."""
    connection = psycopg2.connect(postgres.ensure(settings, role).dsn())
    connection.autocommit = True
    return connection


def wipe(settings: Settings) -> None:
    """Drop both schemas."""
    connection = connect(settings)
    with connection.cursor() as cursor:
        cursor.execute("SET client_min_messages = error")
        cursor.execute("DROP SCHEMA IF EXISTS warehouse, ledger CASCADE")
    connection.close()


def idkey(n: int) -> str:
    """A made-up identity number."""
    return f"990101{19500101 + n % 40:08d}{n % 10000:04d}"


@dataclass(frozen=True)
class Hit:
    """One thing wrong: rule `code` on a subject; `stands` is what an answer to it stands on."""

    code: str
    kind: str
    key: str
    stands: str = "1"
    severity: str = "错误"
    closes: str = "export"
    version: str = "v1"
    household: str | None = None
    data_date: date | None = None
    shown: str = ""
    head: str | None = "测试户主"
    book: str = "账"  # whose value is shown; DEPARTMENTS where it is a department's

    def row(self, county: str) -> dict[str, Any]:
        """The row of findings.parquet."""
        stands = json.dumps({"列": self.stands}, ensure_ascii=False)
        return {
            **dict.fromkeys(COLUMNS),
            "code": self.code, "rule_version": self.version, "severity": self.severity, "closes": self.closes, "county": county,
            "town": county + "001", "town_name": "甲镇", "village_name": "乙村", "subject_kind": self.kind, "subject_key": self.key,
            "household_key": self.household or (self.key if self.kind == "household" else None), "head_name": self.head,
            "person_name": "测试人", "id_number": idkey(7),
            "evidence": json.dumps([{"列": "列", "账": self.book, "值": self.shown or self.stands}], ensure_ascii=False),
            "stands_on": stands, "stands_hash": hashlib.sha256((self.code + stands).encode()).hexdigest(),
            "lineage": json.dumps({"表": "0123456789ab:页:7"}, ensure_ascii=False), "data_date": self.data_date,
        }  # fmt: skip


@dataclass
class County:
    """The books of one county at one time, and the verdicts that follow from them."""

    settings: Settings
    folder: Path
    code: str = A
    hits: list[Hit] = field(default_factory=list)
    persons: dict[str, str] = field(default_factory=dict)  # 人编号 → idkey
    households: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # 户编号 → (head, members)
    spells: set[str] = field(default_factory=set)
    works: set[str] = field(default_factory=set)  # spells of work: 人编号|YYYYMM|n
    cases: set[str] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)  # any other kind → keys
    former: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, key) → the key that earlier versions gave
    na: set[str] = field(default_factory=set)  # codes that cannot be judged now
    versions: dict[str, str | None] = field(default_factory=dict)  # code → present version; None: no such rule any more
    asked: list[dict[str, Any]] = field(default_factory=list)
    books: date | None = None  # date of the books that verdicts stand on; None: each merge has an export of its own day
    dated: date | None = None  # of the merge that runs

    def present(self, kind: str) -> Collection[str]:
        """Keys of the subjects of `kind`."""
        books: dict[str, Collection[str]] = {
            "person": self.persons, "household": self.households, "monitoring": self.spells, "work_spell": self.works, "case": self.cases,
        }  # fmt: skip
        return books.get(kind) or self.others.get(kind, ())

    def verdicts(self, watch: pa.Table) -> pa.Table:
        """What the check answers: na by code, absent by the books, hit by the hits, else clear."""
        self.asked = watch.to_pylist()
        hit = {(h.code, h.kind, h.key) for h in self.hits}
        rows = []
        for row in self.asked:
            code, kind, key = row["code"], row["subject_kind"], row["subject_key"]
            version = self.versions.get(code, "v1")
            if version is None:
                word = "no_rule"
            elif code in self.na:
                word = "na"
            elif key not in self.present(kind):
                word = "clear" if kind == "case" else "absent"  # of whom no book names any more nothing is missed
            else:
                word = "hit" if (code, kind, key) in hit else "clear"
            reason = "缺账" if word == "na" else None
            rows.append({"item_id": row["item_id"], "verdict": word, "na_reason": reason, "rule_version": version, "data_date": self.dated})
        return pa.Table.from_pylist(rows, schema=VERDICTS)

    def keys(self) -> pa.Table:
        """The keys file."""
        rows = [("person", key, "natural", key) for key in self.persons]
        rows += [("person", key, "idkey", number) for key, number in self.persons.items()]
        for key, (head, members) in self.households.items():
            rows += [("household", key, "natural", key), ("household", key, "户主idkey", head)]
            rows += [("household", key, "成员idkey", member) for member in members]
        rows += [("monitoring", key, "natural", key) for key in self.spells]
        rows += [("work_spell", key, "natural", key) for key in self.works]
        rows += [("case", key, "natural", key) for key in self.cases]
        rows += [(kind, key, "natural", key) for kind, keys in self.others.items() for key in keys]
        rows += [(kind, key, "former", was) for (kind, key), was in self.former.items()]
        names = KEYS.names
        return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in sorted(rows)], schema=KEYS)

    def write(self) -> tuple[Path, Path]:
        """Findings and keys as Parquet."""
        findings, keys = self.folder / f"findings-{self.code}.parquet", self.folder / f"keys-{self.code}.parquet"
        hits = [h.row(self.code) for h in self.hits if h.code not in self.na]
        pq.write_table(pa.Table.from_pylist(hits, schema=FINDINGS), findings)
        pq.write_table(self.keys(), keys)
        return findings, keys

    def merge(self, as_of: date, run_id: str = "run", **more: Any) -> ledger.MergeSummary:
        """Merge these books."""
        findings, keys = self.write()
        self.dated = None if "data_date" in more else self.books or as_of
        return ledger.merge(self.settings, self.code, as_of.isoformat(), run_id, findings, keys, self.verdicts, **more)

    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """(code, present key as last shown) → open item."""
        return {(i["code"], i["body"]["subject_key"]): i for i in ledger.open_items(self.settings, self.code)}

    def issue(self, cycle: str, as_of: date) -> int:
        """Issue everything that is open."""
        rows = [
            (i["item_id"], hashlib.sha256(f"{i['number']}{cycle}{i['value_hash']}".encode()).hexdigest()[:16], i["value_hash"],
             as_of + timedelta(days=7))
            for i in ledger.open_items(self.settings, self.code)
        ]  # fmt: skip
        return ledger.issue(self.settings, self.code, cycle, as_of, rows)

    def answer(self, item: dict[str, Any], word: str, on: date, cycle: str = "2026-10", **more: Any) -> ledger.AnswerResult:
        """Answer one item with `word`."""
        given = ledger.Answer(item["item_id"], item["number"], self.code, cycle, word, **{"answered_by": "测试干部", **more})
        file = hashlib.sha256(repr((given, on)).encode()).hexdigest()  # the same said on the same day is the same file again
        return ledger.answer(self.settings, self.code, [given], on, file, exemptible={"MON-101"})[0]


def change(hit: Hit, **values: Any) -> Hit:
    """`hit` with other values."""
    return replace(hit, **values)


P1 = Hit("PID-101", "person", "P1")
H1 = Hit("HHD-101", "household", "H1")


def pair(settings: Settings, files: Path) -> County:
    """Two people of one household, something wrong with one of them and with the household."""
    made = County(settings, files, hits=[P1, H1], persons={"P1": idkey(1), "P2": idkey(2)})
    made.households = {"H1": (idkey(1), (idkey(1), idkey(2)))}
    return made


def only(county: County, code: str) -> dict[str, Any]:
    """The one open item of `code`."""
    found = [item for (name, _), item in county.items().items() if name == code]
    assert len(found) == 1
    return found[0]


def state_of(sql: Any, code: str) -> list[str]:
    """The states of all items of `code`, closed ones too, in the order of their numbers."""
    sql.execute("SELECT state FROM ledger.item WHERE code = %s ORDER BY number", (code,))
    return [row[0] for row in sql.fetchall()]
