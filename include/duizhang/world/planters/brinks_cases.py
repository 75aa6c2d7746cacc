"""Near misses of MON and PRC: monitoring records and procedures at the very limit, and what stands in a column beside the one read."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.columns import GUARANTEES
from duizhang.world.planters.base import Raise, Site, nears
from duizhang.world.planters.cells import OF_RECORD
from duizhang.world.planters.households import age_to
from duizhang.world.sectors import assets
from duizhang.world.sectors.assets import business_row, paid_row
from duizhang.world.sectors.process import PROCEDURES, day, procedure_row

_SCHOOL, *_ = GUARANTEES
_DECIDED = ("县级审定日期", "公告日期", "入户告知日期", "系统操作日期")


def _start(s: Site) -> int:
    return int(s.nat["识别监测时间"] or 0)


OF_RECORD.nears("MON-001", "open_able", "another risk, with a note", {"致贫/返贫风险1": "其他", "风险其他备注": "外债较多"})
OF_RECORD.nears("MON-004", "gone", "nothing paid, and no period", {
    "风险消除后合规自付支出": 0, "风险消除后计算周期起": None, "风险消除后计算周期止": None,
})
OF_RECORD.nears("MON-038", "open", "open with a manner and no end", {"风险消除方式": "帮扶消除"})
OF_RECORD.nears("MON-045", "gone", "contact by landline", {"监测联系人": "村委会", "监测联系人电话": "0990-2200118"})


@nears("MON-021", "open_school")
def _dropout_after_in_a_record_that_is_open(s: Site) -> list[Raise]:
    """Booked, and seen at the door, as of after the end alone: there is no end."""
    s.nat["风险消除后" + _SCHOOL] = "是"
    s.visit["有无失学辍学"] = "是"
    return s.record("MON-021") + s.house("SUR-011")


@nears("MON-043", "open_able")
def _one_record_in_two_writings(s: Site) -> list[Raise]:
    """The member's row has the month of identification as text with blanks: it is the same record."""
    s.second.own["识别监测时间"] = f" {_start(s)} "
    return s.house("MON-043") + s.record("MON-002", "PRC-013")


@nears("MON-051", "teen_home")
def _sixteen_on_the_day_and_at_home(s: Site) -> list[Raise]:
    age_to(s, s.second, date(2010, 8, 31), s.second.sex)
    return s.person(s.second, "EDU-001", "JYX-004") + s.house("MON-051")


@nears("MON-052", "open_able")
def _supervisor_and_temporary_staff(s: Site) -> list[Raise]:
    s.head.books[assets.BUSINESSES] = [business_row(s.head, post="监事")]
    s.second.books[assets.PAID] = [paid_row(s.second, "编外聘用")]
    return s.record("MON-052") + s.house("CCX-006", "CCX-008")


@nears("MON-055", "open")
def _labour_in_other_words(s: Site) -> list[Raise]:
    s.second.nat["劳动技能"] = "弱劳力"
    return s.record("MON-055") + s.person(s.second, "MEM-003", "SUR-007")


@nears("PRC-005", "pair")
def _helped_first_thirty_days_ago(s: Site) -> list[Raise]:
    """The last day on which the talking over may still be wanting; the procedure itself began later."""
    helped, begun = s.month.as_of - timedelta(days=30), s.month.as_of - timedelta(days=10)
    row = procedure_row(s.h, "纳入", s.month.ym)
    row |= dict.fromkeys(("入户核查日期", "村级评议日期", "乡镇审核日期", *_DECIDED))
    row |= {name: (begun + timedelta(days=n)).isoformat() for name, n in (("启动日期", 0), ("公示起", 3), ("公示止", 8))}
    s.rows(PROCEDURES).append(row | {"绿色通道": "是", "先行救助日期": helped.isoformat()})
    return s.house("PRC-001", "PRC-005")


@nears("PRC-008", "pair")
def _reviewed_and_not_yet_decided(s: Site) -> list[Raise]:
    """All steps but the decision and what follows it; on the fifteenth day."""
    begun = s.month.as_of - timedelta(days=15)
    steps = zip(("启动日期", "入户核查日期", "村级评议日期", "公示起", "公示止", "乡镇审核日期"), (0, 1, 2, 3, 8, 9), strict=True)
    row = procedure_row(s.h, "纳入", s.month.ym) | {name: (begun + timedelta(days=n)).isoformat() for name, n in steps}
    s.rows(PROCEDURES).append(row | dict.fromkeys(_DECIDED))
    return s.house("PRC-001", "PRC-008")


@nears("PRC-014", "gone")
def _over_in_the_month_it_began(s: Site) -> list[Raise]:
    """The procedure of the end began on the first day of the month of identification."""
    s.rows(PROCEDURES)[1] = procedure_row(s.h, "风险消除", _start(s)) | {"启动日期": day(_start(s), 1)}
    return s.record("MON-039", "PRC-014")
