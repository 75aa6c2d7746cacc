"""What income, members' attributes and work away must raise because of anybody's defects, reckoned plainly from the rows sent.

A planter of another group changes a wage, a birth date or an ability, and rules of these groups follow from that. What follows
is worked out here, household by household, so that no planter needs to know of it. It reads no contract and no catalogue.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.world import books
from duizhang.world.columns import MEASURES
from duizhang.world.model import LINES, Cell, House, Month, Person, Row
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.sectors.lastyear import LAST_YEAR
from duizhang.world.sectors.work import ABLE, CYCLE, PLANS, SPELLS, months

POORER, RICHER, WIDE = 0.8, 1.5, 0.5
FOUR = ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入")
COST, PER_HEAD = "生产经营性支出", "人均纯收入（元）"
_TRANSFERS = ("计划生育金", "最低生活保障金", "特困人员救助供养金", "养老金或离退休金", "生态补偿金", "产业奖励", "就业奖励", "其他转移性收入")
_SENIOR = ("普通高中一年级", "普通高中二年级", "普通高中三年级", "中职一年级", "中职二年级", "中职三年级")
_LEAST = {"初中": 14, "高中": 17, "大专": 19, "本科及以上": 20}
_STAGES = ("学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级", "普通高中|中职", "高职高专|技师学院", "本科", "硕士研究生及以上")
_POSTS = {"生态护林员": "护林员", "乡村保洁": "保洁员", "养路员": "护路员"}
_SPLIT = re.compile(r"[,，、;；/\s]+")


def number(value: Cell) -> float | None:
    """A cell as a number; None where there is none."""
    return float(value) if isinstance(value, (int, float)) else None


def items(value: Cell) -> set[str]:
    """The words of a list cell."""
    return {word for word in _SPLIT.split(str(value)) if word} if value else set()


def ym(value: Cell) -> int | None:
    """YYYYMM of 2026年8月; None where there is none."""
    found = re.match(r"(\d{4})年(\d{1,2})月", str(value or ""))
    return int(found[1]) * 100 + int(found[2]) if found else None


def birth(person: Person) -> date | None:
    """The birth date in the number; where it has none, the one in 出生日期."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(person.nat["证件号码"] or "")))
    eight = text[6:14] if len(text) >= 18 else "19" + text[6:12] if len(text) == 15 else ""
    for digits in (eight, str(person.nat["出生日期"] or "")[:8]):
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError:
            continue
    return None


def years(born: date | None, day: date) -> int | None:
    """Completed years."""
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class _Seen:
    """One member with what the books of work and of last year say."""

    house: House
    person: Person
    n: Row
    age: int
    school: str | None
    health: set[str]
    labour: str | None
    spells: list[Row]
    working: bool
    on_duty: bool
    planning: bool
    plan: Row
    before: Row


def _see(house: House, person: Person, month: Month) -> _Seen:
    n = person.nat
    spells = person.books.get(SPELLS, [])
    at_work = [s for s in spells if s["是否已务工"] == "是"]
    plans = person.books.get(PLANS, [])
    plan = plans[0] if plans else {}
    age = years(birth(person), month.as_of)
    return _Seen(
        house, person, n, -1 if age is None else age, str(n["在校生状况"]) if n["在校生状况"] else None, items(n["健康状况"]),
        str(n["劳动技能"]) if n["劳动技能"] else None, spells, bool(at_work),
        any((ym(s["结束时间"]) or 999912) >= month.ym for s in at_work), plan.get("是否计划务工") == "是", plan,
        next(iter(person.books.get(LAST_YEAR, [])), {}),
    )


def _stage(school: object) -> int | None:
    return next((n for n, pattern in enumerate(_STAGES) if re.match(pattern, str(school or "-"))), None)


