"""The truth beside the files: what must be raised, what must not, and what the counties answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duizhang.world.model import House, Person, Row
from duizhang.world.plan import ANEW, BLANK, PAST, PRINCIPLE, SUSPICIONS, Slot
from duizhang.world.planters.places import PlaceSlot
from duizhang.world.planters.reckoning import ym
from duizhang.world.sectors import base as books
from duizhang.world.sectors.claims import CLAIMS
from duizhang.world.sectors.lending import LOANS
from duizhang.world.sectors.pushes import clue_keys
from duizhang.world.sectors.upkeep import PROBLEMS
from duizhang.world.sectors.work import SPELLS


@dataclass(frozen=True, order=True)
class TruthRow:
    """One finding that must be (or, for near misses, must not be) there. month: as_of in ISO form."""

    month: str
    county: str
    code: str
    kind: str
    key: str
    defect: str
    primary: bool


@dataclass(frozen=True, order=True)
class Answer:
    """What a county answers to a finding of the first month, and the state this must lead to."""

    month: str
    county: str
    code: str
    subject_kind: str
    subject_key: str
    answer: str
    note: str
    answered_by: str
    approved_by: str
    expect: str
    primary: bool


def subjects(houses: Iterable[House]) -> set[tuple[str, str]]:
    """(kind, key) of every person, household, monitoring record and case of the books."""
    found: set[tuple[str, str]] = set()
    for house in houses:
        found |= {("household", house.key), ("village", house.village.code), ("county", house.village.county)}
        found |= {("person", person.key) for person in house.members}
        found |= {("problem", f"{house.village.county}|{row['问题编号']}") for row in house.books.get(PROBLEMS, ())}
        found |= {("loan", f"{house.key}|{row['合同编号']}") for row in _rows(house, LOANS)}
        found |= {("payout", f"{house.village.county}|{row['案件号']}") for row in _rows(house, CLAIMS)}
        if house.monitored:
            found.add(("monitoring", house.monitoring_key))
        found |= {("case", f"户籍|{row['公民身份号码']}|{house.key}") for row in house.extra_reg}
        found |= {("case", f"入户人|{row['证件号码']}|{house.key}") for row in house.extra_visit}
        found |= {("work_spell", key) for person in house.members for key in spell_keys(person)}
        found |= {("case", f"户籍|{p.reg['公民身份号码']}|{house.key}") for p in house.members if p.reg is not None}
        found |= clue_keys(house)
    return found


def _rows(house: House, feed: str) -> list[Row]:
    """Rows of the household and of its members in one book."""
    return [*house.books.get(feed, ()), *(row for person in house.members for row in person.books.get(feed, ()))]


def spell_keys(person: Person) -> set[str]:
    """Keys of the person's spells of work: `人编号|YYYYMM|n`, n counting those that begin in one month."""
    begun = Counter(ym(row.get("开始时间")) or "" for row in person.books.get(SPELLS, ()))
    return {f"{person.key}|{month}|{n + 1}" for month, count in begun.items() for n in range(count)}


def renumber_household(house: House) -> None:
    """Gives the household and its members new 户编号 and 人编号: the same people under other keys."""
    new = f"{house.village.county}8{house.key[7:]}"
    house.key = new
    house.nat["户编号"] = new
    if house.visit is not None:
        house.visit["户编号"] = new
    books.rekey(house.books, "户编号", new)
    for n, person in enumerate(house.members):
        person.nat["人编号"] = f"{new}{n + 1:02d}"
        if person.visit is not None:
            person.visit["户编号"] = new
        books.rekey(person.books, "户编号", new)
        books.rekey(person.books, "人编号", person.key)


def spoil(house: House) -> House:
    """A wrong copy of the household, as a town sent it before it corrected itself."""
    copy = house.clone()
    copy.nat |= {"住房面积": None, "是否危房户": None}
    for person in copy.members:
        person.nat |= {"是否参加大病保险": None, "民族": None}
    return copy


