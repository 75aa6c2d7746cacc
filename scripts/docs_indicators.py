"""docs/indicators/: one page per indicator, out of the catalogue, and indexes by group, book and dimension."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docs_dictionary import TYPES
from docs_text import HEAD, SUBJECTS, block, code, pairs, section, source_mark, table
from duizhang.contracts.load import Book
from duizhang.contracts.model import Column
from duizhang.contracts.parameters import Threshold
from duizhang.contracts.subjects import Lineage, Spine
from duizhang.core.catalogue import Rule

CLOSES = {
    "export": "以导出销号：下一次覆盖到的导出显示已改正，才算销号；报“已整改”只是说法",
    "field": "以核查销号：以入户核查的结论为准",
    "acknowledged": "以说明销号：已发生、改账改不回来的事，问一次，凭有记录的说明销号",
}
SEVERITIES = {"错误": "错误：必须改", "疑似": "疑似：必须核实，可以答“不属实”"}
PLAIN = {"VARCHAR": "文本", "BIGINT": "整数", "INTEGER": "整数", "DOUBLE": "小数", "DATE": "日期", "BOOLEAN": "是/否"}
NATURES = {"种": "通知原文", "公": "公开来源", "标": "国家或行业标准", "推": "推断"}
INFERRED = "> ⚠ **推断，不是官方规定。** 这条指标（或其中的阈值）由我们推出，没有公开条文；用前请业务主管部门确认。*Inferred, never official.*\n"


@dataclass(frozen=True)
class Catalogue:
    """The rules and what is needed to explain them."""

    rules: Sequence[Rule]
    book: Book
    lines: Lineage
    spines: Mapping[str, Spine]
    types: Mapping[str, Mapping[str, str]]  # subject → column → DuckDB type
    thresholds: Sequence[Threshold] = ()

    def feeds(self, rule: Rule) -> list[str]:
        """Feeds a verdict of `rule` needs."""
        return sorted(self.lines.of(rule.subject, rule.columns) | set(rule.feeds))

    def parameters(self, rule: Rule) -> list[str]:
        """Parameters a verdict of `rule` needs."""
        return sorted(column for column in rule.columns if column.startswith("参数_"))

    def read(self, rule: Rule) -> list[str]:
        """All feeds `rule` reads, that of its parameters included."""
        book = self.book.role("parameters")
        yearly = {f"参数_{head}{column.name}" for column in book.columns for head in ("", "上年_")}
        mine = set(self.parameters(rule))
        return sorted({*self.feeds(rule), *([book.feed] if mine & yearly or mine - yearly - self.own_parameters else [])})

    @property
    def own_parameters(self) -> set[str]:
        """Columns of the parameters that stand in indicators.yaml."""
        return {f"参数_{head}{one.name}" for one in self.thresholds for head in ("", "上年_")}

    def column(self, subject: str, name: str) -> Column | None:
        """The contract's column behind a plain column of the spine of `subject`, where there is one."""
        if name in self.lines.feeds.get(subject, {}):
            return None
        spine = self.spines.get(subject)
        name = name.removeprefix("参数_")
        feeds = (*(spine.feeds if spine else ()), self.book.role("parameters").feed)
        columns = (column for feed in feeds for column in self.book.by_feed[feed].columns)
        return next((column for column in columns if column.name == name), None)

    def book_of(self, subject: str, name: str) -> str:
        """Which book says the column."""
        if name == "as_of":
            return "本次运行"
        if name.startswith("参数_"):
            contract = self.book.role("parameters")
            yearly = name.removeprefix("参数_").removeprefix("上年_") in {column.name for column in contract.columns}
            return contract.book if yearly or name not in self.own_parameters else "口径参数文件"
        return self.lines.book_of(subject, name)

    def title_of(self, subject: str, name: str) -> str:
        """The column in plain words."""
        if name == "as_of":
            return "判定时点：这次运行所站的日期"
        title = self.lines.title_of(subject, name)
        return f"口径参数“{name.removeprefix('参数_')}”，按县、按年" if name.startswith("参数_") and title == name else title