def _attributes(s: _Seen) -> Iterator[tuple[str, bool]]:
    n, age, school = s.n, s.age, s.school
    degree, adult = n["文化程度"], 16 <= age < 60
    yield "MEM-003", s.labour is None
    yield "MEM-010", adult and s.health == {"健康"} and school is None and s.labour == "弱劳动力或半劳动力"
    yield "MEM-011", school is not None and s.labour not in (None, "无劳动力")
    number = "".join(str(n["证件号码"]).split())  # one is written in groups
    yield "MEM-013", len(number) in (20, 22) and number[18:20] in ("51", "52", "61", "62") and s.labour in ABLE
    yield "MEM-014", adult and "患有大病" in s.health and s.labour in ABLE
    yield "MEM-015", age >= 7 and s.health == {"健康"} and school in ("学龄前儿童", "学前教育")
    yield "MEM-018", school in _SENIOR and age >= 0 and not 15 <= age <= 20
    higher = bool(re.search("高职高专|技师学院|本科", school or "")) or degree in ("大专", "本科及以上")
    yield "MEM-019", higher and 0 <= age < 18
    yield "MEM-020", school == "硕士研究生及以上" and 0 <= age < 20
    yield "MEM-021", 16 <= age <= 22 and degree in ("小学", "文盲或半文盲")
    yield "MEM-022", 0 <= age < _LEAST.get(str(degree), 0)
    yield "MEM-023", school not in (None, "硕士研究生及以上") and age > 28
    now, then = _stage(school), _stage(s.before.get("在校生状况"))
    still = school == s.before.get("在校生状况") and now in range(3, 9)
    yield "MEM-024", now is not None and then is not None and (now < then or still)
    yield "MEM-026", degree in ("大专", "本科及以上") and adult and not s.on_duty and n["大专或本科毕业生未就业原因"] is None
    yield "MEM-027", s.labour == "技能劳动力" and not s.on_duty and n["公益性岗位"] is None
    yield "MEM-028", "残疾" in s.health and n["证件类型"] != "残疾人证" and (n["残疾类别"] is None or n["残疾等级"] is None)
    yield "MEM-030", any(_changed(n[name], s.before.get(name), width) for name, width in (("民族", 9), ("性别", 1), ("出生日期", 8)))
    phone = str(n["家庭成员联系电话"] or "").removesuffix(".0")
    yield "MEM-031", (s.working or n["务工所在地"] is not None) and not re.fullmatch(r"1[3-9]\d{9}", phone)


def _changed(now: Cell, then: Cell, width: int) -> bool:
    return now is not None and then is not None and str(now)[:width] != str(then)[:width]


def _work(s: _Seen) -> Iterator[tuple[str, bool]]:
    n = s.n
    place, at = n["务工所在地"], number(n["务工时间（月）"])
    post, kept = {_POSTS.get(word, word) for word in items(n["公益性岗位"])}, number(n["公益性岗位(月数)"])
    public = bool(post) or any("公益性岗位" in items(row["就业渠道"]) for row in s.spells)
    busy = s.working or s.planning
    nowhere = any(row["是否已务工"] == "是" and row["务工所在县"] is None for row in s.spells)
    vague = place is not None and not re.search("[县区市旗]", str(place))
    yield "JOB-005", nowhere or (s.planning and s.plan["计划务工所在县"] is None) or vague
    yield "JOB-007", s.working and n["享受特困供养政策情况"] in ("城市特困", "农村特困")
    yield "JOB-009", public and 0 <= s.age < 16
    yield "JOB-010", public and s.age >= 70
    yield "JOB-014", busy and s.labour in ("无劳动力", "丧失劳动力", "弱劳动力或半劳动力")
    yield "JOB-015", busy and s.school is not None
    yield "JOB-016", (place is not None) != ((at or 0) > 0)
    yield "JOB-017", not (0 <= (at or 0) <= 12 and 0 <= (kept or 0) <= 12)
    yield "JOB-018", bool(post) != ((kept or 0) > 0)
    yield "JOB-019", len(post) >= 3
    yield "JOB-020", bool(post) and s.labour in ("无劳动力", "丧失劳动力")
    yield "JOB-021", s.planning and s.plan["就业服务需求"] is None


