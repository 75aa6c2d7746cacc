"""What the check would leave behind of a living month: findings, results, keys, coverage, subjects; and its verdicts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from duizhang.contracts.load import Book
from duizhang.core.lake import write_json, write_table
from duizhang.core.settings import Settings

from tests.soak.living import Living
from tests.soak.shapes import Being, Home, Month, Row

COLUMNS = (
    "code", "rule_version", "severity", "closes", "county", "town", "town_name", "village_name", "subject_kind", "subject_key",
    "household_key", "person_key", "idkey", "head_name", "person_name", "id_number", "evidence", "stands_on", "stands_hash",
    "lineage",
)  # fmt: skip
FINDINGS = pa.schema([*((name, pa.string()) for name in COLUMNS), ("data_date", pa.date32())])
KEYS = pa.schema([(name, pa.string()) for name in ("subject_kind", "subject_key", "alias_kind", "alias_value")])
VERDICTS = pa.schema([*((name, pa.string()) for name in ("item_id", "verdict", "na_reason", "rule_version")), ("data_date", pa.date32())])
STALE = 60  # days before the check that a book which is too old is of


def write_catalogue(living: Living, folder: Path) -> None:
    """The rules of the month as a catalogue of its own: changed ones have another version, withdrawn ones are not there."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for code, rule in living.rules.items():
        entry = json.loads(rule.model_dump_json(exclude_none=True))
        entry["examples"] = {"violates": [], "passes": []}
        groups[code[:3]].append(entry)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        if old.stem not in groups:
            old.unlink()
    for group, entries in groups.items():
        text = yaml.dump(entries, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True)
        path = folder / f"{group}.yaml"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def moves_with_time(code: str) -> bool:
    """Whether the evidence of `code` says something else every month although nothing it stands on changed."""
    return int(code[-3:]) % 2 == 1


