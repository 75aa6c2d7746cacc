"""docs/derived/, docs/parameters/, docs/subjects/: one page per derived table, config table and kind of subject, one of all parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from docs_dictionary import facts_table
from docs_indicators import NATURES, PLAIN, Catalogue
from docs_text import HEAD, SUBJECTS, block, code, pairs, section, table
from duizhang.contracts.model import Derived
from duizhang.contracts.parameters import ConfigTable, Threshold
from duizhang.core.kinds import Kind, kinds

ABOUT = {"person": "人", "household": "户", "village": "村", "county": "县", "file": "报送的文件"}


def rule_links(codes: Sequence[str]) -> str:
    """The indicators `codes` as links."""
    return "、".join(f"[{each}](../indicators/{each}.md)" for each in codes)


def _feeds(names: Sequence[str]) -> str:
    return "、".join(f"[{name}](../dictionary/{name}.md)" for name in names)


def derived_page(one: Derived, read_by: Sequence[str], used: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """The page of one derived table. `used`: (subject, column) → codes that read it."""
    about = pairs(
        [("由哪些账得来", _feeds(one.feeds)), ("清单上的账名", one.book), ("次序", one.order), ("哪些列决定有没有一行", "、".join(one.rows))]
    )
    columns = [(name, column.title, PLAIN.get(column.type, column.type), "、".join(column.made_from)) for name, column in one.columns.items()]
    parts = [f"{HEAD}# {one.title}（{one.name}）\n\n", "由县里几本账配出来的表；其中一本账不覆盖时，用到它的指标不适用。\n\n", about]
    parts.append(section("列 Columns", table(("列", "含义", "类型", "由哪些列得来"), columns)))
    parts.append(section("事实列 Facts", facts_table(one.facts, used)))
    parts.append(section("用到它的指标 Indicators", rule_links(read_by)))
    parts.append(section("怎么配 SQL", block("sql", one.sql)))
    return "".join(parts)


def derived_index(tables: Sequence[Derived], read_by: Mapping[str, Sequence[str]]) -> str:
    """The index of the derived tables."""
    rows = [(f"[{one.name}]({one.name}.md)", one.title, _feeds(one.feeds), len(one.facts), len(read_by.get(one.name, ()))) for one in tables]
    intro = "由几本账配成的表，SQL 在 `sql/tables/`。\n\n"
    return f"{HEAD}# 配对表 Derived tables\n\n{intro}{table(('表', '含义', '由哪些账得来', '事实列', '用到的指标'), rows)}"


def subject_page(kind: Kind, known: Catalogue, used: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """The page of one kind of subject: its key, its own columns, the facts laid on it, the indicators that stand on it."""
    spine = known.spines.get(kind.name)
    fold = f"{kind.fold[0]} = {kind.fold[1]}" if kind.fold else ""
    about = pairs(
        [("叫法", kind.noun), ("问的是谁", ABOUT[kind.about]), ("上级主体", SUBJECTS.get(kind.parent or "", "")),
         ("账按哪一列挂上来", kind.join or ""), ("别的主体按哪一列归拢", fold), ("由哪些账得来", _feeds(spine.feeds) if spine else "")]
    )  # fmt: skip
    facts = [fact for one in (*known.book.contracts, *known.book.derived) for fact in one.facts if fact.subject == kind.name]
    mine = {fact.name for fact in facts}
    own = [
        (name, type_) for name, type_ in known.types.get(kind.name, {}).items()
        if name not in mine | {"as_of", "缺列"} and not name.startswith(("参数_", "覆盖_", "来源_", "_"))
    ]  # fmt: skip
    columns = [
        (name, known.title_of(kind.name, name), PLAIN.get(type_, type_), known.book_of(kind.name, name), rule_links(used.get((kind.name, name), ())))
        for name, type_ in own
    ]
    parts = [f"{HEAD}# 主体：{kind.title}（{kind.name}）\n\n", about]
    parts.append(section("自己的列 Columns", table(("列", "含义", "类型", "哪本账", "用到它的指标"), columns)))
    parts.append(section("事实列 Facts", facts_table(facts, used)))
    parts.append(section("站在它上面的指标 Indicators", rule_links([rule.code for rule in known.rules if rule.subject == kind.name])))
    return "".join(parts)


def subject_index(known: Catalogue) -> str:
    """The index of the kinds of subjects."""
    rows = [
        (f"[{kind.title}]({kind.name}.md)", code(kind.name), kind.noun, ABOUT[kind.about], sum(rule.subject == kind.name for rule in known.rules))
        for kind in kinds().values()
    ]
    intro = "每条指标站在一种主体上，一行一个。每行还有 `参数_*`（口径参数）、`覆盖_*`（账是否覆盖）、`来源_*`（源行）、`as_of`（时点）。\n\n"
    return f"{HEAD}# 主体 Kinds of subjects\n\n{intro}{table(('主体', '名', '叫法', '问的是谁', '指标数'), rows)}"


def parameters_page(known: Catalogue, used: Mapping[str, Sequence[str]], config: Mapping[str, ConfigTable]) -> str:
    """The page of all parameters, and the index of the config tables."""
    contract = known.book.role("parameters")
    yearly = {column.name for column in contract.columns}
    intro = (
        "指标里的限额、期限和开关。改法：`duizhang parameters export 文件.xlsx`，改好后 `duizhang parameters import 文件.xlsx`。\n"
        f"县的[{contract.title}](../dictionary/{contract.feed}.md)有值的，先用它；没有的用这里地区最具体、最近生效的一行；都没有的，用到的指标不适用，并报缺口径参数。\n"
    )
    tables = [(f"[{name}]({name}.md)", one.title, one.source, one.nature, len(one.rows)) for name, one in config.items()]
    parts = [f"{HEAD}# 口径参数 Parameters\n\n{intro}", section("配置表 Config tables", table(("表", "内容", "出处", "性质", "行数"), tables))]
    for name, entries in groupby(sorted(known.thresholds, key=lambda one: (one.name, one.place, one.since)), key=lambda one: one.name):
        values = list(entries)
        also = "县的年度口径先用。" if name in yearly else ""
        said = next((one for one in values if one.least is not None), values[0])
        limit = f"容许范围（推：我们定的，只防笔误）：{said.least} 至 {said.most}{said.unit and f' {said.unit}'}。" if said.least is not None else ""
        body = f"{values[0].about}。{also}{limit}\n\n{threshold_table(values)}\n用到它的指标：{rule_links(used.get(name, ())) or '没有'}\n"
        parts.append(f'\n<a id="{name}"></a>\n' + section(name, body))
    return "".join(parts)


def threshold_table(entries: Sequence[Threshold]) -> str:
    """Values of parameters with place, validity and source."""
    rows = [
        (one.value if not isinstance(one.value, bool) else "是" if one.value else "否", one.unit, one.place or "各地", one.since, one.until or "一直",
         one.source, f"{one.nature}（{'、'.join(meaning for mark, meaning in NATURES.items() if mark in one.nature)}）")
        for one in entries
    ]  # fmt: skip
    return table(("值", "单位", "地区（区划代码）", "起", "止", "出处", "性质"), rows)


def config_page(name: str, one: ConfigTable) -> str:
    """The page of one config table."""
    about = pairs([("出处", one.source), ("性质", one.nature), ("改法", f"另写一份 {code(f'<home>/tables/{name}.yaml')}，整张代替")])
    rows: list[tuple[Any, ...]] = list(one.rows)
    return f"{HEAD}# {one.title}（{name}）\n\n{about}{section('内容 Rows', table(list(one.columns), rows))}"
