"""Who may approve what in a county: `include/parameters/rights.yaml`, over it `<home>/rights.yaml`. Names never leave here.

What each actor may do stands in the database (ledger.power, docs/adr/0008-closure.md); this is what it cannot know: names.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from duizhang.core.errors import ContractProblem
from duizhang.core.settings import Settings

_FILE = "rights.yaml"


def fold(name: str | None) -> str:
    """A person's name as it is compared: NFKC, without white space and format characters, case folded; '' for no name."""
    text = unicodedata.normalize("NFKC", name or "")
    # zero-width characters would make one person two
    kept = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return kept.casefold()


@dataclass(frozen=True)
class Rights:
    """The approvers of counties that name any: county → folded names."""

    approvers: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, settings: Settings) -> Rights:
        """The rights of this installation. Raises `ContractProblem` for a file that is missing or not as documented."""
        project = settings.parameters / _FILE
        if not project.exists():
            raise ContractProblem(f"No {_FILE} in include/parameters/.", action="Put it back: who approves is never guessed.")
        found = _read(project)
        home = settings.home / _FILE
        if home.exists():
            found |= _read(home)
        return cls(found)

    def may_approve(self, county: str, name: str | None) -> bool:
        """Whether `name` may approve an exemption of `county`: one of those named, or anyone where none is."""
        named = self.approvers.get(county)
        return bool(fold(name)) and (named is None or fold(name) in named)


def _read(path: Path) -> dict[str, frozenset[str]]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ContractProblem(f"{path.name} is no YAML in UTF-8.") from None  # the parser's own text would show names
    entries = content.get("approvers") if isinstance(content, dict) else None
    if not isinstance(content, dict) or set(content) != {"approvers"} or not isinstance(entries, dict):
        raise ContractProblem(f"{path.name} has not the one key `approvers` with counties below it.")
    found: dict[str, frozenset[str]] = {}
    for county, names in entries.items():
        folded = frozenset(fold(name) for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
        code = str(county)
        if not (code.isdigit() and len(code) == 6) or not folded or "" in folded or len(folded) != len(names):
            raise ContractProblem(
                f"{path.name}: entry {len(found) + 1} of `approvers` is not a county's 6 digits and a list of different names."
            )
        found[code] = folded
    return found
