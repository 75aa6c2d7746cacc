"""A second transcription of the rules' 判定式 and 空值, made by a reader who had not seen the catalogue: half a.

Each function takes a row of the entry's subject (column → plain value, None where empty) and says True (hit), False (not)
or None (unknown). Read from the rule table alone; where a column is a fact that answers part of a 判定式, its answer counts.
READINGS says where the entry reads the text otherwise and why its reading stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from duizhang.core import functions as f

Row = Mapping[str, Any]
Truth = bool | None
REGISTRY: dict[str, Callable[[Row], Truth]] = {}
SIX = "The ratio is rounded to six decimals before it is compared, so that a ratio just even is not over by a float's noise."
READINGS: dict[str, str] = {
    "AID-001": "Measures of which none has a date of entry are not judged; the text says no more than that the first is not there.",
    "AID-019": "A household without any measure has not booked this one: no record is not an empty cell.",
    "AID-032": "Only poor households and monitored ones are asked: the scope of the public rules that this one was taken from.",
    "FMT-006": "A file without a date of its data is refused whole and told elsewhere, so no row of 疑似 is made of it here.",
    "GAX-003": "A place written in words cannot be compared with the county's code and is not judged.",
    "GAX-011": "A number that fails its own check is no proof of absence: its facts are empty (design §3), PID judges it; who is "
    "in the list of moves alone is asked, too (design §9 names the register and the deaths, the text the moves as well).",
    "GAX-020": "A place of fewer than 12 digits names no village and is not judged.",
    "HHD-004": "The sex of a number that fails its own check is not read.",
    "HLP-007": "What answers what is the entry's own list; a household without any measure has booked none of them; resettlement "
    "is asked only of households identified before 2021 (AID-029 forbids it to later ones).",
    "INC-011": SIX,
    "INC-012": SIX,
    "INC-015": SIX + " An estimate below 0 is not judged either.",
    "INC-031": SIX,
    "JYX-004": "A person whose number cannot be compared with the school's book is not judged, though the text says 命中.",
    "MEM-024": "Nursery school and post-graduates have no grades either, so nobody stands still there.",
}


def rule(function: Callable[[Row], Truth]) -> Callable[[Row], Truth]:
    """Enters `aaa_001` as AAA-001."""
    REGISTRY[function.__name__.upper().replace("_", "-")] = function
    return function


def all_of(*parts: Truth) -> Truth:
    """Kleene AND."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def any_of(*parts: Truth) -> Truth:
    """Kleene OR."""
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


def no(part: Truth) -> Truth:
    """Kleene NOT."""
    return None if part is None else not part


def sure(part: Truth) -> bool:
    """空值=命中 of an atom that should have been so: unknown counts as true."""
    return part is not False


