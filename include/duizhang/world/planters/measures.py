"""Planters of AID and MON-046: measures that are missing, of the wrong kind, or of the wrong time. More is reckoned in `support_reckoning`."""

from __future__ import annotations

from datetime import date, timedelta

from duizhang.world.columns import GUARANTEES
from duizhang.world.model import Row
from duizhang.world.people import later
from duizhang.world.planters.base import Raise, Site, nears, plants
from duizhang.world.planters.cells import IN_LEDGER, OF_RECORD, Register, enter
from duizhang.world.planters.places import PlaceSite, county_plants
from duizhang.world.planters.welfare import provide
from duizhang.world.sectors.support import LEDGER, PREMIUM, PROJECTS, ledger_row, set_measures

_SCHOOL, _HOUSE, _INSURED, _WATER = GUARANTEES
_SECOND = "致贫/返贫风险2"
TRADE, HEALTH = {"产业帮扶": ["产业奖补"]}, {"健康帮扶": ["其他"]}


def have(s: Site, chosen: dict[str, list[str]]) -> None:
    """The household has these measures and no others."""
    set_measures(s.h, chosen)


def _aided(
    register: Register, code: str, shape: str, what: str, chosen: dict[str, list[str]],
    cells: Row | None = None, *, raises: tuple[str, ...] = (),
) -> None:
    """Registers (by `plants` or `nears`) that the household has the measures `chosen` and no others, with these `cells`
    of the national book; `what`: its name in words; `raises`: all codes on the record, where that is not `code` alone."""

    def plant(s: Site) -> list[Raise]:
        s.nat.update(cells or {})
        have(s, chosen)
        return s.record(*(raises or (code,)))

    enter(register, code, shape, what, plant)


def _start(s: Site) -> int:
    return int(str(s.nat["识别监测时间"]))


def _entered(s: Site, days: int) -> None:
    """All measures entered `days` after the decision, or (as one renewed) as they were where that is later."""
    day = (date.fromisoformat(str(s.nat["纳入审定日期"])) + timedelta(days=days)).isoformat()
    for row in s.rows(LEDGER):
        row["录入日期"] = max(day, str(row["录入日期"]))


@plants("AID-001", "open_able")
def _eleven_days_later(s: Site) -> list[Raise]:
    _entered(s, 11)
    return s.record("AID-001")


@plants("AID-001", "gone")
def _nothing_in_the_ledger(s: Site) -> list[Raise]:
    s.rows(LEDGER).clear()
    return s.record("AID-001")


@nears("AID-001", "open_able")
def _ten_days_later(s: Site) -> list[Raise]:
    _entered(s, 10)
    return s.record("AID-001")


_aided(plants, "AID-002", "open_able", "no measure", {}, raises=("AID-001", "AID-002"))


@nears("AID-002", "open_fresh")
def _no_measure_a_month_later(s: Site) -> list[Raise]:
    if s.month.number == 1:
        have(s, {})
    return s.record("AID-002")


_aided(plants, "AID-003", "gone", "helped by nothing", {}, raises=("AID-002", "AID-003", "MON-039"))
_aided(nears, "AID-003", "gone", "over by itself", {}, {"风险消除方式": "自然消除"})
_aided(plants, "AID-004", "open", "ill without help", TRADE)
_aided(nears, "AID-004", "open", "ill with help of society", TRADE | {"社会帮扶": ["其他"]})
_aided(plants, "AID-005", "open_school", "school without help", TRADE | HEALTH, {_SECOND: "因学"})
_aided(nears, "AID-005", "open_school", "school with help", TRADE | {"教育帮扶": ["其他"]}, {_SECOND: "因学"})
_aided(plants, "AID-006", "open_disabled", "disabled without help", TRADE | HEALTH, {_SECOND: "因残"})
_aided(nears, "AID-006", "open_disabled", "disabled with help of society", TRADE | {"社会帮扶": ["其他"]}, {_SECOND: "因残"})
OF_RECORD.plants("AID-007", "gone", "damaged house without help", {_HOUSE: "是", _SECOND: "因安全住房"})
_aided(nears, "AID-007", "gone", "damaged house with help", HEALTH | {"住房安全保障": ["其他"]}, {_HOUSE: "是", _SECOND: "因安全住房"})
_aided(plants, "AID-008", "gone", "dropout without help", HEALTH | {"教育帮扶": ["其他"]}, {_SCHOOL: "是"}, raises=("AID-008", "MON-021"))
_aided(nears, "AID-008", "gone", "no dropout and no help", HEALTH | {"教育帮扶": ["其他"]})


