"""What measures, cadres and work must raise because of anybody's defects, reckoned plainly from the rows sent.

A planter of another group changes an ability, a benefit, a risk or a spell of work, and rules on measures follow from that. They
are worked out here, household by household. It reads no contract and no catalogue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from duizhang.world import books
from duizhang.world.columns import GUARANTEES, MEASURES
from duizhang.world.model import Cell, House, Month, Row
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.planters.reckoning import items, number, ym
from duizhang.world.sectors.process import PROCEDURES
from duizhang.world.sectors.support import CADRES, DEVELOPING, LEDGER, PREMIUM, PROJECTS
from duizhang.world.sectors.work import SPELLS

MOST_HOUSES, SHARE = 15, 0.55
_UNABLE = ("无劳动力", "丧失劳动力")
_WORD = {"残疾人两项补贴": "残疾人补贴"}
_NEEDED = {  # risk: what must stand against it
    "AID-004": ("因病", ("健康帮扶", "社会帮扶", "综合保障")), "AID-005": ("因学", ("义务教育保障", "教育帮扶", "社会帮扶")),
    "AID-006": ("因残", ("综合保障", "社会帮扶")), "AID-007": ("因安全住房", ("住房安全保障", "搬迁")), "AID-009": ("因安全饮水", ("饮水安全保障",)),
}


@dataclass(frozen=True)
class Members:
    """What the members of a household are, counted."""

    people: int
    strong: int
    weak: int
    unable: int
    untold: int  # nothing is said of their ability
    supported: int
    destitute: int
    unclear_support: int
    unclear_destitute: int
    disabled: int
    unclear_health: int
    heavy: int
    vocational: int  # 中职, 高职高专
    trained: int  # these and 技师学院

    @property
    def none_able(self) -> bool:
        return self.people > 0 and self.unable == self.people


def count(house: House) -> Members:
    """Counts the members of `house`."""
    rows = [person.nat for person in house.members]
    labour = [row["劳动技能"] for row in rows]
    dibao, poor = [row["享受低保政策情况"] for row in rows], [row["享受特困供养政策情况"] for row in rows]
    school = [str(row["在校生状况"] or "") for row in rows]
    numbers = ["".join(str(row["证件号码"] or "").split()) for row in rows]
    return Members(
        len(rows), sum(x in ("普通劳动力", "技能劳动力") for x in labour), sum(x == "弱劳动力或半劳动力" for x in labour),
        sum(x in _UNABLE for x in labour), labour.count(None), sum(x in ("城市低保", "农村低保") for x in dibao),
        sum(x in ("城市特困", "农村特困") for x in poor), dibao.count(None), poor.count(None),
        sum("残疾" in items(row["健康状况"]) or row["证件类型"] == "残疾人证" for row in rows), sum(row["健康状况"] is None for row in rows),
        sum(len(x) >= 20 and x[19] in "12" for x in numbers), sum(x.startswith(("中职", "高职高专")) for x in school),
        sum(x.startswith(("中职", "高职高专", "技师学院")) for x in school),
    )  # fmt: skip


def booked(rows: Iterable[Row]) -> dict[str, set[str]]:
    """The measures of the wide table by category, of all rows of a household."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for category in MEASURES:
            if row[category]:
                found[category] |= {_WORD.get(word, word) for word in items(row[category])}
    return dict(found)


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _apart(first: int, last: int) -> int:
    return (last // 100 - first // 100) * 12 + last % 100 - first % 100


def _day(value: Cell) -> date | None:
    return date.fromisoformat(str(value)) if value else None


@dataclass(frozen=True)
class _Work:
    """Spells of a household: the months until which somebody was away, and when the last one began."""

    on_duty: int | None
    outside: int | None
    begun: int | None
    fares: int


def _work(house: House, month: Month) -> _Work:
    spells = [row for person in house.members for row in person.books.get(SPELLS, [])]
    here = house.village.county_name
    last = [(row, ym(row["结束时间"]) or month.ym) for row in spells]
    return _Work(
        max((end for row, end in last if row["是否已务工"] == "是"), default=None),
        max((end for row, end in last if row["务工所在县"] is not None and not str(row["务工所在县"]).endswith(here)), default=None),
        max((start for row in spells if (start := ym(row["开始时间"])) is not None), default=None),
        sum((number(row["年度交通费补助"]) or 0) != 0 for row in spells),
    )


def _household(n: Row, m: Members, have: dict[str, set[str]], work: _Work, ledger: list[Row]) -> Iterator[tuple[str, bool]]:
    words = set().union(*have.values())
    jobs = bool(have.keys() & {"就业帮扶", "公益岗位帮扶"})
    yield "AID-015", ("低保" in words and m.supported + m.unclear_support == 0) or ("特困供养" in words and m.destitute + m.unclear_destitute == 0)
    yield "AID-018", "残疾人补贴" in words and m.disabled + m.unclear_health == 0
    yield "AID-021", jobs and m.none_able
    yield "AID-024", "外出务工补贴" in words and work.fares == 0
    yield "AID-025", "雨露计划" in words and m.trained == 0
    yield "AID-031", any(row["责任部门"] is None or row["责任人"] is None for row in ledger)
    asked = n["户类型"] == "脱贫户" or n["监测对象类别"] is not None
    nobody = m.supported + m.destitute + m.unclear_support + m.unclear_destitute == 0
    yield "AID-032", asked and m.none_able and nobody


def _measures(n: Row, m: Members, have: dict[str, set[str]], month: Month) -> Iterator[tuple[str, bool]]:
    """What the wide table says of a record of monitoring."""
    words = set().union(*have.values())
    start, is_open = n["识别监测时间"], n["风险是否已消除"] == "否"
    age = _apart(start, month.ym) if isinstance(start, int) else None
    developing, status = have.keys() & set(DEVELOPING), n["实施开发式帮扶措施情况"]
    yield "AID-002", age is not None and age > 1 and not have
    yield "AID-003", n["风险消除方式"] == "帮扶消除" and not have
    risks = {n[f"致贫/返贫风险{nth}"] for nth in range(1, 6)}
    for code, (risk, categories) in _NEEDED.items():
        yield code, risk in risks and not have.keys() & set(categories)
    yield "AID-008", n[GUARANTEES[0]] == "是" and "义务教育保障" not in have
    yield "AID-010", n[GUARANTEES[2]] == "是" and not have.keys() & {"健康帮扶", "社会帮扶"}
    yield "AID-011", is_open and m.strong + m.weak > 0 and not developing and age is not None and age >= 1
    yield "AID-012", is_open and m.strong > 0 and have.keys() == {"综合保障"}
    yield "AID-013", is_open and bool(developing) and status in (None, "尚未实施")
    special = {word for category in developing for word in have[category]} - {"其他", "技能培训"}
    yield "AID-014", status in ("已实施", "是") and bool(developing) and not special
    yield "AID-016", is_open and m.supported > 0 and "低保" not in words
    yield "AID-017", is_open and m.destitute > 0 and "特困供养" not in words
    yield "AID-019", is_open and m.heavy > 0 and "残疾人补贴" not in words
    if not isinstance(start, int):
        return
    yield "AID-026", m.vocational > 0 and start <= month.as_of.year * 100 + 8 and "雨露计划" not in words
    window = (month.as_of.year - 1) * 100 + 10, month.as_of.year * 100 + 2
    yield "AID-027", is_open and window[0] <= start <= window[1] and PREMIUM not in words
    yield "AID-028", start > window[1] and PREMIUM in words
    yield "AID-029", start >= 202101 and "搬迁" in have


def _working(n: Row, have: dict[str, set[str]], work: _Work) -> Iterator[tuple[str, bool]]:
    start, words = n["识别监测时间"], set().union(*have.values())
    if not isinstance(start, int):
        return
    yield "AID-020", bool(have.keys() & {"就业帮扶", "公益岗位帮扶"}) and (work.on_duty or 0) < start
    yield "AID-022", bool(words & {"劳务输出", "外出务工补贴"}) and (work.outside or 0) < start
    yield "AID-023", "劳务输出" in words and work.begun is not None and work.begun < start


def _dated(n: Row, ledger: list[Row], month: Month) -> Iterator[tuple[str, bool]]:
    """What the ledger of single measures says of a record of monitoring."""
    start, is_open = n["识别监测时间"], n["风险是否已消除"] == "否"
    entered = [day for row in ledger if (day := _day(row["录入日期"]))]
    begun = [row["开始时间"] for row in ledger if isinstance(row["开始时间"], int)]
    decided = _day(n["纳入审定日期"])
    if decided is None and isinstance(start, int):
        decided = date(start // 100 + start % 100 // 12, start % 100 % 12 + 1, 1) - timedelta(days=1)
    if decided is not None:
        limit = decided + timedelta(days=10)
        yield "AID-001", limit < month.as_of and (not ledger or bool(entered) and min(entered) > limit)
    yield "AID-030", n["户类型"] not in (None, "脱贫户") and isinstance(start, int) and bool(begun) and min(begun) < start
    if entered:
        last, today = max(entered), month.as_of
        yield "HLP-006", is_open and (last.year + 1, last.month, last.day) < (today.year, today.month, today.day)
    kept = ("公益岗位帮扶", "金融帮扶", "教育帮扶")
    later = [row["开始时间"] for row in ledger if row["措施类别"] not in kept and isinstance(row["开始时间"], int)]
    over = n["消除监测时间"]
    yield "MON-046", n["风险是否已消除"] == "是" and isinstance(over, int) and bool(later) and max(later) > over


def in_office(row: Row, month: Month) -> bool:
    """Whether a term is in force."""
    end = _day(row["结束日期"])
    return end is None or end >= month.as_of


def _files(house: House) -> bool:
    """Whether the last procedure of taking in has all its papers."""
    taken = [row for row in house.books.get(PROCEDURES, []) if row["程序类型"] == "纳入"]
    last = max(taken, key=lambda row: str(row["启动日期"]), default={})
    return last.get("档案齐全") == "是"


@oracle
def measures_and_cadres(view: PlaceView) -> Iterable[Raise]:
    """What households and records of the county must raise of measures and cadres."""
    dead = {str(row["公民身份号码"]) for house in view.houses for row in (*(p.dead for p in house.members), *house.extra_dead) if row}
    dead |= {str(person.dead["公民身份号码"]) for person in view.others if person.dead}
    load: dict[Cell, set[str]] = defaultdict(set)
    for house in view.houses:
        for row in house.books.get(CADRES, []):
            if in_office(row, view.month):
                load[row["帮扶人证件号码"] or f"{row['帮扶人姓名']}|{row['帮扶人单位']}"].add(house.key)
    guests = {person.key for house in view.houses for person in house.members if not person.key.startswith(house.key)}
    for house in view.houses:
        if house.visit is None and any("乡" in person.own for person in house.members):
            continue  # a stray: the newest file has nothing of this household but one member
        if all(person.key in guests and person.key.startswith(house.key) for person in house.members):
            continue  # its only member stands in another household now
        ledger, terms = house.books.get(LEDGER, []), house.books.get(CADRES, [])
        rows = [house.nat | person.own for person in house.members]
        m, have, work = count(house), booked(rows), _work(house, view.month)
        found = [("household", house.key, pair) for pair in _household(house.nat, m, have, work, ledger)]
        found += [("household", house.key, pair) for pair in _cadres(house, terms, load, dead, view.month)]
        if house.nat["监测对象类别"] is not None:
            for told, n in {str(n["识别监测时间"] or ""): n for n in rows}.items():
                is_open = n["风险是否已消除"] == "否"
                own = [*_measures(n, m, have, view.month), *_working(n, have, work), *_dated(n, ledger, view.month)]
                own.append(("HLP-001", is_open and not any(in_office(row, view.month) for row in terms)))
                own.append(("HLP-005", is_open and not _files(house)))
                found += [("monitoring", f"{house.key}|{told}", pair) for pair in own]
        yield from ((code, kind, key) for kind, key, (code, hit) in found if hit)


def _cadres(house: House, terms: list[Row], load: dict[Cell, set[str]], dead: set[str], month: Month) -> Iterator[tuple[str, bool]]:
    yield "HLP-002", any((end := _day(row["结束日期"])) and end < (_day(row["开始日期"]) or date.min) for row in terms)
    who = [row["帮扶人证件号码"] or f"{row['帮扶人姓名']}|{row['帮扶人单位']}" for row in terms if in_office(row, month)]
    yield "HLP-003", any(len(load[one]) > MOST_HOUSES for one in who)
    lasting = {str(row["帮扶人证件号码"])[:18] for row in terms if row["结束日期"] is None and row["帮扶人证件号码"]}
    own = {"".join(str(person.nat["证件号码"] or "").split())[:18] for person in house.members}
    yield "HLP-004", bool(lasting & (own | dead))


@oracle
def projects_and_tasks(view: PlaceView) -> Iterable[Raise]:
    """What the county must raise of its projects and of the number of people at work."""
    rows = [row for row in view.rows[PROJECTS] if str(row["项目编号"])[2:8] == view.county]
    if any(row["项目类型"] == "公益岗位" and int(str(row["资金年度"])) >= 2021 and row["建设内容"] is None for row in rows):
        yield "AID-033", "county", view.county
    year = [row for row in rows if row["资金年度"] == view.month.as_of.year]
    money = [number(row["衔接资金金额"]) for row in year]
    trade = sum(number(row["衔接资金金额"]) or 0 for row in year if row["项目类型"] == "产业发展")
    told = [amount for amount in money if amount is not None]
    if len(told) == len(money) and sum(told) > 0 and round(trade / sum(told), 6) < SHARE:
        yield "AID-034", "county", view.county
    asked = next(number(row["年度务工任务数"]) for row in books.parameters([view.county]) if row["年度"] == view.month.as_of.year)
    at_work = {
        person.key for house in view.houses if house.nat["户类型"] == "脱贫户" or house.nat["监测对象类别"] is not None
        for person in house.members for row in person.books.get(SPELLS, [])
        if row["是否已务工"] == "是" and (ym(row["结束时间"]) or 999912) >= view.month.ym
    }
    if asked is not None and len(at_work) < asked:
        yield "JOB-023", "county", view.county