def rule_page(rule: Rule, known: Catalogue) -> str:
    """The page of one indicator."""
    feeds = "、".join(f"[{feed}](../dictionary/{feed}.md)" for feed in known.read(rule)) or "报送文件本身"
    nature = "、".join(meaning for mark, meaning in NATURES.items() if mark in rule.nature)
    about = pairs(
        [
            ("主体 subject", f"{SUBJECTS[rule.subject]} {code(rule.subject)}"), ("严重性 severity", SEVERITIES[rule.severity]),
            ("类别 · 维度", f"{rule.kind} · {rule.dimension}"), ("以谁为准 authority", rule.authority),
            ("依据 basis", "；".join(rule.basis)), ("性质 nature", f"{rule.nature}（{nature}）" if rule.nature else ""),
            ("到哪里改 fix_at", rule.fix_at), ("答复期限", f"{rule.days} 天"), ("怎么销号 closes", f"{code(rule.closes)} {CLOSES[rule.closes]}"),
            ("可否豁免 exemptible", "可以，凭批准记录" if rule.exemptible else "不可以"), ("站在哪些账上 feeds", feeds),
            ("外部编号 external", "、".join(rule.external)), 
            ("版本 version", code(rule.version)),
        ]
    )  # fmt: skip
    parts = [f"{HEAD}# {rule.code} {rule.title}\n\n", f"**{rule.question}**\n\n", f"怎么办：{rule.remedy}\n\n"]
    parts += [INFERRED + "\n" if "推" in rule.nature else "", about]
    parts.append(section("判定 Predicate", _predicate(rule)))
    parts.append(section("用到的列 Columns", _columns(rule, known)))
    parts.append(section("口径参数 Parameters", _parameters(rule, known)))
    parts.append(section("例 Examples", _examples(rule)))
    parts.append(section("根因与连带 Consequences", _consequences(rule, known.rules)))
    parts.append(section("说明 Notes", rule.notes))
    return "".join(parts)


def _predicate(rule: Rule) -> str:
    applies = "每一行都适用。\n\n" if rule.applies == "TRUE" else f"适用（分母）applies：\n\n{block('sql', rule.applies)}\n"
    after = "为真 = 命中一条问题；为空 = 不判；为假 = 通过。缺任一本账或口径参数时“不适用”，不是 0 条。\n"
    return f"{applies}命中 where：\n\n{block('sql', rule.where)}\n{after}"


def _columns(rule: Rule, known: Catalogue) -> str:
    named = dict.fromkeys([*rule.evidence, *rule.stands_on, *sorted(rule.columns)])
    uses = (("判定", rule.columns), ("展示", rule.evidence), ("答复所据", rule.stands_on))
    rows = []
    for name in named:
        column = known.column(rule.subject, name)
        kind = TYPES[column.type] if column else PLAIN.get(known.types[rule.subject].get(name, ""), "")
        codes = f"[{column.codes}](../dictionary/codes.md#{column.codes.lower()})" if column and column.codes else ""
        mark = source_mark(column.source) if column else ""
        used = "、".join(use for use, names in uses if name in names)
        rows.append((name, known.title_of(rule.subject, name), known.book_of(rule.subject, name), kind, codes, mark, used))
    return table(("列", "含义", "哪本账", "类型", "码表", "列名出处", "用途"), rows)


def _parameters(rule: Rule, known: Catalogue) -> str:
    names = dict.fromkeys(name.removeprefix("参数_").removeprefix("上年_") for name in known.parameters(rule))
    rows = [
        (f"[{one.name}](../parameters/README.md#{one.name})", one.value, one.unit, one.place or "各地", one.since, one.until or "一直", one.source)
        for name in names for one in known.thresholds if one.name == name
    ]  # fmt: skip
    return table(("参数", "值", "单位", "地区（区划代码）", "起", "止", "出处"), rows)


def _examples(rule: Rule) -> str:
    groups = (("命中", rule.examples.violates), ("通过", rule.examples.passes), ("不判", rule.examples.unknown), ("不适用", rule.examples.outside))
    heads = list(dict.fromkeys(name for _, rows in groups for row in rows for name in row))
    rows = [(verdict, *(_value(row.get(name)) for name in heads)) for verdict, rows in groups for row in rows]
    return "没写的列为空；`as_of` 不写时为 2026-10-31。每个例子都是测试。\n\n" + table(("结论", *heads), rows)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是（TRUE）" if value else "否（FALSE）"
    return "空" if value is None else str(value)


