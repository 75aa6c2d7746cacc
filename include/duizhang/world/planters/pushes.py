"""Planters of PSH on what departments owe in each period: reports taken out of the register of arrivals, or late.

Whether a period was kept depends on every warning that anybody has been given, so the oracle below says what must be
raised; the planters say only what must not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from duizhang.world.model import Row
from duizhang.world.planters.base import WARNED, Raise, Site, nears, plants
from duizhang.world.planters.clues import data_day, warn
from duizhang.world.planters.places import PlaceSite, PlaceView, county_plants, oracle
from duizhang.world.sectors.pushes import ARRIVALS, REGISTERED, push_key
from duizhang.world.sectors.welfare import WARNING

HALVES = {"住建": "住房", "水利": "饮水", "人社": "就业", "卫健": "大病", "民政": "低保特困、临时救助", "残联": "重度残疾"}
OFFICES = {
    "住建": "住房和城乡建设局", "水利": "水利局", "人社": "人力资源和社会保障局", "卫健": "卫生健康局", "民政": "民政局", "残联": "残疾人联合会",
    "医保": "医疗保障局", "公安": "公安局", "网信": "网信办", "乡村振兴": "信访局", "教育": "教育局",
}  # fmt: skip
FIFTH = {"未参保高额支出": ("卫健", "PSH-007"), "交通事故": ("公安", "PSH-008"), "网络舆情": ("网信", "PSH-009"), "信访": ("乡村振兴", "PSH-010")}
AT_ONCE = {"因灾", "因疫", "失辍学", "产业"}
POOR, OTHERS = "脱贫人口、监测对象", "其他农村人口"  # of whom insurance reports, each in its own time


def _reports(s: PlaceSite, department: str, keep: Callable[[Row], bool]) -> list[Row]:
    """Reports of the department that `keep` holds for."""
    return [row for row in s.rows[ARRIVALS] if row and str(row["报送部门"]).endswith(OFFICES[department]) and keep(row)]


def _drop(s: PlaceSite, department: str, *days: str) -> list[Raise]:
    for row in _reports(s, department, lambda row: row["接收时间"] in days and row["是否零报告"] == "是"):
        row.clear()
    return []


def _receive(s: PlaceSite, department: str, day: str, on: str) -> None:
    for row in _reports(s, department, lambda row: row["接收时间"] == day and row["是否零报告"] == "是"):
        row["接收时间"] = on


@county_plants("PSH-002")
def _one_batch_left_out(s: PlaceSite) -> list[Raise]:
    return _drop(s, "医保", "2026-09-19")


@county_plants("PSH-002")
def _two_batches_left_out(s: PlaceSite) -> list[Raise]:
    return _drop(s, "医保", "2026-10-01", "2026-10-10")


@county_plants("PSH-002", near=True)
def _a_batch_on_the_tenth_day(s: PlaceSite) -> list[Raise]:
    _receive(s, "医保", "2026-09-19", "2026-09-20")
    return [("PSH-002", "push", push_key(s.key, "医保", "医疗费用负担", "2026-09-11起", POOR))]


@county_plants("PSH-003")
def _nothing_of_others_all_month(s: PlaceSite) -> list[Raise]:
    return _drop(s, "医保", "2026-09-25", "2026-10-25")


@county_plants("PSH-003")
def _nothing_of_others_the_next_month(s: PlaceSite) -> list[Raise]:
    return _drop(s, "医保", "2026-09-25", "2026-10-25")


@county_plants("PSH-003", near=True)
def _of_others_late_but_named(s: PlaceSite) -> list[Raise]:
    _receive(s, "医保", "2026-09-25", "2026-10-03")
    return [("PSH-003", "push", push_key(s.key, "医保", "医疗费用负担", "2026-09", OTHERS))]


@county_plants("PSH-004")
def _no_word_of_houses(s: PlaceSite) -> list[Raise]:
    return _drop(s, "住建", "2026-09-14", "2026-09-29", "2026-10-14")


@county_plants("PSH-004")
def _no_word_of_water(s: PlaceSite) -> list[Raise]:
    return _drop(s, "水利", "2026-09-29", "2026-10-14")


@county_plants("PSH-004")
def _no_word_of_the_disabled(s: PlaceSite) -> list[Raise]:
    return _drop(s, "残联", "2026-09-14", "2026-10-30")


@county_plants("PSH-004")
def _refused_word_of_the_destitute(s: PlaceSite) -> list[Raise]:
    for row in _reports(s, "民政", lambda row: row["接收时间"] == "2026-09-29"):
        row["状态"] = "拒收"
    return []


@county_plants("PSH-004", near=True)
def _word_of_work_after_the_half(s: PlaceSite) -> list[Raise]:
    _receive(s, "人社", "2026-10-14", "2026-10-17")
    return [("PSH-004", "push", push_key(s.key, "人社", "就业", "2026-10上半月"))]





@county_plants("PSH-006", at=2)
def _no_word_of_new_students(s: PlaceSite) -> list[Raise]:
    return _drop(s, "教育", "2026-09-22")


@county_plants("PSH-006", at=3)
def _refused_word_of_new_students(s: PlaceSite) -> list[Raise]:
    for row in _reports(s, "教育", lambda row: row["接收时间"] == "2026-09-22"):
        row["状态"] = "拒收"
    return []


@county_plants("PSH-006", near=True, at=1)
def _new_students_on_the_last_day(s: PlaceSite) -> list[Raise]:
    _receive(s, "教育", "2026-09-22", "2026-10-24" if s.month.number == 1 else "2026-10-31")
    return [("PSH-006", "push", push_key(s.key, "教育", "经济困难大学新生", "2026"))]


def _late_or_missing(category: str) -> None:
    """Of September's report, known in both months, the defects; of October's, known in the second, the near miss."""
    department, code = FIFTH[category]

    def missing(s: PlaceSite) -> list[Raise]:
        return _drop(s, department, "2026-10-04")

    def late(s: PlaceSite) -> list[Raise]:
        _receive(s, department, "2026-10-04", "2026-10-06")
        return []

    def just(s: PlaceSite) -> list[Raise]:
        _receive(s, department, "2026-11-04", "2026-11-05")
        return [(code, "push", push_key(s.key, department, category, "2026-10"))] if s.month.number == 2 else []

    county_plants(code, at=1)(missing)
    county_plants(code, at=2)(late)
    county_plants(code, near=True, at=1)(just)


for _category in FIFTH:
    _late_or_missing(_category)


def _monthly(s: Site, category: str, day: str, until: str | None) -> str:
    """A warning of a monthly report; key of the push."""
    department = FIFTH[category][0]
    warn(s, category, department, day, 统计截止日期=until)
    month = date.fromisoformat(day).replace(day=1) - timedelta(days=1)
    return push_key(s.h.village.county, department, category, f"{month:%Y-%m}")


@plants("PSH-013", "single", county=WARNED)
def _counted_to_the_day_of_the_push(s: Site) -> list[Raise]:
    _monthly(s, "交通事故", "2026-10-04", "2026-10-04")
    return []


@plants("PSH-013", "single", county=WARNED)
def _counted_to_no_day(s: Site) -> list[Raise]:
    _monthly(s, "未参保高额支出", "2026-10-04", None)
    return []


@nears("PSH-013", "single", county=WARNED)
def _counted_to_the_end_of_the_month(s: Site) -> list[Raise]:
    return [("PSH-013", "push", _monthly(s, "信访", "2026-10-04", "2026-09-30"))]


@plants("PSH-016", "single")
def _pushed_without_number(s: Site) -> list[Raise]:
    warn(s, "因疫", "卫健", "2026-10-09", 证件号码=None)
    return []


@nears("PSH-016", "single", county=WARNED)
def _petition_without_number(s: Site) -> list[Raise]:
    key = _monthly(s, "信访", "2026-10-03", "2026-09-30")
    s.head.books[WARNING][-1]["证件号码"] = None
    return [("PSH-016", "push", key)]


# --- what must be raised, from the rows as they are sent ---

Owed = tuple[str, str, str, str]  # department, category, period, group of people


def _day(row: Row, column: str) -> date:
    return date.fromisoformat(str(row[column]))


def _warnings(view: PlaceView, known: date) -> list[Row]:
    people = [p for house in view.houses for p in house.members] + view.others
    books = [house.books for house in view.houses] + [person.books for person in people]
    rows = [row for book in books for row in book.get(WARNING, ())]
    return [row for row in rows if _day(row, "推送日期") <= known]


def _nothing(view: PlaceView, known: date) -> list[tuple[str, str, date]]:
    """(department, period or '', day) of every report that there is nothing."""
    short = {office: department for department, office in OFFICES.items()}
    found = []
    for row in view.rows[ARRIVALS]:
        if row and str(row["_县"]) == view.county and row["是否零报告"] == "是" and row["状态"] != "拒收" and _day(row, "接收时间") <= known:
            department = next(short[office] for office in short if str(row["报送部门"]).endswith(office))
            found.append((department, str(row["统计期"] or ""), _day(row, "接收时间")))
    return found


def _months(known: date) -> Iterator[date]:
    first = REGISTERED
    while first <= known:
        yield first
        first = _end(first) + timedelta(days=1)


def _end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@oracle
def _owed(view: PlaceView) -> list[Raise]:
    known = min(view.month.as_of, data_day(WARNING, view.month), data_day(ARRIVALS, view.month))
    warned, nothing = _warnings(view, known), _nothing(view, known)
    found = [*_batches(warned, nothing, known), *_halves(warned, nothing, known), *_by_the_month(warned, nothing, known), *_doubtful(warned)]
    return [(code, "push", push_key(view.county, *owed)) for code, owed in found]


def _batches(warned: list[Row], nothing: list[tuple[str, str, date]], known: date) -> Iterator[tuple[str, Owed]]:
    """PSH-002: more than ten days without a batch."""
    days = {_day(row, "推送日期") for row in warned if row["推送部门"] == "医保" and row["人群"] != OTHERS}
    days |= {day for department, period, day in nothing if department == "医保" and len(period) != len("2026-10")}
    chain = sorted({REGISTERED - timedelta(days=1), *(day for day in days if day >= REGISTERED)})
    for day, following in zip(chain, [*chain[1:], None], strict=True):
        if day + timedelta(days=10) < (following or known):
            yield "PSH-002", ("医保", "医疗费用负担", f"{day + timedelta(days=1)}起", POOR)


def _halves(warned: list[Row], nothing: list[tuple[str, str, date]], known: date) -> Iterator[tuple[str, Owed]]:
    """PSH-004: half a month without a word."""
    for department, categories in HALVES.items():
        days = {_day(row, "推送日期") for row in warned if row["推送部门"] == department and row["预警类别"] in categories.split("、")}
        for month in _months(known):
            for half, start, stop in (("上半月", month, month.replace(day=15)), ("下半月", month.replace(day=16), _end(month))):
                said = any(
                    d == department and (period == f"{month:%Y-%m}{half}" or not period and start <= day <= stop) for d, period, day in nothing
                )
                if stop < known and not said and not any(start <= day <= stop for day in days):
                    yield "PSH-004", (department, categories, f"{month:%Y-%m}{half}", "")


def _by_the_month(warned: list[Row], nothing: list[tuple[str, str, date]], known: date) -> Iterator[tuple[str, Owed]]:
    """PSH-003, 006 to 010: nothing in the month, in the autumn, or by the fifth."""
    for month in _months(known):
        words, due = f"{month:%Y-%m}", _end(month) + timedelta(days=5)
        others = any(
            row["推送部门"] == "医保" and row["人群"] == OTHERS and month <= _day(row, "推送日期") <= _end(month) for row in warned
        )
        if _end(month) < known and not others and not any(d == "医保" and period == words for d, period, _ in nothing):
            yield "PSH-003", ("医保", "医疗费用负担", words, OTHERS)
        for category, (department, code) in FIFTH.items():
            days = [_day(row, "推送日期") for row in warned if row["推送部门"] == department and row["预警类别"] == category]
            days = [day for day in days if _end(month) < day <= _end(_end(month) + timedelta(days=1))]
            days += [day for d, period, day in nothing if d == department and period == words]
            if due < known and not any(day <= due for day in days):
                yield code, (department, category, words, "")
    autumn = (date(2026, 9, 1), date(2026, 10, 31))
    students = [_day(row, "推送日期") for row in warned if row["预警类别"] == "经济困难大学新生"] + [day for d, _, day in nothing if d == "教育"]
    if autumn[1] < known and not any(autumn[0] <= day <= autumn[1] for day in students):
        yield "PSH-006", ("教育", "经济困难大学新生", "2026", "")


def _doubtful(warned: list[Row]) -> Iterator[tuple[str, Owed]]:
    """PSH-013 and 016: pushes counted to a wrong day, and pushes of people without a number."""
    wrong: set[Owed] = set()
    pushed: Counter[Owed] = Counter()
    bare: defaultdict[Owed, int] = defaultdict(int)
    for row in warned:
        department, category, day = str(row["推送部门"]), str(row["预警类别"]), _day(row, "推送日期")
        last = day.replace(day=1) - timedelta(days=1)
        if category in FIFTH:
            key = (department, category, f"{last:%Y-%m}", "")
            if row["统计截止日期"] != last.isoformat() and last >= REGISTERED:
                wrong.add(key)
        elif category in AT_ONCE:
            key = (department, category, f"{day:%Y-%m}", "")
        else:
            continue  # nobody is pushed without a number there
        if day >= REGISTERED and (category not in FIFTH or last >= REGISTERED):
            pushed[key] += 1
            bare[key] += row["证件号码"] is None
    yield from (("PSH-013", key) for key in sorted(wrong))
    named = [key for key in sorted(pushed) if key[1] not in ("网络舆情", "信访")]
    yield from (("PSH-016", key) for key in named if bare[key] > 0.05 * pushed[key])
