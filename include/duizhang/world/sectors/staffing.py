"""公益性岗位 and 务工就业监测: public posts by name, and who has work or lost it."""

from __future__ import annotations

import random

from duizhang.world.model import House, Month, Person, Row, Village
from duizhang.world.sectors.assets import PAID
from duizhang.world.sectors.base import Book, Form, add
from duizhang.world.sectors.work import SPELLS

POSTS, JOBS = "公益性岗位", "务工就业监测"
LARGE = 4  # posts and the loss of work in larger households only: smaller ones are the planters', with rows of their own
_MAKERS = {"护林员": "林草（护林员）", "护路员": "交通（护路员）", "保洁员": "乡村振兴", "水管员": "水利"}


def post_row(person: Person, post: str = "护林员", start: str = "2025-03-01", end: str | None = None) -> Row:
    """A row of 公岗: `person` in `post` from `start` to `end`."""
    return {
        "姓名": person.name, "证件号码": person.number, "岗位名称": post, "开发部门": _MAKERS.get(post, "人社"), "月岗位补贴": 800,
        "上岗日期": start, "离岗日期": end,
    }


def job_row(person: Person, state: str = "就业", firm: str | None = None, lost: str | None = None) -> Row:
    """A row of 就业; the month is set when it is sent. `lost`: the day on which the loss of work was registered."""
    return {
        "姓名": person.name, "证件号码": person.number, "就业状态": state, "就业单位": firm, "就业地区划": None,
        "月工资": 3_200 if state == "就业" else None, "失业登记日期": lost,
    }


def has_official(house: House) -> bool:
    """Whether a village official lives there."""
    return any(row["人员类别"] == "村干部（享受补贴）" for person in house.members for row in person.books.get(PAID, ()))


def _fill_posts(rng: random.Random, house: House) -> None:
    if len(house.members) < LARGE or house.monitored or has_official(house):
        return
    for person in house.members:
        fate = rng.random()
        able = 60 <= person.age <= 66 and person.nat["劳动技能"] == "弱劳动力或半劳动力" and person.nat["享受特困供养政策情况"] != "农村特困"
        if able and fate < 0.5:
            post = rng.choice(tuple(_MAKERS))
            person.nat |= {"公益性岗位": post, "公益性岗位(月数)": 12}
            person.books[POSTS] = [post_row(person, post)]
        elif 30 <= person.age <= 69 and fate < 0.05:  # a post of former days
            person.books[POSTS] = [post_row(person, start="2023-01-01", end="2024-12-31")]


def _others_posts(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and person.age < 70 and person.dead is None and (serial % 9 == 4 or rng.random() < 0.05):
        person.books[POSTS] = [post_row(person, rng.choice(tuple(_MAKERS)))]


def _fill_jobs(rng: random.Random, house: House) -> None:
    for person in house.members:
        spells = person.books.get(SPELLS, [])
        if spells and spells[-1]["是否已务工"] == "是" and rng.random() < 0.8:
            person.books[JOBS] = [job_row(person, firm=str(spells[-1]["务工企业名称"]))]
        elif len(house.members) >= LARGE and not spells and 50 <= person.age < 60 and not house.monitored and rng.random() < 0.2:
            person.books[JOBS] = [job_row(person, rng.choice(("失业", "返乡", "未就业")))]


def _others_jobs(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if 18 <= person.age < 60 and person.dead is None and (serial % 6 == 2 or rng.random() < 0.3):
        state = rng.choice(("就业", "失业", "未就业"))
        person.books[JOBS] = [job_row(person, state, lost="2026-10-08" if state == "失业" else None)]


def _of_month(rows: list[Row], month: Month) -> list[Row]:
    return [row | {"数据月份": month.ym} for row in rows]


add(Book(
    POSTS, ("姓名", "证件号码", "岗位名称", "开发部门", "月岗位补贴", "上岗日期", "离岗日期"),
    Form("{county}公益性岗位实名台账_{date8}", "csv", "gb18030"), ("2026-10-17", "2026-11-13"),
    number="证件号码", name="姓名", fill=_fill_posts, outsider=_others_posts,
))
add(Book(
    JOBS, ("数据月份", "姓名", "证件号码", "就业状态", "就业单位", "就业地区划", "月工资", "失业登记日期"),
    Form("{county}务工就业监测_{date8}", "xls", titles=("{county}务工就业监测名单", "填报日期：{date}")), ("2026-10-20", "2026-11-14"),
    number="证件号码", name="姓名", fill=_fill_jobs, outsider=_others_jobs, finish=_of_month,
))
