"""Official numbers of indicators: those of the entries, and over them `<home>/external.yaml` (code → numbers).

The national indicator text is not public: a county lays its own list on the catalogue (`duizhang indicators import`).
"""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from duizhang.core.catalogue import Rule
from duizhang.core.errors import ContractProblem
from duizhang.core.quiet import told
from duizhang.core.settings import Settings

FILE = "external.yaml"


def fold(number: str) -> str:
    """A number as it is compared: NFKC, capital letters, no white space."""
    return "".join(unicodedata.normalize("NFKC", number).upper().split())


def load_external(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Code → numbers of `<home>/external.yaml`; empty without it. ContractProblem where it is no such map; nothing of it is repeated.

    A number must be text: without quotes YAML makes another of 1_01_002 and of 1.10.
    """
    path = settings.home / FILE
    if not path.is_file():
        return {}
    try:
        found: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, ValueError) as problem:
        raise ContractProblem(f"{FILE} of the home cannot be read: {told(problem, ())}.", action="Correct the file.") from None
    if not isinstance(found, dict):
        raise ContractProblem(f"{FILE} of the home is no map of codes to lists of numbers.", action="Correct the file.")
    if wrong := [n for n, numbers in enumerate(found.values(), 1) if not _texts(numbers)]:
        raise ContractProblem(f"{FILE} of the home: {_entries(wrong)} is no list of numbers in quotes.", action="Correct the file.")
    return {str(code): tuple(numbers) for code, numbers in found.items()}


def _texts(numbers: object) -> bool:
    return isinstance(numbers, list) and all(isinstance(number, str) and fold(number) for number in numbers)


def _entries(places: Iterable[int]) -> str:
    return "entry " + ", ".join(map(str, places))


def with_external(settings: Settings, rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """`rules` with the home's numbers; one that the home gives to an entry stands at no other. ContractProblem for an unknown code."""
    given = load_external(settings)
    if unknown := [n for n, code in enumerate(given, 1) if code not in rules]:
        raise ContractProblem(f"{FILE} of the home: {_entries(unknown)} has a code that is not in the catalogue.", action="Correct the file.")
    taken = {fold(number) for numbers in given.values() for number in numbers}
    result = {}
    for code, rule in rules.items():
        numbers = (*given.get(code, ()), *(own for own in rule.external if fold(own) not in taken))
        result[code] = rule if numbers == rule.external else rule.model_copy(update={"external": numbers})
    return result


def add_external(settings: Settings, numbers: Mapping[str, set[str]], gone: Iterable[str] = ()) -> bool:
    """Lay `numbers` (number → codes) over the home's file, atomically: each stands at just these codes, those of `gone` nowhere.

    Whether it changed.
    """
    before = load_external(settings)
    folded = set(map(fold, (*numbers, *gone)))
    after: dict[str, set[str]] = defaultdict(set)
    for code, old in before.items():
        after[code] |= {number for number in old if fold(number) not in folded}
    for number, codes in numbers.items():
        for code in codes:
            after[code].add(number)
    listed = {code: sorted(found) for code, found in sorted(after.items()) if found}
    if listed == {code: sorted(old) for code, old in before.items()}:
        return False
    text = "# Official numbers of indicators (duizhang indicators import --write).\n"
    write_text(settings.home / FILE, text + yaml.safe_dump(listed, allow_unicode=True, sort_keys=True))
    return True


def write_text(path: Path, text: str) -> None:
    """Put `text` at `path`, atomically: the old file or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temp = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(temp).replace(path)
    finally:
        Path(temp).unlink(missing_ok=True)
