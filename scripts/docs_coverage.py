"""docs/coverage.md out of docs/coverage.yaml: what of the things that the notices name is done, and by what."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from docs_text import HEAD, code, section, table
from pydantic import BaseModel, ConfigDict

STATES = {"已做": "done", "部分": "in part", "计划": "planned", "不做": "out of scope"}
_STRETCH = re.compile(r"([A-Z]{3})-(\d{3})…(\d{3})")


class Row(BaseModel):
    """One named thing. `rules`: codes, stretches of codes (A-001…009) or groups; `config`: files of the repository."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    name: str
    state: Literal["已做", "部分", "计划", "不做"]
    rules: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    dags: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    how: str

    @property
    def named(self) -> tuple[str, ...]:
        """All that it names."""
        return self.rules + self.feeds + self.dags + self.commands + self.config


class Coverage(BaseModel):
    """The whole file: titles of the parts, how many rows each has, the rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    parts: dict[str, str]
    count: dict[str, int]
    rows: tuple[Row, ...]


class Existing(BaseModel):
    """What there is to be named."""

    model_config = ConfigDict(frozen=True)
    rules: frozenset[str]
    feeds: frozenset[str]
    dags: frozenset[str]
    commands: frozenset[str]


def read_coverage(path: Path) -> Coverage:
    """The file. ValueError where it has another shape."""
    found: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Coverage.model_validate(found)


def dag_names(folder: Path) -> frozenset[str]:
    """Names of the DAGs of the files in `folder`: the functions that `@dag` stands over."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.py")))
    functions = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return frozenset(f.name for f in functions if any(isinstance(d, ast.Call) and getattr(d.func, "id", "") == "dag" for d in f.decorator_list))


def faults(coverage: Coverage, existing: Existing, root: Path) -> list[str]:
    """What is wrong: rows missing, doubled or out of order, names of nothing, `已做` that names nothing, no reason given."""
    expected = [f"{part}{n}" for part, count in coverage.count.items() for n in range(1, count + 1)]
    found = [row.id for row in coverage.rows]
    wrong = [] if found == expected else [f"rows are not {', '.join(expected[:1])} … each once and in order: {sorted(set(expected) ^ set(found))}"]
    for row in coverage.rows:
        wrong += [f"{row.id}: no rule {name}" for name in row.rules if not _known(name, existing.rules)]
        wrong += [f"{row.id}: no feed {name}" for name in row.feeds if name not in existing.feeds]
        wrong += [f"{row.id}: no DAG {name}" for name in row.dags if name not in existing.dags]
        wrong += [f"{row.id}: no command {name}" for name in row.commands if name not in existing.commands]
        wrong += [f"{row.id}: no file {name}" for name in row.config if not (root / name).is_file()]
        if row.state in ("已做", "部分") and not row.named:
            wrong.append(f"{row.id}: {row.state}, but nothing is named that does it")
        if not row.how.strip():
            wrong.append(f"{row.id}: no sentence")
    return wrong


def _known(name: str, codes: Collection[str]) -> bool:
    if stretch := _STRETCH.fullmatch(name):
        group, first, last = stretch.groups()
        return first < last and {f"{group}-{first}", f"{group}-{last}"} <= set(codes)
    return name in codes or (len(name) == 3 and any(each.startswith(f"{name}-") for each in codes))


def coverage_page(coverage: Coverage) -> str:
    """The page: counts, then a table for each part."""
    counts: Counter[str] = Counter(row.state for row in coverage.rows)
    told = "，".join(f"{state} {counts[state]}（{english}）" for state, english in STATES.items())
    intro = (
        f"依据文件里点名的 {len(coverage.rows)} 样东西，逐样写明做没做、由什么做：{told}。“部分”写明还差什么；“计划”“不做”写明原因。\n"
        "“已做”指有指标、数据接入、定时流程或命令在做，测试核对它们确实存在。改动请改 `docs/coverage.yaml`。\n"
    )
    parts = [
        section(f"{part} {title}（{coverage.count[part]}）", table(("号", "名称", "状态", "由什么做", "说明"), map(_line, _rows(coverage, part))))
        for part, title in coverage.parts.items()
    ]
    return f"{HEAD}# 覆盖情况 Coverage\n\n{intro}{''.join(parts)}"


def _rows(coverage: Coverage, part: str) -> Iterable[Row]:
    return (row for row in coverage.rows if row.id[0] == part)


def _line(row: Row) -> tuple[str, ...]:
    pieces = [
        "、".join(_rule_link(name) for name in row.rules),
        "、".join(f"[{name}](dictionary/{name}.md)" for name in row.feeds),
        "、".join(f"流程 {code(name)}" for name in row.dags),
        "、".join(code(f"duizhang {name}") for name in row.commands),
        "、".join(code(name) for name in row.config),
    ]
    return row.id, row.name, f"**{row.state}**" if row.state != "已做" else row.state, "；".join(filter(None, pieces)), row.how


def _rule_link(name: str) -> str:
    first = name[:7]
    return f"[{name}](indicators/{first}.md)" if len(name) > 3 else f"[{name} 全组](indicators/README.md)"
