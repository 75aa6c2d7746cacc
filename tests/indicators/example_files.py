"""Put rows under the examples of one entry in its file, and touch nothing else: comments and layout stay."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.indicators.judging import Row

HEADINGS = ("violates", "passes", "unknown", "outside")


class _Dumper(yaml.SafeDumper):
    """Rows of one line; 是 and 否 in quotes, as everywhere in the catalogue."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if value in ("是", "否") else None)


_Dumper.add_representer(str, _text)


def line_of(row: Row) -> str:
    """`row` as one line of YAML flow."""
    return yaml.dump(row, Dumper=_Dumper, allow_unicode=True, default_flow_style=True, width=10**9, sort_keys=False).strip()


def _child(node: yaml.MappingNode, key: str) -> Any:
    return next((value for name, value in node.value if name.value == key), None)


def _entry(text: str, code: str) -> yaml.MappingNode:
    document = yaml.compose(text, Loader=yaml.CSafeLoader)
    for entry in document.value:
        named = _child(entry, "code")
        if named is not None and named.value == code:
            return entry
    raise ValueError(f"{code} is not in the file")


def _last_line(node: Any) -> int:
    """Index of the line after `node` (of a block collection: after its last item)."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    return int(node.end_mark.line) + 1


def with_rows(text: str, code: str, heading: str, rows: Sequence[Row]) -> str:
    """`text` of a catalogue file with `rows` at the end of `heading` of `code`. Raises ValueError where the block is of another shape."""
    examples = _child(_entry(text, code), "examples")
    if not isinstance(examples, yaml.MappingNode) or examples.flow_style:
        raise ValueError(f"{code}: its examples are not written as a block")
    block = _child(examples, heading)
    indent = " " * examples.start_mark.column
    lines = text.splitlines(keepends=True)
    new = [f"{indent}  - {line_of(row)}\n" for row in rows]
    if block is None:
        at = _last_line(examples)
        new.insert(0, f"{indent}{heading}:\n")
    elif isinstance(block, yaml.SequenceNode) and not block.flow_style and block.value:
        at = _last_line(block)
        item = " " * (block.start_mark.column)
        new = [f"{item}- {line_of(row)}\n" for row in rows]
    else:
        raise ValueError(f"{code}: {heading} is not a block of rows")
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join(lines[:at] + new + lines[at:])


def add(path: Path, code: str, rows: dict[str, list[Row]]) -> None:
    """Write `rows` (heading → rows) into the entry. The file is read now, checked to differ by these rows only, and replaced whole."""
    before = path.read_text(encoding="utf-8")
    text = before
    for heading in HEADINGS:
        if rows.get(heading):
            text = with_rows(text, code, heading, rows[heading])
    expected = yaml.load(before, Loader=yaml.CSafeLoader)
    for entry in expected:
        if entry["code"] == code:
            for heading, more in rows.items():
                if more:
                    entry["examples"][heading] = [*entry["examples"].get(heading, []), *yaml.safe_load(yaml.safe_dump(more))]
    if yaml.load(text, Loader=yaml.CSafeLoader) != expected:
        raise ValueError(f"{code}: writing its examples would change something else")
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    if path.read_text(encoding="utf-8") != before:
        part.unlink()
        raise ValueError(f"{path.name} was changed meanwhile: run again")
    part.replace(path)
