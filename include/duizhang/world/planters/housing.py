"""Planters of ZSX: the books of housing and water against the national book."""

from __future__ import annotations

from datetime import timedelta

from duizhang.world.model import MONTHS, Month, Row
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.places import PlaceSite, village_plants
from duizhang.world.sectors.housing import HOUSING, WATER, housing_row, repaired, water_row
from duizhang.world.sectors.welfare import WARNING, warning_row


def _house(s: Site, *rows: Row) -> None:
    """What the department says of the house, without a warning of whichever sort."""
    s.head.books[HOUSING] = list(rows)
    for person in s.h.members:
        person.books.pop(WARNING, None)


def _marked(s: Site) -> None:
    """The national book and the visit call the house unsafe."""
    s.nat.update({"是否危房户": "是", "危房级别": "C级"})
    s.visit["住房现状等级"] = "C级"


@plants("ZSX-001", "single")
def _unsafe_unknown_to_system(s: Site) -> list[Raise]:
    _house(s, housing_row(s.head, "D级"))
    return s.house("ZSX-001", "ZSX-004")


@plants("ZSX-001", "open")
def _unsafe_again(s: Site) -> list[Raise]:
    """The newest of two appraisals counts."""
    _house(s, housing_row(s.head, "A级", "2021-03-02"), housing_row(s.head, "C级", "2026-05-06"))
    return s.house("ZSX-001")


@plants("ZSX-001", "open")
def _unsafe_and_not_filled(s: Site) -> list[Raise]:
    _house(s, housing_row(s.head, "C级"))
    s.nat["是否危房户"] = None
    return s.house("ZSX-001", "HSW-001")


@plants("ZSX-001", "single")
def _unsafe_and_judged(s: Site) -> list[Raise]:
    """Unknown to the national book, but a warning was looked into: judged, so nothing of ZSX-004."""
    _house(s, housing_row(s.head, "C级"))
    s.head.books[WARNING] = [warning_row(s.head, s.h, "住房", "住建")]
    return s.house("ZSX-001")


@nears("ZSX-001", "single")
def _unsafe_and_rebuilt(s: Site) -> list[Raise]:
    _house(s, repaired(housing_row(s.head, "D级"), "2025-04-02", "2025-06-01"))
    return s.house("ZSX-001", "ZSX-003", "ZSX-004")


@plants("ZSX-002", "open")
def _safe_to_the_department(s: Site) -> list[Raise]:
    _marked(s)
    _house(s, housing_row(s.head, "B级"))
    return s.house("ZSX-002", "HSW-004")


@plants("ZSX-002", "open")
def _rebuilt_to_the_department(s: Site) -> list[Raise]:
    _marked(s)
    _house(s, repaired(housing_row(s.head, "D级"), "2025-04-02", "2025-06-01"))
    return s.house("ZSX-002", "HSW-004")


def _half_a_year_ago(month: Month, days: int) -> str:
    """The day half a year before the month's date, `days` earlier."""
    as_of = month.as_of
    return (as_of.replace(month=as_of.month - 6) - timedelta(days=days)).isoformat()


@plants("ZSX-003", "single")
def _rebuilt_and_empty(s: Site) -> list[Raise]:
    _house(s, repaired(housing_row(s.head, "D级"), _half_a_year_ago(MONTHS[0], 1), None))  # the same day in both months
    return s.house("ZSX-003")


@nears("ZSX-003", "single")
def _rebuilt_half_a_year_ago(s: Site) -> list[Raise]:
    _house(s, repaired(housing_row(s.head, "D级"), _half_a_year_ago(s.month, 0), None))
    return s.house("ZSX-003")


@plants("ZSX-004", "single")
def _unsafe_and_not_judged(s: Site) -> list[Raise]:
    _marked(s)
    _house(s, housing_row(s.head, "C级"))
    return s.house("ZSX-004", "MON-048")


@nears("ZSX-004", "open")
def _unsafe_and_monitored(s: Site) -> list[Raise]:
    _marked(s)
    s.nat.update({"是否住房损毁": "是", "致贫/返贫风险2": "因安全住房"})
    _house(s, housing_row(s.head, "C级"))
    return s.house("ZSX-004", "ZSX-001", "ZSX-002", "HSW-004")


def _water_safe_again(s: Site) -> list[Raise]:
    s.head.books[WATER] = [water_row(s.head, s.h.village)]
    return []


@plants("ZSX-006", "pair", after=_water_safe_again)
def _unsafe_water(s: Site) -> list[Raise]:
    s.head.books[WATER] = [water_row(s.head, s.h.village, "不安全")]
    return s.house("ZSX-006")


@plants("ZSX-006", "single", after=_water_safe_again)
def _one_of_four_fails(s: Site) -> list[Raise]:
    s.head.books[WATER] = [water_row(s.head, s.h.village) | {"供水保证率达标": "否"}]
    return s.house("ZSX-006")


@nears("ZSX-006", "pair")
def _water_safe_by_now(s: Site) -> list[Raise]:
    s.head.books[WATER] = [water_row(s.head, s.h.village, "不安全", "2023-05-20"), water_row(s.head, s.h.village, "基本安全")]
    return s.house("ZSX-006")


@plants("ZSX-007", "open")
def _water_unsolved_in_system(s: Site) -> list[Raise]:
    s.nat["是否解决安全饮用水"], s.visit["饮水现状"] = "否", "不安全"
    s.head.books[WATER] = [water_row(s.head, s.h.village, "基本安全")]
    return s.house("ZSX-007", "HSW-004")


@nears("ZSX-007", "open")
def _hamlet_safe(s: Site) -> list[Raise]:
    """The hamlet as a whole says nothing of this household."""
    s.nat.update({"是否解决安全饮用水": "否", "是否饮水设施损毁": "是", "致贫/返贫风险2": "因安全饮水"})
    s.visit["饮水现状"] = "不安全"
    s.h.books[WATER] = [water_row(None, s.h.village)]
    return s.house("ZSX-007", "HSW-004")


def _dry(s: PlaceSite, days: int) -> list[Raise]:
    """A hamlet of the village has been without water for `days` days."""
    assert s.village is not None
    month = MONTHS[0] if days > 15 else s.month  # what is late stays so from the same day on; what just is not, counts from each month
    since = (month.as_of - timedelta(days=days)).isoformat()
    s.houses[0].books[WATER] = [water_row(None, s.village) | {"停水缺水起日": since}]
    return s.here("ZSX-008")


@village_plants("ZSX-008", "pair")
def _dry_for_16_days(s: PlaceSite) -> list[Raise]:
    return _dry(s, 16)


@village_plants("ZSX-008", "single")
def _dry_since_the_last_warning(s: PlaceSite) -> list[Raise]:
    """The water department's warning is older than the trouble."""
    head = s.houses[0].members[0]
    head.books[WARNING] = [warning_row(head, s.houses[0], "饮水", "水利", "2026-03-08")]
    return _dry(s, 30)


@village_plants("ZSX-008", "single", near=True)
def _dry_and_warned_of(s: PlaceSite) -> list[Raise]:
    head, since = s.houses[0].members[0], (s.month.as_of - timedelta(days=30)).isoformat()
    head.books[WARNING] = [warning_row(head, s.houses[0], "饮水", "水利", since)]
    return _dry(s, 30)


@village_plants("ZSX-008", "single", near=True)
def _dry_for_15_days(s: PlaceSite) -> list[Raise]:
    return _dry(s, 15)
