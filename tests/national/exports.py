"""The five exports as rows of text, out of the lake's raw/, and the judgement of the county's rules on them."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.national.reader import Household, Node, Person, Village, read

HERE = Path(__file__).parent
RULES = HERE / "rules.csv"
FEEDS = ("监测对象信息", "乡村建设户信息", "务工月监测已外出", "务工月监测计划外出", "行政村信息")
# their header → the name it has in the exports of our made-up world
NAMES = {"其他备注": "风险其他备注", "行政村文化（图书）室个数 （个）": "行政村文化（图书）室个数（个）"}
Row = dict[str, str]


@dataclass
class Exports:
    """Persons and villages of a batch; `people` has everybody whom any export names."""

    people: list[Person] = field(default_factory=list)
    villages: list[Village] = field(default_factory=list)


def rules() -> dict[str, dict[str, str]]:
    """Code → row of rules.csv."""
    with RULES.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}


def rows_of(home: Path, as_of: str) -> dict[str, list[Row]]:
    """Feed → its rows that stand at `as_of`, as they were sent: every cell text, an empty one ''."""
    books = (home / f"as_of={as_of}" / "books").glob("*/county=*/data.parquet")
    standing = {sha for book in books for sha in pq.read_table(book, columns=["_file"]).column(0).unique().to_pylist()}
    found: dict[str, list[Row]] = {feed: [] for feed in FEEDS}
    for meta in sorted((home / "raw").glob("*/meta.json")):
        feed = json.loads(meta.read_text(encoding="utf-8")).get("feed")
        if feed in found and meta.parent.name in standing:
            sent = pq.read_table(meta.parent / "rows.parquet").to_pylist()
            found[feed] += [{k: v or "" for k, v in row.items()} for row in sent]
    return found


def gather(sent: dict[str, list[Row]]) -> Exports:
    """Persons joined as the county's tool joined them: household number and number of the person."""
    base, houses, work, plans, villages = (sent[feed] for feed in FEEDS)
    people: list[Person] = []
    known: dict[tuple[str, str], Person] = {}
    filed: dict[str, Household] = defaultdict(Household)

    def person(row: Row) -> Person:
        key = (row["户编号"], row["证件号码"])
        if key not in known:
            known[key] = add(row)
        return known[key]

    def add(row: Row) -> Person:
        new = Person(number=row["证件号码"], household=filed[row["户编号"]])
        people.append(new)
        filed[row["户编号"]].people.append(new)
        return new

    heads: dict[str, Row] = {}
    for row in base:
        row |= {theirs: row[ours] for theirs, ours in NAMES.items() if ours in row}
        heads.setdefault(row["户编号"], row)
        new = add(row)  # two rows of one number in a household are two persons
        new.base = row
        known.setdefault((row["户编号"], row["证件号码"]), new)
    for row in work:
        person(row).work.append(row)
    for row in plans:  # our plans do not carry the household's kind; theirs do
        row |= {
            name: heads.get(row["户编号"], {}).get(name, "") for name in ("户类型", "监测对象类别") if not row.get(name)
        }
        person(row).plans.append(row)
    for row in houses:
        person(row).house = row
    for household in filed.values():
        household.everybody = people
    at: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for one in people:
        if one.base:
            at[tuple(one.base[name] for name in ("县", "乡", "村"))].append(one)
    places = []
    for row in villages:
        if row["年度"] < max(r["年度"] for r in villages if r["村编码"] == row["村编码"]):
            continue  # the county's tool read one year's export
        row |= {theirs: row[ours] for theirs, ours in NAMES.items() if ours in row}
        places.append(Village(row, at[tuple(row[name] for name in ("县", "乡", "村"))]))
    return Exports(people, places)


def settled(text: str, given: dict[str, Any]) -> dict[str, Any]:
    """`:name` → value: what `given` says, else the number as rules.csv writes it."""
    written = {f":{name}": Decimal(value) for name, value in re.findall(r"(\w+)=(\d+(?:\.\d+)?)(?![-\d])", text)}
    return written | {
        f":{name}": Decimal(value) if isinstance(value, int | float) else value for name, value in given.items()
    }


def unit(person: Person, grain: str) -> str:
    """The key a finding is counted by: 人编号 or 户编号."""
    row = person.base or next(iter([*person.work, *person.plans]), None) or person.house or {}
    return row["户编号"] if grain == "户" else row.get("人编号", "")


def judge(exports: Exports, node: Node, grain: str, given: dict[str, Any]) -> set[str]:
    """Keys of the persons, households or villages where the rule finds something."""
    if grain == "村":
        return {place.row["村编码"] for place in exports.villages if node({"": place, **given})}
    found = set()
    for person in exports.people:
        county = (person.base or next(iter(person.work), None) or {}).get("县", "")
        if node({"": person, ":本县": county, **given}):
            found.add(unit(person, grain))
    return found - {""}


def predicate(row: dict[str, str], reads: dict[str, str]) -> Node:
    """The rule's predicate, with the columns `reads` (theirs → ours) read under our name."""
    text = row["predicate"]
    for theirs, ours in reads.items():
        text = text.replace(f"[{theirs}]", f"[{ours}]")
    return read(text)
