"""Generated documentation: docs/dictionary/ from the contracts, docs/indicators/ from the catalogue, docs/derived/, docs/parameters/,
docs/subjects/ from what they are named after, docs/cli.md from the command, docs/coverage.md from coverage.yaml.

`--check` writes nothing, names every page that is stale, missing or left over, and exits 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from docs_cli import cli_page, command_names
from docs_coverage import Existing, coverage_page, dag_names, faults, read_coverage
from docs_dictionary import codes_page, feed_page
from docs_dictionary import index_page as dictionary_index
from docs_indicators import Catalogue, clause_page, rule_page
from docs_indicators import index_page as indicator_index
from docs_parts import config_page, derived_index, derived_page, parameters_page, subject_index, subject_page
from duizhang.assemble import schema
from duizhang.contracts.load import load_book
from duizhang.contracts.parameters import load_config_tables, project_thresholds
from duizhang.contracts.subjects import lineage, load_spines
from duizhang.core.catalogue import Rule, load_catalogue
from duizhang.core.kinds import kinds
from duizhang.core.settings import Settings
from duizhang.officer.thresholds import used_by

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FOLDERS = ("dictionary", "indicators", "derived", "parameters", "subjects")
SINGLE = ("cli.md", "coverage.md")
GROUPS = {
    "FMT": "文件接入与规范性", "PID": "证件号码与身份要素", "HHD": "户结构与生产生活条件", "MEM": "成员属性逻辑", "EDU": "义务教育（单账）",
    "MED": "医疗与养老保险（单账）", "HSW": "住房与饮水（单账）", "MON": "监测对象", "INC": "收入与支出", "AID": "帮扶措施", "JOB": "务工就业",
    "LON": "小额信贷", "VIL": "村信息", "REG": "行政区划", "GAX": "公安", "MZX": "民政", "CLX": "残联", "YBX": "医保", "JYX": "教育",
    "SUR": "入户核查", "APP": "自主申报", "PSH": "部门预警推送", "PRC": "认定程序", "RSX": "人社", "ZSX": "住建、水利、农业", "CCX": "财产与身份",
    "TPB": "脱贫不享受政策分类管理", "XFX": "信访、舆情、灾情、事故、防贫保", "HLP": "帮扶责任与措施落实", "CLS": "闭合与整改", "RPT": "报送节点",
}  # fmt: skip


def load(settings: Settings) -> Catalogue:
    """Everything the pages are made of."""
    book = load_book(settings)
    spines, types = load_spines(settings), schema(settings, book)
    return Catalogue(load_catalogue(settings), book, lineage(settings, book), spines, types, project_thresholds(settings))


def pages(known: Catalogue, settings: Settings) -> dict[str, str]:
    """Path below docs/ → text, of every generated page."""
    read_by: dict[str, list[str]] = defaultdict(list)
    used: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in known.rules:
        for feed in known.read(rule):
            read_by[feed].append(rule.code)
        for column in sorted(rule.columns):
            used[rule.subject, column].append(rule.code)
    made = {f"dictionary/{c.feed}.md": feed_page(c, read_by[c.feed], used) for c in known.book.contracts}
    made["dictionary/codes.md"] = codes_page(known.book.codes)
    made["dictionary/README.md"] = dictionary_index(known.book, read_by)
    made |= {f"indicators/{rule.code}.md": rule_page(rule, known) for rule in known.rules}
    made["indicators/README.md"] = indicator_index(
        "指标 Indicators", known, lambda rule: [f"{rule.code[:3]} {GROUPS.get(rule.code[:3], '')}".strip()]
    )
    made["indicators/by-book.md"] = indicator_index("指标，按账 Indicators by book", known, lambda rule: _books(rule, known))
    made["indicators/by-dimension.md"] = indicator_index("指标，按维度 Indicators by dimension", known, lambda rule: [rule.dimension])
    made["indicators/by-department.md"] = indicator_index("指标，按部门 Indicators by department", known, lambda rule: _departments(rule, known))
    made["indicators/by-clause.md"] = clause_page(known)
    made |= _parts(known, settings, used)
    made["cli.md"] = cli_page()
    made["coverage.md"] = _coverage(known)
    return made


def existing(known: Catalogue) -> Existing:
    """What docs/coverage.yaml may name."""
    return Existing(
        rules=frozenset(rule.code for rule in known.rules), feeds=frozenset(known.book.by_feed), dags=dag_names(ROOT / "dags"),
        commands=frozenset(name.removeprefix("duizhang ") for name in command_names()),
    )  # fmt: skip


def _coverage(known: Catalogue) -> str:
    coverage = read_coverage(DOCS / "coverage.yaml")
    if wrong := faults(coverage, existing(known), ROOT):
        sys.exit("docs/coverage.yaml:\n" + "\n".join(wrong))
    return coverage_page(coverage)


def _parts(known: Catalogue, settings: Settings, used: dict[tuple[str, str], list[str]]) -> dict[str, str]:
    read_by = {
        one.name: sorted({each for fact in one.facts for each in used.get((fact.subject, fact.name), ())}) for one in known.book.derived
    }
    config = load_config_tables(settings)
    made = {f"derived/{one.name}.md": derived_page(one, read_by[one.name], used) for one in known.book.derived}
    made["derived/README.md"] = derived_index(known.book.derived, read_by)
    made |= {f"subjects/{kind.name}.md": subject_page(kind, known, used) for kind in kinds().values()}
    made["subjects/README.md"] = subject_index(known)
    made |= {f"parameters/{name}.md": config_page(name, one) for name, one in config.items()}
    made["parameters/README.md"] = parameters_page(known, used_by(known.rules), config)
    return made


def _departments(rule: Rule, known: Catalogue) -> list[str]:
    return sorted({known.book.by_feed[feed].department for feed in known.read(rule)}) or ["文件"]


def _books(rule: Rule, known: Catalogue) -> list[str]:
    return sorted({known.book.by_feed[feed].book for feed in known.read(rule)}) or ["文件"]


def stale(made: dict[str, str], docs: Path) -> list[str]:
    """Pages (paths below `docs`) that differ from what is on disk, are missing, or are no longer made."""
    present = {
        path.relative_to(docs).as_posix(): path.read_text(encoding="utf-8")
        for path in [*(p for folder in FOLDERS for p in sorted((docs / folder).glob("*.md"))), *(docs / name for name in SINGLE)]
        if path.exists()
    }
    return sorted(name for name in made.keys() | present.keys() if made.get(name) != present.get(name))


def write(made: dict[str, str], names: list[str], docs: Path) -> None:
    """Bring the pages `names` below `docs` to what `made` says."""
    for name in names:
        path = docs / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()


def main() -> None:
    """Write the pages, or with --check compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder of the pages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.load(home)
        made = pages(load(settings), settings)
    names = stale(made, options.docs)
    if options.check:
        print("\n".join(f"docs/{name} is stale: run make docs" for name in names) or f"{len(made)} generated pages are up to date")
        sys.exit(1 if names else 0)
    write(made, names, options.docs)
    print(f"{len(names)} of {len(made)} pages written or removed")


if __name__ == "__main__":
    main()
