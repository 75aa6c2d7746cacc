"""The spines of sql/subjects/ on little tables made by hand: one county, made-up people."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from duizhang.assemble.views import literal_as_of
from duizhang.contracts.load import load_book
from duizhang.contracts.subjects import load_spines
from duizhang.contracts.types import LINKED, PLACED, table_types
from duizhang.core.lake import functions_sql
from duizhang.core.lake import quote_name as q
from duizhang.core.settings import Settings

PLACE = {"_county": "990101", "_town": "990101100", "_town_name": "甲镇", "_village_name": "东村"}
HEAD, SECOND_HEAD, SPOUSE = "99010119700101001X", "990101199001010013", "990101197201010030"
LINES = {(2024, 8000.0), (2026, 9000.0)}


class County:
    """Empty tables of every contract, to be filled row by row."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.con = duckdb.connect(":memory:")
        self.con.execute(functions_sql(settings))
        carried: dict[str, str] = {}
        book = load_book(settings)
        for contract in book.contracts:
            for table in contract.tables:
                types = table_types(contract, table)
                self._create(table, types | PLACED)
                self._create(f"linked_{table}", types | PLACED | LINKED)
            for case in contract.cases.values():
                types = table_types(contract, case.table)
                carried |= {name: types[source] for name, source in case.columns.items()}
        self._create("case_rows", dict.fromkeys(("表", "_ref", "_idkey", "_name", "_household"), "VARCHAR") | carried)

    def _create(self, name: str, types: dict[str, str]) -> None:
        self.con.execute(f"CREATE TABLE {q(name)} ({', '.join(f'{q(c)} {t}' for c, t in types.items())})")

    def add(self, table: str, **row: Any) -> None:
        row = ({} if table == "case_rows" else PLACE) | {"_ref": f"{table}:1"} | row
        marks = ", ".join("?" * len(row))
        self.con.execute(f"INSERT INTO {q(table)} ({', '.join(map(q, row))}) VALUES ({marks})", list(row.values()))

    def spine(self, subject: str, as_of: str = "2026-10-25") -> dict[str, dict[str, Any]]:
        result = self.con.execute(literal_as_of(load_spines(self.settings)[subject].sql, as_of))
        names = [column[0] for column in result.description or ()]
        assert len(set(names)) == len(names), "a column is given twice"
        rows = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
        found = {row["_key"]: row for row in rows}
        assert len(found) == len(rows), "a key is given twice"
        return found


@pytest.fixture
def county(tmp_path: Any) -> County:
    made = County(Settings(home=tmp_path))
    made.add("户", 户编号="1", 户主姓名="张三", 户主证件号码=HEAD, 户类型="脱贫户", 监测对象类别="脱贫不稳定户", 村编码="990101100201")
    made.add("户", 户编号="2", 户主姓名="李四", 户类型="一般农户", 村编码="990101100999")
    made.add("人", 人编号="10", 户编号="1", 姓名="张小", 证件号码=SECOND_HEAD, 与户主关系="户主")
    made.add("人", 人编号="11", 户编号="1", 姓名="张三", 证件号码=HEAD, 性别="男", 与户主关系="户主")
    made.add("人", 人编号="12", 户编号="1", 姓名="王五", 证件号码=SPOUSE, 与户主关系="配偶")
    made.add("人", 人编号="21", 户编号="2", 姓名="李 四", 证件号码="99010119751026002X44", 与户主关系="户主")
    made.add("人", 人编号="22", 户编号="2", 姓名="李四", 证件号码="99010119751026002x", 与户主关系="其他")
    made.add("人", 人编号="23", 户编号="2", 姓名="赵六", 证件号码="9901**********004X", 出生日期=date(2010, 10, 26), 与户主关系="之子")
    made.add("监测", 户编号="1", 识别监测时间=202301, 风险是否已消除="是", 消除监测时间=202405, _ref="m1")
    made.add("监测", 户编号="1", 识别监测时间=202501, 风险是否已消除="否", _ref="m2")
    made.add("监测", 户编号="2", 风险是否已消除="是", _ref="m3")
    for year, line in LINES:
        made.add("参数", 县编码="990101", 年度=year, 监测范围线=line)
        made.add("参数", 县编码="990102", 年度=year, 监测范围线=1.0)
    return made


