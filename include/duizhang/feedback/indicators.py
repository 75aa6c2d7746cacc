"""Which indicator a list means: by our code, a rule number of the senders, a title, or words; never by guessing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from duizhang.core.catalogue import Rule
from duizhang.core.errors import ContractProblem
from duizhang.feedback.model import Line
from duizhang.feedback.parameters import FILE, Parameters
from duizhang.feedback.texts import bare, title_key

UNNAMED = "上级反馈疑似问题（名单没有写问题名称）"
_CODE = re.compile(r"(?<![A-Z0-9])([A-Z]{3})\s?[-_—]?\s?([0-9]{3})(?![0-9])")
_LEADING = re.compile(r"^[（(]?[0-9一二三四五六七八九十]{1,3}[)）.．、]\s*")


@dataclass(frozen=True)
class Question:
    """What a line asks: the indicator (None: 外部), the problem in the sender's words, how the indicator was found or why not."""

    code: str | None
    title: str
    how: str


class Indicators:
    """The catalogue as lists from above speak of it. ContractProblem where feedback.yaml names a code that is not in it."""

    def __init__(self, rules: Mapping[str, Rule], parameters: Parameters, places: Collection[str] = ()) -> None:
        self._rules, self._parameters = rules, parameters
        self._words = [(re.compile(word.find), word.code) for word in parameters.words]
        self._noise = [re.compile(text, re.IGNORECASE) for text in parameters.noise]
        self._places = sorted(filter(None, places), key=len, reverse=True)
        named = {word.code for word in parameters.words} | set(parameters.titles)
        if unknown := sorted(named - set(rules)):
            raise ContractProblem(f"{FILE} names {', '.join(unknown)}: not in the catalogue.", action="Correct the file.")

    @cached_property
    def _titles(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for code, rule in self._rules.items():
            for title in (rule.title, rule.question, *self._parameters.titles.get(code, ())):
                found[title_key(title)].add(code)
        return found

    @cached_property
    def _numbers(self) -> dict[str, set[str]]:
        """Number of a rule of the senders → our codes: `external` of the entry, and what its basis cites."""
        found: dict[str, set[str]] = defaultdict(set)
        said = self._parameters.numbers_in_basis
        for code, rule in self._rules.items():
            cited = [b.split(said.after, 1)[1] for b in rule.basis if said.after in b and not any(word in b for word in said.unless)]
            for number in (*rule.external, *(n for text in cited for n in re.findall(said.pattern, text))):
                found[bare(number).upper()].add(code)
        return found

    def questions(self, line: Line) -> tuple[Question, ...]:
        """What `line` asks, one or more: a cell may name several problems."""
        problem = line.text("problem")
        pieces = [piece.strip() for piece in re.split(self._parameters.split, problem) if title_key(piece)]
        if len(pieces) < 2 or title_key(problem) in self._titles:
            return (self._question(line, problem),)
        return tuple(dict.fromkeys(self._question(line, piece) for piece in pieces))

    def _question(self, line: Line, problem: str) -> Question:
        named, detail = line.text("rule"), line.text("detail")
        texts = [(text, what) for text, what in ((named, "规则编号"), (problem, "问题名称"), (detail, "问题描述")) if text]
        if not problem:  # the sheet, its titles or the file may say it for all its lines
            texts += [(text, "表名或文件名") for text in line.around if self._says_something(text)]
        title = self._title(problem, detail, [text for text, what in texts if what == "表名或文件名"])
        possible: set[str] = set()
        for text, what in texts:
            codes, by = self._codes(text)
            codes = codes & possible or codes if possible else codes
            if len(codes) == 1 and (not possible or codes <= possible):
                return Question(next(iter(codes)), title, f"按{what}认定（{by}）")
            possible = possible or codes
        if possible:
            return Question(None, title, f"可能是 {'、'.join(sorted(possible))}，不能确定是哪一项，按外部问题登记")
        return Question(None, title, "没有对应的指标，按外部问题登记")

    def _title(self, problem: str, detail: str, around: Sequence[str]) -> str:
        return _LEADING.sub("", problem.strip()) or (around[0] if around else "") or detail.strip()[:40] or UNNAMED

    def _says_something(self, text: str) -> bool:
        """Whether a sheet's or file's name has words beside place, date and 疑似问题清单."""
        return len(title_key(self._core(text))) > 1

    def _core(self, text: str) -> str:
        """`text` without numbering, place, date, extension and the words for lists."""
        folded = re.sub(r"\.[A-Za-z]{2,4}$", "", bare(text))
        for place in self._places:
            folded = folded.replace(place, "")
        for _ in range(4):
            for pattern in self._noise:
                folded = pattern.sub("", folded)
        return folded

    def _codes(self, text: str) -> tuple[set[str], str]:
        """(indicators that `text` means, by what); the surest way first."""
        ways: tuple[tuple[Callable[[str], set[str]], str], ...] = (
            (self._by_code, "指标编码"), (self._by_number, "上级的规则编号"), (self._by_title, "名称相同"), (self._by_words, "用词相符"),
        )  # fmt: skip
        for way, name in ways:
            if codes := way(text):
                return codes, name
        return set(), ""

    def _by_code(self, text: str) -> set[str]:
        found = {f"{group}-{number}" for group, number in _CODE.findall(unicodedata.normalize("NFKC", text).upper())}
        return found & set(self._rules)

    def _by_number(self, text: str) -> set[str]:
        folded = bare(text).upper()
        tokens = {folded, *re.findall(self._parameters.numbers_in_basis.pattern, folded)}
        return _union(self._numbers.get(token, ()) for token in tokens)

    def _by_title(self, text: str) -> set[str]:
        forms = {title_key(text), title_key(_LEADING.sub("", text))}
        exact = _union(self._titles.get(form, ()) for form in forms if form)
        return exact or set(self._titles.get(title_key(self._core(text)), ()))

    def _by_words(self, text: str) -> set[str]:
        folded = title_key(text)
        return {code for pattern, code in self._words if pattern.search(folded)}


def _union(groups: Iterable[Iterable[str]]) -> set[str]:
    return {code for group in groups for code in group}
