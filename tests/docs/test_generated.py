"""The generated pages: complete, deterministic, and noticed when stale."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from duizhang.cli import app, audit
from duizhang.contracts.load import Book
from duizhang.contracts.parameters import load_config_tables, project_thresholds
from duizhang.core.catalogue import load_catalogue
from duizhang.core.kinds import kinds
from duizhang.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
INDEXES = ("README.md", "by-book.md", "by-dimension.md", "by-department.md", "by-clause.md")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


def docs(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/docs.py."""
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with freshly made pages, beside what they link to."""
    folder = tmp_path_factory.mktemp("docs")
    assert docs("--docs", str(folder)).returncode == 0
    return folder


def test_committed_pages_are_up_to_date() -> None:
    done = docs("--check")
    assert done.returncode == 0, done.stdout


def test_check_names_what_is_changed_missing_and_left_over(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "docs"
    shutil.copytree(made, copy)
    changed, missing = sorted((copy / "indicators").glob("???-???.md"))[:2]
    changed.write_text(changed.read_text(encoding="utf-8") + "x", encoding="utf-8")
    missing.unlink()
    (copy / "dictionary" / "no-such-feed.md").write_text("x", encoding="utf-8")
    done = docs("--check", "--docs", str(copy))
    assert done.returncode == 1
    for name in (f"indicators/{changed.name}", f"indicators/{missing.name}", "dictionary/no-such-feed.md"):
        assert f"docs/{name} is stale" in done.stdout
    assert len(done.stdout.splitlines()) == 3
    assert docs("--docs", str(copy)).returncode == 0
    assert docs("--check", "--docs", str(copy)).returncode == 0


def test_a_second_making_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert docs("--docs", str(tmp_path)).returncode == 0
    first = {path.relative_to(made): path.read_bytes() for path in made.rglob("*.md")}
    assert first == {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.md")}


def test_every_feed_column_and_fact_is_told(made: Path, book: Book) -> None:
    for contract in book.contracts:
        page = (made / "dictionary" / f"{contract.feed}.md").read_text(encoding="utf-8")
        for column in contract.columns:
            row = next(line for line in page.splitlines() if line.startswith(f"| {column.name} |"))
            assert ("推断" in row) == (column.source == "I"), row
            assert all(alias in row for alias in column.aliases)
        for fact in contract.facts:
            assert f"| {fact.name} | {fact.title} |" in page


def test_every_indicator_is_told_and_what_is_inferred_says_so(made: Path, shared_settings: Settings) -> None:
    indexes = [(made / "indicators" / name).read_text(encoding="utf-8") for name in INDEXES]
    for rule in load_catalogue(shared_settings):
        page = (made / "indicators" / f"{rule.code}.md").read_text(encoding="utf-8")
        for told in (rule.title, rule.question, rule.remedy, rule.where, rule.version, *rule.basis):
            assert told in page.replace("\\|", "|"), rule.code
        assert ("不是官方规定" in page) == ("推" in rule.nature), rule.code
        assert page.count("| 命中 |") == len(rule.examples.violates), rule.code
        assert all(f"[{rule.code}]({rule.code}.md)" in index for index in indexes)


def test_every_derived_table_subject_parameter_and_config_table_is_told(made: Path, book: Book, shared_settings: Settings) -> None:
    rules = load_catalogue(shared_settings)
    for one in book.derived:
        page = (made / "derived" / f"{one.name}.md").read_text(encoding="utf-8")
        assert one.title in page and one.sql.strip() in page
        assert all(f"| {column} |" in page for column in one.columns) and all(f"| {fact.name} |" in page for fact in one.facts)
    for name, kind in kinds().items():
        page = (made / "subjects" / f"{name}.md").read_text(encoding="utf-8")
        assert kind.noun in page and all(f"[{rule.code}]" in page for rule in rules if rule.subject == name)
    parameters = (made / "parameters" / "README.md").read_text(encoding="utf-8")
    for entry in project_thresholds(shared_settings):
        assert f'<a id="{entry.name}">' in parameters and entry.source in parameters and entry.about in parameters
        readers = [rule.code for rule in rules if f"参数_{entry.name}" in rule.columns]
        assert all(f"../parameters/README.md#{entry.name}" in (made / "indicators" / f"{code}.md").read_text(encoding="utf-8") for code in readers)
    for name, table in load_config_tables(shared_settings).items():
        page = (made / "parameters" / f"{name}.md").read_text(encoding="utf-8")
        assert table.source in page and page.count("\n| ") >= len(table.rows) + 1


def test_every_link_leads_somewhere(made: Path) -> None:
    for page in sorted(made.rglob("*.md")):
        for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
            path = page.parent / unquote(target)
            if not path.exists():  # pages that are written by hand
                path = ROOT / "docs" / page.parent.relative_to(made) / unquote(target)
            assert path.exists(), f"{page.name}: {target}"
            assert not anchor or f'<a id="{anchor}">' in path.read_text(encoding="utf-8"), f"{page.name}: {target}#{anchor}"


def test_the_command_is_told_whole(made: Path) -> None:
    page = (made / "cli.md").read_text(encoding="utf-8")
    commands = [*app.registered_commands, *audit.registered_commands]
    assert len(commands) > 10
    for command in commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        section = re.search(rf"^## `duizhang (?:audit )?{name}`\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section, name
        assert (command.callback.__doc__ or "?").splitlines()[0] in section.group(1)
        for parameter in inspect.signature(command.callback).parameters:
            assert parameter.strip("_").replace("_", "-") in section.group(1).lower(), f"{name} {parameter}"
