"""Dependencies: each direct one is explained, and the locks are hashed and without addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _named(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[=<>\[ ]", line)[0].lower() for line in lines if line and not line.startswith(("#", "-"))}


def test_each_direct_dependency_has_its_line() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = {match.lower() for match in re.findall(r"^\| ([\w.-]+) \| .+ \|$", text, re.MULTILINE)} - {"package"}
    assert explained == _named("requirements.in") | _named("requirements-dev.in")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_is_hashed_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==\S+", text, re.MULTILINE)
    assert len(pinned) > 100
    for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block[:40]
    assert "://" not in text


def test_the_development_lock_holds_the_other_as_it_is() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
