"""What a feed or an indicator is stands in data. Outside of the made-up world, Python knows none of them by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from duizhang.contracts.load import Book
from duizhang.core.catalogue import load_catalogue
from duizhang.core.settings import Settings

PACKAGE = Path(__file__).resolve().parents[2] / "include" / "duizhang"
CODE = re.compile(r"\b[A-Z]{3}-\d{3}\b")
# A letter or digit before or after means that the name is part of a longer word; `linked_低保` says the name.
LETTER = r"[0-9A-Za-z\u4e00-\u9fff]"
# docs/design.md §3: the prefix of subject columns that hold a parameter, whatever the table of parameters is called.
PREFIX = "参数_"
# Units of measure ("3 人", "2 户") that a number may carry.
NOT_NAMES = {"normalise/values.py": frozenset({"人", "户"})}


def modules() -> list[Path]:
    """Every module of the package but the made-up world's."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "world" not in path.relative_to(PACKAGE).parts]


def literals(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of every string of a module that the program can see: docstrings are left out."""
    tree = ast.parse(source)
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def identifiers(source: str) -> Iterator[tuple[int, str]]:
    """(line, name) of every variable, attribute, argument and function of a module."""
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield getattr(node, "lineno", 0), name


def mentions(names: list[str], text: str) -> list[str]:
    """The `names` that stand in `text` as words of their own."""
    return [name for name in names if re.search(f"(?<!{LETTER}){re.escape(name)}(?!{LETTER})", text.replace(PREFIX, ""))]


def spoken(path: Path, names: list[str]) -> list[str]:
    """Where module `path` says one of `names`: `file:line name`."""
    source = path.read_text(encoding="utf-8")
    where = path.relative_to(PACKAGE).as_posix()
    allowed = NOT_NAMES.get(where, frozenset())
    return [
        f"{where}:{line} {name}"
        for line, text in (*literals(source), *identifiers(source))
        for name in mentions(names, text)
        if name not in allowed
    ]


def test_the_search_finds_what_it_looks_for() -> None:
    assert len(modules()) > 50
    assert mentions(["低保"], "FROM 低保 WHERE") == ["低保"]
    assert mentions(["低保"], "linked_低保") == ["低保"]
    assert mentions(["低保", "参数"], "享受低保政策情况 > 参数_监测范围线") == []
    assert [text for _, text in literals('"""低保"""\nx = "低保"')] == ["低保"]
    assert CODE.findall("规则 MON-026") == ["MON-026"]


def test_no_feed_name_in_python(book: Book) -> None:
    feeds = [contract.feed for contract in book.contracts]
    assert [found for path in modules() for found in spoken(path, feeds)] == []


def test_no_table_name_in_python(book: Book) -> None:
    tables = sorted(book.by_table)
    assert [found for path in modules() for found in spoken(path, tables)] == []


def test_no_indicator_code_in_python(shared_settings: Settings) -> None:
    known = {rule.code for rule in load_catalogue(shared_settings)}
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}:{line} {code}"
        for path in modules()
        for line, text in literals(path.read_text(encoding="utf-8"))
        for code in CODE.findall(text)
        if code in known
    ]
    # the one example of how a code looks, in the message that says how codes look
    assert [entry for entry in found if not entry.startswith("core/catalogue.py:")] == []
    assert len(found) <= 1


@pytest.mark.parametrize("folder", ["dags", "plugins"])
def test_no_feed_name_in_dags_and_plugins(folder: str, book: Book) -> None:
    feeds = [contract.feed for contract in book.contracts]
    for path in sorted((PACKAGE.parents[1] / folder).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert [name for _, text in literals(source) for name in mentions(feeds, text)] == [], path.name
