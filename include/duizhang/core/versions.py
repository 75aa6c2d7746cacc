"""Versioned folders: write beside, rename whole, then move one pointer. What `publish` and `closure` put out goes this way.

    <folder>/<version>/   version = first 12 hex of the hash of the content; manifest.json names its files and their sha256
    <folder>/latest       -> <version>
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duizhang.core import lake

MANIFEST = "manifest.json"
LATEST = "latest"
_STALE_SECONDS = 3 * 3600


@dataclass(frozen=True)
class Placed:
    """A version folder; `changed` is False where this very content was there already."""

    version: str
    path: Path
    changed: bool


def sha256(path: Path) -> str:
    """Of the bytes of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content_hash(paths: Iterable[Path], folder: Path | None = None, marks: Sequence[str] = ()) -> str:
    """sha256 over the files, by their names (below `folder` where it is given), and over `marks`.

    A workbook counts as its parts, so that another compression is the same content.
    """
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update((path.relative_to(folder).as_posix() if folder else path.name).encode() + b"\0")
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                for name in sorted(parts.namelist()):
                    digest.update(name.encode() + b"\0" + hashlib.sha256(parts.read(name)).digest())
        else:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for mark in marks:
        digest.update(mark.encode() + b"\0")
    return digest.hexdigest()


def intact(version: Path) -> bool:
    """Whether a version folder holds exactly the bytes its manifest names."""
    path = version / MANIFEST
    if not path.is_file():
        return False
    files: dict[str, str] = lake.read_json(path)["files"]
    there = {found.relative_to(version).as_posix() for found in version.rglob("*") if not found.is_dir()}
    return there == {*files, MANIFEST} and all(sha256(version / name) == digest for name, digest in files.items())


def latest(folder: Path) -> dict[str, Any] | None:
    """The manifest of the version that `latest` of `folder` points to; None where there is none."""
    path = folder / LATEST / MANIFEST
    if not path.is_file():
        return None
    found: dict[str, Any] = lake.read_json(path)
    return found


def place(folder: Path, write: Callable[[Path], Iterable[Path]], manifest: Mapping[str, Any]) -> Placed:
    """Let `write` put files into an empty folder (it gives their paths), make that a version of `folder`, move `latest`.

    `manifest` is added to `version` and `files` (counts and hashes only: no name and no number of a person). A failure
    leaves what was there in place.
    """
    temp = writing(folder)
    try:
        files = sorted(write(temp))
        version = content_hash(files)[:12]
        named = {path.name: sha256(path) for path in files}
        lake.write_json({**manifest, "version": version, "files": named}, temp / MANIFEST)
        final = folder / version
        changed = settle(temp, final)
    finally:
        shutil.rmtree(temp, ignore_errors=True)
    link(folder / LATEST, version)
    return Placed(version, final, changed)


def settle(written: Path, final: Path) -> bool:
    """Make `written` the version `final`; False (and `written` is dropped) where the same content is there already."""
    if intact(final):
        shutil.rmtree(written)
        return False
    if final.exists():
        shutil.rmtree(final)
    written.rename(final)
    return True


def writing(folder: Path) -> Path:
    """A temporary folder beside the versions (mode 0700); what a killed run left there hours ago is swept away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob(".writing-*"):
        if time.time() - old.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=folder, prefix=".writing-"))


def link(link: Path, target: str) -> None:
    """Let `link` point to `target`, in one move."""
    if link.is_symlink() and str(link.readlink()) == target:
        return
    temp = link.with_name(f".{link.name}-{os.getpid()}")
    temp.unlink(missing_ok=True)
    temp.symlink_to(target)
    temp.replace(link)
