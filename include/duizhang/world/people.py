"""Clean people and households: consistent in every book, raising none of the rules."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from duizhang.world import money, numbers
from duizhang.world.columns import HOUSE_HEAD, HOUSE_TAIL, LANDS, PERSON
from duizhang.world.model import House, Person, Row, Village
from duizhang.world.places import CITY, PROVINCE, position

_JUNIOR = {12: "七年级", 13: "八年级", 14: "九年级"}
_SENIOR = {15: ("普通高中一年级", "高一"), 16: ("普通高中二年级", "高二"), 17: ("普通高中三年级", "高三")}
_PRIMARY = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")
SCHOOL_YEAR = "2026-2027"
_CATEGORIES = {"1": "视力残疾", "2": "听力残疾", "3": "言语残疾", "4": "肢体残疾", "5": "智力残疾", "6": "精神残疾", "7": "多重残疾"}
_LEVELS = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
_REGISTER_RELATION = {
    "户主": "户主", "配偶": "配偶", "之子": "子", "之女": "女", "之父": "父亲", "之母": "母亲", "之孙子": "孙子", "之孙女": "孙女",
    "之儿媳": "儿媳", "之女婿": "女婿", "之外孙子": "外孙子", "之外孙女": "外孙女", "之岳父": "岳父", "之岳母": "岳母", "之公公": "公公",
    "之婆婆": "婆婆", "之祖父": "祖父", "之祖母": "祖母", "之外祖父": "外祖父", "之外祖母": "外祖母", "之兄弟姐妹": "兄弟姐妹",
    "之曾孙子": "曾孙子或外曾孙子", "之曾孙女": "曾孙女或外曾孙女", "之侄儿": "侄子", "之侄女": "侄女", "之兄弟媳妇": "弟媳", "之叔伯": "叔父",
}
_EMPTY_PERSON: Row = dict.fromkeys(PERSON)
_EMPTY_HOUSE: Row = dict.fromkeys((*HOUSE_HEAD, *HOUSE_TAIL))


@dataclass(frozen=True)
class Member:
    """What to make one member of. `school=None` means: as the age says; `cert`: kind and level digits, e.g. '43'."""

    relation: str
    sex: str
    age: int
    school: bool | None = None
    health: str = "健康"
    labour: str | None = None
    dibao: bool = False
    tekun: bool = False  # 特困供养
    cert: str = ""
    cert_reissued: bool = False


@dataclass(frozen=True)
class Spec:
    """What to make one household of. monitored: '' | open | gone."""

    members: Sequence[Member]
    monitored: str = ""
    kind: str = ""  # 脱贫不稳定户 | 边缘易致贫户 | 突发严重困难户; empty: drawn
    poor: bool | None = None  # 脱贫户
    risk: str = ""
    options: dict[str, str] = field(default_factory=dict)


def make_house(rng: random.Random, ids: numbers.Numbers, village: Village, serial: int, spec: Spec) -> House:
    """A clean household of `village`; `serial` counts the households of the county."""
    key = f"{village.county}{serial:06d}"
    register = f"{village.county[2:]}{serial:05d}"
    surname = numbers.surname(rng)
    members = [
        _make_person(rng, ids, village, member, f"{key}{n + 1:02d}", register, surname) for n, member in enumerate(spec.members)
    ]
    house = House(village, key, register, dict(_EMPTY_HOUSE), members, _state(spec, members))
    _fill_house(rng, house, spec)
    if house.monitored:
        _support_unable(members)
    money.fill(rng, house)
    if house.monitored:
        _fill_monitoring(rng, house, spec)
    for person in members:
        _fill_books(rng, house, person)
    _fill_visits(rng, house)
    return house


def _state(spec: Spec, members: list[Person]) -> str:
    """The monitoring state: a household that cannot work at all is not declared free of risk."""
    unable = all(person.nat["劳动技能"] in ("无劳动力", "丧失劳动力") for person in members)
    return "open" if spec.monitored == "gone" and unable else spec.monitored


def _support_unable(members: list[Person]) -> None:
    """A monitored household that cannot work at all is supported: alone as destitute, else the head."""
    unable = all(person.nat["劳动技能"] in ("无劳动力", "丧失劳动力") for person in members)
    if unable and not any(_supported(person) for person in members):
        if len(members) == 1:
            members[0].nat["享受特困供养政策情况"] = "农村特困"
        else:
            members[0].nat["享受低保政策情况"] = "农村低保"


def _supported(person: Person) -> bool:
    return person.nat["享受低保政策情况"] == "农村低保" or person.nat["享受特困供养政策情况"] == "农村特困"


def _born(rng: random.Random, age: int) -> date:
    return date(2026 - age, rng.randrange(1, 9), rng.randrange(5, 21))


def _make_person(
    rng: random.Random, ids: numbers.Numbers, village: Village, member: Member, key: str, register: str, surname: str
) -> Person:
    born = _born(rng, member.age)
    number = ids.issue(village.county, born, member.sex)
    foreign = member.relation in ("配偶", "之母", "之儿媳")
    name = numbers.name(rng, None if foreign else surname)
    person = Person(number, name, member.sex, born, dict(_EMPTY_PERSON))
    _fill_person(rng, person, member, key)
    person.reg = {
        "公民身份号码": number, "姓名": name, "性别": member.sex, "民族": person.nat["民族"], "出生日期": born.isoformat(),
        "户号": register, "与户主关系": _REGISTER_RELATION.get(member.relation, "其他"), "户别": "家庭户",
        "户籍地区划": village.code, "户籍地址": f"{village.county_name}{village.town_name}{village.name}", "注销状态": "正常",
    }
    return person


def _fill_person(rng: random.Random, person: Person, member: Member, key: str) -> None:
    age = member.age
    school = 6 <= age <= 15 if member.school is None else member.school
    health = "残疾" if member.cert and member.health == "健康" else member.health
    certificate = member.cert + ("B1" if member.cert_reissued else "")
    person.nat |= {
        "人编号": key, "姓名": person.name, "性别": person.sex, "证件类型": "残疾人证" if member.cert else "居民身份证",
        "证件号码": person.number + certificate, "出生日期": person.born.strftime("%Y%m%d"),
        "民族": rng.choice(("汉族", "汉族", "汉族", "汉族", "苗族", "土家族")), "政治面貌": "群众" if age >= 18 else None,
        "与户主关系": member.relation, "健康状况": health, "劳动技能": member.labour or labour_of(age, school, health),
        "是否会讲普通话": "是", "是否参加城乡居民基本医疗保险": "是", "是否参加城镇职工基本医疗保险": "否", "是否参加大病保险": "是",
        "是否参加商业补充医疗保险": "否", "是否参加城乡居民基本养老保险": "是" if age >= 16 and not school else "否",
        "是否参加城镇职工基本养老保险": "否", "是否接受医疗救助": "否", "是否接受其他健康扶贫": "否",
        "享受低保政策情况": "农村低保" if member.dibao else "未享受", "享受特困供养政策情况": "农村特困" if member.tekun else "未享受",
        "是否事实无人抚养儿童": "否",
        "是否国外务工": "否", "家庭成员联系电话": numbers.own_phone(key) if age >= 16 else None, "人员识别时间": 202101,
    }
    if school:
        set_school(person, age)
    elif age < 6:
        person.nat["在校生状况"] = "学龄前儿童"
    else:
        person.nat["文化程度"] = rng.choice(("小学", "初中")) if age > 40 else rng.choice(("初中", "高中" if age >= 18 else "初中"))
        if age < 17:
            person.nat["文化程度"] = "初中"
    if member.cert:
        person.nat |= {
            "残疾类别": _CATEGORIES[member.cert[0]], "残疾等级": _LEVELS[member.cert[1]], "残疾证办证年度": 2020,
        }
        person.cert = {
            "残疾人证号": person.number + certificate, "姓名": person.name, "残疾类别": _CATEGORIES[member.cert[0]],
            "残疾等级": _LEVELS[member.cert[1]], "发证日期": "2020-05-12", "有效期至": "2030-05-11", "证件状态": "有效",
            "户籍地区划": None,
        }


def labour_of(age: int, school: bool, health: str) -> str:
    """The working ability that contradicts nothing."""
    if age < 16 or school or age >= 75:
        return "无劳动力"
    if age >= 60 or health != "健康":
        return "弱劳动力或半劳动力"
    return "普通劳动力"


def set_school(person: Person, age: int) -> None:
    """Puts `person` to the school class of `age` (6 to 17) in 人 and 学籍."""
    if age < 12:
        status, stage, grade = "小学", "小学", _PRIMARY[min(max(age, 6), 11) - 6]
    elif age in _JUNIOR:
        status, stage, grade = _JUNIOR[age], "初中", _JUNIOR[age]
    else:
        (status, grade), stage = _SENIOR[age], "普通高中"
    person.nat |= {"在校生状况": status, "文化程度": None}
    person.school = [school_row(person, stage, grade)]


def school_row(person: Person, stage: str, grade: str, status: str = "在读", year: str = SCHOOL_YEAR) -> Row:
    """A row of 学籍 for `person`."""
    return {
        "学年": year, "姓名": person.name, "身份证件号": person.number, "学籍号": "G" + person.number,
        "学校名称": f"中心{stage}学校", "学段": stage, "年级": grade, "班级": "1班", "就读方式": "走读", "学籍状态": status,
        "是否随班就读": "否",
    }


def _fill_house(rng: random.Random, house: House, spec: Spec) -> None:
    village, head, size = house.village, house.members[0], len(house.members)
    kind = spec.kind
    poor = spec.poor if spec.poor is not None else kind == "脱贫不稳定户" or (not kind and rng.random() < 0.6)
    if spec.monitored and not kind:
        kind = "脱贫不稳定户" if poor else "边缘易致贫户"
    east, north = position(rng, village.county)
    house.nat |= {
        "年度": 2026, "省": PROVINCE, "市": CITY, "县": village.county_name, "乡": village.town_name, "村": village.name,
        "自然村": f"{rng.randrange(1, 9)}组", "村编码": village.code, "户编号": house.key, "户主姓名": head.name,
        "户主证件号码": head.nat["证件号码"], "户类型": "脱贫户" if poor else "一般农户",
        "户属性": "一般脱贫户" if poor else None, "享受政策标识": "脱贫享受政策" if poor else None,
        "监测对象类别": kind or None, "首次识别时间": 201401 if poor else None, "脱贫年度": 2019 if poor else None,
        "识别标准": "国家标准" if poor else None, "致贫原因1": "因病" if poor else None, "户联系电话": numbers.phone(rng),
        "当前家庭人口数": size, "年度家庭人口数": size, "是否军烈属": "否", "是否易地搬迁户": "否",
        "住房面积": 30 * size + rng.randrange(20), "是否危房户": "否", "是否解决安全饮用水": "是", "是否通生活用电": "是",
        "是否通生产用电": "是", "是否通广播电视": "是", "是否有卫生厕所": "是", "入户路类型": "水泥路", "入户道路是否硬化": "是",
        "与村主干路距离": rng.randrange(1, 40) / 10, "主要燃料类型": "清洁能源", "是否加入农民专业合作组织": "否",
        "是否有龙头企业带动": "否", "是否有创业致富带头人带动": "否", "经度": east, "纬度": north, "坐标系": "CGCS2000",
        "信息采集人": numbers.name(rng), "信息采集人联系电话": numbers.phone(rng),
        "更新日期": "2026-10-08",
    }
    house.nat |= dict.fromkeys(LANDS, 0)
    house.nat["耕地面积（亩）"] = rng.randrange(0, 80) / 10
    house.nat["林地面积（亩）"] = rng.randrange(0, 50) / 10


def _fill_monitoring(rng: random.Random, house: House, spec: Spec) -> None:
    unable = all(p.nat["劳动技能"] in ("无劳动力", "丧失劳动力") for p in house.members)
    supported = any(_supported(p) for p in house.members)
    destitute = any(p.nat["享受特困供养政策情况"] == "农村特困" for p in house.members)
    drawn = rng.randrange(12)  # an open record is younger than two years, one that is over is from 2023
    start = later(202412, drawn * 20 // 11) if house.monitored == "open" else 202301 + drawn
    start = int(spec.options.get("start", start))
    nat = house.nat
    nat |= {
        "整户无劳动能力兜底保障户": "是" if unable and supported else "否", "识别监测时间": start, "发现方式": "基层干部排查",
        "风险线索发现日期": f"{start // 100}-{start % 100:02d}-03", "纳入审定日期": f"{start // 100}-{start % 100:02d}-14",
        "致贫/返贫风险1": spec.risk or _risk(rng, house), "实施开发式帮扶措施情况": "已实施", "风险是否已消除": "否",
        "防贫保救助标识": "否", "健康帮扶": "参加城乡居民基本医疗保险个人缴费补贴",
        "就业帮扶": rng.choice(("外出务工补贴", "技能培训", "外出务工补贴,技能培训", None)),
        "综合保障": "特困供养" if destitute else "低保" if supported else None,
    }
    if nat["致贫/返贫风险1"] == "因自然灾害":
        nat["因自然灾害子项"] = "洪涝"
    money.fill_at_start(rng, house)
    if house.monitored == "gone":
        end = later(start, rng.randrange(14, 26))
        nat |= {
            "风险是否已消除": "是", "消除监测时间": end, "风险消除方式": "帮扶消除", "监测联系人": numbers.name(rng),
            "监测联系人电话": numbers.phone(rng),
        }
        money.fill_at_end(rng, house, end // 100)


def later(ym: int, months: int) -> int:
    """YYYYMM `months` after `ym`."""
    count = ym // 100 * 12 + ym % 100 - 1 + months
    return count // 12 * 100 + count % 12 + 1


def _risk(rng: random.Random, house: House) -> str:
    choices = ["因意外事故", "因自然灾害", "因产业项目失败"]
    if any(str(p.nat["健康状况"]) == "长期慢性病" for p in house.members):
        choices.append("因病")
    if any("残疾" in str(p.nat["健康状况"]) for p in house.members):
        choices.append("因残")
    able = sum(p.nat["劳动技能"] in ("普通劳动力", "技能劳动力") for p in house.members)
    if able * 4 <= len(house.members):
        choices.append("缺劳动力")
    return rng.choice(choices)


def _fill_books(rng: random.Random, house: House, person: Person) -> None:
    supported = house.monitored == "open"
    person.insured = [insurance_row(person, house.village.county, 400 if supported else None)]
    if person.cert is not None:
        person.cert["户籍地区划"] = house.village.code
    if person.nat["享受低保政策情况"] == "农村低保":
        person.dibao = dibao_row(house, person)
    if person.reg is not None:
        person.reg["户主公民身份号码"] = house.members[0].number


def insurance_row(person: Person, county: str, subsidy: int | None, scheme: str = "城乡居民基本医疗保险") -> Row:
    """A row of 参保 of the year; `subsidy` in yuan or None."""
    return {
        "年度": 2026, "姓名": person.name, "证件号码": person.number, "险种类型": scheme, "参保状态": "正常参保", "参保地区划": county,
        "缴费日期": "2025-12-10", "缴费金额": 400, "参保人员身份": "监测对象" if subsidy else "普通", "财政资助金额": subsidy,
        "大病保险标识": "是",
    }


def dibao_row(house: House, person: Person) -> Row:
    """A row of 低保 for `person`, alone supported, as a member of `house`; the month is set when it is sent."""
    head = house.members[0]
    return {
        "低保类型": "农村低保", "户主姓名": head.name, "户主身份证号": head.number, "姓名": person.name, "身份证号": person.number,
        "是否保障对象": "是", "保障类别": "B类", "保障人数": 1, "户月保障金额": money.MONTHLY_SUPPORT,
        "人月保障金额": money.MONTHLY_SUPPORT, "低保证号": f"D{person.key}", "起始保障年月": 202001, "村编码": house.village.code,
    }


def _fill_visits(rng: random.Random, house: House) -> None:
    head = house.members[0]
    kinds = {"open": "监测对象（未消除）", "gone": "监测对象（已消除）"}
    poor = house.nat["户类型"] == "脱贫户"
    house.visit = {
        "户编号": house.key, "户主姓名": head.name, "户主证件号码": head.nat["证件号码"], "家庭人口数": len(house.members),
        "对象类型": kinds.get(house.monitored, "脱贫户（未监测）" if poor else "一般农户"), "核查方式": "入户",
        "核查日期": rng.randrange(6, 16), "核查人1": numbers.name(rng), "核查人2": numbers.name(rng), "照片数": 3,
        "住房现状等级": "A级", "饮水现状": "安全", "有无失学辍学": "否", "有无成员未参保": "否", "是否有风险隐患": "否",
        "帮扶措施落实情况": "及时精准有效" if house.monitored == "open" else "无需",
        "核查结论": "继续监测" if house.monitored == "open" else "无风险", "是否签署授权委托书": "是", "家中有无轿车": "否",
        "城镇有无商品房": "否", "坐标系": house.nat.get("坐标系"),
        "经度": None if house.nat["经度"] is None else round(float(house.nat["经度"]) + 0.0006, 6), "纬度": house.nat["纬度"],
    }
    if house.visit["核查人1"] == house.visit["核查人2"]:
        house.visit["核查人2"] = "甲" + str(house.visit["核查人2"])
    for person in house.members:
        person.visit = visit_row(house, person)


def visit_row(house: House, person: Person) -> Row:
    """A row of 入户人 that agrees with the national book."""
    return {
        "户编号": house.key, "姓名": person.name, "证件号码": person.number, "是否共同生活": "是",
        "实际在校状况": person.nat["在校生状况"], "实际健康状况": person.nat["健康状况"],
        "实际劳动能力": person.nat["劳动技能"], "是否在外务工": "否", "与系统是否一致": "是",
    }
