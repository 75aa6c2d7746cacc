"""Which households the study of 脱贫不享受政策 (TPB) must name because of anybody's defects, reckoned from the rows sent.

Whoever is given a car, a flat or a post meets a standard by that; whoever's name is changed differs from the list. It looks at
what is told of CCX, and at the books for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from duizhang.world import books
from duizhang.world.model import Cell, House, Person, Row
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceView, oracle
from duizhang.world.planters.reckoning import PER_HEAD, birth, number, years, ym
from duizhang.world.sectors.resettled import ENTITLED, HEADS, LIST, MOVED, STANDARDS
from duizhang.world.sectors.welfare import COSTS, ILLNESS, PENSION, SERIOUS, WORKERS
from duizhang.world.sectors.work import SPELLS

HARDSHIPS = {"灾情": "灾害日期", "交通事故": "事故日期", "防贫保理赔": "赔付日期"}
MARKED = "脱贫不享受政策"
OWED = {3: ("CCX-002",), 4: ("CCX-004", "CCX-013"), 5: ("CCX-006", "CCX-007"), 6: ("CCX-008", "CCX-009", "CCX-010")}
OWN_PAYMENT = 5_000
GROWN_UP = ("之子", "之女", "之孙子", "之孙女", "之外孙子", "之外孙女")


def listed(house: House) -> Row | None:
    """The household's row in 拟标注."""
    rows = [row for person in house.members for row in person.books.get(LIST, ()) if row["户编码"] == house.key]
    return rows[0] if rows else None


def _died(view: PlaceView, person: Person) -> bool:
    return person.dead is not None and str(person.dead["注销日期"]) <= view.month.dates["死亡注销"]


def _cured(view: PlaceView, house: House) -> bool:
    """Somebody who was ill is cured or dead, and nobody is ill."""
    ill = over = 0
    for person in house.members:
        rows, health = person.books.get(ILLNESS, []), str(person.nat["健康状况"])
        sick = bool(rows) or "患有大病" in health or "长期慢性病" in health
        better = bool(rows) and all(row["救治状态"] == "治愈" for row in rows)
        over += sick and (better or _died(view, person))
        ill += sick and not better and not _died(view, person)
    return over > 0 and ill == 0


def _lasts(view: PlaceView, row: Row) -> bool:
    return row["是否已务工"] == "是" and (ym(row["结束时间"]) or 999_999) >= view.month.ym


