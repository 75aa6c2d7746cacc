"""docs/dictionary/: one page per feed, out of its contract, and one of the code lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docs_text import HEAD, SUBJECTS, TAKES, code, pairs, section, source_mark, table
from duizhang.contracts.load import Book, CodeList
from duizhang.contracts.model import Column, Contract, Fact, Table

ROLES = {
    "national": "国家系统：人和户的主干", "regions": "行政区划", "parameters": "口径参数（按县、按年）",
    "reference": "参照（不按月更正，不决定判定日期）",
    "register": "部门账；15 位旧号升位以它为证", "department": "部门账", "field": "入户所见",
}  # fmt: skip
DELIVERIES = {
    "whole": "整份：新的一份代替旧的一份", "by_town": "按乡镇：后到的代替前面同一乡镇的", "increment": "增量：各份累加",
}  # fmt: skip
SCOPES = {"filename": "文件名或表头上方写明县", "column": "每行写明所在地", "city": "一份管全市"}
TYPES = {
    "str": "文本", "int": "整数", "dec": "小数", "bool": "是/否", "enum": "选项", "enum*": "选项（可多选）", "id": "证件号码",
    "tel": "电话", "date": "日期", "datetime": "日期时间", "date8": "日期 YYYYMMDD", "ym": "年月 YYYYMM", "ymcn": "年月（2026年10月）",
    "year": "年度",
}  # fmt: skip


def feed_page(contract: Contract, read_by: Sequence[str], used: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """The page of one feed. `read_by`: codes of the indicators it decides; `used`: (subject, column) → codes that read it."""
    inferred = sum(column.source == "I" for column in contract.columns)
    parts = [f"{HEAD}# {contract.title}（{contract.feed}）\n\n", _about(contract)]
    if inferred:
        parts.append(f"\n> {inferred} 列的名称或格式是**推断**（出处标 I），不是官方规定；拿到真实导出后以导出为准，改别名即可。\n")
    parts.append(section("列 Columns", table(("列", "类型", "必有", "码表", "单位", "别名", "改写", "出处"), map(_column, contract.columns))))
    parts.append(section("表 Tables", table(("表", "主键", "怎么得", "列"), [_table(name, spec) for name, spec in contract.tables.items()])))
    parts.append(section("关联 Match", _match(contract)))
    parts.append(section("事实列 Facts", facts_table(contract.facts, used)))
    parts.append(section("账外人员 Cases", _cases(contract)))
    parts.append(section("含义对照 Maps", table(("含义", "列"), contract.maps.items())))
    layouts = [(layout.valid_until, "；".join(f"{old} → {new}" for old, new in layout.rename.items())) for layout in contract.layouts]
    parts.append(section("旧版式 Layouts", table(("用到何时", "旧列名 → 现列名"), layouts)))
    parts.append(section("用到它的指标 Indicators", "、".join(f"[{each}](../indicators/{each}.md)" for each in read_by)))
    parts.append(section("报送说明 Runbook", contract.runbook))
    return "".join(parts)


def _about(contract: Contract) -> str:
    dates = [("文件名", contract.data_date.filename), ("表头上方", contract.data_date.title)]
    where = [f"{name} {'、'.join(code(p) for p in patterns)}" for name, patterns in dates if patterns]
    where += [f"列 {contract.data_date.column}"] if contract.data_date.column else []
    not_data = "；".join(f"{'任一列' if column == '*' else column}：{'、'.join(words)}" for column, words in contract.not_data.items())
    volume, dated = contract.volume, "，其次".join(where)
    places = "、".join(f"{kind} = {column}" for kind, column in contract.scope.columns.items())
    return pairs(
        [
            ("部门 department", contract.department), ("责任单位 owner", contract.owner), ("清单上的账名 book", contract.book),
            ("角色 role", f"{code(contract.role)} {ROLES[contract.role]}"), ("频次 cadence", contract.cadence),
            ("交付方式 delivery", f"{code(contract.delivery)} {DELIVERIES[contract.delivery]}"),
            ("有效期 max_age", f"数据时点起 {contract.max_age} 天；过期后用到它的指标“不适用”，不报问题也不销号"),
            ("管到哪里 scope", f"{SCOPES[contract.scope.county]}{'（' + places + '）' if places else ''}"),
            ("文件名 files", "、".join(code(pattern) for pattern in contract.files)), ("工作表 sheet", contract.sheet or ""),
            ("表头 header", f"前 {contract.header.within} 行内，同时有：" + "；".join(" / ".join(group) for group in contract.header.anchors)),
            ("数据时点 data_date", dated), ("期次列 period", contract.period or ""),
            ("行数下限", f"{volume.min:,} 行；少于它按短缺处理，用到它的指标“不适用”"),
            ("通常行数 volume", f"不超过 {volume.max:,} 行，超过时运行摘要告警；比上期变动不超过 {volume.change:.0%}（写明备查，程序暂不检查）"),
            ("不算数据的行 not_data", not_data), ("零报告 zero_report", "、".join(contract.zero_report)),
            ("认得但不装载的列 ignore", "、".join(contract.ignore)),
        ]
    )  # fmt: skip


def _column(column: Column) -> tuple[str, ...]:
    codes = f"[{column.codes}](codes.md#{column.codes.lower()})" if column.codes else ""
    fixes = [f"{old} → {new}" for old, new in column.values.items()] + [f"{word} → 空" for word in column.empty]
    kind = f"{TYPES[column.type]} {code(column.type)}"
    required = "必有" if column.required else ""
    return (column.name, kind, required, codes, column.unit, "、".join(column.aliases), "；".join(fixes), source_mark(column.source))


def _table(name: str, spec: Table) -> tuple[str, ...]:
    how = ["一行一条" if spec.grain == "row" else "同键取一条，各列取最多的值"]
    if spec.when:
        how.append(f"{spec.when} 不空才有")
    columns = [column if column == source else f"{column}（源列 {source}）" for column, source in spec.mapping().items()]
    if spec.unpivot:
        how.append(f"宽列转成行，{spec.unpivot.label} ∈ {'、'.join(spec.unpivot.groups)}")
        columns += list(dict.fromkeys(column for group in spec.unpivot.groups.values() for column in group))
    if spec.list_columns:
        how.append(f"每列一个集合，每项一行：{spec.list_columns.label} = 列名，{spec.list_columns.item} = 项")
        columns.append("源列 " + " / ".join(spec.list_columns.columns))
    return f"**{name}**", "、".join(spec.key), "；".join(how), "、".join(columns)


def _match(contract: Contract) -> str:
    rows = []
    for name, how in contract.match.items():
        keys = [("按证件号码到人", how.person), ("按户编号到户", how.household), ("姓名", how.name), ("出生日期", how.birth)]
        rows.append((name, "；".join(f"{title}：{column}" for title, column in keys if column)))
    return table(("表", "怎么关联"), rows)


def facts_table(facts: Sequence[Fact], used: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """Facts as a table, each with the indicators that read it; '' where there are none."""
    rows = []
    for fact in facts:
        what = f"{TAKES[fact.take]}{'：' + code(fact.value) if fact.value else ''}{'，次序 ' + code(fact.by) if fact.by else ''}"
        origin = fact.table or f"主体“{SUBJECTS[str(fact.of)]}”的各列"
        read_by = "、".join(f"[{each}](../indicators/{each}.md)" for each in used.get((fact.subject, fact.name), ()))
        rows.append((fact.name, fact.title, SUBJECTS[fact.subject], origin, code(fact.where or ""), what, _none(fact), read_by))
    return table(("列", "含义", "主体", "来自", "只看", "取", "一行也没有时", "用到它的指标"), rows)


def _none(fact: Fact) -> str:
    if fact.none is not None:
        return "否" if fact.none is False else "是" if fact.none is True else str(fact.none)
    return {"any": "否", "count": "0", "distinct": "0", "sum": "0"}.get(fact.take, "空")


def _cases(contract: Contract) -> str:
    rows = []
    for title, case in contract.cases.items():
        (how, column), *_ = case.household.items()
        household = f"列 {column}" if how == "column" else f"{column} 相同、已关联到人的那一户"
        carried = "、".join(f"{name}（{source}）" for name, source in case.columns.items())
        rows.append((title, case.table, code(case.where or ""), household, carried))
    text = "账上有、国家系统（或那一户）没有的人，成为主体“账外人员”的一行。\n\n"
    return text + table(("名称", "表", "只看", "哪一户", "带过去的列"), rows) if rows else ""


def codes_page(codes: Mapping[str, CodeList]) -> str:
    """All code lists: the words that stay, and every spelling that means one of them."""
    parts = [f"{HEAD}# 码表 Code lists\n\n左列是系统内使用的词；右列的写法都认作它。其他写法照原样保留，并记为问题。\n"]
    for name, codes_list in codes.items():
        spellings: dict[str, list[str]] = {word: [] for word in codes_list.words}
        for spelling, word in codes_list.spelling.items():
            if spelling != word:
                spellings.setdefault(word or "（空）", []).append(spelling)
        rows = [(word, "、".join(others)) for word, others in spellings.items()]
        parts.append(f'\n<a id="{name.lower()}"></a>\n')
        parts.append(section(f"{name} {codes_list.title}", table(("词", "其他写法"), rows)))
    return "".join(parts)


def index_page(book: Book, read_by: Mapping[str, Sequence[str]]) -> str:
    """The index of the dictionary."""
    rows = [
        (
            f"[{c.feed}]({c.feed}.md)", c.department, c.book, code(c.role), "、".join(c.tables), len(c.columns),
            sum(column.source == "I" for column in c.columns), len(c.facts), len(read_by.get(c.feed, ())), c.cadence, f"{c.max_age} 天",
        )
        for c in book.contracts
    ]  # fmt: skip
    heads = ("来源", "部门", "清单上的账名", "角色", "表", "列", "其中推断", "事实列", "用到的指标", "频次", "有效期")
    intro = (
        "每个来源一页，由 `include/contracts/` 中的接入约定生成。出处标 **I = 推断** 的列名没有公开依据，不是官方规定。\n"
        "One page per feed, generated from its contract. A column marked **I** is our inference, not an official name.\n\n"
    )
    after = "\n码表 code lists: [codes.md](codes.md)。出处缩写见 [术语表](../glossary.md)。\n"
    return f"{HEAD}# 数据字典 Data dictionary\n\n{intro}{table(heads, rows)}{after}"
