"""`duizhang indicators import`: the official list laid on the catalogue, as a workbook, and on demand as `<home>/external.yaml`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duizhang.core.catalogue import Rule, by_code
from duizhang.core.external import FILE, add_external, fold, load_external, with_external
from duizhang.core.settings import Settings
from duizhang.core.writing import writes
from duizhang.officer.official import (
    MATCHED,
    NOTHING,
    PROPOSED,
    Catalogue,
    Grid,
    Match,
    load_words,
    numbers_of,
    read_lines,
)
from duizhang.officer.sheets import Sheet, write_beside

FOLDER, STEM, WITHOUT, LEFT = "指标对照", "指标对照", "目录里没有官方编号的", "清单里没有的旧编号"
_LIST = {"编号": 16, "指标名称": 40, "说明": 40, "对应编码": 16}
_FILL = frozenset({"对应编码"})


@dataclass(frozen=True)
class Laid:
    """What became of a list: sheet → rows, numbers that are new to the catalogue, the workbook, whether external.yaml changed."""

    counts: dict[str, int]
    new_numbers: int
    workbook: Path
    written: bool


@writes
def import_list(settings: Settings, data: bytes, grids: Iterable[Grid], write: bool, replace: bool = False) -> Laid:
    """Lay the list `grids` (the sheets of the file `data`) on the catalogue; with `write` keep the numbers, with `replace`, too, none of
    the home's that the list does not have (the list is whole, the old ones have gone).

    The workbook is `<home>/out/指标对照/指标对照_<sha12>.xlsx`. Raises FeedProblem where the file holds no list,
    ContractProblem where official.yaml or the home's external.yaml is wrong.
    """
    words = load_words(settings)
    rules = with_external(settings, by_code(settings))
    lines = read_lines(grids, words)
    matches = Catalogue(rules, words).match(lines)
    numbers = numbers_of(matches, rules)
    said = {code for match in matches if match.word == MATCHED and match.line.number for code in match.codes}
    without = [rule for code, rule in rules.items() if not rule.external and code not in said]
    left = _left(load_external(settings), {fold(line.number) for line in lines})
    path = settings.out / FOLDER / f"{STEM}_{hashlib.sha256(data).hexdigest()[:12]}.xlsx"
    workbook = write_beside(path, "指标对照", [*_sheets(matches, rules, without), _old(left, rules)])
    counts = Counter(match.word for match in matches)
    told = {word: counts[word] for word in (MATCHED, PROPOSED, NOTHING)} | {WITHOUT: len(without), LEFT: len(left)}
    gone = [number for number, _ in left] if replace else []
    return Laid(told, len(numbers), workbook, write and add_external(settings, numbers, gone))


def _left(kept: Mapping[str, Sequence[str]], said: set[str]) -> list[tuple[str, str]]:
    """(number, code) of the home's file that the list does not have."""
    return sorted((number, code) for code, numbers in kept.items() for number in numbers if fold(number) not in said)


def _old(left: Sequence[tuple[str, str]], rules: Mapping[str, Rule]) -> Sheet:
    note = f"以前导入过、这份清单里没有的编号，仍写在 {FILE} 里；清单是全的、旧编号已作废的，导入时加 --replace"
    rows = [(number, code, rules[code].title) for number, code in left]
    return Sheet(LEFT, {"旧编号": 16, "本系统编码": 14, "本系统名称": 40}, rows, above=[note])


def _sheets(matches: Sequence[Match], rules: Mapping[str, Rule], without: Sequence[Rule]) -> list[Sheet]:
    by_word = {word: [match for match in matches if match.word == word] for word in (MATCHED, PROPOSED, NOTHING)}
    matched = [
        (*_said(match), "、".join(match.codes), "；".join(rules[code].title for code in match.codes), match.how) for match in by_word[MATCHED]
    ]
    proposed = [
        (*_said(match), "", "\n".join(f"{code} {rules[code].title}" for code in match.codes), match.how) for match in by_word[PROPOSED]
    ]
    nothing = [(*_said(match), "", match.how) for match in by_word[NOTHING]]
    ours = [(rule.code, rule.title, rule.question) for rule in without]
    note = "在“对应编码”里填上本系统的编码（几个用、隔开），再用同一命令导入这份表；编号由 --write 写进 " + FILE
    return [
        Sheet(MATCHED, {**_LIST, "本系统名称": 40, "怎么对上的": 26}, matched),
        Sheet(PROPOSED, {**_LIST, "候选": 44, "为什么要确认": 36}, proposed, _FILL, [note]),
        Sheet(NOTHING, {**_LIST, "为什么没有": 36}, nothing, _FILL, [note]),
        Sheet(WITHOUT, {"本系统编码": 14, "本系统名称": 40, "问的是什么": 60}, ours),
    ]


def _said(match: Match) -> tuple[str, str, str]:
    return match.line.number, match.line.title, match.line.about