_ANSWERS = {
    "mended": ("已整改", "已在系统中更正", "proven"),
    "claimed": ("已整改", "已整改完毕", "returned"),
    "pending": ("属实待整改", "下月更正", "answered"),
    "department": ("部门数据有误", "已请部门核对", "answered"),
    "unclear": ("无法核实", "本人长期外出", "answered"),
}


def answers(
    rows: list[TruthRow], slots: Sequence[Slot | PlaceSlot], existing: dict[int, set[tuple[str, str]]], silent: Callable[[TruthRow], bool]
) -> list[Answer]:
    """Answers to the findings of the first month by the fate of their defects.

    A mended finding whose subject is no longer in the books is left without an answer (nothing can prove it mended).
    One that the second month can say nothing of (`silent`) stays answered.
    """
    if 2 not in existing:
        return []
    fates = {slot.id: slot.fate for slot in slots}
    first = min((row.month for row in rows), default="")
    made: list[Answer] = []
    for row in rows:
        fate = fates.get(row.defect, "")
        if row.month != first or row.kind == "delivery":
            continue
        parts = _answer(row, fate)
        if parts is None:
            continue
        answer, note, approved, expect = parts
        if row.code in ANEW and expect in ("answered", "verified_not_so", "acknowledged") and not fate.startswith("mended"):
            expect = "issued"
        if expect == "proven" and any(f"-{label}" in row.defect for label in BLANK):
            expect = "answered"
        if silent(row):
            expect = "answered" if expect in ("proven", "returned") else expect
        elif expect == "proven" and (row.kind, row.key) not in existing[2]:
            continue
        made.append(Answer(row.month, row.county, row.code, row.kind, row.key, answer, note, "经办人甲", approved, expect, row.primary))
    return made


def _answer(row: TruthRow, fate: str) -> tuple[str, str, str, str] | None:
    """(answer, note, approved_by, expect), or None where nobody answers."""
    if row.code in PAST and (fate in _ANSWERS or fate in ("explained", "doubtful")):
        return "情况说明", "已追回多发资金", "", "acknowledged"
    if fate in _ANSWERS:
        answer, note, expect = _ANSWERS[fate]
        return answer, note, "", expect
    if fate == "explained":
        if row.code in PRINCIPLE:
            return "情况说明", "经县级审定，另有批准记录", "县局负责人乙", "exempted"
        return "情况说明", "情况特殊，已留存材料", "", "answered"
    if fate == "doubtful":
        if row.code in SUSPICIONS:
            return "不属实", "2026-10-28 入户核实，与登记一致", "", "verified_not_so"
        return "属实待整改", "下月更正", "", "answered"
    return None


def write(out: Path, rows: list[TruthRow], nears: list[TruthRow], given: list[Answer]) -> None:
    """truth.parquet, near_misses.parquet and answers.parquet below `out`, each sorted."""
    ordered = sorted(set(rows))
    missed = sorted(set(nears))
    pq.write_table(pa.table({
        **_subject_columns(ordered), "defect": pa.array([r.defect for r in ordered], pa.string()),
        "primary": pa.array([r.primary for r in ordered], pa.bool_()),
    }), out / "truth.parquet")
    pq.write_table(pa.table(_subject_columns(missed)), out / "near_misses.parquet")
    answered = sorted(set(given))
    names = [name for name in Answer.__dataclass_fields__ if name != "primary"]
    columns = {name: pa.array([getattr(a, name) for a in answered], pa.string()) for name in names}
    columns["primary"] = pa.array([a.primary for a in answered], pa.bool_())
    pq.write_table(pa.table(columns), out / "answers.parquet")


def _subject_columns(rows: list[TruthRow]) -> dict[str, pa.Array]:
    return {
        "month": pa.array([r.month for r in rows], pa.string()), "county": pa.array([r.county for r in rows], pa.string()),
        "code": pa.array([r.code for r in rows], pa.string()), "subject_kind": pa.array([r.kind for r in rows], pa.string()),
        "subject_key": pa.array([r.key for r in rows], pa.string()),
    }


def write_json(path: Path, value: object) -> None:
    """`value` as JSON with sorted keys."""
    path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
