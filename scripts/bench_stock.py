"""Catalogue rules as someone would write them with the expectations that GX ships, for pandas; and as SQL for PostgreSQL.

A rule becomes one or more stock expectations whose unexpected counts add up to its hits: where a rule says OR, the
later parts look only at rows that the earlier ones let pass. NULL counts in none of them, as in SQL. What a rule
needs to be covered (its feeds and parameters) is put in front of every row condition by `bench_suite`.
Rules that need a function of the predicate language (ages, months, check digits, names) have no stock counterpart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Stock:
    """One stock expectation: its class in `gx.expectations`, its arguments, its row conditions (pandas query texts)."""

    kind: str
    arguments: dict[str, Any]
    conditions: tuple[str, ...] = field(default=())


def filled(column: str, *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToNotBeNull", {"column": column}, conditions)


def empty(column: str, *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToBeNull", {"column": column}, conditions)


def one_of(column: str, values: list[Any], *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToBeInSet", {"column": column, "value_set": values}, conditions)


def none_of(column: str, values: list[Any], *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToNotBeInSet", {"column": column, "value_set": values}, conditions)


def between(column: str, low: Any, high: Any, *conditions: str, above: bool = False) -> Stock:
    """`above`: greater than `low`, not equal to it."""
    return Stock("ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high, "strict_min": above}, conditions)


def like(column: str, regex: str, *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToMatchRegex", {"column": column, "regex": regex}, conditions)


def unlike(column: str, regex: str, *conditions: str) -> Stock:
    return Stock("ExpectColumnValuesToNotMatchRegex", {"column": column, "regex": regex}, conditions)


def length(column: str, value: int, *conditions: str) -> Stock:
    return Stock("ExpectColumnValueLengthsToEqual", {"column": column, "value": value}, conditions)


def same(one: str, other: str, *conditions: str) -> Stock:
    return Stock("ExpectColumnPairValuesToBeEqual", {"column_A": one, "column_B": other, "ignore_row_if": "either_value_is_missing"}, conditions)


def at_least(one: str, other: str, *conditions: str) -> Stock:
    arguments = {"column_A": one, "column_B": other, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
    return Stock("ExpectColumnPairValuesAToBeGreaterThanB", arguments, conditions)


def has(column: str) -> str:
    return f"`{column}`.notnull()"


def lacks(column: str) -> str:
    return f"`{column}`.isnull()"


def eq(column: str, value: Any) -> str:
    return f"`{column}` == {value!r}"


def differs(column: str, value: Any) -> str:
    """IS DISTINCT FROM."""
    return f"({lacks(column)} or `{column}` != {value!r})"


def isin(column: str, *values: Any) -> str:
    return f"`{column}`.isin({list(values)!r})"


def item(column: str, word: str) -> str:
    """含: `word` is one of the 、-joined items of the column."""
    return f"`{column}`.str.contains('(?:^|、){word}(?:、|$)', na=False)"


def any_lacks(columns: list[str], *conditions: str) -> list[Stock]:
    """One expectation a column, each on the rows whose earlier columns are filled."""
    return [filled(column, *conditions, *map(has, columns[:at])) for at, column in enumerate(columns)]


RISKS = [f"致贫/返贫风险{n}" for n in range(1, 6)]
LOW = ("城市低保", "农村低保")
MALE = ["之子", "之女婿", "之孙子", "之外孙子", "之父", "之岳父", "之公公", "之祖父", "之外祖父", "之曾孙子", "之侄儿", "之叔伯"]
FEMALE = ["之女", "之儿媳", "之孙女", "之外孙女", "之母", "之岳母", "之婆婆", "之祖母", "之外祖母", "之曾孙女", "之侄女", "之兄弟媳妇"]
RESIDENT, WORKER = "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险"
COLLECTED = f"({eq('参数_脱贫户年度采集', '是')} or {differs('户类型', '脱贫户')} or {has('监测对象类别')})"
LAND = ["耕地面积（亩）", "林地面积（亩）", "退耕还林面积（亩）", "林果面积（亩）", "牧草地面积", "水面面积"]
MONEY = ["工资性收入", "生产经营性收入", "生产经营性支出", "财产性收入", "转移性收入", "纯收入（元）", "人均纯收入（元）"]
CANCELLED = ("注销", "过期", "冻结")
DISABLED = f"({item('健康状况', '残疾')} or {eq('证件类型', '残疾人证')})"


def _uninsured(*conditions: str) -> list[Stock]:
    no_resident = f"({lacks(RESIDENT)} or {eq(RESIDENT, '否')})"
    return [filled(WORKER, no_resident, *conditions), none_of(WORKER, ["否"], no_resident, *conditions)]


def _nothing(column: str, *conditions: str) -> list[Stock]:
    """coalesce(column, 0) = 0."""
    return [filled(column, *conditions), none_of(column, [0], *conditions)]


def rules(as_of: Any) -> dict[str, list[Stock]]:
    """Code → stock expectations. `as_of`: a pandas Timestamp."""
    month = as_of.year * 100 + as_of.month
    eliminated, ended, began = eq("风险是否已消除", "是"), "消除监测时间", "识别监测时间"
    return {
        "PID-001": [filled("证件号码")],
        "PID-008": [unlike("证件号码", "^[0-9]{15}$")],
        "PID-010": [between("同号行数", None, 1)],
        "HHD-013": [filled("与户主关系")],
        "HHD-014": [none_of("与户主关系", MALE, eq("性别", "女")), none_of("与户主关系", FEMALE, eq("性别", "男"))],
        "MEM-001": [filled("民族")],
        "MEM-002": [filled("健康状况")],
        "MEM-003": [filled("劳动技能")],
        "MEM-004": [filled("文化程度", lacks("在校生状况"), lacks("义务教育阶段未上学原因"))],
        "MEM-005": [empty("在校生状况", has("文化程度"))],
        "MEM-007": [one_of("劳动技能", ["无劳动力"], "`年龄` < 16")],
        "MEM-008": [none_of("劳动技能", ["普通劳动力", "技能劳动力"], "`年龄` >= 60")],
        "MEM-009": [none_of("劳动技能", ["无劳动力", "丧失劳动力"], "`年龄` >= 16", "`年龄` < 60", eq("健康状况", "健康"), lacks("在校生状况"))],
        "MEM-016": [between("年龄", 6, 14, eq("在校生状况", "小学"))],
        "MEM-017": [between("年龄", 12, 17, isin("在校生状况", "七年级", "八年级", "九年级"))],
        "MEM-025": [between("年龄", 18, None, isin("政治面貌", "中共党员", "中共预备党员")), between("年龄", 14, 28, eq("政治面貌", "共青团员"))],
        "EDU-002": [none_of("健康状况", ["健康"], isin("义务教育阶段未上学原因", "因病", "因残"))],
        "EDU-003": [empty("义务教育阶段未上学原因", has("在校生状况"))],
        "MED-001": _uninsured(),
        "MED-002": [none_of(WORKER, ["是"], eq(RESIDENT, "是"))],
        "MED-003": [filled("是否参加大病保险")],
        "MED-005": _uninsured(eq("是否接受医疗救助", "是")),
        "GAX-001": [between("死亡_日期", as_of, None, eq("死亡_有记录", True), above=True)],
        "GAX-002": [one_of("户籍_注销状态", ["正常", "死亡"], eq("户籍_有记录", True))],
        "GAX-012": [same("民族", "户籍_民族", eq("户籍_有记录", True))],
        "GAX-013": [same("性别", "户籍_性别", eq("户籍_有记录", True))],
        "GAX-022": [between("同号户数", None, 1)],
        "CLX-001": [like("健康状况", "(?:^|、)残疾(?:、|$)", eq("残疾证_有效", True))],
        "CLX-002": [none_of("残疾证_有效", [False], DISABLED)],
        "CLX-005": [one_of("证件类型", ["残疾人证"], eq("残疾证_有效", True))],
        "CLX-006": [
            none_of("残疾证_状态", list(CANCELLED), eq("残疾证_有记录", True), DISABLED),
            between("残疾证_有效期至", as_of, None, eq("残疾证_有记录", True), DISABLED, f"not {isin('残疾证_状态', *CANCELLED)}"),
        ],
        "MZX-002": [none_of("低保_在享", [False], isin("享受低保政策情况", *LOW))],
        "MZX-003": [same("享受低保政策情况", "低保_类型", eq("低保_在享", True), isin("享受低保政策情况", *LOW))],
        "JYX-001": [none_of("学籍_在读", [False], has("在校生状况"), "`在校生状况` != '学龄前儿童'")],
        "JYX-002": [filled("在校生状况", eq("学籍_在读", True))],
        "JYX-003": [same("在校生状况", "学籍_对应在校状况", eq("学籍_在读", True), "not `在校生状况`.str.contains('^技师学院', na=False)")],
        "JYX-006": [none_of("学籍_状态", ["休学", "退学", "毕业"], has("在校生状况"))],
        "YBX-001": [none_of("参保_正常", [False], f"({eq(RESIDENT, '是')} or {eq(WORKER, '是')})")],
        "YBX-002": _uninsured(eq("参保_正常", True)),
        "YBX-004": [none_of("参保_居民", [True], eq("参保_职工", True), f"({lacks('参保_正常')} or {eq('参保_正常', True)})")],
        "YBX-005": [none_of("参保_资助金额", [0], has("监测对象类别"), eq("风险是否已消除", "否"))],
        "SUR-003": [
            filled("入户人_未共同生活原因", eq("入户人_是否共同生活", "否")),
            one_of("入户人_未共同生活原因", ["就学", "务工", "参军", "住院"], eq("入户人_是否共同生活", "否")),
        ],
        "SUR-005": [same("入户人_实际在校状况", "在校生状况")],
        "SUR-007": [same("入户人_实际劳动能力", "劳动技能")],
        "HHD-001": [none_of("户主数", [0])],
        "HHD-002": [between("户主数", None, 1)],
        "HHD-003": [between("配偶数", None, 1)],
        "HHD-005": [same("当前家庭人口数", "成员数")],
        "HHD-009": [filled("户联系电话"), length("户联系电话", 11)],
        "HHD-021": [between("耕地面积（亩）", 0, 100)],
        "HHD-027": any_lacks(LAND, COLLECTED),
        "HHD-030": [filled("住房面积", COLLECTED), between("住房面积", 0, None, COLLECTED, above=True)],
        "HHD-037": any_lacks(["经度", "纬度"], has("监测对象类别")),
        "HSW-001": [filled("是否危房户", COLLECTED)],
        "HSW-002": [
            one_of("危房级别", ["C级", "D级"], COLLECTED, eq("是否危房户", "是")),
            none_of("危房级别", ["C级", "D级"], COLLECTED, eq("是否危房户", "否")),
        ],
        "INC-008": any_lacks(MONEY, COLLECTED),
        "INC-009": [between("人均纯收入（元）", 4000, None, COLLECTED)],
        "INC-016": _nothing("最低生活保障金", COLLECTED, "`享受低保人数` > 0"),
        "INC-024": _nothing("生产经营性支出", COLLECTED, "`生产经营性收入` > 2000"),
        "MON-047": [at_least("人均纯收入（元）", "参数_监测范围线", COLLECTED, eq("未消除监测数", 0))],
        "MON-048": [filled("监测对象类别", eq("是否危房户", "是"))],
        "REG-005": [filled("村编码_名称", has("村编码"))],
        "SUR-001": [none_of("入户_已核查", [False])],
        "SUR-013": [same("入户_家庭人口数", "当前家庭人口数")],
        "SUR-017": [none_of("入户_核查结论", ["无风险", "信息无误"], eq("入户_是否有风险隐患", "是"))],
        "SUR-027": [filled("入户_核查结论", eq("入户_已核查", True))],
        "SUR-028": [
            one_of("入户_对象类型", ["监测对象（未消除）"], eq("入户_已核查", True), isin("入户_核查结论", "建议风险消除", "继续监测")),
            one_of("入户_对象类型", ["监测对象（已消除）"], eq("入户_已核查", True), eq("入户_核查结论", "建议消除回退")),
            one_of("入户_对象类型", ["一般农户", "脱贫户（未监测）"], eq("入户_已核查", True), eq("入户_核查结论", "建议按程序纳入监测管理")),
        ],
        "MON-001": [filled(RISKS[0], has("监测对象类别"))],
        "MON-005": [
            one_of("户类型", ["脱贫户"], eq("监测对象类别", "脱贫不稳定户")),
            none_of("户类型", ["脱贫户"], eq("监测对象类别", "边缘易致贫户")),
        ],
        "MON-007": [filled("风险其他备注", "(" + " or ".join(eq(risk, "其他") for risk in RISKS) + ")")],
        "MON-032": [none_of("失学辍学_消除后", ["是"], eliminated)],
        "MON-033": [none_of("是否危房户", ["是"], eliminated), none_of("住房损毁_消除后", ["是"], eliminated, differs("是否危房户", "是"))],
        "MON-036": [at_least("人均纯收入_消除后", "参数_监测范围线_消除当年", eq("风险消除方式", "帮扶消除"), has(ended))],
        "MON-037": [at_least(ended, began), between(ended, None, month, f"({lacks(began)} or `{ended}` >= `{began}`)")],
        "MON-038": [filled(ended, eliminated), filled("风险消除方式", eliminated, has(ended)), empty(ended, eq("风险是否已消除", "否"))],
        "MON-045": any_lacks(["监测联系人", "监测联系人电话"], eliminated),
    }


_ANNUAL = "(参数_脱贫户年度采集 = '是' OR 户类型 IS DISTINCT FROM '脱贫户' OR 监测对象类别 IS NOT NULL)"

# What DuckDB says and PostgreSQL does not: round of a double to places, regexp_matches as a condition. Hits, by hand.
POSTGRES = {
    "INC-001": f"""{_ANNUAL} AND CASE WHEN 公益性岗位收入 IS NOT NULL OR 其他工资性收入 IS NOT NULL
        THEN round(abs(工资性收入 - (coalesce(公益性岗位收入, 0) + coalesce(其他工资性收入, 0)))::numeric, 2) > 1 END""",
    "INC-004": f"""{_ANNUAL} AND round(abs("年收入（元）" - (工资性收入 + 生产经营性收入 + 财产性收入 + 转移性收入))::numeric, 2) > 1""",
    "INC-005": f"""{_ANNUAL} AND round(abs(coalesce("纯收入（元）", 0)
        - (coalesce(工资性收入, 0) + coalesce(生产经营性收入, 0) + coalesce(财产性收入, 0) + coalesce(转移性收入, 0)
        - coalesce("生产经营性支出（合计）", coalesce(生产经营性支出, 0) - coalesce(专项用于减少生产经营性支出的补贴, 0))))::numeric, 2) > 1""",
    "JYX-003": "学籍_在读 AND 在校生状况 !~ '^技师学院' AND 在校生状况 <> 学籍_对应在校状况",
}
