"""Two made-up counties' lists, and last cycle's list of the first, published once for all tests here."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from duizhang import publish
from duizhang.core.settings import Settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))

import county as made  # noqa: E402

from tests.returns import table  # noqa: E402
from tests.returns.mangle import World  # noqa: E402

HERE, THERE = "990101", "990102"


@dataclass(frozen=True)
class Office:
    """Where the lists come back to: what went out (people: number → what was shown of whom), and the lists themselves."""

    settings: Settings
    published: Path
    book: table.Book
    world: World
    sent: dict[str, list[dict[str, Any]]]
    env: dict[str, str]

    def lookup(self, numbers: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """In the shape of `ledger.published`."""
        return {number: self.sent[number] for number in numbers if number in self.sent}

    @property
    def people(self) -> dict[str, dict[str, Any]]:
        return {number: rows[0] for number, rows in self.sent.items()}


def _rows(county: Any, code: str, publication: publish.Publication) -> dict[str, dict[str, Any]]:
    shown = ("户编号", "姓名", "证件号码", "evidence")
    due = {row.number: row.due_on for row in publication.rows}
    return {
        item["number"]: {
            "item_id": item["item_id"], "number": item["number"], "county": code, "cycle": county.cycle,
            "value_hash": item["value_hash"], "due_on": due[item["number"]], **{name: item["body"].get(name) for name in shown},
        }
        for item in county.items
        if item["number"] in due
    }  # fmt: skip


def _published(county: Any, code: str) -> publish.Publication:
    return publish.publish(county.settings, code, county.as_of, county.cycle, county.items, county.flow)


@pytest.fixture(autouse=True)
def _keyed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in office.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A county of 40 households, its former list (every value was another), and a neighbour with the same people."""
    root = tmp_path_factory.mktemp("returns")
    with pytest.MonkeyPatch.context() as patch:
        env = made.code_root(root / "code")
        for name, value in env.items():
            patch.setenv(name, value)
        here = made.build(_folder(root / "here"))
        now_out = _published(here, HERE)
        now = _rows(here, HERE, now_out)
        for item in here.items:
            item["value_hash"] = hashlib.sha256(b"last" + item["value_hash"].encode()).hexdigest()
        (root / "last").mkdir()
        before = made.County(Settings(home=root / "last"), "2026-09-25", "2026-09", here.items, here.flow)
        made.write_partitions(before)
        last_out = _published(before, HERE)
        past = _rows(before, HERE, last_out)
        patch.setattr(made, "COUNTY", THERE)
        there = made.build(_folder(root / "there"))
        for item in there.items:  # the same people and households, other items
            item["item_id"] = hashlib.sha256(b"there" + item["item_id"].encode()).hexdigest()
            item["number"] = f"{item['code']}-{item['item_id'][:10].upper()}"
        other_out = _published(there, THERE)
        sent = {number: [row, *([past[number]] if number in past else [])] for number, row in now.items()}
        sent |= {number: [row] for number, row in _rows(there, THERE, other_out).items()}
        world = World(table.load(last_out.workbook, HERE, "2026-09"), table.load(other_out.workbook, THERE, "2026-10"))
        return Office(here.settings, now_out.workbook, table.load(now_out.workbook, HERE, "2026-10"), world, sent, env)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path
