"""Planters of HLP and ZSX on measures and the departments' ledgers behind them, and what these must raise because of anybody's defects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from duizhang.world import numbers
from duizhang.world.model import Cell, House, Month, Row
from duizhang.world.planters.base import Raise, Site, nears, plants, rows_of
from duizhang.world.planters.places import PlaceSite, PlaceView, oracle, village_plants
from duizhang.world.planters.support_reckoning import booked
from duizhang.world.sectors.farming import AWARD, SUBSIDIES, subsidy_row
from duizhang.world.sectors.grants import BOARDING, GRANTS, LAST_TERM, TERM, VOCATIONAL, grant_row
from duizhang.world.sectors.lending import BANK
from duizhang.world.sectors.resettled import MOVED
from duizhang.world.sectors.staffing import POSTS
from duizhang.world.sectors.support import PROJECTS, set_measures
from duizhang.world.sectors.welfare import ALLOWANCE, DESTITUTE

_TRADE, _HEALTH = {"产业帮扶": ["产业奖补"]}, {"健康帮扶": ["其他"]}
_NUMBERS = {ALLOWANCE: "身份证号码", GRANTS: "身份证件号", POSTS: "证件号码", BANK: "借款人证件号码", MOVED: "户主证件号码", DESTITUTE: "身份证号"}


@plants("HLP-007", "open_school")
def _grant_not_booked(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, BOARDING, "初中")]
    set_measures(s.h, _TRADE | _HEALTH)
    return s.record("HLP-007")


@plants("HLP-007", "open_disabled_heavy")
def _allowance_not_booked(s: Site) -> list[Raise]:
    set_measures(s.h, _TRADE | _HEALTH)
    return s.record("HLP-007", "AID-019")


@nears("HLP-007", "open_school")
def _grant_booked(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, BOARDING, "初中")]
    set_measures(s.h, _TRADE | _HEALTH | {"义务教育保障": ["其他"]})
    return s.record("HLP-007")


@nears("HLP-007", "open_school")
def _grant_of_last_term(s: Site) -> list[Raise]:
    rows_of(s.second, GRANTS)[:] = [grant_row(s.second, BOARDING, "初中", LAST_TERM)]
    set_measures(s.h, _TRADE | _HEALTH)
    return s.record("HLP-007")


@plants("HLP-008", "open_disabled")
def _allowance_that_nobody_draws(s: Site) -> list[Raise]:
    set_measures(s.h, _TRADE | _HEALTH | {"综合保障": ["残疾人补贴"]})
    return s.house("HLP-008")


@plants("HLP-008", "gone")
def _grant_that_nobody_draws(s: Site) -> list[Raise]:
    set_measures(s.h, _HEALTH | {"教育帮扶": ["雨露计划"]})
    return s.house("HLP-008", "AID-025")


@nears("HLP-008", "open_disabled_heavy")
def _allowance_that_somebody_draws(s: Site) -> list[Raise]:
    set_measures(s.h, _TRADE | _HEALTH | {"综合保障": ["残疾人补贴"]})
    return s.house("HLP-008")


def _raise(s: PlaceSite, *codes: str) -> list[Raise]:
    return [(code, "household", s.houses[0].key) for code in codes]


@village_plants("ZSX-011", "open_able")
def _trade_of_nobody(s: PlaceSite) -> list[Raise]:
    s.rows[PROJECTS][0].clear()
    set_measures(s.houses[0], _TRADE | _HEALTH)
    return _raise(s, "ZSX-011")


@village_plants("ZSX-011", "open_able", near=True)
def _trade_paid_for(s: PlaceSite) -> list[Raise]:
    s.rows[PROJECTS][0].clear()
    set_measures(s.houses[0], _TRADE | _HEALTH)
    head = s.houses[0].members[0]
    head.books[SUBSIDIES] = [subsidy_row(head, AWARD, 100)]
    return _raise(s, "ZSX-011")


@village_plants("ZSX-011", "open_able", near=True)
def _trade_of_the_village(s: PlaceSite) -> list[Raise]:
    set_measures(s.houses[0], _TRADE | _HEALTH)
    return _raise(s, "ZSX-011")


def _key(value: Cell) -> str:
    return "".join(str(value or "").split()).upper()[:18]


def _gather(view: PlaceView) -> dict[str, set[str]]:
    """Numbers of those who draw something now, by what it is."""
    found: dict[str, set[str]] = defaultdict(set)
    people = [*(person for house in view.houses for person in house.members), *view.others]
    loose = [house.books for house in view.houses]
    for person in people:
        if person.dibao is not None and person.dibao["是否保障对象"] == "是":
            found["低保"].add(_key(person.dibao["身份证号"]))
    for feed, column in _NUMBERS.items():
        for row in (row for books in (*(person.books for person in people), *loose) for row in books.get(feed, ())):
            for name in _draws(feed, row, view.month):
                found[name].add(_key(row[column]))
    return found


def _draws(feed: str, row: Row, month: Month) -> Iterator[str]:
    """What a row of a department's book says that somebody draws in `month`."""
    if feed == GRANTS:
        if row["学期"] == TERM:
            yield "资助"
        if row["资助项目"] == VOCATIONAL:
            yield "雨露计划"
    elif feed == POSTS:
        if str(row["上岗日期"]) <= month.iso and (row["离岗日期"] is None or str(row["离岗日期"]) > month.iso):
            yield "公岗"
    elif feed == BANK:
        if isinstance(row["贷款余额"], (int, float)) and row["贷款余额"] > 0:
            yield "贷款"
    else:
        yield {ALLOWANCE: "残疾人补贴", DESTITUTE: "特困供养", MOVED: "搬迁"}[feed]


