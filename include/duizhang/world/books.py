"""Rows of every book of one month and county, from the households and the other villagers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from duizhang.world.columns import HOUSE_HEAD, HOUSE_TAIL, PERSON
from duizhang.world.model import LINES, Cell, House, Month, Person, Row

Rows = list[Row]


def national(houses: Iterable[House]) -> Iterator[list[Cell]]:
    """Rows of the wide national table in the order of `columns.NATIONAL`: household values repeat on each member."""
    for house in houses:
        head = [house.nat[name] for name in HOUSE_HEAD]
        tail = [house.nat[name] for name in HOUSE_TAIL]
        for person in house.members:
            if person.own:
                row = house.nat | person.own
                yield [*(row[name] for name in HOUSE_HEAD), *(person.nat[name] for name in PERSON), *(row[name] for name in HOUSE_TAIL)]
            else:
                yield [*head, *(person.nat[name] for name in PERSON), *tail]


def _people(houses: Iterable[House], others: Iterable[Person]) -> Iterator[Person]:
    for house in houses:
        yield from house.members
    yield from others


def department(houses: list[House], others: list[Person], month: Month) -> dict[str, Rows]:
    """Rows of the departments' books, each by its feed."""
    books: dict[str, Rows] = {feed: [] for feed in ("户籍人口", "死亡注销", "农村低保", "残疾人证", "医保参保", "学籍")}
    for person in _people(houses, others):
        _add(books["户籍人口"], person.reg)
        _add(books["死亡注销"], person.dead)
        _add(books["农村低保"], person.dibao)
        _add(books["残疾人证"], person.cert)
        books["医保参保"].extend(dict(row) for row in person.insured)
        books["学籍"].extend(dict(row) for row in person.school)
    for house in houses:
        books["户籍人口"].extend(house.extra_reg)
        books["死亡注销"].extend(house.extra_dead)
    books["户籍人口"] = [row | {"数据时点": month.dates["户籍人口"]} for row in books["户籍人口"]]
    books["农村低保"] = [paid for row in books["农村低保"] for paid in _paid(row, month)]
    return books


def _paid(row: Row, month: Month) -> Rows:
    """The row in the months of the income cycle so far (who was stopped since was paid until then) and in this month."""
    start, stop = int(str(row.get("起始保障年月") or 0)), int(str(row.get("停发年月") or 999999))
    past = [ym for ym in (*range(202510, 202513), *range(202601, month.ym)) if start <= ym < stop]
    stopped: Row = {"停发年月": None, "是否保障对象": "是"} if row.get("停发年月") else {}
    return [*(row | stopped | {"数据月份": ym} for ym in past), row | {"数据月份": month.ym}]


def _add(rows: Rows, row: Row | None) -> None:
    """Adds a copy: what is done to a file must not come back in the next month's."""
    if row is not None:
        rows.append(dict(row))


def visits(houses: Iterable[House], month: Month) -> tuple[Rows, Rows]:
    """Rows of 入户 and 入户人; a household's visit holds only the day of the month. The calls of the month before come along."""
    batch = month.folder
    ended = month.as_of.replace(day=1) - timedelta(days=1)
    main: Rows = []
    members: Rows = []
    for house in houses:
        if house.walk is not None and house.members:
            main.append(_call(house, ended.replace(day=min(house.walk, ended.day))))
        if house.visit is not None:
            day = int(str(house.visit["核查日期"]))
            main.append(house.visit | {"核查批次": batch, "核查日期": f"{month.as_of.year}-{month.as_of.month:02d}-{day:02d}"})
        rows = [person.visit for person in house.members if person.visit is not None] + house.extra_visit
        members.extend(row | {"核查批次": batch} for row in rows)
    return main, members


def _call(house: House, on: date) -> Row:
    """A row of 入户 of a call by telephone, in a round of its own: it says who was asked and when, and nothing of the house."""
    head = house.members[0]
    return {
        "核查批次": f"{on:%Y-%m}", "户编号": house.key, "户主姓名": head.name, "户主证件号码": head.nat["证件号码"], "家庭人口数": len(house.members),
        "对象类型": "脱贫户（未监测）", "核查方式": "电话", "核查日期": on.isoformat(), "核查人1": "走访员甲", "核查人2": "走访员乙",
        "是否有风险隐患": "否", "核查结论": "无风险",
    }


def parameters(counties: Iterable[str]) -> Rows:
    """Rows of 参数: every county, 2022 to 2026."""
    return [_parameter(county, year) for county in counties for year in LINES]


WORKERS_ASKED = {"02": 1_000_000}  # people at work that a county was asked for: more than it has, elsewhere few


def _leap(county: str, year: int) -> int:
    """In the second county the farmers' income leapt this year: that of people lifted out of poverty did not keep up."""
    return 3_000 if county.endswith("02") and year == 2026 else 0


def _parameter(county: str, year: int) -> Row:
    return {
        "县编码": county, "年度": year, "监测范围线": LINES[year], "农民人均可支配收入": 18_000 + (year - 2022) * 1_150 + _leap(county, year),
        "农村低保年标准": 5_400 + (year - 2022) * 240, "收入周期起": f"{year - 1}-10-01", "收入周期止": f"{year}-09-30",
        "医保集中缴费补贴截止": f"{year}-02-28", "秋季入学基准日": f"{year}-08-31", "医疗自付预警线_脱贫监测": 5_000,
        "医疗自付预警线_其他": 20_000, "风险最短监测月数": 12, "年度录入截止": f"{year}-11-15", "脱贫户年度采集": "是",
        "年度务工任务数": WORKERS_ASKED.get(county[4:], 1),
    }
