"""A made-up list of suspected problems as a province sends it down, drawn from the truth, with what each line must come to.

Names and numbers of the subjects are taken from the home's newest subject tables (the world's files spell them in many
ways); what must come of a line is reasoned from the truth alone.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

Row = dict[str, Any]
Cells = Sequence[str | float]

# how the senders may word what an indicator asks: by its name, in other words, by the number of their rule
WORDINGS: dict[str, tuple[str, ...]] = {
    "GAX-001": ("死亡人员未核减", "已死亡未减员"),
    "MEM-003": ("劳动技能为空",),
    "MEM-004": ("文化程度、在校状况、未上学原因同时为空",),
    "MED-001": ("居民医保、职工医保同时为空或否", "城乡居民医疗保险未参保"),
    "PID-003": ("身份证校验不通过", "1_01_003"),
    "PID-009": ("证件类型与位数不一致",),
    "MED-003": ("大病保险为空",),
    "EDU-002": ("未上学原因因病/因残但健康",),
    "CLX-001": ("持证残疾人健康状况为健康", "持证残疾人系统健康状况无残疾"),
    "MZX-001": ("低保在保人员系统未标注", "民政在保而系统未标低保"),
    "MZX-002": ("系统标低保而民政未在保",),
    "HHD-005": ("户人口数与家庭成员不一致", "人口数与成员数不等"),
    "HHD-009": ("户联系电话为空或非 11 位",),
    "HHD-030": ("住房面积为空或非正",),
    "HHD-037": ("监测对象地理位置缺失",),
    "HSW-001": ("是否危房户为空",),
    "MON-026": ("纳入监测不满一年标注消除", "纳入不满一年标注风险消除"),
    "MON-029": ("整户无劳动能力户标注风险消除",),
    "SUR-001": ("应入户未入户",),
}  # fmt: skip
_PERSONAL = ("GAX-001", "MEM-003", "MEM-004", "MED-001", "MED-003", "PID-009", "EDU-002", "CLX-001", "MZX-001", "MZX-002")
TITLES = ("2026年第四季度反馈疑似问题清单", "请于2026年12月10日前完成整改并反馈")
HEADER = ("序号", "区 县", "乡镇*", "村", "户编号", "户主\n姓名", "姓名", "证件号码（脱敏）", "问题类型", "整改时限", "联系电话")
NEW_TITLE = "享受政策情况与行业部门台账不符"  # no indicator of the catalogue asks this


@dataclass(frozen=True)
class Expected:
    """What must become of the line in `row` (from 1) of `sheet`. `code` and `key`: of the item; '' where there is none."""

    sheet: str
    row: int
    county: str
    word: str
    code: str = ""
    key: str = ""
    why: str = ""


@dataclass
class _Draft:
    """A line on its way: the subject it is about, what it says, and what must come of it."""

    who: Row
    problem: str
    expected: Expected
    changes: dict[str, str | float]


def write(
    world: Path, home: Path, as_of: str, out: Path, *, seed: int = 1, closed: Iterable[tuple[str, str, str]] = (), most: int = 3
) -> list[Expected]:
    """Write the list `out` (.xlsx) about the world's findings of the month `as_of`; what must become of every line.

    `closed`: (code, subject kind, key) of items that are closed by now; `most`: lines an indicator and county at most.
    Needs the subjects of `home` as of `as_of`. The same arguments give the same cells.
    """
    rng = random.Random(f"feedback/{seed}")
    people = _People(home, as_of)
    rows = pq.read_table(world / "truth.parquet").to_pylist()
    truth = sorted({(r["code"], r["subject_kind"], r["subject_key"], r["county"]) for r in rows if r["month"] == as_of})
    drafts = list(_drafts(truth, people, set(closed), most, rng))
    drafts += _troubles(truth, people, drafts, rng)
    return _write(out, drafts, people.regions, rng)


class _People:
    """Subjects of the newest books, by key, and what of them is unique."""

    def __init__(self, home: Path, as_of: str) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        for kind in ("person", "household", "monitoring"):
            for path in sorted((home / f"as_of={as_of}" / "subjects" / kind).glob("county=*/data.parquet")):
                for row in pq.read_table(path).to_pylist():
                    self.rows[kind, row["_key"]] = row
        regions = pq.read_table(home / f"as_of={as_of}" / "books" / "regions.parquet").to_pylist()
        self.regions = {str(row["county"]): str(row["county_name"]) for row in regions}
        self.numbers = Counter(row["_idkey"] for (kind, _), row in self.rows.items() if kind == "person" and row["_idkey"])
        self.masked: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for (kind, _), row in self.rows.items():
            if kind == "person":
                self.masked[self._shown(row)] += 1

    def _shown(self, row: Row) -> tuple[str, str, str, str]:
        return str(row["_county"]), str(row["_village_name"]), str(row["_name"]), mask(str(row["_idno"] or ""))

    def sound(self, kind: str, key: str) -> Row | None:
        """The subject's row where number, name and place of it are booked and unlike anybody else's."""
        row = self.rows.get((kind, key))
        whole = row is not None and all(row[name] for name in ("_county", "_village_name", "_town_name", "_head", "_name", "_idkey"))
        if row is None or not whole or self.numbers[row["_idkey"]] > 1:
            return None
        return row if kind != "person" or (self.masked[self._shown(row)] == 1 and len(row["_idno"]) >= 18) else None


def mask(number: str) -> str:
    """A number as senders show it: six digits, eight stars, the rest."""
    return number[:6] + "*" * 8 + number[14:]


def _drafts(
    truth: Sequence[tuple[str, str, str, str]], people: _People, closed: set[tuple[str, str, str]], most: int, rng: random.Random
) -> Iterator[_Draft]:
    """Lines about what is open (or closed by now), the subject named in one way after the other."""
    counts: Counter[tuple[str, str]] = Counter()
    styles = itertools.cycle(("full", "masked", "certificate", "key"))
    for code, kind, key, county in truth:
        who = people.sound(kind, key)
        shut = (code, kind, key) in closed
        if code not in WORDINGS or who is None or (counts[code, county] >= most and not shut):
            continue
        counts[code, county] += not shut
        problem = rng.choice(WORDINGS[code])
        style = next(styles) if kind == "person" else "key"
        word = "已销号" if shut else "并入"
        yield _Draft(who, problem, Expected("", 0, county, word, code, key, style), _style(style, who, kind))


def _style(style: str, who: Row, kind: str) -> dict[str, str | float]:
    number = str(who["_idno"] or "")
    if kind != "person":
        return {"姓名": "", "证件号码": ""}
    match style:
        case "masked":
            return {"户编号": "", "户主姓名": "", "证件号码": mask(number)}
        case "certificate":  # a disability certificate: class and degree behind the number
            return {"户编号": "", "户主姓名": "", "证件号码": number[:18] + "41"}
        case "key":
            return {"证件号码": ""}
        case _:
            return {"户编号": ""}


def _troubles(truth: Sequence[tuple[str, str, str, str]], people: _People, drafts: Sequence[_Draft], rng: random.Random) -> list[_Draft]:
    """Lines with something the matter, each with what must come of it."""
    raised = {(code, key) for code, _, key, _ in truth}
    hit = {key for _, key in raised}
    clean = [row for (kind, key), row in sorted(people.rows.items()) if kind == "person" and key not in hit and people.sound(kind, key)]
    one, two, three, four, five = rng.sample(clean, 5)
    mended = next(d for d in drafts if d.expected.word == "并入")
    free = next(code for code in _PERSONAL if (code, one["_key"]) not in raised)

    def draft(who: Row, problem: str, word: str, why: str, code: str = "", **changes: str) -> _Draft:
        key = str(who["_key"]) if word != "对不上" else ""
        county = str(who["_county"])
        return _Draft(who, problem, Expected("", 0, county, word, code, key, why), dict(changes))

    return [
        _Draft(mended.who, mended.problem, Expected("", 0, mended.expected.county, "重复", mended.expected.code, mended.expected.key, "twice"),
               dict(mended.changes)),
        draft(one, WORDINGS[free][0], "新登记", "no open item", free),
        draft(two, NEW_TITLE, "外部", "no indicator"),
        draft(two, "死亡人员未核减、身份证号码重复", "外部", "several indicators"),
        draft(three, WORDINGS[free][0], "对不上", "unknown household", 户编号="990100009999", 证件号码="", 户主姓名="", 姓名="", 村=""),
        draft(four, WORDINGS[free][0], "对不上", "the number is somebody else's", 姓名="甲" + str(four["_name"]), 户编号="", 村="", 户主姓名=""),
        draft(five, WORDINGS[free][0], "对不上", "name and village only", 户编号="", 证件号码="", 户主姓名=""),
        _Draft(one, WORDINGS[free][0], Expected("", 0, "", "对不上", why="another county"), {"区县": "外地县"}),
    ]  # fmt: skip


def _cells(draft: _Draft, county: str, seq: int, rng: random.Random) -> list[str | float]:
    who = draft.who
    said: dict[str, str | float] = {
        "区县": county, "乡镇": who["_town_name"], "村": who["_village_name"], "户编号": who["_household"], "户主姓名": who["_head"],
        "姓名": who["_name"], "证件号码": who["_idno"] or "", "问题类型": draft.problem, **draft.changes,
    }  # fmt: skip
    due = rng.choice(("2026-12-10", "2026年12月10日", "12月10日前", ""))
    return [float(seq), *(str(said[name] or "") for name in ("区县", "乡镇", "村", "户编号", "户主姓名", "姓名", "证件号码", "问题类型")), due, ""]


def _write(out: Path, drafts: Sequence[_Draft], regions: dict[str, str], rng: random.Random) -> list[Expected]:
    """Two sheets: most lines under a column 问题类型; those of the most frequent problem on a sheet that its name tells."""
    kinds = Counter(d.problem for d in drafts if d.expected.word == "并入" and not d.problem[0].isdigit())
    own = min(kinds, key=lambda problem: (-kinds[problem], problem)).replace("/", "") if kinds else ""
    apart = [d for d in drafts if d.problem == own and d.expected.word == "并入"]
    rest = [d for d in drafts if d not in apart]
    rng.shuffle(rest)
    firsts = [d for d in rest if d.expected.word != "重复"]
    rest = firsts + [d for d in rest if d.expected.word == "重复"]  # the second of two equal lines is the repeated one
    expected: list[Expected] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(out), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        for name, found, header in ((own, apart, [h for h in HEADER if h != "问题类型"]), ("疑似问题汇总", rest, list(HEADER))):
            if found:
                rows = [_cells(d, regions[str(d.who["_county"])], n, rng) for n, d in enumerate(found, 1)]
                lines = [row if len(header) == len(HEADER) else [c for c, h in zip(row, HEADER, strict=True) if h in header] for row in rows]
                first = _sheet(book.add_worksheet(name), header, lines)
                expected += [
                    Expected(name, first + n, d.expected.county, d.expected.word, d.expected.code, d.expected.key, d.expected.why)
                    for n, d in enumerate(found)
                ]
    return expected


def _sheet(sheet: Any, header: Sequence[str], rows: Sequence[Cells]) -> int:
    """Titles, header, rows, totals and signatures; the row (from 1) of the first line."""
    sheet.merge_range(0, 0, 0, len(header) - 1, TITLES[0])
    sheet.write_string(1, 0, TITLES[1])
    for column, text in enumerate(header):
        sheet.write_string(3, column, text)
    for at, row in enumerate(rows, 4):
        for column, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(at, column, value)
            elif value:
                sheet.write_string(at, column, value)
    sheet.write_string(len(rows) + 4, 0, "合计")
    sheet.write_number(len(rows) + 4, 4, len(rows))
    sheet.write_string(len(rows) + 5, 0, "填表人：")
    return 5
