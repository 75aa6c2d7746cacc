"""An export of a year ago can be read again; its column names in a newer file are told. For every feed that has layouts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from duizhang.contracts.load import Book, load_book
from duizhang.contracts.model import Contract
from duizhang.core.settings import Settings
from duizhang.read import ReadReport

from tests.unit.read_kit import bench, csv_bytes

BOOK = load_book(Settings(home=Path("/nonexistent")))
DATED = [contract for contract in BOOK.contracts if contract.layouts]


def export(home: Path, contract: Contract, day: date) -> ReadReport:
    """All columns of `contract` under the names of its first layout, in a file of `day`."""
    old = {new: name for name, new in contract.layouts[0].rename.items()}
    rows = [[old.get(column.name, column.name) for column in contract.columns], ["1"] * len(contract.columns)]
    name = f"{contract.files[0].strip('*')}_{day:%Y%m%d}.csv"
    return bench(home).take(csv_bytes(rows), name, Book((contract,), {}))


def test_two_feeds_have_layouts() -> None:
    assert len(DATED) >= 2


@pytest.mark.parametrize("contract", DATED, ids=lambda contract: contract.feed)
def test_an_old_export_reads_under_the_present_names(contract: Contract, tmp_path: Path) -> None:
    layout = contract.layouts[0]
    report = export(tmp_path, contract, layout.valid_until)
    assert report.refused is None and report.unknown == () and report.missing_optional == ()
    assert report.parts[0].renamed == layout.rename


@pytest.mark.parametrize("contract", DATED, ids=lambda contract: contract.feed)
def test_an_expired_layout_in_a_newer_file_is_told(contract: Contract, tmp_path: Path) -> None:
    """Refused where a required column is only there under its old name, else the old names are unknown columns."""
    layout = contract.layouts[0]
    report = export(tmp_path, contract, layout.valid_until + timedelta(days=1))
    required = {column.name for column in contract.columns if column.required} & set(layout.rename.values())
    if required:
        assert report.refused_kind == "missing_columns" and set(report.missing) == required
        assert f"{layout.valid_until} 以前的旧版列名" in (report.refused or "")
    else:
        assert set(report.unknown) == set(layout.rename) and set(layout.rename.values()) <= set(report.missing_optional)
