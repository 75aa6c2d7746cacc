"""The five tests of county closure (domain/standards.md §6), judged from what the ledger and the check say.

No test passes on what could not be looked at: a book, column or parameter that lacks makes it 不能判定.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duizhang.closure.config import Closing
from duizhang.closure.totals import UNITS, Sums
from duizhang.core.catalogue import Rule

PASSED, FAILED, UNDECIDED = "通过", "未通过", "不能判定"
SETTLED = ("exempted", "verified_not_so", "acknowledged")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the tests stand on: `results` rows of results.parquet by code, `codes` and `measures` as `ledger.measures` has
    them, `items` the open items of the ledger, `sums` the counts by village and town, `uncovered` the towns without books."""

    as_of: date
    cycle: str
    rules: Mapping[str, Rule]
    results: Mapping[str, Row]
    measures: Mapping[str, Any]
    items: Sequence[Row]
    sums: Sums
    uncovered: tuple[str, ...] = ()  # names of the towns that no usable file of the national book covers: they have no rows

    def of_kind(self, kind: str, severity: str) -> list[Rule]:
        """Rules of a kind and severity, by code."""
        return [rule for _, rule in sorted(self.rules.items()) if (rule.kind, rule.severity) == (kind, severity)]


@dataclass(frozen=True)
class Proof:
    """One of the five tests: its verdict, the numbers behind it, what is left to do (with how many), which indicators show it."""

    number: int
    title: str
    meaning: str
    verdict: str
    numbers: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]  # what is not mended, visited, answered: 未通过
    lacking: tuple[str, ...]  # what could not be looked at: 不能判定
    codes: tuple[tuple[str, int], ...]


def judge(facts: Facts, config: Closing) -> tuple[Proof, ...]:
    """The five tests, in their order."""
    return (_books(facts), _visits(facts, config), _totals(facts, config), _in_time(facts, config), _rerun(facts))


def conclusion(tests: Iterable[Proof]) -> str:
    """Closed only where all five passed."""
    verdicts = Counter(test.verdict for test in tests)
    if verdicts[FAILED]:
        return f"尚未闭合：{verdicts[FAILED]} 项未通过" + (f"，{verdicts[UNDECIDED]} 项不能判定" if verdicts[UNDECIDED] else "")
    return f"不能判定是否闭合：{verdicts[UNDECIDED]} 项缺数据" if verdicts[UNDECIDED] else "五项全部通过，本县本期闭合"


def _verdict(missing: Sequence[str], lacking: Sequence[str]) -> str:
    return FAILED if missing else UNDECIDED if lacking else PASSED


@dataclass(frozen=True)
class _Kind:
    """How the errors of one kind stand."""

    rules: int
    judged: int
    n: int
    hits: int
    settled: Counter[str]
    unknown: int
    left: tuple[tuple[str, int], ...]  # code → not mended, most first
    waiting: int  # open items that could not be judged this time
    lacking: tuple[str, ...]

    @property
    def total_left(self) -> int:
        return sum(count for _, count in self.left)

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """Label → number, as printed."""
        settled = f"豁免 {self.settled['exempted']}、核实不属实 {self.settled['verified_not_so']}、情况说明 {self.settled['acknowledged']}"
        return (
            ("错误级指标", f"{self.rules} 个，其中查全 {self.judged} 个"),
            ("应查 / 命中", f"{self.n} / {self.hits} 项次"),
            ("命中里已了结", settled),
            ("未清零", f"{self.total_left} 条" + (f"，另有 {self.waiting} 条本期缺数据未能复核" if self.waiting else "")),
            *((("空值无法判断", f"{self.unknown} 项次"),) if self.unknown else ()),
        )


def _kind(facts: Facts, kind: str, severity: str = "错误", *, apart: str = "") -> _Kind:
    """`apart`: an indicator whose rows that could not be judged are told by the caller."""
    rules = facts.of_kind(kind, severity)
    rows = {rule.code: facts.results[rule.code] for rule in rules if rule.code in facts.results}
    codes: Mapping[str, Mapping[str, int]] = facts.measures["codes"]
    open_now = Counter(item["code"] for item in facts.items if item["code"] in rows and not item["na_since"])
    waiting = sum(bool(item["na_since"]) for item in facts.items if item["code"] in rows)
    settled: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for code in rows:
        settled.update({word: codes[code][word] for word in SETTLED})
        # the ledger and the check must both be clear; a fact of the past stays a hit for ever and may be explained
        left[code] = max(open_now[code], codes[code]["hits"] - sum(codes[code][word] for word in SETTLED))
    unknown = sum(codes[code]["unknown"] for code in rows)
    told = unknown - sum(codes[code]["unknown"] for code in rows if code == apart)
    unseen = [f"{kind}错误有 {waiting} 条未销号，本期不能复核，不能判定"] if waiting else []
    unseen += [f"{kind}错误规则有 {told} 项次因空值不能判定"] if told else []
    return _Kind(
        rules=len(rules),
        judged=sum(not row["na"] and not row["na_reason"] for row in rows.values()),
        n=sum(codes[code]["n"] for code in rows),
        hits=sum(codes[code]["hits"] for code in rows),
        settled=settled,
        unknown=unknown,
        left=tuple(sorted(((c, n) for c, n in left.items() if n), key=lambda entry: (-entry[1], entry[0]))),
        waiting=waiting,
        lacking=(*_towns(facts), *unseen, *lacks(rows.values(), len(rules) - len(rows))),
    )