OF_RECORD.plants("AID-009", "open", "water without help", {_WATER: "是", _SECOND: "因安全饮水"})
_aided(nears, "AID-009", "open", "water with help", TRADE | HEALTH | {"饮水安全保障": ["其他"]}, {_WATER: "是", _SECOND: "因安全饮水"})
_aided(plants, "AID-010", "open", "uninsured without help", TRADE | {"综合保障": ["其他"]}, {_INSURED: "是"})
_aided(nears, "AID-010", "open", "uninsured with help of society", TRADE | {"社会帮扶": ["其他"]}, {_INSURED: "是"})
_aided(plants, "AID-011", "open_elder", "weak without developing", HEALTH)
_aided(nears, "AID-011", "open_elder", "weak with a loan", HEALTH | {"金融帮扶": ["小额信贷"]})
_aided(plants, "AID-012", "open_dibao_pair", "support alone", {"综合保障": ["低保"]}, raises=("AID-011", "AID-012"))
_aided(nears, "AID-012", "open_dibao_pair", "support and health", {"综合保障": ["低保"], "健康帮扶": ["其他"]})
OF_RECORD.plants("AID-013", "open_able", "developing not begun", {"实施开发式帮扶措施情况": "尚未实施"})
OF_RECORD.plants("AID-013", "open_able", "developing not told", {"实施开发式帮扶措施情况": None})
OF_RECORD.nears("AID-013", "open_able", "developing not needed", {"实施开发式帮扶措施情况": "无需实施"})
_aided(plants, "AID-014", "open_able", "training alone", HEALTH | {"产业帮扶": ["其他"], "金融帮扶": ["技能培训"]})
_aided(nears, "AID-014", "open_able", "one real measure", HEALTH | {"产业帮扶": ["其他", "产业奖补"]})
_aided(plants, "AID-027", "open_in_time", "premium not booked", TRADE | HEALTH)
_aided(nears, "AID-027", "open_late", "premium not due", TRADE | HEALTH)
_aided(plants, "AID-028", "open_late", "premium too late", TRADE | {"健康帮扶": [PREMIUM]})
_aided(nears, "AID-028", "open_in_time", "premium in time", TRADE | {"健康帮扶": [PREMIUM]})
_aided(plants, "AID-029", "open_able", "moved house", TRADE | HEALTH | {"搬迁": ["其他"]})
_aided(nears, "AID-029", "open_able", "house made safe", TRADE | HEALTH | {"住房安全保障": ["其他"]})


@plants("AID-030", "open_able")
def _begun_before_identified(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["开始时间"] = later(_start(s), -1)
    return s.record("AID-030")


@nears("AID-030", "open")
def _begun_before_identified_of_the_poor(s: Site) -> list[Raise]:
    s.rows(LEDGER)[0]["开始时间"] = later(_start(s), -1)
    return s.record("AID-030")


IN_LEDGER.plants("AID-031", "open_able", "no office", {"责任部门": None})
IN_LEDGER.plants("AID-031", "gone", "nobody answers", {"责任人": None})


@plants("AID-032", "ill_single")
def _unable_and_unsupported(s: Site) -> list[Raise]:
    return s.house("AID-032")


@nears("AID-032", "ill_single")
def _unable_and_destitute(s: Site) -> list[Raise]:
    provide(s, s.head)
    return s.house("AID-032")


IN_LEDGER.nears("AID-031", "open_able", "office and person", {"责任部门": "镇政府", "责任人": "乙某", "措施其他备注": None})


@plants("MON-046", "gone")
def _begun_after_the_end(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "健康帮扶", "其他", later(int(str(s.nat["消除监测时间"])), 1)))
    return s.record("MON-046")


@nears("MON-046", "gone")
def _begun_in_the_last_month(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "健康帮扶", "其他", int(str(s.nat["消除监测时间"]))))
    return s.record("MON-046")


@nears("MON-046", "gone")
def _a_loan_after_the_end(s: Site) -> list[Raise]:
    s.rows(LEDGER).append(ledger_row(s.h, "金融帮扶", "小额信贷", later(int(str(s.nat["消除监测时间"])), 1)))
    return s.record("MON-046")


def _projects(s: PlaceSite, kind: str) -> Row:
    """The county's project of `kind` of this year."""
    return next(row for row in s.rows[PROJECTS] if row["资金年度"] == s.month.as_of.year and row["项目类型"] == kind)


@county_plants("AID-033")
def _post_without_content(s: PlaceSite) -> list[Raise]:
    _projects(s, "公益岗位")["建设内容"] = None
    return s.here("AID-033")


@county_plants("AID-033", near=True)
def _road_without_content(s: PlaceSite) -> list[Raise]:
    _projects(s, "乡村建设")["建设内容"] = None
    return s.here("AID-033")


def _shift(s: PlaceSite, money: float) -> None:
    """`money` (of a thousand in all, six hundred for farming and trade) goes to roads instead."""
    for kind, change in (("产业发展", -money), ("乡村建设", money)):
        row = _projects(s, kind)
        row["衔接资金金额"] = round(float(row["衔接资金金额"] or 0) + change, 2)


@county_plants("AID-034")
def _little_for_trade(s: PlaceSite) -> list[Raise]:
    _shift(s, 50.01)
    return s.here("AID-034")


@county_plants("AID-034", near=True)
def _just_enough_for_trade(s: PlaceSite) -> list[Raise]:
    if _projects(s, "产业发展")["衔接资金金额"] != 600:
        return []  # another defect stands in this county
    _shift(s, 50)
    return s.here("AID-034")


@county_plants("JOB-023", near=True)
def _enough_at_work(s: PlaceSite) -> list[Raise]:
    """Only the second county was asked for more people than it has."""
    return [] if s.key.endswith("02") else s.here("JOB-023")
