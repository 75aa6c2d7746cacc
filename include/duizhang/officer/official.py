"""A county's official list of indicators: its lines, and which entry of the catalogue each means."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from duizhang.core.catalogue import Rule
from duizhang.core.errors import ContractProblem, FeedProblem
from duizhang.core.external import fold
from duizhang.core.settings import Settings

FILE = "official.yaml"
MATCHED, PROPOSED, NOTHING = "已对上", "待确认（候选）", "没有对应的"
_MARKS = re.compile(r"[\W_]+")
_REMARK = re.compile(r"[(（][^()（）]*[)）]")
_LEADING = re.compile(r"^[（(]?[0-9一二三四五六七八九十]{1,3}[)）.．、]\s*")
_CODE = re.compile(r"([A-Z]{3})[-_—]?([0-9]{3})")
_BETWEEN = re.compile(r"[、,;/\s]+")


class Grid(Protocol):
    """A sheet: its name, whether it is shown, (row number from 1, cells) of every row that holds anything, and its merged cells:
    first row and column, last row and column, from 0."""

    @property
    def name(self) -> str: ...
    @property
    def visible(self) -> bool: ...
    @property
    def merges(self) -> Sequence[tuple[int, int, int, int]]: ...
    @property
    def rows(self) -> Sequence[tuple[int, tuple[str, ...]]]: ...


class Words(BaseModel):
    """include/parameters/official.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    header_within: int
    number: tuple[str, ...]
    title: tuple[str, ...]
    about: tuple[str, ...]
    code: tuple[str, ...]
    no_number: tuple[str, ...]
    bare_number_likeness: float
    proposals: int
    proposal_likeness: float


@dataclass(frozen=True)
class Line:
    """One indicator of the official list; `codes`: what somebody filled in as 对应编码."""

    sheet: str
    row: int
    number: str
    title: str
    about: str
    codes: str = ""


@dataclass(frozen=True)
class Match:
    """What became of a line: `word`, the codes it means (or, where to be confirmed, that are proposed), how or why not."""

    line: Line
    word: str
    codes: tuple[str, ...]
    how: str