def _towns(facts: Facts) -> tuple[str, ...]:
    """A town without the national book has no rows that anything could be wrong with."""
    told = f"缺{'、'.join(facts.uncovered)}的《国家系统》数据（{len(facts.uncovered)} 个乡镇），不能判定"
    return (told,) if facts.uncovered else ()


def lacks(rows: Iterable[Row], without_result: int = 0) -> tuple[str, ...]:
    """Why rows of these indicators could not be judged, one sentence a reason, those that hide most indicators first."""
    reasons: Counter[str] = Counter()
    for row in rows:
        if row["na"] or row["na_reason"]:  # without its book an indicator may have no row at all
            reasons.update(set(filter(None, str(row["na_reason"] or "原因未说明").split("；"))))
    told = [
        f"{'缺' if reason.startswith('《') else ''}{reason}，{count} 个指标不能判定"
        for reason, count in sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    return (*told, *((f"{without_result} 个指标本次没有结果，不能判定",) if without_result else ()))


def _books(facts: Facts) -> Proof:
    kind = _kind(facts, "账账")
    doubts = [item for item in facts.items if item["severity"] == "疑似"]
    silent = sum(item["answer"] is None for item in doubts)
    unclear = sum(item["answer"] == "cannot_verify" for item in doubts)
    missing = [f"账账错误未清零 {kind.total_left} 条"] if kind.total_left else []
    missing += [f"疑似未核查 {silent} 条"] if silent else []
    return Proof(
        1, "账账相符", "账账类错误全部清零（或已豁免）；疑似全部有核查结果", _verdict(missing, kind.lacking),
        (*kind.numbers, ("未销号疑似", f"{len(doubts)} 条，其中未核查 {silent} 条、报无法核实 {unclear} 条")),
        tuple(missing), kind.lacking, kind.left,
    )  # fmt: skip


def _visits(facts: Facts, config: Closing) -> Proof:
    kind = _kind(facts, "账实", apart=config.visited_by)
    row, counted = facts.results.get(config.visited_by), facts.measures["codes"].get(config.visited_by)
    missing, lacking = [], list(kind.lacking)
    numbers: tuple[tuple[str, str], ...] = ()
    if row is None or counted is None or not counted["n"]:
        lacking.insert(0, "缺入户核查批次，入户覆盖率不能判定")
    else:
        absent = max(0, counted["hits"] - counted["exempted"] - counted["verified_not_so"])
        reached = counted["n"] - counted["hits"]
        numbers = (("入户覆盖率", f"应入户 {counted['n']}，已入户 {reached}（{_percent(reached, counted['n'])}）"),)
        missing += [f"应入户未入户 {absent} 个农户"] if absent else []
        unseen = counted["unknown"] + row["na"]
        lacking += [f"{unseen} 个农户有没有入户不能判定"] if unseen else []
    others = kind.total_left - sum(n for code, n in kind.left if code == config.visited_by)
    missing += [f"账实错误未清零 {others} 条"] if others else []
    return Proof(
        2, "账实相符", "入户批次覆盖率 100%，账实类错误全部清零", _verdict(missing, lacking),
        (*numbers, *kind.numbers), tuple(missing), tuple(lacking), kind.left,
    )  # fmt: skip


def _percent(part: int, whole: int) -> str:
    """A share with one decimal, never rounded up to 100%."""
    return f"{int(1000 * part / whole) / 10:.1f}%" if whole else "不适用"


def _numbers(values: Sequence[int]) -> str:
    return " / ".join(str(value) for value in values)


def _totals(facts: Facts, config: Closing) -> Proof:
    sums = facts.sums
    missing = []
    for at, unit in enumerate(("个农户", "个成员", "个监测户")):
        of_village, of_town = sums.county[at] - sums.of_villages[at], sums.county[at] - sums.of_towns[at]
        if of_village or of_town:
            apart = f"（其中 {sums.without_home} 人不在本表任何一户）" if at == 1 and sums.without_home else ""
            missing.append(f"有 {of_village} {unit}归不到区划表里的村，{of_town} 个归不到乡镇{apart}")
    if sums.unequal:
        missing.append("村合计与乡镇数不等：" + "、".join(town.name for town in sums.unequal))
    if sums.quarantined:
        missing.append(f"国家系统导出文件有 {sums.quarantined} 行被隔离，没有计入")
    if sums.system is not None and sums.system != sums.county:
        missing.append(f"与系统汇总数不等：系统 {_numbers(sums.system)}，本表 {_numbers(sums.county)}")
    lacking = ["缺《国家系统首页汇总数》，不能判定与系统汇总数是否相等"] if sums.system is None and config.compare_totals == "required" else []
    lacking += _towns(facts)
    if not sums.county[0]:
        lacking.append("缺《国家系统》农户数据，不能判定")
    told = "、".join(UNITS)
    compared = f"{_numbers(sums.system)}（{sums.source}）" if sums.system is not None else "没有提供，未比"
    return Proof(
        3, "上下一致", f"村→乡→县合计相等，且与系统汇总数相等（比：{told}）", _verdict(missing, lacking),
        (("县", _numbers(sums.county)), ("各乡镇合计", _numbers(sums.of_towns)), ("各村合计", _numbers(sums.of_villages)),
         ("系统汇总数", compared)),
        tuple(missing), tuple(lacking), (),
    )  # fmt: skip


def _in_time(facts: Facts, config: Closing) -> Proof:
    kind, doubts = _kind(facts, "时效"), {rule.code for rule in facts.of_kind("时效", "疑似")}
    overdue = int(facts.measures["overdue"])
    above = sum(any(_past(note, facts.as_of) for note in item.get("notices") or ()) for item in facts.items)
    silent = sum(item["code"] in doubts and item["answer"] is None for item in facts.items)
    missing = [
        f"{words} {count} 条"
        for words, count in (("超过整改时限", overdue), ("上级反馈超期未办", above), ("时效类错误未清零", kind.total_left),
                             ("时效类疑似未核查", silent)) if count
    ]  # fmt: skip
    lacking = [f"缺《{need.title}》规则结果，不能判定" for need in config.in_time_needs if not set(need.codes) & set(facts.results)]
    lacking += kind.lacking
    return Proof(
        4, "无超期", "整改、推送、认定、帮扶等时限内办结，时效类规则没有未处置的命中", _verdict(missing, lacking),
        (("超过整改时限", f"{overdue} 条"), ("上级反馈超期", f"{above} 条"), *kind.numbers), tuple(missing), tuple(lacking), kind.left,
    )  # fmt: skip


def _past(note: Row, day: date) -> bool:
    due = note.get("due_on")
    return due is not None and (due if isinstance(due, date) else date.fromisoformat(str(due))) < day


def _stays(item: Row) -> bool:
    return bool(item["closes"] == "acknowledged" and item["last_hit"] > item["answered_on"])


def _rerun(facts: Facts) -> Proof:
    claims = [item for item in facts.items if item["answer"] == "fixed"]
    # data newer than the claim prove it or return it; a fact of the past is never returned, though it is seen again
    unchanged = [item for item in claims if item["state"] == "returned" or _stays(item)]
    waiting = [item for item in claims if item not in unchanged]
    codes = Counter(item["code"] for item in unchanged)
    missing = [f"报已整改、最新导出仍命中 {len(unchanged)} 条"] if unchanged else []
    lacking = [f"报已整改、还没有更新的导出复核 {len(waiting)} 条，不能判定"] if waiting else []
    lacking += _towns(facts)
    issued = facts.measures["issued_as_of"]
    if issued is not None and issued >= facts.as_of:
        lacking.append(f"缺《{facts.cycle} 期清单下发以后的国家系统导出》，不能判定")
    period = facts.measures["period"]
    return Proof(
        5, "复跑确认", "以重新导出的系统数据复跑为准，不以填报“已整改”为准", _verdict(missing, lacking),
        (("本期报已整改", f"{period['claimed']} 条"), ("复跑证实", f"{period['claimed_proven']} 条"),
         ("仍命中（退回）", f"{len(unchanged)} 条"), ("等复跑", f"{len(waiting)} 条")),
        tuple(missing), tuple(lacking), tuple(sorted(codes.items(), key=lambda entry: (-entry[1], entry[0]))),
    )  # fmt: skip
