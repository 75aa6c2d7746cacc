"""拟标注名单 and 易地搬迁: households proposed to be marked 脱贫不享受政策, and the ledger of households moved to new homes.

A clean household on the list has what only people can weigh: standard 8, with the village's deliberation. No clean household of
the national book was moved; the ledger holds other villagers."""

from __future__ import annotations

import random

from duizhang.world.model import Cell, House, Person, Row, Village
from duizhang.world.sectors.base import Book, Form, add

LIST, MOVED = "拟标注名单", "易地搬迁"
STANDARDS = {
    1: "户年人均可支配收入达到所在县农民人均水平", 2: "致贫原因消失且生产生活条件不低于一般农户", 3: "拥有并经常使用高档乘用车",
    4: "在城镇购买商品房", 5: "注册公司企业并雇人经营", 6: "户内或分户子女及配偶为财政供养或国有大中型企业中层以上",
    7: "分户子女家庭注册公司企业雇人且收益较高", 8: "分户子女赡养能力强且条件较好",
}
ENTITLED = "脱贫享受政策"
HEADS = ("市", "县", "乡镇", "村", "户编码", "户主姓名", "证件号码", "脱贫年度", "标注原因")


def reasons(*numbers: int) -> str:
    """标注原因 as annex 2 has it: number and phrase, several cut by ；."""
    return "；".join(f"{n}.{STANDARDS[n]}" for n in numbers)


def list_row(house: House, why: str, note: str | None = None, **other: Cell) -> Row:
    """A row of 拟标注 that says of the household what the national book says."""
    nat = house.nat
    return {
        "市": nat["市"], "县": nat["县"], "乡镇": nat["乡"], "村": nat["村"], "户编码": house.key, "户主姓名": nat["户主姓名"],
        "证件号码": nat["户主证件号码"], "脱贫年度": nat["脱贫年度"], "标注原因": why, "备注": note, **other,
    }


def moved_row(person: Person, way: str = "集中安置", **other: Cell) -> Row:
    """A row of 搬迁 of the head `person`: moved in 2019, the old house pulled down."""
    return {
        "户主姓名": person.name, "户主证件号码": person.number, "安置方式": way, "安置点名称": None if way == "货币化" else "城关安置点",
        "入住日期": "2019-06-20", "旧房拆除日期": "2019-12-05", **other,
    }


def _weak(person: Person) -> bool:
    """Whether an exception could stand in the way."""
    supported = person.nat["享受低保政策情况"] == "农村低保" or person.nat["享受特困供养政策情况"] == "农村特困"
    return supported or person.cert is not None or "患有大病" in str(person.nat["健康状况"])


def _fill_list(rng: random.Random, house: House) -> None:
    if house.nat["享受政策标识"] != ENTITLED or house.monitored or any(_weak(person) for person in house.members):
        return
    if rng.random() < 0.02:
        why = rng.choice(("8", "标准8", STANDARDS[8], reasons(8)))
        house.members[0].books[LIST] = [list_row(house, why, rng.choice((None, "已见面告知")))]


def _others_moved(rng: random.Random, person: Person, village: Village, serial: int) -> None:
    if person.age >= 25 and (serial % 9 == 2 or rng.random() < 0.04):
        way = rng.choice(("集中安置", "集中安置", "分散安置", "货币化"))
        person.books[MOVED] = [moved_row(person, way)]


add(Book(
    feed=LIST, columns=(*HEADS, "备注"),
    form=Form("{county}拟标注脱贫不享受政策人口_{date8}", titles=("拟标注脱贫不享受政策人口报送格式",)), dates=("2026-10-22", "2026-11-14"),
    number="证件号码", name="户主姓名", fill=_fill_list,
))
add(Book(
    feed=MOVED, columns=("户主姓名", "户主证件号码", "安置方式", "安置点名称", "入住日期", "旧房拆除日期"),
    form=Form("{county}易地扶贫搬迁户台账_{date8}", "xls", titles=("{county}易地扶贫搬迁户台账", "填报日期：{date}")),
    dates=("2026-10-15", "2026-11-12"), number="户主证件号码", name="户主姓名", outsider=_others_moved,
))