class StandIn:
    """Writes a county's partitions of the living month, and answers for the check."""

    def __init__(self, settings: Settings, living: Living, book: Book) -> None:
        self.settings, self.living, self.book = settings, living, book

    def root(self, month: Month) -> Path:
        return self.settings.at(month.as_of.isoformat())

    def write(self, month: Month) -> None:
        """All partitions of the month, all counties."""
        base = self.root(month) / "books"
        write_table(pa.Table.from_pylist(self._coverage(month)), base / "coverage.parquet")
        living = self.living
        regions = [
            {"county": town[:6], "county_name": living.names[town[:6]], "town": town, "town_name": name}
            for town, name in sorted(living.towns.items())
        ]
        write_table(pa.Table.from_pylist(regions), base / "regions.parquet")
        for county in living.counties:
            self._county(month, county)

    def findings(self, month: Month, county: str) -> Path:
        return self.root(month) / "checks" / f"county={county}" / "findings.parquet"

    def keys(self, month: Month, county: str) -> Path:
        return self.root(month) / "subjects" / "keys" / f"county={county}" / "data.parquet"

    def verdicts(self, month: Month, county: str) -> Callable[[pa.Table], pa.Table]:
        """The callable that `ledger.merge` asks."""

        def answer(watch: pa.Table) -> pa.Table:
            rows = []
            for row in watch.to_pylist():
                word, version = self.living.verdict(county, row["code"], row["subject_kind"], row["subject_key"])
                reason, dated = "缺账" if word == "na" else None, month.data_date if word in ("hit", "clear") else None
                rows.append({"item_id": row["item_id"], "verdict": word, "na_reason": reason, "rule_version": version, "data_date": dated})
            return pa.Table.from_pylist(rows, schema=VERDICTS)

        return answer

    # -- partitions --------------------------------------------------------------------------------------------------

    def _coverage(self, month: Month) -> list[dict[str, Any]]:
        living, rows = self.living, []
        for feed in sorted({feed for feeds in living.feeds.values() for feed in feeds}):
            contract = self.book.by_feed[feed]
            for town, name in sorted(living.towns.items()):
                status = "full" if living.feed_covers(feed, town[:6], town, living.national) else "stale"
                if feed == living.national and living.troubles.missing.get(town) is False:
                    status = "missing"
                day = month.data_date if status == "full" else date.fromordinal(month.as_of.toordinal() - STALE)
                rows.append(
                    {"feed": feed, "book": contract.book, "county": town[:6], "town": town, "town_name": name, "status": status,
                     "data_date": None if status == "missing" else day, "file": None if status == "missing" else "0" * 12}
                )  # fmt: skip
        return rows

    def _county(self, month: Month, county: str) -> None:
        living = self.living
        hits = [row for row in living.by_row if living.history[row][month.index].word == "hit" and living.county_of(row[1]) == county]
        rows = sorted((self._finding(month, county, row) for row in hits), key=lambda r: (r["code"], r["subject_key"]))
        checks = self.findings(month, county).parent
        write_table(pa.Table.from_pylist(rows, schema=FINDINGS), checks / "findings.parquet")
        write_table(pa.Table.from_pylist(self._results(county, rows)), checks / "results.parquet")
        write_table(pa.Table.from_pylist(self._by_town(county, rows)), checks / "results_by_town.parquet")
        write_json([], checks / "problems.json")
        write_table(self._keys(county), self.keys(month, county))
        for kind, table in (("household", self._households(county)), ("person", self._persons(county))):
            write_table(table, self.root(month) / "subjects" / kind / f"county={county}" / "data.parquet")

    def _finding(self, month: Month, county: str, row: Row) -> dict[str, Any]:
        living = self.living
        code, sid = row
        rule, home, turn = living.rules[code], living.home_of(sid), living.turns[row]
        being = living.beings[sid[1].partition("|")[0]] if sid[0] in ("person", "work_spell") else None
        village = living.villages[home.village] if home is not None else living.villages.get(sid[1])
        stands = json.dumps({"值": turn}, ensure_ascii=False)
        book = self.book.by_feed[living.feeds[code][-1]].book if living.feeds[code] else ""
        evidence = [{"列": "登记值", "账": self.book.by_feed[living.national].book, "值": turn}, {"列": "对照值", "账": book, "值": -turn}]
        if moves_with_time(code):
            evidence.append({"列": "截至月份", "账": book, "值": month.cycle})
        person = being or (home.people[0] if home is not None and home.people else None)
        return {
            "code": code, "rule_version": rule.version, "severity": rule.severity, "closes": rule.closes, "county": county,
            "town": living.town_of(sid), "town_name": living.towns.get(living.town_of(sid) or ""), "village_name": village and village.name,
            "subject_kind": sid[0], "subject_key": living.key_of(sid), "household_key": home and home.key,
            "person_key": being and being.key, "idkey": being and being.idkey,
            "head_name": home and home.head if living.housed(sid, county) else None,
            "person_name": person and person.name, "id_number": person and person.number,
            "evidence": json.dumps(evidence, ensure_ascii=False), "stands_on": stands,
            "stands_hash": hashlib.sha256(stands.encode()).hexdigest(),
            "lineage": json.dumps({"人": "0123456789ab:页:7"}, ensure_ascii=False), "data_date": month.data_date,
        }  # fmt: skip

    def _results(self, county: str, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        living, hits = self.living, Counter(row["code"] for row in findings)
        towns = [town for town in living.towns if town[:6] == county]
        rows = []
        for code, rule in living.rules.items():
            na = sum(not living.covered(code, county, town) for town in towns) * 100
            rows.append(
                {"code": code, "subject": rule.subject, "county": county, "rows": 100 * len(towns), "na": na, "applicable": 100 * len(towns) - na,
                 "hits": hits[code], "unknown": 0, "na_reason": "缺账" if na else ""}
            )  # fmt: skip
        return rows

    def _by_town(self, county: str, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        living, hits = self.living, Counter((row["code"], row["town"]) for row in findings)
        rows = []
        for code, rule in living.rules.items():
            for town, name in sorted(living.towns.items()):
                if town[:6] == county:
                    na = 0 if living.covered(code, county, town) else 100
                    rows.append(
                        {"code": code, "subject": rule.subject, "county": county, "town": town, "town_name": name, "rows": 100, "na": na,
                         "applicable": 100 - na, "hits": hits[code, town], "unknown": 0, "na_reason": "缺账" if na else ""}
                    )  # fmt: skip
        return rows

    def _present(self, county: str) -> tuple[list[Home], list[Being]]:
        living = self.living
        homes = [h for h in living.homes.values() if h.county == county and h.here and living.troubles.missing.get(h.town, True)]
        return homes, [p for h in homes for p in h.people if p.here]

    def _keys(self, county: str) -> pa.Table:
        living = self.living
        rows = set()
        for sid in living.subjects():
            if living.county_of(sid) == county and living.exists(sid) and living.delivered(sid):
                key = living.key_of(sid)
                rows.add((sid[0], key, "natural", key))
        homes, people = self._present(county)
        rows |= {("person", p.key, "idkey", p.idkey) for p in people if p.idkey}
        rows |= {("household", h.key, "户主idkey", h.people[0].idkey) for h in homes if h.people and h.people[0].idkey}
        rows |= {("household", p.home.key, "成员idkey", p.idkey) for p in people if p.idkey}
        rows |= self._traits(homes, people)
        return pa.Table.from_pylist([dict(zip(KEYS.names, row, strict=True)) for row in sorted(rows)], schema=KEYS)

    @staticmethod
    def _traits(homes: list[Home], people: list[Being]) -> set[tuple[str, str, str, str]]:
        """Traits that tell people without a number of their own from others, as assemble writes them."""
        bearers, rows = Counter(p.idkey for p in people), set()
        kin: dict[tuple[str, str], set[str]] = defaultdict(set)
        for home in homes:
            head, members = home.people[0] if home.people else None, [p for p in home.people if p.here]
            number = head and head.idkey
            for p in members:
                anchors = {o.idkey for o in members if o is not p and o.idkey not in (None, p.idkey)}
                if p is not head and number and number != p.idkey:
                    anchors &= {number}
                for anchor in anchors:
                    kin[home.key, f"{anchor}|{p.name}|{p.born}|{p.relation}"].add(p.key)
                if bearers[p.idkey] > 1 or not p.idkey:
                    rows.add(("person", p.key, "个人特征", f"{home.town}|{p.name}|{p.born}|{p.sex}"))
            if head is not None and head.here:
                rows.add(("household", home.key, "户主特征", f"{home.town}|{head.name}|{head.born}"))
        return rows | {("person", key, "成员特征", value) for (_, value), keys in kin.items() if len(keys) == 1 for key in keys}

    def _common(self, home: Home, key: str, person: Being | None) -> dict[str, Any]:
        village = self.living.villages[home.village]
        return {
            "_key": key, "_county": home.county, "_town": home.town, "_town_name": self.living.towns[home.town], "_village": home.village,
            "_village_name": village.name, "_household": home.key, "_head": home.head, "_person": person and person.key,
            "_name": person.name if person else home.head, "_idkey": person and person.idkey, "_idno": person and person.number,
        }  # fmt: skip

    def _households(self, county: str) -> pa.Table:
        homes, _ = self._present(county)
        rows = [self._common(h, h.key, None) | {"户编号": h.key, "当前家庭人口数": len(h.people)} for h in homes]
        return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["_key"])))

    def _persons(self, county: str) -> pa.Table:
        _, people = self._present(county)
        rows = [self._common(p.home, p.key, p) | {"户编号": p.home.key, "人编号": p.key, "姓名": p.name} for p in people]
        return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["_key"])))
