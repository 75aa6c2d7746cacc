"""Planters of REG on villages: the national list of regions, by itself and against the civil affairs' list."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from duizhang.world.model import MONTHS, Row, Village
from duizhang.world.planters.base import Raise
from duizhang.world.planters.places import PlaceSite, PlaceView, oracle, village_plants
from duizhang.world.sectors.regions import CIVIL

NATIONAL = "行政区划"


def _village(s: PlaceSite) -> Village:
    if s.village is None:
        raise ValueError("the planter's place is no village")
    return s.village


@village_plants("REG-001", houses=0)
def _not_in_the_national_list(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL).clear()
    return s.here("REG-001")


@village_plants("REG-001", houses=0)
def _abolished_in_the_national_list_alone(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL).update({"状态": "撤销", "失效日期": "2026-12-31"})
    return s.here("REG-001")


@village_plants("REG-001", houses=0, near=True)
def _abolished_in_both_lists(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL).update({"状态": "撤销", "失效日期": "2026-06-30"})
    s.row(CIVIL).update({"状态": "撤销", "生效日期": "2026-06-30"})
    return s.here("REG-001", "REG-008", "REG-002")


def _merged(s: PlaceSite, important: str) -> Row:
    """The village went to the first village of its town, in both lists."""
    row = s.row(NATIONAL)
    row.update({"状态": "合并", "合并去向编码": f"{_village(s).town}200", "是否重点村": important, "失效日期": "2026-06-30"})
    s.row(CIVIL).update({"状态": "合并", "生效日期": "2026-06-30"})
    return row


@village_plants("REG-003", houses=0)
def _important_into_common(s: PlaceSite) -> list[Raise]:
    _merged(s, "是")
    return s.here("REG-003")


@village_plants("REG-003", houses=1)
def _important_into_common_with_households(s: PlaceSite) -> list[Raise]:
    _merged(s, "是")
    return s.here("REG-003", "REG-002")


@village_plants("REG-003", houses=0, near=True)
def _common_into_common(s: PlaceSite) -> list[Raise]:
    _merged(s, "否")
    return s.here("REG-003", "REG-002")


@village_plants("REG-004", houses=0)
def _under_the_next_town(s: PlaceSite) -> list[Raise]:
    town = _village(s).town
    s.row(NATIONAL)["上级编码"] = f"{town[:6]}{int(town[6:]) + 1:03d}"
    return s.here("REG-004")


@village_plants("REG-004", houses=1)
def _under_the_county(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL)["上级编码"] = _village(s).county
    return s.here("REG-004")


@village_plants("REG-004", houses=0, near=True)
def _under_the_town_in_twelve_digits(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL)["上级编码"] = f"{_village(s).town}000"
    return s.here("REG-004")


@village_plants("REG-007", houses=0)
def _name_of_the_neighbour(s: PlaceSite) -> list[Raise]:
    """Both villages are doubtful; the oracle below names them."""
    s.row(NATIONAL)["区划名称"] = _village(s).neighbour
    return []


@village_plants("REG-007", houses=0)
def _name_of_the_neighbour_with_committee(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL)["区划名称"] = _village(s).neighbour + "村民委员会"
    return []


@village_plants("REG-007", houses=0, near=True)
def _name_of_the_neighbour_and_one_more(s: PlaceSite) -> list[Raise]:
    s.row(NATIONAL)["区划名称"] = "新" + _village(s).neighbour
    return s.here("REG-007")


@oracle
def _same_names(view: PlaceView) -> list[Raise]:
    """Villages in force of one town and one name, but for the words for a village at its end."""
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in view.rows[NATIONAL]:
        code = str(row["区划编码"])
        if row["级别"] == "村" and row["状态"] == "有效" and code.startswith(view.county):
            named[code[:9], str(row["区划名称"]).removesuffix("村民委员会").removesuffix("村")].append(code)
    return [("REG-007", "village", code) for codes in named.values() if len(codes) > 1 for code in codes]


@village_plants("REG-008", houses=1)
def _merged_by_civil_affairs_alone(s: PlaceSite) -> list[Raise]:
    s.row(CIVIL).update({"状态": "合并", "生效日期": "2026-08-15"})
    return s.here("REG-008")


@village_plants("REG-008", houses=0)
def _abolished_thirty_one_days_ago(s: PlaceSite) -> list[Raise]:
    s.row(CIVIL).update({"状态": "撤销", "生效日期": (MONTHS[0].as_of - timedelta(days=31)).isoformat()})
    return s.here("REG-008")


@village_plants("REG-008", houses=0, near=True)
def _abolished_thirty_days_ago(s: PlaceSite) -> list[Raise]:
    s.row(CIVIL).update({"状态": "撤销", "生效日期": (s.month.as_of - timedelta(days=30)).isoformat()})
    return s.here("REG-008", "REG-001")