def _earning(view: PlaceView, person: Person) -> bool:
    age = years(birth(person), view.month.as_of)
    if person.nat["在校生状况"] is not None or person.nat["与户主关系"] not in GROWN_UP or age is None or not 16 <= age <= 35:
        return False
    if any(row["险种"] == WORKERS and row["参保状态"] == "参保缴费" for row in person.books.get(PENSION, ())):
        return True
    begun = [ym(row["开始时间"]) for row in person.books.get(SPELLS, ()) if _lasts(view, row)]
    now = view.month.ym // 100 * 12 + view.month.ym % 100
    return any(start is not None and now - start // 100 * 12 - start % 100 >= 6 for start in begun)


def _cause_is_gone(view: PlaceView, house: House) -> bool:
    nat = house.nat
    if (nat["是否危房户"], nat["是否解决安全饮用水"], nat["是否通生活用电"]) != ("否", "是", "是"):
        return False
    if nat["致贫原因1"] == "因病":
        return _cured(view, house)
    away = not any(person.nat["在校生状况"] not in (None, "学龄前儿童") for person in house.members)
    return nat["致贫原因1"] == "因学" and away and any(_earning(view, person) for person in house.members)


def standards(view: PlaceView, house: House) -> set[int]:
    """The standards that the household meets, 7 and 8 where they are planted."""
    told = {code for code in (f"TPB-00{n}" for n in range(1, 9)) if (code, "household", house.key) in view.told}
    met = {int(code[-1]) for code in told}
    farmers = next(number(row["农民人均可支配收入"]) for row in books.parameters([view.county]) if row["年度"] == 2026)
    if (number(house.nat[PER_HEAD]) or 0) >= (farmers or 0):
        met.add(1)
    if _cause_is_gone(view, house):
        met.add(2)
    met |= {n for n, codes in OWED.items() if any((code, "household", house.key) in view.told for code in codes)}
    if house.visit is not None and house.visit["家中有无轿车"] == "否":
        met.discard(3)
    if any(row["安置方式"] == "货币化" for person in house.members for row in person.books.get(MOVED, ())):
        met.discard(4)
    return met


def _hard_times(view: PlaceView, house: House) -> bool:
    for feed, column in HARDSHIPS.items():
        rows = [row for person in house.members for row in person.books.get(feed, ())] + house.books.get(feed, [])
        for row in rows:
            on = date.fromisoformat(str(row[column])) if row.get(column) else None
            months = (view.month.as_of.year - on.year) * 12 + view.month.as_of.month - on.month if on else 99
            late = 0 <= months <= 11 if feed == "防贫保理赔" else on is not None and 0 <= (view.month.as_of - on).days <= 365
            if late:
                return True
    return False


def exceptions(view: PlaceView, house: House) -> set[int]:
    """The exceptions under which the household is, as the last digit of their codes."""
    found = set()
    for person in house.members:
        if person.dibao is not None and person.dibao["是否保障对象"] == "是":
            found.add(1)
        paid = max((number(row["个人自付"]) or 0 for row in person.books.get(COSTS, ()) if str(row["截至月份"])[:4] == "2026"), default=0)
        if paid > OWN_PAYMENT and any(row["病种类型"] == SERIOUS for row in person.books.get(ILLNESS, ())):
            found.add(2)
        if person.cert is not None and person.cert["残疾等级"] in ("一级", "二级") and person.cert["证件状态"] in ("有效", None):
            found.add(3)
    return found | ({4} if _hard_times(view, house) else set())


def _numbers(why: Cell) -> set[int]:
    text = str(why or "")
    return {n for n, phrase in STANDARDS.items() if phrase in text or text in (str(n), f"标准{n}")}


@oracle
def study(view: PlaceView) -> Iterable[Raise]:
    """TPB of every household of the county."""
    for house in view.houses:
        for code in _codes(view, house):
            yield code, "household", house.key


def _codes(view: PlaceView, house: House) -> Iterator[str]:
    row, flag = listed(house), house.nat["享受政策标识"]
    met = standards(view, house) if flag == ENTITLED else set()
    spared = exceptions(view, house)
    if met:
        yield from (f"TPB-00{n}" for n in sorted(met))
        yield from (f"TPB-01{n}" for n in sorted(spared))
        if met - {8} and not spared and row is None:
            yield "TPB-023"
    if row is not None:
        yield from _of_the_list(house, row, met, spared)


def _told_twice(house: House, row: Row) -> Iterator[tuple[str, str]]:
    """What list and national book say alike but for blanks, the 20 places of a certificate and 村民委员会."""
    for ours, theirs in (("户主姓名", "户主姓名"), ("脱贫年度", "脱贫年度"), ("村", "村")):
        yield _plain(row[ours]), _plain(house.nat[theirs])
    numbers = _plain(row["证件号码"])[:18], _plain(house.nat["户主证件号码"])[:18]
    if all(re.fullmatch(r"\d{17}[\dX]", number) for number in numbers):
        yield numbers


def _plain(value: Cell) -> str:
    return re.sub(r"[\s·]|（[^）]*）|村民委员会$|村委会$|村$", "", str(value or "").replace("村村民委员会", ""))


def _of_the_list(house: House, row: Row, met: set[int], spared: set[int]) -> Iterator[str]:
    said = _numbers(row["标注原因"])
    if spared:
        yield "TPB-021"
    if not met and house.nat["享受政策标识"] != MARKED and 8 not in said and "评议" not in str(row["备注"] or ""):
        yield "TPB-022"
    if any(row[name] is None for name in HEADS):
        yield "TPB-024"
    if any(said and booked and said != booked for said, booked in _told_twice(house, row)):
        yield "TPB-025"
    if row["标注原因"] is not None and met - {8} - said:
        yield "TPB-026"
    if house.nat["监测对象类别"] is not None and house.nat["风险是否已消除"] == "否":
        yield "TPB-027"
