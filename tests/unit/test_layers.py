"""One direction: a stage imports `core`, `contracts` and itself; `pipeline` alone knows the order (docs/design.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "include" / "duizhang"
STAGES = ("pull", "read", "normalise", "snapshot", "match", "assemble", "check", "ledger", "publish", "receive", "feedback", "world")


def imported(source: str) -> set[str]:
    """First names below `duizhang` that `source` imports, at its top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("duizhang.")}
    return found


def test_the_detector_sees_every_form() -> None:
    source = "import duizhang.read.names\nfrom duizhang import pull\ndef f():\n    from duizhang.check.stage import check\n"
    assert imported(source) == {"read", "pull", "check"}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_other_stage(stage: str) -> None:
    files = sorted((PACKAGE / stage).rglob("*.py"))
    assert files
    for path in files:
        others = imported(path.read_text(encoding="utf-8")) - {stage, "core", "contracts"}
        assert others == set(), f"{path.name} imports {sorted(others)}"


@pytest.mark.parametrize("ground", ["core", "contracts"])
def test_the_ground_knows_no_stage(ground: str) -> None:
    for path in sorted((PACKAGE / ground).rglob("*.py")):
        others = imported(path.read_text(encoding="utf-8")) & {*STAGES, "pipeline"}
        assert others == set(), f"{path.name} imports {sorted(others)}"