def _consequences(rule: Rule, rules: Sequence[Rule]) -> str:
    titles = {other.code: other.title for other in rules}
    roots = [f"- 连带于 [{root}]({root}.md) {titles.get(root, '')}" for root in rule.consequence_of]
    notes = [f"- 它在时，[{other.code}]({other.code}.md) {other.title} 只作附注" for other in rules if rule.code in other.consequence_of]
    return "\n".join(["同一户、同一人上：\n", *roots, *notes]) if roots or notes else ""


def _line(rule: Rule, known: Catalogue) -> tuple[str, ...]:
    inferred = "推断" if "推" in rule.nature else ""
    books = "、".join(dict.fromkeys(known.book.by_feed[feed].book for feed in known.read(rule))) or "文件"
    return (f"[{rule.code}]({rule.code}.md)", rule.title, SUBJECTS[rule.subject], rule.severity, rule.kind, rule.dimension, books, inferred)


HEADS = ("指标", "名称", "主体", "严重性", "类别", "维度", "账", "性质")


def index_page(title: str, known: Catalogue, keys: Callable[[Rule], Iterable[str]]) -> str:
    """An index of all rules under the headings `keys` gives (a rule may stand under more than one)."""
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in known.rules:
        for key in keys(rule):
            groups[key].append(rule)
    inferred = sum("推" in rule.nature for rule in known.rules)
    links = (
        "按组 by group: [README](README.md) · 按账 by book: [by-book](by-book.md) · 按维度 by dimension: [by-dimension](by-dimension.md) · "
        "按部门 by department: [by-department](by-department.md) · 按依据条文 by source clause: [by-clause](by-clause.md)"
    )
    intro = f"{len(known.rules)} 条指标，其中 {inferred} 条含**推断**（标在“性质”列），不是官方规定。\n\n{links}\n"
    body = (section(f"{key}（{len(rules)}）", table(HEADS, [_line(rule, known) for rule in rules])) for key, rules in sorted(groups.items()))
    return f"{HEAD}# {title}\n\n{intro}{''.join(body)}"


SOURCES = {
    "SD": "SD 山东 2021 年通知", "GS": "GS 甘肃 2021 年通知", "GL": "GL 桂林 2022 年通知", "LY": "LY 涞源 2022 年通知",
    "R": "R 公开仓库", "W": "W 公开网页", "GB": "国家标准", "推": "推断",
}  # fmt: skip
_NOTICE = re.compile(r"(SD|GS|GL|LY)\s*(.*)", re.DOTALL)
_LISTED = re.compile(r"R1 GZ:((?:\d+_\d+(?:_\d+)?、?)+)(.*)", re.DOTALL)
_NUMBERS = re.compile(r"\d+_\d+(?:_\d+)?")


def clauses(basis: str) -> list[tuple[str, str]]:
    """(source, clause) of one line of a rule's basis; several where it cites several numbers of one repository."""
    if found := _LISTED.fullmatch(basis):
        return [(SOURCES["R"], f"R1 GZ:{number}") for number in _NUMBERS.findall(found.group(1))]
    if found := _NOTICE.fullmatch(basis):
        return [(SOURCES[found.group(1)], found.group(2) or "全文")]
    head = re.match(r"[RW](?=\d)|GB|推", basis)
    return [(SOURCES[head.group()] if head else SOURCES["推"] if "推断" in basis else "其他", basis)]


def clause_page(known: Catalogue) -> str:
    """The index by source and clause: which indicators stand on it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in known.rules:
        for source, clause in dict.fromkeys(pair for basis in rule.basis for pair in clauses(basis)):
            found[source][clause].append(rule.code)
    parts = [f"{HEAD}# 指标，按依据条文 Indicators by source clause\n\n每条依据站着哪些指标。R、W 的编号见[术语表](../glossary.md)。\n"]
    for source in sorted(found, key=[*SOURCES.values(), "其他"].index):
        rows = [(clause, "、".join(f"[{each}]({each}.md)" for each in codes)) for clause, codes in sorted(found[source].items())]
        parts.append(section(f"{source}（{len(rows)}）", table(("条文", "指标"), rows)))
    return "".join(parts)
