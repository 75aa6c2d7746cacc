"""The second reading of the rules on people, households and their files: CCX, CLX, EDU, FMT, GAX, HHD, JYX, MED, MEM, PID."""

from __future__ import annotations

import re

from duizhang.core import functions as f
from duizhang.core.functions import number_length

from tests.indicators.second_reading.kit import (
    Reader,
    Row,
    Truth,
    all_of,
    among,
    any_of,
    by_code,
    eq,
    ge,
    gt,
    le,
    lt,
    ne,
    no,
    one_of,
    sure,
)


def member_has(sure_ones: int | None, *open_ones: int | None) -> Truth:
    """A member has it: some surely; else unknown where some cannot be told."""
    return any_of(gt(sure_ones, 0), *(None if count is None or count > 0 else False for count in open_ones))


def ccx_002(r: Row) -> Truth:
    return member_has(r["高档轿车人数"], r["价格排量不明人数"], r["机动车_无法比对人数"])


def ccx_007(r: Row) -> Truth:
    return member_has(r["雇人成员数"], r["从业人数不明成员数"], r["企业_无法比对人数"])


def clx_001(r: Row) -> Truth:
    return all_of(r["残疾证_有效"], no(f.has_item(r["健康状况"], "残疾")))


def clx_002(r: Row) -> Truth:
    marked = any_of(f.has_item(r["健康状况"], "残疾"), eq(r["证件类型"], "残疾人证"))
    return all_of(marked, no(r["残疾证_有效"]))


def clx_008(r: Row) -> Truth:
    severe = all_of(r["残疾证_有效"], among(r["残疾证_等级"], ("一级", "二级")))
    return all_of(severe, no(r["两补_护理补贴"]), no(r["特困_在册"]))


def edu_003(r: Row) -> Truth:
    return r["在校生状况"] is not None and r["义务教育阶段未上学原因"] is not None


def fmt_006(r: Row) -> Truth:
    return gt(f.days_between(r["国家系统最早数据日期"], r["国家系统最晚数据日期"]), 3)


def fmt_011(r: Row) -> Truth:
    now, before = r["本期行数"], r["上期行数"]
    if now is None or before is None:
        return None
    return bool(before >= 100 and abs(now - before) * 10 > before)


def gax_001(r: Row) -> Truth:
    return all_of(r["死亡_有记录"], le(r["死亡_日期"], r["as_of"]))


def gax_003(r: Row) -> Truth:
    to = r["迁移_最近现区划"] if re.match("[0-9]{6}", r["迁移_最近现区划"] or "") else None
    away = all_of(r["迁移_有记录"], eq(r["迁移_最近类型"], "迁出"), ne(to and to[:6], r["_county"]))
    return all_of(away, sure(ne(r["入户人_是否共同生活"], "是")))


def gax_008(r: Row) -> Truth:
    booked = all_of(eq(r["表"], "户籍"), eq(r["户籍_注销状态"], "正常"))
    return all_of(booked, sure(ne(r["入户人_是否共同生活"], "否")))


def gax_009(r: Row) -> Truth:
    if r["与户主关系"] == "户主":
        return False
    return all_of(ne(r["户籍_户号"], r["户主_户籍_户号"]), sure(ne(r["入户人_是否共同生活"], "是")))


def gax_011(r: Row) -> Truth:
    if not f.check_passes(r["证件号码"]):
        return None
    return all_of(no(r["户籍_有记录"]), no(r["死亡_有记录"]), no(r["迁移_有记录"]))


def gax_012(r: Row) -> Truth:
    return ne(r["民族"], r["户籍_民族"])


def gax_020(r: Row) -> Truth:
    place = r["户主_户籍地区划"] if len(r["户主_户籍地区划"] or "") >= 12 else None
    return all_of(ne(place and place[:12], r["村编码"]), r["是否易地搬迁户"] != "是")


def gax_021(r: Row) -> Truth:
    dead = any_of(r["户主_已死亡"], None if sure(r["户主_死亡核不到"]) else False)
    gone = any_of(r["户主_户籍已注销"], None if sure(r["户主_户籍核不到"]) else False)
    return any_of(dead, gone)


def hhd_001(r: Row) -> Truth:
    return eq(r["户主数"], 0)


def hhd_004(r: Row) -> Truth:
    numbers = r["户主_证件号码"], r["配偶_证件号码"]
    if not all(f.check_passes(number) for number in numbers):
        return None
    return eq(*map(f.number_sex, numbers))


