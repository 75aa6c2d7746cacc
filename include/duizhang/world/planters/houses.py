"""Planters of HHD (kinship, telephones, land, position), HSW and FMT on people and households."""

from __future__ import annotations

from datetime import date
from math import cos, radians

from duizhang.world import money
from duizhang.world.columns import LANDS
from duizhang.world.model import LINES, House, Person
from duizhang.world.places import boundary
from duizhang.world.planters.base import Raise, Site, nears, plants, reg, seen
from duizhang.world.planters.households import age_to
from duizhang.world.sectors.housing import RURAL
from duizhang.world.sectors.work import CYCLE, SPELLS, back, spell

PHONE, EAST, NORTH = "家庭成员联系电话", "经度", "纬度"


@plants("HHD-008", "trio")
def _number_of_two_heads(s: Site) -> list[Raise]:
    other = s.stranger(50, "男")
    s.h.members[2].own = {"户主姓名": other.name, "户主证件号码": other.number}
    return s.house("HHD-008")


@nears("HHD-008", "trio")
def _head_by_certificate(s: Site) -> list[Raise]:
    """One row has the head's disability certificate: the same person."""
    s.h.members[2].own = {"户主证件号码": s.head.number + "43"}
    return s.house("HHD-008")


@plants("HHD-010", "open")
def _nobody_has_a_phone(s: Site) -> list[Raise]:
    for person in s.h.members:
        person.nat[PHONE] = None
    return s.house("HHD-010")


@plants("HHD-010", "open_edge")
def _only_a_landline(s: Site) -> list[Raise]:
    s.head.nat[PHONE], s.second.nat[PHONE] = f"0{str(s.head.nat[PHONE])[1:]}", None
    return s.house("HHD-010")


@nears("HHD-010", "open")
def _one_mobile_with_decimals(s: Site) -> list[Raise]:
    s.head.nat[PHONE], s.second.nat[PHONE] = None, f"{s.second.nat[PHONE]}.0"
    return s.house("HHD-010")


@plants("HHD-011", "single", neighbours=1)
def _phone_of_the_neighbour(s: Site) -> list[Raise]:
    other = s.houses[1].members[0]
    other.nat[PHONE] = s.head.nat[PHONE]
    return s.person(s.head, "HHD-011") + s.person(other, "HHD-011")


@plants("HHD-011", "single", neighbours=1, apart=True)
def _phone_of_somebody_in_another_county(s: Site) -> list[Raise]:
    return _phone_of_the_neighbour(s)


@nears("HHD-011", "pair")
def _phone_of_the_spouse(s: Site) -> list[Raise]:
    s.second.nat[PHONE] = s.head.nat[PHONE]
    return s.person(s.head, "HHD-011") + s.person(s.second, "HHD-011")


def _away(s: Site, places: tuple[tuple[str, str, str], ...]) -> None:
    """Both of the pair away for work all year, in `places`, with one telephone."""
    money.set_per_head(s.h, LINES[2026] + 1_200)
    share = money.num(s.h, money.WAGE) / len(s.h.members) / 12
    for person, place in zip(s.h.members, places, strict=True):
        row = spell(s.h, person, back(CYCLE[1], 11), None, round(share, 2), place)
        person.books[SPELLS] = [row]
        person.nat |= {"务工所在地": "".join(place), "务工时间（月）": 12, "务工企业名称": row["务工企业名称"], PHONE: s.head.nat[PHONE]}
        seen(person).update({"是否在外务工": "是", "务工月数": 12})


@plants("HHD-012", "pair")
def _two_counties_and_one_phone(s: Site) -> list[Raise]:
    _away(s, (("海东省", "海宁市", "临港区"), ("海东省", "海宁市", "桥头县")))
    return s.house("HHD-012")


@nears("HHD-012", "pair")
def _one_county_and_one_phone(s: Site) -> list[Raise]:
    _away(s, (("海东省", "海宁市", "临港区"), ("海东省", "海宁市", "临港区")))
    return s.house("HHD-012") + s.person(s.head, "HHD-011")


def _older(s: Site, person: Person, years: int) -> None:
    """Lets `person` be `years` completed years older than the head (negative: younger)."""
    head = s.head.born
    age_to(s, person, date(head.year - years, head.month, head.day), person.sex)


@plants("HHD-015", "with_father")
def _father_14_years_older(s: Site) -> list[Raise]:
    _older(s, s.second, 14)
    return s.person(s.second, "HHD-015")