def _spells(s: _Seen, month: Month) -> Iterator[Raise]:
    ordered = sorted(s.spells, key=lambda row: (ym(row["开始时间"]) or 0, ym(row["结束时间"]) or 999912))
    nth: Counter[int | None] = Counter()
    last: Row | None = None
    for row in ordered:
        start, end, pay = ym(row["开始时间"]), ym(row["结束时间"]), number(row["务工月收入"])
        nth[start] += 1
        key = f"{s.person.key}|{start or ''}|{nth[start]}"
        here = str(row["务工所在县"] or s.house.village.county_name).endswith(s.house.village.county_name)
        born = re.sub(r"\..*", "", str(s.n["出生日期"] or ""))
        away = row["是否已务工"] == "是"
        five = ("务工月收入", "务工企业名称", "所属行业", "就业渠道", "是否点对点输送")
        overlap = last is not None and start is not None and ym(last["开始时间"]) is not None and start <= (ym(last["结束时间"]) or month.ym)
        tests = (
            ("JOB-001", away and start is None),
            ("JOB-002", overlap),
            ("JOB-003", end is not None and ((start is not None and end < start) or end > month.ym)),
            ("JOB-004", row["是否已务工"] == "否" and (end is None or end > month.ym)),
            ("JOB-006", not here and bool(items(row["就业渠道"]) & {"公益性岗位", "帮扶车间"})),
            ("JOB-008", start is not None and len(born) == 8 and int(born[:8]) > (start - 1600) * 100 + 1),
            ("JOB-011", away and any(row[name] is None for name in five)),
            ("JOB-012", pay is not None and not 100 <= pay <= 30_000),
            ("JOB-013", pay is not None and 100 <= pay < 400),
            ("JOB-022", end is None and start is not None and months(start, month.ym) > 37),
            ("JOB-024", row["是否已务工"] is None),
        )
        yield from ((code, "work_spell", key) for code, hit in tests if hit)
        last = row


def _reckoned(house: House, seen: list[_Seen], month: Month) -> tuple[float, int, bool]:
    """Pay reckoned from the spells in the income year, the months of those still called away, and whether all is known."""
    pay, counted, known = 0.0, 0, True
    for row in (row for s in seen for row in s.spells):
        start, monthly = ym(row["开始时间"]), number(row["务工月收入"])
        if start is None or monthly is None:
            known = False
            count = 0
        if start is not None:
            count = max(0, months(max(start, CYCLE[0]), min(ym(row["结束时间"]) or month.ym, month.ym, CYCLE[1])))
        pay += (monthly or 0) * count
        counted += count if row["是否已务工"] == "是" else 0
    return pay, counted, known


def _household(house: House, seen: list[_Seen], month: Month) -> Iterator[tuple[str, bool]]:
    v: dict[str, Any] = {name: number(value) for name, value in house.nat.items()}
    wage, per = v["工资性收入"], v[PER_HEAD]
    yield "INC-002", _apart(v["财产性收入"], v["资产收益扶贫分红收入"], v["其他财产性收入"])
    yield "INC-003", _apart(v["转移性收入"], *(v[name] for name in _TRANSFERS))
    yield "INC-010", per is not None and per > 100_000
    before = next((s.before for s in seen if s.before), {})
    was = number(before.get(PER_HEAD))
    rate = round((per - was) / was, 6) + 1 if per is not None and was is not None and was > 0 else 1.0
    yield "INC-011", round(rate, 6) < POORER
    yield "INC-012", round(rate, 6) > RICHER
    pay, counted, known = _reckoned(house, seen, month)
    yield "INC-013", counted > 0 and wage == 0
    spells = any(s.spells for s in seen)
    yield "INC-014", not spells and all(s.n["公益性岗位"] is None for s in seen) and (wage or 0) > 0
    pay += v["公益性岗位收入"] or 0
    yield "INC-015", known and pay > 0 and wage is not None and round(abs(wage / pay - 1), 6) > WIDE
    supports = [s.n["享受低保政策情况"] for s in seen]
    none = None not in supports and not {"城市低保", "农村低保"} & set(supports)
    yield "INC-017", none and (v["最低生活保障金"] or 0) > 0
    destitute = any(s.n["享受特困供养政策情况"] in ("城市特困", "农村特困") for s in seen)
    yield "INC-018", destitute != ((v["特困人员救助供养金"] or 0) > 0)
    drawing = any(s.age >= 61 and s.n["是否参加城乡居民基本养老保险"] == "是" for s in seen)
    yield "INC-019", drawing and not v["养老金或离退休金"]
    yield "INC-023", v[COST] is not None and v["生产经营性收入"] is not None and v[COST] > v["生产经营性收入"]
    line = LINES[2026]
    yield "INC-025", any(house.nat[name] not in (None, day) for name, day in (("计算周期起", "2025-10-01"), ("计算周期止", "2026-09-30")))
    yield "INC-032", house.nat["监测对象类别"] is None and per is not None and line <= per < round(line * 1.1, 2)


def _apart(whole: float | None, *parts: float | None) -> bool:
    told = [part for part in parts if part is not None]
    return bool(told) and whole is not None and round(abs(whole - sum(told)), 2) > 1


