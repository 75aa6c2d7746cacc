"""Propose a contract for an unknown file: a start for the person who writes it, with what was guessed marked as such."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import yaml

from duizhang.contracts.model import Contract, Header
from duizhang.core.data_dates import find_day
from duizhang.read.guess import SAMPLE, Guess, guess
from duizhang.read.header import Found, find_header, titles
from duizhang.read.names import bare_key, stem
from duizhang.read.opening import open_file
from duizhang.read.problems import Refusal
from duizhang.read.sheet import Sheet

_WITHIN = 10  # rows in which a header is looked for (standards §8 no. 4)
_LEAST, _MOST = 0.85, 2.0  # suggested volume limits, as a share of the sample's rows
_TOTALS = ("合计", "小计", "总计", "制表人", "填表人", "审核人")
_PLACES = {"county": ("县", "区县", "县名", "县区"), "town": ("乡", "乡镇", "镇"), "village": ("村", "行政村", "村名")}
_TITLE_DATE = r"日期[:：]\s*([\d年月日.\-/]+)"


@dataclass(frozen=True)
class _Sample:
    """The best sheet of the file, its header, and its columns: name → (guess, count of cells cut to numbers)."""

    sheet: Sheet
    found: Found
    rows: int
    columns: dict[str, Guess]
    long: dict[str, int]
    values: dict[str, list[str | None]]
    not_data: dict[str, list[str]]


def propose_contract(path: str | Path) -> str:
    """A commented contract (YAML) for the file at `path`, valid for `contracts.model.Contract`.

    Types, required columns, key and limits are guesses from this one file. FeedProblem where it cannot be read or no
    header is seen in its first rows.
    """
    file = Path(path)
    opened = open_file(file.read_bytes())
    samples = [sample for sheet in opened.sheets if (sample := _sample(sheet))]
    if not samples:
        raise Refusal("header", f"前 {_WITHIN} 行内看不出表头。", "请确认表头各列都有名称。")
    best = max(samples, key=lambda sample: (len(sample.columns), sample.rows))
    total = sum(sample.rows for sample in samples if sample.columns.keys() == best.columns.keys())
    text = _write(_feed_name(file.name), best, total)
    Contract.model_validate(yaml.safe_load(text))
    return text


def _sample(sheet: Sheet) -> _Sample | None:
    rows = sheet.head[:_WITHIN]
    names = [[cell for cell in row if _is_name(cell)] for row in rows]
    if not any(names):
        return None
    row = max(range(len(rows)), key=lambda number: (len(set(names[number])), -number))
    anchors = tuple((name,) for name in dict.fromkeys(names[row]))
    found = find_header(sheet, Header(within=_WITHIN, anchors=anchors))
    if found is None or len(anchors) < 2:
        return None
    body = sheet.body(found.bottom + 1)
    values: dict[str, list[str | None]] = {}
    long: dict[str, int] = {}
    for position, parts in enumerate(found.parts):
        name = "/".join(parts)
        if name and name not in values and position < len(body.columns):
            values[name] = body.columns[position].slice(0, SAMPLE).to_pylist()
            long[name] = body.long[position].true_count if position in body.long else 0
    data, words = _data_rows(values)
    columns = {name: guess(name, column) for name, column in data.items()}
    kept = len(next(iter(data.values()), []))
    return _Sample(sheet, found, max(kept, len(body.numbers) if kept >= SAMPLE else 0), columns, long, data, words)


def _data_rows(values: dict[str, list[str | None]]) -> tuple[dict[str, list[str | None]], dict[str, list[str]]]:
    """(the columns without empty rows, totals and signatures; column → the words that mark such rows)."""
    words: dict[str, set[str]] = {}
    kept: list[tuple[str | None, ...]] = []
    for row in zip(*values.values(), strict=True):
        marks = [
            (name, word) for name, cell in zip(values, row, strict=True) if cell for word in _TOTALS
            if bare_key(cell).startswith(word)
        ]
        for name, word in marks:
            words.setdefault(name, set()).add(word)
        if not marks and any(row):
            kept.append(row)
    columns = zip(*kept, strict=True) if kept else ([] for _ in values)
    return (
        {name: list(column) for name, column in zip(values, columns, strict=True)},
        {name: sorted(found) for name, found in words.items()},
    )


def _is_name(cell: str) -> bool:
    text = bare_key(cell)
    return 0 < len(text) <= 40 and not re.fullmatch(r"[\d.,:/\-*年月日]+[Xx]?", text) and not re.search(r"[:：]", text)


def _feed_name(name: str) -> str:
    """The Chinese words of a file name, without date, county and brackets."""
    text = re.sub(r"[(（][^)）]*[)）]|\d+年(度)?|\d+月(份)?", "", stem(name))
    text = re.sub(r"^[\u4e00-\u9fff]{2,4}?[县市区旗](?=[\u4e00-\u9fff])", "", text)
    words = re.findall(r"[\u4e00-\u9fff]+|[A-Za-z]+", text)
    return max(words, key=len, default="新台账")


def _keys(sample: _Sample) -> list[tuple[str, ...]]:
    """Columns, or pairs of columns, whose values are all different; numbers of people first."""
    usable = {n: g for n, g in sample.columns.items() if g.filled and g.type not in ("dec", "bool", "enum") and n != "序号"}
    single = sorted((name for name, column in usable.items() if column.unique), key=lambda name: usable[name].type != "id")
    if single:
        return [(name,) for name in single[:3]]
    pairs: list[tuple[str, ...]] = list(combinations(sorted(usable, key=lambda name: usable[name].type != "id")[:6], 2))
    return [pair for pair in pairs if _distinct([sample.values[name] for name in pair])][:3]


def _distinct(columns: Sequence[Sequence[str | None]]) -> bool:
    rows = list(zip(*columns, strict=True))
    return len(set(rows)) == len(rows)


def _write(feed: str, sample: _Sample, rows: int) -> str:
    identity = next((name for name, column in sample.columns.items() if column.type == "id"), None)
    person = next((name for name in sample.columns if bare_key(name).endswith("姓名")), None)
    keys = _keys(sample)
    key = keys[0] if keys else (identity or next(iter(sample.columns)),)
    lines = [
        f"# 由样本文件推测（{rows} 行），每一项都要由熟悉这份台账的人核对。",
        f"feed: {_q(feed)}", f"title: {_q(feed)}", 'department: "待填"', 'owner: "待填"',
        f"book: {_q(feed)}  # 干部在清单上看到的名称", "max_age: 40  # 数据日期后多少天内可作依据：按报送周期改",
        "delivery: whole  # whole 每次全量 | by_town 分乡镇 | increment 只报新增",
        f"files: [{_q(f'*{feed}*')}]",
        *_header_lines(sample, identity, person), *_date_lines(sample), *_scope_lines(sample),
        f"volume: {{min: {int(rows * _LEAST)}, max: {max(int(rows * _MOST), 1)}}}  # 样本行数的 85 % 与 200 %",
        *_not_data_lines(sample), *_column_lines(sample),
        "tables:", f"  {_q(feed)}:", f"    key: {_list(key)}{_key_note(keys)}",
        f"    columns: {_list(tuple(name for name in sample.columns if name != '序号'))}",
    ]
    if identity:
        named = f", name: {_q(person)}" if person else ""
        lines += ["match:", f"  {_q(feed)}: {{person: {_q(identity)}{named}}}"]
    return "\n".join(lines) + "\n"


def _header_lines(sample: _Sample, identity: str | None, person: str | None) -> list[str]:
    chosen = [name for name in (person, identity) if name] or [name for name in sample.columns if name != "序号"][:2]
    anchors = ", ".join(f"[{_q(name.rsplit('/', 1)[-1])}]" for name in chosen)
    return [f"header:  # 样本的表头在第 {sample.found.top + 1} 至 {sample.found.bottom + 1} 行",
            f"  within: {max(_WITHIN, sample.found.bottom + 1)}", f"  anchors: [{anchors}]"]


def _date_lines(sample: _Sample) -> list[str]:
    if find_day(titles(sample.sheet, sample.found, _WITHIN), (_TITLE_DATE,)):
        return ["data_date:", f"  title: [{_q(_TITLE_DATE)}]"]
    return ["# data_date: 默认从文件名取 8 位日期；日期在标题行或某一列时写 title 或 column"]


def _scope_lines(sample: _Sample) -> list[str]:
    found = {place: name for place, words in _PLACES.items() for name in sample.columns if bare_key(name) in words}
    if "county" not in found:
        return ["scope: {county: filename}  # 县名写在文件名或标题中"]
    columns = ", ".join(f"{place}: {_q(name)}" for place, name in found.items())
    return [f"scope: {{county: column, columns: {{{columns}}}}}"]


def _not_data_lines(sample: _Sample) -> list[str]:
    found = sample.not_data
    if not found:
        return []
    return ["not_data:  # 这些字样所在的行不是数据", *(f"  {_q(name)}: {_list(tuple(w))}" for name, w in found.items())]


def _column_lines(sample: _Sample) -> list[str]:
    lines = ["columns:  # 类型、必填均为推测"]
    for name, column in sample.columns.items():
        if name == "序号":
            continue
        required = ", required: true" if column.filled else ""
        notes = []
        if column.codes:
            notes.append(f"取值：{'、'.join(column.codes)}；请在 codes 中指定码表")
        if sample.long[name]:
            notes.append(f"样本中 {sample.long[name]} 格被存成数值，末几位已丢失，须按文本重新导出")
        lines.append(f"  - {{name: {_q(name)}, type: {_q(column.type)}{required}}}{'  # ' + '；'.join(notes) if notes else ''}")
    return lines


def _key_note(keys: list[tuple[str, ...]]) -> str:
    others = "；".join("+".join(key) for key in keys[1:])
    if not keys:
        return "  # 样本中没有不重复的列，主键要另定"
    return f"  # 另可考虑：{others}" if others else ""


def _q(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_q, names)) + "]"
