"""Real saves: mangled lists opened and saved by LibreOffice, straight, and by way of .xls and .ods."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from duizhang.receive import receive, safety

from tests.returns import dialects, mangle, table
from tests.returns.conftest import Office
from tests.returns.test_mangled import check

SOFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]
WRITERS = ("openpyxl", "excel", "wps")


def saved(files: Sequence[Path], kind: str, out: Path) -> list[Path]:
    """`files` as LibreOffice saves them in the format `kind`, all in one call."""
    out.mkdir(parents=True, exist_ok=True)
    profile = out.parent / "profile"
    command = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind, "--outdir", str(out)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=600)
    return [out / f"{path.stem}.{kind}" for path in files]


def through_office(office: Office, folder: Path, seeds: Sequence[int], by_way_of: str | None) -> Counter[str]:
    """Mangle, save in LibreOffice (after a save as `by_way_of`, where given), receive, and hold against the oracle."""
    books: dict[Path, table.Book] = {}
    for seed in seeds:
        rng = random.Random(seed)
        book = mangle.mangled(office.book, rng, office.world, office=True)
        path = folder / "sent" / f"{seed}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        dialects.renderer(rng.choice(WRITERS))(book, path, office.published)
        books[path] = book
    files = list(books)
    if by_way_of:
        files = saved(files, by_way_of, folder / by_way_of)
    tally: Counter[str] = Counter()
    for path, book in zip(saved(files, "xlsx", folder / "back"), books.values(), strict=True):
        receipt = check(office, book, path)
        tally["accepted"] += len(receipt.answers)
        tally["refused"] += len(receipt.refused)
    return tally


def test_a_handful_of_real_saves(office: Office, tmp_path: Path) -> None:
    tally = through_office(office, tmp_path, range(3000, 3004), None)
    assert tally["accepted"] > 20


@pytest.mark.slow
@pytest.mark.parametrize(("by_way_of", "seeds"), [(None, range(4000, 4040)), ("xls", range(4040, 4055)), ("ods", range(4055, 4070))])
def test_many_real_saves(office: Office, tmp_path: Path, by_way_of: str | None, seeds: range) -> None:
    tally = through_office(office, tmp_path, seeds, by_way_of)
    assert tally["accepted"] > 100 and tally["refused"] > 20


def test_other_formats_are_refused_with_what_to_do(office: Office, tmp_path: Path) -> None:
    for kind, reason in (("xls", safety.OLD_FORMAT), ("ods", safety.NOT_XLSX)):
        path = saved([office.published], kind, tmp_path / kind)[0]
        assert receive(office.settings, path, mangle.RECEIVED, office.lookup).refused_file == reason