def test_person_has_head_age_and_duplicates(county: County) -> None:
    people = county.spine("person")
    assert people["12"]["户主_证件号码"] == HEAD  # not the second head, though it comes first
    assert people["12"]["风险是否已消除"] == "否"  # the latest record, not the first
    assert (people["21"]["同号行数"], people["21"]["同号户数"], people["21"]["同号姓名数"]) == (2, 1, 1)
    assert people["21"]["年龄"] == 50  # a day before the birthday
    assert county.spine("person", "2026-10-26")["21"]["年龄"] == 51
    assert people["23"]["同号行数"] is None and people["23"]["_idkey"] is None
    assert people["23"]["年龄"] == 15  # by the booked birth date: the number is masked


def test_household_has_income_guarantees_and_monitoring(county: County) -> None:
    county.add("收入", 户编号="1", 收入时点="年度", **{"纯收入（元）": 1000.0})
    county.add("收入", 户编号="1", 收入时点="识别时", **{"纯收入（元）": 1.0})
    county.add("保障", 户编号="1", 时点="识别时", 是否住房损毁="是")
    county.add("保障", 户编号="1", 时点="风险消除后")
    houses = county.spine("household")
    assert houses["1"]["纯收入（元）"] == 1000.0
    assert (houses["1"]["是否住房损毁"], houses["1"]["保障时点"]) == ("是", "识别时")  # nothing booked after elimination
    county.con.execute("UPDATE 保障 SET 是否住房损毁 = '否' WHERE 时点 = '风险消除后'")
    assert county.spine("household")["1"]["是否住房损毁"] == "否"
    assert (houses["1"]["监测记录数"], houses["1"]["未消除监测数"], houses["2"]["未消除监测数"]) == (2, 1, 0)
    assert (houses["1"]["户主_证件号码"], houses["1"]["配偶_证件号码"], houses["2"]["配偶_证件号码"]) == (HEAD, SPOUSE, None)


def test_spouse_of_the_heads_sex_is_shown_first(county: County) -> None:
    county.add("人", 人编号="13", 户编号="1", 姓名="孙七", 证件号码="990101197301010017", 与户主关系="配偶")
    county.con.execute("UPDATE 人 SET 证件号码 = '990101197201010022' WHERE 人编号 = '12'")
    assert county.spine("household")["1"]["配偶_证件号码"] == "990101197301010017"


def test_monitoring_has_figures_of_both_times_and_the_line_of_its_year(county: County) -> None:
    county.add("收入", 户编号="1", 收入时点="识别时", 工资性收入=10.0)
    county.add("收入", 户编号="1", 收入时点="风险消除后", 工资性收入=20.0)
    records = county.spine("monitoring")
    assert set(records) == {"1|202301", "1|202501", "2|"}
    assert (records["1|202301"]["工资性收入_识别时"], records["1|202301"]["工资性收入_消除后"]) == (10.0, 20.0)
    assert records["1|202301"]["参数_监测范围线_消除当年"] == 8000.0
    assert records["1|202501"]["参数_监测范围线_消除当年"] == 9000.0  # not eliminated: this year's line stands in


def test_village_takes_the_version_in_force_and_counts_households(county: County) -> None:
    county.add("区划", 区划编码="990101100", 区划名称="甲镇", 级别="乡", 状态="有效", 生效日期=date(2020, 1, 1))
    for name, state, successor, since in (
        ("东村", "有效", None, date(2020, 1, 1)), ("东村", "合并", "990101100202", date(2026, 6, 1)), ("东村", "撤销", None, date(2027, 1, 1)),
    ):  # fmt: skip
        county.add("区划", 区划编码="990101100201", 区划名称=name, 级别="村", 状态=state, 合并去向编码=successor, 生效日期=since)
    county.add("区划", 区划编码="990101100202", 区划名称="新村", 级别="村", 状态="有效", 生效日期=date(2026, 6, 1))
    county.add("区划", 区划编码="990102100201", 区划名称="外村", 级别="村", 状态="有效", 生效日期=date(2020, 1, 1))
    villages = county.spine("village")
    assert set(villages) == {"990101100201", "990101100202"}  # not the other county's
    east = villages["990101100201"]
    assert (east["状态"], east["挂户数"], east["合并去向名称"], east["_town_name"]) == ("合并", 1, "新村", "甲镇")
    houses = county.spine("household")
    assert (houses["1"]["村编码_状态"], houses["2"]["村编码_名称"]) == ("合并", None)


