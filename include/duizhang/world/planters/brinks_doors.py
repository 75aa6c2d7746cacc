"""Near misses of SUR: what was seen at the door agrees but in its writing, or is not what the rule compares."""

from __future__ import annotations

from duizhang.world.planters.base import Raise, Site, nears, seen
from duizhang.world.planters.cells import AT_DOOR

EMPLOYEES = "职工基本医疗保险"


@nears("SUR-001", "pair")
def _visited_and_nobody_noted(s: Site) -> list[Raise]:
    """The household's row alone: of its members nothing is written down."""
    for person in s.h.members:
        person.visit = None
    return s.house("SUR-001")


AT_DOOR.nears("SUR-002", "open", "kind with blanks around it", {"对象类型": " 监测对象（未消除） "})


@nears("SUR-007", "elder_weak")
def _ability_in_other_words(s: Site) -> list[Raise]:
    seen(s.head)["实际劳动能力"] = "半劳力"
    return s.person(s.head, "SUR-007")


@nears("SUR-012", "pair")
def _insured_at_work_and_seen_insured(s: Site) -> list[Raise]:
    s.second.nat |= {"是否参加城乡居民基本医疗保险": "否", "是否参加城镇职工基本医疗保险": "是"}
    s.second.insured[0]["险种类型"] = EMPLOYEES
    return s.house("SUR-012") + s.person(s.second, "MED-001", "MED-004")


@nears("SUR-013", "pair")
def _guest_at_the_door(s: Site) -> list[Raise]:
    """Three people were met; one does not live there, and the household counts two."""
    guest = s.stranger(30)
    s.h.extra_visit.append({
        "户编号": s.h.key, "姓名": guest.name, "证件号码": guest.number, "是否共同生活": "否", "未共同生活原因": "不共同生活",
        "是否在外务工": "否", "与系统是否一致": "否", "不一致字段": "成员",
    })
    return s.house("SUR-013", "HHD-005") + s.case("SUR-004", "入户人", guest.number)


@nears("SUR-016")
def _visitors_of_nearly_one_name(s: Site) -> list[Raise]:
    s.visit["核查人2"] = f"{s.visit['核查人1']}一"
    return s.house("SUR-016")


AT_DOOR.nears("SUR-021", "pair", "by video", {"核查方式": "视频"})
AT_DOOR.nears("SUR-027", "single", "something to correct", {"核查结论": "信息需修正"})
