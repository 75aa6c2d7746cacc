"""Planters of HHD (land, dwelling, position), HSW and FMT on people and households."""

from __future__ import annotations

from math import cos, radians

from duizhang.world import money
from duizhang.world.columns import LANDS
from duizhang.world.model import LINES, House
from duizhang.world.places import boundary
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import OF_HOUSE
from duizhang.world.sectors.housing import RURAL

EAST, NORTH = "经度", "纬度"


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


OF_HOUSE.plants("HHD-028", "single", "far from the road", {"与村主干路距离": 5.1})
OF_HOUSE.plants("HHD-028", "single", "road not filled", {"与村主干路距离": None})
OF_HOUSE.nears("HHD-028", "single", "five kilometres", {"与村主干路距离": 5})
OF_HOUSE.plants("HHD-029", "single", "no way in", {"入户路类型": None, "入户道路是否硬化": None})
OF_HOUSE.nears("HHD-029", "single", "only the old column", {"入户道路是否硬化": None})
OF_HOUSE.plants("HHD-031", "single", "half a metre", {"住房面积": 0.5})
OF_HOUSE.plants("HHD-031", "pair", "palace", {"住房面积": 301})
OF_HOUSE.nears("HHD-031", "pair", "five metres each", {"住房面积": 10}, raises=("HHD-031", "HHD-030"))
OF_HOUSE.nears("HHD-031", "pair", "a hundred and fifty each", {"住房面积": 300})
OF_HOUSE.plants("HHD-032", "single", "no electricity", {"是否通生活用电": "否"})
OF_HOUSE.plants("HHD-032", "single", "electricity not filled", {"是否通生活用电": None})
OF_HOUSE.nears("HHD-032", "single", "no power current", {"是否通生产用电": "否"})
OF_HOUSE.plants("HHD-033", "single", "no toilet", {"是否有卫生厕所": "否"})
OF_HOUSE.plants("HHD-033", "single", "toilet not filled", {"是否有卫生厕所": None})


@plants("HHD-033")
def _toilet_out_of_order(s: Site) -> list[Raise]:
    s.head.books[RURAL][0]["卫生厕所是否能正常使用"] = "否"
    return s.house("HHD-033")


@nears("HHD-033")
def _toilet_not_in_the_other_page(s: Site) -> list[Raise]:
    s.head.books[RURAL] = []
    return s.house("HHD-033")


OF_HOUSE.plants("HHD-034", "single", "year out of poverty not filled", {"脱贫年度": None})
OF_HOUSE.plants("HHD-034", "single", "out of poverty in 2021", {"脱贫年度": 2021})
OF_HOUSE.plants("HHD-034", "single", "out of poverty in 2013", {"脱贫年度": 2013})
OF_HOUSE.nears("HHD-034", "single", "out of poverty in 2020", {"脱贫年度": 2020})
OF_HOUSE.nears("HHD-034", "single", "out of poverty in 2014", {"脱贫年度": 2014})
OF_HOUSE.plants("HHD-035", "single", "no cause", {"致贫原因1": None})


@nears("HHD-035", "single_general")
def _no_cause_and_never_poor(s: Site) -> list[Raise]:
    return s.house("HHD-035", "HHD-034")


@plants("HHD-036")
def _one_cause_twice(s: Site) -> list[Raise]:
    s.nat["致贫原因2"] = s.nat["致贫原因1"]
    return s.house("HHD-036")


OF_HOUSE.plants("HHD-036", "single", "second and third alike", {"致贫原因2": "缺技术", "致贫原因3": "缺技术"})
OF_HOUSE.nears("HHD-036", "single", "two causes", {"致贫原因3": "缺技术"})


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


OF_HOUSE.nears("HHD-040", "single", "touched on the first day", {"更新日期": "2026-10-01"})


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


OF_HOUSE.plants("HSW-003", "single", "water not filled", {"是否解决安全饮用水": None})


@plants("HSW-004", "open")
def _no_water_but_nothing_broken(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"], s.visit["饮水现状"] = "否", "不安全"
    return s.house("HSW-004")


@plants("HSW-004", "open")
def _unsafe_but_nothing_broken(s: Site) -> list[Raise]:
    s.nat.update({"是否危房户": "是", "危房级别": "C级"})
    s.visit["住房现状等级"] = "C级"
    return s.house("HSW-004")


OF_HOUSE.nears(
    "HSW-004", "open", "broken but solved: broken at identification and mended since: no contradiction",
    {"是否饮水设施损毁": "是", "致贫/返贫风险2": "因安全饮水"},
)


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
