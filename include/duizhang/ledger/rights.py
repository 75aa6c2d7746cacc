"""Who may approve what in a county: `include/parameters/rights.yaml`, over it `<home>/rights.yaml`. Names never leave here.

What each actor may do stands in the database (ledger.power, docs/adr/0008-closure.md); this is what it cannot know: names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

_FILE = "rights.yaml"
_BRACKETS = re.compile(r"[(\[{<〈《「『【〔](.*?)(?:[)\]}>〉》」』】〕]|$)", re.DOTALL)
_BETWEEN = re.compile(r"[、,;/|&+\\\r\n]")
_FILLERS = frozenset("\u115f\u1160")  # letters that show nothing (NFKC makes these of the other Hangul fillers)


def fold(text: str | None) -> str:
    """The letters of `text` as they are compared: NFKC, case folded; no spaces, marks, punctuation, digits or fillers."""
    return "".join(c for c in unicodedata.normalize("NFKC", text or "") if _is_letter(c)).casefold()


def _is_letter(char: str) -> bool:
    # a modifier letter is an apostrophe to the reader, but 々 repeats a character of a name, and 〇 is one
    return char in "々〇" or (unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lo") and char not in _FILLERS)


@dataclass(frozen=True)
class Names:
    """The people that a cell names, folded, their titles taken off; `aside`: what its brackets say beside them."""

    people: frozenset[str] = field(repr=False)
    aside: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def text(self) -> str:
        """The same people are the same text, however they were written; '' for nobody."""
        return "、".join(sorted(self.people))

    def may_share(self, other: Names) -> bool:
        """Whether somebody may stand on both sides: a name that contains another may be the same person's."""
        return (
            _overlap(self.people, other.people) or _overlap(self.people, other.aside) or _overlap(self.aside, other.people)
        )  # two brackets are not compared: they name the same office


def _overlap(some: frozenset[str], others: frozenset[str]) -> bool:
    return any(one in other or other in one for one in some for other in others)


@dataclass(frozen=True)
class Rights:
    """The approvers of counties that name any: county → folded names; and the words that are titles, folded."""

    approvers: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    titles: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def load(cls, settings: Settings) -> Rights:
        """The rights of this installation. Raises `ContractProblem` for a file that is missing or not as documented."""
        project = settings.parameters / _FILE
        if not project.exists():
            raise ContractProblem(f"No {_FILE} in include/parameters/.", action="Put it back: who approves is never guessed.")
        contents = [_content(project)]
        if "titles" not in contents[0]:
            raise ContractProblem(f"include/parameters/{_FILE} has no `titles`.", action="Put them back: a title is no person.")
        home = settings.home / _FILE
        if home.exists():
            contents.append(_content(home))
        titles = frozenset().union(*(_titles(content.get("titles", [])) for content in contents))
        approvers: dict[str, frozenset[str]] = {}
        for content in contents:
            approvers |= cls(titles=titles)._counties(content["approvers"])
        return cls(approvers, titles)

    def names(self, text: str | None) -> Names:
        """The people that `text` names: split at 、，；/ and at spaces between full names; brackets and titles taken off."""
        plain = unicodedata.normalize("NFKC", text or "")
        outside = self._people(_BRACKETS.sub(" ", plain))
        inside = self._people("、".join(_BRACKETS.findall(plain)))
        return Names(outside, inside) if outside else Names(inside)

    def may_approve(self, county: str, name: str | None) -> bool:
        """Whether `name` may approve an exemption of `county`: those named alone, or anyone where none is."""
        people = self.names(name).people
        named = self.approvers.get(county)
        return bool(people) and (named is None or people <= named)

    def _people(self, text: str) -> frozenset[str]:
        return frozenset(filter(None, (self._untitled(part) for part in _parts(text))))

    def _untitled(self, name: str) -> str:
        """`name` (folded) without the titles before and after it."""
        before = None
        while name != before:
            before = name
            for title in sorted(self.titles, key=len, reverse=True):
                name = name.removeprefix(title).removesuffix(title)
        return name

    def _counties(self, entries: dict[Any, Any]) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for county, names in entries.items():
            people = [self.names(name).people for name in names if isinstance(name, str)] if isinstance(names, list) else []
            code, folded = str(county), frozenset().union(*people)
            one_each = all(len(each) == 1 for each in people) and len(folded) == len(people) == len(names)
            if not (code.isdigit() and len(code) == 6) or not folded or not one_each:
                raise ContractProblem(
                    f"{_FILE}: entry {len(found) + 1} of `approvers` is not a county's 6 digits and a list of different names."
                )
            found[code] = folded
        return found


def _parts(text: str) -> Iterator[str]:
    """The folded names of `text` (NFKC): a space parts two full Chinese names, and stands within any other."""
    for chunk in _BETWEEN.split(text):
        words = [word for word in map(fold, chunk.split()) if word]
        if all(len(word) > 1 and _is_chinese(word) for word in words):
            yield from words
        else:
            yield "".join(words)


def _is_chinese(word: str) -> bool:
    return all(unicodedata.name(char, "").startswith("CJK ") for char in word)


def _titles(words: Any) -> frozenset[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) and fold(word) for word in words):
        raise ContractProblem(f"{_FILE}: `titles` is not a list of words.")
    return frozenset(map(fold, words))


def _content(path: Path) -> dict[str, Any]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ContractProblem(f"{path.name} is no YAML in UTF-8.") from None  # the parser's own text would show names
    if not isinstance(content, dict) or not {"approvers"} <= set(content) <= {"approvers", "titles"}:
        raise ContractProblem(f"{path.name} has not the key `approvers` (and `titles`, if need be).")
    if not isinstance(content["approvers"], dict):
        raise ContractProblem(f"{path.name}: `approvers` has no counties below it.")
    return content