def test_case_is_placed_and_carries_the_newest_visit(county: County) -> None:
    number = "990101201001010011"
    county.add("入户人", 核查批次="2026-09", 户编号="1", 证件号码=number, 是否共同生活="是")
    county.add("入户人", 核查批次="2026-10", 户编号="1", 证件号码=number, 是否共同生活="否")
    county.add("case_rows", 表="户籍", _idkey=number, _name="张新", _household="1", _ref="b")
    county.add("case_rows", 表="户籍", _idkey=number, _name="张新", _household="1", _ref="a")
    cases = county.spine("case")
    assert set(cases) == {f"户籍|{number}|1"}
    assert (cases[f"户籍|{number}|1"]["入户人_是否共同生活"], cases[f"户籍|{number}|1"]["_town"]) == ("否", "990101100")


def test_work_spell_knows_what_stands_before_it_and_its_share_of_the_income_year(county: County) -> None:
    county.con.execute("UPDATE 参数 SET 收入周期起 = DATE '2025-10-01', 收入周期止 = DATE '2026-09-30' WHERE 县编码 = '990101' AND 年度 = 2026")
    for start, end, mark in ((202603, None, "c"), (202501, 202512, "a"), (None, None, "z"), (202603, 202604, "b")):
        county.add("务工", 人编号="11", 户编号="1", 开始时间=start, 结束时间=end, 是否已务工="是", _ref=mark)
    county.add("务工", 人编号="99", 户编号="9", 开始时间=202601, 是否已务工="是")  # nobody of the national book
    spells = county.spine("work_spell")
    assert set(spells) == {"11||1", "11|202501|1", "11|202603|1", "11|202603|2"}
    assert spells["11|202603|1"]["来源_务工"] == "b"  # of two that begin together the one that ended comes first
    assert [spells[key]["周期内月数"] for key in ("11||1", "11|202501|1", "11|202603|1", "11|202603|2")] == [None, 3, 2, 7]
    assert (spells["11|202603|1"]["前段_开始时间"], spells["11|202603|1"]["前段_结束时间"]) == (202501, 202512)
    assert (spells["11|202603|2"]["段序"], spells["11|202603|2"]["_household"], spells["11|202603|2"]["_village"]) == (4, "1", "990101100201")
    assert county.spine("work_spell", "2026-04-10")["11|202603|2"]["周期内月数"] == 2  # no month that has not been


OUTLINE = ((104.0, 25.0), (104.4, 25.0), (104.4, 25.15), (104.3, 25.2), (104.4, 25.25), (104.4, 25.4), (104.0, 25.4))  # a notch in the east


def _outside(county: County, at: tuple[float, float], system: str | None = "CGCS2000") -> float | None:
    county.con.execute("DELETE FROM 户")
    county.add("户", 户编号="1", 经度=at[0], 纬度=at[1], 坐标系=system)
    distance: float | None = county.spine("household")["1"]["离县界米"]
    return distance


def _boundary(county: County, code: str, shift: float = 0.0, system: str = "CGCS2000", part: int | None = None, start: int = 0) -> None:
    for nth, (east, north) in enumerate(OUTLINE):
        county.add("县界", 县编码=code, 坐标系=system, 部件序号=part, 顶点序号=start + nth, 经度=east + shift, 纬度=north)


def test_distance_to_the_outside_of_the_county(county: County) -> None:
    """In metres, 0 inside; a notch is outside; a neighbour's boundary, of which the city's book has a row, does not count."""
    _boundary(county, "990101")
    _boundary(county, "990102", shift=0.5)
    assert _outside(county, (104.1, 25.1)) == 0
    assert _outside(county, (104.5, 25.05)) == pytest.approx(0.1 * 111_320 * 0.90594, rel=1e-3)  # cos(25.05°) = 0.90594
    assert _outside(county, (104.2, 24.9)) == pytest.approx(0.1 * 110_574, rel=1e-3)
    assert 2_000 < (_outside(county, (104.39, 25.2)) or 0) < 9_000
    _boundary(county, "990101", shift=1.0, part=2, start=100)  # an exclave
    assert _outside(county, (105.1, 25.1)) == 0


def test_no_distance_across_systems_or_without_a_sound_boundary(county: County) -> None:
    assert _outside(county, (104.1, 25.1)) is None
    _boundary(county, "990101", system="GCJ-02")
    assert _outside(county, (104.1, 25.1)) is None
    assert _outside(county, (104.1, 25.1), None) is None
    assert _outside(county, (204.1, 25.1), "GCJ-02") is None
    assert _outside(county, (104.1, 25.1), "GCJ-02") == 0
    county.add("县界", 县编码="990101", 坐标系="GCJ-02", 顶点序号=50, 经度=None, 纬度=25.0)  # a vertex that cannot be read
    assert _outside(county, (104.1, 25.1), "GCJ-02") is None


