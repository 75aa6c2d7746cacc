"""Sentences and tables that cover and page share, from the report model only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from duizhang.publish import model
from duizhang.publish.asking import is_external
from duizhang.publish.history import NO_DEPARTMENT
from duizhang.publish.items import NOBODY
from duizhang.publish.model import FILE_SHEET, LIST_SHEET, CountyReport, Delivery, Source

STATUS_WORDS = {"full": "收齐", "partial": "未收齐", "zero": "零报告", "short": "行数过少，未采用", "missing": "未收到", "stale": "已过期"}
# Titles of the cover's tables, each with the number of the cover's eight columns it takes.
TOWN_HEADER = (("乡镇", 2), ("错误", 1), ("疑似", 1), ("合计", 1), ("其中：新增", 1), ("退回", 1), ("上期未回复、再次出现", 1))
CODE_HEADER = tuple((title, 1) for title in ("指标", "问题", "类别", "本期命中", "上期命中", "要回答", "应查", "在哪里"))
BOOK_HEADER = (("账册", 2), ("部门", 2), ("数据日期", 2), ("收齐乡镇", 1), ("说明", 1))
STATE_HEADER = (("本期", 2), ("条数", 1), ("其中", 5))
SOURCE_HEADER = (("来源", 2), ("要回答", 1), ("已回复待销号", 1), ("本期已销号", 1), ("最早期限", 2), ("说明", 1))
OWED_HEADER = (("部门", 3), ("条数", 1), ("最早自", 2), ("说明", 2))
ASKED_HEADER = (("指标", 1), ("问题", 2), ("类别", 1), ("要回答", 1), ("最早期限", 2), ("在哪里", 1))
NA_HEADER = (("原因", 2), ("指标数", 1), ("未查行次", 1), ("哪些指标", 4))
PROBLEM_HEADER = (("指标", 1), ("名称", 1), ("问题", 2), ("说明", 4))

FIELDS = (
    ("核查结果▼", "点开下拉框选一个。没核的行空着，不要乱选；下期会再发。"),
    ("来源", "本县自查，或上级反馈（国家、省、市）和上级要求的期限；几家都问的只问一次，期限按最早的算。"),
    ("上次回复", "谁在哪天怎么答的，当时登记的值和现在登记的值。没有答过的空着。"),
    ("“疑似”的", "查下来登记没有错，选“不属实”并写明，就此销号；选“属实待整改”，要等改到位才销号。"),
    ("核查说明", "选“不属实”“情况说明”必须写；写清怎么核的、看到什么、依据什么材料。"),
    ("部门数据有误", "核查说明会转给那个部门：只写错在哪里，说明里不要抄写其他部门的数据。"),
    ("核查人", "实际核查的人。"),
    ("核查日期", "写成 2026-10-28 的样子，不晚于交回那天。"),
    ("批准人", "申请豁免时由另一人签名（不能与核查人相同）。其他情况空着。"),
)
STATUSES = (
    (model.NEW, "本期第一次发现。"),
    (model.RETURNED, "上次回复“已整改”，但最新导出里还是原样。请看是否改错了地方、没有保存，或改后没有重新导出。"),
    (model.UNANSWERED, "上期已下发，没有收到回复。期限仍按上期算。"),
    (model.AGAIN, "以前销过号，最新数据里又出现。"),
    (model.NOT_RECHECKED, "本期没有收到需要的账，不能复核，也不销号；仍请回答。"),
)
RULES = (
    ("可以做的", "排序、筛选、隐藏列、加列、加行、另存改名，都可以。"),
    ("不能改的", "户编号、姓名、证件号码、问题编号、校验码。改了、错了行，这一行会退回。"),
    ("文件格式", "存成 .xlsx 交回。下发时没有密码的不要设密码，有密码的照原来的密码。不要另存成 .xls 或 .csv。"),
    ("入户单", "另一个文件，一户一次问完，打印了带去手写；核完把结果填回清单。入户单不用交回。"),
    ("连带问题", "由这一条引起，改好这一条会跟着消失，不用单独回答；这一条答了“不属实”“无法核实”“情况说明”的，下次单独问。"),
    ("销号", "以最新导出为准。回复“已整改”只是报告，系统里看到改了才销号。删除户或人不算整改。"),
    ("个人信息", "本表含身份证号码，只发给核查需要的人，用完按规定销毁。"),
)


def source_text(sources: Sequence[Source], as_of: date) -> str:
    """Who asks, as the list says it: 本县自查、省级反馈（11月30日前）; the year only where it is another."""
    return "、".join(source.word + (f"（{_short(source.due_on, as_of)}前）" if source.due_on else "") for source in sources)


def _short(day: date, as_of: date) -> str:
    return f"{f'{day.year}年' if day.year != as_of.year else ''}{day.month}月{day.day}日"


def state_rows(report: CountyReport) -> list[list[str | int]]:
    """Where the county's questions stand: asked, waiting for the next export, for departments, gone, closed."""
    asked = Counter(line.status.removesuffix(model.NOT_RECHECKED) for line in report.asked)
    waiting = [row for row in report.replied if row.state != "gone"]
    departments = sum(row.answer == "部门数据有误" for row in waiting)
    nobody = sum(row.situation.startswith(NOBODY) for row in waiting)
    gone = len(report.replied) - len(waiting)
    held = len(report.waiting) - len(report.replied)
    answers = Counter(row.answer for row in waiting if row.answer != "部门数据有误")
    closed = Counter(row.situation for row in report.closed)
    rows: list[tuple[str, int, str]] = [
        ("要回答", len(report.asked), _counted(asked)),
        ("连带问题（不单独问）", report.consequences, f"其中 {held} 条的根源已回复，列在“已回复待销号”" if held else ""),
        ("已回复，等最新数据", len(waiting) - departments, _counted(answers)),
        ("已回复，等部门更正", departments - nobody, "县里的期限停着，部门更正前不再问"),
        *([("已回复，无对应部门", nobody, "证据里没有部门的账：请在下发的清单上改选核查结果，再交一次")] if nobody else []),
        ("对象查无，仍挂账", gone, ""),
        ("本期已销号", len(report.closed), _counted(closed)),
    ]
    return [[title, count, detail if count else ""] for title, count, detail in rows]


