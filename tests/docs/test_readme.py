"""What both READMEs say exists: paths, links, make targets, commands, environment variables; and they show one example."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
EXAMPLE = re.compile(r"^`([^`\n]+)`[:：]\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
RUNTIME = (".demo", ".venv", "/")  # made by running, or of another machine


def examples(name: str) -> dict[str, str]:
    """Path → text of the worked examples of a README."""
    return dict(EXAMPLE.findall((ROOT / name).read_text(encoding="utf-8")))


def prose(name: str) -> str:
    """A README without its worked examples."""
    return EXAMPLE.sub("", (ROOT / name).read_text(encoding="utf-8"))


def tree(text: str) -> list[str]:
    """Paths of the map of the tree: the first word of each line of the block that has them."""
    block = next(block for block in FENCE.findall(text) if block.startswith("dags/"))
    return [line.split()[0] for line in block.splitlines()]


def spans(text: str) -> list[str]:
    """Inline code."""
    return SPAN.findall(FENCE.sub("", text))


@pytest.mark.parametrize("name", READMES)
def test_every_path_exists(name: str) -> None:
    text = prose(name)
    named = [span for span in spans(text) if "/" in span and " " not in span and not span.startswith(RUNTIME)]
    linked = [unquote(target.split("#")[0]) for target in LINK.findall(text)]
    paths = [*tree(text), *named, *linked]
    assert len(tree(text)) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in tree(text) if path.endswith("/") != (ROOT / path).is_dir()] == []


def test_the_map_leaves_out_no_stage_and_no_folder() -> None:
    for name in READMES:
        mapped = {path.rstrip("/") for path in tree(prose(name))}
        folders = [path for path in (ROOT / "include" / "duizhang").iterdir() if (path / "__init__.py").exists()]
        folders += [ROOT / folder for folder in ("dags", "plugins", "expectations", "scripts", "tests")]
        folders += [path for path in (ROOT / "docs").iterdir() if path.is_dir() and path.name != "images"]
        assert [path for path in folders if path.relative_to(ROOT).as_posix() not in mapped] == []


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_is_one(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = prose(name)
    code = "\n".join([*spans(text), *FENCE.findall(text)])
    named = set(re.findall(r"^make ([a-z-]+)", code, re.MULTILINE))
    assert named >= {"demo", "test", "check", "docs", "up", "down"}
    assert named <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_option_is_one(name: str) -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    from docs_cli import cli_page, command_names

    named = [span for span in spans(prose(name)) if span.startswith("duizhang ")]
    assert len(named) >= 3
    for span in named:
        assert any(span == command or span.startswith(f"{command} ") for command in command_names()), span
        assert [option for option in re.findall(r"--[a-z-]+", span) if option not in cli_page()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_variable_is_read_somewhere(name: str) -> None:
    code = "".join(path.read_text(encoding="utf-8") for folder in ("include", "dags") for path in (ROOT / folder).rglob("*.py"))
    named = set(re.findall(r"DUIZHANG_[A-Z_]+", prose(name)))
    assert len(named) >= 8
    assert [variable for variable in named if not re.search(rf"\b{variable}\b", code)] == []


def test_both_show_the_same_example_and_it_is_made_up() -> None:
    first, second = (examples(name) for name in READMES)
    assert first == second
    assert len(first) == 3
    assert [path for path in first if (ROOT / path).exists()] == []


def test_pictures_are_light() -> None:
    for picture in sorted((ROOT / "docs" / "images").iterdir()):
        assert picture.stat().st_size < 400_000, picture.name
