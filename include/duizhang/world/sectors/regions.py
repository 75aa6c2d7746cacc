"""民政区划清单 and 历史区划代码: the list of regions as the civil affairs have it, and every county code that ever was."""

from __future__ import annotations

from duizhang.world.model import Row
from duizhang.world.sectors.base import Book, Form, Places, add

CIVIL, OLD_CODES = "民政区划清单", "历史区划代码"
ABOLISHED = "990121"  # a county that was merged away long ago: people born there still carry its code
NEVER = "990177"  # a code that no county ever had


def _civil(places: Places) -> list[Row]:
    """What the national list says, as long as nothing is planted."""
    return [
        {
            "区划编码": row["区划编码"], "区划名称": row["区划名称"], "级别": row["级别"], "上级编码": row["上级编码"], "状态": row["状态"],
            "生效日期": row["失效日期"] or row["生效日期"],
        }
        for row in places.regions if row["级别"] in ("县", "乡", "村")
    ]


def _codes(places: Places) -> list[Row]:
    """The counties of the city, of its neighbour, and some that are no more."""
    live = [(f"9901{n:02d}", f"云岭第{n}县") for n in range(1, 21)] + [(f"9902{n:02d}", f"望川第{n}县") for n in range(1, 11)]
    rows: list[Row] = [{"代码": code, "名称": name, "启用年": 1984, "停用年": None} for code, name in live]
    return [*rows, {"代码": ABOLISHED, "名称": "旧青石县", "启用年": 1980, "停用年": 1996}]


add(Book(
    CIVIL, ("区划编码", "区划名称", "级别", "上级编码", "状态", "生效日期"), Form("民政区划清单_{date8}"), ("2026-10-14", "2026-11-10"),
    places=_civil, place="区划编码", scope="city",
))
add(Book(
    OLD_CODES, ("代码", "名称", "启用年", "停用年"), Form("历史区划代码_{date8}"), ("2026-10-08", None), places=_codes, place="代码", scope="city",
))