def eq(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a == b


def ne(a: Any, b: Any) -> Truth:
    return no(eq(a, b))


def lt(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a < b


def le(a: Any, b: Any) -> Truth:
    return None if a is None or b is None else a <= b


def gt(a: Any, b: Any) -> Truth:
    return lt(b, a)


def ge(a: Any, b: Any) -> Truth:
    return le(b, a)


def among(a: Any, words: Collection[Any]) -> Truth:
    return None if a is None else a in words


def meets(items: str | None, words: Collection[str]) -> Truth:
    """The multi-valued cell and the words have one in common."""
    return any_of(*(f.has_item(items, word) for word in words))


def exact(value: Any) -> Decimal | None:
    """A figure as it is written, so that 0.1 is a tenth."""
    return None if value is None else Decimal(str(value))


def or_zero(value: Any) -> Decimal:
    return exact(value) or Decimal(0)


def off(a: Decimal | None, b: Decimal | None, by: str) -> Truth:
    """|a − b| > by."""
    return None if a is None or b is None else abs(a - b) > Decimal(by)


def total(r: Row, *names: str) -> Decimal | None:
    """The sum of columns; None where one is empty."""
    values = [exact(r[name]) for name in names]
    return None if any(value is None for value in values) else sum((value for value in values if value is not None), Decimal(0))


def total_or_none(r: Row, *names: str) -> Decimal | None:
    """The sum with an empty column as 0; None where all are empty."""
    return None if all(r[name] is None for name in names) else sum((or_zero(r[name]) for name in names), Decimal(0))


def collected(r: Row, found: Truth) -> Truth:
    """Under 参数.脱贫户年度采集=否 a poor household that is not monitored is passed over; without the parameter nothing runs."""
    if r["参数_脱贫户年度采集"] is None:
        return None
    return found if r["参数_脱贫户年度采集"] != "否" or r["户类型"] != "脱贫户" or r["监测对象类别"] is not None else False


def at_risk(r: Row, *words: str) -> Truth:
    """任一风险=X, with the synonyms of CL-21."""
    return any_of(*(among(r[f"致贫/返贫风险{at}"], words) for at in range(1, 6)))


@rule
def aid_001(r: Row) -> Truth:
    start = r["纳入审定日期"] or f.month_end(r["识别监测时间"])
    due, first = f.add_days(start, 10), r["台账_最早录入"]
    late = any_of(eq(r["台账_措施数"], 0), gt(first, due))
    return all_of(lt(due, r["as_of"]), late)


@rule
def aid_006(r: Row) -> Truth:
    return all_of(at_risk(r, "因残"), sure(no(meets(r["措施_类别"], ("综合保障", "社会帮扶")))))


@rule
def aid_010(r: Row) -> Truth:
    return all_of(eq(r["未参保_识别时"], "是"), sure(no(meets(r["措施_类别"], ("健康帮扶", "社会帮扶")))))


@rule
def aid_019(r: Row) -> Truth:
    return all_of(eq(r["风险是否已消除"], "否"), gt(r["重度残疾证人数"], 0), sure(no(f.has_item(r["措施_项"], "残疾人补贴"))))


@rule
def aid_022(r: Row) -> Truth:
    away = r["务工_县外最晚在外"]
    all_home = lt(away or 0, r["识别监测时间"])  # no spell away, ever: none since then
    return all_of(meets(r["措施_项"], ("劳务输出", "外出务工补贴")), all_home)


@rule
def aid_030(r: Row) -> Truth:
    return all_of(ne(r["户类型"], "脱贫户"), lt(r["台账_最早开始"], r["识别监测时间"]))


@rule
def aid_032(r: Row) -> Truth:
    if any(r[name] is None or r[name] > 0 for name in ("劳动技能空数", "享受低保情况空数", "享受特困情况空数")):
        return None
    without = all_of(gt(r["成员数"], 0), eq(r["无或丧失劳动力数"], r["成员数"]))
    asked = any_of(eq(r["户类型"], "脱贫户"), r["监测对象类别"] is not None)
    return all_of(asked, without, eq(r["享受低保人数"], 0), eq(r["享受特困人数"], 0))


@rule
def aid_033(r: Row) -> Truth:
    return all_of(gt(r["项目_公岗数"], 0), r["项目_公岗缺内容"] is not None)


@rule
def app_004(r: Row) -> Truth:
    return all_of(eq(r["办理状态"], "办结"), any(r[name] is None for name in ("入户核实时间", "核实结论", "办结时间")))


@rule
def app_006(r: Row) -> Truth:
    return all_of(eq(r["核实结论"], "不符合-已解释"), r["反馈时间"] is None)


@rule
def app_010(r: Row) -> Truth:
    return all_of(no(r["户籍_有此号"]), no(r["系统_有此号"]))


def member_has(sure_ones: int | None, *open_ones: int | None) -> Truth:
    """A member has it: some surely; else unknown where some cannot be told."""
    return any_of(gt(sure_ones, 0), *(None if count is None or count > 0 else False for count in open_ones))


@rule
def ccx_002(r: Row) -> Truth:
    return member_has(r["高档轿车人数"], r["价格排量不明人数"], r["机动车_无法比对人数"])


@rule
def ccx_007(r: Row) -> Truth:
    return member_has(r["雇人成员数"], r["从业人数不明成员数"], r["企业_无法比对人数"])


@rule
def clx_001(r: Row) -> Truth:
    return all_of(r["残疾证_有效"], no(f.has_item(r["健康状况"], "残疾")))


@rule
def clx_002(r: Row) -> Truth:
    marked = any_of(f.has_item(r["健康状况"], "残疾"), eq(r["证件类型"], "残疾人证"))
    return all_of(marked, no(r["残疾证_有效"]))


@rule
def clx_008(r: Row) -> Truth:
    severe = all_of(r["残疾证_有效"], among(r["残疾证_等级"], ("一级", "二级")))
    return all_of(severe, no(r["两补_护理补贴"]), no(r["特困_在册"]))


@rule
def edu_003(r: Row) -> Truth:
    return r["在校生状况"] is not None and r["义务教育阶段未上学原因"] is not None


@rule
def fmt_006(r: Row) -> Truth:
    return gt(f.days_between(r["国家系统最早数据日期"], r["国家系统最晚数据日期"]), 3)


@rule
def fmt_011(r: Row) -> Truth:
    now, before = r["本期行数"], r["上期行数"]
    if now is None or before is None:
        return None
    return bool(before >= 100 and abs(now - before) * 10 > before)


@rule
def gax_001(r: Row) -> Truth:
    return all_of(r["死亡_有记录"], le(r["死亡_日期"], r["as_of"]))


@rule
def gax_003(r: Row) -> Truth:
    to = r["迁移_最近现区划"] if re.match("[0-9]{6}", r["迁移_最近现区划"] or "") else None
    away = all_of(r["迁移_有记录"], eq(r["迁移_最近类型"], "迁出"), ne(to and to[:6], r["_county"]))
    return all_of(away, sure(ne(r["入户人_是否共同生活"], "是")))


@rule
def gax_008(r: Row) -> Truth:
    booked = all_of(eq(r["表"], "户籍"), eq(r["户籍_注销状态"], "正常"))
    return all_of(booked, sure(ne(r["入户人_是否共同生活"], "否")))


@rule
def gax_009(r: Row) -> Truth:
    if r["与户主关系"] == "户主":
        return False
    return all_of(ne(r["户籍_户号"], r["户主_户籍_户号"]), sure(ne(r["入户人_是否共同生活"], "是")))


@rule
def gax_011(r: Row) -> Truth:
    if not f.check_passes(r["证件号码"]):
        return None
    return all_of(no(r["户籍_有记录"]), no(r["死亡_有记录"]))


@rule
def gax_012(r: Row) -> Truth:
    return ne(r["民族"], r["户籍_民族"])


@rule
def gax_020(r: Row) -> Truth:
    place = r["户主_户籍地区划"] if len(r["户主_户籍地区划"] or "") >= 12 else None
    return all_of(ne(place and place[:12], r["村编码"]), r["是否易地搬迁户"] != "是")


@rule
def gax_021(r: Row) -> Truth:
    dead = any_of(r["户主_已死亡"], None if sure(r["户主_死亡核不到"]) else False)
    gone = any_of(r["户主_户籍已注销"], None if sure(r["户主_户籍核不到"]) else False)
    return any_of(dead, gone)


@rule
def hhd_001(r: Row) -> Truth:
    return eq(r["户主数"], 0)


@rule
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


@rule
def hhd_014(r: Row) -> Truth:
    kin, sex = r["与户主关系"], r["性别"]
    return any_of(all_of(among(kin, MEN), eq(sex, "女")), all_of(among(kin, WOMEN), eq(sex, "男")))


@rule
def hhd_015(r: Row) -> Truth:
    head = f.full_years(f.number_birth(r["户主_证件号码"]) or r["户主_出生日期"], r["as_of"])
    gap = None if head is None or r["年龄"] is None else r["年龄"] - head
    return all_of(among(r["与户主关系"], ("之父", "之母", "之岳父", "之岳母", "之公公", "之婆婆")), lt(gap, 15))


@rule
def hhd_035(r: Row) -> Truth:
    return all_of(eq(r["户类型"], "脱贫户"), r["致贫原因1"] is None)


@rule
def hhd_039(r: Row) -> Truth:
    if r["经度"] is None or r["纬度"] is None:
        return None
    return all_of(ge(r["同坐标户数"], 5), r["是否易地搬迁户"] != "是")


@rule
def hlp_003(r: Row) -> Truth:
    return gt(r["结对_最多户数"], r["参数_帮扶人结对户数上限"])


def months_later(day: date | None, months: int) -> date | None:
    """The same day of the month `months` later, or that month's last."""
    month = f.add_months(f.month_of(day), months)
    last = f.month_end(month)
    return None if day is None or last is None else last.replace(day=min(day.day, last.day))


@rule
def hlp_006(r: Row) -> Truth:
    if r["参数_一户一策最长未调整月数"] is None:
        return None
    if r["台账_措施数"] == 0:
        return False
    due = months_later(r["台账_最近录入"], int(r["参数_一户一策最长未调整月数"]))
    return all_of(eq(r["风险是否已消除"], "否"), lt(due, r["as_of"]))


@rule
def hlp_007(r: Row) -> Truth:
    def unmatched(people: str, where: str, *words: str) -> Truth:
        return all_of(gt(r[people], 0), sure(no(meets(r[where], words))))

    missing = any_of(
        unmatched("两补_在领人数", "措施_项", "残疾人补贴"),
        unmatched("资助_在享人数", "措施_类别", "义务教育保障", "教育帮扶"),
        unmatched("公岗_在岗人数", "措施_类别", "公益岗位帮扶"),
        unmatched("贷款_未清人数", "措施_类别", "金融帮扶"),
        all_of(unmatched("搬迁_人数", "措施_类别", "搬迁"), lt(r["识别监测时间"], 202101)),
    )
    return all_of(eq(r["风险是否已消除"], "否"), missing)


@rule
def hsw_002(r: Row) -> Truth:
    bad = among(r["危房级别"], ("C级", "D级"))
    found = any_of(all_of(eq(r["是否危房户"], "是"), no(bad)), all_of(eq(r["是否危房户"], "否"), bad))
    return collected(r, found)


@rule
def inc_001(r: Row) -> Truth:
    parts = total_or_none(r, "公益性岗位收入", "其他工资性收入")
    return collected(r, off(exact(r["工资性收入"]), parts, "1"))


@rule
def inc_002(r: Row) -> Truth:
    parts = total_or_none(r, "资产收益扶贫分红收入", "其他财产性收入")
    return collected(r, off(exact(r["财产性收入"]), parts, "1"))


@rule
def inc_003(r: Row) -> Truth:
    names = ("计划生育金", "最低生活保障金", "特困人员救助供养金", "养老金或离退休金", "生态补偿金", "产业奖励", "就业奖励")
    return collected(r, off(exact(r["转移性收入"]), total_or_none(r, *names, "其他转移性收入"), "1"))


FOUR = ("工资性收入", "生产经营性收入", "财产性收入", "转移性收入")


@rule
def inc_004(r: Row) -> Truth:
    return collected(r, off(exact(r["年收入（元）"]), total(r, *FOUR), "1"))


@rule
def inc_005(r: Row) -> Truth:
    spent = exact(r["生产经营性支出（合计）"])
    if spent is None:
        spent = or_zero(r["生产经营性支出"]) - or_zero(r["专项用于减少生产经营性支出的补贴"])
    return collected(r, off(or_zero(r["纯收入（元）"]), sum((or_zero(r[name]) for name in FOUR), Decimal(0)) - spent, "1"))


@rule
def inc_006(r: Row) -> Truth:
    people, whole, each = r["年度家庭人口数"], exact(r["纯收入（元）"]), exact(r["人均纯收入（元）"])
    if not people:
        return collected(r, True)
    known = whole is not None and each is not None
    return collected(r, abs(Fraction(each) - Fraction(whole) / people) > 1 if known else None)  # type: ignore[arg-type]


@rule
def inc_009(r: Row) -> Truth:
    return collected(r, lt(r["人均纯收入（元）"], 4000))


@rule
def inc_010(r: Row) -> Truth:
    return collected(r, gt(r["人均纯收入（元）"], 100000))


def growth(r: Row) -> Fraction | None:
    """d of INC-011; None where last year is empty or not above 0."""
    now, before = exact(r["人均纯收入（元）"]), exact(r["上年户_人均纯收入"])
    if now is None or before is None or before <= 0:
        return None
    return round((Fraction(now) - Fraction(before)) / Fraction(before), 6)


@rule
def inc_011(r: Row) -> Truth:
    return collected(r, lt(growth(r), Fraction(-20, 100)))


@rule
def inc_012(r: Row) -> Truth:
    return collected(r, gt(growth(r), Fraction(50, 100)))


@rule
def inc_015(r: Row) -> Truth:
    if r["参数_收入周期起"] is None or r["参数_收入周期止"] is None or r["务工_推算收入"] is None or r["工资性收入"] is None:
        return None
    guess, wages = or_zero(r["务工_推算收入"]) + or_zero(r["公益性岗位收入"]), or_zero(r["工资性收入"])
    if guess <= 0 or r["务工_无法推算段数"] is None or r["务工_无法推算段数"] > 0:
        return None
    return collected(r, round(abs(Fraction(wages) / Fraction(guess) - 1), 6) > Fraction(1, 2))


@rule
def inc_018(r: Row) -> Truth:
    return collected(r, (or_zero(r["享受特困人数"]) > 0) != (or_zero(r["特困人员救助供养金"]) > 0))


@rule
def inc_025(r: Row) -> Truth:
    return collected(r, any_of(ne(r["计算周期起"], r["参数_收入周期起"]), ne(r["计算周期止"], r["参数_收入周期止"])))


@rule
def inc_026(r: Row) -> Truth:
    found: list[Truth] = []
    for when, base in (("识别时", r["识别监测时间"]), ("消除后", r["消除监测时间"])):
        found.append(ne(r[f"计算周期起_{when}"], f.month_start(f.add_months(base, -12))))
        found.append(ne(r[f"计算周期止_{when}"], f.month_end(f.add_months(base, -1))))
    return any_of(*found)


@rule
def inc_028(r: Row) -> Truth:
    households, round_ones = r["有收入户数"], r["收入整千户数"]
    if households is None or round_ones is None or households < 30:
        return None
    return bool(round_ones * 10 > households * 6)


@rule
def inc_031(r: Row) -> Truth:
    names = ("可比脱贫户纯收入", "可比脱贫户人口数", "可比脱贫户上年纯收入", "可比脱贫户上年人口数")
    figures = [exact(r[name]) for name in (*names, "参数_农民人均可支配收入", "参数_上年_农民人均可支配收入")]
    if r["可比脱贫户数"] is None or r["可比脱贫户数"] == 0 or any(figure is None for figure in figures):
        return None
    now, people, before, people_before, farmers, farmers_before = (Fraction(figure) for figure in figures if figure is not None)
    if 0 in (people, people_before, before, farmers_before):
        return None
    each, each_before = now / people, before / people_before
    return round((each - each_before) / each_before, 6) < round((farmers - farmers_before) / farmers_before, 6)


@rule
def job_001(r: Row) -> Truth:
    return all_of(eq(r["是否已务工"], "是"), r["开始时间"] is None)


@rule
def job_005(r: Row) -> Truth:
    place = r["务工所在地"]
    return any_of(
        gt(r["务工_缺所在县段数"], 0),
        all_of(eq(r["计划_是否计划务工"], "是"), r["计划_务工所在县"] is None),
        place is not None and not any(word in place for word in "县区市旗"),
    )


@rule
def job_007(r: Row) -> Truth:
    return all_of(among(r["享受特困供养政策情况"], ("城市特困", "农村特困")), gt(r["务工_已务工段数"], 0))


@rule
def job_012(r: Row) -> Truth:
    return any_of(gt(r["务工月收入"], 30000), lt(r["务工月收入"], 100))


@rule
def job_016(r: Row) -> Truth:
    return (r["务工所在地"] is not None) != (or_zero(r["务工时间（月）"]) > 0)


@rule
def job_018(r: Row) -> Truth:
    return (r["公益性岗位"] is not None) != (or_zero(r["公益性岗位(月数)"]) > 0)


@rule
def job_023(r: Row) -> Truth:
    return lt(r["在岗务工人数"], r["参数_年度务工任务数"])


@rule
def jyx_001(r: Row) -> Truth:
    return all_of(r["在校生状况"] not in (None, "学龄前儿童"), no(r["学籍_在读"]))


@rule
def jyx_004(r: Row) -> Truth:
    age = f.full_years(r["出生日期"], r["参数_秋季入学基准日"])
    return all_of(ge(age, 6), le(age, 15), no(r["学籍_在读"]), r["在校生状况"] is None)


@rule
def jyx_006(r: Row) -> Truth:
    return all_of(among(r["学籍_状态"], ("休学", "退学", "毕业")), r["在校生状况"] is not None)


@rule
def lon_001(r: Row) -> Truth:
    added = r["小贷_追加笔数"]
    if added is None:
        return None
    over = gt(r["小贷_未清金额"], r["参数_小额信贷追加上限"] if added > 0 else r["参数_小额信贷单户上限"])
    unclear = r["小贷_金额不明笔数"] is None or r["小贷_金额不明笔数"] > 0
    return any_of(over, None) if unclear else over


@rule
def lon_005(r: Row) -> Truth:
    differs = any_of(
        off(exact(r["贷款金额"]), exact(r["银行_贷款金额"]), "1"),
        off(exact(r["贷款余额"]), exact(r["银行_贷款余额"]), "1"),
        ne(r["到期日期"], r["银行_到期日期"]),
    )
    return all_of(eq(r["配对"], "已配对"), differs)


@rule
def lon_007(r: Row) -> Truth:
    return all_of(eq(r["配对"], "已配对"), gt(r["银行_逾期天数"], 0), sure(ne(r["是否逾期"], "是")))


@rule
def med_005(r: Row) -> Truth:
    uninsured = all(r[name] in (None, "否") for name in ("是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险"))
    return all_of(uninsured, eq(r["是否接受医疗救助"], "是"))


@rule
def med_007(r: Row) -> Truth:
    return all_of(eq(r["是否参加城乡居民基本养老保险"], "是"), eq(r["是否参加城镇职工基本养老保险"], "是"))


@rule
def mem_007(r: Row) -> Truth:
    return all_of(lt(r["年龄"], 16), ne(r["劳动技能"], "无劳动力"))


@rule
def mem_015(r: Row) -> Truth:
    return all_of(ge(r["年龄"], 7), eq(r["健康状况"], "健康"), among(r["在校生状况"], ("学龄前儿童", "学前教育")))


STAGES = "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级", "(普通高中|中职).*", "(高职高专|技师学院).*", "本科.*", "硕士研究生及以上"


@rule
def mem_024(r: Row) -> Truth:
    now, before = r["在校生状况"], r["上年人_在校生状况"]
    stage = next((step for step, words in enumerate(STAGES) if re.fullmatch(words, now or "")), None)
    stuck = all_of(eq(now, before), no(among(now, ("小学", "学龄前儿童", "学前教育", "硕士研究生及以上"))))
    return any_of(lt(stage, r["上年人_学段序"]), stuck)


@rule
def mem_030(r: Row) -> Truth:
    return any_of(*(ne(r[name], r[f"上年人_{name}"]) for name in ("民族", "性别", "出生日期")))


@rule
def mon_009(r: Row) -> Truth:
    none_filled = any_of(gt(r["残疾人数"], 0), None if r["健康状况空数"] is None or r["健康状况空数"] > 0 else False)
    return all_of(at_risk(r, "因残"), no(none_filled))


@rule
def mon_013(r: Row) -> Truth:
    able, empty, members = r["普通或技能劳动力数"], r["劳动技能空数"], r["成员数"]
    if able is None or empty is None or members is None:
        every: Truth = None
    elif able + empty < members or members == 0:
        every = False
    else:
        every = None if empty > 0 else able == members
    return all_of(eq(r["风险是否已消除"], "否"), at_risk(r, "缺劳动力", "因缺劳动力"), every)


@rule
def mon_015(r: Row) -> Truth:
    able, empty, members = r["普通或技能劳动力数"], r["劳动技能空数"], r["成员数"]
    if able is None or empty is None or members is None:
        half: Truth = None
    else:
        half = True if able * 2 >= members else None if (able + empty) * 2 >= members else False
    risk = at_risk(r, "缺劳动力", "因缺劳动力")
    return all_of(eq(r["风险是否已消除"], "否"), ge(members, 4), half, risk)