@nears("HHD-015", "with_father")
def _father_15_years_older(s: Site) -> list[Raise]:
    _older(s, s.second, 15)
    return s.person(s.second, "HHD-015")


@plants("HHD-017", "with_grandson")
def _grandson_29_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -29)
    return s.person(s.second, "HHD-017")


@nears("HHD-017", "with_grandson")
def _grandson_30_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -30)
    return s.person(s.second, "HHD-017")


@plants("HHD-018", "young_pair")
def _spouse_of_17(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2009, 3, 9), "女")
    return s.person(s.second, "HHD-018")


@nears("HHD-018", "young_pair")
def _spouse_18_this_day(s: Site) -> list[Raise]:
    """Eighteen on the day of the first month's books."""
    age_to(s, s.second, date(2008, 10, 25), "女")
    return s.person(s.second, "HHD-018")


@plants("HHD-018", "old_pair")
def _spouse_31_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -31)
    return s.person(s.second, "HHD-018")


@nears("HHD-018", "old_pair")
def _spouse_30_years_younger(s: Site) -> list[Raise]:
    _older(s, s.second, -30)
    return s.person(s.second, "HHD-018")


def _head_of(s: Site, head: Person, other: Person) -> None:
    """Makes `head` the head of the household in every book, `other` their father."""
    head.nat["与户主关系"], other.nat["与户主关系"] = "户主", "之父"
    s.nat.update({"户主姓名": head.name, "户主证件号码": head.nat["证件号码"]})
    s.visit.update({"户主姓名": head.name, "户主证件号码": head.nat["证件号码"]})
    reg(head)["与户主关系"], reg(other)["与户主关系"] = "户主", "父亲"
    for person in s.h.members:
        reg(person)["户主公民身份号码"] = head.number
    for row in other.books.get(RURAL, ()):
        row["证件号码"] = head.nat["证件号码"]


@plants("HHD-019", "child_junior")
def _child_as_head(s: Site) -> list[Raise]:
    _head_of(s, s.second, s.head)
    return s.house("HHD-019")


@nears("HHD-019", "child_senior")
def _head_of_16(s: Site) -> list[Raise]:
    _head_of(s, s.second, s.head)
    return s.house("HHD-019")


@plants("HHD-020", "with_elders")
def _two_fathers(s: Site) -> list[Raise]:
    third = s.h.members[2]
    third.nat["与户主关系"], reg(third)["与户主关系"] = "之父", "父亲"
    return s.house("HHD-020")


@nears("HHD-020", "with_elders")
def _father_and_father_in_law(s: Site) -> list[Raise]:
    return s.house("HHD-020")


def _of_land(code: str, column: str, limit: int) -> None:
    def much(s: Site) -> list[Raise]:
        s.nat[column] = limit + 0.5
        return s.house(code)

    def negative(s: Site) -> list[Raise]:
        s.nat[column] = -0.5
        return s.house(code)

    def just(s: Site) -> list[Raise]:
        s.nat[column] = limit
        return s.house(code)

    plants(code)(much)
    plants(code)(negative)
    nears(code)(just)


for _code, _column, _limit in zip(
    ("HHD-022", "HHD-023", "HHD-024", "HHD-025", "HHD-026"), LANDS[1:], (200, 200, 200, 100, 100), strict=True
):
    _of_land(_code, _column, _limit)


@plants("HHD-028")
def _far_from_the_road(s: Site) -> list[Raise]:
    s.nat["与村主干路距离"] = 5.1
    return s.house("HHD-028")


@plants("HHD-028")
def _road_not_filled(s: Site) -> list[Raise]:
    s.nat["与村主干路距离"] = None
    return s.house("HHD-028")


@nears("HHD-028")
def _five_kilometres(s: Site) -> list[Raise]:
    s.nat["与村主干路距离"] = 5
    return s.house("HHD-028")


@plants("HHD-029")
def _no_way_in(s: Site) -> list[Raise]:
    s.nat["入户路类型"] = s.nat["入户道路是否硬化"] = None
    return s.house("HHD-029")


@nears("HHD-029")
def _only_the_old_column(s: Site) -> list[Raise]:
    s.nat["入户道路是否硬化"] = None
    return s.house("HHD-029")


@plants("HHD-031")
def _half_a_metre(s: Site) -> list[Raise]:
    s.nat["住房面积"] = 0.5
    return s.house("HHD-031")