def _record(n: Row) -> Iterator[tuple[str, bool]]:
    v: dict[str, Any] = {name: number(value) for name, value in n.items()}
    over = n["风险是否已消除"] == "是"
    end = "风险消除后"
    measures = set().union(*(items(n[name]) for name in MEASURES))
    yield "INC-020", over and bool(items(n["就业帮扶"]) | items(n["公益岗位帮扶"])) and v[end + "工资性收入"] == 0
    yield "INC-021", over and bool(items(n["产业帮扶"])) and v[end + "生产经营性收入"] == 0
    help_ = {"低保", "特困供养", "残疾人补贴", "残疾人两项补贴"}
    yield "INC-022", over and bool(measures & help_) and v[end + "转移性收入"] == 0
    yield "INC-026", _period(n, "识别时", n["识别监测时间"]) or _period(n, end, n["消除监测时间"])
    yield "INC-030", _heavy(v, "识别时") or over and _heavy(v, end)


def _heavy(v: dict[str, Any], prefix: str) -> bool:
    four = [v[prefix + name] for name in FOUR]
    paid = v[prefix + "合规自付支出"]
    return paid is not None and None not in four and paid > 3 * sum(four)


def _period(n: Row, prefix: str, at: Cell) -> bool:
    if not isinstance(at, int):
        return False
    first = date(at // 100 - 1, at % 100, 1)
    last = date.fromordinal(date(at // 100, at % 100, 1).toordinal() - 1)
    told = (n[prefix + "计算周期起"], n[prefix + "计算周期止"])
    return told[0] not in (None, first.isoformat()) or told[1] not in (None, last.isoformat())


@oracle
def people_and_households(view: PlaceView) -> Iterable[Raise]:
    """What members, spells, households and records of the county must raise."""
    for house in view.houses:
        if house.visit is None and any("乡" in person.own for person in house.members):
            continue  # a stray: the newest file has nothing of this household but one member
        seen = [_see(house, person, view.month) for person in house.members]
        for s in seen:
            yield from ((code, "person", s.person.key) for code, hit in (*_attributes(s), *_work(s)) if hit)
            yield from _spells(s, view.month)
        yield from ((code, "household", house.key) for code, hit in _household(house, seen, view.month) if hit)
        if house.nat["监测对象类别"] is not None:
            # a member whose row tells another month of identification makes a second record of the household
            for told in {str(n["识别监测时间"] or ""): n for n in (house.nat | p.own for p in house.members)}.items():
                yield from ((code, "monitoring", f"{house.key}|{told[0]}") for code, hit in _record(told[1]) if hit)


@oracle
def villages_of_equal_incomes(view: PlaceView) -> Iterable[Raise]:
    """Villages where incomes are round numbers, or the same in five households."""
    by_village: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for house in view.houses:
        five = tuple(number(house.nat[name]) for name in (*FOUR, COST))
        by_village[str(house.nat["村编码"])].append(tuple(-1.0 if x is None else x for x in five))
    for village in view.villages:
        all_five = by_village[village.code]
        told = [five for five in all_five if min(five[:4]) >= 0]
        round_ones = sum(all(x % 1_000 == 0 for x in five[:4]) for five in told)
        if len(told) >= 30 and round_ones / len(told) > 0.6:
            yield "INC-028", "village", village.code
        same = Counter(five for five in all_five if min(five) >= 0 and sum(five) > 0)
        if max(same.values(), default=0) >= 5:
            yield "INC-029", "village", village.code


@oracle
def growth(view: PlaceView) -> Iterable[Raise]:
    """A county where the income of people lifted out of poverty grew more slowly than that of its farmers."""
    net = people = net_before = people_before = 0.0
    for house in view.houses:
        before = next((row for p in house.members for row in p.books.get(LAST_YEAR, [])), None)
        now, size = number(house.nat["纯收入（元）"]), number(house.nat["年度家庭人口数"])
        if house.nat["户类型"] == "脱贫户" and before and now is not None and size:
            net, people = net + now, people + size
            net_before += number(before["纯收入（元）"]) or 0
            people_before += number(before["年度家庭人口数"]) or 0
    farmers = {row["年度"]: number(row["农民人均可支配收入"]) for row in books.parameters([view.county])}
    if people and (net / people) / (net_before / people_before) < (farmers[2026] or 0) / (farmers[2025] or 1):
        yield "INC-031", "county", view.county
