"""帮扶措施台账, 帮扶责任人 and 衔接资金项目: measures one by one, who answers for a household, and the county's projects.

Filled after all other books: a clean household's measures are those that its work, its support and its grants stand behind.
The wide table lists the same measures; both agree.
"""

from __future__ import annotations

import random

from duizhang.world import numbers
from duizhang.world.columns import MEASURES
from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, Places, add
from duizhang.world.sectors.work import SPELLS

LEDGER, CADRES, PROJECTS = "帮扶措施台账", "帮扶责任人", "衔接资金项目"
HERE = "_place"  # the county, or the village, of a project: not sent
PREMIUM = "参加城乡居民基本医疗保险个人缴费补贴"
DEVELOPING = ("产业帮扶", "就业帮扶", "金融帮扶", "公益岗位帮扶")
LAST_OF_PREMIUM = 202602  # identified until then, the premium of the year was paid for the household
RENEWED = 202601  # what was laid down before is laid down anew
_OFFICES = {
    "产业帮扶": "县农业农村局", "就业帮扶": "县人社局", "公益岗位帮扶": "县人社局", "健康帮扶": "县医保局", "综合保障": "县民政局",
    "义务教育保障": "县教育局", "教育帮扶": "县教育局", "住房安全保障": "县住建局", "饮水安全保障": "县水利局",
}
_LEVELS = ("县", "乡镇", "县", "市")