@plants("HHD-031", "pair")
def _palace(s: Site) -> list[Raise]:
    s.nat["住房面积"] = 301
    return s.house("HHD-031")


@nears("HHD-031", "pair")
def _five_metres_each(s: Site) -> list[Raise]:
    s.nat["住房面积"] = 10
    return s.house("HHD-031", "HHD-030")


@nears("HHD-031", "pair")
def _a_hundred_and_fifty_each(s: Site) -> list[Raise]:
    s.nat["住房面积"] = 300
    return s.house("HHD-031")


@plants("HHD-032")
def _no_electricity(s: Site) -> list[Raise]:
    s.nat["是否通生活用电"] = "否"
    return s.house("HHD-032")


@plants("HHD-032")
def _electricity_not_filled(s: Site) -> list[Raise]:
    s.nat["是否通生活用电"] = None
    return s.house("HHD-032")


@nears("HHD-032")
def _no_power_current(s: Site) -> list[Raise]:
    s.nat["是否通生产用电"] = "否"
    return s.house("HHD-032")


@plants("HHD-033")
def _no_toilet(s: Site) -> list[Raise]:
    s.nat["是否有卫生厕所"] = "否"
    return s.house("HHD-033")


@plants("HHD-033")
def _toilet_not_filled(s: Site) -> list[Raise]:
    s.nat["是否有卫生厕所"] = None
    return s.house("HHD-033")


@plants("HHD-033")
def _toilet_out_of_order(s: Site) -> list[Raise]:
    s.head.books[RURAL][0]["卫生厕所是否能正常使用"] = "否"
    return s.house("HHD-033")


@nears("HHD-033")
def _toilet_not_in_the_other_page(s: Site) -> list[Raise]:
    s.head.books[RURAL] = []
    return s.house("HHD-033")


@plants("HHD-034")
def _year_out_of_poverty_not_filled(s: Site) -> list[Raise]:
    s.nat["脱贫年度"] = None
    return s.house("HHD-034")


@plants("HHD-034")
def _out_of_poverty_in_2021(s: Site) -> list[Raise]:
    s.nat["脱贫年度"] = 2021
    return s.house("HHD-034")


@plants("HHD-034")
def _out_of_poverty_in_2013(s: Site) -> list[Raise]:
    s.nat["脱贫年度"] = 2013
    return s.house("HHD-034")


@nears("HHD-034")
def _out_of_poverty_in_2020(s: Site) -> list[Raise]:
    s.nat["脱贫年度"] = 2020
    return s.house("HHD-034")


@nears("HHD-034")
def _out_of_poverty_in_2014(s: Site) -> list[Raise]:
    s.nat["脱贫年度"] = 2014
    return s.house("HHD-034")


@plants("HHD-035")
def _no_cause(s: Site) -> list[Raise]:
    s.nat["致贫原因1"] = None
    return s.house("HHD-035")


@nears("HHD-035", "single_general")
def _no_cause_and_never_poor(s: Site) -> list[Raise]:
    return s.house("HHD-035", "HHD-034")


@plants("HHD-036")
def _one_cause_twice(s: Site) -> list[Raise]:
    s.nat["致贫原因2"] = s.nat["致贫原因1"]
    return s.house("HHD-036")


@plants("HHD-036")
def _second_and_third_alike(s: Site) -> list[Raise]:
    s.nat["致贫原因2"] = s.nat["致贫原因3"] = "缺技术"
    return s.house("HHD-036")


@nears("HHD-036")
def _two_causes(s: Site) -> list[Raise]:
    s.nat["致贫原因3"] = "缺技术"
    return s.house("HHD-036")


def move(house: House, east: float, north: float) -> None:
    """Puts the household elsewhere, and what the visit found of its place with it."""
    house.nat.update({EAST: round(east, 6), NORTH: round(north, 6)})
    if house.visit is not None and house.visit.get(EAST) is not None:
        house.visit.update({EAST: round(east, 6), NORTH: round(north, 6)})


def _east_of_the_county(s: Site, metres: float) -> None:
    """Puts the household so far to the east of the straight edge of the county's south-east."""
    (edge, south), (_, north) = boundary(s.h.village.county)[1:3]
    middle = (south + north) / 2
    move(s.h, edge + metres / (111_320 * cos(radians(middle))), middle)


@plants("HHD-038")
def _far_outside(s: Site) -> list[Raise]:
    _east_of_the_county(s, 40_000)
    return s.house("HHD-038")


