"""A backup restored on an empty machine is the same home, and a backup that is not whole is none."""

from __future__ import annotations

import fcntl
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from duizhang import ledger, pipeline
from duizhang.core import postgres
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.core.versions import content_hash
from duizhang.ledger import db
from duizhang.ops import backup, restore

from tests.ops.conftest import Lived


@pytest.fixture(scope="module")
def kept(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the home."""
    target = tmp_path_factory.mktemp("kept") / "2026-10-31"
    (lived.settings.home / "tables").mkdir()
    for name in SET_OTHERWISE:
        (lived.settings.home / name).write_text("[]\n", encoding="utf-8")
    backup(lived.settings, target)
    return target


@pytest.fixture
def restored(kept: Path, tmp_path: Path) -> Iterator[Settings]:
    """A second home, with another database, out of the backup."""
    restore(kept, tmp_path / "empty" / "home")
    settings = Settings.load(tmp_path / "empty" / "home")
    yield settings
    postgres.destroy(settings)


@pytest.fixture
def copied(kept: Path, tmp_path: Path) -> Path:
    """A copy of the backup that a test may spoil."""
    import shutil

    return Path(shutil.copytree(kept, tmp_path / "copied", symlinks=True))


SET_OTHERWISE = ("indicators.yaml", "external.yaml", "tables/某表.yaml")  # what an office writes into its home


def lists(settings: Settings) -> dict[str, str]:
    """Every published file below out/ → hash of what it says; pointers → where they lead."""
    found = {}
    for path in sorted(settings.out.rglob("*")):
        name = str(path.relative_to(settings.out))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = content_hash([path])
    return found


def counts(settings: Settings) -> dict[str, int]:
    """Rows of every table of both schemas."""
    with db.transaction(settings, read_only=True) as cursor:
        cursor.execute("SELECT schemaname || '.' || relname FROM pg_stat_user_tables ORDER BY 1")
        names = [row[0] for row in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name] = cursor.fetchone()[0]
        return found


def test_restored_elsewhere_the_ledger_and_the_lists_are_the_same(lived: Lived, kept: Path, restored: Settings) -> None:
    original = lived.settings
    assert ledger.verify(restored) == []
    assert ledger.content_digest(restored) == ledger.content_digest(original)
    assert counts(restored) == counts(original) and counts(original)["ledger.event"] > 20
    assert lists(restored) == lists(original) and any("current" in name for name in lists(original))
    assert (restored.returns / "returned.xlsx").read_bytes() == (original.returns / "returned.xlsx").read_bytes()
    assert [(restored.home / name).read_text(encoding="utf-8") for name in SET_OTHERWISE] == ["[]\n"] * 3
    assert json.loads((restored.home / "summary.json").read_text()) == json.loads((original.home / "summary.json").read_text())


def test_a_restored_ledger_is_as_guarded_as_the_first(restored: Settings) -> None:
    with pytest.raises(ContractProblem, match="append-only"), db.transaction(restored) as cursor:
        cursor.execute("DELETE FROM ledger.event")
    with db.transaction(restored) as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('ledger', 'warehouse') "
            "AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity) AND c.relname <> 'migration'"
        )
        assert cursor.fetchone()[0] == 0


def test_a_backup_is_closed_to_others_and_holds_no_database_password(kept: Path, lived: Lived) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in [kept, *kept.rglob("*")] if path.is_dir() and not path.is_symlink()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.rglob("*") if path.is_file() and not path.is_symlink()} == {0o600}
    assert [path.name for path in (kept / "home" / "secrets").iterdir()] == ["installation.key"]
    password = postgres.ensure(lived.settings).password
    assert password not in (kept / "manifest.json").read_text()
    assert not any((kept / "home" / name).exists() for name in ("raw", "norm", "pg", "logs"))
    assert list(kept.parent.glob(".*")) == []


def _spoil_file(folder: Path) -> str:
    path = next(path for path in sorted((folder / "home" / "landing").iterdir()) if len(path.name) == 64)
    path.write_bytes(path.read_bytes() + b" ")
    return f"home/landing/{path.name} has changed"


def _lose_file(folder: Path) -> str:
    (folder / "db" / "ledger.event.copy.gz").unlink()
    return "db/ledger.event.copy.gz is missing"


def _add_file(folder: Path) -> str:
    (folder / "home" / "added").write_text("x")
    return "home/added is too many"


def _newer(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["migrations"]["999"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return "newer version"


def _outside(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["home/../../outside"] = {"sha256": "0" * 64, "size": 0}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return "outside of itself"


def _no_manifest(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    return "is no backup"


@pytest.mark.parametrize("spoil", [_spoil_file, _lose_file, _add_file, _newer, _outside, _no_manifest])
def test_a_spoilt_backup_is_refused_by_name_and_nothing_is_made(spoil: Callable[[Path], str], copied: Path, tmp_path: Path) -> None:
    words = spoil(copied)
    with pytest.raises(ContractProblem, match=words):
        restore(copied, tmp_path / "home")
    assert not list((tmp_path / "home").glob("[!s]*"))  # at most secrets/, and no database in it


def test_a_home_that_is_not_empty_is_refused(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ContractProblem, match="not empty"):
        restore(kept, tmp_path)


def test_no_backup_inside_the_home_or_over_another(lived: Lived, kept: Path) -> None:
    with pytest.raises(ContractProblem, match="inside the home"):
        backup(lived.settings, lived.settings.home / "backup")
    with pytest.raises(ContractProblem, match="exists already"):
        backup(lived.settings, kept)


def test_no_backup_while_a_run_writes_here_or_in_the_ledger(lived: Lived, tmp_path: Path) -> None:
    with (lived.settings.home / ".writing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(InfraProblem, match="writing in this home"):
            backup(lived.settings, tmp_path / "b")
    with db.transaction(lived.settings) as cursor:
        db.lock(cursor, "990101")
        with pytest.raises(InfraProblem, match="writing in the ledger"):
            backup(lived.settings, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_steps_of_the_pipeline_hold_the_home(lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from duizhang import pull

    def and_backup(settings: Settings, inbox: object) -> list[pull.Arrival]:
        with pytest.raises(InfraProblem, match="writing in this home"):
            backup(settings, tmp_path / "b")
        return []

    monkeypatch.setattr(pull, "pull", and_backup)
    pipeline.pull_inbox(lived.settings, lived.inbox("2026-10"))
    for step in ("pull_source", "ingest", "build_books", "reconcile_county", "issue_county", "receive_file"):
        assert hasattr(getattr(pipeline, step), "__wrapped__"), step