def _backing(house: House, rows: list[Row], draw: dict[str, set[str]]) -> Iterator[Raise]:
    own = [_key(person.nat["证件号码"]) for person in house.members]
    here = {name for name, drawn in draw.items() if drawn & set(own)}
    have = booked(rows)
    words = set().union(*have.values())
    told = all(numbers.is_comparable(number) for number in own)
    if told and any(item in words and item not in here for item in ("低保", "特困供养", "残疾人补贴", "雨露计划")):
        yield "HLP-008", "household", house.key
    if house.nat["监测对象类别"] is None:
        return
    for start, n in {str(n["识别监测时间"] or ""): n for n in rows}.items():
        lacks = (
            "残疾人补贴" in here and "残疾人补贴" not in words, "资助" in here and not have.keys() & {"教育帮扶", "义务教育保障"},
            "公岗" in here and "公益岗位帮扶" not in have, "贷款" in here and "金融帮扶" not in have,
            "搬迁" in here and start.isdigit() and int(start) < 202101 and "搬迁" not in have,
        )
        if n["风险是否已消除"] == "否" and any(lacks):
            yield "HLP-007", "monitoring", f"{house.key}|{start}"


@oracle
def departments_behind_measures(view: PlaceView) -> Iterable[Raise]:
    """What households of the county must raise of the departments' ledgers."""
    draw = _gather(view)
    villages = {str(row["项目村编码"]) for row in view.rows[PROJECTS] if row["项目村编码"] and row["项目类型"] == "产业发展"}
    for house in view.houses:
        if house.visit is None and any("乡" in person.own for person in house.members):
            continue  # a stray: the newest file has nothing of this household but one member
        rows = [house.nat | person.own for person in house.members]
        yield from _backing(house, rows, draw)
        paid = any(row["补贴项目"] == AWARD for person in house.members for row in person.books.get(SUBSIDIES, []))
        heads = [person for person in house.members if person.nat["与户主关系"] == "户主"]
        told = all(numbers.is_comparable(_key(person.nat["证件号码"])) for person in heads)
        if "产业帮扶" in booked(rows) and str(house.nat["村编码"]) not in villages and not paid and told:
            yield "ZSX-011", "household", house.key