@plants("HHD-038")
def _just_too_far_outside(s: Site) -> list[Raise]:
    _east_of_the_county(s, 2_100)
    s.nat["坐标系"] = "WGS84"
    return s.house("HHD-038")


@plants("HHD-038")
def _in_the_notch(s: Site) -> list[Raise]:
    """Within the county's extent, but where its boundary turns inwards."""
    east, north = boundary(s.h.village.county)[3]
    move(s.h, east + 0.09, north)
    return s.house("HHD-038")


@nears("HHD-038")
def _just_outside(s: Site) -> list[Raise]:
    _east_of_the_county(s, 1_900)
    return s.house("HHD-038")


@nears("HHD-038")
def _outside_in_another_system(s: Site) -> list[Raise]:
    _east_of_the_county(s, 40_000)
    s.nat["坐标系"] = "GCJ-02"
    return s.house("HHD-038")


def _together(s: Site) -> list[Raise]:
    for house in s.houses[1:]:
        move(house, float(str(s.nat[EAST])), float(str(s.nat[NORTH])))
    return [("HHD-039", "household", house.key) for house in s.houses]


@plants("HHD-039", "single", neighbours=4)
def _five_on_one_spot(s: Site) -> list[Raise]:
    return _together(s)


@plants("HHD-039", "single", neighbours=4)
def _one_of_five_resettled(s: Site) -> list[Raise]:
    s.nat["是否易地搬迁户"] = "是"
    return _together(s)[1:]


@nears("HHD-039", "single", neighbours=3)
def _four_on_one_spot(s: Site) -> list[Raise]:
    return _together(s)


@nears("HHD-039", "single", neighbours=4)
def _five_resettled(s: Site) -> list[Raise]:
    for house in s.houses:
        house.nat["是否易地搬迁户"] = "是"
    return _together(s)


def _late(s: Site) -> list[Raise]:
    """The term for the year's entries is the 15th of November: nothing before the second month."""
    return s.house("HHD-040") if s.month.number == 2 else []


@plants("HHD-040")
def _not_touched_since_september(s: Site) -> list[Raise]:
    s.nat["更新日期"] = "2026-09-30"
    return _late(s)


@plants("HHD-040")
def _never_touched(s: Site) -> list[Raise]:
    s.nat["更新日期"] = None
    return _late(s)


@nears("HHD-040")
def _touched_on_the_first_day(s: Site) -> list[Raise]:
    s.nat["更新日期"] = "2026-10-01"
    return s.house("HHD-040")


def _people_of_the_year(s: Site, count: int) -> list[Raise]:
    s.nat["年度家庭人口数"] = count
    money.set_per_head(s.h, LINES[2026] + 1_200)
    return s.house("HHD-041")


@plants("HHD-041")
def _three_more_in_the_year(s: Site) -> list[Raise]:
    return _people_of_the_year(s, 4)


@nears("HHD-041")
def _two_more_in_the_year(s: Site) -> list[Raise]:
    return _people_of_the_year(s, 3)


@plants("HSW-003")
def _water_not_filled(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"] = None
    return s.house("HSW-003")


@plants("HSW-004", "open")
def _no_water_but_nothing_broken(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"], s.visit["饮水现状"] = "否", "不安全"
    return s.house("HSW-004")


@plants("HSW-004", "open")
def _unsafe_but_nothing_broken(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "C级"})
    s.visit["住房现状等级"] = "C级"
    return s.house("HSW-004")


@nears("HSW-004", "open")
def _broken_but_solved(s: Site) -> list[Raise]:
    """Broken at identification and mended since: no contradiction."""
    s.nat.update({"是否饮水设施损毁": "是", "致贫/返贫风险2": "因安全饮水"})
    return s.house("HSW-004")


def _of_yes_or_no(column: str) -> None:
    @plants("FMT-017")
    def empty(s: Site) -> list[Raise]:
        s.head.nat[column] = None
        return s.person(s.head, "FMT-017")


for _column in ("是否参加商业补充医疗保险", "是否国外务工", "是否会讲普通话", "是否接受其他健康扶贫"):
    _of_yes_or_no(_column)


@nears("FMT-017")
def _another_yes_or_no_empty(s: Site) -> list[Raise]:
    s.head.nat["是否事实无人抚养儿童"] = None
    return s.person(s.head, "FMT-017")
