"""Put the county's codes of mapping.yaml into `external:` of our entries, one line each, and change nothing else.

`python -m tests.national.external [--check]`: every file is read again right before it is written.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

import yaml

HERE = Path(__file__).parent
EXPECTATIONS = HERE.parents[1] / "expectations"
KEY = re.compile(r"  [a-z_]+:")


def wanted(mapping: Path = HERE / "mapping.yaml") -> dict[str, list[str]]:
    """Our code → its `GZ:` numbers, in the order of the mapping: the first of `ours` asks the same, others find what it leaves."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, entry in yaml.safe_load(mapping.read_text(encoding="utf-8")).items():
        for ours in entry["ours"][:1]:
            found[ours].append(f"GZ:{code}")
    return found


def extended(text: str, numbers: dict[str, list[str]]) -> str:
    """`text` of a catalogue file with the numbers added to its entries; lines that have them all stay as they are."""
    blocks = re.split(r"(?m)^(?=- code: )", text)
    for at, block in enumerate(blocks):
        head = re.match(r"- code: ([A-Z]{3}-\d{3})\s*$", block, re.MULTILINE)
        if head and numbers.get(head[1]):
            blocks[at] = _entry(block, numbers[head[1]])
    return "".join(blocks)


def _entry(block: str, numbers: list[str]) -> str:
    had = yaml.safe_load(block)[0].get("external") or []
    new = [number for number in numbers if number not in had]
    if not new:
        return block
    line = f"  external: [{', '.join(repr(number) for number in [*had, *new])}]\n"
    found = re.search(r"(?m)^  external:.*\n(?:    .*\n|  - .*\n)*", block)
    if found:
        return block[: found.start()] + line + block[found.end() :]
    before = re.search(r"(?m)^  (?:notes|absence_mends|examples):", block)
    if not before:
        raise ValueError("an entry without examples")
    return block[: before.start()] + line + block[before.start() :]


def main(check: bool) -> int:
    """Write (or with --check only count) the entries that lack numbers; how many files differ."""
    numbers, differ = wanted(), 0
    for path in sorted(EXPECTATIONS.glob("*.yaml")):
        before = path.read_text(encoding="utf-8")
        after = extended(before, numbers)
        if after == before:
            continue
        differ += 1
        if not check and path.read_text(encoding="utf-8") == before:
            path.write_text(after, encoding="utf-8")
    return differ


if __name__ == "__main__":
    checking = "--check" in sys.argv[1:]
    raise SystemExit(bool(main(checking)) and checking)
