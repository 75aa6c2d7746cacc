"""The ledger of a soak as it is read month by month, and its roll-forward against a plain replay of the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from duizhang import ledger
from duizhang.core.settings import Settings
from duizhang.ledger import db

from tests.soak.living import Living
from tests.soak.officers import Paper
from tests.soak.shapes import Month, Row

OPEN = {"found", "issued", "answered", "returned", "gone"}
ONCE = {"verified_not_so", "acknowledged", "exempted"}
FLOWS = {
    "found": "new", "reopened": "reopened", "moved_in": "moved_in", "proven": "proven", "verified_not_so": "verified_not_so",
    "acknowledged": "acknowledged", "exempted": "exempted", "withdrawn": "withdrawn", "moved_out": "moved_out",
}  # fmt: skip
Event = dict[str, Any]


class Ledger:
    """A ledger as its events and items tell it, month by month. Each method asserts; messages name seed, month and county."""

    def __init__(self, settings: Settings, living: Living) -> None:
        self.settings, self.living = settings, living
        self.papers: dict[str, Paper] = {}
        self.events: dict[str, list[Event]] = defaultdict(list)
        self.items: dict[str, dict[str, Any]] = {}
        self.row_of: dict[str, Row] = {}  # item → what it is about
        self.ends: dict[str, int] = defaultdict(int)  # county → end of its last merge
        self.closings: dict[str, dict[str, int]] = {}
        self.answers: dict[str, list[Event]] = defaultdict(list)  # item → accepted answers with their body
        self.meant: dict[str, set[tuple[Any, ...]]] = defaultdict(set)  # number → what officers wrote about it
        self.opened_above: dict[str, int] = {}  # item → month in which a list from above opened it
        self.deadlines: dict[str, date] = {}  # item → earliest deadline of those above
        self.seen: Counter[str] = Counter()

    def where(self, month: Month, county: str = "") -> str:
        return f"seed {self.living.seed}, {month.cycle} (month {month.index}), county {county or 'any'}"

    # -- reading -----------------------------------------------------------------------------------------------------

    def load(self) -> list[Event]:
        """Read what is new in the ledger; gives the new events."""
        new: list[Event] = []
        with db.transaction(self.settings, read_only=True) as cursor:
            for county in self.living.counties:
                last = self.events[county][-1]["seq"] if self.events[county] else 0
                found = db.rows(
                    cursor,
                    "SELECT e.*, v.body FROM ledger.event e LEFT JOIN ledger.value v USING (county, value_hash) "
                    "WHERE county = %s AND seq > %s ORDER BY seq",
                    (county, last),
                )
                self.events[county] += found
                new += found
            rows = db.rows(
                cursor, "SELECT i.*, v.body FROM ledger.item i LEFT JOIN ledger.value v ON (v.county, v.value_hash) = (i.county, i.value_hash)"
            )
        self.items = {row["item_id"]: row for row in rows}
        for item_id, item in self.items.items():
            if item_id not in self.row_of:
                self.row_of[item_id] = (item["code"], self.living.sids[item["subject_kind"], item["body"]["subject_key"]])
        for event in new:
            self.seen[event["kind"]] += 1
            if event["kind"] == "reopened":  # what those above asked before was answered by proof
                self.deadlines.pop(event["item_id"], None)
            if event["kind"] in ("answered", *ONCE):
                self.answers[event["item_id"]].append(event)
        return new

    def rows_by_number(self) -> dict[str, Row]:
        """Question number → what it is about."""
        return {item["number"]: self.row_of[item_id] for item_id, item in self.items.items()}

    # -- roll-forward ------------------------------------------------------------------------------------------------

    def rolls(self, month: Month, county: str) -> None:
        """Right after the county's merge: the roll-forward holds, and is what a plain replay of the events gives."""
        self.load()
        where = self.where(month, county)
        with db.transaction(self.settings, read_only=True) as cursor:
            cursor.execute("SELECT end_seq FROM ledger.merged WHERE county = %s AND as_of = %s", (county, month.as_of))
            end = cursor.fetchone()[0]
        told = {row["code"]: row for row in ledger.roll_forward(self.settings, county, month.as_of, cycle=month.cycle)}
        plain = self._replay(county, self.ends[county], end)
        assert set(told) == set(plain), f"{where}: the roll-forward tells of other indicators than the events"
        for code, row in told.items():
            shown = {name: row[name] for name in ("opening", *FLOWS.values(), "closing", "gone")}
            assert shown == plain[code], f"{where}: roll-forward of {code}: {shown} is not {plain[code]}"
        before = self.closings.get(county, {})
        opening = {code: row["opening"] for code, row in plain.items() if row["opening"]}
        assert opening == before, f"{where}: this month's opening is not last month's closing"
        self.closings[county] = {code: row["closing"] for code, row in plain.items() if row["closing"]}
        now = Counter(i["code"] for i in self.items.values() if i["county"] == county and i["state"] in OPEN)
        assert self.closings[county] == dict(now), f"{where}: the closing is not what stands open"
        self.ends[county] = end

    def _replay(self, county: str, start: int, end: int) -> dict[str, dict[str, int]]:
        inside: dict[str, str] = {}
        rows: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("opening", *FLOWS.values(), "closing", "gone"), 0))
        for event in self.events[county]:
            if event["seq"] > end:
                break
            item, code = event["item_id"], self.row_of[event["item_id"]][0]
            was = item in inside
            inside.pop(item, None)
            if event["kind"] != "moved_out" and event["to_state"] in OPEN:
                inside[item] = event["to_state"]
            if event["seq"] <= start:
                continue
            rows[code]["opening"] += 0
            if was != (item in inside):
                rows[code][FLOWS[event["kind"]]] += 1
        for item, state in inside.items():
            code = self.row_of[item][0]
            rows[code]["closing"] += 1
            rows[code]["gone"] += state == "gone"
        for row in rows.values():
            came = row["new"] + row["reopened"] + row["moved_in"]
            left = sum(row[name] for kind, name in FLOWS.items() if kind not in ("found", "reopened", "moved_in"))
            row["opening"] = row["closing"] - came + left
        return {code: dict(row) for code, row in rows.items() if any(row.values())}
