"""The made-up city 9901 云岭市 and its counties, towns and villages."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from duizhang.world.model import Row, Village

if TYPE_CHECKING:  # planters stand on people, and people on places
    from duizhang.world.planters.places import PlaceSlot

PROVINCE, CITY = "云山省", "云岭市"
_COUNTIES = ("青石县", "白河县", "松坪区", "红岩县", "柳溪县", "金沟县", "石门县", "杏林县", "平川县", "北望县")
_ONE = "东西南北上下大小新古龙凤青白红金石玉清平长高"
_TWO = "山河沟坪岭湾川坝塘泉岗洼寨桥庄店林园峪坡"


# the made-up shape of every county in degrees from its south-west corner: a notch in the east, a dent in the north
_OUTLINE = ((0.0, 0.0), (0.4, 0.0), (0.4, 0.15), (0.3, 0.2), (0.4, 0.25), (0.4, 0.4), (0.2, 0.35), (0.0, 0.4))


def _corner(county: str) -> tuple[float, float]:
    nth = int(county[4:6]) - 1
    return 104.0 + 0.5 * (nth % 5), 25.0 + 0.5 * (nth // 5)


def boundary(county: str) -> list[tuple[float, float]]:
    """Vertices of the county's made-up boundary: (longitude, latitude) in degrees, CGCS2000, in order."""
    east, north = _corner(county)
    return [(round(east + x, 6), round(north + y, 6)) for x, y in _OUTLINE]


def position(rng: random.Random, county: str) -> tuple[float, float]:
    """A longitude and latitude (6 decimals) well inside the county."""
    east, north = _corner(county)
    return round(east + 0.02 + 0.26 * rng.random(), 6), round(north + 0.02 + 0.31 * rng.random(), 6)


def place_name(index: int) -> str:
    """The `index`-th of 440 different two-character place names (a third character tells further ones apart)."""
    size = len(_ONE) * len(_TWO)
    first = _ONE[index % len(_ONE)] + _TWO[(index // len(_ONE)) % len(_TWO)]
    return first if index < size else first + _TWO[(index // size) % len(_TWO)]


def make_villages(rng: random.Random, people: int, counties: int) -> list[Village]:
    """Villages in code order: two or three towns a county and three to five villages a town at small sizes."""
    if not 1 <= counties <= len(_COUNTIES):
        raise ValueError(f"counties must be 1 to {len(_COUNTIES)}")
    scale = max(0, people - 2_000) // counties
    villages: list[Village] = []
    for c in range(counties):
        county, county_name = f"9901{c + 1:02d}", _COUNTIES[c]
        towns = min(24, rng.choice((2, 3)) + scale // 1_500)
        for t in range(towns):
            rural = t % 2 == 1
            town = f"{county}{200 + t if rural else 100 + t:03d}"
            town_name = place_name(c * 31 + t * 7 + 3) + ("乡" if rural else "镇")
            count = min(30, rng.choice((3, 4, 5)) + scale // 6_000)
            names = [place_name(c * 131 + t * 37 + v) + "村" for v in range(count)]
            villages += [
                Village(f"{town}{200 + v:03d}", names[v], town, town_name, county, county_name, names[v - 1])
                for v in range(count)
            ]
    return villages


def settle_slots(slots: list[PlaceSlot], villages: list[Village], spared: tuple[str, ...]) -> list[Village]:
    """A village of its own for each village slot, in a town of its county that is delivered as it is; the new villages."""
    last = {village.town: village for village in villages if village.town not in spared}  # the last village of each town
    count: Counter[str] = Counter(village.town for village in villages)
    made: list[Village] = []
    for n, slot in enumerate(slots):
        if slot.planter.kind != "village":
            continue
        towns = sorted(town for town, village in last.items() if village.county == slot.key)
        model = last[towns[n % len(towns)]]
        code = f"{model.town}{200 + count[model.town]:03d}"
        name = place_name(97 + 13 * n) + "新村"
        slot.village = Village(code, name, model.town, model.town_name, model.county, model.county_name, model.name)
        slot.key = code
        count[model.town] += 1
        made.append(slot.village)
    return made


def region_rows(villages: list[Village], merged: dict[str, str]) -> list[Row]:
    """Rows of 区划; `merged`: code of a merged village → code of the one it went to."""
    rows = [_region("990000", PROVINCE, "省", None), _region("990100", CITY, "市", "990000")]
    seen: set[str] = set()
    for village in villages:
        if village.county not in seen:
            seen.add(village.county)
            rows.append(_region(village.county, village.county_name, "县", "990100"))
        if village.town not in seen:
            seen.add(village.town)
            rows.append(_region(village.town, village.town_name, "乡", village.county))
        row = _region(village.code, village.name, "村", village.town)
        if village.code in merged:
            row |= {"状态": "合并", "合并去向编码": merged[village.code], "失效日期": "2026-06-30"}
        rows.append(row)
    return rows


def _region(code: str, name: str, level: str, above: str | None) -> Row:
    return {
        "区划编码": code, "区划名称": name, "级别": level, "上级编码": above, "状态": "有效", "合并去向编码": None,
        "是否重点村": "否" if level == "村" else None, "是否有脱贫人口或监测对象": "是", "生效日期": "2021-01-01",
        "失效日期": None,
    }
