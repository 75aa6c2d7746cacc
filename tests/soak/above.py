"""What nation, province and city send down: lines about what stands, about what does not, and about what no indicator knows."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date

from duizhang import ledger

from tests.soak.living import Living
from tests.soak.shapes import Month, Row, Sid

TITLES = ("住房安全存疑", "饮水水质投诉", "帮扶措施群众不认可")
SOURCES = ("省", "市")


@dataclass(frozen=True)
class Sent:
    """A list from above for one county."""

    county: str
    source: str
    lines: tuple[ledger.Notice, ...]
    rows: tuple[Row, ...]  # what each line is about; the code is '' where no indicator knows it
    on: date
    sha: str
    complete: bool


class Above:
    """Those above one county; what they allege stays on their lists until they are content."""

    def __init__(self, living: Living, county: str) -> None:
        self.living, self.county = living, county
        self.alleged: dict[tuple[str, str, Sid], str] = {}  # (source, title, household) → reference

    def send(self, month: Month) -> Sent | None:
        """This month's list, or none."""
        living = self.living
        rng = random.Random(f"{living.seed}/above/{self.county}/{month.cycle}")
        if month.index == 0 or rng.random() < 0.4:
            return None
        source = rng.choice(SOURCES)
        homes = sorted(h.sid for h in living.homes.values() if self._seen(("household", h.sid)))
        if not homes:
            return None
        for key in [key for key in self.alleged if key[0] == source and rng.random() < 0.5]:
            del self.alleged[key]
        for _ in range(rng.choice((1, 2))):
            title, home = rng.choice(TITLES), rng.choice(homes)
            self.alleged.setdefault((source, title, ("household", home)), f"{source}-{title}-{home}")
        due = month.day(rng.choice((3, 9, 40)))
        lines = [
            (("", sid), ref, title) for (sender, title, sid), ref in sorted(self.alleged.items()) if sender == source and self._seen(sid)
        ]
        known = sorted(row for row in living.by_row if row[0] in living.rules and row[1][0] != "case" and self._seen(row[1]))
        lines += [(row, f"{source}-{row[0]}-{row[1][1]}", "上级疑点") for row in rng.sample(known, min(3, len(known)))]
        notices = tuple(self._line(source, row, ref, title, due) for row, ref, title in lines)
        text = "\n".join([source, self.county, month.cycle, *(notice.ref for notice in notices)])
        sha = hashlib.sha256(text.encode()).hexdigest()
        return Sent(self.county, source, notices, tuple(row for row, _, _ in lines), month.as_of, sha, rng.random() < 0.6)

    def _seen(self, sid: Sid) -> bool:
        """Whether it stands in this month's books of the county."""
        living = self.living
        return living.county_of(sid) == self.county and living.exists(sid) and living.delivered(sid)

    def _line(self, source: str, row: Row, ref: str, title: str, due: date) -> ledger.Notice:
        living, (code, sid) = self.living, row
        home = living.home_of(sid)
        being = living.beings[sid[1].partition("|")[0]] if sid[0] in ("person", "work_spell") else None
        who = being or (home.people[0] if home is not None and home.people else None)
        body = {
            "town": living.town_of(sid), "town_name": living.towns.get(living.town_of(sid) or ""),
            "village_name": home and living.villages[home.village].name, "户编号": home and home.key, "户主姓名": home and home.head,
            "人编号": being and being.key, "姓名": who and who.name, "证件号码": who and who.number, "evidence": [], "lineage": {},
        }  # fmt: skip
        return ledger.Notice(source, ref, code or None, title, sid[0], living.key_of(sid), due, body)