def test_a_member_of_no_household_is_told(county: County) -> None:
    county.add("人", 人编号="31", 户编号="9", 姓名="孙七", 与户主关系="户主")
    found = county.spine("person")
    assert (found["10"]["户_有记录"], found["31"]["户_有记录"]) == (True, False)


def test_case_of_a_recorded_leaver_carries_the_last_change_and_what_the_police_say(county: County) -> None:
    dead, doubtful = "990101193501010018", "990101193601010015"
    for nth, (number, name) in enumerate(((dead, "张故"), (doubtful, "张疑"))):
        county.add("户籍", _ref=f"k{nth}", 公民身份号码=number, 姓名=name, 户号="0100001", 注销状态="正常", 户籍地区划="990101100201")
        county.add("case_rows", 表="增减", _idkey=number, _household="1", _ref="b", 增减_变动日期=date(2024, 1, 5), 增减_变动原因="死亡")
        county.add("case_rows", 表="增减", _idkey=number, _household="1", _ref="a", 增减_变动日期=date(2020, 1, 5), 增减_变动原因="婚出")
    county.add("死亡", 公民身份号码="9901**********0015", 姓名="张疑", 死亡日期=date(2024, 1, 4))  # may be the second, or a namesake
    county.add("迁移", 公民身份号码=dead, 迁移类型="迁入", 迁移日期=date(2019, 3, 1), _ref="q1")
    county.add("迁移", 公民身份号码=dead, 迁移类型="迁出", 迁移日期=date(2018, 3, 1), _ref="q2")
    cases = county.spine("case")
    first, second = cases[f"增减|{dead}|1"], cases[f"增减|{doubtful}|1"]
    assert (first["增减_变动原因"], first["户籍_现状态"], first["户籍_现户号"], first["迁移_最近类型"]) == ("死亡", "正常", "0100001", "迁入")
    assert (first["死亡_有记录"], second["死亡_有记录"]) == (False, None), "of a namesake with a masked number nothing can be said"
    assert first["_name"] == "张故", "a book without names takes the register's"


def test_household_counts_changes_entered_late_of_those_who_left_too(county: County) -> None:
    def change(home: str, person: str, entered: date | None) -> None:
        county.add("增减", 户编号=home, 人编号=person, 变动类型="减少", 变动日期=date(2026, 1, 1), 录入日期=entered)

    change("1", "101", date(2026, 1, 31))  # thirty days
    change("1", "102", date(2026, 2, 1))
    change("2", "201", None)
    houses = county.spine("household")
    assert (houses["1"]["增减_超期笔数"], houses["1"]["增减_最长天数"], houses["1"]["增减_超期明细"]) == (1, 31, "102 减少 2026-01-01")
    assert houses["2"]["增减_超期笔数"] is None, "a change without its date may be late"


def test_villages_that_only_the_civil_affairs_have_and_villages_of_one_name(county: County) -> None:
    def civil(code: str, status: str, since: date) -> None:
        county.add("民政区划", 区划编码=code, 区划名称="清村", 级别="村", 状态=status, 生效日期=since)

    for code, name in (("990101100211", "北坡村"), ("990101100212", "北坡村民委员会"), ("990101100213", "北坡")):
        status = "撤销" if code.endswith("3") else "有效"
        county.add("区划", 区划编码=code, 区划名称=name, 级别="村", 上级编码="990101100", 状态=status, 生效日期=date(2021, 1, 1))
    civil("990101100211", "有效", date(2021, 1, 1))
    civil("990101100211", "合并", date(2026, 8, 1))
    civil("990101100211", "有效", date(2027, 1, 1))  # not yet
    civil("990101100299", "有效", date(2021, 1, 1))
    civil("990101100298", "撤销", date(2021, 1, 1))
    civil("990102100299", "有效", date(2021, 1, 1))  # another county's
    villages = county.spine("village")
    assert (villages["990101100299"]["状态"], villages["990101100299"]["民政_状态"], villages["990101100299"]["_town"]) == (None, "有效", "990101100")
    assert not {"990101100298", "990102100299"} & set(villages)
    assert villages["990101100211"]["民政_状态"] == "合并"
    assert [villages[f"99010110021{n}"]["同乡同名村数"] for n in (1, 2, 3)] == [2, 2, None]
