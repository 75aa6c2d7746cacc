"""The spines of tasks, periods and problems, and the tables behind calls and procedures, on little tables made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from duizhang.contracts.load import load_book
from duizhang.contracts.parameters import config_tables
from duizhang.contracts.subjects import lineage
from duizhang.core.lake import quote_name as q
from duizhang.core.predicate import with_as_of
from duizhang.core.settings import Settings

from tests.unit.test_spines import County

KNOWN = date(2026, 10, 22)


@pytest.fixture
def county(tmp_path: Any) -> County:
    made = County(Settings(home=tmp_path))
    for name, sql in config_tables(made.settings).items():
        made.con.execute(f"CREATE TABLE {q(name)} AS {sql}")
    return made


def derived(county: County, name: str, as_of: str = "2026-10-25") -> list[dict[str, Any]]:
    """Rows of a derived table; those that it reads are made before it."""
    book = load_book(county.settings)
    for one in book.derived:
        if one.name in (name, "走访"):
            lines = "\n".join(line for line in one.sql.splitlines() if not line.lstrip().startswith("--"))
            county.con.execute(f"CREATE OR REPLACE TABLE {q(one.name)} AS {with_as_of(lines, f'''DATE '{as_of}' ''')}")
    result = county.con.execute(f"SELECT * FROM {q(name)}")
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def meet(county: County, kind: str | None, on: date | None, place: str = "990101", known: date = KNOWN) -> None:
    county.add("会商", 登记编号=f"{kind}{on}{place}", 类型=kind, 日期=on, 区划编码=place, _data_date=known)


def test_periods_begin_with_the_register_and_are_due_when_its_date_has_passed_them(county: County) -> None:
    meet(county, "月会商", date(2026, 5, 20))
    meet(county, "月调度", date(2026, 7, 1))
    meet(county, "月会商", date(2026, 8, 3), "990101101")  # a town's
    meet(county, "月会商", date(2026, 9, 30), "990101000000")
    periods = county.spine("period")
    assert sorted(periods) == sorted(f"990101|{term}" for term in ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026年第3季度"))
    held = {term: periods[f"990101|{term}"]["会商_月会商次数"] for term in ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09")}
    assert held == {"2026-05": 1, "2026-06": 0, "2026-07": 1, "2026-08": 0, "2026-09": 1}
    assert all(row["会商_应查"] for row in periods.values())
    assert not any(row["批次_应查"] for row in periods.values())  # no register of arrivals
    later = county.spine("period", "2026-11-20")  # the register ends in the middle of October
    assert (later["990101|2026-10"]["会商_应查"], later["990101|2026-09"]["会商_应查"]) == (False, True)


def test_a_year_is_judged_by_its_last_quarter_and_by_county_or_city(county: County) -> None:
    meet(county, "年度考核评估", date(2024, 9, 30), known=date(2026, 1, 10))
    meet(county, "年度考核评估", date(2025, 10, 1), known=date(2026, 1, 10))
    meet(county, "季度通报", date(2025, 3, 31), "990100", known=date(2026, 1, 10))
    meet(county, None, date(2025, 4, 1), known=date(2026, 1, 10))
    periods = county.spine("period", "2026-01-12")
    assert [periods[f"990101|{year}年"]["会商_年度考核次数"] for year in (2024, 2025)] == [0, 1]
    assert [periods[f"990101|2025年第{n}季度"]["会商_季度调度通报次数"] for n in (1, 2)] == [1, 0]
    assert [periods[f"990101|2025年第{n}季度"]["会商_不明次数"] for n in (1, 2)] == [0, 1]
    assert (periods["990101|2025年"]["期起"], periods["990101|2025年"]["会商_应查"]) == (date(2025, 1, 1), True)


def test_a_month_lacks_the_exports_that_did_not_come(county: County) -> None:
    names = [row[0] for row in county.con.execute("SELECT 数据集 FROM 国家数据集 ORDER BY 1").fetchall()]
    for nth, name in enumerate(names):
        for month in (7, 8):
            state = "拒收" if month == 8 and nth == 0 else "成功"
            row = {"批次号": f"{month}-{nth}", "数据集": name, "数据时点": date(2026, month, 31), "接收时间": date(2026, month + 1, 3)}
            county.add("批次", **row, 状态=state, _data_date=KNOWN)
    county.add("批次", 批次号="x", 数据集="预警", 接收时间=date(2026, 3, 1), 状态="成功", _data_date=KNOWN)
    periods = county.spine("period")
    due = sorted(row["期"] for row in periods.values() if row["批次_应查"] and row["期类"] == "月")
    assert due == ["2026-07", "2026-08", "2026-09"]
    assert (periods["990101|2026-07"]["批次_缺数据集数"], periods["990101|2026-08"]["批次_缺数据集"]) == (0, names[0])
    assert periods["990101|2026-09"]["批次_缺数据集数"] == len(names)


def test_tasks_of_two_years_are_two(county: County) -> None:
    for year in (2025, 2026):
        county.add("节点", 任务编码="PC01", 年度=year, 任务名称="培训", 责任单位="县局", 截止时间=date(year, 3, 25), _data_date=KNOWN)
    tasks = county.spine("task")
    assert set(tasks) == {"990101|2025|PC01|县局", "990101|2026|PC01|县局"}
    assert tasks["990101|2026|PC01|县局"]["节点_登记时点"] == KNOWN


def test_a_problem_knows_what_came_before_and_after_it(county: County) -> None:
    county.add("户", 户编号="1", 户主姓名="张三")
    common = {"规则编码": "MON-026", "对象键": "1", "户编号": "1", "_data_date": KNOWN}
    county.add("问题台账", 问题编号="a", 批次号="P1", 下发日期=date(2026, 8, 10), 复核结果="通过", **common)
    county.add("问题台账", 问题编号="b", 批次号="P2", 下发日期=date(2026, 9, 10), **common)
    county.add("问题台账", 问题编号="c", 批次号="P2", 下发日期=date(2026, 9, 10), **(common | {"对象键": "2", "户编号": "9"}))
    county.add("豁免清单", 规则编码="MON-026", 对象键="1", 生效日期=date(2026, 1, 1), 失效日期=date(2026, 10, 25))
    county.add("豁免清单", 规则编码="MON-026", 对象键="2", 生效日期=date(2026, 10, 26), 失效日期=date(2026, 12, 31))
    found = county.spine("problem")
    first, second, third = (found[f"990101|{name}"] for name in "abc")
    assert (first["最新批次再命中日期"], first["前次通过下发日期"], first["有效豁免条数"]) == (date(2026, 9, 10), None, 1)
    assert (second["前次通过下发日期"], second["_household"], second["_town"]) == (date(2026, 8, 10), "1", "990101100")
    assert (third["有效豁免条数"], third["前次通过下发日期"], third["_household"], third["_town"]) == (0, None, None, "")


def test_a_row_of_the_newest_batch_without_a_date_is_of_that_batch(county: County) -> None:
    county.add("问题台账", 问题编号="a", 批次号="P1", 下发日期=date(2026, 8, 10), 规则编码="MON-026", 对象键="1")
    county.add("问题台账", 问题编号="b", 批次号="P2", 下发日期=date(2026, 9, 10), 规则编码="MON-026", 对象键="2")
    county.add("问题台账", 问题编号="c", 批次号="P2", 规则编码="MON-026", 对象键="1")
    assert county.spine("problem")["990101|a"]["最新批次再命中日期"] == date(2026, 9, 10)


def test_calls_by_month_and_who_signed(county: County) -> None:
    for key in "123":
        county.add("户", 户编号=key, 户主姓名="张三")
    for key, on, signed in (("1", date(2026, 9, 30), "否"), ("1", date(2026, 10, 2), "是"), ("2", date(2006, 9, 1), None), ("2", None, None)):
        county.add("入户", 核查批次=str(on), 户编号=key, 核查日期=on, 是否签署授权委托书=signed, _data_date=KNOWN)
    calls = {row["_household"]: row for row in derived(county, "走访")}
    assert [calls[key]["月份"] for key in "123"] == ["202609、202610", "200609", None]
    assert {row["首次日期"] for row in calls.values()} == {date(2026, 9, 30)}  # not the slip of the pen of 2006
    assert [(calls[key]["无日期条数"], calls[key]["是否签署授权委托书"]) for key in "123"] == [(0, "是"), (1, None), (0, None)]
    for key, on in (("1", date(2026, 9, 1)), ("2", date(2026, 8, 31)), ("3", date(2026, 10, 22)), ("3", date(2026, 10, 23))):
        county.add("linked_程序", _household=key, 程序类型="纳入", 启动日期=on)
    signed = {(row["_household"], row["启动日期"].isoformat()): row["签署"] for row in derived(county, "纳入授权")}
    assert signed == {("1", "2026-09-01"): "是", ("3", "2026-10-22"): None}


def test_operations_meet_procedures_of_their_sort_within_a_month(county: County) -> None:
    for day in (18, 28):
        county.add("linked_风险日志", _household="1", 操作类型="风险再标注", 操作日期=date(2026, 9, day))
    county.add("linked_风险日志", _household="2", 操作类型="风险消除回退", 操作日期=date(2026, 9, 18))
    county.add("linked_程序", _household="1", 程序类型="风险再标注", 启动日期=date(2026, 7, 3), 县级审定日期=date(2026, 8, 14), _ref="p")
    county.add("linked_程序", _household="2", 程序类型="消除回退", 启动日期=date(2026, 10, 3), _ref="p")
    county.add("linked_程序", _household="2", 程序类型="消除回退", 启动日期=date(2026, 7, 3), 县级审定日期=date(2026, 7, 31), _ref="q")
    found = sorted((row["_household"], row["程序数"], row["审定数"]) for row in derived(county, "风险操作"))
    assert found == [("1", 1, 1), ("1", 1, 1), ("2", 1, 0)]


def test_share_of_exemptions_needs_hits_enough(county: County) -> None:
    for rule, hits in (("MON-026", 20), ("MON-029", 19)):
        for n in range(hits):
            county.add("问题台账", 问题编号=f"{rule}{n}", 规则编码=rule, 对象键=str(n))
        county.add("问题台账", 问题编号=f"{rule}again", 规则编码=rule, 对象键="0")
    for n, (since, until) in enumerate(((2026, 2026), (2025, 2025), (2027, 2027))):
        county.add("豁免清单", 规则编码="MON-026", 对象键=str(n), 生效日期=date(since, 1, 1), 失效日期=date(until, 12, 31))
    (only,) = derived(county, "规则豁免率")
    assert (only["规则编码"], only["命中数"], only["有效豁免数"], only["豁免率"]) == ("MON-026", 20, 1, 0.05)


def test_sums_by_place(county: County) -> None:
    for code, name in (("990101100", "甲镇"), ("990101200", "乙镇"), ("990101100201", "东村"), ("990101200201", "西村")):
        level = "村" if len(code) == 12 else "乡"
        county.add("区划", 区划编码=code, 区划名称=name, 级别=level, 状态="有效")
    county.add("户", 户编号="1", 村编码="990101100201")
    county.add("户", 户编号="2", 村编码="990101200201", _town="990101200")
    county.add("人", 人编号="11", 户编号="1")
    county.add("监测", 户编号="2", 识别监测时间=202501)

    def unequal() -> list[tuple[Any, ...]]:
        rows = derived(county, "分级合计")
        return sorted(
            (r["名称"], r["上级户数"], r["下级户数"], r["上级人数"], r["下级人数"]) for r in rows
            if (r["上级户数"], r["上级人数"], r["上级监测户数"]) != (r["下级户数"], r["下级人数"], r["下级监测户数"])
        )

    assert unequal() == []
    county.add("户", 户编号="3", 村编码="990101100201", _town="990101200")  # a village of the other town
    assert unequal() == [("乙镇", 2, 1, 0, 0), ("甲镇", 1, 2, 1, 1)]
    county.con.execute("DELETE FROM 户 WHERE 户编号 = '3'")
    county.add("人", 人编号="91", 户编号="9")  # somebody without a household
    assert unequal() == [("全县", 2, 2, 2, 1)]


HEAD, OTHER, BAD = "99010119700101001X", "990101197201010030", "990101197201010031"


@pytest.mark.parametrize(("number", "name", "member", "untold"), [
    (HEAD, "张三", True, False), (OTHER, "赵六", False, False), (None, "赵六", None, True), (OTHER[:17], "赵六", None, True),
    (OTHER, "李四", None, True),  # a namesake in the household, whose number cannot be compared
    (OTHER, "王五", False, True),  # a namesake on the list of the dead
], ids=["member", "stranger", "no number", "cut number", "namesake at home", "dead namesake"])  # fmt: skip
def test_a_cadre_who_cannot_be_compared_is_not_said_to_be_no_member(
    county: County, number: str | None, name: str, member: bool | None, untold: bool
) -> None:
    county.add("人", 人编号="11", 户编号="1", 姓名="张三", 证件号码=HEAD)
    county.add("人", 人编号="12", 户编号="1", 姓名="李四", 证件号码=BAD)
    county.add("死亡", 姓名="王五", 公民身份号码=BAD)
    county.add("帮扶人", 户编号="1", 帮扶人姓名=name, 帮扶人证件号码=number)
    [row] = derived(county, "帮扶人核对")
    assert (row["本户成员"], row["不明"], row["死亡情况"]) == (member, untold, None)


def test_a_borrower_is_who_has_the_number_whatever_the_household(county: County) -> None:
    county.add("人", 人编号="11", 户编号="1", 姓名="张三", 证件号码=HEAD + "44")  # the number of a disability certificate
    for ref, number in (("a", HEAD), ("b", OTHER)):
        county.add("小贷", 户编号="9", 合同编号=ref, 借款人证件号码=number, 放款日期=date(2026, 3, 1), _ref=ref)
    assert [(row["_person"], row["_ref"]) for row in derived(county, "借款人")] == [("11", "a")]


def test_a_column_stands_on_every_book_that_it_is_made_from(county: County) -> None:
    """Who was paid may have left: without the book of changes nobody can say that the household was not monitored."""
    book = load_book(county.settings)
    assert book.by_table["增减"].feed in lineage(county.settings, book).of("payout", ["赔付时在监测"])
