"""自主申报, 灾情, 交通事故, 医支超限, 信访事项, 网络舆情 and 接入批次: who asked for help, who was pointed out, and what came when."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date

from duizhang.world.model import House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, Places, add

APPLICATIONS, DISASTERS, ACCIDENTS, OVERSPENT = "自主申报", "灾情", "交通事故", "医支超限"
PETITIONS, POSTS, ARRIVALS = "信访事项", "网络舆情", "接入批次"
HERE = "_县"  # a row of arrivals: whose register it stands in (not sent)
REGISTERED = date(2026, 9, 1)  # the register of arrivals begins
REFUSED, TAKEN = "不符合-已解释", "符合-纳入"


def application_row(person: Person, village: Village, holder: str, filed: str = "2026-09-01", nth: int = 1) -> Row:
    """An application of `person`, whose household `holder` (户编号, or any 12 signs) names it; all its steps in time within September."""
    return {
        "申报编号": f"{holder}SB{nth}", "申报渠道": "手机APP", "申报时间": filed, "申报人姓名": person.name, "申报人证件号码": person.number,
        "联系电话": "13900000000", "所属村编码": village.code, "诉求/风险类型": "因病", "困难情况描述": None, "受理时间": "2026-09-02",
        "受理单位": "乡镇乡村振兴办", "入户核实时间": "2026-09-07", "核实结论": REFUSED, "纳入户编号": None, "反馈时间": "2026-09-08",
        "办理状态": "办结", "办结时间": "2026-09-09",
    }  # fmt: skip


def disaster_row(person: Person, day: str, damage: str = "一般损坏", loss: float = 1_200) -> Row:
    """The household headed by `person` was hit on `day` (ISO)."""
    return {
        "户主姓名": person.name, "户主证件号码": person.number, "灾害类型": "洪涝", "灾害日期": day, "房屋损毁": damage, "农作物受灾面积": 2.5,
        "直接经济损失": loss, "推送日期": None,
    }  # fmt: skip


def accident_row(person: Person, holder: str, day: str, harm: str = "轻伤") -> Row:
    """`person` came to harm in traffic on `day` (ISO)."""
    return {"事故编号": f"{holder}JT1", "公民身份号码": person.number, "姓名": person.name, "事故日期": day, "伤亡情况": harm, "财产损失": 800}


def overspent_row(person: Person, amount: float, until: int = 202609) -> Row:
    """`person` stands in the list of the uninsured whose costs passed the line."""
    return {
        "姓名": person.name, "证件号码": person.number, "截至月份": until, "年度累计医疗支出": amount, "是否参加城乡居民医保": "否",
        "推送日期": "2026-10-04",
    }  # fmt: skip


def petition_row(person: Person, holder: str, day: str, kind: str = "生活困难", *, number: bool = True) -> Row:
    """`person` petitioned on `day` (ISO); `number`: whether the file says who that is."""
    return {
        "信访件编号": f"{holder}XF1", "信访人姓名": person.name, "证件号码": person.number if number else None, "联系电话": None,
        "反映问题类别": kind, "登记日期": day, "办理状态": "办结", "推送日期": None,
    }  # fmt: skip


def post_row(person: Person | None, holder: str, day: str) -> Row:
    """Somebody told of hardship on the net on `day` (ISO)."""
    return {
        "舆情编号": f"{holder}YQ1", "平台": "短视频平台", "当事人姓名": person.name if person else None,
        "证件号码": person.number if person else None, "发布日期": day, "推送日期": None,
    }  # fmt: skip


def clue_keys(house: House) -> set[tuple[str, str]]:
    """(kind, key) of the applications and clues in the rows of the household and its members."""
    found: set[tuple[str, str]] = set()
    for books in (house.books, *(person.books for person in house.members)):
        found |= {("application", application_key(row, house)) for row in books.get(APPLICATIONS, ())}
        found |= {("clue", clue_key(feed, row, house)) for feed in _CLUES for row in books.get(feed, ())}
    return found


_CLUES = {
    "预警台账": ("预警", ("预警编号",)), PETITIONS: ("信访", ("信访件编号",)), POSTS: ("舆情", ("舆情编号",)),
    DISASTERS: ("灾情", ("户主证件号码", "灾害日期")), ACCIDENTS: ("交通事故", ("事故编号", "公民身份号码")),
    OVERSPENT: ("医支超限", ("证件号码", "截至月份")),
}  # fmt: skip


def application_key(row: Row, house: House) -> str:
    """Key of an application that stands with the rows of `house`: counties number them themselves."""
    return f"{house.village.county}|{row['申报编号']}"


def clue_key(feed: str, row: Row, house: House) -> str:
    """Key of the clue that a row of `feed` is, which stands with those of `house`."""
    table, columns = _CLUES[feed]
    return "|".join((house.village.county, table, *(str(row[column]) for column in columns)))


def push_key(county: str, department: str, category: str, period: str, group: str = "") -> str:
    """Key of what a department owes in a period for a group of people ('': everybody)."""
    return "|".join((county, department, category, group, period))


def _applied(rng: random.Random, house: House) -> None:
    if rng.random() < 0.03:
        person = rng.choice([p for p in house.members if p.age >= 18] or house.members)
        person.books[APPLICATIONS] = [application_row(person, house.village, house.key)]


def _others_applied(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 18 and (serial in (20, 21, 22) or rng.random() < 0.02):
        person.books[APPLICATIONS] = [application_row(person, village, _nobody(village, serial))]


def _nobody(village: Village, serial: int) -> str:
    """Stands for the household of a villager whom the national book does not have."""
    return f"{village.county}9{serial:05d}"


def _hit(rng: random.Random, house: House) -> None:
    if rng.random() < 0.01:
        head = house.members[0]
        head.books[DISASTERS] = [disaster_row(head, f"2026-0{rng.randrange(6, 9)}-12", rng.choice(("一般损坏", "无")))]


def _others_hit(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial in (23, 24, 25) or rng.random() < 0.01:
        person.books[DISASTERS] = [disaster_row(person, "2026-07-19", "无", 600)]


def _hurt(rng: random.Random, house: House) -> None:
    if rng.random() < 0.005:
        person = rng.choice(house.members)
        person.books[ACCIDENTS] = [accident_row(person, house.key, f"2026-0{rng.randrange(4, 9)}-15")]


def _others_hurt(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial in (26, 27, 28):
        person.books[ACCIDENTS] = [accident_row(person, _nobody(village, serial), "2026-05-06")]


def _petitioned(rng: random.Random, house: House) -> None:
    if rng.random() < 0.01:
        person = house.members[0]
        person.books[PETITIONS] = [petition_row(person, house.key, "2026-08-17", rng.choice(("政策落实", "其他")))]


def _others_petitioned(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    """One of them asks for help without saying who it is: nothing can be said of that."""
    if serial in (29, 30, 31):
        named = serial != 29
        row = petition_row(person, _nobody(village, serial), "2026-08-20", "政策落实" if named else "生活困难", number=named)
        person.books[PETITIONS] = [row]


def _others_posted(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if serial in (32, 33):
        person.books[POSTS] = [post_row(None, _nobody(village, serial), "2026-08-25")]


# department as the register writes it, and what the report speaks of, by day of the month
_HALF_MONTHLY = ("住房和城乡建设局", "水利局", "人力资源和社会保障局", "卫生健康局", "民政局", "残疾人联合会")
_MONTHLY = ("卫生健康局", "公安局", "网信办", "信访局")
_BATCHES = {1: "上旬", 10: "上旬", 19: "中旬", 28: "下旬"}


# what is exported from the national system every month, as the register calls it
EXPORTED = ("人", "增减", "务工", "计划", "风险日志", "乡建户", "小贷", "帮扶措施台账", "帮扶人", "自主申报")


def _arrivals(places: Places) -> list[Row]:
    """Every department reports in time that there is nothing; what it points out stands in the ledger of warnings."""
    limit = str(_register.date(places.month))
    names = {village.county: village.county_name for village in places.villages}
    return [row for county in sorted(names) for row in _of_county(county, names[county]) if str(row["接收时间"]) <= limit]


def _of_county(county: str, name: str) -> list[Row]:
    rows: list[Row] = []

    def report(day: date, department: str, period: str | None, data: str = "预警") -> None:
        rows.append({
            HERE: county, "批次号": f"{county}P{len(rows) + 1:04d}", "数据集": data, "报送部门": f"{name}{department}",
            "文件名": None, "文件sha256": None,
            "数据时点": day.isoformat(), "统计期": period, "接收时间": day.isoformat(), "行数": 0, "是否零报告": "是", "状态": "成功",
        })

    for month in range(REGISTERED.month, 12):
        last, words = monthrange(2026, month)[1], f"2026-{month:02d}"
        for day, part in _BATCHES.items():
            report(date(2026, month, day), "医疗保障局", words + part)
        report(date(2026, month, 25), "医疗保障局", words)
        for department in _MONTHLY:
            report(date(2026, month, 4), department, f"2026-{month - 1:02d}")
        for department in _HALF_MONTHLY:
            report(date(2026, month, 14), department, f"{words}上半月")
            report(date(2026, month, last - 1), department, f"{words}下半月" if month % 2 else None)
    report(date(2026, 9, 22), "教育局", "2026", "资助")
    for month in range(REGISTERED.month, 12):
        for data in EXPORTED:
            report(date(2026, month, 20), "大数据中心", f"2026-{month:02d}", data)
            rows[-1] |= {"行数": 120, "是否零报告": "否"}
    rows.append(rows[0] | {
        "批次号": f"{county}P9001", "数据集": "低保", "报送部门": f"{name}民政局", "文件名": "农村低保备案表.xls", "统计期": "2026-09",
        "行数": 120, "是否零报告": "否",
    })
    return rows


add(Book(
    APPLICATIONS,
    ("申报编号", "申报渠道", "申报时间", "申报人姓名", "申报人证件号码", "联系电话", "所属村编码", "诉求/风险类型", "困难情况描述",
     "受理时间", "受理单位", "入户核实时间", "核实结论", "纳入户编号", "反馈时间", "办理状态", "办结时间"),
    Form("{county}自主申报台账_{date8}", titles=("{county}农户自主申报台账", "导出时间：{date}")), ("2026-10-22", "2026-11-16"),
    number="申报人证件号码", name="申报人姓名", fill=_applied, outsider=_others_applied,
))  # fmt: skip
add(Book(
    DISASTERS, ("户主姓名", "户主证件号码", "灾害类型", "灾害日期", "房屋损毁", "农作物受灾面积", "直接经济损失", "推送日期"),
    Form("{county}应急局受灾名册_{date8}", titles=("{county}受灾农户名册",), two_level={
        "灾害类型": "受灾情况", "灾害日期": "受灾情况", "房屋损毁": "损失情况", "农作物受灾面积": "损失情况", "直接经济损失": "损失情况",
    }), ("2026-10-20", "2026-11-16"), number="户主证件号码", name="户主姓名", fill=_hit, outsider=_others_hit,
))  # fmt: skip
add(Book(
    ACCIDENTS, ("事故编号", "公民身份号码", "姓名", "事故日期", "伤亡情况", "财产损失"),
    Form("{county}公安局交通事故伤亡月报_{date8}", "csv", "gb18030"), ("2026-10-19", "2026-11-15"),
    number="公民身份号码", name="姓名", fill=_hurt, outsider=_others_hurt,
))  # fmt: skip
add(Book(
    OVERSPENT, ("姓名", "证件号码", "截至月份", "年度累计医疗支出", "是否参加城乡居民医保", "推送日期"),
    Form("{county}卫健局未参保高额支出名单_{date8}", titles=("{county}未参保且累计医疗支出超限人员名单",), merged_header=True),
    ("2026-10-18", "2026-11-14"), number="证件号码", name="姓名",
))  # fmt: skip
add(Book(
    PETITIONS, ("信访件编号", "信访人姓名", "证件号码", "联系电话", "反映问题类别", "登记日期", "办理状态", "推送日期"),
    Form("{county}信访事项台账_{date8}", "xls", titles=("{county}信访、12317、12345 反映事项", "填报日期：{date}")), ("2026-10-21", "2026-11-16"),
    number="证件号码", name="信访人姓名", fill=_petitioned, outsider=_others_petitioned,
))  # fmt: skip
add(Book(
    POSTS, ("舆情编号", "平台", "当事人姓名", "证件号码", "发布日期", "推送日期"),
    Form("{county}网信办网络舆情_{date8}", titles=("{county}网络媒体反映困难情况",)), ("2026-10-21", "2026-11-16"),
    number="证件号码", name="当事人姓名", outsider=_others_posted,
))  # fmt: skip
_register = add(Book(
    ARRIVALS, ("批次号", "数据集", "报送部门", "文件名", "文件sha256", "数据时点", "统计期", "接收时间", "行数", "是否零报告", "状态"),
    Form("{county}数据接入批次登记_{date8}", "csv"), ("2026-10-24", "2026-11-18"), places=_arrivals, place=HERE,
))  # fmt: skip