def load_words(settings: Settings) -> Words:
    """How lists are read. ContractProblem where the file is wrong."""
    try:
        return Words.model_validate(yaml.safe_load((settings.parameters / FILE).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as problem:
        raise ContractProblem(f"include/parameters/{FILE} is missing or wrong ({type(problem).__name__}).", action="Correct the file.") from None


def title_key(text: str) -> str:
    """A title as it is compared: letters and figures only."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).upper()


def read_lines(grids: Iterable[Grid], words: Words) -> tuple[Line, ...]:
    """The lines of every sheet with a header; of hidden sheets (mostly old copies) only where no visible one has any.

    FeedProblem where none has a column of titles and another of the words.
    """
    seen = list(grids)
    found = next((lines for shown in (True, False) if (lines := [x for grid in seen if grid.visible is shown for x in _lines(grid, words)])), [])
    if not found:
        raise FeedProblem("没有找到指标清单的表头或内容。", action="前十行内要有“指标名称”（或“问题类型”）一列，最好还有“编号”一列。")
    return tuple(found)


def _lines(grid: Grid, words: Words) -> list[Line]:
    for place, (_, cells) in enumerate(grid.rows[: words.header_within]):
        roles = _roles(cells, words)
        if "title" in roles and len(roles) > 1:
            merged = _merged(grid)
            own = [roles[role] for role in ("number", "title") if role in roles]
            return [
                _line(grid.name, n, merged.get(n, {}), row, roles, words) for n, row in grid.rows[place + 1 :] if any(map(row.__getitem__, own))
            ]
    return []


def _merged(grid: Grid) -> dict[int, dict[int, str]]:
    """Row number → column → text of the cell above that it is merged with."""
    rows, found = dict(grid.rows), defaultdict[int, dict[int, str]](dict)
    for top, column, bottom, _ in grid.merges:
        first = rows.get(top + 1, ())
        if first and first[column]:
            for n in range(top + 2, min(bottom + 1, max(rows)) + 1):
                found[n][column] = first[column]
    return found


def _roles(cells: Sequence[str], words: Words) -> dict[str, int]:
    """Role → column; of several headers the one whose word stands first in the file."""
    keys = [title_key(_REMARK.sub("", cell)) or title_key(cell) for cell in cells]
    roles: dict[str, int] = {}
    for role in ("code", "number", "title", "about"):
        for word in getattr(words, role):
            if word in keys:
                roles[role] = keys.index(word)
                break
    return roles


def _line(sheet: str, n: int, above: Mapping[int, str], row: Sequence[str], roles: Mapping[str, int], words: Words) -> Line:
    said = {role: row[column] or above.get(column, "") for role, column in roles.items()}
    number = said.get("number", "")
    return Line(sheet, n, "" if fold(number) in words.no_number else number, said.get("title", ""), said.get("about", ""), said.get("code", ""))


def _pairs(text: str) -> Counter[str]:
    key = title_key(text)
    return Counter(key[n : n + 2] for n in range(max(len(key) - 1, 1))) if key else Counter()


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Share of pairs of characters in common, 0 to 1 (Dice)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


class Catalogue:
    """The catalogue as an official list speaks of it."""

    def __init__(self, rules: Mapping[str, Rule], words: Words) -> None:
        self._rules, self._words = rules, words

    @cached_property
    def _numbers(self) -> dict[str, set[str]]:
        return self._by((fold(number), code) for code, rule in self._rules.items() for number in rule.external)

    @cached_property
    def _bare(self) -> dict[str, set[str]]:
        return self._by((fold(number).split(":", 1)[-1], code) for code, rule in self._rules.items() for number in rule.external)

    @cached_property
    def _titles(self) -> dict[str, set[str]]:
        return self._by((title_key(rule.title), code) for code, rule in self._rules.items())

    @cached_property
    def _grams(self) -> dict[str, tuple[Counter[str], ...]]:
        return {code: (_pairs(rule.title), _pairs(rule.question)) for code, rule in self._rules.items()}

    @staticmethod
    def _by(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key, code in pairs:
            found[key].add(code)
        return found

    def match(self, lines: Iterable[Line]) -> tuple[Match, ...]:
        """Each line's match, in their order; a number that stands at two titles is confirmed by hand."""
        lines = tuple(lines)
        titles: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            titles[fold(line.number)].add(title_key(line.title))
        doubled = {number for number, said in titles.items() if number and len(said) > 1}
        return tuple(self._one(line, doubled) for line in lines)

    def _one(self, line: Line, doubled: Collection[str]) -> Match:
        if line.codes:
            return self._filled(line)
        number = fold(line.number)
        if number in doubled:
            return Match(line, PROPOSED, self._near(line.title), "同一编号在清单里有不同的名称，请改清楚")
        same = self._same_title(line.title)
        how = "编号相同"
        known = tuple(sorted(self._numbers.get(number, ()))) if number else ()
        if not known and (known := self._by_bare(line, number)):
            how = "编号相同（不带来源），名称相近"
        if known and same and not set(known) & set(same):
            return Match(line, PROPOSED, same, f"编号是 {'、'.join(known)} 的，名称却与这里的候选相同；确认以前，编号仍认作 {'、'.join(known)}")
        if known:
            return Match(line, MATCHED, known, how)
        if len(same) == 1:
            return Match(line, MATCHED, same, "名称相同")
        if same:
            return Match(line, PROPOSED, same, "几条指标的名称都与它相同，请选")
        if near := self._near(line.title):
            return Match(line, PROPOSED, near, "名称相近，请在“对应编码”里填上对应的编码")
        return Match(line, NOTHING, (), "目录里没有相近的名称")

    def _same_title(self, title: str) -> tuple[str, ...]:
        keys = (title_key(title), title_key(_LEADING.sub("", title)))
        return tuple(sorted(set().union(*(self._titles.get(key, set()) for key in keys if key))))

    def _filled(self, line: Line) -> Match:
        codes = tuple(dict.fromkeys(code for part in line.codes.splitlines() for code in self._codes(part)))
        if not codes or "" in codes:
            return Match(line, PROPOSED, self._near(line.title), "“对应编码”里有不在目录里或不像编码的（三个字母-三位数字，几个用、隔开）")
        return Match(line, MATCHED, codes, "对应编码由人填写")

    def _codes(self, text: str) -> list[str]:
        """The codes that a line of 对应编码 names, '' for each word that is none; a candidate may be copied whole, with its title."""
        words = unicodedata.normalize("NFKC", text).upper().strip()
        first, _, rest = words.partition(" ")
        if (code := self._code(first)) and title_key(rest) == title_key(self._rules[code].title):
            return [code]
        return [self._code(word) for word in _BETWEEN.split(words) if word]

    def _code(self, word: str) -> str:
        found = _CODE.fullmatch(word)
        code = f"{found[1]}-{found[2]}" if found else ""
        return code if code in self._rules else ""

    def _by_bare(self, line: Line, number: str) -> tuple[str, ...]:
        codes = self._bare.get(number, set()) if number else set()
        said = _pairs(line.title)
        return tuple(sorted(code for code in codes if self._alike(code, said) >= self._words.bare_number_likeness))

    def _alike(self, code: str, said: Counter[str]) -> float:
        return max(likeness(said, ours) for ours in self._grams[code])

    def _near(self, title: str) -> tuple[str, ...]:
        said = _pairs(title)
        scored = sorted(((self._alike(code, said), code) for code in self._rules), key=lambda pair: (-pair[0], pair[1]))
        return tuple(code for score, code in scored[: self._words.proposals] if score >= self._words.proposal_likeness)


def numbers_of(matches: Iterable[Match], rules: Mapping[str, Rule]) -> dict[str, set[str]]:
    """Number → codes of the matched lines that have one, where an entry does not say so itself already."""
    found: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        if match.word == MATCHED and match.line.number:
            found[match.line.number] |= set(match.codes)
    return {number: codes for number, codes in found.items() if any(fold(number) not in map(fold, rules[c].external) for c in codes)}
