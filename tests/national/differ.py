"""The county's verdicts beside ours over one assembled county: sets of keys at the grain both can be counted by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml
from duizhang.check.stage import compile_for, load_subjects
from duizhang.check.suite import verdicts_sql
from duizhang.contracts.load import load_book
from duizhang.contracts.subjects import lineage
from duizhang.core.lake import duck
from duizhang.core.settings import Settings

from tests.national.exports import HERE, Exports, judge, predicate, rules, settled, unit
from tests.national.reader import read

GATES = ("[户类型] = '脱贫户'", "[监测对象类别] <> ''", "[是否出列] = '是'")
NOT_COVERED, HIT, UNKNOWN = 0, 3, 4
KEYS = {"村": 0, "人": 1, "户": 2}


@dataclass
class Verdicts:
    """Of one of our rules: its subject, and verdict → keys of the subject, the person and the household."""

    subject: str
    by: dict[int, list[tuple[str | None, ...]]] = field(default_factory=dict)

    def keys(self, verdict: int, level: str) -> set[str]:
        return {row[KEYS[level]] or "" for row in self.by.get(verdict, ())} - {""}


@dataclass
class Difference:
    """Of one of the county's rules: theirs, ours inside its population and beyond, what ours does not know, what it leaves on purpose."""

    theirs: set[str]
    inside: set[str]
    beyond: set[str]
    unknown: set[str]
    left: set[str] = field(default_factory=set)


def mapping() -> dict[str, dict[str, Any]]:
    """mapping.yaml."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "mapping.yaml").read_text(encoding="utf-8"))
    return found


def given(entry: dict[str, Any], as_of: str) -> dict[str, Any]:
    """Parameters of a rule as the test sets them; the base day is as_of where nothing else is said."""
    return {"基准日": as_of.replace("-", ""), **entry.get("with", {})}


def ours(settings: Settings, as_of: str, county: str) -> dict[str, Verdicts]:
    """Our code → its verdict on every row of the county."""
    book, found = load_book(settings), {}
    with duck(settings, functions=True) as con:
        load_subjects(con, settings, as_of, county)
        compiled, problems = compile_for(con, settings, lineage(settings, book), book)
        assert problems == []
        for subject, mine in compiled.items():
            if not mine:
                continue
            names = {row[0] for row in con.execute(f"DESCRIBE subject_{subject}").fetchall()}
            keys = ", ".join(
                f"s.{name}" if name in names else f"NULL AS {name}" for name in ("_key", "_person", "_household")
            )
            rows = con.execute(
                f"SELECT {keys}, v.* EXCLUDE (_at) FROM subject_{subject} s JOIN ({verdicts_sql(f'subject_{subject}', mine)}) v ON v._at = s.rowid"
            )
            codes = [column[0] for column in rows.description or ()][3:]
            found |= {code: Verdicts(subject) for code in codes}
            for row in rows.fetchall():
                for code, verdict in zip(codes, row[3:], strict=True):
                    if verdict in (NOT_COVERED, HIT, UNKNOWN):
                        found[code].by.setdefault(verdict, []).append(row[:3])
    return found


def difference(
    code: str, entry: dict[str, Any], exports: Exports, verdicts: dict[str, Verdicts], as_of: str
) -> Difference:
    """The rule and ours of the mapping, at the coarser of the two grains; rows that ours does not cover are taken away."""
    row = rules()[code]
    mine = [verdicts[name] for name in entry["ours"]]
    wide = row["grain"] == "户" or any(one.subject in ("household", "monitoring") for one in mine)
    level = "村" if row["grain"] == "村" else "户" if wide else "人"
    theirs = judge(
        exports, predicate(row, entry.get("reads", {})), level, settled(row["parameters"], given(entry, as_of))
    )
    hits, away, unknown = (
        set().union(*(one.keys(verdict, level) for one in mine)) for verdict in (HIT, NOT_COVERED, UNKNOWN)
    )
    gate = next((gate for gate in GATES if row["predicate"].startswith(gate)), None)
    inside = judge(exports, read(gate), level, {}) if gate else {unit(one, level) for one in exports.people}
    left = judge(exports, read(entry["leaves"]), level, {}) if "leaves" in entry else set()
    return Difference(theirs - away, (hits & inside) - away, hits - inside - away, unknown, left)


def wrong(entry: dict[str, Any], found: Difference) -> str:
    """What the relation says and the sets do not; '' where they agree."""
    missed, more = found.theirs - found.inside, found.inside - found.theirs
    relation = entry["relation"]
    if relation in ("same", "wider") and missed:
        return f"{relation}, but ours misses {len(missed)}"
    if (relation in ("same", "narrower") or entry.get("within")) and more:
        return f"{relation}, but ours finds {len(more)} more"
    if relation == "same" and found.beyond:
        return f"same, but ours finds {len(found.beyond)} outside its population"
    if entry.get("unknown") and missed - found.unknown:
        return f"ours misses {len(missed - found.unknown)} that it does know"
    if "leaves" in entry and missed - found.left:
        return f"ours misses {len(missed - found.left)} that it does not leave on purpose"
    return ""