def able(house: House) -> bool:
    """Whether somebody of the household can do any work."""
    return any(person.nat["劳动技能"] in ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力") for person in house.members)


def measures(house: House) -> dict[str, list[str]]:
    """The measures that the books of a clean monitored household stand behind, by category."""
    start = int(str(house.nat["识别监测时间"]))
    found: dict[str, list[str]] = {"健康帮扶": [PREMIUM if start <= LAST_OF_PREMIUM else "其他"]}
    held = {feed for person in house.members for feed, rows in person.books.items() if rows}
    spells = [row for person in house.members for row in person.books.get(SPELLS, []) if row["是否已务工"] == "是"]
    if any(row["务工所在县"] != house.village.county_name for row in spells):
        found["就业帮扶"] = ["外出务工补贴"]
    elif spells:
        found["就业帮扶"] = ["就近就业", "技能培训"]
    if "公益性岗位" in held and spells:
        found["公益岗位帮扶"] = ["公益性岗位"]
    if "银行贷款台账" in held:
        found["金融帮扶"] = ["小额信贷"]
    if house.monitored == "open" and able(house) and not set(found) & set(DEVELOPING):
        found["产业帮扶"] = ["产业奖补"]
    if "学生资助" in held:
        found["教育帮扶"] = ["其他"]
    found["综合保障"] = [
        item for item, there in (
            ("低保", any(p.nat["享受低保政策情况"] == "农村低保" for p in house.members)),
            ("特困供养", any(p.nat["享受特困供养政策情况"] == "农村特困" for p in house.members)),
            ("残疾人补贴", "残疾人两项补贴" in held),
        ) if there
    ]  # fmt: skip
    return {category: items for category, items in found.items() if items}


def set_measures(house: House, chosen: dict[str, list[str]]) -> None:
    """Books the measures `chosen`, and no others, in the wide table and in the ledger."""
    house.nat |= {column: ",".join(chosen.get(column, [])) or None for column in MEASURES}
    house.nat["实施开发式帮扶措施情况"] = "已实施" if set(chosen) & set(DEVELOPING) else "无需实施"
    house.books[LEDGER] = ledger_rows(house, chosen)


def ledger_rows(house: House, chosen: dict[str, list[str]]) -> list[Row]:
    """A row for each measure: entered in the month of identification; one of an earlier year was laid down anew in January 2026."""
    start = int(str(house.nat["识别监测时间"]))
    rows = [ledger_row(house, category, item, start) for category, items in chosen.items() for item in items]
    if house.monitored == "open" and start < RENEWED and rows:
        first = next(iter(chosen))
        rows.append(ledger_row(house, first, chosen[first][0], RENEWED))
    return rows


def ledger_row(house: House, category: str, item: str, start: int) -> Row:
    """A row of the ledger: a measure that began in the month `start` (YYYYMM), entered on its 20th."""
    return {
        "户编号": house.key, "措施类别": category, "措施项": item, "措施其他备注": None, "受益人证件号码": None, "开始时间": start, "结束时间": None,
        "落实金额": None, "责任部门": _OFFICES.get(category, "县乡村振兴局"), "责任人": "甲某",
        "录入日期": f"{start // 100}-{start % 100:02d}-20",
    }


def cadre(house: House) -> tuple[str, str, str]:
    """Number, name and office of the cadre of `house`: each has up to five households with following numbers."""
    nth = int(house.key[6:]) // 5
    body = f"{house.village.county}{1966 + nth // 12 % 30}{nth % 12 + 1:02d}25{nth // 360 % 900:03d}"  # nobody else is born on a 25th
    return body + numbers.check_char(body), numbers.name(random.Random(body)), ("县财政局", "县水利局", "镇政府", "县中学")[nth % 4]


def cadre_row(house: House, start: str, end: str | None = None) -> Row:
    """A term of the household's cadre."""
    number, name, office = cadre(house)
    return {
        "户编号": house.key, "帮扶人姓名": name, "帮扶人证件号码": number, "帮扶人单位": office, "隶属关系": _LEVELS[int(number[16]) % 4],
        "帮扶人电话": numbers.phone(random.Random(number)), "开始日期": start, "结束日期": end,
    }


def _fill_measures(rng: random.Random, house: House) -> None:
    if house.monitored:
        set_measures(house, measures(house))


def _fill_cadres(rng: random.Random, house: House) -> None:
    if not house.monitored and rng.random() < 0.7:
        return
    rows = [cadre_row(house, "2024-03-01")]
    if rng.random() < 0.2:
        rows.insert(0, rows[0] | {"帮扶人姓名": "乙某", "帮扶人证件号码": None, "开始日期": "2021-06-01", "结束日期": "2024-02-29"})
    house.books[CADRES] = rows


def _measure_of_nobody(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """A household that left the national book long ago still has its measures."""
    if serial % 13 == 0:
        person.books[LEDGER] = [{
            "户编号": f"{village.county}7{serial:05d}", "措施类别": "产业帮扶", "措施项": "产业奖补", "开始时间": 201904, "责任部门": "县农业农村局",
            "责任人": "甲某", "录入日期": "2019-04-20",
        }]


def _cadre_of_nobody(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial % 13 == 0:
        person.books[CADRES] = [{
            "户编号": f"{village.county}7{serial:05d}", "帮扶人姓名": "丙某", "帮扶人证件号码": None, "帮扶人单位": "镇政府", "隶属关系": "乡镇",
            "开始日期": "2018-01-01", "结束日期": "2020-12-31",
        }]


_PLAN = (
    ("产业发展", 600), ("就业项目", 80), ("公益岗位", 60), ("乡村建设", 180), ("巩固三保障", 60), ("其他", 20),
)  # kind and its money in 万元: three fifths for farming and trade


def project(county: str, nth: int, kind: str, year: int, money: float | None, content: str | None = "按批复的实施方案建设") -> Row:
    """A row of 项目 of the county."""
    return {
        HERE: county, "项目编号": f"XM{county}{year}{nth:03d}", "项目名称": f"{year}年{kind}项目", "项目类型": kind, "建设内容": content,
        "资金年度": year, "衔接资金金额": money, "受益户数": 40, "项目村编码": None, "完工日期": None,
    }


def _projects(view: Places) -> list[Row]:
    rows: list[Row] = []
    for county in sorted({village.county for village in view.villages}):
        for year in (2025, 2026):
            rows += [project(county, nth, kind, year, money) for nth, (kind, money) in enumerate(_PLAN)]
        rows.append(project(county, 90, "公益岗位", 2020, 12.5, None))  # before 2021 nobody was asked what such a project is for
    for nth, village in enumerate(view.villages):  # each village has had a project of its own: its row stands with the village
        row = project(village.county, 1000 + nth, "产业发展", 2025, 6)
        rows.append(row | {HERE: village.code, "项目村编码": village.code})
    return rows


add(Book(
    feed=LEDGER,
    columns=(
        "户编号", "措施类别", "措施项", "措施其他备注", "受益人证件号码", "开始时间", "结束时间", "落实金额", "责任部门", "责任人", "录入日期",
    ),
    form=Form("{county}帮扶措施台账_{date8}", titles=("帮扶措施（逐条）", "导出单位：{county}　导出时间：{date}")),
    dates=("2026-10-21", "2026-11-14"), national=True, fill=_fill_measures, outsider=_measure_of_nobody, late=True,
))
add(Book(
    feed=CADRES,
    columns=("户编号", "帮扶人姓名", "帮扶人证件号码", "帮扶人单位", "隶属关系", "帮扶人电话", "开始日期", "结束日期"),
    form=Form(
        "{county}帮扶责任人结对_{date8}", titles=("{county}帮扶责任人结对表",), two_level={"开始日期": "结对时间", "结束日期": "结对时间"},
    ),
    dates=("2026-10-20", "2026-11-13"), national=True, fill=_fill_cadres, outsider=_cadre_of_nobody,
))
add(Book(
    feed=PROJECTS,
    columns=("项目编号", "项目名称", "项目类型", "建设内容", "资金年度", "衔接资金金额", "受益户数", "项目村编码", "完工日期"),
    form=Form("{county}衔接资金项目_{date8}", "csv", "gb18030"), dates=("2026-10-14", "2026-11-12"), places=_projects, place=HERE,
))