MEN = ("之子", "之女婿", "之孙子", "之外孙子", "之父", "之岳父", "之公公", "之祖父", "之外祖父", "之曾孙子", "之侄儿", "之叔伯")
WOMEN = (
    *("之女", "之儿媳", "之孙女", "之外孙女", "之母", "之岳母", "之婆婆", "之祖母", "之外祖母", "之曾孙女", "之侄女"),
    "之兄弟媳妇",
)


def hhd_014(r: Row) -> Truth:
    kin, sex = r["与户主关系"], r["性别"]
    return any_of(all_of(among(kin, MEN), eq(sex, "女")), all_of(among(kin, WOMEN), eq(sex, "男")))


def hhd_015(r: Row) -> Truth:
    head = f.full_years(f.number_birth(r["户主_证件号码"]) or r["户主_出生日期"], r["as_of"])
    gap = None if head is None or r["年龄"] is None else r["年龄"] - head
    return all_of(among(r["与户主关系"], ("之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆")), lt(gap, 15))


def hhd_035(r: Row) -> Truth:
    return all_of(eq(r["户类型"], "脱贫户"), r["致贫原因1"] is None)


def hhd_039(r: Row) -> Truth:
    if r["经度"] is None or r["纬度"] is None:
        return None
    return all_of(ge(r["同坐标户数"], 5), r["是否易地搬迁户"] != "是")


def jyx_001(r: Row) -> Truth:
    return all_of(r["在校生状况"] not in (None, "学龄前儿童"), no(r["学籍_在读"]))


def jyx_004(r: Row) -> Truth:
    age = f.full_years(r["出生日期"], r["参数_秋季入学基准日"])
    return all_of(ge(age, 6), le(age, 15), no(r["学籍_在读"]), r["在校生状况"] is None)


def jyx_006(r: Row) -> Truth:
    return all_of(among(r["学籍_状态"], ("休学", "退学", "毕业")), r["在校生状况"] is not None)


def med_005(r: Row) -> Truth:
    uninsured = all(r[name] in (None, "否") for name in ("是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险"))
    return all_of(uninsured, eq(r["是否接受医疗救助"], "是"))


def med_007(r: Row) -> Truth:
    return all_of(eq(r["是否参加城乡居民基本养老保险"], "是"), eq(r["是否参加城镇职工基本养老保险"], "是"))


def mem_007(r: Row) -> Truth:
    return all_of(lt(r["年龄"], 16), ne(r["劳动技能"], "无劳动力"))


def mem_015(r: Row) -> Truth:
    return all_of(ge(r["年龄"], 7), eq(r["健康状况"], "健康"), among(r["在校生状况"], ("学龄前儿童", "学前教育")))


STAGES = "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级", "(普通高中|中职).*", "(高职高专|技师学院).*", "本科.*", "硕士研究生及以上"


def mem_024(r: Row) -> Truth:
    now, before = r["在校生状况"], r["上年人_在校生状况"]
    stage = next((step for step, words in enumerate(STAGES) if re.fullmatch(words, now or "")), None)
    stuck = all_of(eq(now, before), no(among(now, ("小学", "学龄前儿童", "学前教育", "硕士研究生及以上"))))
    return any_of(lt(stage, r["上年人_学段序"]), stuck)


def mem_030(r: Row) -> Truth:
    return any_of(*(ne(r[name], r[f"上年人_{name}"]) for name in ("民族", "性别", "出生日期")))


def pid_009(r: Row) -> Truth:
    kind, length = r["证件类型"], number_length(r["证件号码"])
    card = all_of(eq(kind, "居民身份证"), ne(length, 18))
    return any_of(card, all_of(eq(kind, "残疾人证"), no(one_of(length, 20, 22))))


REGISTRY: dict[str, Reader] = by_code(globals())
READINGS: dict[str, str] = {
    "FMT-006": "A file without a date of its data is refused whole and told elsewhere, so no row of 疑似 is made of it here.",
    "GAX-003": "A place written in words cannot be compared with the county's code and is not judged.",
    "GAX-011": "A number that fails its own check is no proof of absence: its facts are empty (design §3), PID judges it.",
    "GAX-020": "A place of fewer than 12 digits names no village and is not judged.",
    "HHD-004": "The sex of a number that fails its own check is not read.",
    "JYX-004": "A person whose number cannot be compared with the school's book is not judged, though the text says 命中.",
    "MEM-024": "Nursery school and post-graduates have no grades either, so nobody stands still there.",
}