def _counted(counts: Counter[str]) -> str:
    return "；".join(f"{word} {n}" for word, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def source_rows(report: CountyReport) -> list[list[str | int]]:
    """Questions by who asks; none where nobody above asks. A question that two ask is counted under both."""
    groups = (report.asked, report.replied, report.closed)
    words = sorted({source.word for rows in groups for row in rows for source in row.sources}, key=lambda w: (w != model.OUR_CHECK, w))
    if words in ([], [model.OUR_CHECK]):
        return []
    result: list[list[str | int]] = []
    for word in words:
        counts = [sum(word in {source.word for source in row.sources} for row in rows) for rows in groups]
        mine = [(row, source) for row in report.asked for source in row.sources if source.word == word]
        earliest = min((source.due_on for _, source in mine if source.due_on), default=None)
        outside = sum(is_external(row.code) for row, _ in mine)
        note = f"其中 {outside} 条没有对应的指标" if outside else ""
        result.append([word, *counts, earliest.isoformat() if earliest else "—", note])
    return result


def last_answers(report: CountyReport) -> str:
    """What has become of the answers to the last list, in one sentence; '' where there was no list before."""
    if report.last is None:
        return ""
    if not report.last.answered:
        return f"上期（{report.last.cycle}）清单没有收到回复。"
    outcomes = "，".join(f"{count} 条{word}" for word, count in report.last.outcomes)
    return f"上期（{report.last.cycle}）清单您答了 {report.last.answered} 条：{outcomes}。"


def owed_rows(report: CountyReport) -> list[list[str | int]]:
    """What waits for departments, by department and since when."""
    listed, unknown = "已列入给该部门的更正单", "证据里没有部门的账，请改选核查结果"
    return [
        [owed.department, owed.items, owed.since.isoformat() if owed.since else "—", unknown if owed.department == NO_DEPARTMENT else listed]
        for owed in report.owed
    ]


def asked_rows(report: CountyReport) -> list[list[str | int]]:
    """Questions of a town's list by indicator, most first."""
    counts = Counter((line.code, line.title, line.severity) for line in report.lines)
    return [
        [code, title, severity, n, min(line.due_on for line in report.lines if line.code == code).isoformat(), LIST_SHEET]
        for (code, title, severity), n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def task(report: CountyReport) -> str:
    """What is asked by when, in one sentence."""
    asked = report.asked
    if not asked:
        return "本期没有需要回答的问题。"
    parts = []
    for severity, duty in (("错误", "必须改"), ("疑似", "必须核")):
        lines = [line for line in asked if line.severity == severity]
        if lines:
            days = sorted({line.due_on for line in lines if line.due_on >= report.as_of})
            overdue = sum(line.due_on < report.as_of for line in lines)
            until = f"，最迟 {days[-1].isoformat()}" if days else ""
            late = f"，其中 {overdue} 条已超期" if overdue else ""
            parts.append(f"{severity} {len(lines)} 条（{duty}{until}{late}）")
    sheets = "" if report.town else f"其中“{LIST_SHEET}” {len(report.lines)} 条，“{FILE_SHEET}” {len(report.file_lines)} 条。"
    return f"本期要回答 {len(asked)} 条：" + "；".join(parts) + f"。{sheets}每条期限见表内“期限”列。"


def how_to(report: CountyReport) -> tuple[str, ...]:
    """How to answer, in five lines."""
    keep = "密码不用改" if report.sealed else "不加密码"
    files = "" if report.town else f"；“{FILE_SHEET}”请转给报送部门"
    return (
        f"1. 打开“{LIST_SHEET}”，一户挨一户排好；左边是国家系统登记，右边是部门或入户登记，再右是怎么改、到哪里改。要入户的，先打印入户单。",
        f"2. 逐条核实，能改的先到应改的账上改{files}。",
        "3. 在黄色栏填“核查结果”（下拉选）、“核查说明”、“核查人”、“核查日期”；申请豁免的加“批准人”。",
        "4. 不改户编号、姓名、证件号码、问题编号、校验码；可以排序、筛选、加列。",
        f"5. 存成 .xlsx，{keep}，在期限内交回；收到后有回执，被退回的行照回执修改再交。各词含义见“填写说明”。",
    )


def town_rows(report: CountyReport) -> list[list[str | int]]:
    """Questions of the list by town: 错误, 疑似, all, new, returned, others; last a row of totals."""
    names = dict(report.towns)
    lines = {town: [line for line in report.lines if line.town == town] for town in names}
    rest = [line for line in report.lines if line.town not in names]
    if rest:
        lines[""] = rest
        names[""] = "未落到乡镇"
    rows: list[list[str | int]] = []
    for town, found in (*lines.items(), ("合计", list(report.lines))):
        states = Counter(line.status.removesuffix(model.NOT_RECHECKED) for line in found)
        new, returned = states[model.NEW], states[model.RETURNED]
        kinds = Counter(line.severity for line in found)
        row: list[str | int] = [names.get(town, "合计"), kinds["错误"], kinds["疑似"], len(found), new, returned]
        rows.append([*row, len(found) - new - returned])
    return rows if report.lines else []


def code_rows(report: CountyReport) -> list[list[str | int]]:
    """Failed indicators, most hits first."""
    asked = Counter(line.code for line in report.asked)
    failed = sorted((i for i in report.indicators if i.hits), key=lambda i: (-i.hits, i.code))
    return [
        [i.code, i.title, i.severity, i.hits, "—" if i.last_hits is None else i.last_hits, asked[i.code], i.applicable,
         i.where or "（已回复，待销号）"]
        for i in failed
    ]  # fmt: skip


def dates(delivery: Delivery) -> str:
    """Data dates of a book, oldest to newest."""
    found = [day.isoformat() for day in delivery.data_dates]
    return "—" if not found else found[0] if len(found) == 1 else f"{found[0]} 至 {found[-1]}"


def gaps(delivery: Delivery) -> str:
    """What of a book is not there, by town; empty where all is."""
    parts = []
    for status, towns in delivery.by_status:
        if status not in ("full", "zero"):
            where = "全县" if len(towns) == delivery.towns else "、".join(towns)
            parts.append(f"{where}{STATUS_WORDS[status]}")
    return "；".join(parts)


def state(delivery: Delivery) -> str:
    """One word for a book: 收齐 where every town is there, else what is wrong."""
    found = [status for status, _ in delivery.by_status]
    return STATUS_WORDS[found[0]] if len(found) == 1 else "部分乡镇缺"


def present(delivery: Delivery) -> int:
    """Number of towns whose book is there (a zero report is a report)."""
    return sum(len(towns) for status, towns in delivery.by_status if status in ("full", "zero"))


def book_rows(report: CountyReport) -> list[list[str | int]]:
    """One row a book: book, department, data dates, towns there of towns, state and what is missing."""
    return [
        [d.book, d.department, dates(d), f"{present(d)} / {d.towns}", gaps(d) or state(d)] for d in report.deliveries
    ]


def na_rows(report: CountyReport) -> list[list[str | int]]:
    """One row a reason: reason, number of indicators, rows not judged, the indicators."""
    return [
        [reason, len(found), sum(i.na for i in found), "、".join(i.code for i in found)]
        for reason, found in report.not_applicable
    ]


def problem_rows(report: CountyReport) -> list[list[str | int]]:
    """One row a problem of the check itself."""
    return [[p.code, p.title, p.kind, p.message] for p in report.problems]
